/* SPDX-License-Identifier: ISC */
/* Characters that deceive: kinds of single characters, and the scripts of a word. */
#ifndef PARSERS_FINDINGS_RUNES_H
#define PARSERS_FINDINGS_RUNES_H

#include "parsers/base/printable.h"

/* Shows nothing and takes no room, or looks like a blank that is none. */
bool rune_invisible(uint32_t);
/* Reverses or isolates what follows (U+202D, U+202E, U+2066 to U+2068). */
bool rune_override(uint32_t);
/* Any control of direction, marks included. */
bool rune_direction(uint32_t);
/* U+E0020 to U+E007F. */
bool rune_tag(uint32_t);
/* Letters drawn in another style: mathematical, fullwidth. */
bool rune_styled(uint32_t);
bool rune_fullwidth(uint32_t);
bool rune_letter(uint32_t);
/* Scripts whose writing needs zero-width joiners, or that join emoji. */
bool rune_joins(uint32_t);

enum script {
	SCRIPT_LATIN = 1 << 0,
	SCRIPT_GREEK = 1 << 1,
	SCRIPT_CYRILLIC = 1 << 2,
	SCRIPT_ARMENIAN = 1 << 3,
	SCRIPT_CHEROKEE = 1 << 4,
	SCRIPT_CJK = 1 << 5, /* Han, Kana, Hangul, Bopomofo */
	SCRIPT_OTHER = 1 << 6,
};
/* 0 for what belongs to no script of its own (digits, marks, punctuation). */
unsigned rune_script(uint32_t);

/* Takes the next character off *REST; bytes that are no UTF-8 come as U+FFFD. False at the end. */
bool rune_next(struct span *rest, uint32_t *ret);

#endif
