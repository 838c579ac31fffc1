/* SPDX-License-Identifier: ISC */
/* Plans: the list of inputs, frozen, written and read again, and cut into shards by bytes. */
#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>

#include "parsers/case/scan.h"

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

struct walk_file plan_file(const struct plan_entry *e)
{
	return (struct walk_file){ .path = e->source, .size = e->size, .mtime_ns = e->mtime_ns };
}

static void add(struct plan *plan, struct plan_entry entry)
{
	entry.source = arena_strdup(plan->arena, entry.source);
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
		add(plan, (struct plan_entry){
				  .source = file.path,
				  .size = rc > 0 ? file.size : 0,
				  .to = UINT64_MAX,
				  .mtime_ns = rc > 0 ? file.mtime_ns : 0,
				  .trouble = rc > 0 ? NULL : why.text,
			  });
	walk_free(walk);
	return 0;
}

/* {"source": ..., "size": ..., "mtime_ns": ..., "offset": ..., "length": ...}: all but source may be missing. */
static int add_object(struct plan *plan, json_t *object)
{
	json_t *source = json_object_get(object, "source");
	json_t *size = json_object_get(object, "size"), *offset = json_object_get(object, "offset");
	json_t *length = json_object_get(object, "length"), *mtime = json_object_get(object, "mtime_ns");
	json_t *trouble = json_object_get(object, "error");

	if (!json_is_string(source) || (size && !json_is_integer(size)) || (offset && !json_is_integer(offset)) ||
		(length && !json_is_integer(length)) || (mtime && !json_is_integer(mtime)))
		return -1;

	uint64_t from = (uint64_t)json_integer_value(offset);
	uint64_t to = length ? from + (uint64_t)json_integer_value(length) : UINT64_MAX;

	add(plan, (struct plan_entry){
			  .source = json_string_value(source),
			  .size = size ? (uint64_t)json_integer_value(size) : length ? to : 0,
			  .from = from,
			  .to = to,
			  .exact = length != NULL,
			  .mtime_ns = mtime ? (int64_t)json_integer_value(mtime) : 0,
			  .trouble = json_string_value(trouble),
		  });
	return 0;
}

static int read_line(struct plan *plan, struct span line, const char *name, unsigned number, struct error *reterr)
{
	json_t *object = line.ptr[0] == '{' ? json_loadb((const char *)line.ptr, line.len, 0, NULL) : NULL;

	if (line.ptr[0] == '{') {
		int rc = object && json_is_object(object) ? add_object(plan, object) : -1;

		json_decref(object);
		return rc ? error_set(reterr, ERROR_FORMAT, "%s:%u: no entry of a plan", name, number) : 0;
	}

	const char *path = arena_text(plan->arena, line);

	return plan_add_paths(plan, &path, 1, reterr);
}

int plan_read(struct plan *plan, struct span text, const char *name, char separator, struct error *reterr)
{
	unsigned number = 0;

	while (text.len) {
		size_t end = span_chr(text, (uint8_t)separator);
		struct span line = span_sub(text, 0, end);

		text = span_skip(text, end + 1);
		number++;
		if (separator == '\n' && line.len && line.ptr[line.len - 1] == '\r')
			line.len--;
		if (line.len && read_line(plan, line, name, number, reterr))
			return -1;
	}
	return 0;
}

static void write_member(struct buffer *b, const char *lead, const char *text)
{
	json_t *value = json_string(text);
	char *quoted = value ? json_dumps(value, JSON_ENCODE_ANY | JSON_ENSURE_ASCII) : NULL;

	buffer_printf(b, "%s%s", lead, quoted ? quoted : "\"\"");
	free(quoted);
	json_decref(value);
}

void plan_write(struct buffer *b, const struct plan *plan)
{
	for (size_t i = 0; i < plan->count; i++) {
		const struct plan_entry *e = &plan->entry[i];

		write_member(b, "{\"source\": ", e->source);
		buffer_printf(b, ", \"size\": %" PRIu64 ", \"mtime_ns\": %" PRId64, e->size, e->mtime_ns);
		if (e->from || e->to != UINT64_MAX)
			buffer_printf(b, ", \"offset\": %" PRIu64 ", \"length\": %" PRIu64, e->from, e->to - e->from);
		if (e->trouble)
			write_member(b, ", \"error\": ", e->trouble);
		buffer_str(b, "}\n");
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
