/* SPDX-License-Identifier: ISC */
/*
 * Inside html_plain.c: the page under construction. html_kinds.c knows the elements, html_page.c
 * makes the nodes and keeps those that are open, html_body.c and html_table.c read what bodies and
 * tables hold, html_plain.c what stands around them.
 */
#ifndef PARSERS_MESSAGE_HTML_PAGE_H
#define PARSERS_MESSAGE_HTML_PAGE_H

#include "parsers/message/html_lex.h"

enum { LIMIT_HTML_OPEN = 200 };

/* What a start tag asks for in a body; and what the element is to others. */
enum html_start {
	HTML_START_ORDINARY,
	HTML_START_ODD, /* not read here */
	HTML_START_BLOCK,
	HTML_START_HEADING,
	HTML_START_PRE,
	HTML_START_ITEM, /* li, dd, dt */
	HTML_START_FORMAT,
	HTML_START_FORM,
	HTML_START_VOID,
	HTML_START_RULE, /* hr: void, and a block */
	HTML_START_HEAD, /* meta, link, base: void; also in a head */
	HTML_START_STYLE,
	HTML_START_TITLE,
	HTML_START_SCRIPT,
	HTML_START_TABLE,
	HTML_START_SECTION, /* tbody, thead, tfoot */
	HTML_START_ROW,
	HTML_START_CELL,
};
enum {
	HTML_SPECIAL = 1, /* ends the search of an end tag for its element */
	HTML_SCOPE = 2,   /* ends the search of an element in scope */
	HTML_IMPLIED = 4, /* its end tag may be left out */
};

enum html_start html_start_of(GumboTag);
unsigned html_flags_of(GumboTag);
/* White space only. */
bool html_blank(struct span);

enum page_mode {
	PAGE_INITIAL,
	PAGE_BEFORE_HTML,
	PAGE_BEFORE_HEAD,
	PAGE_IN_HEAD,
	PAGE_AFTER_HEAD,
	PAGE_IN_BODY,
	PAGE_IN_TABLE,
	PAGE_IN_SECTION,
	PAGE_IN_ROW,
	PAGE_IN_CELL,
	PAGE_AFTER_BODY,
	PAGE_AFTER_PAGE,
};
struct page {
	struct arena *arena;
	struct html_lexer lexer;
	GumboNode *document;
	GumboNode *open[LIMIT_HTML_OPEN]; /* the stack of open elements */
	size_t depth;
	unsigned paragraphs; /* that are open */
	size_t sheets;       /* style elements so far */
	enum page_mode mode;
	enum { PAGE_QUIRKS, PAGE_NO_QUIRKS, PAGE_MAYBE_QUIRKS } quirks;
	bool odd;
	bool in_form;
	bool drop_newline;  /* the first in a pre */
	struct buffer text; /* not yet a node */
	const uint8_t *text_begin;
	bool text_white;
};

/* --- nodes --- */

GumboNode *page_current(const struct page *);
/* The tag of the Ith open element; of the topmost. GUMBO_TAG_LAST where there is none. */
GumboTag page_tag(const struct page *, size_t i);
GumboTag page_current_tag(const struct page *);
/* Text becomes a node where something else begins or ends. */
void page_text(struct page *, struct span raw, bool references);
void page_flush(struct page *);
bool page_comment(struct page *, GumboNode *parent, struct span raw);
/* An element that is open from now on; the token is NULL where its tag was left out. */
void page_push(struct page *, GumboTag, const struct html_token *);
void page_pop(struct page *);
bool page_void(struct page *, const struct html_token *);
/* Pops all down to the Ith, with it. Formatting that would last beyond it makes the page odd. */
void page_pop_through(struct page *, size_t i);
/* The place of a tag among the open elements, searched from the top to one with such a flag. */
bool page_find(const struct page *, GumboTag, unsigned barrier, size_t *ret);
/* Leaves the page to the full parser. True: the token needs no more reading. */
bool page_give_up(struct page *);

/* --- what a token means; false where the mode has changed and it is to be read anew --- */

/* An element without tags in it; its end tag is taken, too. */
bool page_raw(struct page *, const struct html_token *);
bool page_in_body(struct page *, struct html_token *);
bool page_in_table(struct page *, struct html_token *);
bool page_in_section(struct page *, struct html_token *);
bool page_in_row(struct page *, struct html_token *);
bool page_in_cell(struct page *, struct html_token *);

#endif
