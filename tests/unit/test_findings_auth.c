/* SPDX-License-Identifier: ISC */
/* What stands behind the domain in From, by SPF alone: the signatures' part is tested with
 * signatures. */
#include "tests/unit/findings_rows.h"

#define BY(sender, author) \
	FROM_HOST(sender, "mail.attack.example", "198.51.100.66") \
	"From: " author "\r\n" SUBJECT REST PLAIN END

static void weighs_the_author(void **state)
{
	static const struct row rows[] = {
		{"AUTH-DMARC-FAIL", SEVERITY_HIGH, RAW(BY("x@attack.example", "a@bank.example"))},
		/* Nobody knows who sent it. */
		{"AUTH-DMARC-FAIL", SEVERITY_MEDIUM,
			RAW("From: a@bank.example\r\n" SUBJECT REST PLAIN END)},
		{"AUTH-DMARC-FAIL", SEVERITY_LOW,
			RAW(LIST
				"From: a@bank.example\r\nList-Id: <users.lists.example>\r\n" SUBJECT
					REST PLAIN END)},
		/* A list that nobody gave it to, or that names a stranger. */
		{"AUTH-DMARC-FAIL", SEVERITY_HIGH,
			RAW(STRANGER "From: a@bank.example\r\nList-Id: "
				     "<users.attack.example>\r\n" SUBJECT REST PLAIN END)},
		{"AUTH-DMARC-FAIL", SEVERITY_HIGH,
			RAW(FROM_HOST("users-bounces@lists.example", "mail.lists.example",
				"203.0.113.50") "Received: from mail.attack.example "
						"(mail.attack.example [198.51.100.66]) "
						"by mail.lists.example with ESMTPS id 4D5E6F; Tue, "
						"10 Nov 2026 09:12:40 "
						"+0000\r\n"
						"From: a@bank.example\r\nList-Id: "
						"<users.lists.example>\r\n" SUBJECT REST PLAIN
							END)},
		{"AUTH-DMARC-FAIL", SEVERITY_NONE,
			RAW(BANK "From: a@bank.example\r\n" SUBJECT REST PLAIN END)},
		{"AUTH-DMARC-FAIL-NONE", SEVERITY_MEDIUM,
			RAW(BY("x@attack.example", "a@club.example"))},
		{"AUTH-DMARC-FAIL-NONE", SEVERITY_NONE,
			RAW(BY("x@attack.example", "a@bank.example"))},
		{"AUTH-NO-DMARC", SEVERITY_LOW, RAW(BY("x@attack.example", "a@other.example"))},
		{"AUTH-NO-DMARC", SEVERITY_NONE, RAW(BY("x@attack.example", "a@club.example"))},
		{"AUTH-NONE", SEVERITY_MEDIUM, RAW(BY("x@club.example", "a@club.example"))},
		{"AUTH-NONE", SEVERITY_NONE, RAW(BY("x@attack.example", "a@club.example"))},
		{"AUTH-SPF-ONLY", SEVERITY_INFO,
			RAW(BANK "From: a@bank.example\r\n" SUBJECT REST PLAIN END)},
		{"AUTH-SPF-ONLY", SEVERITY_NONE, RAW(BY("x@attack.example", "a@bank.example"))},
		{"AUTH-SIBLING-ALIGN", SEVERITY_INFO,
			RAW(BY("x@mail.attack.example", "a@attack.example"))},
		{"AUTH-SIBLING-ALIGN", SEVERITY_NONE,
			RAW(BY("x@attack.example", "a@attack.example"))},
		{"DMARC-PSL-TRAP", SEVERITY_HIGH, RAW(BY("x@evil-a.co.uk", "a@bank-b.co.uk"))},
		{"DMARC-PSL-TRAP", SEVERITY_NONE, RAW(BY("x@attack.example", "a@bank-b.co.uk"))},
		{"DMARC-NX-SUBDOMAIN", SEVERITY_HIGH,
			RAW(BY("x@attack.example", "a@nowhere.bank.example"))},
		{"DMARC-NX-SUBDOMAIN", SEVERITY_NONE,
			RAW(BY("x@attack.example", "a@news.bank.example"))},
		{"DMARC-NX-SUBDOMAIN", SEVERITY_NONE,
			RAW(BY("x@attack.example", "a@bank.example"))},
	};

	(void)state;
	RUN(rows);
}

static void weighs_the_envelope(void **state)
{
	static const struct row rows[] = {
		{"SPF-NO-IP", ANY, RAW("From: a@bank.example\r\n" SUBJECT REST PLAIN END)},
		{"SPF-NO-IP", SEVERITY_NONE, RAW(BY("x@attack.example", "a@bank.example"))},
		{"SPF-HELO-ONLY", ANY, RAW(BY("x@other.example", "a@club.example"))},
		{"SPF-HELO-ONLY", SEVERITY_NONE, RAW(BY("x@attack.example", "a@club.example"))},
		{"SPF-FAIL", ANY, RAW(BY("x@bank.example", "a@bank.example"))},
		{"SPF-FAIL", SEVERITY_NONE, RAW(BY("x@attack.example", "a@bank.example"))},
	};
	static const struct row partial[] = {
		{"SPF-MACRO", ANY, RAW(BY("someone@macro.example", "a@macro.example"))},
		{"SPF-MACRO", SEVERITY_NONE, RAW(BY("x@attack.example", "a@macro.example"))},
		/* What is not recorded refutes nothing. */
		{"AUTH-NONE", SEVERITY_INFO, RAW(BY("someone@macro.example", "a@macro.example"))},
		{"SPF-FAIL", SEVERITY_NONE, RAW(BY("x@bank.example", "a@bank.example"))},
		{"AUTH-DMARC-FAIL", SEVERITY_NONE, RAW(BY("x@bank.example", "a@bank.example"))},
		{"AUTH-NO-DMARC", SEVERITY_NONE, RAW(BY("x@bank.example", "a@bank.example"))},
	};

	(void)state;
	RUN(rows);
	run_rows_partial(partial, sizeof partial / sizeof *partial);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(weighs_the_author),
		cmocka_unit_test(weighs_the_envelope),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
