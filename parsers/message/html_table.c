/* SPDX-License-Identifier: ISC */
/* The HTML standard's modes of a table (13.2.6.4.9 to 13.2.6.4.15), as far as a plain page needs
 * it. */
#include "parsers/message/html_page.h"

/* The mode of what is open again behind a table or a style. */
static void reset_mode(struct page *s)
{
	for (size_t i = s->depth; i-- > 0;) {
		unsigned start = html_start_of(page_tag(s, i));

		s->mode = start == HTML_START_CELL      ? PAGE_IN_CELL
			  : start == HTML_START_ROW     ? PAGE_IN_ROW
			  : start == HTML_START_SECTION ? PAGE_IN_SECTION
			  : start == HTML_START_TABLE   ? PAGE_IN_TABLE
							: PAGE_IN_BODY;
		if (s->mode != PAGE_IN_BODY)
			return;
	}
}

/* What all parts of a table but cells have in common. */
static bool between_cells(struct page *s, struct html_token *t)
{
	unsigned start = html_start_of(t->tag);

	if (t->kind == HTML_TOKEN_COMMENT || (t->kind == HTML_TOKEN_TEXT && html_blank(t->raw)))
		return page_in_body(s, t);
	if (t->kind == HTML_TOKEN_OPEN && (start == HTML_START_STYLE || start == HTML_START_SCRIPT))
		return page_raw(s, t);
	return t->kind == HTML_TOKEN_END || page_give_up(s);
}

/* Ends the part in hand; true where that was the tag's whole meaning. */
static bool leave(struct page *s, enum page_mode mode, bool done)
{
	page_pop(s);
	s->mode = mode;
	return done;
}

bool page_in_table(struct page *s, struct html_token *t)
{
	unsigned start = html_start_of(t->tag);

	if (t->kind == HTML_TOKEN_CLOSE && start == HTML_START_TABLE) {
		page_pop(s);
		reset_mode(s);
		return true;
	}
	if (t->kind != HTML_TOKEN_OPEN || (start != HTML_START_SECTION && start != HTML_START_ROW &&
						  start != HTML_START_CELL))
		return between_cells(s, t);
	s->mode = PAGE_IN_SECTION;
	page_push(s, start == HTML_START_SECTION ? t->tag : GUMBO_TAG_TBODY,
		start == HTML_START_SECTION ? t : NULL);
	return start == HTML_START_SECTION;
}

bool page_in_section(struct page *s, struct html_token *t)
{
	unsigned start = html_start_of(t->tag);
	bool tag = t->kind == HTML_TOKEN_OPEN || t->kind == HTML_TOKEN_CLOSE;

	if (t->kind == HTML_TOKEN_OPEN && (start == HTML_START_ROW || start == HTML_START_CELL)) {
		page_push(s, GUMBO_TAG_TR, start == HTML_START_ROW ? t : NULL);
		s->mode = PAGE_IN_ROW;
		return start == HTML_START_ROW;
	}
	if (t->kind == HTML_TOKEN_CLOSE && t->tag == page_current_tag(s))
		return leave(s, PAGE_IN_TABLE, true);
	if (tag && (start == HTML_START_TABLE ||
			   (start == HTML_START_SECTION && t->kind == HTML_TOKEN_OPEN)))
		return leave(s, PAGE_IN_TABLE, false);
	return between_cells(s, t);
}

/* Whether TAG is that of the section in which the row or cell stands. */
static bool is_own_section(const struct page *s, GumboTag tag)
{
	size_t at;

	return page_find(s, tag, tag == GUMBO_TAG_TABLE ? 0 : HTML_SCOPE, &at);
}

bool page_in_row(struct page *s, struct html_token *t)
{
	unsigned start = html_start_of(t->tag);
	bool part = start == HTML_START_SECTION || start == HTML_START_TABLE;

	if (t->kind == HTML_TOKEN_OPEN && start == HTML_START_CELL) {
		page_push(s, t->tag, t);
		s->mode = PAGE_IN_CELL;
		return true;
	}
	if (t->kind == HTML_TOKEN_CLOSE && start == HTML_START_ROW)
		return leave(s, PAGE_IN_SECTION, true);
	if (t->kind == HTML_TOKEN_OPEN && (part || start == HTML_START_ROW))
		return leave(s, PAGE_IN_SECTION, false);
	if (t->kind == HTML_TOKEN_CLOSE && part && is_own_section(s, t->tag))
		return leave(s, PAGE_IN_SECTION, false);
	return between_cells(s, t);
}

/* The end of a cell is the end of all formatting that began in it. */
static bool close_cell(struct page *s, bool done)
{
	while (html_start_of(page_current_tag(s)) != HTML_START_CELL)
		page_pop(s);
	return leave(s, PAGE_IN_ROW, done);
}

static GumboTag cell_tag(const struct page *s)
{
	size_t i = s->depth;

	while (html_start_of(page_tag(s, i - 1)) != HTML_START_CELL)
		i--;
	return page_tag(s, i - 1);
}

/* Whether an end tag in a cell is that of the section, row or table around it. */
static bool closes_around(const struct page *s, GumboTag tag)
{
	size_t i = s->depth;

	while (html_start_of(page_tag(s, i - 1)) != HTML_START_CELL)
		i--;
	/* below a cell: row, section, table */
	return tag == page_tag(s, i - 2) || tag == page_tag(s, i - 3) || tag == page_tag(s, i - 4);
}

bool page_in_cell(struct page *s, struct html_token *t)
{
	unsigned start = html_start_of(t->tag);

	if (t->kind == HTML_TOKEN_OPEN && (start == HTML_START_CELL || start == HTML_START_ROW ||
						  start == HTML_START_SECTION))
		return close_cell(s, false);
	if (t->kind == HTML_TOKEN_CLOSE && start == HTML_START_CELL)
		return t->tag == cell_tag(s) ? close_cell(s, true) : page_give_up(s);
	if (t->kind == HTML_TOKEN_CLOSE &&
		(start == HTML_START_ROW || start == HTML_START_SECTION ||
			start == HTML_START_TABLE))
		return closes_around(s, t->tag) ? close_cell(s, false) : page_give_up(s);
	if (t->kind == HTML_TOKEN_CLOSE && (t->tag == GUMBO_TAG_BODY || t->tag == GUMBO_TAG_HTML))
		return page_give_up(s);
	return page_in_body(s, t);
}
