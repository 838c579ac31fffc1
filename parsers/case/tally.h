/* SPDX-License-Identifier: ISC */
/* struct tally: how often each text was seen, and which most. Bounded: past MAX_TEXTS new texts are not counted. */
#ifndef PARSERS_CASE_TALLY_H
#define PARSERS_CASE_TALLY_H

#include "parsers/case/scan.h"

struct tally;
struct tally *tally_new(void);
void tally_free(struct tally *);
void tally_add(struct tally *, struct span text);
/* The COUNT most frequent, most first, equal ones by text; copied to ARENA. */
struct scan_count *tally_top(struct tally *, struct arena *, size_t count, size_t *ret_count);

#endif
