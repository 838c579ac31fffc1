/* SPDX-License-Identifier: ISC */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "parsers/base/buffer.h"
#include "parsers/dns/dns.h"

/* An answer in short: status, or what was found, one piece per record. */
static const char *said(struct arena *arena, struct dns *dns, const char *name, const char *type)
{
	struct dns_log log;
	struct buffer out = BUFFER_INIT;
	const char *text;

	dns_log_init(&log, arena, dns);

	const struct dns_answer *a = dns_lookup(&log, name, dns_type_of(span_of(type)), "test");

	if (a->status != DNS_FOUND)
		buffer_str(&out, dns_status_word(a->status));
	if (a->detail)
		buffer_printf(&out, ":%s", a->detail);
	for (size_t i = 0; i < a->count; i++) {
		const struct dns_record *r = &a->record[i];

		buffer_str(&out, i ? "|" : "");
		if (r->txt.ptr)
			buffer_span(&out, r->txt);
		else if (r->name && a->type == DNS_MX)
			buffer_printf(&out, "%u %s", r->preference, r->name);
		else if (r->name)
			buffer_str(&out, r->name);
		else
			buffer_printf(&out, "%u.%u.%u.%u", r->address[0], r->address[1],
				r->address[2], r->address[3]);
	}
	if (a->cnames)
		buffer_printf(&out, " @%s", a->canonical);
	text = arena_strdup(arena, buffer_text(&out));
	buffer_release(&out);
	return text;
}

struct row {
	const char *name, *type, *answer;
};

static void expect_rows(const char *zone, bool complete, const struct row *row, size_t count)
{
	struct arena *arena = arena_new();
	struct snapshot_options options = {.assume_complete = complete};
	struct dns *dns = snapshot_parse(span_of(zone), "test.zone", &options, NULL);

	for (size_t i = 0; i < count; i++) {
		const char *answer = said(arena, dns, row[i].name, row[i].type);

		if (strcmp(answer, row[i].answer) != 0)
			fail_msg("row %zu, %s %s: \"%s\", not \"%s\"", i, row[i].name, row[i].type,
				answer, row[i].answer);
	}
	dns_free(dns);
	arena_free(arena);
}

#define EXPECT(zone, complete, ...) \
	do { \
		static const struct row rows_[] = {__VA_ARGS__}; \
		expect_rows(zone, complete, rows_, sizeof rows_ / sizeof *rows_); \
	} while (0)

static void reads_master_files(void **state)
{
	(void)state;
	EXPECT("$ORIGIN example.org.\n$TTL 1h\n"
	       "@ IN A 192.0.2.1\n  A 192.0.2.2\nwww 300 IN CNAME @\n"
	       "mail IN 60 MX 10 mx\n mx 20 other.example.\n"
	       "Case.Example.NET. in txt \"one\" two \"t;hr\\\"ee\" ; four\n"
	       "esc TXT \"\\097\\000\\255\\\\\"\n"
	       "multi TXT ( \"a\" ; first\n\t\"b\"\n ) \n"
	       "null MX 0 .\n"
	       "v6 AAAA 2001:db8::1\n"
	       "\r\ncrlf TXT \"x\"\r\n"
	       "no-end TXT last",
		false, {"example.org", "A", "192.0.2.1|192.0.2.2"},
		{"EXAMPLE.org.", "a", "192.0.2.1|192.0.2.2"},
		{"www.example.org", "A", "192.0.2.1|192.0.2.2 @example.org"},
		{"mail.example.org", "MX", "10 mx.example.org|20 other.example"},
		{"case.example.net", "TXT", "onetwot;hr\"ee"}, {"multi.example.org", "TXT", "ab"},
		{"null.example.org", "MX", "0 "}, {"crlf.example.org", "TXT", "x"},
		{"no-end.example.org", "TXT", "last"}, {"example.org", "TXT", "not-recorded"},
		{"absent.example.org", "A", "not-recorded"});
}

static void keeps_exact_bytes(void **state)
{
	static const char zone[] = "a. TXT \"\\097\\000\\255\\\\\" \"\"\nb. TXT \"caf\xc3\xa9\"\n";
	struct arena *arena = arena_new();
	struct dns *dns = snapshot_parse(SPAN(zone), "z", NULL, NULL);
	struct dns_log log;

	(void)state;
	dns_log_init(&log, arena, dns);

	const struct dns_answer *a = dns_lookup(&log, "a", DNS_TXT, "");

	assert_int_equal(a->record->txt.len, 4);
	assert_memory_equal(a->record->txt.ptr, "a\0\xff\\", 4);
	assert_int_equal(a->record->strings, 2);
	a = dns_lookup(&log, "b", DNS_TXT, "");
	assert_int_equal(a->record->txt.len, 5);
	assert_memory_equal(a->record->txt.ptr, "caf\xc3\xa9", 5);
	dns_free(dns);
	arena_free(arena);
}

/* What dig and drill print, pasted as it is (composed in their form). */
static void reads_pasted_answers(void **state)
{
	(void)state;
	EXPECT("\n; <<>> DiG 9.18.1 <<>> example.org txt\n;; global options: +cmd\n;; Got answer:\n"
	       ";; ->>HEADER<<- opcode: QUERY, status: NOERROR, id: 1\n\n"
	       ";; QUESTION SECTION:\n;example.org.\t\t\tIN\tTXT\n\n"
	       ";; ANSWER SECTION:\nexample.org.\t\t3600\tIN\tTXT\t\"v=spf1 -all\"\n\n"
	       ";; Query time: 1 msec\n",
		false, {"example.org", "TXT", "v=spf1 -all"}, {"example.org", "A", "not-recorded"});
}

static void answers_what_is_absent(void **state)
{
	static const char zone[] =
		"www.sub.example.org. A 192.0.2.1\n*.wild.example.org. TXT \"any\"\n"
		"loop1. CNAME loop2.\nloop2. CNAME loop1.\n"
		"alias. CNAME gone.\nalias2. CNAME www.sub.example.org.\n";

	(void)state;
	EXPECT(zone, true, {"www.sub.example.org", "TXT", "nodata"},
		{"sub.example.org", "TXT", "nodata"}, {"org", "A", "nodata"}, {".", "A", "nodata"},
		{"x.sub.example.org", "A", "nxdomain"}, {"x.wild.example.org", "TXT", "any"},
		{"y.x.wild.example.org", "TXT", "any"}, {"x.wild.example.org", "A", "nodata"},
		{"alias", "A", "nxdomain @gone"}, {"alias2", "A", "192.0.2.1 @www.sub.example.org"},
		{"alias2", "MX", "nodata @www.sub.example.org"}, {"alias", "CNAME", "gone"},
		{"loop1", "A", "failed:CNAME loop @loop1"});
	EXPECT(zone, false, {"www.sub.example.org", "TXT", "not-recorded"},
		{"sub.example.org", "TXT", "not-recorded"},
		{"x.sub.example.org", "A", "not-recorded"},
		{"x.wild.example.org", "TXT", "not-recorded"}, {"alias", "A", "not-recorded @gone"},
		{"loop1", "A", "failed:CNAME loop @loop1"});
	EXPECT(";@ COMPLETE\n", false, {"a.example", "TXT", "nxdomain"});
	EXPECT("", false, {"a.example", "TXT", "not-recorded"});
	EXPECT("", true, {"a.example", "TXT", "nxdomain"});
}

static void reads_annotations(void **state)
{
	(void)state;
	EXPECT(";@ nxdomain Gone.example.org.\n;@ NoData example.org TXT\n;@ servfail "
	       "f.example.org. TXT\n"
	       ";@ TIMEOUT t.example.org. *\nt.example.org. A 192.0.2.1\n;@ nodata n.example.org. "
	       "*\n"
	       ";@ servfail r.example.org. TXT REFUSED\n$ORIGIN example.org.\n;@ nodata rel A\n"
	       ";@ timeout ttl.example.org. TYPE52\nalias CNAME gone\n",
		false, {"gone.example.org", "TXT", "nxdomain"},
		{"sub.gone.example.org", "TXT", "not-recorded"}, {"example.org", "TXT", "nodata"},
		{"example.org", "A", "not-recorded"}, {"f.example.org", "TXT", "failed:SERVFAIL"},
		{"f.example.org", "A", "not-recorded"}, {"t.example.org", "TXT", "failed:timeout"},
		{"t.example.org", "A", "192.0.2.1"}, {"n.example.org", "AAAA", "nodata"},
		{"r.example.org", "TXT", "failed:REFUSED"}, {"rel.example.org", "A", "nodata"},
		{"ttl.example.org", "TLSA", "failed:timeout"},
		{"alias.example.org", "TXT", "nxdomain @gone.example.org"});
}

/* Recordings are appended to: the newest answer holds; keys of all times are tried, the newest
 * first. */
static void prefers_the_newest_recording(void **state)
{
	(void)state;
	EXPECT(";@ recorded 2024-01-01T00:00:00Z 192.0.2.53\nexample.org. TXT old\n"
	       "s._domainkey.example.org. TXT old\ngone.example.org. A 192.0.2.1\n"
	       ";@ recorded 2025-01-01T00:00:00Z 192.0.2.53\nexample.org. TXT new\n"
	       "s._domainkey.example.org. TXT new\n;@ nxdomain gone.example.org.\n",
		false, {"example.org", "TXT", "new"},
		{"s._domainkey.example.org", "TXT", "new|old"},
		{"gone.example.org", "A", "nxdomain"});
	EXPECT("example.org. TXT a\nexample.org. TXT b\nexample.org. TXT a\n", false,
		{"example.org", "TXT", "a|b"});
}

static void keeps_key_history(void **state)
{
	static const char zone[] = ";@ window 2019-01-01 2020-06-30 archive of "
				   "example\ns._domainkey.example.org. TXT first\n"
				   ";@ window 2020-07-01 - recovered from 3 "
				   "signatures\ns._domainkey.example.org. TXT second\n"
				   ";@ window - -\nexample.org. TXT x\n";
	struct arena *arena = arena_new();
	struct dns *dns = snapshot_parse(SPAN(zone), "z", NULL, NULL);
	struct dns_log log;
	int64_t end;

	(void)state;
	dns_log_init(&log, arena, dns);

	const struct dns_answer *a = dns_lookup(&log, "s._domainkey.example.org", DNS_TXT, "");

	assert_int_equal(a->count, 2);
	assert_string_equal(a->record[0].window_source, "archive of example");
	assert_true(moment_parse(SPAN("2020-06-30T23:59:59Z"), &end));
	assert_int_equal(a->record[0].window_to, end);
	assert_int_equal(a->record[0].origin, DNS_ORIGIN_SNAPSHOT);
	assert_int_equal(a->record[1].origin, DNS_ORIGIN_RECOVERED);
	assert_true(a->record[1].window_to == TIME_NONE);
	assert_int_equal(a->record[1].line, 4);
	a = dns_lookup(&log, "example.org", DNS_TXT, "");
	assert_null(a->record[0].window_source);
	dns_free(dns);
	arena_free(arena);
}

static void keeps_provenance(void **state)
{
	static const char zone[] =
		"a. A 192.0.2.1\n;@ recorded 2026-11-10T09:12:44Z 192.0.2.53#5353 secure\n"
		"b. A 192.0.2.1\n;@ recorded 2026-11-11 test unsigned\n;@ nodata c. A\n";
	struct arena *arena = arena_new();
	struct dns *dns = snapshot_parse(SPAN(zone), "z", NULL, NULL);
	struct dns_log log;

	(void)state;
	dns_log_init(&log, arena, dns);

	const struct dns_answer *a = dns_lookup(&log, "a", DNS_A, ""),
				*b = dns_lookup(&log, "b", DNS_A, ""),
				*c = dns_lookup(&log, "c", DNS_A, "");

	assert_true(a->record->recorded == TIME_NONE);
	assert_int_equal(a->record->dnssec, DNSSEC_UNKNOWN);
	assert_int_equal(a->record->origin, DNS_ORIGIN_SNAPSHOT);
	assert_int_equal(b->record->recorded, 1794301964);
	assert_string_equal(b->record->server, "192.0.2.53#5353");
	assert_int_equal(b->record->dnssec, DNSSEC_SECURE);
	assert_int_equal(b->record->origin, DNS_ORIGIN_LIVE);
	assert_string_equal(b->record->file, "z");
	assert_int_equal(c->status, DNS_NODATA);
	assert_int_equal(c->dnssec, DNSSEC_UNSIGNED);
	assert_int_equal(c->recorded, 1794355200);
	assert_int_equal(snapshot_recorded(dns), 1794355200);
	assert_int_equal(snapshot_names(dns), 3);
	assert_false(snapshot_complete(dns));
	dns_free(dns);
	arena_free(arena);
}

static void reports_bad_lines(void **state)
{
	static const char zone[] = "a. A 192.0.2.1\n"
				   "b. A 192.0.2\n"   /* 2: no address */
				   "c. NOTYPE x\n"    /* 3 */
				   "d. TXT \"open\n"  /* 4 */
				   "g. TXT \"x\" )\n" /* 5 */
				   "f. A 192.0.2.6\n"
				   "e. TXT ( \"lost\"\n"        /* 7: no ")" */
				   "h..i. A 192.0.2.1\n"        /* 8 */
				   "\tA 192.0.2.1\n"            /* 9: of which name? */
				   "$INCLUDE /etc/passwd\n"     /* 10 */
				   ";@ recorded yesterday me\n" /* 11 */
				   ";@ nodata x.\n"             /* 12: no type */
				   ";@ sometimes x.\n"          /* 13 */
				   "j. CH TXT x\n"              /* 14 */
				   "k. A 192.0.2.11\n"
				   ";@ nodata k. A\n" /* 16: contradiction */
				   "l. TXT\n"         /* 17 */
				   "m. TXT \\256\n";  /* 18 */
	static const unsigned lines[] = {2, 3, 4, 5, 7, 8, 9, 10, 11, 12, 13, 14, 17, 18, 16};
	struct arena *arena = arena_new();
	struct dns *dns = snapshot_parse(SPAN(zone), "bad.zone", NULL, NULL);
	size_t count;
	const struct snapshot_problem *problem = snapshot_problems(dns, &count);

	(void)state;
	for (size_t i = 0; i < count && i < sizeof lines / sizeof *lines; i++)
		if (problem[i].line != lines[i])
			fail_msg("problem %zu in line %u: %s", i, problem[i].line, problem[i].text);
	assert_int_equal(count, sizeof lines / sizeof *lines);
	assert_string_equal(said(arena, dns, "f", "A"), "192.0.2.6");
	assert_string_equal(said(arena, dns, "k", "A"), "192.0.2.11");
	dns_free(dns);
	arena_free(arena);
}

static const char *temp_file(struct arena *arena, const char *name, const char *text)
{
	const char *folder = getenv("TMPDIR");
	char *path = arena_printf(arena, "%s/%s", folder ? folder : "/tmp", name);
	FILE *file = fopen(path, "wb");

	assert_non_null(file);
	assert_int_equal(fwrite(text, 1, strlen(text), file), strlen(text));
	assert_int_equal(fclose(file), 0);
	return path;
}

static void first_file_wins(void **state)
{
	struct arena *arena = arena_new();
	struct error error = {0};
	const char *files[2] = {
		temp_file(arena, "one.zone",
			"a. A 192.0.2.1\n;@ nodata a. TXT\n;@ nxdomain gone.\n"
			"s._domainkey.x. TXT one\n"),
		temp_file(arena, "two.zone",
			"a. A 192.0.2.2\na. TXT two\ngone. A 192.0.2.2\nb. A 192.0.2.3\n"
			"s._domainkey.x. TXT two\n;@ window 2020-01-01 - old\ns._domainkey.x. TXT "
			"three\n"),
	};
	struct dns *dns = snapshot_load(files, 2, NULL, &error);

	(void)state;
	assert_non_null(dns);
	assert_string_equal(said(arena, dns, "a", "A"), "192.0.2.1");
	assert_string_equal(said(arena, dns, "a", "TXT"), "nodata");
	assert_string_equal(said(arena, dns, "gone", "A"), "nxdomain");
	assert_string_equal(said(arena, dns, "b", "A"), "192.0.2.3");
	assert_string_equal(said(arena, dns, "s._domainkey.x", "TXT"), "one|three");
	dns_free(dns);

	files[1] = "/nonexistent/x.zone";
	assert_null(snapshot_load(files, 2, NULL, &error));
	assert_string_equal(
		error.text, "cannot open '/nonexistent/x.zone': No such file or directory");
	files[1] = "/tmp";
	assert_null(snapshot_load(files, 2, NULL, &error));
	arena_free(arena);
}

static void refuses_names_that_cannot_be_asked(void **state)
{
	struct arena *arena = arena_new();
	struct dns_log log;
	char label[80], name[300];

	(void)state;
	dns_log_init(&log, arena, NULL);
	memset(label, 'a', sizeof label);
	label[64] = 0;
	assert_int_equal(dns_lookup(&log, label, DNS_TXT, "")->status, DNS_NXDOMAIN);
	assert_int_equal(dns_lookup(&log, label + 1, DNS_TXT, "")->status, DNS_NOT_RECORDED);
	assert_int_equal(dns_lookup(&log, "a..b", DNS_TXT, "")->status, DNS_NXDOMAIN);
	assert_int_equal(dns_lookup(&log, ".a", DNS_TXT, "")->status, DNS_NXDOMAIN);
	for (size_t i = 0; i < sizeof name; i++)
		name[i] = i % 2 ? '.' : 'a';
	name[254] = 0;
	assert_int_equal(dns_lookup(&log, name, DNS_TXT, "")->status, DNS_NOT_RECORDED);
	name[254] = '.', name[255] = 'a', name[256] = 0;
	assert_int_equal(dns_lookup(&log, name + 1, DNS_TXT, "")->status, DNS_NXDOMAIN);
	arena_free(arena);
}

static void remembers_what_was_asked(void **state)
{
	struct arena *arena = arena_new();
	struct dns_log log;

	(void)state;
	dns_log_init(&log, arena, NULL);

	const struct dns_answer *a = dns_lookup(&log, "Example.ORG.", DNS_TXT, "SPF record");

	assert_ptr_equal(a, dns_lookup(&log, "example.org", DNS_TXT, "DMARC record"));
	assert_ptr_not_equal(a, dns_lookup(&log, "example.org", DNS_A, "address"));
	assert_string_equal(a->name, "example.org");
	assert_int_equal(a->status, DNS_NOT_RECORDED);
	for (int i = 0; i < 1000; i++)
		dns_lookup(&log, arena_printf(arena, "n%d.example", i), DNS_A, "x");
	for (int i = 0; i < 1000; i++)
		dns_lookup(&log, arena_printf(arena, "N%d.example.", i), DNS_A, "x");
	assert_int_equal(log.count, 1002);
	assert_string_equal(log.entry[0].why, "SPF record");
	arena_free(arena);
}

/* What is written is read back as the same. */
static void writes_what_it_reads(void **state)
{
	static const char zone[] =
		";@ recorded 2026-11-10T09:12:44Z 192.0.2.53#53\n"
		"alias.example.\t60\tIN\tCNAME\tx\\.y.example.\n"
		"x\\.y.example.\t60\tIN\tTXT\t\"a\\000\\\"b\" \"\" \"c\\\\\"\n"
		"x\\.y.example.\t60\tIN\tMX\t10 mx\\032x.example.\n"
		"six.example.\t0\tIN\tAAAA\t2001:db8::1\n"
		"tlsa.example.\t5\tIN\tTLSA\t3 1 1 00ff\n"
		";@ nodata none.example. TXT\n;@ servfail bad.example. TXT REFUSED\n"
		";@ timeout slow.example. A\n;@ nxdomain gone.example.\n";
	static const struct {
		const char *name, *type;
	} ask[] = {{"alias.example", "TXT"}, {"x\\.y.example", "MX"}, {"six.example", "AAAA"},
		{"tlsa.example", "TLSA"}, {"none.example", "TXT"}, {"bad.example", "TXT"},
		{"slow.example", "A"}, {"gone.example", "A"}};
	struct arena *arena = arena_new();
	struct buffer first = BUFFER_INIT, second = BUFFER_INIT;
	struct dns *dns = snapshot_parse(SPAN(zone), "z", NULL, NULL);

	(void)state;
	for (int pass = 0; pass < 2; pass++) {
		struct dns_log log;

		dns_log_init(&log, arena, dns);
		for (size_t i = 0; i < sizeof ask / sizeof *ask; i++)
			snapshot_write_answer(pass ? &second : &first,
				dns_lookup(
					&log, ask[i].name, dns_type_of(span_of(ask[i].type)), ""));
		dns_free(dns);
		dns = snapshot_parse(buffer_view(&first), "z", NULL, NULL);
	}
	dns_free(dns);
	assert_string_equal(buffer_text(&first), buffer_text(&second));
	for (struct span rest = SPAN(zone); rest.len;) { /* every line of it, in the same form */
		struct span line = span_line(&rest, NULL);

		if (span_find(buffer_view(&first), line, 0) == first.len)
			fail_msg("not written: %.*s in\n%s", SPAN_ARG(line), buffer_text(&first));
	}
	buffer_release(&first);
	buffer_release(&second);
	arena_free(arena);
}

static void chains(void **state)
{
	struct arena *arena = arena_new();
	struct dns *dns = dns_chain(
		snapshot_parse(SPAN("a. A 192.0.2.1\n;@ servfail b. A\n"), "1", NULL, NULL),
		snapshot_parse(
			SPAN(";@ complete\nb. A 192.0.2.2\nc. A 192.0.2.3\n"), "2", NULL, NULL));

	(void)state;
	assert_string_equal(said(arena, dns, "a", "A"), "192.0.2.1");
	assert_string_equal(said(arena, dns, "b", "A"), "failed:SERVFAIL");
	assert_string_equal(said(arena, dns, "c", "A"), "192.0.2.3");
	assert_string_equal(said(arena, dns, "d", "A"), "nxdomain");
	dns_free(dns);
	arena_free(arena);
}

/* Records that lost their ")" and names that share nothing cost no more than their length. */
static void bears_hostile_files(void **state)
{
	struct buffer text = BUFFER_INIT;

	(void)state;
	for (int i = 0; i < 2000; i++)
		buffer_printf(&text, "n%d. TXT (\n", i);
	for (int i = 0; i < 5000; i++)
		buffer_printf(&text, "same. TYPE%d \\# 1 00\n", 1000 + i);
	for (int i = 0; i < 5000; i++)
		buffer_printf(&text, "many. TXT %d\n", i);

	struct dns *dns = snapshot_parse(buffer_view(&text), "h", NULL, NULL);

	assert_int_equal(snapshot_names(dns), 2);
	dns_free(dns);
	buffer_release(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_master_files),
		cmocka_unit_test(keeps_exact_bytes),
		cmocka_unit_test(reads_pasted_answers),
		cmocka_unit_test(answers_what_is_absent),
		cmocka_unit_test(reads_annotations),
		cmocka_unit_test(prefers_the_newest_recording),
		cmocka_unit_test(keeps_key_history),
		cmocka_unit_test(keeps_provenance),
		cmocka_unit_test(reports_bad_lines),
		cmocka_unit_test(first_file_wins),
		cmocka_unit_test(refuses_names_that_cannot_be_asked),
		cmocka_unit_test(remembers_what_was_asked),
		cmocka_unit_test(writes_what_it_reads),
		cmocka_unit_test(chains),
		cmocka_unit_test(bears_hostile_files),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
