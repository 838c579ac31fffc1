/* SPDX-License-Identifier: ISC */
/* What a text asks to be paid, called or written to: amounts, long numbers, mail addresses; for
 * comparing two versions of it. */
#ifndef PARSERS_FINDINGS_FACTS_H
#define PARSERS_FINDINGS_FACTS_H

#include "parsers/base/span.h"

enum fact_kind { FACT_AMOUNT, FACT_NUMBER, FACT_ADDRESS, FACT_KIND_COUNT };
enum { FACTS_MAX = 200, FACT_LEN = 64 };

/*
 * An amount is a number beside a currency: its value without separators, cents only where there are
 * any. A long number (account, telephone, card) has eight digits or more: the digits. An address is
 * in lower case.
 */
struct fact {
	enum fact_kind kind;
	char value[FACT_LEN];
	struct span text; /* as written */
};
struct facts {
	struct fact fact[FACTS_MAX];
	size_t count;
};
/* Linear; what stands in URLs is passed over. */
void facts_read(struct facts *, struct span text);
/*
 * Of one kind, the first fact that only A has and the first that only B has; false where one of
 * them has none of its own: a version that leaves something out says nothing else.
 */
bool facts_differ(const struct facts *a, const struct facts *b, enum fact_kind,
	const struct fact **ret_a, const struct fact **ret_b);

#endif
