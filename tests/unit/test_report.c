/* SPDX-License-Identifier: ISC */
/* The writers and the layout of rows; whole reports are tested by the stories. */
#include "parsers/base/printable.h"
#include "parsers/report/json.h"
#include "parsers/report/sheet.h"
#include "parsers/report/show.h"

#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static void strings_are_ascii_json(void **state)
{
	static const struct {
		const char *text, *json;
	} table[] = {
		{"plain", "\"plain\""}, {"", "\"\""}, {NULL, "null"},
		{"a\"b\\c", "\"a\\\"b\\\\c\""},
		{"\x01\x1f\x7f\n", "\"\\u0001\\u001f\\u007f\\u000a\""}, {"\xc3\xa4", "\"\\u00e4\""},
		{"\xe2\x80\xae", "\"\\u202e\""},
		{"\xf0\x9f\x98\x80", "\"\\ud83d\\ude00\""}, /* RFC 8259 7: U+1F600 as a pair */
		{"\xf4\x8f\xbf\xbf", "\"\\udbff\\udfff\""}, {"a\xff z", "\"a\\ufffd z\""},
		{"\xed\xa0\x80", "\"\\ufffd\\ufffd\\ufffd\""}, /* a surrogate is no UTF-8 */
		{"\xc0\xaf", "\"\\ufffd\\ufffd\""},            /* an overlong form */
	};

	(void)state;
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		struct buffer out = BUFFER_INIT;
		struct json json = {&out, false};

		member_text(&json, NULL, table[i].text);
		if (strcmp(buffer_text(&out), table[i].json) != 0)
			fail_msg("%zu: %s, not %s", i, buffer_text(&out), table[i].json);
		buffer_release(&out);
	}
}

static void members_stand_in_order(void **state)
{
	struct buffer out = BUFFER_INIT;
	struct json json = {&out, false};

	(void)state;
	member_open(&json, NULL, '{');
	member_integer(&json, "a", -42);
	member_open(&json, "b", '[');
	member_close(&json, ']');
	member_open(&json, "c", '[');
	member_integer(&json, NULL, INT64_MIN);
	member_integer(&json, NULL, INT64_MAX);
	member_number(&json, NULL, 0.001);
	member_number(&json, NULL, 1.0);
	member_close(&json, ']');
	member_bool(&json, "d", true);
	member_null(&json, "e");
	member_string(&json, "f", NULL);
	member_close(&json, '}');
	assert_string_equal(buffer_text(&out),
		"{\"a\":-42,\"b\":[],\"c\":[-9223372036854775808,9223372036854775807,0.001,1],"
		"\"d\":true,\"e\":null,\"f\":\"\"}");
	buffer_release(&out);
}

static const char *row_of(struct arena *arena, unsigned width, const char *first,
	const char *elastic, unsigned column, const char *last)
{
	struct sheet sheet;

	sheet_init(&sheet, arena, NULL, width);
	sheet_row(&sheet, 0);
	sheet_add(&sheet, PIECE_TEXT, 0, "%s", first);
	sheet_elastic(&sheet, PIECE_TEXT, 0, "%s", elastic);
	sheet_add(&sheet, PIECE_TEXT, column, "%s", last);
	return row_text(arena, &sheet.outline->row[0], width);
}

static void rows_fit_their_width(void **state)
{
	static const struct {
		unsigned width, column;
		const char *first, *elastic, *last, *row;
	} table[] = {
		{40, 20, "ab", "cdef", "gh", "abcdef              gh"},
		{40, 4, "ab", "cdef", "gh", "abcdef gh"}, /* never glued together */
		{40, 0, "ab", "cdef", "gh", "abcdefgh"},
		{20, 0, "ab", "0123456789abcdefghij", "gh",
			"ab0123456789abcde…gh"}, /* the elastic one is cut */
		{10, 0, "0123456789ab", "x", "y", "012345678…"},
		{20, 6, "a", "b", "\xe6\xbc\xa2\xe5\xad\x97",
			"ab    \xe6\xbc\xa2\xe5\xad\x97"}, /* wide characters */
		{20, 8, "a\x1b[31m", "", "b", "a<1B>[31m b"},
	};
	struct arena *arena = arena_new();

	(void)state;
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		const char *got = row_of(arena, table[i].width, table[i].first, table[i].elastic,
			table[i].column, table[i].last);

		if (strcmp(got, table[i].row) != 0)
			fail_msg("%zu: '%s', not '%s'", i, got, table[i].row);
	}
	arena_free(arena);
}

static void long_text_wraps_between_words(void **state)
{
	struct arena *arena = arena_new();
	struct sheet sheet;
	struct buffer out = BUFFER_INIT;

	(void)state;
	sheet_init(&sheet, arena, NULL, 30);
	sheet_row(&sheet, 0);
	sheet_add(&sheet, PIECE_LABEL, 2, "key");
	sheet_wrap(&sheet, PIECE_TEXT, 8,
		"one two three four five sixsevenseveneightnineteneleventwelve end");
	outline_write(&out, sheet.outline, 30, false);
	assert_string_equal(buffer_text(&out),
		"  key   one two three four\n        five\n        sixsevenseveneightnine\n"
		"        teneleventwelve end\n");
	buffer_release(&out);
	arena_free(arena);
}

static void texts_read_as_people_write(void **state)
{
	static const char *const name[] = {"a", "b", "c", "d"};
	struct arena *arena = arena_new();

	(void)state;
	assert_string_equal(text_number(arena, 0), "0");
	assert_string_equal(text_number(arena, 1483), "1,483");
	assert_string_equal(text_number(arena, 1000000), "1,000,000");
	assert_string_equal(text_count(arena, 0, "link"), "no links");
	assert_string_equal(text_count(arena, 1, "link"), "1 link");
	assert_string_equal(text_list(arena, name, 1, 4), "a");
	assert_string_equal(text_list(arena, name, 3, 4), "a, b and c");
	assert_string_equal(text_list(arena, name, 4, 2), "a, b and 2 more");
	assert_string_equal(field_title(arena, "message-id"), "Message-ID");
	assert_string_equal(field_title(arena, "mime-version"), "MIME-Version");
	assert_string_equal(field_title(arena, "content-type"), "Content-Type");
	/* 2026-11-10T09:12:44Z is a Tuesday (Python's datetime). */
	assert_string_equal(text_date(arena, 1794301964, 3600), "Tue 10 Nov 2026 10:12:44 +0100");
	assert_string_equal(text_date(arena, 1794301964, -19800), "Tue 10 Nov 2026 03:42:44 -0530");
	arena_free(arena);
}

static void bytes_are_shown_with_places(void **state)
{
	struct arena *arena = arena_new();
	struct buffer out = BUFFER_INIT;

	(void)state;
	outline_write(&out, show_hex(arena, SPAN("From: a\x00\xff\r\n0123456789"), 16), 80, false);
	assert_string_equal(buffer_text(&out),
		"00000010  46 72 6f 6d 3a 20 61 00  ff 0d 0a 30 31 32 33 34  |From: a....01234|\n"
		"00000020  35 36 37 38 39                                    |56789|\n");
	buffer_clear(&out);
	outline_write(&out, show_lines(arena, SPAN("a\r\nb\nc"), 5, 80), 80, false);
	assert_string_equal(buffer_text(&out), "       5 | a\n       8 | b<0A>\n      10 | c\n");
	buffer_release(&out);
	arena_free(arena);
}

static const char message_text[] = "DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; "
				   "d=a.example; s=s; h=from:subject;\r\n"
				   " bh=AAAA; b=BB\r\n BB\r\nFrom:  x@a.example \r\nSubject: "
				   "hello\r\n\tworld\r\n\r\na  b \r\n\r\n\r\nc\r\n\r\n\r\n";

/* What b= and bh= are made of, from the rules of RFC 6376 3.4 and 3.7 by hand. */
static void canonical_bytes(void **state)
{
	struct arena *arena = arena_new();
	struct message_options how = {0};
	const struct message *m = message_parse(arena, SPAN(message_text), &how);
	const char *names[] = {"from", "subject"};
	const struct field *covered[] = {&m->field[1], &m->field[2]};
	struct dkim_signature s = {.field = &m->field[0],
		.signed_field = names,
		.signed_field_count = 2,
		.covered = covered,
		.header_canon = CANONICAL_RELAXED,
		.body_canon = CANONICAL_RELAXED};
	struct buffer out = BUFFER_INIT;

	(void)state;
	canonical_header(&out, &s);
	assert_string_equal(arena_text(arena, buffer_view(&out)),
		"from:x@a.example\r\nsubject:hello world\r\n"
		"dkim-signature:v=1; a=rsa-sha256; c=relaxed/relaxed; d=a.example; s=s; "
		"h=from:subject; bh=AAAA; b=");
	buffer_clear(&out);
	canonical_body(&out, m, &s);
	assert_string_equal(arena_text(arena, buffer_view(&out)), "a b\r\n\r\n\r\nc\r\n");
	buffer_clear(&out);
	s.body_canon = CANONICAL_SIMPLE;
	s.has_length = true;
	s.length = 5;
	canonical_body(&out, m, &s);
	assert_string_equal(arena_text(arena, buffer_view(&out)), "a  b ");
	buffer_release(&out);
	arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(strings_are_ascii_json),
		cmocka_unit_test(members_stand_in_order),
		cmocka_unit_test(rows_fit_their_width),
		cmocka_unit_test(long_text_wraps_between_words),
		cmocka_unit_test(texts_read_as_people_write),
		cmocka_unit_test(bytes_are_shown_with_places),
		cmocka_unit_test(canonical_bytes),
	};

	setlocale(LC_CTYPE, "C.UTF-8");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
