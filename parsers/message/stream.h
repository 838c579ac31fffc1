/* SPDX-License-Identifier: ISC */
/*
 * struct stream: bytes in order, from a file, standard input or a member of an archive, with a window of those that were
 * read and not yet dropped. Nothing is mapped: a file that is cut while it is read just ends.
 */
#ifndef PARSERS_MESSAGE_STREAM_H
#define PARSERS_MESSAGE_STREAM_H

#include "parsers/base/buffer.h"
#include "parsers/base/error.h"

struct stream {
	/* Up to LEN bytes to BUF: how many, 0 at the end, -1 with *RETERR. */
	ptrdiff_t (*read)(void *data, uint8_t *buf, size_t len, struct error *reterr);
	void *data;
	int fd;		      /* of stream_file() */
	uint64_t file_at;     /* where it reads next */
	bool seekable;
	struct buffer buffer; /* the window is from "start" on */
	size_t start;
	uint64_t offset; /* of the window's first byte in the stream */
	bool end, failed;
	struct error error;
};

void stream_init(struct stream *, ptrdiff_t (*read)(void *, uint8_t *, size_t, struct error *), void *data);
/* Reads the open descriptor FD from offset AT on (a regular file by pread), and does not close it. */
void stream_file(struct stream *, int fd, bool seekable, uint64_t at);
void stream_release(struct stream *);
static inline struct span stream_window(const struct stream *s)
{
	return (struct span){ s->buffer.ptr ? s->buffer.ptr + s->start : (const uint8_t *)"", s->buffer.len - s->start };
}
/* Reads more, at least one byte: false at the end or after an error, which stays (s->failed, s->error). May move the window. */
bool stream_more(struct stream *);
/* Makes the window LEN bytes long where the stream has so many. */
void stream_want(struct stream *, size_t len);
/* Drops LEN bytes of the window's start. */
void stream_drop(struct stream *, size_t len);

#endif
