# SPDX-License-Identifier: ISC
"""What the tests of scan, plan and case share: messages, runs, results."""
import contextlib, json, os, resource, sqlite3, subprocess

from tap import check, end, skip

BIN = os.path.abspath(os.environ['MAILCHECK'])
TMP = os.environ.get('TMPDIR', '/tmp')
ASAN = os.environ.get('MODE') == 'asan'


def run(*args, **kw):
    return subprocess.run([BIN, *args[:1], '--no-config', *args[1:]] if args[0] in ('scan', 'plan', 'case') else [BIN, *args],
                          capture_output=True, timeout=120, **kw)


def path(*names):
    return os.path.join(TMP, *names)


def message(n, body=None):
    lines = ['Return-Path: <user%d@sender%d.example>' % (n, n % 7),
             'Received: from mail%d.sender.example (mail.sender.example [203.0.113.%d])' % (n % 9, n % 250),
             '\tby mx.receiver.example (Postfix) with ESMTP id %08X;' % n, '\tTue, 10 Nov 2026 09:%02d:%02d +0000' % (n // 60 % 60, n % 60),
             'From: User %d <user%d@sender%d.example>' % (n, n, n % 7), 'To: team@receiver.example',
             'Subject: message number %d' % n, 'Date: Tue, 10 Nov 2026 09:00:00 +0000', 'Message-ID: <%d@sender.example>' % n, '']
    return '\n'.join(lines) + '\n' + (body or 'Hello %d\n\nFrom here on nothing splits.\n' % n)


def mbox(numbers, body=None):
    out = []
    for n in numbers:
        text = message(n, body and body(n))
        quoted = '\n'.join('>' + l if l.lstrip('>').startswith('From ') else l for l in text.split('\n'))
        out.append('From user%d@sender.example Tue Nov 10 09:00:00 2026\n%s\n' % (n, quoted))
    return ''.join(out)


def write(name, data):
    os.makedirs(os.path.dirname(path(name)), exist_ok=True)
    with open(path(name), 'wb') as f:
        f.write(data if isinstance(data, bytes) else data.encode())
    return path(name)


def records(data):
    return [json.loads(l) for l in (data if isinstance(data, bytes) else open(data, 'rb').read()).splitlines()]


def rows(file, tables=('messages', 'records', 'locations', 'signatures', 'findings', 'evidence', 'attachments', 'errors', 'sources')):
    with contextlib.closing(sqlite3.connect(file)) as db:
        return {t: db.execute('SELECT * FROM %s ORDER BY 1' % t).fetchall() for t in tables}


def scan(*args, **kw):
    return run('scan', '--fail-on', 'none', *args, **kw)


def whole_run(*args):
    """The NDJSON of an undisturbed run."""
    return scan('--format', 'ndjson', *args).stdout


def cpu(*command):
    """CPU seconds of a command and all it starts."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
