#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""The manual and the completions are those that the tables make; mandoc and bash find nothing wrong with them."""
import os, re, shutil, subprocess, sys

from tap import check, skip

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
MAILCHECK = os.environ.get('MAILCHECK', ROOT + '/mailcheck')

def run(*args):
    return subprocess.run(args, capture_output=True, text=True, cwd=ROOT)

p = run(sys.executable, 'tests/make-manual.py', '--check')
check(p.returncode == 0, 'manual and completions match the tables', 'tests/make-manual.py writes them anew: ' + ' '.join(p.stdout.split()) + p.stderr)
if shutil.which('mandoc'):
    p = run('mandoc', '-T', 'lint', '-W', 'warning', 'cli/mailcheck.1')
    check(p.returncode == 0 and not p.stdout, 'mandoc finds nothing', p.stdout[:400])
else:
    skip('mandoc finds nothing', 'no mandoc')
for shell, file in (('bash', 'mailcheck.bash'), ('zsh', '_mailcheck'), ('fish', 'mailcheck.fish')):
    if shutil.which(shell):
        p = run(shell, '-n', 'cli/completions/' + file)
        check(p.returncode == 0, shell + ' reads its completion', p.stderr)
    else:
        skip('%s reads its completion' % shell, 'no ' + shell)
# bash really completes
script = 'source cli/completions/mailcheck.bash; COMP_WORDS=(mailcheck %s); COMP_CWORD=%d; _mailcheck 2>/dev/null; echo "${COMPREPLY[@]}"'
for words, at, want in (('ex', 1, 'explain'), ('check --format j', 3, 'json'), ('explain --wi', 2, '--width'), ('x.eml --dn', 2, '--dns')):
    p = run('bash', '-c', script % (words, at))
    check(p.stdout.split() == [want], 'bash completes "%s"' % words, repr(p.stdout))
# every command and option of --help is in the manual, and the other way round
manual = open(ROOT + '/cli/mailcheck.1').read().replace('\\', '')
helps = run(MAILCHECK, '--help').stdout
commands = re.findall(r'^  ([a-z]+) +\S', helps, re.M)
check(len(commands) >= 4 and all('.It Cm %s' % c in manual for c in commands), 'the manual has every command', str(commands))
options = set()
for c in commands:
    p = run(MAILCHECK, c, '--help')
    check(p.returncode == 0 and p.stdout.startswith('usage: mailcheck ' + c) and not p.stderr, c + ' --help')
    check(max(map(len, p.stdout.splitlines())) <= 100, c + ' --help fits 100 columns')
    options |= set(re.findall(r'^  (?:-\w, )?--([a-z-]+)', p.stdout, re.M))
documented = set(re.findall(r'^\.It(?: Fl \w ,)? Fl -([a-z-]+)', manual, re.M))
check(options == documented, 'the manual has every option', str(options ^ documented))
