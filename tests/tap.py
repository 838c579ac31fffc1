# SPDX-License-Identifier: ISC
"""The TAP lines that every test script prints; tests/run.py counts them (and puts this folder where Python finds it)."""
import os, sys

count = failed = 0


def check(ok, name, why=''):
    """One test: NAME says what holds; WHY, anything, what was there instead; a list has a line for each."""
    global count, failed
    count += 1
    failed += not ok
    lines = why if isinstance(why, list) else []
    for line in lines[:40]:
        print('# %s' % (line,))
    note = '' if ok or not why or lines else ': ' + str(why)[:2000].replace('\n', ' | ')
    print('%s %d - %s%s' % ('ok' if ok else 'not ok', count, name, note), flush=True)


def skip(name, why):
    global count
    count += 1
    print('ok %d - %s # SKIP %s' % (count, name, why), flush=True)


def skip_all(name, why):
    """What these tests need is not here."""
    skip(name, why)
    sys.exit(0)


def end():
    sys.exit(failed > 0)


def import_dkim(name):
    """python3-dkim, which Debian's own Python finds, even where another is the first; without it the tests NAME are skipped."""
    try:
        import dkim
    except ImportError:
        if sys.executable != '/usr/bin/python3' and os.path.exists('/usr/bin/python3'):
            os.execv('/usr/bin/python3', ['/usr/bin/python3'] + sys.argv)
        skip_all(name, 'no python3-dkim')
    return dkim
