/* SPDX-License-Identifier: ISC */
/* Names beside the author's address, look-alikes, Reply-To, Sender, recipients, threads. */
#include "tests/unit/findings_rows.h"

#include <strings.h>

#include "parsers/findings/common.h"
#include "parsers/findings/lookalike.h"

#define FROM(value) STRANGER "From: " value "\r\n" SUBJECT REST PLAIN END
#define BY_BANK(value, more) BANK "From: " value "\r\n" SUBJECT REST more PLAIN END
#define BY_LIST(value, more) \
	LIST "From: " value \
	     "\r\nList-Id: Users <users.lists.example>\r\n" SUBJECT REST more PLAIN END
#define FAKE(more) STRANGER "From: Bank <news@bank.example>\r\n" REST more PLAIN END

static void finds_names(void **state)
{
	static const struct row rows[] = {
		{"FROM-NAME-ADDR", SEVERITY_HIGH,
			RAW(FROM("\"admin@bank.example\" <x@attack.example>"))},
		{"FROM-NAME-ADDR", SEVERITY_HIGH,
			RAW(FROM("=?utf-8?Q?admin=40bank=2Eexample?= <x@attack.example>"))},
		{"FROM-NAME-ADDR", SEVERITY_LOW,
			RAW(BY_LIST("\"a@bank.example via Users\" <users@lists.example>", ""))},
		{"FROM-NAME-ADDR", SEVERITY_NONE,
			RAW(FROM("\"x@attack.example\" <x@attack.example>"))},
		{"FROM-NAME-ADDR", SEVERITY_NONE,
			RAW(FROM("\"x@mail.attack.example\" <x@attack.example>"))},
		{"FROM-NAME-DOMAIN", SEVERITY_MEDIUM,
			RAW(FROM("\"PayPal Support\" <x@club.example>"))},
		{"FROM-NAME-DOMAIN", SEVERITY_MEDIUM,
			RAW(FROM("\"Wells Fargo Online\" <x@club.example>"))},
		{"FROM-NAME-DOMAIN", SEVERITY_MEDIUM, RAW(FROM("Apple Support <x@club.example>"))},
		{"FROM-NAME-DOMAIN", SEVERITY_NONE, RAW(FROM("Fiona Apple <x@club.example>"))},
		{"FROM-NAME-DOMAIN", SEVERITY_NONE, RAW(FROM("Chase Smith <x@club.example>"))},
		{"FROM-NAME-DOMAIN", SEVERITY_NONE, RAW(FROM("PayPal <service@paypal.com>"))},
		{"FROM-NAME-DOMAIN", SEVERITY_NONE, RAW(FROM("PayPal <service@paypal.com.au>"))},
		{"FROM-NAME-DOMAIN", SEVERITY_MEDIUM,
			RAW(FROM("\"victim.example IT Service\" <x@club.example>"))},
		{"FROM-NAME-DOMAIN", SEVERITY_LOW,
			RAW(FROM("\"victim.example IT Service\" <x@attack.example>"))},
		{"FROM-NAME-DOMAIN", SEVERITY_MEDIUM,
			RAW(FROM("Victim Helpdesk <x@club.example>"))},
		{"FROM-NAME-DOMAIN", SEVERITY_MEDIUM,
			RAW(FROM("MyCompany Payroll <x@club.example>"))},
		{"FROM-NAME-DOMAIN", SEVERITY_MEDIUM, RAW(FROM("www.bank.com <x@club.example>"))},
		{"FROM-NAME-DOMAIN", SEVERITY_NONE, RAW(FROM("J.R.R. Tolkien <x@club.example>"))},
		{"FROM-NAME-DOMAIN", SEVERITY_NONE, RAW(FROM("Node.js Weekly <x@club.example>"))},
		{"FROM-NAME-PAD", SEVERITY_MEDIUM,
			RAW(FROM("\"Bank                  \" <x@attack.example>"))},
		{"FROM-NAME-PAD", SEVERITY_MEDIUM,
			RAW(FROM("\"aaaaaaaaaaaaaaaaaaaa aaaaaaaaaaaaaaaaaaaa aaaaaaaaaaaaaaaaaaaa "
				 "aaaaaaaaaaaaaaaaaaaa "
				 "aaaaaaaaaaaaaaaaaaaa\" <x@attack.example>"))},
		{"FROM-NAME-PAD", SEVERITY_NONE,
			RAW(FROM("\"Bank of the North\" <x@attack.example>"))},
	};

	(void)state;
	RUN(rows);
}

static void finds_lookalikes(void **state)
{
	static const struct row rows[] = {
		{"FROM-LOOKALIKE", SEVERITY_HIGH, RAW(FROM("cfo@v1ctim.example"))},
		{"FROM-LOOKALIKE", SEVERITY_HIGH, RAW(FROM("cfo@mycornpany.example"))},
		{"FROM-LOOKALIKE", SEVERITY_HIGH, RAW(FROM("cfo@mycompamy.example"))},
		{"FROM-LOOKALIKE", SEVERITY_MEDIUM, RAW(FROM("cfo@mycompany.test"))},
		{"FROM-LOOKALIKE", SEVERITY_HIGH, RAW(FROM("cfo@xn--mycmpany-pbh.example"))},
		{"FROM-LOOKALIKE", SEVERITY_HIGH, RAW(FROM("x@paypa1.com"))},
		{"FROM-LOOKALIKE", SEVERITY_HIGH, RAW(FROM("x@rnicrosoft.com"))},
		{"FROM-LOOKALIKE", SEVERITY_NONE, RAW(FROM("x@paypal.com"))},
		{"FROM-LOOKALIKE", SEVERITY_NONE, RAW(FROM("x@paypay.example"))},
		{"FROM-LOOKALIKE", SEVERITY_NONE, RAW(FROM("cfo@victim.example"))},
		{"FROM-LOOKALIKE", SEVERITY_NONE, RAW(FROM("cfo@mail.victim.example"))},
		{"FROM-LOOKALIKE", SEVERITY_NONE, RAW(FROM("x@bank.example"))},
		{"FROM-MIXED-SCRIPT", SEVERITY_HIGH, RAW(FROM("x@xn--bnk-6cd.example"))},
		{"FROM-MIXED-SCRIPT", SEVERITY_NONE, RAW(FROM("x@xn--hxajbheg2az3al.example"))},
		{"FROM-MIXED-SCRIPT", SEVERITY_NONE, RAW(FROM("x@xn--bcher-kva.example"))},
		{"FROM-PUNYCODE", SEVERITY_INFO, RAW(FROM("x@xn--bcher-kva.example"))},
		{"FROM-PUNYCODE", SEVERITY_NONE, RAW(FROM("x@bank.example"))},
	};

	(void)state;
	RUN(rows);
}

static void measures_likeness(void **state)
{
	static const struct {
		const char *domain, *reference;
		enum likeness likeness;
	} rows[] = {
		{"bank.example", "bank.example", LIKE_NOT},
		{"www.bank.example", "bank.example", LIKE_NOT},
		{"bank.test", "bank.example", LIKE_SUFFIX},
		{"b0ok.example", "book.example", LIKE_SIGHT},
		{"vvebsite.example", "website.example", LIKE_SIGHT},
		{"l1brary.example", "library.example", LIKE_SIGHT},
		{"xn--pypal-4ve.com", "paypal.com", LIKE_SIGHT},
		{"server1.example", "server2.example", LIKE_NOT},
		{"libary.example", "library.example", LIKE_EDIT},
		{"lirbary.example", "library.example", LIKE_EDIT},
		{"librarry.example", "library.example", LIKE_EDIT},
		{"dibrary.example", "library.example", LIKE_NOT}, /* another beginning */
		{"cat.example", "car.example", LIKE_NOT},         /* too short */
		{"continental.example", "contimental.example", LIKE_EDIT},
		{"contimantal.example", "continental.example", LIKE_EDIT},
		{"limrery.example", "library.example", LIKE_NOT}, /* two changes in a short name */
	};
	struct arena *arena = arena_new();
	struct evidence e = {.arena = arena};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (domain_like(&e, rows[i].domain, rows[i].reference) != rows[i].likeness)
			fail_msg("row %zu: %s and %s", i, rows[i].domain, rows[i].reference);
	arena_free(arena);
}

/* The shortcuts before the public suffix list, against the list alone. */
static void compares_organisations(void **state)
{
	static const char *const name[] = {"", "com", "COM", "uk", "co.uk", "example", "bank.example", "Bank.Example",
		"www.bank.example", "a.b.bank.example", "ank.example", "bank.co.uk", "www.bank.co.uk", "shop.co.uk",
		"bank.com", "mail.bank.com", "xbank.com", "github.io", "a.github.io", "b.github.io", "x.a.github.io",
		"localhost", "a.localhost", "bank.example.", "www.bank.example.", ".example", "..example"};
	enum { NAMES = sizeof name / sizeof *name };
	struct psl *psl = psl_open(NULL, NULL);

	(void)state;
	assert_non_null(psl);
	for (size_t i = 0; i < 2 * NAMES * NAMES; i++) {
		const char *a = name[i / 2 / NAMES], *b = name[i / 2 % NAMES];
		struct evidence e = {.psl = i % 2 ? psl : NULL};
		bool want = strcasecmp(a, b) == 0 || strcasecmp(org_of(&e, a), org_of(&e, b)) == 0;

		if (same_org(&e, a, b) != want)
			fail_msg("'%s' and '%s'", a, b);
	}
	assert_false(same_org(&(struct evidence){.psl = psl}, NULL, "bank.example"));
	psl_close(psl);
}

static void knows_providers(void **state)
{
	static const struct {
		const char *domain;
		bool free;
	} rows[] = {{"gmail.com", true}, {"GMail.com", true}, {"126.com", true}, {"zohomail.eu", true},
		{"mail.gmail.com", false}, {"gmail.co", false}, {"yahoo.fr", true}, {"Hotmail.co.uk", true},
		{"yahoo.company.example", false}, {"outlook.office", true}, {"a", false}, {"", false},
		{"zz.example", false}, {"0.example", false}};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (is_freemail(rows[i].domain) != rows[i].free)
			fail_msg("%s", rows[i].domain);
	assert_false(is_freemail(NULL));
}

static void finds_others(void **state)
{
	static const struct row rows[] = {
		{"SENDER-MISMATCH", SEVERITY_LOW,
			RAW(FAKE(SUBJECT "Sender: bulk@unrelated.example\r\n"))},
		{"SENDER-MISMATCH", SEVERITY_INFO,
			RAW(FAKE(SUBJECT "Sender: bulk@attack.example\r\n"))},
		{"SENDER-MISMATCH", SEVERITY_NONE,
			RAW(FAKE(SUBJECT "Sender: other@bank.example\r\n"))},
		{"REPLYTO-MISMATCH", SEVERITY_MEDIUM,
			RAW(FAKE(SUBJECT "Reply-To: x@attack.example\r\n"))},
		{"REPLYTO-MISMATCH", SEVERITY_LOW,
			RAW(BY_BANK("news@bank.example", "Reply-To: x@partner.example\r\n"))},
		{"REPLYTO-MISMATCH", SEVERITY_LOW,
			RAW(BY_LIST("d@bank.example", "Reply-To: users@lists.example\r\n"))},
		{"REPLYTO-MISMATCH", SEVERITY_NONE,
			RAW(FAKE(SUBJECT "Reply-To: x@mail.bank.example\r\n"))},
		{"REPLYTO-MISMATCH", SEVERITY_NONE,
			RAW(FAKE(SUBJECT "Reply-To: x@attack.example, news@bank.example\r\n"))},
		{"REPLYTO-FREEMAIL", SEVERITY_HIGH, RAW(FAKE(SUBJECT "Reply-To: x@gmail.com\r\n"))},
		{"REPLYTO-FREEMAIL", SEVERITY_HIGH,
			RAW(FAKE(SUBJECT "Reply-To: x@hotmail.co.uk\r\n"))},
		{"REPLYTO-FREEMAIL", SEVERITY_MEDIUM,
			RAW(BY_BANK(
				"Carla <news@bank.example>", "Reply-To: Carla <x@gmail.com>\r\n"))},
		{"REPLYTO-FREEMAIL", SEVERITY_LOW,
			RAW(BY_BANK(
				"Form <news@bank.example>", "Reply-To: Jane <x@gmail.com>\r\n"))},
		{"REPLYTO-FREEMAIL", SEVERITY_NONE,
			RAW(FROM("x@outlook.com\r\nReply-To: x@gmail.com"))},
		{"REPLYTO-MISMATCH", SEVERITY_MEDIUM,
			RAW(FROM("jane@gmail.com\r\nReply-To: other@yahoo.com"))},
		{"REPLYTO-MISMATCH", SEVERITY_MEDIUM,
			RAW(FROM("jane@gmail.com\r\nReply-To: other@gmail.com"))},
		{"REPLYTO-MISMATCH", SEVERITY_NONE,
			RAW(FROM("jane@gmail.com\r\nReply-To: Jane@gmail.com"))},
		{"REPLYTO-LOOKALIKE", SEVERITY_HIGH,
			RAW(BY_BANK(
				"a@continental.example", "Reply-To: a@c0ntinental.example\r\n"))},
		{"REPLYTO-LOOKALIKE", SEVERITY_NONE,
			RAW(FAKE(SUBJECT "Reply-To: x@attack.example\r\n"))},
		{"RETURNPATH-DIFF", SEVERITY_INFO, RAW(FAKE(SUBJECT))},
		{"RETURNPATH-DIFF", SEVERITY_NONE, RAW(BY_BANK("news@bank.example", ""))},
		{"RESENT-PARTIAL", SEVERITY_MEDIUM,
			RAW("Resent-From: x@bank.example\r\n" FAKE(SUBJECT))},
		{"RESENT-PARTIAL", SEVERITY_LOW,
			RAW(STRANGER "Resent-From: x@bank.example\r\nResent-Date: Tue, 10 Nov 2026 "
				     "09:12:04 +0000\r\n"
				     "From: a@bank.example\r\n" SUBJECT REST PLAIN END)},
		{"RESENT-PARTIAL", SEVERITY_NONE,
			RAW(STRANGER "Resent-From: x@bank.example\r\nResent-Date: Tue, 10 Nov 2026 "
				     "09:12:04 +0000\r\n"
				     "Resent-Message-ID: <2@bank.example>\r\n"
				     "From: a@bank.example\r\n" SUBJECT REST PLAIN END)},
		{"TO-SELF", SEVERITY_LOW,
			RAW(STRANGER
				"From: a@bank.example\r\nTo: A <a@bank.example>\r\n" SUBJECT PLAIN
					END)},
		{"TO-SELF", SEVERITY_NONE, RAW(FAKE(SUBJECT))},
		{"TO-UNDISCLOSED", SEVERITY_INFO,
			RAW(STRANGER
				"From: a@bank.example\r\nTo: undisclosed-recipients:;\r\n" SUBJECT
					PLAIN END)},
		{"TO-UNDISCLOSED", SEVERITY_INFO,
			RAW(STRANGER "From: a@bank.example\r\n" SUBJECT PLAIN END)},
		{"TO-UNDISCLOSED", SEVERITY_NONE, RAW(FAKE(SUBJECT))},
		{"THREAD-FAKE", SEVERITY_MEDIUM, RAW(FAKE("Subject: Re: the invoice\r\n"))},
		{"THREAD-FAKE", SEVERITY_LOW, RAW(FAKE("Subject: Fwd: the invoice\r\n"))},
		{"THREAD-FAKE", SEVERITY_LOW,
			RAW(BANK "From: news@bank.example\r\nSubject: AW: x\r\n" REST PLAIN END)},
		{"THREAD-FAKE", SEVERITY_NONE,
			RAW(FAKE("Subject: Re: x\r\nIn-Reply-To: <1@bank.example>\r\n"))},
		{"THREAD-FAKE", SEVERITY_NONE, RAW(FAKE("Subject: Report: x\r\n"))},
	};

	(void)state;
	RUN(rows);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_names),
		cmocka_unit_test(finds_lookalikes),
		cmocka_unit_test(measures_likeness),
		cmocka_unit_test(compares_organisations),
		cmocka_unit_test(knows_providers),
		cmocka_unit_test(finds_others),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
