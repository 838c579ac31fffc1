#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""Public conformance suites, attacks and benign messages of the shared data, graded by the tools that come with them."""
import os, re, subprocess, sys

from tap import check, skip

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
MAILCHECK = os.environ.get('MAILCHECK', ROOT + '/mailcheck')
SHARED = os.environ.get('MAILCHECK_SHARED', ROOT + '/../shared')
# How many of a hundred must hold, at least. Raised as the program gets better, never lowered.
SUITES = {'spf': 100, 'dkim': 100, 'arc': 100, 'dmarc-7489': 100, 'dmarc-9989': 100, 'ar': 100, 'mime': 95, 'received': 95}
ATTACKS = {'dkim': 100, 'spf': 99, 'dmarc': 100, 'author': 100, 'benign': 100, 'must': 100}

def graded(tool, goals):
    path = os.path.join(SHARED, 'tools', tool)
    if not os.path.exists(path):
        for kind in goals:
            skip('%s %s' % (tool, kind), 'no shared data')
        return
    p = subprocess.run([sys.executable, path, '--mailcheck', MAILCHECK, '--jobs', '1', '--list'], capture_output=True, text=True)
    lines = p.stdout.strip().splitlines()
    got = {k: (int(a), int(b)) for k, a, b in re.findall(r'([a-z0-9-]+) (\d+)/(\d+)', lines[-1] if lines else '')}
    for kind, goal in goals.items():
        a, b = got.get(kind, (0, 0))
        check(b > 0 and a * 100 >= goal * b, '%s %s: %d of %d (at least %d %%)' % (tool, kind, a, b, goal))
        if a < b:
            print('\n'.join('# ' + l for l in lines[:-1] if re.search(r' %s\b' % kind, l) and not re.match(r'^\S+ +\S+ +\d+ of', l)))

graded('conformance.py', SUITES)
graded('attacks.py', ATTACKS)
