/* SPDX-License-Identifier: ISC */
/* Structures that two programs read in two ways. */
#include "tests/unit/findings_rows.h"

#define HEAD STRANGER "From: A <a@attack.example>\r\n" SUBJECT REST "MIME-Version: 1.0\r\n"
#define LIST_HEAD \
	LIST "From: A <a@club.example>\r\n" SUBJECT REST \
	     "List-Id: <users.lists.example>\r\nMIME-Version: 1.0\r\n"
#define MIXED(type, content) HEAD "Content-Type: multipart/" type "\r\n\r\n" content
#define ONE(content) MIXED("mixed; boundary=b", content)
#define TEXT "--b\r\nContent-Type: text/plain\r\n\r\nHello.\r\n"
#define PART(fields, content) ONE(TEXT "--b\r\n" fields "\r\n" content "\r\n--b--\r\n")
#define WORDS \
	"alpha bravo charlie delta echo foxtrot golf hotel india juliett kilo lima mike november " \
	"oscar papa quebec romeo sierra tango uniform victor whiskey xray yankee zulu\r\n"
#define OTHER \
	"apple banana cherry damson elder figs grape hazel iris jasmine kiwi lemon mango nutmeg " \
	"olive peach quince raspberry sorrel thyme ugli vanilla walnut ximenia yarrow zest\r\n"
#define ALTERNATIVE(plain, html) \
	MIXED("alternative; boundary=b", \
		"--b\r\nContent-Type: text/plain\r\n\r\n" plain \
		"--b\r\nContent-Type: text/html\r\n\r\n" html "\r\n--b--\r\n")

static void finds_doubled_fields(void **state)
{
	static const struct row rows[] = {
		{"MIME-DUP-CT", SEVERITY_HIGH,
			RAW(HEAD "Content-Type: text/plain\r\nContent-Type: "
				 "text/html\r\n\r\nx\r\n")},
		{"MIME-DUP-CT", SEVERITY_LOW,
			RAW(HEAD "Content-Type: text/plain\r\nContent-Type: "
				 "text/plain\r\n\r\nx\r\n")},
		{"MIME-DUP-CT", SEVERITY_HIGH,
			RAW(PART("Content-Transfer-Encoding: base64\r\nContent-Transfer-Encoding: "
				 "7bit\r\n",
				"eA=="))},
		{"MIME-DUP-CT", SEVERITY_HIGH,
			RAW(PART("Content-Type: text/plain\r\nContent-Type : text/html\r\n", "x"))},
		{"MIME-DUP-CT", SEVERITY_NONE, RAW(PART("Content-Type: text/plain\r\n", "x"))},
		{"MIME-NOVERSION", SEVERITY_LOW,
			RAW(STRANGER "From: a@attack.example\r\n" SUBJECT REST
				     "Content-Type: multipart/mixed; boundary=b\r\n\r\n" TEXT
				     "--b--\r\n")},
		{"MIME-NOVERSION", SEVERITY_NONE,
			RAW(STRANGER "From: a@attack.example\r\n" SUBJECT REST
				     "Content-Type: text/plain\r\n\r\nx\r\n")},
		{"MIME-PARTIAL", SEVERITY_HIGH,
			RAW(HEAD "Content-Type: message/partial; id=\"a@b\"; number=1; "
				 "total=2\r\n\r\nSubject: y\r\n\r\nx\r\n")},
		{"MIME-PARTIAL", SEVERITY_HIGH,
			RAW(PART("Content-Type: message/external-body; access-type=anon-ftp\r\n",
				"Content-Type: text/plain\r\n\r\n"))},
		{"MIME-PARTIAL", SEVERITY_LOW,
			RAW(LIST_HEAD "Content-Type: message/external-body; access-type=anon-ftp; "
				      "name=x\r\n\r\nContent-Type: text/plain\r\n\r\n")},
		{"MIME-PART-SPLIT", SEVERITY_HIGH,
			RAW(PART("Content-Type: text/plain\r\n "
				 "\r\nContent-Transfer-Encoding: base64\r\n",
				"eA=="))},
		{"MIME-PART-SPLIT", SEVERITY_HIGH,
			RAW(PART("Content-Type: text/plain\r\n",
				"Content-Transfer-Encoding: base64\r\n\r\neA=="))},
		{"MIME-PART-SPLIT", SEVERITY_NONE,
			RAW(PART("Content-Type: text/plain\r\n", "Contents: one\r\n"))},
	};

	(void)state;
	RUN(rows);
}

static void finds_boundaries(void **state)
{
	static const struct row rows[] = {
		{"MIME-BOUNDARY-AMBIG", SEVERITY_HIGH,
			RAW(MIXED("mixed; boundary=a; boundary=b", TEXT "--b--\r\n"))},
		{"MIME-BOUNDARY-AMBIG", SEVERITY_HIGH,
			RAW(MIXED("mixed; boundary=b c",
				TEXT "--b--\r\n--b c\r\n\r\nx\r\n--b c--\r\n"))},
		{"MIME-BOUNDARY-AMBIG", SEVERITY_HIGH,
			RAW(MIXED("mixed; boundary=(x)b", TEXT "--b--\r\n"))},
		{"MIME-BOUNDARY-AMBIG", SEVERITY_HIGH,
			RAW(MIXED("mixed; boundary=\"\0b\"", TEXT "--b--\r\n"))},
		{"MIME-BOUNDARY-AMBIG", SEVERITY_HIGH, RAW(MIXED("mixed; boundary=\"\"", "x\r\n"))},
		{"MIME-BOUNDARY-AMBIG", SEVERITY_HIGH,
			RAW(MIXED("mixed; boundary=\"b", TEXT "--b--\r\n"))},
		{"MIME-BOUNDARY-AMBIG", SEVERITY_HIGH,
			RAW(MIXED("mixed; boundary=a; boundary*0=b", TEXT "--b--\r\n"))},
		{"MIME-BOUNDARY-AMBIG", SEVERITY_HIGH,
			RAW(HEAD "Content-Type: multipart/mixed; boun\r\n dary=x; boundary=y\r\n\r\n--x\r\n\r\n1\r\n--x--\r\n"
				 "--y\r\n\r\n2\r\n--y--\r\n")},
		{"MIME-BOUNDARY-AMBIG", SEVERITY_LOW,
			RAW(MIXED("mixed; boundary=\"b \"", TEXT "--b--\r\n"))},
		{"MIME-BOUNDARY-AMBIG", SEVERITY_NONE,
			RAW(MIXED("mixed; boundary=b=_c", "--b=_c\r\n\r\nx\r\n--b=_c--\r\n"))},
		{"MIME-BOUNDARY-REUSE", SEVERITY_HIGH,
			RAW(ONE("--b\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n" TEXT
				"--b--\r\n--b--\r\n"))},
		{"MIME-BOUNDARY-REUSE", SEVERITY_LOW,
			RAW(ONE("--b\r\nContent-Type: multipart/mixed; "
				"boundary=b1\r\n\r\n--b1\r\n\r\nx"
				"\r\n--b1--\r\n--b--\r\n"))},
		{"MIME-BOUNDARY-REUSE", SEVERITY_NONE,
			RAW(ONE("--b\r\nContent-Type: multipart/mixed; "
				"boundary=c\r\n\r\n--c\r\n\r\nx"
				"\r\n--c--\r\n--b--\r\n"))},
		{"MIME-UNCLOSED", SEVERITY_LOW, RAW(ONE(TEXT))},
		{"MIME-UNCLOSED", SEVERITY_NONE, RAW(ONE(TEXT "--b--\r\n"))},
	};

	(void)state;
	RUN(rows);
}

static void finds_text_outside(void **state)
{
	static const struct row rows[] = {
		{"MIME-HIDDEN-TEXT", SEVERITY_HIGH,
			RAW(ONE(TEXT "--b--\r\nContent-Type: text/html\r\n\r\n<p>Something that "
				     "another program shows</p>\r\n"))},
		{"MIME-HIDDEN-TEXT", SEVERITY_HIGH,
			RAW(ONE("Read http://login.attack.example/ before the rest of what follows "
				"in "
				"this text\r\n" TEXT "--b--\r\n"))},
		{"MIME-HIDDEN-TEXT", SEVERITY_MEDIUM,
			RAW(ONE("Words that stand in front of all of the parts, without a link or "
				"anything else\r\n" TEXT "--b--\r\n"))},
		{"MIME-HIDDEN-TEXT", SEVERITY_NONE,
			RAW(ONE("This is a message with multiple parts in MIME format.  If you "
				"read "
				"this, get a reader.\r\n" TEXT "--b--\r\n"))},
		{"MIME-HIDDEN-TEXT", SEVERITY_NONE, RAW(ONE(TEXT "--b--\r\n\r\nbye\r\n"))},
		{"MIME-HIDDEN-TEXT", SEVERITY_LOW,
			RAW(LIST_HEAD "Content-Type: multipart/mixed; boundary=b\r\n\r\n" TEXT
				      "--b--\r\n____\r\nusers mailing list\r\n"
				      "http://lists.example/users to leave it at any time\r\n")},
		{"MIME-DEPTH", SEVERITY_NONE, RAW(ONE(TEXT "--b--\r\n"))},
	};

	(void)state;
	RUN(rows);
}

static void finds_depth(void **state)
{
	struct buffer b = BUFFER_INIT;
	struct row row = {"MIME-DEPTH", SEVERITY_MEDIUM, NULL, 0};

	(void)state;
	buffer_str(&b, HEAD "Content-Type: multipart/mixed; boundary=b0\r\n\r\n");
	for (int i = 0; i < 12; i++)
		buffer_printf(&b, "--b%d\r\nContent-Type: multipart/mixed; boundary=b%d\r\n\r\n", i,
			i + 1);
	row.message = (const char *)b.ptr;
	row.len = b.len;
	run_rows(&row, 1);
	buffer_release(&b);
}

static void finds_encodings(void **state)
{
	static const struct row rows[] = {
		{"MIME-CTE-BAD", SEVERITY_MEDIUM,
			RAW(PART("Content-Transfer-Encoding: base65\r\n", "eA=="))},
		{"MIME-CTE-BAD", SEVERITY_LOW,
			RAW(PART("Content-Transfer-Encoding: 7bits\r\n", "x"))},
		{"MIME-CTE-BAD", SEVERITY_MEDIUM,
			RAW(HEAD "Content-Type: multipart/mixed; "
				 "boundary=b\r\nContent-Transfer-Encoding: base64\r\n\r\n" TEXT
				 "--b--\r\n")},
		{"MIME-CTE-BAD", SEVERITY_NONE,
			RAW(PART("Content-Transfer-Encoding: BASE64\r\n", "eA=="))},
		{"MIME-CTE-OBFUSC", SEVERITY_HIGH,
			RAW(PART("Content-Transfer-Encoding: ba(x)se64\r\n", "eA=="))},
		{"MIME-CTE-OBFUSC", SEVERITY_HIGH,
			RAW(PART("Content-Transfer-Encoding : base64\r\n", "eA=="))},
		{"MIME-CTE-OBFUSC", SEVERITY_HIGH,
			RAW(PART("Content-Transfer-Encoding\0: base64\r\n", "eA=="))},
		{"MIME-CTE-OBFUSC", SEVERITY_HIGH,
			RAW(PART("Content-Transfer-Encoding: =?utf-8?Q?base64?=\r\n", "eA=="))},
		{"MIME-CTE-OBFUSC", SEVERITY_HIGH,
			RAW(PART("Content-Type: text/\r\n html\r\n", "eA=="))},
		{"MIME-CTE-OBFUSC", SEVERITY_HIGH,
			RAW(HEAD "Content-Transfer-Encoding: base64 (x)\r\n\r\naGVsbG8=\r\n")},
		{"MIME-CTE-OBFUSC", SEVERITY_NONE,
			RAW(HEAD "Content-Transfer-Encoding: 7bit (x)\r\n\r\nhello\r\n")},
		{"MIME-CTE-OBFUSC", SEVERITY_NONE,
			RAW(PART("Content-Type: text/plain; charset=us-ascii (Plain text)\r\n"
				 "Content-Transfer-Encoding:\r\n 7Bit (as it is)\r\n",
				"x"))},
		{"MIME-B64-DIRTY", SEVERITY_MEDIUM,
			RAW(PART("Content-Transfer-Encoding: base64\r\n", "S#G#V#s#b#G#8="))},
		{"MIME-B64-DIRTY", SEVERITY_MEDIUM,
			RAW(PART("Content-Transfer-Encoding: base64\r\n", "SGVsbG8=SGVsbG8="))},
		{"MIME-B64-DIRTY", SEVERITY_LOW,
			RAW(PART("Content-Transfer-Encoding: base64\r\n",
				"SGVsbG8=\r\n_____\r\nA list of people who write\r\n"))},
		{"MIME-B64-DIRTY", SEVERITY_NONE,
			RAW(PART("Content-Transfer-Encoding: base64\r\n", "SGVs \r\nbG8=\r\n"))},
		{"MIME-QP-DIRTY", SEVERITY_LOW,
			RAW(PART("Content-Transfer-Encoding: quoted-printable\r\n", "a=zz"))},
		{"MIME-QP-DIRTY", SEVERITY_MEDIUM,
			RAW(PART("Content-Disposition: attachment; "
				 "filename=a.txt\r\nContent-Transfer-Encoding: "
				 "quoted-printable\r\n",
				"a=zz"))},
		{"MIME-QP-DIRTY", SEVERITY_NONE,
			RAW(PART("Content-Transfer-Encoding: quoted-printable\r\n",
				"a=3D=c3=bc=\r\nb= \r\nc"))},
		{"MIME-UUE", SEVERITY_MEDIUM,
			RAW(HEAD "Content-Type: text/plain\r\n\r\nbegin 644 a.txt\r\n#:&D*\r\n`\r\n"
				 "end\r\n")},
		{"ATT-DANGEROUS", SEVERITY_HIGH,
			RAW(HEAD "Content-Type: text/plain\r\n\r\nbegin 644 a.exe\r\n#:&D*\r\n`\r\n"
				 "end\r\n")},
		{"MIME-UUE", SEVERITY_NONE,
			RAW(HEAD
				"Content-Type: text/plain\r\n\r\nbegin 644 of these and then go on "
				"with it\r\nZ is a short line of prose.\r\n")},
	};

	(void)state;
	RUN(rows);
}

#define BOTH(plain, html) RAW(ALTERNATIVE(WORDS plain "\r\n", "<p>" WORDS html "</p>"))

static void compares_alternatives(void **state)
{
	static const struct row rows[] = {
		{"MIME-ALT-DIVERGE", SEVERITY_MEDIUM, RAW(ALTERNATIVE(WORDS, "<p>" OTHER "</p>"))},
		{"MIME-ALT-DIVERGE", SEVERITY_NONE, RAW(ALTERNATIVE(WORDS, "<p>" WORDS "</p>"))},
		{"MIME-ALT-DIVERGE", SEVERITY_NONE,
			RAW(ALTERNATIVE("To view this message, use an HTML-capable reader. " WORDS,
				"<p>" OTHER "</p>"))},
		{"MIME-ALT-DIVERGE", SEVERITY_NONE, RAW(ALTERNATIVE("short\r\n", "<p>" OTHER))},
		{"MIME-ALT-DIVERGE", SEVERITY_LOW,
			RAW(ALTERNATIVE(WORDS "http://a.example/\r\n",
				"<p>" WORDS "<a href='http://b.example/'>there</a>"))},
		{"MIME-ALT-DIVERGE", SEVERITY_NONE,
			RAW(ALTERNATIVE(WORDS "http://a.example/\r\n",
				"<p>" WORDS "<a href='http://www.a.example/'>there</a>"))},
		{"MIME-ALT-DIVERGE", SEVERITY_MEDIUM, BOTH("pay EUR 1,200.00 today", "pay EUR 9,800.00 today")},
		{"MIME-ALT-DIVERGE", SEVERITY_MEDIUM, BOTH("pay $12 today", "pay <b>$</b>120 today")},
		{"MIME-ALT-DIVERGE", SEVERITY_MEDIUM,
			BOTH("to DE89 3704 0044 0532 0130 00", "to <i>DE02 1203 0000 0000 2020 51</i>")},
		{"MIME-ALT-DIVERGE", SEVERITY_MEDIUM, BOTH("call +1 800 555-0100", "call +1 888 555-0199")},
		{"MIME-ALT-DIVERGE", SEVERITY_MEDIUM, BOTH("write to a@shop.example", "write to a@shop.evil.example")},
		/* What is hidden in the HTML does not make it right. */
		{"MIME-ALT-DIVERGE", SEVERITY_MEDIUM,
			BOTH("pay EUR 12 today", "pay EUR 98 today<i style='display:none'>EUR 12</i>")},
		{"MIME-ALT-DIVERGE", SEVERITY_NONE, BOTH("pay EUR 1,200.00 today", "pay 1.200 \xe2\x82\xac today")},
		{"MIME-ALT-DIVERGE", SEVERITY_NONE, BOTH("call (800) 555 0100 now", "call 800-555.0100 now")},
		{"MIME-ALT-DIVERGE", SEVERITY_NONE, BOTH("to DE89 3704 0044\r\n0532 0130 00", "to DE89370400440532013000")},
		{"MIME-ALT-DIVERGE", SEVERITY_NONE, BOTH("pay EUR 12 today", "pay EUR 12 today, save EUR 5")},
		{"MIME-ALT-DIVERGE", SEVERITY_NONE, BOTH("in 2024 or 2025", "in 2023 or 2026")},
		{"MIME-ALT-DIVERGE", SEVERITY_NONE, BOTH("see http://a.example/12345678", "see <a href='http://a.example/8'>it</a>")},
		{"MIME-BODY-AS-ATT", SEVERITY_LOW,
			RAW(HEAD "Content-Type: text/plain\r\nContent-Disposition: attachment; "
				 "filename=a.txt\r\n\r\nx\r\n")},
		{"MIME-BODY-AS-ATT", SEVERITY_HIGH,
			RAW(HEAD "DKIM-Signature: v=1; a=rsa-sha256; d=attack.example; s=a; "
				 "h=from:subject; bh=eA==; b=eA==\r\nContent-Type: "
				 "text/plain\r\nContent-Disposition: attachment; "
				 "filename=a.jpg\r\n\r\nx\r\n")},
		{"MIME-BODY-AS-ATT", SEVERITY_NONE,
			RAW(HEAD "Content-Type: application/pdf\r\nContent-Disposition: "
				 "attachment\r\n\r\nx\r\n")},
	};

	(void)state;
	RUN(rows);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_doubled_fields),
		cmocka_unit_test(finds_boundaries),
		cmocka_unit_test(finds_text_outside),
		cmocka_unit_test(finds_depth),
		cmocka_unit_test(finds_encodings),
		cmocka_unit_test(compares_alternatives),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
