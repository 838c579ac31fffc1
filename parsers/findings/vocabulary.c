/* SPDX-License-Identifier: ISC */
#include "parsers/findings/vocabulary.h"

enum { RECENT = 1024, WORD_MIN = 3 };

/* 2 to the 64th, divided by the golden ratio. */
static const uint64_t FACTOR = 0x9e3779b97f4a7c15;
/* The lowest bit of each byte: eight bytes are looked at together, as words are too short and too
 * different for a loop over their letters to be foreseen. */
static const uint64_t ONES = UINT64_MAX / 255;

/* The highest bit of the bytes from FIRST to LAST (ASCII); X has no byte beyond ASCII. */
static uint64_t between(uint64_t x, uint8_t first, uint8_t last)
{
	return ((x + ONES * (0x80u - first)) ^ (x + ONES * (0x7fu - last))) & ONES * 0x80;
}

static uint64_t lower_letters(uint64_t x)
{
	return x | (between(x & ONES * 0x7f, 'A', 'Z') & ~x) >> 2;
}

/* How many bytes of a word X begins with, in its lowest place. */
static size_t word_part(uint64_t x)
{
	uint64_t low = x & ONES * 0x7f;
	uint64_t word = between(low | ONES * 0x20, 'a', 'z') | between(low, '0', '9') | x;
	uint64_t end = ~word & ONES * 0x80;

	/* Below the lowest bit of END: all bytes before the first that is of no word. */
	return (size_t)(((((end & -end) >> 7) - 1) & ONES) * ONES >> 56);
}

/* Up to eight bytes of S, the first in the lowest place. */
static uint64_t eight_bytes(struct span s)
{
	const uint8_t *p = s.ptr;
	uint64_t x = 0;

	if (s.len >= 8)
		return (uint64_t)p[0] | (uint64_t)p[1] << 8 | (uint64_t)p[2] << 16 |
		       (uint64_t)p[3] << 24 | (uint64_t)p[4] << 32 | (uint64_t)p[5] << 40 |
		       (uint64_t)p[6] << 48 | (uint64_t)p[7] << 56;
	for (size_t i = 0; i < s.len; i++)
		x |= (uint64_t)p[i] << 8 * i;
	return x;
}

/* The length of the word that TEXT begins with, and its number. */
static size_t read_word(struct span text, uint32_t *ret)
{
	uint64_t hash = 0;
	size_t len = 0, part;

	do {
		uint64_t x = eight_bytes(span_skip(text, len));

		part = word_part(x);
		if (part == 0)
			break;
		x <<= 64 - 8 * part; /* what follows is not of the word */
		hash = (hash ^ lower_letters(x)) * FACTOR;
		hash ^= hash >> 32;
		len += part;
	} while (part == 8);
	*ret = (uint32_t)hash;
	return len;
}

/* What is known while the words of a text are read. */
struct reading {
	struct vocabulary words;
	size_t token;            /* where the words of the token in hand begin */
	bool address;            /* the token in hand belongs to an address or URL */
	uint32_t recent[RECENT]; /* most words are repeated, and need to be sorted once */
};

/* White space: of an address no word counts, of other tokens those not met of late. */
static void end_token(struct reading *r)
{
	struct vocabulary *w = &r->words;
	size_t count = r->token;

	for (size_t i = r->token; i < w->count && !r->address; i++) {
		uint32_t word = w->word[i], *last = &r->recent[word % RECENT];

		if (*last != word)
			w->word[count++] = *last = word;
	}
	w->count = r->token = count;
	r->address = false;
}

static void read_words(struct reading *r, struct span text, size_t room)
{
	struct vocabulary *w = &r->words;

	while (text.len > 0) {
		uint32_t word;
		size_t len = read_word(text, &word);

		if (len >= WORD_MIN && w->count < room)
			w->word[w->count++] = word;
		text = span_skip(text, len);
		if (text.len == 0)
			break;
		if (is_space(*text.ptr))
			end_token(r);
		else
			r->address |= *text.ptr == '@' || span_starts(text, "://");
		text = span_skip(text, 1);
	}
	end_token(r);
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
	struct reading r = {.words = {.word = arena_array(arena, room, sizeof(uint32_t))}};

	read_words(&r, text, room);
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
