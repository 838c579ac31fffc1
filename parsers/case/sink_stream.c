/* SPDX-License-Identifier: ISC */
/*
 * A scan's results as a stream of records, with a file beside it that tells how far it is (OUTPUT.resume).
 *
 * OUTPUT.resume is a journal of lines; the last whole line about a source counts:
 *	mailcheck-resume 1 OPTIONS
 *	STATE POSITION SIZE MTIME_NS OUTPUT_LENGTH PATH		(STATE 1 partly read, 2 read to its end)
 * PATH has "%", CR and LF as %XX; for one message of a file, member and place follow behind LFs. A line counts only when OUTPUT was made durable first, so OUTPUT is cut to the last line's length.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "parsers/base/printable.h"
#include "parsers/case/worker.h"

enum { FLUSH_AT = 256 * 1024 };

/* What an earlier run left of a source. */
struct state {
	const char *path;
	uint64_t position, size;
	int64_t mtime_ns;
	int state;
};

struct stream {
	struct scan_sink sink;
	enum scan_format format;
	const char *path;
	int fd, journal;     /* journal -1: none */
	struct buffer out;   /* not yet written */
	struct buffer lines; /* of the journal, not yet durable */
	uint64_t length;     /* of the output, with what is in out */
	struct arena *arena;
	struct state *state; /* hash by path, open addressing */
	size_t states, used;
};

/* --- the journal --- */

static size_t hash_path(const char *path)
{
	uint64_t h = 0xcbf29ce484222325u;

	for (; *path; path++)
		h = (h ^ (uint8_t)*path) * 0x100000001b3u;
	return (size_t)(h ^ h >> 32);
}

static struct state *find_state(struct state *state, size_t states, const char *path)
{
	size_t i = hash_path(path) & (states - 1);

	while (state[i].path && strcmp(state[i].path, path) != 0)
		i = (i + 1) & (states - 1);
	return &state[i];
}

static void put_state(struct stream *s, const struct state *add)
{
	struct state *at;

	if ((s->used + 1) * 2 > s->states) {
		size_t room = s->states ? s->states * 2 : 256;
		struct state *fresh = calloc(room, sizeof *fresh);

		if (!fresh)
			abort();
		for (size_t i = 0; i < s->states; i++)
			if (s->state[i].path)
				*find_state(fresh, room, s->state[i].path) = s->state[i];
		free(s->state);
		s->state = fresh;
		s->states = room;
	}
	at = find_state(s->state, s->states, add->path);
	s->used += !at->path;
	*at = *add;
}

static void add_path(struct buffer *b, const char *path)
{
	for (; *path; path++) {
		if (strchr("%\r\n", *path))
			buffer_printf(b, "%%%02X", (uint8_t)*path);
		else
			buffer_char(b, *path);
	}
	buffer_char(b, '\n');
}

static const char *read_path(struct arena *arena, struct span s)
{
	char *path = arena_text(arena, s), *to = path;

	for (const char *p = path; *p; p++) {
		if (*p == '%' && hex_value((uint8_t)p[1]) >= 0 && hex_value((uint8_t)p[2]) >= 0) {
			*to++ = (char)(hex_value((uint8_t)p[1]) << 4 | hex_value((uint8_t)p[2]));
			p += 2;
		} else {
			*to++ = *p;
		}
	}
	*to = 0;
	return path;
}

/* One line of the journal; false where it is no whole line of ours (the last one of a run that was cut off). */
static bool read_state(struct stream *s, struct span line, uint64_t *ret_length)
{
	struct state state = { 0 };
	uint64_t length;
	int at = 0;
	char *text = arena_text(s->arena, line);

	if (sscanf(text, "%d %" SCNu64 " %" SCNu64 " %" SCNd64 " %" SCNu64 " %n", &state.state, &state.position, &state.size,
		    &state.mtime_ns, &length, &at) != 5 ||
		!at)
		return false;
	state.path = read_path(s->arena, span_skip(line, (size_t)at));
	put_state(s, &state);
	*ret_length = length;
	return true;
}

static char *read_all(int fd, size_t *ret_len)
{
	struct buffer b = BUFFER_INIT;
	ssize_t n;

	do {
		buffer_reserve(&b, 65536);
		n = read(fd, b.ptr + b.len, 65536);
		if (n > 0)
			b.len += (size_t)n;
	} while (n > 0);
	*ret_len = b.len;
	return (char *)b.ptr;
}

/* Reads what an earlier run left and cuts the output back to it. 1 where there was one. */
static int load_journal(struct stream *s, const char *options, struct error *reterr)
{
	size_t len;
	char *text = read_all(s->journal, &len), *head;
	struct span rest = span_make(text, len), line;
	uint64_t keep = 0;
	size_t whole = 0, line_len;
	int rc = 1;

	head = arena_printf(s->arena, "mailcheck-resume 1 %s", options);
	line = span_line(&rest, &line_len);
	if (line.len == 0 || line.ptr[line.len - 1] != '\n') {
		rc = 0;
	} else if (!span_is(span_sub(line, 0, line_len), head)) {
		rc = error_set(reterr, ERROR_USAGE,
			"'%s' was begun with other options: give the same, or remove it and '%s.resume'", s->path, s->path);
	} else {
		whole = line.len;
		while (rest.len) {
			line = span_line(&rest, &line_len);
			if (line.ptr[line.len - 1] != '\n' || !read_state(s, span_sub(line, 0, line_len), &keep))
				break;
			whole += line.len;
		}
	}
	free(text);
	if (rc == 1 && (ftruncate(s->fd, (off_t)keep) || ftruncate(s->journal, (off_t)whole)))
		rc = error_errno(reterr, "cannot cut '%s' back", s->path);
	if (rc == 1) {
		s->length = keep;
		lseek(s->fd, 0, SEEK_END);
		lseek(s->journal, 0, SEEK_END);
	}
	return rc;
}

/* --- the stream --- */

static int write_out(int fd, struct buffer *b, const char *path, struct error *reterr)
{
	size_t done = 0;

	while (done < b->len) {
		ssize_t n = write(fd, b->ptr + done, b->len - done);

		if (n >= 0)
			done += (size_t)n;
		else if (errno != EINTR)
			return error_errno(reterr, "cannot write to '%s'", path);
	}
	buffer_clear(b);
	return 0;
}

enum { TEXT_WORDS = 22 };

static void text_words(struct buffer *b, const char *severity, const char *author)
{
	buffer_printf(b, "%-8s %-12s ", severity, author);
}

static void text_place(struct buffer *b, const struct origin *origin)
{
	place_name(b, origin);
	buffer_printf(b, "@%" PRIu64 "+%" PRIu64, origin->offset, origin->length);
}

static void text_summary(struct buffer *b, const char *text)
{
	buffer_str(b, "  ");
	printable_add(b, span_of(text), 0);
	buffer_char(b, '\n');
}

static void stream_render(struct scan_sink *sink, struct buffer *b, const struct report *r)
{
	struct stream *s = (struct stream *)sink;

	if (s->format == SCAN_NDJSON) {
		report_json(b, r);
	} else if (s->format == SCAN_CSV) {
		report_csv(b, r);
	} else {
		text_words(b, severity_word(r->severity), author_word(r->author));
		text_place(b, &r->origin);
		text_summary(b, r->summary);
	}
}

/* A record as it is; a line of text without its place, in two pieces of which the first has a known length. */
static struct span stream_keep(struct scan_sink *sink, struct buffer *b, const struct report *r, struct span record)
{
	struct stream *s = (struct stream *)sink;

	if (s->format != SCAN_TEXT)
		return record;
	text_words(b, severity_word(r->severity), author_word(r->author));
	text_summary(b, r->summary);
	return buffer_view(b);
}

static void stream_again(struct scan_sink *sink, struct buffer *b, struct span kept, const struct origin *origin)
{
	struct stream *s = (struct stream *)sink;

	if (s->format == SCAN_NDJSON) {
		report_json_moved(b, kept, origin);
	} else if (s->format == SCAN_CSV) {
		report_csv_moved(b, kept, origin);
	} else {
		buffer_span(b, span_sub(kept, 0, TEXT_WORDS));
		text_place(b, origin);
		buffer_span(b, span_skip(kept, TEXT_WORDS));
	}
}

static void stream_render_error(struct scan_sink *sink, struct buffer *b, const struct origin *origin, const struct error *error)
{
	struct stream *s = (struct stream *)sink;

	if (s->format == SCAN_NDJSON) {
		report_json_error(b, origin, error);
	} else if (s->format == SCAN_CSV) {
		report_csv_error(b, origin, error);
	} else {
		text_words(b, "error", "");
		place_name(b, origin);
		buffer_printf(b, "@%" PRIu64, origin->offset);
		text_summary(b, error->text);
	}
}

static int stream_write(struct scan_sink *sink, const struct plan_entry *entry, struct span record, bool is_error,
	struct error *reterr)
{
	struct stream *s = (struct stream *)sink;

	(void)entry;
	(void)is_error;
	buffer_span(&s->out, record);
	s->length += record.len;
	return s->out.len >= FLUSH_AT ? write_out(s->fd, &s->out, s->path, reterr) : 0;
}

/* Under which name the journal has the entry: one message of a file is not the file. */
static const char *entry_name(struct stream *s, const struct plan_entry *e)
{
	return !e->exact ? e->source
			 : arena_printf(s->arena, "%s\n%s\n%" PRIu64 "+%" PRIu64, e->source, e->member ? e->member : "",
				   e->from, e->to - e->from);
}

static int stream_begin(struct scan_sink *sink, const struct plan_entry *entry, uint64_t *ret_from, struct error *reterr)
{
	struct stream *s = (struct stream *)sink;
	const struct state *old = s->states ? find_state(s->state, s->states, entry_name(s, entry)) : NULL;

	(void)reterr;
	*ret_from = 0;
	if (!old || !old->path)
		return 1;
	if (old->size == entry->size && old->mtime_ns == entry->mtime_ns) {
		*ret_from = old->state != 2 ? old->position : 0;
		return old->state != 2 || sink_is_stream(entry);
	}
	*ret_from = old->state == 2 ? sink_grown_from(entry, old->size) : 0;
	return 1;
}

static int stream_reached(struct scan_sink *sink, const struct plan_entry *entry, uint64_t position, bool done,
	struct error *reterr)
{
	struct stream *s = (struct stream *)sink;

	(void)reterr;
	if (s->journal < 0)
		return 0;
	buffer_printf(&s->lines, "%d %" PRIu64 " %" PRIu64 " %" PRId64 " %" PRIu64 " ", done ? 2 : 1, position, entry->size,
		entry->mtime_ns, s->length);
	add_path(&s->lines, entry_name(s, entry));
	return 0;
}

static int stream_checkpoint(struct scan_sink *sink, struct error *reterr)
{
	struct stream *s = (struct stream *)sink;

	if (write_out(s->fd, &s->out, s->path, reterr))
		return -1;
	if (s->journal < 0)
		return 0;
	if (fsync(s->fd) && errno != EINVAL && errno != EROFS)
		return error_errno(reterr, "cannot write to '%s'", s->path);
	if (write_out(s->journal, &s->lines, "its .resume file", reterr))
		return -1;
	return fsync(s->journal) ? error_errno(reterr, "cannot write to '%s.resume'", s->path) : 0;
}

static int stream_finish(struct scan_sink *sink, bool complete, struct error *reterr)
{
	struct stream *s = (struct stream *)sink;

	return complete || s->journal < 0 ? stream_checkpoint(&s->sink, reterr) : 0;
}

static void stream_free(struct scan_sink *sink)
{
	struct stream *s = (struct stream *)sink;

	if (s->fd > 2)
		close(s->fd);
	if (s->journal >= 0)
		close(s->journal);
	buffer_release(&s->out);
	buffer_release(&s->lines);
	free(s->state);
	arena_free(s->arena);
	free(s);
}

static bool is_regular(int fd)
{
	struct stat st;

	return fstat(fd, &st) == 0 && S_ISREG(st.st_mode);
}

/* Opens output and journal; 1 where an earlier run goes on, 0 fresh, -1. */
static int open_files(struct stream *s, bool resume, const char *options, struct error *reterr)
{
	char *name;
	int rc = 0;

	if (strcmp(s->path, "-") == 0) {
		s->fd = 1;
		return 0;
	}
	s->fd = open(s->path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
	if (s->fd < 0 && (errno == EACCES || errno == ENXIO || errno == EISDIR || errno == EINVAL))
		s->fd = open(s->path, O_WRONLY | O_CLOEXEC);
	if (s->fd < 0)
		return error_errno(reterr, "cannot open '%s'", s->path);
	if (!is_regular(s->fd))
		return 0;
	name = arena_printf(s->arena, "%s.resume", s->path);
	s->journal = open(name, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
	if (s->journal < 0)
		return error_errno(reterr, "cannot open '%s'", name);
	if (resume)
		rc = load_journal(s, options, reterr);
	if (rc == 0) {
		if (ftruncate(s->fd, 0) || ftruncate(s->journal, 0))
			return error_errno(reterr, "cannot empty '%s'", s->path);
		lseek(s->journal, 0, SEEK_SET);
		buffer_printf(&s->lines, "mailcheck-resume 1 %s\n", options);
	}
	return rc;
}

struct scan_sink *sink_stream(const char *file, enum scan_format format, bool resume, const char *options,
	struct error *reterr)
{
	struct stream *s = calloc(1, sizeof *s);
	int rc;

	if (!s)
		abort();
	s->sink = (struct scan_sink){ stream_render, stream_render_error, stream_keep, stream_again, stream_write,
		stream_begin, stream_reached, stream_checkpoint, stream_finish, stream_free };
	s->format = format;
	s->journal = s->fd = -1;
	s->arena = arena_new();
	s->path = arena_strdup(s->arena, file);
	rc = open_files(s, resume, options, reterr);
	if (rc < 0) {
		stream_free(&s->sink);
		return NULL;
	}
	if (rc == 0 && format == SCAN_CSV) {
		report_csv_head(&s->out);
		s->length = s->out.len;
	}
	return &s->sink;
}
