#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""The stories of testdata/: what is true of each (truth.json, by hand), and the whole output (expected.txt, expected.json).

MAILCHECK_UPDATE=1 writes the expected output anew; read the difference before committing it.
"""
import glob, json, os, shlex, subprocess

from tap import check

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
MAILCHECK = os.environ.get('MAILCHECK', ROOT + '/mailcheck')
UPDATE = os.environ.get('MAILCHECK_UPDATE')
SEVERITY = ['none', 'info', 'low', 'medium', 'high', 'critical']

def run(folder, *more):
    options = shlex.split(open('options').read()) if os.path.exists('options') else []
    file = 'message.mbox' if os.path.exists('message.mbox') else 'message.eml'
    p = subprocess.run([MAILCHECK, '--no-config', '--no-pager', '--fail-on', 'none', '--dns', 'dns.zone'] + options + list(more) + [file],
                       capture_output=True, timeout=120)
    return p.returncode, p.stdout, p.stderr.decode('utf-8', 'replace')

def wrongs(r, t):
    """what of the truth T the record R does not say"""
    out = []
    def same(name, got, want):
        if got != want: out.append('%s is %r, not %r' % (name, got, want))
    for name in ('author', 'complete'):
        if name in t: same(name, r[name], t[name])
    for name in ('spf', 'dmarc', 'arc'):
        if name in t: same(name, r[name + '_result'], t[name])
    for name in ('mail_from', 'client_ip', 'helo'):
        if name in t: same(name, r[name]['value'], t[name])
    if 'dkim' in t:
        got = [[s['domain'], s['result'], s['cause']] for s in r['dkim']]
        want = [[d, x, got[i][2] if c == '*' and i < len(got) else c] for i, (d, x, c) in enumerate(t['dkim'])]
        same('dkim', got, want)
    for name in ('signature', 'body_hash'):
        if name in t: same(name, [s[name] for s in r['dkim']], t[name])
    for name in ('policy', 'policy_tag', 'disposition', 'org_domain'):
        if name in t: same(name, r['dmarc'][r['dmarc']['standard']][name], t[name])
    if 'mechanism' in t: same('mechanism', r['spf']['mail_from']['mechanism'], t['mechanism'])
    if 'lookups' in t: same('lookups', r['spf']['mail_from']['lookups'], t['lookups'])
    codes = [f['code'] for f in r['findings']]
    out += ['lacks ' + c for c in t.get('codes', []) if c not in codes]
    if 'most' in t and SEVERITY.index(r['severity']) > SEVERITY.index(t['most']):
        out.append('severity %s above %s: %s' % (r['severity'], t['most'], ' '.join(codes)))
    if 'least' in t and SEVERITY.index(r['severity']) < SEVERITY.index(t['least']):
        out.append('severity %s below %s: %s' % (r['severity'], t['least'], ' '.join(codes)))
    if 'missing' in t:
        out += ['does not miss ' + n for n in t['missing'] if n not in [m['name'] for m in r['missing']]]
    if 'recorded' in t:
        same('recorded', ['%s=%s' % (x['method'], x['result']) for f in r['recorded'] for x in f['results']], t['recorded'])
    if 'disagree' in t:
        same('disagreements', [c['method'] for c in r['comparisons'] if c['agrees'] is False], t['disagree'])
    for domain in t.get('repaired', []):
        if not any(s['domain'] == domain and s['repair'] and s['repair']['proven'] for s in r['dkim']):
            out.append('the signature of %s is not repaired' % domain)
    return out

def golden(name, file, got):
    if UPDATE:
        open(file, 'wb').write(got)
    if not os.path.exists(file):
        check(False, '%s: %s' % (name, file), 'there is none; MAILCHECK_UPDATE=1 writes it')
        return
    want = open(file, 'rb').read()
    if got != want:
        a, b = want.decode('utf-8', 'replace').splitlines(), got.decode('utf-8', 'replace').splitlines()
        n = next((i for i, (x, y) in enumerate(zip(a, b)) if x != y), min(len(a), len(b)))
        why = 'line %d is %r' % (n + 1, b[n][:160] if n < len(b) else 'missing')
    check(got == want, '%s: %s' % (name, file), '' if got == want else why)

def story(folder):
    name = os.path.basename(folder)
    os.chdir(folder)
    code, text, err = run(folder, '--width', '100')
    check(code == 0 and not err, '%s: plain' % name, 'exit %d %s' % (code, err))
    code, record, err = run(folder, '--format', 'json')
    check(code == 0 and not err, '%s: json' % name, 'exit %d %s' % (code, err))
    try:
        records = json.loads(record)
    except ValueError as e:
        check(False, '%s: truth' % name, str(e))
        return
    records = records if isinstance(records, list) else [records]
    truth = json.load(open('truth.json'))
    truth = truth if isinstance(truth, list) else [truth]
    check(len(records) == len(truth), '%s: messages' % name, '%d, not %d' % (len(records), len(truth)))
    for n, (r, t) in enumerate(zip(records, truth)):
        bad = wrongs(r, t)
        check(not bad, '%s: truth %d' % (name, n + 1), '; '.join(bad))
    golden(name, 'expected.txt', text)
    golden(name, 'expected.json', record)

folders = sorted(os.path.dirname(f) for f in glob.glob(ROOT + '/testdata/*/truth.json'))
check(len(folders) >= 20, 'at least 20 stories', str(len(folders)))
for folder in folders:
    story(folder)
