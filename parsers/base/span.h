/* SPDX-License-Identifier: ISC */
/*
 * struct span: borrowed bytes. May hold NULs, is never NUL-terminated, owns nothing. A span of a message keeps its
 * place: its offset is ptr - raw.ptr. ptr may be NULL only where len is 0.
 */
#ifndef PARSERS_BASE_SPAN_H
#define PARSERS_BASE_SPAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct span {
	const uint8_t *ptr;
	size_t len;
};

#define SPAN_NONE ((struct span){ NULL, 0 })
/* A span over a string literal. */
#define SPAN(s) ((struct span){ (const uint8_t *)(s), sizeof(s) - 1 })
/* For printf: "%.*s", SPAN_ARG(s). Only for bytes known to be harmless. */
#define SPAN_ARG(s) (int)(s).len, (const char *)(s).ptr

static inline struct span span_of(const char *s)
{
	return (struct span){ (const uint8_t *)s, s ? strlen(s) : 0 };
}

static inline struct span span_make(const void *ptr, size_t len)
{
	return (struct span){ ptr, len };
}

/* The bytes [from, to) of S, clamped to it. */
static inline struct span span_sub(struct span s, size_t from, size_t to)
{
	if (to > s.len)
		to = s.len;
	if (from > to)
		from = to;
	return (struct span){ s.ptr ? s.ptr + from : NULL, to - from };
}

static inline struct span span_skip(struct span s, size_t n)
{
	return span_sub(s, n, s.len);
}

static inline const uint8_t *span_end(struct span s)
{
	return s.ptr ? s.ptr + s.len : NULL;
}

/* Byte offset of S in RAW; S must lie within RAW. */
static inline size_t span_offset(struct span raw, struct span s)
{
	return s.ptr ? (size_t)(s.ptr - raw.ptr) : 0;
}

/* Whether S lies within RAW (and so has an offset). */
static inline bool span_within(struct span raw, struct span s)
{
	return s.ptr && raw.ptr && s.ptr >= raw.ptr && s.ptr + s.len <= raw.ptr + raw.len;
}

/*
 * Comparisons are inline for their lengths' sake: nearly all end there, and the length of a literal is known to the
 * compiler.
 */
static inline bool span_eq(struct span a, struct span b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}
/* ASCII case-insensitive, LEN bytes each. */
bool bytes_ieq(const uint8_t *a, const uint8_t *b, size_t len);
static inline bool span_ieq(struct span a, struct span b)
{
	return a.len == b.len && bytes_ieq(a.ptr, b.ptr, a.len);
}
static inline bool span_is(struct span a, const char *s)
{
	return span_eq(a, span_of(s));
}
static inline bool span_iis(struct span a, const char *s)
{
	/* Most differ in the first letter, so the length of S is not asked before. */
	return a.len ? ((a.ptr[0] ^ (uint8_t)*s) & 0xdf) == 0 && span_ieq(a, span_of(s)) : !*s;
}
static inline bool span_starts(struct span a, const char *prefix)
{
	return (!a.len || !*prefix || a.ptr[0] == (uint8_t)*prefix) &&
	       span_eq(span_sub(a, 0, strlen(prefix)), span_of(prefix));
}
static inline bool span_istarts(struct span a, const char *prefix)
{
	/* As above; the empty prefix begins all. */
	return (!a.len || !*prefix || ((a.ptr[0] ^ (uint8_t)*prefix) & 0xdf) == 0) &&
	       span_ieq(span_sub(a, 0, strlen(prefix)), span_of(prefix));
}
static inline bool span_iends(struct span a, const char *suffix)
{
	size_t len = strlen(suffix);

	return a.len >= len && span_ieq(span_skip(a, a.len - len), span_of(suffix));
}
/* No byte above 127. */
bool span_ascii(struct span s);
/* For tables: FNV-1a, eight bytes at a step. */
uint64_t span_hash(struct span);
/* Whether S is one of COUNT words (not empty ones), in any case. */
bool span_iany(struct span s, const char *const *word, size_t count);
/* First place of the byte, or s.len. */
static inline size_t span_chr(struct span s, uint8_t c)
{
	const uint8_t *p = s.len ? memchr(s.ptr, c, s.len) : NULL;

	return p ? (size_t)(p - s.ptr) : s.len;
}
/* Last place of the byte, or s.len. */
size_t span_rchr(struct span s, uint8_t c);
/* First place of NEEDLE at or after FROM, or s.len. */
size_t span_find(struct span s, struct span needle, size_t from);
size_t span_ifind(struct span s, struct span needle, size_t from);
/*
 * Takes the next line off *REST: the line with its line end (CRLF or LF) in the returned span, its length without in
 * *RET_LEN where that is not NULL. A lone CR does not end a line. Empty span at the end.
 */
struct span span_line(struct span *rest, size_t *ret_len);
/* Decimal digits only, the whole span; false if empty, not digits, or above MAX. */
bool span_number(struct span s, uint64_t max, uint64_t *ret);

static inline bool is_wsp(uint8_t c)
{
	return c == ' ' || c == '\t';
}
static inline bool is_space(uint8_t c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}
static inline bool is_digit(uint8_t c)
{
	return c >= '0' && c <= '9';
}
static inline bool is_alpha(uint8_t c)
{
	return (c | 32) >= 'a' && (c | 32) <= 'z';
}
static inline bool is_alnum(uint8_t c)
{
	return is_digit(c) || is_alpha(c);
}
static inline uint8_t ascii_lower(uint8_t c)
{
	return c >= 'A' && c <= 'Z' ? (uint8_t)(c + 32) : c;
}
/* -1 if not a hexadecimal digit. */
static inline int hex_value(uint8_t c)
{
	return is_digit(c) ? c - '0' : (c | 32) >= 'a' && (c | 32) <= 'f' ? (c | 32) - 'a' + 10 : -1;
}
/* The byte that two hexadecimal digits at AT write; -1 where no two stand there. */
static inline int span_hex_byte(struct span s, size_t at)
{
	int high = at + 1 < s.len ? hex_value(s.ptr[at]) : -1, low = high < 0 ? -1 : hex_value(s.ptr[at + 1]);

	return low < 0 ? -1 : high << 4 | low;
}

/* Without SP, HTAB, CR, LF at either end. Inline, as most spans have none there. */
static inline struct span span_trim_left(struct span s)
{
	size_t n = 0;

	while (n < s.len && is_space(s.ptr[n]))
		n++;
	return span_skip(s, n);
}
static inline struct span span_trim_right(struct span s)
{
	while (s.len && is_space(s.ptr[s.len - 1]))
		s.len--;
	return s;
}
static inline struct span span_trim(struct span s)
{
	return span_trim_left(span_trim_right(s));
}

#endif
