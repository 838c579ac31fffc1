/* SPDX-License-Identifier: ISC */
/*
 * Eight bytes at a time, for what looks at every byte of a dump: a word of them in, a word out whose bytes have their high bit
 * set where the answer is yes.
 */
#ifndef PARSERS_BASE_EIGHT_H
#define PARSERS_BASE_EIGHT_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define EIGHT_ONES UINT64_C(0x0101010101010101)
#define EIGHT_HIGH UINT64_C(0x8080808080808080)

static inline uint64_t eight_at(const uint8_t *p)
{
	uint64_t v;

	memcpy(&v, p, sizeof v);
	return v;
}

static inline void eight_put(uint8_t *p, uint64_t v)
{
	memcpy(p, &v, sizeof v);
}

/* Which are C. */
static inline uint64_t eight_equal(uint64_t v, uint8_t c)
{
	uint64_t x = v ^ EIGHT_ONES * c;

	/* Only 0 stays without its high bit when 127 is added to the other seven. */
	return ~(((x & ~EIGHT_HIGH) + EIGHT_ONES * 0x7f) | x) & EIGHT_HIGH;
}

/* Which are below C, which is 128 at most. */
static inline uint64_t eight_below(uint64_t v, uint8_t c)
{
	return ~((v & ~EIGHT_HIGH) + EIGHT_ONES * (0x80u - c)) & ~v & EIGHT_HIGH;
}

/* In ASCII lower case. */
static inline uint64_t eight_lower(uint64_t v)
{
	return v | (eight_below(v, 'Z' + 1) & ~eight_below(v, 'A')) >> 2;
}

/* The place of the first yes in memory's order; FLAGS has one. */
static inline size_t eight_first(uint64_t flags)
{
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
	return (size_t)__builtin_clzll(flags) / 8;
#else
	return (size_t)__builtin_ctzll(flags) / 8;
#endif
}

/* The same of the last one. */
static inline size_t eight_last(uint64_t flags)
{
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
	return 7 - (size_t)__builtin_ctzll(flags) / 8;
#else
	return 7 - (size_t)__builtin_clzll(flags) / 8;
#endif
}

#endif
