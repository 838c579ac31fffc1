/* SPDX-License-Identifier: ISC */
#include "parsers/base/encode.h"

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/* What a byte is in base64: a digit with its value, or what else; 0 for what must not stand there. */
enum { VALUE = 0x3f, DIGIT = 0x40, SPACE = 1, PAD };

#define DIGITS_8(v) DIGIT | (v), DIGIT | ((v) + 1), DIGIT | ((v) + 2), DIGIT | ((v) + 3), \
	DIGIT | ((v) + 4), DIGIT | ((v) + 5), DIGIT | ((v) + 6), DIGIT | ((v) + 7)
#define DIGITS_2(v) DIGIT | (v), DIGIT | ((v) + 1)

static const uint8_t code[256] = {
	['\t'] = SPACE,
	['\n'] = SPACE,
	['\r'] = SPACE,
	[' '] = SPACE,
	['='] = PAD,
	['A'] = DIGITS_8(0), DIGITS_8(8), DIGITS_8(16), DIGITS_2(24),
	['a'] = DIGITS_8(26), DIGITS_8(34), DIGITS_8(42), DIGITS_2(50),
	['0'] = DIGITS_8(52), DIGITS_2(60),
	['+'] = DIGIT | 62,
	['/'] = DIGIT | 63,
};

/* The bits of the four characters at P; false where they are not four digits. */
static inline bool four_at(const uint8_t *p, uint32_t *ret)
{
	uint8_t a = code[p[0]], b = code[p[1]], c = code[p[2]], d = code[p[3]];

	*ret = (uint32_t)(a & VALUE) << 18 | (uint32_t)(b & VALUE) << 12 |
	       (uint32_t)(c & VALUE) << 6 | (d & VALUE);
	return a & b & c & d & DIGIT;
}

bool base64_decode(struct arena *arena, struct span s, struct span *ret)
{
	uint8_t *out = arena_bytes(arena, s.len / 4 * 3 + 3);
	uint32_t bits = 0;
	size_t len = 0;
	unsigned count = 0, pad = 0;

	for (size_t i = 0; i < s.len; i++) {
		uint8_t c;

		while (count % 4 == 0 && !pad && s.len - i >= 4 && four_at(s.ptr + i, &bits)) {
			out[len++] = (uint8_t)(bits >> 16);
			out[len++] = (uint8_t)(bits >> 8);
			out[len++] = (uint8_t)bits;
			i += 4;
		}
		if (i == s.len)
			break;
		c = code[s.ptr[i]];
		if (c == SPACE)
			continue;
		if (c == PAD) {
			pad++;
			continue;
		}
		if (!(c & DIGIT) || pad)
			return false;
		bits = bits << 6 | (c & VALUE);
		if (++count % 4 == 0) {
			out[len++] = (uint8_t)(bits >> 16);
			out[len++] = (uint8_t)(bits >> 8);
			out[len++] = (uint8_t)bits;
		}
	}
	switch (count % 4) {
	case 0:
		if (pad)
			return false;
		break;
	case 1:
		return false;
	case 2:
		if (pad != 2 || bits & 0xf)
			return false;
		out[len++] = (uint8_t)(bits >> 4);
		break;
	case 3:
		if (pad != 1 || bits & 0x3)
			return false;
		out[len++] = (uint8_t)(bits >> 10);
		out[len++] = (uint8_t)(bits >> 2);
		break;
	}
	*ret = span_make(out, len);
	return true;
}

char *base64_encode(struct arena *arena, struct span s)
{
	char *out = (char *)arena_bytes(arena, (s.len + 2) / 3 * 4 + 1), *p = out;

	for (size_t i = 0; i < s.len; i += 3) {
		size_t left = s.len - i;
		uint32_t bits = (uint32_t)s.ptr[i] << 16;

		if (left > 1)
			bits |= (uint32_t)s.ptr[i + 1] << 8;
		if (left > 2)
			bits |= s.ptr[i + 2];
		*p++ = alphabet[bits >> 18];
		*p++ = alphabet[bits >> 12 & 63];
		*p++ = left > 1 ? alphabet[bits >> 6 & 63] : '=';
		*p++ = left > 2 ? alphabet[bits & 63] : '=';
	}
	*p = 0;
	return out;
}

char *hex_encode(struct arena *arena, struct span s)
{
	static const char digit[] = "0123456789abcdef";
	char *out = (char *)arena_bytes(arena, s.len * 2 + 1);

	for (size_t i = 0; i < s.len; i++) {
		out[2 * i] = digit[s.ptr[i] >> 4];
		out[2 * i + 1] = digit[s.ptr[i] & 15];
	}
	out[2 * s.len] = 0;
	return out;
}

bool hex_decode(struct arena *arena, struct span s, struct span *ret)
{
	uint8_t *out = arena_bytes(arena, s.len / 2 + 1);

	if (s.len % 2)
		return false;
	for (size_t i = 0; i < s.len; i += 2) {
		int byte = span_hex_byte(s, i);

		if (byte < 0)
			return false;
		out[i / 2] = (uint8_t)byte;
	}
	*ret = span_make(out, s.len / 2);
	return true;
}

struct span escape_decode(struct arena *arena, struct span s, char mark)
{
	uint8_t *out = arena_bytes(arena, s.len + 1);
	size_t len = 0;

	for (size_t i = 0; i < s.len; i++) {
		int byte = s.ptr[i] == (uint8_t)mark ? span_hex_byte(s, i + 1) : -1;

		out[len++] = byte < 0 ? s.ptr[i] : (uint8_t)byte;
		i += byte < 0 ? 0 : 2;
	}
	return span_make(out, len);
}
