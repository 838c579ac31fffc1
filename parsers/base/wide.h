/* SPDX-License-Identifier: ISC */
/*
 * As many bytes at a time as every machine of its kind can: sixteen with SSE2, else eight. A comparison gives a `wide` in which the
 * bytes that it holds for are marked.
 */
#ifndef PARSERS_BASE_WIDE_H
#define PARSERS_BASE_WIDE_H

#include <stdbool.h>

#include "parsers/base/eight.h"

#ifdef __SSE2__
#include <emmintrin.h>

enum { WIDE = 16 };
typedef __m128i wide;

static inline wide wide_at(const uint8_t *p)
{
	return _mm_loadu_si128((const __m128i *)(const void *)p);
}
static inline void wide_put(uint8_t *p, wide v)
{
	_mm_storeu_si128((__m128i *)(void *)p, v);
}
static inline wide wide_equal(wide v, char c)
{
	return _mm_cmpeq_epi8(v, _mm_set1_epi8(c));
}
/* Below C, which is 127 at most, or above 127. */
static inline wide wide_outside(wide v, char c)
{
	return _mm_cmplt_epi8(v, _mm_set1_epi8(c));
}
static inline wide wide_or(wide a, wide b)
{
	return _mm_or_si128(a, b);
}
static inline wide wide_and(wide a, wide b)
{
	return _mm_and_si128(a, b);
}
static inline wide wide_xor(wide a, wide b)
{
	return _mm_xor_si128(a, b);
}
static inline wide wide_not(wide marks)
{
	return _mm_xor_si128(marks, _mm_set1_epi8(-1));
}
static inline wide wide_all(char c)
{
	return _mm_set1_epi8(c);
}
static inline bool wide_any(wide marks)
{
	return _mm_movemask_epi8(marks) != 0;
}
/* A bit for each byte, the first byte's the lowest. */
static inline uint64_t wide_bits(wide marks)
{
	return (uint64_t)_mm_movemask_epi8(marks);
}
/* The place of the first mark; there is one. */
static inline size_t wide_first(wide marks)
{
	return (size_t)__builtin_ctz((unsigned)_mm_movemask_epi8(marks));
}
#else
enum { WIDE = 8 };
typedef uint64_t wide;

static inline wide wide_at(const uint8_t *p)
{
	return eight_at(p);
}
static inline void wide_put(uint8_t *p, wide v)
{
	memcpy(p, &v, sizeof v);
}
static inline wide wide_equal(wide v, char c)
{
	return eight_equal(v, (uint8_t)c);
}
static inline wide wide_outside(wide v, char c)
{
	return eight_below(v, (uint8_t)c) | (v & EIGHT_HIGH);
}
static inline wide wide_or(wide a, wide b)
{
	return a | b;
}
static inline wide wide_and(wide a, wide b)
{
	return a & b;
}
static inline wide wide_xor(wide a, wide b)
{
	return a ^ b;
}
static inline wide wide_not(wide marks)
{
	return marks ^ EIGHT_HIGH;
}
static inline wide wide_all(char c)
{
	return EIGHT_ONES * (uint8_t)c;
}
static inline bool wide_any(wide marks)
{
	return marks != 0;
}
static inline uint64_t wide_bits(wide marks)
{
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
	marks = __builtin_bswap64(marks);
#endif
	/* the bit of byte I, at 8 I, comes to 56 + I; all others to other places */
	return (marks >> 7) * UINT64_C(0x0102040810204080) >> 56;
}
static inline size_t wide_first(wide marks)
{
	return eight_first(marks);
}
#endif

/* From FIRST to LAST, which is 126 at most. */
static inline wide wide_between(wide v, char first, char last)
{
	return wide_xor(wide_outside(v, first), wide_outside(v, (char)(last + 1)));
}
static inline wide wide_letters(wide v)
{
	return wide_between(wide_or(v, wide_all(' ')), 'a', 'z');
}

#endif
