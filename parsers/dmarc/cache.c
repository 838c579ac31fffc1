/* SPDX-License-Identifier: ISC */
/*
 * What DMARC said before of the same author with the same identifiers: all that it depends on,
 * besides the DNS evidence, is a key of a few names and results, and most messages of a dump come
 * from few senders.
 */
#include <stdlib.h>

#include "parsers/base/cache.h"
#include "parsers/dmarc/evaluate.h"

enum { MOST_SIGNATURES = 8, MOST_KEY = 4096 };

struct cached {
	const struct dmarc *dmarc;
	struct dns_log asked; /* on the way to it */
};

/* What dmarc_discover() gave for an author. */
struct discovered {
	struct dmarc_eval eval;
	const char *org;
	bool org_unknown, applies;
	const struct dmarc_record *record;
	struct dns_log asked;
};

struct dmarc_cache {
	struct cache cache;   /* of cached by query, and of discovered by author */
	struct buffer author; /* room for the key of one that is made on the way to another */
};

struct dmarc_cache *dmarc_cache_new(void)
{
	struct dmarc_cache *cache = calloc(1, sizeof *cache);

	if (!cache)
		abort();
	cache_init(&cache->cache);
	return cache;
}

void dmarc_cache_free(struct dmarc_cache *cache)
{
	if (!cache)
		return;
	cache_release(&cache->cache);
	buffer_release(&cache->author);
	free(cache);
}

void dmarc_cache_trim(struct dmarc_cache *cache)
{
	cache_trim(&cache->cache);
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

/* No key of a query begins so. */
static struct span make_author_key(struct buffer *key, const struct dmarc_run *run)
{
	buffer_clear(key);
	buffer_char(key, 'd');
	key_words(key, run->eval->standard, run->query->author_domains > 1, 0);
	buffer_str(key, run->author);
	return buffer_view(key);
}

static struct discovered *discover(struct arena *arena, const struct dmarc_run *run)
{
	struct discovered *ret = ARENA_NEW(arena, struct discovered);

	struct dmarc_run own = *run;

	dns_log_init(&ret->asked, arena, run->dns->dns);
	ret->eval = *run->eval;
	own.arena = arena;
	own.dns = &ret->asked;
	own.eval = &ret->eval;
	own.author = arena_strdup(arena, run->author);
	ret->applies = dmarc_discover(&own);
	ret->org = own.org;
	ret->org_unknown = own.org_unknown;
	ret->record = own.record;
	return ret;
}

bool dmarc_discover_once(struct dmarc_run *run)
{
	struct dmarc_cache *cache = run->query->cache;
	const struct discovered *known;
	struct span key;

	if (!cache)
		return dmarc_discover(run);
	key = make_author_key(&cache->author, run);
	known = cache_find(&cache->cache, key);
	if (!known) {
		struct discovered *fresh = discover(cache->cache.arena, run);

		cache_add(&cache->cache, key, fresh);
		known = fresh;
	}
	*run->eval = known->eval;
	run->eval->author_domain = run->author;
	run->eval->step_room = run->eval->step_count; /* what is added goes into a copy */
	run->org = known->org;
	run->org_unknown = known->org_unknown;
	run->record = known->record;
	dns_log_replay(run->dns, &known->asked);
	return known->applies;
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

static struct cached *evaluate(
	struct dmarc_cache *cache, struct dns *dns, const struct dmarc_query *query)
{
	struct arena *arena = cache->cache.arena;
	struct cached *entry = ARENA_NEW(arena, struct cached);
	struct dmarc_query kept = keep_query(arena, query);

	kept.cache = cache;
	dns_log_init(&entry->asked, arena, dns);
	entry->dmarc = dmarc_check(arena, &entry->asked, &kept);
	return entry;
}

const struct dmarc *dmarc_check_cached(struct dmarc_cache *cache, struct arena *arena,
	struct dns_log *dns, const struct dmarc_query *query)
{
	struct cached *entry;
	struct span key;

	if (!cache || (query->dkim && query->dkim->count > MOST_SIGNATURES))
		return dmarc_check(arena, dns, query);
	key = make_key(&cache->cache.key, query);
	if (key.len > MOST_KEY)
		return dmarc_check(arena, dns, query);
	entry = cache_find(&cache->cache, key);
	if (!entry) {
		entry = evaluate(cache, dns->dns, query);
		cache_add(&cache->cache, key, entry);
	}
	dns_log_replay(dns, &entry->asked);
	return entry->dmarc;
}
