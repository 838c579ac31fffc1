/* SPDX-License-Identifier: ISC */
#include "parsers/report/json.h"

#include "parsers/base/printable.h"
#include "parsers/base/wide.h"

#include <math.h>
#include <stdio.h>

static void json_escape(struct buffer *out, uint32_t rune)
{
	static const char hex[] = "0123456789abcdef";
	uint32_t unit[2] = {rune, 0};
	size_t units = 1;

	if (rune > 0xffff) { /* RFC 8259 7: a surrogate pair */
		unit[0] = 0xd7c0 + (rune >> 10);
		unit[1] = 0xdc00 + (rune & 0x3ff);
		units = 2;
	}
	for (size_t i = 0; i < units; i++) {
		uint32_t u = unit[i];
		char text[6] = {'\\', 'u', hex[u >> 12 & 15], hex[u >> 8 & 15], hex[u >> 4 & 15],
			hex[u & 15]};

		buffer_add(out, text, sizeof text);
	}
}

static inline bool is_plain(uint8_t c)
{
	return c >= 0x20 && c < 0x7f && c != '"' && c != '\\';
}

/* Copies WIDE bytes; whether all are plain: records are mostly such. */
static inline bool copy_step(uint8_t *to, const uint8_t *from)
{
	wide v = wide_at(from);

	wide_put(to, v);
	return !wide_any(wide_or(wide_or(wide_outside(v, ' '), wide_equal(v, 0x7f)),
		wide_or(wide_equal(v, '"'), wide_equal(v, '\\'))));
}

/* Copies up to the first byte that is not plain; returns how many. TO has room for LEN. */
static size_t copy_plain(uint8_t *to, const uint8_t *from, size_t len)
{
	size_t i = 0;

	while (len - i >= WIDE && copy_step(to + i, from + i))
		i += WIDE;
	/* The last step lies over the one before. */
	if (i && len - i < WIDE && copy_step(to + len - WIDE, from + len - WIDE))
		return len;
	for (; i < len && is_plain(from[i]); i++)
		to[i] = from[i];
	return i;
}

static void quote_rune(struct buffer *out, struct span *rest)
{
	uint32_t rune;
	size_t len = utf8_decode(*rest, &rune);

	if (rune == '"' || rune == '\\') {
		buffer_char(out, '\\');
		buffer_char(out, (char)rune);
	} else {
		json_escape(out, len ? rune : 0xfffd);
	}
	*rest = span_skip(*rest, len ? len : 1);
}

/* The end of S behind its first byte that is not plain. */
static void quote_rest(struct buffer *out, struct span s)
{
	while (s.len) {
		size_t plain;

		buffer_reserve(out, s.len);
		plain = copy_plain(out->ptr + out->len, s.ptr, s.len);
		out->len += plain;
		s = span_skip(s, plain);
		if (s.len)
			quote_rune(out, &s);
	}
}

/* Room for the key, MORE bytes of value and what stands around them; the key written, and where the value goes. */
static uint8_t *begin(struct json *json, const char *key, size_t key_len, size_t more)
{
	struct buffer *out = json->out;
	uint8_t *at;

	if (out->room - out->len < key_len + more + 8)
		buffer_reserve(out, key_len + more + 8);
	at = out->ptr + out->len;
	if (json->comma)
		*at++ = ',';
	json->comma = true;
	if (key) {
		*at++ = '"';
		memcpy(at, key, key_len);
		at += key_len;
		*at++ = '"';
		*at++ = ':';
	}
	return at;
}

static void end(struct json *json, uint8_t *at)
{
	*at = 0;
	json->out->len = (size_t)(at - json->out->ptr);
}

void json_plain(struct json *json, const char *key, size_t key_len, const char *text, size_t len)
{
	uint8_t *at = begin(json, key, key_len, len);

	memcpy(at, text, len);
	end(json, at + len);
}

void json_open(struct json *json, const char *key, size_t key_len, char bracket)
{
	uint8_t *at = begin(json, key, key_len, 1);

	*at = (uint8_t)bracket;
	end(json, at + 1);
	json->comma = false;
}

void member_close(struct json *json, char bracket)
{
	buffer_char(json->out, bracket);
	json->comma = true;
}

void json_text(struct json *json, const char *key, size_t key_len, const char *text)
{
	size_t len, plain;
	uint8_t *at;

	if (!text) {
		json_plain(json, key, key_len, "null", 4);
		return;
	}
	len = strlen(text);
	at = begin(json, key, key_len, len);
	*at++ = '"';
	plain = copy_plain(at, (const uint8_t *)text, len);
	at += plain;
	if (plain < len) {
		end(json, at);
		quote_rest(json->out, span_make(text + plain, len - plain));
		buffer_char(json->out, '"');
		return;
	}
	*at++ = '"';
	end(json, at);
}

void json_integer(struct json *json, const char *key, size_t key_len, int64_t value)
{
	char digits[24], *p = digits + sizeof digits;
	uint64_t rest = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;

	do
		*--p = (char)('0' + rest % 10);
	while (rest /= 10);
	if (value < 0)
		*--p = '-';
	json_plain(json, key, key_len, p, (size_t)(digits + sizeof digits - p));
}

void json_number(struct json *json, const char *key, size_t key_len, double value)
{
	char text[32];
	int len;

	if (value > -1e15 && value < 1e15 && value == (double)(int64_t)value) {
		json_integer(json, key, key_len, (int64_t)value);
		return;
	}
	len = isfinite(value) ? snprintf(text, sizeof text, "%.9g", value) : snprintf(text, sizeof text, "null");
	json_plain(json, key, key_len, text, (size_t)len);
}
