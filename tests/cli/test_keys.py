#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""Key recovery: fresh selectors sign a dump with python3-dkim, a part of it is changed; what comes back equals openssl's keys.

Small exponents, so that it takes seconds; one key has 65537 (in the plain build only). MAILCHECK_KEYS=N makes N selectors."""
import base64, json, os, random, re, subprocess

from tap import check, end, import_dkim, skip_all

dkim = import_dkim('keys')
MAILCHECK, TMP, MODE = os.environ['MAILCHECK'], os.environ['TMPDIR'], os.environ.get('MODE', 'plain')

def make_key(bits, exponent):
    pem = subprocess.run(['openssl', 'genpkey', '-algorithm', 'RSA', '-pkeyopt', 'rsa_keygen_bits:%d' % bits,
                          '-pkeyopt', 'rsa_keygen_pubexp:%d' % exponent], capture_output=True, check=True).stdout
    old = subprocess.run(['openssl', 'rsa', '-traditional'], input=pem, capture_output=True, check=True).stdout
    der = subprocess.run(['openssl', 'rsa', '-pubout', '-outform', 'DER'], input=pem, capture_output=True, check=True).stdout
    return old, base64.b64encode(der).decode()

def message(selector, n, key, day):
    text = ('From: a@%s.example\r\nTo: b@example.org\r\nSubject: number %d\r\nDate: Mon, %02d Nov 2025 10:00:00 +0000\r\n'
            'Message-ID: <%d@%s.example>\r\n\r\nText %d of %s\r\n' % (selector, n, day, n, selector, n, selector)).encode()
    signature = dkim.sign(text, b's', (selector + '.example').encode(), key, include_headers=[b'from', b'to', b'subject', b'date'],
                          canonicalize=(b'relaxed', b'simple') if n % 2 else (b'simple', b'relaxed'))
    return signature + text

def recover(mbox, zone, *more):
    return subprocess.run([MAILCHECK, 'keys', 'recover', '--no-config', '--output', zone, *more, mbox], capture_output=True, timeout=900)

def rows_of(mbox, zone):
    p = subprocess.run([MAILCHECK, 'keys', 'list', '--no-config', '--dns', zone, '--format', 'ndjson', mbox], capture_output=True,
                       timeout=120)
    return {r['domain']: r for r in map(json.loads, p.stdout.splitlines())}

def main():
    rng = random.Random(7)
    keys, dump = {}, []
    many = 'MAILCHECK_KEYS' in os.environ
    total = int(os.environ.get('MAILCHECK_KEYS', '6'))
    plan = [('k%d' % i, 2048 if i % 4 == 3 else 1024, (3, 17)[i % 2], 8) for i in range(total)]
    if MODE == 'plain':
        plan.append(('usual', 512, 65537, 2))
    plan.append(('lonely', 1024, 3, 1))
    if many:  # each pair that comes to nothing costs a search with 65537
        plan.append(('changed', 512, 3, 2))
    for selector, bits, exponent, messages in plan:
        private, public = make_key(bits, exponent)
        keys[selector] = public
        for n in range(messages):
            raw = message(selector, n, private, n % 28 + 1)
            if selector == 'changed' or (messages == 8 and rng.random() < 0.2):
                raw = raw.replace(b'Subject: number', b'Subject: [list] number') if n % 2 == 0 or selector == 'changed' else \
                    raw.replace(b'To: b@', b'To: c@')
            dump.append(raw)
    dump.append(dump[0])  # a copy proves nothing new
    rng.shuffle(dump)
    mbox, zone = os.path.join(TMP, 'dump.mbox'), os.path.join(TMP, 'keys.zone')
    with open(mbox, 'wb') as f:
        for raw in dump:
            f.write(b'From a@example.org Mon Nov  3 10:00:00 2025\n' + raw.replace(b'\r\n', b'\n') + b'\n')
    p = recover(mbox, zone, '--jobs', '2')
    if b'without' in p.stderr and b'GMP' in p.stderr:
        skip_all('keys', 'built without GMP')
    text = open(zone).read()
    found = {m.group(1): ''.join(re.findall(r'"([^"]*)"', m.group(2)))
             for m in re.finditer(r'^s\._domainkey\.(\w+)\.example\. IN TXT (.*)$', text, re.M)}
    check(p.returncode == 0, 'the run ends well')
    wanted = {s: 'v=DKIM1; k=rsa; p=' + k for s, k in keys.items() if s not in ('lonely', 'changed')}
    for selector, record in wanted.items():
        check(found.get(selector) == record, '%s is recovered and equals the real key' % selector)
    check(set(found) <= set(wanted), 'no key is invented')
    if many:
        check('; not recovered s._domainkey.changed.example. ' in text, 'a selector of changed messages only is told')
        check(rows_of(mbox, zone)['changed.example']['verified'] == 0, 'without a key nothing verifies')
    again = recover(mbox, zone)
    check(again.returncode == 0 and open(zone).read() == text, 'a second run finds nothing left to do')
    rows = rows_of(mbox, zone)
    check(len(rows) == len(plan) and rows['k0.example']['origin'] == 'recovered' and rows['lonely.example']['origin'] == 'none',
          'keys list names the origin')
    check(all(rows[s + '.example']['verified'] + rows[s + '.example']['failed'] == rows[s + '.example']['signatures'] and
              rows[s + '.example']['verified'] >= 2 for s in wanted if s.startswith('k')), 'what was not changed verifies, the rest fails')
    check(subprocess.run([MAILCHECK, 'keys', 'recover', '--no-config', mbox], capture_output=True).returncode == 2,
          'without --output it is an error')
    check(subprocess.run([MAILCHECK, 'keys', 'find', '--no-config', mbox], capture_output=True).returncode == 2, 'an unknown word is an error')
    end()

main()
