/* SPDX-License-Identifier: ISC */
#include "parsers/message/html_lex.h"

#include "parsers/base/printable.h"
#include "parsers/base/wide.h"
#include "parsers/message/html_refs.h"

enum { LIMIT_ATTRIBUTES = 64 };

static bool is_white(uint8_t c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}

static bool is_name(uint8_t c)
{
	return is_alnum(c) || c == ':' || c == '_' || c == '-' || c == '.';
}

static uint8_t peek(const struct html_lexer *l, size_t ahead)
{
	return l->at + ahead < l->text.len ? l->text.ptr[l->at + ahead] : 0;
}

static void skip_white(struct html_lexer *l)
{
	while (is_white(peek(l, 0)))
		l->at++;
}

static struct span take_name(struct html_lexer *l)
{
	size_t start = l->at;

	while (is_name(peek(l, 0)))
		l->at++;
	return span_sub(l->text, start, l->at);
}

/* The next place of C, or the end of the text. */
static size_t next_of(const struct html_lexer *l, uint8_t c)
{
	return l->at + span_chr(span_skip(l->text, l->at), c);
}

/* --- text --- */

/* Nothing to replace or decode: ASCII that is no control, and tab, line feed and form feed. */
static bool is_literal(uint8_t c)
{
	return (c >= ' ' && c < 0x7f && c != '&') || c == '\n' || c == '\t' || c == '\f';
}

/* Not ASCII: the length of a character that the parser takes as it is, or 0. */
static size_t rune_length(struct span s)
{
	uint32_t rune;
	size_t len = utf8_decode(s, &rune);

	return rune < 0xa0 || (rune >= 0xfdd0 && rune < 0xfdf0) || (rune & 0xfffe) == 0xfffe ? 0
											     : len;
}

/* What S begins with and is not literal; returns how much of S it takes, 0 where it is odd. */
static size_t add_special(struct buffer *b, struct span s, bool references)
{
	size_t len = 1;

	if (*s.ptr == '\r') {
		buffer_char(b, '\n');
		return s.len > 1 && s.ptr[1] == '\n' ? 2 : 1;
	}
	if (*s.ptr == '&' && references) {
		char utf8[4];
		uint32_t rune;

		if (html_ref(s, &rune, &len) == HTML_REF_ODD)
			return 0;
		buffer_add(b, utf8, utf8_encode(rune, utf8));
		return len;
	}
	if (*s.ptr != '&')
		len = *s.ptr < 0x80 ? 0 : rune_length(s);
	buffer_add(b, s.ptr, len);
	return len;
}

/* How many bytes S begins with that are literal. */
static size_t literal_length(struct span s)
{
	size_t n = 0;

	/* The last bytes are looked at a second time rather than one by one. */
	for (size_t last = s.len - WIDE; s.len >= WIDE && n < s.len; n += WIDE) {
		n = n < last ? n : last;

		wide v = wide_at(s.ptr + n);
		wide printed = wide_xor(wide_between(v, ' ', '~'), wide_equal(v, '&'));
		wide white = wide_or(wide_between(v, '\t', '\n'), wide_equal(v, '\f'));
		wide other = wide_not(wide_or(printed, white));

		if (wide_any(other))
			return n + wide_first(other);
	}
	while (n < s.len && is_literal(s.ptr[n]))
		n++;
	return n;
}

bool html_lex_text(struct buffer *b, struct span raw, bool references)
{
	while (raw.len > 0) {
		size_t n = literal_length(raw);

		buffer_add(b, raw.ptr, n);
		raw = span_skip(raw, n);
		if (raw.len == 0)
			break;
		n = add_special(b, raw, references);
		if (n == 0)
			return false;
		raw = span_skip(raw, n);
	}
	return true;
}

/* --- tags --- */

static GumboStringPiece piece(struct span s)
{
	return (GumboStringPiece){(const char *)s.ptr, s.len};
}

/* attribute-value-unquoted without what the standard calls a mistake in it */
static struct span take_unquoted(struct html_lexer *l)
{
	size_t start = l->at;

	while (l->at < l->text.len && !is_white(peek(l, 0)) && !strchr(">\"'<`", peek(l, 0)))
		l->at++;
	return span_sub(l->text, start, l->at);
}

/* What stands behind "=". *RET_WRITTEN has its quotes. */
static bool take_value(struct html_lexer *l, struct span *ret_value, struct span *ret_written)
{
	uint8_t quote = peek(l, 0);
	size_t start = l->at;

	if (quote != '"' && quote != '\'') {
		*ret_value = *ret_written = take_unquoted(l);
		return ret_value->len > 0 && *ret_value->ptr != '&';
	}
	l->at++;
	*ret_value = span_sub(l->text, l->at, next_of(l, quote));
	l->at += ret_value->len + 1;
	*ret_written = span_sub(l->text, start, l->at);
	return l->at <= l->text.len;
}

static bool has_attribute(const GumboVector *list, const char *name)
{
	for (unsigned i = 0; i < list->length; i++)
		if (strcmp(((const GumboAttribute *)list->data[i])->name, name) == 0)
			return true;
	return false;
}

static bool add_attribute(struct html_lexer *l, struct html_token *t, const GumboAttribute *a)
{
	GumboVector *list = &t->attributes;
	size_t room = list->capacity;

	if (list->length == LIMIT_ATTRIBUTES || has_attribute(list, a->name))
		return false;
	list->data = arena_grow(l->arena, list->data, list->length, &room, sizeof *list->data);
	list->capacity = (unsigned)room;
	list->data[list->length] = ARENA_NEW(l->arena, GumboAttribute);
	*(GumboAttribute *)list->data[list->length++] = *a;
	return true;
}

static bool lex_attribute(struct html_lexer *l, struct html_token *t)
{
	struct span name = take_name(l), value = SPAN_NONE, written = name;
	GumboAttribute a = {.attr_namespace = GUMBO_ATTR_NAMESPACE_NONE};

	if (name.len == 0)
		return false;
	skip_white(l);
	if (peek(l, 0) == '=') {
		l->at++;
		skip_white(l);
		if (!take_value(l, &value, &written))
			return false;
		if (!is_white(peek(l, 0)) && peek(l, 0) != '>' && peek(l, 0) != '/')
			return false;
	}
	buffer_clear(&l->value);
	if (!html_lex_text(&l->value, value, true))
		return false;
	a.name = arena_lower(l->arena, name);
	a.value = arena_text(l->arena, buffer_view(&l->value));
	a.original_name = piece(name);
	a.original_value = piece(written);
	return add_attribute(l, t, &a);
}

static bool lex_tag(struct html_lexer *l, struct html_token *t)
{
	struct span name = take_name(l);

	l->tags++;
	t->tag = gumbo_tagn_enum((const char *)name.ptr, (unsigned)name.len);
	for (;;) {
		bool gap = is_white(peek(l, 0));

		skip_white(l);
		if (peek(l, 0) == '/' && peek(l, 1) == '>')
			l->at++;
		if (peek(l, 0) == '>')
			break;
		if (!gap || t->kind == HTML_TOKEN_CLOSE || !lex_attribute(l, t))
			return false;
	}
	l->at++;
	return true;
}

/* --- what is no tag --- */

/* "<!--" to "-->", without the other ways in which a comment may end. */
static bool lex_comment(struct html_lexer *l)
{
	struct span inside = span_skip(l->text, l->at + 4);
	size_t len = span_find(inside, SPAN("-->"), 0);

	inside = span_sub(inside, 0, len + 3);
	l->at += 4 + len + 3;
	return l->at <= l->text.len && !span_starts(inside, ">") && !span_starts(inside, "->") &&
	       span_find(inside, SPAN("--!"), 0) == inside.len;
}

/* "<!" or "<?" to the next ">": a doctype, or what counts as a comment. */
static bool lex_declaration(struct html_lexer *l)
{
	l->at = next_of(l, '>') + 1;
	return l->at <= l->text.len;
}

static bool lex_markup(struct html_lexer *l, struct html_token *t)
{
	struct span rest = span_skip(l->text, l->at);

	if (span_starts(rest, "<!--")) {
		t->kind = HTML_TOKEN_COMMENT;
		return lex_comment(l);
	}
	if (span_istarts(rest, "<![CDATA["))
		return false;
	t->kind = span_istarts(rest, "<!doctype") ? HTML_TOKEN_DOCTYPE : HTML_TOKEN_COMMENT;
	return lex_declaration(l);
}

bool html_lex(struct html_lexer *l, struct html_token *t)
{
	size_t start = l->at;
	bool ok = true;

	*t = (struct html_token){.kind = HTML_TOKEN_END, .tag = GUMBO_TAG_LAST};
	if (l->at == l->text.len)
		return true;
	if (peek(l, 0) != '<') {
		t->kind = HTML_TOKEN_TEXT;
		l->at = next_of(l, '<');
	} else if (peek(l, 1) == '!' || peek(l, 1) == '?') {
		ok = lex_markup(l, t);
	} else {
		t->kind = peek(l, 1) == '/' ? HTML_TOKEN_CLOSE : HTML_TOKEN_OPEN;
		l->at += t->kind == HTML_TOKEN_CLOSE ? 2 : 1;
		ok = is_alpha(peek(l, 0)) && lex_tag(l, t);
	}
	t->raw = span_sub(l->text, start, l->at);
	return ok;
}

bool html_lex_raw(struct html_lexer *l, GumboTag tag, struct span *ret)
{
	struct span name = span_of(gumbo_normalized_tagname(tag));
	size_t start = l->at;

	while ((l->at = next_of(l, '<')) < l->text.len) {
		struct span rest = span_skip(l->text, l->at + 2);

		if (peek(l, 1) == '/' && span_ieq(span_sub(rest, 0, name.len), name))
			break;
		l->at++;
	}
	*ret = span_sub(l->text, start, l->at);
	return l->at < l->text.len;
}
