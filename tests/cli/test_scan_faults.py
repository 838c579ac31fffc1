#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""Stops of every kind: nothing is lost, nothing comes twice, and in the end all is as if nobody had stopped."""
import contextlib, random, resource, signal, time
from scanning import *

N = 1500 if ASAN else 8000
KILLS = 4 if ASAN else 20
RANDOM = random.Random(20261110)
src = write('dump/all.mbox', mbox(range(N), lambda n: 'body %d\nFrom here on\n' % n + ('y' * 60 + '\n') * (n % 30)))
for n in range(200):
    write('dump/maildir/cur/%03d:2,S' % n, message(n % 50))
dump = path('dump')
whole = whole_run('--jobs', '2', dump)
scan('--output', path('whole.db'), '--jobs', '2', dump)
TABLES = ('messages', 'records', 'locations', 'signatures', 'findings', 'evidence', 'attachments', 'dns', 'missing', 'errors', 'sources')
whole_rows = rows(path('whole.db'), TABLES)
check(len(whole.splitlines()) == N + 200 == len(whole_rows['locations']), 'the undisturbed runs have every message', len(whole.splitlines()))


def default_signals():
    """What started the test may ignore them (nohup, a shell's background), and the program then leaves it so."""
    for number in (signal.SIGINT, signal.SIGHUP, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)


def start(*args, **kw):
    return subprocess.Popen([BIN, 'scan', '--no-config', '--fail-on', 'none', '--jobs', '2', *args], stdout=subprocess.PIPE,
                            stderr=subprocess.PIPE, start_new_session=True, preexec_fn=default_signals, **kw)


def state(target):
    """How far the run says that it is: a kill before the first such word proves nothing about going on."""
    if target.endswith('.db'):
        if not os.path.exists(target):
            return 0
        try:
            with contextlib.closing(sqlite3.connect('file:%s?mode=ro' % target, uri=True)) as db:
                return 1 + db.execute('SELECT total(position > 0) FROM sources').fetchone()[0]
        except sqlite3.OperationalError:
            return 0
    try:
        return open(target + '.resume', 'rb').read().count(b'\n')
    except FileNotFoundError:
        return 0


def schema(target):
    """A run that is over leaves all indexes behind, and nothing that helped to make them."""
    with contextlib.closing(sqlite3.connect(target)) as db:
        return set(db.execute('SELECT type, name, sql FROM sqlite_schema').fetchall())


def differences(target):
    if target.endswith('.db'):
        got = rows(target, TABLES)
        return [t for t in TABLES if got[t] != whole_rows[t]] + sorted(schema(target) ^ schema(path('whole.db')))
    return [] if open(target, 'rb').read() == whole else [os.path.getsize(target), len(whole)]


def size_of(target):
    return sum(os.path.getsize(f) for f in (target, target + '-wal') if os.path.exists(f))


def remove(target):
    for tail in ('', '.resume', '-wal', '-shm', '-journal'):
        if os.path.exists(target + tail):
            os.remove(target + tail)


def session_of(pid):
    """The processes of its session: itself and its workers."""
    out = []
    for entry in os.listdir('/proc'):
        if entry.isdigit():
            try:
                with open('/proc/%s/stat' % entry) as f:
                    fields = f.read().rsplit(')', 1)[1].split()
            except OSError:
                continue
            if int(fields[3]) == pid and fields[0] != 'Z':
                out.append(int(entry))
    return out


def wait_for(condition, seconds=60):
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.002)
    return True


def killed(target, kinds, most=KILLS):
    """Kills at random moments, again and again; whenever a run came to its end, looks and begins anew."""
    kills = resumed = whole_runs = 0
    bad, left = [], []
    end = os.path.getsize(path('whole.db')) if target.endswith('.db') else len(whole)
    while kills < most or not whole_runs:
        before = state(target)
        p = start('--output', target, dump)
        until = RANDOM.uniform(0, end) if kills < most else 1 << 60
        wait_for(lambda: p.poll() is not None or size_of(target) >= until, 600)
        if p.poll() is None:
            p.send_signal(RANDOM.choice(kinds))
            kills += 1
            resumed += before > 1
        p.communicate()
        if not wait_for(lambda: not session_of(p.pid), 30):
            left.append(p.pid)
        if p.returncode == 0:
            bad += differences(target)
            whole_runs += 1
            remove(target)
    check(not bad and resumed >= most // 5, 'killed %d times, %d of them after going on: %d whole runs are as undisturbed ones (%s)' % (
        kills, resumed, whole_runs, os.path.basename(target)), (bad, resumed))
    check(not left, 'no worker outlives its parent', left)


def stopped(target):
    """Ctrl-C at a terminal reaches the workers, too; SIGTERM the parent only. What is under way is finished first."""
    if ASAN:
        return skip('signals', 'all of so small a dump is under way at once')
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        remove(target)
        p = start('--output', target, dump)
        wait_for(lambda: p.poll() is not None or len(session_of(p.pid)) > 2)
        if number == signal.SIGINT:
            os.killpg(p.pid, number)
        else:
            p.send_signal(number)
        out, err = p.communicate(timeout=60)
        check(p.returncode == -number and b'stopped before the end' in out, '%s stops it at a place from where it goes on' % number.name, (p.returncode, out[:100]))
        r = scan('--output', target, '--jobs', '2', dump)
        done = int(r.stdout.split()[0])
        check(r.returncode == 0 and 0 < done <= N + 200 and not differences(target), 'and it goes on there', (done, differences(target)))
        again = scan('--output', target, dump)
        check(again.stdout.startswith(b'0 messages') and not differences(target), 'and a further run does nothing', again.stdout[:60])


def workers_killed():
    """A worker that somebody kills costs nothing: its task is done again."""
    target = path('workers.ndjson')
    p = start('--output', target, dump)
    wait_for(lambda: p.poll() is not None or len(session_of(p.pid)) == 3)
    for pid in session_of(p.pid):
        if pid != p.pid:
            os.kill(pid, signal.SIGKILL)
    out, err = p.communicate(timeout=120)
    check(p.returncode == 0 and not differences(target), 'both workers killed: the output is the same', (p.returncode, err[:200], differences(target)))


def limited(size):
    def limit():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))
    return limit


def small_disk(name):
    disk = path('disk-' + name)
    os.makedirs(disk)
    if os.geteuid() or subprocess.run(['mount', '-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', disk], capture_output=True).returncode:
        return skip('a disk that is full (%s)' % name, 'no file system may be mounted here')
    try:
        target = os.path.join(disk, name)
        r = scan('--output', target, '--jobs', '2', dump)
        check(r.returncode == 2 and (b'No space left' in r.stderr or b'full' in r.stderr), 'a full disk is exit 2 (%s)' % name, r.stderr[:200])
        subprocess.run(['mount', '-o', 'remount,size=2g', disk], check=True)
        r = scan('--output', target, '--jobs', '2', dump)
        check(r.returncode == 0 and not differences(target), 'and with more room it goes on to the same end', r.stderr[:200])
    finally:
        subprocess.run(['umount', disk])


def no_room():
    for target in (path('full.ndjson'), path('full.db')):
        for size in (3000, 200000, 1500000):
            r = subprocess.run([BIN, 'scan', '--no-config', '--fail-on', 'none', '--jobs', '2', '--output', target, dump], capture_output=True,
                               preexec_fn=limited(size))
            check(r.returncode == 2 and b'mailcheck: ' in r.stderr, 'no file may be larger than %d bytes: exit 2 (%s)' % (size, os.path.basename(target)),
                  (r.returncode, r.stderr[:200]))
        r = scan('--output', target, '--jobs', '2', dump)
        check(r.returncode == 0 and not differences(target), 'with room it goes on to the same end', r.stderr[:200])
    for name in ('full.ndjson', 'full.db'):
        small_disk(name)
    for args in (['--format', 'ndjson'], ['--format', 'csv'], ['--format', 'text']):
        with open('/dev/full', 'w') as full:
            r = subprocess.run([BIN, 'scan', '--no-config', src, '--fail-on', 'none', *args], stdout=full, stderr=subprocess.PIPE)
        check(r.returncode == 2 and b'No space left' in r.stderr, 'a full device is exit 2 (%s)' % args[1], (r.returncode, r.stderr))


def cut_short():
    """A source that gets shorter while it is read: pread() comes back with less, and no SIGBUS."""
    data = open(src, 'rb').read()
    want = {(r['offset'], r['sha256']) for r in records(whole) if r['source'] == src}
    for attempt in range(4):
        f = write('cut.mbox', data)
        p = start('--format', 'ndjson', f)
        first = os.read(p.stdout.fileno(), 65536)
        size = RANDOM.randrange(len(data) // 50, len(data))
        os.truncate(f, size)
        out, err = p.communicate(timeout=120)
        got = records(first + out)
        places = [r['offset'] for r in got]
        whole_ones = [r for r in got if r['type'] == 'message' and r['offset'] + r['length'] + 1 < size]
        check(p.returncode in (0, 2) and b'signal' not in err and places == sorted(set(places)) and
              all((r['offset'], r['sha256']) in want for r in whole_ones), 'a source cut to %d of %d bytes while it is read' % (size, len(data)),
              (p.returncode, err[:200]))


killed(path('killed.ndjson'), [signal.SIGKILL])
killed(path('killed.db'), [signal.SIGKILL])
killed(path('mixed.ndjson'), [signal.SIGKILL, signal.SIGTERM, signal.SIGINT], KILLS // 2)
stopped(path('stopped.ndjson'))
stopped(path('stopped.db'))
workers_killed()
no_room()
cut_short()
end()
