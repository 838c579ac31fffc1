/* SPDX-License-Identifier: ISC */
#include "parsers/message/part.h"

#include "parsers/message/parameter.h"

const struct field *part_field(const struct part *part, const char *name, size_t nth)
{
	struct span want = span_of(name);

	for (size_t i = 0; i < part->field_count; i++)
		if (!(part->field[i].odd & FIELD_GARBAGE) && span_ieq(part->field[i].name, want) &&
			nth-- == 0)
			return &part->field[i];
	return NULL;
}

static struct parameters read_parameters(struct arena *arena, const struct field *field)
{
	return parameters_parse(arena, span_sub(field_unfold(arena, field), 0, LIMIT_FIELD));
}

const char *field_parameter(struct arena *arena, const struct field *field, const char *name)
{
	struct parameters all = read_parameters(arena, field);

	return parameters_get(arena, &all, name);
}

/* RFC 2045 5.1: token := 1*<any (US-ASCII) CHAR except SPACE, CTLs, or tspecials> */
static size_t token_length(struct span s)
{
	size_t n = 0;

	while (n < s.len && s.ptr[n] > 32 && s.ptr[n] < 127 &&
		!strchr("()<>@,;:\\\"/[]?=", s.ptr[n]))
		n++;
	return n;
}

/* type "/" subtype, white space around the slash let through; NULL where it is none. */
static const char *read_type(struct arena *arena, struct span head)
{
	size_t slash = span_chr(head, '/');
	struct span type = span_trim(span_sub(head, 0, slash)),
		    subtype = span_trim(span_skip(head, slash + 1));

	if (type.len == 0 || subtype.len == 0 || token_length(type) != type.len ||
		token_length(subtype) != subtype.len)
		return NULL;
	return arena_printf(arena, "%s/%s", arena_lower(arena, type), arena_lower(arena, subtype));
}

/* The first token in lower case, or NULL. */
static const char *first_token(struct arena *arena, struct span head)
{
	size_t len = token_length(head);

	return len ? arena_lower(arena, span_sub(head, 0, len)) : NULL;
}

static const char *lower_word(struct arena *arena, const char *text)
{
	struct span s = span_trim(span_of(text));
	size_t len = 0;

	while (len < s.len && !is_space(s.ptr[len]))
		len++;
	return len ? arena_lower(arena, span_sub(s, 0, len)) : NULL;
}

static void describe_type(struct arena *arena, struct part *part, const char *type)
{
	const struct field *field = part_field(part, "Content-Type", 0);

	part->type = type;
	part->type_missing = !field;
	if (field) {
		struct parameters all = read_parameters(arena, field);
		const char *stated = read_type(arena, all.head),
			   *charset = parameters_get(arena, &all, "charset");

		/* RFC 2045 5.2: syntactically invalid is the same as absent, and so is then the
		 * rest. */
		part->type = stated ? stated : "text/plain";
		part->type_broken = !stated;
		part->charset = charset ? lower_word(arena, charset) : NULL;
		part->name = parameters_get(arena, &all, "name");
		part->boundary = parameters_get(arena, &all, "boundary");
	}
	part->is_text = strncmp(part->type, "text/", 5) == 0;
	part->is_multipart = strncmp(part->type, "multipart/", 10) == 0;
}

void part_describe(struct arena *arena, struct part *part, const char *type)
{
	const struct field *field;
	const char *e;

	describe_type(arena, part, type);
	field = part_field(part, "Content-Transfer-Encoding", 0);
	if (field)
		part->encoding = first_token(arena, read_parameters(arena, field).head);
	field = part_field(part, "Content-Disposition", 0);
	if (field) {
		struct parameters all = read_parameters(arena, field);

		part->disposition = first_token(arena, all.head);
		part->filename = parameters_get(arena, &all, "filename");
	}
	field = part_field(part, "Content-ID", 0);
	if (field) {
		struct span id = field_unfold(arena, field);

		if (id.len > 1 && id.ptr[0] == '<' && id.ptr[id.len - 1] == '>')
			id = span_sub(id, 1, id.len - 1);
		part->content_id = arena_text(arena, id);
	}
	e = part->encoding;
	/* RFC 2046 5.2.1 allows no encoding here: where there is one the content is no message as
	 * it stands. */
	part->is_message = (strcmp(part->type, "message/rfc822") == 0 ||
				   strcmp(part->type, "message/global") == 0) &&
			   (!e || (strcmp(e, "base64") != 0 && strcmp(e, "quoted-printable") != 0));
}
