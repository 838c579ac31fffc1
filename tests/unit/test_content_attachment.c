/* SPDX-License-Identifier: ISC */
/* Attachments and signed parts. */
#include "tests/unit/content_files.h"
#include "tests/unit/findings_rows.h"

#define HEAD STRANGER "From: A <a@attack.example>\r\n" SUBJECT REST "MIME-Version: 1.0\r\n"
#define MIXED(text, rest) \
	"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: " \
	"text/plain\r\n\r\n" text "\r\n--b\r\n" rest "\r\n--b--\r\n"
#define ATTACHED(type, name, data) \
	"Content-Type: " type "\r\nContent-Disposition: attachment; filename=" name \
	"\r\nContent-Transfer-Encoding: base64\r\n\r\n" data
#define FILE_IN(type, name, data) RAW(HEAD MIXED("Hello.", ATTACHED(type, name, data)))
#define FILE_AS(name, data) FILE_IN("application/octet-stream", name, data)
#define PAGE(html) \
	RAW(HEAD MIXED("Hello.", "Content-Type: text/html\r\nContent-Disposition: attachment; " \
				 "filename=a.html\r\n\r\n" html))
#define DRAWING(svg) \
	RAW(HEAD MIXED("Hello.", "Content-Type: image/svg+xml\r\nContent-Disposition: inline; " \
				 "filename=a.svg\r\n\r\n" svg))
#define INVITATION(who) \
	"Content-Type: text/calendar; method=REQUEST\r\n\r\nBEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\n" \
	"BEGIN:VEVENT\r\nORGANIZER;CN=\"A: b\":mailto:" who "\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
#define BLOCKS "\xe2\x96\x88\xe2\x96\x88 \xe2\x96\x88  \xe2\x96\x88\xe2\x96\x88 \xe2\x96\x88"
#define LINE BLOCKS " " BLOCKS " \xe2\x96\x88\r\n"

static void reads_names(void **state)
{
	static const struct row rows[] = {
		{"ATT-DANGEROUS", SEVERITY_HIGH, FILE_AS("a.exe", "eA==\r\n")},
		{"ATT-DANGEROUS", SEVERITY_HIGH, FILE_AS("\"A.LNK \"", "eA==\r\n")},
		{"ATT-DANGEROUS", SEVERITY_HIGH,
			FILE_AS("x; filename*=utf-8''a%2eiso", "eA==\r\n")},
		{"ATT-DANGEROUS", SEVERITY_NONE, FILE_AS("exe.txt", "eA==\r\n")},
		{"ATT-DANGEROUS", SEVERITY_NONE,
			RAW(HEAD MIXED("Hello.", "Content-Type: text/plain; "
						 "name=\"www.bank.com\"\r\n\r\nx"))},
		{"ATT-DOUBLE-EXT", SEVERITY_HIGH, FILE_AS("bill.pdf.exe", "eA==\r\n")},
		{"ATT-DOUBLE-EXT", SEVERITY_HIGH, FILE_AS("\"bill.docx  ...  .js\"", "eA==\r\n")},
		{"ATT-DOUBLE-EXT", SEVERITY_NONE, FILE_AS("a.tar.gz", "eA==\r\n")},
		{"ATT-DOUBLE-EXT", SEVERITY_NONE, FILE_AS("v1.2.exe", "eA==\r\n")},
		{"ATT-NAME-CONFLICT", SEVERITY_HIGH,
			FILE_AS("a.pdf; filename*=utf-8''a.exe", "eA==\r\n")},
		{"ATT-NAME-CONFLICT", SEVERITY_HIGH,
			FILE_IN("application/pdf; name=a.html", "a.pdf", "eA==\r\n")},
		{"ATT-NAME-CONFLICT", SEVERITY_MEDIUM,
			FILE_IN("application/pdf; name=a.txt", "a.pdf", "eA==\r\n")},
		{"ATT-NAME-CONFLICT", SEVERITY_LOW,
			FILE_IN("application/pdf; name=b.pdf", "a.pdf", "eA==\r\n")},
		{"ATT-NAME-CONFLICT", SEVERITY_NONE,
			FILE_AS("\"r_sum_.pdf\"; filename*=utf-8''r%C3%A9sum%C3%A9.pdf",
				"eA==\r\n")},
		{"ATT-NAME-CONFLICT", SEVERITY_NONE,
			FILE_IN("application/pdf; name=\"=?utf-8?Q?r=C3=A9s.pdf?=\"",
				"\"=?utf-8?B?csOpcy5wZGY=?=\"", "eA==\r\n")},
		{"ATT-NAME-CONFLICT", SEVERITY_NONE,
			RAW(HEAD MIXED("Hello.",
				"Content-Type: application/pdf; name=abcd.pdf\r\n"
				"Content-Disposition: attachment;\r\n filename*0=ab;\r\n "
				"filename*1=cd.pdf\r\n\r\nx"))},
		{"ATT-NAME-TRICK", SEVERITY_HIGH, FILE_AS("\"a.pdf          .exe\"", "eA==\r\n")},
		{"ATT-NAME-TRICK", SEVERITY_HIGH,
			FILE_AS("x; filename*=utf-8''a%E2%80%AEfdp.exe", "eA==\r\n")},
		{"ATT-NAME-TRICK", SEVERITY_HIGH, FILE_AS("\"../../a.txt\"", "eA==\r\n")},
		{"ATT-NAME-TRICK", SEVERITY_HIGH, FILE_AS("\"a.exe.\"", "eA==\r\n")},
		{"ATT-NAME-TRICK", SEVERITY_LOW, FILE_AS("\"C:\\\\a.txt\"", "eA==\r\n")},
		{"ATT-NAME-TRICK", SEVERITY_NONE, FILE_AS("\"a b c.pdf\"", "eA==\r\n")},
		{"ATT-NAME-TRICK", SEVERITY_HIGH, FILE_AS("a.zip", FILE_ZIP_DOUBLE)},
	};

	(void)state;
	RUN(rows);
}

static void reads_files(void **state)
{
	static const struct row rows[] = {
		{"ATT-DANGEROUS", SEVERITY_HIGH, FILE_AS("a.zip", FILE_ZIP_EXE)},
		{"ATT-DANGEROUS", SEVERITY_HIGH, FILE_AS("a.zip", FILE_ZIP_NESTED)},
		{"ATT-DANGEROUS", SEVERITY_HIGH, FILE_AS("a.bin", FILE_LNK)},
		{"ATT-DANGEROUS", SEVERITY_NONE, FILE_AS("a.zip", FILE_ZIP_TEXT)},
		{"ATT-TYPE-MISMATCH", SEVERITY_HIGH,
			FILE_IN("application/pdf", "a.pdf", FILE_PROGRAM)},
		{"ATT-TYPE-MISMATCH", SEVERITY_HIGH, FILE_AS("a.docx", FILE_DOCX_MACRO)},
		{"ATT-TYPE-MISMATCH", SEVERITY_MEDIUM, FILE_AS("a.jpg", FILE_PDF)},
		{"ATT-TYPE-MISMATCH", SEVERITY_HIGH,
			FILE_IN("application/pdf", "a.pdf", FILE_SHELL)},
		{"ATT-TYPE-MISMATCH", SEVERITY_HIGH, FILE_IN("image/png", "a.png", FILE_CLASS)},
		{"ATT-TYPE-MISMATCH", SEVERITY_LOW,
			FILE_IN("application/pdf", "a.pdf", FILE_WORDS)},
		{"ATT-TYPE-MISMATCH", SEVERITY_NONE, FILE_IN("text/plain", "a.txt", FILE_SHELL)},
		{"ATT-TYPE-MISMATCH", SEVERITY_NONE, FILE_IN("text/html", "a.html", FILE_WORDS)},
		{"ATT-TYPE-MISMATCH", SEVERITY_NONE, FILE_AS("a.docx", FILE_DOCX)},
		{"ATT-TYPE-MISMATCH", SEVERITY_NONE, FILE_AS("a.dat", FILE_PDF)},
		{"ATT-TYPE-MISMATCH", SEVERITY_NONE, FILE_IN("text/plain", "a.pdf", FILE_PDF)},
		{"ATT-TYPE-MISMATCH", SEVERITY_NONE, FILE_AS("a.doc", FILE_DOC)},
		{"ATT-ENCRYPTED", SEVERITY_MEDIUM, FILE_AS("a.zip", FILE_ZIP_ENCRYPTED)},
		{"ATT-ENCRYPTED", SEVERITY_MEDIUM, FILE_AS("a.pdf", FILE_PDF_ENCRYPTED)},
		{"ATT-ENCRYPTED", SEVERITY_MEDIUM, FILE_AS("a.docx", FILE_DOC_ENCRYPTED)},
		{"ATT-ENCRYPTED", SEVERITY_HIGH,
			RAW(HEAD MIXED("The password: 12ab",
				ATTACHED("application/zip", "a.zip", FILE_ZIP_ENCRYPTED)))},
		{"ATT-ENCRYPTED", SEVERITY_NONE, FILE_AS("a.zip", FILE_ZIP_TEXT)},
		{"ATT-MACRO", SEVERITY_MEDIUM, FILE_AS("a.docm", FILE_DOCX_MACRO)},
		{"ATT-MACRO", SEVERITY_HIGH,
			RAW(STRANGER
				"From: A <a@club.example>\r\n" SUBJECT REST
				"MIME-Version: 1.0\r\n" MIXED("Hello.",
					ATTACHED("application/msword", "a.doc", FILE_DOC_MACRO)))},
		{"ATT-MACRO", SEVERITY_MEDIUM, FILE_AS("a.doc", FILE_DOC_MACRO)},
		{"ATT-MACRO", SEVERITY_MEDIUM, FILE_AS("a.xls", FILE_XLS_SHEET)},
		{"ATT-MACRO", SEVERITY_NONE, FILE_AS("a.doc", FILE_DOC)},
		{"ATT-MACRO", SEVERITY_NONE, FILE_AS("a.docx", FILE_DOCX)},
		{"ATT-REMOTE-TEMPLATE", SEVERITY_HIGH, FILE_AS("a.docx", FILE_DOCX_REMOTE)},
		{"ATT-REMOTE-TEMPLATE", SEVERITY_NONE, FILE_AS("a.docx", FILE_DOCX_LINK)},
		{"ATT-PDF-ACTIVE", SEVERITY_MEDIUM, FILE_AS("a.pdf", FILE_PDF_SCRIPT)},
		{"ATT-PDF-ACTIVE", SEVERITY_MEDIUM, FILE_AS("a.pdf", FILE_PDF_OBJECTS)},
		{"ATT-PDF-ACTIVE", SEVERITY_NONE, FILE_AS("a.pdf", FILE_PDF)},
		{"ATT-PDF-ACTIVE", SEVERITY_NONE, FILE_AS("a.pdf", FILE_PDF_STREAM)},
	};

	(void)state;
	RUN(rows);
}

static void reads_kinds(void **state)
{
	static const struct row rows[] = {
		{"ATT-HTML", SEVERITY_MEDIUM, PAGE("<p>x")},
		{"ATT-HTML", SEVERITY_NONE, RAW(HEAD "Content-Type: text/html\r\n\r\n<p>x")},
		{"ATT-SMUGGLING", SEVERITY_CRITICAL,
			PAGE("<script>var b=new Blob([atob('eA==')])</script>")},
		{"ATT-SMUGGLING", SEVERITY_NONE, PAGE("<p>Use atob( and new Blob( for that</p>")},
		{"ATT-SVG", SEVERITY_HIGH, DRAWING("<svg><script>x</script></svg>")},
		{"ATT-NAME-TRICK", SEVERITY_HIGH, FILE_AS("..\\..\\a.txt", FILE_WORDS)},
		{"ATT-SVG", SEVERITY_HIGH, DRAWING("<svg onload=\"x()\"></svg>")},
		{"ATT-SVG", SEVERITY_HIGH, DRAWING("<svg><foreignObject></foreignObject></svg>")},
		{"ATT-SVG", SEVERITY_HIGH,
			DRAWING("<svg><a xlink:href=\"http://a.example/\"></a></svg>")},
		{"ATT-SVG", SEVERITY_HIGH,
			DRAWING("<svg><a><animate attributeName=\"href\" "
				"to=\"javascript:x\"/></a></svg>")},
		{"ATT-SVG", SEVERITY_HIGH,
			DRAWING("<svg><use href=\"data:image/svg+xml,x#y\"/></svg>")},
		{"ATT-SVG", SEVERITY_NONE,
			DRAWING("<svg><animate attributeName=\"x\" to=\"5\"/><use "
				"href=\"#y\"/></svg>")},
		{"ATT-SVG", SEVERITY_NONE,
			DRAWING("<svg xmlns=\"http://www.w3.org/2000/svg\"><path d=\"M0 "
				"0\"/></svg>")},
		{"ATT-ICS", SEVERITY_LOW,
			RAW(STRANGER "From: A <a@club.example>\r\n" SUBJECT REST
				     "MIME-Version: 1.0\r\n" INVITATION("b@bank.example"))},
		{"ATT-ICS", SEVERITY_INFO, RAW(HEAD INVITATION("b@bank.example"))},
		{"ATT-ICS", SEVERITY_NONE, RAW(HEAD INVITATION("b@mail.attack.example"))},
		{"ATT-EML", SEVERITY_INFO,
			RAW(HEAD MIXED("Hello.",
				"Content-Type: message/rfc822\r\n\r\nFrom: x@y.example\r\n\r\nx"))},
		{"ATT-QR", SEVERITY_INFO, FILE_IN("image/png", "a.png", FILE_PNG_TWO)},
		{"ATT-QR", SEVERITY_NONE, FILE_IN("image/png", "a.png", FILE_PNG)},
		{"ATT-QR", SEVERITY_INFO,
			RAW(HEAD MIXED(
				"Scan this code.", ATTACHED("image/png", "a.png", FILE_PNG)))},
		{"ATT-QR", SEVERITY_INFO,
			RAW(HEAD "Content-Type: text/plain; charset=utf-8\r\n\r\n" LINE LINE LINE
					LINE LINE LINE LINE LINE LINE LINE LINE LINE)},
		{"ATT-QR", SEVERITY_NONE,
			RAW(HEAD "Content-Type: text/plain; charset=utf-8\r\n\r\n" LINE LINE)},
	};

	(void)state;
	RUN(rows);
}

#define SIGNED(entity, cms) \
	"Content-Type: multipart/signed; protocol=\"application/pkcs7-signature\"; " \
	"micalg=sha-256; boundary=s\r\n\r\n--s\r\n" entity "\r\n--s\r\n" \
	"Content-Type: application/pkcs7-signature; name=smime.p7s\r\n" \
	"Content-Transfer-Encoding: base64\r\n\r\n" cms "\r\n--s--\r\n"
#define SIGNED_MAIL(entity, cms) \
	RAW(BANK "From: News <news@bank.example>\r\n" SUBJECT REST \
		 "MIME-Version: 1.0\r\n" SIGNED(entity, cms))
#define SIGNED_LIST(entity, cms) \
	RAW(LIST "From: News <news@bank.example>\r\n" SUBJECT REST \
		 "List-Id: <users.lists.example>\r\nMIME-Version: 1.0\r\n" SIGNED(entity, cms))
#define PGP(before, after) \
	RAW(HEAD PLAIN "\r\n" before "-----BEGIN PGP SIGNED MESSAGE-----\r\nHash: " \
		       "SHA256\r\n\r\nHello.\r\n-----BEGIN PGP SIGNATURE-----\r\n\r\n" \
		       "iHUEABYKAB0=\r\n=abcd\r\n-----END PGP SIGNATURE-----\r\n" after)

static void reads_signatures(void **state)
{
	static const struct row rows[] = {
		{"SIG-SMIME", SEVERITY_INFO, SIGNED_MAIL(SIGNED_ENTITY, CMS_NEWS)},
		{"SIG-SENDER-MISMATCH", SEVERITY_NONE, SIGNED_MAIL(SIGNED_ENTITY, CMS_NEWS)},
		{"SIG-BROKEN", SEVERITY_NONE, SIGNED_MAIL(SIGNED_ENTITY, CMS_NEWS)},
		{"SIG-CMS-ODD", SEVERITY_NONE, SIGNED_MAIL(SIGNED_ENTITY, CMS_NEWS)},
		{"SIG-PARTIAL", SEVERITY_NONE, SIGNED_MAIL(SIGNED_ENTITY, CMS_NEWS)},
		{"SIG-SENDER-MISMATCH", SEVERITY_HIGH, SIGNED_MAIL(SIGNED_ENTITY, CMS_MALLORY)},
		{"SIG-BROKEN", SEVERITY_MEDIUM, SIGNED_MAIL(SIGNED_ENTITY "More.\r\n", CMS_NEWS)},
		{"SIG-BROKEN", SEVERITY_LOW, SIGNED_LIST(SIGNED_ENTITY "More.\r\n", CMS_NEWS)},
		{"SIG-SMIME", SEVERITY_NONE, SIGNED_MAIL(SIGNED_ENTITY "More.\r\n", CMS_NEWS)},
		{"SIG-CMS-ODD", SEVERITY_HIGH, SIGNED_MAIL(SIGNED_ENTITY, CMS_CONTENT)},
		{"SIG-CMS-ODD", SEVERITY_HIGH, SIGNED_MAIL(SIGNED_ENTITY, CMS_TWO)},
		{"SIG-CMS-ODD", SEVERITY_HIGH, SIGNED_MAIL(SIGNED_ENTITY, CMS_NOBODY)},
		{"SIG-CMS-ODD", SEVERITY_LOW, SIGNED_MAIL(SIGNED_ENTITY, CMS_BARE)},
		{"SIG-CMS-ODD", SEVERITY_MEDIUM, SIGNED_MAIL(SIGNED_ENTITY, "eA==")},
		{"SIG-PARTIAL", SEVERITY_HIGH,
			RAW(HEAD MIXED("Pay today.", SIGNED(SIGNED_ENTITY, CMS_NEWS)))},
		{"SIG-PARTIAL", SEVERITY_LOW,
			RAW(LIST "From: a@club.example\r\n" SUBJECT REST
				 "List-Id: <users.lists.example>\r\nMIME-Version: 1.0\r\n"
				 "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n" SIGNED(
					 SIGNED_ENTITY, CMS_NEWS) "\r\n--b\r\n\r\n____\r\nusers "
								  "mailing list\r\n--b--\r\n")},
		{"SIG-PGP", SEVERITY_INFO, PGP("", "")},
		{"SIG-PARTIAL", SEVERITY_NONE, PGP("", "")},
		{"SIG-PARTIAL", SEVERITY_MEDIUM, PGP("Pay today.\r\n", "")},
		{"SIG-PARTIAL", SEVERITY_LOW, PGP("", "a footer\r\n")},
		{"SIG-UI", SEVERITY_LOW,
			RAW(HEAD PLAIN "\r\nGood signature from \"The Bank\"\r\nHello.\r\n")},
		{"SIG-UI", SEVERITY_NONE, RAW(HEAD PLAIN "\r\n> Good signature from \"A\"\r\n")},
		{"SIG-UI", SEVERITY_NONE, PGP("", "gpg: Good signature from A\r\n")},
		/* signed eleven days after the Date; without a valid signature that is only said */
		{"DATE-EMBEDDED", SEVERITY_LOW, SIGNED_MAIL(SIGNED_ENTITY, CMS_NEWS)},
		{"DATE-EMBEDDED", SEVERITY_NONE, SIGNED_MAIL(SIGNED_ENTITY "More.\r\n", CMS_NEWS)},
	};

	(void)state;
	RUN(rows);
}

/* "openssl asn1parse" of CMS_NEWS: signingTime 261121211532Z. */
static void reads_signing_times(void **state)
{
	static const struct row rows[] = {
		{NULL, SEVERITY_NONE, SIGNED_MAIL(SIGNED_ENTITY, CMS_NEWS)},
		{NULL, SEVERITY_NONE, SIGNED_MAIL(SIGNED_ENTITY "More.\r\n", CMS_NEWS)},
	};
	static const enum clock_kind kind[] = {CLOCK_SIGNED, CLOCK_STATED};

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct arena *arena = arena_new();
		struct error error = {.code = 0};
		struct dns *dns = snapshot_parse(span_of(world), "world", NULL, &error);
		struct psl *psl = psl_open(NULL, &error);
		struct dkim_context *dkim = dkim_context_new();
		const struct report *report =
			run_message(arena, span_make(rows[i].message, rows[i].len), dns, psl, dkim);
		const struct clock_list *list = &report->clocks;
		size_t found = 0;

		for (size_t k = 0; k < list->count; k++) {
			if (strcmp(list->clock[k].origin, "S/MIME signing time") != 0)
				continue;
			found++;
			assert_int_equal(list->clock[k].time, 1795295732);
			assert_int_equal(list->clock[k].kind, kind[i]);
		}
		assert_int_equal(found, 1);
		dkim_context_free(dkim);
		psl_close(psl);
		dns_free(dns);
		arena_free(arena);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_names),
		cmocka_unit_test(reads_files),
		cmocka_unit_test(reads_kinds),
		cmocka_unit_test(reads_signatures),
		cmocka_unit_test(reads_signing_times),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
