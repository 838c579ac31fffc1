/* SPDX-License-Identifier: ISC */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "parsers/base/buffer.h"
#include "parsers/spf/macro.h"
#include "parsers/spf/ranges.h"
#include "parsers/spf/record.h"
#include "parsers/spf/spf.h"

#define COUNT(list) (sizeof(list) / sizeof *(list))

/* RFC 7208 7.4: the sender, client and names of its examples. */
static struct spf_macro example(struct arena *arena, const char *ip)
{
	return (struct spf_macro){
		.arena = arena,
		.local = "strong-bad",
		.sender_domain = "email.example.com",
		.domain = "email.example.com",
		.helo = "mx.example.org",
		.receiver = "unknown",
		.client = ip_parse(span_of(ip)),
		.at = 1234567890,
	};
}

static void expands_macros(void **state)
{
	static const struct {
		const char *text, *expansion;
	} rows[] = {
		/* the table of RFC 7208 7.4 */
		{"%{s}", "strong-bad@email.example.com"},
		{"%{o}", "email.example.com"},
		{"%{d}", "email.example.com"},
		{"%{d4}", "email.example.com"},
		{"%{d3}", "email.example.com"},
		{"%{d2}", "example.com"},
		{"%{d1}", "com"},
		{"%{dr}", "com.example.email"},
		{"%{d2r}", "example.email"},
		{"%{l}", "strong-bad"},
		{"%{l-}", "strong.bad"},
		{"%{lr}", "strong-bad"},
		{"%{lr-}", "bad.strong"},
		{"%{l1r-}", "strong"},
		{"%{ir}.%{v}._spf.%{d2}", "3.2.0.192.in-addr._spf.example.com"},
		{"%{lr-}.lp._spf.%{d2}", "bad.strong.lp._spf.example.com"},
		{"%{lr-}.lp.%{ir}.%{v}._spf.%{d2}",
			"bad.strong.lp.3.2.0.192.in-addr._spf.example.com"},
		{"%{ir}.%{v}.%{l1r-}.lp._spf.%{d2}",
			"3.2.0.192.in-addr.strong.lp._spf.example.com"},
		{"%{d2}.trusted-domains.example.net", "example.com.trusted-domains.example.net"},
		/* the other letters and forms of 7.2, 7.3 */
		{"%{h} %{r} %{t} %{c} %{p}", "mx.example.org unknown 1234567890 192.0.2.3 unknown"},
		{"100%% of%_them%-all", "100% of them%20all"},
		{"%{S}", "strong-bad%40email.example.com"},
		{"%{d200}", "email.example.com"},
		{"%{d99999999999999999999}", "email.example.com"},
		{"%{s1r@}", NULL}, /* no delimiter */
		{"%{d0}", NULL},
		{"%{x}", NULL},
		{"%{dr2}", NULL},
		{"%{d", NULL},
		{"100%", NULL},
		{"%a", NULL},
	};
	struct arena *arena = arena_new();
	struct spf_macro m = example(arena, "192.0.2.3");

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct span text = span_of(rows[i].text);

		assert_int_equal(spf_macro_string(text, true), rows[i].expansion != NULL);
		if (rows[i].expansion)
			assert_string_equal(spf_explain_text(&m, text), rows[i].expansion);
	}
	m = example(arena, "2001:db8::cb01");
	assert_string_equal(spf_target_name(&m, SPAN("%{ir}.%{v}._spf.%{d2}")),
		"1.0.b.c.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6._spf.example."
		"com");
	arena_free(arena);
}

static void keeps_the_end_of_long_names(void **state)
{
	struct arena *arena = arena_new();
	struct spf_macro m = example(arena, "192.0.2.3");
	struct buffer spec = BUFFER_INIT;
	const char *name;

	(void)state;
	for (int i = 0; i < 20000; i++)
		buffer_str(&spec, "%{d}.");
	buffer_str(&spec, "end.example");
	name = spf_target_name(&m, buffer_view(&spec));
	assert_true(strlen(name) <= SPF_MAX_NAME && strlen(name) > SPF_MAX_NAME - 64);
	assert_true(span_iends(span_of(name), ".email.example.com.end.example"));
	buffer_release(&spec);
	arena_free(arena);
}

static void checks_syntax(void **state)
{
	static const struct {
		const char *record;
		const char *bad; /* the term that is wrong, or NULL */
	} rows[] = {
		{"v=spf1", NULL},
		{"v=spf1   a    -all  ", NULL},
		{"v=spf1 a:%{d}/24//64 mx/0//0 a//128", NULL},
		{"v=spf1 a:a/b.example.org", NULL},
		{"v=spf1 A:Example.ORG ~ALL", NULL},
		{"v=spf1 exists:%{i}", NULL},
		{"v=spf1 moo.cow-far_out=man:dog/cat", NULL},
		{"v=spf1 ip6:2001:db8::/32 ip6:::1 ip4:192.0.2.1", NULL},
		{"v=spf1 redirect=example.org. exp=%{ir}.example.org", NULL},
		{"v=spf1 a/33", "a/33"},
		{"v=spf1 a//129", "a//129"},
		{"v=spf1 a/08", "a/08"},
		{"v=spf1 a:", "a:"},
		{"v=spf1 a:localhost", "a:localhost"},
		{"v=spf1 a:example.123", "a:example.123"},
		{"v=spf1 a:example.-org", "a:example.-org"},
		{"v=spf1 a:example.org:25", "a:example.org:25"},
		{"v=spf1 include", "include"},
		{"v=spf1 include:a.example/24", "include:a.example/24"},
		{"v=spf1 all/8", "all/8"},
		{"v=spf1 all:x", "all:x"},
		{"v=spf1 ptr/24", "ptr/24"},
		{"v=spf1 ip4:192.0.2", "ip4:192.0.2"},
		{"v=spf1 ip4:192.0.2.01", "ip4:192.0.2.01"},
		{"v=spf1 ip4:192.0.2.1/33", "ip4:192.0.2.1/33"},
		{"v=spf1 ip4:192.0.2.1/024", "ip4:192.0.2.1/024"},
		{"v=spf1 ip4:2001:db8::1", "ip4:2001:db8::1"},
		{"v=spf1 ip6:192.0.2.1", "ip6:192.0.2.1"},
		{"v=spf1 ip6:2001:db8::1/129", "ip6:2001:db8::1/129"},
		{"v=spf1 foo", "foo"},
		{"v=spf1 =all", "=all"},
		{"v=spf1 1x=y", "1x=y"},
		{"v=spf1 x=%y", "x=%y"},
		{"v=spf1 exists:%{c}.example.org", "exists:%{c}.example.org"},
		{"v=spf1 redirect=a.example redirect=a.example", "redirect=a.example"},
		{"v=spf1 exp=a.example -all exp=b.example", "exp=b.example"},
		{"v=spf1 -all\tmx", "-all\tmx"},
	};
	struct arena *arena = arena_new();

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct spf_record r = spf_record_parse(arena, span_of(rows[i].record));

		if (r.valid != !rows[i].bad)
			fail_msg("%s: valid %d", rows[i].record, r.valid);
		if (rows[i].bad)
			assert_true(span_is(r.bad, rows[i].bad));
	}
	assert_true(spf_is_record(SPAN("V=SPF1")));
	assert_false(spf_is_record(SPAN("v=spf10 -all")));
	assert_false(spf_is_record(SPAN("v=spf1\t-all")));
	assert_false(spf_is_record(SPAN(" v=spf1")));
	arena_free(arena);
}

static void counts_ranges(void **state)
{
	static const char *const nets[] = {
		"192.0.2.0/24", "192.0.2.128/25", "192.0.3.0/24", "10.0.0.0/8", "10.1.2.3/32"};
	struct arena *arena = arena_new();
	struct spf_ranges set = {0};
	struct ip ip;
	unsigned bits;

	(void)state;
	assert_true(spf_ranges_size(&set) == 0);
	for (size_t i = 0; i < COUNT(nets); i++) {
		assert_true(ip_parse_cidr(span_of(nets[i]), &ip, &bits));
		spf_ranges_add(arena, &set, &ip, bits);
	}
	assert_true(spf_ranges_size(&set) == (1u << 24) + 512);
	ip_parse_cidr(SPAN("0.0.0.0/0"), &ip, &bits);
	spf_ranges_add(arena, &set, &ip, bits);
	assert_true(spf_ranges_size(&set) == UINT64_C(1) << 32);
	ip = ip_parse(SPAN("192.0.2.9"));
	assert_string_equal(spf_covers(arena, &ip, 28), "192.0.2.0 - 192.0.2.15");
	ip = ip_parse(SPAN("2001:db8::1"));
	assert_string_equal(spf_covers(arena, &ip, 126), "2001:db8:: - 2001:db8::3");
	arena_free(arena);
}

static const char zone[] =
	"example.org. IN TXT \"v=spf1 ip4:192.0.2.0/28 include:_spf.example.org -all "
	"exp=why.example.org\"\n"
	"why.example.org. IN TXT \"%{i} is none of %{o}'s\"\n"
	"_spf.example.org. IN TXT \"v=spf1 ip4:203.0.113.0/24 ~all\"\n"
	"mx.example. IN TXT \"v=spf1 mx/24//64 -all\"\n"
	"mx.example. IN MX 10 in.mx.example.\n"
	"in.mx.example. IN A 198.51.100.7\n"
	"in.mx.example. IN AAAA 2001:db8:1::1\n"
	"ptr.example. IN TXT \"v=spf1 ptr -all\"\n"
	"9.100.51.198.in-addr.arpa. IN PTR a.ptr.example.\n"
	"9.100.51.198.in-addr.arpa. IN PTR elsewhere.example.\n"
	"a.ptr.example. IN A 198.51.100.9\n"
	"8.100.51.198.in-addr.arpa. IN PTR liar.ptr.example.\n"
	"liar.ptr.example. IN A 198.51.100.1\n"
	"open.example. IN TXT \"v=spf1 include:all.example -all\"\n"
	"all.example. IN TXT \"v=spf1 +all\"\n"
	"minus.example. IN TXT \"v=spf1 -include:all.example ip4:192.0.2.1 ?all\"\n"
	"two.example. IN TXT \"v=spf1 -all\"\n"
	"two.example. IN TXT \"v=spf1 a -all\"\n"
	"never.example. IN TXT \"v=spf1 -all\"\n"
	"gone.example. IN TXT \"v=spf1 include:free.example -all\"\n"
	";@ nxdomain free.example\n"
	"red.example. IN TXT \"v=spf1 redirect=example.org exp=other.example.org\"\n"
	"loop.example. IN TXT \"v=spf1 include:loop.example -all\"\n"
	"void.example. IN TXT \"v=spf1 a:x1.example a:x2.example a:x3.example ?all\"\n"
	";@ nxdomain x1.example\n;@ nxdomain x2.example\n;@ nxdomain x3.example\n"
	"half.example. IN TXT \"v=spf1 a:unrecorded.example ip4:192.0.2.1 -all\"\n"
	"who.example. IN TXT \"v=spf1 exists:%{l}.users.example -all\"\n"
	";@ servfail down.example TXT\n"
	"names.example. IN TXT \"v=spf1 exists:%{p}.names.example -all\"\n"
	"a.ptr.example.names.example. IN A 127.0.0.2\n";

struct want {
	const char *ip, *helo, *from, *result, *cause, *mechanism;
};

static const struct spf_result *check(
	struct arena *arena, struct dns *dns, const struct want *w, struct dns_log *log)
{
	struct spf_query q = {
		.client = ip_parse(span_of(w->ip)),
		.mail_from = w->from,
		.helo = w->helo,
		.at = 0,
	};

	dns_log_init(log, arena, dns);
	return spf_check_mail_from(arena, log, &q);
}

static void evaluates(void **state)
{
	static const struct want rows[] = {
		{"192.0.2.1", "h.example", "a@example.org", "pass", NULL, "ip4:192.0.2.0/28"},
		{"::ffff:192.0.2.1", "h.example", "a@example.org", "pass", NULL,
			"ip4:192.0.2.0/28"},
		{"203.0.113.9", "h.example", "a@example.org", "pass", NULL,
			"include:_spf.example.org"},
		{"192.0.2.25", "h.example", "a@example.org", "fail", NULL, "-all"},
		{"192.0.2.25", "h.example", "a@EXAMPLE.ORG.", "fail", NULL, "-all"},
		{"198.51.100.250", "h", "a@mx.example", "pass", NULL, "mx/24//64"},
		{"2001:db8:1:0:9::9", "h", "a@mx.example", "pass", NULL, "mx/24//64"},
		{"2001:db8:2::1", "h", "a@mx.example", "fail", NULL, "-all"},
		{"198.51.100.9", "h", "a@ptr.example", "pass", NULL, "ptr"},
		{"198.51.100.8", "h", "a@ptr.example", "fail", NULL, "-all"},
		{"198.51.100.1", "h", "a@open.example", "pass", NULL, "include:all.example"},
		{"192.0.2.1", "h", "a@minus.example", "fail", NULL, "-include:all.example"},
		{"192.0.2.1", "h", "a@two.example", "permerror", "multiple-records", NULL},
		{"192.0.2.1", "h", "a@gone.example", "permerror", "include",
			"include:free.example"},
		{"192.0.2.1", "h", "a@red.example", "pass", NULL, "ip4:192.0.2.0/28"},
		{"192.0.2.1", "h", "a@loop.example", "permerror", "lookup-limit",
			"include:loop.example"},
		{"192.0.2.1", "h", "a@void.example", "permerror", "void-limit", "a:x3.example"},
		{"192.0.2.1", "h", "a@half.example", "temperror", "not-recorded",
			"a:unrecorded.example"},
		{"192.0.2.1", "h", "a@who.example", "temperror", "not-recorded",
			"exists:%{l}.users.example"},
		{"192.0.2.1", "h", "a@nowhere.example", "temperror", "not-recorded", NULL},
		{"192.0.2.1", "h", "a@down.example", "temperror", "dns-failed", NULL},
		{"192.0.2.1", "h", "a@free.example", "none", "no-record", NULL},
		{"192.0.2.1", "h", "a@_spf..example.org", "none", "no-identity", NULL},
		{"192.0.2.1", "h", "a@org", "none", "no-identity", NULL},
		/* RFC 7208 2.4: the null reverse-path stands for postmaster@HELO */
		{"192.0.2.1", "example.org", "", "pass", NULL, "ip4:192.0.2.0/28"},
		{"192.0.2.1", "[192.0.2.1]", "", "none", "no-identity", NULL},
		{"192.0.2.1", NULL, "", "none", "no-identity", NULL},
		{"192.0.2.1", "example.org", NULL, "none", "no-identity", NULL},
		{"", "example.org", "a@example.org", "none", "no-client", NULL},
		/* %{p} is the validated name (5.5) */
		{"198.51.100.9", "h", "a@names.example", "pass", NULL, "exists:%{p}.names.example"},
		{"198.51.100.77", "h", "a@names.example", "temperror", "not-recorded",
			"exists:%{p}.names.example"},
	};
	struct arena *arena = arena_new();
	struct dns *dns = snapshot_parse(span_of(zone), "test", NULL, NULL);
	struct dns_log log;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct spf_result *r = check(arena, dns, &rows[i], &log);
		const char *cause = cause_word(r->cause);

		if (strcmp(result_word(r->result), rows[i].result) != 0)
			fail_msg("%s from %s: %s (%s)", rows[i].from, rows[i].ip,
				result_word(r->result), r->explanation);
		assert_string_equal(cause ? cause : "", rows[i].cause ? rows[i].cause : "");
		if (rows[i].mechanism)
			assert_string_equal(r->mechanism, rows[i].mechanism);
		assert_non_null(r->explanation);
	}
	dns_free(dns);
	arena_free(arena);
}

/* The tree as it reads: depth, term, outcome, detail. */
static void tells_its_steps(void **state)
{
	static const struct spf_step want[] = {
		{0, "example.org",
			"v=spf1 ip4:192.0.2.0/28 include:_spf.example.org -all exp=why.example.org",
			"record", NULL},
		{1, "example.org", "ip4:192.0.2.0/28", "no match", "covers 192.0.2.0 - 192.0.2.15"},
		{1, "example.org", "include:_spf.example.org", "no match", "lookup 1"},
		{2, "_spf.example.org", "v=spf1 ip4:203.0.113.0/24 ~all", "record", NULL},
		{2, "_spf.example.org", "ip4:203.0.113.0/24", "no match",
			"covers 203.0.113.0 - 203.0.113.255"},
		{2, "_spf.example.org", "~all", "match",
			"softfail -> an include matches only on pass"},
		{1, "example.org", "-all", "match", "fail"},
	};
	static const struct want row = {"192.0.2.25", "h", "billing@example.org", "", NULL, NULL};
	struct arena *arena = arena_new();
	struct dns *dns = snapshot_parse(span_of(zone), "test", NULL, NULL);
	struct dns_log log;
	const struct spf_result *r = check(arena, dns, &row, &log);

	(void)state;
	assert_int_equal(r->step_count, COUNT(want));
	for (size_t i = 0; i < COUNT(want); i++) {
		assert_int_equal(r->step[i].depth, want[i].depth);
		assert_string_equal(r->step[i].domain, want[i].domain);
		assert_string_equal(r->step[i].term, want[i].term);
		assert_string_equal(r->step[i].outcome, want[i].outcome);
		assert_string_equal(r->step[i].detail ? r->step[i].detail : "",
			want[i].detail ? want[i].detail : "");
	}
	assert_string_equal(r->exp, "192.0.2.25 is none of example.org's");
	assert_int_equal(r->lookups, 1);
	assert_true(r->addresses == 16 + 256);
	dns_free(dns);
	arena_free(arena);
}

static void knows_facts(void **state)
{
	static const struct {
		const char *from;
		enum spf_fact fact;
		const char *domain;
	} rows[] = {
		{"a@open.example", SPF_PLUS_ALL, "all.example"},
		{"a@minus.example", SPF_PLUS_ALL, NULL}, /* a pass there is a fail here */
		{"a@ptr.example", SPF_USES_PTR, "ptr.example"},
		{"a@two.example", SPF_MULTIPLE, "two.example"},
		{"a@gone.example", SPF_DANGLING, "free.example"},
		{"a@never.example", SPF_EMPTY, "never.example"},
		{"a@example.org", SPF_EMPTY, NULL},
		{"a@who.example", SPF_MACRO_MISSING, "a.users.example"},
	};
	struct arena *arena = arena_new();
	struct dns *dns = snapshot_parse(span_of(zone), "test", NULL, NULL);
	struct dns_log log;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct want w = {"198.51.100.9", "h", rows[i].from, "", NULL, NULL};
		const char *domain = spf_fact_domain(check(arena, dns, &w, &log), rows[i].fact);

		assert_string_equal(domain ? domain : "-", rows[i].domain ? rows[i].domain : "-");
	}
	dns_free(dns);
	arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(expands_macros),
		cmocka_unit_test(keeps_the_end_of_long_names),
		cmocka_unit_test(checks_syntax),
		cmocka_unit_test(counts_ranges),
		cmocka_unit_test(evaluates),
		cmocka_unit_test(tells_its_steps),
		cmocka_unit_test(knows_facts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
