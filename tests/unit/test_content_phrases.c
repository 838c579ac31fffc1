/* SPDX-License-Identifier: ISC */
/* Fast ways through text against slow ones over bytes in any order. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "parsers/findings/content.h"
#include "parsers/findings/vocabulary.h"
#include "parsers/message/base64.h"

/* The same numbers every time. */
static unsigned next_number(uint32_t *seed)
{
	*seed = *seed * 1664525 + 1013904223;
	return *seed >> 8;
}

static struct span fill(uint8_t *room, size_t max, const char *letters, uint32_t *seed)
{
	size_t len = next_number(seed) % max, count = strlen(letters);

	for (size_t i = 0; i < len; i++)
		room[i] = (uint8_t)letters[next_number(seed) % count];
	return span_make(room, len);
}

/* The first word of the list that the text holds, by looking for one after the other. */
static const char *first_word(struct span text, const char *const *words)
{
	for (; *words; words++)
		if (span_ifind(text, span_of(*words), 0) < text.len)
			return *words;
	return NULL;
}

static void finds_words_as_one_by_one(void **state)
{
	static const char *const lists[][12] = {
		{"abc", "bca", "a-b", NULL},
		{"ca", "bbb", NULL},
		{"cc", NULL},
		{"aaaa", "aaab", "baaa", "ab-ab", "b-", "caca", "acac", "-a-a", "cabb", "bcbcb",
			"abcabc", NULL},
		{"abc-abc", "bca-bca", "aabbccaabbccaabbcc", "cab-cab-", NULL},
	};
	uint32_t seed = 1;
	unsigned hits = 0;

	(void)state;
	for (unsigned i = 0; i < 20000; i++) {
		uint8_t room[80];
		struct span text = fill(room, i % 2 ? 24 : sizeof room, "abcABC-\xe1", &seed);
		const char *const *words = lists[i % (sizeof lists / sizeof *lists)];
		const char *expected = first_word(text, words), *word = NULL;

		assert_int_equal(text_has(text, words, NULL), expected != NULL);
		assert_int_equal(text_has(text, words, &word), expected != NULL);
		assert_ptr_equal(word, expected);
		hits += expected != NULL;
	}
	assert_in_range(hits, 2000, 18000);
}

static size_t slow_run(struct span s)
{
	size_t n = 0;

	while (n < s.len && (is_alnum(s.ptr[n]) || s.ptr[n] == '+' || s.ptr[n] == '/'))
		n++;
	return n;
}

static void measures_base64_as_byte_by_byte(void **state)
{
	uint32_t seed = 1;

	(void)state;
	for (unsigned i = 0; i < 20000; i++) {
		uint8_t room[60];
		struct span s = fill(room, sizeof room, "AZaz09+/AZaz09+/bcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXY=-\n\xff", &seed);

		assert_int_equal(base64_run(s), slow_run(s));
	}
	for (unsigned c = 0; c < 256; c++) {
		uint8_t byte = (uint8_t)c;

		assert_int_equal(base64_run(span_make(&byte, 1)), slow_run(span_make(&byte, 1)));
	}
}

/* The different words of a text without addresses, letter by letter; each ended by NUL. */
static size_t slow_words(struct arena *arena, struct span text, char **ret)
{
	size_t count = 0;

	for (size_t at = 0, len; at < text.len; at += len + 1) {
		bool known = false;

		for (len = 0; at + len < text.len &&
			      (is_alnum(text.ptr[at + len]) || text.ptr[at + len] >= 0x80);)
			len++;
		ret[count] = arena_lower(arena, span_sub(text, at, at + len));
		for (size_t i = 0; i < count; i++)
			known = known || strcmp(ret[i], ret[count]) == 0;
		count += len >= 3 && !known;
	}
	return count;
}

static void tells_words_as_letter_by_letter(void **state)
{
	uint32_t seed = 1;

	(void)state;
	for (unsigned i = 0; i < 3000; i++) {
		struct arena *arena = arena_new();
		uint8_t a[200], b[200];
		char *in_a[200], *in_b[200];
		struct span x = fill(a, sizeof a, "abABz9Z0 \n--\xc3\xa9[`{@/:", &seed);
		struct span y = fill(b, sizeof b, "aAbBzZ09 \t,.\xe1", &seed);
		size_t common = 0, count_a, count_b;

		for (size_t k = 0; k < x.len; k++) /* what makes an address is tested elsewhere */
			a[k] = a[k] == '@' || a[k] == ':' ? ';' : a[k];
		count_a = slow_words(arena, x, in_a);
		count_b = slow_words(arena, y, in_b);
		for (size_t k = 0; k < count_a; k++)
			for (size_t n = 0; n < count_b; n++)
				common += strcmp(in_a[k], in_b[n]) == 0;

		struct vocabulary v = vocabulary_of(arena, x), w = vocabulary_of(arena, y);

		assert_int_equal(v.count, count_a);
		assert_int_equal(w.count, count_b);
		assert_int_equal(vocabulary_common(&v, &w), common);
		arena_free(arena);
	}
}

static void leaves_out_the_words_of_addresses(void **state)
{
	static const struct {
		const char *text;
		size_t words;
	} rows[] = {
		{"", 0},
		{"one two three four", 4},
		{"One,two;THREE (one)", 3},
		{"one of", 1},
		{"write to some.one@mail.example now", 2},
		{"see https://www.example.com/some/path for more", 3},
		{"note:this one", 3},
		{"abcdefgh abcdefghi abcdefg", 3},
		{"some.one@mail.example", 0},
		{"http://a.example/ one two@x three http://b.example/four five", 3},
		{"one\ntwo://three", 1},
		{"a word of one hundred letters would reach from one block into the next "
		 "and on: "
		 "aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeffffffffffgggggggggg"
		 "hhhhhhhhhhiiiiiiiiiijjjjjjjjjj hundred",
			13},
	};
	struct arena *arena = arena_new();

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		assert_int_equal(vocabulary_of(arena, span_of(rows[i].text)).count, rows[i].words);
	arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_words_as_one_by_one),
		cmocka_unit_test(measures_base64_as_byte_by_byte),
		cmocka_unit_test(tells_words_as_letter_by_letter),
		cmocka_unit_test(leaves_out_the_words_of_addresses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
