/* SPDX-License-Identifier: ISC */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "parsers/dmarc/record.h"

#define COUNT(list) (sizeof(list) / sizeof *(list))

static void reads_records(void **state)
{
	static const struct {
		const char *txt;
		bool is_record;
		enum dmarc_policy p, sp, np;
		char psd;
		bool testing, strict_dkim, bad_policy;
		int pct;
	} rows[] = {
		{"v=DMARC1; p=reject", true, POLICY_REJECT, 0, 0, 'u', false, false, false, 100},
		{"v=DMARC1;p=none;sp=Quarantine;np=reject;psd=y;t=y;adkim=S;pct=7", true,
			POLICY_NONE, POLICY_QUARANTINE, POLICY_REJECT, 'y', true, true, false, 7},
		{"V = DMARC1 ; P = none ;", true, POLICY_NONE, 0, 0, 'u', false, false, false, 100},
		{"v=DMARC1", true, 0, 0, 0, 'u', false, false, false, 100},
		{"v=DMARC1; p=rejct; t=x; psd=maybe; pct=101", true, 0, 0, 0, 'u', false, false,
			true, 100},
		{"v=DMARC1; p=reject; sp=no", true, POLICY_REJECT, 0, 0, 'u', false, false, true,
			100},
		{"v=dmarc1; p=reject", false, 0, 0, 0, 0, false, false, false, 0},
		{"v=DMARC1x; p=reject", false, 0, 0, 0, 0, false, false, false, 0},
		{"v=DMARC1 p=reject", false, 0, 0, 0, 0, false, false, false, 0},
		{" v=DMARC1; p=reject", false, 0, 0, 0, 0, false, false, false, 0},
		{"p=reject; v=DMARC1", false, 0, 0, 0, 0, false, false, false, 0},
		{"\"v=DMARC1; p=reject\"", false, 0, 0, 0, 0, false, false, false, 0},
		{"", false, 0, 0, 0, 0, false, false, false, 0},
	};
	struct arena *arena = arena_new();

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct span txt = span_of(rows[i].txt);
		struct dmarc_record r;

		if (dmarc_is_record(arena, txt) != rows[i].is_record)
			fail_msg("'%s'", rows[i].txt);
		if (!rows[i].is_record)
			continue;
		r = dmarc_record_parse(arena, txt);
		assert_int_equal(r.p, rows[i].p);
		assert_int_equal(r.sp, rows[i].sp);
		assert_int_equal(r.np, rows[i].np);
		assert_int_equal(r.psd, rows[i].psd);
		assert_int_equal(r.testing, rows[i].testing);
		assert_int_equal(r.strict_dkim, rows[i].strict_dkim);
		assert_int_equal(r.bad_policy, rows[i].bad_policy);
		assert_int_equal(r.pct, rows[i].pct);
	}
	arena_free(arena);
}

static void accepts_report_addresses(void **state)
{
	static const struct {
		const char *rua;
		bool valid;
	} rows[] = {
		{"mailto:a@example.org", true},
		{"mailto:a@example.org!10m, mailto:b@example.org", true},
		{"https://example.org/r", true},
		{"a@example.org", false},
		{"mailto:nobody", false},
		{"", false},
		{"nobody, mailto:a@example.org", true},
	};
	struct arena *arena = arena_new();

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		const char *text = arena_printf(arena, "v=DMARC1; rua=%s", rows[i].rua);

		assert_int_equal(dmarc_record_parse(arena, span_of(text)).rua_valid, rows[i].valid);
	}
	arena_free(arena);
}

static struct dns *open_zone(const char *text, bool complete)
{
	struct snapshot_options options = {.assume_complete = complete};

	return snapshot_parse(span_of(text), "test", &options, NULL);
}

/* The examples of RFC 9989 4.10 and 4.10.2. */
static void walks_the_tree(void **state)
{
	static const char zone[] = "_dmarc.mail.example.com. IN TXT \"v=DMARC1; p=none\"\n"
				   "_dmarc.example.com. IN TXT \"v=DMARC1; p=none\"\n"
				   "_dmarc.mail.example.org. IN TXT \"v=DMARC1; p=none; psd=n\"\n"
				   "_dmarc.example.org. IN TXT \"v=DMARC1; p=none\"\n"
				   "_dmarc.net. IN TXT \"v=DMARC1; p=none; psd=y\"\n"
				   "_dmarc.hosting.example. IN TXT \"v=DMARC1; p=none; psd=y\"\n"
				   "_dmarc.two.example. IN TXT \"v=DMARC1; p=none\"\n"
				   "_dmarc.two.example. IN TXT \"v=DMARC1; p=reject\"\n";
	static const struct {
		const char *domain, *org;
		size_t queries;
	} rows[] = {
		{"a.mail.example.com", "example.com", 4},
		{"mail.example.com", "example.com", 3},
		{"example.com", "example.com", 2},
		{"a.mail.example.org", "mail.example.org", 2},
		{"a.mail.example.net", "example.net", 4},
		{"t1.hosting.example", "t1.hosting.example", 2},
		{"a.t1.hosting.example", "t1.hosting.example", 3},
		{"hosting.example", "hosting.example", 1}, /* psd=y where the walk starts */
		{"a.two.example", "a.two.example", 3},     /* several records are none */
		{"a.b.c.d.e.f.g.h.i.j.mail.example.com", "example.com", 8},
		{"none.test", "none.test", 2},
	};
	struct arena *arena = arena_new();
	struct dns *dns = open_zone(zone, true);
	struct dns_log log;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		bool known = false;

		dns_log_init(&log, arena, dns);
		assert_string_equal(
			dmarc_org_domain(arena, &log, rows[i].domain, &known), rows[i].org);
		assert_true(known);
		if (log.count != rows[i].queries)
			fail_msg("%s: %zu queries", rows[i].domain, log.count);
	}
	dns_free(dns);
	dns = open_zone(zone, false);
	dns_log_init(&log, arena, dns);

	bool known = true;

	assert_string_equal(
		dmarc_org_domain(arena, &log, "a.mail.example.com", &known), "example.com");
	assert_false(known);
	dns_free(dns);
	arena_free(arena);
}

static const char zone[] =
	"_dmarc.example.com. IN TXT \"v=DMARC1; p=reject; sp=none; np=quarantine\"\n"
	"mail.example.com. IN A 192.0.2.1\n"
	"_dmarc.strict.example. IN TXT \"v=DMARC1; p=quarantine; adkim=s; aspf=s\"\n"
	"_dmarc.test.example. IN TXT \"v=DMARC1; p=reject; t=y\"\n"
	"_dmarc.pct.example. IN TXT \"v=DMARC1; p=reject; pct=20\"\n"
	"_dmarc.hosting.example. IN TXT \"v=DMARC1; p=reject; psd=y\"\n"
	"_dmarc.typo.example. IN TXT \"v=DMARC1; p=rejct\"\n"
	"_dmarc.report.example. IN TXT \"v=DMARC1; rua=mailto:r@report.example\"\n"
	"_dmarc.bare.example. IN TXT \"v=DMARC1; adkim=s\"\n"
	"_dmarc.two.example. IN TXT \"v=DMARC1; p=reject\"\n"
	"_dmarc.two.example. IN TXT \"v=DMARC1; p=none\"\n"
	"_dmarc.case.example. IN TXT \"v=dmarc1; p=reject\"\n"
	";@ servfail _dmarc.down.example TXT\n";

struct row {
	const char *author, *signer, *sender; /* of a signature and of SPF that pass; NULL none */
	const char *rfc9989, *rfc7489;        /* result policy tag disposition */
	const char *org9989;
};

static const char *said(struct arena *arena, const struct dmarc_eval *e)
{
	const char *policy = dmarc_policy_word(e->policy),
		   *disposition = dmarc_policy_word(e->disposition);

	return arena_printf(arena, "%s %s %s %s", result_word(e->result), policy ? policy : "-",
		e->policy_tag ? e->policy_tag : "-", disposition ? disposition : "-");
}

static const struct dmarc *check(struct arena *arena, struct dns_log *log, const struct psl *psl,
	const struct row *row, enum result result)
{
	struct dkim_signature *signature = ARENA_NEW(arena, struct dkim_signature);
	struct dkim *dkim = ARENA_NEW(arena, struct dkim);
	struct spf_result *mail_from = ARENA_NEW(arena, struct spf_result);
	struct spf *spf = ARENA_NEW(arena, struct spf);
	struct dmarc_query query = {
		.author_domain = row->author,
		.author_domains = 1,
		.dkim = dkim,
		.spf = spf,
		.psl = psl,
	};

	signature->domain = row->signer;
	signature->result = result;
	signature->cause = result == RESULT_TEMPERROR ? CAUSE_NOT_RECORDED : CAUSE_NONE;
	*dkim = (struct dkim){.signature = signature, .count = row->signer != NULL};
	mail_from->domain = row->sender;
	mail_from->result = row->sender ? RESULT_PASS : RESULT_NONE;
	*spf = (struct spf){.mail_from = mail_from, .helo = mail_from};
	return dmarc_check(arena, log, &query);
}

static void evaluates_both_standards(void **state)
{
	static const struct row rows[] = {
		{"example.com", "example.com", NULL, "pass reject p -", "pass reject p -",
			"example.com"},
		{"example.com", "mail.example.com", NULL, "pass reject p -", "pass reject p -",
			"example.com"},
		{"mail.example.com", NULL, "b.example.com", "pass none sp -", "pass none sp -",
			"example.com"},
		{"mail.example.com", "evil.example", NULL, "fail none sp none", "fail none sp none",
			"example.com"},
		{"nx.example.com", NULL, NULL, "fail quarantine np quarantine", "fail none sp none",
			"example.com"},
		{"example.com", "example.net", "example.org", "fail reject p reject",
			"fail reject p reject", "example.com"},
		{"strict.example", "a.strict.example", "a.strict.example",
			"fail quarantine p quarantine", "fail quarantine p quarantine",
			"strict.example"},
		{"strict.example", "strict.example", NULL, "pass quarantine p -",
			"pass quarantine p -", "strict.example"},
		/* t= is RFC 9989's, pct= RFC 7489's */
		{"test.example", NULL, NULL, "fail quarantine p quarantine", "fail reject p reject",
			"test.example"},
		{"pct.example", NULL, NULL, "fail reject p reject", "fail reject p reject",
			"pct.example"},
		/* two tenants: one organisation only by the list */
		{"t1.hosting.example", "t2.hosting.example", NULL, "fail reject p reject",
			"pass reject p -", "t1.hosting.example"},
		{"typo.example", "typo.example", NULL, "pass none p -", "permerror - - -",
			"typo.example"},
		{"report.example", NULL, NULL, "fail none p none", "fail none p none",
			"report.example"},
		{"bare.example", "bare.example", NULL, "none - - -", "none - - -", "bare.example"},
		{"two.example", "two.example", NULL, "none - - -", "none - - -", "two.example"},
		{"case.example", "case.example", NULL, "none - - -", "none - - -", "case.example"},
		{"nothing.example", "nothing.example", NULL, "none - - -", "none - - -",
			"nothing.example"},
		{"down.example", "down.example", NULL, "temperror - - -", "temperror - - -",
			"down.example"},
	};
	struct arena *arena = arena_new();
	struct dns *dns = open_zone(zone, true);
	struct psl *psl = psl_open(NULL, NULL);
	struct dns_log log;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct dmarc *d;

		dns_log_init(&log, arena, dns);
		d = check(arena, &log, psl, &rows[i], RESULT_PASS);
		if (strcmp(said(arena, d->rfc9989), rows[i].rfc9989) != 0)
			fail_msg("%zu %s: RFC 9989 %s", i, rows[i].author, said(arena, d->rfc9989));
		if (strcmp(said(arena, d->rfc7489), rows[i].rfc7489) != 0)
			fail_msg("%zu %s: RFC 7489 %s", i, rows[i].author, said(arena, d->rfc7489));
		assert_string_equal(d->rfc9989->org_domain, rows[i].org9989);
		assert_true(d->rfc9989->step_count > 3);
		assert_non_null(d->explanation);
	}
	psl_close(psl);
	dns_free(dns);
	arena_free(arena);
}

static void knows_facts(void **state)
{
	static const struct {
		struct row row;
		unsigned facts;
	} rows[] = {
		{{"example.com", "example.com", NULL, NULL, NULL, NULL}, 0},
		{{"example.com", "mail.example.com", NULL, NULL, NULL, NULL}, DMARC_SIBLING},
		{{"example.com", "mail.example.com", "example.com", NULL, NULL, NULL}, 0},
		{{"mail.example.com", NULL, NULL, NULL, NULL, NULL}, DMARC_SP_HOLE},
		{{"nx.example.com", NULL, NULL, NULL, NULL, NULL}, DMARC_NX_SUBDOMAIN},
		{{"test.example", NULL, NULL, NULL, NULL, NULL}, DMARC_PARTIAL},
		{{"t1.hosting.example", "t2.hosting.example", NULL, NULL, NULL, NULL},
			DMARC_PSL_TRAP},
		{{"typo.example", NULL, NULL, NULL, NULL, NULL}, DMARC_SYNTAX},
		{{"case.example", NULL, NULL, NULL, NULL, NULL}, DMARC_SYNTAX},
		{{"two.example", NULL, NULL, NULL, NULL, NULL}, DMARC_MULTIPLE},
	};
	struct arena *arena = arena_new();
	struct dns *dns = open_zone(zone, true);
	struct dns_log log;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		dns_log_init(&log, arena, dns);
		assert_int_equal(
			check(arena, &log, NULL, &rows[i].row, RESULT_PASS)->rfc9989->facts,
			rows[i].facts);
	}
	dns_free(dns);
	arena_free(arena);
}

/* What is not recorded is neither absent nor a failure. */
static void says_what_is_not_recorded(void **state)
{
	static const char partial[] = "_dmarc.example.com. IN TXT \"v=DMARC1; p=reject\"\n"
				      ";@ nodata _dmarc.sub.example.com TXT\n";
	static const struct {
		struct row row;
		enum result signature;
		const char *result;
	} rows[] = {
		{{"unknown.example", NULL, NULL, NULL, NULL, NULL}, RESULT_PASS, "temperror"},
		{{"example.com", "example.com", NULL, NULL, NULL, NULL}, RESULT_PASS, "pass"},
		{{"example.com", "sub.example.com", NULL, NULL, NULL, NULL}, RESULT_PASS, "pass"},
		/* its own record could say psd=n */
		{{"example.com", "x.example.com", NULL, NULL, NULL, NULL}, RESULT_PASS,
			"temperror"},
		{{"example.com", "example.com", NULL, NULL, NULL, NULL}, RESULT_TEMPERROR,
			"temperror"},
		{{"example.com", "other.example", NULL, NULL, NULL, NULL}, RESULT_TEMPERROR,
			"fail"},
		{{"example.com", NULL, NULL, NULL, NULL, NULL}, RESULT_PASS, "fail"},
	};
	struct arena *arena = arena_new();
	struct dns *dns = open_zone(partial, false);
	struct dns_log log;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct dmarc_eval *e;

		dns_log_init(&log, arena, dns);
		e = check(arena, &log, NULL, &rows[i].row, rows[i].signature)->rfc9989;
		if (strcmp(result_word(e->result), rows[i].result) != 0)
			fail_msg("%zu: %s", i, result_word(e->result));
		if (e->result == RESULT_TEMPERROR) {
			assert_int_equal(e->cause, CAUSE_NOT_RECORDED);
			assert_false(e->complete);
		}
	}
	dns_free(dns);
	arena_free(arena);
}

static void refuses_several_authors(void **state)
{
	struct arena *arena = arena_new();
	struct dns *dns = open_zone(zone, true);
	struct dns_log log;
	struct dmarc_query query = {.author_domain = "example.com", .author_domains = 2};
	const struct dmarc *d;

	(void)state;
	dns_log_init(&log, arena, dns);
	d = dmarc_check(arena, &log, &query);
	assert_int_equal(d->decides->result, RESULT_PERMERROR);
	assert_int_equal(d->decides->cause, CAUSE_MULTIPLE_AUTHORS);
	query = (struct dmarc_query){.author_domain = NULL};
	d = dmarc_check(arena, &log, &query);
	assert_int_equal(d->decides->result, RESULT_NONE);
	assert_int_equal(d->decides->cause, CAUSE_NO_IDENTITY);
	dns_free(dns);
	arena_free(arena);
}

static void reads_a_list_of_suffixes(void **state)
{
	char path[] = "/tmp/mailcheck-psl-XXXXXX";
	static const char list[] =
		"// test\nexample\nco.example\n*.city.example\n!ok.city.example\n";
	struct arena *arena = arena_new();
	struct error error = {0};
	struct psl *psl;
	int fd = mkstemp(path);

	(void)state;
	assert_true(fd >= 0 && write(fd, list, sizeof list - 1) == (ssize_t)sizeof list - 1);
	close(fd);
	psl = psl_open(path, &error);
	unlink(path);
	assert_non_null(psl);
	assert_string_equal(psl_org_domain(psl, "a.b.shop.co.example"), "shop.co.example");
	assert_string_equal(psl_org_domain(psl, "a.b.x.city.example"), "b.x.city.example");
	assert_string_equal(psl_org_domain(psl, "a.ok.city.example"), "ok.city.example");
	assert_string_equal(psl_org_domain(psl, "co.example"), "co.example");
	assert_true(psl_is_suffix(psl, "co.example"));
	assert_false(psl_is_suffix(psl, "shop.co.example"));
	psl_close(psl);
	assert_null(psl_open("/nonexistent/list", &error));
	assert_int_equal(error.code, ERROR_FORMAT);
	psl = psl_open(NULL, &error);
	assert_string_equal(psl_org_domain(psl, "www.example.co.uk"), "example.co.uk");
	psl_close(psl);
	arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_records),
		cmocka_unit_test(accepts_report_addresses),
		cmocka_unit_test(walks_the_tree),
		cmocka_unit_test(evaluates_both_standards),
		cmocka_unit_test(knows_facts),
		cmocka_unit_test(says_what_is_not_recorded),
		cmocka_unit_test(refuses_several_authors),
		cmocka_unit_test(reads_a_list_of_suffixes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
