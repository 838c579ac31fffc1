/* SPDX-License-Identifier: ISC */
/*
 * Inside the room: the set of words of a text, as numbers, to compare it with another's. Words are
 * letters, digits and all beyond ASCII, three bytes or more, the same in any case; an address or
 * URL has none. Linear whatever the text, and bounded.
 */
#ifndef PARSERS_FINDINGS_VOCABULARY_H
#define PARSERS_FINDINGS_VOCABULARY_H

#include "parsers/base/arena.h"

enum { VOCABULARY_MAX = 50000 };

struct vocabulary {
	uint32_t *word; /* ascending, each once */
	size_t count;
};

struct vocabulary vocabulary_of(struct arena *, struct span text);
/* How many words both have. */
size_t vocabulary_common(const struct vocabulary *, const struct vocabulary *);

#endif
