/* SPDX-License-Identifier: ISC */
/* A worker: reads its tasks' messages by itself, reports on each, sends frames. */
#include "parsers/case/worker.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "parsers/base/printable.h"
#include "parsers/report/attached.h"

enum {
	SEND_AT = 256 * 1024, /* bytes kept back before they are sent */
	MOST_UNSENT = 512,
};

#if defined(__SANITIZE_ADDRESS__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SANITIZED 1
#endif
#endif

struct serving {
	const struct scan_options *options;
	struct report_options report; /* of options, with what this worker alone has */
	struct channel out;
	struct arena *arena;
	struct buffer pending, kept;
	size_t frame, first_len; /* where in pending the frame begins that is being made; of its first half */
	bool careful;
	struct memo *memo;
	uint64_t task;
	struct memo_written unsent[MOST_UNSENT]; /* what the memo has of records in pending: a copy must not come before its first */
	size_t unsent_count;
};

static void send_pending(struct serving *s)
{
	if (channel_send(&s->out, buffer_view(&s->pending)))
		_exit(0); /* the parent is gone */
	buffer_clear(&s->pending);
	for (size_t i = 0; i < s->unsent_count; i++)
		memo_publish(s->memo, s->unsent[i]);
	s->unsent_count = 0;
}

/* A frame is made where it is sent from: open_frame(), its first half, split_frame(), its record, close_frame(). */
static struct buffer *open_frame(struct serving *s)
{
	s->frame = s->pending.len;
	buffer_add(&s->pending, &(struct frame){ 0 }, sizeof(struct frame));
	return &s->pending;
}

static struct span frame_payload(const struct serving *s)
{
	return span_skip(buffer_view(&s->pending), s->frame + sizeof(struct frame));
}

static void split_frame(struct serving *s)
{
	s->first_len = frame_payload(s).len;
}

static void close_frame(struct serving *s, enum frame_kind kind, size_t entry, uint64_t offset)
{
	struct frame frame = {
		.kind = kind,
		.first_len = (uint32_t)s->first_len,
		.len = frame_payload(s).len,
		.entry = entry,
		.offset = offset,
	};

	memcpy(s->pending.ptr + s->frame, &frame, sizeof frame);
}

static void add_empty_frame(struct serving *s, enum frame_kind kind, size_t entry)
{
	open_frame(s);
	split_frame(s);
	close_frame(s, kind, entry, 0);
}

/* Not between a message's record and those of the messages inside it: both arrive, or neither. */
static void send_due(struct serving *s)
{
	if (s->careful || s->pending.len >= SEND_AT)
		send_pending(s);
}

/* What the summary counts: severity, author, codes (0-terminated), From domain, missing names; texts end with NUL. */
static void add_stats(struct buffer *b, const struct report *r)
{
	buffer_char(b, (char)r->severity);
	buffer_char(b, (char)r->author);
	for (size_t i = 0; i < r->findings->count; i++) {
		uint16_t code = (uint16_t)(r->findings->finding[i]->code + 1);

		buffer_add(b, &code, sizeof code);
	}
	buffer_add(b, "\0\0", 2);
	buffer_str(b, r->evidence.author_domain ? r->evidence.author_domain : "");
	buffer_char(b, 0);
	for (size_t i = 0; i < r->missing_count; i++) {
		buffer_printf(b, "%s %s", r->missing[i].name, r->missing[i].type);
		buffer_char(b, 0);
	}
}

void place_name(struct buffer *b, const struct origin *origin)
{
	printable_add(b, span_of(origin->source), 0);
	if (origin->member) {
		buffer_char(b, '!');
		printable_add(b, span_of(origin->member), 0);
	}
}

void problem_line(struct buffer *b, const struct origin *origin, const char *text)
{
	place_name(b, origin);
	if (origin->offset)
		buffer_printf(b, "@%llu", (unsigned long long)origin->offset);
	buffer_str(b, ": ");
	printable_add(b, span_of(text), 0);
}

#ifdef MAILCHECK_FAULTS
/* Test builds only: a message can ask for the faults that a worker must survive. */
static void raise_fault(struct span raw)
{
	struct span head = span_sub(raw, 0, 4096);

	if (span_find(head, SPAN("\nX-Test-Fault: crash"), 0) < head.len)
		abort();
	if (span_find(head, SPAN("\nX-Test-Fault: hang"), 0) < head.len)
		for (;;)
			pause();
}
#endif

static void open_record(struct serving *s, const struct report *report)
{
	add_stats(open_frame(s), report);
	split_frame(s);
	s->options->sink->render(s->options->sink, &s->pending, report);
}

/* A copy of a message that was met before. */
static bool recall(struct serving *s, const struct memo_key *key, size_t entry)
{
	struct memo_value value;

	if (!memo_find(s->memo, s->arena, key, &value))
		return false;
	buffer_span(open_frame(s), value.stats);
	split_frame(s);
	s->options->sink->again(s->options->sink, &s->pending, value.kept, key->origin);
	close_frame(s, FRAME_RECORD, entry, key->origin->offset);
	return true;
}

/* For copies of the message whose record was just rendered. */
static void remember(struct serving *s, const struct memo_key *key, const struct report *report)
{
	struct scan_sink *sink = s->options->sink;
	struct span made = frame_payload(s);
	struct memo_value value = { .stats = span_sub(made, 0, s->first_len) };

	if (s->unsent_count == MOST_UNSENT)
		return;
	buffer_clear(&s->kept);
	value.kept = sink->keep(sink, &s->kept, report, span_skip(made, s->first_len));
	s->unsent[s->unsent_count++] = memo_write(s->memo, key, report->sha256, &value);
}

static void report_on(struct serving *s, const struct memo_key *key, size_t entry)
{
	const struct report *report = report_build(s->arena, key->raw, key->origin, &s->report);
	struct attached_list list = { 0 };

	if (s->options->attached)
		list = report_attached(s->arena, report);
	open_record(s, report);
	if (list.count == 0) /* the places of what it encloses are many: such a copy is checked again */
		remember(s, key, report);
	close_frame(s, FRAME_RECORD, entry, key->origin->offset);
	for (size_t i = 0; i < list.count; i++) {
		open_record(s, list.message[i].report);
		close_frame(s, FRAME_ATTACHED, entry, list.message[i].report->origin.offset);
	}
}

static void serve_message(struct serving *s, struct span raw, const struct origin *origin, size_t entry)
{
	struct memo_key key = memo_key(raw, origin, s->task);

	if (s->careful) {
		buffer_str(open_frame(s), origin->member ? origin->member : "");
		split_frame(s);
		close_frame(s, FRAME_START, entry, origin->offset);
		send_pending(s);
	}
#ifdef MAILCHECK_FAULTS
	raise_fault(raw);
#endif
	if (!recall(s, &key, entry))
		report_on(s, &key, entry);
	send_due(s);
	arena_reset(s->arena);
	dmarc_cache_trim(s->report.dmarc_cache);
	spf_cache_trim(s->report.spf_cache);
}

static void serve_error(struct serving *s, const struct origin *origin, const struct error *error, size_t entry)
{
	struct scan_sink *sink = s->options->sink;

	problem_line(open_frame(s), origin, error->text);
	split_frame(s);
	sink->render_error(sink, &s->pending, origin, error);
	close_frame(s, FRAME_ERROR, entry, origin->offset);
	send_due(s);
}

/* One message by its place. */
static void serve_exact(struct serving *s, const struct plan_entry *e, size_t index)
{
	struct origin origin = { .source = e->source, .member = e->member, .offset = e->from, .length = e->to - e->from };
	struct error error = { 0 };
	uint8_t *bytes = NULL;
	size_t len = 0;

	if (source_read(e->source, e->member, e->from, e->to - e->from, &bytes, &len, &error)) {
		serve_error(s, &origin, &error, index);
	} else {
		origin_complete(s->arena, &origin);
		serve_message(s, span_make(bytes, len), &origin, index);
	}
	free(bytes);
}

/* What came since the plan was made waits for the next run, which goes on at the size that this one knows. */
static struct source *open_planned(const struct plan_entry *e, uint64_t from, uint64_t to, const struct source_options *options)
{
	return source_open_range(e->source, from, e->size && to > e->size ? e->size : to, options);
}

static void serve_entry(struct serving *s, const struct task *task, size_t index)
{
	const struct plan_entry *e = &s->options->plan->entry[index];
	struct source_options options = { .recurse = true };
	struct source *source;
	struct origin origin;
	struct span raw;
	struct error error = { 0 };
	uint64_t skip = index == task->first + task->begin ? task->skip : 0;
	int rc;

	if (e->exact && !skip)
		serve_exact(s, e, index);
	if (e->exact) {
		add_empty_frame(s, FRAME_ENTRY_DONE, index);
		return;
	}
	if (e->trouble) {
		origin = (struct origin){ .source = e->source };
		error_set(&error, ERROR_SYSTEM, "%s", e->trouble);
		serve_error(s, &origin, &error, index);
		add_empty_frame(s, FRAME_ENTRY_DONE, index);
		return;
	}
	source = task->count == 1 ? open_planned(e, task->from, task->to, &options)
				  : open_planned(e, e->from, e->to, &options);
	while ((rc = source_next(source, &raw, &origin, &error)) != 0) {
		if (skip) {
			skip--;
			continue;
		}
		if (rc > 0)
			serve_message(s, raw, &origin, index);
		else
			serve_error(s, &origin, &error, index);
		error = (struct error){ 0 };
	}
	source_free(source);
	add_empty_frame(s, FRAME_ENTRY_DONE, index);
}

static bool read_task(int fd, struct task *ret)
{
	size_t got = 0;

	while (got < sizeof *ret) {
		ssize_t n = read(fd, (uint8_t *)ret + got, sizeof *ret - got);

		if (n == 0 || (n < 0 && errno != EINTR))
			return false;
		if (n > 0)
			got += (size_t)n;
	}
	return true;
}

static void limit_memory(struct serving *s)
{
	size_t limit = s->options->memory_limit ? s->options->memory_limit : (size_t)2 << 30;
	struct rlimit core = { 0, 0 };

	setrlimit(RLIMIT_CORE, &core);
	arena_set_limit(s->arena, limit);
#ifndef SANITIZED
	struct rlimit data = { limit, limit };

	setrlimit(RLIMIT_DATA, &data);
#endif
}

static _Noreturn void serve(const struct scan_options *options, struct memo *memo, int in, struct channel out)
{
	struct serving s = { .options = options, .memo = memo, .out = out, .arena = arena_new() };
	struct task task;

	signal(SIGINT, SIG_IGN); /* the parent is asked to stop, not its workers */
	signal(SIGTERM, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
	signal(SIGPIPE, SIG_DFL);
	limit_memory(&s);
	s.report = options->report;
	s.report.dmarc_cache = dmarc_cache_new();
	s.report.spf_cache = spf_cache_new();
	while (read_task(in, &task)) {
		s.careful = task.careful;
		s.task = task.number;
		for (size_t i = task.begin; i < task.count; i++)
			serve_entry(&s, &task, task.first + i);
		add_empty_frame(&s, FRAME_TASK_DONE, 0);
		send_pending(&s);
	}
	_exit(0);
}

int worker_start(struct worker *w, const struct scan_options *options, struct memo *memo, const struct worker *all,
	size_t count, unsigned number, struct error *reterr)
{
	struct channel out;
	int to[2];

	/* A socket, because a write to a worker that died must not be a SIGPIPE. */
	if (socketpair(AF_UNIX, SOCK_STREAM, 0, to))
		return error_errno(reterr, "cannot make a socket pair");
	if (channel_open(&w->from, &out, reterr)) {
		close(to[0]);
		close(to[1]);
		return -1;
	}
	fflush(NULL);
	w->pid = fork();
	if (w->pid == 0) {
		for (size_t i = 0; i < count; i++)
			if (all[i].pid > 0) {
				close(all[i].to);
				close(all[i].from.fd);
			}
		close(to[1]);
		close(w->from.fd);
		memo_take_ring(memo, number);
		serve(options, memo, to[0], out);
	}
	close(to[0]);
	close(out.fd);
	w->to = to[1];
	if (w->pid > 0)
		return 0;
	error_errno(reterr, "cannot start a worker");
	close(w->to);
	channel_close(&w->from);
	w->pid = 0;
	return -1;
}

int worker_stop(struct worker *w, bool kill_it)
{
	int status = 0;

	if (w->pid <= 0)
		return 0;
	close(w->to);
	channel_close(&w->from);
	if (kill_it)
		kill(w->pid, SIGKILL);
	while (waitpid(w->pid, &status, 0) < 0 && errno == EINTR)
		;
	w->pid = 0;
	return status;
}
