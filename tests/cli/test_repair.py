#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""Repair, from outside: fresh mail is signed by python3-dkim, every edit that lists and gateways make is applied by code of
this file's own, and the record must name the edit with its exact bytes. Pairs of edits follow, then random changes, of which
none may be "proven" to be anything. Expected spans come from the code that made the edit, never from the program."""
import base64, email.quoprimime, json, os, quopri, random, re, subprocess, sys, urllib.parse

from tap import check, end, import_dkim

dkim = import_dkim('repair')
import logging
logging.disable(logging.CRITICAL)

BIN, TMP = os.environ['MAILCHECK'], os.environ['TMPDIR']
ASAN = os.environ.get('MODE') != 'plain'
N = '\r\n'
rng = random.Random(20260101)

def make_keys():
    key = TMP + '/rsa.pem'
    subprocess.run(['openssl', 'genrsa', '-out', key, '1024'], check=True, capture_output=True)
    der = subprocess.run(['openssl', 'rsa', '-in', key, '-pubout', '-outform', 'DER'], check=True, capture_output=True).stdout
    seed = bytes(range(32))
    import nacl.signing
    point = bytes(nacl.signing.SigningKey(seed).verify_key)
    with open(TMP + '/zone', 'w') as z:
        z.write('r._domainkey.signer.example. 60 IN TXT "v=DKIM1; k=rsa; p=%s"\n' % base64.b64encode(der).decode())
        z.write('e._domainkey.signer.example. 60 IN TXT "v=DKIM1; k=ed25519; p=%s"\n' % base64.b64encode(point).decode())
    return open(key, 'rb').read(), base64.b64encode(seed)

RSA, ED = make_keys()
HEADERS = ['from', 'to', 'cc', 'subject', 'date', 'message-id', 'mime-version', 'content-type', 'content-transfer-encoding']
WORDS = ('harbour lantern copper meadow signal winter orchard velvet thunder marble kitchen ribbon planet saddle mirror '
         'garden pepper violin castle ocean').split()

def lines(n, salt):
    r = random.Random(salt)
    return ['%d %s' % (i, ' '.join(r.choice(WORDS) for _ in range(r.randint(3, 9)))) for i in range(n)]

class Mail:
    """header: list of [name, value]; body: text with CRLF line ends"""
    def __init__(self, header, body):
        self.header, self.body = [list(h) for h in header], body
    def copy(self):
        return Mail(self.header, self.body)
    def get(self, name):
        return next(h[1] for h in self.header if h[0].lower() == name.lower())
    def set(self, name, value):
        next(h for h in self.header if h[0].lower() == name.lower())[1] = value
    def head(self):
        return ''.join('%s: %s%s' % (n, v, N) for n, v in self.header) + N
    def bytes(self):
        return (self.head() + self.body).encode('utf-8', 'surrogateescape')
    def field_span(self, name):
        at = 0
        for n, v in self.header:
            length = len(('%s: %s%s' % (n, v, N)).encode())
            if n.lower() == name.lower():
                return at, length
            at += length
    def body_at(self, text_before):
        return len(self.head().encode()) + len(text_before.encode('utf-8', 'surrogateescape'))

def base(kind, salt, size=12):
    header = [['From', 'Ann Author <ann@signer.example>'], ['To', 'Bob Reader <bob@reader.example>, carl@reader.example'],
              ['Cc', 'dora@third.example'], ['Subject', 'Quarterly plan %d' % salt],
              ['Date', 'Tue, 03 Nov 2026 10:11:12 +0000'], ['Message-ID', '<plan.%d@signer.example>' % salt],
              ['MIME-Version', '1.0'], ['Content-Type', 'text/plain; charset="utf-8"'],
              ['Content-Transfer-Encoding', '7bit']]
    text = lines(size, salt)
    m = Mail(header, N.join(text) + N)
    if kind == 'links':
        text[2] = 'see http://www.signer.example/path/page?x=1&y=2 for more'
        text[5] = 'and https://docs.signer.example/a/b/c.html'
        m.body = N.join(text) + N
    if kind == 'from':
        text[3] = 'From here on it is easy'
        m.body = N.join(text) + N
    if kind == 'dots':
        text[4] = '.hidden file'
        m.body = N.join(text) + N
    if kind in ('8bit', 'qp', 'base64'):
        text[1] = 'Gr\u00fc\u00dfe aus M\u00fcnchen, ' * 5 + 'Ende'
        text[6] = 'a=b ' * 30 + 'tail'
        raw = N.join(text) + N
        m.set('Content-Transfer-Encoding', {'8bit': '8bit', 'qp': 'quoted-printable', 'base64': 'base64'}[kind])
        m.body = {'8bit': lambda: raw, 'qp': lambda: to_qp(raw), 'base64': lambda: to_base64(raw)}[kind]()
    if kind in ('alternative', 'mixed', 'html'):
        html = '<html><body>' + ''.join('<p>%s</p>' % l for l in text) + '</body></html>'
        if kind == 'html':
            m.set('Content-Type', 'text/html; charset="utf-8"')
            m.body = html + N
        else:
            m.set('Content-Type', 'multipart/%s; boundary="b0und"' % kind)
            second = ('Content-Type: text/html; charset="utf-8"' + N + N + '<html><body>' + N + N.join('<p>%s</p>' % l for l in text)
                      + N + '</body></html>') if kind == 'alternative' else (
                      'Content-Type: application/octet-stream' + N + 'Content-Transfer-Encoding: base64' + N + N
                      + to_base64('attachment ' * 40).rstrip())
            m.body = ('--b0und' + N + 'Content-Type: text/plain; charset="utf-8"' + N + N + N.join(text) + N + '--b0und' + N
                      + second + N + '--b0und--' + N)
    return m

def to_qp(text):
    return email.quoprimime.body_encode(text.encode().decode('latin1'), maxlinelen=76, eol='\r\n') \
        if False else N.join(quopri.encodestring(l.encode(), quotetabs=False).decode().replace('\n', N) for l in text.split(N))

def to_base64(text):
    return base64.encodebytes(text.encode()).decode().replace('\n', N)

def sign(m, canon=('relaxed', 'relaxed'), ed=False, names=HEADERS):
    present = [n for n in names if any(h[0].lower() == n for h in m.header)]
    raw = m.bytes()
    sig = dkim.sign(raw, b'e' if ed else b'r', b'signer.example', ED if ed else RSA, canonicalize=tuple(c.encode() for c in canon),
                    include_headers=[n.encode() for n in present], signature_algorithm=b'ed25519-sha256' if ed else b'rsa-sha256')
    name, value = sig.decode().rstrip(N).split(': ', 1)
    out = m.copy()
    out.header.insert(0, [name, value])
    return out

# --- edits: each changes a signed Mail and returns [(slugs, (offset, length) or None), ...]; spans are measured in the end,
# as functions of the final mail, because another edit may follow ---
FOOT = '_' * 40 + N + 'plan mailing list' + N + 'plan@lists.example' + N
BANNER = 'CAUTION: this message came from outside.' + N + 'Do not open attachments that you do not expect.' + N + N

def found(m, text, slugs):
    return slugs, lambda final: (final.body_at(final.body[:final.body.index(text)]), len(text.encode()))

def field(name, slugs):
    return slugs, lambda final: final.field_span(name)

def e_footer(m):
    m.body += FOOT
    return [found(m, FOOT, ['footer'])]
def e_footer_blank(m):
    m.body += N + FOOT
    return [found(m, N + FOOT, ['footer'])]
def e_top(m):
    m.body = BANNER + m.body
    return [found(m, BANNER, ['block'])]
def insert_line(m, k, text):
    parts = m.body.split(N)
    m.body = N.join(parts[:k]) + N + text + N.join(parts[k:])
    return [found(m, text, ['block'])]
def e_middle(m):
    return insert_line(m, 6, 'an advertisement nobody asked for' + N + 'buy now' + N)
def e_middle_marked(m):
    return insert_line(m, 5, '-----' + N + 'Sponsored by a.example' + N + '-----' + N)
def e_part_footer(m):
    at = m.body.index('--b0und' + N, 10)
    m.body = m.body[:at] + FOOT + m.body[at:]
    return [found(m, FOOT, ['block'])]
def e_part_top(m):
    at = m.body.index(N + N) + 4
    m.body = m.body[:at] + BANNER + m.body[at:]
    return [found(m, BANNER, ['block'])]
def e_two_parts(m):
    a = m.body.index('--b0und' + N, 10)
    m.body = m.body[:a] + FOOT + m.body[a:]
    b = m.body.rindex('--b0und--')
    extra = '<hr>' + N + '<p>plan list</p>' + N
    m.body = m.body[:b] + extra + m.body[b:]
    return [found(m, FOOT, ['block']), found(m, extra, ['block'])]
def nested(salt, size):
    m = base('alternative', salt, size)
    inner = m.body.rstrip(N)
    m.set('Content-Type', 'multipart/mixed; boundary="outer0"')
    m.body = ('--outer0' + N + 'Content-Type: multipart/alternative; boundary="b0und"' + N + N + inner + N + '--outer0' + N
              + 'Content-Type: application/octet-stream' + N + N + 'data' + N + '--outer0--' + N)
    return m
def e_nested(m):
    m.body = m.body.replace('--b0und--' + N, '--b0und--' + N + N)
    return [(['blank-line', 'block'], None)]
def e_html(m):
    banner = '<div style="border:1px">CAUTION: external mail, take care</div>'
    m.body = m.body.replace('<body>', '<body>' + banner, 1)
    return [found(m, banner, ['html-block'])]
def e_mbox(m):
    m.body = m.body.replace(N + 'From here', N + '>From here')
    return [(['mbox-quote'], lambda f: (f.body_at(f.body[:f.body.index('>From here')]), 6))]
def e_stuff(m):
    m.body = m.body.replace(N + '.hidden', N + '..hidden')
    return [(['dot-stuffing'], lambda f: (f.body_at(f.body[:f.body.index('..hidden')]), 2))]
def e_unstuff(m):
    m.body = m.body.replace(N + '..twice', N + '.twice')
    return [(['dot-stuffing'], lambda f: (f.body_at(f.body[:f.body.index('.twice')]), 1))]
def whole_body(m):
    return (['re-encode'], lambda f: (f.body_at(''), len(f.body.encode())))
def decoded(m):
    return {'8bit': lambda: m.body, '7bit': lambda: m.body,
            'quoted-printable': lambda: quopri.decodestring(m.body.replace(N, '\n')).decode().replace('\n', N),
            'base64': lambda: base64.b64decode(m.body).decode()}[m.get('Content-Transfer-Encoding')]()
def recode(to, width=None):
    def edit(m):
        text = decoded(m)
        m.body = {'8bit': lambda: text, 'quoted-printable': lambda: to_qp(text), 'base64': lambda: to_base64(text)}[to]()
        if width and to == 'base64':
            flat = base64.b64encode(text.encode()).decode()
            m.body = N.join(flat[i:i + width] for i in range(0, len(flat), width)) + N
        if width and to == 'quoted-printable':
            m.body = N.join(reflow(l, width) for l in text.split(N))
        out = [whole_body(m)]
        if m.get('Content-Transfer-Encoding') != to:
            m.set('Content-Transfer-Encoding', to)
            out.append(field('Content-Transfer-Encoding', ['content-encoding']))
        return out
    return edit
def reflow(line, width):
    out, now = [], ''
    for c in line.encode():
        piece = chr(c) if 33 <= c <= 126 and c != 61 or c == 32 else '=%02X' % c
        if len(now) + len(piece) > width:
            out.append(now + '=')
            now = ''
        now += piece
    return N.join(out + [now])
def e_wrap(m):
    inner, kind = m.body, m.get('Content-Type')
    cte = m.get('Content-Transfer-Encoding')
    before = '--==wrap==' + N + 'Content-Type: ' + kind + N + 'Content-Transfer-Encoding: ' + cte + N + N
    after = N + '--==wrap==' + N + 'Content-Type: text/plain; charset="us-ascii"' + N + N + FOOT + '--==wrap==--' + N
    m.body = before + inner + after
    m.set('Content-Type', 'multipart/mixed; boundary="==wrap=="')
    m.header = [h for h in m.header if h[0] != 'Content-Transfer-Encoding']
    return [(['multipart-wrap'], lambda f: (f.body_at(''), len(before))),
            field('Content-Type', ['content-type'])]
def links(make):
    def edit(m):
        out = []
        for url in re.findall(r'https?://[^\s<>"]+', m.body):
            new = make(url)
            m.body = m.body.replace(url, new)
            out.append(found(m, new, ['link-rewritten']))
        return out
    return edit
def safelink(u):
    return 'https://eur01.safelinks.protection.outlook.com/?url=%s&data=05%%7C01%%7Cx&sdata=abc%%3D&reserved=0' % urllib.parse.quote(u, safe='')
def defense2(u):
    return 'https://urldefense.proofpoint.com/v2/url?u=%s&d=DwMF&c=abc&r=def&m=ghi&s=jkl&e=' % \
        urllib.parse.quote(u, safe='/').replace('_', '%5F').replace('-', '%2D').replace('%', '-').replace('/', '_')
def defense3(u):
    special = ''.join(c for c in u if c in '?&=')
    text = ''.join('*' if c in '?&=' else c for c in u)
    return 'https://urldefense.com/v3/__%s__;%s!!ABC!def$' % (text, base64.urlsafe_b64encode(special.encode()).decode().rstrip('='))
def barracuda(u):
    return 'https://linkprotect.cudasvc.com/url?a=%s&c=E,1,abc&typo=1' % urllib.parse.quote(u, safe='')
def mimecast(u):
    return 'https://protect-eu.mimecast.com/s/abc?domain=signer.example&url=%s' % urllib.parse.quote(u, safe='')

def subject(fn, slugs=('subject-tag',)):
    def edit(m):
        m.set('Subject', fn(m.get('Subject')))
        return [field('Subject', list(slugs))]
    return edit
def value(name, fn, slugs):
    def edit(m):
        m.set(name, fn(m.get(name)))
        return [field(name, slugs)]
    return edit
def e_from_reply_to(m):
    old = m.get('From')
    m.set('From', '"Ann Author via Plan" <plan@lists.example>')
    m.header.append(['Reply-To', old])
    return [field('From', ['from-rewritten'])]
def e_from_kept(m):
    old = m.get('From')
    m.set('From', 'Plan list <plan@lists.example>')
    m.header.append(['X-Original-From', old])
    return [field('From', ['from-rewritten'])]
def e_from_via(m):
    m.set('From', "'Ann Author' via Plan <plan@lists.example>")
    m.header.append(['Reply-To', 'ann@signer.example'])
    return [field('From', ['from-rewritten'])]
def e_added(name, text, slugs=('field-added',)):
    def edit(m):
        m.header.insert(1, [name, text])
        return [field(name, list(slugs))]
    return edit
def e_removed(name, slugs):
    def edit(m):
        m.header = [h for h in m.header if h[0].lower() != name.lower()]
        return [(slugs, None)]
    return edit
def e_second(m):
    """a second Subject below the signed one: h= counts from below"""
    m.header.append(['Subject', 'Another subject'])
    return [(['field-order'], None)]
def e_spacing(m):
    for h in m.header[1:]:
        h[1] = '   ' + h[1]
    return [field('Subject', ['refold'])]
def e_refold(m):
    m.set('To', m.get('To').replace(', ', ',\r\n        '))
    return [field('To', ['refold', 'recipients'])]

def word(text, charset='utf-8', kind='B'):
    return '=?%s?%s?%s?=' % (charset, kind, base64.b64encode(text.encode()).decode() if kind == 'B' else
                             ''.join(c if c.isalnum() else '_' if c == ' ' else ''.join('=%02X' % b for b in c.encode()) for c in text))

def with_subject(m, text):
    m.set('Subject', text)
    return m

ALL = [('relaxed', 'relaxed'), ('relaxed', 'simple'), ('simple', 'relaxed'), ('simple', 'simple')]
RELAXED = [('relaxed', 'relaxed'), ('relaxed', 'simple')]
SIMPLE = [('simple', 'simple')]

def singles():
    """(name, base mail, edit, canonicalizations, fits Ed25519)"""
    for size in (4, 12, 60):
        for kind in ('plain', 'html', 'alternative', 'mixed'):
            yield 'footer', base(kind, size, size), e_footer, ALL if size == 12 else RELAXED, True
        yield 'footer after a blank line', base('plain', size, size), e_footer_blank, RELAXED, True
        for kind in ('plain', 'alternative'):
            yield 'block at the top', base(kind, size + 1, size), e_top, ALL if size == 12 else RELAXED, True
    for size in (12, 40):
        for e, n in ((e_middle, 'block in the middle'), (e_middle_marked, 'marked block in the middle')):
            yield n, base('plain', size + 2, size), e, ALL, True
        for kind in ('alternative', 'mixed'):
            yield 'footer in a part', base(kind, size + 3, size), e_part_footer, RELAXED, True
            yield 'banner in a part', base(kind, size + 4, size), e_part_top, RELAXED, True
        yield 'footer in two parts', base('alternative', size + 5, size), e_two_parts, RELAXED, True
        yield 'blank line behind a nested multipart', nested(size + 14, size * 5), e_nested, RELAXED, True
        yield 'banner in one line of HTML', base('html', size + 6, size), e_html, RELAXED, True
        yield 'mbox quoting', base('from', size + 7, size), e_mbox, ALL, True
        yield 'dot-stuffing', base('dots', size + 8, size), e_stuff, ALL, True
        for n, make in (('Safe Links', safelink), ('URL Defense v2', defense2), ('URL Defense v3', defense3),
                        ('Barracuda', barracuda), ('Mimecast', mimecast)):
            yield n, base('links', size + 9, size), links(make), RELAXED, True
        for kind, to in (('8bit', 'quoted-printable'), ('8bit', 'base64'), ('qp', '8bit'), ('qp', 'base64'), ('base64', '8bit'),
                         ('base64', 'quoted-printable')):
            yield 're-encoding %s to %s' % (kind, to), base(kind, size + 10, size), recode(to), RELAXED, False
        yield 'soft breaks re-flowed', base('qp', size + 11, size), recode('quoted-printable', 60), RELAXED, True
        yield 'base64 re-wrapped', base('base64', size + 12, size), recode('base64', 64), RELAXED, True
        for kind in ('plain', 'alternative', 'qp'):
            yield 'multipart wrapped around', base(kind, size + 13, size), e_wrap, RELAXED, False
    for salt in (100, 101, 102):
        m = lambda: base('plain', salt)
        for n, fn in (('[list]', lambda s: '[plan] ' + s), ('[EXTERNAL]', lambda s: '[EXTERNAL] ' + s),
                      ('***SPAM***', lambda s: '***SPAM*** ' + s), ('EXTERNAL:', lambda s: 'EXTERNAL: ' + s),
                      ('[a] [b]', lambda s: '[EXT] [plan] ' + s)):
            yield 'Subject tag ' + n, m(), subject(fn), ALL, True
        yield 'Subject tag behind Re:', with_subject(m(), 'Re: quarterly'), subject(lambda s: 'Re: [plan] quarterly'), RELAXED, True
        text = 'Gr\u00fc\u00dfe und Pl\u00e4ne %d' % salt
        yield 'encoded-word from B to Q', with_subject(m(), word(text)), subject(lambda s: word(text, 'utf-8', 'Q'), ['encoded-word']), RELAXED, False
        yield 'encoded-word from upper to lower case', with_subject(m(), word(text, 'UTF-8')), \
            subject(lambda s: word(text).replace('?B?', '?b?'), ['encoded-word']), RELAXED, False
        yield 'From rewritten, kept in Reply-To', m(), e_from_reply_to, RELAXED, True
        yield 'From rewritten, kept in X-Original-From', m(), e_from_kept, RELAXED, True
        yield 'From rewritten as via', m(), e_from_via, RELAXED, True
        yield 'spacing after the colon', m(), e_spacing, SIMPLE, False
        yield 'a fold put in', m(), e_refold, SIMPLE, False
        yield 'address re-formatted', m(), value('From', lambda v: '"Ann Author" <ann@signer.example>', ['from-rewritten']), RELAXED, True
        yield 'To expanded', m(), value('To', lambda v: v + ', erik@reader.example', ['recipients']), RELAXED, False
        yield 'To reordered', m(), value('To', lambda v: ', '.join(reversed(v.split(', '))), ['recipients']), RELAXED, False
        yield 'Content-Type rewritten', m(), value('Content-Type', lambda v: 'text/plain; charset=utf-8', ['content-type']), RELAXED, False
        yield 'Content-Transfer-Encoding rewritten', m(), value('Content-Transfer-Encoding', lambda v: '8bit', ['content-encoding']), RELAXED, True
        yield 'Content-Transfer-Encoding removed', m(), e_removed('Content-Transfer-Encoding', ['content-encoding']), RELAXED, True
        yield 'MIME-Version removed', m(), e_removed('MIME-Version', ['field-removed']), RELAXED, True
        yield 'Message-ID normalised', m(), value('Message-ID', lambda v: v.strip('<>'), ['message-id']), RELAXED, False
        yield 'Date normalised', m(), value('Date', lambda v: v.replace('+0000', 'GMT').replace('03 Nov', '3 Nov') if salt == 100
                                            else v.replace('+0000', 'GMT'), ['date']), RELAXED if salt != 100 else [], False
        yield 'a second Subject below', m(), e_second, RELAXED, False

def over_signed():
    """fields whose absence was signed, added since"""
    for n, v in (('Reply-To', 'plan@lists.example'), ('Sender', 'plan-bounces@lists.example'), ('List-Id', '<plan.lists.example>')):
        for salt in (200, 201):
            yield 'added ' + n, base('plain', salt), e_added(n, v), n.lower()

def pairs():
    tag = subject(lambda s: '[plan] ' + s)
    for salt in range(300, 306):
        for kind in ('plain', 'alternative'):
            yield 'footer and Subject tag', base(kind, salt), [e_footer, tag]
            yield 'banner and Subject tag', base(kind, salt), [e_top, tag]
        yield 'banner and footer', base('plain', salt), [e_top, e_footer]
        yield 'links and footer', base('links', salt), [links(safelink), e_footer]
        yield 'banner and links', base('links', salt), [links(safelink), e_top]
        yield 'links and Subject tag', base('links', salt), [links(defense3), tag]
        yield 'wrapped and Subject tag', base('plain', salt), [e_wrap, tag]
        yield 'From rewritten and footer', base('plain', salt), [e_from_reply_to, e_footer]
        yield 'From rewritten and Subject tag', base('plain', salt), [e_from_kept, tag]
        yield 're-encoding and Subject tag', base('8bit', salt), [recode('base64'), tag]
        yield 'mbox quoting and footer', base('from', salt), [e_mbox, e_footer]
        yield 'part footer and Subject tag', base('alternative', salt), [e_part_footer, tag]

def run(mails):
    """the first signature's record of each message"""
    out = []
    for start in range(0, len(mails), 200):
        names = []
        for i, raw in enumerate(mails[start:start + 200]):
            names.append('%s/m%05d.eml' % (TMP, i))
            with open(names[-1], 'wb') as f:
                f.write(raw)
        p = subprocess.run([BIN, '--no-config', '--format', 'ndjson', '--fail-on', 'none', '--repair', 'quick', '--dns',
                            TMP + '/zone'] + names, capture_output=True)
        rows = [json.loads(l) for l in p.stdout.decode().splitlines()]
        if len(rows) != len(names):
            print(p.stderr.decode('utf-8', 'replace')[-2000:])
            check(False, 'every message has a record')
            sys.exit(1)
        out += [r['dkim'][0] for r in rows]
    return out

def judge(sig, wanted, final):
    """'' or what is wrong"""
    r = sig['repair']
    if not r or not r['proven']:
        return 'not proven: %s, tried %s' % (sig['cause'], r and r['tried'])
    for slugs, span in wanted:
        want = span(final) if span else None
        hits = [e for e in r['edits'] if e['edit'] in slugs]
        if not hits:
            return 'no edit %s in %s' % (slugs, [e['edit'] for e in r['edits']])
        if want and not any((e['offset'], e['length']) == want for e in hits):
            return '%s: want %s, got %s' % (slugs[0], want, [(e['offset'], e['length']) for e in hits])
    return ''

def grade(title, cases, least):
    rows = run([final.bytes() for _, _, final in cases])
    good, table, wrong = 0, {}, []
    for (name, wanted, final), sig in zip(cases, rows):
        why = judge(sig, wanted, final)
        t = table.setdefault(name, [0, 0])
        t[0] += not why
        t[1] += 1
        good += not why
        if why:
            wrong.append('%s: %s' % (name, why))
    for name, (ok, n) in sorted(table.items()):
        print('# %-44s %3d of %3d' % (name, ok, n))
    for w in wrong[:40]:
        print('#   ' + w)
    check(good >= least * len(cases), '%s: %d of %d' % (title, good, len(cases)))
    return len(cases)

def edited(signed, edits):
    final = signed.copy()
    wanted = []
    for e in edits:
        wanted += e(final)
    return wanted, final

def main():
    every = 4 if ASAN else 1
    rsa, ed = [], []
    for i, (name, mail, edit, canons, fits) in enumerate(singles()):
        for k, canon in enumerate(canons):
            if (i + k) % every == 0:
                rsa.append((name,) + edited(sign(mail, canon), [edit]))
        if fits and canons and i % (every * 3) == 0:
            ed.append((name,) + edited(sign(mail, ('relaxed', 'relaxed'), ed=True), [edit]))
    for name, mail, edit, extra in over_signed():
        rsa.append((name,) + edited(sign_absent(mail, extra), [edit]))
    total = grade('single edits, RSA', rsa, 1.0)
    total += grade('single edits, Ed25519', ed, 0.9)
    total += grade('pairs of edits', [(n,) + edited(sign(m), e) for i, (n, m, e) in enumerate(pairs()) if i % every == 0], 0.9)
    check(total >= 300 // every, '%d cases' % total)
    unchanged()
    random_changes(60 if ASAN else 2000)

def sign_absent(m, name):
    """h= lists NAME, which is not there: signed by hand of the library's lower calls"""
    d = dkim.DKIM(m.bytes())
    sig = d.sign(b'r', b'signer.example', RSA, canonicalize=(b'relaxed', b'relaxed'),
                 include_headers=[h.encode() for h in HEADERS] + [name.encode()])
    n, v = sig.decode().rstrip(N).split(': ', 1)
    out = m.copy()
    out.header.insert(0, [n, v])
    return out

def unchanged():
    rows = run([sign(base(k, 400), c).bytes() for k in ('plain', 'qp', 'alternative') for c in ALL])
    check(all(r['result'] == 'pass' and r['repair'] is None for r in rows), 'what is unchanged passes and is not searched')

def random_changes(n):
    """a letter or digit of body or Subject replaced by another: nothing that the search knows undoes that"""
    signed = [sign(base(k, 500 + i, 30), c) for i, k in enumerate(('plain', 'links', 'html', 'alternative', '8bit', 'qp', 'base64'))
              for c in (('relaxed', 'relaxed'), ('simple', 'simple'))]
    mails = []
    for i in range(n):
        m = signed[i % len(signed)].copy()
        if i % 5 == 0:
            m.set('Subject', change(m.get('Subject')))
        else:
            m.body = change(m.body)
        mails.append(m.bytes())
    rows = run(mails)
    false = [r for r in rows if r['result'] == 'pass' or (r['repair'] and r['repair']['proven'])]
    check(not false, '%d random changes, none proven to be anything: %d' % (n, len(false)))
    check(all(r['repair'] and not r['repair']['edits'] for r in rows), 'what is not proven names no edit')

def change(text):
    places = [i for i, c in enumerate(text) if c.isalnum() and ord(c) < 128]
    at = rng.choice(places)
    other = rng.choice([c for c in 'bcdfghjkmpqrtvwxyz2345789' if c.lower() != text[at].lower()])
    return text[:at] + other + text[at + 1:]

main()
end()
