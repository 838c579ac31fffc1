/* SPDX-License-Identifier: ISC */
/* Fast ways through text against slow ones over bytes in any order. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "parsers/findings/content.h"
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
		{"a", "bb", NULL},
		{"cc", NULL},
		{"aaaa", "aaab", "baaa", "ab-ab", "b-", "caca", "acac", "-a-a", "cabb", "bcbcb",
			"abcabc", NULL},
	};
	uint32_t seed = 1;
	unsigned hits = 0;

	(void)state;
	for (unsigned i = 0; i < 20000; i++) {
		uint8_t room[24];
		struct span text = fill(room, sizeof room, "abcABC-\xe1", &seed);
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
		uint8_t room[20];
		struct span s = fill(room, sizeof room, "AZaz09+/AZaz09+/bcd=-\n\xff", &seed);

		assert_int_equal(base64_run(s), slow_run(s));
	}
	for (unsigned c = 0; c < 256; c++) {
		uint8_t byte = (uint8_t)c;

		assert_int_equal(base64_run(span_make(&byte, 1)), slow_run(span_make(&byte, 1)));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_words_as_one_by_one),
		cmocka_unit_test(measures_base64_as_byte_by_byte),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
