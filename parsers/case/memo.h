/* SPDX-License-Identifier: ISC */
/*
 * struct memo: what came out for the messages read last, in memory that a scan's workers share, so
 * that a copy costs its hash. Bounded and lossy: the oldest is overwritten. What was found holds
 * for the same bytes with the same mbox separator line, which is all of a message's place that a
 * report depends on. Copies that differ in a byte (line ends, say) share `dedupe` and yet no memo:
 * their spans differ.
 */
#ifndef PARSERS_CASE_MEMO_H
#define PARSERS_CASE_MEMO_H

#include "parsers/base/arena.h"
#include "parsers/message/source.h"

/* Of all rings, or 4 MB each where that is more. */
enum { MEMO_BYTES = 32 << 20 };

struct memo;
/* For as many processes that write. To be made before they are. NULL where the system has no such
 * memory: then nothing is remembered. */
struct memo *memo_new(unsigned rings);
void memo_free(struct memo *);
/* In a process of its own: which of the rings it writes to, it alone. The first, where not called. */
void memo_take_ring(struct memo *, unsigned ring);

struct memo_key {
	struct span raw;
	const struct origin *origin;
	uint64_t print; /* of both */
	/*
	 * The number of the task that met it. Only what an earlier task (or the same) met is found:
	 * its record then comes before the copy's in the output.
	 */
	uint64_t task;
};
struct memo_key memo_key(struct span raw, const struct origin *, uint64_t task);

struct memo_value {
	struct span stats, kept;
};
/* True with the value, in ARENA. */
bool memo_find(struct memo *, struct arena *, const struct memo_key *, struct memo_value *ret);
/* Where something was written; nowhere (0) where it did not fit. */
struct memo_written {
	uint64_t print, place;
};
/* Remembers VALUE for the key's bytes, whose hash is SHA256; nobody finds it before memo_publish(). */
struct memo_written memo_write(
	struct memo *, const struct memo_key *, const char *sha256, const struct memo_value *);
void memo_publish(struct memo *, struct memo_written);

#endif
