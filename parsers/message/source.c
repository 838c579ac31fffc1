/* SPDX-License-Identifier: ISC */
#include "parsers/message/source.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "parsers/base/buffer.h"

struct source {
	const char *const *path;
	size_t count, next;
	struct source_options options;
	struct buffer buffer;
};

struct source *source_open(
	const char *const *paths, size_t count, const struct source_options *options)
{
	struct source *s = calloc(1, sizeof *s);

	if (!s)
		abort();
	s->path = paths;
	s->count = count;
	if (options)
		s->options = *options;
	if (!s->options.max_message)
		s->options.max_message = SOURCE_MAX_MESSAGE;
	return s;
}

void source_free(struct source *s)
{
	if (!s)
		return;
	buffer_release(&s->buffer);
	free(s);
}

static int read_all(int fd, const char *name, uint64_t max, struct buffer *b, struct error *reterr)
{
	for (;;) {
		ssize_t n;

		buffer_reserve(b, 65536);
		n = read(fd, b->ptr + b->len, b->room - b->len - 1);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return error_errno(reterr, "cannot read '%s'", name);
		if (n == 0)
			return 0;
		b->len += (size_t)n;
		if (b->len > max)
			return error_set(
				reterr, ERROR_LIMIT, "'%s' is larger than a message may be", name);
	}
}

static int read_file(struct source *s, const char *name, struct error *reterr)
{
	int fd =
		strcmp(name, "-") == 0 ? STDIN_FILENO : open(name, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	int status;

	if (fd < 0)
		return error_errno(reterr, "cannot open '%s'", name);
	status = read_all(fd, name, s->options.max_message, &s->buffer, reterr);
	if (fd != STDIN_FILENO)
		close(fd);
	return status;
}

int source_next(struct source *s, struct span *ret_raw, struct origin *ret, struct error *reterr)
{
	buffer_clear(&s->buffer);
	if (s->next == s->count)
		return 0;
	*ret = (struct origin){.source = s->path[s->next++], .kind = SOURCE_EML};
	if (read_file(s, ret->source, reterr) < 0)
		return -1;
	ret->length = s->buffer.len;
	*ret_raw = buffer_view(&s->buffer);
	return 1;
}

int source_read(const char *source, const char *member, uint64_t offset, uint64_t length,
	uint8_t **ret, size_t *ret_len, struct error *reterr)
{
	(void)source;
	(void)member;
	(void)offset;
	(void)length;
	(void)ret;
	(void)ret_len;
	return error_set(reterr, ERROR_UNSUPPORTED, "not yet");
}

bool mbox_separator(struct span line)
{
	return span_starts(line, "From ");
}
