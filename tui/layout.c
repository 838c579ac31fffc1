/* SPDX-License-Identifier: ISC */
/* Where things stand at every size: three panes from 100 columns on, two under it, one under 60 or 12 rows. */
#include "tui/app.h"

struct area layout_whole(int rows, int columns)
{
	return (struct area){ 1, 0, rows > 2 ? rows - 2 : 0, columns };
}

struct layout layout_list(int rows, int columns, int maximised)
{
	struct area body = layout_whole(rows, columns);
	struct layout l = {
		.title = { 0, 0, 1, columns },
		.status = { rows - 1, 0, rows > 1, columns },
		.prompt = { rows - 1, 0, rows > 1, columns },
	};
	struct area *pane[] = { &l.messages, &l.findings, &l.evidence };

	if (maximised >= 0 || columns < 60 || body.rows < 10) {
		*pane[maximised >= 0 ? maximised : 0] = body;
		return l;
	}

	int evidence = body.rows >= 18 ? body.rows / 4 + 2 : 0;
	int upper = body.rows - evidence;

	if (columns >= 100) {
		int left = columns * 5 / 9;

		l.messages = (struct area){ body.row, 0, upper, left };
		l.findings = (struct area){ body.row, left, upper, columns - left };
	} else {
		int list = (upper * 3 + 2) / 5;

		l.messages = (struct area){ body.row, 0, list, columns };
		l.findings = (struct area){ body.row + list, 0, upper - list, columns };
	}
	l.evidence = (struct area){ body.row + upper, 0, evidence, columns };
	return l;
}
