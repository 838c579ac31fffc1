/* SPDX-License-Identifier: ISC */
/* SPF-*: what the sending machine was allowed to do, and what the records that say so are worth. */
#include "parsers/findings/findings.h"

#include "parsers/findings/common.h"

enum { WIDE = 1 << 16, VERY_WIDE = 1 << 20 }; /* IPv4 addresses */

/* Raises with the places that the evaluation rests on: the client and the envelope sender. */
static void raise_at(
	struct findings *f, enum finding_code code, enum severity severity, const char *detail)
{
	const struct trace *trace = f->evidence->trace;
	struct finding *finding = finding_raise(f, code, severity, "%s", detail);

	if (!trace)
		return;
	finding_show(f, finding, trace->client_ip.where, "client address");
	finding_show(f, finding, trace->mail_from.where, "envelope sender");
}

/* Where a forwarder, a list or a signature explains why another machine sent it. */
static bool explained(const struct findings *f)
{
	const struct dmarc *dmarc = f->evidence->dmarc;

	return (f->context & (CONTEXT_FORWARD | CONTEXT_LIST | CONTEXT_INTERNAL)) ||
	       (dmarc && dmarc->decides->dkim.aligned);
}

static void check_result(struct findings *f, const struct spf_result *r)
{
	if (r->result == RESULT_FAIL)
		raise_at(f, FINDING_SPF_FAIL, explained(f) ? SEVERITY_LOW : SEVERITY_NONE,
			r->explanation);
	if (r->result == RESULT_SOFTFAIL)
		raise_at(f, FINDING_SPF_SOFTFAIL, SEVERITY_NONE, r->explanation);
	if (r->cause == CAUSE_NO_CLIENT && !(f->context & CONTEXT_INTERNAL))
		finding_raise(f, FINDING_SPF_NO_IP, SEVERITY_NONE, NULL);
	if (r->cause == CAUSE_LOOKUP_LIMIT)
		raise_at(f, FINDING_SPF_PERMERROR_LOOKUPS, SEVERITY_NONE, r->explanation);
	if (r->cause == CAUSE_VOID_LIMIT)
		raise_at(f, FINDING_SPF_VOID, SEVERITY_NONE, r->explanation);
}

static void check_facts(struct findings *f, const struct spf_result *r)
{
	const char *domain;

	if (!r->facts)
		return;
	if ((domain = spf_fact_domain(r, SPF_PLUS_ALL)))
		finding_raise(f, FINDING_SPF_PLUS_ALL, SEVERITY_NONE,
			"The record of %s, which %s relies on, lets every address send.", domain,
			r->domain);
	if ((domain = spf_fact_domain(r, SPF_USES_PTR)))
		finding_raise(f, FINDING_SPF_PTR, SEVERITY_NONE,
			"The record of %s has a ptr mechanism.", domain);
	if ((domain = spf_fact_domain(r, SPF_DANGLING)))
		finding_raise(f, FINDING_SPF_DANGLING, SEVERITY_NONE,
			"%s trusts the record of %s, a name that does not exist.", r->domain,
			domain);
	if ((domain = spf_fact_domain(r, SPF_MULTIPLE)))
		finding_raise(f, FINDING_SPF_MULTI, SEVERITY_NONE,
			"%s publishes several SPF records.", domain);
	if ((domain = spf_fact_domain(r, SPF_MACRO_MISSING)))
		finding_raise(f, FINDING_SPF_MACRO, SEVERITY_NONE,
			"The name %s, which a macro makes for this message, is not recorded.",
			domain);
}

/* A pass that many can obtain is weak proof; said only where nothing else proves the author. */
static void check_width(struct findings *f, const struct spf_result *r)
{
	const struct dmarc *dmarc = f->evidence->dmarc;

	if (r->result != RESULT_PASS || r->addresses <= WIDE || (r->facts & SPF_PLUS_ALL))
		return;
	if (!dmarc || !dmarc->decides->spf.aligned || dmarc->decides->dkim.aligned)
		return;
	finding_raise(f, FINDING_SPF_WIDE, r->addresses > VERY_WIDE ? SEVERITY_NONE : SEVERITY_LOW,
		"%llu IPv4 addresses may send for %s.", (unsigned long long)r->addresses,
		r->domain);
}

/*
 * The machine's own name passes while the envelope domain says nothing usable: the pass is easily
 * taken for the sender's. Harmless where the author is proven otherwise.
 */
static void check_helo(struct findings *f, const struct spf *spf)
{
	const struct evidence *e = f->evidence;
	const struct spf_result *r = spf->mail_from;

	if ((r->facts & SPF_ON_HELO) || !r->domain || spf->helo->result != RESULT_PASS)
		return;
	if ((r->result != RESULT_NONE && r->result != RESULT_PERMERROR) ||
		same_org(e, spf->helo->domain, e->author_domain))
		return;
	if (same_org(e, spf->helo->domain, r->domain) || author_passes(e))
		return;
	raise_at(f, FINDING_SPF_HELO_ONLY, explained(f) ? SEVERITY_LOW : SEVERITY_NONE,
		arena_printf(f->arena,
			"SPF passes for the HELO name %s only; %s in the envelope is unproven.",
			spf->helo->domain, r->domain));
}

void findings_spf(struct findings *f)
{
	const struct spf *spf = f->evidence->spf;

	if (!spf)
		return;
	check_result(f, spf->mail_from);
	check_facts(f, spf->mail_from);
	check_width(f, spf->mail_from);
	check_helo(f, spf);
}
