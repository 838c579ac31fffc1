/* SPDX-License-Identifier: ISC */
#include "parsers/findings/vocabulary.h"

#include "parsers/base/wide.h"

enum { RECENT_BITS = 9, WORD_MIN = 3, BLOCK = 64 };

/* 2 to the 64th, divided by the golden ratio. */
static const uint64_t FACTOR = 0x9e3779b97f4a7c15;

/* What is known while the words of a text are read. */
struct reading {
	struct vocabulary words;
	size_t room;
	/* Most words are repeated, and need to be sorted once: the last two of a kind. */
	uint32_t recent[1 << RECENT_BITS][2];
};

/* Up to eight bytes of the LEN at P, the first in the lowest place. */
static uint64_t eight_bytes(const uint8_t *p, size_t len)
{
	uint64_t x = 0;

	if (len >= 8)
		return (uint64_t)p[0] | (uint64_t)p[1] << 8 | (uint64_t)p[2] << 16 |
		       (uint64_t)p[3] << 24 | (uint64_t)p[4] << 32 | (uint64_t)p[5] << 40 |
		       (uint64_t)p[6] << 48 | (uint64_t)p[7] << 56;
	for (size_t i = 0; i < len; i++)
		x |= (uint64_t)p[i] << 8 * i;
	return x;
}

/* X is eight bytes of a word, or fewer, those it lacks below. */
static uint64_t add_bytes(uint64_t hash, uint64_t x)
{
	x |= (~x & EIGHT_HIGH) >> 2; /* ASCII in lower case; digits are */
	hash = (hash ^ x) * FACTOR;
	return hash ^ hash >> 32;
}

/* The number of the word that stands in TEXT from START to END. */
static uint32_t word_number(struct span text, size_t start, size_t end)
{
	uint64_t hash = 0;

	for (; end - start > 8; start += 8)
		hash = add_bytes(hash, eight_bytes(text.ptr + start, text.len - start));
	/* what follows is not of the word */
	return (uint32_t)add_bytes(
		hash, eight_bytes(text.ptr + start, text.len - start) << (64 - 8 * (end - start)));
}

/* One question for all reasons not to add it: no two of them could be foreseen. */
static inline void add_word(struct reading *r, struct span text, size_t start, size_t end)
{
	uint32_t word = word_number(text, start, end);
	uint32_t *recent = r->recent[word >> (32 - RECENT_BITS)]; /* a product's best bits */

	if ((end - start >= WORD_MIN) & (recent[0] != word) & (recent[1] != word) &
		(r->words.count < r->room)) {
		recent[1] = recent[0];
		r->words.word[r->words.count++] = recent[0] = word;
	}
}

/* Which bytes of a block are of words: a bit for each. */
static uint64_t word_bytes(const uint8_t *block)
{
	uint64_t bits = 0;

	for (size_t i = 0; i < BLOCK; i += WIDE) {
		wide v = wide_at(block + i), beyond = wide_outside(v, 0);

		bits |= wide_bits(wide_or(
				beyond, wide_or(wide_letters(v), wide_between(v, '0', '9'))))
			<< i;
	}
	return bits;
}

/* The place of the lowest bit, which is taken off; where there is none, any. */
static size_t take_first(uint64_t *bits)
{
	size_t place = *bits ? (size_t)__builtin_ctzll(*bits) : 0;

	*bits &= *bits - 1;
	return place;
}

/* TEXT has no address. Many bytes are looked at together, as words are too short and too different
 * for a loop over their letters to be foreseen. */
static void read_words(struct reading *r, struct span text)
{
	bool inside = false; /* a word */
	size_t start = 0;

	for (size_t at = 0; at <= text.len; at += BLOCK) {
		uint8_t last[BLOCK] = {0}; /* what is no word behind the last one */
		const uint8_t *block = text.ptr + at;
		uint64_t words, before, starts, ends;

		if (text.len - at < BLOCK)
			block = memcpy(last, block, text.len - at);
		words = word_bytes(block);
		before = words << 1 | inside;
		starts = words & ~before;
		ends = before & ~words;
		if (!inside)
			start = at + take_first(&starts);
		while (ends) {
			add_word(r, text, start, at + take_first(&ends));
			start = at + take_first(&starts);
		}
		inside = words >> (BLOCK - 1);
	}
}

/* The tokens between white space that are no address and no URL. */
static void read_text(struct reading *r, struct span text)
{
	size_t mark = span_chr(text, '@'), scheme = span_find(text, SPAN("://"), 0);

	for (size_t from = 0; from < text.len;) {
		size_t start = mark < scheme ? mark : scheme, end = start;

		while (start < text.len && start > from && !is_space(text.ptr[start - 1]))
			start--;
		while (end < text.len && !is_space(text.ptr[end]))
			end++;
		read_words(r, span_sub(text, from, start));
		if (mark < end)
			mark = end + span_chr(span_skip(text, end), '@');
		if (scheme < end)
			scheme = span_find(text, SPAN("://"), end);
		from = end;
	}
}

/* By their bytes, from the last to the first: time that no choice of words can stretch. */
static void sort(struct arena *arena, struct vocabulary *w)
{
	uint32_t *from = w->word, *to = arena_array(arena, w->count, sizeof *to);

	for (unsigned shift = 0; shift < 32; shift += 8) {
		size_t at[256] = {0}, sum = 0;

		for (size_t i = 0; i < w->count; i++)
			at[from[i] >> shift & 255]++;
		for (size_t i = 0; i < 256; i++) {
			size_t count = at[i];

			at[i] = sum;
			sum += count;
		}
		for (size_t i = 0; i < w->count; i++)
			to[at[from[i] >> shift & 255]++] = from[i];

		uint32_t *swap = from;

		from = to;
		to = swap;
	}
	w->word = from;
}

static void drop_repeated(struct vocabulary *w)
{
	size_t unique = 0;

	for (size_t i = 0; i < w->count; i++)
		if (i == 0 || w->word[i] != w->word[i - 1])
			w->word[unique++] = w->word[i];
	w->count = unique;
}

struct vocabulary vocabulary_of(struct arena *arena, struct span text)
{
	/* a word and what ends it are four bytes or more */
	size_t room = text.len / 4 + 1 < VOCABULARY_MAX ? text.len / 4 + 1 : VOCABULARY_MAX;
	struct reading r = {
		.words = {.word = arena_array(arena, room, sizeof(uint32_t))}, .room = room};

	read_text(&r, text);
	sort(arena, &r.words);
	drop_repeated(&r.words);
	return r.words;
}

size_t vocabulary_common(const struct vocabulary *a, const struct vocabulary *b)
{
	size_t i = 0, k = 0, count = 0;

	while (i < a->count && k < b->count) {
		uint32_t x = a->word[i], y = b->word[k];

		count += x == y;
		i += x <= y;
		k += y <= x;
	}
	return count;
}
