/* SPDX-License-Identifier: ISC */
#include "parsers/findings/facts.h"

#include <string.h>

#include "parsers/base/wide.h"

enum { LONG_NUMBER = 8 };

static void add(
	struct facts *f, enum fact_kind kind, const char *value, size_t len, struct span text)
{
	struct fact *fact;

	if (f->count == FACTS_MAX || len == 0 || len >= FACT_LEN)
		return;
	fact = &f->fact[f->count++];
	*fact = (struct fact){.kind = kind, .text = text};
	memcpy(fact->value, value, len);
}

/* --- numbers --- */

/* A number with its separators: digits, and single "," "." "'" between digits. */
static size_t number_length(struct span s)
{
	size_t n = 0;

	while (n < s.len &&
		(is_digit(s.ptr[n]) || (n > 0 && strchr(",.'", s.ptr[n]) && n + 1 < s.len &&
					       is_digit(s.ptr[n + 1]))))
		n++;
	return n;
}

/* "1.200,00" and "1,200" are 1200, "9.5" is 9.50: the last separator is a decimal one where one or
 * two digits follow. */
static size_t amount_value(struct span s, char out[FACT_LEN])
{
	size_t cents = s.len, len = 0;

	for (size_t i = 0; i < s.len; i++)
		if (!is_digit(s.ptr[i]) && s.len - i - 1 <= 2)
			cents = i;
	for (size_t i = 0; i < cents && len < FACT_LEN - 4; i++)
		if (is_digit(s.ptr[i]) && (len > 0 || s.ptr[i] != '0'))
			out[len++] = (char)s.ptr[i];
	if (cents + 1 >= s.len ||
		(s.ptr[cents + 1] == '0' && (cents + 2 == s.len || s.ptr[cents + 2] == '0')))
		return len;
	out[len++] = '.';
	out[len++] = (char)s.ptr[cents + 1];
	out[len++] = cents + 2 < s.len ? (char)s.ptr[cents + 2] : '0';
	return len;
}

/* A currency's sign or code at the start of S: its length, or 0. */
static size_t currency(struct span s)
{
	static const char *const names[] = {"$", "\xe2\x82\xac", "\xc2\xa3", "\xc2\xa5", "eur",
		"usd", "gbp", "chf", "jpy", "aud", "cad", "inr", "cny", "btc"};

	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		size_t len = strlen(names[i]);

		if (span_istarts(s, names[i]) &&
			!(is_alpha((uint8_t)*names[i]) && s.len > len && is_alpha(s.ptr[len])))
			return len;
	}
	return 0;
}

static size_t blanks(struct span s)
{
	size_t n = 0;

	while (n < s.len && n < 2 && is_space(s.ptr[n]))
		n++;
	if (n == 0 && span_starts(s, "\xc2\xa0"))
		n = 2;
	return n;
}

/* A currency stands before NUMBER, which lies in TEXT. */
static bool currency_before(struct span text, size_t at)
{
	for (size_t back = 1; back <= 5 && back <= at; back++) {
		struct span s = span_sub(text, at - back, at);
		size_t len = currency(s);

		/* "seur 5" is none. */
		if (len && len + blanks(span_skip(s, len)) == back &&
			(!is_alpha(*s.ptr) || back == at || !is_alpha(text.ptr[at - back - 1])))
			return true;
	}
	return false;
}

static void add_amount(struct facts *f, struct span text, size_t at, size_t len)
{
	struct span behind = span_skip(text, at + len), number = span_sub(text, at, at + len);
	char value[FACT_LEN];

	behind = span_skip(behind, blanks(behind));
	if (currency_before(text, at) || currency(behind))
		add(f, FACT_AMOUNT, value, amount_value(number, value), number);
}

/* Digits in groups, as accounts and telephones are written: what stands between two groups is short
 * and no letter. */
static size_t groups_length(struct span s, size_t *ret_digits)
{
	size_t n = 0, end = 0;

	*ret_digits = 0;
	while (n < s.len) {
		if (is_digit(s.ptr[n])) {
			(*ret_digits)++;
			end = ++n;
		} else if (n - end < 2 && strchr(" -./()", s.ptr[n]) && s.ptr[n]) {
			n++;
		} else {
			break;
		}
	}
	return end;
}

static void add_number(struct facts *f, struct span s)
{
	char value[FACT_LEN];
	size_t len = 0;

	for (size_t i = 0; i < s.len && len < FACT_LEN; i++)
		if (is_digit(s.ptr[i]))
			value[len++] = (char)s.ptr[i];
	add(f, FACT_NUMBER, value, len, s);
}

/* --- addresses --- */

static bool address_byte(uint8_t c)
{
	return is_alnum(c) || strchr("._%+-@", c);
}

/* The token around the "@" of a token without white space. */
static void add_address(struct facts *f, struct span token, size_t at)
{
	size_t from = at, to = at + 1;
	char value[FACT_LEN];

	while (from > 0 && address_byte(token.ptr[from - 1]))
		from--;
	while (to < token.len && address_byte(token.ptr[to]))
		to++;
	while (to > at && !is_alnum(token.ptr[to - 1]))
		to--;
	if (from == at || to <= at + 3 || to - from >= FACT_LEN ||
		span_chr(span_sub(token, at, to), '.') == to - at)
		return;
	for (size_t i = from; i < to; i++)
		value[i - from] = (char)ascii_lower(token.ptr[i]);
	add(f, FACT_ADDRESS, value, to - from, span_sub(token, from, to));
}

/* Where the next token begins that has a digit or "@": no other holds a fact. */
static size_t next_token(struct span text, size_t from)
{
	size_t at = from;
	wide v, marks = wide_all(0);

	for (; at + WIDE <= text.len && !wide_any(marks); at += WIDE) {
		v = wide_at(text.ptr + at);
		marks = wide_or(wide_between(v, '0', '9'), wide_equal(v, '@'));
	}
	if (wide_any(marks))
		at -= WIDE;
	while (at < text.len && !is_digit(text.ptr[at]) && text.ptr[at] != '@')
		at++;
	while (at < text.len && at > from && !is_space(text.ptr[at - 1]))
		at--;
	return at;
}

/* Numbers in a token that is no address; how much of TEXT was read. */
static size_t add_numbers(struct facts *f, struct span text, size_t start, size_t end)
{
	size_t at = start, digits, len;

	while (at < end && !is_digit(text.ptr[at]))
		at++;
	len = number_length(span_sub(text, at, end));
	if (len)
		add_amount(f, text, at, len);
	len = groups_length(span_skip(text, at), &digits);
	if (digits < LONG_NUMBER)
		return end;
	add_number(f, span_sub(text, at, at + len));
	return at + len;
}

void facts_read(struct facts *f, struct span text)
{
	f->count = 0;
	for (size_t i = next_token(text, 0); i < text.len && f->count < FACTS_MAX;
		i = next_token(text, i)) {
		size_t end = i, mark;
		struct span token;

		while (end < text.len && !is_space(text.ptr[end]))
			end++;
		token = span_sub(text, i, end);
		mark = span_chr(token, '@');
		if (span_find(token, SPAN("://"), 0) < token.len || span_istarts(token, "www.")) {
			i = end;
		} else if (mark < token.len) {
			add_address(f, token, mark);
			i = end;
		} else {
			i = add_numbers(f, text, i, end);
		}
	}
}

/* A number that was cut by a line end is a part of the other. */
static bool same(const struct fact *a, const struct fact *b)
{
	if (a->kind == FACT_NUMBER)
		return strstr(a->value, b->value) || strstr(b->value, a->value);
	return strcmp(a->value, b->value) == 0;
}

static const struct fact *only_in(const struct facts *a, const struct facts *b, enum fact_kind kind)
{
	for (size_t i = 0; i < a->count; i++) {
		bool shared = a->fact[i].kind != kind;

		for (size_t k = 0; !shared && k < b->count; k++)
			shared = b->fact[k].kind == kind && same(&a->fact[i], &b->fact[k]);
		if (!shared)
			return &a->fact[i];
	}
	return NULL;
}

bool facts_differ(const struct facts *a, const struct facts *b, enum fact_kind kind,
	const struct fact **ret_a, const struct fact **ret_b)
{
	*ret_a = only_in(a, b, kind);
	*ret_b = *ret_a ? only_in(b, a, kind) : NULL;
	return *ret_b != NULL;
}
