/* SPDX-License-Identifier: ISC */
/* The author's field: each way to make it read as someone else, and honest fields that look
 * similar. */
#include "tests/unit/findings_rows.h"

#define FROM(value) STRANGER "From: " value "\r\n" SUBJECT REST PLAIN END

static void finds_broken_authors(void **state)
{
	static const struct row rows[] = {
		/* Several fields, several addresses. */
		{"FROM-MULTI-HDR", SEVERITY_CRITICAL,
			RAW(STRANGER
				"From: <a@attack.example>\r\nFrom: <b@bank.example>\r\n" SUBJECT
					REST PLAIN END)},
		{"FROM-PARSER-SPLIT", SEVERITY_CRITICAL,
			RAW(STRANGER
				"From: <a@attack.example>\r\nFROM: <b@bank.example>\r\n" SUBJECT
					REST PLAIN END)},
		{"FROM-MULTI-ADDR", SEVERITY_HIGH, RAW(FROM("a@attack.example, b@bank.example"))},
		{"FROM-MULTI-ADDR", SEVERITY_LOW,
			RAW(FROM("A <a@mail.bank.example>, B <b@bank.example>"))},
		{"FROM-PARSER-SPLIT", SEVERITY_CRITICAL,
			RAW(FROM("a@attack.example, b@bank.example"))},
		{"FROM-BARE-COMMA", SEVERITY_CRITICAL,
			RAW(FROM("admin@bank.example,<x@attack.example>"))},
		/* The name of the field. */
		{"FROM-NAME-WS", SEVERITY_CRITICAL,
			RAW(STRANGER "From : <b@bank.example>\r\n" SUBJECT REST PLAIN END)},
		{"FROM-NAME-WS", SEVERITY_CRITICAL,
			RAW(STRANGER "From\r\n : <b@bank.example>\r\n" SUBJECT REST PLAIN END)},
		{"FROM-NAME-WS", SEVERITY_CRITICAL,
			RAW(" From: <a@bank.example>\r\n" SUBJECT REST PLAIN END)},
		{"FROM-NAME-BYTES", SEVERITY_HIGH,
			RAW(STRANGER
				"From: <a@attack.example>\r\nFrom\377: <b@bank.example>\r\n" SUBJECT
					REST PLAIN END)},
		{"FROM-NAME-BYTES", SEVERITY_HIGH,
			RAW(STRANGER
				"\001From: <b@bank.example>\r\nFrom: <a@attack.example>\r\n" SUBJECT
					REST PLAIN END)},
		/* Nobody, and who stands in. */
		{"FROM-MISSING", SEVERITY_HIGH, RAW(STRANGER SUBJECT REST PLAIN END)},
		{"FROM-MISSING", SEVERITY_HIGH, RAW(FROM("just words"))},
		{"FROM-MISSING", SEVERITY_LOW, RAW(NOBODY "From: <>\r\n" SUBJECT REST PLAIN END)},
		{"FROM-ALT", SEVERITY_HIGH,
			RAW(STRANGER
				"Sender: Boss <boss@bank.example>\r\n" SUBJECT REST PLAIN END)},
		{"FROM-ALT", SEVERITY_NONE,
			RAW(STRANGER
				"Sender: Boss <boss@attack.example>\r\n" SUBJECT REST PLAIN END)},
		{"FROM-GROUP", SEVERITY_MEDIUM, RAW(FROM("Support <support@bank.example>:;"))},
		{"FROM-GROUP", SEVERITY_MEDIUM,
			RAW(FROM("Managers: a@bank.example, b@bank.example;"))},
		/* Encoded-words. */
		{"FROM-ENCODED-ADDR", SEVERITY_CRITICAL,
			RAW(FROM(
				"=?utf-8?Q?=3Cadmin=40bank.example=3E?=,<second@attack.example>"))},
		{"FROM-ENC-CONTROL", SEVERITY_CRITICAL,
			RAW(FROM("=?utf-8?Q?a=00b?= <x@attack.example>"))},
		{"FROM-ENC-CONTROL", SEVERITY_CRITICAL,
			RAW(FROM("=?utf-8?B?YQpi?= <x@attack.example>"))},
		/* The shape of the address. */
		{"FROM-ROUTE", SEVERITY_CRITICAL,
			RAW(FROM("<@attack.example,@any.example:admin@bank.example>"))},
		{"FROM-PARSER-SPLIT", SEVERITY_CRITICAL,
			RAW(FROM("<@attack.example:admin@bank.example>"))},
		{"FROM-PARSER-SPLIT", SEVERITY_CRITICAL,
			RAW(FROM("=?utf-8?q?admin=40bank=2Eexample=2C?= <any@attack.example>"))},
		{"FROM-PARSER-SPLIT", SEVERITY_NONE, RAW(FROM("=?utf-8?q?Doe=2C_Jane?= <any@attack.example>"))},
		{"FROM-QUOTED-PAIR", SEVERITY_CRITICAL,
			RAW(FROM("<admin@bank.example>\\,<x@attack.example>"))},
		{"FROM-TRAILING", SEVERITY_CRITICAL,
			RAW(FROM("<any@attack.example>admin@bank.example"))},
		{"FROM-TRAILING", SEVERITY_LOW, RAW(FROM("<any@attack.example> at work"))},
		{"FROM-COMMENT", SEVERITY_HIGH,
			RAW(FROM("Bank (admin@bank.example) <any@attack.example>"))},
		{"FROM-COMMENT", SEVERITY_HIGH,
			RAW(FROM("(a\r\n <admin@bank.example>) <any@attack.example>"))},
		{"FROM-NESTED", SEVERITY_HIGH,
			RAW(FROM("Bank <admin@bank.example <any@attack.example>>"))},
		{"FROM-NESTED", SEVERITY_HIGH,
			RAW(FROM("<admin@bank.example> <any@attack.example>"))},
		{"FROM-NESTED", SEVERITY_MEDIUM, RAW(FROM("Bank <admin@bank.example"))},
		{"FROM-QUOTED-LOCAL", SEVERITY_HIGH,
			RAW(FROM("\"admin@bank.example\"@attack.example"))},
		{"FROM-QUOTED-LOCAL", SEVERITY_LOW, RAW(FROM("admin%bank.example@attack.example"))},
		{"FROM-CONTROL", SEVERITY_HIGH,
			RAW(FROM("<admin@bank.example\001.attack.example>"))},
		{"FROM-CONTROL", SEVERITY_HIGH, RAW(FROM("<admin@bank.example\0@attack.example>"))},
		{"FROM-CONTROL", SEVERITY_HIGH, RAW(FROM("<admin\377@bank.example>"))},
		{"FROM-INVISIBLE", SEVERITY_CRITICAL,
			RAW(FROM("<admin@ba\xe2\x80\x8bnk.example>"))},
		{"FROM-LITERAL", SEVERITY_MEDIUM, RAW(FROM("Bank <admin@[192.0.2.10]>"))},
		{"FROM-LITERAL", SEVERITY_MEDIUM, RAW(FROM("root@localhost"))},
		{"FROM-LITERAL", SEVERITY_MEDIUM, RAW(FROM("team@{bank.example}"))},
		{"FROM-MISSING", SEVERITY_HIGH, RAW(FROM("Bank"))},
		{"FROM-MISSING", SEVERITY_LOW, RAW(FROM("MAILER-DAEMON"))},
		{"FROM-BIDI", SEVERITY_CRITICAL,
			RAW(FROM("\"\xe2\x80\xaemoc.knab\" <x@attack.example>"))},
	};

	(void)state;
	RUN(rows);
}

static void spares_honest_authors(void **state)
{
	static const struct row rows[] = {
		{"FROM-PARSER-SPLIT", SEVERITY_NONE,
			RAW(FROM("A <a@bank.example>, B <b@mail.bank.example>"))},
		{"FROM-PARSER-SPLIT", SEVERITY_NONE,
			RAW(FROM("\"Doe, Jane\" <jane@bank.example>"))},
		{"FROM-BARE-COMMA", SEVERITY_NONE, RAW(FROM("\"Doe, Jane\" <jane@bank.example>"))},
		{"FROM-PARSER-SPLIT", SEVERITY_NONE, RAW(FROM("jane@bank.example (Jane, Berlin)"))},
		{"FROM-TRAILING", SEVERITY_NONE,
			RAW(FROM("Jane <jane@bank.example> (Berlin office)"))},
		{"FROM-COMMENT", SEVERITY_NONE,
			RAW(FROM("Jane <jane@bank.example> (jane@mail.bank.example)"))},
		{"FROM-ENCODED-ADDR", SEVERITY_NONE,
			RAW(FROM("=?utf-8?Q?J=C3=A4ne?= <jane@bank.example>"))},
		{"FROM-ENCODED-ADDR", SEVERITY_NONE,
			RAW(FROM("\"=?utf-8?Q?a=40b.example?=\" <jane@bank.example>"))},
		{"FROM-CONTROL", SEVERITY_NONE, RAW(FROM("<j\xc3\xa4ne@bank.example>"))},
		{"FROM-INVISIBLE", SEVERITY_NONE, RAW(FROM("<j\xc3\xa4ne@bank.example>"))},
		{"FROM-BIDI", SEVERITY_NONE,
			RAW(FROM("=?utf-8?B?2YXYrdmF2K/igI8=?= <x@bank.example>"))},
		{"FROM-NAME-WS", SEVERITY_NONE,
			RAW(STRANGER
				"From:\r\n Jane <jane@bank.example>\r\n" SUBJECT REST PLAIN END)},
		{"FROM-NESTED", SEVERITY_NONE, RAW(FROM("\"<Jane>\" <jane@bank.example>"))},
		{"FROM-QUOTED-LOCAL", SEVERITY_NONE, RAW(FROM("jane+50%off@bank.example"))},
		{"FROM-GROUP", SEVERITY_NONE, RAW(FROM("\"Re: Jane; Doe\" <jane@bank.example>"))},
		{"FROM-MISSING", SEVERITY_NONE, RAW(FROM("jane@bank.example"))},
		{"FROM-LITERAL", SEVERITY_NONE, RAW(FROM("jane@my_bank-1.example"))},
	};

	(void)state;
	RUN(rows);
}

/* The readings of who reads what, worst case by case. */
static void lists_the_readings(void **state)
{
	static const struct {
		const char *from, *first, *second;
		size_t len;
	} rows[] = {
		{"<@attack.example:admin@bank.example>", "@attack.example", "admin@bank.example",
			36},
		{"<admin@bank.example\0@attack.example>", "admin@bank.example", "@attack.example",
			36},
		{"<a@attack.example>b@bank.example", "a@attack.example", "b@bank.example", 32},
		{"=?utf-8?Q?=3Cadmin=40bank.example=3E?=,<s@attack.example>", "admin@bank.example",
			"s@attack.example", 57},
	};
	struct error error = {.code = 0};
	struct psl *psl = psl_open(NULL, &error);
	struct dkim_context *dkim = dkim_context_new();

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct arena *arena = arena_new();
		struct buffer raw = BUFFER_INIT;

		buffer_str(&raw, STRANGER "From: ");
		buffer_add(&raw, rows[i].from, rows[i].len);
		buffer_str(&raw, "\r\n" SUBJECT REST PLAIN END);

		const struct findings *f =
			run_message(arena, buffer_view(&raw), NULL, psl, dkim)->findings;

		assert_int_equal(f->author, AUTHOR_AMBIGUOUS);
		assert_true(f->reading_count >= 2);
		assert_string_equal(f->reading[0].address, rows[i].first);
		assert_string_equal(f->reading[1].address, rows[i].second);
		buffer_release(&raw);
		arena_free(arena);
	}
	dkim_context_free(dkim);
	psl_close(psl);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_broken_authors),
		cmocka_unit_test(spares_honest_authors),
		cmocka_unit_test(lists_the_readings),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
