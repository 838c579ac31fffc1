/* SPDX-License-Identifier: ISC */
#include "parsers/dns/snapshot.h"

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

static void each_of_snapshot(const struct snapshot *snapshot, enum dns_type type,
	void (*fn)(void *data, const char *name, const struct dns_answer *), void *data)
{
	for (size_t i = 0; i < snapshot->node_count; i++) {
		const struct snapshot_node *node = &snapshot->node[i];

		for (size_t j = 0; j < node->set_count; j++) {
			const struct snapshot_set *set = &node->set[j];

			if (set->type == (uint32_t)type && !set->replaced && set->answer.count)
				fn(data, node->name, &set->answer);
		}
	}
}

void dns_each(const struct dns *dns, enum dns_type type,
	void (*fn)(void *data, const char *name, const struct dns_answer *), void *data)
{
	const struct snapshot *snapshot = snapshot_of(dns);

	if (snapshot) {
		each_of_snapshot(snapshot, type, fn, data);
	} else if (dns && dns->ops == &chain_ops) {
		const struct chain *chain = (const struct chain *)dns;

		dns_each(chain->first, type, fn, data);
		dns_each(chain->second, type, fn, data);
	}
}
