/* SPDX-License-Identifier: ISC */
/* The parts of a multipart, found in the body as it is to be checked (RFC 2046 5.1.1), without
 * decoding anything. */
#include "parsers/dkim/repair.h"

struct span part_header_value(struct span header, const char *name)
{
	size_t len = strlen(name);

	while (header.len) {
		struct span line = span_line(&header, NULL);
		size_t total = line.len;

		while (header.len && is_wsp(header.ptr[0]))
			total += span_line(&header, NULL).len;
		if (line.len > len && span_iis(span_sub(line, 0, len), name) &&
			line.ptr[len] == ':')
			return span_trim(span_make(line.ptr + len + 1, total - len - 1));
	}
	return SPAN_NONE;
}

/* boundary=token or boundary="..." */
static struct span read_boundary(struct span type)
{
	size_t at = span_ifind(type, SPAN("boundary"), 0);
	struct span s = span_trim_left(span_skip(type, at + 8));

	if (at == type.len || !s.len || s.ptr[0] != '=')
		return SPAN_NONE;
	s = span_trim_left(span_skip(s, 1));
	if (s.len && s.ptr[0] == '"') {
		s = span_skip(s, 1);
		return span_sub(s, 0, span_chr(s, '"'));
	}
	for (at = 0; at < s.len && s.ptr[at] != ';' && !is_space(s.ptr[at]);)
		at++;
	return span_sub(s, 0, at);
}

/* delimiter = "--" boundary, at the start of a line; 2 for the closing one */
static int delimiter(struct span line, struct span boundary)
{
	if (line.len < boundary.len + 2 || line.ptr[0] != '-' || line.ptr[1] != '-' ||
		memcmp(line.ptr + 2, boundary.ptr, boundary.len) != 0)
		return 0;
	line = span_trim_right(span_skip(line, boundary.len + 2));
	return line.len == 0 ? 1 : span_is(line, "--") ? 2 : 0;
}

static void add_part(struct search *s, struct span whole, unsigned depth);

static void split(struct search *s, struct span content, struct span boundary, unsigned depth)
{
	struct span rest = content;
	const uint8_t *start = NULL;
	int kind = 0;

	while (rest.len && kind != 2 && boundary.len) {
		struct span line = span_line(&rest, NULL);

		kind = delimiter(line, boundary);
		if (kind && start)
			add_part(s, span_make(start, (size_t)(line.ptr - start)), depth);
		if (kind)
			start = rest.ptr;
	}
	if (kind != 2 && start && boundary.len)
		add_part(s, span_make(start, (size_t)(span_end(content) - start)), depth);
}

static void add_part(struct search *s, struct span whole, unsigned depth)
{
	struct body_part part = {.depth = depth};
	struct span rest = whole;
	size_t len;

	if (s->parts >= PARTS_MAX || depth > PART_DEPTH_MAX)
		return;
	do {
		len = 1;
		span_line(&rest, &len);
	} while (rest.len && len);
	part.header = span_sub(whole, 0, whole.len - rest.len);
	part.content = span_without_line_end(rest);
	part.type = part_header_value(part.header, "Content-Type");
	part.encoding = part_header_value(part.header, "Content-Transfer-Encoding");
	part.is_multipart = span_istarts(part.type, "multipart/");
	part.boundary = part.is_multipart ? read_boundary(part.type) : SPAN_NONE;
	*LIST_ADD(s->arena, s->part, s->parts, s->part_room) = part;
	if (part.is_multipart)
		split(s, part.content, part.boundary, depth + 1);
}

void parts_find(struct search *s)
{
	const struct field *field = message_field(s->v->message, NAME_CONTENT_TYPE, 0);

	if (field && span_istarts(span_trim(field->value), "multipart/"))
		split(s, s->body, read_boundary(field->value), 1);
}
