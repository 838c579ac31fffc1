/* SPDX-License-Identifier: ISC */
#include "parsers/base/arena.h"

#include "parsers/base/eight.h"

#include <stdalign.h>
#include <stdio.h>
#include <stdlib.h>

enum { BLOCK_SIZE = 64 * 1024, SPARE_MAX = 16 };

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
	struct block *spare; /* blocks of BLOCK_SIZE that a reset left, at most SPARE_MAX */
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
	free_blocks(arena->spare);
	free(arena);
}

void arena_reset(struct arena *arena)
{
	size_t kept = 0;

	run_deferred(arena);
	for (struct block *block = arena->spare; block; block = block->next)
		kept++;
	while (arena->block) {
		struct block *block = arena->block;

		arena->block = block->next;
		if (block->size != BLOCK_SIZE || kept++ >= SPARE_MAX) {
			free(block);
			continue;
		}
		block->next = arena->spare;
		arena->spare = block;
	}
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

static struct block *new_block(struct arena *arena, size_t size)
{
	struct block *block = arena->spare;

	if (size == BLOCK_SIZE && block)
		arena->spare = block->next;
	else
		block = malloc(sizeof *block + size);
	if (!block)
		out_of_memory();
	block->size = size;
	return block;
}

/* From a block of its own, or the next one: the block in use has no room for LEN. */
static uint8_t *take_fresh(struct arena *arena, size_t len)
{
	struct block *block = arena->block, *fresh;

	if (len > SIZE_MAX - sizeof *block)
		out_of_memory();
	fresh = new_block(arena, len > BLOCK_SIZE / 4 ? len : BLOCK_SIZE);
	fresh->used = len;
	if (fresh->size != BLOCK_SIZE && block) { /* a large one goes behind the block in use, which has room yet */
		fresh->next = block->next;
		block->next = fresh;
	} else {
		fresh->next = block;
		arena->block = fresh;
	}
	return fresh->bytes;
}

static inline uint8_t *take(struct arena *arena, size_t len, size_t align)
{
	struct block *block = arena->block;
	size_t at = block ? (block->used + align - 1) & ~(align - 1) : 0;

	if (arena->limit && (len > arena->limit || arena->used > arena->limit - len))
		out_of_memory();
	arena->used += len;
	if (!block || at > block->size || len > block->size - at)
		return take_fresh(arena, len);
	block->used = at + len;
	return block->bytes + at;
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
	uint8_t *text = take(arena, s.len + 1, 1);
	size_t i = 0;

	for (; s.len - i >= 8; i += 8)
		eight_put(text + i, eight_lower(eight_at(s.ptr + i)));
	for (; i < s.len; i++)
		text[i] = ascii_lower(s.ptr[i]);
	text[i] = 0;
	return (char *)text;
}

struct span arena_copy(struct arena *arena, struct span s)
{
	return (struct span){ (uint8_t *)arena_text(arena, s), s.len };
}

/* What a format gives: written as far as there is room, and measured. */
struct print {
	char *to;
	size_t room, len;
};

static void print_add(struct print *p, const char *s, size_t len)
{
	if (p->len < p->room)
		memcpy(p->to + p->len, s, len < p->room - p->len ? len : p->room - p->len);
	p->len += len;
}

static void print_number(struct print *p, uint64_t n, bool negative)
{
	char digit[21], *at = digit + sizeof digit;

	do
		*--at = (char)('0' + n % 10);
	while (n /= 10);
	if (negative)
		*--at = '-';
	print_add(p, at, (size_t)(digit + sizeof digit - at));
}

static void print_text(struct print *p, const char *s, int most)
{
	s = s ? s : "(null)";
	print_add(p, s, most < 0 ? strlen(s) : strnlen(s, (size_t)most));
}

/* "%.*s"; NULL for another precision. */
static const char *print_precise(struct print *p, const char *fmt, va_list *ap)
{
	int most;

	if (strncmp(fmt, "*s", 2) != 0)
		return NULL;
	most = va_arg(*ap, int);
	print_text(p, va_arg(*ap, const char *), most);
	return fmt + 2;
}

/* "%lld", "%zu" and the like; NULL for what is no such number. */
static const char *print_long(struct print *p, const char *fmt, va_list *ap)
{
	size_t size = fmt[0] == 'l' ? (fmt[1] == 'l' ? 2 : 1) : fmt[0] == 'z';
	char kind = fmt[size];
	long long n;

	if (kind != 'u' && (kind != 'd' || *fmt == 'z'))
		return NULL;
	if (kind == 'u') {
		print_number(p, *fmt == 'z' ? va_arg(*ap, size_t)
				: size == 2 ? va_arg(*ap, unsigned long long)
				: size == 1 ? va_arg(*ap, unsigned long)
					    : va_arg(*ap, unsigned), false);
	} else {
		n = size == 2 ? va_arg(*ap, long long) : size == 1 ? va_arg(*ap, long) : va_arg(*ap, int);
		print_number(p, n < 0 ? 0 - (uint64_t)n : (uint64_t)n, n < 0);
	}
	return fmt + size + 1;
}

/*
 * One conversion at FMT, behind its '%'; where it ends, or NULL for one that is left to the C library: with a width or
 * another precision than "%.*s", or of a rare kind.
 */
static const char *print_one(struct print *p, const char *fmt, va_list *ap)
{
	char c;

	switch (*fmt) {
	case 's':
		print_text(p, va_arg(*ap, const char *), -1);
		return fmt + 1;
	case 'c':
		c = (char)va_arg(*ap, int);
		print_add(p, &c, 1);
		return fmt + 1;
	case '%':
		print_add(p, "%", 1);
		return fmt + 1;
	case '.':
		return print_precise(p, fmt + 1, ap);
	default:
		return print_long(p, fmt, ap);
	}
}

/* vsnprintf(), which is slow, where the format holds nothing rare. The length; never ends TO. */
static size_t print_all(char *to, size_t room, const char *fmt, va_list ap)
{
	struct print p = { to, room, 0 };
	va_list at, again;
	int len;

	va_copy(at, ap);
	va_copy(again, ap);
	for (const char *f = fmt; f && *f;) {
		const char *next = strchr(f, '%');
		size_t plain = next ? (size_t)(next - f) : strlen(f);

		print_add(&p, f, plain);
		f = next ? print_one(&p, next + 1, &at) : f + plain;
		if (!f) {
			len = vsnprintf(to, room, fmt, again);
			p.len = len < 0 ? 0 : (size_t)len;
		}
	}
	va_end(again);
	va_end(at);
	return p.len;
}

/* Into the room that the block in use has left; where that is too little, again into a place that is large enough. */
char *arena_vprintf(struct arena *arena, const char *fmt, va_list ap)
{
	struct block *block = arena->block;
	size_t room = block ? block->size - block->used : 0;
	size_t len = print_all(room ? (char *)block->bytes + block->used : NULL, room, fmt, ap);
	char *text = (char *)take(arena, len + 1, 1);

	if (len >= room)
		print_all(text, len + 1, fmt, ap);
	text[len] = 0;
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
	void *fresh;

	if (more > SIZE_MAX / size)
		out_of_memory();
	fresh = take(arena, more * size, alignof(max_align_t));
	if (count)
		memcpy(fresh, list, count * size);
	*room = more;
	return fresh;
}
