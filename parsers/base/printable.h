/* SPDX-License-Identifier: ISC */
/*
 * The one place where bytes of a message, a snapshot or a file name are made fit for a terminal, a pipe or curses.
 * Control, format, bidirectional, zero-width, blank-looking, private and unassigned characters become `<U+202E>`,
 * bytes that are not UTF-8 become `<9B>`; everything else stays. The result is valid UTF-8 with no control character.
 */
#ifndef PARSERS_BASE_PRINTABLE_H
#define PARSERS_BASE_PRINTABLE_H

#include "parsers/base/arena.h"
#include "parsers/base/buffer.h"
#include "parsers/base/span.h"

/* One step through bytes: what was read and how it is to be shown. */
struct glyph {
	uint32_t rune;	/* the character, or the byte where not UTF-8 */
	size_t len;	/* bytes taken from the input, at least 1 */
	bool hostile;	/* shown as text: `<U+202E>`, `<9B>` */
	int columns;	/* as shown; 0 for a combining character */
	char text[16];	/* as shown, NUL-terminated UTF-8 */
};

/* Reads the next glyph at the start of S (not empty). Columns and what is assigned follow wcwidth(): the program sets a UTF-8
 * LC_CTYPE at its start; without one everything beyond ASCII is shown as `<U+...>`. */
struct glyph glyph_next(struct span);

/* How many bytes S begins with that are shown as they are, one column each: ASCII from SP to "~". */
size_t printable_plain(struct span);
/* Appends S as shown; never more than MAX columns where MAX is not 0 (then ends with "…" if cut). */
void printable_add(struct buffer *, struct span, size_t max_columns);
const char *printable(struct arena *, struct span);
const char *printable_cut(struct arena *, struct span, size_t max_columns);
static inline const char *printable_str(struct arena *arena, const char *s)
{
	return printable(arena, span_of(s));
}
/* Columns of text that was already made printable. */
size_t printable_columns(const char *);
/* Whether anything in S must be shown as `<...>`. */
bool printable_hostile(struct span);

/* Decodes one UTF-8 character strictly (no overlong form, no surrogate): its length, or 0 where it is none. */
size_t utf8_decode(struct span, uint32_t *ret);
/* Writes RUNE as UTF-8; returns its length (1 to 4). */
size_t utf8_encode(uint32_t rune, char ret[4]);
/* Columns of a character that is shown as it is: 0, 1 or 2. */
int rune_columns(uint32_t rune);

#endif
