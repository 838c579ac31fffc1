/* SPDX-License-Identifier: ISC */
/* MID-*: the Message-ID's form, and whose it is. */
#include "parsers/findings/way.h"

/* Whose name stands in the identifier: by the last "@". */
static const char *mid_domain(const struct evidence *e, struct span id)
{
	size_t at = span_rchr(id, '@');

	return at < id.len ? domain_ascii(e->arena, span_skip(id, at + 1)) : NULL;
}

/* id-left "@" id-right (RFC 5322 3.6.4), leniently: what is wrong with it, or NULL. */
static const char *malformed(const struct field *field, struct span id)
{
	struct span value = span_trim(field->value), right;
	size_t at = span_rchr(id, '@');

	if (!id.len)
		return "it is empty";
	if (value.ptr[0] != '<' || value.ptr[value.len - 1] != '>')
		return "it does not stand in angle brackets";
	if (at == id.len)
		return "it has no @";
	if (span_chr(id, '@') != at && id.ptr[0] != '"')
		return "it has more than one @";
	for (size_t i = 0; i < id.len; i++)
		if (id.ptr[i] <= ' ' || id.ptr[i] == '<' || id.ptr[i] == '>')
			return "it holds a blank or a bracket";
	right = span_skip(id, at + 1);
	if (!right.len || at == 0)
		return "one side of the @ is empty";
	if (right.ptr[0] != '[' && ip_parse(right).family)
		return "a bare address stands behind the @";
	if (right.ptr[0] != '[' && span_chr(right, '.') == right.len)
		return "what stands behind the @ is no domain";
	return NULL;
}

static bool signer_org(const struct evidence *e, const char *domain)
{
	for (size_t i = 0; e->dkim && i < e->dkim->count; i++)
		if (same_org(e, e->dkim->signature[i].domain, domain))
			return true;
	return false;
}

/* Named as a writer or a client below the border, or as the client at it. The receiver's own name
 * says nothing. */
static bool route_org(const struct evidence *e, const char *domain, bool writers)
{
	const struct trace *t = e->trace;

	for (size_t i = 0; i < t->count; i++) {
		const struct hop *hop = &t->hop[i];

		if (same_org(e, hop->name, domain) || same_org(e, hop->helo, domain) ||
			same_org(e, hop->rdns, domain))
			return true;
		if ((writers || i >= t->border) && same_org(e, hop->by, domain))
			return true;
	}
	return false;
}

/* Providers whose identifiers have a name of their own, and the organisations whose hosts may send
 * them. */
static const struct {
	const char *suffix, *who, *org[6];
} vendor[] = {
	{"mail.gmail.com", "Gmail", {"google.com", "gmail.com", "googlemail.com", "1e100.net"}},
	{"googlegroups.com", "Google Groups", {"google.com", "googlegroups.com", "gmail.com"}},
	{".outlook.com", "Microsoft",
		{"outlook.com", "office365.com", "hotmail.com", "exchangelabs.com", "live.com"}},
	{".exchangelabs.com", "Microsoft", {"outlook.com", "office365.com", "exchangelabs.com"}},
	{".hotmail.com", "Microsoft", {"outlook.com", "hotmail.com", "live.com", "msn.com"}},
	{"mail.yahoo.com", "Yahoo", {"yahoo.com", "yahoodns.net", "yahoo-inc.com", "aol.com"}},
	{"mail.yahoo.co.jp", "Yahoo Japan", {"yahoo.co.jp"}},
	{"smtp-inbound.yandex.net", "Yandex", {"yandex.net", "yandex.ru"}},
	{"email.amazonses.com", "Amazon SES", {"amazonses.com", "amazonaws.com"}},
	{".prod.protection.outlook.com", "Microsoft", {"outlook.com", "office365.com"}},
};

static int vendor_of(const char *domain)
{
	struct span s = span_of(domain);

	for (size_t i = 0; i < sizeof vendor / sizeof *vendor; i++)
		if (span_iis(s, vendor[i].suffix) ||
			(vendor[i].suffix[0] == '.' && span_iends(s, vendor[i].suffix)))
			return (int)i;
	return -1;
}

static bool vendor_takes_part(const struct evidence *e, int n)
{
	for (size_t i = 0; i < 6 && vendor[n].org[i]; i++) {
		const char *org = vendor[n].org[i];

		if (route_org(e, org, false) || signer_org(e, org) ||
			same_org(e, mail_from_domain(e), org))
			return true;
	}
	return false;
}

static bool answers(const struct evidence *e)
{
	return message_field(e->message, NAME_IN_REPLY_TO, 0) ||
	       message_field(e->message, NAME_REFERENCES, 0);
}

static void vendor_claim(struct findings *f, const struct field *field, const char *domain, int n)
{
	const struct evidence *e = f->evidence;

	if (!e->trace->count || vendor_takes_part(e, n))
		return;
	finding_show(f,
		finding_raise(f, FINDING_MID_VENDOR_CLAIM,
			handed_on(f) || answers(e) || author_passes(e) ? SEVERITY_LOW
								       : SEVERITY_NONE,
			"@%s is %s's, which is neither on the way nor a signer", domain,
			vendor[n].who),
		field->value, "Message-ID");
}

/* A name that means something only inside one network. */
static bool local_name(const char *domain)
{
	struct span s = span_of(domain);

	return span_chr(s, '.') == s.len || span_iends(s, ".local") ||
	       span_iends(s, ".localdomain") || span_iends(s, ".internal") ||
	       span_iends(s, ".lan") || s.ptr[0] == '[';
}

static void unrelated(struct findings *f, const struct field *field, const char *domain)
{
	const struct evidence *e = f->evidence;

	if (author_passes(e) || (e->dkim && e->dkim->result == RESULT_PASS) || handed_on(f) ||
		local_name(domain))
		return;
	if (same_org(e, domain, e->author_domain) || same_org(e, domain, mail_from_domain(e)) ||
		signer_org(e, domain) || route_org(e, domain, true))
		return;
	finding_show(f, finding_raise(f, FINDING_MID_DOMAIN, SEVERITY_NONE, "made by %s", domain),
		field->value, "Message-ID");
}

static bool recipient_org(const struct evidence *e, const char *domain)
{
	for (size_t i = 0; i < e->recipients.count && i < 50; i++)
		if (same_org(e, e->recipients.address[i].domain, domain))
			return true;
	return false;
}

static void in_recipients_name(struct findings *f, const struct field *field, const char *domain)
{
	const struct evidence *e = f->evidence;
	const struct hop *border = border_hop(e);
	bool added_by_us;

	if (!recipient_org(e, domain) || !from_outside(e) || handed_on(f) ||
		is_freemail(org_of(e, domain)))
		return;
	if (same_org(e, domain, e->author_domain) || same_org(e, domain, mail_from_domain(e)) ||
		signer_org(e, domain))
		return;
	added_by_us = field->index < border->field->index;
	finding_show(f,
		finding_raise(f, FINDING_MID_RECIPIENT,
			added_by_us || author_passes(e) || e->trace->border_assumed ? SEVERITY_LOW
										    : SEVERITY_NONE,
			"%s is the recipients' domain, and the mail came from %s", domain,
			border->ip),
		field->value, "Message-ID");
}

void findings_msgid(struct findings *f)
{
	const struct evidence *e = f->evidence;
	const struct field *field;
	struct span id = message_id(e, &field);
	const char *why, *domain;
	int n;

	if (!field) {
		finding_raise(f, FINDING_MID_MISSING, SEVERITY_NONE, NULL);
		return;
	}
	why = malformed(field, id);
	if (why)
		finding_show(f, finding_raise(f, FINDING_MID_MALFORMED, SEVERITY_NONE, "%s", why),
			field->value, "Message-ID");
	domain = mid_domain(e, id);
	if (!domain)
		return;
	n = vendor_of(domain);
	if (n >= 0) {
		vendor_claim(f, field, domain, n);
		return;
	}
	unrelated(f, field, domain);
	in_recipients_name(f, field, domain);
}
