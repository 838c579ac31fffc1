/* SPDX-License-Identifier: ISC */
/* Which signatures of a selector are paired, until a key comes out that made them. */
#include <stdlib.h>

#include "parsers/report/keys.h"

enum {
	MOST_POWERS = 5,  /* numbers held at a time: 17 MB each for 2048 bits */
	FIRST_PAIRS = 6,  /* pairs tried for a first key with e = 65537 */
	OTHER_PAIRS = 2,  /* and for another key of the same selector */
	CHEAP_PAIRS = 45, /* with a small exponent, which costs next to nothing */
};

/* Samples of one length that no found key has made. */
struct pool {
	const struct recover_sample **sample;
	size_t count;
};

/* Likely untouched ones first, then by time: neighbours were made with the same key. */
static int by_use(const void *a, const void *b)
{
	const struct recover_sample *x = *(const struct recover_sample *const *)a;
	const struct recover_sample *y = *(const struct recover_sample *const *)b;
	size_t len = x->signature.len;

	if (x->signature.len != y->signature.len)
		return x->signature.len < y->signature.len ? -1 : 1;
	if (x->body_matches != y->body_matches)
		return x->body_matches ? -1 : 1;
	if (x->time != y->time)
		return x->time < y->time ? -1 : 1;
	return memcmp(x->signature.ptr, y->signature.ptr, len);
}

/* One power of the pool, made when first asked for. */
static struct recover_power *power_of(
	struct recover_power **power, const struct pool *pool, size_t i, unsigned long exponent)
{
	if (!power[i])
		power[i] = recover_power_new(pool->sample[i], exponent);
	return power[i];
}

/*
 * Pairs of the first samples, neighbours before others: (0,1) (1,2) (0,2) (2,3) ... Each new sample
 * is paired with those before it, so that a few changed ones among them do no harm.
 */
static struct span search(struct arena *arena, const struct pool *pool, unsigned long exponent,
	size_t most_samples, size_t most_pairs, size_t *pairs)
{
	struct recover_power *power[10] = {NULL};
	struct span found = SPAN_NONE;
	size_t count = pool->count < most_samples ? pool->count : most_samples, tried = 0;

	for (size_t i = 1; i < count && !found.ptr; i++)
		for (size_t back = 1; back <= i && !found.ptr && tried < most_pairs;
			back++, tried++) {
			const struct recover_power *a = power_of(power, pool, i, exponent);
			const struct recover_power *b = power_of(power, pool, i - back, exponent);

			if (a && b)
				found = recover_modulus(
					arena, a, b, pool->sample[i]->signature.len);
		}
	for (size_t i = 0; i < count; i++)
		recover_power_free(power[i]);
	*pairs += tried;
	return found;
}

static struct span search_exponents(struct arena *arena, const struct pool *pool, bool first,
	unsigned long *ret_exponent, size_t *pairs)
{
	static const unsigned long small[] = {3, 5, 17, 257};
	struct span found = SPAN_NONE;
	size_t ignored = 0;

	for (size_t i = 0; i < sizeof small / sizeof *small && !found.ptr; i++) {
		*ret_exponent = small[i];
		found = search(arena, pool, small[i], 10, CHEAP_PAIRS, &ignored);
	}
	if (found.ptr)
		return found;
	*ret_exponent = 65537;
	return search(arena, pool, 65537, MOST_POWERS, first ? FIRST_PAIRS : OTHER_PAIRS, pairs);
}

static void note_time(struct key_found *key, int64_t time)
{
	if (time == TIME_NONE)
		return;
	if (key->first == TIME_NONE || time < key->first)
		key->first = time;
	if (key->last == TIME_NONE || time > key->last)
		key->last = time;
}

/* Takes out of the pool what the key made. A modulus that made fewer than two is an accident. */
static bool confirm(struct pool *pool, struct key_found *key)
{
	uint8_t e[3] = {(uint8_t)(key->exponent >> 16), (uint8_t)(key->exponent >> 8),
		(uint8_t)key->exponent};
	struct public_key *public = public_key_rsa(key->modulus, span_make(e, sizeof e));
	size_t left = 0;

	key->first = key->last = TIME_NONE;
	for (size_t i = 0; public && i < pool->count; i++)
		if (recover_holds(public, pool->sample[i])) {
			key->confirmed++;
			note_time(key, pool->sample[i]->time);
		} else
			pool->sample[left++] = pool->sample[i];
	if (public)
		pool->count = left;
	public_key_free(public);
	return key->confirmed >= 2;
}

/*
 * What a first key leaves over is mostly changed messages, and each pair of them costs as much as
 * one that succeeds. Another key is looked for where the domain seems to have changed it:
 * signatures from before or after those that the first one made.
 */
static bool another_key_likely(const struct pool *pool, const struct key_found *key)
{
	enum { LEAST = 4 };
	size_t outside = 0;

	for (size_t i = 0; i < pool->count && key->first != TIME_NONE; i++) {
		const struct recover_sample *s = pool->sample[i];

		outside += s->body_matches && s->time != TIME_NONE &&
			   (s->time < key->first || s->time > key->last);
	}
	return outside >= LEAST;
}

/* All keys of one length. */
static void search_pool(struct arena *arena, struct pool *pool, struct key_search *ret)
{
	size_t most = sizeof ret->key / sizeof *ret->key, before = ret->count;

	while (pool->count >= 2 && ret->count < most) {
		struct key_found key = {.confirmed = 0};

		if (ret->count > before && !another_key_likely(pool, &ret->key[ret->count - 1]))
			break;
		key.modulus = search_exponents(
			arena, pool, ret->count == before, &key.exponent, &ret->pairs);
		if (!key.modulus.ptr || !confirm(pool, &key))
			break;
		ret->key[ret->count++] = key;
	}
}

struct key_search keyring_recover(struct arena *arena, const struct key_entry *entry)
{
	struct key_search ret = {.samples = entry->sample_count};
	const struct recover_sample **sample =
		ARENA_ARRAY(arena, const struct recover_sample *, entry->sample_count + 1);

	if (!recover_available()) {
		ret.why = "this build has no GMP";
		return ret;
	}
	for (size_t i = 0; i < entry->sample_count; i++)
		sample[i] = &entry->sample[i];
	if (entry->sample_count)
		qsort(sample, entry->sample_count, sizeof *sample, by_use);
	for (size_t from = 0, to; from < entry->sample_count; from = to) {
		struct pool pool = {.sample = sample + from};

		for (to = from; to < entry->sample_count &&
				sample[to]->signature.len == sample[from]->signature.len;
			to++)
			;
		pool.count = to - from;
		search_pool(arena, &pool, &ret);
	}
	if (!ret.count)
		ret.why = entry->sample_count < 2 ? "only one signature"
						  : "no two signatures agree on a key";
	return ret;
}

/* The record as character-strings of at most 255 octets. */
static void write_record(struct buffer *out, const char *name, const char *text)
{
	struct span rest = span_of(text);

	buffer_printf(out, "%s. IN TXT", name);
	for (; rest.len; rest = span_skip(rest, 255)) {
		struct span part = span_sub(rest, 0, 255);

		buffer_str(out, " \"");
		buffer_span(out, part);
		buffer_char(out, '"');
	}
	buffer_char(out, '\n');
}

static const char *day(struct arena *arena, int64_t time)
{
	return time == TIME_NONE
		       ? "?"
		       : arena_text(arena, span_sub(span_of(moment_text(arena, time)), 0, 10));
}

/* A name fit for a master file: other characters in its escapes (RFC 1035 5.1). */
static const char *file_name(struct arena *arena, const char *name)
{
	struct buffer b = BUFFER_INIT;
	const char *text;

	for (; *name; name++)
		if (is_alnum((uint8_t)*name) || strchr("-._", *name))
			buffer_char(&b, *name);
		else
			buffer_printf(&b, "\\%03u", (unsigned)(uint8_t)*name);
	text = arena_strdup(arena, buffer_text(&b));
	buffer_release(&b);
	return text;
}

void keyring_write(
	struct buffer *out, const struct key_entry *entry, const struct key_search *found)
{
	struct arena *arena = arena_new();
	const char *name = file_name(arena, entry->name);

	if (!found->count)
		buffer_printf(out, "; not recovered %s. from %zu signatures: %s\n", name,
			found->samples, found->why);
	for (size_t i = 0; i < found->count; i++) {
		const struct key_found *key = &found->key[i];

		buffer_printf(out,
			";@ window - - recovered from signatures: made %zu of %zu, %s to %s\n",
			key->confirmed, found->samples, day(arena, key->first),
			day(arena, key->last));
		write_record(out, name, recover_record(arena, key->modulus, key->exponent));
	}
	if (found->count)
		buffer_str(out, ";@ window - -\n");
	arena_free(arena);
}
