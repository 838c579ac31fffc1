#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""A scan on many machines: the shards of a plan by GNU parallel (local slots; two sshd) and by a Slurm job array, one of them
killed in the middle.

Both are the commands of the manual, on one machine. What they write is compared byte for byte with the single run.
"""
import os, shutil, signal, socket, subprocess, time

from tap import check, skip, skip_all

BIN = os.path.abspath(os.environ['MAILCHECK'])
TMP = os.environ.get('TMPDIR', '/tmp')
MESSAGES, SHARDS = 4000, 4


def path(*names):
    return os.path.join(TMP, *names)


def write(name, text, mode=0o644):
    with open(path(name), 'w') as f:
        f.write(text)
    os.chmod(path(name), mode)
    return path(name)


def read(name):
    with open(path(name), 'rb') as f:
        return f.read()


def tail(name):
    """the end of a log, for a reason; nothing where the program did not come to write one"""
    return read(name)[-200:].decode('utf-8', 'replace').replace('\n', ' ') if os.path.exists(path(name)) else 'no log'


def wait_until(condition, seconds=30):
    """True as soon as CONDITION holds; False where it did not within the time."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True


def parent_of(pid):
    try:
        with open('/proc/%s/stat' % pid) as f:
            return int(f.read().rpartition(')')[2].split()[1])
    except (OSError, ValueError):
        return 0


def descendants(pid):
    children = {}
    for p in filter(str.isdigit, os.listdir('/proc')):
        children.setdefault(parent_of(p), []).append(int(p))
    found, look = [], [pid]
    while look:
        more = children.get(look.pop(), [])
        found += more
        look += more
    return found


def kill_tree(pid):
    """PID first, so that it can start nothing anew, then all that it had started."""
    below = descendants(pid)
    for p in [pid] + below:
        try:
            os.kill(p, signal.SIGKILL)
        except ProcessLookupError:
            pass


def begun(folder):
    """Some shard has written records, and is not done yet as far as one can see."""
    return any(n.endswith('.ndjson') and os.path.getsize(path(folder, n)) for n in os.listdir(path(folder)))


def make_mail():
    with open(path('all.mbox'), 'w') as f:
        for n in range(MESSAGES):
            f.write('From user@sender.example Tue Nov 10 09:00:00 2026\nReturn-Path: <user%d@sender.example>\n'
                    'Received: from mail.sender.example (mail.sender.example [203.0.113.%d])\n\tby mx.receiver.example with ESMTP id %d;\n'
                    '\tTue, 10 Nov 2026 09:00:00 +0000\nFrom: User %d <user%d@sender.example>\nTo: team@receiver.example\nSubject: message %d\n'
                    'Date: Tue, 10 Nov 2026 09:00:00 +0000\nMessage-ID: <%d@sender.example>\n\n%s\n' % (
                        n, n % 250, n, n, n % 40, n, n, 'A line of the text, as they are.\n' * (n % 60)))
    one = subprocess.run([BIN, 'scan', '--no-config', '--format', 'ndjson', '--jobs', '1', '--fail-on', 'none', path('all.mbox')], capture_output=True)
    plan = subprocess.run([BIN, 'plan', '--no-config', path('all.mbox')], capture_output=True)
    with open(path('plan.ndjson'), 'wb') as f:
        f.write(plan.stdout)
    check(one.returncode == 0 and one.stdout.count(b'\n') == MESSAGES, 'the single run has every message', (one.returncode, one.stderr[:200]))
    return one.stdout


def shard_command(folder, number):
    return "%s scan --no-config --plan %s --shard %s/%d --format ndjson --jobs 1 --fail-on none --output %s/%s.ndjson" % (
        BIN, path('plan.ndjson'), number, SHARDS, path(folder), number)


def joined(folder):
    try:
        return b''.join(read(os.path.join(folder, '%d.ndjson' % k)) for k in range(1, SHARDS + 1))
    except OSError as error:
        return str(error).encode()


def by_parallel(single):
    if not shutil.which('parallel'):
        skip('GNU parallel', 'not installed')
        return
    os.mkdir(path('parallel'))
    os.mkdir(path('home'))
    env = dict(os.environ, HOME=path('home'))
    command = ['parallel', '--will-cite', '--jobs', '2', '--joblog', path('joblog'), '--resume', shard_command('parallel', '{}'), ':::']
    command += [str(k) for k in range(1, SHARDS + 1)]
    first = subprocess.Popen(command, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL)
    check(wait_until(lambda: begun('parallel')), 'parallel: the shards write')
    kill_tree(first.pid)
    first.wait()
    check(joined('parallel') != single, 'parallel: killed in the middle, its output is not whole')
    again = subprocess.run(command, env=env, capture_output=True, stdin=subprocess.DEVNULL, timeout=120)
    check(again.returncode == 0, 'parallel: the same command goes on', again.stderr[-300:])
    got = joined('parallel')
    check(got == single, 'parallel: the shards joined are the single run, byte for byte', (len(got), len(single)))
    log = read('joblog').decode().splitlines()
    check(len(log) == SHARDS + 1, 'parallel: each shard is once in the job log', log)


def free_port():
    with socket.socket() as s:
        s.bind(('127.0.0.1', 0))
        return s.getsockname()[1]


# --- GNU parallel over ssh ---

class Host:
    """An sshd of our own, in the foreground of a folder of its own, for the user who runs this."""

    def __init__(self, name):
        self.folder = path('ssh', name)
        os.makedirs(self.folder, mode=0o700)
        self.port = free_port()
        subprocess.run(['ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-f', os.path.join(self.folder, 'host')], check=True)
        config = write(os.path.join('ssh', name, 'config'), '\n'.join([
            'Port %d' % self.port, 'ListenAddress 127.0.0.1', 'HostKey %s/host' % self.folder, 'PidFile none', 'StrictModes no', 'UsePAM no',
            'PermitRootLogin prohibit-password', 'AuthenticationMethods publickey', 'AuthorizedKeysFile %s' % path('ssh/user.pub'), '']))
        with open(os.path.join(self.folder, 'log'), 'wb') as log:
            self.daemon = subprocess.Popen([shutil.which('sshd'), '-D', '-e', '-f', config], stdin=subprocess.DEVNULL, stdout=log, stderr=log)

    def login(self):
        return 'ssh -p %d -i %s -o BatchMode=yes -o IdentitiesOnly=yes -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o LogLevel=ERROR 127.0.0.1' % (
            self.port, path('ssh/user'))

    def answers(self):
        return self.daemon.poll() is not None or subprocess.run([*self.login().split(), 'true'], stdin=subprocess.DEVNULL, capture_output=True).returncode == 0

    def up(self):
        return wait_until(self.answers, 10) and self.daemon.poll() is None

    def works(self):
        """A shard runs on it now."""
        return any(is_running('scan', p) for p in descendants(self.daemon.pid))

    def lose(self):
        kill_tree(self.daemon.pid)
        self.daemon.wait()


def is_running(word, pid):
    try:
        with open('/proc/%d/cmdline' % pid, 'rb') as f:
            return f.read().split(b'\0')[:2] == [BIN.encode(), word.encode()]
    except OSError:
        return False


def over_ssh(hosts, single):
    os.mkdir(path('remote'))
    command = ['parallel', '--will-cite', '--retries', '4', '--joblog', path('ssh/joblog'), '--resume-failed', '-S',
               ','.join('1/' + h.login() for h in hosts), shard_command('remote', '{}'), ':::', *map(str, range(1, SHARDS + 1))]
    run = subprocess.Popen(command, env=dict(os.environ, HOME=path('home')), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL)
    check(wait_until(hosts[1].works), 'ssh: the second host works on a shard')
    hosts[1].lose()
    check(joined('remote') != single, 'ssh: the second host is lost in the middle')
    errors = run.communicate(timeout=120)[1]
    check(run.returncode == 0, 'ssh: the first host does what the second can not any more', errors[-300:])
    got = joined('remote')
    check(got == single, 'ssh: the shards joined are the single run, byte for byte', (len(got), len(single)))


def by_ssh(single):
    if not all(map(shutil.which, ('parallel', 'sshd', 'ssh', 'ssh-keygen'))):
        skip('GNU parallel over ssh', 'not installed')
        return
    if os.getuid() == 0:
        os.makedirs('/run/sshd', exist_ok=True)
    os.makedirs(path('ssh'), mode=0o700)
    subprocess.run(['ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-f', path('ssh/user')], check=True)
    hosts = [Host('first'), Host('second')]
    try:
        if all(h.up() for h in hosts):
            over_ssh(hosts, single)
        else:
            skip('GNU parallel over ssh', 'sshd does not let us in here: %s' % tail('ssh/first/log'))
    finally:
        for h in hosts:
            h.lose()


# --- Slurm ---

class Cluster:
    """One node: munged, slurmctld and slurmd in the foreground of a folder of their own."""

    def __init__(self):
        self.running = {}
        self.host = socket.gethostname().split('.')[0]
        for name in ('slurm', 'slurm/state', 'slurm/spool', 'slurm/out'):
            os.mkdir(path(name))
        os.chmod(path('slurm'), 0o755)
        write('slurm/munge.key', 'for this test only ' * 8, 0o400)
        self.env = dict(os.environ, SLURM_CONF=path('slurm/slurm.conf'))
        write('slurm/slurm.conf', '\n'.join([
            'ClusterName=mailcheck', 'SlurmctldHost=%s(127.0.0.1)' % self.host, 'SlurmUser=root', 'SlurmdUser=root',
            'AuthType=auth/munge', 'AuthInfo=socket=%s,cred_expire=5' % path('slurm/munge.sock'), 'CredType=cred/munge', 'MpiDefault=none',
            'ProctrackType=proctrack/linuxproc', 'TaskPlugin=task/none', 'SelectType=select/cons_tres', 'SelectTypeParameters=CR_Core',
            'ReturnToService=2', 'SchedulerType=sched/builtin', 'SlurmctldPort=%d' % free_port(), 'SlurmdPort=%d' % free_port(),
            'StateSaveLocation=%s' % path('slurm/state'), 'SlurmdSpoolDir=%s' % path('slurm/spool'),
            'SlurmctldPidFile=%s' % path('slurm/ctld.pid'), 'SlurmdPidFile=%s' % path('slurm/d.pid'),
            'SlurmctldLogFile=%s' % path('slurm/ctld.log'), 'SlurmdLogFile=%s' % path('slurm/d.log'),
            'AccountingStorageType=accounting_storage/none', 'JobAcctGatherType=jobacct_gather/none', 'JobRequeue=1',
            'SlurmdTimeout=30', 'MinJobAge=300', 'KillWait=2', 'SlurmdParameters=config_overrides',
            'NodeName=%s NodeAddr=127.0.0.1 CPUs=2 State=UNKNOWN' % self.host,
            'PartitionName=all Nodes=%s Default=YES MaxTime=INFINITE State=UP' % self.host, '']))

    def start(self, name, *command):
        with open(path('slurm', name + '.err'), 'ab') as err:
            self.running[name] = subprocess.Popen(command, env=self.env, stdin=subprocess.DEVNULL, stdout=err, stderr=err, start_new_session=True)

    def start_node(self):
        self.start('slurmd', 'slurmd', '-D', '-f', path('slurm/slurm.conf'), '-N', self.host)

    def ask(self, *command):
        return subprocess.run(command, env=self.env, capture_output=True, text=True, timeout=60)

    def state(self):
        return self.ask('sinfo', '-h', '-o', '%t').stdout.strip()

    def jobs(self):
        """State of each task of the array that is not forgotten."""
        return self.ask('squeue', '-h', '-r', '-t', 'all', '-o', '%K %T').stdout.split('\n')[:-1]

    def up(self):
        self.start('munged', 'munged', '-F', '--force', '--key-file', path('slurm/munge.key'), '--socket', path('slurm/munge.sock'),
                   '--pid-file', path('slurm/munge.pid'), '--log-file', path('slurm/munge.log'), '--seed-file', path('slurm/munge.seed'))
        if not wait_until(lambda: os.path.exists(path('slurm/munge.sock')) or self.running['munged'].poll() is not None, 10):
            return False
        self.start('slurmctld', 'slurmctld', '-D', '-f', path('slurm/slurm.conf'))
        self.start_node()
        return wait_until(lambda: any(p.poll() is not None for p in self.running.values()) or self.state() == 'idle', 20) and self.state() == 'idle'

    def lose_node(self):
        """As when its power goes: the daemon, the steps' keepers and what they run, at once."""
        steps = [p for p in map(int, filter(str.isdigit, os.listdir('/proc'))) if self.is_step(p)]
        for p in [self.running['slurmd'].pid] + steps:
            kill_tree(p)
        self.running['slurmd'].wait()
        self.ask('scontrol', 'update', 'NodeName=' + self.host, 'State=DOWN', 'Reason=lost') # what SlurmdTimeout does, later

    def return_node(self):
        self.start_node()
        wait_until(lambda: self.ask('scontrol', 'update', 'NodeName=' + self.host, 'State=RESUME').returncode == 0 or not self.state().startswith('down'))

    def is_step(self, pid):
        """slurmstepd leaves its parent; its environment or its script names our folder."""
        try:
            with open('/proc/%d/cmdline' % pid, 'rb') as f:
                return b'slurmstepd' in f.read() and any(self.ours(p) for p in descendants(pid) + [pid])
        except OSError:
            return False

    def ours(self, pid):
        try:
            with open('/proc/%d/cmdline' % pid, 'rb') as f:
                return path('slurm').encode() in f.read()
        except OSError:
            return False

    def down(self):
        for name in ('slurmd', 'slurmctld', 'munged'):
            p = self.running.get(name)
            if p and p.poll() is None:
                p.terminate()
                try:
                    p.wait(10)
                except subprocess.TimeoutExpired:
                    p.kill()
                    p.wait()


def run_array(cluster, single):
    script = write('slurm/shard.sh', '#!/bin/sh\n#SBATCH --array=1-%d --requeue --output=%s/%%a.log\nexec %s\n' % (
        SHARDS, path('slurm'), shard_command('slurm/out', '$SLURM_ARRAY_TASK_ID')), 0o755)
    sent = cluster.ask('sbatch', script)
    check(sent.returncode == 0, 'slurm: the array is accepted', sent.stderr)
    check(wait_until(lambda: begun('slurm/out')), 'slurm: the shards write', cluster.jobs())
    cluster.lose_node()
    check(joined('slurm/out') != single, 'slurm: the node was lost in the middle')
    cluster.return_node()
    ended = ('COMPLETED', 'FAILED', 'NODE_FAIL', 'CANCELLED', 'TIMEOUT', 'BOOT_FAIL')
    done = wait_until(lambda: all(j.split()[1] in ended for j in cluster.jobs()) or not cluster.jobs(), 60)
    check(done, 'slurm: the array ends after the node came back', cluster.jobs())
    lost = [j for j in cluster.jobs() if j.split()[1] != 'COMPLETED']
    check(done and not lost, 'slurm: what was lost was done again', lost)
    got = joined('slurm/out')
    check(got == single, 'slurm: the shards joined are the single run, byte for byte', (len(got), len(single)))


def by_slurm(single):
    needed = ('munged', 'slurmctld', 'slurmd', 'sbatch')
    if not all(map(shutil.which, needed)):
        skip('Slurm', 'not installed')
        return
    if os.getuid() != 0:
        skip('Slurm', 'its daemons want to be root')
        return
    cluster = Cluster()
    try:
        if cluster.up():
            run_array(cluster, single)
        else:
            skip('Slurm', 'it does not start here: %s' % tail('slurm/d.err'))
    finally:
        cluster.down()


if os.environ.get('MODE') == 'asan':
    skip_all('many machines', 'the plain build is enough')
os.chdir(TMP)
os.environ['PATH'] += ':/usr/sbin' # where daemons are
whole = make_mail()
by_parallel(whole)
by_ssh(whole)
by_slurm(whole)
