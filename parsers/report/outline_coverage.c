/* SPDX-License-Identifier: ISC */
/* Coverage: which header instances and which body bytes each signature covers, and what could be
 * added unseen. */
#include "parsers/report/sheet.h"

#include <string.h>

enum { BAR = 40, FIELDS_SHOWN = 60 };

/* "[########........]  156 of 261 bytes" */
static void body_bar(struct sheet *sheet, const struct dkim_signature *s)
{
	uint64_t all = s->body_covered + s->body_uncovered,
		 full = all ? s->body_covered * BAR / all : BAR;
	char bar[BAR + 1];

	memset(bar, '.', BAR);
	memset(bar, '#', full > BAR ? BAR : (size_t)full);
	bar[BAR] = '\0';
	sheet_row(sheet, 1);
	sheet_add(sheet, PIECE_LABEL, 4, "body");
	sheet_add(sheet, s->body_hash == BODY_HASH_MATCH ? PIECE_GOOD : PIECE_BAD, 16, "[%s]", bar);
	sheet_add(sheet, s->body_uncovered ? PIECE_BAD : PIECE_TEXT, 0, "  %s of %s bytes%s%s",
		text_number(sheet->arena, s->body_covered), text_number(sheet->arena, all),
		s->has_length ? " by l=" : "",
		s->body_hash == BODY_HASH_MATCH      ? ""
		: s->body_hash == BODY_HASH_MISMATCH ? ", changed"
						     : ", not checked");
	if (s->body_tail.len)
		sheet_add(sheet, PIECE_DIM, 0, "  unsigned %s", text_place(sheet, s->body_tail));
	sheet_where(sheet, s->body_tail);
}

static void header_row(struct sheet *sheet, const struct dkim_signature *s, size_t i)
{
	const struct field *field = s->covered ? s->covered[i] : NULL;

	sheet_row(sheet, 1);
	sheet_cut(sheet, PIECE_TEXT, 4, 26, "%s", s->signed_field[i]);
	if (field) {
		sheet_add(sheet, s->signature == SIGNATURE_VALID ? PIECE_GOOD : PIECE_DIM, 32, "%s",
			s->signature == SIGNATURE_VALID ? "signed" : "in h=");
		sheet_add(sheet, PIECE_DIM, 40, "%s", text_place(sheet, field->whole));
		sheet_elastic(sheet, PIECE_BYTES, 54, "%s",
			arena_text(sheet->arena, field_unfold(sheet->arena, field)));
		sheet_where(sheet, field->whole);
		sheet_target(sheet, ROW_FIELD, field->index);
	} else {
		sheet_add(sheet, PIECE_DIM, 32, "absent: none can be added unseen");
	}
}

static void signature(struct sheet *sheet, size_t n)
{
	const struct dkim_signature *s = &sheet->report->evidence.dkim->signature[n];

	sheet_blank(sheet);
	sheet_row(sheet, 0);
	sheet_add(sheet, PIECE_LABEL, 2, "DKIM %zu  ", n + 1);
	sheet_add(sheet, kind_of_result(s->result), 0, "%s", result_word(s->result));
	sheet_elastic(sheet, PIECE_TEXT, 0, "  %s / %s  %s %s  %s", s->domain ? s->domain : "?",
		s->selector ? s->selector : "?", s->algorithm ? s->algorithm : "?",
		s->canonicalization ? s->canonicalization : "?", text_key(sheet->arena, &s->key));
	sheet_target(sheet, ROW_SIGNATURE, n);
	sheet_where(sheet, s->field->whole);
	body_bar(sheet, s);
	sheet_target(sheet, ROW_SIGNATURE, n);
	if (s->at_now && s->result == RESULT_PASS) {
		sheet_row(sheet, 1);
		sheet_add(sheet, PIECE_WARN, 4, "now");
		sheet_wrap(sheet, PIECE_TEXT, 16, s->at_now);
		sheet_where(sheet, s->where_x);
	}
	for (size_t i = 0; i < s->signed_field_count && i < FIELDS_SHOWN; i++)
		header_row(sheet, s, i);
	for (size_t i = 0; i < s->unsigned_field_count && i < FIELDS_SHOWN; i++) {
		sheet_row(sheet, 1);
		sheet_cut(sheet, PIECE_TEXT, 4, 26, "%s", s->unsigned_field[i]);
		sheet_add(sheet, PIECE_WARN, 32, "NOT SIGNED");
	}
}

void outline_coverage(struct sheet *sheet)
{
	const struct dkim *dkim = sheet->report->evidence.dkim;

	if (!dkim->count)
		return;
	sheet_heading(sheet, "COVERAGE");
	sheet_add(sheet, PIECE_DIM, SHEET_INDENT, "what each signature covers");
	for (size_t i = 0; i < dkim->count && i < 20; i++)
		signature(sheet, i);
}
