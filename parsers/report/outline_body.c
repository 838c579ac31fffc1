/* SPDX-License-Identifier: ISC */
/* The text that a reader sees, part by part, and where the signed bytes end. */
#include "parsers/report/sheet.h"

enum { BODY_LINES = 5000 };

static void text(struct sheet *sheet, struct part *part, size_t n)
{
	struct span rest = span_of(part_text(sheet->arena, sheet->report->evidence.mime, part));
	size_t len;

	for (unsigned lines = 0; rest.len && lines < BODY_LINES; lines++) {
		struct span line = span_line(&rest, &len);

		sheet_row(sheet, 1);
		sheet_wrap(sheet, PIECE_BYTES, 2,
			arena_text(sheet->arena, span_sub(line, 0, len < 4000 ? len : 4000)));
		sheet_target(sheet, ROW_PART, n);
		sheet_where(sheet, part->content);
	}
}

void outline_body(struct sheet *sheet)
{
	const struct evidence *e = &sheet->report->evidence;
	const struct dkim_signature *s = proving_signature(sheet->report);

	if (!e->mime)
		return;
	for (size_t i = 0; i < e->mime->count && i < 200; i++) {
		struct part *part = &e->mime->part[i];

		if (!part->is_text)
			continue;
		sheet_blank(sheet);
		sheet_row(sheet, 0);
		sheet_add(sheet, PIECE_LABEL, 0, "part %s  %s", part->path, part->type);
		sheet_add(sheet, PIECE_DIM, 0, "  %s", text_place(sheet, part->content));
		if (s)
			sheet_add(sheet, s->body_tail.len ? PIECE_WARN : PIECE_GOOD, 0, "  %s",
				s->body_tail.len ? arena_printf(sheet->arena, "signed up to %s",
							   text_place(sheet, s->body_tail))
						 : "signed");
		sheet_target(sheet, ROW_PART, i);
		text(sheet, part, i);
	}
}
