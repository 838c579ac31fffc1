/* SPDX-License-Identifier: ISC */
/* The five questions that every reader has. */
#include "parsers/findings/common.h"
#include "parsers/report/sheet.h"

#include <string.h>

enum answer_word { ANSWER_UNKNOWN = -1, ANSWER_NO, ANSWER_YES, ANSWER_IN_PART };

struct answer {
	enum answer_word word;
	const char *why;
	struct span where; /* the bytes that it rests on, or none */
};

/* From this width on the reason stands beside the answer. */
enum { QUESTION_WIDE = 140 };

/* By enum answer_word, from ANSWER_UNKNOWN on. */
static const struct {
	enum piece_kind kind;
	const char *text;
} answer_word[] = {
	{PIECE_WARN, "unknown"}, {PIECE_BAD, "NO"}, {PIECE_GOOD, "yes"}, {PIECE_BAD, "in part"}};

static void question(struct sheet *sheet, const char *asked, struct answer a)
{
	bool wide = sheet->width >= QUESTION_WIDE;
	const char *place = text_place(sheet, a.where);

	sheet_row(sheet, 0);
	sheet_add(sheet, PIECE_TEXT, SHEET_INDENT, "%s", asked);
	sheet_add(sheet, answer_word[a.word - ANSWER_UNKNOWN].kind, 59, "%s",
		answer_word[a.word - ANSWER_UNKNOWN].text);
	sheet_where(sheet, a.where);
	if (!wide)
		sheet_row(sheet, 0);
	sheet_wrap(sheet, PIECE_DIM, wide ? 68 : SHEET_INDENT + 4,
		arena_printf(sheet->arena, "%s%s%s", a.why, *place ? "  " : "", place));
	sheet_where(sheet, a.where);
}

static const struct hop *border_of(const struct trace *trace)
{
	return trace->border && trace->border <= trace->count ? &trace->hop[trace->border - 1]
							      : NULL;
}

static struct answer receiving_host(const struct sheet *sheet)
{
	const struct receiving *r = &sheet->report->receiving;
	const struct hop *hop = border_of(sheet->report->evidence.trace);

	return (struct answer){(enum answer_word)r->answer, r->explanation ? r->explanation : "",
		hop ? hop->by_where : SPAN_NONE};
}

static struct answer client(const struct sheet *sheet)
{
	const struct evidence *e = &sheet->report->evidence;
	const struct spf_result *spf = e->spf->mail_from;
	enum answer_word word = spf->result == RESULT_PASS ? ANSWER_YES
				: spf->result == RESULT_FAIL || spf->result == RESULT_SOFTFAIL
					? ANSWER_NO
					: ANSWER_UNKNOWN;

	return (struct answer){word,
		arena_printf(sheet->arena, "%s: %s", result_word(spf->result),
			spf->explanation ? spf->explanation : ""),
		e->trace->client_ip.where};
}

/* What passes may leave open what a reader sees: the verdict on the author says so. */
static struct answer author(const struct sheet *sheet)
{
	const struct evidence *e = &sheet->report->evidence;
	const struct findings *findings = sheet->report->findings;
	const struct dmarc_eval *d = e->dmarc->decides;
	bool open = d->result == RESULT_PASS && findings->author != AUTHOR_PROVEN;
	enum answer_word word = open && findings->author == AUTHOR_PARTIAL ? ANSWER_IN_PART
				: open                                     ? ANSWER_UNKNOWN
				: d->result == RESULT_PASS                 ? ANSWER_YES
				: d->result == RESULT_FAIL                 ? ANSWER_NO
									   : ANSWER_UNKNOWN;
	const char *why = open               ? findings->author_why
			  : d->explanation   ? d->explanation
			  : d->author_domain ? d->author_domain
					     : "";

	return (struct answer){word,
		arena_printf(sheet->arena, "%s: %s", result_word(d->result), why),
		e->from_field ? e->from_field->whole : SPAN_NONE};
}

/* Without a signature the newest seal may tell: since it, nothing was changed. */
static struct answer sealed(const struct sheet *sheet)
{
	const struct arc *arc = sheet->report->evidence.arc;
	const struct arc_part *last =
		arc && arc->count ? &arc->set[arc->count - 1].message_signature : NULL;

	if (!last || arc->result != RESULT_PASS || !last->field)
		return (struct answer){ANSWER_UNKNOWN, "no signature tells", SPAN_NONE};
	return (struct answer){ANSWER_YES,
		arena_printf(sheet->arena, "as %s sealed it (ARC); what was before is its word",
			last->domain),
		last->field->whole};
}

static struct answer unchanged(const struct sheet *sheet)
{
	const struct evidence *e = &sheet->report->evidence;
	const struct dkim_signature *pass = NULL, *part = NULL, *changed = NULL;

	for (size_t i = 0; i < e->dkim->count; i++) {
		const struct dkim_signature *s = &e->dkim->signature[i];

		if (s->result == RESULT_PASS && !body_left_open(s))
			pass = s;
		else if (s->result == RESULT_PASS)
			part = s;
		else if (s->cause == CAUSE_BODY_CHANGED || s->cause == CAUSE_HEADER_CHANGED ||
			 s->cause == CAUSE_BOTH_CHANGED)
			changed = s;
	}
	if (changed && changed->signature != SIGNATURE_VALID && !pass)
		return (struct answer){0,
			arena_printf(sheet->arena,
				"it is not what a signature in the name of %s says; whether %s "
				"made it "
				"is not shown",
				changed->domain, changed->domain),
			changed->where_bh};
	if (changed)
		return (struct answer){ANSWER_NO,
			arena_printf(sheet->arena, "changed after %s signed it%s%s",
				changed->domain, pass ? "; as it is now, it is signed by " : "",
				pass ? pass->domain : ""),
			changed->where_bh};
	if (pass)
		return (struct answer){ANSWER_YES,
			arena_printf(sheet->arena, "as %s signed it", pass->domain),
			pass->where_bh};
	if (part)
		return (struct answer){ANSWER_IN_PART,
			arena_printf(sheet->arena,
				"as %s signed it, but %llu bytes of the body stand behind what it "
				"signed",
				part->domain, (unsigned long long)part->body_uncovered),
			part->where_l};
	return sealed(sheet);
}

/* "2 of 3 hops over public addresses say so; open at hop 3 (claimed)" */
static struct answer encrypted(const struct sheet *sheet)
{
	const struct trace *trace = sheet->report->evidence.trace;
	size_t open = 0, between = 0;
	const char *list = "";
	struct span where = SPAN_NONE;

	for (size_t i = trace->count; i-- > 0;) {
		const struct hop *hop = &trace->hop[i];

		if (!hop_public(hop))
			continue;
		between++;
		if (!hop->tls && open++ < 8)
			list = arena_printf(sheet->arena, "%s%s%u%s", list, *list ? ", " : "",
				hop->n, hop->trust == HOP_CLAIMED ? " (claimed)" : "");
		if (!where.ptr || (!hop->tls && open == 1))
			where = hop->field->whole;
	}
	if (!between)
		return (struct answer){ANSWER_UNKNOWN, "no hop tells", SPAN_NONE};
	return (struct answer){open ? ANSWER_NO : ANSWER_YES,
		arena_printf(sheet->arena, "%zu of %s over public addresses say so%s%s",
			between - open, text_count(sheet->arena, between, "hop"),
			open ? "; open at hop " : "", list),
		where};
}

void outline_questions(struct sheet *sheet)
{
	sheet_section(sheet, "QUESTIONS");
	question(sheet, "was it received by a host of the recipient's?", receiving_host(sheet));
	question(sheet, "was the client allowed for the envelope? (SPF)", client(sheet));
	question(sheet, "does the domain in From stand behind it? (DMARC)", author(sheet));
	question(sheet, "was it unchanged on the way? (DKIM, ARC)", unchanged(sheet));
	question(sheet, "was the way encrypted? (TLS)", encrypted(sheet));
}
