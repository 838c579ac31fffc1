/* SPDX-License-Identifier: ISC */
/* Header fields as stored: S what a passing signature covers, * what a usual client shows; below
 * the border dimmed. */
#include "parsers/base/printable.h"
#include "parsers/report/sheet.h"

static bool is_shown(const struct field *field)
{
	static const char *const shown[] = {
		"From", "To", "Cc", "Subject", "Date", "Reply-To", "Sender"};

	for (size_t i = 0; i < sizeof shown / sizeof *shown; i++)
		if (span_iis(field->name, shown[i]))
			return true;
	return false;
}

static char sign_of(const struct sheet *sheet, const struct field *field)
{
	const struct dkim *dkim = sheet->report->evidence.dkim;

	for (size_t i = 0; i < dkim->count; i++)
		if (dkim->signature[i].result == RESULT_PASS &&
			signature_covers(&dkim->signature[i], field))
			return 'S';
	return ' ';
}

void outline_headers(struct sheet *sheet)
{
	const struct evidence *e = &sheet->report->evidence;
	const struct message *m = e->message;
	const struct hop *border = e->trace->border && e->trace->border <= e->trace->count
					   ? &e->trace->hop[e->trace->border - 1]
					   : NULL;

	sheet_heading(sheet, "HEADERS");
	sheet_add(sheet, PIECE_DIM, SHEET_INDENT, "S signed, * shown by usual clients");
	for (size_t i = 0; i < m->field_count && i < 2000; i++) {
		const struct field *f = &m->field[i];
		bool below = border && f->whole.ptr > border->field->whole.ptr;
		struct span rest = f->whole;
		size_t len;

		for (bool first = true; rest.len; first = false) {
			struct span line = span_line(&rest, &len);

			sheet_row(sheet, first ? 0 : 1);
			if (first) {
				sheet_add(sheet, PIECE_DIM, 0, "%5u", f->line);
				sheet_add(sheet, PIECE_GOOD, 6, "%c%c", sign_of(sheet, f),
					is_shown(f) ? '*' : ' ');
			}
			sheet_elastic(sheet,
				f->odd  ? PIECE_WARN
				: below ? PIECE_DIM
					: PIECE_BYTES,
				9, "%s",
				printable(
					sheet->arena, span_sub(line, 0, len < 4000 ? len : 4000)));
			sheet_target(sheet, ROW_FIELD, i);
			sheet_where(sheet, f->whole);
		}
	}
}
