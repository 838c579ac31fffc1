/* SPDX-License-Identifier: ISC */
/*
 * Dates that mail programs write into their names, X-Mailer and User-Agent: when the program was
 * built or released, so the message is no older. Only dates written out count; version numbers and
 * build numbers are not looked up, and Mozilla's "Gecko/20100101" stands still since Gecko 2.
 */
#include "parsers/trace/build.h"

#define DAY 86400.0

enum date_form {
	FORM_DIGITS,    /* 20231103 */
	FORM_ISO,       /* 2018-07-13 */
	FORM_AMERICAN,  /* 07/13/2001, 7/24/97 */
	FORM_MONTH_DAY, /* March 27, 2005; Jul 15 2005 */
};

/* What stands before the date, and the form in which the program writes it. */
static const struct {
	const char *program, *before;
	enum date_form form;
} known[] = {
	{"NeoMutt/", "NeoMutt/", FORM_DIGITS}, /* the version is the date */
	{"Mutt/", "(", FORM_ISO},              /* "Mutt/1.10.1 (2018-07-13)" */
	{"Alpine ", " ", FORM_ISO},            /* "Alpine 2.21 (LSU 202 2017-01-01)" */
	{"KMail/", "; ", FORM_ISO},            /* "...; git-7c86098; 2015-08-23)" */
	{"Thunderbird", "/", FORM_DIGITS},     /* "Thunderbird 2.0.0.22 (X11/20090625)" */
	{"Gecko/", "Gecko/", FORM_DIGITS},     /* "rv:1.9.1.5) Gecko/20091130" */
	{"Coremail ", "build ", FORM_DIGITS},
	{"exmh version ", " ", FORM_AMERICAN}, /* "exmh version 2.5 07/13/2001" */
	{"mailx ", " ", FORM_AMERICAN},        /* "Heirloom mailx 12.4 7/29/08" */
	{"nail ", " ", FORM_AMERICAN},
	{"Lotus Notes ", " ", FORM_MONTH_DAY}, /* "Lotus Notes Release 6.5.4 March 27, 2005" */
	{"IBM Notes ", " ", FORM_MONTH_DAY}, {"Lotus Domino ", " ", FORM_MONTH_DAY},
	{"Messenger Express ", "(built ", FORM_MONTH_DAY}, /* "(built Jul 15 2005)" */
};

/* Takes a number of LEAST to MOST digits off S. */
static bool number(struct span *s, size_t least, size_t most, int *ret)
{
	size_t n = 0;

	*ret = 0;
	while (n < s->len && n < most && is_digit(s->ptr[n]))
		*ret = *ret * 10 + (s->ptr[n++] - '0');
	*s = span_skip(*s, n);
	return n >= least;
}

static bool character(struct span *s, char c)
{
	if (!s->len || s->ptr[0] != (uint8_t)c)
		return false;
	*s = span_skip(*s, 1);
	return true;
}

static bool month_name(struct span *s, int *ret)
{
	static const char *const name[] = {"January", "February", "March", "April", "May", "June",
		"July", "August", "September", "October", "November", "December"};

	for (int m = 0; m < 12; m++) {
		size_t len = strlen(name[m]);

		if (!span_starts(*s, name[m]))
			len = 3;
		if (!span_ieq(span_sub(*s, 0, len), span_make((const uint8_t *)name[m], len)))
			continue;
		*s = span_skip(*s, len);
		*ret = m + 1;
		return true;
	}
	return false;
}

static bool read_date(struct span *s, enum date_form form, int *year, int *month, int *day)
{
	switch (form) {
	case FORM_DIGITS:
		return number(s, 4, 4, year) && number(s, 2, 2, month) && number(s, 2, 2, day);
	case FORM_ISO:
		return number(s, 4, 4, year) && character(s, '-') && number(s, 2, 2, month) &&
		       character(s, '-') && number(s, 2, 2, day);
	case FORM_AMERICAN:
		if (!number(s, 1, 2, month) || !character(s, '/') || !number(s, 1, 2, day) ||
			!character(s, '/') || !number(s, 2, 4, year))
			return false;
		*year += *year >= 100 ? 0 : *year >= 70 ? 1900 : 2000;
		return true;
	case FORM_MONTH_DAY:
		if (!month_name(s, month) || !character(s, ' '))
			return false;
		character(s, ' ');
		if (!number(s, 1, 2, day))
			return false;
		character(s, ',');
		return character(s, ' ') && number(s, 4, 4, year);
	}
	return false;
}

static bool frozen(int year, int month, int day)
{
	return year == 2010 && month == 1 && day == 1;
}

/* A date of the form that stands directly behind BEFORE and is no part of a longer word. */
static bool dated(struct span name, const char *before, enum date_form form, struct clock *ret)
{
	size_t len = strlen(before);

	for (size_t at = span_find(name, span_of(before), 0); at < name.len;
		at = span_find(name, span_of(before), at + 1)) {
		struct span from = span_skip(name, at + len), rest = from;
		int year, month, day;

		if (!read_date(&rest, form, &year, &month, &day) ||
			(rest.len && is_alnum(rest.ptr[0])) || month < 1 || month > 12 || day < 1 ||
			day > moment_month_days(year, month) || frozen(year, month, day))
			continue;
		if (!clock_put(ret, moment_of(year, month, day, 0, 0, 0), DAY, "program's build"))
			continue;
		ret->where = span_sub(from, 0, from.len - rest.len);
		return true;
	}
	return false;
}

bool clock_program(struct span name, struct clock *ret)
{
	name = span_sub(name, 0, 512);
	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (span_find(name, span_of(known[i].program), 0) < name.len &&
			dated(name, known[i].before, known[i].form, ret))
			return true;
	return false;
}
