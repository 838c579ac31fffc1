/* SPDX-License-Identifier: ISC */
/* The HTML standard's "in body" (13.2.6.4.7), as far as a plain page needs it. */
#include "parsers/message/html_page.h"

enum { LIMIT_SAME = 3 };

static void close_paragraph(struct page *s)
{
	size_t at;

	if (s->paragraphs > 0 && page_find(s, GUMBO_TAG_P, HTML_SCOPE, &at))
		page_pop_through(s, at);
}

/* li, dd and dt end the one before them, unless another block begins between. */
static void close_item(struct page *s, GumboTag tag)
{
	for (size_t i = s->depth; i-- > 0;) {
		GumboTag open = page_tag(s, i);

		if (tag == GUMBO_TAG_LI ? open == tag
					: open == GUMBO_TAG_DD || open == GUMBO_TAG_DT) {
			page_pop_through(s, i);
			return;
		}
		if ((html_flags_of(open) & HTML_SPECIAL) && open != GUMBO_TAG_ADDRESS &&
			open != GUMBO_TAG_DIV && open != GUMBO_TAG_P)
			return;
	}
}

/*
 * An element without tags in it; its end tag is taken, too. A script that holds "<!--" may be read
 * otherwise.
 */
bool page_raw(struct page *s, const struct html_token *t)
{
	unsigned start = html_start_of(t->tag);
	struct html_token end;
	struct span inside;

	page_push(s, t->tag, t);
	s->sheets += start == HTML_START_STYLE;
	if (!html_lex_raw(&s->lexer, t->tag, &inside) || !html_lex(&s->lexer, &end) ||
		end.tag != t->tag)
		return page_give_up(s);
	if (start == HTML_START_SCRIPT && span_find(inside, SPAN("<!--"), 0) < inside.len)
		return page_give_up(s);
	page_text(s, inside, start == HTML_START_TITLE);
	page_pop(s);
	return true;
}

/*
 * A link in a link ends the outer one; of four alike the first is forgotten. Both only count up to
 * the table cell that they stand in.
 */
static bool add_format(struct page *s, const struct html_token *t)
{
	unsigned same = 0;

	for (size_t i = s->depth; i-- > 0 && html_start_of(page_tag(s, i)) != HTML_START_CELL;)
		same += page_tag(s, i) == t->tag;
	if (same >= (t->tag == GUMBO_TAG_A ? 1 : LIMIT_SAME))
		return page_give_up(s);
	page_push(s, t->tag, t);
	return true;
}

static bool add_block(struct page *s, const struct html_token *t)
{
	close_paragraph(s);
	page_push(s, t->tag, t);
	return true;
}

/* A heading in a heading ends the outer one. */
static bool add_heading(struct page *s, const struct html_token *t)
{
	close_paragraph(s);
	if (html_start_of(page_current_tag(s)) == HTML_START_HEADING)
		return page_give_up(s);
	page_push(s, t->tag, t);
	return true;
}

static bool add_form(struct page *s, const struct html_token *t)
{
	if (s->in_form)
		return page_give_up(s);
	s->in_form = true;
	return add_block(s, t);
}

static bool add_table(struct page *s, const struct html_token *t)
{
	if (s->paragraphs > 0 && s->quirks == PAGE_MAYBE_QUIRKS)
		return page_give_up(s);
	if (s->quirks == PAGE_NO_QUIRKS)
		close_paragraph(s);
	page_push(s, t->tag, t);
	s->mode = PAGE_IN_TABLE;
	return true;
}

static bool open_in_body(struct page *s, const struct html_token *t)
{
	switch ((enum html_start)html_start_of(t->tag)) {
	case HTML_START_ORDINARY:
		page_push(s, t->tag, t);
		return true;
	case HTML_START_HEADING:
		return add_heading(s, t);
	case HTML_START_PRE:
		s->drop_newline = true;
		return add_block(s, t);
	case HTML_START_ITEM:
		close_item(s, t->tag);
		return add_block(s, t);
	case HTML_START_BLOCK:
		return add_block(s, t);
	case HTML_START_FORMAT:
		return add_format(s, t);
	case HTML_START_FORM:
		return add_form(s, t);
	case HTML_START_RULE:
		close_paragraph(s);
		return page_void(s, t);
	case HTML_START_VOID:
	case HTML_START_HEAD:
		return page_void(s, t);
	case HTML_START_STYLE:
	case HTML_START_TITLE:
	case HTML_START_SCRIPT:
		return page_raw(s, t);
	case HTML_START_TABLE:
		return add_table(s, t);
	default:
		break;
	}
	return page_give_up(s);
}

/* Ends the element and those in it whose end tags may be left out; with any other in it the page
 * is odd only if that is formatting. */
static bool close_scoped(struct page *s, GumboTag tag)
{
	size_t at;

	if (!page_find(s, tag, HTML_SCOPE, &at))
		return page_give_up(s);
	page_pop_through(s, at);
	return true;
}

/* Inline elements: their end tags reach no further than the block. */
static bool close_inline(struct page *s, GumboTag tag)
{
	size_t at;

	if (!page_find(s, tag, HTML_SPECIAL, &at))
		return page_give_up(s);
	page_pop_through(s, at);
	return true;
}

/* An end tag without its p is an empty p. */
static bool close_p(struct page *s)
{
	size_t at;

	if (!page_find(s, GUMBO_TAG_P, HTML_SCOPE, &at)) {
		page_push(s, GUMBO_TAG_P, NULL);
		at = s->depth - 1;
	}
	page_pop_through(s, at);
	return true;
}

static bool close_list_item(struct page *s)
{
	for (size_t i = s->depth; i-- > 0;)
		if (page_tag(s, i) == GUMBO_TAG_OL || page_tag(s, i) == GUMBO_TAG_UL)
			return page_give_up(s);
		else if (page_tag(s, i) == GUMBO_TAG_LI)
			break;
	return close_scoped(s, GUMBO_TAG_LI);
}

static void skip_implied(struct page *s)
{
	while (html_flags_of(page_current_tag(s)) & HTML_IMPLIED)
		page_pop(s);
}

/* Where more than what is implied lies between, the standard repairs. */
static bool close_heading(struct page *s, GumboTag tag)
{
	skip_implied(s);
	if (page_current_tag(s) != tag)
		return page_give_up(s);
	page_pop(s);
	return true;
}

/* The full parser takes a form off the stack before it puts down the text in hand. */
static bool close_form(struct page *s)
{
	skip_implied(s);
	if (page_current_tag(s) != GUMBO_TAG_FORM)
		return page_give_up(s);
	s->in_form = false;
	s->depth--;
	return true;
}

static bool close_page(struct page *s, GumboTag tag)
{
	size_t at;

	if (!page_find(s, GUMBO_TAG_BODY, HTML_SCOPE, &at))
		return page_give_up(s);
	s->mode = PAGE_AFTER_BODY;
	return tag == GUMBO_TAG_BODY;
}

static bool close_in_body(struct page *s, const struct html_token *t)
{
	if (t->tag == GUMBO_TAG_BODY || t->tag == GUMBO_TAG_HTML)
		return close_page(s, t->tag);
	if (t->tag == GUMBO_TAG_LI)
		return close_list_item(s);
	if (t->tag == GUMBO_TAG_P)
		return close_p(s);
	switch ((enum html_start)html_start_of(t->tag)) {
	case HTML_START_ORDINARY:
	case HTML_START_FORMAT:
		return close_inline(s, t->tag);
	case HTML_START_BLOCK:
	case HTML_START_PRE:
	case HTML_START_ITEM:
		return close_scoped(s, t->tag);
	case HTML_START_FORM:
		return close_form(s);
	case HTML_START_HEADING:
		return close_heading(s, t->tag);
	default:
		return page_give_up(s);
	}
}

bool page_in_body(struct page *s, struct html_token *t)
{
	switch (t->kind) {
	case HTML_TOKEN_TEXT:
		page_text(s, t->raw, true);
		return true;
	case HTML_TOKEN_COMMENT:
		return page_comment(s, page_current(s), t->raw);
	case HTML_TOKEN_OPEN:
		return open_in_body(s, t);
	case HTML_TOKEN_CLOSE:
		return close_in_body(s, t);
	case HTML_TOKEN_DOCTYPE:
		return page_give_up(s);
	case HTML_TOKEN_END:
		break;
	}
	return true;
}
