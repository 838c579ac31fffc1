/* SPDX-License-Identifier: ISC */
/*
 * struct cache: what was worked out before, by a key of bytes. Its values lie in its arena. It is bounded: cache_trim(), called
 * where nothing of it is in use, forgets all where that has become much.
 */
#ifndef PARSERS_BASE_CACHE_H
#define PARSERS_BASE_CACHE_H

#include "parsers/base/arena.h"
#include "parsers/base/buffer.h"

struct cache {
	struct arena *arena;
	struct buffer key; /* room to make a key in */
	struct cache_entry **bucket;
};

void cache_init(struct cache *);
void cache_release(struct cache *);
void cache_trim(struct cache *);

/* What was added for KEY, or NULL. */
void *cache_find(const struct cache *, struct span key);
/* KEY is copied; it is not in the cache. */
void cache_add(struct cache *, struct span key, void *value);

#endif
