#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""The triage view driven in tmux: waits for text, never sleeps a fixed time; every screen is searched for control characters."""
import csv, json, os, random, signal, subprocess, time

import terminal
from terminal import ASAN, BIN, TMP, Screen, check, path, tmux


def message(n, **fields):
    head = {'Return-Path': '<bounce%d@mailer.example>' % n,
            'Received': 'from out%d.mailer.example (out.mailer.example [198.51.100.%d])\n\tby mx.victim.example (Postfix) with ESMTPS id A%07X;\n\tTue, 10 Nov 2026 09:%02d:%02d +0000' % (n, n % 250 + 1, n, n // 60 % 60, n % 60),
            'From': 'Person %d <person%d@sender%d.example>' % (n, n, n % 5), 'To': 'alice@victim.example', 'Subject': 'letter number %d' % n,
            'Date': 'Tue, 10 Nov 2026 09:%02d:00 +0000' % (n // 60 % 60), 'Message-ID': '<%d@mailer.example>' % n}
    body = fields.pop('body', 'Hello %d\nhttp://www.sender.example/%d\n' % (n, n))
    head.update({k.replace('_', '-'): v for k, v in fields.items()})
    return ''.join('%s: %s\n' % kv for kv in head.items() if kv[1] is not None) + '\n' + body


def make_mail():
    nested = message(90, Subject='inner letter', body='inside\n')
    special = [
        message(0, From='"Bank\u202e\u200b Example" <a@b.example>', Subject='esc \x1b[31mred\x07 \u202eevil\u202c \u3164 \x9b1m end'),
        message(1, Subject='\u4e2d\u6587 \u6f22\u5b57 wide and e\u0301 combining ' + 'z\u0301' * 20),
        message(2, MIME_Version='1.0', Content_Type='multipart/mixed; boundary="bb"',
                body='--bb\nContent-Type: text/plain\n\nfirst part text\n--bb\nContent-Type: message/rfc822\n\n' + nested +
                '\n--bb\nContent-Type: application/octet-stream; name="data.bin"\nContent-Transfer-Encoding: base64\nContent-Disposition: attachment; filename="data.bin"\n\nAAECAwQFBgcICQ==\n--bb--\n'),
        message(3, Received='from a.example (a.example [203.0.113.9]) by mx.victim.example (Postfix) with ESMTP id B1; Tue, 10 Nov 2026 09:00:05 +0000\nReceived: from b.example (b.example [203.0.113.77]) by a.example (Postfix) with ESMTP id B2; Tue, 10 Nov 2026 09:00:01 +0000', Subject='two hops'),
        message(60, Subject='seen and unseen', MIME_Version='1.0', Content_Type='text/html; charset=utf-8',
                body='<html><body><p>plainly seen http://www.bank.example/</p><div style="display:none">quite unseen</div></body></html>\n'),
        message(4, From='a@one.example\nFrom: b@two.example', Subject='two From fields'),
    ]
    with open(path('mail.mbox'), 'w', newline='') as f:
        for text in special + [message(n) for n in range(5, 60)]:
            f.write('From x@y.example Tue Nov 10 09:00:00 2026\n%s\n' % text)
    subprocess.run([BIN, 'scan', '--no-config', path('mail.mbox'), '--output', path('case.db'), '--fail-on', 'none'], capture_output=True, timeout=120, check=True)


def the_list():
    s = Screen(path('case.db'))
    s.expect('the list shows messages, findings and evidence', 'Messages', 'Findings of message 1 of 61', 'Evidence', 'severity', 'Subject')
    s.expect('a first line tells the keys', '? lists the keys')
    s.keys('j', 'j')
    s.expect('j goes down', 'row 3/61')
    s.keys('k')
    s.expect('k goes up', 'row 2/61')
    s.keys('G')
    s.expect('G goes to the last', 'row 61/61')
    s.keys('g')
    s.expect('g goes to the first', 'row 1/61')
    s.keys('C-d')
    s.expect('^D goes half a page down', gone='row 1/61')
    s.keys('g', '\\')
    s.type('subject:"letter number 1"')
    s.keys('Enter')
    s.expect('a filter narrows the list', '(10)', 'letter number 17')
    s.keys('\\', 'C-u')
    s.type('nofield:x')
    s.keys('Enter')
    s.expect('a bad filter says where', 'there is no field of this name')
    s.keys('C-u')
    s.type('dma')
    s.keys('Tab')
    s.expect('field names are completed', '\\dmarc:')
    s.keys('C-u', 'Enter')
    s.expect('an empty filter shows all', '/61')
    s.keys('/')
    s.type('number 42')
    s.expect('the search counts while one types', '1 hit')
    s.keys('Enter')
    s.expect('and goes there', 'letter number 42', '/number 42: 1 hit')
    s.keys('g', '/')
    s.type('number 2')
    s.keys('Enter', 'n', 'n')
    s.expect('n goes on', '/number 2: 11 hits')
    for sort in ('author', 'date', 'from'):
        s.keys('o')
        s.expect('o sorts by %s' % sort, 'sorted by %s' % sort)
    s.keys('O')
    s.expect('O turns the order round', 'sort -from')
    s.keys('g', 'Space', 'Space')
    s.expect('Space marks', '2 marked')
    s.keys('u')
    s.expect('u undoes', 'undone: mark 1 message')
    s.keys('C-r')
    s.expect('^R does it again', 'done again')
    s.keys('T')
    s.type('subject:number')
    s.keys('Enter')
    s.expect('T marks by filter', 'marked: 56 messages')
    s.keys('#')
    s.type('newsletter')
    s.keys('Enter')
    s.expect('# tags what is marked', 'tagged: 57 messages')
    s.keys('U')
    s.expect('U takes the marks away', 'marks taken away')
    s.keys('a')
    s.type('looks odd')
    s.keys('Enter')
    s.expect('a writes a note', 'note written')
    s.keys('Z')
    s.expect('Z gives one pane the screen', 'Messages', gone='Evidence')
    s.keys('Z', 'Tab')
    s.expect('Tab goes to the findings', '\u25b8 Findings')
    s.keys('Tab')
    s.expect('and to the evidence', '\u25b8 Evidence')
    s.keys('q', '?')
    s.expect('? shows the keys', 'Keys: type to narrow down', 'next row')
    s.type('clip')
    s.expect('typing narrows them down', 'OSC 52', gone='next row')
    s.keys('Escape')
    s.expect('Esc closes the help', 'Messages', gone='Keys: type')
    s.keys('F2')
    s.expect('F2 turns the mouse on', 'mouse on')
    s.keys('=w')
    s.expect('an unknown key is told so', 'does nothing here')
    s.keys(':')
    s.type('goto 7')
    s.keys('Enter')
    s.expect(':goto goes to a row', 'row 7/61')
    s.keys(':')
    s.type('nonsense')
    s.keys('Enter')
    s.expect('an unknown command is told so', "no command 'nonsense'")
    s.keys('s')
    s.type(path('out.ndjson'))
    s.keys('Enter')
    s.expect('s saves records', 'saved 1 message')
    check(json.loads(open(path('out.ndjson')).readline())['type'] == 'message', 'which are JSON')
    s.keys('s')
    s.type(path('out.ndjson'))
    s.keys('Enter')
    s.expect('nothing is overwritten', 'File exists')
    s.keys('Q')
    s.expect('Q ends it, and the terminal is as before', 'ended with 0', gone='Messages')
    s.end()


def hostile():
    s = Screen(path('case.db'))
    s.wait('Messages')
    s.keys('\\')
    s.type('row:1')
    s.keys('Enter')
    s.expect('hostile bytes are shown as text in the list', '<1B>')
    s.keys('Z')
    s.expect('bidi controls, too', '<U+202E>')
    s.keys('Enter')
    s.expect('and in the message', '<U+202E>', '<1B>')
    s.keys('e')
    s.expect('and among the raw bytes', '<1B>[31m', '<07>')
    s.keys('q', 'q', '\\', 'C-u')
    s.type('row:2')
    s.keys('Enter')
    got = s.expect('wide and combining characters', '\u4e2d\u6587')
    lines = [l for l in got.split('\n') if '\u4e2d\u6587' in l]
    check(all(len(l) < 125 for l in got.split('\n')), 'keep the frame in place', lines)
    s.end()


def tabs():
    s = Screen(path('case.db'))
    s.wait('Messages')
    s.keys('\\')
    s.type('subject:"two hops"')
    s.keys('Enter')
    s.wait('(1)')
    s.keys('Enter')
    s.expect('Enter opens the summary', '[1 Summary]', 'WHO', 'PROOF', 'ROUTE')
    for key, name, wanted in (('2', 'Findings', '[2 Findings]'), ('3', 'Headers', 'Received'), ('4', 'Proof', 'SPF'), ('5', 'Route', 'b.example'),
                              ('6', 'Structure', 'text/plain'), ('7', 'Body', 'Hello 3'), ('8', 'DNS', '_dmarc')):
        s.keys(key)
        s.expect('tab %s is %s' % (key, name), '[%s %s]' % (key, name), wanted)
    s.keys('5')
    s.wait('[5 Route]')
    s.keys('>')
    s.expect('> moves the border', 'trust ends at hop 2')
    s.keys('<')
    s.expect('< moves it back', 'trust ends at hop 1')
    s.keys('3', 'j', 'j', 'Enter')
    s.expect('Enter leads to the bytes', 'bytes of message', 'lines')
    s.keys('x')
    s.expect('x shows them in hexadecimal', 'hexadecimal')
    s.keys('e', '/')
    s.type('Hello 3')
    s.keys('Enter')
    s.expect('the bytes can be searched', '>', 'Hello 3')
    s.keys('q', '7')
    s.wait('[7 Body]')
    s.keys('2', ']')
    s.expect('] goes to the next evidence', '[2 Findings]')
    s.keys('q')
    s.expect('q goes back to the list', 'Messages')
    s.keys('\\', 'C-u')
    s.type('subject:unseen')
    s.keys('Enter')
    s.wait('(1)')
    s.keys('7')
    s.expect('of HTML the visible text stands apart from the hidden, and links are dead', 'plainly seen hxxp://', 'there, but not seen',
             'not displayed', 'quite unseen')
    s.keys('q')
    s.wait('Messages')
    s.keys('\\', 'C-u')
    s.type('row:3')
    s.keys('Enter')
    s.wait('(1)')
    s.keys('6')
    got = s.expect('the structure of a multipart', 'multipart/mixed', 'message/rfc822', 'data.bin')
    rows = [n for n, l in enumerate(got.split('\n')) if 'message/rfc822' in l]
    first = [n for n, l in enumerate(got.split('\n')) if 'multipart/mixed' in l]
    s.keys('g')
    s.keys('/')
    s.type('message/rfc822')
    s.keys('Enter', 'Enter')
    s.expect('an enclosed message opens as a message', 'inner letter')
    s.keys('q')
    s.wait('data.bin')
    s.keys('/')
    s.type('data.bin')
    s.keys('Enter', 's')
    s.type(path('saved.bin'))
    s.keys('Enter')
    s.expect('a part is saved', 'saved 10 bytes', 'nothing was opened')
    check(open(path('saved.bin'), 'rb').read() == bytes(range(10)), 'as its decoded bytes')
    s.keys('|')
    s.type('wc -c')
    s.keys('Enter')
    s.expect('a part goes to a command', '10', 'press Enter')
    s.keys('Enter')
    s.expect('and the view comes back', '[6 Structure]', 'ended with 0')
    s.keys('q')
    s.wait('Messages')
    s.keys('Q')
    s.wait('ended with 0')
    s.end()


def sizes():
    s = Screen(path('case.db'))
    s.wait('Messages')
    for columns, rows in ((80, 24), (250, 80), (59, 20), (40, 10), (20, 5), (100, 30), (99, 30)):
        s.resize(columns, rows)
        got = s.wait('Messages' if rows > 5 else 'a')
        check(got is not None and max(map(len, got.split('\n'))) <= columns, '%dx%d has a list' % (columns, rows), s.text())
    for columns, rows in [(random.Random(3).randrange(10, 200), 5 + n % 40) for n in range(30)]:
        s.resize(columns, rows)
    s.resize(120, 34)
    s.expect('a storm of sizes ends well', 'Messages', 'Evidence')
    s.keys('Enter')
    s.wait('[1 Summary]')
    for columns, rows in ((80, 24), (50, 12), (160, 50)):
        s.resize(columns, rows)
        s.expect('a message at %dx%d' % (columns, rows), '[1 Summary]')
    s.end()


def terminals():
    for term, env in (('vt100', ''), ('linux', ''), ('xterm-256color', 'NO_COLOR=1'), ('tmux-256color', ''), ('xterm', '')):
        s = Screen(path('case.db'), term=term, env=env)
        s.expect('%s %s' % (term, env or 'plain'), 'Messages', 'severity')
        s.keys('Q')
        s.expect('%s ends clean' % term, 'ended with 0')
        s.end()
    p = subprocess.run([BIN, 'tui', '--no-config', path('case.db')], capture_output=True, stdin=subprocess.DEVNULL, timeout=30)
    check(p.returncode == 2 and b'needs a terminal' in p.stderr, 'without a terminal it says so', p.stderr)
    p = subprocess.run([BIN, 'tui', '--no-config', path('nothing.db')], capture_output=True, stdin=subprocess.DEVNULL, timeout=30)
    check(p.returncode == 2, 'a case that is not there is an error', p.stderr)


def paths_directly():
    s = Screen(path('mail.mbox'), env='TMPDIR=%s' % TMP)
    s.expect('a path is scanned behind the list', 'unsaved case', '61 msgs')
    s.keys('Enter')
    s.expect('and is usable', '[1 Summary]')
    s.keys('q', 'Q')
    s.expect('quitting offers to keep the case', 'keep the case?')
    s.keys('y')
    s.wait('save to')
    s.keys('C-u')
    s.type(path('kept.db'))
    s.keys('Enter')
    s.expect('it is kept', 'the case is kept in', 'ended with 0')
    s.end()
    p = subprocess.run([BIN, 'case', 'info', '--no-config', path('kept.db')], capture_output=True, timeout=60)
    check(b'61 messages' in p.stdout, 'with all messages', p.stdout[:100] + p.stderr[:100])
    s = Screen(path('mail.mbox'), env='TMPDIR=%s' % TMP)
    s.wait('61 msgs')
    s.keys('Q')
    s.wait('keep the case?')
    s.keys('n')
    s.expect('or let it go', 'ended with 0')
    s.end()
    check(not [f for f in os.listdir(TMP) if f.startswith('mailcheck-')], 'and nothing is left behind', os.listdir(TMP))


def exports():
    texts = [message(1, Subject='=HYPERLINK("http://a.example","b"), and more'), message(2, From='"+1 @x" <p@sender.example>', Subject='a \x1b[31m "quoted"'),
             message(3, body='From here on\n>From there\nlast')]
    texts[2] = texts[2].replace('\n>From ', '\n>>From ').replace('\nFrom h', '\n>From h')  # as an mbox stores it
    with open(path('out.mbox'), 'w', newline='') as f:
        for text in texts:
            f.write('From x@y.example Tue Nov 10 09:00:00 2026\n%s\n' % text)
    subprocess.run([BIN, 'scan', '--no-config', path('out.mbox'), '--output', path('out.db'), '--fail-on', 'none'], capture_output=True, check=True)
    tmux('set-option', '-g', 'set-clipboard', 'on')
    s = Screen(path('out.db'))
    s.wait('Messages')

    def save(name, wanted):
        s.keys('s')
        s.type(path(name))
        s.keys('Enter')
        s.expect('saves %s' % name, '%s to %s' % (wanted, path(name)))
        return open(path(name), 'rb').read()

    s.keys(':')
    s.type('sort place')
    s.keys('Enter')
    s.wait('sort place')
    s.keys('G')
    s.expect('the last message', 'row 3/3')
    check(save('one.eml', 'saved 1 message').rstrip(b'\n') == texts[2].encode().rstrip(b'\n'), '.eml has the bytes of the message as they are stored')
    s.keys('|')
    s.type('cat > %s' % path('piped'))
    s.keys('Enter')
    s.wait('press Enter')
    s.keys('Enter')
    s.expect('a pipe gets the bytes', 'ended with 0')
    check(open(path('piped'), 'rb').read() == open(path('one.eml'), 'rb').read(), 'all of them')
    s.keys('|')
    s.type('kill -INT $$; sleep 9')
    s.keys('Enter')
    s.expect('a command that ^C ends', 'press Enter')
    s.keys('Enter')
    s.expect('does not end the view', 'the command ended with 130', 'Messages')
    s.keys('y')
    s.expect('y copies', 'copied to the clipboard')
    check('person3@sender3.example' in tmux('show-buffer').stdout.decode(), 'by OSC 52, as the terminal has it', tmux('show-buffer').stdout)
    s.keys('T')
    s.type('row:>0')
    s.keys('Enter')
    s.expect('all are marked', 'marked: 3 messages')
    rows = list(csv.reader(save('all.csv', 'saved 3 messages').decode().splitlines()))
    check(len(rows) == 4 and all(len(r) == 11 for r in rows), 'CSV has a head and a row of eleven cells a message', rows)
    check(rows[1][7] == '\'=HYPERLINK("http://a.example","b"), and more', 'a formula is defused, quotes are doubled', rows[1][7])
    check(rows[2][7] == 'a <1B>[31m "quoted"' and rows[2][6].startswith("'+1 @x"), 'nothing hostile is in it', rows[2])
    records = [json.loads(l) for l in save('all.ndjson', 'saved 3 messages').splitlines()]
    check([r['type'] for r in records] == ['message'] * 3, 'NDJSON has a record a message')
    text = save('all.txt', 'saved 3 messages').decode()
    check(text.count('FINDINGS') == 3 and 'letter number 3' in text and '\x1b' not in text, 'a text report has each', text[:300])
    save('all.mbox', 'saved 3 messages')
    p = subprocess.run([BIN, 'scan', '--no-config', path('all.mbox'), '--format', 'ndjson', '--fail-on', 'none'], capture_output=True)
    again = [json.loads(l) for l in p.stdout.splitlines()]
    again = sorted(r['sha256'] for r in again if r['type'] == 'message')
    check(again == sorted(r['sha256'] for r in records), 'and an mbox the same messages', (again, p.stderr))
    s.keys('s')
    s.type(path('all.eml'))
    s.keys('Enter')
    s.expect('one .eml holds one message', '3 messages are marked')
    s.keys('Q')
    s.wait('ended with 0')
    s.end()


def read_only():
    os.mkdir(path('ro'))
    subprocess.run(['cp', path('case.db'), path('ro/case.db')], check=True)
    os.chmod(path('ro/case.db'), 0o444)
    os.chmod(path('ro'), 0o555)
    os.chmod(TMP, 0o755)
    s = Screen(path('ro/case.db'), nobody=True)
    s.expect('a read-only case in a read-only folder opens', 'Messages', 'Findings of message 1 of 61')
    for keys, name in ((['Space'], 'a mark'), (['T', 'row:>0'], 'marks'), (['#', 'odd'], 'a tag'), (['a', 'odd'], 'a note'), (['u'], 'undo')):
        s.keys(keys[0])
        if len(keys) > 1:
            s.type(keys[1])
            s.keys('Enter')
        s.expect('%s is refused there, with the reason' % name, 'reading only')
    s.keys('/')
    s.type('number 42')
    s.keys('Enter')
    s.expect('a search works there', '/number 42: 1 hit')
    s.keys('Q')
    s.expect('it ends', 'ended with 0')
    check(os.listdir(path('ro')) == ['case.db'], 'and nothing was written beside it', os.listdir(path('ro')))
    os.chmod(path('ro'), 0o755)
    s.end()


def the_pid(name):
    """The program of a screen, by the case that it has open."""
    for pid in filter(str.isdigit, os.listdir('/proc')):
        try:
            words = open('/proc/%s/cmdline' % pid, 'rb').read().split(b'\0')
        except OSError:
            continue
        if words[0].decode() == BIN and name.encode() in words:
            return int(pid)
    return None


def crash_restores():
    for number, name in ((signal.SIGSEGV, 'a crash'), (signal.SIGABRT, 'an abort'), (signal.SIGTERM, 'SIGTERM'), (signal.SIGHUP, 'SIGHUP')):
        subprocess.run(['cp', path('case.db'), path('crash.db')], check=True)
        s = Screen(path('crash.db'))
        s.wait('Messages')
        os.kill(the_pid(path('crash.db')), number)
        got = s.expect('%s gives the screen back' % name, 'ended with', gone='Messages')
        check('ended with %d' % (128 + number) in got or (ASAN and number in (signal.SIGSEGV, signal.SIGABRT)), '%s shows in the status' % name, got)
        got = s.wait('icanon')
        check(got and '-icanon' not in got, '%s gives the line editing back' % name, got)
        s.end()


def told_to_end_with_paths():
    for work in (False, True):
        s = Screen(path('mail.mbox'), env='TMPDIR=%s' % TMP)
        s.wait('the scan is finished')
        if work:
            s.keys('Space')
            s.wait('1 marked')
        os.kill(the_pid(path('mail.mbox')), signal.SIGTERM)
        got = s.wait('ended with 143')
        left = [f for f in os.listdir(TMP) if f.startswith('mailcheck-')]
        if work:
            check(got and 'the case with your work is still at' in got.replace('\n', '') and left, 'SIGTERM leaves a case that holds work, and says where', got)
        else:
            check(got and not left, 'SIGTERM leaves nothing of a scan behind', left)
        for f in left:
            os.unlink(path(f))
        s.end()


def suspends():
    s = Screen(path('case.db'), command='bash --norc -i')
    s.type("PS1='shell> '; stty -a | grep -o .icanon\n")
    s.keys('Enter')
    s.wait('shell> ')
    s.type('%s tui --no-config %s' % (BIN, path('case.db')))
    s.keys('Enter')
    s.expect('under a shell with job control', 'Messages', 'Evidence')
    for turn in (1, 2):
        s.keys('j', 'C-z')
        s.expect('^Z leads to the shell (%d)' % turn, 'Stopped', 'shell> ')
        s.type('echo $((6 * 7))')
        s.keys('Enter')
        s.expect('which reads lines (%d)' % turn, '\n42')
        s.resize(100 + turn, 30)
        s.type('fg')
        s.keys('Enter')
        s.expect('fg leads back, at the size of now (%d)' % turn, 'Messages', 'Evidence', 'row %d/61' % (turn + 1), gone='Stopped')
    s.keys('Enter')
    s.expect('and keys work', '[1 Summary]')
    s.keys('q', 'Q')
    s.expect('to the end', 'shell> ', gone='Messages')
    s.end()


def monkey():
    seed = int(os.environ.get('MONKEY_SEED', '0')) or random.SystemRandom().randrange(1 << 30)
    rng = random.Random(seed)
    keys = list('jkJKgGnNoOtTUuacf.ehvxyZz123456789]<>[?/\\:|#s') + ['Enter', 'Escape', 'Tab', 'BTab', 'Down', 'Up', 'PageDown', 'PageUp', 'Left',
            'Right', 'Space', 'BSpace', 'C-d', 'C-u', 'C-r', 'C-l', 'Home', 'End', 'F1', 'F2', 'F3', 'F4', 'F6']
    keys = [k for k in keys if k not in ('|', 's')]
    total = int(os.environ.get('MONKEY_KEYS', '2000' if ASAN else '10000'))
    s = Screen(path('monkey.db'))
    s.wait('Messages')
    sent = 0
    while sent < total:
        burst = [rng.choice(keys) for _ in range(40)]
        tmux('send-keys', '-t', s.name, *burst)
        sent += len(burst)
        if rng.random() < 0.2:
            s.resize(rng.randrange(10, 200), rng.randrange(3, 70))
        s.text()
    s.resize(120, 34)
    alive = False
    for _ in range(60):
        s.keys('Escape', 'Escape')
        got = s.text()
        if 'ended with' in got:
            break
        if 'Messages' in got or 'msgs' in got:
            alive = True
            break
        time.sleep(0.1)
    check(alive or 'ended with 0' in s.text(), 'a monkey of %d keys (MONKEY_SEED=%d) leaves it alive' % (sent, seed), s.text())
    s.keys('Q')
    s.expect('and it ends clean (seed %d)' % seed, 'ended with 0')
    s.end()


make_mail()
terminal.start_server()
subprocess.run(['cp', path('case.db'), path('monkey.db')])
terminal.run_parts((the_list, hostile, tabs, sizes, terminals, paths_directly, exports, read_only, crash_restores, told_to_end_with_paths,
                    suspends, monkey))
terminal.end()
