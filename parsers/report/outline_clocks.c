/* SPDX-License-Identifier: ISC */
/* All clocks in one sorted table; what is not known. */
#include "parsers/report/sheet.h"

void outline_clocks(struct sheet *sheet)
{
	static const char *const kind[] = {"stated", "signed", "derived"};
	const struct clock_list *list = &sheet->report->evidence.trace->clocks;

	if (!list->count)
		return;
	sheet_heading(sheet, "CLOCKS");
	sheet_add(sheet, PIECE_DIM, SHEET_INDENT,
		"every time that the message holds, the oldest first");
	for (size_t i = 0; i < list->count; i++) {
		const struct clock *c = &list->clock[i];

		sheet_row(sheet, 0);
		sheet_add(sheet, PIECE_TEXT, 2, "%s", moment_text(sheet->arena, c->time));
		if (i)
			sheet_add(sheet, PIECE_DIM, 24, "+%s",
				moment_duration(sheet->arena, c->time - list->clock[i - 1].time));
		sheet_add(sheet, PIECE_TEXT, 38, "%s", kind[c->kind]);
		sheet_elastic(sheet, PIECE_TEXT, 47, "%s", c->origin);
		if (c->has_offset && c->offset_s)
			sheet_add(sheet, PIECE_DIM, 0, "  zone %c%02d%02d",
				c->offset_s < 0 ? '-' : '+',
				(c->offset_s < 0 ? -c->offset_s : c->offset_s) / 3600,
				(c->offset_s < 0 ? -c->offset_s : c->offset_s) / 60 % 60);
		sheet_add(sheet, PIECE_DIM, 0, "  %s", text_place(sheet, c->where));
		sheet_where(sheet, c->where);
		sheet_target(sheet, ROW_CLOCK, i);
	}
}

void outline_not_known(struct sheet *sheet)
{
	const struct report *r = sheet->report;

	if (r->not_known_count) {
		sheet_section(sheet, "NOT KNOWN");
		for (size_t i = 0; i < r->not_known_count; i++) {
			sheet_row(sheet, 0);
			sheet_wrap(sheet, PIECE_TEXT, SHEET_INDENT, r->not_known[i]);
		}
	}
	if (!r->missing_count)
		return;
	sheet_section(sheet, "MISSING");
	for (size_t i = 0; i < r->missing_count; i++) {
		sheet_row(sheet, 0);
		sheet_add(sheet, PIECE_WARN, SHEET_INDENT, "%s", r->missing[i].type);
		sheet_elastic(sheet, PIECE_TEXT, SHEET_INDENT + 6, "%s", r->missing[i].name);
		sheet_add(sheet, PIECE_DIM, 0, "  %s", r->missing[i].why);
	}
	sheet_row(sheet, 0);
	sheet_add(sheet, PIECE_DIM, SHEET_INDENT, "collect them: mailcheck dns record");
}
