/* SPDX-License-Identifier: ISC */
/* The five questions that every reader has. */
#include "parsers/report/sheet.h"

#include <string.h>

static void question(struct sheet *sheet, const char *asked, int yes, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));

static void question(struct sheet *sheet, const char *asked, int yes, const char *fmt, ...)
{
	va_list args;

	sheet_row(sheet, 0);
	sheet_add(sheet, PIECE_TEXT, SHEET_INDENT, "%s", asked);
	sheet_add(sheet,
		yes > 0   ? PIECE_GOOD
		: yes < 0 ? PIECE_WARN
			  : PIECE_BAD,
		59, "%s",
		yes > 0   ? "yes"
		: yes < 0 ? "unknown"
			  : "NO");
	if (sheet->width < 100)
		sheet_row(sheet, 0);
	va_start(args, fmt);
	sheet_wrap(sheet, PIECE_DIM, sheet->width < 100 ? SHEET_INDENT + 4 : 68,
		arena_vprintf(sheet->arena, fmt, args));
	va_end(args);
}

static void receiving_host(struct sheet *sheet)
{
	const struct receiving *r = &sheet->report->receiving;

	question(sheet, "was it received by a host of the recipient's?", r->answer, "%s",
		r->explanation ? r->explanation : "");
}

static void client(struct sheet *sheet)
{
	const struct spf *spf = sheet->report->evidence.spf;
	enum result result = spf->mail_from->result;
	int yes = result == RESULT_PASS                                ? 1
		  : result == RESULT_FAIL || result == RESULT_SOFTFAIL ? 0
								       : -1;

	question(sheet, "was the client allowed for the envelope? (SPF)", yes, "%s: %s",
		result_word(result),
		spf->mail_from->explanation ? spf->mail_from->explanation : "");
}

static void author(struct sheet *sheet)
{
	const struct dmarc_eval *d = sheet->report->evidence.dmarc->decides;
	int yes = d->result == RESULT_PASS ? 1 : d->result == RESULT_FAIL ? 0 : -1;

	question(sheet, "does the domain in From stand behind it? (DMARC)", yes, "%s%s%s",
		result_word(d->result), d->author_domain ? ": " : "",
		d->author_domain ? d->author_domain : "");
}

static void unchanged(struct sheet *sheet)
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
		question(sheet, "was it unchanged on the way? (DKIM, ARC)", 0,
			"changed after %s signed it", changed->domain);
	else if (pass)
		question(sheet, "was it unchanged on the way? (DKIM, ARC)", 1, "as %s signed it",
			pass->domain);
	else
		question(sheet, "was it unchanged on the way? (DKIM, ARC)", -1,
			"no signature tells");
}

static void encrypted(struct sheet *sheet)
{
	const struct trace *trace = sheet->report->evidence.trace;
	size_t open = 0, smtp = 0;

	for (size_t i = 0; i < trace->count; i++) {
		const struct hop *hop = &trace->hop[i];

		if (hop->odd & (HOP_LOCAL | HOP_NOT_SMTP) ||
			(hop->addr.family && !ip_public(&hop->addr)))
			continue;
		smtp++;
		open += !hop->tls;
	}
	if (!smtp)
		question(sheet, "was the way encrypted? (TLS)", -1, "no hop tells");
	else
		question(sheet, "was the way encrypted? (TLS)", !open,
			"%zu of %s between organisations say so", smtp - open,
			text_count(sheet->arena, smtp, "hop"));
}

void outline_questions(struct sheet *sheet)
{
	sheet_section(sheet, "QUESTIONS");
	receiving_host(sheet);
	client(sheet);
	author(sheet);
	unchanged(sheet);
	encrypted(sheet);
}
