#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""SPF as receivers recorded it: every row (client, HELO, sender, result) against zones derived from such records."""
import concurrent.futures, json, os, subprocess

from tap import check, end, skip

SHARED, MAILCHECK, TMP = os.environ['MAILCHECK_SHARED'], os.environ['MAILCHECK'], os.environ['TMPDIR']
MESSAGE = os.path.join(TMP, 'message.eml')

def result(zone, row):
    sender = row['mail_from'] if row['mail_from'] and '@' in row['mail_from'] else 'postmaster@' + row['domain']
    command = [MAILCHECK, '--no-config', '--format', 'json', '--fail-on', 'none', '--assume-complete', '--dns', zone,
               '--client-ip', row['client_ip'], '--helo', row['helo'] or 'unknown', '--mail-from', sender, MESSAGE]
    p = subprocess.run(command, capture_output=True, timeout=60)
    try:
        report = json.loads(p.stdout)
        return (report[0] if isinstance(report, list) else report)['spf']['mail_from']['result']
    except ValueError:
        return p.stderr.decode('utf-8', 'replace').strip()[:100]

def main():
    with open(MESSAGE, 'wb') as f:
        f.write(b'From: a@example.org\r\nSubject: row\r\n\r\nrow\r\n')
    for corpus in ('signed', 'phishing'):
        rows = os.path.join(SHARED, 'corpora', corpus, 'derived.expected-spf.jsonl')
        zone = os.path.join(SHARED, 'corpora', corpus, 'derived.zone')
        if not os.path.exists(rows):
            skip('SPF rows of ' + corpus, 'no shared data')
            continue
        with open(rows) as f:
            row = [json.loads(line) for line in f if line.strip()]
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            got = list(pool.map(lambda r: result(zone, r), row))
        wrong = ['%s: want %s got %s' % (r['file'], r['spf'], g) for r, g in zip(row, got) if g != r['spf']]
        check(not wrong and len(row) > 100, '%d of %d SPF rows of %s agree' % (len(row) - len(wrong), len(row), corpus), wrong)
    end()

main()
