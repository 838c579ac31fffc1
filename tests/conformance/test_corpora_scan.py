#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""Every corpus through scan: each message once, at its place, and no error where a file can be read.

And an mbox of 60,000 messages, 1,200 of whose lines begin with "From ": what splits is the separator's form, not the word.
"""
import glob, json, os, re, subprocess

from tap import check, skip

MAILCHECK = os.path.abspath(os.environ.get('MAILCHECK', './mailcheck'))
SHARED = os.path.join(os.environ.get('MAILCHECK_SHARED', '../shared'), 'corpora')
TMP = os.environ.get('TMPDIR', '/tmp')
ASAN = os.environ.get('MODE') == 'asan'


def scan(*args):
    p = subprocess.run([MAILCHECK, 'scan', '--no-config', '--format', 'ndjson', '--jobs', '2', '--fail-on', 'none', *args], capture_output=True)
    return p.returncode, [json.loads(l) for l in p.stdout.splitlines()], p.stderr


def large_mbox():
    messages, lines = (3000, 60) if ASAN else (60000, 1200)
    path, places, said = os.path.join(TMP, 'large.mbox'), [], 0
    with open(path, 'wb') as f:
        for n in range(messages):
            f.write(b'From user%d@sender.example Tue Nov 10 09:%02d:%02d 2026\n' % (n, n // 60 % 60, n % 60))
            start = f.tell()
            body = b'Text %d\n' % n
            if n * lines // messages != (n + 1) * lines // messages:
                body += (b'\n' if said % 2 else b'') + (b'From here on it is mine, 2 of 3\n', b'From the 10 Nov 2026 09:00 list\n',
                                                        b'From time to time\n')[said % 3]
                said += 1
            f.write(b'From: User <user%d@sender.example>\nMessage-ID: <%d@sender.example>\n\n%s' % (n, n, body))
            places.append((start, f.tell() - start))
            f.write(b'\n')
    status, got, err = scan('--checks', 'auth', path)
    found = [(r.get('offset'), r.get('length')) for r in got]
    wrong = next((i for i, (a, b) in enumerate(zip(found, places)) if a != b), None)
    check(said == lines and status == 0 and len(got) == messages and wrong is None,
          '%d messages of an mbox with %d body lines that begin with "From "' % (messages, lines),
          (status, len(got), wrong, wrong is not None and (found[wrong], places[wrong]), err[:200]))


def list_archive():
    """Its index has for each message: the offset of the "From " line, all its bytes, and those of the message itself, behind that
    line and before the empty one."""
    path, index = (os.path.join(SHARED, 'list-archive', 'ksummit.' + x) for x in ('mbox', 'index.tsv'))
    if not os.path.exists(index):
        skip('list-archive', 'no shared data')
        return
    with open(path, 'rb') as f:
        mail = f.read()
    want = []
    with open(index) as f:
        for offset, total, length in ([int(x) for x in l.split('\t')[:3]] for l in f):
            start = mail.index(b'\n', offset) + 1
            quotes = len(re.findall(rb'(?m)^>+From ', mail[start:offset + total]))  # its length is without them
            want.append((start, length + quotes))
    status, got, err = scan('--checks', 'auth', path)
    found = [(r['offset'], r['length']) for r in got]
    wrong = next((i for i, (a, b) in enumerate(zip(found, want)) if a != b), None)
    check(status == 0 and len(got) == len(want) and wrong is None, 'list-archive: %d messages, exactly as its index has them' % len(want),
          (status, len(got), wrong, wrong is not None and (found[wrong], want[wrong]), err[:200]))


def corpora():
    folders = sorted(d for d in glob.glob(os.path.join(SHARED, '*')) if os.path.isdir(d))
    if not folders:
        skip('the corpora', 'no shared data')
    for folder in folders:
        name = os.path.basename(folder)
        if name == 'list-archive':
            continue
        files = [os.path.join(d, f) for d, _, names in os.walk(folder) for f in names]
        status, got, err = scan('--checks', 'auth', folder)
        errors = [r for r in got if r['type'] == 'error']
        reached = {r['source'] for r in got}
        missing = [f for f in files if f not in reached and os.path.getsize(f) and '/tmp/' not in f]  # of a Maildir: not delivered
        check(status == (2 if errors else 0) and not errors and not missing, '%s: %d records of %d files, none unread' % (name, len(got), len(files)),
              (status, errors[:3], missing[:3], err[:200]))


large_mbox()
list_archive()
corpora()
