/* SPDX-License-Identifier: ISC */
#include "parsers/findings/signatures.h"

#include <strings.h>

#include "parsers/base/encode.h"
#include "parsers/base/taglist.h"
#include "parsers/findings/common.h"

/* Whether the copied field is one that a reader sees and stands nowhere so in the message. */
static bool differs(
	struct findings *f, enum field_name name, struct span copy, const struct field **ret)
{
	const struct message *m = f->evidence->message;
	size_t count = message_field_count(m, name);

	*ret = message_field(m, name, 0);
	for (size_t n = 0; n < count && n < 8; n++)
		if (span_eq(taglist_squeeze(f->arena, message_field(m, name, n)->value),
			    taglist_squeeze(f->arena, copy)))
			return false;
	return count > 0;
}

/* sig-z-tag-copy = hdr-name [FWS] ":" qp-hdr-value, separated by "|" */
void check_copied_fields(struct findings *f, const struct dkim_signature *sig)
{
	static const struct {
		enum field_name name;
		const char *text;
	} shown[] = {{NAME_FROM, "from"}, {NAME_TO, "to"}, {NAME_CC, "cc"},
		{NAME_SUBJECT, "subject"}, {NAME_DATE, "date"}, {NAME_REPLY_TO, "reply-to"},
		{NAME_SENDER, "sender"}};
	struct span rest = sig->copied;

	for (unsigned copies = 0; rest.len && copies < 100; copies++) {
		size_t end = span_chr(rest, '|');
		struct span piece = span_sub(rest, 0, end);
		size_t colon = span_chr(piece, ':');
		/* dkim-quoted-printable (RFC 6376 2.11): "=" hex hex; white space means nothing. */
		struct span value = escape_decode(
			f->arena, taglist_squeeze(f->arena, span_skip(piece, colon + 1)), '=');
		const struct field *field = NULL;

		rest = span_skip(rest, end + 1);
		for (size_t i = 0; colon < piece.len && i < sizeof shown / sizeof *shown; i++)
			if (span_iis(span_trim(span_sub(piece, 0, colon)), shown[i].text) &&
				differs(f, shown[i].name, value, &field))
				finding_show(f,
					finding_show(f,
						finding_raise(f, FINDING_DKIM_Z_DIFF,
							(f->context & CONTEXT_LIST) ? SEVERITY_LOW
										    : SEVERITY_NONE,
							"%s when signed: '%s'; now: '%s'.",
							shown[i].text, arena_text(f->arena, value),
							arena_text(f->arena,
								span_trim(field_unfold(
									f->arena, field)))),
						field->whole, "now"),
					piece, "when signed");
	}
}

const char *delivered_to(const struct evidence *e)
{
	static const enum field_name name[] = {
		NAME_DELIVERED_TO, NAME_X_ORIGINAL_TO, NAME_ENVELOPE_TO, NAME_X_DELIVERED_TO};

	for (size_t i = 0; i < sizeof name / sizeof *name; i++) {
		struct span v = header_value(e, name[i]);
		struct address_list list =
			v.len ? address_parse(e->arena, v) : (struct address_list){.count = 0};

		if (list.count && list.address[0].address)
			return arena_lower(e->arena, span_of(list.address[0].address));
	}
	for (size_t i = 0; e->trace && i < e->trace->count; i++)
		if (e->trace->hop[i].for_address && e->trace->hop[i].trust != HOP_CLAIMED)
			return arena_lower(
				e->arena, span_trim(span_of(e->trace->hop[i].for_address)));
	return NULL;
}

bool is_addressed(const struct evidence *e, const char *address, bool by_domain)
{
	const char *domain =
		by_domain ? address_domain(e->arena, span_of(address)) : NULL;

	for (size_t i = 0; i < e->recipients.count; i++) {
		const struct address *a = &e->recipients.address[i];

		if (by_domain ? a->domain && domain && strcmp(a->domain, domain) == 0
			      : a->address && strcasecmp(a->address, address) == 0)
			return true;
	}
	return false;
}

bool spf_allows(const struct evidence *e, const char *domain)
{
	struct spf_query query = {.client = e->trace->client, .at = e->at};
	const struct spf_result *r;

	if (!domain || e->trace->client.family == 0)
		return true; /* nothing is known against it */
	query.mail_from = arena_printf(e->arena, "postmaster@%s", domain);
	query.helo = e->trace->helo.value;
	r = spf_check_mail_from(e->arena, e->dns, &query);
	return r->result == RESULT_PASS || r->result == RESULT_TEMPERROR;
}

/* Names under which the large services' machines stand in traces. */
static const struct {
	const char *sealer, *host;
} alias[] = {
	{"microsoft.com", "outlook.com"},
	{"microsoft.com", "office365.com"},
	{"microsoft.com", "exchangelabs.com"},
	{"google.com", "googlemail.com"},
	{"google.com", "gmail.com"},
	{"google.com", "1e100.net"},
	{"fastmail.com", "messagingengine.com"},
	{"messagingengine.com", "fastmail.com"},
	{"zohomail.com", "zoho.com"},
	{"zoho.com", "zohomail.com"},
	{"linux.dev", "kernel.org"},
	{"kernel.org", "linux.dev"},
	{"subspace.kernel.org", "kernel.org"},
	{"yahoo.com", "yahoodns.net"},
	{"icloud.com", "apple.com"},
	{"me.com", "apple.com"},
	{"strato.com", "rzone.de"},
};

static bool host_of(const struct evidence *e, const char *host, const char *domain)
{
	if (same_org(e, host, domain))
		return true;
	for (size_t i = 0; host && i < sizeof alias / sizeof *alias; i++)
		if (strcasecmp(domain, alias[i].sealer) == 0 && same_org(e, host, alias[i].host))
			return true;
	return false;
}

bool route_names(const struct evidence *e, const char *domain)
{
	for (size_t i = 0; e->trace && i < e->trace->count && i < 200; i++) {
		const struct hop *hop = &e->trace->hop[i];

		if (host_of(e, hop->by, domain) || host_of(e, hop->rdns, domain) ||
			host_of(e, hop->helo, domain))
			return true;
	}
	return false;
}
