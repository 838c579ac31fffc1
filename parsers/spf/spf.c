/* SPDX-License-Identifier: ISC */
#include "parsers/spf/spf.h"

static const struct spf_result *no_result(struct arena *arena)
{
	struct spf_result *r = ARENA_NEW(arena, struct spf_result);

	r->explanation = "SPF was not evaluated.";
	return r;
}

const struct spf_result *spf_check_mail_from(struct arena *arena, struct dns_log *dns, const struct spf_query *query)
{
	(void)dns, (void)query;
	return no_result(arena);
}

const struct spf_result *spf_check_helo(struct arena *arena, struct dns_log *dns, const struct spf_query *query)
{
	(void)dns, (void)query;
	return no_result(arena);
}

const struct spf *spf_check(struct arena *arena, struct dns_log *dns, const struct spf_query *query)
{
	struct spf *spf = ARENA_NEW(arena, struct spf);

	spf->mail_from = spf_check_mail_from(arena, dns, query);
	spf->helo = spf_check_helo(arena, dns, query);
	return spf;
}
