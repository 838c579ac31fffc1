/* SPDX-License-Identifier: ISC */
/* The header block, line ends, characters, recorded results and contexts. */
#include "tests/unit/findings_rows.h"

#define FAKE(more) STRANGER "From: Bank <news@bank.example>\r\n" REST more PLAIN END
#define BODY(text) STRANGER "From: Bank <news@bank.example>\r\n" SUBJECT REST PLAIN "\r\n" text
#define TITLE(text) \
	STRANGER "From: Bank <news@bank.example>\r\nSubject: " text "\r\n" REST PLAIN END
#define NAME(text) STRANGER "From: " text " <news@bank.example>\r\n" SUBJECT REST PLAIN END

static void finds_header(void **state)
{
	static const struct row rows[] = {
		{"HDR-DUP", SEVERITY_HIGH, RAW(FAKE("Subject: a\r\nSubject: b\r\n"))},
		{"HDR-DUP", SEVERITY_LOW, RAW(FAKE("Subject: a\r\nSubject: a\r\n"))},
		{"HDR-DUP", SEVERITY_HIGH, RAW(FAKE("Subject: a\r\nSubject: a\r\nSubject: b\r\n"))},
		{"HDR-DUP", SEVERITY_MEDIUM, RAW(FAKE(SUBJECT "Message-ID: <2@x.example>\r\n"))},
		{"HDR-DUP", SEVERITY_NONE, RAW(FAKE(SUBJECT "Comments: a\r\nComments: b\r\n"))},
		{"HDR-NUL", SEVERITY_CRITICAL, RAW(FAKE("Subject: a\0b\r\n"))},
		{"HDR-NUL", SEVERITY_NONE, RAW(BODY("a\0b\r\n"))},
		{"HDR-BARE-CR", SEVERITY_HIGH, RAW(FAKE("Subject: a\rFrom: b\r\n"))},
		{"HDR-BARE-CR", SEVERITY_MEDIUM, RAW(BODY("a\rSubject: b\r\n"))},
		{"HDR-BARE-CR", SEVERITY_LOW, RAW(BODY("a\rb\r\n"))},
		{"HDR-BARE-CR", SEVERITY_NONE, RAW(BODY("a\r\r\nb\r\n"))},
		{"HDR-MIXED-EOL", SEVERITY_MEDIUM, RAW(FAKE(SUBJECT "X-Note: one\n"))},
		{"HDR-MIXED-EOL", SEVERITY_MEDIUM, RAW(BODY("a\n.\r\nb\r\n"))},
		{"HDR-MIXED-EOL", SEVERITY_NONE, RAW(BODY("a\r\n.\r\nb\r\n"))},
		{"HDR-MIXED-EOL", SEVERITY_NONE,
			RAW("From: a@bank.example\nSubject: x\n\na\n.\nb\n")},
		{"HDR-SMUGGLE", SEVERITY_CRITICAL,
			RAW(BODY("a\n.\r\nmail FROM:<x@bank.example>\r\nrcpt "
				 "TO:<y@victim.example>\r\ndata\r\n"))},
		{"HDR-SMUGGLE", SEVERITY_CRITICAL,
			RAW(BODY("a\r.\rMAIL FROM:<x@bank.example>\r\nRCPT "
				 "TO:<y@victim.example>\r\n"))},
		{"HDR-SMUGGLE", SEVERITY_HIGH,
			RAW("From: a@bank.example\n\na\n.\nMAIL FROM:<x@bank.example>\nRCPT "
			    "TO:<y@b.example>\nDATA\n")},
		{"HDR-SMUGGLE", SEVERITY_NONE,
			RAW(BODY("a\r\n.\r\nMAIL FROM:<x@bank.example>\r\nhello\r\n"))},
		{"HDR-SMUGGLE", SEVERITY_NONE,
			RAW(BODY("> DATA\r\n> .\r\n> MAIL FROM:<x@bank.example>\r\n> RCPT "
				 "TO:<y@b.example>\r\n> DATA\r\n"))},
		{"HDR-SMUGGLED-SHAPE", SEVERITY_LOW,
			RAW(FROM_HOST("a@shared.example", "mail.shared.example",
				"198.51.100.66") "From: a@shared.example\r\n" SUBJECT REST PLAIN
					END)},
		{"HDR-SMUGGLED-SHAPE", SEVERITY_NONE,
			RAW(BANK "From: news@bank.example\r\n" SUBJECT REST PLAIN END)},
		{"HDR-FOLD-BLANK", SEVERITY_HIGH,
			RAW(STRANGER "X-Note: a\r\n \t\r\nFrom: news@bank.example\r\n" SUBJECT REST
					PLAIN END)},
		{"HDR-FOLD-BLANK", SEVERITY_LOW,
			RAW(STRANGER
				"X-Report: a\r\n \r\n b\r\nFrom: news@bank.example\r\n" SUBJECT REST
					PLAIN END)},
		{"HDR-FOLD-BLANK", SEVERITY_NONE,
			RAW(STRANGER "X-Report: a\r\n b\r\nFrom: news@bank.example\r\n" SUBJECT REST
					PLAIN END)},
		{"HDR-GARBAGE", SEVERITY_MEDIUM, RAW(FAKE(SUBJECT "no colon here\r\n"))},
		{"HDR-GARBAGE", SEVERITY_NONE,
			RAW(FAKE(SUBJECT ">From someone Tue Nov 10 09:12:04 2026\r\n"))},
		{"HDR-BODY-FIELDS", SEVERITY_MEDIUM,
			RAW(BODY("Content-Type: text/html\r\n\r\n<b>x</b>\r\n"))},
		{"HDR-BODY-FIELDS", SEVERITY_NONE,
			RAW(BODY("From: someone\r\nSubject: quoted\r\n"))},
		{"HDR-8BIT", SEVERITY_LOW, RAW(TITLE("caf\351"))},
		{"HDR-8BIT", SEVERITY_INFO, RAW(TITLE("caf\xc3\xa9"))},
		{"HDR-8BIT", SEVERITY_NONE, RAW(TITLE("=?utf-8?Q?caf=C3=A9?="))},
	};

	(void)state;
	RUN(rows);
}

static void finds_long_lines(void **state)
{
	struct buffer raw = BUFFER_INIT;
	struct row row = {.code = "HDR-LONG", .severity = SEVERITY_LOW};

	(void)state;
	buffer_str(&raw, STRANGER "From: news@bank.example\r\nX-Long: ");
	for (int bytes = 990; bytes <= 991; bytes++) { /* with "X-Long: " 998 and 999 */
		size_t len = raw.len;

		buffer_fill(&raw, 'a', (size_t)bytes);
		buffer_str(&raw, "\r\n" SUBJECT REST PLAIN END);
		row.severity = bytes == 990 ? SEVERITY_NONE : SEVERITY_LOW;
		row.message = (const char *)raw.ptr;
		row.len = raw.len;
		run_rows(&row, 1);
		raw.len = len;
	}
	buffer_release(&raw);
}

#define PDF_OVERRIDE "Content-Disposition: attachment; filename*=utf-8''a%E2%80%AEfdp.exe\r\n"

static void finds_characters(void **state)
{
	static const struct row rows[] = {
		{"UNI-ZERO-WIDTH", SEVERITY_MEDIUM, RAW(TITLE("=?utf-8?Q?Pay=E2=80=8Bpal?="))},
		{"UNI-ZERO-WIDTH", SEVERITY_MEDIUM, RAW(NAME("=?utf-8?Q?Pay=C2=ADpal?="))},
		{"UNI-ZERO-WIDTH", SEVERITY_MEDIUM,
			RAW(TITLE("=?utf-8?Q?P=E2=80=8B=E2=81=A0ay?="))},
		{"UNI-ZERO-WIDTH", SEVERITY_NONE, RAW(TITLE("=?utf-8?Q?=EF=BB=BFPaypal?="))},
		/* ZWNJ in Persian, ZWJ in a family of emoji. */
		{"UNI-ZERO-WIDTH", SEVERITY_NONE,
			RAW(TITLE("=?utf-8?B?2YXbjOKAjNiu2YjYp9mH2YU=?="))},
		{"UNI-ZERO-WIDTH", SEVERITY_NONE, RAW(TITLE("=?utf-8?B?8J+RqOKAjfCfkak=?="))},
		{"UNI-BIDI-SUBJECT", SEVERITY_HIGH,
			RAW(TITLE("=?utf-8?Q?Invoice=E2=80=AEfdp=2Eexe?="))},
		{"UNI-BIDI-SUBJECT", SEVERITY_NONE, RAW(TITLE("=?utf-8?Q?=D7=90=E2=80=8F?="))},
		{"UNI-BIDI-SUBJECT", SEVERITY_HIGH,
			RAW(STRANGER "From: news@bank.example\r\n" SUBJECT REST
				     "MIME-Version: 1.0\r\nContent-Type: "
				     "application/pdf\r\n" PDF_OVERRIDE END)},
		{"UNI-TAGS", SEVERITY_HIGH, RAW(TITLE("=?utf-8?Q?Hi=F3=A0=81=A9=F3=A0=81=A7?="))},
		/* The flag of Scotland. */
		{"UNI-TAGS", SEVERITY_NONE,
			RAW(TITLE("=?utf-8?B?8J+PtPOggafzoIGi86CBs/OggaPzoIG086CBvw==?="))},
		{"UNI-MIXED-NAME", SEVERITY_MEDIUM, RAW(NAME("=?utf-8?Q?P=D0=B0ypal?="))},
		{"UNI-MIXED-NAME", SEVERITY_NONE, RAW(NAME("=?utf-8?B?0JjQstCw0L0gSXZhbm92?="))},
		{"UNI-MATH", SEVERITY_LOW, RAW(TITLE("=?utf-8?B?8J2QgfCdkJrwnZCn8J2QpA==?="))},
		{"UNI-MATH", SEVERITY_NONE, RAW(TITLE("Bank"))},
		{"ENC-BAD", SEVERITY_LOW, RAW(TITLE("=?x-nobody-knows?Q?abc?="))},
		{"ENC-BAD", SEVERITY_LOW, RAW(TITLE("=?utf-8?X?abc?="))},
		{"ENC-BAD", SEVERITY_LOW, RAW(TITLE("=?utf-8?B?a*b*c?="))},
		{"ENC-BAD", SEVERITY_NONE, RAW(TITLE("=?utf-8?Q?abc?= =?iso-8859-15?Q?=A4?="))},
		{"ENC-BAD", SEVERITY_INFO,
			RAW(TITLE("=?utf-8?Q?=C3="
				  "A4aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
				  "aaaaaaaaa?="))},
		{"ENC-ODD-CHARSET", SEVERITY_HIGH, RAW(TITLE("=?utf-7?Q?+ADw-script+AD4-?="))},
		{"ENC-ODD-CHARSET", SEVERITY_NONE,
			RAW(TITLE("=?ISO-2022-JP?B?GyRCMnE1RBsoQg==?="))},
		{"ENC-NEEDLESS", SEVERITY_LOW, RAW(TITLE("=?utf-8?B?VmVyaWZ5?="))},
		{"ENC-NEEDLESS", SEVERITY_NONE,
			RAW(TITLE("=?utf-8?B?VmVyaWZ5?= =?utf-8?B?w6Q=?="))},
		{"ENC-NEEDLESS", SEVERITY_NONE, RAW(TITLE("=?utf-8?Q?Verify?="))},
	};

	(void)state;
	RUN(rows);
}

#define AR(id, text) "Authentication-Results: " id "; " text "\r\n"
#define UNDER(text) STRANGER text "From: Bank <news@bank.example>\r\n" SUBJECT REST PLAIN END
#define OVER(text) text UNDER("")

static void finds_recorded(void **state)
{
	static const struct row rows[] = {
		{"AR-UNTRUSTED", SEVERITY_LOW,
			RAW(UNDER(AR("mx.other.example", "spf=pass smtp.mailfrom=bank.example")))},
		{"AR-UNTRUSTED", SEVERITY_NONE,
			RAW(OVER(
				AR("mx.victim.example", "spf=pass smtp.mailfrom=attack.example")))},
		{"AR-UNTRUSTED", SEVERITY_INFO,
			RAW(LIST AR("mx.lists.example",
				"spf=pass smtp.mailfrom=bank.example") "From: "
								       "a@bank.example\r\nList-Id: "
								       "<users.lists.example>"
								       "\r\n" SUBJECT REST PLAIN
									       END)},
		{"AR-FORGED-LOCAL", SEVERITY_HIGH,
			RAW(UNDER(AR("mx.victim.example", "dkim=pass header.d=bank.example")))},
		{"AR-FORGED-LOCAL", SEVERITY_NONE,
			RAW(OVER(AR("mx.victim.example", "dmarc=fail header.from=bank.example")))},
		{"AR-CONTRADICTS", SEVERITY_HIGH,
			RAW(AR("mx.victim.example", "spf=pass smtp.mailfrom=x@club.example")
					FROM_HOST("x@club.example", "mail.attack.example",
						"198.51.100.66") "From: x@club.example\r\n" SUBJECT
						REST PLAIN END)},
		{"AR-CONTRADICTS", SEVERITY_NONE,
			RAW(OVER(
				AR("mx.victim.example", "spf=pass smtp.mailfrom=attack.example")))},
		{"AR-INJECTION", SEVERITY_CRITICAL,
			RAW(OVER(AR("mx.victim.example",
				"dkim=pass header.d=bank.example(.attack.example")))},
		{"AR-INJECTION", SEVERITY_CRITICAL,
			RAW(OVER(AR("mx.victim.example",
				"spf=pass smtp.mailfrom=a@bank.example\".attack.example")))},
		{"AR-INJECTION", SEVERITY_NONE,
			RAW(OVER(AR("mx.victim.example",
				"dkim=pass (2048-bit key) header.d=bank.example header.b=\"ab/c\";"
				" spf=pass smtp.mailfrom=\"a b\"@bank.example; arc=pass (i=1 "
				"dmarc=pass header.from=bank.example)")))},
		{"AR-MULTIPLE", SEVERITY_MEDIUM,
			RAW(AR("mx.victim.example", "dmarc=fail header.from=bank.example") UNDER(
				AR("mx.victim.example", "dmarc=pass header.from=bank.example")))},
		{"AR-MULTIPLE", SEVERITY_NONE,
			RAW(AR("mx.victim.example", "dmarc=fail header.from=bank.example")
					OVER(AR("mx.victim.example", "dkim=none")))},
		{"AR-RCVDSPF-LOW", SEVERITY_MEDIUM,
			RAW(UNDER("Received-SPF: pass (ok) receiver=mx.victim.example; "
				  "client-ip=192.0.2.10;\r\n"))},
		{"AR-RCVDSPF-LOW", SEVERITY_LOW,
			RAW(UNDER("Received-SPF: pass (ok) receiver=mx.other.example; "
				  "client-ip=192.0.2.10;\r\n"))},
		{"AR-RCVDSPF-LOW", SEVERITY_NONE,
			RAW(OVER("Received-SPF: pass (ok) receiver=mx.victim.example; "
				 "client-ip=198.51.100.66;\r\n"))},
		{"HDR-VENDOR-INJECT", SEVERITY_MEDIUM,
			RAW(UNDER("X-MS-Exchange-Organization-SCL: -1\r\n"))},
		{"HDR-VENDOR-INJECT", SEVERITY_MEDIUM,
			RAW(UNDER("X-Spam-Status: No, host=mx.victim.example\r\n"))},
		{"HDR-VENDOR-INJECT", SEVERITY_NONE,
			RAW(UNDER("X-Spam-Status: No, host=mx.other.example\r\n"))},
		{"HDR-VENDOR-INJECT", SEVERITY_NONE,
			RAW(OVER("X-Spam-Status: No, host=mx.victim.example\r\n"))},
	};

	(void)state;
	RUN(rows);
}

#define REPORT \
	"MIME-Version: 1.0\r\nContent-Type: multipart/report; report-type=delivery-status; " \
	"boundary=b\r\n" \
	"\r\n--b\r\n\r\nSorry.\r\n--b\r\nContent-Type: " \
	"message/delivery-status\r\n\r\nReporting-MTA: dns; x\r\n--b--\r\n"

static void sees_contexts(void **state)
{
	static const struct row rows[] = {
		{"CTX-LIST", SEVERITY_INFO,
			RAW(LIST "From: a@bank.example\r\nList-Id: U "
				 "<users.lists.example>\r\n" SUBJECT REST PLAIN END)},
		/* Only claimed. */
		{"CTX-LIST", SEVERITY_NONE,
			RAW(STRANGER "From: a@bank.example\r\nList-Id: U "
				     "<users.lists.example>\r\n" SUBJECT REST PLAIN END)},
		{"CTX-FORWARD", SEVERITY_INFO,
			RAW(FORWARD "From: news@bank.example\r\n" SUBJECT REST PLAIN END)},
		{"CTX-FORWARD", SEVERITY_NONE,
			RAW(STRANGER "From: news@bank.example\r\n" SUBJECT REST PLAIN END)},
		{"CTX-FORWARD", SEVERITY_NONE,
			RAW(FROM_HOST("SRS0=ab=cd=bank.example=news@bank.example",
				"mail.attack.example",
				"198.51.100.66") "From: news@bank.example\r\n" SUBJECT REST PLAIN
					END)},
		{"CTX-ESP", SEVERITY_INFO,
			RAW(FROM_HOST("bounce-alice=victim.example@attack.example",
				"mail.attack.example",
				"198.51.100.66") "From: a@bank.example\r\n" SUBJECT REST PLAIN
					END)},
		{"CTX-ESP", SEVERITY_NONE,
			RAW(STRANGER "From: a@bank.example\r\nFeedback-ID: 1:2\r\n" SUBJECT REST
					PLAIN END)},
		{"CTX-DSN", SEVERITY_INFO,
			RAW(NOBODY "From: MAILER-DAEMON@attack.example\r\n" SUBJECT REST REPORT)},
		{"CTX-DSN", SEVERITY_NONE,
			RAW(STRANGER "From: MAILER-DAEMON@attack.example\r\n" SUBJECT REST REPORT)},
	};

	(void)state;
	RUN(rows);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_header),
		cmocka_unit_test(finds_long_lines),
		cmocka_unit_test(finds_characters),
		cmocka_unit_test(finds_recorded),
		cmocka_unit_test(sees_contexts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
