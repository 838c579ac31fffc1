/* SPDX-License-Identifier: ISC */
/* Inside the room: character references as mail writes them, for html_lex.h. */
#ifndef PARSERS_MESSAGE_HTML_REFS_H
#define PARSERS_MESSAGE_HTML_REFS_H

#include "parsers/base/span.h"

enum html_ref {
	HTML_REF_ODD,  /* rare or broken: for the full parser */
	HTML_REF_RUNE, /* a character, never white space; "&" itself where no reference begins */
};

/* What the "&" that S begins with means, and how many bytes it takes. */
enum html_ref html_ref(struct span s, uint32_t *ret_rune, size_t *ret_len);

#endif
