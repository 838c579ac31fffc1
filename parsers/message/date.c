/* SPDX-License-Identifier: ISC */
/*
 * One reader for all forms: words and numbers are taken from left to right, each fills the first
 *slot that it fits, and the first one that fits none ends the date. RFC 5322 3.3, for reference:
 *
 *	date-time = [ day-of-week "," ] day month year hour ":" minute [ ":" second ] zone [CFWS]
 */
#include "parsers/message/date.h"

struct reader {
	struct span s;
	size_t at;
	struct date date;
	int64_t year;
	int month, day, hour, minute, second, weekday; /* -1 where not read */
	bool has_zone, pm, am;
	size_t from, to; /* of what was taken */
};

/* The first three letters of a word, in lower case, as one number. */
#define KEY(a, b, c) ((uint32_t)(a) << 16 | (uint32_t)(b) << 8 | (uint32_t)(c))

/* Months from 1, weekdays from 0 for Sunday. */
static const struct name {
	uint32_t key;
	char text[10];
	bool month;
	int8_t value;
} names[] = {
	{KEY('m', 'o', 'n'), "monday", false, 1},
	{KEY('t', 'u', 'e'), "tuesday", false, 2},
	{KEY('w', 'e', 'd'), "wednesday", false, 3},
	{KEY('t', 'h', 'u'), "thursday", false, 4},
	{KEY('f', 'r', 'i'), "friday", false, 5},
	{KEY('s', 'a', 't'), "saturday", false, 6},
	{KEY('s', 'u', 'n'), "sunday", false, 0},
	{KEY('j', 'a', 'n'), "january", true, 1},
	{KEY('f', 'e', 'b'), "february", true, 2},
	{KEY('m', 'a', 'r'), "march", true, 3},
	{KEY('a', 'p', 'r'), "april", true, 4},
	{KEY('m', 'a', 'y'), "may", true, 5},
	{KEY('j', 'u', 'n'), "june", true, 6},
	{KEY('j', 'u', 'l'), "july", true, 7},
	{KEY('a', 'u', 'g'), "august", true, 8},
	{KEY('s', 'e', 'p'), "september", true, 9},
	{KEY('o', 'c', 't'), "october", true, 10},
	{KEY('n', 'o', 'v'), "november", true, 11},
	{KEY('d', 'e', 'c'), "december", true, 12},
};

/* RFC 5322 4.3 names the first ten; the rest is what servers write. Hours times 100 plus minutes.
 */
static const struct zone {
	char text[5];
	int16_t hhmm;
} zones[] = {{"ut", 0}, {"gmt", 0}, {"est", -500}, {"edt", -400}, {"cst", -600}, {"cdt", -500},
	{"mst", -700}, {"mdt", -600}, {"pst", -800}, {"pdt", -700}, {"utc", 0}, {"z", 0},
	{"wet", 0}, {"west", 100}, {"bst", 100}, {"cet", 100}, {"met", 100}, {"mez", 100},
	{"cest", 200}, {"mest", 200}, {"mesz", 200}, {"eet", 200}, {"eest", 300}, {"msk", 300},
	{"msd", 400}, {"sast", 200}, {"jst", 900}, {"kst", 900}, {"hkt", 800}, {"sgt", 800},
	{"awst", 800}, {"acst", 930}, {"acdt", 1030}, {"aest", 1000}, {"aedt", 1100},
	{"nzst", 1200}, {"nzdt", 1300}, {"akst", -900}, {"akdt", -800}, {"hst", -1000},
	{"ast", -400}, {"adt", -300}, {"nst", -330}, {"ndt", -230}, {"brt", -300}, {"brst", -200},
	{"art", -300}, {"clt", -400}};

static struct span rest_of(const struct reader *r)
{
	return span_skip(r->s, r->at);
}

static int peek(const struct reader *r)
{
	return r->at < r->s.len ? r->s.ptr[r->at] : -1;
}

/* Past a comment, nested ones too; one that never closes runs to the end. */
static void skip_comment(struct reader *r)
{
	size_t depth = 0;

	r->date.odd |= DATE_COMMENT;
	for (; r->at < r->s.len; r->at++) {
		uint8_t c = r->s.ptr[r->at];

		if (c == '\\' && r->at + 1 < r->s.len)
			r->at++;
		else if (c == '(')
			depth++;
		else if (c == ')' && --depth == 0) {
			r->at++;
			return;
		}
	}
}

static void skip_cfws(struct reader *r)
{
	while (r->at < r->s.len) {
		if (is_space(r->s.ptr[r->at]))
			r->at++;
		else if (r->s.ptr[r->at] == '(')
			skip_comment(r);
		else
			return;
	}
}

static void taken(struct reader *r, size_t from)
{
	if (r->to == 0)
		r->from = from;
	r->to = r->at;
}

static struct span take_word(struct reader *r)
{
	struct span s = rest_of(r);
	size_t n = 0;

	while (n < s.len && is_alpha(s.ptr[n]))
		n++;
	r->at += n;
	return span_sub(s, 0, n);
}

/* Digits; a number of more than nine is taken for a huge one. */
static int take_digits(struct reader *r, size_t *ret_count)
{
	size_t from = r->at, at = from;
	int n = 0;

	for (; at < r->s.len && is_digit(r->s.ptr[at]); at++)
		if (at - from < 9)
			n = n * 10 + (r->s.ptr[at] - '0');
	r->at = at;
	*ret_count = at - from;
	return at - from > 9 ? 999999999 : n;
}

/* The name that WORD, of letters only, is or abbreviates to three letters or more. */
static const struct name *find_name(struct span word)
{
	uint32_t key;

	if (word.len < 3)
		return NULL;
	key = KEY(word.ptr[0] | 32, word.ptr[1] | 32, word.ptr[2] | 32);
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (names[i].key == key)
			return word.len == 3 || span_ieq(span_sub(span_of(names[i].text), 0,
								 word.len),
							word)
				       ? &names[i]
				       : NULL;
	return NULL;
}

static const struct zone *find_zone(struct span word)
{
	for (size_t i = 0; word.len && i < sizeof zones / sizeof *zones; i++)
		if (span_iis(word, zones[i].text))
			return &zones[i];
	return NULL;
}

static int zone_seconds(int hhmm)
{
	return hhmm / 100 * 3600 + hhmm % 100 * 60;
}

/* RFC 5322 4.3: two digits below 50 are of this century, others and three digits count from 1900.
 */
static void set_year(struct reader *r, int n, size_t digits)
{
	if (digits < 4)
		r->date.odd |= DATE_YEAR_SHORT;
	r->year = digits < 3 ? n < 50 ? 2000 + n : 1900 + n : digits == 3 ? 1900 + n : n;
}

/* zone = ("+" / "-") 4DIGIT, and with a colon, or with fewer digits. */
static bool take_offset(struct reader *r)
{
	size_t from = r->at, digits, more = 0;
	int sign = peek(r) == '-' ? -1 : 1, n, hours, minutes;

	r->at++;
	n = take_digits(r, &digits);
	if (digits == 0) {
		r->at = from;
		return false;
	}
	hours = digits > 2 ? n / 100 : n;
	minutes = digits > 2 ? n % 100 : 0;
	if (digits <= 2 && peek(r) == ':') {
		r->at++;
		minutes = take_digits(r, &more);
	}
	if ((digits != 4 && !(digits == 2 && more == 2)) || minutes > 59 || hours > 14)
		r->date.odd |= DATE_ZONE_ODD;
	if (digits > 4 || hours > 24 || minutes > 99) {
		r->date.odd |= DATE_ZONE_UNKNOWN;
	} else {
		r->date.offset_s = sign * (hours * 3600 + minutes * 60);
		if (sign < 0 && n == 0 && minutes == 0)
			r->date.odd |= DATE_ZONE_UNKNOWN; /* RFC 5322 3.3: -0000 says nothing of the
							     zone */
	}
	r->has_zone = true;
	taken(r, from);
	return true;
}

/* A zone by name; "GMT+0200" is read by its digits. */
static bool take_zone_name(struct reader *r, struct span word, size_t from)
{
	const struct zone *zone = find_zone(word);

	if (r->hour < 0 || r->has_zone)
		return false;
	if (zone && (peek(r) == '+' || peek(r) == '-') && r->at + 1 < r->s.len &&
		is_digit(r->s.ptr[r->at + 1]))
		return take_offset(r);
	if (zone) {
		r->date.offset_s = zone_seconds(zone->hhmm);
		r->date.odd |= DATE_ZONE_NAMED;
	} else {
		for (size_t i = 0; i < word.len; i++)
			if (word.ptr[i] > 'Z')
				return false;
		if (word.len > 5)
			return false;
		r->date.odd |= DATE_ZONE_NAMED | DATE_ZONE_UNKNOWN;
	}
	r->has_zone = true;
	taken(r, from);
	return true;
}

static bool take_name(struct reader *r)
{
	size_t from = r->at;
	struct span word = take_word(r);
	const struct name *name = find_name(word);

	if (name && name->month && r->month < 0) {
		r->month = name->value;
		if (r->day < 0)
			r->date.odd |= DATE_FORM;
	} else if (name && !name->month && r->weekday < 0) {
		r->weekday = name->value;
	} else if (r->hour >= 0 && !r->pm && !r->am &&
		   (span_iis(word, "am") || span_iis(word, "pm"))) {
		r->am = (word.ptr[0] | 32) == 'a';
		r->pm = !r->am;
		r->date.odd |= DATE_FORM;
	} else {
		if (take_zone_name(r, word, from))
			return true;
		r->at = from;
		return false;
	}
	taken(r, from);
	return true;
}

/* A colon, with CFWS around it (RFC 5322 4.3), that a digit follows; else nothing is taken. */
static bool take_colon(struct reader *r)
{
	size_t at = r->at;
	unsigned odd = r->date.odd;

	skip_cfws(r);
	if (peek(r) == ':') {
		r->at++;
		skip_cfws(r);
		if (peek(r) >= 0 && is_digit((uint8_t)peek(r)))
			return true;
	}
	r->at = at;
	r->date.odd = odd;
	return false;
}

/* The rest of hour ":" minute [ ":" second [ "." fraction ] ], after the first colon. */
static bool take_time(struct reader *r, int hour, size_t from)
{
	size_t digits;

	r->hour = hour;
	r->minute = take_digits(r, &digits);
	if (take_colon(r)) {
		r->second = take_digits(r, &digits);
		if ((peek(r) == '.' || peek(r) == ',') && r->at + 1 < r->s.len &&
			is_digit(r->s.ptr[r->at + 1])) {
			r->at++;
			take_digits(r, &digits);
			r->date.odd |= DATE_FORM;
		}
	} else {
		r->second = 0;
		r->date.odd |= DATE_SECONDS_MISSING;
	}
	taken(r, from);
	return true;
}

/*
 * The rest of 2026-11-10, 10/11/2026 or 10.11.26, after its first number. Where day and month could
 * be either, the day is read first, except with slashes.
 */
static bool take_numeric(struct reader *r, int first, size_t first_digits, size_t from)
{
	int sep = peek(r), second, third;
	size_t digits, third_digits;

	r->at++;
	second = take_digits(r, &digits);
	if (digits == 0 || digits > 2 || peek(r) != sep)
		return false;
	r->at++;
	third = take_digits(r, &third_digits);
	if (third_digits == 0)
		return false;
	r->date.odd |= DATE_FORM;
	if (first_digits == 4) {
		r->year = first;
		r->month = second;
		r->day = third;
	} else {
		bool month_first = second > 12 || (sep == '/' && first <= 12);

		r->month = month_first ? first : second;
		r->day = month_first ? second : first;
		set_year(r, third, third_digits);
	}
	if ((peek(r) == 'T' || peek(r) == 't') && r->at + 1 < r->s.len &&
		is_digit(r->s.ptr[r->at + 1]))
		r->at++;
	taken(r, from);
	return true;
}

static bool take_number(struct reader *r)
{
	size_t from = r->at, digits;
	int n = take_digits(r, &digits), next = peek(r);
	size_t behind = r->at;

	if (digits <= 2 && r->hour < 0 && take_colon(r))
		return take_time(r, n, from);
	if ((next == '-' || next == '/' || next == '.') && r->month < 0 && r->day < 0 &&
		r->year < 0) {
		if (take_numeric(r, n, digits, from))
			return true;
		r->at = behind;
	}
	if (digits > 4)
		return false;
	if (digits <= 2 && r->day < 0) {
		r->day = n;
		if (next == 's' || next == 'n' || next == 'r' ||
			next == 't') { /* 1st, 2nd, 3rd, 4th */
			take_word(r);
			r->date.odd |= DATE_FORM;
		}
	} else if (r->year < 0) {
		if (r->month < 0 || r->day < 0)
			return false;
		if (r->hour >= 0)
			r->date.odd |= DATE_FORM;
		set_year(r, n, digits);
	} else if (digits == 4 && r->hour >= 0 && !r->has_zone) {
		r->date.odd |= DATE_ZONE_ODD; /* no sign */
		r->date.offset_s = zone_seconds(n);
		r->has_zone = true;
	} else {
		return false;
	}
	taken(r, from);
	return true;
}

/* Takes one more piece; false where the next is none of a date. */
static bool take_piece(struct reader *r)
{
	int c = peek(r);
	size_t at = r->at;
	bool ok = false;

	if (c < 0)
		return false;
	if (is_alpha((uint8_t)c))
		ok = take_name(r);
	else if (is_digit((uint8_t)c))
		ok = take_number(r);
	else if ((c == '+' || c == '-') && r->hour >= 0 && !r->has_zone)
		ok = take_offset(r);
	if (ok)
		return true;
	r->at = at;
	return false;
}

/* Between pieces: commas after a weekday or a day, hyphens and dots inside 10-Nov-2026 and 10. Nov
 * 2026, quotes. */
static void skip_between(struct reader *r)
{
	for (;;) {
		int c;

		skip_cfws(r);
		c = peek(r);
		if (c < 0 || is_alnum((uint8_t)c))
			return;
		if (c == ',' || c == '"' || c == '\'' || (c == '.' && r->to) ||
			((c == '-' || c == '/') && r->hour < 0 && r->to))
			r->at++;
		else if (c >= 0x80 && r->day < 0) { /* a weekday in another script */
			r->at++;
			r->date.odd |= DATE_FORM;
		} else
			return;
	}
}

static bool in_range(const struct reader *r)
{
	return r->year >= 1900 && r->year <= 9999 && r->month >= 1 && r->month <= 12 &&
	       r->day >= 1 && r->day <= moment_month_days(r->year, r->month) && r->hour <= 23 &&
	       r->minute <= 59 && r->second <= 60;
}

static void finish(struct reader *r)
{
	struct date *date = &r->date;

	if (r->year < 0 || r->month < 0 || r->day < 0 || r->hour < 0)
		return;
	if (!r->has_zone)
		date->odd |= DATE_ZONE_MISSING;
	if ((r->pm || r->am) && r->hour >= 1 && r->hour <= 12)
		r->hour = r->hour % 12 + (r->pm ? 12 : 0);
	if (!in_range(r)) {
		date->odd |= DATE_OUT_OF_RANGE;
		return;
	}
	date->valid = true;
	date->time = moment_of(r->year, r->month, r->day, r->hour, r->minute, r->second);
	if (r->weekday >= 0 && moment_weekday(date->time - (r->second == 60)) != r->weekday)
		date->odd |= DATE_WEEKDAY_WRONG;
	date->time -= date->offset_s;
}

struct date date_parse(struct span s)
{
	struct reader r = {.s = s,
		.date = {.time = TIME_NONE},
		.year = -1,
		.month = -1,
		.day = -1,
		.hour = -1,
		.weekday = -1};

	do
		skip_between(&r);
	while (take_piece(&r));
	r.date.where = span_sub(s, r.from, r.to);
	if (span_trim(rest_of(&r)).len)
		r.date.odd |= DATE_TRAILING;
	finish(&r);
	return r.date;
}
