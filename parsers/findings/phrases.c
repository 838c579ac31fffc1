/* SPDX-License-Identifier: ISC */
/* Looks for many words in a text at once. */
#include "parsers/findings/content.h"

enum { PLACES = 3, BITS = 32 };

/*
 * Which words may have a byte at their first, second and third place: a bit for each word, shared
 * by those whose numbers are 32 apart. Few places of a text pass all three.
 */
struct sieve {
	uint32_t at[PLACES][256];
};

static void let_pass(uint32_t *place, uint8_t c, uint32_t bit)
{
	place[c] |= bit;
	if (is_alpha(c))
		place[c ^ 32] |= bit;
}

static void add_word(struct sieve *sieve, const char *word, uint32_t bit)
{
	size_t i = 0;

	for (; i < PLACES && word[i]; i++)
		let_pass(sieve->at[i], (uint8_t)word[i], bit);
	for (; i < PLACES; i++) /* behind its end it takes any byte */
		for (unsigned c = 0; c < 256; c++)
			sieve->at[i][c] |= bit;
}

static bool stands_at(struct span text, size_t at, const char *word)
{
	size_t i = 0;

	while (word[i] && at + i < text.len &&
		ascii_lower(text.ptr[at + i]) == ascii_lower((uint8_t)word[i]))
		i++;
	return !word[i];
}

/* The first word of the list that stands at a place, of those that the bits name and of the first
 * FOUND; else FOUND. */
static size_t first_at(
	struct span text, size_t at, const char *const *words, uint32_t bits, size_t found)
{
	for (size_t i = 0; i < found; i++)
		if (bits >> i % BITS & 1 && stands_at(text, at, words[i]))
			return i;
	return found;
}

/* The next place at or after AT where any word may begin; *RET has the bits of those. */
static size_t next_place(const struct sieve *sieve, struct span text, size_t at, uint32_t *ret)
{
	*ret = 0;
	/* All places of the sieve at once: text is no good at telling a branch where it goes. */
	for (; at + PLACES <= text.len && !*ret; at++) {
		const uint8_t *p = text.ptr + at;

		*ret = sieve->at[0][p[0]] & sieve->at[1][p[1]] & sieve->at[2][p[2]];
	}
	if (*ret)
		return at - 1;
	if (at < text.len) /* the last bytes: a short word may stand there */
		*ret = sieve->at[0][text.ptr[at]];
	return at;
}

bool text_has(struct span text, const char *const *words, const char **ret)
{
	struct sieve sieve = {0};
	size_t count = 0, found;
	uint32_t bits;

	for (; words[count]; count++)
		add_word(&sieve, words[count], (uint32_t)1 << count % BITS);
	found = count; /* the first of the list that is there, wherever it stands */
	for (size_t at = next_place(&sieve, text, 0, &bits); at < text.len && found > 0;
		at = next_place(&sieve, text, at + 1, &bits)) {
		found = first_at(text, at, words, bits, found);
		if (found < count && !ret)
			return true;
	}
	if (found < count && ret)
		*ret = words[found];
	return found < count;
}
