/* SPDX-License-Identifier: ISC */
/* Plans and lists of files, read. */
#include <jansson.h>

#include "parsers/base/encode.h"
#include "parsers/case/scan.h"

/* The name that source_hex spells, else source; NULL where there is none. */
static const char *read_source(struct arena *arena, const json_t *object)
{
	const char *hex = json_string_value(json_object_get(object, "source_hex"));
	struct span bytes;

	if (!hex)
		return json_string_value(json_object_get(object, "source"));
	return hex_decode(arena, span_of(hex), &bytes) ? arena_text(arena, bytes) : NULL;
}

/* 1 with a number that is not negative, 0 where there is no such member, -1. */
static int read_number(const json_t *object, const char *name, uint64_t *ret)
{
	const json_t *value = json_object_get(object, name);

	*ret = 0;
	if (!value)
		return 0;
	if (!json_is_integer(value) || json_integer_value(value) < 0)
		return -1;
	*ret = (uint64_t)json_integer_value(value);
	return 1;
}

/* {"source": ..., "size": ..., "mtime_ns": ..., "offset": ..., "length": ...}: all but source may
 * be missing. */
static int add_object(struct plan *plan, json_t *object)
{
	const json_t *mtime = json_object_get(object, "mtime_ns");
	const char *source = read_source(plan->arena, object);
	uint64_t size, from, length, to = UINT64_MAX;
	int has_size = read_number(object, "size", &size),
	    has_from = read_number(object, "offset", &from),
	    has_length = read_number(object, "length", &length);

	if (!source || has_size < 0 || has_from < 0 || has_length < 0 ||
		(mtime && !json_is_integer(mtime)))
		return -1;
	if (has_length)
		to = from + length;
	plan_add(plan, (struct plan_entry){
			       .source = source,
			       .member = json_string_value(json_object_get(object, "member")),
			       .size = has_size     ? size
				       : has_length ? to
						    : 0,
			       .from = from,
			       .to = to,
			       .exact = has_length,
			       .mtime_ns = mtime ? (int64_t)json_integer_value(mtime) : 0,
			       .trouble = json_string_value(json_object_get(object, "error")),
		       });
	return 0;
}

static int read_line(struct plan *plan, struct span line, const char *name, unsigned number,
	struct error *reterr)
{
	json_t *object =
		line.ptr[0] == '{' ? json_loadb((const char *)line.ptr, line.len, 0, NULL) : NULL;

	if (line.ptr[0] == '{') {
		int rc = object && json_is_object(object) ? add_object(plan, object) : -1;

		json_decref(object);
		return rc ? error_set(
				    reterr, ERROR_FORMAT, "%s:%u: no entry of a plan", name, number)
			  : 0;
	}

	const char *path = arena_text(plan->arena, line);

	return plan_add_paths(plan, &path, 1, reterr);
}

int plan_read(
	struct plan *plan, struct span text, const char *name, char separator, struct error *reterr)
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
