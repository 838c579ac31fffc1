/* SPDX-License-Identifier: ISC */
/* Subject: tags taken off, encoded-words written in other ways. */
#include "parsers/base/encode.h"
#include "parsers/dkim/repair_head.h"

static const char slug[] = "subject-tag", tag_text[] = "a tag was put into Subject";

/* "Re: ", "AW: ", "Fwd: " at the start: how long, with its blanks. */
static size_t reply_prefix(struct span s)
{
	size_t at = 0;

	while (at < s.len && at < 5 && is_alpha(s.ptr[at]))
		at++;
	if (at == 0 || at >= s.len || s.ptr[at] != ':')
		return 0;
	for (at++; at < s.len && is_space(s.ptr[at]);)
		at++;
	return at;
}

/* A tag at the start: [..], {..}, (..), ***..***, or a word in capitals with a colon; 0 where there
 * is none. */
static size_t tag_length(struct span s)
{
	static const char *const word[] = {"EXTERNAL:", "EXTERNAL -", "External:", "SPAM:", "Spam:",
		"EXT:", "[EXT]:", "CAUTION:", "WARNING:", "SUSPECTED SPAM:", "Spam?", "ADV:"};
	size_t at = 0;

	if (!s.len)
		return 0;
	if (s.ptr[0] == '[')
		at = span_chr(s, ']') + 1;
	else if (s.ptr[0] == '{')
		at = span_chr(s, '}') + 1;
	else if (s.ptr[0] == '<')
		at = span_chr(s, '>') + 1;
	else if (s.ptr[0] == '(')
		at = span_chr(s, ')') + 1;
	else if (span_starts(s, "**")) {
		for (at = 0; at < s.len && s.ptr[at] == '*';)
			at++;
		while (at < s.len && s.ptr[at] != '*')
			at++;
		while (at < s.len && s.ptr[at] == '*')
			at++;
	}
	for (size_t i = 0; !at && i < sizeof word / sizeof *word; i++)
		if (span_starts(s, word[i]))
			at = strlen(word[i]);
	return at > s.len ? 0 : at;
}

static struct span joined(struct arena *arena, struct span a, struct span b)
{
	uint8_t *out = arena_bytes(arena, a.len + b.len + 1);

	if (a.len)
		memcpy(out, a.ptr, a.len);
	if (b.len)
		memcpy(out + a.len, b.ptr, b.len);
	return span_make(out, a.len + b.len);
}

static void vary_words(struct head *h, struct entry *e, struct span s);

static void add_form(struct head *h, struct entry *e, struct span s)
{
	vary_strong(h, e, s, slug, tag_text);
	vary_words(h, e, s);
}

/* Off with up to three tags, before or behind "Re: ". */
static void vary_tags(struct head *h, struct entry *e, struct span s)
{
	struct arena *arena = h->s->arena;
	size_t reply = reply_prefix(s);
	struct span lead = span_sub(s, 0, reply), rest = span_skip(s, reply);

	for (int n = 0; n < 3; n++) {
		size_t tag = tag_length(rest), again;

		if (!tag)
			break;
		rest = span_trim_left(span_skip(rest, tag));
		add_form(h, e, joined(arena, lead, rest));
		again = reply_prefix(rest);
		if (reply && again)
			add_form(h, e, rest); /* "Re: [tag] Re: x" */
	}
}

/* "x (fwd)", "x [tag]" */
static void vary_tail(struct head *h, struct entry *e, struct span s)
{
	size_t at = s.len;

	if (s.len && (s.ptr[s.len - 1] == ']' || s.ptr[s.len - 1] == ')'))
		at = span_rchr(s, s.ptr[s.len - 1] == ']' ? '[' : '(');
	if (at && at < s.len)
		vary_weak(h, e, span_trim_right(span_sub(s, 0, at)), slug, tag_text);
}

/* One encoded-word with this content: "=?charset?B?...?=" */
static struct span word_of(struct arena *arena, struct span charset, bool base64, struct span bytes)
{
	struct buffer b = BUFFER_INIT;
	struct span ret;

	buffer_str(&b, "=?");
	buffer_span(&b, charset);
	buffer_str(&b, base64 ? "?B?" : "?Q?");
	if (base64) {
		buffer_str(&b, base64_encode(arena, bytes));
	} else {
		for (size_t i = 0; i < bytes.len; i++) {
			uint8_t c = bytes.ptr[i];

			if (c == ' ')
				buffer_char(&b, '_');
			else if (is_alnum(c) || strchr("!*+-/", c))
				buffer_char(&b, (char)c);
			else
				buffer_printf(&b, "=%02X", c);
		}
	}
	buffer_str(&b, "?=");
	ret = arena_copy(arena, buffer_view(&b));
	buffer_release(&b);
	return ret;
}

static bool read_word(struct arena *arena, struct span *rest, struct span *ret_charset,
	bool *ret_base64, struct buffer *bytes)
{
	struct span s = span_trim_left(*rest), text, decoded;
	size_t q1, q2, end;

	if (!span_starts(s, "=?"))
		return false;
	q1 = 2 + span_chr(span_skip(s, 2), '?');
	q2 = q1 + 1 + span_chr(span_skip(s, q1 + 1), '?');
	end = span_find(s, SPAN("?="), q2 + 1);
	if (end >= s.len || q2 != q1 + 2)
		return false;
	*ret_charset = span_sub(s, 2, q1);
	*ret_base64 = (s.ptr[q1 + 1] | 32) == 'b';
	text = span_sub(s, q2 + 1, end);
	if (*ret_base64) {
		if (!base64_decode(arena, text, &decoded))
			return false;
	} else {
		uint8_t *spaced = (uint8_t *)(uintptr_t)arena_copy(arena, text).ptr;

		for (size_t i = 0; i < text.len; i++)
			if (spaced[i] == '_')
				spaced[i] = ' ';
		decoded = decode_quoted_printable(
			arena, joined(arena, span_make(spaced, text.len), SPAN("\n")));
		decoded = span_sub(decoded, 0, decoded.len - 2);
	}
	buffer_span(bytes, decoded);
	*rest = span_skip(s, end + 2);
	return true;
}

/* All encoded-words in one, in the charset's own case and others, B and Q, or plain where it is. */
static void vary_words(struct head *h, struct entry *e, struct span s)
{
	static const char text[] = "encoded-words in Subject were written anew";
	struct arena *arena = h->s->arena;
	size_t start = span_find(s, SPAN("=?"), 0);
	struct span lead = span_sub(s, 0, start), rest = span_skip(s, start), charset = SPAN_NONE;
	struct buffer bytes = BUFFER_INIT;
	bool base64 = false, any = false;
	uint8_t *upper;

	while (read_word(arena, &rest, &charset, &base64, &bytes))
		any = true;
	if (!any) {
		buffer_release(&bytes);
		return;
	}
	upper = (uint8_t *)(uintptr_t)arena_copy(arena, charset).ptr;
	for (size_t i = 0; i < charset.len; i++)
		if (upper[i] >= 'a' && upper[i] <= 'z')
			upper[i] = (uint8_t)(upper[i] - 32);
	for (int b = 0; b < 2; b++) {
		struct span lower = span_of(arena_lower(arena, charset));
		struct span forms[3] = {charset, span_make(upper, charset.len), lower};

		for (size_t i = 0; i < 3; i++) {
			struct span word = word_of(arena, forms[i], b == 0, buffer_view(&bytes));

			vary_weak(h, e, joined(arena, lead, joined(arena, word, rest)),
				"encoded-word", text);
		}
	}
	vary_weak(h, e,
		joined(arena, lead, joined(arena, arena_copy(arena, buffer_view(&bytes)), rest)),
		"encoded-word", text);
	buffer_release(&bytes);
}

struct span words_decoded(struct arena *arena, struct span value)
{
	struct buffer out = BUFFER_INIT;
	struct span charset, ret = SPAN_NONE;
	bool base64, any = false, after_word = false;

	while (value.len) {
		/* White space between two words belongs to neither (RFC 2047 6.2). */
		struct span rest = after_word ? span_trim_left(value) : value;

		if (span_starts(rest, "=?") && read_word(arena, &rest, &charset, &base64, &out)) {
			any = after_word = true;
			value = rest;
			continue;
		}
		after_word = false;
		buffer_char(&out, (char)value.ptr[0]);
		value = span_skip(value, 1);
	}
	if (any)
		ret = arena_copy(arena, buffer_view(&out));
	buffer_release(&out);
	return ret;
}

void vary_subject(struct head *h, struct entry *e)
{
	struct span s;

	if (!e->field)
		return;
	s = span_trim(e->field->value);
	vary_tags(h, e, s);
	vary_tail(h, e, s);
	vary_words(h, e, s);
}
