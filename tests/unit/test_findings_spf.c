/* SPDX-License-Identifier: ISC */
/* What SPF and DMARC show, and what softens it. */
#include "tests/unit/findings_rows.h"

#include "parsers/dkim/recover.h"

static const char zone[] =
	";@ complete\n"
	"attack.example. IN TXT \"v=spf1 ip4:198.51.100.66 -all\"\n"
	"attack.example. IN A 198.51.100.66\n"
	"_dmarc.attack.example. IN TXT \"v=DMARC1; p=none\"\n"
	"mail.attack.example. IN TXT \"v=spf1 a -all\"\nmail.attack.example. IN A 198.51.100.66\n"
	"bank.example. IN TXT \"v=spf1 ip4:192.0.2.10 -all\"\nbank.example. IN A 192.0.2.10\n"
	"_dmarc.bank.example. IN TXT \"v=DMARC1; p=reject; sp=none\"\n"
	"shop.bank.example. IN A 192.0.2.11\n"
	"lists.example. IN TXT \"v=spf1 ip4:203.0.113.50 -all\"\n"
	"soft.example. IN TXT \"v=spf1 ~all\"\n"
	"open.example. IN TXT \"v=spf1 include:all.example -all\"\nall.example. IN TXT \"v=spf1 "
	"+all\"\n"
	"_dmarc.open.example. IN TXT \"v=DMARC1; p=none\"\n"
	"wide.example. IN TXT \"v=spf1 ip4:198.48.0.0/12 ip4:198.0.0.0/11 -all\"\n"
	"_dmarc.wide.example. IN TXT \"v=DMARC1; p=none\"\n"
	"some.example. IN TXT \"v=spf1 ip4:198.51.0.0/16 ip4:10.0.0.0/24 -all\"\n"
	"_dmarc.some.example. IN TXT \"v=DMARC1; p=none\"\n"
	"few.example. IN TXT \"v=spf1 ip4:198.51.100.0/24 -all\"\n"
	"_dmarc.few.example. IN TXT \"v=DMARC1; p=none\"\n"
	"ptr.example. IN TXT \"v=spf1 ptr -all\"\n"
	"two.example. IN TXT \"v=spf1 -all\"\ntwo.example. IN TXT \"v=spf1 ~all\"\n"
	"_dmarc.two.example. IN TXT \"v=DMARC1; p=none\"\n_dmarc.two.example. IN TXT \"v=DMARC1; "
	"p=reject\"\n"
	"gone.example. IN TXT \"v=spf1 include:nobody.test -all\"\n"
	"void.example. IN TXT \"v=spf1 a:a.test a:b.test a:c.test -all\"\n"
	"many.example. IN TXT \"v=spf1 a a a a a a a a a a a -all\"\nmany.example. IN A 192.0.2.9\n"
	"_dmarc.typo.example. IN TXT \"v=DMARC1; p=rejct\"\n"
	"_dmarc.part.example. IN TXT \"v=DMARC1; p=reject; pct=5\"\n";

#define SENT(sender) FROM_HOST(sender, "mail.attack.example", "198.51.100.66")
#define MAIL(sender, from) SENT(sender) "From: <" from ">\r\n" SUBJECT REST PLAIN END
static void run_here(const struct row *row, size_t count)
{
	struct dns *dns = snapshot_parse(span_of(zone), "zone", NULL, NULL);
	struct psl *psl = psl_open(NULL, NULL);
	struct dkim_context *dkim = dkim_context_new();

	for (size_t i = 0; i < count; i++)
		run_row(&row[i], i, dns, psl, dkim);
	dkim_context_free(dkim);
	psl_close(psl);
	dns_free(dns);
}

static void judges_dmarc(void **state)
{
	static const struct row rows[] = {
		{"AUTH-DMARC-FAIL", SEVERITY_HIGH, RAW(MAIL("x@attack.example", "a@bank.example"))},
		{"AUTH-DMARC-FAIL", SEVERITY_LOW,
			RAW(LIST "From: <a@bank.example>\r\nList-Id: Users "
				 "<users.lists.example>\r\n" SUBJECT REST PLAIN END)},
		{"AUTH-DMARC-FAIL", SEVERITY_NONE,
			RAW(MAIL("x@attack.example", "a@attack.example"))},
		{"AUTH-DMARC-FAIL-NONE", SEVERITY_MEDIUM,
			RAW(MAIL("x@attack.example", "a@open.example"))},
		{"AUTH-NO-DMARC", SEVERITY_LOW, RAW(MAIL("x@attack.example", "a@club.example"))},
		{"AUTH-NO-DMARC", SEVERITY_NONE, RAW(MAIL("x@attack.example", "a@bank.example"))},
		{"AUTH-NONE", SEVERITY_MEDIUM, RAW(MAIL("x@bank.example", "a@bank.example"))},
		{"AUTH-NONE", SEVERITY_NONE, RAW(MAIL("x@attack.example", "a@bank.example"))},
		{"AUTH-SPF-ONLY", SEVERITY_INFO, RAW(MAIL("x@attack.example", "a@attack.example"))},
		{"AUTH-SPF-ONLY", SEVERITY_NONE, RAW(MAIL("x@attack.example", "a@bank.example"))},
		{"AUTH-SIBLING-ALIGN", SEVERITY_INFO,
			RAW(MAIL("x@mail.attack.example", "a@attack.example"))},
		{"AUTH-SIBLING-ALIGN", SEVERITY_NONE,
			RAW(MAIL("x@attack.example", "a@attack.example"))},
		{"DMARC-SP-HOLE", SEVERITY_MEDIUM,
			RAW(MAIL("x@attack.example", "a@shop.bank.example"))},
		{"DMARC-SP-HOLE", SEVERITY_NONE, RAW(MAIL("x@attack.example", "a@bank.example"))},
		{"DMARC-NX-SUBDOMAIN", SEVERITY_HIGH,
			RAW(MAIL("x@attack.example", "a@nothing.bank.example"))},
		{"DMARC-NX-SUBDOMAIN", SEVERITY_NONE,
			RAW(MAIL("x@attack.example", "a@shop.bank.example"))},
		{"DMARC-MULTI", SEVERITY_LOW, RAW(MAIL("x@attack.example", "a@two.example"))},
		{"DMARC-SYNTAX", SEVERITY_LOW, RAW(MAIL("x@attack.example", "a@typo.example"))},
		{"DMARC-SYNTAX", SEVERITY_NONE, RAW(MAIL("x@attack.example", "a@bank.example"))},
		{"DMARC-PCT", SEVERITY_INFO, RAW(MAIL("x@attack.example", "a@part.example"))},
	};

	(void)state;
	run_rows(rows, 1); /* in the common world, too */
	run_here(rows, sizeof rows / sizeof *rows);
}

static void judges_spf(void **state)
{
	static const struct row rows[] = {
		{"SPF-FAIL", SEVERITY_MEDIUM, RAW(MAIL("x@bank.example", "a@bank.example"))},
		{"SPF-FAIL", SEVERITY_NONE, RAW(MAIL("x@attack.example", "a@bank.example"))},
		{"SPF-SOFTFAIL", SEVERITY_LOW, RAW(MAIL("x@soft.example", "a@bank.example"))},
		{"SPF-PLUS-ALL", SEVERITY_HIGH, RAW(MAIL("x@open.example", "a@open.example"))},
		{"SPF-PLUS-ALL", SEVERITY_NONE, RAW(MAIL("x@wide.example", "a@wide.example"))},
		{"SPF-WIDE", SEVERITY_MEDIUM, RAW(MAIL("x@wide.example", "a@wide.example"))},
		{"SPF-WIDE", SEVERITY_LOW, RAW(MAIL("x@some.example", "a@some.example"))},
		{"SPF-WIDE", SEVERITY_NONE, RAW(MAIL("x@few.example", "a@few.example"))},
		{"SPF-WIDE", SEVERITY_NONE, RAW(MAIL("x@wide.example", "a@bank.example"))},
		{"SPF-PTR", SEVERITY_LOW, RAW(MAIL("x@ptr.example", "a@bank.example"))},
		{"SPF-MULTI", SEVERITY_LOW, RAW(MAIL("x@two.example", "a@bank.example"))},
		{"SPF-DANGLING", SEVERITY_HIGH, RAW(MAIL("x@gone.example", "a@bank.example"))},
		{"SPF-DANGLING", SEVERITY_NONE, RAW(MAIL("x@void.example", "a@bank.example"))},
		{"SPF-VOID", SEVERITY_LOW, RAW(MAIL("x@void.example", "a@bank.example"))},
		{"SPF-PERMERROR-LOOKUPS", SEVERITY_LOW,
			RAW(MAIL("x@many.example", "a@bank.example"))},
		{"SPF-NO-IP", SEVERITY_INFO,
			RAW("From: <a@bank.example>\r\n" SUBJECT REST PLAIN END)},
		{"SPF-NO-IP", SEVERITY_NONE, RAW(MAIL("x@attack.example", "a@bank.example"))},
		{"SPF-HELO-ONLY", SEVERITY_HIGH, RAW(MAIL("x@norecord.example", "a@bank.example"))},
		{"SPF-HELO-ONLY", SEVERITY_NONE, RAW(MAIL("", "a@bank.example"))},
		{"SPF-HELO-ONLY", SEVERITY_NONE, RAW(MAIL("x@attack.example", "a@bank.example"))},
	};

	(void)state;
	run_here(rows, sizeof rows / sizeof *rows);
}

/* SubjectPublicKeyInfo of a made-up number, as `openssl asn1parse` reads it: two integers in a bit
 * string. */
static void writes_key_records(void **state)
{
	struct arena *arena = arena_new();
	uint8_t n[64];

	(void)state;
	memset(n, 0xff, sizeof n);
	assert_string_equal(recover_record(arena, span_make(n, sizeof n), 3),
		"v=DKIM1; k=rsa; p="
		"MFowDQYJKoZIhvcNAQEBBQADSQAwRgJBAP//////////////////////////////////////////////"
		"//////////////////////////////////////8CAQM=");
	arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(judges_dmarc),
		cmocka_unit_test(judges_spf),
		cmocka_unit_test(writes_key_records),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
