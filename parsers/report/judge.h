/* SPDX-License-Identifier: ISC */
/* What is wrong with a published record by its own standard: SPF, DMARC, DKIM keys. */
#ifndef PARSERS_REPORT_JUDGE_H
#define PARSERS_REPORT_JUDGE_H

#include "parsers/report/report.h"

struct judgement {
	const char *kind; /* "SPF", "DMARC", "DKIM" */
	const char *what; /* a sentence part: "a prefix length that is none (ip4:192.0.2.0/33)" */
	const char *clause;
	const struct dns_record *record;
};

/*
 * Calls FN for each fault of ANSWER, as printable text; returns how many of its records were of
 * these kinds. CONTEXT caches keys.
 */
size_t judge_answer(struct arena *, struct dkim_context *context, const struct dns_answer *,
	void (*fn)(void *data, const struct judgement *), void *data);

#endif
