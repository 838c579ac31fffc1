/* SPDX-License-Identifier: ISC */
/*
 * struct css: as much of style sheets as tells whether text can be seen. Selectors (Selectors Level 3) are applied with their
 * combinators, attributes, :not() and the place among siblings; rules for a state (:hover) or a part (::before) are only listed,
 * as are those in an @media that does not hold on every screen: such sheets show one of two versions of a text. Bounded:
 * CSS_RULES rules, CSS_WORK steps.
 */
#ifndef PARSERS_MESSAGE_CSS_H
#define PARSERS_MESSAGE_CSS_H

#include "parsers/base/arena.h"

enum { CSS_RULES = 20000, CSS_WORK = 4000000, CSS_CLASSES = 32, CSS_COMPOUNDS = 8 };

enum css_property {
	CSS_DISPLAY, CSS_VISIBILITY, CSS_FONT_SIZE, CSS_OPACITY, CSS_COLOR, CSS_BACKGROUND, CSS_WIDTH, CSS_HEIGHT,
	CSS_OVERFLOW, CSS_PLACE, CSS_POSITION, CSS_CLIP, CSS_MSO_HIDE, CSS_BACKGROUND_IMAGE, CSS_PROPERTY_COUNT,
};

enum { CSS_UNSET = 0, CSS_TRANSPARENT = -1, CSS_UNKNOWN = -2 };

/* Values that matter, each with the weight of the rule that set it; weight 0 is not set. */
struct css_style {
	struct css_value {
		unsigned weight;
		double number; /* px, or a factor where relative; colours as 0xRRGGBB or CSS_TRANSPARENT, CSS_UNKNOWN */
		bool relative; /* em or % */
		bool hides;    /* the keyword or value that hides: none, hidden, 0 ... */
	} value[CSS_PROPERTY_COUNT];
};

/* An element as selectors see it; those above and before it must still be there. */
struct css_element {
	struct span tag, id, classes; /* classes: the attribute as written */
	const struct css_element *parent, *before;
	unsigned place; /* among its siblings, from 1 */
	const void *node;
};

struct css;
/* ATTRIBUTE gives the value of an attribute of element.node, or NULL where it has none. */
struct css *css_new(struct arena *, const char *(*attribute)(const void *node, const char *name));
/* Adds the rules of a style element. TEXT must live as long as the arena. */
void css_sheet(struct css *, struct span text);
/* Whether any rule looks at more than the element itself. */
bool css_looks_round(const struct css *);
/* What the rules say of an element; false where none is about it. */
bool css_match(struct css *, struct css_style *, const struct css_element *);
/* What a style attribute says. */
void css_inline(struct css_style *, struct span text);
/* Sets what TEXT, a row of declarations, says, with the weight of its rule. */
void css_declarations(struct css_style *, struct span text, unsigned weight);
/* Without comments and with the escapes of letters undone; the same span where there is neither. */
struct span css_clean(struct arena *, struct span);
/* Whether a media query holds on every screen. */
bool css_media_always(struct span query);
/* Whether a listed but not applied rule sets a background or colour: then colours are not compared. */
bool css_uncertain(const struct css *);
/* A colour as HTML attributes write it, or CSS_UNKNOWN. */
double css_color(struct span);

/* Walks the rules of a sheet: selector text and declarations; MEDIA is set inside an @media that may not hold. False at the end. */
struct css_rule {
	struct span selector, body;
	bool media;
};
struct css_walk {
	struct span rest;
	unsigned depth;
	unsigned conditional; /* the depth at which what may not hold began, or 0 */
};
bool css_next(struct css_walk *, struct css_rule *ret);
/* Takes the next declaration off *REST: name and value trimmed. */
bool css_declaration(struct span *rest, struct span *ret_name, struct span *ret_value);

#endif
