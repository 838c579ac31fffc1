/* SPDX-License-Identifier: ISC */
#include "parsers/dmarc/dmarc.h"

static const char *const standards[] = {"rfc9989", "rfc7489"};
static const char *const policies[] = {NULL, "none", "quarantine", "reject"};

const char *dmarc_standard_word(enum dmarc_standard standard)
{
	return standards[standard];
}

const char *dmarc_policy_word(enum dmarc_policy policy)
{
	return policies[policy];
}

const char *dmarc_org_domain(
	struct arena *arena, struct dns_log *dns, const char *domain, bool *ret_known)
{
	(void)dns;
	if (ret_known)
		*ret_known = false;
	return domain ? arena_strdup(arena, domain) : NULL;
}

static struct dmarc_eval *no_eval(
	struct arena *arena, const struct dmarc_query *query, enum dmarc_standard standard)
{
	struct dmarc_eval *e = ARENA_NEW(arena, struct dmarc_eval);

	e->standard = standard;
	e->author_domain = query->author_domain;
	e->explanation = "DMARC was not evaluated.";
	e->pct = 100;
	return e;
}

const struct dmarc *dmarc_check(
	struct arena *arena, struct dns_log *dns, const struct dmarc_query *query)
{
	struct dmarc *d = ARENA_NEW(arena, struct dmarc);

	(void)dns;
	d->standard = query->standard;
	d->rfc9989 = no_eval(arena, query, DMARC_RFC9989);
	d->rfc7489 = no_eval(arena, query, DMARC_RFC7489);
	d->decides = query->standard == DMARC_RFC9989 ? d->rfc9989 : d->rfc7489;
	d->explanation = d->decides->explanation;
	d->dkim_alignment = arena_bytes(arena, query->dkim ? query->dkim->count + 1 : 1);
	memset(d->dkim_alignment, 0, query->dkim ? query->dkim->count + 1 : 1);
	return d;
}
