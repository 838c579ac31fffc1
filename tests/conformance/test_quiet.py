#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""How loud the findings are on real mail: honest mail stays below high, phishing reaches medium.

Prints the figures by code as diagnostics. With arguments: test_quiet.py CORPUS [CODE] lists the messages of one corpus that
reach its bound (of one code, whatever the severity).
"""
import collections, glob, json, os, subprocess, sys

from tap import check, end, skip_all

SHARED = os.path.join(os.environ.get('MAILCHECK_SHARED', '../shared'), 'corpora')
MAILCHECK = os.environ.get('MAILCHECK', './mailcheck')
SEVERITY = ['none', 'info', 'low', 'medium', 'high', 'critical']
CORPORA = {  # name: files, snapshots
    'signed': (['signed/eml/*'], ['signed/dns.zone', 'signed/derived.zone']),
    'ham': (['spamassassin/eml/easy-ham*', 'spamassassin/eml/hard-ham*'], []),
    'fixtures': (['fixtures-signed/eml/*'], ['fixtures-signed/dns.zone']),
    'bounces': (['bounces/*/*', 'bounces/*/*/*', 'bounces/*/*/*/*'], []),
    'phishing': (['phishing/eml/*'], ['phishing/derived.zone']),
}
HONEST_BOUND, PHISHING_BOUND = 0.02, 0.80
CHANGED = {'DKIM-FAIL-BODY', 'DKIM-FAIL-SIG', 'ARC-SEAL-FAIL', 'AR-CONTRADICTS'}

def reports(name):
    patterns, zones = CORPORA[name]
    files = sorted(f for p in patterns for f in glob.glob(os.path.join(SHARED, p))
                   if os.path.isfile(f) and os.path.getsize(f) and not f.endswith('.json'))  # reports in JSON are no mail
    dns = [x for z in zones for x in ('--dns', os.path.join(SHARED, z))]
    for i in range(0, len(files), 100):
        p = subprocess.run([MAILCHECK, '--no-config', '--format', 'ndjson', '--fail-on', 'none', *dns, *files[i:i + 100]],
                           stdout=subprocess.PIPE, timeout=600)
        for line in p.stdout.splitlines():
            r = json.loads(line)
            if r['type'] == 'message':
                yield r

def measure(name, bound):
    """Messages, those that reach the bound, and for each code how many messages it lifts there."""
    total, loud, codes = 0, [], collections.Counter()
    for r in reports(name):
        over = {f['code'] for f in r['findings'] if SEVERITY.index(f['severity']) >= SEVERITY.index(bound)}
        total += 1
        codes.update(over)
        if over:
            loud.append((r, over))
    return total, loud, codes

def show(name, want):
    bound = 'none' if want else 'medium' if name == 'phishing' else 'high'
    for r, over in measure(name, bound)[1]:
        if not want or want in over:
            print(os.path.basename(r['source']), r['offset'], r['author'])
            for f in r['findings']:
                if f['code'] == want or (not want and f['code'] in over):
                    print('   ', f['severity'], f['code'], f['detail'])

def main():
    if not os.path.isdir(SHARED):
        skip_all('findings on real mail', 'no shared data')
    if len(sys.argv) > 1:
        show(sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else None)
        return
    honest = quiet = 0
    for name in CORPORA:
        phishing = name == 'phishing'
        total, loud, codes = measure(name, 'medium' if phishing else 'high')
        print('# %s: %d messages, %d (%.1f %%) %s: %s' % (name, total, len(loud), 100 * len(loud) / max(total, 1),
              'medium or more' if phishing else 'high or more', ' '.join('%s=%d' % x for x in codes.most_common(40))))
        if phishing:
            # Who collected these put other recipients into the bodies, so that signatures fail: that proves nothing of phishing.
            print('# phishing: %d without findings about changed bytes' % sum(bool(over - CHANGED) for _, over in loud))
            check(len(loud) >= PHISHING_BOUND * total > 0, 'phishing: a finding of medium or more on %d of %d' % (len(loud), total))
        else:
            honest += total
            quiet += total - len(loud)
    check(honest and honest - quiet < HONEST_BOUND * honest,
          'honest mail: a finding of high or more on %d of %d' % (honest - quiet, honest))

main()
end()
