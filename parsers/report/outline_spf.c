/* SPDX-License-Identifier: ISC */
/* SPF in the manner of a compiler's message: the verdict, then every term that was tried. */
#include "parsers/base/printable.h"
#include "parsers/report/explain.h"

#include <string.h>

/* "| | ip4:203.0.113.0/24   no   covers ...": one term; records stand on a line of their own where
 * the domain changes. */
static void step(struct sheet *sheet, const struct spf_step *s)
{
	unsigned column = 2 + 2 * s->depth, notes = sheet->width >= 100 ? 44 : 34;
	bool match = strcmp(s->outcome, "match") == 0;
	enum piece_kind kind = match ? PIECE_STRONG : PIECE_TEXT;

	sheet_row(sheet, s->depth);
	for (unsigned i = 0; i < s->depth && i < 12; i++)
		sheet_add(sheet, PIECE_MARK, 2 + 2 * i, "|");
	if (strcmp(s->outcome, "record") == 0) {
		sheet_add(sheet, PIECE_STRONG, column, "%s", s->domain ? s->domain : "");
		sheet_wrap(sheet, PIECE_BYTES,
			column + 2 + (unsigned)printable_columns(s->domain ? s->domain : ""),
			s->term);
		return;
	}
	sheet_cut(
		sheet, kind, column, notes > column + 12 ? notes - column - 1 : 10, "%s", s->term);
	sheet_add(sheet, kind, notes, "%s",
		match                                 ? "MATCH"
		: strcmp(s->outcome, "no match") == 0 ? "no"
						      : s->outcome);
	if (s->detail)
		sheet_elastic(sheet, PIECE_DIM, notes + 10, "%s", s->detail);
}

void outline_spf_steps(struct sheet *sheet, const struct spf_result *spf)
{
	sheet_row(sheet, 0);
	sheet_add(sheet, PIECE_TEXT, 2, "lookups %u of %d, void %u of %d", spf->lookups,
		SPF_MAX_LOOKUPS, spf->void_lookups, SPF_MAX_VOID);
	for (size_t i = 0; i < spf->step_count; i++)
		step(sheet, &spf->step[i]);
	if (spf->exp) {
		sheet_row(sheet, 0);
		sheet_add(sheet, PIECE_DIM, 2, "= the domain says: ");
		sheet_elastic(sheet, PIECE_BYTES, 0, "\"%s\"", spf->exp);
	}
}

void outline_spf_failure(struct sheet *sheet)
{
	const struct evidence *e = &sheet->report->evidence;
	const struct spf_result *spf = e->spf->mail_from;
	const struct origin_value *from = &e->trace->mail_from;

	if (spf->result == RESULT_PASS || spf->result == RESULT_NONE || !spf->domain)
		return;
	sheet_blank(sheet);
	explain_head(sheet, spf->result, "SPF", spf->explanation,
		spf->result == RESULT_FAIL       ? "SPF-FAIL"
		: spf->result == RESULT_SOFTFAIL ? "SPF-SOFTFAIL"
						 : NULL);
	sheet_target(sheet, ROW_SPF, 0);
	if (from->value && from->origin) {
		sheet_row(sheet, 0);
		sheet_add(sheet, PIECE_MARK, 1, "-->");
		sheet_elastic(sheet, PIECE_TEXT, 5, "RFC5321.MailFrom <%s> from %s", from->value,
			from->origin);
		sheet_add(sheet, PIECE_DIM, 0, " %s", text_place(sheet, from->where));
		sheet_where(sheet, from->where);
	}
	outline_spf_steps(sheet, spf);
}

/* Both identities, whatever their results: for the screen of the proof. */
void outline_heading_spf(struct sheet *sheet)
{
	const struct spf *spf = sheet->report->evidence.spf;

	sheet_heading(sheet, "SPF");
	sheet_add(sheet, PIECE_DIM, SHEET_INDENT, "MAIL FROM: %s; HELO: %s",
		result_word(spf->mail_from->result), result_word(spf->helo->result));
	sheet_target(sheet, ROW_SPF, 0);
	outline_spf_steps(sheet, spf->mail_from);
}

const struct outline *outline_spf(struct arena *arena, const struct spf_result *spf, unsigned width)
{
	struct sheet sheet;

	sheet_init(&sheet, arena, NULL, width);
	explain_head(&sheet, spf->result, "SPF", spf->explanation, NULL);
	outline_spf_steps(&sheet, spf);
	if (spf->clause) {
		sheet_row(&sheet, 0);
		sheet_add(&sheet, PIECE_DIM, 2, "= %s", spf->clause);
	}
	return sheet.outline;
}
