/* SPDX-License-Identifier: ISC */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "parsers/message/date.h"

enum { BAD = -99 }; /* not valid */

static const struct {
	const char *in, *utc;
	int offset_min;
	unsigned odd;
} rows[] = {
	/* RFC 5322 appendix A.1.1, A.5, A.6.2 */
	{ "Fri, 21 Nov 1997 09:55:06 -0600", "1997-11-21T15:55:06Z", -360, 0 },
	{ " Thu,\r\n      13\r\n        Feb\r\n          1969\r\n      23:32\r\n               -0330 (Newfoundland Time)",
		"1969-02-14T03:02:00Z", -210, DATE_SECONDS_MISSING | DATE_COMMENT },
	{ "21 Nov 97 09:55:06 GMT", "1997-11-21T09:55:06Z", 0, DATE_YEAR_SHORT | DATE_ZONE_NAMED },
	{ "Fri, 21 Nov 1997 09(comment):   55  :  06 -0600", "1997-11-21T15:55:06Z", -360, DATE_COMMENT },
	/* zones */
	{ "Tue, 10 Nov 2026 09:12:44 -0000", "2026-11-10T09:12:44Z", 0, DATE_ZONE_UNKNOWN },
	{ "Tue, 10 Nov 2026 09:12:44 +0000", "2026-11-10T09:12:44Z", 0, 0 },
	{ "Tue, 10 Nov 2026 09:12:44 +0200 (CEST)", "2026-11-10T07:12:44Z", 120, DATE_COMMENT },
	{ "Tue, 10 Nov 2026 09:12:44 (CEST)", "2026-11-10T09:12:44Z", 0, DATE_COMMENT | DATE_ZONE_MISSING },
	{ "Tue, 10 Nov 2026 09:12:44 +100", "2026-11-10T08:12:44Z", 60, DATE_ZONE_ODD },
	{ "Tue, 10 Nov 2026 09:12:44 +12345", "2026-11-10T09:12:44Z", 0, DATE_ZONE_ODD | DATE_ZONE_UNKNOWN },
	{ "Tue, 10 Nov 2026 09:12:44 +1500", "2026-11-09T18:12:44Z", 900, DATE_ZONE_ODD },
	{ "Tue, 10 Nov 2026 09:12:44 +0175", "2026-11-10T06:57:44Z", 135, DATE_ZONE_ODD },
	{ "Tue, 10 Nov 2026 09:12:44 CEST", "2026-11-10T07:12:44Z", 120, DATE_ZONE_NAMED },
	{ "Tue, 10 Nov 2026 09:12:44 QQT", "2026-11-10T09:12:44Z", 0, DATE_ZONE_NAMED | DATE_ZONE_UNKNOWN },
	{ "Tue, 10 Nov 2026 09:12:44 GMT+02:00", "2026-11-10T07:12:44Z", 120, 0 },
	{ "Tue, 10 Nov 2026 09:12:44 Z", "2026-11-10T09:12:44Z", 0, DATE_ZONE_NAMED },
	{ "Tue, 10 Nov 2026 09:12:44", "2026-11-10T09:12:44Z", 0, DATE_ZONE_MISSING },
	{ "Tue, 10 Nov 2026 09:12:44 0200", "2026-11-10T07:12:44Z", 120, DATE_ZONE_ODD },
	/* weekday, year, seconds */
	{ "Mon, 10 Nov 2026 09:12:44 +0000", "2026-11-10T09:12:44Z", 0, DATE_WEEKDAY_WRONG },
	{ "Tuesday, 10 November 2026 09:12:44 +0000", "2026-11-10T09:12:44Z", 0, 0 },
	{ "10 Nov 49 09:12 +0000", "2049-11-10T09:12:00Z", 0, DATE_YEAR_SHORT | DATE_SECONDS_MISSING },
	{ "10 Nov 50 09:12 +0000", "1950-11-10T09:12:00Z", 0, DATE_YEAR_SHORT | DATE_SECONDS_MISSING },
	{ "10 Nov 103 09:12:01 +0000", "2003-11-10T09:12:01Z", 0, DATE_YEAR_SHORT },
	{ "31 Dec 2016 23:59:60 +0000", "2017-01-01T00:00:00Z", 0, 0 },
	/* other forms */
	{ "Tue Nov 10 09:12:44 2026", "2026-11-10T09:12:44Z", 0, DATE_FORM | DATE_ZONE_MISSING },
	{ "Tue Nov 10 09:12:44 CET 2026", "2026-11-10T08:12:44Z", 60, DATE_FORM | DATE_ZONE_NAMED },
	{ "Tue Nov 10 09:12:44 2026 -0800", "2026-11-10T17:12:44Z", -480, DATE_FORM },
	{ "2026-11-10T09:12:44Z", "2026-11-10T09:12:44Z", 0, DATE_FORM | DATE_ZONE_NAMED },
	{ "2026-11-10 09:12:44.123456 +01:00", "2026-11-10T08:12:44Z", 60, DATE_FORM },
	{ "10-Nov-2026 09:12:44 +0100", "2026-11-10T08:12:44Z", 60, 0 },
	{ "11/10/2026 9:12:44 PM", "2026-11-10T21:12:44Z", 0, DATE_FORM | DATE_ZONE_MISSING },
	{ "10.11.2026 9:12", "2026-11-10T09:12:00Z", 0, DATE_FORM | DATE_ZONE_MISSING | DATE_SECONDS_MISSING },
	{ "November 10, 2026 12:12:44 AM", "2026-11-10T00:12:44Z", 0, DATE_FORM | DATE_ZONE_MISSING },
	/* text that follows */
	{ "Tue, 10 Nov 2026 09:12:44 +0000 for you", "2026-11-10T09:12:44Z", 0, DATE_TRAILING },
	/* none */
	{ "", NULL, BAD, 0 },
	{ "not a date", NULL, BAD, DATE_TRAILING },
	{ "Tue, 31 Nov 2026 09:12:44 +0000", NULL, BAD, DATE_OUT_OF_RANGE },
	{ "Tue, 10 Nov 2026 25:12:44 +0000", NULL, BAD, DATE_OUT_OF_RANGE },
	{ "Tue, 10 Nov 2026 09:61:44 +0000", NULL, BAD, DATE_OUT_OF_RANGE },
	{ "Tue, 10 Nov 1626 09:12:44 +0000", NULL, BAD, DATE_OUT_OF_RANGE },
	{ "29 Feb 2023 09:12:44 +0000", NULL, BAD, DATE_OUT_OF_RANGE },
	{ "Tue, 10 Nov 2026", NULL, BAD, 0 },
	{ "((((((", NULL, BAD, DATE_COMMENT },
	{ "9999999999999999999999", NULL, BAD, DATE_TRAILING },
};

static void reads_dates(void **state)
{
	struct arena *arena = arena_new();

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct date d = date_parse(span_of(rows[i].in));

		if (d.odd != rows[i].odd)
			fail_msg("row %zu '%s': odd %x, expected %x", i, rows[i].in, d.odd, rows[i].odd);
		if (d.valid != (rows[i].utc != NULL))
			fail_msg("row %zu '%s': valid %d", i, rows[i].in, d.valid);
		if (!d.valid) {
			assert_true(d.time == TIME_NONE);
			continue;
		}
		assert_string_equal(moment_text(arena, d.time), rows[i].utc);
		assert_int_equal(d.offset_s, rows[i].offset_min * 60);
	}
	arena_free(arena);
}

static void says_where(void **state)
{
	struct span s = SPAN(" Tue, 10 Nov 2026 09:12:44 +0000 (UTC) x");
	struct date d = date_parse(s);

	(void)state;
	assert_true(span_is(d.where, "Tue, 10 Nov 2026 09:12:44 +0000"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_dates),
		cmocka_unit_test(says_where),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
