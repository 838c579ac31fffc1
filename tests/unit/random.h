/* SPDX-License-Identifier: ISC */
/* Random input for tests, the same on every run. */
#ifndef TESTS_UNIT_RANDOM_H
#define TESTS_UNIT_RANDOM_H

#include <stdint.h>
#include <string.h>

#include "parsers/base/span.h"

/* A number below BELOW; Marsaglia's xorshift. */
static inline uint64_t any(uint64_t below)
{
	static uint64_t state = 88172645463325252u;

	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (state >> 11) % below;
}

/* At most MAX bytes in ROOM, out of LETTERS, or any bytes where that is NULL. */
static inline struct span any_text(uint8_t *room, size_t max, const char *letters)
{
	size_t len = any(max + 1);

	for (size_t i = 0; i < len; i++)
		room[i] = letters ? (uint8_t)letters[any(strlen(letters))] : (uint8_t)any(256);
	return span_make(room, len);
}

#endif
