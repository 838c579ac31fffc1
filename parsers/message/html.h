/* SPDX-License-Identifier: ISC */
/*
 * struct html: what a reader of an HTML part sees, and what it holds besides: read by the HTML
 * standard's own rules (as browsers do), with places in the text. Nothing is fetched, no script
 * runs. The reader's work is bounded whatever the input: LIMIT_HTML bytes, LIMIT_HTML_TAGS tags,
 * and a budget for nesting; what was left out sets `limited`.
 *
 * Visibility comes from attributes, style attributes and the simple rules of style sheets (tag,
 * .class, #id and their compounds); a rule in @media or with combinators never hides text here.
 */
#ifndef PARSERS_MESSAGE_HTML_H
#define PARSERS_MESSAGE_HTML_H

#include "parsers/message/mime.h"

enum {
	LIMIT_HTML = 4 * 1024 * 1024,
	LIMIT_HTML_TAGS = 200000,
};

/* Why text is not seen (bits). */
enum html_hide {
	HTML_HIDE_DISPLAY = 1 << 0,    /* display:none, or the attribute `hidden` */
	HTML_HIDE_VISIBILITY = 1 << 1, /* visibility:hidden or collapse */
	HTML_HIDE_FONT = 1 << 2,       /* a font of at most one pixel */
	HTML_HIDE_OPACITY = 1 << 3,
	HTML_HIDE_SIZE = 1 << 4,  /* a box of no size whose overflow is hidden, or clipped away */
	HTML_HIDE_COLOR = 1 << 5, /* the colour of its background, or transparent */
	HTML_HIDE_PLACE = 1 << 6, /* moved off the page */
	HTML_HIDE_MSO = 1 << 7,   /* mso-hide:all: hidden in Outlook only */
};

/* A run of text between two tags. */
struct html_run {
	struct span text; /* UTF-8, entities decoded, white space as it stands */
	size_t offset;    /* in the text that was read */
	unsigned hidden;  /* bits of enum html_hide; 0 is visible */
	size_t seen;      /* visible bytes before it */
	bool block;       /* a line or block began between the run before and this one */
};

struct html_link {
	const char *href;   /* entities decoded, otherwise as written */
	struct url_view url; /* of the first LIMIT_URL bytes of href */
	const char *text;   /* its visible text, white space collapsed */
	size_t offset, len; /* the attribute's value in the text */
	unsigned hidden;    /* of the element */
	bool has_image;
};

enum html_kind {
	HTML_IMAGE,
	HTML_FRAME,
	HTML_OBJECT,
	HTML_SHEET,
	HTML_IMPORT,
	HTML_SCRIPT_SRC,
	HTML_MEDIA,
	HTML_BACKGROUND,
	HTML_FORM,
	HTML_REFRESH,
	HTML_BASE,
	HTML_HANDLER,
	HTML_SCRIPT,
	HTML_STYLE,
	HTML_INPUT,
	HTML_FOREIGN_OBJECT,
	HTML_KIND_COUNT,
};

/* An element or attribute that acts: loads, runs, sends or moves. */
struct html_item {
	enum html_kind kind;
	const char *value;  /* URL, action, script type, handler's name, style text, input's type;
			       never NULL */
	const char *body;   /* of HTML_SCRIPT and HTML_STYLE: the text; of HTML_HANDLER: the code; of
			       HTML_FORM: its method; of HTML_INPUT: its name; of HTML_FRAME: the
			       page that it holds itself; else NULL */
	size_t offset, len; /* in the text */
	int width, height;  /* of an image or frame in pixels; -1 where not stated */
	unsigned hidden;
	bool linked; /* an image inside a link */
	size_t form; /* of HTML_INPUT: index of its HTML_FORM item, or SIZE_MAX */
};

/* A grid of table cells or block characters that could be a QR code. */
struct html_grid {
	size_t offset;
	unsigned rows, columns;
};

struct html {
	struct html_run *run;
	size_t run_count, run_room;
	struct html_link *link;
	size_t link_count, link_room;
	struct html_item *item;
	size_t item_count, item_room;
	const char
		*visible; /* all visible text, white space collapsed, a line end for each block */
	size_t visible_len;
	size_t hidden_chars; /* letters and digits in hidden runs */
	/* Places where something unseen stands between two letters of one visible word. */
	size_t *split;
	size_t split_count, split_room;
	struct html_grid *grid;
	size_t grid_count, grid_room;
	const char *base;    /* of the first <base href>, or NULL */
	bool unclosed_tag;   /* the text ends inside a tag */
	bool unclosed_value; /* and there inside a quoted attribute value */
	size_t unclosed_offset;
	bool limited;
	size_t read; /* bytes of the text that were read */
};

static inline struct span html_visible(const struct html *html)
{
	return span_make(html->visible, html->visible_len);
}

/* Never fails. TEXT is borrowed for the call only. */
const struct html *html_parse(struct arena *, struct span text);
/* The same of a part's text, kept for the next caller. */
const struct html *part_html(struct arena *, struct mime *, struct part *);
/* What a reader sees of a text part: the visible text of HTML, all of others. */
struct span part_shown(struct arena *, struct mime *, struct part *);
/* Whether a part is HTML by its type (not by its name). */
bool part_is_html(const struct part *);
/* The place in raw of a place in part_text(). SIZE_MAX where it has none. */
size_t part_text_stored(struct arena *, struct mime *, struct part *, size_t at);
/* The bytes in raw of LEN bytes at AT of part_text(); empty where they have no place. */
struct span part_text_span(struct arena *, struct mime *, struct part *, size_t at, size_t len);

#endif
