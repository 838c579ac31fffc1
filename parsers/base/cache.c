/* SPDX-License-Identifier: ISC */
#include "parsers/base/cache.h"

#include <stdlib.h>

enum { BUCKETS = 4096, MOST_BYTES = 8 << 20 };

struct cache_entry {
	struct span key;
	void *value;
	struct cache_entry *next;
};

void cache_init(struct cache *cache)
{
	*cache = (struct cache){ .arena = arena_new(), .bucket = calloc(BUCKETS, sizeof *cache->bucket) };
	if (!cache->bucket)
		abort();
}

void cache_release(struct cache *cache)
{
	arena_free(cache->arena);
	buffer_release(&cache->key);
	free(cache->bucket);
}

void cache_trim(struct cache *cache)
{
	if (arena_used(cache->arena) <= MOST_BYTES)
		return;
	arena_reset(cache->arena);
	memset(cache->bucket, 0, BUCKETS * sizeof *cache->bucket);
}

static struct cache_entry **bucket_of(const struct cache *cache, struct span key)
{
	return &cache->bucket[span_hash(key) % BUCKETS];
}

void *cache_find(const struct cache *cache, struct span key)
{
	for (const struct cache_entry *entry = *bucket_of(cache, key); entry; entry = entry->next)
		if (span_eq(entry->key, key))
			return entry->value;
	return NULL;
}

void cache_add(struct cache *cache, struct span key, void *value)
{
	struct cache_entry **bucket = bucket_of(cache, key);
	struct cache_entry *entry = ARENA_NEW(cache->arena, struct cache_entry);

	*entry = (struct cache_entry){ arena_copy(cache->arena, key), value, *bucket };
	*bucket = entry;
}
