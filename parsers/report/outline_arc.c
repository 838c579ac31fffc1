/* SPDX-License-Identifier: ISC */
/* ARC, hop by hop: each seal and message signature against today's bytes. */
#include "parsers/report/explain.h"

static void part(struct sheet *sheet, const char *what, const struct arc_part *part)
{
	sheet_row(sheet, 1);
	sheet_add(sheet, kind_of_result(part->result), 6, "%s", result_word(part->result));
	sheet_add(sheet, PIECE_TEXT, 16, "%s", what);
	if (part->result != RESULT_PASS)
		sheet_elastic(sheet, PIECE_TEXT, 35, "%s",
			part->explanation && *part->explanation ? part->explanation
								: explain_cause(part->cause));
	if (part->field)
		sheet_where(sheet, part->field->whole);
}

static void set(struct sheet *sheet, const struct arc_set *set)
{
	sheet_row(sheet, 0);
	sheet_add(sheet, PIECE_LABEL, 2, "i=%u", set->instance);
	sheet_elastic(sheet, PIECE_STRONG, 7, "%s", set->seal.domain ? set->seal.domain : "?");
	sheet_add(sheet, PIECE_TEXT, 0, "  cv=%s", set->cv ? set->cv : "?");
	if (set->seal.signed_at != TIME_NONE && set->seal.field)
		sheet_add(sheet, PIECE_DIM, 0, "  sealed %s",
			moment_text(sheet->arena, set->seal.signed_at));
	if (set->trusted)
		sheet_add(sheet, PIECE_GOOD, 0, "  trusted sealer");
	sheet_target(sheet, ROW_ARC_SET, set->instance - 1);
	if (set->seal.field)
		sheet_where(sheet, set->seal.field->whole);
	part(sheet, "seal", &set->seal);
	part(sheet, "message signature", &set->message_signature);
	if (!set->recorded)
		return;
	for (size_t i = 0; i < set->recorded->result_count && i < 6; i++) {
		const struct recorded_result *r = &set->recorded->result[i];

		sheet_row(sheet, 1);
		sheet_add(sheet, PIECE_DIM, 6, "it saw");
		sheet_elastic(sheet, PIECE_TEXT, 16, "%s=%s", r->method, r->result);
		for (size_t k = 0; k < r->property_count && k < 3; k++)
			sheet_elastic(sheet, PIECE_DIM, 0, " %s=%s", r->property[k].name,
				r->property[k].value);
		sheet_where(sheet, r->where);
	}
}

void outline_arc(struct sheet *sheet)
{
	const struct arc *arc = sheet->report->evidence.arc;

	if (!arc->count)
		return;
	sheet_heading(sheet, "ARC");
	sheet_add(sheet, kind_of_result(arc->result), SHEET_INDENT, "%s", result_word(arc->result));
	if (arc->explanation)
		sheet_elastic(sheet, PIECE_TEXT, 0, "  %s", arc->explanation);
	for (size_t i = 0; i < arc->count; i++)
		set(sheet, &arc->set[i]);
	if (arc->broken_after) {
		const char *sealer = NULL;

		for (size_t i = 0; i < arc->count; i++)
			if (arc->set[i].instance == arc->broken_after)
				sealer = arc->set[i].seal.domain;
		sheet_row(sheet, 0);
		sheet_wrap(sheet, PIECE_WARN, 2,
			arena_printf(sheet->arena,
				"the message changed after %s sealed it (i=%u), before the next "
				"set was made",
				sealer ? sealer : "a sealer", arc->broken_after));
	}
}
