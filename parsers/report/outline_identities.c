/* SPDX-License-Identifier: ISC */
/*
 * IDENTITIES: every name that the message goes by, side by side: authors and senders, the envelope
 * with each place that tells it, the list, the recipients, the signers and the client. Domains are
 * compared with that of From, by organisation.
 */
#include "parsers/report/sheet.h"

#include <string.h>

enum {
	IDENTITY_RELATION = 30,
	IDENTITY_VALUE = 42,
	FIELDS_MOST = 4,    /* fields of one name */
	ADDRESSES_MOST = 5, /* of one field */
};

static const char *relation(const struct sheet *sheet, const char *domain, enum piece_kind *ret)
{
	int related = domain_relation(sheet->report, domain);

	*ret = related == 0 ? PIECE_TEXT : PIECE_DIM;
	return related < 0 ? "" : related == 2 ? "same" : related == 1 ? "same org." : "other";
}

/* SUFFIX is dim and never cut. The domain is what is compared, so it stands first where VALUE has
 * no room. */
static void identity(struct sheet *sheet, const char *label, const char *value, const char *suffix,
	const char *domain, struct span where)
{
	enum piece_kind kind;
	const char *note = relation(sheet, domain, &kind);

	sheet_row(sheet, 0);
	sheet_add(sheet, PIECE_LABEL, SHEET_INDENT, "%s", label);
	sheet_add(sheet, kind, IDENTITY_RELATION, "%s", note);
	if (domain && IDENTITY_VALUE + strlen(value) + strlen(suffix) + 2 > sheet->width)
		value = arena_printf(sheet->arena, "@%s: %s", domain, value);
	sheet_elastic(sheet, PIECE_TEXT, IDENTITY_VALUE, "%s", value);
	if (*suffix)
		sheet_add(sheet, PIECE_DIM, 0, "  %s", suffix);
	sheet_where(sheet, where);
}

static const char *value_domain(const struct sheet *sheet, const char *value)
{
	const char *domain = address_domain(sheet->arena, span_of(value));

	return domain ? domain : domain_ascii(sheet->arena, span_of(value));
}

static void addresses(struct sheet *sheet, const char *name, const struct field *field)
{
	struct address_list list = address_parse(sheet->arena, field->value);

	for (size_t i = 0; i < list.count && i < ADDRESSES_MOST; i++) {
		const struct address *a = &list.address[i];

		if (!a->address)
			continue;
		identity(sheet, name, a->address, "", a->domain, a->where);
		name = "";
	}
	if (list.count > ADDRESSES_MOST)
		identity(sheet, "",
			arena_printf(sheet->arena, "and %s",
				text_count(sheet->arena, list.count - ADDRESSES_MOST, "address")),
			"", NULL, field->whole);
}

/* Fields of addresses, in the order in which a reader asks: who wrote, who sent, where do answers
 * and bounces go, who handed it on, to whom did it go. */
static void address_fields(struct sheet *sheet, const char *const *names)
{
	const struct message *m = sheet->report->evidence.message;
	const struct field *field;

	for (; *names; names++)
		for (size_t n = 0; n < FIELDS_MOST && (field = message_field_named(m, *names, n)); n++)
			addresses(sheet, n ? "" : *names, field);
}

/* The envelope sender by each place that tells it: once where all agree. */
static void envelope(struct sheet *sheet)
{
	const struct trace *trace = sheet->report->evidence.trace;

	for (size_t i = 0; i < trace->mail_from_candidate_count && i < 12; i++) {
		const struct origin_value *v = &trace->mail_from_candidate[i];
		bool seen = false;

		for (size_t k = 0; k < i && !seen; k++)
			seen = trace->mail_from_candidate[k].value &&
			       span_ieq(span_of(trace->mail_from_candidate[k].value),
				       span_of(v->value));
		if (seen)
			continue;
		identity(sheet, i ? "" : "envelope sender", *v->value ? v->value : "<>",
			arena_printf(sheet->arena, "by %s", v->origin),
			*v->value ? value_domain(sheet, v->value) : NULL, v->where);
	}
	if (trace->mail_from_decoded)
		identity(sheet, "  inside it", trace->mail_from_decoded,
			trace->mail_from_coding ? trace->mail_from_coding : "",
			value_domain(sheet, trace->mail_from_decoded), trace->mail_from.where);
}

/* The domain of "mailto:a@example.org?subject=x", "https://example.org/x", "users.example.org". */
static const char *uri_domain(const struct sheet *sheet, struct span uri)
{
	if (span_istarts(uri, "mailto:")) {
		uri = span_skip(uri, 7);
		return address_domain(sheet->arena, span_sub(uri, 0, span_chr(uri, '?')));
	}
	if (span_istarts(uri, "http"))
		return url_host(sheet->arena, uri);
	return domain_ascii(sheet->arena, uri);
}

/* List-Id: "words <id>" (RFC 2919 3); the others: "<uri>, <uri>" (RFC 2369 2), of which the next
 * one of the same domain says nothing new. */
static void list_field(struct sheet *sheet, const char *name, const struct field *field)
{
	struct span rest = field_unfold(sheet->arena, field);
	const char *last = NULL;
	bool any = false;

	for (size_t n = 0; n < ADDRESSES_MOST; n++) {
		size_t open = span_chr(rest, '<'), close;
		const char *domain;
		struct span inner;

		rest = span_skip(rest, open + 1);
		close = span_chr(rest, '>');
		if (close == rest.len)
			break;
		inner = span_trim(span_sub(rest, 0, close));
		rest = span_skip(rest, close + 1);
		domain = uri_domain(sheet, inner);
		if (!last || !domain || strcmp(last, domain) != 0)
			identity(sheet, any ? "" : name, arena_text(sheet->arena, inner), "",
				domain, field->whole);
		any = true;
		last = domain;
	}
	if (!any)
		identity(sheet, name, field_text(sheet->arena, field), "", NULL, field->whole);
}

static void list(struct sheet *sheet)
{
	static const char *const names[] = {"List-Id", "List-Post", "List-Owner", "List-Help",
		"List-Subscribe", "List-Unsubscribe"};
	const struct message *m = sheet->report->evidence.message;

	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		const struct field *field = message_field_named(m, names[i], 0);

		if (field)
			list_field(sheet, names[i], field);
	}
}

/* Whose identifier, signatures, and host. */
static void makers(struct sheet *sheet)
{
	const struct evidence *e = &sheet->report->evidence;
	const struct field *mid = message_field(e->message, NAME_MESSAGE_ID, 0);
	struct span id = mid ? span_trim(mid->value) : SPAN_NONE;
	size_t at = span_rchr(id, '@');

	if (at < id.len) {
		id = span_skip(id, at + 1);
		id = span_sub(id, 0, span_chr(id, '>'));
		identity(sheet, "Message-ID", arena_text(sheet->arena, id), "",
			domain_ascii(sheet->arena, id), mid->whole);
	}
	for (size_t i = 0; i < e->dkim->count && i < 10; i++) {
		const struct dkim_signature *s = &e->dkim->signature[i];

		if (s->domain)
			identity(sheet, "DKIM d=", s->domain, result_word(s->result), s->domain,
				s->where_d);
	}
	if (e->trace->helo.value)
		identity(sheet, "HELO", e->trace->helo.value, "",
			domain_ascii(sheet->arena, span_of(e->trace->helo.value)),
			e->trace->helo.where);
}

void outline_identities(struct sheet *sheet)
{
	static const char *const senders[] = {"From", "Sender", "Reply-To", NULL};
	static const char *const others[] = {"Errors-To", "Disposition-Notification-To",
		"Resent-From", "Resent-Sender", "Resent-Reply-To", "Resent-To", "Resent-Cc", NULL};
	static const char *const recipients[] = {"Delivered-To", "X-Delivered-To", "X-Original-To",
		"Envelope-To", "X-Envelope-To", "X-Forwarded-To", "X-Forwarded-For", NULL};

	sheet_heading(sheet, "IDENTITIES");
	sheet_add(sheet, PIECE_DIM, IDENTITY_RELATION, "%s",
		sheet->report->evidence.author_domain
			? "against the domain in From, by organisation"
			: "From has no domain to compare them with");
	address_fields(sheet, senders);
	envelope(sheet);
	address_fields(sheet, others);
	list(sheet);
	address_fields(sheet, recipients);
	makers(sheet);
}
