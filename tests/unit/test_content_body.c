/* SPDX-License-Identifier: ISC */
/* Bodies and links. */
#include "tests/unit/findings_rows.h"

#define HTML_TYPE "MIME-Version: 1.0\r\nContent-Type: text/html; charset=utf-8\r\n\r\n"
#define HTML(body) RAW(STRANGER "From: A <a@attack.example>\r\n" SUBJECT REST HTML_TYPE body "\r\n")
/* From somebody who is not proven. */
#define FORGED(body) RAW(STRANGER "From: A <a@club.example>\r\n" SUBJECT REST HTML_TYPE body "\r\n")
#define TEXT(body) \
	RAW(STRANGER "From: A <a@attack.example>\r\n" SUBJECT REST PLAIN "\r\n" body "\r\n")
#define LINK(href, text) "<p>Hello.</p><a href=\"" href "\">" text "</a>"
#define WORDS "The quick brown fox jumps over the lazy dog near the river bank. "
#define FORWARDED(body) \
	RAW(STRANGER "From: A <a@attack.example>\r\n" SUBJECT REST \
		     "MIME-Version: 1.0\r\nContent-Type: message/rfc822\r\n\r\nFrom: " \
		     "b@c.example\r\n" HTML_TYPE body "\r\n")

static void judges_links(void **state)
{
	static const struct row rows[] = {
		{"URL-MISMATCH", SEVERITY_HIGH,
			HTML(LINK("http://e.example/x", "https://www.bank.example/login"))},
		{"URL-MISMATCH", SEVERITY_HIGH,
			FORGED(LINK("http://e.example/x", "www.bank.example"))},
		{"URL-MISMATCH", SEVERITY_MEDIUM,
			HTML(LINK("http://attack.example/x", "https://www.bank.example/login"))},
		{"URL-MISMATCH", SEVERITY_LOW,
			HTML(LINK("https://click.list-manage.com/1", "www.attack.example"))},
		{"URL-MISMATCH", SEVERITY_HIGH,
			HTML(LINK("http://e.example/", "Go to www.bank.example now"))},
		{"URL-MISMATCH", SEVERITY_NONE,
			HTML(LINK("http://www.bank.example/", "https://bank.example/login"))},
		{"URL-MISMATCH", SEVERITY_NONE, HTML(LINK("http://e.example/", "README.md"))},
		{"URL-MISMATCH", SEVERITY_NONE, HTML(LINK("http://e.example/", "node.js"))},
		{"URL-MISMATCH", SEVERITY_NONE, HTML(LINK("http://e.example/", "a@bank.example"))},
		{"URL-MISMATCH", SEVERITY_LOW,
			HTML(LINK("http://e.example/r?u=https%3A%2F%2Fbank.example%2F",
				"https://bank.example/"))},
		{"URL-MISMATCH", SEVERITY_NONE,
			HTML(LINK("https://x.safelinks.protection.outlook.com/"
				  "?url=https%3A%2F%2Fbank.example%2Fa&amp;data=1",
				"https://bank.example/a"))},
		{"URL-MISMATCH", SEVERITY_HIGH,
			HTML(LINK("https://x.safelinks.protection.outlook.com/"
				  "?url=https%3A%2F%2Fe.example%2Fa&amp;data=1",
				"https://bank.example/a"))},
		{"URL-MISMATCH", SEVERITY_LOW,
			HTML(LINK("https://click.list-manage.com/1", "https://bank.example/a"))},
		{"URL-MISMATCH", SEVERITY_NONE,
			FORWARDED(LINK("http://e.example/x", "https://bank.example/"))},
		{"URL-USERINFO", SEVERITY_HIGH,
			HTML(LINK("https://www.bank.example@e.example/", "here"))},
		{"URL-USERINFO", SEVERITY_HIGH,
			HTML(LINK("https://e.example\\@www.bank.example/", "here"))},
		{"URL-USERINFO", SEVERITY_LOW, HTML(LINK("https://me:pw@e.example/", "here"))},
		{"URL-USERINFO", SEVERITY_NONE, HTML(LINK("https://e.example/@me", "here"))},
		{"URL-IP", SEVERITY_MEDIUM, HTML(LINK("http://198.51.100.7/", "here"))},
		{"URL-IP", SEVERITY_HIGH, HTML(LINK("http://3325256711/", "here"))},
		{"URL-IP", SEVERITY_HIGH, TEXT("see http://0xc6.0x33.0x64.7/ there")},
		{"URL-IP", SEVERITY_LOW, HTML(LINK("http://192.168.1.1/", "here"))},
		{"URL-IP", SEVERITY_NONE, HTML(LINK("http://7.example/", "here"))},
		{"URL-IDN", SEVERITY_HIGH,
			HTML(LINK("http://att\xd0\xb0"
				  "ck.example/",
				"here"))},
		{"URL-IDN", SEVERITY_INFO,
			HTML(LINK("http://b\xc3\xbc"
				  "cher.example/",
				"here"))},
		{"URL-IDN", SEVERITY_NONE, HTML(LINK("http://books.example/", "here"))},
		{"URL-SCHEME", SEVERITY_HIGH, HTML(LINK("java&#10;script:alert(1)", "here"))},
		{"URL-SCHEME", SEVERITY_HIGH, HTML(LINK("search-ms:query=x", "here"))},
		{"URL-SCHEME", SEVERITY_HIGH, HTML(LINK("\\\\198.51.100.7\\x", "here"))},
		{"URL-SCHEME", SEVERITY_HIGH, HTML(LINK("file://e.example/x", "here"))},
		{"URL-SCHEME", SEVERITY_LOW, HTML(LINK("file:///C:/x.htm", "here"))},
		{"URL-SCHEME", SEVERITY_HIGH, HTML("<img src='\\\\e.example\\s\\a.png'>")},
		{"URL-SCHEME", SEVERITY_HIGH, HTML("<img src='file://e.example/a.png'>")},
		{"URL-SCHEME", SEVERITY_NONE, HTML("<img src='file:///C:/a.png'>")},
		{"URL-SCHEME", SEVERITY_LOW, HTML(LINK("javascript:void(0)", "here"))},
		{"URL-SCHEME", SEVERITY_NONE, HTML(LINK("mailto:a@b.example", "here"))},
		{"URL-INVISIBLE", SEVERITY_MEDIUM,
			HTML(LINK("http://a\xe2\x80\x8b.example/", "here"))},
		{"URL-INVISIBLE", SEVERITY_MEDIUM,
			HTML(LINK("http://bank.example\xe2\x88\x95x.e.example/", "here"))},
		{"URL-INVISIBLE", SEVERITY_MEDIUM, HTML(LINK("http://a\n.example/", "here"))},
		{"URL-INVISIBLE", SEVERITY_NONE, HTML(LINK("http://a.example/x\r\ny", "here"))},
		{"URL-REDIRECT", SEVERITY_LOW,
			HTML(LINK("http://a.example/?u=http://b.example/", "here"))},
		{"URL-REDIRECT", SEVERITY_LOW, TEXT("see https://bit.ly/x there")},
		{"URL-REDIRECT", SEVERITY_NONE,
			HTML(LINK("http://a.example/?u=http://www.a.example/", "here"))},
		{"URL-RCPT", SEVERITY_INFO,
			HTML(LINK("http://a.example/?e=alice%40victim.example", "here"))},
		{"URL-RCPT", SEVERITY_INFO,
			HTML(LINK("http://a.example/?e=YWxpY2VAdmljdGltLmV4YW1wbGU=", "here"))},
		{"URL-RCPT", SEVERITY_MEDIUM,
			HTML(LINK("http://a.example/login#alice@victim.example", "here"))},
		{"URL-RCPT", SEVERITY_NONE, HTML(LINK("http://a.example/?e=alice", "here"))},
	};

	(void)state;
	RUN(rows);
}

static void judges_text(void **state)
{
	static const struct row rows[] = {
		{"HTML-HIDDEN", SEVERITY_MEDIUM,
			HTML("<p>" WORDS WORDS WORDS "</p><div style='display:none'>" WORDS
			     "</div>")},
		{"HTML-HIDDEN", SEVERITY_MEDIUM,
			HTML("<p>" WORDS WORDS WORDS "</p><div style='color:#fefefe'>" WORDS
			     "</div>")},
		{"HTML-HIDDEN", SEVERITY_NONE,
			HTML("<div style='display:none'>" WORDS "</div><p>" WORDS "</p>")},
		{"HTML-HIDDEN", SEVERITY_NONE,
			HTML("<p>" WORDS WORDS WORDS "</p><div style='display:none'>x</div>")},
		{"HTML-HIDDEN", SEVERITY_LOW,
			HTML("<style>@media (max-width:9px){.m{display:block}}</style><p>" WORDS
					WORDS WORDS "</p><div class=m style='display:none'>" WORDS
			     "</div>")},
		{"HTML-SALT", SEVERITY_HIGH,
			HTML("<p>b<i style='font-size:0'>x</i>an<!-- -->k b<!-- -->ank</p>")},
		{"HTML-SALT", SEVERITY_NONE, HTML("<p>b<!-- -->ank ba<!-- -->nk</p>")},
		{"HTML-SALT", SEVERITY_NONE, HTML("<p>lon&shy;gest wo&shy;rds a&shy;re</p>")},
		{"HTML-IMAGE-ONLY", SEVERITY_LOW,
			HTML("<a href='http://a.example/'><img src='http://a.example/i.png'></a>")},
		{"HTML-IMAGE-ONLY", SEVERITY_NONE,
			HTML("<p>" WORDS
			     "</p><a href='http://a.example/'><img src='http://a.example/i'></a>")},
		{"HTML-BANNER-FORGE", SEVERITY_MEDIUM,
			FORGED("<p>This message is from a trusted sender.</p>")},
		{"HTML-BANNER-FORGE", SEVERITY_LOW,
			HTML("<p>This message is from a trusted sender.</p>")},
		{"HTML-BANNER-FORGE", SEVERITY_MEDIUM,
			HTML("<style>#external-sender{display:none}</style><p>" WORDS)},
		{"HTML-BANNER-FORGE", SEVERITY_NONE,
			HTML("<style>.ExternalClass{display:none}</style><p>" WORDS)},
		{"HTML-EFAIL", SEVERITY_CRITICAL,
			RAW(STRANGER "From: A <a@attack.example>\r\n" SUBJECT REST
				     "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; "
				     "boundary=b\r\n\r\n--b\r\nContent-Type: text/html\r\n\r\n<img "
				     "src=\"http://e.example/\r\n--b\r\nContent-Type: "
				     "application/pkcs7-mime\r\n\r\nx\r\n--b--\r\n")},
		{"HTML-EFAIL", SEVERITY_NONE,
			RAW(STRANGER "From: A <a@attack.example>\r\n" SUBJECT REST
				     "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; "
				     "boundary=b\r\n\r\n--b\r\nContent-Type: text/html\r\n\r\n<img "
				     "src=\"http://e.example/\">\r\n--b\r\nContent-Type: "
				     "application/pkcs7-mime\r\n\r\nx\r\n--b--\r\n")},
	};

	(void)state;
	RUN(rows);
}

static void judges_elements(void **state)
{
	static const struct row rows[] = {
		{"HTML-FORM", SEVERITY_HIGH,
			HTML("<form action='http://e.example/'><input type=password></form>")},
		{"HTML-FORM", SEVERITY_MEDIUM, HTML("<form><input name=email></form>")},
		{"HTML-FORM", SEVERITY_MEDIUM, HTML("<form method=post><input name=q></form>")},
		{"HTML-FORM", SEVERITY_MEDIUM, HTML("<form><input name=q><input name=pin></form>")},
		{"HTML-FORM", SEVERITY_LOW, HTML("<form><input name=q></form>")},
		{"HTML-FORM", SEVERITY_LOW, HTML("<form method=GET><input type=search name=x></form>")},
		{"HTML-FORM", SEVERITY_LOW, HTML("<form><input type=submit></form>")},
		{"HTML-FORM", SEVERITY_NONE, HTML("<p>" WORDS)},
		{"HTML-BASE", SEVERITY_HIGH,
			HTML("<base href='http://e.example/'>" LINK("x", "https://bank.example/"))},
		{"HTML-BASE", SEVERITY_MEDIUM,
			HTML("<base href='http://e.example/'>" LINK("x", "here"))},
		{"HTML-BASE", SEVERITY_LOW,
			HTML("<base href='http://e.example/'>" LINK("http://a.example/", "here"))},
		{"HTML-BASE", SEVERITY_NONE, HTML("<base target=_blank>" LINK("x", "here"))},
		{"HTML-SCRIPT", SEVERITY_HIGH, HTML("<script>go()</script>")},
		{"HTML-SCRIPT", SEVERITY_HIGH, HTML("<script src='http://e.example/x'></script>")},
		{"HTML-SCRIPT", SEVERITY_MEDIUM, HTML("<p onclick='go()'>x")},
		{"HTML-SCRIPT", SEVERITY_NONE,
			HTML("<script type='application/ld+json'>{}</script>")},
		{"HTML-REFRESH", SEVERITY_HIGH,
			HTML("<meta http-equiv=refresh content='0;url=http://e.example/'>")},
		{"HTML-REFRESH", SEVERITY_HIGH, HTML("<iframe src='http://e.example/'></iframe>")},
		{"HTML-REFRESH", SEVERITY_HIGH, HTML("<iframe srcdoc='&lt;script>x&lt;/script>'></iframe>")},
		{"HTML-REFRESH", SEVERITY_MEDIUM, HTML("<iframe srcdoc='words'></iframe>")},
		{"HTML-REFRESH", SEVERITY_HIGH,
			HTML("<iframe src='http://e.example/' width=0 height=0></iframe>")},
		{"HTML-REFRESH", SEVERITY_MEDIUM,
			HTML("<iframe src='http://e.example/' width=468 height=60></iframe>")},
		{"HTML-REFRESH", SEVERITY_LOW, HTML("<meta http-equiv=refresh content=300>")},
		{"HTML-REFRESH", SEVERITY_NONE, HTML("<meta http-equiv=content-type content=x>")},
		{"HTML-DATA-URI", SEVERITY_HIGH, HTML(LINK("data:text/html,x", "here"))},
		{"HTML-DATA-URI", SEVERITY_HIGH,
			HTML("<iframe src='data:application/pdf;base64,eA=='>")},
		{"HTML-DATA-URI", SEVERITY_NONE, HTML("<img src='data:image/png;base64,eA=='>")},
		{"HTML-REMOTE-CSS", SEVERITY_MEDIUM,
			HTML("<link rel=stylesheet href='http://e.example/x.css'>")},
		{"HTML-REMOTE-CSS", SEVERITY_MEDIUM,
			HTML("<style>@import url(http://e.example/x.css);</style>")},
		{"HTML-REMOTE-CSS", SEVERITY_INFO,
			HTML("<link rel=stylesheet href='https://fonts.googleapis.com/css'>")},
		{"HTML-REMOTE-CSS", SEVERITY_LOW,
			HTML("<link rel=stylesheet href='http://www.attack.example/x.css'>")},
		{"HTML-REMOTE-CSS", SEVERITY_NONE, HTML("<style>p{color:red}</style>")},
		{"HTML-CONTEXT-CSS", SEVERITY_HIGH,
			HTML("<style>.moz-text-html > p{display:none}</style><p>" WORDS)},
		{"HTML-CONTEXT-CSS", SEVERITY_HIGH,
			HTML("<style>.k{display:none} blockquote .k{display:block}</style>"
			     "<p>" WORDS "</p><p class=k>" WORDS)},
		{"HTML-CONTEXT-CSS", SEVERITY_NONE,
			HTML("<style>.moz-text-html .c{display:table-cell}</style><p>" WORDS)},
		{"HTML-CONTEXT-CSS", SEVERITY_NONE,
			HTML("<style>div p{display:none}</style><p>" WORDS)},
		{"HTML-TRACKER", SEVERITY_INFO,
			HTML("<img src='http://e.example/o.gif' width=1 height=1>")},
		{"HTML-TRACKER", SEVERITY_INFO,
			HTML("<img src='http://e.example/o.gif' style='display:none'>")},
		{"HTML-TRACKER", SEVERITY_NONE, HTML("<img src='http://e.example/o.gif'>")},
		{"HTML-REMOTE-IMG", SEVERITY_INFO, HTML("<img src='http://e.example/o.gif'>")},
		{"HTML-REMOTE-IMG", SEVERITY_NONE, HTML("<img src='cid:x'>")},
	};

	(void)state;
	RUN(rows);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(judges_links),
		cmocka_unit_test(judges_text),
		cmocka_unit_test(judges_elements),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
