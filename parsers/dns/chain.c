/* SPDX-License-Identifier: ISC */
#include "parsers/dns/dns.h"

#include <stdlib.h>

struct chain {
	struct dns dns;
	struct dns *first, *second;
};

static void chain_answer(struct dns *dns, struct arena *arena, const char *name, enum dns_type type,
	struct dns_answer *ret)
{
	struct chain *chain = (struct chain *)dns;

	chain->first->ops->answer(chain->first, arena, name, type, ret);
	if (ret->status == DNS_NOT_RECORDED)
		chain->second->ops->answer(chain->second, arena, name, type, ret);
}

static void chain_free(struct dns *dns)
{
	struct chain *chain = (struct chain *)dns;

	dns_free(chain->first);
	dns_free(chain->second);
	free(chain);
}

static const struct dns_ops chain_ops = {chain_answer, chain_free};

struct dns *dns_chain(struct dns *first, struct dns *second)
{
	struct chain *chain = first && second ? calloc(1, sizeof *chain) : NULL;

	if (!chain)
		return first ? first : second;
	*chain = (struct chain){{&chain_ops}, first, second};
	return &chain->dns;
}
