/* SPDX-License-Identifier: ISC */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "parsers/base/buffer.h"
#include "parsers/message/message.h"

#define IN(s) { (const uint8_t *)(s), sizeof(s) - 1 }
#define F(x) FIELD_##x

/* Fields as "name|value|odd in hex|line", joined by " / "; then what of the body. */
static const struct {
	struct span in;
	const char *fields, *body;
	enum line_ends ends;
	bool has_body;
} rows[] = {
	{ IN("A: 1\r\nB: 2\r\n\r\nx\r\n"), "A| 1|0|1 / B| 2|0|2", "x\r\n", LINE_ENDS_CRLF, true },
	{ IN("A: 1\nB: 2\n\nx\n"), "A| 1|0|1 / B| 2|0|2", "x\n", LINE_ENDS_LF, true },
	{ IN("A: 1\rB: 2\r\rx\r"), "A| 1|0|1 / B| 2|0|2", "x\r", LINE_ENDS_CR, true },
	{ IN("A: 1\r\nB: 2\n\nx"), "A| 1|0|1 / B| 2|8|2", "x", LINE_ENDS_MIXED, true },
	{ IN("A: 1\n b\n\tc\nB:\n\n"), "A| 1\n b\n\tc|0|1 / B||0|4", "", LINE_ENDS_LF, true },
	{ IN("A: 1"), "A| 1|0|1", "", LINE_ENDS_NONE, false },
	{ IN("A: 1\n"), "A| 1|0|1", "", LINE_ENDS_LF, false },
	{ IN(""), "", "", LINE_ENDS_NONE, false },
	{ IN("\nbody"), "", "body", LINE_ENDS_LF, true },
	{ IN("A: 1\njunk line\nB: 2\n\n"), "A| 1|0|1 / |junk line|1|2 / B| 2|0|3", "", LINE_ENDS_LF, true },
	{ IN("A : 1\n\n"), "A| 1|10|1", "", LINE_ENDS_LF, true },
	{ IN("A\n : 1\n\n"), "A| 1|30|1", "", LINE_ENDS_LF, true },
	{ IN("A: 1\n \n b\n\n"), "A| 1\n \n b|40|1", "", LINE_ENDS_LF, true },
	{ IN("A B: 1\n: 2\n\n"), "A B| 1|80|1 / | 2|80|2", "", LINE_ENDS_LF, true },
	{ IN("A: \xc3\xbc\n\n"), "A| \xc3\xbc|100|1", "", LINE_ENDS_LF, true },
	{ IN(" A: 1\nB: 2\n\n"), "A| 1|400|1 / B| 2|0|2", "", LINE_ENDS_LF, true },
	{ IN("A: 1\r2\r\nB: 3\r\n\r\n"), "A| 1\r2|4|1 / B| 3|0|2", "", LINE_ENDS_CRLF, true },
	{ IN("A: 1\n>From x\nFrom y Mon\nFrom : z\n\n"),
		"A| 1|0|1 / |>From x|801|2 / |From y Mon|801|3 / From| z|10|4", "", LINE_ENDS_LF, true },
	{ IN("From a Mon Jan  1 00:00:00 2020\nA: 1\n\nb"), "A| 1|0|2", "b", LINE_ENDS_LF, true },
};

static void indexes_fields(void **state)
{
	struct arena *arena = arena_new();
	struct buffer out = BUFFER_INIT;

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const struct message *m = message_parse(arena, rows[i].in, NULL);
		const uint8_t *next = m->header.ptr;

		buffer_clear(&out);
		for (size_t k = 0; k < m->field_count; k++) {
			const struct field *f = &m->field[k];

			buffer_printf(&out, "%s%.*s|%.*s|%x|%u", k ? " / " : "", SPAN_ARG(f->name), SPAN_ARG(f->value),
				f->odd, f->line);
			assert_ptr_equal(f->whole.ptr, next); /* no byte is in none, or in two */
			next = span_end(f->whole);
			assert_int_equal(f->index, k);
		}
		assert_ptr_equal(next, span_end(m->header));
		if (strcmp(buffer_text(&out), rows[i].fields) != 0)
			fail_msg("row %zu: '%s', expected '%s'", i, buffer_text(&out), rows[i].fields);
		if (!span_is(m->body, rows[i].body) || m->has_body != rows[i].has_body || m->line_ends != rows[i].ends)
			fail_msg("row %zu: body '%.*s', ends %d", i, SPAN_ARG(m->body), m->line_ends);
	}
	buffer_release(&out);
	arena_free(arena);
}

static void sees_nul(void **state)
{
	struct arena *arena = arena_new();
	const struct message *m = message_parse(arena, SPAN("A: a\0b\nB: c\n\n"), NULL);

	(void)state;
	assert_true(m->has_nul);
	assert_int_equal(m->field[0].odd, FIELD_NUL);
	assert_int_equal(m->field[0].value.len, 4);
	assert_int_equal(m->field[1].odd, 0);
	assert_string_equal(field_text(arena, &m->field[0]), "a\xef\xbf\xbd" "b");
	arena_free(arena);
}

static void knows_names(void **state)
{
	(void)state;
	for (int name = NAME_OTHER + 1; name < NAME_COUNT; name++) {
		struct span text = span_of(field_name_text((enum field_name)name));
		char other[64];

		assert_int_equal(field_name_of(text), name);
		for (size_t i = 0; i < text.len; i++)
			other[i] = (char)(text.ptr[i] ^ (is_alpha(text.ptr[i]) ? 32 : 0));
		assert_int_equal(field_name_of(span_make(other, text.len)), name);
		other[text.len / 2] = '!';
		assert_int_equal(field_name_of(span_make(other, text.len)), NAME_OTHER);
		assert_int_not_equal(field_name_of(span_sub(text, 0, text.len - 1)), name);
	}
	assert_int_equal(field_name_of(SPAN_NONE), NAME_OTHER);
	assert_int_equal(field_name_of(SPAN("X-Not-Known")), NAME_OTHER);
	assert_int_equal(field_name_of(SPAN("a name that is longer than any of those that are known")), NAME_OTHER);
}

static void finds_fields(void **state)
{
	struct arena *arena = arena_new();
	const struct message *m = message_parse(arena, SPAN("To: a\nfrom: 1\nx\nFROM: 2\n\n"), NULL);

	(void)state;
	assert_int_equal(message_field_count(m, NAME_FROM), 2);
	assert_ptr_equal(message_field(m, NAME_FROM, 0), &m->field[1]);
	assert_ptr_equal(message_field(m, NAME_FROM, 1), &m->field[3]);
	assert_null(message_field(m, NAME_FROM, 2));
	assert_ptr_equal(message_field_last(m, NAME_FROM), &m->field[3]);
	assert_null(message_field_named(m, "", 0)); /* garbage is no field */
	assert_int_equal(message_line(m, 0), 1);
	assert_int_equal(message_line(m, 6), 2);
	assert_int_equal(message_line(m, m->raw.len), 6);
	arena_free(arena);
}

static void undoes_quoting(void **state)
{
	static const struct span raw = IN("A: 1\n\n>From a\n>>From b\n> From c\n>Fromd\nFrom e\n");
	struct arena *arena = arena_new();
	const struct message *m = message_parse(arena, raw, &(struct message_options){ .mbox = true });

	(void)state;
	assert_true(span_is(m->check_body, "From a\n>From b\n> From c\n>Fromd\nFrom e\n"));
	assert_int_equal(m->unquoted_count, 2);
	for (size_t i = 0; i < m->check_body.len; i++) /* every byte is where it is said to be */
		assert_int_equal(m->check_body.ptr[i], raw.ptr[message_stored(m, i)]);
	assert_int_equal(message_stored(m, 0), 7);
	assert_int_equal(message_stored(m, m->check_body.len), raw.len);
	m = message_parse(arena, raw, NULL);
	assert_ptr_equal(m->check_body.ptr, m->body.ptr);
	assert_int_equal(m->check_body.len, m->body.len);
	arena_free(arena);
}

static void decodes_text(void **state)
{
	static const struct {
		const char *in, *out;
	} texts[] = {
		{ " plain ", "plain" },
		{ " a\r\n b\r\n\tc", "a b\tc" },
		{ "=?us-ascii?Q?a_b=3F?=", "a b?" },
		/* RFC 2047 8 */
		{ "(=?ISO-8859-1?Q?a?=)", "(a)" },
		{ "(=?ISO-8859-1?Q?a?= b)", "(a b)" },
		{ "(=?ISO-8859-1?Q?a?= =?ISO-8859-1?Q?b?=)", "(ab)" },
		{ "(=?ISO-8859-1?Q?a?=  =?ISO-8859-1?Q?b?=)", "(ab)" },
		{ "(=?ISO-8859-1?Q?a_b?=)", "(a b)" },
		{ "(=?ISO-8859-1?Q?a?= =?ISO-8859-2?Q?_b?=)", "(a b)" },
		{ "=?ISO-8859-1?B?SWYgeW91IGNhbiByZWFkIHRoaXMgeW8=?= =?ISO-8859-2?B?dSB1bmRlcnN0YW5kIHRoZSBleGFtcGxlLg==?=",
			"If you can read this you understand the example." },
		{ "=?utf-8?Q?=E2=82?= =?UTF-8?Q?=AC?=", "\xe2\x82\xac" }, /* a character over two words */
		{ "=?utf-8*en?Q?x?=", "x" },
		{ "=?windows-1252?Q?=80?=", "\xe2\x82\xac" },
		{ "=?koi8-r?B?8NLJ18XU?=", "\xd0\x9f\xd1\x80\xd0\xb8\xd0\xb2\xd0\xb5\xd1\x82" },
		{ "=?no-such-set?Q?=FC?=", "\xc3\xbc" },
		{ "=?utf-8?Q?=FF?=", "\xef\xbf\xbd" },
		{ "=?utf-8?X?a?= =?utf-8?Q?b", "=?utf-8?X?a?= =?utf-8?Q?b" },
		{ "caf\xe9", "caf\xe9" },
	};
	struct arena *arena = arena_new();

	(void)state;
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		struct field field = { .value = span_of(texts[i].in) };

		if (strcmp(field_text(arena, &field), texts[i].out) != 0)
			fail_msg("row %zu: '%s'", i, field_text(arena, &field));
	}
	arena_free(arena);
}

static const char *dedupe_of(struct arena *arena, struct span raw, bool mbox)
{
	const struct message *m = message_parse(arena, raw, &(struct message_options){ .mbox = mbox });

	return message_dedupe(arena, m, message_sha256(arena, m));
}

static void digests_copies_alike(void **state)
{
	static const struct span maildir = IN("A: 1\r\n\r\nFrom x\r\ny\r\n"), plain = IN("A: 1\n\nFrom x\ny\n"),
				 quoted = IN("A: 1\n\n>From x\ny\n"), old = IN("A: 1\r\rFrom x\ry\r");
	struct arena *arena = arena_new();
	const char *want = dedupe_of(arena, maildir, false);

	(void)state;
	/* printf 'A: 1\r\n\r\nFrom x\r\ny\r\n' | sha256sum */
	assert_string_equal(want, "104f2d00e745fee19534fc1839b01624780e153807638f0373c5acd4d7999f32");
	assert_string_equal(want, message_sha256(arena, message_parse(arena, maildir, NULL)));
	assert_string_equal(want, dedupe_of(arena, plain, false));
	assert_string_equal(want, dedupe_of(arena, old, false));
	assert_string_equal(want, dedupe_of(arena, quoted, true));
	assert_string_not_equal(want, dedupe_of(arena, quoted, false));
	/* FIPS 180-4's example */
	assert_string_equal(message_sha256(arena, message_parse(arena, SPAN("abc"), NULL)),
		"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	arena_free(arena);
}

static void meets_limits(void **state)
{
	struct arena *arena = arena_new();
	struct buffer in = BUFFER_INIT;
	const struct message *m;

	(void)state;
	for (int i = 0; i < LIMIT_FIELDS + 10; i++)
		buffer_str(&in, "Received: x\n");
	buffer_str(&in, "\nbody");
	m = message_parse(arena, buffer_view(&in), NULL);
	assert_true(m->fields_limited && !m->header_limited);
	assert_int_equal(m->field_count, LIMIT_FIELDS);
	assert_true(span_is(m->body, "body"));
	buffer_clear(&in);
	buffer_str(&in, "A: 1\nB: ");
	buffer_fill(&in, 'x', LIMIT_HEADER);
	buffer_str(&in, "\n\nbody");
	m = message_parse(arena, buffer_view(&in), NULL);
	assert_true(m->header_limited);
	assert_int_equal(m->field_count, 1);
	assert_true(span_is(m->body, "body"));
	buffer_release(&in);
	arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(indexes_fields),	cmocka_unit_test(sees_nul),
		cmocka_unit_test(knows_names),
		cmocka_unit_test(finds_fields),		cmocka_unit_test(undoes_quoting),
		cmocka_unit_test(decodes_text),		cmocka_unit_test(digests_copies_alike),
		cmocka_unit_test(meets_limits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
