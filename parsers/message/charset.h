/* SPDX-License-Identifier: ISC */
/* Bytes of a message to UTF-8: by charset, and by encoded-words (RFC 2047). */
#ifndef PARSERS_MESSAGE_CHARSET_H
#define PARSERS_MESSAGE_CHARSET_H

#include "parsers/base/arena.h"

/*
 * S as UTF-8. ISO-8859-1 is read as windows-1252, as all mail programs do. No charset (NULL) or
 * US-ASCII: as it is where that is UTF-8, else the same as an unknown charset: windows-1252. Bad
 * bytes become U+FFFD. NULs stay.
 */
struct span charset_utf8(struct arena *, struct span s, const char *charset);
/* Whether iconv or we know it. */
bool charset_known(const char *charset);
/* A string of it: NULs become U+FFFD, so that nothing behind one is hidden. */
const char *charset_string(struct arena *, struct span utf8);
/* The same without a NUL behind it; UTF8 itself where it has none. */
struct span charset_text(struct arena *, struct span utf8);
/* Encoded-words of S (unfolded) decoded; neighbours of one charset are joined before; other bytes
 * stay as they are. */
struct span encoded_words(struct arena *, struct span s);
/* Whether S holds something of the form of an encoded-word. */
bool has_encoded_word(struct span s);
/* Length of the encoded-word at the start of S that follows the grammar (no blank, no control), or 0. *NO_END as a memory
 * between calls over one text, so that many of them stay linear. */
size_t encoded_word_length(struct span s, bool *no_end);
bool utf8_valid(struct span s);

#endif
