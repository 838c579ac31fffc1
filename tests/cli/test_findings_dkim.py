#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""Each finding about signatures, keys and ARC chains, and the author's verdict with them, on fresh mail.

python3-dkim signs, openssl makes the keys and seals; then one thing is changed. A row says what must be raised (with its
severity where that follows from the change) and what must not.
"""
import base64, hashlib, json, os, re, subprocess

from tap import check, end, import_dkim

dkim = import_dkim('findings about signatures')
import logging
logging.disable(logging.CRITICAL)

BIN, TMP = os.environ['MAILCHECK'], os.environ['TMPDIR']
NOW = 1794302000  # Tue, 10 Nov 2026 09:13:20 +0000
N = '\r\n'

# --- keys ---

def der(tag, body):
    size = len(body).to_bytes((len(body).bit_length() + 7) // 8 or 1, 'big')
    return bytes([tag]) + (bytes([len(body)]) if len(body) < 128 else bytes([128 | len(size)]) + size) + body

def integer(n):
    return der(2, n.to_bytes(n.bit_length() // 8 + 1, 'big'))

def public(n, e=65537):
    """SubjectPublicKeyInfo of RSA (RFC 8017 A.1.1, RFC 5280 4.1)"""
    oid = bytes.fromhex('300d06092a864886f70d0101010500')
    return base64.b64encode(der(0x30, oid + der(3, b'\0' + der(0x30, integer(n) + integer(e))))).decode()

def make(name, bits):
    path = '%s/%s.pem' % (TMP, name)
    subprocess.run(['openssl', 'genrsa', '-traditional', '-out', path, str(bits)], check=True, capture_output=True)
    text = subprocess.run(['openssl', 'rsa', '-in', path, '-noout', '-modulus'], check=True, capture_output=True, text=True).stdout
    return path, int(text.strip().split('=')[1], 16)

def is_prime(n):
    return all(pow(a, n - 1, n) == 1 for a in (2, 3, 5, 7, 11, 13))

def next_prime(n):
    n |= 1
    while not is_prime(n):
        n += 2
    return n

KEY = {name: make(name, bits) for name, bits in (('s', 2048), ('short', 1024), ('weak', 512), ('l', 2048))}
MODULUS = KEY['s'][1]
PUB = {name: public(n) for name, (path, n) in KEY.items()}
P = next_prime(1 << 1023 | 0x1234567)
CLOSE = P * next_prime(P + 2)
PRIVATE = ''.join(open(KEY['weak'][0]).read().splitlines()[1:-1])

def txt(value):
    return ' '.join('"%s"' % value[i:i + 250] for i in range(0, len(value), 250))

def zone(keys, extra=''):
    out = [';@ complete', '$ORIGIN .', '$TTL 60',
           'bank.example. IN A 192.0.2.10', 'bank.example. IN TXT "v=spf1 ip4:192.0.2.10 -all"',
           '_dmarc.bank.example. IN TXT "v=DMARC1; p=reject"',
           'attack.example. IN TXT "v=spf1 ip4:198.51.100.66 -all"', 'mail.bank.example. IN A 192.0.2.10']
    for name, record in keys.items():
        out += ['%s. IN TXT %s' % (name, txt(r)) for r in (record if isinstance(record, list) else [record])]
    return '\n'.join(out) + '\n' + extra

GOOD = {'s._domainkey.bank.example': 'v=DKIM1; k=rsa; p=' + PUB['s']}

# --- messages ---

FIELDS = ['From: Bank <news@bank.example>', 'To: Alice <alice@victim.example>', 'Subject: Statement', 'Date: Tue, 10 Nov 2026 09:12:04 +0000',
          'Message-ID: <1@bank.example>', 'MIME-Version: 1.0', 'Content-Type: text/plain; charset=utf-8']
BODY = 'Your statement is ready.' + N + 'Regards' + N
TRACE = ('Return-Path: <%s>' + N + 'Delivered-To: %s' + N + 'Received: from %s (%s [%s]) by mx.victim.example with ESMTPS id 1A2B3C' + N +
         '\tfor <%s>; Tue, 10 Nov 2026 09:12:44 +0000' + N)
SIGNED = ['from', 'to', 'subject', 'date', 'message-id', 'mime-version', 'content-type']

def trace(sender='bounce@attack.example', host='mail.attack.example', ip='198.51.100.66', to='alice@victim.example'):
    return TRACE % (sender, to, host, host, ip, to)

def head(fields):
    return N.join(fields) + N + N

def sign(fields=FIELDS, body=BODY, domain='bank.example', selector='s', key='s', signed=SIGNED, length=False, identity=None, edit=None, algo=b'rsa-sha256'):
    """the DKIM-Signature field; EDIT changes its tags before it is signed"""
    message = (head(fields) + body).encode()
    field = dkim.sign(message, selector.encode(), domain.encode(), open(KEY[key][0], 'rb').read(), identity=identity, include_headers=[s.encode() for s in signed],
                      canonicalize=(b'relaxed', b'relaxed'), length=length, signature_algorithm=algo, linesep=b'\r\n').decode()
    return resign(field, fields, key, edit)

def relaxed(field):
    name, value = field.split(':', 1)
    return name.strip().lower() + ':' + re.sub(r'[ \t]+', ' ', value.replace(N, '')).strip()

def raw_sign(data, key):
    return base64.b64encode(subprocess.run(['openssl', 'dgst', '-sha256', '-sign', KEY[key][0]], input=data.encode(), check=True,
                                           capture_output=True).stdout).decode()

def resign(field, fields, key, edit=None):
    """with t= a minute ago, EDIT applied, and b= over the new field (RFC 6376 3.7)"""
    field = re.sub(r'\bt=\d+', 't=%d' % (NOW - 60), field.rstrip())
    if edit:
        field = edit(field)
    field = re.sub(r'(\bb=)[^;]*$', r'\1', field)
    data, left = '', list(fields)
    for name in re.sub(r'\s', '', re.search(r'\bh=([^;]*)', field).group(1)).lower().split(':'):
        for i in range(len(left) - 1, -1, -1):
            if left[i].split(':')[0].strip().lower() == name:
                data += relaxed(left.pop(i)) + N
                break
    return field + raw_sign(data + relaxed(field), key) + N

def report(message, zone_text, *more):
    with open(TMP + '/m.eml', 'wb') as f:
        f.write(message.encode('utf-8', 'surrogateescape'))
    with open(TMP + '/zone', 'w') as f:
        f.write(zone_text)
    p = subprocess.run([BIN, '--no-config', '--format', 'ndjson', '--fail-on', 'none', '--dns', TMP + '/zone', '--trust', 'mx.victim.example',
                        '--at', str(NOW), *more, TMP + '/m.eml'], capture_output=True, timeout=300)
    return json.loads(p.stdout)

def row(name, message, must, keys=GOOD, author=None, absent=(), more=(), extra=''):
    r = report(message, zone(keys, extra), *more)
    have = {f['code']: f['severity'] for f in r['findings']}
    wrong = ['no %s' % c for c in must if c not in have]
    wrong += ['%s is %s' % (c, have[c]) for c, s in (must.items() if isinstance(must, dict) else ()) if s and have.get(c, s) != s]
    wrong += ['%s=%s raised' % (c, have[c]) for c in absent if c in have]
    if author and r['author'] != author:
        wrong.append('author ' + r['author'])
    check(not wrong, name + (': %s (%s; %s)' % ('; '.join(wrong), have, [(d['result'], d['cause']) for d in r['dkim']]) if wrong else ''))

def mail(signature='', fields=FIELDS, body=BODY, way=None):
    return (way or trace()) + signature + head(fields) + body

# --- what a signature covers ---

OK = sign()
row('a plain signature', mail(OK), ['DKIM-NOT-OVERSIGNED'], author='proven',
    absent=['DKIM-FAIL-BODY', 'DKIM-FAIL-SIG', 'DKIM-HDR-ADDED', 'DKIM-L-PRESENT', 'DKIM-STALE', 'AUTH-DMARC-FAIL', 'KEY-1024', 'KEY-TEST', 'AUTH-THIRD-PARTY-ONLY'])
row('from signed twice', mail(sign(signed=SIGNED + ['from'])), [], author='proven', absent=['DKIM-NOT-OVERSIGNED'])
row('body changed', mail(OK, body=BODY + 'More' + N), {'DKIM-FAIL-BODY': 'medium'}, author='contradicted', more=['--repair', 'off'])
row('subject changed', mail(OK, fields=[f.replace('Statement', 'Other') for f in FIELDS]), ['DKIM-FAIL-SIG'], author='contradicted', more=['--repair', 'off'])
LEN = sign(length=True)
row('l= over the whole body', mail(LEN), ['DKIM-L-PRESENT'], author='proven', absent=['DKIM-L-APPENDED'])
row('text behind l=', mail(LEN, body=BODY + 'Pay me' + N), {'DKIM-L-APPENDED': 'critical'}, author='partial', absent=['DKIM-FAIL-BODY'])
row('blank lines behind l=', mail(LEN, body=BODY + N + N), ['DKIM-L-PRESENT'], author='proven', absent=['DKIM-L-APPENDED'])
ZERO = sign(body='', length=True)
row('l=0', mail(ZERO), {'DKIM-L-ZERO': 'critical'}, author='partial')
row('l= without Content-Type', mail(sign(length=True, signed=[s for s in SIGNED if s != 'content-type'])), {'DKIM-CT-UNSIGNED': 'high'}, author='partial')
row('no Content-Type, no l=', mail(sign(signed=[s for s in SIGNED if s != 'content-type'])), [], author='proven', absent=['DKIM-CT-UNSIGNED'])
row('subject unsigned', mail(sign(signed=[s for s in SIGNED if s != 'subject'])), {'DKIM-HDR-UNSIGNED': 'medium'}, author='partial')
row('recipients unsigned', mail(sign(signed=[s for s in SIGNED if s != 'to'])), {'DKIM-HDR-UNSIGNED': 'low'}, author='proven')
row('a subject added', mail(OK, fields=['Subject: Urgent'] + FIELDS), {'DKIM-HDR-ADDED': 'critical'}, author='partial')
row('the same subject twice', mail(OK, fields=['Subject: Statement'] + FIELDS), [], absent=['DKIM-HDR-ADDED'])
row('z= of other fields', mail(sign(edit=lambda f: f.replace('h=', 'z=Subject:Another; h=', 1))), ['DKIM-Z-DIFF'])
row('z= of the same fields', mail(sign(edit=lambda f: f.replace('h=', 'z=Subject:Statement; h=', 1))), [], absent=['DKIM-Z-DIFF'])

# --- rules and times ---

row('h= without from', mail(OK.replace('h=from', 'h=fram', 1)), ['DKIM-NO-FROM'], author='contradicted')
row('a parenthesis in d=', mail(OK.replace('d=bank.example', 'd=bank.example(.attack.example')), ['DKIM-DS-SYNTAX'])
row('i= elsewhere', mail(OK.replace('d=bank.example', 'd=bank.example; i=@other.example')), ['DKIM-I-MISMATCH'])
row('a tag twice', mail(OK.replace('c=relaxed', 'q=dns/txt; q=dns/txt; c=relaxed', 1)), ['DKIM-DUP-TAG'])
row('sha1', mail(OK.replace('rsa-sha256', 'rsa-sha1')), ['DKIM-SHA1'], author='contradicted')
row('expired', mail(sign(edit=lambda f: f.replace('h=', 'x=%d; h=' % (NOW - 5000), 1).replace('t=%d' % (NOW - 60), 't=%d' % (NOW - 9000)))), ['DKIM-EXPIRED'])
row('not yet expired', mail(sign(edit=lambda f: f.replace('h=', 'x=%d; h=' % (NOW + 5000), 1))), [], author='proven', absent=['DKIM-EXPIRED'])
row('from the future', mail(sign(edit=lambda f: f.replace('t=%d' % (NOW - 60), 't=%d' % (NOW + 90000)))), {'DKIM-FUTURE': 'high'})
row('signed long ago', mail(sign(edit=lambda f: f.replace('t=%d' % (NOW - 60), 't=%d' % (NOW - 9 * 86400)))), ['DKIM-STALE', 'DATE-DKIM-SKEW'])
row('delivered to somebody else', mail(OK, way=trace(to='bob@victim.example')), ['DKIM-REPLAY-RCPT', 'DKIM-REPLAY-PATH'], author='proven')
row('delivered to the recipient', mail(OK), [], absent=['DKIM-REPLAY-RCPT', 'DKIM-REPLAY-PATH'])
row('many signatures', mail(OK * 11), ['DKIM-MANY'])

def partial(name, message, must, author):
    with open(TMP + '/p.zone', 'w') as f:
        f.write('$ORIGIN .\n$TTL 60\n_dmarc.bank.example. IN TXT "v=DMARC1; p=reject"\n')
    with open(TMP + '/m.eml', 'wb') as f:
        f.write(message.encode())
    p = subprocess.run([BIN, '--no-config', '--format', 'ndjson', '--fail-on', 'none', '--dns', TMP + '/p.zone', '--trust', 'mx.victim.example',
                        '--at', str(NOW), TMP + '/m.eml'], capture_output=True, timeout=300)
    r = json.loads(p.stdout)
    codes = {f['code'] for f in r['findings']}
    check(must in codes and 'KEY-MISSING' not in codes and r['author'] == author, '%s (%s, %s)' % (name, sorted(codes), r['author']))
partial('the key is not recorded', mail(OK), 'DKIM-UNKNOWN-KEY', 'unknown')

# --- another signer ---

OTHER = sign(domain='lists.example', key='l', selector='l')
row('only a third party signed', mail(OTHER), ['AUTH-THIRD-PARTY-ONLY', 'AUTH-DMARC-FAIL'], author='contradicted',
    keys=dict(GOOD, **{'l._domainkey.lists.example': 'v=DKIM1; p=' + PUB['l']}))
row('the author signed, too', mail(OTHER + OK), [], author='proven', absent=['AUTH-THIRD-PARTY-ONLY'],
    keys=dict(GOOD, **{'l._domainkey.lists.example': 'v=DKIM1; p=' + PUB['l']}))

# --- keys ---

def keyed(name, record, must, author=None, key='s', absent=(), more=(), others=None, identity=None):
    row(name, mail(sign(key=key, identity=identity)), must, keys=dict({'s._domainkey.bank.example': record}, **(others or {})), author=author, absent=absent, more=more)

keyed('no key', 'x', {'KEY-SYNTAX': None}, 'contradicted')
row('no key at all', mail(OK), ['KEY-MISSING'], keys={}, author='unproven')
keyed('an empty key', 'v=DKIM1; p=', ['KEY-REVOKED'], 'contradicted')
keyed('for testing', 'v=DKIM1; t=y; p=' + PUB['s'], ['KEY-TEST'], 'proven')
keyed('for another service', 'v=DKIM1; s=web; p=' + PUB['s'], ['KEY-SERVICE'], 'contradicted')
keyed('for another hash', 'v=DKIM1; h=sha1; p=' + PUB['s'], ['DKIM-ALG-KEY'], 'contradicted')
keyed('for that very domain', 'v=DKIM1; t=s; p=' + PUB['s'], ['DKIM-KEY-STRICT'], 'contradicted', identity=b'@mail.bank.example')
keyed('another version', 'v=DKIM2; p=' + PUB['s'], ['KEY-SYNTAX'], 'contradicted')
keyed('two records', ['v=DKIM1; p=' + PUB['s'], 'v=DKIM1; p=' + PUB['l']], ['KEY-MULTI'], 'proven')
keyed('1024 bits', 'v=DKIM1; p=' + PUB['short'], ['KEY-1024'], 'proven', key='short', absent=['KEY-SHORT'])
keyed('512 bits', 'v=DKIM1; p=' + PUB['weak'], {'KEY-SHORT': 'critical'}, 'contradicted', key='weak', absent=['KEY-1024'])
keyed('a short key that signed nothing', 'v=DKIM1; p=' + PUB['weak'], {'KEY-SHORT': 'low'}, 'contradicted')
keyed('a private key', 'v=DKIM1; p=' + PRIVATE, ['KEY-PRIVATE'], 'contradicted')
keyed('primes side by side', 'v=DKIM1; p=' + public(CLOSE), ['KEY-FACTORABLE'], 'contradicted')
keyed('exponent 1', 'v=DKIM1; p=' + public(MODULUS, 1), ['KEY-EXPONENT'])
keyed('a good key', 'v=DKIM1; p=' + PUB['s'], [], 'proven', absent=['KEY-FACTORABLE', 'KEY-EXPONENT', 'KEY-SHORT', 'KEY-PRIVATE', 'KEY-SYNTAX', 'KEY-SHARED'])
keyed('the same key elsewhere', 'v=DKIM1; p=' + PUB['s'], ['KEY-SHARED'], 'proven', others={'other._domainkey.shop.test': 'v=DKIM1; p=' + PUB['s']})
size = (MODULUS.bit_length() + 7) // 8
with open(TMP + '/list', 'w') as f:
    f.write(hashlib.sha256(MODULUS.to_bytes(size, 'big')).hexdigest()[:30] + ' known\n')
keyed('a key on the list', 'v=DKIM1; p=' + PUB['s'], ['KEY-BLOCKLISTED'], 'unproven', more=['--key-blocklist', TMP + '/list'])

# --- ARC ---

def arc_set(fields, body, n, cv, results, older='', domain='lists.example'):
    """one set over FIELDS, sealed with the key of DOMAIN (RFC 8617 4.1 and 5.1.1)"""
    aar = 'ARC-Authentication-Results: i=%d; mx.%s; %s' % (n, domain, results)
    digest = base64.b64encode(hashlib.sha256(body.encode()).digest()).decode()
    ams = 'ARC-Message-Signature: i=%d; a=rsa-sha256; c=relaxed/relaxed; d=%s; s=l; t=%d; h=from:to:subject; bh=%s; b=' % (n, domain, NOW - 30, digest)
    data = ''.join(relaxed(f) + N for f in fields[:3])
    ams += raw_sign(data + relaxed(ams), 'l')
    seal = 'ARC-Seal: i=%d; a=rsa-sha256; cv=%s; d=%s; s=l; t=%d; b=' % (n, cv, domain, NOW - 30)
    seal += raw_sign(older + relaxed(aar) + N + relaxed(ams) + N + relaxed(seal), 'l')
    return seal + N + ams + N + aar + N

ARC_KEYS = dict(GOOD, **{'l._domainkey.lists.example': 'v=DKIM1; p=' + PUB['l']})
SET = arc_set(FIELDS, BODY, 1, 'none', 'dkim=pass header.d=bank.example; dmarc=pass header.from=bank.example')
BY_LIST = trace('x@attack.example', 'mail.lists.example', '203.0.113.50')
row('a sound chain of a stranger', mail(SET), ['ARC-UNTRUSTED', 'ARC-NO-HOP', 'ARC-CLAIM-FALSE'], keys=ARC_KEYS, author='contradicted', absent=['ARC-SEAL-FAIL', 'ARC-BROKEN'])
row('of a host on the way', mail(SET, way=BY_LIST), ['ARC-UNTRUSTED'], keys=ARC_KEYS, absent=['ARC-NO-HOP', 'ARC-SEAL-FAIL'])
row('of a trusted sealer', mail(SET), [], keys=ARC_KEYS, author='unproven', absent=['ARC-UNTRUSTED', 'ARC-CLAIM-FALSE'], more=['--trust-sealer', 'lists.example'])
row('a seal over other results', mail(SET.replace('dmarc=pass', 'dmarc=fail')), ['ARC-SEAL-FAIL'], keys=ARC_KEYS, author='contradicted', absent=['ARC-UNTRUSTED'])
row('a chain that begins at 2', mail(arc_set(FIELDS, BODY, 2, 'pass', 'dkim=none')), ['ARC-BROKEN'], keys=ARC_KEYS)
row('sealed as broken', mail(arc_set(FIELDS, BODY, 1, 'fail', 'dkim=none')), ['ARC-CV-FAIL'], keys=ARC_KEYS)
row('a claim about a signature that is here', mail(SET + OK), [], keys=ARC_KEYS, author='proven', absent=['ARC-CLAIM-FALSE'])
end()
