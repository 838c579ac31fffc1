/* SPDX-License-Identifier: ISC */
#include "parsers/report/json.h"

#include "parsers/base/printable.h"

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

/* Eight bytes that are all plain, at a time: records are mostly such. A byte that is zero borrows,
 * which shows in its highest bit. */
static bool plain_eight(const uint8_t *p)
{
	static const uint64_t ones = 0x0101010101010101, high = 0x8080808080808080;
	uint64_t v, control, quote, slash, rubout;

	memcpy(&v, p, sizeof v);
	control = (v - ones * 0x20) & ~v;
	quote = v ^ ones * '"';
	slash = v ^ ones * '\\';
	rubout = v ^ ones * 0x7f;
	return !((v | control | ((quote - ones) & ~quote) | ((slash - ones) & ~slash) |
			 ((rubout - ones) & ~rubout)) &
		 high);
}

static void json_quote(struct buffer *out, struct span s)
{
	buffer_char(out, '"');
	for (size_t i = 0; i < s.len;) {
		size_t run = i;

		while (s.len - run >= 8 && plain_eight(s.ptr + run))
			run += 8;
		while (run < s.len && is_plain(s.ptr[run]))
			run++;
		buffer_add(out, s.ptr + i, run - i);
		if (run == s.len)
			break;
		i = run;

		uint32_t rune;
		size_t len = utf8_decode(span_skip(s, i), &rune);

		if (rune == '"' || rune == '\\') {
			buffer_char(out, '\\');
			buffer_char(out, (char)rune);
		} else {
			json_escape(out, len ? rune : 0xfffd);
		}
		i += len ? len : 1;
	}
	buffer_char(out, '"');
}

/* Keys are our own words: plain ASCII. */
static void json_key(struct json *json, const char *key)
{
	if (json->comma)
		buffer_char(json->out, ',');
	json->comma = true;
	if (key) {
		buffer_char(json->out, '"');
		buffer_str(json->out, key);
		buffer_add(json->out, "\":", 2);
	}
}

void member_open(struct json *json, const char *key, char bracket)
{
	json_key(json, key);
	buffer_char(json->out, bracket);
	json->comma = false;
}

void member_close(struct json *json, char bracket)
{
	buffer_char(json->out, bracket);
	json->comma = true;
}

void member_text(struct json *json, const char *key, const char *text)
{
	json_key(json, key);
	if (text)
		json_quote(json->out, span_of(text));
	else
		buffer_add(json->out, "null", 4);
}

void member_string(struct json *json, const char *key, const char *text)
{
	member_text(json, key, text ? text : "");
}

void member_integer(struct json *json, const char *key, int64_t value)
{
	char digits[24], *p = digits + sizeof digits;
	uint64_t rest = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;

	do
		*--p = (char)('0' + rest % 10);
	while (rest /= 10);
	if (value < 0)
		*--p = '-';
	json_key(json, key);
	buffer_add(json->out, p, (size_t)(digits + sizeof digits - p));
}

void member_number(struct json *json, const char *key, double value)
{
	if (isfinite(value) && value == floor(value) && fabs(value) < 1e15) {
		member_integer(json, key, (int64_t)value);
		return;
	}
	json_key(json, key);
	if (isfinite(value))
		buffer_printf(json->out, "%.9g", value);
	else
		buffer_add(json->out, "null", 4);
}

void member_bool(struct json *json, const char *key, bool value)
{
	json_key(json, key);
	buffer_str(json->out, value ? "true" : "false");
}

void member_null(struct json *json, const char *key)
{
	member_text(json, key, NULL);
}
