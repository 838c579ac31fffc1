/* SPDX-License-Identifier: ISC */
#include "parsers/base/moment.h"

#include <inttypes.h>
#include <stdio.h>

/* Days from 1970-01-01; years counted from March, so that the leap day comes last. */
static int64_t days_of(int64_t year, int month, int day)
{
	year -= month <= 2;

	int64_t era = (year >= 0 ? year : year - 399) / 400;
	int64_t yoe = year - era * 400;
	int64_t doy = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
	int64_t doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;

	return era * 146097 + doe - 719468;
}

int64_t moment_of(int64_t year, int month, int day, int hour, int minute, int second)
{
	return days_of(year, month, day) * 86400 + hour * 3600 + minute * 60 + second;
}

/* Whole days since 1970-01-01, and the seconds of the day. */
static int64_t split_day(int64_t time, int64_t *ret_rest)
{
	int64_t days = time / 86400;

	*ret_rest = time % 86400;
	if (*ret_rest < 0)
		*ret_rest += 86400, days--;
	return days;
}

/* The first day was a Thursday. */
static int weekday_of(int64_t days)
{
	return (int)(((days + 4) % 7 + 7) % 7);
}

int moment_weekday(int64_t time)
{
	int64_t rest;

	return weekday_of(split_day(time, &rest));
}

struct civil moment_civil(int64_t time)
{
	int64_t rest, days = split_day(time, &rest);

	int64_t z = days + 719468;
	int64_t era = (z >= 0 ? z : z - 146096) / 146097;
	int64_t doe = z - era * 146097;
	int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
	int64_t mp = (5 * doy + 2) / 153;
	struct civil c = {
		.day = (int)(doy - (153 * mp + 2) / 5 + 1),
		.month = (int)(mp < 10 ? mp + 3 : mp - 9),
		.hour = (int)(rest / 3600),
		.minute = (int)(rest / 60 % 60),
		.second = (int)(rest % 60),
		.weekday = weekday_of(days),
	};
	c.year = yoe + era * 400 + (c.month <= 2);
	return c;
}

int moment_month_days(int64_t year, int month)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);

	return month == 2 && leap ? 29 : days[month - 1];
}

static char *two_digits(char *at, int n, char behind)
{
	at[0] = (char)('0' + n / 10);
	at[1] = (char)('0' + n % 10);
	at[2] = behind;
	return at + 3;
}

/* "2026-11-21T23:05:00" at TEXT, which has room for any year; where it ends. */
static char *date_and_time(char *text, int64_t time)
{
	struct civil c = moment_civil(time);

	if (c.year < 0 || c.year > 9999) {
		text += sprintf(text, "%04" PRId64 "-", c.year);
	} else {
		*text = (char)('0' + c.year / 1000);
		text[1] = (char)('0' + c.year / 100 % 10);
		text = two_digits(text + 2, (int)(c.year % 100), '-');
	}
	text = two_digits(text, c.month, '-');
	text = two_digits(text, c.day, 'T');
	text = two_digits(text, c.hour, ':');
	text = two_digits(text, c.minute, ':');
	return two_digits(text, c.second, 0) - 1;
}

enum { MOMENT_ROOM = 48 };

const char *moment_text_zone(struct arena *arena, int64_t time, int offset_s, bool unknown_zone)
{
	char text[MOMENT_ROOM], *end;
	int minutes = offset_s / 60, size = minutes < 0 ? -minutes : minutes;

	if (time == TIME_NONE)
		return NULL;
	end = date_and_time(text, time + offset_s);
	*end++ = minutes < 0 || unknown_zone ? '-' : '+';
	if (size / 60 > 99)
		end += sprintf(end, "%d:", size / 60);
	else
		end = two_digits(end, size / 60, ':');
	end = two_digits(end, size % 60, 0) - 1;
	return arena_text(arena, span_make(text, (size_t)(end - text)));
}

const char *moment_text(struct arena *arena, int64_t time)
{
	char text[MOMENT_ROOM], *end;

	if (time == TIME_NONE)
		return NULL;
	end = date_and_time(text, time);
	*end++ = 'Z';
	return arena_text(arena, span_make(text, (size_t)(end - text)));
}

/* WIDTH digits at *AT, then SEP where that is not 0. */
static bool digits(struct span s, size_t *at, int width, char sep, int *ret)
{
	int n = 0;

	for (int i = 0; i < width; i++, (*at)++) {
		if (*at >= s.len || !is_digit(s.ptr[*at]))
			return false;
		n = n * 10 + (s.ptr[*at] - '0');
	}
	*ret = n;
	return sep == 0 || (*at < s.len && s.ptr[*at] == sep && ++*at);
}

/* time-offset = "Z" / ("+" / "-") time-hour ":" time-minute (RFC 3339 5.6); nothing reads as Z. */
static bool zone(struct span s, size_t at, int *ret)
{
	int hour, minute, sign;

	*ret = 0;
	if (at == s.len)
		return true;
	if (s.ptr[at] == 'Z' || s.ptr[at] == 'z')
		return at + 1 == s.len;
	if (s.ptr[at] != '+' && s.ptr[at] != '-')
		return false;
	sign = s.ptr[at++] == '-' ? -1 : 1;
	if (!digits(s, &at, 2, ':', &hour) || !digits(s, &at, 2, 0, &minute) || hour > 23 || minute > 59)
		return false;
	*ret = sign * (hour * 3600 + minute * 60);
	return at == s.len;
}

bool moment_parse(struct span s, int64_t *ret)
{
	int year, month, day, hour = 0, minute = 0, second = 0, offset = 0;
	uint64_t epoch;
	size_t at = 0;

	s = span_trim(s);
	if (span_number(s, INT64_MAX / 4, &epoch)) {
		*ret = (int64_t)epoch;
		return true;
	}
	if (!digits(s, &at, 4, '-', &year) || !digits(s, &at, 2, '-', &month) || !digits(s, &at, 2, 0, &day))
		return false;
	if (month < 1 || month > 12 || day < 1 || day > moment_month_days(year, month))
		return false;
	if (at < s.len) {
		if (s.ptr[at] != 'T' && s.ptr[at] != 't' && s.ptr[at] != ' ')
			return false;
		at++;
		if (!digits(s, &at, 2, ':', &hour) || !digits(s, &at, 2, ':', &minute) ||
			!digits(s, &at, 2, 0, &second) || hour > 23 || minute > 59 || second > 60)
			return false;
		if (at < s.len && s.ptr[at] == '.')
			do
				at++;
			while (at < s.len && is_digit(s.ptr[at]));
		if (!zone(s, at, &offset))
			return false;
	}
	*ret = moment_of(year, month, day, hour, minute, second) - offset;
	return true;
}

const char *moment_duration(struct arena *arena, int64_t seconds)
{
	int64_t s = seconds < 0 ? -seconds : seconds;

	if (s < 120)
		return arena_printf(arena, "%" PRId64 " s", s);
	if (s < 7200)
		return arena_printf(arena, "%" PRId64 " min", s / 60);
	if (s < 2 * 86400)
		return s / 60 % 60 ? arena_printf(arena, "%" PRId64 " h %" PRId64 " min", s / 3600, s / 60 % 60)
				   : arena_printf(arena, "%" PRId64 " h", s / 3600);
	return arena_printf(arena, "%" PRId64 " days", s / 86400);
}
