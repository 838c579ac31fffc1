#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""scan, plan and case: order, workers, shards, growth, faults, questions. Nothing lost, nothing twice."""
import base64, csv, fcntl, gzip, hashlib, io, json, os, pty, re, shutil, sqlite3, struct, subprocess, tarfile, termios, zipfile

from scanning import *

N = 400 if ASAN else 3000
big = write('big/all.mbox', mbox(range(N), lambda n: 'body %d\nFrom here on\n' % n + 'x' * 70 + '\n' * (n % 3) + '\n' + ('y' * 60 + '\n') * (n % 90)))


def order_and_workers():
    one = run('scan', big, '--format', 'ndjson', '--jobs', '1', '--fail-on', 'none')
    check(one.returncode == 0, 'a scan of an mbox succeeds', one.stderr[:200])
    got = records(one.stdout)
    check(len(got) == N and [r['subject'] for r in got] == ['message number %d' % n for n in range(N)], 'every message once, in order', len(got))
    check(all('body' in open(big, 'rb').read()[r['offset']:r['offset'] + r['length']].decode() for r in got[:50]), 'offsets lead to the messages')
    for jobs in ('2', '8'):
        many = run('scan', big, '--format', 'ndjson', '--jobs', jobs, '--fail-on', 'none')
        check(many.stdout == one.stdout, '--jobs %s writes the same bytes' % jobs, '%d and %d bytes' % (len(one.stdout), len(many.stdout)))
    return one.stdout


def sources():
    for n in range(20):
        write('tree/maildir/cur/%02d:2,S' % n, message(n))
        write('tree/eml/sub%d/%d.eml' % (n % 3, n), message(100 + n))
    write('tree/maildir/tmp/999', message(999))
    os.makedirs(path('tree/maildir/new'), exist_ok=True)
    write('tree/zipped.mbox.gz', gzip.compress(mbox(range(200, 205)).encode()))
    with tarfile.open(path('tree/all.tar.gz'), 'w:gz') as t:
        for n in range(300, 305):
            data = message(n).encode()
            info = tarfile.TarInfo('in/%d.eml' % n)
            info.size = len(data)
            t.addfile(info, io.BytesIO(data))
    with zipfile.ZipFile(path('tree/all.zip'), 'w', zipfile.ZIP_DEFLATED) as z:
        for n in range(400, 403):
            z.writestr('%d.eml' % n, message(n))
    os.symlink('/etc', path('tree/link'))
    os.symlink('..', path('tree/eml/loop'))
    write('tree/empty', b'')
    r = run('scan', path('tree'), '--format', 'ndjson', '--fail-on', 'none')
    got = records(r.stdout)
    subjects = sorted(int(x['subject'].split()[-1]) for x in got if x['type'] == 'message' and x['subject'])
    want = sorted(list(range(20)) + list(range(100, 120)) + list(range(200, 205)) + list(range(300, 305)) + list(range(400, 403)))
    check(subjects == want, 'directories, Maildir, tar.gz, zip and gz give each message once', set(want) ^ set(subjects))
    members = [x['member'] for x in got if x['source'].endswith('all.tar.gz')]
    check(members == ['in/%d.eml' % n for n in range(300, 305)], 'archive members are named', members)
    check(len(got) == len(want) + 1, 'an empty file gives a record, too', len(got) - len(want))
    names = ''.join(path('tree/eml/sub0/%d.eml' % n) + '\0' for n in (0, 3, 6))
    r = run('scan', '--files-from', '-', '--null', '--format', 'ndjson', '--fail-on', 'none', input=names.encode())
    check([x['subject'] for x in records(r.stdout)] == ['message number %d' % n for n in (100, 103, 106)], '--files-from - --null', r.stderr)
    first = records(whole)[1]
    line = json.dumps({'source': big, 'offset': first['offset'], 'length': first['length']}) + '\n'
    r = run('scan', '--files-from', '-', '--format', 'ndjson', '--fail-on', 'none', input=line.encode())
    got = records(r.stdout)
    check(len(got) == 1 and got[0]['offset'] == first['offset'], '--files-from takes ranges', [x.get('offset') for x in got])


def shards(whole):
    plan = run('plan', path('big'))
    write('plan', plan.stdout)
    for n in (2, 3, 7):
        parts = [run('scan', '--plan', path('plan'), '--shard', '%d/%d' % (k, n), '--format', 'ndjson', '--fail-on', 'none').stdout
                 for k in range(1, n + 1)]
        check(b''.join(parts) == whole, '%d shards in order are the whole run' % n, [len(p) for p in parts])
    check(run('scan', '--plan', path('plan'), '--shard', '4/3').returncode == 2, 'a shard that is none is refused')
    for k in (1, 2, 3):
        run('scan', '--plan', path('plan'), '--shard', '%d/3' % k, '--output', path('shard%d.db' % k), '--fail-on', 'none')
    run('scan', '--plan', path('plan'), '--output', path('whole.db'), '--fail-on', 'none')
    r = run('case', 'merge', path('merged.db'), path('shard1.db'), path('shard2.db'), path('shard3.db'))
    a, b = rows(path('whole.db')), rows(path('merged.db'))
    check(r.returncode == 0 and all(a[t] == b[t] for t in a if t != 'sources'), 'merged shards equal the whole case',
          [t for t in a if a[t] != b[t]] or r.stderr)


def other_options():
    out = path('options.ndjson')
    run('scan', big, '--output', out, '--fail-on', 'none')
    r = run('scan', big, '--output', out, '--fail-on', 'none', '--trust', 'mx.receiver.example')
    check(r.returncode == 2 and b'other options' in r.stderr, 'other options do not go on with a run', r.stderr)


def growth():
    src, out, case = write('grow.mbox', mbox(range(10))), path('grow.ndjson'), path('grow.db')
    for target in (out, case):
        run('scan', src, '--output', target, '--fail-on', 'none')
    with open(src, 'a') as f:
        f.write(mbox(range(10, 15)))
    for target in (out, case):
        run('scan', src, '--output', target, '--fail-on', 'none')
    check([r['subject'] for r in records(out)] == ['message number %d' % n for n in range(15)], 'an mbox that grew goes on at its end',
          len(records(out)))
    check(len(rows(case)['messages']) == 15 and len(rows(case)['locations']) == 15, 'the case, too')
    write('grow.mbox', mbox(range(50, 53)))
    run('scan', src, '--output', case, '--fail-on', 'none')
    check(sorted(r[15] for r in rows(case)['messages']) == ['message number %d' % n for n in (50, 51, 52)], 'a changed file is read anew',
          [r[15] for r in rows(case)['messages']])
    write('copy/a.eml', message(1))
    write('copy/b.eml', message(1).replace('\n', '\r\n'))
    write('copy/c.mbox', mbox([1, 2]))
    run('scan', path('copy'), '--output', path('copy.db'), '--fail-on', 'none')
    r = rows(path('copy.db'))
    check(len(r['messages']) == 2 and len(r['locations']) == 4, 'copies are one message with several places',
          (len(r['messages']), len(r['locations'])))


def trouble():
    write('odd/a.eml', message(1))
    write('odd/b.eml', message(2))
    os.mkfifo(path('odd/pipe'))
    r = run('scan', path('odd'), path('nothing-there'), '--format', 'ndjson', '--fail-on', 'none')
    got = records(r.stdout)
    check(r.returncode == 2 and [x['type'] for x in got] == ['message', 'message', 'error', 'error'], 'a pipe in a directory and a path that is not there are error records and exit 2',
          (r.returncode, [x['type'] for x in got]))
    check(b'nothing-there' in r.stderr, 'and is told on standard error', r.stderr)
    write('broken.zip', b'PK\x03\x04' + bytes(range(200)))
    r = run('scan', path('broken.zip'), '--format', 'ndjson', '--fail-on', 'none')
    check(len(records(r.stdout)) >= 1, 'a broken archive gives a record', r.stderr)
    r = run('scan', big, '--output', '/dev/full', '--format', 'ndjson', '--fail-on', 'none')
    check(r.returncode == 2, 'and with --output', r.stderr)
    r = run('scan', '--live', big)
    check(r.returncode == 2, 'scan refuses --live', r.stderr)


def faults():
    if not ASAN:
        return skip('a worker that dies', 'faults are raised in the test build only')
    text = [message(n) for n in range(40)]
    text[7] = text[7].replace('Subject:', 'X-Test-Fault: crash\nSubject:')
    text[23] = text[23].replace('Subject:', 'X-Test-Fault: crash\nSubject:')
    data = ''.join('From a@b.example Tue Nov 10 09:00:00 2026\n%s\n' % t.replace('\nFrom here', '\n>From here') for t in text)
    src = write('faults.mbox', data)
    for jobs in ('1', '3'):
        r = run('scan', src, '--format', 'ndjson', '--jobs', jobs, '--fail-on', 'none')
        got = records(r.stdout)
        kinds = [x['type'] for x in got]
        check(len(got) == 40 and [n for n, k in enumerate(kinds) if k == 'error'] == [7, 23], 'a worker that dies costs its message only (--jobs %s)' % jobs,
              (len(got), [n for n, k in enumerate(kinds) if k == 'error'], r.stderr[-300:]))
        check(got[7]['offset'] == data.index(text[7][:60]), 'the error names the place', (got[7]['offset']))
    for n, t in enumerate(text):
        write('faultdir/%02d.eml' % n, t)
    r = run('scan', path('faultdir'), '--format', 'ndjson', '--jobs', '2', '--fail-on', 'none')
    check([n for n, x in enumerate(records(r.stdout)) if x['type'] == 'error'] == [7, 23], 'the same in a directory',
          [n for n, x in enumerate(records(r.stdout)) if x['type'] == 'error'])
    with tarfile.open(path('faults.tar'), 'w') as t:
        for n in range(40):
            raw = text[n].encode()
            info = tarfile.TarInfo('%02d.eml' % n)
            info.size = len(raw)
            t.addfile(info, io.BytesIO(raw))
    r = run('scan', path('faults.tar'), '--format', 'ndjson', '--jobs', '2', '--fail-on', 'none')
    got = records(r.stdout)
    check([n for n, x in enumerate(got) if x['type'] == 'error'] == [7, 23] and got[7]['member'] == '07.eml', 'the same in an archive',
          [(n, x['member']) for n, x in enumerate(got) if x['type'] == 'error'])


def questions():
    case = path('whole.db')
    r = run('case', 'query', case, 'subject:"message number 42"', '--format', 'ndjson')
    check(any(x['subject'] == 'message number 42' for x in records(r.stdout)), 'query by subject gives records', r.stdout[:100])
    r = run('case', 'query', case, 'domain:sender3.example', '--format', 'csv')
    check(len(r.stdout.splitlines()) - 1 == len([n for n in range(N) if n % 7 == 3]), 'query as CSV', len(r.stdout.splitlines()))
    r = run('case', 'query', case, 'dkim:nonsense')
    lines = r.stderr.decode().splitlines()
    check(r.returncode == 2 and lines[-1].index('^') == lines[-2].index('nonsense'), 'a bad query has a caret under its place', lines)
    r = run('case', 'query', case, 'domain:sender3.example', '--sort', '-date', '--limit', '3')
    check(len(r.stdout.splitlines()) == 3 and r.returncode == 0, 'sort and limit', r.stderr)
    odd = write('odd.eml', message(1).replace('message number 1', '=1+\x1b[31m \u202e "x"').replace('User 1 ', '\x07@User '))
    run('scan', odd, '--output', path('odd.db'), '--fail-on', 'none')
    text = run('case', 'query', path('odd.db'), '--format', 'csv').stdout.decode()
    check(not [c for c in text if (ord(c) < 32 and c not in '\r\n') or c == '\u202e'] and "\"'=1+<1B>[31m <U+202E> \"\"x\"\"\"" in text,
          'hostile bytes do not come through CSV', text)
    r = run('case', 'info', case)
    check(r.returncode == 0 and b'%d messages' % N in r.stdout, 'info', r.stdout[:100])
    r = run('case', 'export', case, 'row:1')
    check(len(records(r.stdout)) == 1, 'export', r.stdout[:100])
    r = run('case', 'group', case, 'border')
    check(r.returncode == 0 and b'203.0.113.' in r.stdout, 'group by border', r.stderr)
    r = run('case', 'verify', case)
    check(r.returncode == 0, 'verify holds', r.stderr)
    with open(big, 'r+b') as f:
        f.seek(records(whole)[0]['offset'] + 5)
        f.write(b'X')
    r = run('case', 'verify', case)
    check(r.returncode == 2 and b'all.mbox@' in r.stderr, 'verify names a changed place', r.stderr)
    db = sqlite3.connect(case)
    shown = db.execute('SELECT severity, author, sender FROM list LIMIT 1').fetchone()
    check(shown and shown[0] in ('none', 'info', 'low', 'medium', 'high', 'critical'), 'the view list has words', shown)


def attached():
    inner = message(7)
    deep = base64.encodebytes(message(8, 'with %s\n' % ('z' * 90)).encode()).decode()
    def outer(n):
        return ('From: u@sender0.example\nSubject: outer %d\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n--b\n'
                'Content-Type: message/rfc822\n\n%s\n--b\nContent-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\n%s--b--\n' % (n, inner, deep))
    box = write('att/a.mbox', ''.join('From u@x.example Tue Nov 10 09:00:00 2026\n%s\n' % outer(n) for n in range(3)))
    with zipfile.ZipFile(path('att/z.zip'), 'w') as z:
        z.writestr('in/part 1', outer(9))
    want = ['outer 0', 'message number 7', 'message number 8'] * 3
    r = run('scan', box, '--attached', '--format', 'ndjson', '--fail-on', 'none', '--jobs', '1')
    got = records(r.stdout)
    check([re.sub(r'outer .', 'outer 0', x['subject']) for x in got] == want, '--attached: a record for each message inside, after its own', [x['subject'] for x in got])
    check(run('scan', box, '--attached', '--format', 'ndjson', '--fail-on', 'none', '--jobs', '8').stdout == r.stdout, '--attached: workers do not change it')
    plain = records(run('scan', box, '--format', 'ndjson', '--fail-on', 'none').stdout)
    check(plain == [x for x in got if x['member'] is None] and len(plain) == 3, 'without --attached only the outer ones, the same')
    check([x['member'] for x in got[:3]] == [None, 'part 1', 'part 2 (base64)'], 'the member names the part', [x['member'] for x in got[:3]])
    raw = open(box, 'rb').read()
    check(all(raw[x['offset']:x['offset'] + 20].startswith(b'Return-Path' if x['subject'].endswith('7') else b'UmV0dXJuLVBhdGg')
              for x in got if x['member']), 'offset and length lead to the bytes')
    check(hashlib.sha256(inner.encode().rstrip(b'\n') + b'\n').hexdigest() == got[1]['sha256'], 'the hash is that of the message inside')
    z = records(run('scan', path('att/z.zip'), '--attached', '--format', 'ndjson', '--fail-on', 'none').stdout)
    check([x['member'] for x in z] == ['in/part 1', 'in/part 1!part 1', 'in/part 1!part 2 (base64)'], 'an archive member is named before it', [x['member'] for x in z])
    db = path('att/case.db')
    run('scan', box, path('att/z.zip'), '--attached', '--output', db, '--fail-on', 'none')
    r = run('case', 'verify', db)
    check(r.returncode == 0, 'every message inside is found again by its place', r.stdout + r.stderr)
    check(sum('part ' in (x[3] or '') for x in rows(db)['locations']) == 9, 'a case has the place of each', rows(db)['locations'])
    whole = run('case', 'export', db)
    check(sorted({x['subject'] for x in records(whole.stdout)}) == ['message number 7', 'message number 8', 'outer 0', 'outer 1', 'outer 2', 'outer 9'],
          'copies inside several messages are one row', whole.stderr)
    sig = write('att/signed.eml', 'From: u@x.example\nMIME-Version: 1.0\nContent-Type: message/rfc822\n\nDKIM-Signature: v=1; a=rsa-sha256; d=deep.example; s=k;'
                ' h=from; bh=eA==; b=eA==\nFrom: a@deep.example\n\nx\n')
    r = run('dns', 'needs', '--no-config', sig)
    check(b'k._domainkey.deep.example. TXT' in r.stdout, 'what a message inside asks of DNS is among the needs', r.stdout)
    bundle = path('att/case.tar')
    run('case', 'export', db, '--bundle', bundle)
    r = run('case', 'verify', bundle)
    check(r.returncode == 0, 'a bundle makes the same reports of them', r.stdout + r.stderr)


def bundles():
    zone = write('bundle.zone', ';@ recorded 2026-11-10T09:00:00Z 192.0.2.53 unsigned\n_dmarc.sender1.example. TXT "v=DMARC1; p=reject"\nsender1.example. TXT "v=spf1 ip4:203.0.113.0/24 -all"\n')
    src = write('bundle.mbox', mbox(range(12)))
    case, tar = path('bundle.db'), path('bundle.tar')
    options = ['--dns', zone, '--trust', 'mx.receiver.example', '--assume-complete']
    run('scan', src, '--output', case, '--fail-on', 'none', *options)
    r = run('case', 'export', case, '--bundle', tar, *options)
    check(r.returncode == 0, 'export --bundle', r.stderr)
    names = tarfile.open(tar).getnames()
    check(names[:2] == ['bundle.json', 'dns/1.zone'] and 'manifest.ndjson' in names and len([n for n in names if n.startswith('messages/')]) == 12,
          'a bundle holds options, evidence, manifest and messages', names)
    os.rename(src, src + '.gone')
    os.rename(zone, zone + '.gone')
    os.makedirs(path('elsewhere'), exist_ok=True)
    shutil.move(tar, path('elsewhere/b.tar'))
    r = run('case', 'verify', path('elsewhere/b.tar'), cwd=path('elsewhere'))
    check(r.returncode == 0 and b'12 reports made again' in r.stdout, 'verify makes the reports again without the sources', (r.stdout, r.stderr))
    kept = tarfile.open(path('elsewhere/b.tar'))
    with tarfile.open(path('changed.tar'), 'w') as out:
        for member in kept.getmembers():
            data = kept.extractfile(member).read()
            if member.name == 'dns/1.zone':
                data = data.replace(b'p=reject', b'p=none  ')
            out.addfile(member, io.BytesIO(data))
    r = run('case', 'verify', path('changed.tar'))
    check(r.returncode == 2 and b'reports differ' in r.stderr, 'changed evidence is found out', r.stderr[-200:])
    with open(path('elsewhere/b.tar'), 'r+b') as f:
        f.truncate(os.path.getsize(f.name) // 2)
    r = run('case', 'verify', path('elsewhere/b.tar'))
    check(r.returncode == 2, 'a bundle that is cut short is an error', r.stderr)
    r = run('case', 'verify', write('no.tar', 'this is no tar at all' * 100))
    check(r.returncode == 2, 'what is no bundle is an error', r.stderr)


def groups():
    """What messages share, by every key; and one signed message that was sent on to two more people."""
    signature = ('DKIM-Signature: v=1; a=rsa-sha256; d=%s; s=%s; h=from:subject;\n\tbh=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=; b=%s\n')

    def mail(n, signed, to, body):
        text = message(n, body).replace(';\n\tTue', '\n\tfor <%s>;\n\tTue' % to, 1)
        head, rest = text.split('From: ', 1)
        return head + ''.join(signature % s for s in signed) + 'From: ' + rest

    part = 'Content-Type: application/octet-stream; name=%s\nContent-Disposition: attachment; filename=%s\n\nthe same bytes\n'
    one, two = ('a.example', 's1', 'QUJD'), ('b.example', 's2', 'REVG')
    texts = [mail(1, [one], 'first@receiver.example', 'a body\n'), mail(1, [one], 'second@receiver.example', 'a body\n'),
             mail(1, [one], 'third@receiver.example', 'a body\n'), mail(2, [two, one[:2] + ('R0hJ',)], 'first@receiver.example', 'b body\n'),
             mail(3, [], 'first@receiver.example', part % ('x.bin', 'x.bin')).replace('\n\nContent', '\nContent'),
             mail(4, [], 'first@receiver.example', part % ('y.bin', 'y.bin')).replace('\n\nContent', '\nContent')]
    for n, text in enumerate(texts):
        write('groups/%d.eml' % n, text)
    case = path('groups.db')
    run('scan', path('groups'), '--output', case, '--fail-on', 'none')

    def group(key):
        return [(int(l.split()[0]), ' '.join(l.split()[4:])) for l in run('case', 'group', case, key).stdout.decode().splitlines()]
    check(group('key') == [(4, 'a.example s1'), (1, 'b.example s2')], 'group by signing key', group('key'))
    check(len(group('border')) == 4 and group('border')[0] == (3, '203.0.113.1'), 'group by border address', group('border'))
    check([n for n, _ in group('body')] == [3, 2], 'group by body', group('body'))
    check([(n, t.split()[1]) for n, t in group('attachment')] == [(2, 'x.bin')], 'group by attachment', group('attachment'))
    replay = group('replay')
    check(len(replay) == 1 and replay[0][0] == 3 and replay[0][1].startswith('a.example s1 ') and replay[0][1].endswith(', 3 recipients'),
          'a signature that came to different recipients', replay)
    check(run('case', 'group', case, 'nonsense').returncode == 2, 'no such key')
    want = [{'label': 'a.example s1', 'messages': 4, 'first_row': 1}, {'label': 'b.example s2', 'messages': 1, 'first_row': 4}]
    for fmt, read in (('json', json.loads), ('ndjson', records), ('csv', lambda x: [dict(r, messages=int(r['messages']), first_row=int(r['first_row']))
                                                                                    for r in csv.DictReader(io.StringIO(x.decode(), newline=''))])):
        got = run('case', 'group', case, 'key', '--format', fmt).stdout
        check(read(got) == want, 'group as %s' % fmt, got)
    info = json.loads(run('case', 'info', case, '--format', 'json').stdout)
    check((info['messages'], info['places'], info['unreadable'], info['finished']) == (6, 6, 0, True) and
          sum(x['count'] for x in info['by_severity']) == 6 and {'label': 'sender1.example', 'count': 3} in info['by_from_domain'], 'info as JSON', info)
    table = list(csv.reader(io.StringIO(run('case', 'info', case, '--format', 'csv').stdout.decode(), newline='')))
    check(table[0] == ['section', 'label', 'count'] and ['total', 'messages', '6'] in table and ['by_from_domain', 'sender1.example', '3'] in table,
          'info as CSV', table[:5])


def merging():
    one, two, target = path('merge1.db'), path('merge2.db'), path('merge.db')
    src, more = write('merge.mbox', mbox(range(5))), write('more.mbox', mbox(range(3, 9)))
    run('scan', src, '--output', one, '--fail-on', 'none')
    run('scan', src, more, '--output', two, '--fail-on', 'none')
    r = run('case', 'merge', target, one, two)
    again = run('case', 'merge', target, one, two)
    both = rows(target)
    check(r.returncode == again.returncode == 0 and (len(both['messages']), len(both['locations']), len(both['sources'])) == (9, 11, 2),
          'merging twice is merging once', [len(both[t]) for t in ('messages', 'locations', 'sources')])
    check(not r.stderr, 'cases of the same options say nothing', r.stderr)
    run('scan', src, '--output', path('merge3.db'), '--fail-on', 'none', '--trust', 'mx.receiver.example')
    r = run('case', 'merge', target, path('merge3.db'))
    check(r.returncode == 0 and b'other options' in r.stderr and b'--trust=mx.receiver.example' in r.stderr, 'other options are told', r.stderr)
    for other in (target, path('nothing.db'), src):
        r = run('case', 'merge', target, other)
        check(r.returncode == 2 and r.stderr.startswith(b'mailcheck: '), 'not merged: %s' % os.path.basename(other), r.stderr)
    check(len(rows(target)['messages']) == 9, 'and the case is as it was')


def progress():
    """A source that waits shows it: what is said comes while the scan is under way, and fits the terminal."""
    write('waiting/a.mbox', mbox(range(20)))
    os.mkfifo(path('pipe'))

    def waiting(err, *args):
        return subprocess.Popen([BIN, 'scan', '--no-config', '--fail-on', 'none', '--output', path('progress.ndjson'), *args, path('waiting'), path('pipe')],
                                stdout=subprocess.PIPE, stderr=err)

    def feed(p):
        with open(path('pipe'), 'w') as f:
            f.write(message(7))
        out, p.stderr_text = p.communicate(timeout=60)
        return out

    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack('HHHH', 24, 60, 0, 0))
    p = waiting(slave)
    os.close(slave)
    shown = b''
    while b'messages' not in shown:
        shown += os.read(master, 4096)
    out = feed(p)
    try:
        while more := os.read(master, 4096):
            shown += more
    except OSError:  # the other end is closed
        pass
    os.close(master)
    lines = [l for l in shown.replace(b'\r', b'').split(b'\x1b[K') if l]
    check(lines and all(len(l) < 60 and b'\n' not in l for l in lines) and shown.endswith(b'\r\x1b[K'),
          'on a terminal a line that fits is written over and cleared in the end', lines)
    check(out.startswith(b'21 messages in 2 of 2 files, 0 unreadable\n') and all(x in out for x in (b'author', b'severity', b'From', b'missing')),
          'a summary comes at the end', out[:200])
    p = waiting(subprocess.PIPE, '--progress', 'line')
    line = p.stderr.readline()
    feed(p)
    check(line.endswith(b'\n') and b' messages ' in line and b'\x1b' not in line, '--progress line writes lines for logs', line)
    p = waiting(subprocess.PIPE)
    feed(p)
    check(p.returncode == 0 and p.stderr_text == b'', 'nothing is said where nobody looks')


whole = order_and_workers()
sources()
shards(whole)
other_options()
growth()
trouble()
faults()
questions()
attached()
bundles()
groups()
merging()
progress()
end()
