#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""Real messages of the shared corpora: each gets a report, and every signature and chain the verdict that is known of it."""
import glob, json, os, subprocess

from tap import check, skip

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
MAILCHECK = os.environ.get('MAILCHECK', ROOT + '/mailcheck')
CORPORA = os.path.join(os.environ.get('MAILCHECK_SHARED', ROOT + '/../shared'), 'corpora')
ASAN = os.environ.get('MODE') == 'asan'

def reports(folder, zone, files, *more):
    """file name -> report; all files in one call"""
    out = {}
    for at in range(0, len(files), 400):
        p = subprocess.run([MAILCHECK, '--no-config', '--format', 'ndjson', '--fail-on', 'none', '--repair', 'off', '--dns', zone] + list(more)
                           + [os.path.join(folder, f) for f in files[at:at + 400]], capture_output=True, timeout=900)
        for line in p.stdout.splitlines():
            r = json.loads(line)
            out.setdefault(os.path.basename(r['source']), r)
    return out

def klass(r):
    if r['cause'] in ('not-recorded', 'key-missing', 'key-revoked', 'dns-failed'):
        return 'nokey'
    return {'pass': 'pass', 'permerror': 'permerror'}.get(r['result'], 'fail')

def signed():
    rows = [json.loads(l) for l in open(CORPORA + '/signed/expect.jsonl')][::8 if ASAN else 1]
    got = reports(CORPORA + '/signed/eml', CORPORA + '/signed/dns.zone', [r['file'] for r in rows])
    check(len(got) == len(rows), 'signed: %d of %d messages have a report' % (len(got), len(rows)))
    n = arcs = 0
    bad, bad_arc = [], []
    for row in rows:
        r = got.get(row['file'])
        if not r:
            continue
        by_field = {s['field']: s for s in r['dkim']}
        for want in row['dkim']:
            s = by_field.get(want['header'])
            n += 1
            # what counts is the cryptography; how a broken field is called (fail or permerror) is not in the expectation
            have = s and klass(s)
            right = have == want['verdict'] or {have, want['verdict']} == {'fail', 'permerror'} or (
                s and want['verdict'] == 'pass' and s['signature'] == 'valid' and s['body_hash'] == 'match')
            # a body without the hash of bh= fails whatever the key says; the expectation stops at the missing key
            right = right or (s and want['verdict'] == 'nokey' and want['body_hash'] is False and s['body_hash'] == 'mismatch')
            if not right:
                bad.append('%s d=%s want %s (%s) got %s (%s)' % (row['file'], want['d'], want['verdict'], want['why'], have, s and s['cause']))
        if row['arc'] and row['arc']['verdict'] in ('pass', 'fail'):
            arcs += 1
            if r['arc']['result'] != row['arc']['verdict']:
                bad_arc.append('%s want %s (%s) got %s' % (row['file'], row['arc']['verdict'], row['arc']['why'], r['arc']['result']))
    check(n and not bad, 'signed: %d of %d signatures agree' % (n - len(bad), n), bad)
    check(arcs and not bad_arc, 'signed: %d of %d ARC chains agree' % (arcs - len(bad_arc), arcs), bad_arc)

def fixtures():
    rows = [json.loads(l) for l in open(CORPORA + '/fixtures-signed/expect.jsonl')]
    got = reports(CORPORA + '/fixtures-signed/eml', CORPORA + '/fixtures-signed/dns.zone', [r['file'] for r in rows], '--at', 'receipt')
    n = 0
    bad = []
    for row in rows:
        r = got.get(row['file'])
        for i, want in enumerate(row['dkimpy']):
            s = r['dkim'][i] if r and i < len(r['dkim']) else None
            have = s and klass(s)
            word = {'pass': 'pass', 'nokey': 'nokey'}.get(want['res'], 'fail')
            if 'x= value is past' in str(want.get('err')):
                continue  # dkimpy judges x= by today and looks no further
            if s and s['cause'] == 'algorithm-forbidden':  # rsa-sha1 is refused (RFC 8301), its outcome is told all the same
                have = 'pass' if s['signature'] == 'valid' and s['body_hash'] == 'match' else 'fail'
            n += 1
            if not (have == word or (word == 'fail' and have == 'permerror')):
                bad.append('%s d=%s dkimpy says %s (%s), we %s (%s)' % (row['file'], want['d'], want['res'], str(want.get('err'))[:50], have, s and s['cause']))
    check(n and len(bad) * 20 <= n, 'fixtures-signed: %d of %d agree with dkimpy, at least 95 %%' % (n - len(bad), n), bad)

def every():
    for name in ('phishing/eml', 'spamassassin/eml', 'parser-fixtures/*', 'bounces/*'):
        files = sorted(f for d in glob.glob(CORPORA + '/' + name) for f in glob.glob(d + '/**', recursive=True) if os.path.isfile(f))[::8 if ASAN else 1]
        wanted = len(files)
        lines, codes = 0, []
        for at in range(0, len(files), 400):
            p = subprocess.run([MAILCHECK, '--no-config', '--format', 'ndjson', '--fail-on', 'none'] + files[at:at + 400], capture_output=True, timeout=900)
            sources = {json.loads(l)['source'] for l in p.stdout.splitlines()}
            lines += len(sources)
            codes.append(p.returncode)
        # an mbox without a message, or an empty archive, is no message; every other file gives at least one record
        check(all(c in (0, 2) for c in codes) and lines >= wanted * 0.97, '%s: %d of %d files have a report, exit %s' % (name, lines, wanted, codes))

if not os.path.isdir(CORPORA):
    skip('real messages', 'no shared data')
else:
    signed(), fixtures(), every()
