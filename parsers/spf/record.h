/* SPDX-License-Identifier: ISC */
/* The terms of one SPF record (RFC 7208 4.6.1). */
#ifndef PARSERS_SPF_RECORD_H
#define PARSERS_SPF_RECORD_H

#include "parsers/base/words.h"
#include "parsers/trace/trace.h"

enum spf_kind {
	SPF_ALL,
	SPF_INCLUDE,
	SPF_A,
	SPF_MX,
	SPF_PTR,
	SPF_IP4,
	SPF_IP6,
	SPF_EXISTS,
	SPF_REDIRECT,
	SPF_EXP,
	SPF_UNKNOWN_MODIFIER,
};

struct spf_term {
	enum spf_kind kind;
	enum result qualifier; /* what a match gives */
	struct span text;      /* as written */
	struct span spec;      /* domain-spec, or none */
	struct ip net;         /* ip4, ip6 */
	unsigned bits4, bits6; /* prefix lengths; 32 and 128 where not said */
};

struct spf_record {
	struct span text;
	struct spf_term *term;
	size_t count, room;
	const struct spf_term *redirect, *exp, *all; /* the first all, or NULL */
	bool valid;
	struct span bad;        /* the first term that is wrong */
	const char *bad_reason; /* a sentence part: "a prefix length that is none" */
};

/* Whether a TXT record is an SPF record: "v=spf1" in any case, then SP or the end (RFC 7208 4.5).
 */
bool spf_is_record(struct span txt);
/* Never fails: valid says whether the whole follows the grammar. All terms up to the first bad one
 * are there. */
struct spf_record spf_record_parse(struct arena *, struct span txt);

#endif
