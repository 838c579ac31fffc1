/* SPDX-License-Identifier: ISC */
#include "parsers/report/build.h"

void report_summary(struct report *report)
{
	report->summary = author_word(report->author);
}
