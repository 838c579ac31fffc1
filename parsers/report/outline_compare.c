/* SPDX-License-Identifier: ISC */
/* Claimed against recomputed: each recorded result beside our own. */
#include "parsers/report/sheet.h"

#include <string.h>

static void comparison(struct sheet *sheet, const struct comparison *c, bool new_field)
{
	unsigned notes = sheet->width >= 100 ? 62 : 52;

	if (new_field) {
		sheet_row(sheet, 0);
		sheet_add(sheet, c->trusted ? PIECE_STRONG : PIECE_DIM, 2, "%.*s",
			(int)(c->field->name.len < 60 ? c->field->name.len : 60),
			(const char *)c->field->name.ptr);
		sheet_add(sheet, PIECE_DIM, 0, "  %s  %s", text_place(sheet, c->field->whole),
			c->trusted ? "by a host of ours" : "only claimed");
		sheet_where(sheet, c->field->whole);
		sheet_target(sheet, ROW_FIELD, c->field->index);
	}
	sheet_row(sheet, 1);
	sheet_add(sheet, PIECE_LABEL, 4, "%s", c->method);
	sheet_cut(sheet, PIECE_TEXT, 12, 27, "%s", c->identity ? c->identity : "");
	sheet_add(sheet, PIECE_TEXT, 40, "%s", c->recorded);
	sheet_add(sheet, c->agrees == 0 ? PIECE_BAD : PIECE_TEXT, 51, "%s",
		c->recomputed ? c->recomputed : "-");
	sheet_elastic(sheet, c->agrees == 0 ? PIECE_WARN : PIECE_DIM, notes, "%s",
		c->agrees > 0    ? "the same"
		: c->explanation ? c->explanation
				 : "");
	sheet_where(sheet, c->field->whole);
	sheet_target(sheet, ROW_FIELD, c->field->index);
}

void outline_comparisons(struct sheet *sheet)
{
	const struct report *r = sheet->report;
	const struct field *field = NULL;

	if (!r->comparison_count)
		return;
	sheet_heading(sheet, "CLAIMED");
	sheet_add(sheet, PIECE_LABEL, 12, "identity");
	sheet_add(sheet, PIECE_LABEL, 40, "recorded");
	sheet_add(sheet, PIECE_LABEL, 51, "we find");
	for (size_t i = 0; i < r->comparison_count; i++) {
		comparison(sheet, &r->comparison[i], r->comparison[i].field != field);
		field = r->comparison[i].field;
	}
}
