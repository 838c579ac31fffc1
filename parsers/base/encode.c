/* SPDX-License-Identifier: ISC */
#include "parsers/base/encode.h"

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

enum { SPACE = 64, PAD, BAD };

/* What a byte is in base64: its value, or what else. */
static inline uint8_t code_of(uint8_t c)
{
	static const uint8_t code['z' - '+' + 1] = {
		62, BAD, BAD, BAD, 63, 52, 53, 54, 55, 56, 57, 58, 59, 60, 61, BAD, BAD, BAD, PAD, BAD,
		BAD, BAD, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17,
		18, 19, 20, 21, 22, 23, 24, 25, BAD, BAD, BAD, BAD, BAD, BAD, 26, 27, 28, 29, 30, 31,
		32, 33, 34, 35, 36, 37, 38, 39, 40, 41, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51,
	};

	return c >= '+' && c <= 'z' ? code[c - '+'] : is_space(c) ? SPACE : BAD;
}

/* The bits of the four characters at I; false where they are not four that count. */
static inline bool four_at(struct span s, size_t i, uint32_t *ret)
{
	const uint8_t *p = s.ptr + i;
	uint32_t a, b, c, d;

	if (s.len - i < 4)
		return false;
	a = code_of(p[0]);
	b = code_of(p[1]);
	c = code_of(p[2]);
	d = code_of(p[3]);
	*ret = a << 18 | b << 12 | c << 6 | d;
	return (a | b | c | d) < SPACE;
}

bool base64_decode(struct arena *arena, struct span s, struct span *ret)
{
	uint8_t *out = arena_bytes(arena, s.len / 4 * 3 + 3);
	uint32_t bits = 0;
	size_t len = 0;
	unsigned count = 0, pad = 0;

	for (size_t i = 0; i < s.len; i++) {
		uint8_t c;

		while (count % 4 == 0 && !pad && four_at(s, i, &bits)) {
			out[len++] = (uint8_t)(bits >> 16);
			out[len++] = (uint8_t)(bits >> 8);
			out[len++] = (uint8_t)bits;
			i += 4;
		}
		if (i == s.len)
			break;
		c = code_of(s.ptr[i]);
		if (c == SPACE)
			continue;
		if (c == PAD) {
			pad++;
			continue;
		}
		if (c == BAD || pad)
			return false;
		bits = bits << 6 | c;
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
