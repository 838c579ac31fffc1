/* SPDX-License-Identifier: ISC */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <locale.h>
#include <cmocka.h>
#include <stdlib.h>
#include <unistd.h>

#include "parsers/base/encode.h"
#include "parsers/base/file.h"
#include "parsers/base/moment.h"
#include "parsers/base/printable.h"
#include "parsers/base/taglist.h"
#include "parsers/base/words.h"

static void shows_hostile_bytes(void **state)
{
	static const struct {
		const char *in, *out;
		size_t max;
	} rows[] = {
		{ "plain", "plain", 0 },
		{ "a\tb\r\n", "a<09>b<0D><0A>", 0 },
		{ "\x1b[31m", "<1B>[31m", 0 },
		{ "caf\xc3\xa9", "caf\xc3\xa9", 0 },
		{ "\x9b" "1m", "<9B>1m", 0 },
		{ "\xc2\x9b", "<U+009B>", 0 },
		{ "x\xe2\x80\xaey", "x<U+202E>y", 0 },
		{ "\xe3\x85\xa4", "<U+3164>", 0 },
		{ "\xe2\xa0\x80", "<U+2800>", 0 },
		{ "\xe1\x85\x9f", "<U+115F>", 0 },
		{ "\xef\xbb\xbf", "<U+FEFF>", 0 },
		{ "\xc0\xaf", "<C0><AF>", 0 },		 /* overlong */
		{ "\xed\xa0\x80", "<ED><A0><80>", 0 },	 /* surrogate */
		{ "\xf3\xa0\x81\x81", "<U+E0041>", 0 },	 /* tag character */
		{ "abcdef", "abcd…", 5 },
		{ "abcde", "abcde", 5 },
		{ "\xe4\xb8\xad\xe6\x96\x87", "\xe4\xb8\xad…", 3 },
	};
	struct arena *arena = arena_new();

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		assert_string_equal(printable_cut(arena, span_of(rows[i].in), rows[i].max), rows[i].out);
	arena_free(arena);
}

static void counts_columns(void **state)
{
	(void)state;
	assert_int_equal(printable_columns("abc"), 3);
	assert_int_equal(printable_columns("\xe4\xb8\xad"), 2);
	assert_int_equal(printable_columns("e\xcc\x81"), 1);
}

static void decodes_base64(void **state)
{
	static const struct {
		const char *in, *out; /* NULL: refused */
	} rows[] = {
		{ "", "" }, { "Zg==", "f" }, { "Zm8=", "fo" }, { "Zm9v", "foo" }, { "Zm9v YmFy\r\n\t", "foobar" },
		{ "Zg=", NULL }, { "Zg", NULL }, { "Z", NULL }, { "Zh==", NULL }, { "Zm9v=", NULL }, { "Zm-v", NULL },
	};
	struct arena *arena = arena_new();

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct span out;
		bool ok = base64_decode(arena, span_of(rows[i].in), &out);

		assert_int_equal(ok, rows[i].out != NULL);
		if (ok)
			assert_true(span_is(out, rows[i].out));
	}
	assert_string_equal(base64_encode(arena, SPAN("foob")), "Zm9vYg==");
	arena_free(arena);
}

static void decodes_escapes(void **state)
{
	static const struct {
		char mark;
		const char *in, *out;
	} rows[] = {
		{ '%', "a%41%6a%6A", "aAjj" },
		{ '%', "%4", "%4" },
		{ '%', "%", "%" },
		{ '%', "%%41%zz%4g", "%A%zz%4g" },
		{ '=', "=3D=3d%41", "==%41" },
	};
	struct arena *arena = arena_new();

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		assert_true(span_is(escape_decode(arena, span_of(rows[i].in), rows[i].mark), rows[i].out));
	assert_int_equal(escape_decode(arena, SPAN("a%00b"), '%').len, 3);
	arena_free(arena);
}

static void reads_whole_files(void **state)
{
	char path[] = "/tmp/mailcheck-file-XXXXXX";
	struct buffer text = BUFFER_INIT;
	struct error why = { 0 };
	int fd = mkstemp(path);

	(void)state;
	assert_int_equal(ftruncate(fd, 200001), 0);
	close(fd);
	buffer_str(&text, "x");
	assert_int_equal(file_read(path, &text, &why), 0);
	assert_int_equal(text.len, 200002); /* behind what was there */
	unlink(path);
	assert_int_equal(file_read(path, &text, &why), -1);
	assert_non_null(strstr(why.text, "cannot open"));
	assert_int_equal(file_read("/", &text, &why), -1);
	assert_non_null(strstr(why.text, "cannot read"));
	buffer_release(&text);
}

static void parses_tag_lists(void **state)
{
	struct arena *arena = arena_new();
	struct taglist list = taglist_parse(arena, SPAN(" v=1; a = rsa-sha256 ;\r\n\tb=ab\r\n cd; "));

	(void)state;
	assert_int_equal(list.count, 3);
	assert_false(list.malformed || list.duplicate);
	assert_true(span_is(taglist_value(&list, "a"), "rsa-sha256"));
	assert_true(span_is(taglist_squeeze(arena, taglist_value(&list, "b")), "abcd"));
	assert_null(taglist_find(&list, "A"));
	assert_true(taglist_parse(arena, SPAN("v=1; x")).malformed);
	assert_true(taglist_parse(arena, SPAN("v=1;; x=2")).malformed);
	assert_true(taglist_parse(arena, SPAN("v=1; v=1")).duplicate);
	arena_free(arena);
}

static void tells_times(void **state)
{
	struct arena *arena = arena_new();
	int64_t t;

	(void)state;
	assert_true(moment_parse(SPAN("2026-11-10T09:12:44Z"), &t));
	assert_int_equal(t, 1794301964);
	assert_string_equal(moment_text(arena, t), "2026-11-10T09:12:44Z");
	assert_string_equal(moment_text_zone(arena, t, -12600, false), "2026-11-10T05:42:44-03:30");
	assert_true(moment_parse(SPAN("2026-11-10T10:12:44.5+01:00"), &t));
	assert_int_equal(t, 1794301964);
	assert_string_equal(moment_text(arena, -1), "1969-12-31T23:59:59Z");
	assert_false(moment_parse(SPAN("2026-02-29"), &t));
	assert_true(moment_parse(SPAN("2024-02-29"), &t));
	assert_false(moment_parse(SPAN("now"), &t));
	assert_int_equal(moment_civil(t).weekday, 4);
	arena_free(arena);
}

static void finds_spans(void **state)
{
	struct span s = SPAN("one\r\ntwo\nthree"), rest = s;
	uint64_t n;
	size_t len;

	(void)state;
	assert_int_equal(span_find(s, SPAN("two"), 0), 5);
	assert_int_equal(span_find(s, SPAN("four"), 0), s.len);
	assert_int_equal(span_ifind(s, SPAN("TWO"), 0), 5);
	assert_int_equal(span_ifind(s, SPAN("T"), 0), 5);
	assert_int_equal(span_ifind(s, SPAN("tH"), 6), 9);

	/* Around the size of the windows that it looks through. */
	char long_text[600];

	for (size_t at = 250; at < 270; at++) {
		memset(long_text, 'x', sizeof long_text);
		memcpy(long_text + at, at % 2 ? "Needle" : "nEEDLE", 6);
		assert_int_equal(span_ifind(span_make(long_text, sizeof long_text), SPAN("needle"), 0), at);
		assert_int_equal(span_ifind(span_make(long_text, at + 6), SPAN("needle"), 3), at);
		assert_int_equal(span_ifind(span_make(long_text, at + 5), SPAN("needle"), 0), at + 5);
	}
	assert_int_equal(span_ifind(s, SPAN("three!"), 0), s.len);
	assert_int_equal(span_ifind(s, SPAN("THREE"), 9), 9);
	assert_int_equal(span_ifind(s, SPAN("one"), 1), s.len);
	assert_int_equal(span_ifind(s, SPAN(""), 2), 2);
	assert_int_equal(span_line(&rest, &len).len, 5);
	assert_int_equal(len, 3);
	span_line(&rest, &len);
	assert_int_equal(len, 3);
	assert_int_equal(span_line(&rest, &len).len, 5);
	assert_int_equal(rest.len, 0);
	assert_true(span_number(SPAN("255"), 255, &n));
	assert_false(span_number(SPAN("256"), 255, &n));
	assert_false(span_number(SPAN("18446744073709551616"), UINT64_MAX, &n));
}

static void knows_words(void **state)
{
	(void)state;
	assert_string_equal(result_word(RESULT_TEMPERROR), "temperror");
	assert_int_equal(result_of("SoftFail"), RESULT_SOFTFAIL);
	assert_int_equal(result_of("hardfail"), -1);
	assert_null(cause_word(CAUSE_NONE));
	assert_string_equal(cause_word(CAUSE_TOO_MANY_SETS), "too-many-sets");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(shows_hostile_bytes), cmocka_unit_test(counts_columns),
		cmocka_unit_test(decodes_base64),      cmocka_unit_test(parses_tag_lists),
		cmocka_unit_test(decodes_escapes),    cmocka_unit_test(reads_whole_files),
		cmocka_unit_test(tells_times),	       cmocka_unit_test(finds_spans),
		cmocka_unit_test(knows_words),
	};

	setlocale(LC_CTYPE, "C.UTF-8");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
