#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""Puts the manual and the completions together from the program's tables.

usage: tests/make-manual.py [--check]

Writes cli/mailcheck.1 (from cli/mailcheck.1.in, whose lines @PART@ stand for `mailcheck tables part`) and
cli/completions/. With --check nothing is written; what differs is named, and the exit status is 1.
"""
import os, re, subprocess, sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
MAILCHECK = os.environ.get('MAILCHECK', ROOT + '/mailcheck')
DATE = 'November 21, 2026'

def table(part):
    return subprocess.run([MAILCHECK, 'tables', part], capture_output=True, check=True, text=True).stdout

def folded(text):
    """running text in lines of 78 columns; a control line stays, and no line becomes one"""
    out = []
    for line in text.splitlines():
        while len(line) > 78 and not line.startswith('.'):
            at = line.rfind(' ', 0, 78)
            while at > 0 and line[at + 1] in ".'":
                at = line.rfind(' ', 0, at)
            if at <= 0:
                break
            out.append(line[:at])
            line = line[at + 1:]
        out.append(line)
    return '\n'.join(out) + '\n'

def wanted():
    text = open(ROOT + '/cli/mailcheck.1.in').read().replace('$Mdocdate$', DATE)
    yield 'cli/mailcheck.1', folded(re.sub(r'^@([A-Z]+)@\n', lambda m: table(m.group(1).lower()), text, flags=re.M))
    for shell, file in (('bash', 'mailcheck.bash'), ('zsh', '_mailcheck'), ('fish', 'mailcheck.fish')):
        yield 'cli/completions/' + file, table(shell)

bad = 0
for file, text in wanted():
    path = os.path.join(ROOT, file)
    if '--check' in sys.argv:
        if not os.path.exists(path) or open(path).read() != text:
            print(file)
            bad = 1
    else:
        os.makedirs(os.path.dirname(path), exist_ok=True)
        open(path, 'w').write(text)
sys.exit(bad)
