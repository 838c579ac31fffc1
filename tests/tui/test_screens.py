#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""Every screen as it is: each scenario presses keys and compares what stands then with tests/tui/screens/NAME.txt, exactly.

MAILCHECK_UPDATE=1 writes the files anew: read the differences. ONLY=name,name runs some scenarios. The case is made of stories
of testdata and of a few messages below; nothing on a screen depends on the clock, the machine or the folder.
"""
import difflib, os, shutil, subprocess, time

import terminal
from terminal import BIN, PATIENCE, Screen, check, path

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
SCREENS = os.path.join(ROOT, 'tests', 'tui', 'screens')
UPDATE = os.environ.get('MAILCHECK_UPDATE')
STORIES = ['list-changed', 'body-length-appended', 'dkim-body-changed', 'forged-from-attacker-passes', 'spf-nested-includes', 'gateway-banner',
           'attached-messages', 'forward-breaks-spf', 'dmarc-policy-reject']


def letter(n, subject, body='Good morning\n', **fields):
    head = [('Received', 'from out.mailer.example (out.mailer.example [198.51.100.7])\n\tby mx.recipient.example (Postfix) with ESMTPS id A%07X;\n\t'
             'Tue, 10 Nov 2026 09:%02d:07 +0000' % (n, n)),
            ('From', 'Person %d <person%d@sender.example>' % (n, n)), ('To', 'alice@recipient.example'), ('Subject', subject),
            ('Date', 'Tue, 10 Nov 2026 09:%02d:00 +0000' % n), ('Message-ID', '<%d@mailer.example>' % n)]
    changed = {k.replace('_', '-'): v for k, v in fields.items()}
    head = [(k, changed.pop(k, v)) for k, v in head] + list(changed.items())
    return ''.join('%s: %s\n' % kv for kv in head) + '\n' + body


LETTERS = [
    letter(1, 'esc \x1b[31mred\x07 \u202eevil\u202c \u3164 \x9b1m end', From='"Bank\u202e\u200b Example" <a@b.example>'),
    letter(2, '\u4e2d\u6587 \u6f22\u5b57 wide and e\u0301 combining ' + 'z\u0301' * 20),
    letter(3, 'a letter in a letter', '--bb\nContent-Type: text/plain\n\nfirst part text\n--bb\nContent-Type: message/rfc822\n\n' +
           letter(4, 'the inner letter', 'inside\n') +
           '\n--bb\nContent-Type: application/octet-stream; name="data.bin"\nContent-Transfer-Encoding: base64\n'
           'Content-Disposition: attachment; filename="data.bin"\n\nAAECAwQFBgcICQ==\n--bb--\n',
           MIME_Version='1.0', Content_Type='multipart/mixed; boundary="bb"'),
    letter(5, 'seen and unseen', '<html><body><p>plainly seen http://www.bank.example/</p><div style="display:none">quite unseen</div>'
           '</body></html>\n', MIME_Version='1.0', Content_Type='text/html; charset=utf-8'),
    letter(6, 'by three hops', Received='from a.example (a.example [203.0.113.9]) by mx.recipient.example (Postfix) with ESMTP id B1; '
           'Tue, 10 Nov 2026 09:00:05 +0000\nReceived: from b.example (b.example [203.0.113.77]) by a.example (Postfix) with ESMTP id B2; '
           'Tue, 10 Nov 2026 09:00:01 +0000\nReceived: from c.example (c.example [203.0.113.99]) by b.example (Postfix) with ESMTP id B3; '
           'Tue, 10 Nov 2026 09:01:01 +0000'),
    letter(7, 'of two minds', From='a@one.example\nFrom: b@two.example'),
] + [letter(n, 'letter number %d' % n) for n in range(8, 40)]


def make_case():
    for story in ['demo', *STORIES]:
        shutil.copy(os.path.join(ROOT, 'testdata', story, 'message.eml'), path(story + '.eml'))
    with open(path('letters.mbox'), 'w', newline='') as f:
        for text in LETTERS:
            f.write('From x@y.example Tue Nov 10 09:00:00 2026\n%s\n' % text)
    subprocess.run([BIN, 'scan', '--no-config', *OPTIONS, *[s + '.eml' for s in STORIES], 'letters.mbox', '--output', 'case.db', '--fail-on', 'none'],
                   cwd=terminal.TMP, capture_output=True, timeout=120, check=True)
    subprocess.run([BIN, 'scan', '--no-config', *DEMO, 'demo.eml', *[s + '.eml' for s in STORIES], '--output', 'demo.db', '--fail-on', 'none'],
                   cwd=terminal.TMP, capture_output=True, timeout=120, check=True)
    subprocess.run([BIN, 'scan', '--no-config', *[s + '.eml' for s in STORIES[3:]], '--output', 'other.db', '--fail-on', 'none'],
                   cwd=terminal.TMP, capture_output=True, timeout=120, check=True)


OPTIONS = ['--trust', 'mx.recipient.example'] + [x for s in STORIES if os.path.exists(os.path.join(ROOT, 'testdata', s, 'dns.zone'))
                                                for x in ('--dns', os.path.join(ROOT, 'testdata', s, 'dns.zone'))]


DEMO = [*OPTIONS, '--trust', 'mx.victim.example', '--dns', os.path.join(ROOT, 'testdata', 'demo', 'dns.zone')]


def go(text):
    """Keys that narrow the list to one message."""
    return ['\\', 'C-u', '=' + text, 'Enter', '~(1)']


def story(name):
    return go('source:%s.eml' % name)


# name, keys ("=text" is typed, "~text" waited for), and what differs from 120x34 in xterm-256color
SCENARIOS = [
    ('list', []),
    ('readme-list', ['~Findings of message 1', 'k'], dict(columns=110, rows=32, file='demo.db')),
    ('readme-proof', ['\\', '=source:demo.eml', 'Enter', '~(1)', '4', '~[4 Proof]'], dict(columns=110, rows=44, file='demo.db')),
    ('list-80x24', [], dict(columns=80, rows=24)),
    ('list-100x30', [], dict(columns=100, rows=30)),
    ('list-99x30', [], dict(columns=99, rows=30)),
    ('list-160x50', [], dict(columns=160, rows=50)),
    ('list-250x80', [], dict(columns=250, rows=80)),
    ('list-59x20', [], dict(columns=59, rows=20)),
    ('list-40x10', [], dict(columns=40, rows=10)),
    ('list-20x5', [], dict(columns=20, rows=5)),
    ('list-vt100', [], dict(term='vt100')),
    ('list-linux', [], dict(term='linux')),
    ('list-tmux', [], dict(term='tmux-256color')),
    ('looks-256-colours', [], dict(looks=True)),
    ('looks-8-colours', [], dict(term='linux', looks=True)),
    ('looks-no-color', [], dict(env='NO_COLOR=1', looks=True)),
    ('looks-vt100', [], dict(term='vt100', looks=True)),
    ('list-first-finding', ['Tab', 'j', 'j']),
    ('list-evidence-pane', ['Tab', 'Tab']),
    ('list-maximised', ['Z']),
    ('list-findings-maximised', ['Tab', 'Z']),
    ('list-sorted-by-from', [':', '=sort from', 'Enter', '~From\u25b4']),
    ('list-last-row', ['G', '~row 47/47']),
    ('list-hostile-bytes', go('row:10') + ['~<1B>']),
    ('list-wide-characters', go('row:11') + ['~\u4e2d\u6587']),
    ('filter', ['\\', '=dmarc:fail and severity>=medium', 'Enter']),
    ('filter-typed', ['\\', '=severity:high or (dkim:fail']),
    ('filter-completion', ['\\', '=s', 'Tab', '~severity']),
    ('filter-error-field', ['\\', '=dkim:fail and colour:red', 'Enter', '~no field']),
    ('filter-error-value', ['\\', '=severity:>grave', 'Enter', '~not a value']),
    ('filter-error-80x24', ['\\', '=author:contradicted and severity>=medium and (dmarc:fail', 'Enter', '~not closed'], dict(columns=80, rows=24)),
    ('filter-none', ['\\', '=nosuchword', 'Enter', '~nothing matches']),
    ('search', ['/', '=letter number 1', '~10 hits']),
    ('search-found', ['/', '=letter number 1', 'Enter', '~10 hits', 'n', 'n']),
    ('search-no-hit', ['/', '=nowhere at all', 'Enter', '~0 hits']),
    ('marks-and-tags', ['\\', '=subject:number', 'Enter', '~(32)', 'Space', 'Space', '~2 marked', '#', '=odd', 'Enter', '~tagged']),
    ('note', ['a', '=call the bank', 'Enter', '~note written']),
    ('undone', ['Space', '~1 marked', 'u', '~undone']),
    ('redone', ['Space', '~1 marked', 'u', '~undone', 'C-r', '~done again']),
    ('filter-alike', ['\\', '=subject:number', 'Enter', '~(32)', 'f', 'Enter', '~domain:']),
    ('filter-alike-finding', ['Tab', 'f', 'Enter', '~code:']),
    ('tag-again', ['#', '=phish', 'Enter', '~tagged', 'j', '.', '~tagged: 1', '.', '~Findings of message 4 of 47']),
    ('counts', ['c', '~all']),
    ('counts-80x24', ['\\', '=subject:number', 'Enter', '~(32)', 'c', '~all'], dict(columns=80, rows=24)),
    ('compare', [':', '=compare other.db', 'Enter', '~beside'], dict(columns=160)),
    ('compare-missing', [':', '=compare nothing.db', 'Enter', '~cannot open']),
    ('help-list', ['?']),
    ('help-narrowed', ['?', '=mark']),
    ('help-80x24', ['?'], dict(columns=80, rows=24)),
    ('help-message', ['Enter', '~[1 Summary]', '?', '~Keys']),
    ('unknown-key', ['w']),
    ('unknown-command', [':', '=nonsense', 'Enter', '~no command']),
    ('summary', story('body-length-appended') + ['Enter', '~[1 Summary]']),
    ('summary-80x24', story('body-length-appended') + ['Enter', '~[1 Summary]'], dict(columns=80, rows=24)),
    ('summary-40x10', ['\\', '=row:2', 'Enter', '~1/1', 'Enter', '~[1 Summary]'], dict(columns=40, rows=10)),
    ('findings', story('body-length-appended') + ['2', '~[2 Findings]']),
    ('findings-evidence', story('body-length-appended') + ['2', '~[2 Findings]', ']', 'Enter', '~bytes of message']),
    ('headers', story('list-changed') + ['3', '~[3 Headers]']),
    ('proof', story('body-length-appended') + ['4', '~[4 Proof]'], dict(rows=50)),
    ('proof-repair', story('list-changed') + ['4', '~[4 Proof]'], dict(rows=60)),
    ('proof-spf-tree', story('spf-nested-includes') + ['4', '~[4 Proof]', '/', '=SPF       MAIL', 'Enter'], dict(rows=40)),
    ('proof-spf-folded', story('spf-nested-includes') + ['4', '~[4 Proof]', '/', '=lookup 1', 'Enter', 'Left', '~+'], dict(rows=40)),
    ('proof-dmarc', story('dmarc-policy-reject') + ['4', '~[4 Proof]'], dict(rows=50)),
    ('proof-80x24', story('dkim-body-changed') + ['4', '~[4 Proof]'], dict(columns=80, rows=24)),
    ('route', go('subject:"three hops"') + ['5', '~[5 Route]']),
    ('route-border-moved', go('subject:"three hops"') + ['5', '~[5 Route]', '>', '~trust ends at hop 2']),
    ('route-border-end', go('subject:"three hops"') + ['5', '~[5 Route]', '>', '>', '>', '~trust ends at hop 3']),
    ('structure', go('row:12') + ['6', '~[6 Structure]']),
    ('structure-text', go('row:12') + ['6', '~[6 Structure]', '/', '=text/plain', 'Enter', 'Enter', '~decoded']),
    ('structure-hex', go('row:12') + ['6', '~[6 Structure]', '/', '=octet-stream', 'Enter', 'x', '~hexadecimal']),
    ('structure-part-hex', go('row:12') + ['6', '~[6 Structure]', '/', '=octet-stream', 'Enter', 'Enter', '~decoded', 'x', '~hexadecimal']),
    ('structure-nested', go('row:12') + ['6', '~[6 Structure]', '/', '=rfc822', 'Enter', 'Enter', '~the inner letter']),
    ('structure-saved', go('row:12') + ['6', '~[6 Structure]', '/', '=octet-stream', 'Enter', 's', '=part.bin', 'Enter', '~saved 10 bytes']),
    ('body', go('subject:unseen') + ['7', '~[7 Body]']),
    ('body-edge', story('body-length-appended') + ['7', '~[7 Body]']),
    ('dns', story('spf-nested-includes') + ['8', '~[8 DNS]']),
    ('dns-missing', go('row:12') + ['8', '~[8 DNS]']),
    ('raw', story('list-changed') + ['e', '~bytes of message']),
    ('raw-hex', story('list-changed') + ['x', '~hexadecimal']),
    ('raw-search', story('list-changed') + ['e', '~bytes of message', '/', '=dkim-signature', 'Enter']),
    ('raw-hostile', go('row:10') + ['e', '~<1B>[31m']),
    ('pipe', go('row:12') + ['|', '=wc -c', 'Enter', '~press Enter']),
    ('pipe-back', go('row:12') + ['|', '=wc -c', 'Enter', '~press Enter', 'Enter', '~ended with 0']),
    ('save-prompt', ['s']),
    ('saved', go('row:12') + ['s', '=out.eml', 'Enter', '~saved 1 message']),
    ('save-refused', ['Space', 'Space', 's', '=two.eml', 'Enter', '~are marked']),
    ('copied', ['y', '~copied']),
    ('read-only', ['Space', '~reading only'], dict(file='read-only/case.db')),
    ('scanned-path', ['~38 msgs', '~is finished'], dict(file='letters.mbox')),
    ('quit-prompt', ['~is finished', 'Q', '~keep the case'], dict(file='letters.mbox')),
]


def shown(s, looks):
    """The screen as lines; of LOOKS, the attributes as text."""
    text = s.text(looks)
    if looks:
        text = text.replace('\x0e', '').replace('\x0f', '').replace('\x1b', '\u241b')
    return '\n'.join(line.rstrip() for line in text.rstrip('\n').split('\n')) + '\n'


def settled(s, looks):
    """What stands when nothing moves any more, for new files."""
    last, same, until = None, 0, time.monotonic() + PATIENCE
    while same < 25 and time.monotonic() < until:
        now = shown(s, looks)
        same, last = (same + 1, last) if now == last else (0, now)
        time.sleep(0.02)
    return last


def awaited(s, looks, wanted):
    """WANTED, once it stands there; else what stands at the end."""
    until = time.monotonic() + PATIENCE
    while True:
        now = shown(s, looks)
        if now == wanted or time.monotonic() > until:
            return now
        time.sleep(0.02)


def press(s, keys):
    for key in keys:
        if key.startswith('~'):
            if s.wait(key[1:]) is None:
                return 'waited for %r' % key[1:]
        elif key.startswith('=') and len(key) > 1:
            s.type(key[1:])
        else:
            s.keys(key)
    return ''


def scenario(name, keys, columns=120, rows=34, term='xterm-256color', env='', looks=False, file='case.db', command=None):
    golden = os.path.join(SCREENS, name + '.txt')
    if file == 'case.db':  # each its own copy: notes and marks of one are not another's
        shutil.copy(path('case.db'), path(name + '.db'))
        os.makedirs(path('in-' + name))
        os.rename(path(name + '.db'), os.path.join(path('in-' + name), 'case.db'))
        for other in os.listdir(terminal.TMP):
            if other.endswith(('.eml', '.mbox')) or other == 'other.db':
                os.symlink(path(other), os.path.join(path('in-' + name), other))
    folder = path('in-' + name) if file == 'case.db' else terminal.TMP
    # Somebody else may not read the stories' zones where they lie.
    s = Screen(*(DEMO if file == 'demo.db' else OPTIONS[:2] if file.startswith('read-only') else OPTIONS), file, columns=columns, rows=rows, term=term, env=env + ' TMPDIR=' + terminal.TMP, folder=folder,
               nobody=file.startswith('read-only'))
    trouble = '' if s.wait('Messages' if rows > 5 else 'a') else 'no list'
    trouble = trouble or press(s, keys)
    if UPDATE and not trouble:
        with open(golden, 'w') as f:
            f.write(settled(s, looks))
        print('# wrote %s' % golden)
    wanted = open(golden).read() if os.path.exists(golden) else ''
    got = awaited(s, looks, wanted) if not trouble else shown(s, looks)
    diff = ''.join(difflib.unified_diff(wanted.splitlines(True), got.splitlines(True), 'screens/%s.txt' % name, 'screen'))
    check(not trouble and not diff, 'screen %s' % name, '%s\n%s' % (trouble, diff))
    s.end()


def main():
    os.chmod(terminal.TMP, 0o755)
    make_case()
    os.mkdir(path('read-only'))
    shutil.copy(path('case.db'), path('read-only/case.db'))
    os.chmod(path('read-only/case.db'), 0o444)
    os.chmod(path('read-only'), 0o555)
    terminal.start_server()
    only = os.environ.get('ONLY')
    for name, keys, *how in SCENARIOS:
        if not only or name in only.split(','):
            scenario(name, keys, **(how[0] if how else {}))
    stray = set(os.listdir(SCREENS)) - {name + '.txt' for name, *_ in SCENARIOS}
    check(not stray, 'every file of screens/ has its scenario', stray)
    os.chmod(path('read-only'), 0o755)
    terminal.end()


main()
