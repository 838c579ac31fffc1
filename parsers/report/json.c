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

/* The same of eight bytes, and of four in the low half of a word: texts are mostly short. */
static inline bool is_plain_word(uint64_t v)
{
	return !(eight_below(v, 0x20) | (v & EIGHT_HIGH) | eight_equal(v, 0x7f) | eight_equal(v, '"') |
		eight_equal(v, '\\'));
}

/* Copies LEN bytes, of 8 to 16 as two words that may overlap; whether all are plain. */
static inline bool copy_words(uint8_t *to, const uint8_t *from, size_t len)
{
	uint64_t first = eight_at(from), last = eight_at(from + len - 8);

	memcpy(to, &first, 8);
	memcpy(to + len - 8, &last, 8);
	return is_plain_word(first) && is_plain_word(last);
}

static inline bool copy_half_words(uint8_t *to, const uint8_t *from, size_t len)
{
	uint32_t half[2];
	uint64_t both;

	memcpy(&half[0], from, 4);
	memcpy(&half[1], from + len - 4, 4);
	memcpy(to, &half[0], 4);
	memcpy(to + len - 4, &half[1], 4);
	memcpy(&both, half, 8);
	return is_plain_word(both);
}

/* Copies up to the first byte that is not plain; returns how many. TO has room for LEN. */
static size_t copy_plain(uint8_t *to, const uint8_t *from, size_t len)
{
	size_t i = 0;

	while (len - i >= WIDE && copy_step(to + i, from + i))
		i += WIDE;
	/* The last step lies over the one before. */
	if (i ? len - i < WIDE && copy_step(to + len - WIDE, from + len - WIDE)
	      : len < WIDE && (len >= 8 ? copy_words(to, from, len) : len >= 4 && copy_half_words(to, from, len)))
		return len;
	for (; i < len && is_plain(from[i]); i++)
		to[i] = from[i];
	return i;
}

static void quote_rune(struct buffer *out, struct span *rest)
{
	uint32_t rune = 0xfffd; /* for a byte that is no UTF-8 */
	size_t len = utf8_decode(*rest, &rune);

	if (rune == '"' || rune == '\\') {
		buffer_char(out, '\\');
		buffer_char(out, (char)rune);
	} else {
		json_escape(out, rune);
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

void json_text(struct json *json, const char *text)
{
	size_t len = strlen(text), plain;
	uint8_t *at = json_room(json, len + 2);

	*at++ = '"';
	plain = copy_plain(at, (const uint8_t *)text, len);
	at += plain;
	if (plain < len) {
		json_end(json, at);
		quote_rest(json->out, span_make(text + plain, len - plain));
		at = json_room(json, 1);
	}
	*at = '"';
	json_end(json, at + 1);
}

void json_integer(struct json *json, int64_t value)
{
	uint64_t rest = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
	uint8_t *at = json_room(json, 20), *end;
	size_t len = 1;

	if (value < 0)
		*at++ = '-';
	for (uint64_t limit = 10; rest >= limit && len < 19; limit *= 10)
		len++;
	end = at + len;
	for (at = end; len > 0; len--, rest /= 10)
		*--at = (uint8_t)('0' + rest % 10);
	json_end(json, end);
}

void json_number(struct json *json, double value)
{
	if (value > -1e15 && value < 1e15 && value == (double)(int64_t)value)
		json_integer(json, (int64_t)value);
	else if (isfinite(value))
		buffer_printf(json->out, "%.9g", value);
	else
		buffer_str(json->out, "null");
}
