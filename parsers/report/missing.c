/* SPDX-License-Identifier: ISC */
#include "parsers/report/build.h"

void report_missing(struct report *report)
{
	const struct dns_log *dns = report->evidence.dns;
	struct arena *arena = report->evidence.arena;

	for (size_t i = 0; i < dns->count; i++) {
		const struct dns_answer *answer = dns->entry[i].answer;

		if (answer->status != DNS_NOT_RECORDED)
			continue;
		*LIST_ADD(arena, report->missing, report->missing_count, report->missing_room) =
			(struct missing){answer->canonical ? answer->canonical : answer->name,
				dns_type_word(answer->type), dns->entry[i].why};
	}
	report->complete = report->missing_count == 0;
}

void report_not_known(struct report *report)
{
	(void)report;
}
