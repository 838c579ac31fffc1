# SPDX-License-Identifier: ISC
"""The program in a terminal of tmux, for tests: keys go in, the screen comes out, and text is waited for, never time."""
import os, re, subprocess, time

import tap
from tap import check

BIN = os.path.abspath(os.environ['MAILCHECK'])
TMP = os.environ.get('TMPDIR', '/tmp')
ASAN = os.environ.get('MODE') == 'asan'
PATIENCE = 60 if ASAN else 25
SOCKET = os.path.join(TMP, 'tmux')
CONTROL = re.compile('[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\u3164]')
# The system's administrator may write everything: what is read-only is tried by somebody else.
AS_NOBODY = 'setpriv --reuid=65534 --regid=65534 --clear-groups' if os.geteuid() == 0 else ''
seen_bad = []  # screens that had a control character


def path(name):
    return os.path.join(TMP, name)


def tmux(*args):
    return subprocess.run(['tmux', '-S', SOCKET, '-f', '/dev/null', *args], capture_output=True, timeout=30)


def start_server():
    """The server lives as long as this session."""
    tmux('new-session', '-d', '-s', 'keep', 'exec cat')
    tmux('set-option', '-g', 'status', 'off')


def run_parts(parts):
    """Each part is a function; one that breaks is a failure, not the end of the others. ONLY=name,name chooses."""
    only = os.environ.get('ONLY')
    for part in [p for p in parts if not only or p.__name__ in only.split(',')]:
        try:
            part()
        except Exception as e:
            check(False, part.__name__, repr(e))


def end():
    check(not seen_bad, 'no screen had a control character', seen_bad[:1])
    tmux('kill-server')
    tap.end()


class Screen:
    """One terminal with the program in it; COMMAND instead runs something else."""
    serial = 0

    def __init__(self, *args, columns=120, rows=34, term='xterm-256color', env='', folder=None, command=None, nobody=False):
        Screen.serial += 1
        self.name = 's%d' % Screen.serial
        quoted = ' '.join("'%s'" % a for a in args)
        command = command or '%s %s tui --no-config %s' % (AS_NOBODY if nobody else '', BIN, quoted)
        script = "cd '%s'; env TERM=%s %s %s; echo ended with $?; stty -a | grep -o '.icanon'; exec cat" % (folder or '.', term, env, command)
        tmux('new-session', '-d', '-x', str(columns), '-y', str(rows), '-s', self.name, 'sh', '-c', script)
        self.resize(columns, rows)

    def text(self, looks=False):
        got = tmux('capture-pane', '-p', *(['-e'] if looks else []), '-t', self.name).stdout.decode('utf-8', 'replace')
        if CONTROL.search(re.sub('\x1b\\[[0-9;]*m|[\x0e\x0f]', '', got) if looks else got):
            seen_bad.append(got)
        return got

    def wait(self, *wanted, gone=None):
        until = time.monotonic() + PATIENCE
        while True:
            got = self.text()
            if all(w in got for w in wanted) and (gone is None or gone not in got):
                return got
            if time.monotonic() > until:
                return None
            time.sleep(0.02)

    def keys(self, *keys):
        for k in keys:
            tmux('send-keys', '-t', self.name, *([k] if len(k) > 1 and not k.startswith('=') else ['-l', k.lstrip('=') or k]))

    def type(self, text):
        tmux('send-keys', '-t', self.name, '-l', text)

    def expect(self, name, *wanted, gone=None):
        got = self.wait(*wanted, gone=gone)
        check(got is not None, name, 'waited for %r, saw:\n%s' % (wanted, self.text()))
        return got or ''

    def resize(self, columns, rows):
        tmux('resize-window', '-t', self.name, '-x', str(columns), '-y', str(rows))

    def end(self):
        tmux('kill-session', '-t', self.name)
