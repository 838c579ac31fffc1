/* SPDX-License-Identifier: ISC */
#include "parsers/report/explain.h"

#include "parsers/base/printable.h"

#include <string.h>

/* Cause, its sentence, and the finding that explains it further. */
static const struct reason {
	enum cause cause;
	const char *sentence, *code;
} reason[] = {
	{CAUSE_BODY_CHANGED, "the body was changed after signing", "DKIM-FAIL-BODY"},
	{CAUSE_HEADER_CHANGED, "signed header fields were changed after signing", "DKIM-FAIL-SIG"},
	{CAUSE_BOTH_CHANGED, "header and body were changed after signing", "DKIM-FAIL-BODY"},
	{CAUSE_WRONG_KEY, "this key did not make this signature", "DKIM-FAIL-SIG"},
	{CAUSE_KEY_MISSING, "the key does not exist", "KEY-MISSING"},
	{CAUSE_KEY_REVOKED, "the key was revoked", "KEY-REVOKED"},
	{CAUSE_KEY_MALFORMED, "the key record can't be used", "KEY-SYNTAX"},
	{CAUSE_KEY_WEAK, "the key is too short to prove anything", "KEY-SHORT"},
	{CAUSE_KEY_FLAGS, "the key does not allow this use", "DKIM-KEY-STRICT"},
	{CAUSE_EXPIRED, "the signature had expired", "DKIM-EXPIRED"},
	{CAUSE_MALFORMED, "the signature field can't be read", "DKIM-DS-SYNTAX"},
	{CAUSE_ALGORITHM_UNSUPPORTED, "the algorithm is not known", "DKIM-ALG-KEY"},
	{CAUSE_ALGORITHM_FORBIDDEN, "rsa-sha1 proves nothing any more", "DKIM-SHA1"},
	{CAUSE_BODY_LENGTH, "a part of the body is not signed", "DKIM-L-APPENDED"},
	{CAUSE_NOT_RECORDED, "the key is not recorded", "DKIM-UNKNOWN-KEY"},
	{CAUSE_DNS_FAILED, "DNS failed", NULL},
	{CAUSE_NOT_ALIGNED, "what passed does not belong to the From domain", "AUTH-DMARC-FAIL"},
	{CAUSE_NOTHING_PASSED, "nothing passed", "AUTH-DMARC-FAIL"},
};

static const struct reason *find(enum cause cause)
{
	for (size_t i = 0; i < sizeof reason / sizeof *reason; i++)
		if (reason[i].cause == cause)
			return &reason[i];
	return NULL;
}

const char *explain_cause(enum cause cause)
{
	const struct reason *r = find(cause);

	return r ? r->sentence : "";
}

const char *explain_code(enum cause cause)
{
	const struct reason *r = find(cause);

	return r ? r->code : NULL;
}

/* Columns of the current row so far. */
static unsigned lead_columns(const struct sheet *sheet)
{
	const struct row *row = &sheet->outline->row[sheet->outline->count - 1];
	size_t columns = 0;

	for (size_t i = 0; i < row->count; i++)
		columns += printable_columns(row->piece[i].text);
	return (unsigned)columns;
}

void explain_head(struct sheet *sheet, enum result result, const char *method, const char *text,
	const char *code)
{
	sheet_row(sheet, 0);
	sheet_add(sheet, kind_of_result(result), 0, "%s", result_word(result));
	sheet_add(sheet, PIECE_STRONG, 0, ": %s:", method);
	if (code && lead_columns(sheet) + printable_columns(text ? text : "") +
				    printable_columns(code) + 2 <=
			    sheet->width) {
		sheet_add(sheet, PIECE_STRONG, 0, " %s", text ? text : "");
		sheet_add(sheet, PIECE_CODE, sheet->width - (unsigned)printable_columns(code), "%s",
			code);
		return;
	}
	sheet_wrap(sheet, PIECE_STRONG, lead_columns(sheet) + 1, text ? text : "");
	if (code) {
		sheet_row(sheet, 0);
		sheet_add(sheet, PIECE_CODE, sheet->width - (unsigned)printable_columns(code), "%s",
			code);
	}
}

/* The line of RAW around the byte at AT, without its end. */
static struct span line_around(struct span raw, size_t at, size_t *ret_from)
{
	size_t from = at, to = at;

	while (from > 0 && raw.ptr[from - 1] != '\n' && at - from < 200)
		from--;
	while (to < raw.len && raw.ptr[to] != '\n' && raw.ptr[to] != '\r' && to - from < 400)
		to++;
	*ret_from = from;
	return span_sub(raw, from, to);
}

void explain_snippet(struct sheet *sheet, struct span where, const char *label)
{
	const struct message *m = sheet->report->evidence.message;
	struct buffer lead = BUFFER_INIT, mark = BUFFER_INIT;
	size_t from, at;
	struct span line;

	if (!span_within(m->raw, where) || !where.len)
		return;
	at = span_offset(m->raw, where);
	line = line_around(m->raw, at, &from);
	if (at - from > 40) { /* what is underlined must be in sight */
		line = span_skip(line, at - from - 20);
		from = at - 20;
	}
	printable_add(&lead, span_sub(line, 0, at - from), 0);
	printable_add(&mark, span_sub(line, at - from, at - from + where.len), 0);

	unsigned start = 8 + (unsigned)printable_columns(buffer_text(&lead)),
		 columns = (unsigned)printable_columns(buffer_text(&mark));
	unsigned room = sheet->width > start + 4 ? sheet->width - start : 4;

	sheet_row(sheet, 0);
	sheet_add(sheet, PIECE_MARK, 0, "%5u |", message_line(m, at));
	sheet_elastic(sheet, PIECE_BYTES, 8, "%s", printable(sheet->arena, line));
	sheet_where(sheet, where);
	sheet_row(sheet, 0);
	sheet_add(sheet, PIECE_MARK, 6, "|");
	buffer_clear(&mark);
	buffer_fill(&mark, '^', columns > room ? room : columns ? columns : 1);
	sheet_add(sheet, PIECE_MARK, start, "%s", buffer_text(&mark));
	if (label)
		sheet_elastic(sheet, PIECE_TEXT, 0, " %s", label);
	buffer_release(&lead);
	buffer_release(&mark);
}

void explain_step(struct sheet *sheet, int ok, const char *what, const char *fmt, ...)
{
	va_list args;

	sheet_row(sheet, 0);
	sheet_add(sheet,
		ok > 0   ? PIECE_GOOD
		: ok < 0 ? PIECE_WARN
			 : PIECE_BAD,
		2, "%s",
		ok > 0   ? "ok"
		: ok < 0 ? "?"
			 : "FAIL");
	sheet_add(sheet, PIECE_LABEL, 7, "%s", what);
	va_start(args, fmt);
	sheet_wrap(sheet, PIECE_TEXT, 14, arena_vprintf(sheet->arena, fmt, args));
	va_end(args);
}

/* --- mailcheck explain CODE */

static void paragraph(struct sheet *sheet, const char *label, const char *text)
{
	if (!text || !*text)
		return;
	sheet_blank(sheet);
	sheet_row(sheet, 0);
	sheet_add(sheet, PIECE_LABEL, 2, "%s", label);
	sheet_wrap(sheet, PIECE_TEXT, 14, text);
}

const struct outline *outline_explain(struct arena *arena, enum finding_code code, unsigned width)
{
	const struct finding_info *info = finding_info(code);
	struct sheet sheet;

	sheet_init(&sheet, arena, NULL, width);
	sheet_row(&sheet, 0);
	sheet_add(&sheet, PIECE_CODE, 0, "%s", info->code);
	sheet_add(
		&sheet, kind_of_severity(info->severity), 0, "  %s", severity_word(info->severity));
	sheet_elastic(&sheet, PIECE_STRONG, 0, "  %s", info->title);
	paragraph(&sheet, "means", info->sentence);
	paragraph(&sheet, "what to do", info->action);
	paragraph(&sheet, "softer", info->false_positives);
	paragraph(&sheet, "reference", info->reference);
	return sheet.outline;
}
