#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""Findings of the way, the dates, the Message-ID, the mail program and the envelope: raised where they must be, softer
where something explains them, and not at all on an ordinary message."""
import json, os, subprocess

from tap import check, end

MAILCHECK = os.environ.get('MAILCHECK', './mailcheck')
TMP = os.environ.get('TMPDIR', '/tmp')
AREA = ('RCV-', 'XOIP-', 'DATE-', 'MID-', 'MUA-', 'ENV-')
ALWAYS = {'RCV-BELOW-BORDER'}  # a fact, not an accusation

BORDER = ('Received: from mail.a.example (mail.a.example [192.0.2.7])\n\tby mx.ours.example (Postfix) with ESMTPS id 8626014923C\n'
          '\tfor <u@ours.example>; Thu, 1 Jan 2026 12:00:00 +0000 (UTC)\n')
BELOW = ('Received: from pc.a.example (pc.a.example [192.0.2.8])\n\tby mail.a.example (Postfix) with ESMTPSA id 8626014923D;\n'
         '\tThu, 1 Jan 2026 11:59:50 +0000 (UTC)\n')
FIELDS = {
    'Return-Path': '<s@a.example>', 'Received': BORDER + BELOW, 'From': 'S <s@a.example>', 'To': 'u@ours.example',
    'Subject': 'hello', 'Date': 'Thu, 1 Jan 2026 11:59:45 +0000', 'Message-ID': '<x.y@a.example>', 'MIME-Version': '1.0',
    'Content-Type': 'text/plain',
}

def message(change):
    fields = dict(FIELDS)
    extra = change.pop('+', '')
    last = change.pop('last', '')
    for name, value in change.items():
        if value is None:
            fields.pop(name, None)
        else:
            fields[name] = value
    head = ''.join(v if n == 'Received' else '%s: %s\n' % (n, v) for n, v in fields.items())
    return (head + extra + last + '\nbody\n').encode()

def hop(text):
    return BORDER + text

# name, changes, {code: severity or None (must not be raised)}
CASES = [
    ('ordinary', {}, {}),
    ('no Received', {'Received': ''}, {'RCV-NONE': 'info'}),
    ('hops do not connect', {'Received': hop(BELOW.replace('by mail.a.example', 'by relay.b.example'))}, {'RCV-DISCONNECT': 'medium'}),
    ('a private name is no gap', {'Received': hop(BELOW.replace('by mail.a.example', 'by exchange.local'))}, {}),
    ('our name below the border', {'Received': hop(BELOW.replace('by mail.a.example', 'by mx.ours.example'))},
     {'RCV-FORGED-BORDER': 'high', 'RCV-DISCONNECT': 'medium'}),
    ('Postfix with an id of another kind', {'Received': hop(BELOW.replace('8626014923D', 'abc-7'))}, {'RCV-VENDOR-FORMAT': 'high'}),
    ('Google without the time in its id', {'Received': hop('Received: from [192.0.2.8] ([192.0.2.8]) by smtp.gmail.com with ESMTPSA id 77;\n\t'
     'Thu, 1 Jan 2026 03:59:50 -0800 (PST)\n')}, {'RCV-VENDOR-FORMAT': 'high', 'RCV-DISCONNECT': 'medium'}),
    ('Exchange Online that speaks ESMTP', {'Received': hop('Received: from x.a.example (192.0.2.8) by AM0PR01.eurprd01.prod.outlook.com with '
     'ESMTP id 7;\n\tThu, 1 Jan 2026 11:59:50 +0000\n')}, {'RCV-VENDOR-FORMAT': 'high', 'RCV-DISCONNECT': 'medium'}),
    ('a queue id of another year', {'Received': hop('Received: from pc.a.example ([192.0.2.8])\n\tby mail.a.example with esmtp (Exim 4.96)\n\tid '
     '15ftgG-000123-Ab; Thu, 1 Jan 2026 11:59:50 +0000\n')}, {'RCV-VENDOR-FORMAT': 'high'}),
    ('the clock goes back two hours', {'Received': hop(BELOW.replace('11:59:50', '13:59:50')), 'Date': 'Thu, 1 Jan 2026 13:59:45 +0000'},
     {'RCV-TIME-BACK': 'medium', 'RCV-FUTURE': 'medium'}),
    ('and by ten minutes', {'Received': hop(BELOW.replace('11:59:50', '12:10:50'))}, {'RCV-TIME-BACK': 'low'}),
    ('and by two days', {'Received': hop(BELOW.replace('1 Jan 2026', '3 Jan 2026'))}, {'RCV-TIME-BACK': 'high', 'RCV-FUTURE': 'medium'}),
    ('four minutes are nothing', {'Received': hop(BELOW.replace('11:59:50', '12:03:50'))}, {}),
    ('a night in a queue', {'Received': hop(BELOW.replace('11:59:50', '02:00:00')), 'Date': 'Thu, 1 Jan 2026 02:00:00 +0000'},
     {'RCV-GAP': 'low'}),
    ('HELO with our name', {'Received': BORDER.replace('from mail.a.example', 'from mx.ours.example')}, {'RCV-HELO-FAKE': 'high'}),
    ('HELO with our address family', {'Received': BORDER.replace('from mail.a.example', 'from www.ours.example')}, {'RCV-HELO-FAKE': 'high'}),
    ('HELO localhost', {'Received': BORDER.replace('from mail.a.example', 'from localhost')}, {'RCV-HELO-FAKE': 'medium'}),
    ('HELO of another house', {'Received': BORDER.replace('from mail.a.example', 'from smtp.b.example')}, {'RCV-HELO-FAKE': 'low'}),
    ('no reverse name', {'Received': BORDER.replace('(mail.a.example [', '(unknown [')}, {'RCV-NO-RDNS': 'low'}),
    ('an octet of 300', {'Received': hop(BELOW.replace('192.0.2.8', '300.0.2.8'))}, {'RCV-ILLEGAL-IP': 'medium'}),
    ('a multicast client', {'Received': hop(BELOW.replace('192.0.2.8', '224.0.0.8'))}, {'RCV-ILLEGAL-IP': 'medium'}),
    ('private clients are normal', {'Received': hop(BELOW.replace('192.0.2.8', '10.0.2.8'))}, {}),
    ('Received below the author', {'last': BELOW, 'Received': BORDER}, {'RCV-MISPLACED': 'medium'}),
    ('thirty hops', {'Received': BORDER + BELOW * 29}, {'RCV-LOOP': 'low'}),
    ('two originating addresses', {'+': 'X-Originating-IP: [192.0.2.8]\nX-Originating-IP: [192.0.2.99]\n'}, {'XOIP-CONFLICT': 'low'}),
    ('an originating address on the way', {'+': 'X-Originating-IP: [192.0.2.8]\n'}, {}),
    ('no Date', {'Date': None}, {'DATE-MISSING': 'low'}),
    ('a Date that is none', {'Date': 'yesterday'}, {'DATE-INVALID': 'medium'}),
    ('31 February', {'Date': '31 Feb 2026 12:00:00 +0000'}, {'DATE-INVALID': 'medium'}),
    ('the wrong weekday', {'Date': 'Fri, 1 Jan 2026 11:59:45 +0000'}, {'DATE-INVALID': 'medium'}),
    ('a zone of 25 hours', {'Date': 'Thu, 1 Jan 2026 11:59:45 +2500'}, {'DATE-TZ': 'low'}),
    ('a zone name that contradicts', {'Date': 'Thu, 1 Jan 2026 12:59:45 +0100 (PST)'}, {'DATE-TZ': 'low'}),
    ('-0000 says nothing', {'Date': 'Thu, 1 Jan 2026 11:59:45 -0000'}, {}),
    ('a zone name that fits', {'Date': 'Thu, 1 Jan 2026 12:59:45 +0100 (CET)'}, {}),
    ('a Date in a week', {'Date': 'Thu, 8 Jan 2026 11:59:45 +0000'}, {'DATE-SKEW': 'medium'}),
    ('a Date in five hours', {'Date': 'Thu, 1 Jan 2026 16:59:45 +0000'}, {'DATE-SKEW': 'low'}),
    ('a draft of ten days', {'Date': 'Mon, 22 Dec 2025 11:59:45 +0000'}, {'DATE-SKEW': 'medium'}),
    ('a hidden time in the Message-ID', {'Message-ID': '<3B9ACA00.123@a.example>'}, {'DATE-EMBEDDED': 'medium'}),
    ('a hidden time in the boundary', {'Content-Type': 'multipart/mixed; boundary="----=_NextPart_000_0012_01C138D1.44FF8000"'},
     {'DATE-EMBEDDED': 'medium'}),
    ('no Message-ID', {'Message-ID': None}, {'MID-MISSING': 'low'}),
    ('a bare Message-ID', {'Message-ID': 'x.y@a.example'}, {'MID-MALFORMED': 'low'}),
    ('a Message-ID without a domain', {'Message-ID': '<x.y@host>'}, {'MID-MALFORMED': 'low'}),
    ('a stranger\'s Message-ID', {'Message-ID': '<x.y@c.example>'}, {'MID-DOMAIN': 'low'}),
    ('a Message-ID of Gmail without Google', {'Message-ID': '<CAx.y@mail.gmail.com>'}, {'MID-VENDOR-CLAIM': 'medium'}),
    ('the same in an answer', {'Message-ID': '<CAx.y@mail.gmail.com>', '+': 'In-Reply-To: <z@a.example>\n'}, {'MID-VENDOR-CLAIM': 'low'}),
    ('a Message-ID in our name', {'Message-ID': '<x.y@www.ours.example>'}, {'MID-RECIPIENT': 'medium', 'MID-DOMAIN': None}),
    ('Thunderbird and a foreign id', {'+': 'User-Agent: Mozilla Thunderbird\n'}, {'MUA-MID': 'medium'}),
    ('Thunderbird and its own', {'Message-ID': '<919108f7-52d1-4320-9bac-f847db4148a8@a.example>', '+': 'User-Agent: Mozilla Thunderbird\n'}, {}),
    ('Apple Mail and a foreign boundary', {'Message-ID': '<919108F7-52D1-4320-9BAC-F847DB4148A8@a.example>',
     'Content-Type': 'multipart/mixed; boundary="b1_x"', '+': 'X-Mailer: Apple Mail (2.3445)\n'}, {'MUA-BOUNDARY': 'medium'}),
    ('an iPhone without a build', {'Message-ID': '<919108F7-52D1-4320-9BAC-F847DB4148A8@a.example>', '+': 'X-Mailer: iPhone Mail (AB12)\n'},
     {'MUA-IMPOSSIBLE': 'medium'}),
    ('an iPhone with one', {'Message-ID': '<919108F7-52D1-4320-9BAC-F847DB4148A8@a.example>', '+': 'X-Mailer: iPhone Mail (20E252)\n'}, {}),
    ('Outlook Express in 2026', {'Message-ID': '<000801dc7b1a$44ff8000$0100007f@a.example>',
     '+': 'X-Mailer: Microsoft Outlook Express 6.00.2900\n'}, {'MUA-IMPOSSIBLE': 'medium'}),
    ('Outlook with HTML alone', {'Content-Type': 'text/html', '+': 'X-Mailer: Microsoft Outlook 16.0\n'}, {'MUA-IMPOSSIBLE': 'medium'}),
    ('a phishing kit', {'+': 'X-Mailer: gophish\n'}, {'MUA-BULK': 'high'}),
    ('a script', {'+': 'X-PHP-Originating-Script: 33:mail.php\n'}, {'MUA-BULK': 'medium'}),
    ('an open parenthesis in the envelope', {'Return-Path': '<(s@a.example>'}, {'ENV-META': 'high'}),
    ('two @ in the envelope', {'Return-Path': "<s@bank.example'@a.example>"}, {'ENV-META': 'high'}),
    ('a quoted local part', {'Return-Path': '<"a b"@a.example>'}, {}),
    ('an apostrophe', {'Return-Path': "<o'neil@a.example>"}, {}),
    ('a null sender', {'Return-Path': '<>'}, {'ENV-NULL-NOT-DSN': 'medium'}),
    ('a null sender of an automatic answer', {'Return-Path': '<>', '+': 'Auto-Submitted: auto-replied\n'}, {}),
    ('our own domain in the envelope', {'Return-Path': '<s@ours.example>'}, {'ENV-LOCAL-SPOOF': 'high'}),
    ('our own domain from outside', {'From': 'S <s@ours.example>', 'Message-ID': '<x.y@a.example>'}, {'ENV-LOCAL-SPOOF': 'high'}),
]

def run(cases, options):
    paths = []
    for i, (name, change, want) in enumerate(cases):
        paths.append(os.path.join(TMP, 'trace-%03d.eml' % i))
        with open(paths[-1], 'wb') as f:
            f.write(message(dict(change)))
    zone = os.path.join(TMP, 'empty.zone')
    with open(zone, 'w') as f:
        f.write(';@ complete\n')
    p = subprocess.run([MAILCHECK, '--no-config', '--format', 'ndjson', '--fail-on', 'none', '--dns', zone, *options, *paths],
                       stdout=subprocess.PIPE, timeout=300)
    return [json.loads(line) for line in p.stdout.splitlines()]

def main():
    reports = run(CASES, ['--trust', 'mx.ours.example', '--at', '2026-01-01T12:01:00Z'])
    check(len(reports) == len(CASES), 'a report for each message', len(reports))
    for (name, change, want), report in zip(CASES, reports):
        got = {f['code']: f['severity'] for f in report['findings'] if f['code'].startswith(AREA)}
        wrong = ['%s %s, not %s' % (c, got.get(c), s) for c, s in want.items() if got.get(c) != s]
        # an ordinary message with one thing changed has that one thing, and nothing else above low
        wrong += ['also %s %s' % (c, s) for c, s in got.items() if c not in want and c not in ALWAYS and
                  (not want or s not in ('info', 'low'))]
        check(not wrong, name, '; '.join(wrong))
    end()

main()
