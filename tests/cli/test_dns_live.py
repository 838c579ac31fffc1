#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""--live, --record and the dns commands against a real name server: what was asked live is replayed to the same bytes."""
import base64, json, os, subprocess, sys

from tap import check, import_dkim, skip_all

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import nameserver

MAILCHECK, TMP = os.environ['MAILCHECK'], os.environ['TMPDIR']

def differ(a, b):
    """Where two outputs first differ."""
    at = next((i for i, (x, y) in enumerate(zip(a, b)) if x != y), min(len(a), len(b)))
    return a[max(0, at - 150):at + 80], b[max(0, at - 150):at + 80]

def run(*args, **more):
    p = subprocess.run([MAILCHECK] + list(args), stdout=subprocess.PIPE, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, **more)
    return p.returncode, p.stdout.decode(), p.stderr.decode()

if not nameserver.NSD:
    skip_all('a name server', 'no nsd')
dkim = import_dkim('signed messages')

# --- keys, messages, zones
def make_key(name):
    pem = '%s/%s.pem' % (TMP, name)
    subprocess.run(['openssl', 'genrsa', '-out', pem, '2048'], check=True, stderr=subprocess.DEVNULL)
    der = subprocess.run(['openssl', 'rsa', '-in', pem, '-pubout', '-outform', 'DER'], check=True, stdout=subprocess.PIPE,
                         stderr=subprocess.DEVNULL).stdout
    return pem, 'v=DKIM1; k=rsa; p=' + base64.b64encode(der).decode()

# Keys of their own: a key that several names share would be remarked where all names are in one snapshot.
keys = {name: make_key(name) for name in ('good', 'cname', 'cut')}

def message(name, domain, selector, sender=None):
    text = ('From: A <a@%s>\r\nTo: b@receiver.test\r\nSubject: %s\r\nDate: Tue, 10 Nov 2026 09:12:40 +0000\r\n'
            'Message-ID: <%s@%s>\r\n\r\nhello\r\n') % (domain, name, name, domain)
    signature = dkim.sign(text.encode(), selector.encode(), domain.encode(), open(keys.get(name, keys['good'])[0], 'rb').read())
    head = ('Return-Path: <a@%s>\r\nReceived: from mail.%s (mail.%s [192.0.2.25])\r\n\tby mx.receiver.test with ESMTP id 1\r\n'
            '\tfor <b@receiver.test>; Tue, 10 Nov 2026 09:12:44 +0000\r\n') % ((sender or domain,) * 3)
    path = '%s/%s.eml' % (TMP, name)
    with open(path, 'wb') as f:
        f.write(head.encode() + signature + text.encode())
    return path

def split(text):
    return ' '.join('"%s"' % text[i:i + 100] for i in range(0, len(text), 100))

long = 'v=spf1 ' + ' '.join('ip4:198.51.100.%d' % i for i in range(120)) + ' include:_spf.good.test -all'
root = '$ORIGIN .\n$TTL 300\n' + nameserver.SOA.replace('@', '.') + r'''
ns.test. A 127.0.0.1
good.test. TXT "v=spf1 include:_spf.good.test mx -all"
good.test. TXT "other=\000\255\"x\\"
_spf.good.test. TXT "v=spf1 redirect=_last.good.test"
_last.good.test. TXT "v=spf1 a:alias.good.test -all"
alias.good.test. CNAME mail.good.test.
mail.good.test. A 192.0.2.25
good.test. MX 10 mx1.good.test.
good.test. MX 20 mx2.good.test.
mx1.good.test. A 192.0.2.1
mx2.good.test. AAAA 2001:db8::2
_dmarc.good.test. TXT "v=DMARC1; p=reject; rua=mailto:d@reports.test"
good.test._report._dmarc.reports.test. TXT "v=DMARC1"
s1._domainkey.good.test. TXT %(good)s
s2._domainkey.good.test. CNAME k.keys.test.
k.keys.test. TXT %(cname)s
25.2.0.192.in-addr.arpa. PTR mail.good.test.
cut.test. TXT %(long)s
s1._domainkey.cut.test. TXT %(cut)s
*.wild.test. TXT "v=spf1 ip4:192.0.2.25 -all"
receiver.test. MX 10 mx.receiver.test.
mx.receiver.test. A 192.0.2.99
lame.test. NS ns.elsewhere.test.
''' % dict({name: split(key[1]) for name, key in keys.items()}, long=split(long))

nsd = nameserver.Nsd(TMP + '/nsd', {'.': root, 'broken.test': None})
front = nameserver.Front(nsd.port)
names = {'good': ('good.test', 's1'), 'cname': ('good.test', 's2'), 'cut': ('cut.test', 's1'), 'wild': ('a.wild.test', 's1'),
         'absent': ('absent.test', 's1'), 'servfail': ('broken.test', 's1'), 'lame': ('lame.test', 's1')}
paths = {name: message(name, *who) for name, who in names.items()}
common = ['--no-config', '--fail-on', 'none', '--format', 'json']

try:
    # --- live and its recording
    for name, path in paths.items():
        zone = '%s/%s.zone' % (TMP, name)
        live = run(path, '--live', '--server', nsd.address, '--record', zone, *common)
        bare = run(path, '--live', '--server', nsd.address, *common)
        replay = run(path, '--dns', zone, *common)
        check(live[0] == 0 and not live[2], name + ': live', live)
        check(live[1] == bare[1], name + ': recording changes nothing')
        check(replay == live, name + ': replayed to the same bytes', (differ(replay[1], live[1]), replay[2]))
        check(json.loads(live[1])['complete'] is True, name + ': complete')
    results = {n: json.loads(run(p, '--dns', '%s/%s.zone' % (TMP, n), *common)[1]) for n, p in paths.items()}
    for name, result, cause in (('good', 'pass', None), ('cname', 'pass', None), ('cut', 'pass', None),
                                ('absent', 'permerror', 'key-missing'), ('wild', 'permerror', 'key-malformed'),
                                ('servfail', 'temperror', 'dns-failed'), ('lame', 'temperror', 'dns-failed')):
        s = results[name]['signatures'][0] if 'signatures' in results[name] else results[name]['dkim'][0]
        check((s['result'], s['cause']) == (result, cause), name + ': signature', (s['result'], s['cause'], s))
    check(any(a == ('cut.test', 16, 'udp') for a in front.asked) is False, 'the front was not asked yet')
    recorded = open(TMP + '/good.zone').read()
    check('"other=\\000\\255\\"x\\\\"' in recorded, 'exact bytes of a TXT record are kept', recorded)
    check(';@ recorded ' in recorded and nsd.address in recorded, 'who answered and when is kept')
    check(';@ nxdomain ' in open(TMP + '/absent.zone').read(), 'a denial is recorded')
    check(';@ servfail s1._domainkey.broken.test. TXT' in open(TMP + '/servfail.zone').read(), 'a failure is recorded')

    # --- needs, carried to another machine, asked there, replayed here
    needs, zone = TMP + '/needs.txt', TMP + '/recorded.zone'
    code, text, err = run('dns', 'needs', '--no-config', *paths.values())
    open(needs, 'w').write(text)
    lines = text.splitlines()
    check(code == 0 and not err, 'needs', (code, err))
    for want in ('s1._domainkey.good.test. TXT ; ', 'good.test. TXT ; ', '_dmarc.good.test. TXT ; ', '_dmarc.test. TXT ; ',
                 '_dmarc.a.wild.test. TXT ; ', '_dmarc.wild.test. TXT ; ', 'good.test. MX ; ', '_mta-sts.good.test. TXT ; ',
                 '_smtp._tls.good.test. TXT ; ', '25.2.0.192.in-addr.arpa. PTR ; '):
        check(any(l.startswith(want) for l in lines), 'needs: ' + want, text)
    check(len(lines) == len(set(lines)), 'each question once')
    case = run('scan', '--no-config', '--fail-on', 'none', '--output', TMP + '/case.db', *paths.values())
    check(run('dns', 'needs', '--no-config', TMP + '/case.db')[1] == text, 'a case has the needs of its messages', case)
    check('hello' not in text and 'Message-ID' not in text and 'a@' not in text, 'nothing of the messages')

    code, out, err = run('dns', 'record', '--no-config', '--needs', needs, '--output', zone, '--server', front.address, '--rate', '500')
    check(code == 0 and 'can see' in err, 'record warns and ends well', (code, out, err))
    asked = len(front.asked)
    check(('cut.test', 16, 'tcp') in front.asked, 'what was cut is asked by TCP', front.asked)
    check(('_last.good.test', 16, 'udp') in front.asked, 'SPF is followed', front.asked)
    check(('good.test._report._dmarc.reports.test', 16, 'udp') in front.asked, 'reports are followed', front.asked)
    udp = [a[:2] for a in front.asked if a[2] == 'udp']
    check(len(udp) == len(set(udp)), 'nothing is asked twice', sorted(udp))

    code, out, err = run('dns', 'record', '--no-config', '--needs', needs, '--output', zone, '--server', front.address, '--rate', '500')
    again = front.asked[asked:]
    check(code == 0 and all('broken' in a[0] or 'lame' in a[0] for a in again), 'a second run asks only what had failed', (code, err, again))
    live = {n: run(p, '--live', '--server', nsd.address, *common) for n, p in paths.items()}
    nsd.stop()
    for name, path in paths.items():
        replay = run(path, '--dns', zone, *common)
        check(replay == live[name], name + ': needs, record, replay: the bytes of --live', (differ(replay[1], live[name][1]), replay[2]))
    check(run('dns', 'needs', '--no-config', '--dns', zone, *paths.values())[1] == '', 'nothing is missing afterwards',
          run('dns', 'needs', '--no-config', '--dns', zone, *paths.values())[1])
    code, out, err = run('dns', 'check', '--no-config', zone)
    check(code in (0, 1) and 'skipped' not in out and ' 0 problems' in out, 'the recording has no bad line', out)
    code, out, err = run('dns', 'list', '--no-config', '--format', 'json', zone)
    rows = {(r['name'], r['type']): r for r in json.loads(out)}
    check(rows[('_dmarc.good.test', 'TXT')]['records'][0]['data'] == '"v=DMARC1; p=reject; rua=mailto:d@reports.test"', 'list', out[:500])
    check(rows[('_dmarc.good.test', 'TXT')]['records'][0]['server'] == front.address, 'list says who was asked')

    # --- servers that do not answer
    silent = message('silent', 'slow.test', 's1')
    noisy = message('noisy', 'garbage.test', 's1')
    open(needs, 'w').write('s1._domainkey.slow.test. TXT\ns1._domainkey.garbage.test. TXT ; DKIM key\n')
    zone = TMP + '/silent.zone'
    code, out, err = run('dns', 'record', '--no-config', '--needs', needs, '--output', zone, '--server', front.address)
    check(code == 2, 'nobody answered: the job was not done', (code, err))
    for path in (silent, noisy):
        s = json.loads(run(path, '--dns', zone, *common)[1])
        s = (s.get('signatures') or s['dkim'])[0]
        check((s['result'], s['cause']) == ('temperror', 'dns-failed'), 'a timeout is a failure, not an absence', s)
    open(needs, 'w').write('good.test. TXT\nnonsense\n')
    code, out, err = run('dns', 'record', '--no-config', '--needs', needs, '--output', zone, '--server', front.address)
    check(code == 2 and ':2: ' in err, 'a bad line of --needs is named', err)
    for args in (['record'], ['record', '--needs', needs], ['needs'], ['nothing'], ['list'], ['list', TMP + '/absent'],
                 ['needs', TMP + '/not-there.eml']):
        code, out, err = run('dns', '--no-config', *args)
        check(code == 2 and err.startswith('mailcheck: '), 'dns %s is refused' % ' '.join(args).replace(TMP, ''), (code, err))
finally:
    nsd.stop()
