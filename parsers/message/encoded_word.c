/* SPDX-License-Identifier: ISC */
/*
 * RFC 2047 2:	encoded-word = "=?" charset ["*" language] "?" encoding "?" encoded-text "?="
 *
 * Read more widely than the grammar, as mail programs do: anywhere, of any length, with blanks in
 * the text.
 */
#include "parsers/base/buffer.h"
#include "parsers/message/base64.h"
#include "parsers/message/charset.h"

enum { MAX_CHARSET = 60 };

struct word {
	struct span charset, text;
	char encoding; /* 'b' or 'q' */
	size_t len;    /* of all of it */
};

struct decoder {
	struct arena *arena;
	struct buffer out, bytes; /* the result; what is decoded and not yet converted */
	struct span charset;      /* of bytes */
	bool no_end;              /* no "?=" comes any more */
};

/* An encoded-word at the start of S. */
static bool read_word(struct span s, struct word *ret, bool *no_end)
{
	size_t at = 2, charset_end, end;

	if (*no_end || s.len < 8 || s.ptr[0] != '=' || s.ptr[1] != '?')
		return false;
	while (at < s.len && at < 2 + MAX_CHARSET && s.ptr[at] != '?' && s.ptr[at] > 32 &&
		s.ptr[at] < 127)
		at++;
	charset_end = at;
	if (at == 2 || at + 3 > s.len || s.ptr[at] != '?' || s.ptr[at + 2] != '?')
		return false;
	ret->encoding = (char)(s.ptr[at + 1] | 32);
	if (ret->encoding != 'b' && ret->encoding != 'q')
		return false;
	end = span_find(s, SPAN("?="), at + 3);
	if (end == s.len) {
		*no_end = true;
		return false;
	}
	ret->charset = span_sub(s, 2, charset_end);
	ret->charset.len = span_chr(ret->charset, '*'); /* RFC 2231 5: a language may follow */
	ret->text = span_sub(s, at + 3, end);
	ret->len = end + 2;
	return true;
}

bool has_encoded_word(struct span s)
{
	struct word word;
	bool no_end = false;

	for (size_t at = span_find(s, SPAN("=?"), 0); at < s.len;
		at = span_find(s, SPAN("=?"), at + 1))
		if (read_word(span_skip(s, at), &word, &no_end))
			return true;
	return false;
}

size_t encoded_word_length(struct span s, bool *no_end)
{
	struct word word;

	if (!read_word(s, &word, no_end))
		return 0;
	for (size_t i = 0; i < word.text.len; i++)
		if (word.text.ptr[i] <= 32 || word.text.ptr[i] >= 127)
			return 0;
	return word.len;
}

static void decode_q(struct buffer *out, struct span s)
{
	for (size_t i = 0; i < s.len; i++) {
		uint8_t c = s.ptr[i];
		int byte = c == '=' ? span_hex_byte(s, i + 1) : -1;

		if (byte >= 0) {
			c = (uint8_t)byte;
			i += 2;
		} else if (c == '_') {
			c = ' ';
		}
		buffer_char(out, (char)c);
	}
}

static void decode_b(struct buffer *out, struct span s)
{
	buffer_reserve(out, s.len + 8);
	out->len += base64_lenient(s, out->ptr + out->len);
}

static void flush(struct decoder *d)
{
	if (d->bytes.len)
		buffer_span(&d->out, charset_utf8(d->arena, buffer_view(&d->bytes),
					     arena_text(d->arena, d->charset)));
	buffer_clear(&d->bytes);
}

static bool only_space(struct span s)
{
	return span_trim(s).len == 0;
}

struct span encoded_words(struct arena *arena, struct span s)
{
	struct decoder d = {.arena = arena};
	size_t from = 0, at = span_find(s, SPAN("=?"), 0);
	bool after_word = false;
	struct word word;
	struct span result;

	if (at == s.len)
		return s;
	while (at < s.len) {
		if (!read_word(span_skip(s, at), &word, &d.no_end)) {
			if (d.no_end)
				break;
			at = span_find(s, SPAN("=?"), at + 1);
			continue;
		}
		/* RFC 2047 6.2: white space between two encoded-words is not shown. */
		bool adjacent = after_word && only_space(span_sub(s, from, at));

		if (!adjacent || !span_ieq(word.charset, d.charset))
			flush(&d);
		if (!adjacent)
			buffer_span(&d.out, span_sub(s, from, at));
		d.charset = word.charset;
		if (word.encoding == 'q')
			decode_q(&d.bytes, word.text);
		else
			decode_b(&d.bytes, word.text);
		from = at + word.len;
		after_word = true;
		at = span_find(s, SPAN("=?"), from);
	}
	flush(&d);
	buffer_span(&d.out, span_skip(s, from));
	result = arena_copy(arena, buffer_view(&d.out));
	buffer_release(&d.out);
	buffer_release(&d.bytes);
	return result;
}
