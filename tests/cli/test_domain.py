#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""mailcheck domain: what is remarked about domains, in JSON and as text. Expectations follow from the clauses named."""
import json, os, subprocess

from tap import check, end

MAILCHECK, TMP = os.environ['MAILCHECK'], os.environ['TMPDIR']
ZONE = r'''
;@ complete
good.example. IN TXT "v=spf1 ip4:192.0.2.0/28 -all"
good.example. IN MX 10 mx.good.example.
mx.good.example. IN A 192.0.2.1
_dmarc.good.example. IN TXT "v=DMARC1; p=reject; rua=mailto:d@good.example"
_mta-sts.good.example. IN TXT "v=STSv1; id=2026"
mta-sts.good.example. IN A 192.0.2.2
_smtp._tls.good.example. IN TXT "v=TLSRPTv1; rua=mailto:t@good.example"
quiet.example. IN MX 0 .
quiet.example. IN TXT "v=spf1 -all"
_dmarc.quiet.example. IN TXT "v=DMARC1; p=reject; rua=mailto:d@quiet.example"
unguarded.example. IN MX 0 .
bad.example. IN TXT "v=spf1 +all"
bad.example. IN MX 10 alias.bad.example.
bad.example. IN MX 20 gone.bad.example.
alias.bad.example. IN CNAME mx.good.example.
_dmarc.bad.example. IN TXT "v=DMARC1; p=reject; sp=none; pct=10; rua=mailto:r@collector.test,mailto:s@agreed.test"
bad.example._report._dmarc.agreed.test. IN TXT "v=DMARC1;"
news.bad.example. IN TXT "v=spf1 include:nobody.test ptr a:x.bad.example ?all"
_dmarc.news.bad.example. IN TXT "v=DMARC1; p=none"
quoted.example. IN TXT "\"v=spf1 -all\""
_dmarc.quoted.example. IN TXT "v=DMARC1\\; p=reject"
two.example. IN TXT "v=spf1 -all"
two.example. IN TXT "v=spf1 mx -all"
_dmarc.two.example. IN TXT "v=DMARC1; p=reject"
_dmarc.two.example. IN TXT "v=DMARC1; p=none"
many.example. IN TXT "v=spf1 a a a a a a a a a a a -all"
many.example. IN A 192.0.2.3
voids.example. IN TXT "v=spf1 a:v1.voids.example a:v2.voids.example a:v3.voids.example -all"
wrong.example. IN TXT "v=spf1 ip4:192.0.2 -all"
wrong.example. IN MX 10 mx.good.example.
_dmarc.wrong.example. IN TXT "v=DMARC1; p=rejct"
weak._domainkey.good.example. IN TXT "v=DKIM1; k=rsa; p="
loop.example. IN TXT "v=spf1 include:loop.example -all"
tree.example. IN TXT "v=spf1 include:one.tree.example include:two.tree.example -all"
one.tree.example. IN TXT "v=spf1 ip4:192.0.2.0/24 ~all"
two.tree.example. IN TXT "v=spf1 ip4:192.0.2.128/25 ip4:198.51.100.0/24 ~all"
'''
EXPECT = {  # domain: codes that must be there, codes that must not
    'good.example': ('', 'SPF-NONE AUTH-NO-DMARC STS-HOST TLSRPT-NONE DMARC-P-NONE SPF-WIDE MX-DANGLING'),
    'quiet.example': ('', 'SPF-NONE AUTH-NO-DMARC MX-NONE'),
    'unguarded.example': ('SPF-NONE AUTH-NO-DMARC', 'MX-NONE'),
    'bad.example': ('SPF-PLUS-ALL MX-CNAME MX-DANGLING DMARC-SP-HOLE DMARC-NP-HOLE DMARC-PCT DMARC-REPORT-EXTERNAL', 'SPF-NONE'),
    'news.bad.example': ('SPF-DANGLING SPF-PTR SPF-VOID SPF-NEUTRAL DMARC-HIDES-PARENT DMARC-P-NONE DMARC-NO-RUA', 'SPF-PLUS-ALL'),
    'quoted.example': ('SPF-QUOTED DMARC-SYNTAX', 'SPF-NONE'),
    'two.example': ('SPF-MULTI DMARC-MULTI', 'SPF-NONE'),
    'many.example': ('SPF-PERMERROR-LOOKUPS', 'SPF-VOID'),
    'voids.example': ('SPF-VOID', 'SPF-PERMERROR-LOOKUPS'),
    'wrong.example': ('SPF-SYNTAX DMARC-SYNTAX', 'SPF-DANGLING'),
    'loop.example': ('SPF-PERMERROR-LOOKUPS', 'SPF-NONE'),
    'tree.example': ('', 'SPF-WIDE SPF-VOID'),
}

def run(*args):
    return subprocess.run([MAILCHECK, 'domain', '--no-config', *args], capture_output=True, timeout=60)

def main():
    zone = os.path.join(TMP, 'dns.zone')
    with open(zone, 'w') as f:
        f.write(ZONE)
    p = run('--dns', zone, '--format', 'json', *EXPECT)
    reports = {r['domain']: r for r in json.loads(p.stdout)}
    check(p.stdout.isascii() and list(reports) == list(EXPECT), 'one record a domain, in order')
    for name, (must, must_not) in EXPECT.items():
        notes = [n for s in reports[name]['sections'] for n in s['notes']]
        codes = {n['code'] for n in notes}
        lacks, over = set(must.split()) - codes, set(must_not.split()) & codes
        check(not lacks and not over, '%s%s' % (name, ': lacks %s, has %s' % (sorted(lacks), sorted(over)) if lacks or over else ''))
        check(all(n['clause'] and n['text'] for n in notes), '%s: each remark has its clause' % name)
    fix = [n for s in reports['bad.example']['sections'] for n in s['notes'] if n['code'] == 'DMARC-REPORT-EXTERNAL']
    check(len(fix) == 1 and 'bad.example._report._dmarc.collector.test. TXT "v=DMARC1;"' in fix[0]['advice'],
          'the record that would authorise the reports is given')
    section = {s['name']: s for s in reports['tree.example']['sections']}
    check(any(line.startswith('512 IPv4 addresses, 2 of 10 lookups, 0 of 2 void, 3 records') for line in section['SPF']['lines']),
          'the size of the tree: overlapping ranges count once')
    section = {s['name']: s for s in reports['good.example']['sections']}
    check(any('weak' in line and 'revoked' in line for line in section['DKIM']['lines']), 'a selector of the snapshot is found')
    check(reports['quiet.example']['no_mail'] and not reports['good.example']['no_mail'], 'a null MX says that there is no mail')
    check(run('--dns', zone, 'quiet.example').returncode == 0, 'exit status 0 without remarks that matter')
    check(run('--dns', zone, 'bad.example').returncode == 1, 'exit status 1 with them')
    check(run('--dns', zone, 'not_a_name').returncode == 2, 'exit status 2 for what is no domain')
    partial = os.path.join(TMP, 'partial.zone')
    with open(partial, 'w') as f:
        f.write('half.example. IN TXT "v=spf1 include:unknown.example -all"\n')
    r = json.loads(run('--dns', partial, '--format', 'json', 'half.example').stdout)
    codes = {n['code'] for s in r['sections'] for n in s['notes']}
    check(not r['complete'] and 'unknown.example TXT' in r['missing'] and not codes & {'SPF-DANGLING', 'AUTH-NO-DMARC', 'SPF-SYNTAX'},
          'what is not recorded is listed, not judged')
    text = run('--dns', zone, '--width', '100', 'tree.example').stdout.decode()
    tree = ['  include:one.tree.example  lookup 1', '    v=spf1 ip4:192.0.2.0/24 ~all',
            '    ip4:192.0.2.0/24  covers 192.0.2.0 - 192.0.2.255', '  include:two.tree.example  lookup 2']
    places = [text.find(line + '\n') for line in tree]
    check(-1 not in places and places == sorted(places), 'the tree as text')
    check(all(len(line) <= 100 for line in text.splitlines()), 'no line is wider than asked')
    end()

main()
