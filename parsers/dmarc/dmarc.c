/* SPDX-License-Identifier: ISC */
#include "parsers/dmarc/dmarc.h"

#include <strings.h>

#include "parsers/dmarc/evaluate.h"

static const char *const standards[] = {"rfc9989", "rfc7489"};
static const char *const policies[] = {NULL, "none", "quarantine", "reject"};

const char *dmarc_standard_word(enum dmarc_standard standard)
{
	return standards[standard];
}

const char *dmarc_policy_word(enum dmarc_policy policy)
{
	return policies[policy];
}

static void conclude(
	struct dmarc_run *run, enum result result, enum cause cause, const char *explanation)
{
	run->eval->result = result;
	run->eval->cause = cause;
	run->eval->explanation = explanation;
}

/* What the domain asks for where the message fails. */
static const char *request(struct dmarc_run *run)
{
	const struct dmarc_eval *e = run->eval;
	const char *pct = e->pct < 100 ? arena_printf(run->arena,
						 ", for %d %% of such messages (pct=)", e->pct)
				       : "";

	return arena_printf(run->arena, "the domain asks for %s (%s=%s)%s",
		dmarc_policy_word(e->policy), e->policy_tag, e->testing ? ", weaker by t=y" : "",
		pct);
}

static void decide(struct dmarc_run *run)
{
	struct dmarc_eval *e = run->eval;
	const struct dmarc_aligned *by = e->dkim.aligned ? &e->dkim : &e->spf;

	if (by->aligned) {
		conclude(run, RESULT_PASS, CAUSE_NONE,
			arena_printf(run->arena, "%s of %s stands for %s.",
				by == &e->dkim ? "The signature" : "SPF", by->domain, run->author));
		if (strcasecmp(by->domain, run->author) != 0 &&
			(!e->spf.aligned || strcasecmp(e->spf.domain, run->author) != 0))
			e->facts |= DMARC_SIBLING;
		e->facts &= ~(unsigned)DMARC_PSL_TRAP;
	} else if (run->undecided) {
		e->complete &= run->undecided_cause != CAUSE_NOT_RECORDED;
		conclude(run, RESULT_TEMPERROR, run->undecided_cause,
			arena_printf(run->arena,
				"What could stand for %s can't be checked: the DNS evidence is "
				"missing.",
				run->author));
	} else {
		bool passed = e->dkim.passed || e->spf.passed;

		conclude(run, RESULT_FAIL, passed ? CAUSE_NOT_ALIGNED : CAUSE_NOTHING_PASSED,
			arena_printf(run->arena,
				passed ? "Nothing that passed belongs to %s; %s."
				       : "Nothing passed for %s; %s.",
				run->author, request(run)));
		e->disposition = e->policy;
	}
}

static void tell_result(struct dmarc_run *run)
{
	const struct dmarc_eval *e = run->eval;

	if (e->result == RESULT_FAIL)
		dmarc_step(run, "result", "fail; %s", request(run));
	else
		dmarc_step(run, "result", "%s%s%s", result_word(e->result), e->cause ? "; " : "",
			e->cause ? cause_word(e->cause) : "");
}

/*
 * RFC 9989 5.3.1: without exactly one domain in From there is nothing to validate. What the first
 * domain would give is evaluated all the same, since a reader sees it.
 */
static void check_authors(struct dmarc_run *run)
{
	struct dmarc_eval *e = run->eval;

	if (run->query->author_domains <= 1)
		return;
	e->result = RESULT_PERMERROR;
	e->cause = CAUSE_MULTIPLE_AUTHORS;
	e->disposition = POLICY_NONE;
	e->explanation = arena_printf(run->arena,
		"From names %zu domains, so DMARC can't judge it.", run->query->author_domains);
}

static const struct dmarc_eval *evaluate(struct arena *arena, struct dns_log *dns,
	const struct dmarc_query *query, enum dmarc_standard standard, unsigned char *match)
{
	struct dmarc_eval *e = ARENA_NEW(arena, struct dmarc_eval);
	struct dmarc_run run = {
		.arena = arena,
		.dns = dns,
		.query = query,
		.eval = e,
		.match = match,
		.author = query->author_domain,
	};

	bool applies;

	*e = (struct dmarc_eval){.standard = standard,
		.author_domain = query->author_domain,
		.pct = 100,
		.complete = true};
	if (!query->author_domain || !*query->author_domain) {
		conclude(&run, RESULT_NONE, CAUSE_NO_IDENTITY,
			"From names no domain, so there is nothing to check.");
		dmarc_step(&run, "From", "no domain");
		return e;
	}
	applies = dmarc_discover_once(&run);
	dmarc_align(
		&run); /* without a policy too: what stands for the author is of use all the same */
	if (applies)
		decide(&run);
	check_authors(&run);
	tell_result(&run);
	return e;
}

/* enum dmarc_match to the numbers of struct dmarc. */
static void number_alignment(unsigned char *match, size_t count)
{
	static const unsigned char numbers[] = {
		[MATCH_NO] = 0,
		[MATCH_RELAXED] = 1,
		[MATCH_STRICT] = 2,
		[MATCH_UNKNOWN] = 0,
	};

	for (size_t i = 0; i < count; i++)
		match[i] = numbers[match[i]];
}

static bool same_text(const char *a, const char *b)
{
	return a == b || (a && b && strcmp(a, b) == 0);
}

const struct dmarc *dmarc_check(
	struct arena *arena, struct dns_log *dns, const struct dmarc_query *query)
{
	struct dmarc *d = ARENA_NEW(arena, struct dmarc);
	size_t count = query->dkim ? query->dkim->count : 0;
	unsigned char *match[2] = {arena_alloc(arena, count + 1), arena_alloc(arena, count + 1)};

	d->standard = query->standard;
	d->rfc9989 = evaluate(arena, dns, query, DMARC_RFC9989, match[DMARC_RFC9989]);
	d->rfc7489 = evaluate(arena, dns, query, DMARC_RFC7489, match[DMARC_RFC7489]);
	d->decides = query->standard == DMARC_RFC9989 ? d->rfc9989 : d->rfc7489;
	d->explanation = d->decides->explanation;
	d->differs = d->rfc9989->result != d->rfc7489->result ||
		     d->rfc9989->policy != d->rfc7489->policy ||
		     !same_text(d->rfc9989->record_domain, d->rfc7489->record_domain);
	/* Where nobody publishes a record the tree walk knows no organisations, the list does. */
	d->dkim_alignment =
		match[d->decides->cause == CAUSE_NO_RECORD ? DMARC_RFC7489 : query->standard];
	number_alignment(d->dkim_alignment, count);
	return d;
}
