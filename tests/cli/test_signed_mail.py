#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""S/MIME as openssl makes it, and OpenPGP as gpg made it: who signed, what of it holds, whose keys are named."""
import json, os, subprocess, tempfile

from tap import check, end

MAILCHECK = os.environ.get('MAILCHECK', './mailcheck')
HEAD = ('From: Jane <jane@shop.example>\nTo: alice@victim.example\nSubject: pay\nDate: Tue, 10 Nov 2026 09:12:00 +0000\n'
        'Message-ID: <1@shop.example>\nMIME-Version: 1.0\n')
CA = '''[ca]
default_ca = d
[d]
database = index
serial = serial
new_certs_dir = .
default_md = sha256
policy = p
[p]
commonName = supplied
emailAddress = supplied
'''
TEXT = 'Content-Type: text/plain\r\n\r\nPay 10 EUR.\r\n'
TRAP = ('Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\nContent-Type: text/html\r\n\r\n<a href="http://e.example/">www.bank.example</a>\r\n'
        '--x\r\nContent-Type: application/octet-stream; name=run.exe\r\n\r\nx\r\n--x--\r\n')
# Made by gpg 2.2.40 with keys of which nothing else is kept: "gpg --list-packets" names the keys below.
FINGERPRINT, SUBKEY = '8830b474f0e9a46264e79f170f9d677ecd69fddc', '538f54d7dfbe465e'
SIGNATURE = '''-----BEGIN PGP SIGNATURE-----

iHUEABYIAB0WIQSIMLR08OmkYmTnnxcPnWd+zWn93AUCawI2IwAKCRAPnWd+zWn9
3OuGAQDLvPjZ43GR3YhL1XfJ0fh87+OThlseq9WuLbuar/8wRgD+NXBErb1hyB5V
m24LPQTw643L85vAdKpAdnoKB/QvnwA=
=30BO
-----END PGP SIGNATURE-----
'''
SECRET = '''-----BEGIN PGP MESSAGE-----

hF4DU49U19++Rl4SAQdAgCU/B+haZdrydhkcOoEans9k0lDFTuRrial9zumXMwMw
th8XKKNhmRxD4dDiqemvmAMK6nNNfWAkxtJD82pYWIoWOevCs+D3BpFlodWlVF4J
0kYBH23SixDmkr6rLqqIcGI3iU+zXkIyUuhB3o/O+QE1H2HQCDyiyNWk0iWrZ/ZL
aJNagSUjei1xAx0yxiIl/omU6jLTlHGV
=qLdx
-----END PGP MESSAGE-----
'''


def openssl(*args, **kw):
    return subprocess.run(['openssl', *args], check=True, capture_output=True, **kw).stdout


def findings(text):
    with open('m.eml', 'wb') as f:
        f.write(text if isinstance(text, bytes) else text.encode())
    p = subprocess.run([MAILCHECK, '--no-config', '--format', 'json', '--fail-on', 'none', 'm.eml'], capture_output=True, timeout=60)
    return {f['code']: (f['severity'], f['detail'] or '') for f in json.loads(p.stdout)['findings']}


def keys():
    for name, who in (('jane', 'jane@shop.example'), ('eve', 'eve@attack.example')):
        openssl('req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', name + '.key', '-out', name + '.crt',
                '-days', '36500', '-subj', '/CN=%s/emailAddress=%s' % (name.capitalize(), who))
    open('ca.conf', 'w').write(CA)
    open('index', 'w').close()
    open('serial', 'w').write('01\n')
    openssl('req', '-new', '-key', 'jane.key', '-out', 'old.csr', '-subj', '/CN=Jane/emailAddress=jane@shop.example')
    openssl('ca', '-batch', '-config', 'ca.conf', '-cert', 'eve.crt', '-keyfile', 'eve.key', '-in', 'old.csr', '-out', 'old.crt',
            '-startdate', '20150101000000Z', '-enddate', '20160101000000Z')


def signed(text, who, *more, key=None):
    out = openssl('cms', '-sign', '-binary', '-md', 'sha256', '-signer', who + '.crt', '-inkey', (key or who) + '.key', *more, input=text.encode())
    return HEAD.encode().replace(b'MIME-Version: 1.0\n', b'') + out


def smime():
    whole = signed(TEXT, 'jane')
    got = findings(whole)
    check('Jane <jane@shop.example> signed part 1' in got['SIG-SMIME'][1] and got['SIG-SMIME'][0] == 'info', 'a signature that holds names its signer', got)
    check(not {'SIG-BROKEN', 'SIG-SENDER-MISMATCH', 'SIG-PARTIAL', 'SIG-CMS-ODD'} & set(got), 'and nothing else is said of it', got)
    got = findings(whole.replace(b'Pay 10', b'Pay 99'))
    check('SIG-BROKEN' in got and 'SIG-SMIME' not in got, 'one digit changed: it does not hold', got)
    got = findings(signed(TEXT, 'eve'))
    check(got.get('SIG-SENDER-MISMATCH', ('',))[0] == 'high' and 'eve@attack.example' in got['SIG-SENDER-MISMATCH'][1], 'another signer than From', got)
    got = findings(signed(TEXT, 'old', key='jane'))
    check(got['SIG-SMIME'][0] == 'low' and 'expired on 2016-01-01' in got['SIG-SMIME'][1], 'a certificate that had expired', got)
    got = findings(signed(TEXT, 'jane', '-nocerts'))
    check(got['SIG-CMS-ODD'][0] == 'low' and 'SIG-SMIME' not in got, 'without its certificate nothing is verified', got)
    got = findings(signed(TEXT, 'jane', '-signer', 'eve.crt', '-inkey', 'eve.key'))
    check(got['SIG-CMS-ODD'][0] == 'high' and 'SIG-SENDER-MISMATCH' in got, 'two signers', got)


def opaque():
    got = findings(signed(TEXT, 'jane', '-nodetach'))
    check(got['SIG-SMIME'][0] == 'info' and 'SIG-BROKEN' not in got, 'an opaque signature is verified over what it holds', got)
    got = findings(signed(TRAP, 'jane', '-nodetach'))
    check('run.exe' in got.get('ATT-DANGEROUS', ('', ''))[1] and 'URL-MISMATCH' in got, 'files and links inside it are seen', got)
    check('inside the signature in part 1' in got['ATT-DANGEROUS'][1], 'and where they are', got)
    out = openssl('cms', '-encrypt', '-aes256', 'jane.crt', input=TRAP.encode())
    got = findings(HEAD.encode().replace(b'MIME-Version: 1.0\n', b'') + out)
    check('S/MIME' in got.get('SIG-ENCRYPTED', ('', ''))[1] and 'ATT-DANGEROUS' not in got, 'what is encrypted is told to be', got)


def openpgp():
    kinds = {
        'a signed part': 'Content-Type: multipart/signed; boundary=q; protocol="application/pgp-signature"\n\n--q\nContent-Type: text/plain\n\n'
                         'hello\n--q\nContent-Type: application/pgp-signature\n\n%s--q--\n' % SIGNATURE,
        'signed text': '\n-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA512\n\nhello\n' + SIGNATURE,
    }
    for name, text in kinds.items():
        got = findings(HEAD + text)
        check(FINGERPRINT in got.get('SIG-PGP', ('', ''))[1], 'OpenPGP, %s: the key is named' % name, got)
    kinds = {
        'an encrypted part': 'Content-Type: multipart/encrypted; boundary=q; protocol="application/pgp-encrypted"\n\n--q\nContent-Type: '
                             'application/pgp-encrypted\n\nVersion: 1\n--q\nContent-Type: application/octet-stream\n\n%s--q--\n' % SECRET,
        'encrypted text': '\n' + SECRET,
    }
    for name, text in kinds.items():
        got = findings(HEAD + text)
        check(SUBKEY in got.get('SIG-ENCRYPTED', ('', ''))[1] and 'SIG-PGP' not in got, 'OpenPGP, %s: the recipient\'s key is named' % name, got)


MAILCHECK = os.path.abspath(MAILCHECK)
with tempfile.TemporaryDirectory(dir=os.environ.get('TMPDIR')) as folder:
    os.chdir(folder)
    keys()
    smime()
    opaque()
    openpgp()
end()
