/* SPDX-License-Identifier: ISC */
/* TXT in its usual form is read without the library; an escape in it makes the library read the same strings. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "parsers/dns/dns.h"
#include "tests/unit/random.h"

enum { ROUNDS = 3000, STRING_ROOM = 300, STRINGS = 4 };

static const struct dns_answer *read_txt(struct arena *arena, struct dns_log *log, struct dns *dns)
{
	dns_log_init(log, arena, dns);
	return dns_lookup(log, "a.example", DNS_TXT, "test");
}

static struct dns *zone_of(struct arena *arena, const char *first, const char *rest)
{
	struct error error;
	const char *text = arena_printf(arena, "a.example. %d IN TXT \"%s%s\n", 60, first, rest);
	struct dns *dns = snapshot_parse(span_of(text), "zone", NULL, &error);

	assert_non_null(dns);
	return dns;
}

/* What follows the first byte: the rest of its string, and more strings. */
static const char *any_strings(struct arena *arena)
{
	static const char letters[] = "abc XYZ 019 ;:,.=+/*-_~!@#$%^&[]{}<>?'`| ()\t\"";
	uint8_t room[STRING_ROOM];
	const char *text = "";

	for (size_t i = 0, count = 1 + any(STRINGS); i < count; i++) {
		struct span s = any_text(room, any(20) ? 60 : STRING_ROOM, any(4) ? "abc ;=+/XYZ09" : letters);

		text = arena_printf(arena, "%s%.*s\"%s", text, (int)s.len, (const char *)s.ptr,
			i + 1 == count ? "" : any(9) ? " \"" : any(2) ? "   \"" : "\"");
	}
	return text;
}

static void reads_as_the_library_does(void **unused)
{
	struct arena *arena = arena_new();
	size_t found = 0;

	(void)unused;
	for (size_t i = 0; i < ROUNDS; i++) {
		const char *rest = any_strings(arena);
		struct dns *plain = zone_of(arena, "A", rest), *escaped = zone_of(arena, "\\065", rest);
		struct dns_log plain_log, escaped_log;
		const struct dns_answer *a = read_txt(arena, &plain_log, plain), *b = read_txt(arena, &escaped_log, escaped);

		assert_int_equal(a->status, b->status);
		assert_int_equal(a->count, b->count);
		for (size_t k = 0; k < a->count; k++) {
			assert_true(span_eq(a->record[k].rdata, b->record[k].rdata));
			assert_true(span_eq(a->record[k].txt, b->record[k].txt));
			assert_int_equal(a->record[k].strings, b->record[k].strings);
			assert_int_equal(a->record[k].ttl, b->record[k].ttl);
		}
		found += a->count;
		dns_free(plain);
		dns_free(escaped);
		arena_reset(arena);
	}
	assert_true(found > ROUNDS / 2);
	arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_as_the_library_does),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
