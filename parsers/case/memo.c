/* SPDX-License-Identifier: ISC */
/*
 * Rings of entries, one for each worker, and a table of places in them, by fingerprint. Nobody locks, and a worker may die or
 * stand still at any point: an entry is in the table only when it is whole, only its ring's worker ever writes there, and says
 * in `head` how far it comes before it does. So what was read is whole as long as the head has not come round to it since.
 *
 * The rings are a file in memory that nobody maps: a page that is written by the system is neither cleared nor faulted in,
 * which costs more than half of a record's way there.
 */
#define _GNU_SOURCE /* memfd_create() */
#include "parsers/case/memo.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <unistd.h>

#include "parsers/base/digest.h"

enum { SLOTS = 1 << 18, MOST_RINGS = 256, LEAST_RING = 4 << 20, SHA256_HEX = 64 };

struct shared {
	_Atomic uint64_t head[MOST_RINGS]; /* bytes of the ring ever given out */
	_Atomic uint64_t slot[SLOTS];      /* place of an entry; 0: none */
};

struct memo {
	struct shared *shared;
	int fd;
	unsigned ring; /* this process's */
	uint64_t room; /* of a ring */
};

struct entry {
	uint64_t print, task;
	uint32_t separator_len, stats_len, kept_len, is_mbox;
	char sha256[SHA256_HEX];
	/* separator, stats, kept */
};

struct memo *memo_new(unsigned rings)
{
	struct memo *memo = calloc(1, sizeof *memo);

	if (!memo)
		return NULL;
	memo->room = MEMO_BYTES / rings < LEAST_RING ? LEAST_RING : MEMO_BYTES / rings;
	memo->fd = rings <= MOST_RINGS ? memfd_create("mailcheck-memo", MFD_CLOEXEC) : -1;
	memo->shared = mmap(NULL, sizeof *memo->shared, PROT_READ | PROT_WRITE,
		MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (memo->fd >= 0 && memo->shared != MAP_FAILED && atomic_is_lock_free(&memo->shared->head[0]))
		return memo;
	memo_free(memo);
	return NULL;
}

void memo_free(struct memo *memo)
{
	if (!memo)
		return;
	if (memo->shared != MAP_FAILED)
		munmap(memo->shared, sizeof *memo->shared);
	if (memo->fd >= 0)
		close(memo->fd);
	free(memo);
}

void memo_take_ring(struct memo *memo, unsigned ring)
{
	if (memo)
		memo->ring = ring;
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

/* A place: of a ring's bytes ever given out, and the ring; never 0. */
static uint64_t place_of(uint64_t at, unsigned ring)
{
	return (at * MOST_RINGS + ring) + 1;
}

static uint64_t place_at(uint64_t place)
{
	return (place - 1) / MOST_RINGS;
}

static unsigned place_ring(uint64_t place)
{
	return (unsigned)((place - 1) % MOST_RINGS);
}

static off_t file_offset(const struct memo *memo, uint64_t place)
{
	return (off_t)(place_ring(place) * memo->room + place_at(place) % memo->room);
}

/* Room for LEN bytes side by side in this process's ring. */
static uint64_t take_room(struct memo *memo, size_t len)
{
	_Atomic uint64_t *head = &memo->shared->head[memo->ring];
	uint64_t at = atomic_load(head), left = memo->room - at % memo->room;

	if (len > left)
		at += left;
	atomic_store(head, at + len);
	return place_of(at, memo->ring);
}

static bool is_whole(struct memo *memo, uint64_t place)
{
	return atomic_load(&memo->shared->head[place_ring(place)]) - place_at(place) <= memo->room;
}

static struct iovec piece(const void *ptr, size_t len)
{
	return (struct iovec){(void *)(uintptr_t)ptr, len};
}

struct memo_written memo_write(struct memo *memo, const struct memo_key *key, const char *sha256,
	const struct memo_value *value)
{
	struct span separator = key->origin->separator, stats = value->stats, kept = value->kept;
	struct entry e = {.print = key->print,
		.task = key->task,
		.is_mbox = key->origin->kind == SOURCE_MBOX};
	struct iovec all[] = {piece(&e, sizeof e), piece(separator.ptr, separator.len),
		piece(stats.ptr, stats.len), piece(kept.ptr, kept.len)};
	size_t len = sizeof e + separator.len + stats.len + kept.len;
	uint64_t place;

	if (!memo || len > memo->room / 4)
		return (struct memo_written){0};
	e.separator_len = (uint32_t)separator.len;
	e.stats_len = (uint32_t)stats.len;
	e.kept_len = (uint32_t)kept.len;
	memcpy(e.sha256, sha256, SHA256_HEX);
	place = take_room(memo, len);
	if (pwritev(memo->fd, all, 4, file_offset(memo, place)) != (ssize_t)len)
		return (struct memo_written){0};
	return (struct memo_written){key->print, place};
}

void memo_publish(struct memo *memo, struct memo_written written)
{
	if (written.place)
		atomic_store(&memo->shared->slot[written.print % SLOTS], written.place);
}

static bool read_all(struct memo *memo, void *to, size_t len, off_t at)
{
	return pread(memo->fd, to, len, at) == (ssize_t)len;
}

static bool is_of(const struct entry *e, const struct memo_key *key)
{
	return e->print == key->print && e->task <= key->task &&
	       e->is_mbox == (key->origin->kind == SOURCE_MBOX);
}

bool memo_find(
	struct memo *memo, struct arena *arena, const struct memo_key *key, struct memo_value *ret)
{
	uint64_t place = memo ? atomic_load(&memo->shared->slot[key->print % SLOTS]) : 0;
	struct span separator, rest;
	struct entry e;

	if (!place || !read_all(memo, &e, sizeof e, file_offset(memo, place)) ||
		!is_whole(memo, place) || !is_of(&e, key))
		return false;
	rest.len = (size_t)e.separator_len + e.stats_len + e.kept_len;
	rest.ptr = arena_bytes(arena, rest.len);
	if (!read_all(memo, (void *)(uintptr_t)rest.ptr, rest.len,
		    file_offset(memo, place) + (off_t)sizeof e) ||
		!is_whole(memo, place))
		return false;
	separator = span_sub(rest, 0, e.separator_len);
	rest = span_skip(rest, e.separator_len);
	*ret = (struct memo_value){span_sub(rest, 0, e.stats_len), span_skip(rest, e.stats_len)};
	return span_eq(separator, key->origin->separator) &&
	       memcmp(digest_hex(arena, DIGEST_SHA256, key->raw), e.sha256, SHA256_HEX) == 0;
}
