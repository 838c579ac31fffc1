/* SPDX-License-Identifier: ISC */
/* SPF (RFC 7208): one evaluation of check_host() with every step that it took. */
#ifndef PARSERS_SPF_SPF_H
#define PARSERS_SPF_SPF_H

#include "parsers/base/words.h"
#include "parsers/dns/dns.h"
#include "parsers/trace/trace.h"

enum {
	SPF_MAX_LOOKUPS = 10,
	SPF_MAX_VOID = 2,
	SPF_MAX_MX = 10,
	SPF_MAX_PTR = 10
}; /* RFC 7208 4.6.4 */

/*
 * What was said before, for one DNS evidence. Nothing of it shows in a result. Trim is called where
 * no result is in use any more, and forgets all where that is much.
 */
struct spf_cache;
struct spf_cache *spf_cache_new(void);
void spf_cache_free(struct spf_cache *);
void spf_cache_trim(struct spf_cache *);

struct spf_query {
	struct ip client;
	const char *mail_from;   /* an address; "" is the null reverse-path (then
				    postmaster@HELO, 2.4); NULL not known */
	const char *helo;        /* or NULL */
	const char *receiver;    /* %{r}, or NULL for "unknown" */
	int64_t at;              /* %{t} */
	struct spf_cache *cache; /* or NULL */
};

struct spf_step {
	unsigned depth;
	const char *domain;  /* whose record is evaluated */
	const char *term;    /* as written: "include:_spf.example.org" */
	const char *outcome; /* "match", "no match", a result word, or an error */
	const char *detail;  /* "covers 192.0.2.0 - 192.0.2.15", "lookup 1", or NULL */
};

/* Facts about the records seen, for findings (bits). */
enum spf_fact {
	SPF_PLUS_ALL = 1 << 0, /* a record in the matched tree passes everyone */
	SPF_USES_PTR = 1 << 1,
	SPF_DANGLING = 1 << 2, /* include or redirect to a name that does not exist */
	SPF_MULTIPLE = 1 << 3, /* several SPF records at a name */
	SPF_TYPE_99 = 1 << 4,
	SPF_EMPTY = 1 << 5,         /* "v=spf1 -all": never sends */
	SPF_MACRO_MISSING = 1 << 6, /* the expansion of a macro is not recorded */
	SPF_ON_HELO = 1 << 7,       /* the identity checked was HELO's */
};
enum { SPF_FACT_COUNT = 8 };

struct spf_result {
	const char *domain; /* whose record decides, or NULL */
	enum result result;
	enum cause cause;
	const char *mechanism; /* the term that matched, or NULL */
	const char *record;    /* the domain's own record, or NULL */
	const char *exp;       /* the domain's explanation, or NULL */
	const char *explanation;
	const char *clause;
	unsigned lookups, void_lookups;
	struct spf_step *step;
	size_t step_count, step_room;
	unsigned facts;
	const char *fact_at[SPF_FACT_COUNT]; /* of each fact: the first domain concerned (of a
						dangling one, the target) */
	uint64_t addresses; /* IPv4 addresses that the records evaluated authorise */
};
/* The domain of one fact (one bit), or NULL where it does not hold. */
const char *spf_fact_domain(const struct spf_result *, enum spf_fact);

struct spf {
	const struct spf_result *mail_from, *helo; /* never NULL */
	const char *client_ip;
};

/* check_host() for the MAIL FROM identity, and for HELO. */
const struct spf_result *spf_check_mail_from(
	struct arena *, struct dns_log *, const struct spf_query *);
const struct spf_result *spf_check_helo(struct arena *, struct dns_log *, const struct spf_query *);
const struct spf *spf_check(struct arena *, struct dns_log *, const struct spf_query *);

/*
 * What a domain publishes, apart from any client: the whole tree of its record is walked, all
 * branches. Lookups are counted as the worst client would cause them. At most SPF_MAX_SURVEY
 * records are read.
 */
enum { SPF_MAX_SURVEY = 100 };
struct spf_survey {
	const char *domain, *record; /* NULL: none */
	enum result result;          /* none, permerror, temperror; else end */
	enum cause cause;
	const char *problem; /* a sentence, or NULL */
	unsigned lookups, void_lookups, records;
	unsigned facts; /* enum spf_fact */
	const char *fact_at[SPF_FACT_COUNT];
	uint64_t addresses;    /* IPv4; macros and ptr authorise more that can't be counted */
	size_t record_length;  /* octets of the domain's own record */
	const char **dangling; /* every include, redirect, a or mx whose name does not exist */
	size_t dangling_count, dangling_room;
	struct spf_step *step;
	size_t step_count, step_room;
	bool complete;         /* nothing needed was not recorded */
	bool quoted;           /* literal quotes or backslashes stand in the record */
	const char *near_miss; /* a TXT record that means to be SPF but is none, or NULL */
	bool has_end;          /* all or redirect= ends the record */
	enum result
		end;    /* what the record gives a client that nothing lists: its all, or neutral */
	bool redirects; /* redirect= decides: result is not the record's own */
	bool after_all; /* mechanisms stand behind all, never reached */
};
const struct spf_survey *spf_survey(struct arena *, struct dns_log *, const char *domain);

#endif
