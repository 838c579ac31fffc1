/* SPDX-License-Identifier: ISC */
/* Inverse edits of the body, the cheap and frequent ones first. */
#include "parsers/dkim/repair.h"

enum { NESTED_MAX = 6 };

/* What composers write before the first part; list software that parses and prints a multipart anew
 * drops it. */
static const char *const preamble[] = {
	"This is a multi-part message in MIME format.\r\n",
	"This is a multi-part message in MIME format.\r\n\r\n",
	"This is a multipart message in MIME format.\r\n\r\n",
	"This is a multipart message in MIME format.\r\n",
	"This is a multi-part message in MIME format...\r\n\r\n",
	"This is a cryptographically signed message in MIME format.\r\n\r\n",
	"This is an OpenPGP/MIME signed message (RFC 4880 and 3156)\r\n",
	"This is an OpenPGP/MIME signed message (RFC 2440 and 3156)\r\n",
	"\r\n",
	"\r\n\r\n",
	"This is a MIME-encapsulated message\r\n\r\n",
	"This is a multi-part message in MIME format\r\n\r\n",
	"This is a multi-part message in MIME format\r\n",
	"Content-Type: text/plain\r\n\r\n",
	"This is a message in MIME format.\r\n\r\n",
	"This message is in MIME format. Since your mail reader does not understand\r\nthis "
	"format, some or all of this message "
	"may not be legible.\r\n\r\n",
	"  This message is in MIME format.  The first part should be readable text,\r\n  while the "
	"remaining parts are likely "
	"unreadable without MIME-aware tools.\r\n\r\n",
};

static bool try_with_preambles(struct search *s, struct span content)
{
	size_t saved = s->edits;

	for (size_t i = 0; i < sizeof preamble / sizeof *preamble && !search_over(s); i++) {
		struct rope rope = {.count = 0};

		rope_add(&rope, span_of(preamble[i]));
		rope_add(&rope, content);
		search_push(s, "preamble", "the text before the first part was dropped", SPAN_NONE,
			arena_text(s->v->arena, span_trim(span_of(preamble[i]))), NULL);
		search_rope(s, &rope);
		s->edits = saved;
	}
	return search_over(s);
}

static bool begins_with_delimiter(struct span content)
{
	return content.len > 2 && content.ptr[0] == '-' && content.ptr[1] == '-';
}

/*
 * Python's email package, and so Mailman, ends a nested multipart with a blank line that many
 * composers do not write. The line ends to take out of REGION again; at most ROOM.
 */
static size_t nested_blanks(
	const struct search *s, struct span region, struct span *ret, size_t room)
{
	size_t count = 0;

	for (size_t i = 0; i < s->parts && count < room; i++) {
		struct span content = s->part[i].content, bare = span_without_line_end(content);

		if (!s->part[i].is_multipart || bare.len == content.len ||
			!span_within(region, content) || content.len == region.len)
			continue;
		ret[count++] = span_skip(content, bare.len);
	}
	return count;
}

static bool try_without_blanks(struct search *s, struct span region)
{
	struct span blank[NESTED_MAX];
	size_t count = nested_blanks(s, region, blank, NESTED_MAX), saved = s->edits;
	struct rope rope = {.count = 0};
	const uint8_t *from = region.ptr;

	/* Parts come in order of their beginnings; ends of nested ones stand the other way round
	 * where they nest again. */
	for (size_t i = 0; i + 1 < count; i++)
		for (size_t k = i + 1; k < count; k++)
			if (blank[k].ptr < blank[i].ptr) {
				struct span t = blank[i];

				blank[i] = blank[k];
				blank[k] = t;
			}
	for (size_t i = 0; i < count; i++) {
		rope_add(&rope, span_make(from, (size_t)(blank[i].ptr - from)));
		from = span_end(blank[i]);
		search_push(s, "blank-line", "a blank line was put behind a nested multipart",
			blank[i], NULL, NULL);
	}
	rope_add(&rope, span_make(from, (size_t)(span_end(region) - from)));
	if (count)
		search_rope(s, &rope);
	s->edits = saved;
	return search_over(s);
}

/* A list put the author's body into a multipart of its own: one part, taken alone, was the whole.
 */
static bool repair_wrapped(struct search *s)
{
	size_t saved = s->edits;

	for (size_t i = 0; i < s->parts && !search_over(s); i++) {
		struct span content = s->part[i].content;
		struct rope rope = {.count = 0};

		rope_add(&rope, content);
		search_push(s, "multipart-wrap",
			"the body was put into a multipart, of which this is the beginning",
			span_make(s->body.ptr, (size_t)(content.ptr - s->body.ptr)), NULL, NULL);
		search_push(s, "multipart-wrap", "and this the end",
			span_make(
				span_end(content), (size_t)(span_end(s->body) - span_end(content))),
			NULL, NULL);
		if (!search_rope(s, &rope) && s->part[i].is_multipart &&
			!try_without_blanks(s, content) && begins_with_delimiter(content))
			try_with_preambles(s, content);
		s->edits = saved;
	}
	return search_over(s);
}

/* Rewrites lines that begin with FROM so that they begin with TO. */
static bool repair_line_starts(struct search *s, const char *from, const char *to, const char *slug,
	const char *description)
{
	struct span rest = s->body;
	bool any = false;
	uint8_t *out = arena_bytes(s->arena, s->body.len * 2 + 2);
	struct rope rope = {.count = 0};
	size_t len = 0, saved = s->edits, cut = strlen(from);

	while (rest.len) {
		struct span line = span_line(&rest, NULL);

		if (span_starts(line, from)) {
			any = true;
			if (s->edits < EDITS_MAX - 2)
				search_push(s, slug, description, span_sub(line, 0, cut), to, from);
			memcpy(out + len, to, strlen(to));
			len += strlen(to);
			line = span_skip(line, cut);
		}
		if (line.len)
			memcpy(out + len, line.ptr, line.len);
		len += line.len;
	}
	rope_add(&rope, span_make(out, len));
	if (any && len <= s->body.len * 2)
		search_rope(s, &rope);
	s->edits = saved;
	return search_over(s);
}

void repair_body(struct search *s)
{
	struct rope rope = {.count = 0};

	rope_add(&rope, s->body);
	if (search_rope(s, &rope))
		return;
	parts_find(s);
	if (try_without_blanks(s, s->body))
		return;
	if (repair_wrapped(s))
		return;
	if (begins_with_delimiter(s->body) && try_with_preambles(s, s->body))
		return;
	if (repair_line_starts(s, ">From ", "From ", "mbox-quote",
		    "a line that begins with From was quoted for an mbox") ||
		repair_line_starts(
			s, "..", ".", "dot-stuffing", "a dot at the start of a line was doubled") ||
		repair_line_starts(s, ".", "..", "dot-stuffing",
			"a dot at the start of a line was taken away"))
		return;
	if (repair_codes(s) || repair_links(s))
		return;
	repair_blocks(s);
}
