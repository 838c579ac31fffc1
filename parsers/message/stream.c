/* SPDX-License-Identifier: ISC */
#include "parsers/message/stream.h"

#include <errno.h>
#include <unistd.h>

enum { CHUNK = 128 * 1024, KEEP = 16 * 1024 * 1024 };

void stream_init(struct stream *s,
	ptrdiff_t (*read_bytes)(void *, uint8_t *, size_t, struct error *), void *data)
{
	struct buffer keep = s->buffer;

	*s = (struct stream){.read = read_bytes, .data = data, .fd = -1, .buffer = keep};
	if (s->buffer.room > KEEP) /* one large message does not cost its memory for ever */
		buffer_release(&s->buffer);
	buffer_clear(&s->buffer);
}

static ptrdiff_t read_file(void *data, uint8_t *buf, size_t len, struct error *reterr)
{
	struct stream *s = data;
	ssize_t n;

	do
		n = s->seekable ? pread(s->fd, buf, len, (off_t)s->file_at) : read(s->fd, buf, len);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return error_errno(reterr, "cannot read");
	s->file_at += (uint64_t)n;
	return n;
}

void stream_file(struct stream *s, int fd, bool seekable, uint64_t at)
{
	stream_init(s, read_file, s);
	s->fd = fd;
	s->seekable = seekable;
	s->file_at = s->offset = at;
}

void stream_release(struct stream *s)
{
	buffer_release(&s->buffer);
}

bool stream_more(struct stream *s)
{
	ptrdiff_t n;

	if (s->end || s->failed)
		return false;
	if (s->start) {
		s->buffer.len -= s->start;
		memmove(s->buffer.ptr, s->buffer.ptr + s->start, s->buffer.len);
		s->start = 0;
	}
	buffer_reserve(&s->buffer, CHUNK);
	n = s->read(s->data, s->buffer.ptr + s->buffer.len, CHUNK, &s->error);
	if (n < 0)
		s->failed = true;
	else if (n == 0)
		s->end = true;
	else
		s->buffer.len += (size_t)n;
	return n > 0;
}

void stream_want(struct stream *s, size_t len)
{
	while (stream_window(s).len < len && stream_more(s))
		;
}

void stream_drop(struct stream *s, size_t len)
{
	s->start += len;
	s->offset += len;
}
