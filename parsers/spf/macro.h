/* SPDX-License-Identifier: ISC */
/* Macro strings of SPF (RFC 7208 7): syntax, and expansion for domain names and explanations. */
#ifndef PARSERS_SPF_MACRO_H
#define PARSERS_SPF_MACRO_H

#include "parsers/trace/trace.h"

enum {
	SPF_MAX_NAME = 253,         /* RFC 7208 7.3: longer ones lose labels on their left */
	SPF_MAX_EXPLANATION = 2048, /* characters of an expanded explain-string; the rest is cut */
};

/* What the letters stand for. Texts are borrowed; none is NULL but validated, which is asked at the
 * first %{p}. */
struct spf_macro {
	struct arena *arena;
	const char *local, *sender_domain, *domain, *helo, *receiver;
	struct ip client;
	int64_t at;
	const char *(*validated)(void *data); /* %{p}: a name, or "unknown" */
	void *data;
};

/* Whether S is a macro-string; EXPLAIN: an explain-string, which also has SP, %{c}, %{r}, %{t}. */
bool spf_macro_string(struct span, bool explain);
/* Whether S is a domain-spec: a macro-string that ends with a toplabel or a macro. */
bool spf_domain_spec(struct span);

/* The target-name of a valid domain-spec: no final dot, cut at the left to SPF_MAX_NAME. */
const char *spf_target_name(const struct spf_macro *, struct span spec);
/* The text of a valid explain-string. */
const char *spf_explain_text(const struct spf_macro *, struct span text);

/* 192.0.2.3, or the 32 nibbles of IPv6 with dots (%{i}). */
const char *spf_dotted(struct arena *, const struct ip *);
/* A host name as check_host() wants its domain (RFC 7208 4.3): several labels of 1 to 63 octets,
 * 253 altogether. */
bool spf_name_valid(const char *name);

#endif
