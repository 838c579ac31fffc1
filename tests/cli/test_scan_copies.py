#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""A copy of a message costs its hash, and its record is what a computation of its own would give."""
from scanning import *

FORMATS = ('ndjson', 'csv', 'text')


def alone(files, fmt):
    """The records of files that are scanned one by one: nothing is known of another."""
    out = [scan('--format', fmt, f).stdout for f in files]
    return out[0] + b''.join(x.split(b'\r\n', 1)[1] for x in out[1:]) if fmt == 'csv' else b''.join(out)


def same_bytes():
    odd = message(3).replace('Subject:', 'X-Odd: ,"source":"x","length":1,"\nSubject: "a", "b" \\" ,')
    files = []
    for n in range(40):
        name = 'copies/%02d "x", \n.eml' % n if n % 3 == 0 else 'copies/%02d.eml' % n
        text = odd if n % 4 == 1 else message(n % 3)
        files.append(write(name, text.replace('\n', '\r\n') if n % 5 == 4 else text))
    files.sort(key=os.fsencode)
    for fmt in FORMATS:
        for jobs in ('1', '2'):
            got = scan('--format', fmt, '--jobs', jobs, path('copies')).stdout
            want = alone(files, fmt)
            check(got == want and want, 'copies in a directory have the records that each alone would have (%s, --jobs %s)' % (fmt, jobs),
                  (len(got), len(want)))
    got = records(whole_run(path('copies')))
    check([r['source'] for r in got] == files and len({r['dedupe'] for r in got}) == 4, 'each names its own place', len({r['dedupe'] for r in got}))


def same_in_an_mbox():
    body = lambda n: 'body %d\nFrom here on\n' % (n % 5)
    text = mbox([n % 5 for n in range(3000)], body)
    f = write('copies.mbox', text)
    got = records(whole_run('--jobs', '2', f))
    raw = text.encode()
    check(len(got) == 3000 and all(raw[r['offset'] - 1:r['offset']] == b'\n' and raw[r['offset']:r['offset'] + 12] == b'Return-Path:' for r in got),
          'copies in an mbox have their own offsets', len(got))
    check([r['subject'] for r in got] == ['message number %d' % (n % 5) for n in range(3000)], 'in order')
    plain = lambda r: {k: v for k, v in r.items() if k not in ('offset', 'source')}
    first = {r['subject']: plain(r) for r in got[5:10]}
    check(all(plain(r) == first[r['subject']] for r in got[10:]), 'and are alike but for their place')
    single = [plain(r) for n in range(5) for r in records(whole_run(write('one%d.mbox' % n, mbox([n], body))))]
    check(list(first.values()) == single, 'as if each had been alone')
    bare = message(1).split('\n', 1)[1]
    two = write('lines.mbox', ''.join('From %s@sender.example Tue Nov 10 09:00:00 2026\n%s\n' % (who, bare.replace('\nFrom here', '\n>From here'))
                                      for who in ('one', 'two', 'one')))
    check([r['mail_from']['value'] for r in records(whole_run(two))] == ['%s@sender.example' % who for who in ('one', 'two', 'one')],
          'the same bytes behind another separator line are another report', [r['mail_from'] for r in records(whole_run(two))])


def same_rows():
    text = mbox([n % 7 for n in range(2000)], lambda n: 'body %d\n' % (n % 7))
    f = write('rows.mbox', text)
    scan('--output', path('copies.db'), '--jobs', '2', f)
    db = rows(path('copies.db'))
    check(len(db['messages']) == 7 and len(db['locations']) == 2000, 'a case has each message once and every place',
          (len(db['messages']), len(db['locations'])))
    offsets = [r['offset'] for r in records(whole_run(f))]
    con = sqlite3.connect(path('copies.db'))
    check([x for x, in con.execute('SELECT offset FROM locations ORDER BY id')] == offsets, 'in the order of the input')
    check(run('case', 'verify', path('copies.db')).returncode == 0, 'verify holds for every place')
    check(len(set(offsets)) == 2000, 'no place twice')
    scan('--output', path('first.db'), write('first.mbox', mbox(range(7), lambda n: 'body %d\n' % n)))
    one = rows(path('first.db'))
    check(all(one[t] == db[t] for t in ('messages', 'findings', 'signatures', 'evidence', 'attachments')), 'all other rows are those of the first copies',
          [t for t in one if one[t] != db[t]])


def summary_counts():
    f = write('count.mbox', mbox([1] * 500))
    r = run('scan', '--fail-on', 'none', '--output', path('count.ndjson'), f)
    check(b'500 messages' in r.stdout and b'500  sender1.example' in r.stdout, 'the summary counts copies', r.stdout)


def with_enclosed():
    outer = 'From: a@b.example\nMIME-Version: 1.0\nContent-Type: message/rfc822\n\n' + message(5)
    files = [write('outer/%d.eml' % n, outer) for n in range(4)]
    got = records(whole_run('--attached', path('outer')))
    check([r['source'] for r in got] == [f for f in files for _ in range(2)] and len({r['dedupe'] for r in got}) == 2,
          'copies of a message with one inside have both records each', [(r['source'], r['member']) for r in got])


def cost():
    links = '\n'.join('<a href="http://host%d.example/path">bank%d.example</a> some text' % (n, n) for n in range(6000 if not ASAN else 600))
    text = message(1, '<html>' + links + '</html>\n').replace('Subject:', 'MIME-Version: 1.0\nContent-Type: text/html\nSubject:')
    for n in range(300):
        write('cost/%03d.eml' % n, text)
    write('cost1.eml', text)
    write('nothing.eml', 'x')
    command = lambda what: cpu(BIN, 'scan', '--no-config', '--fail-on', 'none', '--jobs', '2', '--format', 'ndjson', path(what))
    none, one, many = min(command('nothing.eml') for _ in range(3)), min(command('cost1.eml') for _ in range(3)), command('cost')
    check(many - none < 100 * max(one - none, 0.01), '300 copies cost less than 100 computations', (none, one, many))


same_bytes()
same_in_an_mbox()
same_rows()
summary_counts()
with_enclosed()
cost()
end()
