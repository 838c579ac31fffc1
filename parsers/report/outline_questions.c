/* SPDX-License-Identifier: ISC */
/* The five questions that every reader has. */
#include "parsers/report/sheet.h"

#include <string.h>

struct answer {
	int yes; /* 1, 0, -1: unknown */
	const char *why;
	struct span where; /* the bytes that it rests on, or none */
};

/* From this width on the reason stands beside the answer. */
enum { QUESTION_WIDE = 140 };

static void question(struct sheet *sheet, const char *asked, struct answer a)
{
	bool wide = sheet->width >= QUESTION_WIDE;
	const char *place = text_place(sheet, a.where);

	sheet_row(sheet, 0);
	sheet_add(sheet, PIECE_TEXT, SHEET_INDENT, "%s", asked);
	sheet_add(sheet,
		a.yes > 0   ? PIECE_GOOD
		: a.yes < 0 ? PIECE_WARN
			    : PIECE_BAD,
		59, "%s",
		a.yes > 0   ? "yes"
		: a.yes < 0 ? "unknown"
			    : "NO");
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

	return (struct answer){
		r->answer, r->explanation ? r->explanation : "", hop ? hop->by_where : SPAN_NONE};
}

static struct answer client(const struct sheet *sheet)
{
	const struct evidence *e = &sheet->report->evidence;
	const struct spf_result *spf = e->spf->mail_from;
	int yes = spf->result == RESULT_PASS                                     ? 1
		  : spf->result == RESULT_FAIL || spf->result == RESULT_SOFTFAIL ? 0
										 : -1;

	return (struct answer){yes,
		arena_printf(sheet->arena, "%s: %s", result_word(spf->result),
			spf->explanation ? spf->explanation : ""),
		e->trace->client_ip.where};
}

static struct answer author(const struct sheet *sheet)
{
	const struct evidence *e = &sheet->report->evidence;
	const struct dmarc_eval *d = e->dmarc->decides;
	int yes = d->result == RESULT_PASS ? 1 : d->result == RESULT_FAIL ? 0 : -1;

	return (struct answer){yes,
		arena_printf(sheet->arena, "%s: %s", result_word(d->result),
			d->explanation     ? d->explanation
			: d->author_domain ? d->author_domain
					   : ""),
		e->from_field ? e->from_field->whole : SPAN_NONE};
}

/* Without a signature the newest seal may tell: since it, nothing was changed. */
static struct answer sealed(const struct sheet *sheet)
{
	const struct arc *arc = sheet->report->evidence.arc;
	const struct arc_part *last =
		arc && arc->count ? &arc->set[arc->count - 1].message_signature : NULL;

	if (!last || arc->result != RESULT_PASS || !last->field)
		return (struct answer){-1, "no signature tells", SPAN_NONE};
	return (struct answer){1,
		arena_printf(sheet->arena, "as %s sealed it (ARC); what was before is its word",
			last->domain),
		last->field->whole};
}

static struct answer unchanged(const struct sheet *sheet)
{
	const struct evidence *e = &sheet->report->evidence;
	const struct dkim_signature *pass = NULL, *changed = NULL;

	for (size_t i = 0; i < e->dkim->count; i++) {
		const struct dkim_signature *s = &e->dkim->signature[i];

		if (s->result == RESULT_PASS && !s->body_uncovered)
			pass = s;
		else if (s->cause == CAUSE_BODY_CHANGED || s->cause == CAUSE_HEADER_CHANGED ||
			 s->cause == CAUSE_BOTH_CHANGED)
			changed = s;
	}
	if (changed)
		return (struct answer){0,
			arena_printf(sheet->arena, "changed after %s signed it%s%s",
				changed->domain, pass ? "; as it is now, it is signed by " : "",
				pass ? pass->domain : ""),
			changed->where_bh};
	if (pass)
		return (struct answer){1,
			arena_printf(sheet->arena, "as %s signed it", pass->domain),
			pass->where_bh};
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
		return (struct answer){-1, "no hop tells", SPAN_NONE};
	return (struct answer){!open,
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
