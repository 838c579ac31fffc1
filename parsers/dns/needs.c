/* SPDX-License-Identifier: ISC */
#include "parsers/dns/dns.h"

#include <stdlib.h>

#include "parsers/dns/wire.h"

enum { INDEX_FIRST = 256 };

void dns_needs_init(struct dns_needs *needs, struct arena *arena)
{
	*needs = (struct dns_needs){.arena = arena, .index_size = INDEX_FIRST};
	needs->index = ARENA_ARRAY(arena, size_t, needs->index_size);
}

static size_t *slot(const struct dns_needs *needs, const char *name, enum dns_type type)
{
	uint64_t h = 14695981039346656037u;
	size_t mask = needs->index_size - 1, at;

	for (const char *p = name; *p; p++)
		h = (h ^ (uint8_t)*p) * 1099511628211u;
	h = (h ^ (uint64_t)type) * 1099511628211u;
	for (at = (size_t)(h ^ h >> 29) & mask; needs->index[at]; at = (at + 1) & mask) {
		const struct dns_need *need = &needs->need[needs->index[at] - 1];

		if (need->type == type && !strcmp(need->name, name))
			break;
	}
	return &needs->index[at];
}

static void reindex(struct dns_needs *needs, size_t size)
{
	needs->index_size = size;
	needs->index = ARENA_ARRAY(needs->arena, size_t, size);
	for (size_t i = 0; i < needs->count; i++)
		*slot(needs, needs->need[i].name, needs->need[i].type) = i + 1;
}

bool dns_needs_add(struct dns_needs *needs, const char *name, enum dns_type type, const char *why,
	unsigned depth)
{
	size_t len = strlen(name), *at;
	char *lower = arena_lower(
		needs->arena, span_make(name, len && name[len - 1] == '.' ? len - 1 : len));

	if (!dns_name_ok(lower) || *(at = slot(needs, lower, type)))
		return false;
	*LIST_ADD(needs->arena, needs->need, needs->count, needs->room) =
		(struct dns_need){lower, type, why, depth};
	*at = needs->count;
	if (needs->count * 2 >= needs->index_size)
		reindex(needs, needs->index_size * 4);
	return true;
}

/* Compares names label by label from the root. */
static int compare_names(const char *a, const char *b)
{
	size_t i = strlen(a), k = strlen(b);

	while (i && k) {
		size_t x = i, y = k;

		while (x && a[x - 1] != '.')
			x--;
		while (y && b[y - 1] != '.')
			y--;

		size_t len = i - x < k - y ? i - x : k - y;
		int order = memcmp(a + x, b + y, len);

		if (order || i - x != k - y)
			return order ? order : i - x < k - y ? -1 : 1;
		i = x ? x - 1 : 0;
		k = y ? y - 1 : 0;
	}
	return i ? 1 : k ? -1 : 0;
}

static int compare_needs(const void *a_, const void *b_)
{
	const struct dns_need *a = a_, *b = b_;
	int order = compare_names(a->name, b->name);

	return order ? order : (int)a->type - (int)b->type;
}

void dns_needs_sort(struct dns_needs *needs)
{
	if (needs->count)
		qsort(needs->need, needs->count, sizeof *needs->need, compare_needs);
	reindex(needs, needs->index_size);
}

void dns_needs_write(struct buffer *out, const struct dns_needs *needs)
{
	for (size_t i = 0; i < needs->count; i++) {
		wire_write_name(out, needs->need[i].name);
		buffer_char(out, ' ');
		wire_write_type(out, needs->need[i].type);
		if (needs->need[i].why)
			buffer_printf(out, " ; %s", needs->need[i].why);
		buffer_char(out, '\n');
	}
}

int dns_needs_read(
	struct dns_needs *needs, struct span text, const char *file, struct error *reterr)
{
	unsigned number = 0;

	while (text.len) {
		size_t len;
		struct span line = span_line(&text, &len), why = SPAN_NONE;
		size_t comment;

		line = span_sub(line, 0, len);
		number++;
		comment = span_chr(line, ';');
		if (comment < line.len)
			why = span_trim(span_skip(line, comment + 1));
		line = span_trim(span_sub(line, 0, comment));
		if (!line.len)
			continue;

		struct span word = wire_take_word(&line), type_word = wire_take_word(&line);
		const char *name = wire_name_text(needs->arena, word);
		unsigned type = wire_type(type_word);

		if (!name || !type || span_trim(line).len)
			return error_set(
				reterr, ERROR_FORMAT, "%s:%u: not a name and a type", file, number);
		dns_needs_add(needs, name, (enum dns_type)type,
			why.len ? arena_text(needs->arena, why) : NULL, 0);
	}
	return 0;
}
