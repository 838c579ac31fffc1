#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""Puts the program's real output into README.md.

usage: tests/make-readme.py [--check]

The blocks between `<!-- demo -->` and `<!-- end -->` (and broken, list) are replaced by what the program prints now, the two
screens by those of tests/tui/screens/.
"""
import os, re, shlex, subprocess, sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
MAILCHECK = os.environ.get('MAILCHECK', ROOT + '/mailcheck')

def output(story, *more):
    d = ROOT + '/testdata/' + story
    return subprocess.run([MAILCHECK, '--no-config', '--fail-on', 'none', '--width', '100', '--dns', d + '/dns.zone']
                          + shlex.split(open(d + '/options').read()) + list(more) + [d + '/message.eml'], capture_output=True, text=True, check=True).stdout

def cut(text, first, last):
    return re.search(r'^%s.*?(?=^%s)' % (first, last), text, re.M | re.S).group(0).rstrip() + '\n'

def blocks():
    yield 'demo', output('demo')
    yield 'broken', cut(output('dkim-body-changed', '--all'), 'fail: DKIM', '(fail: DMARC|COVERAGE)')
    for name in ('list', 'proof'):  # these the tests of the screens hold to what the program shows
        yield name + '-screen', open(ROOT + '/tests/tui/screens/readme-%s.txt' % name).read()
    yield 'list', cut(output('list-changed', '--all'), '  proven      ', 'fail: DMARC')

text = old = open(ROOT + '/README.md').read()
for name, block in blocks():
    quoted = '\n'.join(('    ' + l).rstrip() for l in block.rstrip('\n').split('\n'))
    text = re.sub(r'<!-- %s -->\n.*?<!-- end -->' % name, lambda m: '<!-- %s -->\n\n%s\n\n<!-- end -->' % (name, quoted), text, flags=re.S)
if '--check' in sys.argv:
    sys.exit(text != old)
open(ROOT + '/README.md', 'w').write(text)
