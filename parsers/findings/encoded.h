/* SPDX-License-Identifier: ISC */
/* Encoded-words (RFC 2047 2) as they stand in a field: what each claims and the bytes that it
 * hides. */
#ifndef PARSERS_FINDINGS_ENCODED_H
#define PARSERS_FINDINGS_ENCODED_H

#include "parsers/base/arena.h"

struct encoded_word {
	struct span where;   /* "=?" to "?=" */
	struct span charset; /* without the language of RFC 2231 5 */
	char encoding;       /* 'b', 'q', or 0 for another */
	struct span bytes;   /* decoded as far as can be, in the arena */
	bool bad;            /* does not decode, an unknown encoding, or no charset */
	bool too_long;       /* over 75 octets */
};

/*
 * Takes *REST forward to behind the next encoded-word. False, and *RET left alone, where there is none. What begins like
 * one and does not end is reported once as bad, with what follows "=?" up to white space.
 */
bool encoded_next(struct arena *, struct span *rest, struct encoded_word *ret);
/* S with every encoded-word replaced by its bytes, as a program does that decodes before it parses.
 */
struct span encoded_replace(struct arena *, struct span s);
/* A charset in which ASCII text can be written with other bytes: "utf-7". */
bool charset_hides_ascii(struct span);

#endif
