/* SPDX-License-Identifier: ISC */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#include "parsers/base/digest.h"
#include "parsers/case/memo.h"

static const char line[] = "From a@b.example Tue Nov 10 09:00:00 2026";

static struct origin mbox_place(const char *separator)
{
	return (struct origin){.source = "x", .kind = SOURCE_MBOX, .separator = span_of(separator)};
}

static struct memo_written put(struct memo *memo, struct arena *arena, const struct memo_key *key,
	const char *stats, struct span kept)
{
	struct memo_value value = {span_of(stats), kept};

	return memo_write(memo, key, digest_hex(arena, DIGEST_SHA256, key->raw), &value);
}

static void finds_what_was_published(void **state)
{
	struct memo *memo = memo_new(1);
	struct arena *arena = arena_new();
	struct origin place = mbox_place(line), other = place;
	struct memo_key key = memo_key(SPAN("Subject: a\n\nb\n"), &place, 5);
	struct memo_value got;
	struct memo_written written = put(memo, arena, &key, "stats", SPAN("kept"));

	(void)state;
	assert_false(memo_find(memo, arena, &key, &got));
	memo_publish(memo, written);
	other.source = "elsewhere";
	other.offset = 7;
	key = memo_key(SPAN("Subject: a\n\nb\n"), &other, 5);
	assert_true(memo_find(memo, arena, &key, &got));
	assert_true(span_is(got.stats, "stats") && span_is(got.kept, "kept"));
	arena_free(arena);
	memo_free(memo);
}

/* What a report depends on, and that a copy comes behind its first. */
static void tells_apart(void **state)
{
	struct origin place = mbox_place(line);
	struct origin other_line = mbox_place("From c@d.example Tue Nov 10 09:00:00 2026");
	struct origin no_line = {.source = "x", .kind = SOURCE_EML, .separator = span_of(line)};
	const struct {
		const char *raw;
		const struct origin *place;
		uint64_t task;
		bool found;
	} rows[] = {
		{"Subject: a\n\nb\n", &place, 5, true},
		{"Subject: a\n\nb\n", &place, 6, true},
		{"Subject: a\n\nb\n", &place, 4, false},
		{"Subject: a\r\n\r\nb\r\n", &place, 5, false},
		{"Subject: a\n\nb", &place, 5, false},
		{"Subject: a\n\nb\n", &other_line, 5, false},
		{"Subject: a\n\nb\n", &no_line, 5, false},
	};
	struct memo *memo = memo_new(1);
	struct arena *arena = arena_new();
	struct memo_key key = memo_key(span_of(rows[0].raw), &place, 5);

	(void)state;
	memo_publish(memo, put(memo, arena, &key, "", SPAN("kept")));
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct memo_value got;

		key = memo_key(span_of(rows[i].raw), rows[i].place, rows[i].task);
		assert_int_equal(memo_find(memo, arena, &key, &got), rows[i].found);
	}
	arena_free(arena);
	memo_free(memo);
}

/* Every entry is found whole or not at all, however often the ring went round. */
static void forgets_the_oldest(void **state)
{
	enum { COUNT = 300, SIZE = MEMO_BYTES / 100 };
	struct memo *memo = memo_new(1);
	struct arena *arena = arena_new();
	uint8_t *kept = malloc(SIZE);
	struct origin place = mbox_place(line);
	struct memo_value got;
	unsigned found = 0;

	(void)state;
	for (int i = 0; i < COUNT; i++) {
		struct memo_key key = memo_key(span_of(arena_printf(arena, "%d", i)), &place, 1);

		memset(kept, i, SIZE);
		memo_publish(memo, put(memo, arena, &key, "s", span_make(kept, SIZE)));
	}
	for (int i = 0; i < COUNT; i++) {
		struct memo_key key = memo_key(span_of(arena_printf(arena, "%d", i)), &place, 1);

		if (!memo_find(memo, arena, &key, &got))
			continue;
		memset(kept, i, SIZE);
		assert_true(span_eq(got.kept, span_make(kept, SIZE)));
		assert_true(i > COUNT - 101);
		found++;
	}
	assert_in_range(found, 95, 100);
	free(kept);
	arena_free(arena);
	memo_free(memo);
}

static void refuses_what_is_too_large(void **state)
{
	struct memo *memo = memo_new(1);
	struct arena *arena = arena_new();
	struct origin place = mbox_place(line);
	struct memo_key key = memo_key(SPAN("x"), &place, 1);
	uint8_t *large = calloc(1, MEMO_BYTES);

	(void)state;
	assert_int_equal(put(memo, arena, &key, "", span_make(large, MEMO_BYTES)).place, 0);
	memo_publish(memo, (struct memo_written){0});
	assert_int_equal(put(NULL, arena, &key, "", SPAN("no memory")).place, 0);
	free(large);
	arena_free(arena);
	memo_free(memo);
}

/* Processes write over what they wrote all the time, and one is killed: what is found is what was
 * written. */
static void survives_its_writers(void **state)
{
	enum { WRITERS = 3, KEYS = 50, SIZE = MEMO_BYTES / 80 };
	struct memo *memo = memo_new(WRITERS);
	struct arena *arena = arena_new();
	uint8_t *kept = malloc(SIZE);
	struct origin place = mbox_place(line);
	pid_t child[WRITERS];
	unsigned found = 0, wrong = 0;

	(void)state;
	for (int w = 0; w < WRITERS; w++) {
		child[w] = fork();
		if (child[w] == 0)
			memo_take_ring(memo, (unsigned)w);
		for (int i = 0; child[w] == 0; i = (i + 1) % KEYS) {
			struct memo_key key =
				memo_key(span_of(arena_printf(arena, "%d", i)), &place, 1);

			memset(kept, i, SIZE);
			memo_publish(memo, put(memo, arena, &key, "s", span_make(kept, SIZE)));
			arena_reset(arena);
		}
	}
	for (int i = 0; i < 2000000 && found < 1000; i++) {
		struct memo_key key =
			memo_key(span_of(arena_printf(arena, "%d", i % KEYS)), &place, 1);
		struct memo_value got;

		if (i == 1000)
			kill(child[0], SIGKILL);
		if (memo_find(memo, arena, &key, &got)) {
			memset(kept, i % KEYS, SIZE);
			wrong += !span_eq(got.kept, span_make(kept, SIZE));
			found++;
		}
		arena_reset(arena);
	}
	for (int w = 0; w < WRITERS; w++) {
		kill(child[w], SIGKILL);
		waitpid(child[w], NULL, 0);
	}
	assert_int_equal(wrong, 0);
	assert_true(found > 0);
	free(kept);
	arena_free(arena);
	memo_free(memo);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_what_was_published),
		cmocka_unit_test(tells_apart),
		cmocka_unit_test(forgets_the_oldest),
		cmocka_unit_test(refuses_what_is_too_large),
		cmocka_unit_test(survives_its_writers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
