#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""The table of findings: every code is well formed and unique, explained in full, and shown by a test."""
import glob, json, re

from tap import check, end

ENTRY = re.compile(r'FINDING\(\s*(\w+),\s*"([^"]*)",\s*(\w+),\s*(\w+),((?:\s*(?:"(?:[^"\\]|\\.)*"\s*)+,?)+)\)')
PARTS = ['title', 'sentence', 'action', 'reference', 'false_positives']
SEVERITY = {'INFO', 'LOW', 'MEDIUM', 'HIGH', 'CRITICAL'}
STRICT = True

def texts(raw):
    """The C strings between the commas, neighbours joined."""
    out, rest = [], raw.strip()
    while rest:
        m = re.match(r'((?:"(?:[^"\\]|\\.)*"\s*)+),?\s*', rest)
        out.append(''.join(re.findall(r'"((?:[^"\\]|\\.)*)"', m.group(1))))
        rest = rest[m.end():]
    return out

claims = set(re.findall(r'X\((\w+)\)', re.search(r'CLAIM_LIST\(X\)(.*?)\n\n', open('parsers/findings/findings.h').read(), re.S).group(1)))
table = open('parsers/findings/table.def').read()

def shown():
    """codes that a test asks to be raised: found in a story's output, or by name in a test's code, not in a comment, and not
    only in rows that say the finding must not be there"""
    out = set()
    for path in glob.glob('testdata/*/expected.json'):
        records = json.load(open(path))
        for record in records if isinstance(records, list) else [records]:
            out |= {f['code'] for f in record.get('findings', [])}
    for path in glob.glob('tests/**/*', recursive=True):
        if not re.search(r'\.(c|h|py)$', path) or path.startswith('tests/lint/'):
            continue
        text = open(path, encoding='utf-8', errors='replace').read()
        if path.endswith('.py'):
            text = re.sub(r'(?m)^\s*#.*$|(?s:^"""|(?<=:\n)\s+""").*?(?s:""")', '', text)
        else:
            text = re.sub(r'/\*.*?\*/|//[^\n]*', '', text, flags=re.S)
        # A row "{code, SEVERITY_NONE, ...}" and an assertion of absence show nothing.
        text = re.sub(r'\{\s*"[A-Z0-9-]+",\s*SEVERITY_NONE\b|assert_(?:null|false)\([^;]*;|\'[A-Z0-9-]+\' not in|not \{[^}]*\} &', '', text)
        out |= set(re.findall(r'[\'"]([A-Z0-9]+(?:-[A-Z0-9]+)+)[\'"]', text))
        out |= {i.replace('_', '-') for i in re.findall(r'\bFINDING_([A-Z0-9]+(?:_[A-Z0-9]+)+)\b', text)}
    return out

tests = shown()
seen = {}
for path in sorted(glob.glob('parsers/findings/area_*.def')):
    source = open(path, encoding='utf-8').read()
    check('"%s"' % path in table, '%s is part of the table' % path)
    entries = ENTRY.findall(source)
    check(len(entries) == source.count('FINDING('), '%s: %d of %d entries can be read' % (path, len(entries), source.count('FINDING(')))
    for ident, code, severity, claim, raw in entries:
        wrong = []
        parts = texts(raw)
        if not re.fullmatch(r'[A-Z0-9]+(-[A-Z0-9]+)+', code) or ident != code.replace('-', '_'):
            wrong.append('name')
        if code in seen:
            wrong.append('also in ' + seen[code])
        seen[code] = path
        if severity not in SEVERITY or claim not in claims:
            wrong.append('severity or claim')
        if len(parts) != len(PARTS):
            wrong.append('%d texts' % len(parts))
        # What has no false positives known need not say so.
        missing = [n for n, t in zip(PARTS, parts) if not t.strip() and n != 'false_positives']
        if missing and (STRICT or len(missing) < 3 or not parts[0]):
            wrong.append('no ' + ', '.join(missing))
        wrong += [n + ' is no sentence' for n, t in zip(PARTS, parts)
                  if n in ('sentence', 'action', 'false_positives') and t and not t.endswith('.')]
        if STRICT and code not in tests:
            wrong.append('no test shows it')
        check(not wrong, code + (': ' + '; '.join(wrong) if wrong else ''))
end()
