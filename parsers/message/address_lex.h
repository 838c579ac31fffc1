/* SPDX-License-Identifier: ISC */
/* Tokens of a structured field with addresses (RFC 5322 3.2), for address.c. Linear; every byte but
 * white space is in one. */
#ifndef PARSERS_MESSAGE_ADDRESS_LEX_H
#define PARSERS_MESSAGE_ADDRESS_LEX_H

#include "parsers/base/arena.h"

enum lexeme_kind {
	LEXEME_ATOM,   /* a run of bytes that are neither special nor white space; 8-bit and control
			  bytes too */
	LEXEME_QUOTED, /* quoted-string, with its quotes */
	LEXEME_COMMENT, /* with its parentheses, nested ones inside */
	LEXEME_LITERAL, /* [192.0.2.1] */
	LEXEME_SPECIAL, /* one of < > , ; : @ . */
	LEXEME_END,
};

struct lexeme {
	enum lexeme_kind kind;
	char special;      /* of LEXEME_SPECIAL, else 0 */
	bool space_before; /* white space or a comment stands before it */
	bool broken; /* a stray bracket, quote or backslash, or a special inside an encoded-word */
	bool encoded_word; /* an atom of that form */
	struct span where;
};

struct lexemes {
	struct lexeme *token; /* ends with a LEXEME_END */
	size_t count, room;
};

struct lexemes address_lex(struct arena *, struct span value);
/* The content of a quoted-string or comment without its delimiters, backslashes undone, line ends
 * of folds taken out. */
struct span lexeme_content(struct arena *, const struct lexeme *);

#endif
