/* SPDX-License-Identifier: ISC */
#include "parsers/report/build.h"

void report_compare(struct report *report)
{
	(void)report;
}
