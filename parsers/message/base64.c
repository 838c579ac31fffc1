/* SPDX-License-Identifier: ISC */
#include "parsers/message/base64.h"

#include "parsers/base/wide.h"

enum { NO = 64, PAD = 65 };

static const uint8_t values[256] = {
#define X8 NO, NO, NO, NO, NO, NO, NO, NO
#define X16 X8, X8
	X16, X16,
	/* SP to / */ X8, NO, NO, NO, 62, NO, NO, NO, 63,
	/* 0 to ? */ 52, 53, 54, 55, 56, 57, 58, 59, 60, 61, NO, NO, NO, PAD, NO, NO,
	/* @ to O */ NO, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14,
	/* P to _ */ 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, NO, NO, NO, NO, NO,
	/* ` to o */ NO, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40,
	/* p to DEL */ 41, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51, NO, NO, NO, NO, NO, X16, X16,
	X16, X16, X16, X16, X16, X16};

/* The bytes of a group of fewer than four characters: two make one, three make two. */
static size_t flush(uint32_t bits, unsigned count, uint8_t *out)
{
	size_t n = count > 1 ? count - 1 : 0;

	bits <<= 6 * (4 - count);
	for (size_t i = 0; i < n; i++)
		out[i] = (uint8_t)(bits >> (16 - 8 * i));
	return n;
}

size_t base64_lenient(struct span s, uint8_t *out)
{
	uint32_t bits = 0;
	unsigned count = 0;
	size_t len = 0;

	for (size_t i = 0; i < s.len; i++) {
		uint8_t v;

		while (count == 0 && i + 4 <= s.len) { /* whole groups without anything between */
			uint8_t a = values[s.ptr[i]], b = values[s.ptr[i + 1]],
				c = values[s.ptr[i + 2]], d = values[s.ptr[i + 3]];

			if ((a | b | c | d) & 64)
				break;
			bits = (uint32_t)a << 18 | (uint32_t)b << 12 | (uint32_t)c << 6 | d;
			out[len++] = (uint8_t)(bits >> 16);
			out[len++] = (uint8_t)(bits >> 8);
			out[len++] = (uint8_t)bits;
			i += 4;
		}
		if (i >= s.len)
			break;
		v = values[s.ptr[i]];
		if (v < NO) {
			bits = count ? bits << 6 | v : v;
			if (++count < 4)
				continue;
			out[len++] = (uint8_t)(bits >> 16);
			out[len++] = (uint8_t)(bits >> 8);
			out[len++] = (uint8_t)bits;
			count = 0;
		} else if (v == PAD) {
			len += count ? flush(bits, count, out + len) : 0;
			count = 0;
		}
	}
	return len + (count ? flush(bits, count, out + len) : 0);
}

size_t base64_run(struct span s)
{
	size_t n = 0;

	for (; n + WIDE <= s.len; n += WIDE) {
		wide v = wide_at(s.ptr + n);
		wide other = wide_not(
			wide_or(wide_or(wide_letters(v), wide_between(v, '/', '9')), wide_equal(v, '+')));

		if (wide_any(other))
			return n + wide_first(other);
	}
	while (n < s.len && values[s.ptr[n]] < NO)
		n++;
	return n;
}
