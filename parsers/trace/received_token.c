/* SPDX-License-Identifier: ISC */
#include "parsers/trace/received.h"

/* Where each "(" closes, in the order of the "(": found with one stack, so that nesting costs
 * nothing. */
struct parens {
	size_t *close; /* SIZE_MAX where never */
	size_t next;   /* index of the next "(" to come */
	bool unbalanced;
};

static struct parens find_parens(struct arena *arena, struct span s)
{
	struct parens parens = {0};
	size_t count = 0, depth = 0, seen = 0, *stack;

	if (span_chr(s, '(') == s.len) {
		parens.unbalanced = span_chr(s, ')') < s.len;
		return parens;
	}
	for (size_t i = span_chr(s, '('); i < s.len; i += 1 + span_chr(span_skip(s, i + 1), '('))
		count++;
	parens.close = ARENA_ARRAY(arena, size_t, count);
	stack = ARENA_ARRAY(arena, size_t, count);
	for (size_t i = 0; i < s.len; i++) {
		if (s.ptr[i] > ')' && s.ptr[i] != '\\')
			continue; /* all but a few, at one glance */
		if (s.ptr[i] == '\\' && depth && i + 1 < s.len && s.ptr[i + 1] != '(') {
			i++; /* quoted-pair = "\" (VCHAR / WSP); "\(" is seen as "(", as most
				servers' peers do not escape */
		} else if (s.ptr[i] == '(') {
			stack[depth++] = seen;
			parens.close[seen++] = SIZE_MAX;
		} else if (s.ptr[i] == ')') {
			if (depth)
				parens.close[stack[--depth]] = i;
			else
				parens.unbalanced = true;
		}
	}
	parens.unbalanced |= depth > 0;
	return parens;
}

struct scanner {
	struct arena *arena;
	struct span s;
	size_t at;
	struct parens parens;
	bool no_angle, no_bracket,
		no_quote; /* a closing one was looked for and there is none any more */
	bool loose;
	struct token_list list;
};

static void add_token(struct scanner *sc, enum token_kind kind, size_t from, size_t to, size_t edge)
{
	struct token *token = LIST_ADD(sc->arena, sc->list.token, sc->list.count, sc->list.room);

	token->kind = kind;
	token->whole = span_sub(sc->s, from, to);
	token->text = span_sub(token->whole, edge, token->whole.len - edge);
	token->loose = sc->loose;
	sc->loose = false;
	sc->at = to;
}

/* A token from an opening delimiter to the next closing one; false where there is no closing one.
 */
static bool delimited(struct scanner *sc, enum token_kind kind, uint8_t close, bool *gone)
{
	size_t end;

	if (*gone)
		return false;
	end = sc->at + 1 + span_chr(span_skip(sc->s, sc->at + 1), close);
	if (end >= sc->s.len) {
		*gone = true;
		return false;
	}
	add_token(sc, kind, sc->at, end + 1, 1);
	return true;
}

/* "(" ... ")" as one token; a "(" that is never closed is dropped and marks what follows it. */
static void comment(struct scanner *sc)
{
	size_t close = sc->parens.close[sc->parens.next++];

	if (close == SIZE_MAX) {
		sc->loose = true;
		sc->at++;
		return;
	}
	for (size_t i = sc->at + 1; i < close; i++)
		sc->parens.next += sc->s.ptr[i] == '(';
	add_token(sc, TOKEN_COMMENT, sc->at, close + 1, 1);
}

static bool ends_word(uint8_t c)
{
	static const bool ends[256] = {[' '] = true,
		['\t'] = true,
		['\r'] = true,
		['\n'] = true,
		['('] = true,
		[')'] = true,
		[';'] = true,
		['['] = true,
		['<'] = true,
		['"'] = true};

	return ends[c];
}

static void word(struct scanner *sc)
{
	size_t from = sc->at, to = sc->at + 1;

	while (to < sc->s.len && !ends_word(sc->s.ptr[to]))
		to++;
	sc->at = to;
	while (to > from && sc->s.ptr[to - 1] == ',')
		to--;
	if (to > from) {
		size_t at = sc->at;

		add_token(sc, TOKEN_WORD, from, to, 0);
		sc->at = at;
	}
}

/* Passes over what stands in no word: a parenthesis inside an angle or bracket token was counted
 * there. */
static void skip_parens(struct scanner *sc, size_t from)
{
	for (size_t i = from; i < sc->at; i++)
		sc->parens.next += sc->s.ptr[i] == '(';
}

struct token_list received_tokens(struct arena *arena, struct span s)
{
	struct scanner sc = {.arena = arena, .s = s, .parens = find_parens(arena, s)};

	while (sc.at < s.len) {
		uint8_t c = s.ptr[sc.at];
		size_t from = sc.at;

		if (is_space(c) || c == ')') {
			sc.at++;
		} else if (c == ';') {
			add_token(&sc, TOKEN_SEMICOLON, sc.at, sc.at + 1, 0);
		} else if (c == '(') {
			comment(&sc);
		} else if ((c == '<' && delimited(&sc, TOKEN_ANGLE, '>', &sc.no_angle)) ||
			   (c == '[' && delimited(&sc, TOKEN_BRACKET, ']', &sc.no_bracket)) ||
			   (c == '"' && delimited(&sc, TOKEN_QUOTED, '"', &sc.no_quote))) {
			skip_parens(&sc, from);
		} else {
			word(&sc);
		}
	}
	sc.list.unbalanced = sc.parens.unbalanced;
	return sc.list;
}

const char *received_address(struct arena *arena, struct span s)
{
	size_t open = span_rchr(s, '<');

	return received_text(arena, open < s.len ? span_skip(s, open + 1) : s);
}

const char *received_text(struct arena *arena, struct span s)
{
	char *text;
	size_t len = 0;

	s = span_trim(s);
	text = (char *)arena_bytes(arena, s.len + 1);
	for (size_t i = 0; i < s.len; i++) {
		if (s.ptr[i] == '\t' || s.ptr[i] == '\r' || s.ptr[i] == '\n' || s.ptr[i] == ' ') {
			if (len && text[len - 1] != ' ')
				text[len++] = ' ';
		} else if (s.ptr[i]) {
			text[len++] = (char)s.ptr[i];
		}
	}
	text[len] = '\0';
	return len ? text : NULL;
}
