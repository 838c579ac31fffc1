/* SPDX-License-Identifier: ISC */
#include "parsers/message/source.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "parsers/message/archive.h"
#include "parsers/message/enclosed.h"
#include "parsers/message/mbox.h"

enum { LEVELS = SOURCE_MAX_ARCHIVE_DEPTH + 1 };

struct source {
	struct walk *walk;
	struct source_options options;
	const char *range_path;
	uint64_t from, to;
	bool whole_item; /* hand out items as they are: source_read() */

	/* The file that is being read; level i of an archive reads stream i and fills stream i + 1.
	 */
	char *path;
	int fd;
	bool is_stdin;
	struct stream stream[LEVELS + 1];
	struct unpack *unpack[LEVELS];
	char *member[LEVELS]; /* the path of the member that stream i + 1 is; NULL where it has no
				 name */
	size_t depth;         /* of archives open */
	bool in_file, in_mbox;
	struct mbox mbox;
};

static struct source *source_new(const struct source_options *options)
{
	struct source *s = calloc(1, sizeof *s);

	if (!s)
		abort();
	if (options)
		s->options = *options;
	if (!s->options.max_message)
		s->options.max_message = SOURCE_MAX_MESSAGE;
	s->to = UINT64_MAX;
	s->fd = -1;
	return s;
}

struct source *source_open(
	const char *const *paths, size_t count, const struct source_options *options)
{
	struct source *s = source_new(options);

	s->walk = walk_open(paths, count, options);
	return s;
}

struct source *source_open_range(
	const char *path, uint64_t from, uint64_t to, const struct source_options *options)
{
	struct source *s = source_new(options);

	s->options.recurse = false;
	s->range_path = path;
	s->walk = walk_open(&s->range_path, 1, &s->options);
	s->from = from;
	s->to = to;
	return s;
}

static void close_level(struct source *s)
{
	s->depth--;
	unpack_free(s->unpack[s->depth]);
	s->unpack[s->depth] = NULL;
	free(s->member[s->depth]);
	s->member[s->depth] = NULL;
}

static void close_file(struct source *s)
{
	while (s->depth)
		close_level(s);
	if (s->fd >= 0 && !s->is_stdin)
		close(s->fd);
	s->fd = -1;
	s->in_file = false;
}

void source_free(struct source *s)
{
	if (!s)
		return;
	close_file(s);
	walk_free(s->walk);
	for (size_t i = 0; i <= LEVELS; i++)
		stream_release(&s->stream[i]);
	mbox_release(&s->mbox);
	free(s->path);
	free(s);
}

/* The stream that the current item is read from, and its name inside the file. */
static struct stream *item_stream(struct source *s)
{
	return &s->stream[s->depth];
}

static const char *item_member(const struct source *s)
{
	return s->depth ? s->member[s->depth - 1] : NULL;
}

static struct origin origin_of(const struct source *s)
{
	return (struct origin){.source = s->path, .member = item_member(s), .kind = SOURCE_EML};
}

/* Takes the next file of the walk; 1, 0, -1. */
static int open_file(struct source *s, struct origin *ret, struct error *reterr)
{
	struct walk_file file = {0};
	struct stat st;
	int status = walk_next(s->walk, &file, reterr);

	if (status == 0)
		return 0;
	free(s->path);
	s->path = strdup(file.path);
	if (!s->path)
		abort();
	*ret = origin_of(s);
	if (status < 0)
		return -1;
	s->is_stdin = strcmp(s->path, "-") == 0;
	s->fd = s->is_stdin ? STDIN_FILENO : open(s->path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (s->fd < 0)
		return error_errno(reterr, "cannot open");
	bool regular = fstat(s->fd, &st) == 0 && S_ISREG(st.st_mode) && !s->is_stdin;

	stream_file(&s->stream[0], s->fd, regular, 0);
	s->in_file = true;
	return 1;
}

static void set_member(struct source *s, const char *name)
{
	const char *outer = s->depth > 1 ? s->member[s->depth - 2] : NULL;
	char **member = &s->member[s->depth - 1];

	free(*member);
	*member = NULL;
	if (outer && name) {
		size_t len = strlen(outer) + strlen(name) + 2;

		*member = malloc(len);
		if (*member)
			snprintf(*member, len, "%s/%s", outer, name);
	} else if (outer || name) {
		*member = strdup(name ? name : outer);
	}
	if (!*member && (outer || name))
		abort();
}

/*
 * Goes to the next item, a file or a member: 1 with its stream at its start; 0 at the end of all;
 * -1 for one that can't be read.
 */
static int next_item(struct source *s, struct origin *ret, struct error *reterr)
{
	for (;;) {
		const char *name;
		int status;

		if (!s->depth) {
			if (s->in_file)
				close_file(s);
			return open_file(s, ret, reterr);
		}
		status = unpack_next(s->unpack[s->depth - 1], &name, &s->stream[s->depth], reterr);
		if (status == 0) {
			close_level(s);
			if (s->depth) /* the archive was a member: its stream is used up */
				continue;
			close_file(s);
			continue;
		}
		set_member(s, name);
		*ret = origin_of(s);
		return status;
	}
}

/* "1234\n" and then as many bytes of message (Apple Mail): the offset of the message, or 0. */
static size_t emlx_head(const struct source *s, struct span head, uint64_t *ret_len)
{
	struct span name = span_of(item_member(s) ? item_member(s) : s->path);
	struct span line = span_sub(head, 0, span_chr(head, '\n'));

	if (!span_iends(name, ".emlx") || line.len == head.len ||
		!span_number(span_trim(line), SOURCE_MAX_MESSAGE, ret_len))
		return 0;
	return line.len + 1;
}

static int take_single(struct source *s, size_t skip, uint64_t len, struct span *ret_raw,
	struct origin *ret, struct error *reterr)
{
	struct stream *stream = item_stream(s);
	struct span window;

	stream_drop(stream, skip);
	while (stream_window(stream).len <= s->options.max_message &&
		stream_window(stream).len < len && stream_more(stream))
		;
	window = stream_window(stream);
	ret->offset = skip;
	ret->length = window.len;
	if (stream->failed) {
		if (reterr)
			*reterr = stream->error;
		return -1;
	}
	if (window.len > s->options.max_message && len > s->options.max_message)
		return error_set(reterr, ERROR_LIMIT, "message is larger than %llu bytes",
			(unsigned long long)s->options.max_message);
	*ret_raw = span_sub(window, 0, len > window.len ? window.len : (size_t)len);
	ret->length = ret_raw->len;
	return 1;
}

static void begin_mbox(struct source *s)
{
	struct stream *stream = item_stream(s);
	bool ranged = s->depth == 0 && s->from > 0;

	if (ranged)
		stream_file(stream, s->fd, stream->seekable, s->from > 3 ? s->from - 3 : 0);
	mbox_init(&s->mbox, stream, ranged ? s->from : 0, s->depth == 0 ? s->to : UINT64_MAX,
		s->options.max_message);
	s->in_mbox = true;
}

static int push_archive(struct source *s, struct error *reterr)
{
	if (s->depth == SOURCE_MAX_ARCHIVE_DEPTH)
		return error_set(reterr, ERROR_LIMIT, "archives are nested deeper than %d",
			SOURCE_MAX_ARCHIVE_DEPTH);
	s->unpack[s->depth] = unpack_open(item_stream(s), reterr);
	if (!s->unpack[s->depth])
		return -1;
	s->depth++;
	return 0;
}

/* What kind of item begins here; 1 with a message, 0 to go on, -1. */
static int begin_item(
	struct source *s, struct span *ret_raw, struct origin *ret, struct error *reterr)
{
	struct stream *stream = item_stream(s);
	struct span head;
	uint64_t len = UINT64_MAX;
	size_t skip;
	bool started = s->from == 0 || s->depth;

	stream_want(stream, MBOX_SEPARATOR_MAX);
	head = stream_window(stream);
	if (archive_recognise(head) && !(s->depth && unpack_is_plain(s->unpack[s->depth - 1])))
		return started ? push_archive(s, reterr) : 0;
	if (s->whole_item)
		return 1;
	if (mbox_separator(span_sub(head, 0, span_chr(head, '\n')))) {
		begin_mbox(s);
		return 0;
	}
	if (!started || s->to == 0)
		return 0;
	skip = emlx_head(s, head, &len);
	ret->kind = skip ? SOURCE_EMLX : s->is_stdin && !s->depth ? SOURCE_STREAM : SOURCE_EML;
	return take_single(s, skip, len, ret_raw, ret, reterr);
}

static int next_in_mbox(
	struct source *s, struct span *ret_raw, struct origin *ret, struct error *reterr)
{
	int status = mbox_next(&s->mbox, ret_raw, &ret->offset, reterr);

	ret->kind = SOURCE_MBOX;
	ret->separator = buffer_view(&s->mbox.separator);
	ret->length = status > 0 ? ret_raw->len : 0;
	return status;
}

int source_next(struct source *s, struct span *ret_raw, struct origin *ret, struct error *reterr)
{
	for (;;) {
		int status;

		if (s->in_mbox) {
			*ret = origin_of(s);
			status = next_in_mbox(s, ret_raw, ret, reterr);
			if (status)
				return status;
			s->in_mbox = false;
		}
		status = next_item(s, ret, reterr);
		if (status <= 0)
			return status;
		status = begin_item(s, ret_raw, ret, reterr);
		if (status)
			return status;
	}
}

static uint8_t *copy_window(struct stream *stream, uint64_t offset, uint64_t length)
{
	uint8_t *copy;

	while (offset) {
		size_t have;

		stream_want(stream, 1);
		have = stream_window(stream).len;
		if (have == 0)
			return NULL;
		if (have > offset)
			have = (size_t)offset;
		stream_drop(stream, have);
		offset -= have;
	}
	stream_want(stream, (size_t)length);
	if (stream_window(stream).len < length)
		return NULL;
	copy = malloc(length ? (size_t)length : 1);
	if (!copy)
		abort();
	memcpy(copy, stream_window(stream).ptr, (size_t)length);
	return copy;
}

/* A plain file needs no look at its start: the place is enough. */
static int read_plain(
	const char *path, uint64_t offset, uint64_t length, uint8_t **ret, struct error *reterr)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	struct stream stream = {.fd = -1};

	if (fd < 0)
		return error_errno(reterr, "cannot open");
	stream_file(&stream, fd, true, offset);
	*ret = copy_window(&stream, 0, length);
	if (!*ret && stream.failed && reterr)
		*reterr = stream.error;
	else if (!*ret)
		error_set(
			reterr, ERROR_FORMAT, "has no such message any more: the file is shorter");
	stream_release(&stream);
	close(fd);
	return *ret ? 0 : -1;
}

bool source_is_packed(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	uint8_t head[ARCHIVE_HEAD_WANTED];
	ssize_t n = fd < 0 ? 0 : pread(fd, head, sizeof head, 0);

	if (fd >= 0)
		close(fd);
	return n > 0 && archive_recognise(span_make(head, (size_t)n));
}

static int read_stored(const char *path, const char *member, uint64_t offset, uint64_t length,
	uint8_t **ret, size_t *ret_len, struct error *reterr)
{
	struct source *s;
	struct span raw;
	struct origin origin;
	int status;

	*ret = NULL;
	*ret_len = (size_t)length;
	if (length > SOURCE_MAX_MESSAGE)
		return error_set(reterr, ERROR_LIMIT, "message is too large");
	if (strcmp(path, "-") == 0)
		return error_set(reterr, ERROR_USAGE, "standard input can't be read again");
	if (!member && !source_is_packed(path))
		return read_plain(path, offset, length, ret, reterr);
	s = source_open_range(path, 0, UINT64_MAX, NULL);
	s->whole_item = true;
	while ((status = source_next(s, &raw, &origin, reterr)) != 0) {
		if (!origin.member != !member || (member && strcmp(origin.member, member) != 0))
			continue;
		if (status > 0)
			*ret = copy_window(item_stream(s), offset, length);
		if (status > 0 && !*ret)
			error_set(reterr, ERROR_FORMAT, "has no such message any more");
		break;
	}
	if (status == 0)
		error_set(reterr, ERROR_FORMAT, "has no such member any more");
	source_free(s);
	return *ret ? 0 : -1;
}

/* Bytes of an enclosed message that was encoded take the place of the encoded ones. */
static int decode_stored(const char *coding, uint8_t **ret, size_t *ret_len, struct error *reterr)
{
	struct arena *arena = arena_new();
	struct span s = enclosed_decode(arena, span_make(*ret, *ret_len), coding);
	uint8_t *copy = s.ptr ? malloc(s.len + 1) : NULL;

	if (copy && s.len)
		memcpy(copy, s.ptr, s.len);
	arena_free(arena);
	free(*ret);
	*ret = copy;
	*ret_len = s.len;
	return copy ? 0 : error_set(reterr, ERROR_FORMAT, "has no such part any more");
}

int source_read(const char *path, const char *member, uint64_t offset, uint64_t length,
	uint8_t **ret, size_t *ret_len, struct error *reterr)
{
	struct arena *arena = arena_new();
	struct origin place = {.member = member};
	int status;

	/* A member of an archive may have such a name of its own. */
	if (origin_parse(arena, &place) && source_is_packed(path) &&
		read_stored(path, member, offset, length, ret, ret_len, reterr) == 0) {
		arena_free(arena);
		return 0;
	}
	status = read_stored(path, place.enclosed ? place.archive_member : member, offset, length,
		ret, ret_len, reterr);
	if (status == 0 && place.coding)
		status = decode_stored(place.coding, ret, ret_len, reterr);
	arena_free(arena);
	return status;
}

void origin_complete(struct arena *arena, struct origin *place)
{
	size_t lead = place->offset < MBOX_SEPARATOR_MAX ? (size_t)place->offset
							 : MBOX_SEPARATOR_MAX,
	       end, len;
	uint8_t *before;
	struct span line;

	if (!lead || place->enclosed ||
		source_read(place->source, place->member, place->offset - lead, lead, &before, &len,
			NULL) != 0)
		return;
	end = before[len - 1] == '\n' ? len - 1 : 0;
	line = span_sub(span_make(before, len), 0, end);
	for (size_t at = end; at > 0; at--)
		if (before[at - 1] == '\n') {
			line = span_skip(line, at);
			break;
		}
	if (mbox_separator(line)) {
		place->kind = SOURCE_MBOX;
		place->separator = arena_copy(arena, span_trim_right(line));
	}
	free(before);
}

bool source_is_mbox_at(const char *path, uint64_t offset)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	struct stream stream = {.fd = -1};
	struct mbox mbox = {.stream = &stream};
	struct span raw;
	uint64_t at;
	bool yes = false;

	if (fd < 0)
		return false;
	stream_file(&stream, fd, true, 0);
	stream_want(&stream, MBOX_SEPARATOR_MAX);
	raw = stream_window(&stream);
	if (mbox_separator(span_sub(raw, 0, span_chr(raw, '\n')))) {
		stream_file(&stream, fd, true, offset > 3 ? offset - 3 : 0);
		mbox_init(&mbox, &stream, offset, offset + 1, MBOX_SEPARATOR_MAX);
		yes = mbox_next(&mbox, &raw, &at, NULL) != 0;
	}
	mbox_release(&mbox);
	stream_release(&stream);
	close(fd);
	return yes;
}
