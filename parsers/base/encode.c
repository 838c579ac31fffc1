/* SPDX-License-Identifier: ISC */
#include "parsers/base/encode.h"

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

static int value64(uint8_t c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (is_digit(c))
		return c - '0' + 52;
	return c == '+' ? 62 : c == '/' ? 63 : -1;
}

bool base64_decode(struct arena *arena, struct span s, struct span *ret)
{
	uint8_t *out = arena_bytes(arena, s.len / 4 * 3 + 3);
	uint32_t bits = 0;
	size_t len = 0;
	unsigned count = 0, pad = 0;

	for (size_t i = 0; i < s.len; i++) {
		uint8_t c = s.ptr[i];
		int v = value64(c);

		if (is_space(c))
			continue;
		if (c == '=') {
			pad++;
			continue;
		}
		if (v < 0 || pad)
			return false;
		bits = bits << 6 | (uint32_t)v;
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
