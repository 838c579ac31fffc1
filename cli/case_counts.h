/* SPDX-License-Identifier: ISC */
/* case info and case group: what a case holds, counted. The other words are in cmd_case.c. */
#ifndef CLI_CASE_COUNTS_H
#define CLI_CASE_COUNTS_H

#include "cli/output.h"
#include "parsers/case/case.h"

struct asking {
	struct call *call;
	struct case_file *file;
	struct output out;
	struct arena *arena; /* of one row */
	struct error why;
};

int case_info_word(struct asking *);
int case_group_words(struct asking *);

#endif
