/* SPDX-License-Identifier: ISC */
/*
 * A ring of entries and a table of places in it, by fingerprint. Workers write without locks, and
 * one may die or stand still at any point: an entry is in the table only when it is whole, it says
 * its own place, and a checksum over all of it tells whether somebody has begun to overwrite it.
 * Whatever is in doubt is not found.
 */
#define _DEFAULT_SOURCE /* MAP_ANONYMOUS */
#include "parsers/case/memo.h"

#include <stdatomic.h>
#include <sys/mman.h>

#include "parsers/base/digest.h"

enum { SLOTS = 1 << 18, MOST = MEMO_BYTES / 4, SHA256_HEX = 64 };

struct memo {
	_Atomic uint64_t head;        /* bytes of the ring ever given out */
	_Atomic uint64_t slot[SLOTS]; /* place + 1; 0: none */
	uint8_t ring[MEMO_BYTES];
};

struct entry {
	uint64_t checksum; /* of what follows, to the end of the spans */
	uint64_t at, print, task;
	uint32_t separator_len, stats_len, kept_len, is_mbox;
	char sha256[SHA256_HEX];
	/* separator, stats, kept */
};

struct memo *memo_new(void)
{
	struct memo *memo = mmap(NULL, sizeof *memo, PROT_READ | PROT_WRITE,
		MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (memo == MAP_FAILED)
		return NULL;
	if (atomic_is_lock_free(&memo->head))
		return memo;
	memo_free(memo);
	return NULL;
}

void memo_free(struct memo *memo)
{
	if (memo)
		munmap(memo, sizeof *memo);
}

/* --- fingerprints: fast and no proof; equal ones are compared by SHA-256 --- */

static uint64_t mix(uint64_t h, uint64_t word)
{
	h = (h ^ word) * 0x9e3779b97f4a7c15u;
	return h ^ h >> 32;
}

static uint64_t word_at(const uint8_t *p)
{
	uint64_t word;

	memcpy(&word, p, sizeof word);
	return word;
}

/* Four lanes, because a multiplication waits for the one before it. */
static uint64_t fingerprint(struct span s, uint64_t seed)
{
	uint64_t lane[4] = {seed, seed + 1, seed + 2, seed + 3};
	uint64_t last = 0;
	size_t at = 0;

	for (; s.len - at >= 32; at += 32)
		for (size_t i = 0; i < 4; i++)
			lane[i] = mix(lane[i], word_at(s.ptr + at + 8 * i));
	for (; s.len - at >= 8; at += 8)
		lane[0] = mix(lane[0], word_at(s.ptr + at));
	if (at < s.len)
		memcpy(&last, s.ptr + at, s.len - at);
	lane[0] = mix(mix(lane[0], last), s.len);
	return mix(mix(mix(lane[0], lane[1]), lane[2]), lane[3]);
}

struct memo_key memo_key(struct span raw, const struct origin *origin, uint64_t task)
{
	uint64_t seed = fingerprint(origin->separator, origin->kind == SOURCE_MBOX);

	return (struct memo_key){raw, origin, fingerprint(raw, seed), task};
}

/* --- entries --- */

static size_t entry_len(const struct entry *e)
{
	return sizeof *e + (size_t)e->separator_len + e->stats_len + e->kept_len;
}

static uint64_t checksum(const void *entry, size_t len)
{
	return fingerprint(span_skip(span_make(entry, len), sizeof(uint64_t)), 0);
}

/* Room in the ring for LEN bytes side by side. */
static uint64_t take_room(struct memo *memo, size_t len)
{
	uint64_t at;

	do
		at = atomic_fetch_add(&memo->head, len);
	while (at % MEMO_BYTES + len > MEMO_BYTES);
	return at;
}

static uint8_t *copy_span(uint8_t *to, struct span s)
{
	if (s.len)
		memcpy(to, s.ptr, s.len);
	return to + s.len;
}

uint64_t memo_write(struct memo *memo, const struct memo_key *key, const char *sha256,
	const struct memo_value *value)
{
	struct span separator = key->origin->separator;
	struct entry e = {.print = key->print,
		.task = key->task,
		.is_mbox = key->origin->kind == SOURCE_MBOX};
	uint8_t *to;
	size_t len;

	if (!memo || separator.len > MOST / 4 || value->stats.len > MOST / 4 ||
		value->kept.len > MOST / 4)
		return 0;
	e.separator_len = (uint32_t)separator.len;
	e.stats_len = (uint32_t)value->stats.len;
	e.kept_len = (uint32_t)value->kept.len;
	memcpy(e.sha256, sha256, SHA256_HEX);
	len = (entry_len(&e) + 7) & ~(size_t)7;
	e.at = take_room(memo, len);
	to = memo->ring + e.at % MEMO_BYTES;
	memcpy(to, &e, sizeof e);
	copy_span(copy_span(copy_span(to + sizeof e, separator), value->stats), value->kept);
	e.checksum = checksum(to, entry_len(&e));
	memcpy(to, &e.checksum, sizeof e.checksum);
	return e.at + 1;
}

void memo_publish(struct memo *memo, uint64_t written)
{
	struct entry e;

	if (!written)
		return;
	memcpy(&e, memo->ring + (written - 1) % MEMO_BYTES, sizeof e);
	atomic_store(&memo->slot[e.print % SLOTS], written);
}

/* The entry at AT, copied before it is looked at; NULL where it is no longer whole. */
static const struct entry *read_entry(struct memo *memo, struct arena *arena, uint64_t at)
{
	const uint8_t *from = memo->ring + at % MEMO_BYTES;
	struct entry e;
	uint8_t *copy;

	memcpy(&e, from, sizeof e);
	if (e.at != at || e.separator_len > MOST / 4 || e.stats_len > MOST / 4 ||
		e.kept_len > MOST / 4 || at % MEMO_BYTES + entry_len(&e) > MEMO_BYTES)
		return NULL;
	copy = arena_alloc(arena, entry_len(&e));
	memcpy(copy, from, entry_len(&e));
	/* The lengths that were checked count, not those that may stand there by now. */
	memcpy(copy, &e, sizeof e);
	return checksum(copy, entry_len(&e)) == e.checksum
		       ? (const struct entry *)(const void *)copy
		       : NULL;
}

bool memo_find(
	struct memo *memo, struct arena *arena, const struct memo_key *key, struct memo_value *ret)
{
	uint64_t written = memo ? atomic_load(&memo->slot[key->print % SLOTS]) : 0;
	const struct entry *e = NULL;
	struct span separator, rest;

	if (written && word_at(memo->ring + (written - 1) % MEMO_BYTES +
			       offsetof(struct entry, print)) == key->print)
		e = read_entry(memo, arena, written - 1);
	if (!e || e->print != key->print || e->task > key->task ||
		e->is_mbox != (key->origin->kind == SOURCE_MBOX))
		return false;
	rest = span_make(e + 1, entry_len(e) - sizeof *e);
	separator = span_sub(rest, 0, e->separator_len);
	rest = span_skip(rest, e->separator_len);
	*ret = (struct memo_value){span_sub(rest, 0, e->stats_len), span_skip(rest, e->stats_len)};
	return span_eq(separator, key->origin->separator) &&
	       memcmp(digest_hex(arena, DIGEST_SHA256, key->raw), e->sha256, SHA256_HEX) == 0;
}
