/* SPDX-License-Identifier: ISC */
#include "parsers/message/mime.h"

struct mime *mime_parse(
	struct arena *arena, const struct message *m, const struct mime_options *options)
{
	struct mime *mime = ARENA_NEW(arena, struct mime);
	struct part *root = ARENA_NEW(arena, struct part);

	(void)options;
	*root = (struct part){.path = "1",
		.type = "text/plain",
		.header = m->header,
		.content = m->body,
		.whole = m->raw,
		.is_text = true,
		.field = m->field,
		.field_count = m->field_count};
	*mime = (struct mime){.part = root, .count = 1, .message = m};
	return mime;
}

struct span part_decoded(struct arena *arena, struct mime *mime, struct part *part)
{
	(void)arena;
	(void)mime;
	return part->content;
}

const char *part_text(struct arena *arena, struct mime *mime, struct part *part)
{
	(void)mime;
	return arena_text(arena, part->content);
}

size_t part_stored(const struct mime *mime, const struct part *part, size_t at)
{
	return span_offset(mime->message->raw, part->content) + at;
}

const struct field *part_field(const struct part *part, const char *name, size_t nth)
{
	struct span want = span_of(name);

	for (size_t i = 0; i < part->field_count; i++)
		if (!(part->field[i].odd & FIELD_GARBAGE) && span_ieq(part->field[i].name, want) &&
			nth-- == 0)
			return &part->field[i];
	return NULL;
}

const char *field_parameter(struct arena *arena, const struct field *field, const char *name)
{
	(void)arena;
	(void)field;
	(void)name;
	return NULL;
}
