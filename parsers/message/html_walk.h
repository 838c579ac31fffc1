/* SPDX-License-Identifier: ISC */
/* The walk over the parser's tree, between the files that do it: html.c goes, html_items.c collects
 * what acts. */
#ifndef PARSERS_MESSAGE_HTML_WALK_H
#define PARSERS_MESSAGE_HTML_WALK_H

#include <gumbo.h>

#include "parsers/base/buffer.h"
#include "parsers/message/css.h"
#include "parsers/message/html.h"

/* What an element hands down to its content. */
struct frame {
	const GumboVector *children; /* yet to be visited from the one at */
	size_t child;
	unsigned hide;  /* reasons that no descendant undoes */
	bool invisible; /* visibility:hidden: a descendant may undo it */
	bool mso;
	double font; /* px */
	double color, background;
	bool painted;      /* a background was stated on it or above */
	bool image;        /* a background image lies behind */
	size_t link, form; /* 1 + index, or 0 */
	size_t table;      /* 1 + index in walk.table, or 0 */
	bool preformatted;
	bool block;
	const struct css_element *self, *last; /* itself, and the last element in it; where rules look at them */
};

struct table {
	size_t offset;
	unsigned rows, cells, columns, painted;
};

struct walk {
	struct arena *arena;
	struct html *html;
	struct css *css;
	struct css_element element; /* the one at hand, where rules look at no other */
	const char *start; /* of the text that the parser read */
	size_t len;
	struct frame *frame;
	size_t depth, frame_room;
	struct table *table;
	size_t table_count, table_room;
	struct buffer visible;
	struct buffer *link_text; /* one per open link, by frame.link; see begin_link() */
	bool space;               /* white space waits to be written */
	bool line;                /* a block began since the last run */
	/* For words split by what is not seen. */
	size_t css_urls; /* addresses found in sheets so far */
	uint32_t last;   /* the last visible character, 0 behind a block */
	size_t unseen;   /* place of what stands unseen behind it, or SIZE_MAX */
};

/* The place of a pointer into the text, or SIZE_MAX. */
size_t html_place(const struct walk *, const char *ptr);
/* Why text in this frame is not seen. */
unsigned html_hidden(const struct frame *);
/* NULL where the element has no such attribute. */
const GumboAttribute *html_attribute(const GumboElement *, const char *name);
const char *html_value(const GumboElement *, const char *name);
/* The first text below an element: of a style or script all there is. */
const char *html_child_text(const GumboElement *);

/* Adds what the element is: links, images, forms, sheets, scripts; a link, form or table changes
 * the frame. */
void html_element_items(
	struct walk *, struct frame *, const GumboElement *, const struct css_style *);
/* Handlers, backgrounds and styles, whatever the element. */
void html_element_attributes(struct walk *, const GumboElement *);

#endif
