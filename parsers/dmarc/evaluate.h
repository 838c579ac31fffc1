/* SPDX-License-Identifier: ISC */
/* One evaluation of DMARC under one standard: its parts. */
#ifndef PARSERS_DMARC_EVALUATE_H
#define PARSERS_DMARC_EVALUATE_H

#include "parsers/dmarc/record.h"

/* Whether two domains belong together. */
enum dmarc_match { MATCH_NO, MATCH_RELAXED, MATCH_STRICT, MATCH_UNKNOWN };

struct dmarc_run {
	struct arena *arena;
	struct dns_log *dns;
	const struct dmarc_query *query;
	struct dmarc_eval *eval;
	const char *author, *org;          /* the Author Domain and its Organizational Domain */
	bool org_unknown;                  /* names that could make it another are not recorded */
	const struct dmarc_record *record; /* that applies, or NULL */
	unsigned char *match;              /* of each signature: enum dmarc_match */
	enum dmarc_match spf_match;
	bool undecided; /* an identifier that could be aligned is not known to have passed or failed
			 */
	enum cause undecided_cause;
};

void dmarc_step(struct dmarc_run *, const char *label, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/*
 * Finds the record that applies and the policy out of it: true where evaluation goes on, false
 * where eval has its result (none, temperror, permerror).
 */
bool dmarc_discover(struct dmarc_run *);
/* The same, remembered by author where the query has a cache. */
bool dmarc_discover_once(struct dmarc_run *);

/* Compares every identifier with the Author Domain; fills match, eval->dkim, eval->spf, undecided.
 */
void dmarc_align(struct dmarc_run *);
enum dmarc_match dmarc_compare(struct dmarc_run *, const char *domain);

#endif
