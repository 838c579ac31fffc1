/* SPDX-License-Identifier: ISC */
/* Dates of mail as they are found (RFC 5322 3.3 and 4.3, and what real software writes). Linear in the input. */
#ifndef PARSERS_MESSAGE_DATE_H
#define PARSERS_MESSAGE_DATE_H

#include "parsers/base/moment.h"

enum date_odd {
	DATE_WEEKDAY_WRONG = 1 << 0,
	DATE_ZONE_MISSING = 1 << 1,
	DATE_ZONE_NAMED = 1 << 2,   /* GMT, EST, CEST ... */
	DATE_ZONE_UNKNOWN = 1 << 3, /* -0000, or a name that is not known: UTC is assumed */
	DATE_ZONE_ODD = 1 << 4,	    /* +100, +12345, beyond 14 hours, minutes over 59 */
	DATE_YEAR_SHORT = 1 << 5,   /* two or three digits */
	DATE_SECONDS_MISSING = 1 << 6,
	DATE_OUT_OF_RANGE = 1 << 7, /* a day, hour, minute or second that does not exist: valid is false */
	DATE_TRAILING = 1 << 8,	    /* text follows the date */
	DATE_FORM = 1 << 9,	    /* another order than RFC 5322's: ctime, ISO 8601, numeric */
	DATE_COMMENT = 1 << 10,
};

struct date {
	bool valid;
	int64_t time;  /* seconds since 1970 UTC; TIME_NONE where not valid */
	int offset_s;  /* its own offset, seconds east of UTC */
	unsigned odd;
	struct span where; /* the bytes of the date proper */
};

/* S is a field's value or the text after a Received field's semicolon; may be folded. Never fails. */
struct date date_parse(struct span s);

#endif
