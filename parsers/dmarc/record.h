/* SPDX-License-Identifier: ISC */
/* One DMARC Policy Record (RFC 9989 4.7, RFC 7489 6.3) and the walk up the DNS tree (RFC
 * 9989 4.10). */
#ifndef PARSERS_DMARC_RECORD_H
#define PARSERS_DMARC_RECORD_H

#include "parsers/dmarc/dmarc.h"

struct dmarc_record {
	const char *text;            /* as published, printable */
	enum dmarc_policy p, sp, np; /* POLICY_UNSET where absent or wrong */
	bool has_p;                  /* present, right or wrong */
	bool bad_policy;             /* p, sp or np with another word */
	char psd;                    /* 'y', 'n', 'u' */
	bool testing, strict_dkim, strict_spf;
	const char *rua, *ruf; /* printable, or NULL */
	bool rua_valid;        /* at least one URI can be used */
	int pct;               /* 100 where not said or no number */
	const char *problem;   /* the first thing that is wrong, a sentence part; or NULL */
};

/* Whether TXT begins with v=DMARC1 (RFC 9989 4.7: the first tag, in this case). */
bool dmarc_is_record(struct arena *, struct span txt);
struct dmarc_record dmarc_record_parse(struct arena *, struct span txt);

/* What stands at _dmarc.DOMAIN. */
enum dmarc_presence {
	DMARC_ABSENT,
	DMARC_PRESENT,
	DMARC_SEVERAL,
	DMARC_LOOKUP_FAILED,
	DMARC_UNKNOWN
};
struct dmarc_publication {
	const char *domain, *name; /* name: _dmarc.domain */
	enum dmarc_presence presence;
	size_t records; /* that begin with v=DMARC1 */
	struct dmarc_record record;
	const char *near_miss; /* a TXT record that means to be one but is none ("v=dmarc1", quotes
				  in it), or NULL */
};
struct dmarc_publication dmarc_fetch(struct arena *, struct dns_log *, const char *domain);

enum { DMARC_WALK_MAX = 8 }; /* RFC 9989 4.10 */
struct dmarc_walk {
	struct dmarc_publication stop[DMARC_WALK_MAX];
	size_t count;
	const char *org;  /* the Organizational Domain */
	const char *rule; /* how it was chosen, a sentence part */
	const struct dmarc_publication *org_record,
		*psd_record; /* what it found of these, or NULL */
	bool unknown; /* a name of several labels is not recorded: it could have been another */
	bool failed;  /* a lookup failed */
};
const struct dmarc_walk *dmarc_walk(struct arena *, struct dns_log *, const char *domain);

/* How many labels DOMAIN has, and its last N labels. */
size_t dmarc_labels(const char *domain);
const char *dmarc_tail(const char *domain, size_t labels);

#endif
