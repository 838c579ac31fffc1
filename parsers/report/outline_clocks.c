/* SPDX-License-Identifier: ISC */
/* All clocks in one sorted table; what is not known. */
#include "parsers/report/sheet.h"

/* "14 h", "1 day": what the time may be off to either side; nothing for a second. */
static const char *precision(const struct sheet *sheet, const struct clock *c)
{
	if (c->precision_s < 2)
		return "";
	return arena_printf(
		sheet->arena, "  ±%s", moment_duration(sheet->arena, (int64_t)c->precision_s));
}

static const char *zone(const struct sheet *sheet, const struct clock *c)
{
	int offset = c->offset_s < 0 ? -c->offset_s : c->offset_s;

	if (!c->has_offset || !offset)
		return "";
	return arena_printf(sheet->arena, "  zone %c%02d%02d", c->offset_s < 0 ? '-' : '+',
		offset / 3600, offset / 60 % 60);
}

static void clock_row(struct sheet *sheet, const struct clock *c, const struct clock *before)
{
	static const char *const kind[] = {"stated", "signed", "derived"};

	sheet_row(sheet, 0);
	sheet_add(sheet, PIECE_TEXT, 2, "%s", moment_text(sheet->arena, c->time));
	if (before)
		sheet_add(sheet, PIECE_DIM, 24, "+%s",
			moment_duration(sheet->arena, c->time - before->time));
	sheet_add(sheet, PIECE_TEXT, 38, "%s", kind[c->kind]);
	sheet_elastic(sheet, PIECE_TEXT, 47, "%s", c->origin);
	sheet_add(sheet, PIECE_DIM, 0, "%s%s  %s", precision(sheet, c), zone(sheet, c),
		text_place(sheet, c->where));
	sheet_where(sheet, c->where);
}

static void dated_files(struct sheet *sheet)
{
	const struct findings *f = sheet->report->findings;

	for (size_t i = 0; i < f->dated_count; i++) {
		sheet_row(sheet, 0);
		sheet_add(sheet, PIECE_DIM, 2, "not read");
		sheet_elastic(sheet, PIECE_TEXT, 47, "%s of %s holds dates", f->dated[i].holder,
			f->dated[i].name);
		sheet_add(sheet, PIECE_DIM, 0, "  %s", text_place(sheet, f->dated[i].where));
		sheet_where(sheet, f->dated[i].where);
	}
}

void outline_clocks(struct sheet *sheet)
{
	const struct clock_list *list = &sheet->report->clocks;

	if (!list->count && !sheet->report->findings->dated_count)
		return;
	sheet_heading(sheet, "CLOCKS");
	sheet_add(sheet, PIECE_DIM, SHEET_INDENT,
		"every time that the message holds, the oldest first; signed: by a signature that "
		"holds");
	for (size_t i = 0; i < list->count; i++) {
		clock_row(sheet, &list->clock[i], i ? &list->clock[i - 1] : NULL);
		sheet_target(sheet, ROW_CLOCK, i);
	}
	dated_files(sheet);
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
