/* SPDX-License-Identifier: ISC */
/*
 * Inside the room: tags, text and comments of plainly written HTML, token by token, for
 * html_plain.h. Where the standard's tokenizer would repair or guess (a "<" that begins no tag, a
 * name it replaces characters of, a character reference without its ";"), the lexer says so and
 * leaves the page to the full parser.
 */
#ifndef PARSERS_MESSAGE_HTML_LEX_H
#define PARSERS_MESSAGE_HTML_LEX_H

#include <gumbo.h>

#include "parsers/base/buffer.h"

enum html_token_kind {
	HTML_TOKEN_END, /* of the text */
	HTML_TOKEN_TEXT,
	HTML_TOKEN_COMMENT,
	HTML_TOKEN_DOCTYPE,
	HTML_TOKEN_OPEN,
	HTML_TOKEN_CLOSE,
};

struct html_token {
	enum html_token_kind kind;
	struct span raw; /* as written */
	GumboTag tag;
	GumboVector attributes; /* of GumboAttribute, as the parser would give them */
};

struct html_lexer {
	struct arena *arena;
	struct span text;
	size_t at, tags; /* read so far */
	struct buffer value; /* room to decode in */
};

/* False where the page is none of the plain kind. */
bool html_lex(struct html_lexer *, struct html_token *);
/* The text of an element that holds no tags, from here to its end tag, which comes next. */
bool html_lex_raw(struct html_lexer *, GumboTag, struct span *ret);
/* Adds RAW as the parser reads it: line ends as LF and, where asked, references decoded. */
bool html_lex_text(struct buffer *, struct span raw, bool references);

#endif
