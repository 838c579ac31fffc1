/* SPDX-License-Identifier: ISC */
#include "parsers/spf/evaluate.h"

#include "parsers/base/printable.h"

static struct spf_step *add_step(
	struct spf_eval *e, unsigned depth, const char *domain, const char *term)
{
	struct spf_step *step =
		LIST_ADD(e->arena, e->result->step, e->result->step_count, e->result->step_room);

	*step = (struct spf_step){.depth = depth, .domain = domain, .term = term};
	return step;
}

static struct spf_verdict error_of(
	enum result result, enum cause cause, const char *clause, const char *problem)
{
	return (struct spf_verdict){
		.result = result, .cause = cause, .clause = clause, .problem = problem};
}

/* 4.5: exactly one record that begins with the version. */
static bool choose(struct spf_eval *e, const struct dns_answer *a, const char *domain,
	struct span *ret_txt, struct spf_verdict *ret)
{
	size_t found = 0;

	for (size_t i = 0; i < a->count; i++)
		if (spf_is_record(a->record[i].txt) && found++ == 0)
			*ret_txt = a->record[i].txt;
	if (found == 1)
		return true;
	if (found == 0) {
		*ret = error_of(RESULT_NONE, CAUSE_NO_RECORD, "RFC 7208 4.5",
			arena_printf(e->arena, "%s publishes no SPF record", domain));
		return false;
	}
	spf_fact(e, SPF_MULTIPLE, domain);
	*ret = error_of(RESULT_PERMERROR, CAUSE_MULTIPLE_RECORDS, "RFC 7208 4.5",
		arena_printf(e->arena, "%s publishes %zu SPF records", domain, found));
	return false;
}

bool spf_fetch(
	struct spf_eval *e, const char *domain, struct span *ret_txt, struct spf_verdict *ret)
{
	const struct dns_answer *a;

	if (!spf_name_valid(domain)) {
		*ret = error_of(RESULT_NONE, CAUSE_NO_IDENTITY, "RFC 7208 4.3",
			arena_printf(
				e->arena, "'%s' is no domain name with several labels", domain));
		return false;
	}
	a = dns_lookup(e->dns, domain, DNS_TXT, "SPF record");
	if (spf_lookup_error(e, a, NULL)) {
		*ret = e->error;
		ret->clause = "RFC 7208 4.4";
		return false;
	}
	if (a->status == DNS_FOUND)
		return choose(e, a, domain, ret_txt, ret);
	*ret = error_of(RESULT_NONE, CAUSE_NO_RECORD, "RFC 7208 4.3",
		arena_printf(e->arena,
			a->status == DNS_NXDOMAIN ? "%s does not exist"
						  : "%s publishes no SPF record",
			domain));
	return false;
}

/* What the record itself tells, apart from this client. */
static void note_record(
	struct spf_eval *e, const struct spf_record *r, const char *domain, bool passing)
{
	if (r->count == 1 && r->all && r->all->qualifier == RESULT_FAIL)
		spf_fact(e, SPF_EMPTY, domain);
	for (size_t i = 0; i < r->count; i++) {
		const struct spf_term *term = &r->term[i];
		bool pass = passing && term->qualifier == RESULT_PASS;

		if (term->kind == SPF_PTR)
			spf_fact(e, SPF_USES_PTR, domain);
		if (pass && term->kind == SPF_ALL)
			spf_fact(e, SPF_PLUS_ALL, domain);
		if (pass && term->kind == SPF_IP4)
			spf_ranges_add(e->arena, &e->ranges, &term->net, term->bits4);
		if (pass && term->kind == SPF_IP4 && term->bits4 == 0)
			spf_fact(e, SPF_PLUS_ALL, domain);
		if (term->kind == SPF_ALL) /* what follows is never reached */
			break;
	}
}

/* 4.6.4: of the terms that ask DNS, 10 may be evaluated. */
static bool count_lookup(struct spf_eval *e, struct spf_step *step)
{
	if (e->result->lookups >= SPF_MAX_LOOKUPS) {
		e->error = error_of(RESULT_PERMERROR, CAUSE_LOOKUP_LIMIT, "RFC 7208 4.6.4",
			arena_printf(e->arena, "more than %d terms ask DNS, the 11th is '%s' of %s",
				SPF_MAX_LOOKUPS, step->term, step->domain));
		step->detail = "over the limit of 10 lookups";
		return false;
	}
	step->detail = arena_printf(e->arena, "lookup %u", ++e->result->lookups);
	return true;
}

static bool asks_dns(enum spf_kind kind)
{
	return kind != SPF_ALL && kind != SPF_IP4 && kind != SPF_IP6;
}

/* The target-name of a term, <domain> where it has no domain-spec; NULL where %{p} in it is not
 * recorded. */
static const char *target_of(struct spf_eval *e, const struct spf_term *term, const char *domain)
{
	const char *target;

	if (!term->spec.len)
		return domain;
	e->macro.domain = domain;
	e->validated_unknown = false;
	e->expanded |= span_chr(term->spec, '%') < term->spec.len;
	target = spf_target_name(&e->macro, term->spec);
	if (!e->validated_unknown)
		return target;
	spf_fact(e, SPF_MACRO_MISSING, domain);
	e->error = error_of(RESULT_TEMPERROR, CAUSE_NOT_RECORDED, "RFC 7208 5.5",
		"the names of the client's address (%{p}) are not recorded");
	return NULL;
}

/* The target of an include or a redirect does not exist: whoever registers it decides. */
static void note_dangling(struct spf_eval *e, const char *target)
{
	if (spf_name_valid(target) &&
		dns_lookup(e->dns, target, DNS_TXT, "SPF record")->status == DNS_NXDOMAIN)
		spf_fact(e, SPF_DANGLING, target);
}

/* 5.2: the table of what an include does with the result of the other record. STEP: its number in
 * the log. */
static enum spf_outcome match_include(struct spf_eval *e, const struct spf_term *term,
	const char *target, unsigned depth, size_t step, bool passing)
{
	struct spf_verdict inner;

	e->includes++;
	inner = spf_check_host(e, target, depth, passing && term->qualifier == RESULT_PASS);
	e->includes--;
	switch (inner.result) {
	case RESULT_PASS:
		return SPF_MATCH;
	case RESULT_NONE:
		note_dangling(e, target);
		e->error = error_of(RESULT_PERMERROR, CAUSE_INCLUDE, "RFC 7208 5.2",
			arena_printf(e->arena, "of an include, %s", inner.problem));
		e->result->step[step].detail = arena_printf(
			e->arena, "%s, %s", e->result->step[step].detail, inner.problem);
		return SPF_ERROR;
	case RESULT_TEMPERROR:
	case RESULT_PERMERROR:
		e->error = inner;
		return SPF_ERROR;
	default:
		return SPF_NO_MATCH;
	}
}

/* How a match of this qualifier reads; inside an include only a pass counts. */
static const char *match_detail(struct spf_eval *e, const struct spf_term *term, const char *detail)
{
	const char *end = e->includes && term->qualifier != RESULT_PASS
				  ? " -> an include matches only on pass"
				  : "";

	return arena_printf(e->arena, "%s%s%s%s", detail ? detail : "", detail ? ", " : "",
		result_word(term->qualifier), end);
}

/* One directive. DEPTH is that of its step. */
static enum spf_outcome match_directive(struct spf_eval *e, const struct spf_term *term,
	const char *domain, unsigned depth, bool passing)
{
	size_t n = e->result->step_count;
	struct spf_step *step = add_step(e, depth, domain, printable(e->arena, term->text));
	enum spf_outcome outcome = SPF_ERROR;
	const char *target;

	if ((!asks_dns(term->kind) || count_lookup(e, step)) &&
		(target = target_of(e, term, domain)) != NULL) {
		if (term->kind == SPF_INCLUDE)
			outcome = match_include(e, term, target, depth + 1, n, passing);
		else
			outcome = spf_match_term(e, term, target, step);
	}
	step = &e->result->step[n]; /* the log may have moved */
	step->outcome = outcome == SPF_MATCH      ? "match"
			: outcome == SPF_NO_MATCH ? "no match"
						  : result_word(e->error.result);
	if (outcome == SPF_MATCH)
		step->detail = match_detail(e, term, step->detail);
	else if (outcome == SPF_ERROR && !e->error.mechanism)
		e->error.mechanism = step->term;
	return outcome;
}

/* 6.1: the result of the other record is this one's, but none is a permerror. */
static struct spf_verdict follow_redirect(struct spf_eval *e, const struct spf_term *term,
	const char *domain, unsigned depth, bool passing)
{
	size_t n = e->result->step_count;
	struct spf_step *step = add_step(e, depth, domain, printable(e->arena, term->text));
	struct spf_verdict inner;
	const char *target;

	if (!count_lookup(e, step) || !(target = target_of(e, term, domain))) {
		step->outcome = result_word(e->error.result);
		return e->error;
	}
	inner = spf_check_host(e, target, depth + 1, passing);
	if (inner.result == RESULT_NONE) {
		note_dangling(e, target);
		inner = error_of(RESULT_PERMERROR, CAUSE_INCLUDE, "RFC 7208 6.1",
			arena_printf(e->arena, "of redirect=, %s", inner.problem));
		inner.mechanism = e->result->step[n].term;
	}
	e->result->step[n].outcome = result_word(inner.result);
	return inner;
}

/* A mechanism matched: its qualifier is the result, and a fail may bring an explanation. */
static struct spf_verdict matched(struct spf_eval *e, const struct spf_record *r,
	const struct spf_term *term, const char *domain)
{
	struct spf_verdict v = {
		.result = term->qualifier,
		.mechanism = printable(e->arena, term->text),
		.clause = "RFC 7208 4.6.2",
	};

	if (v.result == RESULT_FAIL && r->exp) {
		v.exp = r->exp->spec;
		v.exp_domain = domain;
	}
	return v;
}

static struct spf_verdict evaluate(struct spf_eval *e, const struct spf_record *r,
	const char *domain, unsigned depth, bool passing)
{
	for (size_t i = 0; i < r->count; i++) {
		const struct spf_term *term = &r->term[i];

		if (term->kind >= SPF_REDIRECT)
			continue;
		e->error = (struct spf_verdict){0};
		switch (match_directive(e, term, domain, depth, passing)) {
		case SPF_MATCH:
			return matched(e, r, term, domain);
		case SPF_ERROR:
			return e->error;
		default:
			break;
		}
	}
	if (r->redirect && !r->all) {
		e->error = (struct spf_verdict){0};
		return follow_redirect(e, r->redirect, domain, depth, passing);
	}
	add_step(e, depth, domain, "(end of the record)")->outcome = "neutral"; /* 4.7 */
	return (struct spf_verdict){.result = RESULT_NEUTRAL, .clause = "RFC 7208 4.7"};
}

/*
 * Recursion ends by the limit of lookups, which includes and redirects count for: depth grows by
 * one for each, so that it stays below SPF_MAX_LOOKUPS + 2.
 */
struct spf_verdict spf_check_host(
	struct spf_eval *e, const char *domain, unsigned depth, bool passing)
{
	struct spf_verdict v = {0};
	struct spf_record record;
	struct spf_step *step;
	struct span txt;

	if (!spf_fetch(e, domain, &txt, &v))
		return v;
	step = add_step(e, depth, domain, printable(e->arena, txt));
	step->outcome = "record";
	if (depth == 0)
		e->result->record = step->term;
	record = spf_record_parse(e->arena, txt);
	if (!record.valid) {
		step->outcome = "permerror";
		step->detail = arena_printf(
			e->arena, "'%s': %s", printable(e->arena, record.bad), record.bad_reason);
		v = error_of(RESULT_PERMERROR, CAUSE_SYNTAX, "RFC 7208 4.6",
			arena_printf(e->arena, "the record of %s has '%s': %s", domain,
				printable(e->arena, record.bad), record.bad_reason));
		v.mechanism = printable(e->arena, record.bad);
		return v;
	}
	note_record(e, &record, domain, passing);
	return evaluate(e, &record, domain, depth ? depth : 1, passing);
}
