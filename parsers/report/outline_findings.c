/* SPDX-License-Identifier: ISC */
/* FINDINGS: a line each, the worst first. */
#include "parsers/report/sheet.h"

#include <string.h>

static const char *line_of(struct sheet *sheet, const struct finding *f)
{
	const struct message *m = sheet->report->evidence.message;

	for (size_t i = 0; i < f->evidence_count; i++)
		if (span_within(m->raw, f->evidence[i].where))
			return arena_printf(sheet->arena, "line %u",
				message_line(m, span_offset(m->raw, f->evidence[i].where)));
	return "";
}

/* On a pane too narrow for two columns the sentence stands under its code. */
enum { NARROW = 76 };

static void finding(struct sheet *sheet, size_t n, bool all)
{
	const struct finding *f = sheet->report->findings->finding[n];
	const struct finding_info *info = finding_info(f->code);
	const char *line = line_of(sheet, f),
		   *text = f->detail && *f->detail ? f->detail : info->title;
	unsigned column = sheet->width >= 100 ? 52 : 42;

	sheet_row(sheet, 0);
	sheet_add(sheet, kind_of_severity(f->severity), SHEET_INDENT, "%s",
		severity_word(f->severity));
	sheet_add(sheet, PIECE_CODE, SHEET_INDENT + 9, "%s", info->code);
	if (sheet->width >= 100)
		sheet_add(sheet, PIECE_DIM, 42, "%s", line);
	sheet_target(sheet, ROW_FINDING, n);
	if (f->evidence_count)
		sheet_where(sheet, f->evidence[0].where);

	struct row *row = &sheet->outline->row[sheet->outline->count - 1];

	row->evidence = f->evidence;
	row->evidence_count = f->evidence_count;
	if (sheet->width < NARROW) {
		sheet_add(sheet, PIECE_DIM, 0, "  %s", line);
		sheet_row(sheet, 0);
		sheet_target(sheet, ROW_FINDING, n);
		if (f->evidence_count)
			sheet_where(sheet, f->evidence[0].where);
		column = SHEET_INDENT;
	}
	sheet_wrap_most(sheet, PIECE_TEXT, column, text,
		all                                                   ? SIZE_MAX
		: f->severity >= SEVERITY_HIGH && sheet->width >= 100 ? 2
								      : 1);
}

static const char *file_name(const struct report *r)
{
	const char *name = r->origin.source ? r->origin.source : "-", *slash = strrchr(name, '/');

	return slash && slash[1] ? slash + 1 : name;
}

void outline_findings(struct sheet *sheet, size_t most)
{
	const struct findings *f = sheet->report->findings;
	size_t shown = f->count < most ? f->count : most;

	sheet_section(sheet, "FINDINGS");
	for (size_t i = 0; i < shown; i++)
		finding(sheet, i, most == SIZE_MAX);
	sheet_row(sheet, 0);
	if (!f->count)
		sheet_add(sheet, PIECE_TEXT, SHEET_INDENT, "no findings");
	else if (f->count > shown)
		sheet_elastic(sheet, PIECE_DIM, SHEET_INDENT, "%zu more: mailcheck --all %s",
			f->count - shown, file_name(sheet->report));
	if (f->count)
		sheet_add(sheet, PIECE_DIM, f->count > shown ? 0 : SHEET_INDENT,
			"%sexplain one: mailcheck explain %s", f->count > shown ? "   " : "",
			finding_info(f->finding[0]->code)->code);
}
