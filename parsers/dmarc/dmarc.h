/* SPDX-License-Identifier: ISC */
/*
 * DMARC under RFC 9989 (DNS tree walk; np, psd, t) and under RFC 7489 (public suffix list; pct),
 * always both, each with the lines of its derivation.
 */
#ifndef PARSERS_DMARC_DMARC_H
#define PARSERS_DMARC_DMARC_H

#include "parsers/dkim/dkim.h"
#include "parsers/spf/spf.h"

enum dmarc_standard { DMARC_RFC9989, DMARC_RFC7489 };
enum dmarc_policy { POLICY_UNSET, POLICY_NONE, POLICY_QUARANTINE, POLICY_REJECT };
const char *dmarc_standard_word(enum dmarc_standard);
/* NULL for POLICY_UNSET. */
const char *dmarc_policy_word(enum dmarc_policy);

/* Facts about the records, for findings (bits). */
enum dmarc_fact {
	DMARC_MULTIPLE = 1 << 0,     /* more than one record at a name */
	DMARC_SYNTAX = 1 << 1,       /* a record that can't be applied as written */
	DMARC_PARTIAL = 1 << 2,      /* pct below 100 or t=y */
	DMARC_SP_HOLE = 1 << 3,      /* sp=none under an enforcing p */
	DMARC_NX_SUBDOMAIN = 1 << 4, /* the Author Domain does not exist */
	DMARC_PSL_TRAP = 1 << 5, /* aligned only if a public suffix is taken for an organisation */
	DMARC_SIBLING = 1 << 6,  /* passes only by relaxed alignment from another name */
};

struct dmarc_aligned {
	bool strict;        /* adkim or aspf */
	const char *domain; /* the identifier that decided (an aligned one that passed, else the
			       first that passed), or NULL */
	bool passed, aligned;
};

struct dmarc_eval {
	enum dmarc_standard standard;
	enum result result;
	enum cause cause;
	const char *author_domain, *record_domain, *record, *org_domain;
	enum dmarc_policy policy, disposition;
	const char *policy_tag; /* "p", "sp", "np", or NULL */
	struct dmarc_aligned dkim, spf;
	const char **step;
	size_t step_count, step_room;
	const char *explanation;
	unsigned facts;
	bool complete; /* no record that matters was "not recorded" */
	const char *rua, *ruf;
	int pct;      /* RFC 7489: 100 where not said */
	bool testing; /* t=y */
};

struct dmarc {
	enum dmarc_standard standard; /* which decides */
	const struct dmarc_eval *rfc9989, *rfc7489, *decides;
	bool differs;
	const char *explanation;
	/* For each DKIM signature: 2 aligned strictly (the same domain), 1 relaxed (the same
	 * organisation), 0 not. */
	unsigned char *dkim_alignment;
};

/* The public suffix list: NULL FILE for the one that libpsl carries. */
struct psl;
struct psl *psl_open(const char *file, struct error *reterr);
/* Not psl_free(): that is the library's. */
void psl_close(struct psl *);
/* The Organizational Domain by the list (RFC 7489 3.2), or the name itself where it is a public
 * suffix: a part of DOMAIN, its end. NULL for NULL. */
const char *psl_org_domain(const struct psl *, const char *domain);
bool psl_is_suffix(const struct psl *, const char *domain);
/* "2023-02-09", or NULL. */
const char *psl_date(const struct psl *);

/* The Organizational Domain by the tree walk (RFC 9989 4.10); may ask DNS. *RET_KNOWN: nothing
 * needed was not recorded. */
const char *dmarc_org_domain(struct arena *, struct dns_log *, const char *domain, bool *ret_known);

struct dmarc_cache;
struct dmarc_query {
	const char *author_domain; /* A-labels, or NULL where From has none */
	size_t author_domains;     /* different domains in From (RFC 9989 5.3.1: more than one) */
	const struct dkim *dkim;
	const struct spf *spf;
	const struct psl *psl;
	enum dmarc_standard standard;
	struct dmarc_cache *cache; /* of what was discovered of authors, or NULL */
};
const struct dmarc *dmarc_check(struct arena *, struct dns_log *, const struct dmarc_query *);

/*
 * What was said before, for one DNS evidence and one public suffix list: the result, and what DNS is asked for it, are those of
 * dmarc_check(). They lie in the cache. Trim is called where no result is in use any more, and forgets all where that is much.
 */
struct dmarc_cache *dmarc_cache_new(void);
void dmarc_cache_free(struct dmarc_cache *);
void dmarc_cache_trim(struct dmarc_cache *);
/* CACHE may be NULL. */
const struct dmarc *dmarc_check_cached(
	struct dmarc_cache *, struct arena *, struct dns_log *, const struct dmarc_query *);

#endif
