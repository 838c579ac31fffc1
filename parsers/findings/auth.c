/* SPDX-License-Identifier: ISC */
/* AUTH-* and DMARC-*: what stands behind the domain in From, and what the policy that says so is
 * worth. */
#include <strings.h>

#include "parsers/findings/common.h"
#include "parsers/findings/findings.h"

static struct finding *raise_at_from(
	struct findings *f, enum finding_code code, enum severity severity, const char *detail)
{
	const struct evidence *e = f->evidence;
	struct finding *finding = finding_raise(f, code, severity, detail ? "%s" : NULL, detail);

	if (e->from_field)
		finding_show(f, finding,
			e->from.count ? e->from.address[0].where : e->from_field->value, "author");
	return finding;
}

/* What makes a failure no sign of forgery. */
static bool excused(const struct findings *f)
{
	if (f->context & CONTEXT_LIST && !(f->context & CONTEXT_REFUTED))
		return true;
	return (f->context & (CONTEXT_FORWARD | CONTEXT_TRUSTED_ARC | CONTEXT_REPAIRED |
				     CONTEXT_INTERNAL)) != 0;
}

static void check_failure(struct findings *f, const struct dmarc_eval *d)
{
	bool enforced = d->policy == POLICY_QUARANTINE || d->policy == POLICY_REJECT;
	/* Without the client's address SPF was never asked: that is no refusal. */
	bool blind = f->evidence->spf && f->evidence->spf->mail_from->cause == CAUSE_NO_CLIENT;
	/* A domain that asks for nothing expects its mail to pass through lists. */
	bool expected = !enforced && f->context & CONTEXT_LIST;

	if (d->result != RESULT_FAIL)
		return;
	raise_at_from(f, enforced ? FINDING_AUTH_DMARC_FAIL : FINDING_AUTH_DMARC_FAIL_NONE,
		excused(f) || expected ? SEVERITY_LOW
		: blind    ? SEVERITY_MEDIUM
			   : SEVERITY_NONE,
		d->explanation);
}

static size_t passing_signature(const struct evidence *e, bool aligned)
{
	size_t count = e->dkim ? e->dkim->count : 0, i = 0;

	while (i < count && (e->dkim->signature[i].result != RESULT_PASS ||
				    (aligned && !signature_aligned(e, i))))
		i++;
	return i;
}

static bool any_passes(const struct evidence *e, bool aligned)
{
	return e->dkim && passing_signature(e, aligned) < e->dkim->count;
}

static bool is_open(enum result result)
{
	return result == RESULT_TEMPERROR;
}

/* Evidence that is missing could still prove the author. */
static bool undecided(const struct evidence *e)
{
	if (e->spf && is_open(e->spf->mail_from->result))
		return true;
	for (size_t i = 0; e->dkim && i < e->dkim->count; i++)
		if (is_open(e->dkim->signature[i].result))
			return true;
	return false;
}

/* This file does not say who gave the message to whom: SPF was never asked, so nothing was refused.
 */
static bool spf_unasked(const struct evidence *e)
{
	enum cause cause = e->spf ? e->spf->mail_from->cause : CAUSE_NO_CLIENT;

	return cause == CAUSE_NO_CLIENT || cause == CAUSE_NO_IDENTITY;
}

static enum severity nothing_severity(const struct findings *f)
{
	const struct evidence *e = f->evidence;

	if (f->context & CONTEXT_INTERNAL || undecided(e))
		return SEVERITY_INFO;
	return excused(f) || spf_unasked(e) ? SEVERITY_LOW : SEVERITY_NONE;
}

static void check_nothing(struct findings *f)
{
	const struct evidence *e = f->evidence;

	if (any_passes(e, false) || (e->spf && e->spf->mail_from->result == RESULT_PASS))
		return;
	raise_at_from(f, FINDING_AUTH_NONE, nothing_severity(f),
		undecided(e)                ? "What could authenticate it is not recorded."
		: e->dkim && e->dkim->count ? "No signature verifies, and SPF does not pass."
					    : "There is no signature, and SPF does not pass.");
}

static void check_no_record(struct findings *f, const struct dmarc_eval *d)
{
	const struct evidence *e = f->evidence;

	if (d->result == RESULT_NONE && d->cause == CAUSE_NO_RECORD)
		raise_at_from(f, FINDING_AUTH_NO_DMARC,
			any_passes(e, true) ? SEVERITY_INFO : SEVERITY_NONE, d->explanation);
}

/* Which identifiers the pass, or the lack of it, rests on. */
static void check_support(struct findings *f, const struct dmarc_eval *d)
{
	const struct evidence *e = f->evidence;
	size_t signer = passing_signature(e, false);

	if (d->result == RESULT_PASS && d->spf.aligned && !d->dkim.aligned)
		raise_at_from(f, FINDING_AUTH_SPF_ONLY, SEVERITY_NONE,
			arena_printf(f->arena, "Only SPF of %s stands for %s.", d->spf.domain,
				d->author_domain));
	if (any_passes(e, false) && !any_passes(e, true) && !d->spf.aligned && e->author_domain) {
		const struct dkim_signature *s = &e->dkim->signature[signer];
		struct finding *finding =
			finding_raise(f, FINDING_AUTH_THIRD_PARTY_ONLY, SEVERITY_NONE,
				"The signature that verifies is of %s, the author claims %s.",
				s->domain, e->author_domain);

		finding_show(f, finding, s->where_d, "signer");
	}
	if (d->facts & DMARC_SIBLING)
		raise_at_from(f, FINDING_AUTH_SIBLING_ALIGN, SEVERITY_NONE,
			arena_printf(f->arena,
				"The proof is of %s, another name of the same organisation as %s.",
				d->dkim.aligned ? d->dkim.domain : d->spf.domain,
				d->author_domain));
}

static const char *trap_domain(const struct dmarc_eval *d)
{
	return d->dkim.domain ? d->dkim.domain : d->spf.domain;
}

/* The Author Domain has no records at all; asked only where an absence in the evidence means one.
 */
static bool author_is_absent(const struct evidence *e, const struct dmarc_eval *d)
{
	if (d->facts & DMARC_NX_SUBDOMAIN)
		return true;
	if (!e->dns_complete || !e->dns || !d->author_domain || !d->org_domain ||
		strcasecmp(d->author_domain, d->org_domain) == 0)
		return false;
	return dns_lookup(e->dns, d->author_domain, DNS_TXT, "existence of the Author Domain")
		       ->status == DNS_NXDOMAIN;
}

static void check_policy(struct findings *f, const struct dmarc_eval *d, unsigned facts)
{
	const struct evidence *e = f->evidence;
	bool failed = d->result == RESULT_FAIL;

	if (facts & DMARC_PSL_TRAP && failed)
		raise_at_from(f, FINDING_DMARC_PSL_TRAP, SEVERITY_NONE,
			arena_printf(f->arena,
				"%s and %s look alike at their ends and have different owners.",
				trap_domain(d) ? trap_domain(d) : "The domain that passed",
				d->author_domain));
	if (facts & DMARC_SP_HOLE)
		raise_at_from(f, FINDING_DMARC_SP_HOLE, failed ? SEVERITY_NONE : SEVERITY_INFO,
			arena_printf(f->arena,
				"The record of %s protects itself, but not its subdomain %s.",
				d->record_domain ? d->record_domain : d->org_domain,
				d->author_domain));
	if (!(f->context & CONTEXT_INTERNAL) && author_is_absent(e, d))
		raise_at_from(f, FINDING_DMARC_NX_SUBDOMAIN, SEVERITY_NONE,
			arena_printf(f->arena, "%s does not exist in DNS.", d->author_domain));
	if (facts & DMARC_MULTIPLE)
		finding_raise(f, FINDING_DMARC_MULTI, SEVERITY_NONE,
			"A name above or at %s has several DMARC records.", d->author_domain);
	if (facts & DMARC_SYNTAX)
		finding_raise(f, FINDING_DMARC_SYNTAX, SEVERITY_NONE, "The DMARC record for %s: %s",
			d->author_domain, d->record ? d->record : "none that could be read");
	if (facts & DMARC_PARTIAL)
		finding_raise(f, FINDING_DMARC_PCT, SEVERITY_NONE, "The DMARC record for %s: %s",
			d->author_domain, d->record ? d->record : "");
}

void findings_auth(struct findings *f)
{
	const struct dmarc *dmarc = f->evidence->dmarc;
	const struct dmarc_eval *d;
	unsigned facts;

	if (!dmarc)
		return;
	d = dmarc->decides;
	check_failure(f, d);
	check_nothing(f);
	check_no_record(f, d);
	check_support(f, d);
	/* How a record is published is told by either standard; what the alignment rests on, by the
	 * one that decides. */
	facts = d->facts | ((dmarc->rfc9989->facts | dmarc->rfc7489->facts) &
				   (DMARC_MULTIPLE | DMARC_SYNTAX | DMARC_PARTIAL));
	if (d->author_domain)
		check_policy(f, d, facts);
}
