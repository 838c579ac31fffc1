#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""Key history: several records for one selector with windows; all are tried, the one that verifies is named with its window."""
import base64, json, os, subprocess

from tap import check, import_dkim

MAILCHECK, TMP = os.environ['MAILCHECK'], os.environ['TMPDIR']

dkim = import_dkim('signed messages')

def run(*args):
    p = subprocess.run([MAILCHECK] + list(args), stdout=subprocess.PIPE, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL)
    return p.returncode, p.stdout.decode(), p.stderr.decode()

def make_key(name):
    pem = '%s/%s.pem' % (TMP, name)
    subprocess.run(['openssl', 'genrsa', '-out', pem, '2048'], check=True, stderr=subprocess.DEVNULL)
    der = subprocess.run(['openssl', 'rsa', '-in', pem, '-pubout', '-outform', 'DER'], check=True, stdout=subprocess.PIPE,
                         stderr=subprocess.DEVNULL).stdout
    text = 'v=DKIM1; k=rsa; p=' + base64.b64encode(der).decode()
    return pem, 's._domainkey.example.org. TXT "%s" "%s"\n' % (text[:200], text[200:])

pem, right = make_key('right')
_, wrong = make_key('wrong')
text = b'From: a@example.org\r\nDate: Tue, 10 Nov 2026 09:12:40 +0000\r\nMessage-ID: <1@example.org>\r\n\r\nhello\r\n'
mail = TMP + '/m.eml'
with open(mail, 'wb') as f:
    f.write(dkim.sign(text, b's', b'example.org', open(pem, 'rb').read()) + text)

def write(name, zone):
    with open(TMP + '/' + name, 'w') as f:
        f.write(zone)
    return TMP + '/' + name

def signature(*zones):
    code, out, err = run('--no-config', '--fail-on', 'none', '--format', 'json', mail, *[a for z in zones for a in ('--dns', z)])
    if code or err:
        return {'result': err, 'cause': code, 'key': {'window': None}, 'explanation': ''}
    return json.loads(out)['dkim'][0]

# The signature's t= is the time of this run: the windows are far wider.
old, now, past = ';@ window 2001-01-01 2005-12-31 archive\n', ';@ window 2006-01-01 2099-12-31 archive\n', ';@ window 2001-01-01 2010-12-31 archive\n'
window = '2006-01-01T00:00:00Z 2099-12-31T23:59:59Z archive'
for name, zone, want in (
        ('the one that verifies is found', old + wrong + now + right, window), ('in either order', now + right + old + wrong, window),
        ('among keys without a window', wrong + right, None), ('an open window', ';@ window - - archive\n' + right, '- - archive')):
    s = signature(write('z', zone))
    check((s['result'], s['key']['window']) == ('pass', want), name, s)
for name, zone, end in (('outside its window', past + right, '2010-12-31'), ('though another key was in use', now + wrong + old + right, '2005-12-31')):
    s = signature(write('z', zone))
    check(s['signature'] == 'valid' and end in s['key']['window'] and end in s['explanation'], 'the key is named, and said: ' + name, s)
s = signature(write('z', now + wrong))
check(s['result'] == 'fail' and s['cause'] == 'wrong-key', 'none of the keys made it', s)

# --- several files
one = write('one', ';@ recorded 2024-01-01T00:00:00Z 192.0.2.53#53\n' + wrong)
two = write('two', ';@ recorded 2025-01-01T00:00:00Z 192.0.2.54#53\n' + now + right)
gone = write('gone', ';@ recorded 2026-01-01T00:00:00Z 192.0.2.55#53\n;@ nxdomain s._domainkey.example.org.\n;@ nxdomain example.org.\n')
for name, files in (('the history of a second file', (one, two)), ('though the first file says that it is gone', (gone, two))):
    s = signature(*files)
    check((s['result'], s['key']['window']) == ('pass', window), name, s)
s = signature(gone, one)
check(s['cause'] == 'key-missing', 'without a window the first answer wins', s)

# --- merged into one
code, out, err = run('dns', 'import', '--no-config', gone, one, two, '--output', TMP + '/merged')
check(code == 0 and not err, 'merge', (code, err))
s = signature(TMP + '/merged')
check((s['result'], s['key']['window']) == ('pass', window), 'the merged file answers', s)
code, out, err = run('dns', 'list', '--no-config', '--format', 'json', TMP + '/merged')
rows = {(r['name'], r['type']): r for r in json.loads(out)}
records = rows[('s._domainkey.example.org', 'TXT')]['records']
check(sorted((r['server'], r['recorded'][:4], bool(r['window'])) for r in records) ==
      [('192.0.2.53#53', '2024', False), ('192.0.2.54#53', '2025', True)], 'and keeps where each key comes from', records)
check(rows[('example.org', '*')]['recorded'][:4] == '2026', 'and each denial', rows)
