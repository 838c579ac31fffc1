/* SPDX-License-Identifier: ISC */
/*
 * Messages that came inside a message, each with a report of its own: without a border, a client or an envelope, since what it
 * says of them could have been written by whoever attached it. Nothing of theirs counts for the message around them.
 */
#ifndef PARSERS_REPORT_ATTACHED_H
#define PARSERS_REPORT_ATTACHED_H

#include "parsers/report/report.h"

enum {
	ATTACHED_MOST = 100, /* messages of one message, those inside them included */
	ATTACHED_DEPTH = 8,  /* messages inside each other; so each byte is read that often at the most */
};

struct attached {
	const struct report *report;
	size_t part; /* of the outermost message, that it is or lies in */
};
struct attached_list {
	struct attached *message;
	size_t count, room;
	bool limited; /* there are more, or deeper ones */
};
/* The message in part INDEX of the report's; false where there is none. It lives as long as the report. */
bool attached_read(const struct report *, size_t index, struct span *ret_raw, struct origin *ret_origin);
/* In order of place, each before those inside it. Only where parts were read (not with auth_only). */
struct attached_list report_attached(struct arena *, const struct report *);

#endif
