#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""Whatever is wrong with an input: a clear error, or a report, in bounded time and memory."""
import json, os, random, resource, signal, subprocess, tempfile, time

from tap import check, end, skip

BINARY = os.environ['MAILCHECK']
ASAN = os.environ.get('MODE') == 'asan'
SECONDS = 120 if ASAN else 30
MEGABYTES = 600
TMP = os.environ.get('TMPDIR') or tempfile.mkdtemp()

def limit():
    if not ASAN:
        resource.setrlimit(resource.RLIMIT_AS, (4 << 30, 4 << 30))

def run(*args, data=None):
    """(exit status, standard output, standard error, seconds)"""
    start = time.monotonic()
    p = subprocess.run([BINARY, '--no-config', '--format', 'json', '--fail-on', 'none', *args], input=data, capture_output=True,
                       timeout=SECONDS, preexec_fn=limit)
    return p.returncode, p.stdout, p.stderr.decode('utf-8', 'replace'), time.monotonic() - start

def put(name, data):
    path = os.path.join(TMP, name)
    with open(path, 'wb') as f:
        f.write(data)
    return path

def refused(what, path, word):
    code, out, err, _ = run(path)
    check(code == 2 and err.startswith('mailcheck: ') and word in err, what, (code, err))

def reported(what, data, test):
    path = put('m.eml', data)
    try:
        code, out, err, took = run(path)
        record = json.loads(out)
        if isinstance(record, list):
            record = record[0]
        check(code == 0 and test(record), what, (code, err, record.get('findings')))
    except subprocess.TimeoutExpired:
        check(False, what, 'no end after %d s' % SECONDS)
    except ValueError:
        check(False, what, (code, err))

refused('a missing file', os.path.join(TMP, 'nowhere'), 'No such file')
refused('a directory, which is for scan', TMP, 'scan')
secret = put('secret', b'x')
os.chmod(secret, 0)
if os.geteuid():
    refused('an unreadable file', secret, 'Permission denied')
else:
    skip('an unreadable file', 'root reads all')
reported('an empty file', b'', lambda r: r['length'] == 0 and r['author'] != 'proven')
reported('no header', b'just a line of text\nand one more\n', lambda r: r['author'] != 'proven')
reported('no body', b'From: a@b.example\r\n', lambda r: r['type'] == 'message')
random.seed(1)
junk = bytes(random.randrange(256) for _ in range(300000))
reported('binary junk', junk, lambda r: r['length'] == len(junk))
reported('NULs only', bytes(100000), lambda r: r['length'] == 100000)
reported('bytes that begin like a compressed file', b'\x1f\x8b' + b'From: a@b.example\n', lambda r: r['length'] == 20)
reported('100,000 Received fields',
         b'Received: from a.example by b.example; Mon, 1 Jan 2024 00:00:00 +0000\r\n' * 100000 + b'From: a@b.example\r\n\r\nx\r\n',
         lambda r: r['type'] == 'message')
reported('a line of 64 MiB in the header', b'From: a@b.example\r\nSubject: ' + b'x' * (64 << 20) + b'\r\n\r\nx\r\n',
         lambda r: r['length'] > 64 << 20)
reported('a line of 64 MiB in the body', b'From: a@b.example\r\n\r\n' + b'x' * (64 << 20) + b'\r\n', lambda r: r['length'] > 64 << 20)
nest = b''.join(b'Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n' % (i, i) for i in range(1000))
reported('1,000 nested multiparts', b'From: a@b.example\r\n' + nest + b'\r\nx\r\n', lambda r: len(r['parts']) <= 101)
reported('1,000 nested messages', b'From: a@b.example\r\n' + b'Content-Type: message/rfc822\r\n\r\n' * 1000 + b'x\r\n',
         lambda r: len(r['parts']) <= 101)
reported('20,000 parts', b'From: a@b.example\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n' + b'--b\r\n\r\nx\r\n' * 20000,
         lambda r: len(r['parts']) <= 10000)
for what, filler in (('parentheses', b'('), ('quotes', b'"a'), ('brackets', b'<'), ('encoded-words', b'=?a?q?'), ('commas', b'a@b,')):
    reported('half a MiB of %s in From' % what, b'From: ' + filler * (524288 // len(filler)) + b'\r\n\r\nx\r\n',
             lambda r: r['type'] == 'message')
code, out, err, _ = run('-', data=b'From: a@b.example\r\n\r\nx\r\n')
check(code == 0 and json.loads(out)['source'] == '-', 'standard input', err)
code, out, err, _ = run(os.path.join(TMP, 'nowhere'), put('ok.eml', b'From: a@b.example\r\n\r\nx\r\n'))
check(code == 2 and len(json.loads(out)) == 2, 'a missing file does not stop the next', (code, err, out[:200]))
peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
check(ASAN or peak < MEGABYTES, 'memory stays under %d MB' % MEGABYTES, '%d MB' % peak)
end()
