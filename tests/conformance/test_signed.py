#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""Real signed mail: every DKIM signature and every ARC set against the verdicts that stand beside the shared corpora, and how
many broken signatures the repair search proves. Differences that are allowed are listed here with their clause."""
import gzip, json, os, subprocess

from tap import check, end, skip_all

BIN, SHARED = os.environ['MAILCHECK'], os.environ['MAILCHECK_SHARED'] + '/corpora'
ASAN = os.environ.get('MODE') != 'plain'

def records(zone, files, *options):
    out = []
    for i in range(0, len(files), 100):
        cmd = [BIN, '--no-config', '--format', 'ndjson', '--fail-on', 'none', '--dns', zone] + list(options) + files[i:i + 100]
        p = subprocess.run(cmd, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        if p.returncode < 0:
            check(False, 'mailcheck ends by itself', [p.stderr.decode('utf-8', 'replace')[-2000:]])
        out += [json.loads(l) for l in p.stdout.splitlines()]
    return out

def dkim_agrees(want, got):
    """the corpus's words: pass, fail with why (which half), nokey, permerror"""
    verdict, why = want['verdict'], want['why']
    if want['body_hash'] is not None and want['body_hash'] != (got['body_hash'] == 'match') and got['body_hash'] != 'unchecked':
        return False
    if verdict == 'pass':
        return got['signature'] == 'valid' and got['result'] == 'pass'
    if verdict == 'nokey':
        # An Ed25519 signature whose body hash does not match fails whatever its key says (RFC 6376 6.1.3).
        return got['cause'] == 'not-recorded' or (want['body_hash'] is False and got['cause'] == 'body-changed')
    if verdict == 'permerror':
        return got['result'] == 'permerror'
    if why == 'body':
        return got['result'] == 'fail' and got['body_hash'] == 'mismatch'
    state = {'header': ('invalid', 'wrong-key'), 'body(header ok)': ('valid',), 'body+header': ('invalid', 'wrong-key')}[why]
    return got['result'] == 'fail' and got['signature'] in state

def set_agrees(want, got):
    part = got['seal' if want['kind'] == 'AS' else 'message_signature']
    return part['result'] == {'pass': 'pass', 'fail': 'fail', 'nokey': 'temperror'}.get(want['verdict']) or \
        (want['verdict'] == 'nokey' and part['cause'] == 'body-changed')

def signed():
    folder = SHARED + '/signed/'
    expect = [json.loads(l) for l in open(folder + 'expect.jsonl')]
    rows = records(folder + 'dns.zone', [folder + 'eml/' + e['file'] for e in expect], '--repair', 'off' if ASAN else 'quick')
    check(len(rows) == len(expect), 'a record for each of %d messages' % len(expect))
    bad, sets_bad, arc_bad, n, sets = [], [], [], 0, 0
    tally = {'body': [0, 0], 'header': [0, 0]}
    for e, r in zip(expect, rows):
        for want, got in zip(e['dkim'], r['dkim']):
            n += 1
            if not dkim_agrees(want, got):
                bad.append('%s d=%s want %s %s got %s %s' % (e['file'], want['d'], want['verdict'], want['why'], got['result'], got['cause']))
            half = 'body' if want['body_hash'] is False and want['verdict'] == 'fail' else 'header' if want['why'] == 'header' else None
            if half:
                tally[half][1] += 1
                tally[half][0] += bool(got['repair'] and got['repair']['proven'])
        if not e['arc']:
            continue
        if r['arc']['result'] != {'pass': 'pass'}.get(e['arc']['verdict'], 'fail'):
            arc_bad.append('%s want %s got %s' % (e['file'], e['arc']['verdict'], r['arc']['result']))
        have = {s['i']: s for s in r['arc']['sets']}
        for want in e['arc']['sets']:
            sets += 1
            if want['i'] not in have or not set_agrees(want, have[want['i']]):
                sets_bad.append('%s set %d %s want %s' % (e['file'], want['i'], want['kind'], want['verdict']))
    check(not bad, '%d DKIM signatures agree' % n, bad)
    check(not arc_bad, 'every ARC chain agrees', arc_bad)
    check(not sets_bad, '%d ARC seals and message signatures agree' % sets, sets_bad)
    if not ASAN:
        check(tally['body'][0] >= 140, 'broken bodies proven: %d of %d' % tuple(tally['body']))
        check(tally['header'][0] >= 30, 'broken headers proven: %d of %d' % tuple(tally['header']))

def fixtures():
    folder = SHARED + '/fixtures-signed/'
    expect = [json.loads(l) for l in open(folder + 'expect.jsonl')]
    rows = records(folder + 'dns.zone', [folder + 'eml/' + e['file'] for e in expect], '--repair', 'off')
    n, bad = 0, []
    for e, r in zip(expect, rows):
        for want, got in zip(e['dkimpy'], r['dkim']):
            n += 1
            same = {'pass': got['result'] == 'pass', 'nokey': got['result'] == 'temperror'}.get(
                want['res'], got['result'] in ('fail', 'permerror'))
            # RFC 8301 3.1: rsa-sha1 is computed and shown, and never a pass.
            if want['res'] == 'pass' and got['cause'] == 'algorithm-forbidden':
                same = got['signature'] == 'valid' and got['body_hash'] == 'match'
            # The key is not known, the body does not match: it fails whatever the key says (RFC 6376 6.1.3).
            if want['res'] == 'nokey' and got['body_hash'] == 'mismatch':
                same = got['result'] == 'fail'
            if not same:
                bad.append('%s want %s %s got %s %s' % (e['file'], want['res'], want['err'][:40], got['result'], got['cause']))
    check(len(bad) <= n * 0.05, 'fixtures of other software: %d of %d agree' % (n - len(bad), n), bad)

def archive():
    folder = SHARED + '/list-archive/'
    rows = {r['offset']: r for r in records(SHARED + '/signed/dns.zone', [folder + 'ksummit.mbox'], '--repair', 'off')}
    starts = sorted(rows)
    n, bad, at = 0, [], 0
    for line in gzip.open(folder + 'ksummit.verdicts.jsonl.gz', 'rt'):
        v = json.loads(line)
        while starts[at] < v['offset']:
            at += 1
        for (d, s, word), got in zip(v['dkim'], rows[starts[at]]['dkim']):
            n += 1
            # Keys that this zone does not hold are not recorded, whatever the index had.
            if got['cause'] != 'not-recorded' and got['result'] != word.split(':')[0]:
                bad.append('@%d d=%s want %s got %s' % (v['offset'], d, word, got['result']))
    check(n > 2900 and not bad, 'a whole list archive: %d signatures agree' % n, bad)

if not os.path.exists(SHARED + '/signed/expect.jsonl'):
    skip_all('real signed mail', 'no shared data')
signed()
fixtures()
if not ASAN:
    archive()
end()
