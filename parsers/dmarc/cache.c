/* SPDX-License-Identifier: ISC */
/*
 * What DMARC said before of the same author with the same identifiers: all that it depends on, besides the DNS evidence, is a key
 * of a few names and results, and most messages of a dump come from few senders.
 */
#include <stdlib.h>

#include "parsers/base/buffer.h"
#include "parsers/dmarc/dmarc.h"

enum { BUCKETS = 1024, MOST_BYTES = 8 << 20, MOST_SIGNATURES = 8, MOST_KEY = 4096 };

struct cached {
	struct span key;
	const struct dmarc *dmarc;
	struct dns_log asked; /* on the way to it */
	struct cached *next;
};

struct dmarc_cache {
	struct arena *arena;
	struct buffer key;
	struct cached *bucket[BUCKETS];
};

struct dmarc_cache *dmarc_cache_new(void)
{
	struct dmarc_cache *cache = calloc(1, sizeof *cache);

	if (!cache)
		abort();
	cache->arena = arena_new();
	return cache;
}

void dmarc_cache_free(struct dmarc_cache *cache)
{
	if (!cache)
		return;
	arena_free(cache->arena);
	buffer_release(&cache->key);
	free(cache);
}

void dmarc_cache_trim(struct dmarc_cache *cache)
{
	if (arena_used(cache->arena) <= MOST_BYTES)
		return;
	arena_reset(cache->arena);
	memset(cache->bucket, 0, sizeof cache->bucket);
}

/* NULL and "" differ. */
static void key_text(struct buffer *key, const char *text)
{
	buffer_char(key, text ? '=' : '-');
	buffer_add(key, text ? text : "", text ? strlen(text) + 1 : 1);
}

static void key_words(struct buffer *key, unsigned a, unsigned b, unsigned c)
{
	unsigned word[3] = {a, b, c};

	buffer_add(key, word, sizeof word);
}

/* Everything that dmarc_check() reads of a query. */
static struct span make_key(struct buffer *key, const struct dmarc_query *query)
{
	const struct spf_result *spf = query->spf ? query->spf->mail_from : NULL;

	buffer_clear(key);
	key_text(key, query->author_domain);
	key_words(key, query->standard, (unsigned)query->author_domains, spf != NULL);
	if (spf) {
		key_text(key, spf->domain);
		key_words(key, spf->result, spf->cause, spf->facts);
	}
	for (size_t i = 0; query->dkim && i < query->dkim->count; i++) {
		const struct dkim_signature *s = &query->dkim->signature[i];

		key_text(key, s->domain);
		key_words(key, s->result, s->cause, 0);
	}
	return buffer_view(key);
}

static struct cached **find(struct dmarc_cache *cache, struct span key)
{
	uint64_t h = 14695981039346656037u;
	struct cached **at;

	for (size_t i = 0; i < key.len; i++)
		h = (h ^ key.ptr[i]) * 1099511628211u;
	at = &cache->bucket[(h ^ h >> 32) % BUCKETS];
	while (*at && !span_eq((*at)->key, key))
		at = &(*at)->next;
	return at;
}

static const char *keep(struct arena *arena, const char *text)
{
	return text ? arena_strdup(arena, text) : NULL;
}

/* The query with nothing in it that belongs to a message. */
static struct dmarc_query keep_query(struct arena *arena, const struct dmarc_query *query)
{
	struct dmarc_query ret = *query;
	struct dkim *dkim = ARENA_NEW(arena, struct dkim);
	struct spf *spf = ARENA_NEW(arena, struct spf);

	ret.author_domain = keep(arena, query->author_domain);
	if (query->dkim) {
		ret.dkim = dkim;
		dkim->count = query->dkim->count;
		dkim->signature = ARENA_ARRAY(arena, struct dkim_signature, dkim->count);
	}
	for (size_t i = 0; i < dkim->count; i++) {
		const struct dkim_signature *s = &query->dkim->signature[i];

		dkim->signature[i].domain = keep(arena, s->domain);
		dkim->signature[i].result = s->result;
		dkim->signature[i].cause = s->cause;
	}
	if (query->spf && query->spf->mail_from) {
		struct spf_result *result = ARENA_NEW(arena, struct spf_result);

		result->domain = keep(arena, query->spf->mail_from->domain);
		result->result = query->spf->mail_from->result;
		result->cause = query->spf->mail_from->cause;
		result->facts = query->spf->mail_from->facts;
		spf->mail_from = result;
		ret.spf = spf;
	}
	return ret;
}

const struct dmarc *dmarc_check_cached(struct dmarc_cache *cache, struct arena *arena,
	struct dns_log *dns, const struct dmarc_query *query)
{
	struct cached **at, *entry;
	struct dmarc_query kept;
	struct span key;

	if (!cache || (query->dkim && query->dkim->count > MOST_SIGNATURES))
		return dmarc_check(arena, dns, query);
	key = make_key(&cache->key, query);
	if (key.len > MOST_KEY)
		return dmarc_check(arena, dns, query);
	at = find(cache, key);
	entry = *at;
	if (!entry) {
		entry = *at = ARENA_NEW(cache->arena, struct cached);
		entry->key = arena_copy(cache->arena, key);
		dns_log_init(&entry->asked, cache->arena, dns->dns);
		kept = keep_query(cache->arena, query);
		entry->dmarc = dmarc_check(cache->arena, &entry->asked, &kept);
	}
	dns_log_replay(dns, &entry->asked);
	return entry->dmarc;
}
