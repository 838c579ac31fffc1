/* SPDX-License-Identifier: ISC */
/* HTML of parts, and where a place in decoded text lies in the stored message. */
#include "parsers/message/html.h"

bool part_is_html(const struct part *part)
{
	return strcmp(part->type, "text/html") == 0 ||
	       strcmp(part->type, "application/xhtml+xml") == 0;
}

const struct html *part_html(struct arena *arena, struct mime *mime, struct part *part)
{
	if (!part->html_cache)
		part->html_cache = html_parse(arena, span_of(part_text(arena, mime, part)));
	return part->html_cache;
}

/* The text's bytes around AT are the decoded ones: then both have the same offset. */
static bool same_place(struct span text, struct span decoded, size_t at)
{
	size_t from = at > 8 ? at - 8 : 0, to = at + 16 < text.len ? at + 16 : text.len;

	return text.len == decoded.len && to <= decoded.len &&
	       memcmp(text.ptr + from, decoded.ptr + from, to - from) == 0;
}

static size_t count_byte(struct span s, uint8_t c)
{
	size_t count = 0;

	for (size_t i = 0; i < s.len; i++)
		count += s.ptr[i] == c;
	return count;
}

static size_t nth_byte(struct span s, uint8_t c, size_t n)
{
	for (size_t i = 0; i < s.len; i++)
		if (s.ptr[i] == c && n-- == 0)
			return i;
	return s.len;
}

/*
 * Charsets that hold ASCII write a line feed or "<" as themselves, so the nth in the text is the
 * nth in the decoded bytes; from there it is a few bytes at most, exact where they are ASCII.
 */
static size_t decoded_place(struct span text, struct span decoded, size_t at)
{
	struct span before = span_sub(text, 0, at);
	size_t lt = span_rchr(before, '<'), lf = span_rchr(before, '\n');
	size_t anchor = lt == before.len ? lf : lf == before.len || lt > lf ? lt : lf;
	uint8_t mark;
	size_t found;

	if (anchor == before.len)
		return at <= decoded.len ? at : decoded.len;
	mark = text.ptr[anchor];
	found = nth_byte(decoded, mark, count_byte(span_sub(text, 0, anchor), mark));
	found += at - anchor;
	return found <= decoded.len ? found : decoded.len;
}

size_t part_text_stored(struct arena *arena, struct mime *mime, struct part *part, size_t at)
{
	struct span text = span_of(part_text(arena, mime, part));
	struct span decoded = part_decoded(arena, mime, part);

	if (at == SIZE_MAX || at > text.len)
		return SIZE_MAX;
	if (!same_place(text, decoded, at))
		at = decoded_place(text, decoded, at);
	return part_stored(mime, part, at);
}

struct span part_text_span(
	struct arena *arena, struct mime *mime, struct part *part, size_t at, size_t len)
{
	size_t from, to;

	if (at == SIZE_MAX)
		return SPAN_NONE;
	from = part_text_stored(arena, mime, part, at);
	to = part_text_stored(arena, mime, part, at + len);
	if (from == SIZE_MAX || to == SIZE_MAX || to < from || to > mime->message->raw.len)
		return SPAN_NONE;
	return span_sub(mime->message->raw, from, to);
}
