/* SPDX-License-Identifier: ISC */
/* The flat members as CSV (RFC 4180), lines ended by CRLF. */
#include "parsers/base/printable.h"
#include "parsers/report/report.h"

#include <stdio.h>

static const char *const column[] = {"type", "source", "member", "offset", "length", "sha256",
	"author", "severity", "complete", "summary", "date", "message_id", "subject", "header_from",
	"header_from_domain", "org_domain", "reply_to", "recipients", "mail_from", "helo",
	"client_ip", "dkim_result", "spf_result", "dmarc_result", "arc_result", "findings",
	"missing"};
enum { COLUMNS = sizeof column / sizeof *column };

void report_csv_cell(struct buffer *out, bool first, const char *text)
{
	if (!first)
		buffer_char(out, ',');
	if (!text || !*text)
		return;
	buffer_char(out, '"');
	if (strchr("=+-@\t\r", *text))
		buffer_char(out, '\'');

	struct buffer shown = BUFFER_INIT;

	printable_add(&shown, span_of(text), 0);
	for (size_t i = 0; i < shown.len; i++) {
		if (shown.ptr[i] == '"')
			buffer_char(out, '"');
		buffer_char(out, (char)shown.ptr[i]);
	}
	buffer_release(&shown);
	buffer_char(out, '"');
}

static const char *joined(struct arena *arena, const struct address_list *list)
{
	struct buffer text = BUFFER_INIT;

	for (size_t i = 0; i < list->count; i++) {
		if (i)
			buffer_str(&text, ", ");
		buffer_str(&text, list->address[i].address ? list->address[i].address : "");
	}

	const char *ret = arena_strdup(arena, buffer_text(&text));

	buffer_release(&text);
	return ret;
}

static const char *codes(struct arena *arena, const struct findings *findings)
{
	struct buffer text = BUFFER_INIT;

	for (size_t i = 0; i < findings->count; i++)
		buffer_printf(&text, "%s%s", i ? " " : "",
			finding_info(findings->finding[i]->code)->code);

	const char *ret = arena_strdup(arena, buffer_text(&text));

	buffer_release(&text);
	return ret;
}

static void row(struct buffer *out, const char *const *text)
{
	for (size_t i = 0; i < COLUMNS; i++)
		report_csv_cell(out, i == 0, text[i]);
	buffer_str(out, "\r\n");
}

void report_csv_head(struct buffer *out)
{
	for (size_t i = 0; i < COLUMNS; i++)
		buffer_printf(out, "%s%s", i ? "," : "", column[i]);
	buffer_str(out, "\r\n");
}

void report_csv(struct buffer *out, const struct report *r)
{
	const struct evidence *e = &r->evidence;
	struct arena *a = e->arena;
	const char *date = e->date.valid ? moment_text_zone(a, e->date.time, e->date.offset_s,
						   (e->date.odd & DATE_ZONE_UNKNOWN) != 0)
					 : NULL;
	const char *const text[COLUMNS] = {"message", r->origin.source, r->origin.member,
		arena_printf(a, "%llu", (unsigned long long)r->origin.offset),
		arena_printf(a, "%zu", e->message->raw.len), r->sha256, author_word(r->author),
		severity_word(r->severity), r->complete ? "true" : "false", r->summary, date,
		r->message_id, e->subject, joined(a, &r->header_from), e->author_domain,
		e->org_domain, joined(a, &e->reply_to), joined(a, &e->recipients),
		e->trace->mail_from.value, e->trace->helo.value, e->trace->client_ip.value,
		result_word(r->dkim_result), result_word(r->spf_result),
		result_word(r->dmarc_result), result_word(r->arc_result), codes(a, r->findings),
		arena_printf(a, "%zu", r->missing_count)};

	row(out, text);
}

/* What follows the COUNT cells at the start of ROW. */
static struct span behind_cells(struct span row, unsigned count)
{
	bool quoted = false;
	size_t at = 0;

	for (; at < row.len && count; at++) {
		quoted ^= row.ptr[at] == '"';
		count -= row.ptr[at] == ',' && !quoted;
	}
	return span_skip(row, at);
}

void report_csv_moved(struct buffer *out, struct span record, const struct origin *origin)
{
	char offset[24];

	snprintf(offset, sizeof offset, "%llu", (unsigned long long)origin->offset);
	report_csv_cell(out, true, "message");
	report_csv_cell(out, false, origin->source);
	report_csv_cell(out, false, origin->member);
	report_csv_cell(out, false, offset);
	buffer_char(out, ',');
	buffer_span(out, behind_cells(record, 4));
}

void report_csv_error(struct buffer *out, const struct origin *origin, const struct error *error)
{
	char offset[24];
	const char *text[COLUMNS] = {"error", origin->source, origin->member, offset};

	snprintf(offset, sizeof offset, "%llu", (unsigned long long)origin->offset);
	text[9] = error->text;
	row(out, text);
}
