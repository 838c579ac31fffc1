/* SPDX-License-Identifier: ISC */
/*
 * Times without the C library's clock or zone: seconds since 1970-01-01T00:00:00Z (int64_t), the proleptic Gregorian
 * calendar. TIME_NONE means that there is none.
 */
#ifndef PARSERS_BASE_MOMENT_H
#define PARSERS_BASE_MOMENT_H

#include "parsers/base/arena.h"
#include "parsers/base/span.h"

#define TIME_NONE INT64_MIN

struct civil {
	int64_t year;
	int month, day, hour, minute, second; /* month and day from 1 */
	int weekday;			      /* 0 is Sunday */
};

/* Seconds of the civil UTC time; fields must be in range (second may be 60). */
int64_t moment_of(int64_t year, int month, int day, int hour, int minute, int second);
struct civil moment_civil(int64_t time);
/* 0 is Sunday. */
int moment_weekday(int64_t time);
int moment_month_days(int64_t year, int month);
/* RFC 3339 in UTC, "2026-11-10T09:12:44Z"; NULL for TIME_NONE. */
const char *moment_text(struct arena *, int64_t time);
/* The same with the offset east of UTC in seconds, "2026-11-10T10:12:44+01:00"; "-00:00" where UNKNOWN_ZONE. */
const char *moment_text_zone(struct arena *, int64_t time, int offset_s, bool unknown_zone);
/* RFC 3339, a date alone, or epoch seconds. False where it is none of these. */
bool moment_parse(struct span, int64_t *ret);
/* "3 min", "2 h 5 min", "4 days": for people; the sign is the caller's. */
const char *moment_duration(struct arena *, int64_t seconds);

#endif
