/* SPDX-License-Identifier: ISC */
/* Identifier Alignment: RFC 9989 4.4 and 4.10.2, RFC 7489 3.1. */
#include <strings.h>

#include "parsers/dmarc/evaluate.h"

/* How many labels two domains have in common at their ends. */
static size_t common_labels(const char *a, const char *b)
{
	size_t count = 0,
	       max = dmarc_labels(a) < dmarc_labels(b) ? dmarc_labels(a) : dmarc_labels(b);

	while (count < max && strcasecmp(dmarc_tail(a, count + 1), dmarc_tail(b, count + 1)) == 0)
		count++;
	return count;
}

/*
 * The two walks need not be made where they can't meet: an Organizational Domain is an ending of
 * its domain, and one of a single label needs a record there that is no PSD's.
 */
static bool can_meet(struct dmarc_run *run, const char *domain)
{
	size_t common = common_labels(run->author, domain);
	struct dmarc_publication top;

	if (common != 1)
		return common > 1;
	top = dmarc_fetch(run->arena, run->dns, dmarc_tail(domain, 1));
	return top.presence == DMARC_PRESENT && top.record.psd != 'y';
}

enum dmarc_match dmarc_compare(struct dmarc_run *run, const char *domain)
{
	const struct dmarc_walk *walk;

	if (strcasecmp(domain, run->author) == 0)
		return MATCH_STRICT;
	if (run->eval->standard == DMARC_RFC7489)
		return strcasecmp(psl_org_domain(run->query->psl, domain), run->org) ==
				       0
			       ? MATCH_RELAXED
			       : MATCH_NO;
	if (!can_meet(run, domain))
		return MATCH_NO;
	walk = dmarc_walk(run->arena, run->dns, domain);
	if (run->org_unknown || walk->unknown || walk->failed)
		return MATCH_UNKNOWN;
	return strcasecmp(walk->org, run->org) == 0 ? MATCH_RELAXED : MATCH_NO;
}

static bool counts(enum dmarc_match match, bool strict)
{
	return match == MATCH_STRICT || (match == MATCH_RELAXED && !strict);
}

static const char *answer(enum dmarc_match match, bool strict)
{
	if (match == MATCH_UNKNOWN)
		return strict ? "strict: not identical -> no"
			      : "relaxed: the organisation is not recorded -> unknown";
	if (match == MATCH_STRICT)
		return "identical -> yes";
	if (strict)
		return "strict: not identical -> no";
	return match == MATCH_RELAXED ? "relaxed: the same organisation -> yes"
				      : "relaxed: another organisation -> no";
}

/* What of an identifier that neither passed nor failed leaves the result open. */
static void note_open(struct dmarc_run *run, enum dmarc_match match, bool strict,
	enum result result, enum cause cause)
{
	bool open_match = match == MATCH_UNKNOWN && !strict;

	if (result == RESULT_PASS && open_match) {
		run->undecided = true;
		run->undecided_cause = CAUSE_NOT_RECORDED;
	} else if (result == RESULT_TEMPERROR && (open_match || counts(match, strict))) {
		run->undecided = true;
		run->undecided_cause =
			cause == CAUSE_DNS_FAILED ? CAUSE_DNS_FAILED : CAUSE_NOT_RECORDED;
	}
}

/* Of several identifiers: an aligned one that passed before one that only passed. */
static void note_pass(struct dmarc_aligned *ret, const char *domain, bool aligned)
{
	if (ret->aligned || (ret->passed && !aligned))
		return;
	ret->passed = true;
	ret->aligned = aligned;
	ret->domain = domain;
}

/* Both names end in the same two labels, yet belong to different owners. */
static void note_trap(struct dmarc_run *run, const char *domain, enum dmarc_match match)
{
	if (match == MATCH_NO && common_labels(run->author, domain) >= 2)
		run->eval->facts |= DMARC_PSL_TRAP;
}

static void align_signature(struct dmarc_run *run, size_t n)
{
	enum { TOLD = 10 };
	const struct dkim_signature *s = &run->query->dkim->signature[n];
	struct dmarc_eval *e = run->eval;
	enum dmarc_match match = s->domain ? dmarc_compare(run, s->domain) : MATCH_NO;

	run->match[n] = (unsigned char)match;
	if (n < TOLD)
		dmarc_step(run, n ? "" : "DKIM", "%s  d=%s  %s", result_word(s->result),
			s->domain ? s->domain : "?", answer(match, e->dkim.strict));
	if (s->domain)
		note_open(run, match, e->dkim.strict, s->result, s->cause);
	if (s->result != RESULT_PASS || !s->domain)
		return;
	note_pass(&e->dkim, s->domain, counts(match, e->dkim.strict));
	note_trap(run, s->domain, match);
}

void dmarc_align(struct dmarc_run *run)
{
	const struct dkim *dkim = run->query->dkim;
	const struct spf_result *spf = run->query->spf ? run->query->spf->mail_from : NULL;
	struct dmarc_eval *e = run->eval;

	for (size_t i = 0; dkim && i < dkim->count; i++)
		align_signature(run, i);
	if (!dkim || dkim->count == 0)
		dmarc_step(run, "DKIM", "no signature");
	if (!spf || !spf->domain) {
		dmarc_step(run, "SPF", "%s  nothing to compare",
			spf ? result_word(spf->result) : "none");
		return;
	}
	run->spf_match = dmarc_compare(run, spf->domain);
	dmarc_step(run, "SPF", "%s  %s=%s  %s", result_word(spf->result),
		spf->facts & SPF_ON_HELO ? "helo" : "mailfrom", spf->domain,
		answer(run->spf_match, e->spf.strict));
	note_open(run, run->spf_match, e->spf.strict, spf->result, spf->cause);
	if (spf->result != RESULT_PASS)
		return;
	note_pass(&e->spf, spf->domain, counts(run->spf_match, e->spf.strict));
	note_trap(run, spf->domain, run->spf_match);
}
