/* SPDX-License-Identifier: ISC */
/* Looks for many words in a text at once. */
#include "parsers/findings/content.h"

enum { PAIRS = 1024, BITS = 32, WINDOW_MAX = 16 };

/*
 * The text is looked at through a window as long as the shortest word. The two bytes that it ends
 * with tell how far it may move before a word can begin where it begins; where it may not move,
 * which words may begin there: a bit for each, shared by those whose numbers are 32 apart. (Wu and
 * Manber, A fast algorithm for multi-pattern searching, 1994.)
 */
struct sieve {
	size_t window;
	uint8_t step[PAIRS];
	uint32_t words[PAIRS];
};

/* The same for both cases of a letter. */
static unsigned pair(const uint8_t *p)
{
	return (unsigned)(p[0] & 31) << 5 | (p[1] & 31);
}

static void add_word(struct sieve *sieve, const char *word, uint32_t bit)
{
	const uint8_t *p = (const uint8_t *)word;
	size_t last = sieve->window - 2;

	for (size_t i = 0; i < last; i++)
		if (sieve->step[pair(p + i)] > last - i)
			sieve->step[pair(p + i)] = (uint8_t)(last - i);
	sieve->step[pair(p + last)] = 0;
	sieve->words[pair(p + last)] |= bit;
}

static size_t window_for(const char *const *words, size_t count)
{
	size_t window = WINDOW_MAX;

	for (size_t i = 0; i < count; i++)
		if (strlen(words[i]) < window)
			window = strlen(words[i]);
	return window;
}

static void make_sieve(struct sieve *sieve, const char *const *words, size_t count)
{
	memset(sieve->step, (int)sieve->window - 1, sizeof sieve->step);
	memset(sieve->words, 0, sizeof sieve->words);
	for (size_t i = 0; i < count; i++)
		add_word(sieve, words[i], (uint32_t)1 << i % BITS);
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
	for (; bits; bits &= bits - 1)
		for (size_t i = (size_t)__builtin_ctz(bits); i < found; i += BITS)
			if (stands_at(text, at, words[i]))
				found = i;
	return found;
}

/* One of several places of a text that the window goes on from. */
struct lane {
	size_t at, stop;
};

/* How far the window moves on, after what begins where it stands was looked at. */
static size_t look(const struct sieve *sieve, struct span text, size_t at, const char *const *words,
	size_t *found)
{
	unsigned seen = pair(text.ptr + at + sieve->window - 2);

	if (sieve->step[seen] > 0)
		return sieve->step[seen];
	*found = first_at(text, at, words, sieve->words[seen], *found);
	return 1;
}

/* The first of the COUNT words that is there, wherever it stands; else COUNT. One of the first
 * ENOUGH is good enough. In lanes, as each step waits for the bytes to which the one before led. */
static size_t find_first(const struct sieve *sieve, struct span text, const char *const *words,
	size_t count, size_t enough)
{
	enum { LANES = 4 };
	struct lane lane[LANES];
	size_t places = text.len - sieve->window + 1, found = count;
	bool more = true;

	for (size_t i = 0; i < LANES; i++)
		lane[i] = (struct lane){places * i / LANES, places * (i + 1) / LANES};
	while (more && found >= enough) {
		more = false;
		for (size_t i = 0; i < LANES; i++)
			if (lane[i].at < lane[i].stop) {
				lane[i].at += look(sieve, text, lane[i].at, words, &found);
				more = true;
			}
	}
	return found;
}

bool text_has(struct span text, const char *const *words, const char **ret)
{
	struct sieve sieve;
	size_t count = 0, found;

	while (words[count])
		count++;
	sieve.window = window_for(words, count);
	if (text.len < sieve.window)
		return false;
	make_sieve(&sieve, words, count);
	found = find_first(&sieve, text, words, count, ret ? 1 : count);
	if (found < count && ret)
		*ret = words[found];
	return found < count;
}
