/* SPDX-License-Identifier: ISC */
/* A gateway or list encoded the text anew: undone by trying the ways in which it may have been
 * encoded when it was signed. */
#include "parsers/dkim/repair.h"

/* The thing that was encoded anew: the whole body, or one part of it with its header. */
struct encoded {
	struct span content;
	struct span header;   /* of the part; none for the whole body */
	struct span encoding; /* the value in that header, or none */
	const char *word;     /* as it is now */
};

static const char *encoding_word(struct span value)
{
	static const char *const word[] = {"base64", "quoted-printable", "8bit", "7bit", "binary"};

	value = span_trim(span_sub(value, 0, span_chr(value, ';')));
	for (size_t i = 0; i < sizeof word / sizeof *word; i++)
		if (span_iis(value, word[i]))
			return word[i];
	return "7bit";
}

static struct span decode(struct search *s, const struct encoded *e)
{
	if (strcmp(e->word, "base64") == 0)
		return decode_base64_lines(s->arena, e->content);
	if (strcmp(e->word, "quoted-printable") == 0)
		return decode_quoted_printable(s->arena, e->content);
	return text_crlf(s->arena, e->content);
}

/* The part's header with another word in Content-Transfer-Encoding. */
static struct span header_with(struct search *s, const struct encoded *e, const char *word)
{
	struct span h = e->header, v = e->encoding;
	struct buffer b = BUFFER_INIT;
	struct span ret;

	if (!h.len || !v.ptr || strcmp(word, e->word) == 0)
		return h;
	buffer_add(&b, h.ptr, (size_t)(v.ptr - h.ptr));
	buffer_str(&b, word);
	buffer_add(&b, span_end(v), (size_t)(span_end(h) - span_end(v)));
	ret = arena_copy(s->arena, buffer_view(&b));
	buffer_release(&b);
	return ret;
}

static bool try_encoded(
	struct search *s, const struct encoded *e, struct span content, const char *word)
{
	struct rope rope = {.count = 0};
	size_t saved = s->edits;

	search_push(s, "re-encode", "the text was encoded anew", e->content, word, e->word);
	if (e->header.len) {
		rope_add(&rope, span_make(s->body.ptr, (size_t)(e->header.ptr - s->body.ptr)));
		rope_add(&rope, header_with(s, e, word));
		rope_add(&rope, content);
		rope_add(&rope, span_make(span_end(e->content),
					(size_t)(span_end(s->body) - span_end(e->content))));
		search_whole(s, &rope);
		if (e->header.len && s->body_open) { /* the part alone was the whole body, and a
							list wrapped it */
			rope.count = 0;
			rope_add(&rope, content);
			search_push(s, "multipart-wrap", "and the body was put into a multipart",
				span_make(s->body.ptr, (size_t)(e->content.ptr - s->body.ptr)),
				NULL, NULL);
			search_rope(s, &rope);
		}
	} else {
		rope_add(&rope, content);
		search_rope(s, &rope);
	}
	s->edits = saved;
	return search_over(s);
}

/* Base64 of every beginning of TEXT that ends with a line: a footer was added before it was
 * encoded. */
static bool try_base64_cuts(struct search *s, const struct encoded *e, struct span text)
{
	size_t saved = s->edits, at = text.len, lines = 0;

	while (at && lines++ < 60 && !search_over(s)) {
		struct rope rope = {.count = 0};
		struct span cut = span_sub(text, 0, at);

		if (lines > 1)
			search_push(s, "footer", "text was added at the end before it was encoded",
				SPAN_NONE, NULL,
				arena_text(s->v->arena,
					span_sub(span_trim(span_skip(text, at)), 0, 120)));
		rope_add(&rope, encode_base64_lines(s->arena, cut, 0));
		search_push(
			s, "re-encode", "the text was encoded anew", e->content, "base64", e->word);
		search_whole(s, &rope);
		s->edits = saved;
		at--;
		while (at && text.ptr[at - 1] != '\n')
			at--;
		if (at && lines % 2 == 0) /* without the line end before, too */
			continue;
	}
	return search_over(s);
}

static struct span text_lf(struct search *s, struct span text)
{
	uint8_t *out = arena_bytes(s->arena, text.len);
	size_t len = 0;

	for (size_t i = 0; i < text.len; i++)
		if (text.ptr[i] != '\r' || i + 1 == text.len || text.ptr[i + 1] != '\n')
			out[len++] = text.ptr[i];
	return span_make(out, len);
}

static bool try_forms(struct search *s, const struct encoded *e, struct span text)
{
	struct span crlf = text_crlf(s->arena, text), lf = text_lf(s, crlf);

	if (strcmp(e->word, "8bit") != 0 && strcmp(e->word, "7bit") != 0 &&
		try_encoded(s, e, crlf, "8bit"))
		return true;
	for (unsigned i = 0; i < QP_VARIANTS; i++)
		if (try_encoded(
			    s, e, encode_quoted_printable(s->arena, crlf, i), "quoted-printable"))
			return true;
	for (unsigned i = 0; i < BASE64_VARIANTS; i++)
		if (try_encoded(s, e, encode_base64_lines(s->arena, crlf, i), "base64") ||
			try_encoded(s, e, encode_base64_lines(s->arena, lf, i), "base64"))
			return true;
	return try_base64_cuts(s, e, crlf) || try_base64_cuts(s, e, lf);
}

/* UTF-8 to Latin-1, where all fits: list software converts the other way. */
static struct span latin1(struct search *s, struct span text)
{
	uint8_t *out = arena_bytes(s->arena, text.len + 1);
	size_t len = 0, wide = 0;

	for (size_t i = 0; i < text.len; i++) {
		uint8_t c = text.ptr[i];

		if (c < 128) {
			out[len++] = c;
		} else if ((c == 0xc2 || c == 0xc3) && i + 1 < text.len &&
			   (text.ptr[i + 1] & 0xc0) == 0x80) {
			out[len++] = (uint8_t)((c & 3) << 6 | (text.ptr[++i] & 63));
			wide++;
		} else {
			return SPAN_NONE;
		}
	}
	return wide ? span_make(out, len) : SPAN_NONE;
}

static bool repair_one(struct search *s, const struct encoded *e)
{
	struct span text = decode(s, e), other;

	if (!text.len)
		return search_over(s);
	if (try_forms(s, e, text))
		return true;
	other = latin1(s, text);
	return other.len ? try_forms(s, e, other) : search_over(s);
}

bool repair_codes(struct search *s)
{
	const struct field *field = message_field(s->v->message, NAME_CONTENT_TRANSFER_ENCODING, 0);
	struct encoded whole = {
		.content = s->body, .word = encoding_word(field ? field->value : SPAN_NONE)};

	if (!s->parts && repair_one(s, &whole))
		return true;
	for (size_t i = 0; i < s->parts; i++) {
		const struct body_part *p = &s->part[i];
		struct encoded e = {.content = p->content,
			.header = p->header,
			.encoding = p->encoding,
			.word = encoding_word(p->encoding)};

		if (!p->is_multipart && p->content.len < s->limit / 16 &&
			(!p->type.len || span_istarts(p->type, "text/")) && repair_one(s, &e))
			return true;
	}
	return search_over(s);
}
