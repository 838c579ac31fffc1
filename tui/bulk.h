/* SPDX-License-Identifier: ISC */
/*
 * struct bulk: marks and tags of many messages, and what takes them back, written by a thread with a connection of its own: a
 * million marks take seconds, and no key waits for them. One journal entry each, as everything.
 */
#ifndef TUI_BULK_H
#define TUI_BULK_H

#include "parsers/case/case.h"

enum bulk_kind { BULK_MARK, BULK_UNMARK, BULK_TAG, BULK_UNTAG, BULK_UNDO, BULK_REDO };

struct bulk;

/*
 * Begins the work on what QUERY selects, or where it is NULL on the message ID. TAG is the tag's name. NULL with *RETERR where
 * the query is wrong or the case can't be written.
 */
struct bulk *bulk_start(const struct case_file *, enum bulk_kind, const char *query, int64_t id, const char *tag,
	struct error *reterr);
/* Waits MS milliseconds at most. True when done: TEXT says what was done, or why it was not. */
bool bulk_wait(struct bulk *, int ms, char *ret_text, size_t size);
/* Ends the work; what was not done to its end is as before. NULL is allowed. */
void bulk_free(struct bulk *);

#endif
