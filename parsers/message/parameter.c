/* SPDX-License-Identifier: ISC */
#include "parsers/message/parameter.h"

#include "parsers/base/buffer.h"
#include "parsers/base/encode.h"
#include "parsers/message/charset.h"

struct reader {
	struct arena *arena;
	struct span s;
	size_t at;
};

static int peek(const struct reader *r)
{
	return r->at < r->s.len ? r->s.ptr[r->at] : -1;
}

static void skip_comment(struct reader *r)
{
	size_t depth = 0;

	for (; r->at < r->s.len; r->at++) {
		uint8_t c = r->s.ptr[r->at];

		if (c == '\\')
			r->at++;
		else if (c == '(')
			depth++;
		else if (c == ')' && --depth == 0) {
			r->at++;
			return;
		}
	}
	r->at = r->s.len;
}

static void skip_cfws(struct reader *r)
{
	while (peek(r) >= 0 && (is_space((uint8_t)peek(r)) || peek(r) == '('))
		if (peek(r) == '(')
			skip_comment(r);
		else
			r->at++;
}

/* Everything up to the first ";" outside comments. */
static struct span take_head(struct reader *r)
{
	uint8_t *out = arena_bytes(r->arena, r->s.len);
	size_t len = 0;

	while (peek(r) >= 0 && peek(r) != ';') {
		if (peek(r) == '(')
			skip_comment(r);
		else
			out[len++] = r->s.ptr[r->at++];
	}
	return span_trim(span_make(out, len));
}

/* quoted-string; one that is never closed runs to the end */
static struct span take_quoted(struct reader *r)
{
	uint8_t *out = arena_bytes(r->arena, r->s.len - r->at);
	size_t len = 0;

	for (r->at++; r->at < r->s.len && r->s.ptr[r->at] != '"'; r->at++) {
		if (r->s.ptr[r->at] == '\\' && r->at + 1 < r->s.len)
			r->at++;
		out[len++] = r->s.ptr[r->at];
	}
	if (r->at < r->s.len)
		r->at++;
	return span_make(out, len);
}

/* token; blanks inside are let through, since names of files are written so */
static struct span take_token(struct reader *r)
{
	size_t from = r->at;

	while (peek(r) >= 0 && peek(r) != ';')
		r->at++;
	return span_trim(span_sub(r->s, from, r->at));
}

/* RFC 2231 7: attribute = 1*attribute-char [section] ["*"] ; section = "*" 1*DIGIT */
static void read_name(struct parameter *p, struct span name)
{
	size_t star;
	uint64_t n;

	p->section = -1;
	if (name.len && name.ptr[name.len - 1] == '*') {
		p->extended = true;
		name.len--;
	}
	star = span_rchr(name, '*');
	if (star < name.len && span_number(span_skip(name, star + 1), PARAMETER_SECTIONS_MAX, &n)) {
		p->section = (int)n;
		name.len = star;
	}
	p->name = name;
}

struct parameters parameters_parse(struct arena *arena, struct span value)
{
	struct reader r = {arena, value, 0};
	struct parameters all = {.head = take_head(&r)};

	while (all.count < PARAMETERS_MAX) {
		struct parameter p = {.section = -1};
		size_t from;

		while (skip_cfws(&r), peek(&r) == ';')
			r.at++;
		if (peek(&r) < 0)
			break;
		from = r.at;
		while (peek(&r) >= 0 && peek(&r) != '=' && peek(&r) != ';' && peek(&r) != '"')
			r.at++;
		if (peek(&r) != '=') { /* no attribute: a stray word or string */
			if (peek(&r) == '"')
				take_quoted(&r);
			continue;
		}
		read_name(&p, span_trim(span_sub(value, from, r.at)));
		r.at++;
		skip_cfws(&r);
		p.value = peek(&r) == '"' ? take_quoted(&r) : take_token(&r);
		*LIST_ADD(arena, all.list, all.count, all.room) = p;
	}
	return all;
}

/* extended-initial-value = [charset] "'" [language] "'" value: takes the prefix off, gives the
 * charset. */
static const char *take_charset(struct arena *arena, struct span *s)
{
	size_t first = span_chr(*s, '\''), second;
	const char *charset;

	if (first == s->len)
		return NULL;
	second = first + 1 + span_chr(span_skip(*s, first + 1), '\'');
	if (second >= s->len)
		return NULL;
	charset = first ? arena_lower(arena, span_sub(*s, 0, first)) : NULL;
	*s = span_skip(*s, second + 1);
	return charset;
}

static const struct parameter *find(
	const struct parameters *all, struct span name, int section, bool extended)
{
	for (size_t i = 0; i < all->count; i++) {
		const struct parameter *p = &all->list[i];

		if (p->section == section && (p->extended || !extended) && span_ieq(p->name, name))
			return p;
	}
	return NULL;
}

/* RFC 2231: the one extended value, or the sections from 0 on. */
static const char *get_extended(struct arena *arena, const struct parameters *all, struct span name)
{
	const struct parameter *p = find(all, name, -1, true);
	int section = p ? -1 : 0;
	struct buffer bytes = BUFFER_INIT;
	const char *charset = NULL, *text;

	if (!p)
		p = find(all, name, 0, false);
	if (!p)
		return NULL;
	for (bool first = true; p; first = false) {
		struct span value = p->value;

		if (p->extended && first)
			charset = take_charset(arena, &value);
		if (p->extended)
			value = escape_decode(arena, value, '%');
		buffer_span(&bytes, value);
		p = section < 0 || section >= PARAMETER_SECTIONS_MAX
			    ? NULL
			    : find(all, name, ++section, false);
	}
	text = charset_string(arena, charset_utf8(arena, buffer_view(&bytes), charset));
	buffer_release(&bytes);
	return text;
}

const char *parameters_get(struct arena *arena, const struct parameters *all, const char *name)
{
	const char *text = get_extended(arena, all, span_of(name));
	const struct parameter *p;

	if (text)
		return text;
	p = find(all, span_of(name), -1, false);
	if (!p)
		return NULL;
	return charset_string(arena, charset_utf8(arena, encoded_words(arena, p->value), NULL));
}
