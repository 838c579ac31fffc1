/* SPDX-License-Identifier: ISC */
#include "parsers/base/arena.h"

#include <stdalign.h>
#include <stdio.h>
#include <stdlib.h>

enum { BLOCK_SIZE = 64 * 1024 };

struct block {
	struct block *next;
	size_t used, size;
	alignas(max_align_t) uint8_t bytes[];
};

struct deferred {
	struct deferred *next;
	void (*fn)(void *);
	void *data;
};

struct arena {
	struct block *block;
	struct deferred *deferred;
	size_t used, limit;
};

/* The end of a process that can't go on: the one place in the library that writes to standard error. */
static _Noreturn void out_of_memory(void)
{
	static const char text[] = "mailcheck: out of memory\n";

	fwrite(text, 1, sizeof text - 1, stderr);
	abort();
}

struct arena *arena_new(void)
{
	struct arena *arena = calloc(1, sizeof *arena);

	if (!arena)
		out_of_memory();
	return arena;
}

static void run_deferred(struct arena *arena)
{
	struct deferred *d = arena->deferred;

	arena->deferred = NULL;
	for (; d; d = d->next)
		d->fn(d->data);
}

static void free_blocks(struct block *block)
{
	while (block) {
		struct block *next = block->next;

		free(block);
		block = next;
	}
}

void arena_free(struct arena *arena)
{
	if (!arena)
		return;
	run_deferred(arena);
	free_blocks(arena->block);
	free(arena);
}

void arena_reset(struct arena *arena)
{
	struct block *keep = NULL;

	run_deferred(arena);
	if (arena->block && arena->block->size == BLOCK_SIZE) {
		keep = arena->block;
		free_blocks(keep->next);
		keep->next = NULL;
		keep->used = 0;
	} else {
		free_blocks(arena->block);
	}
	arena->block = keep;
	arena->used = 0;
}

size_t arena_used(const struct arena *arena)
{
	return arena->used;
}

void arena_set_limit(struct arena *arena, size_t limit)
{
	arena->limit = limit;
}

static uint8_t *take(struct arena *arena, size_t len, size_t align)
{
	struct block *block = arena->block;
	size_t at = block ? (block->used + align - 1) & ~(align - 1) : 0;

	if (arena->limit && (len > arena->limit || arena->used > arena->limit - len))
		out_of_memory();
	arena->used += len;
	if (block && at <= block->size && len <= block->size - at) {
		block->used = at + len;
		return block->bytes + at;
	}
	if (len > SIZE_MAX - sizeof *block)
		out_of_memory();

	size_t size = len > BLOCK_SIZE / 4 ? len : BLOCK_SIZE;
	struct block *fresh = malloc(sizeof *fresh + size);

	if (!fresh)
		out_of_memory();
	fresh->size = size;
	fresh->used = len;
	if (size != BLOCK_SIZE && block) { /* a large one goes behind the block in use, which has room yet */
		fresh->next = block->next;
		block->next = fresh;
	} else {
		fresh->next = block;
		arena->block = fresh;
	}
	return fresh->bytes;
}

void *arena_alloc(struct arena *arena, size_t len)
{
	return memset(take(arena, len, alignof(max_align_t)), 0, len);
}

void *arena_array(struct arena *arena, size_t count, size_t size)
{
	if (size && count > SIZE_MAX / size)
		out_of_memory();
	return arena_alloc(arena, count * size);
}

uint8_t *arena_bytes(struct arena *arena, size_t len)
{
	return take(arena, len, 1);
}

char *arena_text(struct arena *arena, struct span s)
{
	uint8_t *text = take(arena, s.len + 1, 1);

	if (s.len)
		memcpy(text, s.ptr, s.len);
	text[s.len] = 0;
	return (char *)text;
}

char *arena_strdup(struct arena *arena, const char *s)
{
	return arena_text(arena, span_of(s));
}

char *arena_lower(struct arena *arena, struct span s)
{
	char *text = arena_text(arena, s);

	for (size_t i = 0; i < s.len; i++)
		text[i] = (char)ascii_lower((uint8_t)text[i]);
	return text;
}

struct span arena_copy(struct arena *arena, struct span s)
{
	return (struct span){ (uint8_t *)arena_text(arena, s), s.len };
}

/* Whether a format does nothing but put texts together: "%s" and ordinary characters. */
static bool only_texts(const char *fmt)
{
	for (const char *p = strchr(fmt, '%'); p; p = strchr(p + 2, '%'))
		if (p[1] != 's')
			return false;
	return true;
}

/* What FMT and its texts give; to TO where that is not NULL. Most of what is printed is of this kind, and vsnprintf is slow. */
static size_t join(char *to, const char *fmt, va_list ap)
{
	size_t len = 0;

	for (const char *p = fmt; *p;) {
		bool text = *p == '%';
		const char *s = text ? va_arg(ap, const char *) : p;
		size_t n;

		s = s ? s : "(null)";
		n = text ? strlen(s) : strcspn(p, "%");
		if (to)
			memcpy(to + len, s, n);
		len += n;
		p += text ? 2 : n;
	}
	return len;
}

static char *join_texts(struct arena *arena, const char *fmt, va_list ap)
{
	va_list again;
	size_t len;
	char *text;

	va_copy(again, ap);
	len = join(NULL, fmt, again);
	va_end(again);
	text = (char *)take(arena, len + 1, 1);
	join(text, fmt, ap);
	text[len] = 0;
	return text;
}

char *arena_vprintf(struct arena *arena, const char *fmt, va_list ap)
{
	va_list again;
	char small[256];
	int len;

	if (only_texts(fmt))
		return join_texts(arena, fmt, ap);
	va_copy(again, ap);
	len = vsnprintf(small, sizeof small, fmt, ap);
	if (len < 0)
		len = 0, small[0] = 0;

	char *text = (char *)take(arena, (size_t)len + 1, 1);

	if ((size_t)len < sizeof small)
		memcpy(text, small, (size_t)len + 1);
	else
		vsnprintf(text, (size_t)len + 1, fmt, again);
	va_end(again);
	return text;
}

char *arena_printf(struct arena *arena, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	char *text = arena_vprintf(arena, fmt, ap);
	va_end(ap);
	return text;
}

void arena_defer(struct arena *arena, void (*fn)(void *), void *data)
{
	struct deferred *d = arena_alloc(arena, sizeof *d);

	*d = (struct deferred){ arena->deferred, fn, data };
	arena->deferred = d;
}

void *arena_grow(struct arena *arena, void *list, size_t count, size_t *room, size_t size)
{
	if (count < *room)
		return list;

	size_t more = *room ? *room * 2 : 8;
	void *fresh = arena_array(arena, more, size);

	if (count)
		memcpy(fresh, list, count * size);
	*room = more;
	return fresh;
}
