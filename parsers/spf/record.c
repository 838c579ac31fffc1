/* SPDX-License-Identifier: ISC */
#include "parsers/spf/record.h"

#include <arpa/inet.h>

#include "parsers/spf/macro.h"

bool spf_is_record(struct span txt)
{
	return span_istarts(txt, "v=spf1") && (txt.len == 6 || txt.ptr[6] == ' ');
}

/* "0" / %x31-39 0*2DIGIT, up to MAX */
static bool read_bits(struct span s, unsigned max, unsigned *ret)
{
	uint64_t n;

	if (!span_number(s, max, &n) || (s.len > 1 && s.ptr[0] == '0'))
		return false;
	*ret = (unsigned)n;
	return true;
}

/* Where "/" and digits alone end S, the place of that slash; else s.len. */
static size_t bits_at(struct span s)
{
	size_t slash = span_rchr(s, '/'), i = slash + 1;

	while (i < s.len && is_digit(s.ptr[i]))
		i++;
	return slash + 1 < s.len && i == s.len ? slash : s.len;
}

/*
 * dual-cidr-length = [ ip4-cidr-length ] [ "/" ip6-cidr-length ]
 * taken off the end of S. A slash may also stand inside a domain-spec, so that only one before
 * digits counts.
 */
static bool take_dual(struct span *s, struct spf_term *term)
{
	size_t slash = bits_at(*s);

	if (slash < s->len && slash > 0 && s->ptr[slash - 1] == '/') {
		if (!read_bits(span_skip(*s, slash + 1), 128, &term->bits6))
			return false;
		*s = span_sub(*s, 0, slash - 1);
		slash = bits_at(*s);
	}
	if (slash < s->len) {
		if (!read_bits(span_skip(*s, slash + 1), 32, &term->bits4))
			return false;
		*s = span_sub(*s, 0, slash);
	}
	return true;
}

static const char *take_spec(struct span arg, struct spf_term *term)
{
	if (!spf_domain_spec(arg))
		return arg.len ? "a domain name that does not follow the grammar"
			       : "an empty domain name";
	term->spec = arg;
	return NULL;
}

static const char *read_all(struct span arg, struct spf_term *term)
{
	(void)term;
	return arg.len ? "all takes nothing after it" : NULL;
}

/* ":" domain-spec */
static const char *read_spec(struct span arg, struct spf_term *term)
{
	if (!arg.len || arg.ptr[0] != ':')
		return "it lacks its domain name";
	return take_spec(span_skip(arg, 1), term);
}

static const char *read_ptr(struct span arg, struct spf_term *term)
{
	return arg.len ? read_spec(arg, term) : NULL;
}

/* [ ":" domain-spec ] [ dual-cidr-length ] */
static const char *read_host(struct span arg, struct spf_term *term)
{
	if (!take_dual(&arg, term))
		return "a prefix length that is none";
	return arg.len ? read_spec(arg, term) : NULL;
}

static const char *read_network(struct span arg, struct spf_term *term, int family)
{
	unsigned max = family == 4 ? 32 : 128, *bits = family == 4 ? &term->bits4 : &term->bits6;
	char text[INET6_ADDRSTRLEN + 1];
	size_t slash;
	struct span net;

	if (!arg.len || arg.ptr[0] != ':')
		return "it lacks its address";
	arg = span_skip(arg, 1);
	slash = span_chr(arg, '/');
	net = span_sub(arg, 0, slash);
	if (slash < arg.len && !read_bits(span_skip(arg, slash + 1), max, bits))
		return "a prefix length that is none";
	if (net.len >= sizeof text || span_chr(net, '\0') < net.len)
		return "an address that is none";
	memcpy(text, net.ptr, net.len);
	text[net.len] = '\0';
	term->net.family = family;
	return inet_pton(family == 4 ? AF_INET : AF_INET6, text, term->net.bytes) == 1
		       ? NULL
		       : "an address that is none";
}

static const char *read_ip4(struct span arg, struct spf_term *term)
{
	return read_network(arg, term, 4);
}

static const char *read_ip6(struct span arg, struct spf_term *term)
{
	return read_network(arg, term, 6);
}

static const struct {
	const char *name;
	enum spf_kind kind;
	const char *(*read)(struct span arg, struct spf_term *);
} mechanisms[] = {
	{"all", SPF_ALL, read_all},
	{"include", SPF_INCLUDE, read_spec},
	{"a", SPF_A, read_host},
	{"mx", SPF_MX, read_host},
	{"ptr", SPF_PTR, read_ptr},
	{"ip4", SPF_IP4, read_ip4},
	{"ip6", SPF_IP6, read_ip6},
	{"exists", SPF_EXISTS, read_spec},
};

static const char *read_mechanism(struct span s, struct spf_term *term)
{
	static const char marks[] = "+-?~";
	static const enum result results[] = {
		RESULT_PASS, RESULT_FAIL, RESULT_NEUTRAL, RESULT_SOFTFAIL};
	const char *mark = s.len && s.ptr[0] ? strchr(marks, s.ptr[0]) : NULL;
	size_t end = 0;

	term->qualifier = mark ? results[mark - marks] : RESULT_PASS;
	if (mark)
		s = span_skip(s, 1);
	while (end < s.len && s.ptr[end] != ':' && s.ptr[end] != '/')
		end++;
	for (size_t i = 0; i < sizeof mechanisms / sizeof *mechanisms; i++)
		if (span_iis(span_sub(s, 0, end), mechanisms[i].name)) {
			term->kind = mechanisms[i].kind;
			return mechanisms[i].read(span_skip(s, end), term);
		}
	return "a mechanism that does not exist";
}

/* redirect = "redirect" "=" domain-spec; explanation = "exp" "=" domain-spec; neither twice. */
static const char *read_modifier(
	struct spf_record *r, struct span name, struct span value, struct spf_term *term)
{
	if (span_iis(name, "redirect")) {
		term->kind = SPF_REDIRECT;
		return r->redirect ? "a second redirect=" : take_spec(value, term);
	}
	if (span_iis(name, "exp")) {
		term->kind = SPF_EXP;
		return r->exp ? "a second exp=" : take_spec(value, term);
	}
	term->kind = SPF_UNKNOWN_MODIFIER;
	return spf_macro_string(value, false) ? NULL : "a value that is no macro-string";
}

/* name = ALPHA *( ALPHA / DIGIT / "-" / "_" / "." ); the length of one followed by "=", or 0. */
static size_t modifier_name(struct span s)
{
	size_t i = 0;

	if (!s.len || !is_alpha(s.ptr[0]))
		return 0;
	while (i < s.len &&
		(is_alnum(s.ptr[i]) || s.ptr[i] == '-' || s.ptr[i] == '_' || s.ptr[i] == '.'))
		i++;
	return i < s.len && s.ptr[i] == '=' ? i : 0;
}

static bool add_term(struct arena *arena, struct spf_record *r, struct span text)
{
	struct spf_term term = {.text = text, .bits4 = 32, .bits6 = 128};
	size_t name = modifier_name(text);
	const struct spf_term *kept;

	if (name)
		r->bad_reason =
			read_modifier(r, span_sub(text, 0, name), span_skip(text, name + 1), &term);
	else
		r->bad_reason = read_mechanism(text, &term);
	if (r->bad_reason) {
		r->bad = text;
		return false;
	}
	/* Terms that are pointed to live outside the growing list. */
	kept = NULL;
	if (term.kind == SPF_REDIRECT || term.kind == SPF_EXP ||
		(term.kind == SPF_ALL && !r->all)) {
		struct spf_term *copy = ARENA_NEW(arena, struct spf_term);

		*copy = term;
		kept = copy;
	}
	if (term.kind == SPF_REDIRECT)
		r->redirect = kept;
	else if (term.kind == SPF_EXP)
		r->exp = kept;
	else if (kept)
		r->all = kept;
	*LIST_ADD(arena, r->term, r->count, r->room) = term;
	return true;
}

/* record = version terms *SP; terms = *( 1*SP ( directive / modifier ) ) */
struct spf_record spf_record_parse(struct arena *arena, struct span txt)
{
	struct spf_record r = {.text = txt, .valid = true};
	struct span rest = span_skip(txt, 6);

	while (rest.len && r.valid) {
		size_t end;

		if (rest.ptr[0] == ' ') {
			rest = span_skip(rest, 1);
			continue;
		}
		end = span_chr(rest, ' ');
		r.valid = add_term(arena, &r, span_sub(rest, 0, end));
		rest = span_skip(rest, end);
	}
	return r;
}
