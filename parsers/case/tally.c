/* SPDX-License-Identifier: ISC */
#include "parsers/case/tally.h"

#include <stdlib.h>

enum { MAX_TEXTS = 1 << 20, FIRST_SLOTS = 1024 };

struct tally {
	struct arena *arena;
	struct scan_count *slot; /* open addressing; label NULL where free */
	size_t slots, used;
};

struct tally *tally_new(void)
{
	struct tally *t = calloc(1, sizeof *t);

	if (!t || !(t->slot = calloc(FIRST_SLOTS, sizeof *t->slot)))
		abort();
	t->arena = arena_new();
	t->slots = FIRST_SLOTS;
	return t;
}

void tally_free(struct tally *t)
{
	if (!t)
		return;
	arena_free(t->arena);
	free(t->slot);
	free(t);
}

/* FNV-1a. */
static size_t hash(struct span s)
{
	uint64_t h = 0xcbf29ce484222325u;

	for (size_t i = 0; i < s.len; i++)
		h = (h ^ s.ptr[i]) * 0x100000001b3u;
	return (size_t)(h ^ h >> 32);
}

static struct scan_count *find(struct scan_count *slot, size_t slots, struct span text)
{
	size_t i = hash(text) & (slots - 1);

	while (slot[i].label && !span_is(text, slot[i].label))
		i = (i + 1) & (slots - 1);
	return &slot[i];
}

static void grow(struct tally *t)
{
	struct scan_count *fresh = calloc(t->slots * 2, sizeof *fresh);

	if (!fresh)
		abort();
	for (size_t i = 0; i < t->slots; i++)
		if (t->slot[i].label)
			*find(fresh, t->slots * 2, span_of(t->slot[i].label)) = t->slot[i];
	free(t->slot);
	t->slot = fresh;
	t->slots *= 2;
}

void tally_add(struct tally *t, struct span text)
{
	struct scan_count *at = find(t->slot, t->slots, text);

	if (at->label) {
		at->count++;
		return;
	}
	if (t->used == MAX_TEXTS)
		return;
	*at = (struct scan_count){ arena_text(t->arena, text), 1 };
	if (++t->used > t->slots / 2)
		grow(t);
}

static int more_first(const void *a, const void *b)
{
	const struct scan_count *x = a, *y = b;

	if (x->count != y->count)
		return x->count < y->count ? 1 : -1;
	return strcmp(x->label, y->label);
}

struct scan_count *tally_top(struct tally *t, struct arena *arena, size_t count, size_t *ret_count)
{
	struct scan_count *all = ARENA_ARRAY(arena, struct scan_count, t->used);
	size_t n = 0;

	for (size_t i = 0; i < t->slots; i++)
		if (t->slot[i].label)
			all[n++] = t->slot[i];
	qsort(all, n, sizeof *all, more_first);
	*ret_count = n < count ? n : count;
	for (size_t i = 0; i < *ret_count; i++)
		all[i].label = arena_strdup(arena, all[i].label);
	return all;
}
