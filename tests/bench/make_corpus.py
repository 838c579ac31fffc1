#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""A deterministic corpus for the bench: signed mail as an mbox, the DNS answers, and the work that no verifier can avoid.

usage: tests/bench/make_corpus.py FOLDER large|tiny [COUNT]

large: median 12 KB with a tail of attachments (20,000 messages by default); tiny: about 2 KB (100,000). 300 domains sign
with RSA-2048 mostly, some with RSA-1024 or Ed25519 besides; some mail is signed twice, some was sealed by ARC.

FOLDER gets mail.mbox, dns.zone, keys.bin (each key as 4 bytes of length and DER) and work.bin: for each message, the place
of its body in mail.mbox and its signatures (tests/bench/lower_bound.c reads both; all numbers little-endian):
    u64 offset, u64 length, u32 signatures, then each: u32 key, u32 input length, u32 signature length, input, signature
"""
import base64, ctypes, email.utils, hashlib, os, random, re, struct, sys

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ed25519, padding, rsa

DOMAINS = 300
T0 = 1794215564
SIGNED = [b'from', b'to', b'subject', b'date', b'message-id', b'mime-version', b'content-type']


CRYPTO = ctypes.CDLL('libcrypto.so.3')
for function in ('BN_new', 'BN_CTX_new', 'BN_bin2bn'):
    getattr(CRYPTO, function).restype = ctypes.c_void_p


def number(n):
    data = n.to_bytes((n.bit_length() + 7) // 8, 'big')
    return ctypes.c_void_p(CRYPTO.BN_bin2bn(data, len(data), None))


BN_CONTEXT, TWO, POWER = ctypes.c_void_p(CRYPTO.BN_CTX_new()), number(2), ctypes.c_void_p(CRYPTO.BN_new())


def is_prime(n):
    """Fermat's test by OpenSSL, ten times as fast as pow(): a bench need not be sure."""
    exponent, modulus = number(n - 1), number(n)
    CRYPTO.BN_mod_exp(POWER, TWO, exponent, modulus, BN_CONTEXT)
    one = CRYPTO.BN_num_bits(POWER) == 1
    CRYPTO.BN_free(exponent)
    CRYPTO.BN_free(modulus)
    return one


SMALL = [p for p in range(3, 9000) if all(p % q for q in range(2, int(p ** .5) + 1))]


def prime(bits, rnd):
    """The next prime after a random number; made for the exponent 65537."""
    n = rnd.getrandbits(bits) | 3 << bits - 2 | 1
    composite = bytearray(8000)
    for p in SMALL:
        first = -n * ((p + 1) // 2) % p  # n + 2 * first is a multiple of p
        composite[first::p] = b'\1' * len(range(first, len(composite), p))
    for i, hit in enumerate(composite):
        if not hit and (n + 2 * i) % 65537 != 1 and is_prime(n + 2 * i):
            return n + 2 * i
    return prime(bits, rnd)


def private_key(numbers):
    """Without the library's own check of the primes, which costs more than all signing."""
    try:
        return numbers.private_key(unsafe_skip_rsa_key_validation=True)
    except TypeError:
        from cryptography.hazmat.backends.openssl.backend import backend
        backend._rsa_skip_check_key = True
        return numbers.private_key()


class Keys:
    def __init__(self, rnd):
        self.rnd, self.der = rnd, []

    def rsa(self, bits):
        p, q = prime(bits // 2, self.rnd), prime(bits // 2, self.rnd)
        d = pow(65537, -1, (p - 1) * (q - 1))
        numbers = rsa.RSAPrivateNumbers(p, q, d, d % (p - 1), d % (q - 1), pow(q, -1, p), rsa.RSAPublicNumbers(65537, p * q))
        key = private_key(numbers)
        der = key.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
        self.der.append(der)
        return ('rsa', key, len(self.der) - 1, base64.b64encode(der).decode())

    def ed25519(self):
        key = ed25519.Ed25519PrivateKey.from_private_bytes(self.rnd.getrandbits(256).to_bytes(32, 'big'))
        self.der.append(key.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo))
        raw = key.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
        return ('ed25519', key, len(self.der) - 1, base64.b64encode(raw).decode())


def txt(text):
    return ' '.join('"%s"' % text[i:i + 250] for i in range(0, len(text), 250))


class Domain:
    def __init__(self, n, keys, zone):
        self.name = ('news%d.example' if n % 3 else 'mail%d.example.com') % n
        self.address = '198.18.%d.%d' % (n // 250, n % 250 + 1)
        self.keys = [('s%d' % (2020 + n % 6), keys.rsa(1024 if n % 13 == 5 else 2048))]
        if n % 11 == 3:
            self.keys.append(('ed', keys.ed25519()))
        self.canon = b'simple/simple' if n % 17 == 7 else b'relaxed/simple' if n % 7 == 2 else b'relaxed/relaxed'
        for selector, key in self.keys:
            zone.append('%s._domainkey.%s. IN TXT %s' % (selector, self.name, txt('v=DKIM1; k=%s; p=%s' % (key[0], key[3]))))
        zone.append('%s. IN TXT "v=spf1 ip4:%s/32 include:_spf.%s ~all"' % (self.name, self.address, self.name))
        zone.append('_spf.%s. IN TXT "v=spf1 ip4:198.51.100.0/24 -all"' % self.name)
        zone.append('_dmarc.%s. IN TXT "v=DMARC1; p=%s; rua=mailto:dmarc@%s"' % (self.name, ('none', 'quarantine', 'reject')[n % 3], self.name))
        zone.append('%s. IN MX 10 mx.%s.' % (self.name, self.name))


WORDS = ('the of and to in a is that it was for on are with as at be this have from or by one had not but what all were when we '
         'there can an your which their said if do will each about how up out them then she many some so these would other into '
         'has more her two like him see time could no make than first been its who now people my made over did down only way find '
         'use may water long little very after words called just where most know account order delivery invoice meeting project '
         'report customer service update release schedule garden winter harbour lantern copper river').split()


def sentences(rnd, count, wide):
    out = []
    for _ in range(count):
        line = ' '.join(rnd.choice(WORDS) for _ in range(rnd.randrange(6, wide)))
        out.append((line[0].upper() + line[1:] + rnd.choice(('.', ',', '', '  ', '.'))).replace('From ', 'Form ').encode()[:90])
    return out


class Writer:
    def __init__(self, kind, rnd):
        self.kind, self.rnd = kind, rnd
        self.lines = sentences(rnd, 4000, 15)
        self.blob = base64.encodebytes(b'%PDF-1.4\n' + rnd.getrandbits(8 * 900000).to_bytes(900000, 'big'))
        self.blob = [l for l in self.blob.split(b'\n') if l]

    def text(self, size):
        rnd, start = self.rnd, self.rnd.randrange(3000)
        count = max(1, size // 55)
        lines = []
        while count > 0:
            start = rnd.randrange(3900)
            piece = self.lines[start:start + min(count, rnd.randrange(2, 12))]
            lines += piece
            lines.append(b'')
            count -= len(piece)
        return lines

    def html(self, size, domain):
        out = [b'<html><head><style>p { color: #222; } .x { margin: 0 }</style></head><body>']
        for i, line in enumerate(self.text(size * 3 // 4)):
            if line and i % 9 == 4:
                line = b'<p class="x"><a href="https://www.%s/a/%d?id=%d">%s</a></p>' % (domain.encode(), i, self.rnd.randrange(9999), line[:20])
            out.append(b'<p>' + line + b'</p>' if i % 5 == 0 else line + b'<br>')
        return out + [b'<img src="https://img.%s/logo.png" width="120" height="40" alt="logo">' % domain.encode(), b'</body></html>']

    def body(self, domain):
        """(Content-Type, lines of the body)"""
        rnd = self.rnd
        if self.kind == 'tiny':
            return b'text/plain; charset=utf-8', self.text(rnd.randrange(300, 1100))
        size = min(int(rnd.lognormvariate(9.1, 0.7)), 60000)
        edge = b'=_%016x' % rnd.getrandbits(64)
        lines = [b'--' + edge, b'Content-Type: text/plain; charset=utf-8', b'Content-Transfer-Encoding: 8bit', b''] + self.text(size // 3)
        lines += [b'--' + edge, b'Content-Type: text/html; charset=utf-8', b''] + self.html(size - size // 3, domain) + [b'--' + edge + b'--', b'']
        if rnd.random() > 0.08:
            return b'multipart/alternative; boundary="' + edge + b'"', lines
        outer = b'=-%016x' % rnd.getrandbits(64)
        pages = min(int(rnd.lognormvariate(6.3, 1.1)) + 20, len(self.blob) - 1)
        lines = [b'--' + outer, b'Content-Type: multipart/alternative; boundary="' + edge + b'"', b''] + lines
        lines += [b'--' + outer, b'Content-Type: application/pdf; name="report-%d.pdf"' % rnd.randrange(999),
                  b'Content-Disposition: attachment; filename="report.pdf"', b'Content-Transfer-Encoding: base64', b'']
        return b'multipart/mixed; boundary="' + outer + b'"', lines + self.blob[:pages] + [b'--' + outer + b'--', b'']


SPACES, TRAILING = re.compile(rb'[ \t]+'), re.compile(rb' +\r\n')


def canon_body(lines, relaxed):
    body = (b'\r\n'.join(lines) + b'\r\n')
    if relaxed:
        body = TRAILING.sub(b'\r\n', SPACES.sub(b' ', body))
    while body.endswith(b'\r\n\r\n'):
        body = body[:-2]
    return body


def canon_field(name, value, relaxed):
    if not relaxed:
        return name + b': ' + value.replace(b'\n', b'\r\n') + b'\r\n'
    return name.lower() + b':' + SPACES.sub(b' ', value.replace(b'\n', b'')).strip() + b'\r\n'


def sign(key, data):
    if key[0] == 'rsa':
        return key[1].sign(data, padding.PKCS1v15(), hashes.SHA256())
    return key[1].sign(hashlib.sha256(data).digest())


def fold(text):
    return b'\n '.join(text[i:i + 72] for i in range(0, len(text), 72))


class Signer:
    """Collects a message's signatures, as fields and as work."""

    def __init__(self, fields, lines):
        self.fields, self.lines, self.hashed, self.work = fields, lines, {}, []

    def body_hash(self, relaxed):
        if relaxed not in self.hashed:
            self.hashed[relaxed] = base64.b64encode(hashlib.sha256(canon_body(self.lines, relaxed)).digest())
        return self.hashed[relaxed]

    def add(self, name, value, key, prefix, relaxed):
        """VALUE ends in "b="; PREFIX: the canonical fields before it."""
        data = prefix + canon_field(name, value, relaxed)[:-2]
        signature = sign(key, data)
        self.work.append((key[2], hashlib.sha256(data).digest() if key[0] == 'ed25519' else data, signature))
        return name, value + fold(base64.b64encode(signature))

    def signed_fields(self, relaxed):
        last = {n.lower(): (n, v) for n, v in reversed(self.fields) if n.lower() in SIGNED}
        for n, v in self.fields:
            last[n.lower()] = (n, v)
        return b''.join(canon_field(*last[n], relaxed) for n in SIGNED)

    def dkim(self, domain, canon, time):
        head, body = (x == b'relaxed' for x in canon.split(b'/'))
        out = []
        for selector, key in domain.keys:
            algorithm = b'rsa-sha256' if key[0] == 'rsa' else b'ed25519-sha256'
            value = b'v=1; a=%s; c=%s; d=%s; s=%s; t=%d;\n h=%s;\n bh=%s;\n b=' % (
                algorithm, canon, domain.name.encode(), selector.encode(), time, b':'.join(SIGNED), self.body_hash(body))
            out.append(self.add(b'DKIM-Signature', value, key, self.signed_fields(head), head))
        return out

    def arc(self, domain, host, time):
        selector, key = domain.keys[0]
        aar = (b'ARC-Authentication-Results', b'i=1; %s; dkim=pass header.d=%s' % (host, domain.name.encode()))
        ams = self.add(b'ARC-Message-Signature', b'i=1; a=rsa-sha256; c=relaxed/relaxed; d=%s; s=%s; t=%d;\n h=%s;\n bh=%s;\n b=' % (
            domain.name.encode(), selector.encode(), time, b':'.join(SIGNED), self.body_hash(True)), key, self.signed_fields(True), True)
        seal = self.add(b'ARC-Seal', b'i=1; a=rsa-sha256; cv=none; d=%s; s=%s; t=%d;\n b=' % (domain.name.encode(), selector.encode(), time),
                        key, canon_field(*aar, True) + canon_field(*ams, True), True)
        return [seal, ams, aar]


def message(n, domains, writer, rnd):
    domain = domains[min(int(rnd.expovariate(1 / 60)), DOMAINS - 1)]
    relay = domains[rnd.randrange(DOMAINS)]
    content, lines = writer.body(domain.name)
    time = T0 + n * 7
    stamp = email.utils.formatdate(time).replace('-0000', '+0000').encode()
    d = domain.name.encode()
    fields = [(b'From', b'"%s %s" <%s@%s>' % (rnd.choice(WORDS).title().encode(), rnd.choice(WORDS).title().encode(), rnd.choice(WORDS).encode(), d)),
              (b'To', b'Reader %d <reader%d@receiver.example>' % (n % 97, n % 97)), (b'Subject', b' '.join(writer.text(60)[0].split())),
              (b'Date', stamp), (b'Message-ID', b'<%d.%08x@%s>' % (n, rnd.getrandbits(32), d)), (b'MIME-Version', b'1.0'),
              (b'Content-Type', content)]
    signer = Signer(fields, lines)
    signatures = signer.dkim(domain, domain.canon, time)
    if rnd.random() < 0.15:
        signatures = signer.dkim(relay, b'relaxed/relaxed', time) + signatures
    seal = signer.arc(domains[2], b'mx.list.example', time + 2) if rnd.random() < 0.05 else []
    top = [(b'Return-Path', b'<bounce+%d@%s>' % (n, d)),
           (b'Received', b'from mx%d.%s (mx%d.%s [%s])\n\tby mx.receiver.example (Postfix) with ESMTPS id %s\n\tfor <reader%d@receiver.example>; %s' % (
               n % 3, d, n % 3, d, domain.address.encode(), queue_id(n), n % 97, stamp)),
           (b'Authentication-Results', b'mx.receiver.example;\n\tdkim=pass header.d=%s;\n\tspf=pass smtp.mailfrom=%s' % (d, d)),
           (b'Received', b'from app.%s (app.%s [10.1.2.%d])\n\tby mx%d.%s (Postfix) with ESMTP id %s;\n\t%s' % (d, d, n % 250, n % 3, d, queue_id(n + 1), stamp))]
    head = b''.join(b'%s: %s\n' % f for f in top + seal + signatures + fields) + b'\n'
    return b'From bounce@%s %s\n' % (d, b'Tue Nov 10 09:00:00 2026'), head, b'\n'.join(lines) + b'\n', signer.work


def queue_id(n):
    """As Postfix makes its short ones: the microseconds of the second, and the file's inode."""
    return b'%05X%05X' % (n * 7919 % 1000000, 0x80000 + n)


def main(folder, kind, count):
    rnd = random.Random('mailcheck bench ' + kind)
    zone = [';@ complete', ';@ recorded 2026-11-10T09:15:00Z 192.0.2.53', 'receiver.example. IN MX 10 mx.receiver.example.',
            'mx.receiver.example. IN A 203.0.113.25']
    keys = Keys(rnd)
    domains = [Domain(n, keys, zone) for n in range(DOMAINS)]
    writer = Writer(kind, rnd)
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, 'dns.zone'), 'w') as f:
        f.write('\n'.join(zone) + '\n')
    with open(os.path.join(folder, 'keys.bin'), 'wb') as f:
        f.write(b''.join(struct.pack('<I', len(k)) + k for k in keys.der))
    at = 0
    with open(os.path.join(folder, 'mail.mbox'), 'wb') as mail, open(os.path.join(folder, 'work.bin'), 'wb') as work:
        for n in range(count):
            separator, head, body, signed = message(n, domains, writer, rnd)
            mail.write(separator + head + body + b'\n')
            work.write(struct.pack('<QQI', at + len(separator) + len(head), len(body), len(signed)))
            for key, data, signature in signed:
                work.write(struct.pack('<III', key, len(data), len(signature)) + data + signature)
            at += len(separator) + len(head) + len(body) + 1


if __name__ == '__main__':
    if len(sys.argv) not in (3, 4) or sys.argv[2] not in ('large', 'tiny'):
        sys.exit(__doc__)
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]) if len(sys.argv) == 4 else 20000 if sys.argv[2] == 'large' else 100000)
