/* SPDX-License-Identifier: ISC */
/*
 * struct gather: a question to a case, asked in a thread with a connection of its own, so that no key waits for the answer.
 * The ids are taken from it as they come.
 */
#ifndef TUI_GATHER_H
#define TUI_GATHER_H

#include <time.h>

#include "parsers/case/case.h"

/* The time MS milliseconds from now, for pthread_cond_timedwait(). */
struct timespec deadline_in(int ms);

struct gather;

/*
 * What FILTER (text; "" all) selects in this order. NULL with *RETERR where the case can't be opened again or the filter is
 * wrong.
 */
struct gather *gather_start(const struct case_file *, const char *filter, enum case_sort, bool descending,
	struct error *reterr);
/* Counts what FILTER selects by author and severity. */
struct gather *gather_counts_start(const struct case_file *, const char *filter, struct error *reterr);
/* True once the counts are there. */
bool gather_counts(struct gather *, struct case_counts *ret);
/* Takes up to MAX ids that have come; *RET_MORE: there are or may be more. Waits for nothing. */
size_t gather_take(struct gather *, int64_t *ret, size_t max, bool *ret_more);
/* Waits until something can be taken or nothing more will come, for MS milliseconds at most. */
void gather_wait(struct gather *, int ms);
/* How many messages the case has; -1 while not known. */
int64_t gather_messages(struct gather *);
/* Ends the question, answered or not. NULL is allowed. */
void gather_free(struct gather *);

#endif
