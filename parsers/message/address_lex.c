/* SPDX-License-Identifier: ISC */
#include "parsers/message/address_lex.h"

#include "parsers/message/charset.h"

struct lexer {
	struct arena *arena;
	struct span s;
	size_t at;
	struct lexemes out;
	/* Nothing closes these any more: remembered, so that each is searched to the end only once.
	 */
	bool no_quote, no_paren, no_bracket, no_word;
};

/* What a byte is to a token. */
enum { SPECIAL = 1, SPACE = 2, OPENS = 4, CLOSES = 8 };
static const uint8_t kinds[256] = {
	['<'] = SPECIAL,
	['>'] = SPECIAL,
	[','] = SPECIAL,
	[';'] = SPECIAL,
	[':'] = SPECIAL,
	['@'] = SPECIAL,
	['.'] = SPECIAL,
	[' '] = SPACE,
	['\t'] = SPACE,
	['\r'] = SPACE,
	['\n'] = SPACE,
	['"'] = OPENS,
	['('] = OPENS,
	['['] = OPENS,
	[')'] = CLOSES,
	[']'] = CLOSES,
	['\\'] = CLOSES, /* like these a stray one where it stands in an atom */
};

static bool is_special(uint8_t c)
{
	return kinds[c] == SPECIAL;
}

/* Length of a quoted-string or literal that starts at S, or 0 where it does not close. */
static size_t delimited(struct span s, uint8_t close)
{
	for (size_t i = 1; i < s.len; i++) {
		if (s.ptr[i] == '\\')
			i++;
		else if (s.ptr[i] == close)
			return i + 1;
	}
	return 0;
}

static size_t comment(struct span s)
{
	size_t depth = 0;

	for (size_t i = 0; i < s.len; i++) {
		if (s.ptr[i] == '\\')
			i++;
		else if (s.ptr[i] == '(')
			depth++;
		else if (s.ptr[i] == ')' && --depth == 0)
			return i + 1;
	}
	return 0;
}

static bool has_special(struct span s)
{
	for (size_t i = 0; i < s.len; i++)
		if (kinds[s.ptr[i]] & (SPECIAL | OPENS | CLOSES) || !s.ptr[i])
			return true;
	return false;
}

/* A token that is closed by another character; false where it never is, and then the opening one is
 * part of an atom. */
static bool take_delimited(struct lexer *l, struct lexeme *token)
{
	struct span rest = span_skip(l->s, l->at);
	size_t len = 0;

	if (kinds[rest.ptr[0]] != OPENS && rest.ptr[0] != '=')
		return false;
	if (rest.ptr[0] == '"' && !l->no_quote) {
		token->kind = LEXEME_QUOTED;
		l->no_quote = !(len = delimited(rest, '"'));
	} else if (rest.ptr[0] == '(' && !l->no_paren) {
		token->kind = LEXEME_COMMENT;
		l->no_paren = !(len = comment(rest));
	} else if (rest.ptr[0] == '[' && !l->no_bracket) {
		token->kind = LEXEME_LITERAL;
		l->no_bracket = !(len = delimited(rest, ']'));
	} else if (rest.ptr[0] == '=') {
		token->kind = LEXEME_ATOM;
		len = encoded_word_length(rest, &l->no_word);
		token->encoded_word = len > 0;
		token->broken = len && has_special(span_sub(rest, 0, len));
	}
	l->at += len;
	return len > 0;
}

static void take_atom(struct lexer *l, struct lexeme *token)
{
	size_t from = l->at;

	token->kind = LEXEME_ATOM;
	for (; l->at < l->s.len; l->at++) {
		uint8_t kind = kinds[l->s.ptr[l->at]];

		if (!kind)
			continue;
		if (kind & (SPECIAL | SPACE) || (kind == OPENS && l->at > from))
			return;
		token->broken = true;
	}
}

struct lexemes address_lex(struct arena *arena, struct span value)
{
	struct lexer l = {.arena = arena, .s = value};
	bool space = false;

	for (;;) {
		struct lexeme *token;
		size_t from;

		for (; l.at < value.len && kinds[value.ptr[l.at]] == SPACE; l.at++)
			space = true;
		from = l.at;
		token = LIST_ADD(arena, l.out.token, l.out.count, l.out.room);
		token->space_before = space;
		if (from == value.len) {
			token->kind = LEXEME_END;
		} else if (is_special(value.ptr[from])) {
			token->kind = LEXEME_SPECIAL;
			token->special = (char)value.ptr[l.at++];
		} else if (!take_delimited(&l, token)) {
			take_atom(&l, token);
		}
		token->where = span_sub(value, from, l.at);
		if (token->kind == LEXEME_END)
			return l.out;
		space = token->kind == LEXEME_COMMENT;
	}
}

struct span lexeme_content(struct arena *arena, const struct lexeme *token)
{
	struct span s = token->where;
	uint8_t *out;
	size_t len = 0;

	if (token->kind != LEXEME_QUOTED && token->kind != LEXEME_COMMENT)
		return s;
	s = span_sub(s, 1, s.len - 1);
	out = arena_bytes(arena, s.len);
	for (size_t i = 0; i < s.len; i++) {
		if (s.ptr[i] == '\n' || (s.ptr[i] == '\r' && i + 1 < s.len && s.ptr[i + 1] == '\n'))
			continue;
		if (s.ptr[i] == '\\' && i + 1 < s.len)
			i++;
		out[len++] = s.ptr[i];
	}
	return span_make(out, len);
}
