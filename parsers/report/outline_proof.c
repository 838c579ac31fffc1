/* SPDX-License-Identifier: ISC */
/* PROOF: what DKIM, SPF, DMARC and ARC say, two lines each. */
#include "parsers/report/sheet.h"

#include <string.h>

enum { PROOF_RESULT = 16, PROOF_TEXT = 22, PROOF_MOST = 3 };

static void lead(struct sheet *sheet, const char *method, enum result result)
{
	sheet_row(sheet, 0);
	sheet_add(sheet, PIECE_LABEL, SHEET_INDENT, "%s", method);
	sheet_add(sheet, kind_of_result(result), PROOF_RESULT, "%s", result_word(result));
}

/* "2026-11-09 09:12:44" */
static const char *short_time(struct sheet *sheet, int64_t time)
{
	const char *text = moment_text(sheet->arena, time);

	return arena_printf(sheet->arena, "%.10s %.8s", text, text + 11);
}

/* "signed 2026-11-09 09:12:44 (1 day before)": how long before the check S was signed. */
static const char *age(struct sheet *sheet, const struct dkim_signature *s)
{
	int64_t at = sheet->report->checked_at, between = at - s->signed_at;

	if (s->signed_at == TIME_NONE)
		return "";
	if (at == TIME_NONE)
		return arena_printf(sheet->arena, "  signed %s", short_time(sheet, s->signed_at));
	return arena_printf(sheet->arena, "  signed %s (%s %s)", short_time(sheet, s->signed_at),
		moment_duration(sheet->arena, between < 0 ? -between : between),
		between < 0 ? "AFTER" : "before");
}

/* The names of h= as people write them, those that a reader sees first, each once. */
static const char *covered_names(struct sheet *sheet, const struct dkim_signature *s)
{
	static const char *const shown[] = {
		"from", "subject", "to", "cc", "date", "reply-to", "sender"};
	size_t most = sheet->width >= 100 ? 6 : 4, count = 0, others = 0;
	const char *name[8];

	for (size_t i = 0; i < sizeof shown / sizeof *shown; i++)
		for (size_t k = 0; k < s->signed_field_count; k++)
			if (s->covered && s->covered[k] &&
				strcmp(s->signed_field[k], shown[i]) == 0) {
				name[count++] = field_title(sheet->arena, shown[i]);
				break;
			}
	for (size_t k = 0; k < s->signed_field_count; k++)
		others += s->covered && s->covered[k] != NULL;
	if (count > most)
		count = most;
	return others > count ? arena_printf(sheet->arena, "%s and %zu more",
					text_joined(sheet->arena, name, count), others - count)
			      : text_list(sheet->arena, name, count, most);
}

static const char *unsigned_names(struct sheet *sheet, const struct dkim_signature *s)
{
	const char *name[6];
	size_t count = s->unsigned_field_count < 6 ? s->unsigned_field_count : 6;

	for (size_t i = 0; i < count; i++)
		name[i] = field_title(sheet->arena, s->unsigned_field[i]);
	return arena_printf(sheet->arena, "%s%s", text_joined(sheet->arena, name, count),
		s->unsigned_field_count > 6 ? " ..." : "");
}

/* "covers From, To; the whole body; NOT Date": of a signature that passes. */
static void coverage(struct sheet *sheet, const struct dkim_signature *s, bool aligned)
{
	const char *body =
		s->body_uncovered
			? arena_printf(sheet->arena, "body %s of %s bytes",
				  text_number(sheet->arena, s->body_covered),
				  text_number(sheet->arena, s->body_covered + s->body_uncovered))
			: "the whole body";

	sheet_row(sheet, 0);
	if (!aligned)
		sheet_add(sheet, PIECE_WARN, PROOF_TEXT, "not aligned with From; ");
	sheet_add(sheet, PIECE_TEXT, aligned ? PROOF_TEXT : 0, "covers ");
	sheet_elastic(sheet, PIECE_TEXT, 0, "%s", covered_names(sheet, s));
	sheet_add(sheet, s->body_uncovered ? PIECE_BAD : PIECE_TEXT, 0, "; %s", body);
	if (s->unsigned_field_count) {
		if (s->body_uncovered || !aligned || sheet->width < 100)
			sheet_row(sheet, 0);
		else
			sheet_add(sheet, PIECE_TEXT, 0, "; ");
		sheet_elastic(sheet, PIECE_WARN,
			s->body_uncovered || !aligned || sheet->width < 100 ? PROOF_TEXT : 0,
			"NOT %s", unsigned_names(sheet, s));
	}
	sheet_where(sheet, s->where_h);
}

static void repair_lines(struct sheet *sheet, const struct dkim_signature *s)
{
	for (size_t i = 0; s->repair && s->repair->proven && i < s->repair->edit_count && i < 3;
		i++) {
		sheet_row(sheet, 0);
		sheet_add(sheet, PIECE_GOOD, PROOF_TEXT, "%s",
			i == 0                                                    ? "undone: "
			: strncmp(s->repair->edit[i].description, "and ", 4) == 0 ? "    "
										  : "    and ");
		sheet_elastic(sheet, PIECE_TEXT, 0, "%s%s", s->repair->edit[i].description,
			i + 1 < s->repair->edit_count ? ""
			: s->signature == SIGNATURE_UNCHECKED
				? "; then the body has the hash of bh= (the key is not known)"
				: "; then it verifies");
		sheet_where(sheet, s->repair->edit[i].where);
	}
}

static void signature(struct sheet *sheet, size_t n)
{
	const struct evidence *e = &sheet->report->evidence;
	const struct dkim_signature *s = &e->dkim->signature[n];
	bool aligned = e->dmarc->dkim_alignment && e->dmarc->dkim_alignment[n];

	lead(sheet, n ? "" : "DKIM", s->result);
	sheet_cut(sheet, PIECE_TEXT, PROOF_TEXT, sheet->width / 2, "%s / %s",
		s->domain ? s->domain : "(no domain)", s->selector ? s->selector : "(no selector)");
	sheet_add(sheet, PIECE_TEXT, 0, "  %s", text_key(sheet->arena, &s->key));
	if (s->result == RESULT_PASS)
		sheet_elastic(sheet, PIECE_TEXT, 0, "%s", age(sheet, s));
	else if (!aligned)
		sheet_elastic(sheet, PIECE_DIM, 0, "  not aligned with From");
	sheet_target(sheet, ROW_SIGNATURE, n);
	sheet_where(sheet, s->field->whole);
	if (s->result == RESULT_PASS) {
		coverage(sheet, s, aligned);
	} else {
		sheet_row(sheet, 0);
		sheet_wrap(sheet, PIECE_TEXT, PROOF_TEXT, s->explanation ? s->explanation : "");
	}
	sheet_target(sheet, ROW_SIGNATURE, n);
	repair_lines(sheet, s);
}

static void dkim(struct sheet *sheet, bool all)
{
	const struct dkim *dkim = sheet->report->evidence.dkim;
	size_t most = all ? dkim->count : PROOF_MOST;

	if (!dkim->count)
		lead(sheet, "DKIM", RESULT_NONE);
	for (size_t i = 0; i < dkim->count && i < most; i++)
		signature(sheet, i);
	if (dkim->count > most) {
		sheet_row(sheet, 0);
		sheet_add(sheet, PIECE_DIM, PROOF_TEXT, "and %s",
			text_count(sheet->arena, dkim->count - most, "more signature"));
	}
}

static void spf(struct sheet *sheet)
{
	const struct evidence *e = &sheet->report->evidence;
	const struct spf_result *spf = e->spf->mail_from;
	int relation = domain_relation(sheet->report, spf->domain);

	lead(sheet, "SPF", spf->result);
	sheet_target(sheet, ROW_SPF, 0);
	if (spf->result == RESULT_NONE || !spf->domain || !e->spf->client_ip) {
		sheet_elastic(sheet, PIECE_TEXT, PROOF_TEXT, "%s",
			spf->explanation ? spf->explanation : "");
		return;
	}
	sheet_cut(sheet, PIECE_TEXT, PROOF_TEXT, sheet->width / 2, "%s (%s)", spf->domain,
		e->spf->client_ip);
	if (spf->mechanism && sheet->width >= 100)
		sheet_elastic(sheet, PIECE_DIM, 0, "  by %s", spf->mechanism);
	sheet_add(sheet, relation ? PIECE_DIM : PIECE_WARN, 0, "  %s",
		relation == 2   ? "aligned"
		: relation == 1 ? "same organisation"
		: relation == 0 ? "not aligned with From"
				: "");
	if (spf->result == RESULT_TEMPERROR || spf->result == RESULT_PERMERROR) {
		sheet_row(sheet, 0);
		sheet_wrap(sheet, PIECE_TEXT, PROOF_TEXT, spf->explanation ? spf->explanation : "");
	}
}

static void dmarc(struct sheet *sheet)
{
	const struct dmarc *dmarc = sheet->report->evidence.dmarc;
	const struct dmarc_eval *d = dmarc->decides;
	const struct dmarc_eval *other = d == dmarc->rfc9989 ? dmarc->rfc7489 : dmarc->rfc9989;

	lead(sheet, "DMARC", d->result);
	sheet_target(sheet, ROW_DMARC, 0);
	if (!d->record_domain || d->result == RESULT_NONE || d->result == RESULT_TEMPERROR ||
		d->result == RESULT_PERMERROR) {
		sheet_elastic(sheet, PIECE_TEXT, PROOF_TEXT, "%s",
			dmarc->explanation ? dmarc->explanation : "");
	} else {
		bool by_dkim = d->dkim.passed && d->dkim.aligned,
		     by_spf = d->spf.passed && d->spf.aligned;

		sheet_cut(sheet, PIECE_TEXT, PROOF_TEXT, sheet->width / 3, "%s", d->record_domain);
		if (d->policy != POLICY_UNSET)
			sheet_add(sheet, PIECE_TEXT, 0, " %s=%s",
				d->policy_tag ? d->policy_tag : "p", dmarc_policy_word(d->policy));
		sheet_add(sheet, PIECE_TEXT, 0, "%s",
			by_dkim && by_spf ? ", by DKIM and SPF"
			: by_dkim         ? ", by DKIM"
			: by_spf          ? ", by SPF"
					  : "");
		if (d->result == RESULT_FAIL)
			sheet_add(sheet, PIECE_BAD, 0,
				"  nothing that passed belongs to the From domain");
	}
	if (dmarc->differs && other) {
		sheet_row(sheet, 0);
		sheet_wrap(sheet, PIECE_WARN, PROOF_TEXT,
			arena_printf(sheet->arena, "under %s it is %s%s%s",
				other->standard == DMARC_RFC7489 ? "RFC 7489" : "RFC 9989",
				result_word(other->result),
				other->policy != POLICY_UNSET ? ", policy " : "",
				other->policy != POLICY_UNSET ? dmarc_policy_word(other->policy)
							      : ""));
	}
}

static void arc(struct sheet *sheet)
{
	const struct arc *arc = sheet->report->evidence.arc;

	lead(sheet, "ARC", arc->result);
	sheet_target(sheet, ROW_ARC_SET, 0);
	if (!arc->count)
		return;
	sheet_add(sheet, PIECE_TEXT, PROOF_TEXT, "%s, the last by ",
		text_count(sheet->arena, arc->count, "set"));
	sheet_elastic(sheet, PIECE_TEXT, 0, "%s",
		arc->set[arc->count - 1].seal.domain ? arc->set[arc->count - 1].seal.domain : "?");
	if (arc->result == RESULT_FAIL && arc->explanation)
		sheet_elastic(sheet, PIECE_TEXT, 0, "; %s", arc->explanation);
	if (arc->broken_after)
		sheet_add(sheet, PIECE_WARN, 0, "; changed after set %u", arc->broken_after);
}

void outline_proof(struct sheet *sheet, bool all)
{
	sheet_section(sheet, "PROOF");
	dkim(sheet, all);
	spf(sheet);
	dmarc(sheet);
	arc(sheet);
}
