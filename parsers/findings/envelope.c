/* SPDX-License-Identifier: ISC */
/* ENV-*: the envelope sender's form, and what it is used for. */
#include "parsers/findings/way.h"

/* Only what was stated or written at or above the border; a sender can write a Return-Path of his
 * own. */
static bool stated_by_us(const struct evidence *e)
{
	const char *origin = e->trace->mail_from.origin;

	return e->trace->mail_from.value && origin && !strstr(origin, "below the border") &&
	       !strstr(origin, "From_");
}

/*
 * Mailbox = Local-part "@" ( Domain / address-literal ) (RFC 5321 4.1.2): what stands in it that
 * belongs neither into a Dot-string nor into a well-formed Quoted-string; or NULL.
 */
static const char *odd_mailbox(struct span s)
{
	size_t at = 0, signs = 0, bracket = span_rchr(s, '[');

	if (s.len && s.ptr[0] == '@')
		return "a source route";
	if (s.len && s.ptr[0] == '"') {
		for (at = 1; at < s.len && s.ptr[at] != '"'; at++)
			if (s.ptr[at] == '\\')
				at++;
		if (at >= s.len)
			return "a quote that is never closed";
		at++;
		if (at < s.len && s.ptr[at] != '@')
			return "text between the quoted part and the @";
	}
	for (size_t i = at; i < s.len; i++) {
		uint8_t c = s.ptr[i];

		if (is_alnum(c))
			continue;
		signs += c == '@';
		if (c <= 32 || c == 127)
			return "a blank or control character";
		if (strchr("()\"\\<>,;", c) || (c == ':' && (signs != 1 || bracket >= i)))
			return "a character that a mailbox can't hold unquoted";
	}
	return signs > 1 ? "more than one @" : NULL;
}

static void meta(struct findings *f)
{
	const struct evidence *e = f->evidence;
	struct span s = span_of(e->trace->mail_from.value);
	const char *why = s.len ? odd_mailbox(s) : NULL;

	if (!why)
		return;
	finding_show(f,
		finding_raise(f, FINDING_ENV_META,
			stated_by_us(e) ? SEVERITY_NONE : SEVERITY_MEDIUM, "'%s' holds %s",
			e->trace->mail_from.value, why),
		e->trace->mail_from.where, e->trace->mail_from.origin);
}

static bool automatic(const struct findings *f)
{
	const struct evidence *e = f->evidence;
	struct span submitted = header_value(e, NAME_AUTO_SUBMITTED),
		    type = header_value(e, NAME_CONTENT_TYPE);
	const char *local = e->from.count ? e->from.address[0].local : NULL;

	if (f->context & (CONTEXT_DSN | CONTEXT_AUTOREPLY | CONTEXT_ABUSE_REPORT | CONTEXT_LIST))
		return true;
	if ((submitted.len && !span_iis(submitted, "no")) || header_has(e, NAME_PRECEDENCE) ||
		header_has(e, NAME_X_FAILED_RECIPIENTS))
		return true;
	if (span_istarts(type, "multipart/report") || span_istarts(type, "message/delivery-status"))
		return true;
	return local && (span_istarts(span_of(local), "mailer-daemon") ||
				span_istarts(span_of(local), "postmaster") ||
				span_istarts(span_of(local), "mdaemon"));
}

static void null_sender(struct findings *f)
{
	const struct evidence *e = f->evidence;
	const char *value = e->trace->mail_from.value;

	if (!value || *value || !stated_by_us(e) || automatic(f) ||
		strcmp(e->trace->mail_from.origin, "option") == 0)
		return;
	finding_show(f,
		finding_raise(f, FINDING_ENV_NULL_NOT_DSN,
			author_passes(e) ? SEVERITY_LOW : SEVERITY_NONE,
			"the envelope sender is <>, and nothing says that this is a report"),
		e->trace->mail_from.where, e->trace->mail_from.origin);
}

/* The domain for which the message was received: Delivered-To, the border line's "for", else To and
 * Cc. */
static bool received_for(const struct evidence *e, const char *domain)
{
	static const enum field_name name[] = {
		NAME_DELIVERED_TO, NAME_X_ORIGINAL_TO, NAME_X_DELIVERED_TO, NAME_ENVELOPE_TO};
	const struct hop *hop = border_hop(e);
	bool known = false;

	for (size_t i = 0; i < sizeof name / sizeof *name; i++) {
		const struct field *field = message_field(e->message, name[i], 0);

		if (!field || below_border(e, field))
			continue;
		known = true;
		if (same_org(e, address_domain(e->arena, field_unfold(e->arena, field)), domain))
			return true;
	}
	if (hop && hop->for_address) {
		known = true;
		if (same_org(e, address_domain(e->arena, span_of(hop->for_address)), domain))
			return true;
	}
	for (size_t i = 0; !known && i < e->recipients.count && i < 50; i++)
		if (same_org(e, e->recipients.address[i].domain, domain))
			return true;
	return false;
}

static enum severity spoof_severity(const struct findings *f)
{
	const struct evidence *e = f->evidence;
	const struct dmarc_eval *eval = e->dmarc ? e->dmarc->decides : NULL;

	if (!eval || !eval->complete || handed_on(f) ||
		(f->context & (CONTEXT_REPAIRED | CONTEXT_ESP)))
		return SEVERITY_LOW;
	return e->trace->border_assumed ? SEVERITY_MEDIUM : SEVERITY_NONE;
}

static bool own_domain(const struct evidence *e, const char *domain)
{
	const struct hop *hop = border_hop(e);

	/* our own relay by its name in DNS, though nobody named it with --trust */
	return domain && !is_freemail(org_of(e, domain)) && !same_org(e, hop->rdns, domain) &&
	       received_for(e, domain);
}

static void local_spoof(struct findings *f)
{
	const struct evidence *e = f->evidence;
	const char *domain = e->author_domain, *where = "From";
	const struct hop *hop = border_hop(e);

	if (!from_outside(e) || author_passes(e))
		return;
	if (!own_domain(e, domain)) {
		domain = stated_by_us(e) ? mail_from_domain(e) : NULL;
		where = "the envelope sender";
		if (org_sent(e, domain) || !own_domain(e, domain))
			return;
	}
	finding_show(f,
		finding_raise(f, FINDING_ENV_LOCAL_SPOOF, spoof_severity(f),
			"%s names %s, the recipient's own domain; the message came from %s and "
			"nothing proves it",
			where, domain, hop->ip),
		hop->ip_where, "client outside");
}

void findings_envelope(struct findings *f)
{
	meta(f);
	null_sender(f);
	local_spoof(f);
}
