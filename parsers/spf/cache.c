/* SPDX-License-Identifier: ISC */
/*
 * What check_host() said before of a client and a domain. Who wrote and how the client called
 * itself matter only to macros and to the sentence that tells the result, so that most messages of
 * a dump share few evaluations.
 */
#include "parsers/base/cache.h"

#include <stdlib.h>

#include "parsers/spf/evaluate.h"

struct spf_cache {
	struct cache cache;
};

struct spf_cache *spf_cache_new(void)
{
	struct spf_cache *cache = calloc(1, sizeof *cache);

	if (!cache)
		abort();
	cache_init(&cache->cache);
	return cache;
}

void spf_cache_free(struct spf_cache *cache)
{
	if (!cache)
		return;
	cache_release(&cache->cache);
	free(cache);
}

void spf_cache_trim(struct spf_cache *cache)
{
	cache_trim(&cache->cache);
}

static struct span make_key(struct buffer *key, const struct ip *client, const char *domain)
{
	buffer_clear(key);
	buffer_add(key, client->bytes, sizeof client->bytes);
	buffer_char(key, (char)client->family);
	buffer_str(key, domain);
	return buffer_view(key);
}

const struct spf_evaluation *spf_cache_find(
	struct spf_cache *cache, const struct ip *client, const char *domain)
{
	return cache_find(&cache->cache, make_key(&cache->cache.key, client, domain));
}

struct spf_evaluation *spf_cache_begin(struct spf_cache *cache, struct arena **ret_arena)
{
	*ret_arena = cache->cache.arena;
	return ARENA_NEW(cache->cache.arena, struct spf_evaluation);
}

void spf_cache_add(struct spf_cache *cache, const struct ip *client, const char *domain,
	struct spf_evaluation *evaluation)
{
	cache_add(&cache->cache, make_key(&cache->cache.key, client, domain), evaluation);
}
