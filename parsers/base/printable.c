/* SPDX-License-Identifier: ISC */
#include "parsers/base/printable.h"

#include "parsers/base/eight.h"

#include <stdio.h>
#include <wchar.h>

struct range {
	uint32_t first, last;
};

/*
 * Characters that wcwidth() lets pass but that hide, reorder or look blank: Unicode's Cf, Default_Ignorable, line and
 * paragraph separators, private use, noncharacters, and the blank-looking Braille and Hangul fillers.
 */
static const struct range hidden[] = {
	{ 0x00, 0x1f }, { 0x7f, 0x9f }, { 0xad, 0xad }, { 0x34f, 0x34f }, { 0x600, 0x605 }, { 0x61c, 0x61c },
	{ 0x6dd, 0x6dd }, { 0x70f, 0x70f }, { 0x890, 0x891 }, { 0x8e2, 0x8e2 }, { 0x115f, 0x1160 }, { 0x1680, 0x1680 },
	{ 0x17b4, 0x17b5 }, { 0x180b, 0x180f }, { 0x2000, 0x200f }, { 0x2028, 0x202f }, { 0x205f, 0x206f },
	{ 0x2800, 0x2800 }, { 0x3164, 0x3164 }, { 0xd800, 0xf8ff }, { 0xfdd0, 0xfdef }, { 0xfe00, 0xfe0f },
	{ 0xfeff, 0xfeff }, { 0xffa0, 0xffa0 }, { 0xfff0, 0xfffb }, { 0xfffe, 0xffff }, { 0x110bd, 0x110bd },
	{ 0x110cd, 0x110cd }, { 0x13430, 0x1343f }, { 0x1bca0, 0x1bca3 }, { 0x1d159, 0x1d159 }, { 0x1d173, 0x1d17a },
	{ 0xe0000, 0x10ffff },
};

static bool is_hidden(uint32_t rune)
{
	size_t low = 0, high = sizeof hidden / sizeof *hidden;

	while (low < high) {
		size_t mid = (low + high) / 2;

		if (rune < hidden[mid].first)
			high = mid;
		else if (rune > hidden[mid].last)
			low = mid + 1;
		else
			return true;
	}
	return (rune & 0xfffe) == 0xfffe;
}

size_t utf8_decode(struct span s, uint32_t *ret)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	uint8_t c = s.len ? s.ptr[0] : 0;
	size_t len = c < 0x80 ? 1 : c < 0xc2 ? 0 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : c < 0xf5 ? 4 : 0;
	uint32_t rune = len == 1 ? c : c & (0x7fu >> len);

	if (len == 0 || s.len < len)
		return 0;
	for (size_t i = 1; i < len; i++) {
		if ((s.ptr[i] & 0xc0) != 0x80)
			return 0;
		rune = rune << 6 | (s.ptr[i] & 0x3f);
	}
	if (rune < least[len] || rune > 0x10ffff || (rune >= 0xd800 && rune <= 0xdfff))
		return 0;
	*ret = rune;
	return len;
}

size_t utf8_encode(uint32_t rune, char ret[4])
{
	if (rune < 0x80) {
		ret[0] = (char)rune;
		return 1;
	}

	size_t len = rune < 0x800 ? 2 : rune < 0x10000 ? 3 : 4;

	for (size_t i = len - 1; i > 0; i--, rune >>= 6)
		ret[i] = (char)(0x80 | (rune & 0x3f));
	ret[0] = (char)((0xf00u >> len & 0xff) | rune);
	return len;
}

int rune_columns(uint32_t rune)
{
	int columns = rune >= 0x20 && rune < 0x7f ? 1 : wcwidth((wchar_t)rune);

	return columns < 0 ? 1 : columns;
}

struct glyph glyph_next(struct span s)
{
	struct glyph g = { .rune = s.ptr[0], .len = 1, .columns = 1 };

	if (g.rune >= 0x20 && g.rune < 0x7f) {
		g.text[0] = (char)g.rune;
		return g;
	}

	size_t len = utf8_decode(s, &g.rune);

	if (len == 0) {
		g.hostile = true;
		g.columns = snprintf(g.text, sizeof g.text, "<%02X>", s.ptr[0]);
		return g;
	}
	g.len = len;
	if (is_hidden(g.rune) || wcwidth((wchar_t)g.rune) < 0) {
		g.hostile = true;
		g.columns = g.rune < 0x80 ? snprintf(g.text, sizeof g.text, "<%02X>", (unsigned)g.rune)
					  : snprintf(g.text, sizeof g.text, "<U+%04X>", (unsigned)g.rune);
		return g;
	}
	memcpy(g.text, s.ptr, len);
	g.columns = rune_columns(g.rune);
	return g;
}

/* Runs of zero-width marks on one base would pile up without end: more than this many are shown as hostile. */
enum { MAX_COMBINING = 4 };

static void add_glyph(struct buffer *b, struct glyph *g, unsigned *combining)
{
	*combining = g->columns == 0 ? *combining + 1 : 0;
	if (*combining > MAX_COMBINING) {
		g->hostile = true;
		g->columns = snprintf(g->text, sizeof g->text, "<U+%04X>", (unsigned)g->rune);
	}
	buffer_str(b, g->text);
}

/* Eight at a time: most texts are nothing else. */
size_t printable_plain(struct span s)
{
	size_t i = 0;

	for (; s.len - i >= 8; i += 8) {
		uint64_t v = eight_at(s.ptr + i);

		if (eight_below(v, 0x20) | (v & EIGHT_HIGH) | eight_equal(v, 0x7f))
			break;
	}
	while (i < s.len && s.ptr[i] >= 0x20 && s.ptr[i] < 0x7f)
		i++;
	return i;
}

void printable_add(struct buffer *b, struct span s, size_t max)
{
	size_t columns = 0, cut = b->len, cut_columns = 0, plain = printable_plain(s);
	unsigned combining = 0;

	if (!max || plain < max || (plain == s.len && plain == max)) {
		buffer_span(b, span_sub(s, 0, plain));
		columns = cut_columns = plain;
		cut = b->len;
		s = span_skip(s, plain);
	}
	while (s.len) {
		struct glyph g = glyph_next(s);
		size_t before = b->len;

		add_glyph(b, &g, &combining);
		if (max && columns + (size_t)g.columns > max) {
			b->len = max > cut_columns ? cut : before;
			buffer_str(b, "…");
			return;
		}
		columns += (size_t)g.columns;
		if (max && columns < max) /* room for the "…" behind this glyph */
			cut = b->len, cut_columns = columns;
		s = span_skip(s, g.len);
	}
}

const char *printable_cut(struct arena *arena, struct span s, size_t max)
{
	struct buffer b = BUFFER_INIT;

	if (printable_plain(s) == s.len && (!max || s.len <= max))
		return arena_text(arena, s);
	printable_add(&b, s, max);

	const char *text = arena_text(arena, buffer_view(&b));

	buffer_release(&b);
	return text;
}

const char *printable(struct arena *arena, struct span s)
{
	return printable_cut(arena, s, 0);
}

size_t printable_columns(const char *text)
{
	struct span s = span_of(text);
	size_t columns = 0;

	while (s.len) {
		struct glyph g = glyph_next(s);

		columns += (size_t)g.columns;
		s = span_skip(s, g.len);
	}
	return columns;
}

bool printable_hostile(struct span s)
{
	while (s.len) {
		struct glyph g = glyph_next(s);

		if (g.hostile)
			return true;
		s = span_skip(s, g.len);
	}
	return false;
}
