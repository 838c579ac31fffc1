/* SPDX-License-Identifier: ISC */
/* Why a signature fails, in the manner of a compiler: where, what was signed, what was found; and
 * the repair. */
#include "parsers/report/explain.h"

#include <string.h>

static void key_step(struct sheet *sheet, const struct dkim_signature *s)
{
	const struct dkim_key *key = &s->key;
	const char *name = key->name ? key->name : "the key";
	bool usable = s->signature != SIGNATURE_UNCHECKED;

	if (!key->record) {
		bool asked = s->cause == CAUSE_KEY_MISSING || s->cause == CAUSE_KEY_MALFORMED ||
			     s->cause == CAUSE_DNS_FAILED;

		explain_step(sheet, asked ? 0 : -1, "key", "%s TXT: %s", name,
			asked ? explain_cause(s->cause) : "not recorded in the DNS evidence");
		return;
	}
	explain_step(sheet, usable, "key", "%s TXT, %s%s, %s%s%s", name,
		text_key(sheet->arena, key), key->testing ? ", in testing" : "",
		key->recorded != TIME_NONE ? arena_printf(sheet->arena, "recorded %.10s, ",
						     moment_text(sheet->arena, key->recorded))
					   : "",
		key->dnssec == DNSSEC_SECURE ? "DNSSEC secure" : "no DNSSEC",
		key->problem_text ? arena_printf(sheet->arena, "; %s", key->problem_text) : "");
}

static void signature_step(struct sheet *sheet, const struct dkim_signature *s)
{
	static const char *const behind[] = {
		[SIGNATURE_VALID] = ": they are as signed",
		[SIGNATURE_INVALID] = ": the key made it, over other bytes",
		[SIGNATURE_WRONG_KEY] = ", and this key did not make it",
	};

	if (s->signature == SIGNATURE_UNCHECKED)
		explain_step(sheet, -1, "b=", "was not checked");
	else
		explain_step(sheet, s->signature == SIGNATURE_VALID,
			"b=", "%s over %zu header fields%s",
			s->signature == SIGNATURE_VALID ? "verifies" : "does not verify",
			s->signed_field_count,
			s->signature == SIGNATURE_INVALID && !s->digest_known
				? ""
				: behind[s->signature]);
}

static void body_step(struct sheet *sheet, const struct dkim_signature *s)
{
	const char *covered = s->has_length ? arena_printf(sheet->arena, "the first %s bytes of ",
						      text_number(sheet->arena, s->body_covered))
					    : "";

	if (s->body_hash == BODY_HASH_UNCHECKED)
		explain_step(sheet, -1, "bh=", "was not checked");
	else if (s->body_hash == BODY_HASH_MATCH)
		explain_step(sheet, 1, "bh=", "%sthe body %s as signed", covered,
			s->has_length ? "are" : "is");
	else
		explain_step(
			sheet, 0, "bh=", "%sthe body differ%s", covered, s->has_length ? "" : "s");
}

static void hashes(struct sheet *sheet, const struct dkim_signature *s)
{
	struct span body = sheet->report->evidence.message->body;

	if (s->body_hash != BODY_HASH_MISMATCH)
		return;
	explain_snippet(sheet, s->where_bh, "body hash when signed");
	sheet_row(sheet, 0);
	sheet_add(sheet, PIECE_MARK, 6, "=");
	sheet_elastic(sheet, PIECE_TEXT, 8, "found %s",
		s->body_hash_computed ? s->body_hash_computed : "");
	sheet_add(sheet, PIECE_DIM, 0, "  body %s", text_place(sheet, body));
	sheet_where(sheet, body);
}

/* One line of the diff; TEXT may have several lines, each gets its own row. */
static void diff_lines(struct sheet *sheet, char sign, const char *text, struct span where)
{
	struct span rest = span_of(text);
	size_t len;

	for (unsigned n = 0; rest.len && n < 12; n++) {
		struct span line = span_line(&rest, &len);

		sheet_row(sheet, 1);
		sheet_add(sheet, sign == '+' ? PIECE_BAD : PIECE_GOOD, 6, "%c", sign);
		sheet_elastic(sheet, PIECE_BYTES, 8, "%s",
			arena_text(sheet->arena, span_sub(line, 0, len)));
		sheet_where(sheet, where);
	}
}

/* What stands there now: the repair's own words where it has them and they are not only the
 * beginning. */
static const char *shown_now(struct sheet *sheet, const struct repair_edit *edit)
{
	struct span raw = sheet->report->evidence.message->raw;
	struct span here =
		span_within(raw, edit->where) ? span_sub(edit->where, 0, 2000) : SPAN_NONE;

	if (!edit->after || (here.len > strlen(edit->after) && span_starts(here, edit->after)))
		return arena_text(sheet->arena, here);
	return edit->after;
}

void outline_repair(struct sheet *sheet, const struct dkim_signature *s)
{
	const struct repair *repair = s->repair;

	if (!repair)
		return;
	sheet_row(sheet, 0);
	if (!repair->proven) {
		sheet_add(sheet, PIECE_DIM, 2, "tried");
		sheet_elastic(sheet, PIECE_TEXT, 14, "%s: none restores what was signed",
			text_count(sheet->arena, repair->tried, "edit"));
		return;
	}
	bool known = s->signature != SIGNATURE_UNCHECKED;

	sheet_add(sheet, known ? PIECE_GOOD : PIECE_WARN, 2, known ? "proven" : "restored");
	sheet_wrap(sheet, PIECE_STRONG, 14,
		arena_printf(sheet->arena,
			known ? "undoing %s, %s's signature verifies (%s tried)"
			      : "undoing %s, the body has the hash that %s's field states (%s "
				"tried); "
				"without the key that is no proof of who wrote it",
			text_count(sheet->arena, repair->edit_count, "edit"),
			s->domain ? s->domain : "the", text_number(sheet->arena, repair->tried)));
	for (size_t i = 0; i < repair->edit_count; i++) {
		const struct repair_edit *edit = &repair->edit[i];
		const char *after = shown_now(sheet, edit);

		sheet_row(sheet, 1);
		sheet_add(sheet, PIECE_MARK, 4, "~");
		sheet_elastic(sheet, PIECE_TEXT, 6, "%s", edit->description);
		sheet_add(sheet, PIECE_DIM, 0, "  %s", text_place(sheet, edit->where));
		sheet_where(sheet, edit->where);
		if (edit->before)
			diff_lines(sheet, '-', edit->before, SPAN_NONE);
		diff_lines(sheet, '+', after, edit->where);
	}
	sheet_row(sheet, 0);
	sheet_add(sheet, PIECE_DIM, 14, "- as signed, + as shown now");
}

static const char *file_name(const struct sheet *sheet)
{
	const char *name = sheet->report->origin.source ? sheet->report->origin.source : "-",
		   *slash = strrchr(name, '/');

	return slash && slash[1] ? slash + 1 : name;
}

void outline_dkim_failure(struct sheet *sheet, size_t n)
{
	const struct dkim_signature *s = &sheet->report->evidence.dkim->signature[n];
	const char *short_cause = explain_cause(s->cause), *file = file_name(sheet);

	sheet_blank(sheet);
	explain_head(sheet, s->result, "DKIM", *short_cause ? short_cause : s->explanation,
		explain_code(s->cause));
	sheet_target(sheet, ROW_SIGNATURE, n);
	sheet_row(sheet, 0);
	sheet_add(sheet, PIECE_MARK, 1, "-->");
	sheet_add(sheet, PIECE_TEXT, 5, "%s %s", file, text_place(sheet, s->field->whole));
	sheet_elastic(sheet, PIECE_TEXT, 0, "   DKIM-Signature  d=%s s=%s c=%s",
		s->domain ? s->domain : "?", s->selector ? s->selector : "?",
		s->canonicalization ? s->canonicalization : "?");
	sheet_where(sheet, s->field->whole);
	hashes(sheet, s);
	if (s->signature == SIGNATURE_INVALID || s->signature == SIGNATURE_WRONG_KEY)
		explain_snippet(sheet, s->where_b, "signature");
	key_step(sheet, s);
	signature_step(sheet, s);
	body_step(sheet, s);
	outline_repair(sheet, s);
	if (s->at_now) {
		sheet_row(sheet, 0);
		sheet_wrap(sheet, PIECE_DIM, 2, arena_printf(sheet->arena, "= now: %s", s->at_now));
	}
	if (s->explanation && *short_cause) {
		sheet_row(sheet, 0);
		sheet_add(sheet, PIECE_DIM, 2, "=");
		sheet_wrap(sheet, PIECE_DIM, 4,
			s->clause ? arena_printf(sheet->arena, "%s (%s)", s->explanation, s->clause)
				  : s->explanation);
	}
	sheet_row(sheet, 0);
	sheet_add(sheet, PIECE_DIM, 2, "= help: mailcheck show --canonical %s", file);
}

void outline_failures(struct sheet *sheet)
{
	const struct evidence *e = &sheet->report->evidence;

	for (size_t i = 0; i < e->dkim->count; i++)
		if (e->dkim->signature[i].result != RESULT_PASS)
			outline_dkim_failure(sheet, i);
	outline_dmarc_failure(sheet);
	outline_spf_failure(sheet);
}
