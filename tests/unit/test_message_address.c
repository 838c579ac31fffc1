/* SPDX-License-Identifier: ISC */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

#include "parsers/base/buffer.h"
#include "parsers/message/address.h"

#define A(x) ADDRESS_##x
#define IN(s) { (const uint8_t *)(s), sizeof(s) - 1 }

/* Each address as "display|address|local|domain" with "-" for none, joined by " ; ". */
static const struct {
	struct span in;
	const char *out;
	unsigned odd; /* of the first */
} rows[] = {
	/* RFC 5322 appendix A */
	{ IN("John Doe <jdoe@machine.example>"), "John Doe|jdoe@machine.example|jdoe|machine.example", 0 },
	{ IN("\"Joe Q. Public\" <john.q.public@example.com>"),
		"Joe Q. Public|john.q.public@example.com|john.q.public|example.com", 0 },
	{ IN("Mary Smith <mary@x.test>, jdoe@example.org, Who? <one@y.test>"),
		"Mary Smith|mary@x.test|mary|x.test ; -|jdoe@example.org|jdoe|example.org ; Who?|one@y.test|one|y.test", 0 },
	{ IN("<boss@nil.test>, \"Giant; \\\"Big\\\" Box\" <sysservices@example.net>"),
		"-|boss@nil.test|boss|nil.test ; Giant; \"Big\" Box|sysservices@example.net|sysservices|example.net", 0 },
	{ IN("A Group:Ed Jones <c@a.test>,joe@where.test,John <jdoe@one.test>;"),
		"Ed Jones|c@a.test|c|a.test ; -|joe@where.test|joe|where.test ; John|jdoe@one.test|jdoe|one.test", A(GROUP) },
	{ IN("Undisclosed recipients:;"), "", 0 },
	{ IN("Pete(A nice \\) chap) <pete(his account)@silly.test(his host)>"),
		"Pete|pete@silly.test|pete|silly.test", A(COMMENT) },
	{ IN("Joe Q. Public <john.q.public@example.com>"),
		"Joe Q. Public|john.q.public@example.com|john.q.public|example.com", 0 },
	{ IN("Mary Smith <@node.test:mary@example.net>, , jdoe@test  . example"),
		"Mary Smith|mary@example.net|mary|example.net ; -|jdoe@test.example|jdoe|test.example", A(ROUTE) },
	{ IN("<@a,@b:user@c.example>"), "-|user@c.example|user|c.example", A(ROUTE) },
	/* names */
	{ IN("a@b.example (Bob\r\n Jones)"), "Bob Jones|a@b.example|a|b.example", A(COMMENT) | A(NO_BRACKET) },
	{ IN("=?utf-8?Q?J=C3=BCrgen?= =?utf-8?Q?_X?= <a@b.example>"), "J\xc3\xbcrgen X|a@b.example|a|b.example", 0 },
	{ IN("\"=?utf-8?B?Sm9l?=\" <a@b.example>"), "Joe|a@b.example|a|b.example", 0 },
	{ IN("J\xfcrgen <a@b.example>"), "J\xc3\xbcrgen|a@b.example|a|b.example", A(8BIT) },
	{ IN("=?utf-8?Q?Smith,_J?= <a@b.example>"), "Smith, J|a@b.example|a|b.example", A(BROKEN) },
	{ IN("\"admin@bank.example\" <x@evil.example>"), "admin@bank.example|x@evil.example|x|evil.example", 0 },
	/* addr-specs */
	{ IN("\"a b\"@c.example"), "-|\"a b\"@c.example|a b|c.example", A(NO_BRACKET) | A(QUOTED_LOCAL) },
	{ IN("u@[192.0.2.1]"), "-|u@[192.0.2.1]|u|[192.0.2.1]", A(NO_BRACKET) | A(LITERAL) },
	{ IN("u@B\xc3\xbc" "cher.example"), "-|u@B\xc3\xbc" "cher.example|u|xn--bcher-kva.example",
		A(NO_BRACKET) | A(8BIT) },
	{ IN("root"), "-|root|root|-", A(NO_BRACKET) | A(NO_DOMAIN) },
	{ IN("Some One"), "Some One|-|-|-", A(NO_BRACKET) | A(NO_DOMAIN) | A(BROKEN) },
	{ IN("<>"), "-|-|-|-", A(NO_DOMAIN) },
	{ IN("A <root>"), "A|root|root|-", A(NO_DOMAIN) },
	{ IN("u@EXAMPLE.Org."), "-|u@EXAMPLE.Org.|u|example.org", A(NO_BRACKET) | A(BROKEN) },
	{ IN("a..b@c.example"), "-|a..b@c.example|a..b|c.example", A(NO_BRACKET) | A(BROKEN) },
	/* deceit */
	{ IN("a\0b@c.example"), "-|a\xef\xbf\xbd" "b@c.example|a\xef\xbf\xbd" "b|c.example", A(NO_BRACKET) | A(NUL) },
	{ IN("<admin@bank.example\0@attack.example>"),
		"-|admin@bank.example\xef\xbf\xbd@attack.example|admin@bank.example\xef\xbf\xbd|attack.example",
		A(NUL) | A(MULTI_AT) | A(BROKEN) },
	{ IN("<a@x.example> <b@y.example>"), "-|a@x.example|a|x.example ; -|b@y.example|b|y.example",
		A(MULTI_ANGLE) | A(BROKEN) },
	{ IN("A <a@x.example> junk"), "A|a@x.example|a|x.example", A(TRAILING) | A(BROKEN) },
	{ IN("a@x.example junk"), "-|a@x.example|a|x.example", A(NO_BRACKET) | A(TRAILING) | A(BROKEN) },
	{ IN("Bob a@x.example"), "Bob|a@x.example|a|x.example", A(NO_BRACKET) | A(BROKEN) },
	{ IN("Bob (c) a (d) @x.example"), "Bob|a@x.example|a|x.example",
		A(NO_BRACKET) | A(BROKEN) | A(COMMENT) | A(SPACE) },
	{ IN("A <a @ x.example>"), "A|a@x.example|a|x.example", A(SPACE) },
	{ IN("A <a@x.example, B <b@y.example>"), "A|a@x.example|a|x.example ; B|b@y.example|b|y.example", A(BROKEN) },
	{ IN("\"A <a@x.example>"), "\"A|a@x.example|a|x.example", A(BROKEN) },
	{ IN("(A <a@x.example>"), "(A|a@x.example|a|x.example", A(BROKEN) },
	{ IN("=?utf-8?Q?bob=40x.example?="), "-|=?utf-8?Q?bob=40x.example?=|=?utf-8?Q?bob=40x.example?=|-",
		A(NO_BRACKET) | A(NO_DOMAIN) | A(ENCODED_WORD) | A(BROKEN) },
	{ IN("<a@b@c.example>"), "-|a@b@c.example|a@b|c.example", A(MULTI_AT) | A(BROKEN) },
	{ IN("a@x.example; b@y.example"), "-|a@x.example|a|x.example ; -|b@y.example|b|y.example",
		A(NO_BRACKET) | A(BROKEN) },
	{ IN("a@x.example\x01"), "-|a@x.example\x01|a|x.example\x01", A(NO_BRACKET) | A(CONTROL) },
	{ IN(""), "", 0 },
	{ IN(" , ,;"), "", 0 },
	{ IN(">>a@b.example<"), ">>a@b.example|-|-|-", A(NO_DOMAIN) | A(BROKEN) },
};

static void add(struct buffer *out, const char *s, const char *end)
{
	buffer_str(out, s ? s : "-");
	buffer_str(out, end);
}

static void reads_addresses(void **state)
{
	struct arena *arena = arena_new();
	struct buffer out = BUFFER_INIT;

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct address_list list = address_parse(arena, rows[i].in);

		buffer_clear(&out);
		for (size_t k = 0; k < list.count; k++) {
			if (k)
				buffer_str(&out, " ; ");
			add(&out, list.address[k].display, "|");
			add(&out, list.address[k].address, "|");
			add(&out, list.address[k].local, "|");
			add(&out, list.address[k].domain, "");
			assert_true(span_within(rows[i].in, list.address[k].where));
			assert_true(span_within(rows[i].in, list.address[k].spec));
		}
		if (strcmp(buffer_text(&out), rows[i].out) != 0)
			fail_msg("row %zu: '%s', expected '%s'", i, buffer_text(&out), rows[i].out);
		if (list.count && list.address[0].odd != rows[i].odd)
			fail_msg("row %zu: odd %x, expected %x", i, list.address[0].odd, rows[i].odd);
	}
	buffer_release(&out);
	arena_free(arena);
}

static void says_where(void **state)
{
	struct arena *arena = arena_new();
	struct address_list list = address_parse(arena, SPAN(" A <a@x.example>, \"B\" < b@y.example >(c)"));

	(void)state;
	assert_int_equal(list.count, 2);
	assert_true(span_is(list.address[0].where, "A <a@x.example>"));
	assert_true(span_is(list.address[1].where, "\"B\" < b@y.example >(c)"));
	assert_true(span_is(list.address[1].spec, "b@y.example"));
	assert_true(address_parse(arena, SPAN("g: ;")).has_group);
	arena_free(arena);
}

static void limits_addresses(void **state)
{
	struct arena *arena = arena_new();
	struct buffer in = BUFFER_INIT;

	(void)state;
	for (int i = 0; i < LIMIT_ADDRESSES + 5; i++)
		buffer_str(&in, "a@b.example,");

	struct address_list list = address_parse(arena, buffer_view(&in));

	assert_true(list.limited);
	assert_int_equal(list.count, LIMIT_ADDRESSES);
	buffer_clear(&in);
	buffer_fill(&in, '(', 500000);
	buffer_fill(&in, '"', 500000);
	address_parse(arena, buffer_view(&in)); /* ends in time */
	buffer_clear(&in);
	for (int i = 0; i < 250000; i++)
		buffer_str(&in, "<=?a");
	address_parse(arena, buffer_view(&in));
	buffer_release(&in);
	arena_free(arena);
}

static void converts_domains(void **state)
{
	static const struct {
		const char *in, *ascii, *unicode;
	} domains[] = {
		{ "Example.ORG.", "example.org", "example.org" },
		{ "stra\xc3\x9f" "e.example", "xn--strae-oqa.example", "stra\xc3\x9f" "e.example" },
		{ "xn--bcher-kva.example", "xn--bcher-kva.example", "b\xc3\xbc" "cher.example" },
		{ "xn--a", "xn--a", NULL },
		{ "under_score.example", "under_score.example", "under_score.example" },
	};
	struct arena *arena = arena_new();

	(void)state;
	for (size_t i = 0; i < sizeof domains / sizeof *domains; i++) {
		const char *ascii = domain_ascii(arena, span_of(domains[i].in));

		assert_string_equal(ascii, domains[i].ascii);
		if (domains[i].unicode)
			assert_string_equal(domain_unicode(arena, ascii), domains[i].unicode);
	}
	assert_null(domain_ascii(arena, SPAN(" . ")));
	assert_string_equal(address_domain(arena, SPAN("\"a@b\"@C.example")), "c.example");
	assert_null(address_domain(arena, SPAN("postmaster")));
	arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_addresses),
		cmocka_unit_test(says_where),
		cmocka_unit_test(limits_addresses),
		cmocka_unit_test(converts_domains),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
