/* SPDX-License-Identifier: ISC */
/*
 * struct css: as much of style sheets as tells whether text can be seen. Rules with one compound selector are applied;
 * those with combinators, pseudo-classes or inside @media are only listed. Bounded: CSS_RULES rules, CSS_WORK matches.
 */
#ifndef PARSERS_MESSAGE_CSS_H
#define PARSERS_MESSAGE_CSS_H

#include "parsers/base/arena.h"

enum { CSS_RULES = 20000, CSS_WORK = 4000000, CSS_CLASSES = 32 };

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

struct css;
struct css *css_new(struct arena *);
/* Adds the rules of a style element. TEXT must live as long as the arena. */
void css_sheet(struct css *, struct span text);
/* What the rules say of an element; CLASSES is the class attribute, may be empty, as ID may. */
void css_match(struct css *, struct css_style *, struct span tag, struct span id, struct span classes);
/* What a style attribute says. */
void css_inline(struct css_style *, struct span text);
/* Whether a listed but not applied rule sets a background or colour: then colours are not compared. */
bool css_uncertain(const struct css *);
/* A colour as HTML attributes write it, or CSS_UNKNOWN. */
double css_color(struct span);

/* Walks the rules of a sheet: selector text and declarations; MEDIA is set inside @media. False at the end. */
struct css_rule {
	struct span selector, body;
	bool media;
};
struct css_walk {
	struct span rest;
	unsigned depth;
	bool media;
};
bool css_next(struct css_walk *, struct css_rule *ret);
/* Takes the next declaration off *REST: name and value trimmed. */
bool css_declaration(struct span *rest, struct span *ret_name, struct span *ret_value);

#endif
