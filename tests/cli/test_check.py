#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""check, show, spf and explain as a user and a script meet them: exit status, errors, formats, hostile bytes."""
import base64, csv, glob, hashlib, io, json, os, pty, re, select, stat, subprocess, unicodedata

from tap import check, skip

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
MAILCHECK = os.environ.get('MAILCHECK', ROOT + '/mailcheck')
SHARED = os.environ.get('MAILCHECK_SHARED', ROOT + '/../shared')
ASAN = os.environ.get('MODE') == 'asan'
TMP = os.environ.get('TMPDIR', '/tmp')
DATA = ROOT + '/testdata'

def run(*args, input=None, env=None, timeout=300, cwd=TMP):
    p = subprocess.run([MAILCHECK] + list(args), input=input, capture_output=True, timeout=timeout, cwd=cwd,
                       env=dict(os.environ, **(env or {})))
    return p.returncode, p.stdout, p.stderr.decode('utf-8', 'replace')

def write(name, data):
    path = os.path.join(TMP, name)
    with open(path, 'wb') as f:
        f.write(data)
    return path

def story(name, *more):
    d = DATA + '/' + name
    return ['--no-config', '--dns', d + '/dns.zone'] + open(d + '/options').read().split() + list(more) + [d + '/message.eml']

def error_is(name, args, pattern, status=2, **kw):
    code, out, err = run(*args, **kw)
    check(code == status and re.search(pattern, err) and all(l.startswith('mailcheck: ') for l in err.splitlines()),
          name, 'exit %d %r' % (code, err))

def exit_status():
    check(run(*story('dkim-key-no-version'))[0] == 0, 'nothing reaches medium: 0')
    check(run(*story('forged-from-attacker-passes'))[0] == 1, 'something reaches medium: 1')
    check(run(*story('forged-from-attacker-passes', '--fail-on', 'none'))[0] == 0, '--fail-on none: 0')
    check(run(*story('forged-from-attacker-passes', '--fail-on=critical'))[0] == 0, '--fail-on critical: 0')
    check(run(*story('dkim-key-no-version', '--fail-on', 'info'))[0] in (0, 1), '--fail-on info')
    code, out, err = run(*story('forged-from-attacker-passes', '/nonexistent.eml'))
    check(code == 2 and out and '/nonexistent.eml' in err, 'an input that can\'t be read wins over a finding: 2', (code, err))
    code, out, err = run(*story('forged-from-attacker-passes', '--quiet', '/nonexistent.eml'))
    check(code == 1 and not out, 'with --quiet a finding wins', (code, out))
    check(run(*story('not-recorded', '--fail-on', 'critical'))[0] == 0, 'what the snapshot lacks is no error')
    if os.path.exists('/dev/full'):
        with open('/dev/full', 'w') as full:
            p = subprocess.run([MAILCHECK] + story('demo', '--fail-on', 'none'), stdout=full, stderr=subprocess.PIPE)
        check(p.returncode == 2 and b'No space' in p.stderr, 'a full device: 2', p.stderr)
        error_is('a full device by --output: 2', story('demo', '--output', '/dev/full', '--fail-on', 'none'), 'No space')

def errors():
    os.makedirs(TMP + '/folder', exist_ok=True)
    eml = DATA + '/demo/message.eml'
    error_is('missing file', ['--no-config', '/nonexistent.eml'], r"^mailcheck: /nonexistent\.eml.*No such file")
    error_is('directory says scan', ['--no-config', TMP + '/folder'], 'scan')
    error_is('no argument', ['--no-config'], 'usage: mailcheck')
    error_is('what groups are there', ['case', 'group', TMP + '/x.db'], r'case group CASE key\|border')
    error_is('unknown option', ['--frobnicate', eml], "no option '--frobnicate'")
    error_is('option of another command', ['--hex', eml], 'no meaning')
    error_is('option without value', [eml, '--dns'], 'needs FILE')
    error_is('flag with value', ['--all=yes', eml], 'takes no value')
    error_is('bad word', ['--format', 'xml', eml], 'one of text')
    error_is('bad number', ['--width', 'wide', eml], 'number')
    error_is('bad time', ['--no-config', '--at', 'noon', eml], 'no time')
    error_is('bad address', ['--no-config', '--client-ip', '300.1.2.3', eml], 'no address')
    error_is('unreadable snapshot', ['--no-config', '--dns', '/nonexistent.zone', eml], r"nonexistent\.zone")
    for name, args in (('live and complete', ['--live', '--assume-complete']), ('record without live', ['--record', 'x']),
                       ('server without live', ['--server', '127.0.0.1']), ('border and trust', ['--border', '1', '--trust', 'x.example']),
                       ('config twice', ['--config', '/dev/null']), ('format twice', ['--format', 'json', '--format', 'csv'])):
        error_is('contradiction: ' + name, ['--no-config'] + args + [eml], 'contradict|no meaning|twice')
    error_is('a case file is for scan', ['--no-config', '--output', TMP + '/x.db', eml], 'scan --output')
    zone = write('bad.zone', b'bank.example. IN TXT "v=spf1 -all"\nthis is no record at all (\nclub.example. IN A 192.0.2.1\n')
    code, out, err = run('--no-config', '--fail-on', 'none', '--dns', zone, eml)
    check(code == 0 and 'bad.zone:2' in err, 'a bad snapshot line is told with its number, the rest is used', (code, err))
    name = write('na\x1bme\u202e.eml', b'')
    code, out, err = run('--no-config', name + '.gone')
    check('\x1b' not in err and '<1B>' in err and '<U+202E>' in err, 'a hostile file name is shown harmless', repr(err))

def odd_input():
    """each gives a report, in bounded time"""
    n = 10 ** 5 if not ASAN else 2 * 10 ** 4
    big = 64 << 20 if not ASAN else 8 << 20
    deep = b''.join(b'Content-Type: multipart/mixed; boundary="b%d"\n\n--b%d\n' % (i, i) for i in range(1000))
    cases = {
        'empty': b'', 'one newline': b'\n', 'no header': b'\nhello\n', 'header only': b'From: a@b.example',
        'binary': bytes(range(256)) * 300, 'nuls': b'\0' * 10000, 'crs': b'\r' * 10000, 'colons': b':' * 10000,
        'received': b'Received: from a by b; Tue, 10 Nov 2026 09:12:44 +0000\n' * n + b'From: a@b.example\n\nx\n',
        'long line': b'From: a@b.example\nSubject: ' + b'x' * big + b'\n\nbody\n', 'long body line': b'From: a@b.example\n\n' + b'y' * big,
        'deep': b'From: a@b.example\n' + deep, 'signatures': b'DKIM-Signature: v=1; d=a.example; s=b\n' * 5000 + b'From: a@b.example\n\nx\n',
        'parts': b'From: a@b.example\nContent-Type: multipart/mixed; boundary=b\n\n' + b'--b\n\nx\n' * 20000,
        'addresses': b'From: ' + b'a@b.example, ' * 50000 + b'\n\nx\n', 'parentheses': b'Received: ' + b'(' * 200000 + b'\nFrom: ' + b'(' * 100000 + b'\n\n',
    }
    for name, data in cases.items():
        path = write('odd.eml', data)
        for args in (['--format', 'json'], [], ['--all']):
            try:
                code, out, err = run('--no-config', '--fail-on', 'none', *args, path, timeout=120)
            except subprocess.TimeoutExpired:
                check(False, 'odd input %s %s' % (name, ' '.join(args)), 'no end in 120 s')
                continue
            ok = code == 0 and out and not err
            if ok and args == ['--format', 'json']:
                ok = json.loads(out)['type'] == 'message'
            check(ok, 'odd input: %s %s' % (name, ' '.join(args)), (code, err[-300:]))
    code, out, err = run('--no-config', '--fail-on', 'none', '-', input=open(DATA + '/demo/message.eml', 'rb').read())
    check(code == 0 and b'bank.example' in out, 'standard input', (code, err))

def formats():
    args = story('demo', '--fail-on', 'none')
    one = run(*args, '--format', 'json')[1]
    check(run(*args, '--format', 'json')[1] == one, 'two runs write the same bytes')
    check(all(c < 128 for c in one) and one.endswith(b'\n') and one.count(b'\n') == 1, 'JSON is ASCII, one line')
    check(isinstance(json.loads(one), dict), 'one message is an object')
    two = run(*args, '--format', 'json', DATA + '/no-received/message.eml')[1]
    check(isinstance(json.loads(two), list) and len(json.loads(two)) == 2, 'several messages are an array')
    nd = run(*args, '--format', 'ndjson', DATA + '/no-received/message.eml', '/nonexistent.eml')[1].splitlines()
    check([json.loads(l)['type'] for l in nd] == ['message', 'message', 'error'], 'ndjson: a record each, errors too')
    mbox = json.loads(run('--no-config', '--format', 'json', '--fail-on', 'none', DATA + '/mbox-of-three/message.mbox')[1])
    check(len(mbox) == 3, 'an mbox gives each message')
    data = open(DATA + '/mbox-of-three/message.mbox', 'rb').read()
    check(all(data[r['offset']:r['offset'] + 12] == b'Return-Path:' for r in mbox), 'offsets say where each lies')
    evil = write('evil.eml', b'From: =2+3@b.example\nSubject: =cmd|\' /C calc\'!A0, "x"\r\nTo: +1@b.example\nMessage-ID: @x\n\nx\n')
    rows = list(csv.reader(io.StringIO(run('--no-config', '--fail-on', 'none', '--format', 'csv', evil)[1].decode(), newline='')))
    row = dict(zip(rows[0], rows[1]))
    check(len(rows) == 2 and len(rows[0]) == len(rows[1]), 'CSV has a head and a row of the same length', rows)
    check(row['subject'].startswith("'=cmd") and row['message_id'].startswith("'@"), 'CSV guards formulas', row)
    out = TMP + '/out.ndjson'
    code = run(*args, '--output', out)[0]
    check(code == 0 and json.loads(open(out).read())['type'] == 'message', 'the name of --output chooses the writer')
    code, text, err = run(*args, '--width', '80')
    check(max(len(l) for l in text.decode().splitlines()) <= 80, '--width 80 is kept')
    check(max(len(l) for l in run(*args, '--all', '--width', '120')[1].decode().splitlines()) <= 120, '--all --width 120 is kept')
    check(not any(l != l.rstrip() for l in text.decode().splitlines()), 'no blanks at line ends')
    check(len(text.splitlines()) <= 45, 'the summary is one screen', len(text.splitlines()))
    check(b'http' not in text and b'hxxp' in text, 'links of the summary are defanged')
    every = run(*args, '--all')[1].decode()
    check(not re.search(r'https?://', re.sub(r'^ *\d+ \|.*$', '', every, flags=re.M)), 'links of --all are defanged')

def questions():
    """the answers of --all to the five questions, on a message that is signed in part, changed, signed whole, or not at all"""
    for name, want in (('demo', ('yes', 'yes', 'in part', 'in part', 'yes')), ('dkim-body-changed', (None, None, 'NO', 'NO', None)),
                       ('dmarc-relaxed-subdomain', (None, None, 'yes', 'yes', None)), ('spf-never-sends', (None, 'NO', None, 'unknown', None))):
        text = run(*story(name, '--all', '--fail-on', 'none'))[1].decode()
        said = re.findall(r'\?(?: \([A-Z, ]+\))? +(yes|NO|unknown|in part)$', text[text.index('QUESTIONS'):], re.M)
        check(len(said) == 5 and all(w in (None, s) for w, s in zip(want, said)), 'five questions: ' + name, said)

def colour():
    args = story('demo', '--fail-on', 'none', '--no-pager')
    check(b'\x1b[' not in run(*args)[1], 'a pipe gets no colour')
    check(b'\x1b[' in run(*args, '--color', 'always')[1], '--color always')
    for name, env, want in (('terminal', {'TERM': 'xterm-256color'}, True), ('NO_COLOR', {'TERM': 'xterm', 'NO_COLOR': '1'}, False),
                            ('TERM=dumb', {'TERM': 'dumb'}, False)):
        check((b'\x1b[' in terminal(args, env)) == want, 'colour on a terminal: ' + name)
    text = terminal(story('demo', '--fail-on', 'none'), {'TERM': 'xterm', 'PAGER': 'sed s/^/PAGED:/'})
    check(b'PAGED:' in text, 'a terminal gets the pager')
    check(b'PAGED:' not in terminal(args, {'TERM': 'xterm', 'PAGER': 'sed s/^/PAGED:/'}), '--no-pager')
    code, out, err = run(*story('demo', '--color', 'always', '--fail-on', 'none'))
    check(not re.search(rb'\x1b\[[0-9;]*(31|32|41|42)m', out), 'never red against green')

def terminal(args, env):
    """output on a pseudo-terminal"""
    main, sub = pty.openpty()
    p = subprocess.Popen([MAILCHECK] + args, stdout=sub, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL,
                         env={k: v for k, v in dict(os.environ, **env).items() if k != 'NO_COLOR' or 'NO_COLOR' in env})
    os.close(sub)
    out = b''
    while True:
        try:
            got = os.read(main, 65536)
        except OSError:
            break
        if not got:
            break
        out += got
    p.wait()
    os.close(main)
    return out

def unprintable(text):
    """characters that must not reach a terminal"""
    return sorted({hex(ord(c)) for c in text if c != '\n' and unicodedata.category(c) in ('Cc', 'Cf', 'Co', 'Cs', 'Zl', 'Zp')})

def hostile():
    evil = ''.join(map(chr, [0x1b, 0x202e, 0x200b, 0x2066, 0xfeff, 0x9b, 0x7f, 0xad, 0xe0041, 0xe000, 0x2028, 7, 8])) + '[31m'
    raw = evil.encode() + b'\x80\xff\xfe'
    m = (b'Received: from ' + raw + b' (' + raw + b' [198.51.100.66]) by mx.' + raw + b'; Tue, 10 Nov 2026 09:12:44 +0000\n'
         b'Authentication-Results: ' + raw + b'; dkim=pass header.d=' + raw + b'; spf=' + raw + b' smtp.mailfrom=' + raw + b'\n'
         b'DKIM-Signature: v=1; a=rsa-sha256; c=simple; d=' + raw + b'; s=' + raw + b'; h=from:' + raw + b'; bh=' + raw + b'; b=AAAA\n'
         b'From: "' + raw + b'" <a' + raw + b'@b.example>\nTo: ' + raw + b'\nSubject: ' + raw + b' =?utf-8?q?=E2=80=AE=1B[2J?=\nMessage-ID: <' + raw + b'>\n'
         b'Reply-To: ' + raw + b'@c.example\nList-Id: <' + raw + b'>\nX-Mailer: ' + raw + b'\nMIME-Version: 1.0\n'
         b'Content-Type: multipart/mixed; boundary="b"\n\n--b\nContent-Type: text/html; charset=utf-8\n\n<a href="http://' + raw + b'.example/' + raw + b'">' + raw + b'</a>\n'
         b'--b\nContent-Type: application/' + raw + b'; name="' + raw + b'.exe"\nContent-Disposition: attachment; filename="' + raw + b'.exe"\n\nMZ\n--b--\n')
    path = write('hostile.eml', m)
    zone = write('hostile.zone', b'b.example. IN TXT "v=spf1 exp=e.b.example ' + rb'\027[31m\226\128\174' + b' -all"\n_dmarc.b.example. IN TXT "v=DMARC1; p=reject; rua=mailto:' + rb'\027]0;x\007' + b'"\n')
    for args in ([], ['--all'], ['--width', '60'], ['--format', 'csv'], ['--format', 'json']):
        code, out, err = run('--no-config', '--fail-on', 'none', '--dns', zone, *args, path)
        try:
            bad = unprintable(out.decode('utf-8').replace('\r\n', '\n'))
        except UnicodeDecodeError as e:
            bad = [str(e)]
        check(code == 0 and not bad and not unprintable(err), 'hostile bytes: check %s' % ' '.join(args), bad or err)
    for args in ([], ['--hex'], ['--headers'], ['--mime'], ['--canonical']):
        code, out, err = run('show', '--no-config', *args, path)
        bad = unprintable(out.decode('utf-8', 'surrogateescape'))
        check(code == 0 and out and not bad, 'hostile bytes: show %s' % ' '.join(args), bad or err)
    code, out, err = run('--no-config', '--fail-on', 'none', '--color', 'always', '--all', path)
    left = re.sub(rb'\x1b\[[0-9;]*m', b'', out).decode()
    check(not unprintable(left), 'hostile bytes: in colour', unprintable(left))
    check(b'\x1b[7m<U+202E>' in out, 'hostile bytes are in reverse video')

def schema():
    try:
        import jsonschema
    except ImportError:
        skip('schema', 'no python3-jsonschema')
        return
    path = SHARED + '/report.schema.json'
    if not os.path.exists(path):
        skip('schema', 'no shared data')
        return
    validator = jsonschema.Draft202012Validator(json.load(open(path)))
    order = list(json.load(open(path))['$defs']['message']['properties'])
    files = sorted(glob.glob(DATA + '/*/message.*')) + sorted(glob.glob(SHARED + '/attacks/cases/*/message.eml'))[::4 if ASAN else 1]
    bad, n = [], 0
    for f in files:
        zone = os.path.dirname(f) + '/dns.zone'
        code, out, err = run('--no-config', '--format', 'ndjson', '--fail-on', 'none', '--dns', zone, f)
        if code != 0 or any(c > 127 for c in out):
            bad.append('%s: exit %d' % (f, code))
        for line in out.splitlines():
            r = json.loads(line)
            n += 1
            bad += ['%s: %s at %s' % (f, e.message[:120], '/'.join(map(str, e.path))) for e in list(validator.iter_errors(r))[:1]]
            if list(r) != order:
                bad.append('%s: order of members' % f)
    check(n >= 30 and not bad, 'every record of %d is valid, in the order of the schema' % n, '; '.join(bad[:5]))
    code, out, err = run('--no-config', '--format', 'json', '/nonexistent.eml')
    check(not list(validator.iter_errors(json.loads(out))), 'an error record is valid')

def every_text():
    """all that is told of every story, and of some attacks: nothing but printable characters, within the width"""
    files = sorted(glob.glob(DATA + '/*/message.*')) + sorted(glob.glob(SHARED + '/attacks/cases/*/message.eml'))[::8]
    bad = []
    for n, f in enumerate(files):
        width = (80, 100, 120)[n % 3]
        code, out, err = run('--no-config', '--fail-on', 'none', '--all', '--width', str(width), '--dns', os.path.dirname(f) + '/dns.zone', f)
        try:
            text = out.decode()
        except UnicodeDecodeError as e:
            bad.append('%s: %s' % (f, e))
            continue
        long = [l for l in text.splitlines() if columns(l) > width]
        if code != 0 or unprintable(text) or long:
            bad.append('%s: exit %d %s %s' % (f, code, unprintable(text), long[:1]))
    check(not bad, '--all of %d messages is printable and fits' % len(files), '; '.join(bad[:3]))

def columns(line):
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in 'WF' else 1 for c in line)

def commands():
    zone = write('spf.zone', b';@ complete\nexample.org. IN TXT "v=spf1 ip4:192.0.2.0/28 include:_spf.example.org -all"\n_spf.example.org. IN TXT "v=spf1 ip4:203.0.113.0/24 ~all"\n')
    args = ['spf', '--no-config', '--dns', zone, '--mail-from', 'billing@example.org', '--helo', 'mail.example.org']
    code, out, err = run(*args, '--ip', '192.0.2.25')
    check(code == 1 and out.startswith(b'fail: SPF:') and b'MATCH' in out and b'lookups 1 of 10' in out, 'spf: fail', (code, out))
    code, out, err = run(*args, '--ip', '203.0.113.9')
    check(code == 0 and out.startswith(b'pass: SPF:'), 'spf: pass', (code, out))
    r = json.loads(run(*args, '--ip', '203.0.113.9', '--format', 'json')[1])
    check(r['result'] == 'pass' and r['domain'] == 'example.org' and r['lookups'] == 1, 'spf: json', r)
    error_is('spf: no address', ['spf', '--no-config', '--mail-from', 'a@b'], '--ip')
    error_is('spf: no identity', ['spf', '--no-config', '--ip', '192.0.2.1'], '--mail-from')
    code, out, err = run('explain', 'dkim-fail-body')
    check(code == 0 and out.startswith(b'DKIM-FAIL-BODY'), 'explain a code in any case', out)
    code, out, err = run('explain')
    check(code == 0 and len(out.splitlines()) > 150, 'explain lists all')
    error_is('explain: no such code', ['explain', 'NO-SUCH'], 'NO-SUCH')
    eml = DATA + '/demo/message.eml'
    raw = open(eml, 'rb').read()
    check(run('show', '--no-config', '--raw', eml)[1] == raw, 'show --raw writes the bytes')
    check(run('show', '--no-config', '--raw', eml + '@10+20')[1] == raw[10:30], 'show: a range')
    check(b'|Return-Path: <bo|' in run('show', '--no-config', '--hex', eml)[1], 'show --hex')
    error_is('show: beyond the end', ['show', '--no-config', eml + '@999999+1'], 'ends before|short|beyond|end')
    error_is('show: two views', ['show', '--no-config', '--hex', '--mime', eml], 'contradict')
    error_is('show: several messages', ['show', '--no-config', '--headers', DATA + '/mbox-of-three/message.mbox'], 'several messages')
    check(b'force' not in terminal(['show', '--no-config', '--raw', '--force', eml], {'TERM': 'xterm'}), 'show --raw --force on a terminal')
    check(b'Return-Path' not in terminal(['show', '--no-config', '--raw', eml], {'TERM': 'xterm'}), 'show --raw refuses a terminal')
    check(run('--version')[1].startswith(b'mailcheck '), '--version')
    check(run('--help')[0] == 0, '--help')
    write('explain', open(eml, 'rb').read())
    check(run('--no-config', '--fail-on', 'none', './explain')[0] == 0, 'a file named like a command is written ./explain')

def configuration():
    d = TMP + '/config/mailcheck'
    os.makedirs(d, exist_ok=True)
    zone = DATA + '/demo/dns.zone'
    with open(d + '/config', 'w') as f:
        f.write('# ours\ntrust = mx.victim.example\ndns = %s\nformat = json\nfail-on = none\nrepair = off\njobs = 2\n' % zone)
    env = {'XDG_CONFIG_HOME': TMP + '/config'}
    code, out, err = run(DATA + '/demo/message.eml', env=env)
    check(code == 0 and json.loads(out)['border'] == 1 and json.loads(out)['dkim_result'] == 'pass', 'the configuration is read', (code, err))
    code, out, err = run('--format', 'text', DATA + '/demo/message.eml', env=env)
    check(code == 0 and out.startswith(b'mailcheck'), 'the command line wins over it')
    code, out, err = run('--no-config', DATA + '/demo/message.eml', env=env)
    check(out.startswith(b'mailcheck'), '--no-config ignores it')
    with open(d + '/config', 'a') as f:
        f.write('colour = blue\n')
    error_is('a bad setting is told with its line', [DATA + '/demo/message.eml'], r"config:8: there is no setting 'colour'", env=env)

def times():
    """a signature that has expired since it was received: judged at receipt, with "now" beside it for a reader only"""
    old = write('old.eml', b'Received: from a.example (a.example [192.0.2.1])\r\n\tby mx.b.example (Postfix) with ESMTP id 1;\r\n'
                b'\tMon, 6 Jan 2020 10:00:00 +0000\r\nDKIM-Signature: v=1; a=rsa-sha256; d=a.example; s=s; t=1578304800; x=1578909600;\r\n'
                b'\th=from; bh=' + base64.b64encode(hashlib.sha256(b'x\r\n').digest()) + b'; b=AAAA\r\nFrom: x@a.example\r\n'
                b'Date: Mon, 6 Jan 2020 10:00:00 +0000\r\n\r\nx\r\n')
    code, out, err = run('--no-config', '--fail-on', 'none', '--all', old)
    check(b'expired now (x= 2020-01-13T10:00:00Z), but not when it was received' in out, 'what expired since is told beside', out)
    code, out, err = run('--no-config', '--fail-on', 'none', '--format', 'json', old)
    check(b'expired' not in out and json.loads(out)['dkim'][0]['cause'] != 'expired', 'the record knows no clock', out[:300])
    code, out, err = run('--no-config', '--fail-on', 'none', '--all', '--at', '2021-01-01T00:00:00Z', old)
    check(b'expired now' not in out, 'at a time behind x= there is no difference to tell', out)

times(), exit_status(), errors(), formats(), questions(), colour(), hostile(), schema(), every_text(), commands(), configuration(), odd_input()
