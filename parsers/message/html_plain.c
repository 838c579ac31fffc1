/* SPDX-License-Identifier: ISC */
/*
 * The HTML standard's tree construction (13.2.6) for pages where no step of it repairs anything.
 * Wherever one would, the page is given up. One rule carries most of this: as long as every
 * formatting element is closed by its own end tag or by the end of its table cell, the list of
 * active formatting elements holds open elements only, and to reconstruct it does nothing.
 */
#include "parsers/message/html_plain.h"

#include "parsers/message/html.h"
#include "parsers/message/html_page.h"

/* Takes the white space off that a text begins with; true where there was nothing else. */
static bool take_white(struct html_token *t, struct span *ret_white)
{
	size_t n = 0;

	if (t->kind != HTML_TOKEN_TEXT)
		return false;
	while (n < t->raw.len && html_blank(span_sub(t->raw, n, n + 1)))
		n++;
	*ret_white = span_sub(t->raw, 0, n);
	t->raw = span_skip(t->raw, n);
	return t->raw.len == 0;
}

/* Only the short form is known not to be one of the many that stand for quirks. */
static bool read_doctype(struct page *s, struct span raw)
{
	struct span name = span_trim(span_sub(raw, strlen("<!doctype"), raw.len - 1));

	s->quirks = span_iis(name, "html") ? PAGE_NO_QUIRKS : PAGE_MAYBE_QUIRKS;
	s->mode = PAGE_BEFORE_HTML;
	return true;
}

static bool initial(struct page *s, struct html_token *t)
{
	struct span white;

	if (take_white(t, &white))
		return true;
	if (t->kind == HTML_TOKEN_COMMENT)
		return page_comment(s, s->document, t->raw);
	if (t->kind == HTML_TOKEN_DOCTYPE)
		return read_doctype(s, t->raw);
	s->mode = PAGE_BEFORE_HTML;
	return false;
}

/* html, head, body: with the tag or without it. */
static bool begin(struct page *s, struct html_token *t, GumboTag tag, enum page_mode mode)
{
	bool written = t->kind == HTML_TOKEN_OPEN && t->tag == tag;

	page_push(s, tag, written ? t : NULL);
	s->mode = mode;
	return written;
}

static bool before_html(struct page *s, struct html_token *t)
{
	struct span white;

	if (take_white(t, &white))
		return true;
	if (t->kind == HTML_TOKEN_COMMENT)
		return page_comment(s, s->document, t->raw);
	if (t->kind == HTML_TOKEN_DOCTYPE || t->kind == HTML_TOKEN_CLOSE)
		return page_give_up(s);
	return begin(s, t, GUMBO_TAG_HTML, PAGE_BEFORE_HEAD);
}

static bool before_head(struct page *s, struct html_token *t)
{
	struct span white;

	if (take_white(t, &white))
		return true;
	if (t->kind == HTML_TOKEN_COMMENT)
		return page_comment(s, page_current(s), t->raw);
	if (t->kind == HTML_TOKEN_DOCTYPE || t->kind == HTML_TOKEN_CLOSE)
		return page_give_up(s);
	return begin(s, t, GUMBO_TAG_HEAD, PAGE_IN_HEAD);
}

/* White space that a head or html element keeps; true where there was nothing else. */
static bool keep_white(struct page *s, struct html_token *t)
{
	struct span white = SPAN_NONE;
	bool all = take_white(t, &white);

	page_text(s, white, false);
	return all;
}

static bool in_head(struct page *s, struct html_token *t)
{
	unsigned start = html_start_of(t->tag);

	if (keep_white(s, t))
		return true;
	if (t->kind == HTML_TOKEN_COMMENT)
		return page_comment(s, page_current(s), t->raw);
	if (t->kind == HTML_TOKEN_OPEN && start == HTML_START_HEAD)
		return page_void(s, t);
	if (t->kind == HTML_TOKEN_OPEN && (start == HTML_START_STYLE || start == HTML_START_TITLE ||
						  start == HTML_START_SCRIPT))
		return page_raw(s, t);
	if (t->kind == HTML_TOKEN_DOCTYPE ||
		(t->kind == HTML_TOKEN_OPEN && start == HTML_START_ODD && t->tag != GUMBO_TAG_BODY))
		return page_give_up(s);
	if (t->kind == HTML_TOKEN_CLOSE && t->tag != GUMBO_TAG_HEAD)
		return page_give_up(s);
	page_pop(s);
	s->mode = PAGE_AFTER_HEAD;
	return t->kind == HTML_TOKEN_CLOSE;
}

static bool after_head(struct page *s, struct html_token *t)
{
	unsigned start = html_start_of(t->tag);

	if (keep_white(s, t))
		return true;
	if (t->kind == HTML_TOKEN_COMMENT)
		return page_comment(s, page_current(s), t->raw);
	if (t->kind == HTML_TOKEN_DOCTYPE || t->kind == HTML_TOKEN_CLOSE)
		return page_give_up(s);
	if (t->kind == HTML_TOKEN_OPEN && t->tag != GUMBO_TAG_BODY &&
		(start == HTML_START_HEAD || start == HTML_START_STYLE ||
			start == HTML_START_TITLE || start == HTML_START_SCRIPT ||
			start == HTML_START_ODD))
		return page_give_up(s);
	return begin(s, t, GUMBO_TAG_BODY, PAGE_IN_BODY);
}

/* What follows the body's end belongs to the body after all, unless it is white space. */
static bool after_body(struct page *s, struct html_token *t)
{
	bool page = s->mode == PAGE_AFTER_PAGE;

	if (t->kind == HTML_TOKEN_TEXT && html_blank(t->raw))
		return page_in_body(s, t);
	if (t->kind == HTML_TOKEN_COMMENT)
		return page_comment(s, page ? s->document : s->open[0], t->raw);
	if (t->kind == HTML_TOKEN_DOCTYPE)
		return page_give_up(s);
	if (t->kind == HTML_TOKEN_CLOSE && t->tag == GUMBO_TAG_HTML && !page) {
		s->mode = PAGE_AFTER_PAGE;
		return true;
	}
	if (t->kind == HTML_TOKEN_END)
		return true;
	s->mode = PAGE_IN_BODY;
	return false;
}

/* --- the page --- */

static bool (*const modes[])(struct page *, struct html_token *) = {
	[PAGE_INITIAL] = initial,
	[PAGE_BEFORE_HTML] = before_html,
	[PAGE_BEFORE_HEAD] = before_head,
	[PAGE_IN_HEAD] = in_head,
	[PAGE_AFTER_HEAD] = after_head,
	[PAGE_IN_BODY] = page_in_body,
	[PAGE_IN_TABLE] = page_in_table,
	[PAGE_IN_SECTION] = page_in_section,
	[PAGE_IN_ROW] = page_in_row,
	[PAGE_IN_CELL] = page_in_cell,
	[PAGE_AFTER_BODY] = after_body,
	[PAGE_AFTER_PAGE] = after_body,
};

static void drop_newline(struct page *s, struct html_token *t)
{
	if (t->kind == HTML_TOKEN_TEXT && span_starts(t->raw, "\r\n"))
		t->raw = span_skip(t->raw, 2);
	else if (t->kind == HTML_TOKEN_TEXT && (*t->raw.ptr == '\n' || *t->raw.ptr == '\r'))
		t->raw = span_skip(t->raw, 1);
	s->drop_newline = false;
}

static void build(struct page *s)
{
	struct html_token t;

	do {
		if (!html_lex(&s->lexer, &t) || s->lexer.tags >= LIMIT_HTML_TAGS) {
			s->odd = true;
			return;
		}
		if (s->drop_newline)
			drop_newline(s, &t);
		while (!modes[s->mode](s, &t))
			;
	} while (t.kind != HTML_TOKEN_END && !s->odd);
	page_flush(s);
}

const GumboNode *html_plain(struct arena *arena, struct span text, size_t *ret_sheets)
{
	struct page s = {.arena = arena, .lexer = {.arena = arena, .text = text}};

	s.document = ARENA_NEW(arena, GumboNode);
	s.document->type = GUMBO_NODE_DOCUMENT;
	build(&s);
	buffer_release(&s.text);
	buffer_release(&s.lexer.value);
	*ret_sheets = s.sheets;
	return s.odd ? NULL : s.document;
}
