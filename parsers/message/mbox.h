/* SPDX-License-Identifier: ISC */
/*
 * struct mbox: messages of an mbox, strictly: a separator is a line "From " something ctime-like date, at the start or after
 * an empty line, and nothing else is. Whether a line is one depends on the three bytes before it and on itself alone, so
 * that a scan may begin anywhere.
 */
#ifndef PARSERS_MESSAGE_MBOX_H
#define PARSERS_MESSAGE_MBOX_H

#include "parsers/message/stream.h"

enum { MBOX_SEPARATOR_MAX = 2048 }; /* bytes of the line, its end too */

struct mbox {
	struct stream *stream;
	uint64_t from, to;  /* separators before and from here on are not ours */
	uint64_t max_message;
	struct buffer separator;
	bool started;
	size_t used; /* bytes of the window that belong to the last message */
};

/* The stream stands at the byte FROM of the mbox or, where FROM is not 0, up to three bytes before. */
void mbox_init(struct mbox *, struct stream *, uint64_t from, uint64_t to, uint64_t max_message);
void mbox_release(struct mbox *);
/*
 * 1 with the next message's bytes (valid until the next call) and its offset; 0 at the end; -1 for a message that is too long
 * (*RET_OFFSET is its place; the next call goes on), or for a stream that can't be read further.
 */
int mbox_next(struct mbox *, struct span *ret_raw, uint64_t *ret_offset, struct error *reterr);

#endif
