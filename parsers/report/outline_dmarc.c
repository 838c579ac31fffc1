/* SPDX-License-Identifier: ISC */
/* DMARC: the walk to the policy, and why nothing that passed belongs to the author. */
#include "parsers/report/explain.h"

static void steps(struct sheet *sheet, const struct dmarc_eval *d)
{
	for (size_t i = 0; i < d->step_count; i++) {
		sheet_row(sheet, 1);
		sheet_add(sheet, PIECE_DIM, 2, "%2zu", i + 1);
		sheet_wrap(sheet, PIECE_TEXT, 6, d->step[i]);
		sheet_target(sheet, ROW_DMARC, 0);
	}
}

static const char *code_of(const struct sheet *sheet)
{
	const struct findings *f = sheet->report->findings;

	if (finding_find(f, FINDING_AUTH_DMARC_FAIL))
		return "AUTH-DMARC-FAIL";
	return finding_find(f, FINDING_AUTH_DMARC_FAIL_NONE) ? "AUTH-DMARC-FAIL-NONE" : NULL;
}

static void from_line(struct sheet *sheet)
{
	const struct evidence *e = &sheet->report->evidence;

	if (!e->from_field)
		return;
	sheet_row(sheet, 0);
	sheet_add(sheet, PIECE_MARK, 1, "-->");
	sheet_elastic(sheet, PIECE_TEXT, 5, "From %s",
		e->author_domain ? e->author_domain : "without a domain");
	sheet_add(sheet, PIECE_DIM, 0, " %s", text_place(sheet, e->from_field->whole));
	sheet_where(sheet, e->from_field->whole);
}

void outline_dmarc_failure(struct sheet *sheet)
{
	const struct dmarc *dmarc = sheet->report->evidence.dmarc;

	if (dmarc->decides->result == RESULT_PASS || dmarc->decides->result == RESULT_NONE)
		return;
	sheet_blank(sheet);
	explain_head(sheet, dmarc->decides->result, "DMARC",
		dmarc->decides->explanation ? dmarc->decides->explanation : dmarc->explanation,
		code_of(sheet));
	sheet_target(sheet, ROW_DMARC, 0);
	from_line(sheet);
	steps(sheet, dmarc->decides);
}

void outline_dmarc_walk(struct sheet *sheet)
{
	const struct dmarc *dmarc = sheet->report->evidence.dmarc;
	const struct dmarc_eval *both[] = {dmarc->rfc9989, dmarc->rfc7489};

	for (size_t i = 0; i < 2; i++) {
		if (i && !dmarc->differs && both[0]->step_count)
			continue;
		sheet_blank(sheet);
		sheet_row(sheet, 0);
		sheet_add(sheet, PIECE_LABEL, 0, "DMARC by %s: ", i ? "RFC 7489" : "RFC 9989");
		sheet_add(sheet, kind_of_result(both[i]->result), 0, "%s",
			result_word(both[i]->result));
		if (both[i]->org_domain)
			sheet_elastic(
				sheet, PIECE_TEXT, 0, "  organisation %s", both[i]->org_domain);
		sheet_target(sheet, ROW_DMARC, i);
		if (both[i]->record) {
			sheet_row(sheet, 1);
			sheet_add(sheet, PIECE_DIM, 2, "_dmarc.%s",
				both[i]->record_domain ? both[i]->record_domain : "");
			sheet_elastic(sheet, PIECE_BYTES, 0, "  %s", both[i]->record);
		}
		steps(sheet, both[i]);
	}
}
