/* SPDX-License-Identifier: ISC */
/*
 * struct arena: memory of one message, freed at once. Allocation never returns NULL: where the system has no more
 * memory, or the arena's limit is met, the process ends with a message (batch work runs in worker processes, where that
 * costs one message an error record). Not for use by two threads at once.
 */
#ifndef PARSERS_BASE_ARENA_H
#define PARSERS_BASE_ARENA_H

#include <stdarg.h>

#include "parsers/base/span.h"

struct arena;

struct arena *arena_new(void);
void arena_free(struct arena *);
/* Frees all that was allocated; some blocks are kept for the next message. */
void arena_reset(struct arena *);
/* Bytes handed out since new or reset. */
size_t arena_used(const struct arena *);
/* No more than LIMIT bytes at a time; 0, the default, is no limit. */
void arena_set_limit(struct arena *, size_t limit);

/* Zeroed, aligned for any type. LEN 0 gives a valid pointer. */
void *arena_alloc(struct arena *, size_t len);
void *arena_array(struct arena *, size_t count, size_t size);
/* Not zeroed, no alignment: for text and decoded bytes. */
uint8_t *arena_bytes(struct arena *, size_t len);
/* A NUL-terminated copy (inner NULs stay). */
char *arena_strdup(struct arena *, const char *);
char *arena_text(struct arena *, struct span);
/* The same in ASCII lower case. */
char *arena_lower(struct arena *, struct span);
struct span arena_copy(struct arena *, struct span);
char *arena_printf(struct arena *, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
char *arena_vprintf(struct arena *, const char *fmt, va_list) __attribute__((format(printf, 2, 0)));
/* Calls FN(DATA) when the arena is freed or reset: for library objects that must live as long as it. */
void arena_defer(struct arena *, void (*fn)(void *), void *data);

#define ARENA_NEW(arena, type) ((type *)arena_alloc((arena), sizeof(type)))
#define ARENA_ARRAY(arena, type, count) ((type *)arena_array((arena), (count), sizeof(type)))

/*
 * Growing arrays in an arena: `T *thing; size_t thing_count, thing_room;`
 *	*LIST_ADD(arena, x->thing, x->thing_count, x->thing_room) = ...;
 * The new element is zeroed. Earlier addresses may move.
 */
#define LIST_ADD(arena, list, count, room)                                                                             \
	((list) = (count) < (room) ? (list) : arena_grow((arena), (list), (count), &(room), sizeof *(list)),               \
		memset(&(list)[count], 0, sizeof *(list)), &(list)[(count)++])
/* LIST with room for more than COUNT elements; the same where *ROOM is that already. What is new is not zeroed. */
void *arena_grow(struct arena *, void *list, size_t count, size_t *room, size_t size);

#endif
