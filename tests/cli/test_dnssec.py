#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""DNSSEC: a signed hierarchy (root, a TLD, zones with NSEC and NSEC3, one broken, one expired, one unsigned) is recorded from
nsd and validated offline, at the time of the recording."""
import glob, json, os, re, shutil, subprocess, sys

from tap import check, skip_all

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import nameserver

MAILCHECK, TMP = os.environ['MAILCHECK'], os.environ['TMPDIR']

def run(*args):
    p = subprocess.run([MAILCHECK] + list(args), stdout=subprocess.PIPE, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL)
    return p.returncode, p.stdout.decode(), p.stderr.decode()

if not nameserver.NSD or not shutil.which('ldns-signzone'):
    skip_all('a signed hierarchy', 'no nsd or no ldnsutils')

KEY = '"v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="'
WORK = TMP + '/zones'
os.makedirs(WORK)

def tool(*args):
    p = subprocess.run(args, cwd=WORK, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if p.returncode:
        raise SystemExit('not ok - %s: %s' % (' '.join(args), p.stdout.decode()))
    return p.stdout.decode().strip()

def sign(origin, text, nsec3=False, until='20300101'):
    """The signed zone and its DS record."""
    keys = [tool('ldns-keygen', '-a', 'ECDSAP256SHA256', '-k', origin), tool('ldns-keygen', '-a', 'ECDSAP256SHA256', origin)]
    name = 'zone' + origin
    with open(WORK + '/' + name, 'w') as f:
        f.write('$ORIGIN %s\n$TTL 300\n@ SOA ns.test. host.test. 1 3600 600 86400 300\n@ NS ns.test.\n%s' % (origin, text))
    tool('ldns-signzone', '-i', '20240101', '-e', until, *(['-n', '-t', '5', '-s', 'beef'] if nsec3 else []), '-f', name + '.signed', name, *keys)
    return open(WORK + '/' + name + '.signed').read(), open(WORK + '/' + keys[0] + '.ds').read()

leaf = 's._domainkey TXT %s\n@ TXT "v=spf1 -all"\nmail A 192.0.2.1\n*.wild TXT "any"\ndeep.a.b A 192.0.2.2\n' % KEY
signed, ds = {}, {}
signed['nsec.test.'], ds['nsec.test.'] = sign('nsec.test.', leaf + 'al CNAME s._domainkey.plain.test.\nal2 CNAME s._domainkey.n3.test.\n')
signed['n3.test.'], ds['n3.test.'] = sign('n3.test.', leaf, nsec3=True)
signed['broken.test.'], ds['broken.test.'] = sign('broken.test.', leaf)
signed['broken.test.'] = signed['broken.test.'].replace('p=11qYAYKx', 'p=22qYAYKx')
signed['expired.test.'], ds['expired.test.'] = sign('expired.test.', leaf, until='20250101')
plain = '$ORIGIN plain.test.\n$TTL 300\n@ SOA ns.test. host.test. 1 3600 600 86400 300\n@ NS ns.test.\n' + leaf
signed['test.'], ds['test.'] = sign('test.', 'ns A 127.0.0.1\n' + ''.join('%s NS ns.test.\n%s\n' % (z, ds.get(z, '')) for z in
    ('nsec.test.', 'n3.test.', 'broken.test.', 'expired.test.', 'plain.test.')))
signed['.'], anchor = sign('.', 'test. NS ns.test.\n' + ds['test.'])
open(TMP + '/anchor', 'w').write(anchor)
_, other = sign('.', '')
open(TMP + '/other-anchor', 'w').write(other)

zones = dict(reversed(list(signed.items())))
zones['plain.test.'] = plain
names = [('s._domainkey.nsec.test', 'TXT'), ('gone.nsec.test', 'TXT'), ('nsec.test', 'AAAA'), ('a.wild.nsec.test', 'TXT'),
         ('a.wild.nsec.test', 'A'), ('b.nsec.test', 'TXT'), ('x.gone.nsec.test', 'TXT'), ('al.nsec.test', 'TXT'), ('al2.nsec.test', 'TXT'),
         ('s._domainkey.n3.test', 'TXT'), ('gone.n3.test', 'TXT'), ('n3.test', 'MX'), ('b.n3.test', 'TXT'), ('a.wild.n3.test', 'TXT'),
         ('s._domainkey.broken.test', 'TXT'), ('broken.test', 'TXT'), ('s._domainkey.expired.test', 'TXT'), ('gone.expired.test', 'TXT'),
         ('s._domainkey.plain.test', 'TXT'), ('gone.plain.test', 'TXT'), ('plain.test', 'MX')]
open(TMP + '/needs', 'w').write(''.join('%s. %s\n' % n for n in names))
nsd = nameserver.Nsd(TMP + '/nsd', zones)
try:
    code, out, err = run('dns', 'record', '--no-config', '--dnssec', '--needs', TMP + '/needs', '--output', TMP + '/now.zone',
                         '--server', nsd.address, '--rate', '1000')
    check(code == 0, 'recorded', err)
finally:
    nsd.stop()
text = open(TMP + '/now.zone').read()
for word in ('RRSIG\tTXT', 'DNSKEY', 'DS', 'NSEC', 'NSEC3'):
    check('\tIN\t' + word in text, 'the recording holds ' + word, text[:300])

def states(text, *more):
    """(name, type) -> state of every answer, when TEXT was recorded at the fixed time."""
    path = TMP + '/fixed.zone'
    open(path, 'w').write(text)
    code, out, err = run('dns', 'list', '--no-config', '--format', 'json', path, *more)
    if code or err:
        check(False, 'list', (code, err))
        return {}
    return {(r['name'], r['type']): r['records'][0]['dnssec'] if r['records'] else r['dnssec'] for r in json.loads(out)}

def at(time, text=text):
    return re.sub(r'(?m)^;@ recorded \S+', ';@ recorded ' + time, text)

fixed, own = at('2026-11-10T09:12:44Z'), ('--anchor', TMP + '/anchor')
got = states(fixed, *own)
expected = {
    ('s._domainkey.nsec.test', 'TXT'): 'secure', ('gone.nsec.test', '*'): 'secure', ('nsec.test', 'AAAA'): 'secure',
    ('a.wild.nsec.test', 'TXT'): 'secure', ('a.wild.nsec.test', 'A'): 'secure', ('b.nsec.test', 'TXT'): 'secure',
    ('x.gone.nsec.test', '*'): 'secure', ('al.nsec.test', 'CNAME'): 'secure',
    ('s._domainkey.n3.test', 'TXT'): 'secure', ('gone.n3.test', '*'): 'secure', ('n3.test', 'MX'): 'secure', ('b.n3.test', 'TXT'): 'secure',
    ('a.wild.n3.test', 'TXT'): 'secure',
    ('s._domainkey.broken.test', 'TXT'): 'bogus', ('broken.test', 'TXT'): 'secure',
    ('s._domainkey.expired.test', 'TXT'): 'bogus', ('gone.expired.test', '*'): 'bogus',
    ('s._domainkey.plain.test', 'TXT'): 'insecure', ('gone.plain.test', '*'): 'insecure', ('plain.test', 'MX'): 'insecure',
    ('test', 'DS'): 'secure', ('', 'DNSKEY'): 'secure', ('plain.test', 'DS'): 'secure'}
for key, state in expected.items():
    check(got.get(key) == state, '%s %s is %s' % (key + (state,)), (got.get(key), got))
then = states(at('2024-06-01T00:00:00Z'), *own)
check(then.get(('s._domainkey.expired.test', 'TXT')) == 'secure', 'what has expired was secure when it was recorded', then)
later = states(at('2031-01-01T00:00:00Z'), *own)
check(later.get(('s._domainkey.nsec.test', 'TXT')) == 'bogus', 'signatures do not hold after their end', later)
check(set(states(fixed, '--anchor', TMP + '/other-anchor').values()) & {'secure', 'insecure'} == set(), 'under another anchor nothing is proven')
check('secure' not in states(fixed).values(), 'nor under the real root')
without = re.sub(r'(?m)^s\._domainkey\.nsec\.test\.\s.*RRSIG.*\n', '', fixed)
check(states(without, *own).get(('s._domainkey.nsec.test', 'TXT')) == 'unsigned', 'a signature taken away leaves nothing secure')
without = re.sub(r'(?m)^broken\.test\.\s.*RRSIG\tTXT.*\n', '', fixed)
check(states(without, *own).get(('broken.test', 'TXT')) == 'bogus', 'at the top of a zone that is signed it is missed')
without = re.sub(r'(?m)^\S+\s\d+\sIN\sNSEC3?\s.*\n', '', fixed)
got = states(without, *own)
check(got.get(('gone.nsec.test', '*')) == 'unsigned' and got.get(('nsec.test', 'AAAA')) == 'bogus', 'so with denials', got)
check(got.get(('s._domainkey.nsec.test', 'TXT')) == 'secure', 'which does not hurt what is signed', got)
without = re.sub(r'(?m)^\S+\s\d+\sIN\sDNSKEY\s.*\n', '', fixed)
check(set(states(without, *own).values()) <= {'unknown'}, 'without keys nothing is known')
without = re.sub(r'(?m)^plain\.test\.\s.*\n|^;@ nodata plain\.test\. DS\n', '', fixed)
check(states(without, *own).get(('s._domainkey.plain.test', 'TXT')) == 'unsigned', 'without proof of the delegation it is only unsigned', states(without, *own))
forged = fixed.replace(';@ nxdomain gone.nsec.test.', ';@ nxdomain mail.nsec.test.').replace(';@ nodata n3.test. MX', ';@ nodata n3.test. TXT')
got = states(forged, *own)
check(got.get(('mail.nsec.test', '*')) == 'bogus' and got.get(('n3.test', 'TXT')) == 'bogus', 'a denial of what exists is bogus', got)
merged = states(at('2024-06-01T00:00:00Z') + fixed, *own)
check(merged.get(('s._domainkey.nsec.test', 'TXT')) == 'secure', 'two recordings in one file', merged)

# --- in a report
signature = ('DKIM-Signature: v=1; a=ed25519-sha256; c=relaxed/relaxed; d=%s; s=s; h=from; bh=AAAA; b=AAAA\r\n'
             'From: a@%s\r\nDate: Tue, 10 Nov 2026 09:12:40 +0000\r\n\r\nhello\r\n')
for domain, state in (('nsec.test', 'secure'), ('broken.test', 'bogus'), ('plain.test', 'insecure'), ('expired.test', 'bogus')):
    path = TMP + '/m.eml'
    open(path, 'w', newline='').write(signature % (domain, domain))
    open(TMP + '/fixed.zone', 'w').write(fixed)
    code, out, err = run('--no-config', '--fail-on', 'none', '--format', 'json', '--dns', TMP + '/fixed.zone', *own, path)
    check(code == 0 and json.loads(out)['dkim'][0]['key']['dnssec'] == state, 'a report on %s says %s' % (domain, state), (out, err))
for bad, why in ((TMP + '/none', 'cannot open'), (TMP + '/needs', 'no trust anchors')):
    code, out, err = run('--no-config', '--dns', TMP + '/fixed.zone', '--anchor', bad, TMP + '/m.eml')
    check(code == 2 and why in err, '--anchor is refused: ' + why, (code, err))
