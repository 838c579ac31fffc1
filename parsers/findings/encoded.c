/* SPDX-License-Identifier: ISC */
#include "parsers/findings/encoded.h"

#include "parsers/base/buffer.h"

enum { ENCODED_WORD_MAX = 75 };    /* RFC 2047 2 */
enum { ENCODED_WORD_READ = 4096 }; /* longer ones are met, but not without end */

static int base64_value(uint8_t c)
{
	if (is_alpha(c))
		return c >= 'a' ? c - 'a' + 26 : c - 'A';
	if (is_digit(c))
		return c - '0' + 52;
	return c == '+' ? 62 : c == '/' ? 63 : -1;
}

/* As lenient as clients are: what is wrong is skipped and told. */
static struct span decode_b(struct arena *arena, struct span s, bool *bad)
{
	uint8_t *out = arena_bytes(arena, s.len + 1);
	size_t len = 0;
	unsigned bits = 0, held = 0;

	for (size_t i = 0; i < s.len && s.ptr[i] != '='; i++) {
		int value = base64_value(s.ptr[i]);

		if (value < 0) {
			*bad = true;
			continue;
		}
		held = (held << 6 | (unsigned)value) & 0xffff;
		bits += 6;
		if (bits >= 8) {
			bits -= 8;
			out[len++] = (uint8_t)(held >> bits);
		}
	}
	return span_make(out, len);
}

static struct span decode_q(struct arena *arena, struct span s, bool *bad)
{
	uint8_t *out = arena_bytes(arena, s.len + 1);
	size_t len = 0;

	for (size_t i = 0; i < s.len; i++) {
		int byte = s.ptr[i] == '=' ? span_hex_byte(s, i + 1) : -1;

		if (byte >= 0) {
			out[len++] = (uint8_t)byte;
			i += 2;
		} else {
			*bad |= s.ptr[i] == '=';
			out[len++] = s.ptr[i] == '_' ? ' ' : s.ptr[i];
		}
	}
	return span_make(out, len);
}

static void decode_word(struct arena *arena, struct encoded_word *word, struct span text)
{
	word->bad = word->charset.len == 0 || word->encoding == 0;
	word->too_long = word->where.len > ENCODED_WORD_MAX;
	if (word->encoding == 'b')
		word->bytes = decode_b(arena, text, &word->bad);
	else if (word->encoding == 'q')
		word->bytes = decode_q(arena, text, &word->bad);
}

/* encoded-word = "=?" charset "?" encoding "?" encoded-text "?="; the text has no "?" and no white
 * space, but is met with both. */
static size_t scan_word(struct arena *arena, struct span s, struct encoded_word *ret)
{
	size_t charset, encoding, end;

	s = span_sub(s, 0, ENCODED_WORD_READ);
	charset = span_chr(span_skip(s, 2), '?') + 2;

	if (charset >= s.len || charset > 62)
		return 0;
	encoding = charset + 1 + span_chr(span_skip(s, charset + 1), '?');
	if (encoding >= s.len || encoding - charset > 20)
		return 0;
	for (end = encoding + 1; end + 1 < s.len && !(s.ptr[end] == '?' && s.ptr[end + 1] == '=');
		end++)
		if (s.ptr[end] == '\n')
			return 0;
	if (end + 1 >= s.len)
		return 0;
	ret->where = span_sub(s, 0, end + 2);
	ret->charset = span_sub(s, 2, charset);
	ret->charset = span_sub(ret->charset, 0, span_chr(ret->charset, '*'));
	if (encoding == charset + 2 && strchr("bBqQ", s.ptr[charset + 1]) && s.ptr[charset + 1])
		ret->encoding = (char)ascii_lower(s.ptr[charset + 1]);
	decode_word(arena, ret, span_sub(s, encoding + 1, end));
	return end + 2;
}

bool encoded_next(struct arena *arena, struct span *rest, struct encoded_word *ret)
{
	size_t at = span_find(*rest, SPAN("=?"), 0);

	if (at >= rest->len) {
		*rest = span_skip(*rest, rest->len);
		return false;
	}
	*ret = (struct encoded_word){.where = SPAN_NONE};

	struct span s = span_skip(*rest, at);
	size_t len = scan_word(arena, s, ret);

	if (len == 0) {
		for (len = 2; len < s.len && len < ENCODED_WORD_READ && !is_space(s.ptr[len]);
			len++)
			;
		ret->where = span_sub(s, 0, len);
		ret->bytes = SPAN_NONE;
		ret->bad = true;
	}
	*rest = span_skip(s, len);
	return true;
}

struct span encoded_replace(struct arena *arena, struct span s)
{
	struct buffer out = BUFFER_INIT;
	struct encoded_word word;
	struct span rest = s;
	const uint8_t *from = s.ptr;

	while (encoded_next(arena, &rest, &word)) {
		buffer_add(&out, from, (size_t)(word.where.ptr - from));
		buffer_span(&out, word.bytes.ptr ? word.bytes : word.where);
		from = span_end(word.where);
	}
	if (from)
		buffer_add(&out, from, (size_t)(span_end(s) - from));

	struct span copy = arena_copy(arena, buffer_view(&out));

	buffer_release(&out);
	return copy;
}

bool charset_hides_ascii(struct span charset)
{
	static const char *const prefix[] = {"utf-7", "unicode-1-1-utf-7", "csunicode11utf7",
		"utf7", "hz-gb-2312", "iso-2022-kr", "iso-2022-cn", "ebcdic", "cp037", "ibm037",
		"cp500", "ibm500", "cp1047", "ibm1047", "utf-16", "utf-32", "ucs-2", "ucs-4"};

	for (size_t i = 0; i < sizeof prefix / sizeof *prefix; i++)
		if (span_istarts(charset, prefix[i]))
			return true;
	return false;
}
