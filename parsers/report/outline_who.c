/* SPDX-License-Identifier: ISC */
/* WHO: what a reader sees of the author, and what of it is signed. */
#include "parsers/report/sheet.h"

#include <string.h>

enum { WHO_VALUE = 22, WHO_MOST = 3 };

/* Whether FIELD, which is shown, is covered by a passing signature; kind and words. */
static const char *signed_note(
	const struct sheet *sheet, const struct field *field, enum piece_kind *ret)
{
	const struct evidence *e = &sheet->report->evidence;
	const char *other = NULL;
	bool any = false, second = false;

	*ret = PIECE_WARN;
	for (size_t i = 0; i < e->dkim->count; i++) {
		const struct dkim_signature *s = &e->dkim->signature[i];

		if (s->result != RESULT_PASS)
			continue;
		any = true;
		if (signature_covers(s, field)) {
			if (domain_relation(sheet->report, s->domain) > 0) {
				*ret = PIECE_GOOD;
				return "signed";
			}
			other = s->domain;
		}
		for (size_t k = 0; k < s->signed_field_count && s->covered; k++)
			if (s->covered[k] && s->covered[k] != field &&
				span_ieq(s->covered[k]->name, field->name))
				second = true;
	}
	if (other) {
		*ret = PIECE_TEXT;
		return arena_printf(sheet->arena, "signed by %s", other);
	}
	*ret = second ? PIECE_BAD : PIECE_WARN;
	return second ? "UNSIGNED, a second one is signed" : any ? "not signed" : "";
}

static void line(struct sheet *sheet, const char *label, const char *value, enum piece_kind kind,
	const char *note)
{
	unsigned column = sheet_notes(sheet);

	sheet_row(sheet, 0);
	sheet_add(sheet, PIECE_LABEL, SHEET_INDENT, "%s", label);
	if (note && *note) {
		sheet_cut(sheet, PIECE_TEXT, WHO_VALUE, column - WHO_VALUE - 1, "%s", value);
		sheet_elastic(sheet, kind, column, "%s", note);
	} else {
		sheet_elastic(sheet, PIECE_TEXT, WHO_VALUE, "%s", value);
	}
}

static void shown_field(struct sheet *sheet, enum field_name name, const char *label)
{
	const struct message *m = sheet->report->evidence.message;
	const struct field *field;

	for (size_t n = 0; n < WHO_MOST && (field = message_field(m, name, n)); n++) {
		enum piece_kind kind;
		const char *note = signed_note(sheet, field, &kind);

		line(sheet, n ? "" : label, field_text(sheet->arena, field), kind, note);
		sheet_where(sheet, field->whole);
		sheet_target(sheet, ROW_FIELD, field->index);
	}
}

static const char *relation_note(
	const struct sheet *sheet, const char *domain, enum piece_kind *ret)
{
	int relation = domain_relation(sheet->report, domain);

	*ret = relation == 0 ? PIECE_WARN : PIECE_DIM;
	return relation < 0    ? ""
	       : relation == 2 ? "same domain"
	       : relation == 1 ? "same organisation"
			       : "other domain";
}

static void other_author(
	struct sheet *sheet, const char *label, const struct address_list *list, bool all)
{
	for (size_t i = 0; i < list->count && i < (all ? 10 : 2); i++) {
		const struct address *a = &list->address[i];
		enum piece_kind kind;
		const char *note = relation_note(sheet, a->domain, &kind);

		line(sheet, i ? "" : label, a->address ? a->address : "(no address)", kind, note);
		sheet_where(sheet, a->where);
	}
}

static void return_path(struct sheet *sheet)
{
	const struct trace *trace = sheet->report->evidence.trace;
	const char *value = trace->mail_from.value;
	enum piece_kind kind = PIECE_DIM;

	if (!value) {
		line(sheet, "Return-Path", "not in this file", kind, "");
		return;
	}

	const char *domain = *value ? address_domain(sheet->arena, span_of(value)) : NULL;
	const char *note = *value ? relation_note(sheet, domain ? domain : value, &kind)
				  : "null sender, as bounces have";

	if (trace->mail_from.origin && strcmp(trace->mail_from.origin, "Return-Path") != 0)
		note = arena_printf(sheet->arena, "%s%sfrom %s", note, *note ? ", " : "",
			trace->mail_from.origin);
	line(sheet, "Return-Path", *value ? value : "<>", kind, note);
	sheet_where(sheet, trace->mail_from.where);
	if (trace->mail_from_decoded)
		line(sheet, "", trace->mail_from_decoded, PIECE_DIM,
			arena_printf(sheet->arena, "the address inside (%s)",
				trace->mail_from_coding ? trace->mail_from_coding : "coded"));
}

/* To whom it was delivered, where that is not one of the recipients shown. */
static void delivered(struct sheet *sheet)
{
	const struct evidence *e = &sheet->report->evidence;
	const struct field *field = message_field(e->message, NAME_DELIVERED_TO, 0);
	const char *to = field ? field_text(sheet->arena, field) : NULL;

	for (size_t i = 0; !to && i < e->trace->count; i++)
		if (e->trace->hop[i].trust != HOP_CLAIMED)
			to = e->trace->hop[i].for_address;
	if (!to)
		return;
	for (size_t i = 0; i < e->recipients.count && i < 1000; i++)
		if (e->recipients.address[i].address &&
			span_ieq(span_of(e->recipients.address[i].address), span_of(to)))
			return;
	line(sheet, "delivered", to, PIECE_WARN,
		e->recipients.count ? "not among To and Cc" : "no To or Cc is shown");
}

static void readings(struct sheet *sheet)
{
	const struct findings *f = sheet->report->findings;

	for (size_t i = 0; i < f->reading_count && i < 6; i++)
		line(sheet, i ? "" : "  read as", f->reading[i].address, PIECE_WARN,
			f->reading[i].reader);
}

void outline_who(struct sheet *sheet, bool all)
{
	const struct evidence *e = &sheet->report->evidence;

	sheet_section(sheet, "WHO");
	if (!e->from_field)
		line(sheet, "From", "there is none", PIECE_BAD, "");
	shown_field(sheet, NAME_FROM, "From");
	readings(sheet);
	other_author(sheet, "Sender", &e->sender, all);
	other_author(sheet, "Reply-To", &e->reply_to, all);
	shown_field(sheet, NAME_SUBJECT, "Subject");
	shown_field(sheet, NAME_TO, "To");
	if (all) {
		shown_field(sheet, NAME_CC, "Cc");
		shown_field(sheet, NAME_DATE, "Date");
		shown_field(sheet, NAME_MESSAGE_ID, "Message-ID");
	}
	return_path(sheet);
	delivered(sheet);
}
