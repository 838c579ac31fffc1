#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""What a dump can consist of: names, archives, links, devices, standard input; files that grow while they are read."""
import bz2, gzip, hashlib, io, lzma, random, shutil, socket, stat, tarfile, time, zipfile
from scanning import *


def subjects(got):
    return [int(r['subject'].split()[-1]) if r['type'] == 'message' and r['subject'] else None for r in got]


def text_records(*args):
    r = scan('--format', 'ndjson', *args)
    return records(r.stdout), r


def names():
    os.makedirs(path('names'))
    folder = os.fsencode(path('names'))
    files = [b'a.eml', b'b\nc.eml', b'd\xff\xfe.eml', 'é "q" \\ %41 {.eml'.encode(), b'-x.eml', b'z\x1b[31m.eml']
    for n, name in enumerate(files):
        with open(os.path.join(folder, name), 'w') as f:
            f.write(message(n))
    whole, _ = text_records(path('names'))
    order = subjects(whole)
    check(sorted(order) == list(range(len(files))), 'every name is read', order)
    plan = run('plan', path('names')).stdout
    got, r = text_records('--plan', write('names.plan', plan))
    check(got == whole and r.returncode == 0, 'a plan keeps every name', r.stderr)
    r = scan('--files-from', '-', '--null', '--format', 'ndjson', input=b'\0'.join(os.path.join(folder, f) for f in files))
    check(subjects(records(r.stdout)) == list(range(len(files))), '--null takes every name', r.stderr)
    for target in ('names.ndjson', 'names.db'):
        scan('--output', path(target), path('names'))
        r = scan('--output', path(target), path('names'))
        check(r.stdout.startswith(b'0 messages'), 'and they are known again (%s)' % target, r.stdout[:60])
    check(run('case', 'verify', path('names.db')).returncode == 0, 'the case leads back to them')
    r = scan('--format', 'text', path('names'))
    check(b'\x1b' not in r.stdout and r.stdout.count(b'\n') == len(files), 'text shows them on a line each', r.stdout)
    for line in (b'{"source":"x","offset":-1,"length":3}', b'{"source":"x","size":"3"}', b'{"offset":3}', b'{"source_hex":"6"}', b'{"source"'):
        r = scan('--files-from', '-', '--format', 'ndjson', input=line + b'\n')
        check(r.returncode == 2 and b'1: no entry of a plan' in r.stderr, 'no entry: %s' % line.decode(), r.stderr)


def newc(members):
    """A cpio archive: (name, inode, links, bytes)."""
    out = b''
    for name, inode, links, data in (*members, ('TRAILER!!!', 0, 1, b'')):
        fields = (inode, stat.S_IFREG | 0o644, 0, 0, links, 0, len(data), 0, 0, 0, 0, len(name) + 1, 0)
        head = b'070701' + b''.join(b'%08X' % x for x in fields) + name.encode() + b'\0'
        out += head + bytes(-len(head) % 4) + data + bytes(-len(data) % 4)
    return out


def links():
    a, b = message(1).encode(), message(2).encode()
    with tarfile.open(path('links.tar'), 'w') as t:
        for name, data, kind in (('1.eml', a, tarfile.REGTYPE), ('again.eml', b'', tarfile.LNKTYPE), ('soft', b'', tarfile.SYMTYPE),
                                 ('device', b'', tarfile.CHRTYPE), ('pipe', b'', tarfile.FIFOTYPE), ('../../2.eml', b, tarfile.REGTYPE)):
            info = tarfile.TarInfo(name)
            info.size, info.type, info.linkname = len(data), kind, '1.eml'
            t.addfile(info, io.BytesIO(data))
    got, r = text_records(path('links.tar'))
    check([(x['type'], x['member']) for x in got] == [('message', '1.eml'), ('error', 'again.eml'), ('message', '../../2.eml')] and r.returncode == 2,
          'a hard link in a tar is told, links that point elsewhere are not followed', [(x['type'], x['member']) for x in got])
    got, r = text_records(write('links.cpio', newc([('1.eml', 7, 2, b''), ('again.eml', 7, 2, a), ('2.eml', 8, 1, b)])))
    check([(x['member'], x['length']) for x in got] == [('1.eml', 0), ('again.eml', len(a)), ('2.eml', len(b))],
          'cpio has the bytes with the last name', [(x['member'], x.get('length')) for x in got])


def special_files():
    os.makedirs(path('special/dir'))
    write('special/a.eml', message(1))
    os.mkfifo(path('special/pipe'))
    s = socket.socket(socket.AF_UNIX)
    home = os.getcwd()
    os.chdir(path('special'))
    s.bind('socket')
    os.chdir(home)
    os.symlink('.', path('special/loop'))
    os.symlink('../special', path('special/dir/up'))
    os.symlink('a.eml', path('special/link.eml'))
    os.symlink('nowhere', path('special/broken'))
    want = ['message', 'error', 'error']
    if os.geteuid() == 0:
        os.mknod(path('special/zero'), stat.S_IFCHR | 0o666, os.makedev(1, 5))
        want.append('error')
    got, r = text_records(path('special'))
    check([x['type'] for x in got] == want and r.returncode == 2, 'pipes, sockets and devices in a directory are told, links not followed',
          [(x['type'], x['source']) for x in got])
    got, r = text_records(path('special/link.eml'), path('special/loop/a.eml'))
    check(subjects(got) == [1, 1], 'a link named on the call is', r.stderr)
    os.makedirs(path('closed/in'))
    write('closed/a.eml', message(2))
    write('closed/z.eml', message(3))
    write('closed/y.eml', message(4))
    os.chmod(path('closed/in'), 0)
    os.chmod(path('closed/y.eml'), 0)
    if os.geteuid() == 0:
        as_nobody = [*('setpriv --reuid=65534 --regid=65534 --clear-groups'.split())]
        os.chmod(TMP, 0o755)
        r = subprocess.run([*as_nobody, BIN, 'scan', '--no-config', '--fail-on', 'none', '--format', 'ndjson', path('closed')], capture_output=True)
        usable = r.returncode == 2 and r.stdout
    else:
        r, usable = scan('--format', 'ndjson', path('closed')), True
    name = 'directories and files that may not be read are told, and the rest is read'
    if usable:
        got = records(r.stdout)
        check([(x['type'], os.path.basename(x['source'])) for x in got] == [('message', 'a.eml'), ('error', 'in'), ('error', 'y.eml'), ('message', 'z.eml')],
              name, [(x['type'], x['source']) for x in got])
    else:
        skip(name, 'root may read everything, and nobody else can run the program here')
    os.chmod(path('closed/in'), 0o755)


def standard_input():
    one, two = mbox([1, 2]).encode(), message(3).encode()
    for target in ('stdin.ndjson', 'stdin.db'):
        for data in (one, two):
            r = scan('--output', path(target), '-', input=data)
        check(r.stdout.startswith(b'1 messages'), 'what comes next on standard input is read, too (%s)' % target, r.stdout[:60])
    check(subjects(records(path('stdin.ndjson'))) == [1, 2, 3], 'behind what was there')
    check([r[15] for r in rows(path('stdin.db'))['messages']] == ['message number %d' % n for n in (1, 2, 3)], 'in a case as well')
    for name, data in (('gz', gzip.compress(one)), ('bz2', bz2.compress(one)), ('xz', lzma.compress(one))):
        r = scan('--format', 'ndjson', '-', input=data)
        check(subjects(records(r.stdout)) == [1, 2], 'standard input may be .%s' % name, r.stderr)
    os.mkfifo(path('named'))
    p = subprocess.Popen([BIN, 'scan', '--no-config', '--fail-on', 'none', '--format', 'ndjson', path('named')], stdout=subprocess.PIPE)
    with open(path('named'), 'wb') as f:
        f.write(one)
    check(subjects(records(p.communicate(timeout=60)[0])) == [1, 2], 'a pipe named on the call is read')


def archives():
    inner = mbox([1, 2]).encode()
    gz = gzip.compress(inner)

    def tar(*members):
        out = io.BytesIO()
        with tarfile.open(fileobj=out, mode='w') as t:
            for name, data in members:
                info = tarfile.TarInfo(name)
                info.size = len(data)
                t.addfile(info, io.BytesIO(data))
        return out.getvalue()

    def zipped(*members):
        out = io.BytesIO()
        with zipfile.ZipFile(out, 'w', zipfile.ZIP_DEFLATED) as z:
            for name, data in members:
                z.writestr(name, data)
        return out.getvalue()

    got, r = text_records(write('nested.tar', tar(('a/b.mbox.gz', gz), ('c.zip', zipped(('d.eml', message(3)))), ('e.eml', message(4).encode()))))
    check([(x['member'], s) for x, s in zip(got, subjects(got))] == [('a/b.mbox.gz', 1), ('a/b.mbox.gz', 2), ('c.zip/d.eml', 3), ('e.eml', 4)],
          'archives in archives', [(x['member'], x['type']) for x in got])
    deep = zipped(('2.zip', zipped(('3.zip', zipped(('4.zip', zipped(('m.eml', message(5)))))))), ('z.eml', message(6)))
    got, r = text_records(write('deep.zip', deep))
    check([x['type'] for x in got] == ['error', 'message'] and 'nested' in got[0]['explanation'] and subjects(got)[1] == 6,
          'nested too deep costs that member', [(x['member'], x.get('explanation')) for x in got])
    bomb = gzip.compress(b'x' * (200 << 20), 9)
    got, r = text_records(write('bomb.gz', bomb))
    check([x['type'] for x in got] == ['error'] and 'times its size' in got[0]['explanation'], 'a file that unpacks to too much is an error', got)
    got, r = text_records(write('bomb.tar', tar(('bomb.gz', bomb), ('after.eml', message(7).encode()))))
    check('error' in [x['type'] for x in got] and 7 in subjects(got), 'a bomb in an archive does not hide what follows', [(x['type'], x['member']) for x in got])
    for name, data in (('zeros.gz', gzip.compress(bytes(1 << 20))), ('none.tar.gz', gzip.compress(tar())), ('none.zip', zipped())):
        got, r = text_records(write(name, data))
        check([x['type'] for x in got] == ['error'] and r.returncode == 2, 'nothing in it is told: %s' % name, got)
    for name, data in (('two.tar', tar(('1.eml', message(1).encode())) + tar(('2.eml', message(2).encode()))),
                       ('two.gz', gzip.compress(mbox([1]).encode()) + gzip.compress(mbox([2]).encode())),
                       ('two.bz2', bz2.compress(mbox([1]).encode()) + bz2.compress(mbox([2]).encode())),
                       ('two.xz', lzma.compress(mbox([1]).encode()) + lzma.compress(mbox([2]).encode()))):
        got, r = text_records(write(name, data))
        check(subjects(got) == [1, 2], 'one behind the other: %s' % name, (subjects(got), r.stderr))
    whole = tar(*[('%d.eml' % n, message(n).encode()) for n in range(40)])
    for name, data in (('cut.tar', whole[:20000]), ('cut.tar.gz', gzip.compress(whole)[:1500]), ('cut.zip', deep[:200]), ('cut.xz', lzma.compress(inner)[:-20])):
        got, r = text_records(write(name, data))
        check(got and got[-1]['type'] == 'error' and r.returncode == 2, 'an archive that ends early is told: %s' % name, (r.returncode, [x['type'] for x in got][-3:]))
    flip = bytearray(zipped(('a.eml', message(1)), ('b.eml', message(2))))
    flip[60] ^= 0xff
    got, r = text_records(write('flipped.zip', bytes(flip)))
    check(any(x['type'] == 'error' and x['member'] == 'a.eml' for x in got) and 2 in subjects(got), 'a damaged member costs itself',
          [(x['type'], x['member'], x.get('explanation')) for x in got])


def verifying():
    """An archive is unpacked once, however many messages it has; of two members of a name each is held against its own bytes."""
    with tarfile.open(path('many.tar.gz'), 'w:gz') as t:
        for n in range(1500):
            data = message(n, 'x' * 70 + '\n' * 30).encode()
            info = tarfile.TarInfo('same.eml' if n < 2 else '%d.eml' % n)
            info.size = len(data)
            t.addfile(info, io.BytesIO(data))
    write('many.mbox.gz', gzip.compress(mbox(range(1500)).encode()))
    scan('--output', path('many.db'), path('many.tar.gz'), path('many.mbox.gz'))
    r = run('case', 'verify', path('many.db'))
    check(r.returncode == 0, 'verify holds for archives', r.stderr[:200])
    once = min(cpu(BIN, 'scan', '--no-config', '--fail-on', 'none', '--checks', 'auth', '--format', 'ndjson', path(f)) for f in ('many.tar.gz', 'many.tar.gz'))
    took = cpu(BIN, 'case', 'verify', '--no-config', path('many.db'))
    check(took < 4 * once + 1, 'and unpacks them once', (took, once))
    write('many.mbox.gz', gzip.compress(mbox([0, 1, 2, 99, 4]).encode()))
    r = run('case', 'verify', path('many.db'))
    check(r.returncode == 2 and r.stderr.count(b'many.mbox.gz@') == 1497, 'what is no longer there is told', (r.returncode, r.stderr.count(b'many.mbox.gz@')))


def growing():
    """Between plan and reading more mail comes in: it belongs to the next run."""
    first, more = mbox(range(5)), mbox(range(5, 8))
    src = write('inbox.mbox', first)
    plan = write('inbox.plan', run('plan', src).stdout)
    with open(src, 'a') as f:
        f.write(more)
    check(subjects(text_records('--plan', plan)[0]) == list(range(5)), 'a plan is of what was there')
    for target in ('inbox.ndjson', 'inbox.db'):
        scan('--plan', plan, '--output', path(target))
        scan(src, '--output', path(target))
    check(subjects(records(path('inbox.ndjson'))) == list(range(8)), 'mail that came while a file was read is read once', subjects(records(path('inbox.ndjson'))))
    check(len(rows(path('inbox.db'))['locations']) == 8, 'in a case as well', len(rows(path('inbox.db'))['locations']))


def live():
    """An mbox that is written to all the time, and a directory whose files come and go: no record twice, none lost that stays."""
    src, out = write('live.mbox', mbox(range(3))), path('live.ndjson')
    written = 3
    for step in range(6):
        p = subprocess.Popen([BIN, 'scan', '--no-config', '--fail-on', 'none', '--output', out, src], stdout=subprocess.DEVNULL)
        for _ in range(20):
            with open(src, 'a') as f:
                f.write(mbox([written]))
            written += 1
        p.wait()
    scan('--output', out, src)
    check(subjects(records(out)) == list(range(written)), 'an mbox that grows under six scans', len(records(out)))
    for n in range(300):
        write('moving/%03d.eml' % n, message(n))
    p = subprocess.Popen([BIN, 'scan', '--no-config', '--fail-on', 'none', '--format', 'ndjson', '--jobs', '2', path('moving')],
                         stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    for n in range(0, 300, 3):
        os.remove(path('moving/%03d.eml' % n))
        write('moving/new%03d.eml' % n, message(1000 + n))
    os.rename(path('moving/001.eml'), path('moving/zzz.eml'))
    got = records(p.communicate(timeout=60)[0])
    kept = [n for n in range(300) if n % 3 and n != 1]
    names = [x['source'] for x in got]
    check(len(set(names)) == len(names) and [s for s in subjects(got) if s in set(kept)] == kept, 'a directory that changes while it is walked',
          len(got))


def folders():
    for name, n in (('mh/inbox/1', 1), ('mh/inbox/2', 2), ('md/cur/1:2,S', 3), ('md/cur/2:2,RST', 4), ('md/new/3', 5), ('md/tmp/4', 99),
                    ('md/.Sent/cur/5:2,', 6), ('tmp/cur.eml', 7)):
        write('folders/' + name, message(n))
    for sub in ('md/.Sent/new', 'md/.Sent/tmp'):
        os.makedirs(path('folders', sub))
    body = message(8).encode()
    write('folders/mac.emlx', b'%d\n' % len(body) + body + b'<?xml version="1.0"?><plist/>')
    got, r = text_records(path('folders'))
    check(sorted(subjects(got)) == list(range(1, 9)), 'MH, Maildir without tmp/, .emlx', subjects(got))
    check([x['length'] for x in got if x['source'].endswith('emlx')] == [len(body)], 'the message of an .emlx without what follows it')
    write('empty/e.eml', b'')
    write('empty/n.eml', b'\n')
    got, r = text_records(path('empty'), path('folders/md/new/3'))
    check([x['type'] for x in got] == ['message'] * 3 and [x['length'] for x in got][:2] == [0, 1], 'an empty file has its record')


def by_place():
    """Records name the place of their message; the place gives the record again, in any order and on any machine."""
    bare = lambda n: message(n).split('\n', 1)[1]
    text = ''.join('From user%d@sender.example Tue Nov 10 09:00:00 2026\n%s\n' % (n, bare(n).replace('\nFrom here', '\n>From here')) for n in range(300))
    write('places/a.mbox', text)
    write('places/b.mbox.gz', gzip.compress(text[:20000].encode()))
    write('places/c.eml', message(7))
    body = message(8).encode()
    write('places/d.emlx', b'%d\n' % len(body) + body)
    with tarfile.open(path('places/e.tar'), 'w') as t:
        for name, data in (('1.eml', message(1).encode()), ('in.mbox', text[:5000].encode())):
            info = tarfile.TarInfo(name)
            info.size = len(data)
            t.addfile(info, io.BytesIO(data))
    whole = whole_run(path('places')).splitlines(keepends=True)
    lines = [json.dumps({k: r[k] for k in ('source', 'member', 'offset', 'length')}).encode() + b'\n' for r in records(b''.join(whole))]
    parts = [lines[k * len(lines) // 5:(k + 1) * len(lines) // 5] for k in range(5)]
    got = [scan('--files-from', '-', '--format', 'ndjson', '--jobs', '1', input=b''.join(part)).stdout for part in parts]
    check(b''.join(got) == b''.join(whole), 'lines of places through pipes give the records of the whole run, byte for byte',
          next(((a, b) for a, b in zip(b''.join(got).splitlines(keepends=True), whole) if a != b), None))
    order = list(range(len(lines)))
    random.Random(3).shuffle(order)
    places = write('places.ndjson', b''.join(lines[i] for i in order))
    for target in ('exact.ndjson', 'exact.db'):
        scan('--files-from', places, '--output', path(target))
        r = scan('--files-from', places, '--output', path(target))
        check(r.stdout.startswith(b'0 messages'), 'and are known the second time (%s)' % target, r.stdout[:60])
    check(open(path('exact.ndjson'), 'rb').read() == b''.join(whole[i] for i in order), 'in the order of the list')
    scan('--output', path('places.db'), path('places'))
    keyed = lambda db: sorted((s, *l[3:]) for l in db['locations'] for s in [dict((r[0], r[1]) for r in db['sources'])[l[2]]])
    a, b = rows(path('exact.db')), rows(path('places.db'))
    check(keyed(a) == keyed(b) and len(a['locations']) == len(lines), 'a case has each place once', (len(a['locations']), len(lines)))
    scan('--output', path('exact.db'), path('places'))
    check(len(rows(path('exact.db'))['locations']) == len(lines), 'a scan of the whole files takes their place', len(rows(path('exact.db'))['locations']))
    psl = write('psl.dat', 'example\n')
    scan('--output', path('listed.db'), '--psl', psl, path('places'))
    run('case', 'export', path('listed.db'), '--psl', psl, '--bundle', path('places.tar'))
    with tarfile.open(path('places.tar')) as t:
        hashes = [json.loads(l)['report_sha256'] for l in t.extractfile('manifest.ndjson')]
    case = [hashlib.sha256(r[1].encode()).hexdigest() for r in rows(path('listed.db'))['records']]
    check(sorted(hashes) == sorted(case) and run('case', 'verify', path('places.tar')).returncode == 0, 'a bundle has the records of the case', (hashes[:1], case[:1]))
    needs = [sorted(run('dns', 'needs', '--no-config', path(p)).stdout.splitlines()) for p in ('places', 'places.db')]
    check(needs[0] == needs[1] and needs[0], 'the questions are the same for the mail and its case', [set(needs[0]) ^ set(needs[1])])


names()
by_place()
links()
special_files()
standard_input()
archives()
verifying()
growing()
live()
folders()
end()
