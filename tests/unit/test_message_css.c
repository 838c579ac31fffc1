/* SPDX-License-Identifier: ISC */
/* Style sheets as far as they tell what is seen: selectors, media, escapes; and that hostile ones
 * end. */
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "parsers/base/buffer.h"
#include "parsers/message/css.h"
#include "parsers/message/html.h"

#define SHEET(text) "<style>" text "</style>"
#define NONE "{display:none}"

/* Of "x" it is asked whether it is hidden; everything else is seen. */
static void selectors_choose_elements(void **state)
{
	static const struct {
		const char *in;
		bool hidden;
	} rows[] = {
		{SHEET(".a .b" NONE) "<div class=a><p><b class=b>x</b></p></div>", true},
		{SHEET(".a .b" NONE) "<div class=c><p><b class=b>x</b></p></div><p class=a>y</p>",
			false},
		{SHEET(".a>.b" NONE) "<div class=a><b class=b>x</b></div>", true},
		{SHEET(".a > .b" NONE) "<div class=a><p><b class=b>x</b></p></div>", false},
		{SHEET("h1+p" NONE) "<h1>y</h1><p>x</p>", true},
		{SHEET("h1+p" NONE) "<h1>y</h1><p>y</p><p>x</p>", false},
		{SHEET("h1~p" NONE) "<h1>y</h1><div>y</div><p>x</p>", true},
		{SHEET("h1~p" NONE) "<p>x</p><h1>y</h1>", false},
		/* The nearest .a is no child of .c: the one above it is. */
		{SHEET(".c>.a .b" NONE) "<div class=c><div class=a><div class=a><b "
					"class=b>x</b></div></div></div>",
			true},
		{SHEET(".c>.a .b" NONE) "<div class=c><p><b class=a><b class=b>x</b></b></p></div>",
			false},
		{SHEET(".w *" NONE) "<div class=w><p>x</p></div>", true},
		{SHEET("u,.a .b,i" NONE) "<div class=a><b class=b>x</b></div>", true},
		{SHEET("[data-x]" NONE) "<p data-x>x</p>", true},
		{SHEET("p[data-x='1']" NONE) "<p data-x=1>x</p><p data-x=2>y</p>", true},
		{SHEET("[class~=b]" NONE) "<p class='a b'>x</p>", true},
		{SHEET("[class^=pre]" NONE) "<p class=prefix>x</p>", true},
		{SHEET("[class$=fix]" NONE) "<p class=prefix>x</p>", true},
		{SHEET("[class*=efi]" NONE) "<p class=prefix>x</p>", true},
		{SHEET("[class*=zz]" NONE) "<p class=prefix>x</p>", false},
		{SHEET("[lang|=en]" NONE) "<p lang=en-GB>x</p>", true},
		{SHEET("p:first-child" NONE) "<div><p>x</p><p>y</p></div>", true},
		{SHEET("p:first-child" NONE) "<div><b>y</b><p>x</p></div>", false},
		{SHEET("p:nth-child(2)" NONE) "<div><p>y</p><p>x</p></div>", true},
		{SHEET("p:nth-child(2n+1)" NONE) "<div><p>x</p></div>", true},
		{SHEET("p:nth-child(even)" NONE) "<div><p>x</p></div>", false},
		{SHEET("p:not(.v)" NONE) "<p>x</p><p class=v>y</p>", true},
		{SHEET("p:not(.v)" NONE) "<p class=v>x</p>", false},
		{SHEET("a:link" NONE) "<a href=q>x</a>", true},
		/* A state, a part, or what is not known here. */
		{SHEET("p:hover" NONE) "<p>x</p>", false},
		{SHEET("p::before" NONE) "<p>x</p>", false},
		{SHEET("p:where(.a)" NONE) "<p class=a>x</p>", false},
		/* More compounds weigh more. */
		{SHEET(".a .b" NONE ".b{display:inline}") "<div class=a><b class=b>x</b></div>",
			true},
		{SHEET(".a .b" NONE
		       ".c .b.b2{display:inline}") "<div class='a c'><b class='b b2'>x</b></div>",
			false},
	};
	struct arena *arena = arena_new();

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const struct html *html = html_parse(arena, span_of(rows[i].in));

		if ((strchr(html->visible, 'x') == NULL) != rows[i].hidden)
			fail_msg("row %zu: seen '%s'", i, html->visible);
		if (strchr(strstr(rows[i].in, "</style>") + 8, 'y') && !strchr(html->visible, 'y'))
			fail_msg("row %zu: hides y: '%s'", i, html->visible);
	}
	arena_free(arena);
}

static void media_that_always_hold(void **state)
{
	static const struct {
		const char *query;
		bool always;
	} rows[] = {
		{"", true},
		{"all", true},
		{"screen", true},
		{"only screen", true},
		{"print, screen", true},
		{"print, (max-width:600px)", false},
		{"screen, print", true},
		{"screen and (min-width: 1px)", true},
		{"(max-width:99999px)", true},
		{"only screen and (max-width: 600px)", false},
		{"(min-width:601px)", false},
		{"screen and (min-width:1px) and (max-width:480px)", false},
		{"print", false},
		{"not screen", false},
		{"(prefers-color-scheme: dark)", false},
		{"screen and (-webkit-min-device-pixel-ratio:0)", false},
		{"(", false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (css_media_always(span_of(rows[i].query)) != rows[i].always)
			fail_msg("row %zu: %s", i, rows[i].query);
}

static void media_decide_of_rules(void **state)
{
	static const struct {
		const char *in;
		bool hidden;
	} rows[] = {
		{SHEET("@media screen{b" NONE "}") "<b>x</b>", true},
		{SHEET("@media screen{@media (max-width:9px){u{color:red}} b" NONE "}") "<b>x</b>",
			true},
		{SHEET("@media (max-width:600px){@media all{b" NONE "}} i" NONE) "<b>x</b>", false},
		{SHEET("@media (max-width:600px){u" NONE "} b" NONE) "<b>x</b>", true},
		{SHEET("@supports (display:grid){b" NONE "}") "<b>x</b>", false},
		{"<style media=print>b" NONE "</style><b>x</b>", false},
		{"<style media=screen>b" NONE "</style><b>x</b>", true},
		{SHEET("b{dis/**/play:inline;display/* */:/* */none}") "<b>x</b>", true},
		{SHEET("b{d\\69 splay:n\\6fne}") "<b>x</b>", true},
		{"<b style='disp\\6C ay:none'>x</b>", true},
		{"<b style='filter:opacity(0%)'>x</b>", true},
		{"<b style='filter:alpha(opacity=0)'>x</b>", true},
		{"<b style='filter:alpha(opacity=80)'>x</b>", false},
		{"<b style='filter:opacity(80%)'>x</b>", false},
		{"<b style='zoom:0'>x</b>", true},
		{"<b style='zoom:1'>x</b>", false},
	};
	struct arena *arena = arena_new();

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if ((strchr(html_parse(arena, span_of(rows[i].in))->visible, 'x') == NULL) !=
			rows[i].hidden)
			fail_msg("row %zu", i);
	arena_free(arena);
}

/* Steps are bounded, whatever the rules ask for: it has to end, and to show the text all the same.
 */
static void hostile_sheets_end(void **state)
{
	struct arena *arena = arena_new();
	struct buffer page = BUFFER_INIT;

	(void)state;
	buffer_str(&page, "<style>");
	for (int i = 0; i < 30000; i++)
		buffer_str(&page, "b b b b b b b i{color:red}\n");
	buffer_str(&page, "</style>");
	for (int i = 0; i < 300; i++)
		buffer_str(&page, "<b>");
	for (int i = 0; i < 2000; i++)
		buffer_str(&page, "<i>x</i>");
	assert_non_null(strchr(html_parse(arena, buffer_view(&page))->visible, 'x'));
	buffer_release(&page);
	arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(selectors_choose_elements),
		cmocka_unit_test(media_that_always_hold),
		cmocka_unit_test(media_decide_of_rules),
		cmocka_unit_test(hostile_sheets_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
