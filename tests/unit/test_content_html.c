/* SPDX-License-Identifier: ISC */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "parsers/base/buffer.h"
#include "parsers/message/html.h"

/* What a browser shows of it. */
static void tells_visible_text(void **state)
{
	static const struct {
		const char *in, *visible;
		unsigned hidden; /* of the run that begins with "x" */
	} rows[] = {
		{"<p>a  b<p>c", "a b\nc\n", 0},
		{"<p>a<span style='display:none'>x</span>b", "ab\n", HTML_HIDE_DISPLAY},
		{"a<span style='DISPLAY : none !important'>x</span>", "a", HTML_HIDE_DISPLAY},
		{"a<div hidden>x</div>", "a", HTML_HIDE_DISPLAY},
		{"a<b style=visibility:hidden>x<i style=visibility:visible>c</i></b>", "ac",
			HTML_HIDE_VISIBILITY},
		{"a<b style='font-size:0'>x<i style='font-size:12px'>c</i></b>", "ac",
			HTML_HIDE_FONT},
		{"a<b style='font-size:1px'>x</b>", "a", HTML_HIDE_FONT},
		{"a<b style='font-size:0;'>x<i style='font-size:2em'>xx</i></b>", "a",
			HTML_HIDE_FONT},
		{"a<b style='font:0/0 a'>x</b>", "ax", 0},
		{"a<b style='font:0px/0 a'>x</b>", "a", HTML_HIDE_FONT},
		{"a<b style='opacity:0.01'>x</b>", "a", HTML_HIDE_OPACITY},
		{"a<b style='max-height:0;overflow:hidden'>x</b>", "a", HTML_HIDE_SIZE},
		{"a<b style='max-height:0'>x</b>", "ax", 0},
		{"a<b style='height:calc(10px - 10px);overflow:hidden'>x</b>", "a", HTML_HIDE_SIZE},
		{"a<b style='color:#fff'>x</b>", "a", HTML_HIDE_COLOR},
		{"<body bgcolor=#336699>a<font color=#336699>x</font>", "a\n", HTML_HIDE_COLOR},
		{"<body bgcolor=#336699>a<font color=#fff>x</font>", "ax\n", 0},
		{"<div style='background:url(a.png)'>a<font color=#fff>x</font></div>", "ax\n", 0},
		{"a<b style='color:rgba(9,9,9,0)'>x</b>", "a", HTML_HIDE_COLOR},
		{"a<b style='text-indent:-9999px'>x</b>", "a", HTML_HIDE_PLACE},
		{"a<b style='position:absolute;left:-1000px'>x</b>", "a", HTML_HIDE_PLACE},
		{"a<b style='mso-hide:all'>x</b>", "ax", HTML_HIDE_MSO},
		{"<style>.q{display:none}</style>a<b class='z q'>x</b>", "a", HTML_HIDE_DISPLAY},
		{"<style>#q{display:none}</style>a<b id=q>x</b>", "a", HTML_HIDE_DISPLAY},
		{"<style>b.q{display:none} b.q{display:inline}</style>a<b class=q>x</b>", "ax", 0},
		{"<style>b.q{display:none} .q{display:inline}</style>a<b class=q>x</b>", "a",
			HTML_HIDE_DISPLAY},
		{"<style>b{display:none}</style>a<b style='display:inline'>x</b>", "ax", 0},
		{"<style>b{display:none!important}</style>a<b style='display:inline'>x</b>", "a",
			HTML_HIDE_DISPLAY},
		{"<style>@media (max-width:600px){b{display:none}}</style>a<b>x</b>", "ax", 0},
		{"<style>/* b{ */ u{display:none} /*</style>a<b>x</b><u>y</u>", "ax", 0},
		{"<script>no</script><title>no</title><template>no</template>x", "x", 0},
		{"a<!-- no -->b", "ab", 0},
	};
	struct arena *arena = arena_new();

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const struct html *html = html_parse(arena, span_of(rows[i].in));
		struct span seen = span_trim(span_of(html->visible)),
			    wanted = span_trim(span_of(rows[i].visible));

		if (!span_eq(seen, wanted))
			fail_msg("row %zu: '%s'", i, html->visible);
		for (size_t k = 0; k < html->run_count; k++)
			if (span_starts(html->run[k].text, "x") &&
				html->run[k].hidden != rows[i].hidden)
				fail_msg("row %zu: hidden %x", i, html->run[k].hidden);
	}
	arena_free(arena);
}

static void counts_split_words(void **state)
{
	static const struct {
		const char *in;
		size_t splits;
	} rows[] = {
		{"b<span style='font-size:0'>q</span>an<!-- x -->k", 2}, {"ba\xe2\x80\x8bnk", 1},
		{"ba&shy;nk", 0}, {"ba<b>nk</b>", 0}, {"ba <!-- x -->nk", 0},
		{"<p>ba</p><!-- x --><p>nk</p>", 0},
		{"\xf0\x9f\x91\xa8\xe2\x80\x8d\xf0\x9f\x91\xa9", 0}, /* an emoji's joiner */
		{"\xd9\x85\xe2\x80\x8c\xdb\x8c", 0},                 /* a non-joiner of Persian */
	};
	struct arena *arena = arena_new();

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (html_parse(arena, span_of(rows[i].in))->split_count != rows[i].splits)
			fail_msg("row %zu: %zu", i,
				html_parse(arena, span_of(rows[i].in))->split_count);
	arena_free(arena);
}

static void lists_links(void **state)
{
	static const char text[] = "<p><a href=\"http://a.example/?x=1&amp;y=2\">see <b>this</b> "
				   "<i hidden>not</i> one</a>"
				   "<a name=q>none</a><map><area href=/b></map><a href='c'><img "
				   "src=d.png width=1></a>";
	struct arena *arena = arena_new();
	const struct html *html = html_parse(arena, SPAN(text));

	(void)state;
	assert_int_equal(html->link_count, 3);
	assert_string_equal(html->link[0].href, "http://a.example/?x=1&y=2");
	assert_string_equal(html->link[0].text, "see this one");
	assert_memory_equal(text + html->link[0].offset, "\"http://a.example/?x=1&amp;y=2\"",
		html->link[0].len);
	assert_string_equal(html->link[1].href, "/b");
	assert_true(html->link[2].has_image);
	assert_int_equal(html->item_count, 1);
	assert_int_equal(html->item[0].width, 1);
	assert_true(html->item[0].linked);
	arena_free(arena);
}

static void lists_what_acts(void **state)
{
	static const struct {
		const char *in;
		enum html_kind kind;
		const char *value;
	} rows[] = {
		{"<script type=a>x</script>", HTML_SCRIPT, "a"},
		{"<script src=b></script>", HTML_SCRIPT_SRC, "b"},
		{"<body onload=go()>", HTML_HANDLER, "onload"},
		{"<iframe src=f>", HTML_FRAME, "f"},
		{"<object data=o>", HTML_OBJECT, "o"},
		{"<link rel=StyleSheet href=s>", HTML_SHEET, "s"},
		{"<style>@import url('i.css');</style>", HTML_IMPORT, "i.css"},
		{"<style>@import \"j.css\";</style>", HTML_IMPORT, "j.css"},
		{"<p style='background:url(k)'>", HTML_BACKGROUND, "k"},
		{"<form action=m>", HTML_FORM, "m"},
		{"<form><input type=password>", HTML_INPUT, "password"},
		{"<meta http-equiv=Refresh content='0;url=r'>", HTML_REFRESH, "0;url=r"},
		{"<base href=b>", HTML_BASE, "b"},
		{"<svg><foreignObject>", HTML_FOREIGN_OBJECT, ""},
		{"<video src=v>", HTML_MEDIA, "v"},
	};
	struct arena *arena = arena_new();

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const struct html *html = html_parse(arena, span_of(rows[i].in));
		bool found = false;

		for (size_t k = 0; k < html->item_count; k++)
			found = found || (html->item[k].kind == rows[i].kind &&
						 strcmp(html->item[k].value, rows[i].value) == 0);
		if (!found)
			fail_msg("row %zu", i);
	}
	arena_free(arena);
}

static void sees_an_open_end(void **state)
{
	static const struct {
		const char *in;
		bool tag, value;
	} rows[] = {
		{"<p>a</p>", false, false},
		{"a < b", false, false},
		{"<img src=\"http://a.example/", true, true},
		{"<img src=x ", true, false},
		{"<!-- <img src=\" -->", false, false},
		{"<script>'<a href=\"'</script>", false, false},
	};
	struct arena *arena = arena_new();

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const struct html *html = html_parse(arena, span_of(rows[i].in));

		if (html->unclosed_tag != rows[i].tag || html->unclosed_value != rows[i].value)
			fail_msg("row %zu", i);
	}
	arena_free(arena);
}

/* Hostile shapes end within the budget, and say so where something was left out. */
static void is_bounded(void **state)
{
	static const struct {
		const char *unit;
		size_t count;
	} rows[] = {
		{"<div>", 800000},
		{"<b>x", 800000},
		{"<a b c d e f", 300000},
		{" a1", 1000000},
		{"<table><td>", 300000},
		{"<p><font size=1>", 200000},
		{"<svg><path/>", 300000},
		{"<li><a href=x>", 200000},
		{"</p>", 900000},
		{"<style>a{}", 300000},
		{"<!--", 900000},
	};
	struct arena *arena = arena_new();

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct buffer b = BUFFER_INIT;

		if (i == 3)
			buffer_str(&b, "<p");
		for (size_t k = 0; k < rows[i].count; k++)
			buffer_str(&b, rows[i].unit);

		const struct html *html = html_parse(arena, buffer_view(&b));

		assert_true(html->read <= LIMIT_HTML);
		if (i < 3)
			assert_true(html->limited);
		buffer_release(&b);
		arena_reset(arena);
	}
	arena_free(arena);
}

static void reads_urls(void **state)
{
	static const struct {
		const char *in, *host;
		unsigned odd;
	} rows[] = {
		{"http://a.example/", "a.example", 0},
		{"HTTPS://A.Example:443/x@y", "a.example", 0},
		{"http://bank.example@evil.example/", "evil.example", URL_ODD_USERINFO},
		{"http://a.example\\@evil.example/", "a.example", URL_ODD_BACKSLASH},
		{"http:\\\\a.example\\x", "a.example", URL_ODD_BACKSLASH},
		{"ht\ntp://a.exa\tmple/", "a.example", URL_ODD_WHITE},
		{"  http:a.example ", "a.example", URL_ODD_SLASHES},
		{"http:////a.example", "a.example", URL_ODD_SLASHES},
		{"http://127.0.0.1/", "127.0.0.1", URL_ODD_IPV4},
		{"http://2130706433/", "127.0.0.1", URL_ODD_IPV4 | URL_ODD_IP_FORM},
		{"http://0x7f.1/", "127.0.0.1", URL_ODD_IPV4 | URL_ODD_IP_FORM},
		{"http://0177.0.0.01/", "127.0.0.1", URL_ODD_IPV4 | URL_ODD_IP_FORM},
		{"http://1.2.3.4.5/", "1.2.3.4.5", 0},
		{"http://[::1]:80/", "[::1]", URL_ODD_IPV6},
		{"http://%61.example/", "a.example", URL_ODD_ESCAPED_HOST},
		{"http://xn--bcher-kva.example/", "xn--bcher-kva.example", URL_ODD_IDN},
		{"http://a.example\xe2\x88\x95x.example/", NULL, URL_ODD_SLASH | URL_ODD_IDN},
		{"//a.example/x", "a.example", URL_ODD_RELATIVE},
		{"x/y", NULL, URL_ODD_RELATIVE},
		{"mailto:a@b.example", NULL, 0},
		{"javascript:alert(1)", NULL, 0},
		{"http://a b/", NULL, 0},
		{"", NULL, URL_ODD_RELATIVE},
	};
	struct arena *arena = arena_new();

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct url_view v = url_read(arena, span_of(rows[i].in));

		/* What IDNA makes of a character that it forbids is not this table's matter. */
		if (!(rows[i].odd & URL_ODD_SLASH)) {
			if (!v.host != !rows[i].host ||
				(v.host && strcmp(v.host, rows[i].host) != 0))
				fail_msg("row %zu: host %s", i, v.host ? v.host : "none");
			if (v.odd != rows[i].odd)
				fail_msg("row %zu: odd %x", i, v.odd);
		} else
			assert_true(v.odd & URL_ODD_SLASH);
	}
	assert_null(url_host(arena, SPAN("//a.example/")));
	assert_string_equal(url_host(arena, SPAN("http://u@b.example:8/")), "b.example");
	arena_free(arena);
}

static void defangs_urls(void **state)
{
	static const char *const rows[][2] = {
		{"http://a.example/b.c", "hxxp://a[.]example/b.c"},
		{"https://u@a.b.example", "hxxps://u@a[.]b[.]example"},
		{"javascript:go()", "javascript[:]go()"},
		{"mailto:a@b.example", "mailto[:]a@b[.]example"},
		{"//a.example/", "//a[.]example/"},
	};
	struct arena *arena = arena_new();

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		assert_string_equal(url_defang(arena, rows[i][0]), rows[i][1]);
	arena_free(arena);
}

static void collects_urls(void **state)
{
	static const char mail[] =
		"From: a@b.example\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; "
		"boundary=b\r\n\r\n"
		"--b\r\nContent-Type: text/plain\r\n\r\nSee (http://a.example/x), or\r\n"
		"<https://b.example/y.> at 12:30; note: this. mailto:c@d.example.\r\n"
		"--b\r\nContent-Type: text/html\r\n\r\n<a href='http://e.example/'>here</a><a "
		"href=x>rel</a>\r\n"
		"--b--\r\n";
	static const struct {
		const char *url, *text, *host;
	} wanted[] = {
		{"http://a.example/x", NULL, "a.example"},
		{"https://b.example/y", NULL, "b.example"},
		{"mailto:c@d.example", NULL, NULL},
		{"http://e.example/", "here", "e.example"},
	};
	struct arena *arena = arena_new();
	const struct message *message = message_parse(arena, SPAN(mail), NULL);
	struct mime *mime = mime_parse(arena, message, &(struct mime_options){0});
	struct url_list list = url_collect(arena, mime);

	(void)state;
	assert_int_equal(list.count, 4);
	for (size_t i = 0; i < list.count; i++) {
		assert_string_equal(list.url[i].url, wanted[i].url);
		assert_true(!list.url[i].text == !wanted[i].text);
		assert_true(!list.url[i].host == !wanted[i].host);
		if (wanted[i].host)
			assert_string_equal(list.url[i].host, wanted[i].host);
		if (i != 3)
			assert_memory_equal(
				mail + list.url[i].offset, wanted[i].url, strlen(wanted[i].url));
		else
			assert_memory_equal(mail + list.url[i].offset, "'http://e.example/'", 19);
	}
	arena_free(arena);
}

/* Where the text has more bytes than what was decoded, places go by the marks that both have. */
static void finds_places(void **state)
{
	static const char mail[] =
		"From: a@b.example\r\nMIME-Version: 1.0\r\nContent-Type: text/html; "
		"charset=iso-8859-1\r\n\r\ncaf\xe9 caf\xe9 <a href=x>1</a> "
		"\xe9\xe9\xe9\r\n\xe9<p>\xe9 <a href=y>2</a>\r\n";
	static const struct {
		const char *href;
		char value;
	} wanted[] = {{"x", 'x'}, {"y", 'y'}};
	struct arena *arena = arena_new();
	const struct message *message = message_parse(arena, SPAN(mail), NULL);
	struct mime *mime = mime_parse(arena, message, &(struct mime_options){0});
	const struct html *html = part_html(arena, mime, &mime->part[0]);

	(void)state;
	assert_int_equal(html->link_count, 2);
	for (int round = 0; round < 2; round++) /* and back again */
		for (size_t i = 0; i < 2; i++) {
			struct span where = part_text_span(arena, mime, &mime->part[0],
				html->link[i].offset, html->link[i].len);

			assert_string_equal(html->link[i].href, wanted[i].href);
			assert_int_equal(where.len, 1);
			assert_int_equal(*where.ptr, wanted[i].value);
			assert_true(span_within(message->raw, where));
		}
	arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tells_visible_text),
		cmocka_unit_test(counts_split_words),
		cmocka_unit_test(lists_links),
		cmocka_unit_test(lists_what_acts),
		cmocka_unit_test(sees_an_open_end),
		cmocka_unit_test(is_bounded),
		cmocka_unit_test(reads_urls),
		cmocka_unit_test(defangs_urls),
		cmocka_unit_test(collects_urls),
		cmocka_unit_test(finds_places),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
