/* SPDX-License-Identifier: ISC */
/*
 * What is proven of the author's domain. The first row that holds decides; the manual carries this
 * table.
 *
 *	ambiguous     From can be read as different authors: no From or several, addresses of several
 *	              organisations, a name, route, encoded-word, NUL or bracket that programs read
 *	              differently
 *	unproven      a control character or a stray byte stands in the address: what was checked is
 *	              not what is there
 *	proven        SPF passes for a domain aligned with From, or an aligned DKIM signature passes
 *	              and covers the subject, the date, the whole body and every copy of the fields
 *	              that are shown
 *	partial       such a signature passes, but something that is shown lies outside of it
 *	unproven      the only aligned signature that passes was made with a key that others hold
 *	unknown       evidence is missing that could still prove it: the key of an aligned signature,
 *	              the SPF or DMARC records, the client's address where the envelope is aligned or
 *	              not known
 *	unproven      From names no domain; or nothing aligned passes, and an explanation stands beside
 *	              it: a mailing list or forwarder that was checked, a repair after which an aligned
 *	              signature verifies, a chain sealed by a trusted sealer, only trusted hosts on the
 *	              way, an aligned signature whose key is no longer published
 *	contradicted  nothing aligned passes, and the domain's policy asks for quarantine or rejection
 *	              of such mail
 *	unproven      nothing aligned passes, and there is no such policy
 *
 * Severity is the worst finding's. Neither is a score: no finding outweighs another.
 */
#include "parsers/findings/findings.h"

#include <strings.h>

#include "parsers/findings/common.h"

static void verdict(struct findings *f, enum author author, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

static void verdict(struct findings *f, enum author author, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	f->author_why = arena_vprintf(f->arena, fmt, ap);
	va_end(ap);
	f->author = author;
}

static bool raised(const struct findings *f, enum finding_code code)
{
	return finding_find(f, code) != NULL;
}

/* No address, but something that a program may take for an author: no field at all, so that it
 * looks elsewhere, or the name of a group. A field of words alone names nobody, to nobody. */
static bool may_be_read(const struct findings *f)
{
	return !f->evidence->from_field || raised(f, FINDING_FROM_GROUP);
}

static bool ambiguous(struct findings *f)
{
	if (raised(f, FINDING_FROM_ALT) || (raised(f, FINDING_FROM_MISSING) && may_be_read(f)))
		verdict(f, AUTHOR_AMBIGUOUS, "there is no From with an address");
	else if (raised(f, FINDING_FROM_MULTI_HDR))
		verdict(f, AUTHOR_AMBIGUOUS, "there is more than one From field");
	else if (raised(f, FINDING_FROM_PARSER_SPLIT))
		verdict(f, AUTHOR_AMBIGUOUS, "programs read different authors in From");
	else if (raised(f, FINDING_FROM_NAME_WS) &&
		 finding_find(f, FINDING_FROM_NAME_WS)->severity >= SEVERITY_HIGH)
		verdict(f, AUTHOR_AMBIGUOUS,
			"programs disagree about which line is the From field");
	else
		return false;
	return true;
}

/* --- what a passing signature leaves open --- */

static bool covers(const struct dkim_signature *s, const struct field *field)
{
	for (size_t i = 0; i < s->signed_field_count; i++)
		if (s->covered && s->covered[i] == field)
			return true;
	return false;
}

static bool names(const struct dkim_signature *s, const char *name)
{
	for (size_t i = 0; i < s->signed_field_count; i++)
		if (strcasecmp(s->signed_field[i], name) == 0)
			return true;
	return false;
}

/* A copy of a signed field that the signature does not cover: NULL, or the field's name. */
static const char *added_field(const struct message *m, const struct dkim_signature *s)
{
	static const enum field_name shown[] = {NAME_FROM, NAME_SUBJECT, NAME_TO, NAME_CC, NAME_DATE, NAME_REPLY_TO,
		NAME_SENDER, NAME_CONTENT_TYPE, NAME_CONTENT_DISPOSITION, NAME_CONTENT_TRANSFER_ENCODING};

	for (size_t i = 0; i < sizeof shown / sizeof *shown; i++) {
		const struct field *top = message_field(m, shown[i], 0),
				   *second = message_field(m, shown[i], 1);

		if (second && names(s, field_name_text(shown[i])) &&
			!(covers(s, top) && covers(s, second)))
			return field_name_text(shown[i]);
	}
	return NULL;
}

static const char *unsigned_field(const struct message *m, const struct dkim_signature *s)
{
	static const enum field_name shown[] = {NAME_SUBJECT, NAME_DATE};
	const struct field *type = message_field(m, NAME_CONTENT_TYPE, 0);

	for (size_t i = 0; i < sizeof shown / sizeof *shown; i++) {
		const struct field *field = message_field(m, shown[i], 0);

		if (field && !covers(s, field))
			return field_name_text(shown[i]);
	}
	/* With every body byte fixed, an unsigned type is a smaller hole; with l= it opens the
	 * whole body. */
	return type && s->has_length && !covers(s, type) ? "Content-Type" : NULL;
}

/* NULL where the signature covers all that is shown, else what it leaves open. */
static const char *hole(struct findings *f, const struct dkim_signature *s)
{
	const struct message *m = f->evidence->message;
	const char *name;

	if (body_left_open(s) && s->length == 0)
		return "it covers no byte of the body";
	if (body_left_open(s))
		return arena_printf(f->arena,
			"%llu bytes of the body stand behind the signed length",
			(unsigned long long)s->body_uncovered);
	if ((name = added_field(m, s)))
		return arena_printf(f->arena, "a %s field was added that it does not cover", name);
	if ((name = unsigned_field(m, s)))
		return arena_printf(f->arena, "it does not cover %s", name);
	return NULL;
}

static bool passed(struct findings *f)
{
	const struct evidence *e = f->evidence;
	const struct dmarc_eval *d = e->dmarc ? e->dmarc->decides : NULL;
	const struct dkim_signature *weak = NULL, *open = NULL;

	/* What was checked is not what stands there. */
	if (raised(f, FINDING_FROM_CONTROL)) {
		verdict(f, AUTHOR_UNPROVEN, "a byte in the address alters it in some programs");
		return true;
	}
	if (d && d->spf.passed && d->spf.aligned) {
		verdict(f, AUTHOR_PROVEN, "SPF passes for %s, which is aligned with From",
			d->spf.domain ? d->spf.domain : "the envelope");
		return true;
	}
	for (size_t i = 0; e->dkim && i < e->dkim->count; i++) {
		const struct dkim_signature *s = &e->dkim->signature[i];

		if (s->result != RESULT_PASS || !signature_aligned(e, i))
			continue;
		if (key_compromised(&s->key)) {
			weak = s;
		} else if (!hole(f, s)) {
			verdict(f, AUTHOR_PROVEN,
				"a signature of %s passes and covers what is shown",
				s->domain ? s->domain : "the author's domain");
			return true;
		} else if (!open) {
			open = s;
		}
	}
	if (open)
		verdict(f, AUTHOR_PARTIAL, "a signature of %s passes, but %s",
			open->domain ? open->domain : "the domain", hole(f, open));
	else if (weak)
		verdict(f, AUTHOR_UNPROVEN, "a signature of %s passes, but others can use its key",
			weak->domain ? weak->domain : "the domain");
	return open || weak;
}

/* --- nothing passed --- */

static bool spf_may_align(const struct evidence *e)
{
	const char *domain = mail_from_domain(e);

	if (!domain && e->trace && e->trace->mail_from.value && !*e->trace->mail_from.value)
		domain = e->trace->helo.value;
	return same_org(e, domain, e->author_domain);
}

static bool missing(struct findings *f)
{
	const struct evidence *e = f->evidence;
	const struct dmarc_eval *d = e->dmarc ? e->dmarc->decides : NULL;

	for (size_t i = 0; e->dkim && i < e->dkim->count; i++) {
		const struct dkim_signature *s = &e->dkim->signature[i];
		bool transient = s->result == RESULT_TEMPERROR;

		if (transient &&
			(signature_aligned(e, i) || same_org(e, s->domain, e->author_domain))) {
			verdict(f, AUTHOR_UNKNOWN,
				"the key of an aligned signature is not recorded");
			return true;
		}
	}
	if (e->spf && e->spf->mail_from && e->spf->mail_from->result == RESULT_TEMPERROR &&
		spf_may_align(e)) {
		verdict(f, AUTHOR_UNKNOWN,
			"the SPF records of the envelope's domain are not recorded");
		return true;
	}
	if (e->trace && !e->trace->client_ip.value && !(f->context & CONTEXT_INTERNAL) &&
		(!e->trace->mail_from.value || spf_may_align(e))) {
		verdict(f, AUTHOR_UNKNOWN, "the address of the client that sent it is not known");
		return true;
	}
	if (e->author_domain && d && (!d->complete || d->result == RESULT_TEMPERROR) &&
		d->policy == POLICY_UNSET) {
		verdict(f, AUTHOR_UNKNOWN,
			"nothing aligned passes, and the policy of %s is not recorded",
			e->author_domain);
		return true;
	}
	return false;
}

/* What makes the failure no sign of forgery; NULL without any. */
static const char *excuse(const struct findings *f)
{
	const struct evidence *e = f->evidence;

	if (f->context & CONTEXT_REPAIRED)
		return "without what was changed on the way an aligned signature verifies";
	if (f->context & CONTEXT_TRUSTED_ARC)
		return "a trusted sealer says that it was proven when it arrived there";
	if (f->context & CONTEXT_LIST && !(f->context & CONTEXT_REFUTED))
		return "a mailing list passed it on";
	if (f->context & CONTEXT_FORWARD)
		return "a forwarder passed it on";
	if (f->context & CONTEXT_INTERNAL)
		return "it has only been on hosts of ours";
	for (size_t i = 0; e->dkim && i < e->dkim->count; i++)
		if (e->dkim->signature[i].cause == CAUSE_KEY_MISSING && signature_aligned(e, i))
			return "the key of an aligned signature is no longer published";
	return NULL;
}

static void failed(struct findings *f)
{
	const struct evidence *e = f->evidence;
	const struct dmarc_eval *d = e->dmarc ? e->dmarc->decides : NULL;
	bool enforced = d && (d->policy == POLICY_QUARANTINE || d->policy == POLICY_REJECT);
	const char *why = excuse(f);

	if (!e->author_domain)
		verdict(f, AUTHOR_UNPROVEN, "From names no domain that could be checked");
	else if (why)
		verdict(f, AUTHOR_UNPROVEN, "nothing aligned with %s passes, but %s",
			e->author_domain, why);
	else if (enforced)
		verdict(f, AUTHOR_CONTRADICTED,
			"nothing aligned with %s passes, and its policy asks for %s",
			e->author_domain, d->policy == POLICY_REJECT ? "rejection" : "quarantine");
	else
		verdict(f, AUTHOR_UNPROVEN,
			"nothing aligned with %s passes, and it asks for no action",
			e->author_domain);
}

void findings_author(struct findings *f)
{
	if (!ambiguous(f) && !passed(f) && !missing(f))
		failed(f);
}
