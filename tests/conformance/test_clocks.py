#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""Decoded clocks of real messages against the same messages' own Date, which nobody of us wrote.

Mail of a mailing list's archive is genuine as a rule: what its identifiers say must lie by its Date. A decoder that is
wrong gives times that lie anywhere.
"""
import datetime, glob, json, os, re, subprocess

from tap import check, skip_all

SHARED = os.environ.get('MAILCHECK_SHARED', '../shared') + '/corpora'
MAILCHECK = os.environ['MAILCHECK']
DAY = 86400
FORMS = {  # origin: the least share of clocks within a day of the Date; the others are too few to count
    'Message-ID': .9, 'boundary': .9, 'Thread-Index': .9,
}

def seconds(text):
    return datetime.datetime.fromisoformat(text.replace('Z', '+00:00')).timestamp()

def records(files):
    for i in range(0, len(files), 200):
        p = subprocess.run([MAILCHECK, 'scan', '--no-config', '--format', 'ndjson', '--repair', 'off', '--jobs', '2'] + files[i:i + 200],
                           capture_output=True, timeout=600)
        for line in p.stdout.decode().splitlines():
            yield json.loads(line)

def last_thread_index(clocks):
    """the last answer, or the beginning where there is none"""
    answers = [c for c in clocks if c['origin'].startswith('Thread-Index answer ')]
    if answers:
        return max(answers, key=lambda c: int(c['origin'].split()[-1]))
    return next((c for c in clocks if c['origin'] == 'Thread-Index'), None)

if not os.path.isdir(SHARED):
    skip_all('decoded clocks', 'no shared data')
near, all_, late_programs = {}, {}, []
for r in records(sorted(glob.glob(SHARED + '/signed/eml/*')) + [SHARED + '/list-archive/ksummit.mbox']):
    clocks = r.get('clocks', [])
    date = next((seconds(c['time']) for c in clocks if c['origin'] == 'Date'), None)
    if date is None:
        continue
    thread = last_thread_index(clocks)
    for c in [c for c in clocks if c['kind'] == 'derived' and re.match('Message-ID|boundary', c['origin']) and 'epoch' not in c['origin']] + ([thread] if thread else []):
        form = re.match(r'Message-ID|boundary|Thread-Index', c['origin']).group(0)
        all_[form] = all_.get(form, 0) + 1
        near[form] = near.get(form, 0) + (abs(seconds(c['time']) - date) <= DAY + c['precision_s'])
    late_programs += [r['source'] for c in clocks if '(build)' in c['origin'] and seconds(c['time']) > date + DAY]
for form, least in FORMS.items():
    a, b = near.get(form, 0), all_.get(form, 0)
    check(b >= 50 and a >= least * b, '%s: %d of %d within a day of the Date' % (form, a, b))
check(not late_programs, 'no program was built after the message that it wrote %s' % late_programs[:3])
