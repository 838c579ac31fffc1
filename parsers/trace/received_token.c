/* SPDX-License-Identifier: ISC */
#include "parsers/base/wide.h"
#include "parsers/trace/received.h"

/* Where each "(" stands and closes, in their order: found in one pass, so that nesting costs
 * nothing.
 */
struct paren {
	size_t open;
	size_t close; /* SIZE_MAX where never */
};

struct parens {
	struct paren *paren;
	size_t count, room;
	size_t next; /* index of the next one to come */
	bool unbalanced;
};

/* The next "(", ")" or "\\" from AT on, or s.len. */
static size_t next_mark(struct span s, size_t at)
{
	for (; at + WIDE <= s.len; at += WIDE) {
		wide v = wide_at(s.ptr + at);
		wide marks = wide_or(
			wide_or(wide_equal(v, '('), wide_equal(v, ')')), wide_equal(v, '\\'));

		if (wide_any(marks))
			return at + wide_first(marks);
	}
	while (at < s.len && s.ptr[at] != '(' && s.ptr[at] != ')' && s.ptr[at] != '\\')
		at++;
	return at;
}

static struct parens find_parens(struct arena *arena, struct span s)
{
	struct parens p = {0};
	size_t inner =
		SIZE_MAX; /* the innermost open one, which keeps the next outer in its close */

	for (size_t i = next_mark(s, 0); i < s.len; i = next_mark(s, i + 1)) {
		if (s.ptr[i] == '\\') {
			/* quoted-pair = "\" (VCHAR / WSP); "\(" is seen as "(", as most servers'
			 * peers do not escape */
			if (inner != SIZE_MAX && i + 1 < s.len && s.ptr[i + 1] != '(')
				i++;
		} else if (s.ptr[i] == '(') {
			*LIST_ADD(arena, p.paren, p.count, p.room) = (struct paren){i, inner};
			inner = p.count - 1;
		} else if (inner == SIZE_MAX) {
			p.unbalanced = true;
		} else {
			size_t outer = p.paren[inner].close;

			p.paren[inner].close = i;
			inner = outer;
		}
	}
	p.unbalanced |= inner != SIZE_MAX;
	while (inner != SIZE_MAX) {
		size_t outer = p.paren[inner].close;

		p.paren[inner].close = SIZE_MAX;
		inner = outer;
	}
	return p;
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

/* The clauses' keywords, by length as most words have another; "id:" and "protocol:" are some
 * servers'.
 */
static enum clause keyword(struct span s)
{
	switch (s.len) {
	case 2:
		return span_iis(s, "by") ? CLAUSE_BY : span_iis(s, "id") ? CLAUSE_ID : CLAUSE_START;
	case 3:
		return span_iis(s, "for")   ? CLAUSE_FOR
		       : span_iis(s, "via") ? CLAUSE_VIA
		       : span_iis(s, "id:") ? CLAUSE_ID
					    : CLAUSE_START;
	case 4:
		return span_iis(s, "from")   ? CLAUSE_FROM
		       : span_iis(s, "with") ? CLAUSE_WITH
					     : CLAUSE_START;
	case 9:
		return span_iis(s, "protocol:") ? CLAUSE_WITH : CLAUSE_START;
	default:
		return CLAUSE_START;
	}
}

/* A token of LEN bytes where the scanner stands, with delimiters of EDGE bytes. */
static inline struct token *add_token(
	struct scanner *sc, enum token_kind kind, size_t len, size_t edge)
{
	struct token *token = LIST_ADD(sc->arena, sc->list.token, sc->list.count, sc->list.room);
	const uint8_t *start = sc->s.ptr + sc->at;

	token->kind = kind;
	token->whole = span_make(start, len);
	token->text = span_make(start + edge, len - 2 * edge);
	token->loose = sc->loose;
	sc->loose = false;
	sc->at += len;
	return token;
}

/* A token from an opening delimiter to the next closing one; false where there is no closing one.
 */
static bool delimited(struct scanner *sc, enum token_kind kind, uint8_t close, bool *gone)
{
	struct span inside = span_skip(sc->s, sc->at + 1);
	size_t len = *gone ? inside.len : span_chr(inside, close);

	if (len == inside.len) {
		*gone = true;
		return false;
	}
	add_token(sc, kind, len + 2, 1);
	return true;
}

/* "(" ... ")" as one token; a "(" that is never closed is dropped and marks what follows it. */
static void comment(struct scanner *sc)
{
	struct parens *p = &sc->parens;
	size_t close;

	while (p->paren[p->next].open < sc->at) /* those inside other tokens */
		p->next++;
	close = p->paren[p->next].close;
	if (close == SIZE_MAX) {
		sc->loose = true;
		sc->at++;
		return;
	}
	add_token(sc, TOKEN_COMMENT, close + 1 - sc->at, 1);
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

/* Up to what ends a word, without commas behind it. */
static void word(struct scanner *sc)
{
	struct span s = span_skip(sc->s, sc->at);
	size_t to = 1, len;

	while (to < s.len && !ends_word(s.ptr[to]))
		to++;
	for (len = to; len && s.ptr[len - 1] == ',';)
		len--;
	if (len) {
		struct token *token = add_token(sc, TOKEN_WORD, len, 0);

		token->opens = keyword(token->text);
	}
	sc->at += to - len;
}

/* Takes what ends words: white space, a parenthesis, a semicolon, or a token that it opens; false
 * where that is never closed and so begins a word. */
static bool delimiter(struct scanner *sc)
{
	switch (sc->s.ptr[sc->at]) {
	case ';':
		add_token(sc, TOKEN_SEMICOLON, 1, 0);
		return true;
	case '(':
		comment(sc);
		return true;
	case '<':
		return delimited(sc, TOKEN_ANGLE, '>', &sc->no_angle);
	case '[':
		return delimited(sc, TOKEN_BRACKET, ']', &sc->no_bracket);
	case '"':
		return delimited(sc, TOKEN_QUOTED, '"', &sc->no_quote);
	default:
		sc->at++;
		return true;
	}
}

struct token_list received_tokens(struct arena *arena, struct span s)
{
	struct scanner sc = {.arena = arena, .s = s, .parens = find_parens(arena, s)};

	sc.list.room = s.len < 64 ? 8 : 24;
	sc.list.token = ARENA_ARRAY(arena, struct token, sc.list.room);
	while (sc.at < s.len)
		if (!ends_word(s.ptr[sc.at]) || !delimiter(&sc))
			word(&sc);
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
	text = arena_text(arena, s);
	while (s.len - len >= 8 && !eight_below(eight_at(s.ptr + len), ' ' + 1))
		len += 8;
	while (len < s.len && s.ptr[len] > ' ')
		len++;
	/* What follows the first blank or control character is written anew. */
	for (size_t i = len; i < s.len; i++) {
		if (is_space(s.ptr[i])) {
			if (len && text[len - 1] != ' ')
				text[len++] = ' ';
		} else if (s.ptr[i]) {
			text[len++] = (char)s.ptr[i];
		}
	}
	text[len] = '\0';
	return len ? text : NULL;
}
