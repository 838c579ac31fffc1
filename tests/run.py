#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""Runs the tests and counts them.

usage: tests/run.py [--mode plain|asan]... [--only KIND|PATH-SUBSTRING] [--jobs N] [--verbose]

A test program is an executable that writes TAP lines ("ok 1 - name", "not ok 2 - name", "ok 3 - name # SKIP why"):
unit tests (build/MODE/tests/unit/*), and scripts tests/{cli,tui,conformance,lint}/test_*. Scripts get MAILCHECK (the
binary), MODE, MAILCHECK_SHARED and TMPDIR (a folder of their own) in the environment. A program that dies, says nothing,
or exits non-zero without a "not ok" counts as one failure. Lints run once, whatever the modes.
"""
import argparse, concurrent.futures, glob, os, re, shutil, subprocess, sys, tempfile, time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
LINE = re.compile(r'^(not ok|ok)\b\s*\d*\s*-?\s*(.*)$')
TIMEOUT = 1200

def programs(modes, only):
    out = []
    for mode in modes:
        units = [p for p in sorted(glob.glob('build/%s/tests/unit/*' % mode)) if os.access(p, os.X_OK) and os.path.isfile(p)]
        units = [p for p in units if os.path.exists('tests/unit/%s.c' % os.path.basename(p))]
        out += [('unit', mode, p) for p in units]
        for kind in ('cli', 'conformance', 'tui'):
            out += [(kind, mode, p) for p in sorted(glob.glob('tests/%s/test_*' % kind)) if os.access(p, os.X_OK)]
    out += [('lint', 'plain', p) for p in sorted(glob.glob('tests/lint/test_*')) if os.access(p, os.X_OK)]
    return [x for x in out if not only or only == x[0] or (only in x[2] and only not in ('unit', 'cli', 'tui', 'conformance', 'lint'))]

def run(job):
    kind, mode, path = job
    tmp = tempfile.mkdtemp(prefix='mailcheck-test-')
    env = dict(os.environ, MAILCHECK=os.path.join(ROOT, 'build', mode, 'mailcheck'), MODE=mode, TMPDIR=tmp, LC_ALL='C.UTF-8',
               CMOCKA_MESSAGE_OUTPUT='TAP', PYTHONPATH=os.path.join(ROOT, 'tests'), PYTHONDONTWRITEBYTECODE='1', MAILCHECK_SHARED=os.path.abspath(os.environ.get('MAILCHECK_SHARED', '../shared')),
               ASAN_OPTIONS='abort_on_error=0:detect_leaks=1:allocator_may_return_null=1', UBSAN_OPTIONS='print_stacktrace=1')
    for name in ('XDG_CONFIG_HOME', 'NO_COLOR', 'COLORTERM', 'MAKEFLAGS', 'MAKELEVEL', 'LINES', 'COLUMNS'):
        env.pop(name, None)
    start = time.monotonic()
    try:
        p = subprocess.run([os.path.abspath(path)], cwd=ROOT, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                           stderr=subprocess.STDOUT, timeout=TIMEOUT)
        text, code = p.stdout.decode('utf-8', 'replace'), p.returncode
    except subprocess.TimeoutExpired as e:
        text, code = (e.stdout or b'').decode('utf-8', 'replace'), 'no end after %d s' % TIMEOUT
    finally:
        shutil.rmtree(tmp, ignore_errors=True)
    passed = failed = skipped = 0
    failures = []
    for line in text.splitlines():
        m = LINE.match(line)
        if not m:
            continue
        if '# SKIP' in line:
            skipped += 1
        elif m.group(1) == 'ok':
            passed += 1
        else:
            failed += 1
            failures.append(m.group(2))
    if (code != 0 and not failed) or passed + failed + skipped == 0:
        failed += 1
        failures.append('exit %s' % code)
    return job, passed, failed, skipped, failures, text, time.monotonic() - start

def main():
    ap = argparse.ArgumentParser()
    ap.add_argument('--mode', action='append')
    ap.add_argument('--only')
    ap.add_argument('--jobs', type=int, default=os.cpu_count())
    ap.add_argument('--verbose', action='store_true')
    args = ap.parse_args()
    os.chdir(ROOT)
    total = [0, 0, 0]
    with concurrent.futures.ThreadPoolExecutor(args.jobs) as pool:
        for job, passed, failed, skipped, failures, text, took in pool.map(run, programs(args.mode or ['plain'], args.only)):
            kind, mode, path = job
            total = [total[0] + passed, total[1] + failed, total[2] + skipped]
            print('%-4s %-5s %-52s %5d passed%s%s  %.1f s' % ('FAIL' if failed else 'ok', mode, os.path.relpath(path), passed,
                  ', %d failed' % failed if failed else '', ', %d skipped' % skipped if skipped else '', took), flush=True)
            if failed or args.verbose:
                print('\n'.join('    | ' + l for l in text.splitlines()[-(400 if args.verbose else 60):]), flush=True)
    print('%d passed, %d failed%s' % (total[0], total[1], ', %d skipped' % total[2] if total[2] else ''))
    sys.exit(1 if total[1] else 0)

if __name__ == '__main__':
    main()
