/* SPDX-License-Identifier: ISC */
/* HTML and text of parts, and where a place in decoded text lies in the stored message. */
#include "parsers/message/html.h"

bool part_is_html(const struct part *part)
{
	return strcmp(part->type, "text/html") == 0 ||
	       strcmp(part->type, "application/xhtml+xml") == 0;
}

const struct html *part_html(struct arena *arena, struct mime *mime, struct part *part)
{
	if (!part->html_cache)
		part->html_cache = html_parse(arena, part_text(arena, mime, part));
	return part->html_cache;
}

struct span part_shown(struct arena *arena, struct mime *mime, struct part *part)
{
	return part_is_html(part) ? html_visible(part_html(arena, mime, part))
				  : part_text(arena, mime, part);
}

/* The text's bytes around AT are the decoded ones: then both have the same offset. */
static bool same_place(struct span text, struct span decoded, size_t at)
{
	size_t from = at > 8 ? at - 8 : 0, to = at + 16 < text.len ? at + 16 : text.len;

	return text.len == decoded.len && to <= decoded.len &&
	       memcmp(text.ptr + from, decoded.ptr + from, to - from) == 0;
}

static bool is_mark(uint8_t c)
{
	return c == '<' || c == '\n';
}

/* The next mark at or after FROM and before END, or END. */
static size_t next_mark(struct span s, size_t from, size_t end)
{
	while (from < end && !is_mark(s.ptr[from]))
		from++;
	return from;
}

/*
 * Charsets that hold ASCII write a line feed or "<" as themselves, so that the nth of them in the
 * text is the nth in the decoded bytes; from there it is a few bytes at most, exact where they are
 * ASCII. Goes on from the last call's mark, as places mostly ascend.
 */
static size_t decoded_place(struct part *part, struct span text, struct span decoded, size_t at)
{
	size_t place;

	if (part->text_mark > at)
		part->text_mark = part->decoded_mark = part->text_seen = 0;
	for (;;) {
		size_t next = next_mark(text, part->text_seen, at), same;

		part->text_seen = next;
		if (next == at)
			break;
		same = next_mark(decoded, part->decoded_mark, decoded.len);
		if (same == decoded.len)
			break;
		part->text_mark = part->text_seen = next + 1;
		part->decoded_mark = same + 1;
	}
	place = part->decoded_mark + (at - part->text_mark);
	return place <= decoded.len ? place : decoded.len;
}

size_t part_text_stored(struct arena *arena, struct mime *mime, struct part *part, size_t at)
{
	struct span text = part_text(arena, mime, part), decoded = part_decoded(arena, mime, part);

	if (at == SIZE_MAX || at > text.len)
		return SIZE_MAX;
	if (!same_place(text, decoded, at))
		at = decoded_place(part, text, decoded, at);
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
