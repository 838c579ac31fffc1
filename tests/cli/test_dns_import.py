#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""dns import, list and check: what other programs print becomes a snapshot that says the same. The inputs are composed in
the forms of dig, drill, kdig +json, mailauth's cache and lists of keys."""
import json, os, subprocess

from tap import check

MAILCHECK, TMP = os.environ['MAILCHECK'], os.environ['TMPDIR']

def run(*args):
    p = subprocess.run([MAILCHECK] + list(args), stdout=subprocess.PIPE, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL)
    return p.returncode, p.stdout.decode(), p.stderr.decode()

def write(name, text):
    with open(TMP + '/' + name, 'w') as f:
        f.write(text)
    return TMP + '/' + name

def imported(name, text):
    """The rows of `dns list` after the import, by name and type."""
    path = write(name, text)
    code, out, err = run('dns', 'import', '--no-config', path, '--output', path + '.zone')
    listed = run('dns', 'list', '--no-config', '--format', 'json', path + '.zone')
    rows = {(r['name'], r['type']): r for r in json.loads(listed[1])} if listed[0] == 0 and listed[1] else {}
    return code, err, rows

def data(rows, name, qtype):
    return [r['data'] for r in rows.get((name, qtype), {}).get('records', [])]

DIG = r'''
; <<>> DiG 9.18.28 <<>> @192.0.2.53 example.org TXT
;; global options: +cmd
;; Got answer:
;; ->>HEADER<<- opcode: QUERY, status: NOERROR, id: 4711
;; flags: qr rd ra; QUERY: 1, ANSWER: 2, AUTHORITY: 0, ADDITIONAL: 1

;; OPT PSEUDOSECTION:
; EDNS: version: 0, flags:; udp: 1232
;; QUESTION SECTION:
;www.example.org.		IN	TXT

;; ANSWER SECTION:
www.example.org.	60	IN	CNAME	example.org.
example.org.		300	IN	TXT	"v=spf1 \195\188" " -all"

;; Query time: 4 msec
;; SERVER: 192.0.2.53#53(192.0.2.53) (UDP)
;; WHEN: Tue Nov 10 09:12:44 UTC 2026
;; MSG SIZE  rcvd: 80

;; ->>HEADER<<- opcode: QUERY, status: NXDOMAIN, id: 4712
;; flags: qr rd ra; QUERY: 1, ANSWER: 0, AUTHORITY: 1, ADDITIONAL: 1
;; QUESTION SECTION:
;gone.example.org.		IN	TXT
;; AUTHORITY SECTION:
example.org.	300	IN	SOA	ns.example.org. h.example.org. 1 2 3 4 5
;; Query time: 4 msec
;; SERVER: 192.0.2.53#53(192.0.2.53) (UDP)
;; WHEN: Tue Nov 10 10:12:44 CET 2026

;; ->>HEADER<<- opcode: QUERY, status: NOERROR, id: 4713
;; flags: qr rd ra; QUERY: 1, ANSWER: 0, AUTHORITY: 1, ADDITIONAL: 1
;; QUESTION SECTION:
;none.example.org.		IN	MX
;; AUTHORITY SECTION:
example.org.	300	IN	SOA	ns.example.org. h.example.org. 1 2 3 4 5

;; ->>HEADER<<- opcode: QUERY, status: SERVFAIL, id: 4714
;; flags: qr rd ra; QUERY: 1, ANSWER: 0, AUTHORITY: 0, ADDITIONAL: 1
;; QUESTION SECTION:
;bad.example.org.		IN	A

;; ->>HEADER<<- opcode: QUERY, status: NOERROR, id: 4715
;; flags: qr; QUERY: 1, ANSWER: 0, AUTHORITY: 1, ADDITIONAL: 1
;; QUESTION SECTION:
;lame.example.org.		IN	A
;; AUTHORITY SECTION:
lame.example.org.	300	IN	NS	ns.elsewhere.example.
'''
code, err, rows = imported('dig.txt', DIG)
check(code == 0 and not err, 'dig', (code, err))
check(data(rows, 'www.example.org', 'CNAME') == ['example.org.'], 'dig: alias', rows)
check(data(rows, 'example.org', 'TXT') == ['"v=spf1 \\195\\188" " -all"'], 'dig: text, its strings kept', rows)
first = rows[('example.org', 'TXT')]['records'][0]
check((first['recorded'], first['server']) == ('2026-11-10T09:12:44Z', '192.0.2.53#53'), 'dig: when and whom', first)
check(rows[('gone.example.org', '*')]['status'] == 'nxdomain', 'dig: no such name', rows)
check(rows[('gone.example.org', '*')]['recorded'] is None, 'dig: a local time is no time')
check(rows[('none.example.org', 'MX')]['status'] == 'nodata', 'dig: no such type')
check((rows[('bad.example.org', 'A')]['status'], rows[('bad.example.org', 'A')]['detail']) == ('failed', 'SERVFAIL'), 'dig: failure')
check((rows[('lame.example.org', 'A')]['status'], rows[('lame.example.org', 'A')]['detail']) == ('failed', 'lame'), 'dig: referral')

code, err, rows = imported('drill.txt', r''';; ->>HEADER<<- opcode: QUERY, rcode: NXDOMAIN, id: 7
;; flags: qr aa rd ; QUERY: 1, ANSWER: 0, AUTHORITY: 0, ADDITIONAL: 0
;; QUESTION SECTION:
;; gone.example.org.	IN	TXT

;; ANSWER SECTION:

;; SERVER: 192.0.2.53
;; WHEN: Tue Nov 10 09:12:44 2026
''')
check(code == 0 and rows[('gone.example.org', '*')]['status'] == 'nxdomain', 'drill', (err, rows))

kdig = {'dateSeconds': 1794301964, 'QR': 1, 'AA': 1, 'RCODE': 0, 'QNAME': 'al.example.org.', 'QTYPE': 15, 'answerRRs': [
    {'NAME': 'al.example.org.', 'TYPE': 5, 'TTL': 60, 'RDATAHEX': '076578616D706C65036F726700'},
    {'NAME': 'example.org.', 'TYPE': 15, 'TTL': 60, 'RDATAHEX': '000A026D78076578616D706C65036F726700'}]}
gone = {'dateSeconds': 1794301964, 'QR': 1, 'AA': 1, 'RCODE': 3, 'QNAME': 'gone.example.org.', 'QTYPE': 16}
none = dict(gone, RCODE=0, QNAME='none.example.org.')
text = {'dateSeconds': 1794301964, 'RCODE': 0, 'QNAME': 't.example.org.', 'QTYPE': 16, 'answerRRs': [
    {'NAME': 't.example.org.', 'TYPE': 16, 'TTL': 60, 'RDATAHEX': '0361FF000162'}]}
code, err, rows = imported('kdig.json', '\n'.join(json.dumps(r, indent=1) for r in (kdig, gone, none, text)))
check(code == 0 and not err, 'kdig +json, four runs in one file', (code, err))
check(data(rows, 'al.example.org', 'CNAME') == ['example.org.'] and data(rows, 'example.org', 'MX') == ['10 mx.example.org.'],
      'kdig: alias and its target', rows)
check(rows[('gone.example.org', '*')]['status'] == 'nxdomain' and rows[('none.example.org', 'TXT')]['status'] == 'nodata', 'kdig: absent')
check(data(rows, 't.example.org', 'TXT') == ['"a\\255\\000" "b"'], 'kdig: exact bytes', rows)
check(rows[('t.example.org', 'TXT')]['records'][0]['recorded'] == '2026-11-10T09:12:44Z', 'kdig: when')

code, err, rows = imported('cache.json', json.dumps({
    's._domainkey.example.org': {'TXT': [['v=DKIM1; p=', 'AAAA']]},
    'example.org': {'MX': [{'exchange': 'mx.example.org', 'priority': 10}], 'A': ['192.0.2.1'], 'AAAA': ['2001:db8::1'], 'NS': []},
    'quiet.example.org': {'MX': [{'exchange': '', 'priority': 0}]}, '1.2.0.192.in-addr.arpa': {'PTR': ['mx.example.org']}}))
check(code == 0 and not err, "mailauth's cache", (code, err))
check(data(rows, 's._domainkey.example.org', 'TXT') == ['"v=DKIM1; p=AAAA"'], 'mailauth: text', rows)
check([data(rows, 'example.org', t) for t in ('MX', 'A', 'AAAA')] == [['10 mx.example.org.'], ['192.0.2.1'], ['2001:db8::1']],
      'mailauth: hosts', rows)
check(rows[('example.org', 'NS')]['status'] == 'nodata', 'mailauth: an empty list is no such type')
check(data(rows, 'quiet.example.org', 'MX') == ['0 .'] and data(rows, '1.2.0.192.in-addr.arpa', 'PTR') == ['mx.example.org.'],
      'mailauth: null MX, PTR', rows)

keys = [{'domain': 'example.org', 'selector': 's1', 'value': 'v=DKIM1; k=rsa; p=AAAA', 'firstSeenAt': '2019-01-02T03:04:05.678Z',
         'lastSeenAt': '2020-01-01 00:00:00'},
        {'domain': 'example.org', 'selector': 's1', 'value': 'v=DKIM1; k=rsa; p=BBBB', 'firstSeenAt': '2020-01-02', 'lastSeenAt': None}]
want = [('"v=DKIM1; k=rsa; p=AAAA"', '2019-01-02T03:04:05Z to 2020-01-01T00:00:00Z, '),
        ('"v=DKIM1; k=rsa; p=BBBB"', '2020-01-02T00:00:00Z to -, ')]
forms = {'keys.json': json.dumps(keys), 'keys.ndjson': '\n'.join(json.dumps(k) for k in keys),
         'keys.csv': 'domain,selector,value,first_seen,last_seen\r\n' + ''.join(
             '%s,%s,"%s",%s,%s\r\n' % (k['domain'], k['selector'], k['value'], k['firstSeenAt'], k['lastSeenAt'] or '') for k in keys),
         'keys.tsv': 'Last Seen\tFirst Seen\tSelector\tDomain\tKey\n' + ''.join(
             '%s\t%s\ts1\texample.org\t%s\n' % (k['lastSeenAt'] or '', k['firstSeenAt'], k['value'].split('p=')[1]) for k in keys)}
for name, form in forms.items():
    code, err, rows = imported(name, form)
    got = [(r['data'], r['window']) for r in rows.get(('s1._domainkey.example.org', 'TXT'), {}).get('records', [])]
    check(code == 0 and not err and got == [(d, w + name) for d, w in want], 'keys with their windows: ' + name, (err, got))

code, err, rows = imported('plain.zone', 'a.example. TXT "x"\nb.example. A 192.0.2\n')
check(code == 2 and 'plain.zone:2: ' in err and data(rows, 'a.example', 'TXT') == ['"x"'], 'a master file, its bad line named', (code, err, rows))
for name, form in (('empty', ''), ('junk', 'nothing of the kind\n'), ('half.json', '{"QNAME": "a.example.'), ('list.json', '[1]'),
                   ('odd.json', '{"a..b": {"TXT": []}}'), ('nokey.csv', 'domain,selector,value\nexample.org,,x\n')):
    code, err, rows = imported(name, form)
    check(code == 2 and err.startswith('mailcheck: ') and not rows, 'refused: ' + name, (code, err, rows))

# --- several files
one = write('one.zone', ';@ recorded 2024-01-01T00:00:00Z 192.0.2.53#53\na.example. TXT "v=spf1 -all"\ns._domainkey.a.example. TXT "p=AA"\n')
two = write('two.zone', ';@ recorded 2025-01-01T00:00:00Z 192.0.2.54#53\na.example. TXT "v=spf1 ip4:192.0.2.0/33 -all"\n'
            ';@ window 2019-01-01 2020-01-01 archive\ns._domainkey.a.example. TXT "p=BB"\n_dmarc.a.example. TXT "v=DMARC1; p=nothing"\n')
code, out, err = run('dns', 'check', '--no-config', two)
check(code == 1 and 'SPF: ' in out and '192.0.2.0/33' in out and 'DMARC: ' in out, 'check judges records', out)
code, out, err = run('dns', 'check', '--no-config', one, two)
check(code == 1 and 'two.zone:2: another answer for a.example TXT than' in out and 'domainkey' not in
      ''.join(l for l in out.splitlines() if 'another answer' in l), 'check tells conflicts, and history is none', out)
code, out, err = run('dns', 'list', '--no-config', '--format', 'json', one, two)
rows = {(r['name'], r['type']): r for r in json.loads(out)}
history = rows[('s._domainkey.a.example', 'TXT')]['records']
check([(r['data'], r['window'], r['server'], os.path.basename(r['file'])) for r in history] == [
    ('"p=AA"', None, '192.0.2.53#53', 'one.zone'),
    ('"p=BB"', '2019-01-01T00:00:00Z to 2020-01-01T23:59:59Z, archive', '192.0.2.54#53', 'two.zone')], 'merged keys keep where they come from', history)
