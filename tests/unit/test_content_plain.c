/* SPDX-License-Identifier: ISC */
/* The short way through plainly written HTML against the full parser. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "parsers/base/buffer.h"
#include "parsers/message/html_plain.h"
#include "tests/unit/html_same.h"

/* Whether the text is plain; fails where the tree is not the full parser's. */
static bool is_plain(struct span text)
{
	struct arena *arena = arena_new();
	size_t sheets;
	const GumboNode *plain = html_plain(arena, text, &sheets);
	GumboOutput *full =
		gumbo_parse_with_options(&kGumboDefaultOptions, (const char *)text.ptr, text.len);
	bool differs = plain && (html_difference(plain, full->document) ||
					sheets != html_sheets(full->document));

	gumbo_destroy_output(&kGumboDefaultOptions, full);
	arena_free(arena);
	if (differs)
		fail_msg("another tree of: %.*s", SPAN_ARG(text));
	return plain != NULL;
}

static void reads_what_mail_writes(void **state)
{
	static const char *const rows[] = {
		"",
		"text",
		"a &amp; b&nbsp;c &#8217; &#xe9; AT&T &eacute;t\xc3\xa9",
		"<p>a<p>b",
		"<p>a</p></p>b",
		"<!DOCTYPE html><html><head><title>a &lt; b</title><meta charset=utf-8><link "
		"rel='x' href=\"y?a&b=1\"></head>\r\n<body bgcolor=#fff>a\r\nb<br/>c</body>\r\n"
		"</html>\r\n",
		"<html><head><style>p > a { color: red }</style></head><body><p>x</body></html>y",
		"<!-- a --><html><!-- b --><body>c<!-- d --></body><!-- e --></html><!-- f -->",
		"<![if !mso]>a<![endif]><?xml:namespace prefix = o /><o:p>b</o:p>",
		"<ul><li>a<li>b<ul><li>c</ul></ul><dl><dt>a<dd>b</dl>",
		"<table><tr><td><b>a<td>b</table>",
		"<table width=1>\n<thead><tr><th>a</th></tr></thead>\n<tbody>\n<tr>\n<td>a</td>\n"
		"<td><table><tr><td>b</td></tr></table></td></tr></tbody></table>c",
		"<center><font color=red size='+1'><b><i>a</i></b></font></center>",
		"<form action=x><p>a<input name=b value=\"c\"></form>",
		"<pre>\n\na</pre><h1>a</h1><hr><h2>b</h2>",
		"<span>a<div>b</div></span>",
		"<script>if (a < b) c()</script>",
		"a</body></html><p>footer",
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (!is_plain(span_of(rows[i])))
			fail_msg("left to the full parser: %s", rows[i]);
}

/* Each of these is repaired somehow; a short way that took it for plain would have to know how. */
static void leaves_what_needs_repair(void **state)
{
	static const char *const rows[] = {
		"<b><p>a</b>b</p>",
		"<p><b>a</p>b",
		"<a>b<a>c",
		"<table>a</table>",
		"<table><tr>a<td>b</table>",
		"<b><b><b><b>a</b></b></b></b>",
		"a < b",
		"a &copy b",
		"<p a=1 a=2>",
		"<p title=\"a",
		"<!-- a",
		"<svg><p>a</svg>",
		"<select><option>a</select>",
		"<template>a</template>",
		"<div>a</span></div>",
		"<h1>a<h2>b",
		"<body>a<body class=b>",
		"a\x01",
		"a\xff",
		"<textarea>\na</textarea>",
		"<!DOCTYPE html PUBLIC \"-//W3C//DTD HTML 3.2//EN\"><p>a<table></table>",
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (is_plain(span_of(rows[i])))
			fail_msg("taken for plain: %s", rows[i]);
}

/* The same numbers every time. */
static unsigned next_number(uint32_t *seed)
{
	*seed = *seed * 1664525 + 1013904223;
	return *seed >> 8;
}

static void add_piece(struct buffer *b, uint32_t *seed)
{
	static const char *const texts[] = {"a", " ", "\r\n", "&amp;", "&nbsp;", "<br>",
		"<!-- b -->", "<img src=x>", "\xc3\xa9", "<hr>", "<style>p{}</style>", "\n c \n"};
	unsigned what = next_number(seed) % 8;
	const char *tag = gumbo_normalized_tagname(
		(GumboTag)(next_number(seed) % 3 ? next_number(seed) % 12 + GUMBO_TAG_TABLE - 1
						 : next_number(seed) % GUMBO_TAG_UNKNOWN));
	static const char *const often[] = {
		"p", "b", "div", "a", "td", "tr", "table", "li", "ul", "span", "font", "h1"};

	if (next_number(seed) % 2)
		tag = often[next_number(seed) % (sizeof often / sizeof *often)];
	if (what < 3)
		buffer_str(b, texts[next_number(seed) % (sizeof texts / sizeof *texts)]);
	else
		buffer_printf(b, what < 6 ? "<%s>" : "</%s>", tag);
}

/* Pieces in any order: those that are taken for plain give the full parser's tree. */
static void agrees_on_random_pages(void **state)
{
	uint32_t seed = 1;
	unsigned plain = 0;
	struct buffer b = BUFFER_INIT;

	(void)state;
	for (unsigned i = 0; i < 20000; i++) {
		unsigned pieces = next_number(&seed) % 12;

		buffer_clear(&b);
		for (unsigned k = 0; k < pieces; k++)
			add_piece(&b, &seed);
		plain += is_plain(buffer_view(&b));
	}
	buffer_release(&b);
	if (plain < 2000)
		fail_msg("only %u of 20000 pages were compared", plain);
}

/* Every element that the parser knows, at the places where the standard has rules of its own. */
static void agrees_on_every_element(void **state)
{
	static const char *const rows[] = {"<%s>a", "<%s>a</%s>b", "<p>x<%s>a</%s>b",
		"<ul><li><%s>a<li>b", "<table><%s>", "<table><tr><%s>a</%s>",
		"<table><tr><td>x<%s>a</%s></td></tr></table>c", "<head><%s></%s></head>b",
		"<b><%s>a</b></%s>", "</%s>", "<p>a</%s>b", "<table></%s>",
		"<table><tr></%s><td>a</%s>b", "<div><%s/>a</div></%s>"};
	struct buffer b = BUFFER_INIT;

	(void)state;
	for (unsigned tag = 0; tag < GUMBO_TAG_UNKNOWN; tag++)
		for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
			struct span rest = span_of(rows[i]);

			buffer_clear(&b);
			while (rest.len > 0) {
				size_t n = span_find(rest, SPAN("%s"), 0);

				buffer_span(&b, span_sub(rest, 0, n));
				if (n < rest.len)
					buffer_str(&b, gumbo_normalized_tagname((GumboTag)tag));
				rest = span_skip(rest, n + 2);
			}
			is_plain(buffer_view(&b));
		}
	buffer_release(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_what_mail_writes),
		cmocka_unit_test(leaves_what_needs_repair),
		cmocka_unit_test(agrees_on_random_pages),
		cmocka_unit_test(agrees_on_every_element),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
