/* SPDX-License-Identifier: ISC */
/* check_host() (RFC 7208 4): one evaluation with its counters and its log. */
#ifndef PARSERS_SPF_EVALUATE_H
#define PARSERS_SPF_EVALUATE_H

#include "parsers/spf/macro.h"
#include "parsers/spf/ranges.h"
#include "parsers/spf/record.h"
#include "parsers/spf/spf.h"

/* What one check_host() gives. */
struct spf_verdict {
	enum result result;
	enum cause cause;
	const char *mechanism; /* the term that matched, or that stopped it */
	const char *problem;   /* of an error: a clause that follows "can't be evaluated:" */
	const char *clause;
	struct span exp;        /* exp= of the record that gave a fail, or none */
	const char *exp_domain; /* <domain> for its expansion */
};

struct spf_eval {
	struct arena *arena;
	struct dns_log *dns;
	struct spf_macro macro; /* its domain follows the recursion */
	struct spf_result *result;
	struct spf_ranges ranges;
	struct spf_verdict error; /* of the mechanism that raised one */
	unsigned includes;        /* how deep in includes */
	bool validated_unknown;   /* a lookup for %{p} was not recorded */
	bool expanded; /* a macro: the result may depend on more than client and domain */
};

/* --- cache.c: evaluations that depend on the client and the domain alone */
struct spf_evaluation {
	struct spf_result result; /* without its explanation */
	struct spf_verdict verdict;
	struct dns_log asked; /* on the way to it */
};
/* NULL where there is none. */
const struct spf_evaluation *spf_cache_find(
	struct spf_cache *, const struct ip *client, const char *domain);
/* Room for one that may be added, all of whose memory is to be in *RET_ARENA. */
struct spf_evaluation *spf_cache_begin(struct spf_cache *, struct arena **ret_arena);
void spf_cache_add(
	struct spf_cache *, const struct ip *client, const char *domain, struct spf_evaluation *);

/* DEPTH 0 for the domain itself. PASSING: a pass of this record passes the whole. */
struct spf_verdict spf_check_host(
	struct spf_eval *, const char *domain, unsigned depth, bool passing);

/* Fetches and chooses the record of DOMAIN (4.4, 4.5); false with *RET an error or none. */
bool spf_fetch(
	struct spf_eval *, const char *domain, struct span *ret_txt, struct spf_verdict *ret);

/* The names validated for the client (5.5); see mechanism.c. */
enum spf_outcome { SPF_NO_MATCH, SPF_MATCH, SPF_ERROR };
enum spf_outcome spf_match_ptr(struct spf_eval *, const char *target, struct spf_step *);
const char *spf_validated_name(void *eval);
enum spf_outcome spf_match_term(
	struct spf_eval *, const struct spf_term *, const char *target, struct spf_step *);
enum spf_outcome spf_lookup_error(
	struct spf_eval *, const struct dns_answer *, const struct spf_term *);
enum spf_outcome spf_count_void(struct spf_eval *, const struct dns_answer *);
void spf_fact(struct spf_eval *, enum spf_fact, const char *domain);

#endif
