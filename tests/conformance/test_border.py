#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""The border, and with it client, HELO and envelope, against what receivers recorded and what the cases were made with.

Without --trust the assumed border must be where the receiver of real mail took it in (its own results name the client);
with a forwarder trusted it must be where the forwarder did.
"""
import collections, glob, ipaddress, json, os, subprocess

from tap import check, skip_all

SHARED, MAILCHECK = os.environ.get('MAILCHECK_SHARED', '../shared'), os.environ['MAILCHECK']

def address(text):
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None

def scan(files, *options):
    out = {}
    for i in range(0, len(files), 200):
        p = subprocess.run([MAILCHECK, 'scan', '--no-config', '--format', 'ndjson', '--repair', 'off', '--checks', 'auth', '--jobs', '2',
                            *options, *files[i:i + 200]], capture_output=True, timeout=600)
        for line in p.stdout.decode().splitlines():
            record = json.loads(line)
            out[os.path.basename(record['source'])] = record
    return out

def rows(corpus, headers):
    """the topmost recorded result of each message"""
    by_file = collections.defaultdict(list)
    with open(SHARED + '/corpora/%s/derived.expected-spf.jsonl' % corpus) as f:
        for row in map(json.loads, f):
            if row['header'] in headers:
                by_file[row['file']].append(row)
    return {f: min(r, key=lambda row: row['pos']) for f, r in by_file.items()}

def recorded_by(corpus, host):
    with open(SHARED + '/corpora/%s/oracle.jsonl' % corpus) as f:
        return {o['id']: {a['pos'] for a in o['auth_results'] if a['authserv_id'] == host} for o in map(json.loads, f)}

def compare(name, want, got, least, helo=True):
    wrong = [(f, 'client', r['client_ip'], got[f]['client_ip']['value']) for f, r in want.items()
             if address(got[f]['client_ip']['value'] or '') != address(r['client_ip'])]
    wrong += [(f, 'HELO', r['helo'], got[f]['helo']['value']) for f, r in want.items()
              if helo and r['helo'] and (got[f]['helo']['value'] or '').lower() != r['helo'].lower()]
    check(not wrong and len(want) >= least, '%s: %d messages, %d differ' % (name, len(want), len(wrong)), wrong)

def corpora():
    want = rows('phishing', ('A-R', 'Received-SPF', 'R-SPF'))
    compare('assumed, as the receiver recorded it', want,
            scan(['%s/corpora/phishing/eml/%s' % (SHARED, f) for f in sorted(want)]), 300)
    places = recorded_by('signed', 'lists.ozlabs.org')
    want = {f: r for f, r in rows('signed', ('A-R',)).items() if r['pos'] in places.get(f, ())}
    compare('a trusted forwarder, as it recorded it', want,
            scan(['%s/corpora/signed/eml/%s' % (SHARED, f) for f in sorted(want)], '--trust', '.lfdr.de', '--trust', 'lfdr',
                 '--trust', 'lists.ozlabs.org'), 150, helo=False)  # a row's HELO may be that of an earlier Received-SPF

def cases():
    """as the cases were made; two have no line that tells, one never left its own network"""
    wrong, count = [], 0
    for file in sorted(glob.glob(SHARED + '/attacks/cases/*/expected.json')):
        with open(file) as f:
            context = json.load(f)['context']
        folder = os.path.dirname(file)
        with open(folder + '/message.eml', 'rb') as f:
            if b'\nReceived:' not in b'\n' + f.read() or not context['client_ip']:
                continue
        for trust in (True, False):
            options = [x for h in context['trusted_hosts'] for x in ('--trust', h)] if trust else []
            p = subprocess.run([MAILCHECK, '--no-config', '--format', 'json', '--fail-on', 'none', '--repair', 'off', *options, folder + '/message.eml'],
                               capture_output=True, timeout=60)
            r = json.loads(p.stdout)
            r = r[0] if isinstance(r, list) else r
            for key in ('client_ip', 'helo', 'mail_from'):
                if r[key]['value'] != context[key]:
                    wrong.append((os.path.basename(folder), trust, key, context[key], r[key]['value']))
        count += 1
    check(not wrong and count > 200, 'cases as they were made, with and without --trust: %d, %d differ' % (count, len(wrong)), wrong)

if not os.path.isdir(SHARED + '/corpora'):
    skip_all('borders', 'no shared data')
corpora()
cases()
