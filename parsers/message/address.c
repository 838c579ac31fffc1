/* SPDX-License-Identifier: ISC */
/*
 * RFC 5322 3.4:
 *
 *	address-list = (address *("," address)) / obs-addr-list
 *	address      = mailbox / group
 *	group        = display-name ":" [group-list] ";" [CFWS]
 *	mailbox      = name-addr / addr-spec
 *	angle-addr   = [CFWS] "<" [obs-route] addr-spec ">" [CFWS]
 *	addr-spec    = local-part "@" domain
 *
 * What does not follow is read as well as can be and marked.
 */
#include "parsers/message/address.h"

#include "parsers/base/printable.h"
#include "parsers/message/address_lex.h"
#include "parsers/message/charset.h"

struct reader {
	struct arena *arena;
	const struct lexeme *token;
	const size_t *next_angle; /* of every token: index of the next "<" or ">" at or after it */
	size_t count;             /* of tokens, without the end */
	struct address_list list;
	size_t room;
	bool in_group;
};

/* Tokens [from, to). */
struct range {
	size_t from, to;
};

static bool is(const struct reader *r, size_t i, char special)
{
	return i < r->count && r->token[i].kind == LEXEME_SPECIAL && r->token[i].special == special;
}

static bool is_word(const struct reader *r, size_t i)
{
	return r->token[i].kind == LEXEME_ATOM || r->token[i].kind == LEXEME_QUOTED;
}

static bool is_comment(const struct reader *r, size_t i)
{
	return r->token[i].kind == LEXEME_COMMENT;
}

static struct span range_span(const struct reader *r, struct range range)
{
	const uint8_t *from = r->token[range.from].where.ptr;

	if (range.from >= range.to)
		return span_make(from, 0);
	return span_make(from, (size_t)(span_end(r->token[range.to - 1].where) - from));
}

/* Without comments at either end. */
static struct range without_comments(const struct reader *r, struct range range)
{
	while (range.from < range.to && is_comment(r, range.from))
		range.from++;
	while (range.from < range.to && is_comment(r, range.to - 1))
		range.to--;
	return range;
}

static unsigned byte_odd(struct span s)
{
	unsigned odd = 0;

	for (size_t i = printable_plain(s); i < s.len; i++) {
		uint8_t c = s.ptr[i];

		if (c > 127)
			odd |= ADDRESS_8BIT;
		else if (c == 0)
			odd |= ADDRESS_NUL;
		else if ((c < 32 && !is_space(c)) || c == 127 ||
			 (c == '\r' && i + 1 < s.len && s.ptr[i + 1] != '\n'))
			odd |= ADDRESS_CONTROL;
	}
	return odd;
}

/* A text made of tokens, in room for all that they are made of: nothing that is added is longer. */
struct text {
	uint8_t *ptr;
	size_t len;
};

static void text_add(struct text *t, struct span s)
{
	memcpy(t->ptr + t->len, s.ptr, s.len);
	t->len += s.len;
}

/* The tokens without what stands between them; comments are left out. */
static struct span concat(struct reader *r, struct range range, bool unquoted)
{
	struct span all = range_span(r, range);
	struct text out = {.len = 0};
	size_t len = 0;

	for (size_t i = range.from; i < range.to; i++)
		if (!is_comment(r, i) && !(unquoted && r->token[i].kind == LEXEME_QUOTED))
			len += r->token[i].where.len;
	if (len == all.len)
		return all;
	out.ptr = arena_bytes(r->arena, all.len);
	for (size_t i = range.from; i < range.to; i++)
		if (!is_comment(r, i))
			text_add(&out, unquoted ? lexeme_content(r->arena, &r->token[i])
						: r->token[i].where);
	return span_make(out.ptr, out.len);
}

static const char *shown_text(struct reader *r, struct span s)
{
	s = charset_utf8(r->arena, encoded_words(r->arena, s), NULL);
	return charset_string(r->arena, span_trim(s));
}

/* The display name: the phrase, or the last comment where there is none. */
static const char *display_of(struct reader *r, struct range phrase, struct range mailbox)
{
	struct text out = {.len = 0};
	const struct lexeme *comment = NULL;
	const char *text = NULL;

	if (phrase.from < phrase.to)
		out.ptr = arena_bytes(r->arena, range_span(r, phrase).len);
	for (size_t i = phrase.from; i < phrase.to; i++) {
		const struct lexeme *t = &r->token[i];

		if (t->kind == LEXEME_COMMENT)
			continue;
		if (t->space_before && out.len)
			text_add(&out, SPAN(" "));
		text_add(&out, lexeme_content(r->arena, t));
	}
	if (out.len)
		text = shown_text(r, span_make(out.ptr, out.len));
	if (text && *text)
		return text;
	for (size_t i = mailbox.from; i < mailbox.to; i++)
		if (is_comment(r, i))
			comment = &r->token[i];
	return comment ? shown_text(r, lexeme_content(r->arena, comment)) : NULL;
}

/* word *("." word), or for a domain atom *("." atom) / literal; comments between are let through.
 */
static bool dotted(const struct reader *r, struct range range, bool domain)
{
	bool want_word = true;

	for (size_t i = range.from; i < range.to; i++) {
		const struct lexeme *t = &r->token[i];
		bool word = domain ? t->kind == LEXEME_ATOM || t->kind == LEXEME_LITERAL
				   : is_word(r, i);

		if (t->kind == LEXEME_COMMENT)
			continue;
		if (want_word ? !word : !is(r, i, '.'))
			return false;
		want_word = !want_word;
	}
	return !want_word;
}

static unsigned spec_odd(const struct reader *r, struct range spec)
{
	unsigned odd = 0;
	size_t ats = 0;

	for (size_t i = spec.from; i < spec.to; i++) {
		const struct lexeme *t = &r->token[i];

		ats += is(r, i, '@');
		if (t->kind == LEXEME_COMMENT)
			odd |= ADDRESS_COMMENT;
		if (i > spec.from && t->space_before && t->where.ptr > span_end(t[-1].where))
			odd |= ADDRESS_SPACE;
		if (t->encoded_word)
			odd |= ADDRESS_ENCODED_WORD;
		if (t->broken)
			odd |= ADDRESS_BROKEN;
	}
	if (ats > 1)
		odd |= ADDRESS_MULTI_AT | ADDRESS_BROKEN;
	return odd;
}

/* local-part "@" domain of the tokens SPEC; of several "@" the last one counts. */
static void read_spec(struct reader *r, struct range spec, struct address *a)
{
	size_t at = spec.to;

	a->spec = range_span(r, spec);
	a->odd |= spec_odd(r, spec);
	while (at > spec.from && !is(r, at - 1, '@'))
		at--;

	bool has_at = at > spec.from;
	struct range local = {spec.from, has_at ? at - 1 : spec.to};
	struct range domain = {has_at ? at : spec.to, spec.to};
	struct span text = concat(r, spec, false), name = concat(r, domain, false);

	for (size_t i = local.from; i < local.to; i++)
		if (r->token[i].kind == LEXEME_QUOTED)
			a->odd |= ADDRESS_QUOTED_LOCAL;
	if (name.len == 0)
		a->odd |= ADDRESS_NO_DOMAIN;
	else if (name.ptr[0] == '[')
		a->odd |= ADDRESS_LITERAL;
	if (spec.from < spec.to &&
		(!dotted(r, local, false) || (has_at && !dotted(r, domain, true))))
		a->odd |= ADDRESS_BROKEN;
	if (text.len)
		a->address = charset_string(r->arena, text);
	if (local.from < local.to)
		a->local = charset_string(r->arena, concat(r, local, true));
	a->domain = domain_ascii(r->arena, name);
}

static struct address *add_address(struct reader *r, struct range mailbox)
{
	struct address *a;

	if (r->list.count >= LIMIT_ADDRESSES) {
		r->list.limited = true;
		return NULL;
	}
	a = LIST_ADD(r->arena, r->list.address, r->list.count, r->room);
	mailbox = without_comments(r, mailbox).from < mailbox.to
			  ? mailbox
			  : (struct range){mailbox.from, mailbox.from};
	a->where = range_span(r, mailbox);
	a->odd = byte_odd(a->where) | (r->in_group ? ADDRESS_GROUP : 0);
	for (size_t i = mailbox.from; i < mailbox.to; i++) {
		if (is_comment(r, i))
			a->odd |= ADDRESS_COMMENT;
		if (r->token[i].broken)
			a->odd |= ADDRESS_BROKEN;
	}
	return a;
}

/* obs-route = obs-domain-list ":" ; obs-domain-list = *(CFWS / ",") "@" domain *("," [CFWS] ["@"
 * domain]) */
static size_t skip_route(const struct reader *r, struct range inside)
{
	struct range in = without_comments(r, inside);
	size_t i = in.from;

	while (i < in.to && is(r, i, ','))
		i++;
	if (i == in.to || !is(r, i, '@'))
		return inside.from;
	while (i < in.to && !is(r, i, ':'))
		i++;
	return i < in.to ? i + 1 : inside.from;
}

/* "<" at OPEN to ">" or, where that is missing, to CLOSE. */
static void read_angle(struct reader *r, struct range phrase, size_t open, size_t close,
	struct range mailbox, unsigned odd)
{
	struct address *a = add_address(r, mailbox);
	struct range inside = {open + 1, close};
	size_t from;

	if (!a)
		return;
	a->odd |= odd;
	from = skip_route(r, inside);
	if (from != inside.from)
		a->odd |= ADDRESS_ROUTE;
	inside.from = from;
	read_spec(r, without_comments(r, inside), a);
	a->display = display_of(r, phrase, mailbox);
}

/* Whether LEFT and RIGHT, with but comments between, are of one addr-spec: a dot or "@" is one of
 * them, or nothing stands between them. */
static bool hangs_together(const struct reader *r, size_t left, size_t right)
{
	const struct lexeme *l = &r->token[left], *t = &r->token[right];

	if (is(r, left, '.') || is(r, left, '@') || is(r, right, '.') || is(r, right, '@'))
		return true;
	return !t->space_before && !l->special && !t->special;
}

/* Without brackets: the addr-spec is what hangs together around the first "@". */
static void read_bare(struct reader *r, struct range box)
{
	struct range in = without_comments(r, box), spec;
	size_t at = in.from;
	struct address *a;

	if (in.from == in.to)
		return;
	a = add_address(r, box);
	if (!a)
		return;
	a->odd |= ADDRESS_NO_BRACKET;
	while (at < in.to && !is(r, at, '@'))
		at++;
	if (at == in.to) { /* no "@": one local part, or a name alone */
		a->odd |= ADDRESS_NO_DOMAIN;
		if (dotted(r, in, false)) {
			read_spec(r, in, a);
			a->display = display_of(r, (struct range){in.from, in.from}, box);
		} else {
			a->odd |= ADDRESS_BROKEN;
			a->spec = span_make(r->token[in.from].where.ptr, 0);
			a->display = display_of(r, in, box);
		}
		return;
	}
	spec = (struct range){at, at + 1};
	for (size_t i = at; i-- > in.from;) {
		if (is_comment(r, i))
			continue;
		if (!hangs_together(r, i, spec.from))
			break;
		spec.from = i;
	}
	for (size_t i = at + 1; i < in.to; i++) {
		if (is_comment(r, i))
			continue;
		if (!hangs_together(r, spec.to - 1, i))
			break;
		spec.to = i + 1;
	}
	if (spec.from > in.from)
		a->odd |= ADDRESS_BROKEN;
	if (spec.to < in.to)
		a->odd |= ADDRESS_TRAILING | ADDRESS_BROKEN;
	read_spec(r, without_comments(r, spec), a);
	a->display = display_of(r, (struct range){in.from, spec.from}, box);
}

/* One element between separators: each <...> in it makes an address. */
static void read_element(struct reader *r, struct range box, unsigned odd)
{
	size_t phrase = box.from, angles = 0, made = r->list.count;

	for (size_t open = r->next_angle[box.from]; open < box.to;) {
		size_t close, end;

		if (is(r, open, '>')) {
			odd |= ADDRESS_BROKEN; /* nothing opened it */
			open = r->next_angle[open + 1];
			continue;
		}
		close = r->next_angle[open + 1];
		if (close > box.to)
			close = box.to;
		end = close < box.to && is(r, close, '>') ? close + 1 : close;
		angles++;
		read_angle(r, (struct range){phrase, open}, open, close,
			(struct range){phrase, end}, odd | (end == close ? ADDRESS_BROKEN : 0));
		phrase = end;
		open = end < box.to ? r->next_angle[end] : box.to;
	}
	if (angles == 0) {
		read_bare(r, box);
	} else if (r->list.count > made) {
		struct address *last = &r->list.address[r->list.count - 1];
		struct range rest = {phrase, box.to}, text = without_comments(r, rest);

		if (text.from < text.to)
			last->odd |= ADDRESS_TRAILING | ADDRESS_BROKEN;
		for (size_t i = rest.from; i < rest.to; i++)
			last->odd |= is_comment(r, i) ? ADDRESS_COMMENT : 0;
		if (rest.from < rest.to) {
			last->where.len =
				(size_t)(span_end(r->token[rest.to - 1].where) - last->where.ptr);
			last->odd |= byte_odd(last->where);
			if (!last->display)
				last->display = display_of(r, (struct range){0, 0}, rest);
		}
	}
	for (size_t i = made; i < r->list.count; i++) {
		r->list.address[i].odd |= odd;
		if (angles > 1)
			r->list.address[i].odd |= ADDRESS_MULTI_ANGLE | ADDRESS_BROKEN;
	}
}

/*
 * The end of the element that starts at FROM: the next separator outside brackets. A "<" reaches to
 * its ">", over commas of a route; one that is never closed does not.
 */
static size_t element_end(const struct reader *r, size_t from, bool *ret_group)
{
	bool seen_at = false;

	*ret_group = false;
	for (size_t i = from; i < r->count; i++) {
		if (is(r, i, ',') || is(r, i, ';'))
			return i;
		seen_at |= is(r, i, '@');
		if (is(r, i, ':') && !seen_at && !r->in_group) {
			*ret_group = true;
			return i;
		}
		if (is(r, i, '<')) {
			size_t close = r->next_angle[i + 1];

			if (close < r->count && is(r, close, '>'))
				i = close;
		}
	}
	return r->count;
}

static void read_list(struct reader *r)
{
	for (size_t from = 0; from < r->count;) {
		bool group;
		size_t end = element_end(r, from, &group);

		if (group) {
			r->list.has_group = r->in_group = true;
		} else {
			bool stray = is(r, end, ';') && !r->in_group;

			if (from < end)
				read_element(
					r, (struct range){from, end}, stray ? ADDRESS_BROKEN : 0);
			if (is(r, end, ';'))
				r->in_group = false;
		}
		from = end + 1;
	}
}

struct address_list address_parse(struct arena *arena, struct span value)
{
	struct lexemes lex = address_lex(arena, span_sub(value, 0, LIMIT_FIELD));
	size_t *next = ARENA_ARRAY(arena, size_t, lex.count + 1), angle = lex.count;
	struct reader r = {.arena = arena, .token = lex.token, .count = lex.count - 1};

	next[lex.count] = lex.count;
	for (size_t i = lex.count; i-- > 0;) {
		if (lex.token[i].special == '<' || lex.token[i].special == '>')
			angle = i;
		next[i] = angle;
	}
	r.next_angle = next;
	read_list(&r);
	return r.list;
}

/* The last "@" outside quotes, or spec.len. */
static size_t at_unquoted(struct span spec)
{
	size_t at = spec.len;
	bool quoted = false;

	for (size_t i = 0; i < spec.len; i++) {
		if (spec.ptr[i] == '\\')
			i++;
		else if (spec.ptr[i] == '"')
			quoted = !quoted;
		else if (spec.ptr[i] == '@' && !quoted)
			at = i;
	}
	return at;
}

const char *address_domain(struct arena *arena, struct span spec)
{
	size_t at = span_rchr(spec, '@');

	if (at < spec.len && (span_chr(spec, '"') < spec.len || span_chr(spec, '\\') < spec.len))
		at = at_unquoted(spec);
	return at < spec.len ? domain_ascii(arena, span_skip(spec, at + 1)) : NULL;
}
