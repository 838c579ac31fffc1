#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""The rooms' order and the libraries' walls (README, "Design"), proven from the #include lines."""
import glob, re

from tap import check, end

ORDER = ['base', 'message', 'trace', 'dns', 'dkim', 'arc', 'spf', 'dmarc', 'findings', 'report', 'case']
# What cli/ and tui/ may see of the library.
FRONT = re.compile(r'^parsers/(report|case|base)/|^parsers/message/source\.h$|^parsers/dns/dns\.h$')
WALLS = [  # header, where it may stand
    (r'^(gmime|glib)', r'^parsers/message/'),
    (r'^openssl/', r'^parsers/base/digest\.c$|^parsers/dkim/crypto\.c$|^parsers/findings/cms\.c$'),
    (r'^ldns', r'^parsers/dns/'),
    (r'^libpsl', r'^parsers/dmarc/'),
    (r'^unicode/', r'^parsers/findings/|^parsers/message/idna\.c$'),
    (r'^sqlite3', r'^parsers/case/'),
    (r'curses|^term\.h$', r'^tui/'),
    (r'^(archive|archive_entry)\.h', r'^parsers/message/|^parsers/findings/|^parsers/case/'),
    (r'^gumbo', r'^parsers/message/'),
    (r'^magic\.h', r'^parsers/message/'),
    (r'^jansson', r'^parsers/(report|case|dns)/|^cli/'),
    (r'^gmp\.h', r'^parsers/dkim/|^parsers/case/|^parsers/report/'),
]

for path in sorted(glob.glob('parsers/*/*.[ch]') + glob.glob('parsers/*/*.def') + glob.glob('cli/*.[ch]') + glob.glob('tui/*.[ch]')):
    wrong = []
    text = open(path, encoding='utf-8').read()
    room = path.split('/')[1] if path.startswith('parsers/') else path.split('/')[0]
    for kind, name in re.findall(r'^\s*#\s*include\s*([<"])([^">]+)[">]', text, re.M):
        if kind == '<':
            wrong += [name for pattern, where in WALLS if re.search(pattern, name) and not re.search(where, path)]
        elif path.startswith('parsers/'):
            other = name.split('/')[1] if name.startswith('parsers/') else None
            if other not in ORDER or ORDER.index(other) > ORDER.index(room):
                wrong.append(name)
        elif not (name.startswith(room + '/') or FRONT.match(name) or (path, name) == ('cli/cmd_tui.c', 'tui/tui.h')):
            wrong.append(name)
    if not text.startswith('/* SPDX-License-Identifier: ISC */'):
        wrong.append('no SPDX line')
    check(not wrong, '%s%s' % (path, ': ' + ', '.join(wrong) if wrong else ''))
end()
