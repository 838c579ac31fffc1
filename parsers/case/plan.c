/* SPDX-License-Identifier: ISC */
/* Plans: the list of inputs, frozen, written, and cut into shards by bytes. */
#include <stdlib.h>

#include "parsers/base/encode.h"
#include "parsers/case/scan.h"
#include "parsers/message/charset.h"
#include "parsers/report/json.h"

struct plan *plan_new(void)
{
	struct plan *plan = calloc(1, sizeof *plan);

	if (!plan)
		abort();
	plan->arena = arena_new();
	return plan;
}

void plan_free(struct plan *plan)
{
	if (!plan)
		return;
	arena_free(plan->arena);
	free(plan);
}

uint64_t plan_entry_bytes(const struct plan_entry *e)
{
	uint64_t to = e->to < e->size ? e->to : e->size;

	return to > e->from ? to - e->from : 0;
}

void plan_add(struct plan *plan, struct plan_entry entry)
{
	entry.source = arena_strdup(plan->arena, entry.source);
	if (entry.member)
		entry.member = arena_strdup(plan->arena, entry.member);
	if (entry.trouble)
		entry.trouble = arena_strdup(plan->arena, entry.trouble);
	*LIST_ADD(plan->arena, plan->entry, plan->count, plan->room) = entry;
	plan->total += plan_entry_bytes(&entry);
}

int plan_add_paths(struct plan *plan, const char *const *path, size_t count, struct error *reterr)
{
	struct source_options options = { .recurse = true };
	struct walk *walk = walk_open(path, count, &options);
	struct walk_file file;
	struct error why;
	int rc;

	(void)reterr;
	while ((rc = walk_next(walk, &file, &why)) != 0)
		plan_add(plan, (struct plan_entry){
				  .source = file.path,
				  .size = rc > 0 ? file.size : 0,
				  .to = UINT64_MAX,
				  .mtime_ns = rc > 0 ? file.mtime_ns : 0,
				  .trouble = rc > 0 ? NULL : why.text,
			  });
	walk_free(walk);
	return 0;
}

/* JSON has no bytes: a name that is not UTF-8 stands in "source" as it can be shown, and in "source_hex" as it is. */
static void write_entry(struct json *j, struct arena *arena, const struct plan_entry *e)
{
	struct span source = span_of(e->source);

	member_open(j, NULL, '{');
	member_string(j, "source", e->source);
	if (!utf8_valid(source))
		member_string(j, "source_hex", hex_encode(arena, source));
	if (e->member)
		member_string(j, "member", e->member);
	member_integer(j, "size", (int64_t)e->size);
	member_integer(j, "mtime_ns", e->mtime_ns);
	if (e->from || e->to != UINT64_MAX)
		member_integer(j, "offset", (int64_t)e->from);
	if (e->to != UINT64_MAX)
		member_integer(j, "length", (int64_t)(e->to - e->from));
	if (e->trouble)
		member_string(j, "error", e->trouble);
	member_close(j, '}');
}

void plan_write(struct buffer *b, const struct plan *plan)
{
	for (size_t i = 0; i < plan->count; i++) {
		struct json json = { b, false };

		write_entry(&json, plan->arena, &plan->entry[i]);
		buffer_char(b, '\n');
	}
}

/* The first byte of shard K (from 1) + 1 of N: total * k / n without overflow. */
static uint64_t cut(uint64_t total, unsigned k, unsigned n)
{
	return total / n * k + total % n * k / n;
}

/*
 * A message belongs to the shard in whose bytes it starts. A file that is cut keeps a range; source_open_range() gives such a
 * range meaning for an mbox, and for any other file the one start at 0.
 */
int plan_shard(struct plan *plan, unsigned k, unsigned n, struct error *reterr)
{
	uint64_t from = cut(plan->total, k - 1, n), to = cut(plan->total, k, n), at = 0;
	size_t kept = 0;

	if (n == 0 || k == 0 || k > n)
		return error_set(reterr, ERROR_USAGE, "there is no shard %u/%u", k, n);
	for (size_t i = 0; i < plan->count; i++) {
		struct plan_entry e = plan->entry[i];
		uint64_t bytes = plan_entry_bytes(&e), begin = at, end = at + bytes;

		at = end;
		/* An empty file starts where it stands; at the very end of the plan it is the last shard's. */
		if (e.exact && (begin < from || begin >= to))
			continue;
		if (e.exact) {
			plan->entry[kept++] = e;
			continue;
		}
		if (bytes == 0 ? (begin < from || begin >= to) && !(k == n && begin == to) : end <= from || begin >= to)
			continue;
		if (end > to)
			e.to = e.from + (to - begin);
		if (begin < from)
			e.from += from - begin;
		plan->entry[kept++] = e;
	}
	plan->count = kept;
	plan->total = to - from;
	return 0;
}
