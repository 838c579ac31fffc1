#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""The public suffix list's own test rows: the Organizational Domain that RFC 7489 derives for an author of each domain."""
import json, os, subprocess

from tap import check, end, skip_all

SHARED, MAILCHECK, TMP = os.environ['MAILCHECK_SHARED'], os.environ['MAILCHECK'], os.environ['TMPDIR']

def to_ascii(name):
    return '.'.join(label if label.isascii() else 'xn--' + label.encode('punycode').decode() for label in name.lower().split('.'))

def org_domain(name):
    path = os.path.join(TMP, 'message.eml')
    with open(path, 'wb') as f:
        f.write(b'From: <a@' + name.encode() + b'>\r\nSubject: row\r\n\r\nrow\r\n')
    p = subprocess.run([MAILCHECK, '--no-config', '--format', 'json', '--fail-on', 'none', '--assume-complete', path], capture_output=True,
                       timeout=60)
    report = json.loads(p.stdout)
    return (report[0] if isinstance(report, list) else report)['dmarc']['rfc7489']['org_domain']

def main():
    rows = os.path.join(SHARED, 'suites', 'psl', 'psl-cases.tsv')
    if not os.path.exists(rows):
        skip_all('public suffix rows', 'no shared data')
    wrong, count = [], 0
    with open(rows, encoding='utf-8') as f:
        for line in f:
            name, want = (line.rstrip('\n').split('\t') + ['-'])[:2]
            if line.startswith('#') or not name.strip('-') or name.startswith('.'):
                continue  # no domain of an author
            count += 1
            got = org_domain(name)
            if got != to_ascii(name if want == '-' else want):  # a public suffix stands for itself
                wrong.append('%s: want %s got %s' % (name, want, got))
    check(not wrong and count > 50, '%d of %d public suffix rows agree' % (count - len(wrong), count), wrong)
    end()

main()
