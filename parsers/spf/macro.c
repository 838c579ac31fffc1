/* SPDX-License-Identifier: ISC */
#include "parsers/spf/macro.h"

#include <stdio.h>

#include "parsers/base/buffer.h"

/*
 * macro-expand = ( "%{" macro-letter transformers *delimiter "}" ) / "%%" / "%_" / "%-"
 * transformers = *DIGIT [ "r" ]
 */
struct expand {
	uint8_t letter; /* as written; '%', '_' or '-' for the three short forms */
	size_t digits;  /* 0 where not given */
	bool has_digits, reverse;
	struct span delimiters;
	size_t len; /* of the whole in the text */
};

static bool is_delimiter(uint8_t c)
{
	return c && strchr(".-+,/_=", c) != NULL;
}

static bool is_letter(uint8_t c, bool explain)
{
	return c && strchr(explain ? "slodiphvcrt" : "slodiphv", ascii_lower(c)) != NULL &&
	       is_alpha(c);
}

/* *DIGIT: nonzero where given; more parts than any value has are all of them. */
static bool read_digits(struct span s, size_t *at, struct expand *ret)
{
	ret->has_digits = *at < s.len && is_digit(s.ptr[*at]);
	while (*at < s.len && is_digit(s.ptr[*at])) {
		ret->digits = ret->digits * 10 + (size_t)(s.ptr[(*at)++] - '0');
		if (ret->digits > 100000)
			ret->digits = 100000;
	}
	return !ret->has_digits || ret->digits > 0;
}

/* Reads the macro-expand at the start of S, which begins with "%". */
static bool read_expand(struct span s, bool explain, struct expand *ret)
{
	size_t at = 3, from;

	*ret = (struct expand){.len = 2};
	if (s.len < 2)
		return false;
	ret->letter = s.ptr[1];
	if (ret->letter == '%' || ret->letter == '_' || ret->letter == '-')
		return true;
	if (ret->letter != '{' || s.len < 4 || !is_letter(s.ptr[2], explain))
		return false;
	ret->letter = s.ptr[2];
	if (!read_digits(s, &at, ret))
		return false;
	if (at < s.len && ascii_lower(s.ptr[at]) == 'r') {
		ret->reverse = true;
		at++;
	}
	for (from = at; at < s.len && is_delimiter(s.ptr[at]);)
		at++;
	ret->delimiters = span_sub(s, from, at);
	ret->len = at + 1;
	return at < s.len && s.ptr[at] == '}';
}

/* macro-literal = %x21-24 / %x26-7E */
static bool is_literal(uint8_t c, bool explain)
{
	return (c >= 0x21 && c <= 0x7e && c != '%') || (explain && c == ' ');
}

/* The length of the first element (a literal or a macro), 0 where there is none. */
static size_t element(struct span s, bool explain, bool *ret_macro)
{
	struct expand e;

	*ret_macro = s.len && s.ptr[0] == '%';
	if (*ret_macro)
		return read_expand(s, explain, &e) ? e.len : 0;
	return s.len && is_literal(s.ptr[0], explain) ? 1 : 0;
}

bool spf_macro_string(struct span s, bool explain)
{
	bool macro;

	while (s.len) {
		size_t len = element(s, explain, &macro);

		if (!len)
			return false;
		s = span_skip(s, len);
	}
	return true;
}

/*
 * toplabel = ( *alphanum ALPHA *alphanum ) / ( 1*alphanum "-" *( alphanum / "-" ) alphanum )
 * that is: letters, digits and inner hyphens, not digits alone.
 */
static bool is_toplabel(struct span s)
{
	bool other = false;

	if (!s.len || !is_alnum(s.ptr[0]) || !is_alnum(s.ptr[s.len - 1]))
		return false;
	for (size_t i = 0; i < s.len; i++) {
		if (!is_alnum(s.ptr[i]) && s.ptr[i] != '-')
			return false;
		other |= !is_digit(s.ptr[i]);
	}
	return other;
}

/*
 * domain-spec = macro-string domain-end
 * domain-end  = ( "." toplabel [ "." ] ) / macro-expand
 */
bool spf_domain_spec(struct span s)
{
	bool macro = false;
	size_t tail = 0; /* where the literals after the last macro begin */
	struct span end;
	size_t dot;

	for (size_t at = 0; at < s.len;) {
		size_t len = element(span_skip(s, at), false, &macro);

		if (!len)
			return false;
		at += len;
		if (macro)
			tail = at;
	}
	if (!s.len || macro)
		return s.len > 0;
	end = span_skip(s, tail);
	if (end.ptr[end.len - 1] == '.')
		end.len--;
	dot = span_rchr(end, '.');
	return dot < end.len && is_toplabel(span_skip(end, dot + 1));
}

const char *spf_dotted(struct arena *arena, const struct ip *ip)
{
	static const char digits[] = "0123456789abcdef";
	char *text;

	if (ip->family != 6)
		return ip_text(arena, ip);
	text = arena_alloc(arena, 64);
	for (size_t i = 0; i < 32; i++) {
		unsigned nibble = i % 2 ? ip->bytes[i / 2] & 15u : ip->bytes[i / 2] >> 4;

		text[2 * i] = digits[nibble];
		text[2 * i + 1] = i < 31 ? '.' : '\0';
	}
	return text;
}

static const char *sender(const struct spf_macro *m)
{
	return arena_printf(m->arena, "%s@%s", m->local, m->sender_domain);
}

static const char *value_of(const struct spf_macro *m, uint8_t letter)
{
	switch (letter) {
	case 's':
		return sender(m);
	case 'l':
		return m->local;
	case 'o':
		return m->sender_domain;
	case 'd':
		return m->domain;
	case 'i':
		return spf_dotted(m->arena, &m->client);
	case 'p':
		return m->validated ? m->validated(m->data) : "unknown";
	case 'v':
		return m->client.family == 6 ? "ip6" : "in-addr";
	case 'h':
		return m->helo;
	case 'c':
		return ip_text(m->arena, &m->client);
	case 'r':
		return m->receiver;
	default:
		return arena_printf(m->arena, "%lld", (long long)m->at); /* 't' */
	}
}

/* One part, in URL escaping where the letter was upper case (RFC 3986 2.3: unreserved characters
 * stay). */
static void add_part(struct buffer *out, struct span part, bool escape)
{
	for (size_t i = 0; i < part.len; i++) {
		uint8_t c = part.ptr[i];

		if (!escape || is_alnum(c) || (c && strchr("-._~", c)))
			buffer_char(out, (char)c);
		else
			buffer_printf(out, "%%%02X", c);
	}
}

/* The end of the part that begins at FROM. */
static size_t part_end(struct span value, struct span delimiters, size_t from)
{
	while (from < value.len && span_chr(delimiters, value.ptr[from]) == delimiters.len)
		from++;
	return from;
}

static size_t count_parts(struct span value, struct span delimiters)
{
	size_t count = 1;

	for (size_t i = part_end(value, delimiters, 0); i < value.len;
		i = part_end(value, delimiters, i + 1))
		count++;
	return count;
}

/* Splits, keeps the right-hand parts after optional reversal, joins with ".". */
static void add_value(const struct spf_macro *m, struct buffer *out, const struct expand *e)
{
	struct span value = span_of(value_of(m, ascii_lower(e->letter)));
	struct span delimiters = e->delimiters.len ? e->delimiters : SPAN(".");
	bool escape = e->letter >= 'A' && e->letter <= 'Z';
	size_t count, from = 0;
	struct span *part;

	if (!e->has_digits && !e->reverse && !e->delimiters.len) {
		add_part(out, value, escape);
		return;
	}
	count = count_parts(value, delimiters);
	part = ARENA_ARRAY(m->arena, struct span, count);
	for (size_t i = 0; i < count; i++) {
		size_t end = part_end(value, delimiters, from);

		part[e->reverse ? count - 1 - i : i] = span_sub(value, from, end);
		from = end + 1;
	}
	for (size_t i = e->has_digits && e->digits < count ? count - e->digits : 0, first = i;
		i < count; i++) {
		if (i > first)
			buffer_char(out, '.');
		add_part(out, part[i], escape);
	}
}

static void add_expand(const struct spf_macro *m, struct buffer *out, const struct expand *e)
{
	if (e->letter == '%')
		buffer_char(out, '%');
	else if (e->letter == '_')
		buffer_char(out, ' ');
	else if (e->letter == '-')
		buffer_str(out, "%20");
	else
		add_value(m, out, e);
}

/* Of a name only its end counts: what can't survive the cut is dropped on the way, so that memory
 * stays bounded. */
static void keep_end(struct buffer *out)
{
	enum { ROOM = 64 * 1024, KEEP = 1024 };

	if (out->len > ROOM) {
		memmove(out->ptr, out->ptr + out->len - KEEP, KEEP);
		out->len = KEEP;
	}
}

static void expand(const struct spf_macro *m, struct buffer *out, struct span s, bool explain)
{
	struct expand e;

	while (s.len) {
		if (s.ptr[0] == '%' && read_expand(s, explain, &e)) {
			add_expand(m, out, &e);
			s = span_skip(s, e.len);
		} else {
			buffer_char(out, (char)s.ptr[0]);
			s = span_skip(s, 1);
		}
		if (!explain)
			keep_end(out);
		else if (out->len > SPF_MAX_EXPLANATION)
			break;
	}
}

const char *spf_target_name(const struct spf_macro *m, struct span spec)
{
	struct buffer out = BUFFER_INIT;
	struct span name;
	const char *text;

	expand(m, &out, spec, false);
	name = buffer_view(&out);
	if (name.len && name.ptr[name.len - 1] == '.')
		name.len--;
	while (name.len > SPF_MAX_NAME) {
		size_t dot = span_chr(name, '.');

		if (dot == name.len)
			break;
		name = span_skip(name, dot + 1);
	}
	text = arena_text(m->arena, name);
	buffer_release(&out);
	return text;
}

const char *spf_explain_text(const struct spf_macro *m, struct span text)
{
	struct buffer out = BUFFER_INIT;
	const char *result;

	expand(m, &out, text, true);
	result = arena_text(m->arena, span_sub(buffer_view(&out), 0, SPF_MAX_EXPLANATION));
	buffer_release(&out);
	return result;
}

bool spf_name_valid(const char *name)
{
	size_t len = strlen(name), label = 0, dots = 0;

	if (len && name[len - 1] == '.')
		len--;
	if (!len || len > SPF_MAX_NAME)
		return false;
	for (size_t i = 0; i < len; i++) {
		label = name[i] == '.' ? 0 : label + 1;
		dots += name[i] == '.';
		if (label > 63 || (name[i] == '.' && (i == 0 || name[i - 1] == '.')))
			return false;
	}
	return dots > 0;
}
