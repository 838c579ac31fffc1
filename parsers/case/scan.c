/* SPDX-License-Identifier: ISC */
/*
 * The scan's parent: hands out tasks (tasks.c) in the plan's order to workers, and gives what comes back to the sink in the same
 * order. A bounded window of tasks is under way, so that memory does not grow with the dump.
 */
#include "parsers/case/scan.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "parsers/case/tally.h"
#include "parsers/case/tasks.h"
#include "parsers/case/worker.h"

enum {
	MAX_JOBS = 256,
	WINDOW = 4,		 /* tasks under way for each worker */
	HELD_BYTES = 16 << 20,	 /* of a task whose turn has not come, before its worker has to wait */
	REACHED_EVERY = 256,	 /* messages of an archive between two positions */
	CHECKPOINT_MS = 500,	    /* no more than this, or these bytes of records, is done again after a stop */
	CHECKPOINT_BYTES = 8 << 20,
	PROGRESS_MS = 250,
};

struct slot {
	struct task task;
	struct buffer frames; /* received and not yet given to the sink */
	int worker;	      /* -1: none yet */
	bool done;
	/* As received: entries read to their end, messages of the one under way; where careful work goes on. */
	size_t entries;
	uint64_t in_entry;
	bool started; /* careful: a message was announced and its record has not come */
	uint64_t start_offset;
	char *start_member;
	/* As given to the sink: messages of an archive, and of these since the last position. */
	uint64_t delivered, since;
};

struct hand {
	struct worker worker;
	struct buffer in;     /* an incomplete frame */
	int slot;	      /* -1: idle */
	int64_t heard_ms;
};

struct scan {
	const struct scan_options *options;
	const struct plan *plan;
	struct scan_sink *sink;
	struct error *reterr;
	struct hand hand[MAX_JOBS];
	struct worker worker[MAX_JOBS]; /* copies for worker_start() */
	unsigned jobs;
	struct slot *slot; /* a ring of slots */
	size_t slots, head, used;
	struct tasks tasks; /* not yet formed */
	struct scan_summary *summary;
	struct tally *domains, *missing;
	struct memo *memo;
	int64_t checkpoint_ms, progress_ms;
	uint64_t unsaved; /* bytes of records since the checkpoint */
	bool failed, dirty;
};

static int64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* --- what comes back --- */

static void count_stats(struct scan *s, struct span stats)
{
	struct scan_summary *sum = s->summary;
	uint16_t code;

	if (stats.len < 4)
		return;
	sum->progress.messages++;
	sum->progress.by_severity[stats.ptr[0]]++;
	sum->by_author[stats.ptr[1]]++;
	stats = span_skip(stats, 2);
	for (;;) {
		memcpy(&code, stats.ptr, sizeof code);
		stats = span_skip(stats, sizeof code);
		if (!code)
			break;
		sum->by_code[code - 1]++;
	}
	for (bool first = true; stats.len; first = false) {
		struct span text = span_sub(stats, 0, span_chr(stats, 0));

		if (text.len)
			tally_add(first ? s->domains : s->missing, text);
		stats = span_skip(stats, text.len + 1);
	}
}

static void tell_problem(struct scan *s, struct span line)
{
	s->summary->progress.errors++;
	if (s->options->problem) {
		char *text = strndup((const char *)line.ptr, line.len);

		s->options->problem(s->options->problem_data, text ? text : "");
		free(text);
	}
}

static void sink_write(struct scan *s, size_t entry, struct span record, bool is_error)
{
	s->dirty = true;
	s->unsaved += record.len;
	if (!s->failed && s->sink->write(s->sink, &s->plan->entry[entry], record, is_error, s->reterr))
		s->failed = true;
}

static void checkpoint(struct scan *s)
{
	if (!s->failed && s->sink->checkpoint && s->sink->checkpoint(s->sink, s->reterr))
		s->failed = true;
	s->checkpoint_ms = now_ms();
	s->unsaved = 0;
}

static void sink_reached(struct scan *s, size_t entry, uint64_t position, bool done)
{
	s->dirty = false;
	if (!s->failed && s->sink->reached && s->sink->reached(s->sink, &s->plan->entry[entry], position, done, s->reterr))
		s->failed = true;
	if (s->unsaved >= CHECKPOINT_BYTES || now_ms() - s->checkpoint_ms >= CHECKPOINT_MS)
		checkpoint(s);
}

/* The entry, or the range of it that the task had, was read to its end. */
static void entry_done(struct scan *s, struct slot *slot, size_t entry)
{
	const struct plan_entry *e = &s->plan->entry[entry];
	uint64_t end = slot->task.count == 1 ? slot->task.to : e->to;
	bool done = end >= e->size;

	s->summary->progress.files += done;
	s->summary->progress.bytes += slot->task.count > 1 || slot->task.to > e->size
					      ? e->size - (slot->task.count == 1 && slot->task.from < e->size ? slot->task.from : 0)
					      : slot->task.to - slot->task.from;
	sink_reached(s, entry, done ? e->size : end, done);
	slot->since = 0;
}

static void deliver(struct scan *s, struct slot *slot, const struct frame *frame, struct span payload)
{
	struct span first = span_sub(payload, 0, frame->first_len), record = span_skip(payload, frame->first_len);

	if (frame->kind == FRAME_ENTRY_DONE) {
		entry_done(s, slot, frame->entry);
		return;
	}
	if (frame->kind != FRAME_RECORD && frame->kind != FRAME_ATTACHED && frame->kind != FRAME_ERROR)
		return;
	if (frame->kind == FRAME_ERROR)
		tell_problem(s, first);
	else
		count_stats(s, first);
	if (frame->kind == FRAME_ATTACHED) {
		sink_write(s, frame->entry, record, false);
		return;
	}
	/* The one before is complete only now: records of messages inside it may have followed. */
	if (slot->since >= REACHED_EVERY && slot->task.counts) {
		sink_reached(s, frame->entry, slot->delivered, false);
		slot->since = 0;
	}
	slot->delivered++;
	slot->since++;
	sink_write(s, frame->entry, record, frame->kind == FRAME_ERROR);
}

static void deliver_all(struct scan *s, struct slot *slot, struct span frames)
{
	struct frame frame;

	while (frames.len >= sizeof frame) {
		memcpy(&frame, frames.ptr, sizeof frame);
		deliver(s, slot, &frame, span_sub(span_skip(frames, sizeof frame), 0, (size_t)frame.len));
		frames = span_skip(frames, sizeof frame + (size_t)frame.len);
	}
}

/* Gives the sink what the first task has; the slots of finished tasks come free. */
static void drain(struct scan *s)
{
	while (s->used) {
		struct slot *slot = &s->slot[s->head];

		deliver_all(s, slot, buffer_view(&slot->frames));
		buffer_clear(&slot->frames);
		if (!slot->done)
			return;
		free(slot->start_member);
		slot->start_member = NULL;
		if (slot->frames.room > HELD_BYTES)
			buffer_release(&slot->frames);
		s->head = (s->head + 1) % s->slots;
		s->used--;
	}
}

/* Keeps count of a frame as it comes in. */
static void note_frame(struct slot *slot, const struct frame *frame, struct span payload)
{
	switch ((enum frame_kind)frame->kind) {
	case FRAME_START:
		free(slot->start_member);
		slot->start_member = payload.len ? strndup((const char *)payload.ptr, payload.len) : NULL;
		slot->start_offset = frame->offset;
		slot->started = true;
		break;
	case FRAME_RECORD:
	case FRAME_ERROR:
		slot->started = false;
		slot->in_entry++;
		break;
	case FRAME_ATTACHED:
		break;
	case FRAME_ENTRY_DONE:
		slot->entries++;
		slot->in_entry = 0;
		break;
	case FRAME_TASK_DONE:
		slot->done = true;
		break;
	}
}

/* Keeps count of the whole frames at the start of BYTES; how long they are. */
static size_t note_frames(struct slot *slot, struct span bytes)
{
	struct span rest = bytes;
	struct frame frame;

	while (rest.len >= sizeof frame) {
		memcpy(&frame, rest.ptr, sizeof frame);
		if (frame.len > rest.len - sizeof frame)
			break;
		note_frame(slot, &frame, span_sub(span_skip(rest, sizeof frame), 0, (size_t)frame.len));
		rest = span_skip(rest, sizeof frame + (size_t)frame.len);
	}
	return bytes.len - rest.len;
}

/* Moves whole frames to the slot, or straight to the sink where it is the slot's turn; an incomplete one waits. */
static void receive(struct scan *s, struct hand *hand, struct slot *slot, struct span bytes)
{
	bool waiting = hand->in.len > 0;
	struct span whole;

	if (waiting) {
		buffer_span(&hand->in, bytes);
		bytes = buffer_view(&hand->in);
	}
	whole = span_sub(bytes, 0, note_frames(slot, bytes));
	if (slot == &s->slot[s->head] && !slot->frames.len)
		deliver_all(s, slot, whole);
	else
		buffer_span(&slot->frames, whole);
	bytes = span_skip(bytes, whole.len);
	if (waiting) {
		memmove(hand->in.ptr, bytes.ptr, bytes.len);
		hand->in.len = bytes.len;
	} else if (bytes.len) {
		buffer_span(&hand->in, bytes);
	}
	if (slot->done) {
		slot->worker = -1;
		hand->slot = -1;
	}
}

/* --- workers --- */

static int start(struct scan *s, unsigned i)
{
	struct hand *hand = &s->hand[i];

	if (worker_start(&hand->worker, s->options, s->memo, s->worker, s->jobs, i, s->reterr))
		return -1;
	s->worker[i] = hand->worker;
	hand->slot = -1;
	buffer_clear(&hand->in);
	return 0;
}

static void assign(struct scan *s, unsigned i, size_t slot)
{
	struct hand *hand = &s->hand[i];

	hand->slot = (int)slot;
	hand->heard_ms = now_ms();
	s->slot[slot].worker = (int)i;
	/* The socket takes a task whole. A worker that died is found by its closed channel. */
	if (send(hand->worker.to, &s->slot[slot].task, sizeof(struct task), MSG_NOSIGNAL) < 0 && errno != EPIPE)
		s->failed = true;
}

static bool stopping(const struct scan *s)
{
	return s->failed || (s->options->stop && *s->options->stop);
}

static bool next_task(struct scan *s, struct task *ret)
{
	int rc = s->failed ? 0 : tasks_next(&s->tasks, ret, s->reterr);

	s->failed |= rc < 0;
	return rc > 0;
}

/* Idle workers get tasks that were given back first, then new ones. */
static void hand_out(struct scan *s)
{
	for (unsigned i = 0; i < s->jobs && !stopping(s); i++) {
		size_t n;

		if (s->hand[i].slot >= 0)
			continue;
		for (n = 0; n < s->used; n++) {
			struct slot *slot = &s->slot[(s->head + n) % s->slots];

			if (!slot->done && slot->worker < 0)
				break;
		}
		if (n == s->used) {
			struct task task;

			if (s->used == s->slots || !next_task(s, &task))
				return;

			struct slot *slot = &s->slot[(s->head + s->used) % s->slots];
			struct buffer keep = slot->frames;

			buffer_clear(&keep);
			*slot = (struct slot){ .task = task, .frames = keep, .worker = -1, .in_entry = task.skip,
				.delivered = task.skip };
			s->used++;
		}
		assign(s, i, (s->head + n) % s->slots);
	}
}

/* An error record in the slot's frames, as a worker would have sent it. */
static void add_lost(struct scan *s, struct slot *slot, size_t entry, const char *why)
{
	const char *source = s->plan->entry[entry].source;
	struct origin origin = { .source = source, .member = slot->start_member };
	struct error error = { 0 };
	struct buffer record = BUFFER_INIT, line = BUFFER_INIT;

	if (slot->started)
		origin.offset = slot->start_offset;
	error_set(&error, ERROR_LIMIT, "%s", why);
	s->sink->render_error(s->sink, &record, &origin, &error);
	problem_line(&line, &origin, why);

	struct frame frame = { FRAME_ERROR, (uint32_t)line.len, line.len + record.len, entry, origin.offset };

	buffer_add(&slot->frames, &frame, sizeof frame);
	buffer_span(&slot->frames, buffer_view(&line));
	buffer_span(&slot->frames, buffer_view(&record));
	buffer_release(&record);
	buffer_release(&line);
}

/* In a careful task the message announced last is the culprit; with none announced it is the entry itself. */
static void blame(struct scan *s, struct slot *slot, const char *why)
{
	size_t entry = slot->task.first + slot->entries;

	add_lost(s, slot, entry, why);
	if (slot->started) {
		slot->in_entry++;
		slot->started = false;
		return;
	}

	struct frame done = { .kind = FRAME_ENTRY_DONE, .entry = entry };

	buffer_add(&slot->frames, &done, sizeof done);
	slot->entries++;
	slot->in_entry = 0;
}

/*
 * A worker died or hangs. Its task goes on behind the last record that came, from now on carefully, so that the next loss
 * names its message.
 */
static void lose(struct scan *s, unsigned i, const char *why)
{
	struct hand *hand = &s->hand[i];
	struct slot *slot = &s->slot[hand->slot];
	int status = worker_stop(&hand->worker, true);
	char text[96];

	s->worker[i].pid = 0;
	if (!why && WIFSIGNALED(status))
		snprintf(text, sizeof text, "a worker died of signal %d on this message", WTERMSIG(status));
	else
		snprintf(text, sizeof text, "%s", why ? why : "a worker ended on this message");
	if (slot->task.careful)
		blame(s, slot, text);
	slot->task.careful = true;
	slot->task.begin = slot->entries;
	slot->task.skip = slot->in_entry;
	slot->done = slot->entries >= slot->task.count;
	slot->worker = -1;
	if (start(s, i))
		s->failed = true;
}

/* --- the loop --- */

/* Whether the parent reads from this worker now: not where it is far ahead of its turn. */
static bool listens(const struct scan *s, unsigned i)
{
	const struct hand *hand = &s->hand[i];

	return hand->slot >= 0 && (hand->slot == (int)s->head || s->slot[hand->slot].frames.len < HELD_BYTES);
}

static void read_hand(struct scan *s, unsigned i)
{
	struct hand *hand = &s->hand[i];
	struct span bytes;
	bool alive = channel_receive(&hand->worker.from, &bytes);

	hand->heard_ms = now_ms();
	if (!alive) {
		lose(s, i, NULL);
		return;
	}
	receive(s, hand, &s->slot[hand->slot], bytes);
	channel_done(&hand->worker.from);
}

static void check_hang(struct scan *s, unsigned i)
{
	int64_t limit = (int64_t)(s->options->timeout_s ? s->options->timeout_s : 120) * 1000;

	if (listens(s, i) && now_ms() - s->hand[i].heard_ms > limit)
		lose(s, i, "this message took too long to check");
}

static void tell_progress(struct scan *s)
{
	if (!s->options->progress || now_ms() - s->progress_ms < PROGRESS_MS)
		return;
	s->progress_ms = now_ms();
	s->options->progress(s->options->progress_data, &s->summary->progress);
}

static unsigned wait_for_workers(struct scan *s, struct pollfd *fd, unsigned *which)
{
	unsigned count = 0;

	for (unsigned i = 0; i < s->jobs; i++)
		if (listens(s, i)) {
			which[count] = i;
			fd[count++] = (struct pollfd){ .fd = s->hand[i].worker.from.fd, .events = POLLIN };
		}
	if (count)
		poll(fd, count, PROGRESS_MS);
	return count;
}

static void run(struct scan *s)
{
	struct pollfd fd[MAX_JOBS];
	unsigned which[MAX_JOBS], count;
	int64_t stopped_ms = 0;

	for (;;) {
		hand_out(s);
		count = wait_for_workers(s, fd, which);
		if (count == 0)
			break;
		for (unsigned k = 0; k < count; k++) {
			if (fd[k].revents)
				read_hand(s, which[k]);
			else
				check_hang(s, which[k]);
		}
		drain(s);
		tell_progress(s);
		if (!stopping(s))
			continue;
		if (!stopped_ms)
			stopped_ms = now_ms();
		if (s->failed || now_ms() - stopped_ms > 5000)
			break;
	}
	drain(s);
}

static unsigned count_jobs(const struct scan_options *options)
{
	long jobs = options->jobs ? (long)options->jobs : sysconf(_SC_NPROCESSORS_ONLN);

	return jobs < 1 ? 1 : jobs > MAX_JOBS ? MAX_JOBS : (unsigned)jobs;
}

static void stop_workers(struct scan *s)
{
	for (unsigned i = 0; i < s->jobs; i++)
		worker_stop(&s->hand[i].worker, s->hand[i].slot >= 0);
}

static void finish(struct scan *s)
{
	bool complete = !s->failed && tasks_done(&s->tasks) && s->used == 0;
	int rc = 0;

	s->summary->interrupted = !s->failed && !complete;
	if (!s->dirty)
		checkpoint(s);
	if (s->sink->finish)
		rc = s->sink->finish(s->sink, complete && !s->failed, s->failed ? NULL : s->reterr);
	s->failed |= rc < 0;
	s->summary->interrupted |= rc > 0;
	s->summary->domain = tally_top(s->domains, s->summary->arena, 10, &s->summary->domain_count);
	s->summary->missing = tally_top(s->missing, s->summary->arena, 10, &s->summary->missing_count);
}

static void scan_release(struct scan *s)
{
	for (size_t i = 0; i < s->slots; i++) {
		buffer_release(&s->slot[i].frames);
		free(s->slot[i].start_member);
	}
	for (unsigned i = 0; i < s->jobs; i++)
		buffer_release(&s->hand[i].in);
	free(s->slot);
	memo_free(s->memo);
	tally_free(s->domains);
	tally_free(s->missing);
	free(s);
}

int scan_run(const struct scan_options *options, struct scan_summary *ret, struct error *reterr)
{
	struct scan *s = calloc(1, sizeof *s);
	int rc;

	if (!s)
		abort();
	*ret = (struct scan_summary){ .arena = arena_new() };
	s->options = options;
	s->plan = options->plan;
	s->sink = options->sink;
	s->reterr = reterr;
	s->summary = ret;
	s->jobs = count_jobs(options);
	s->tasks = (struct tasks){ .plan = options->plan, .sink = options->sink, .jobs = s->jobs };
	s->slots = (size_t)s->jobs * WINDOW;
	s->slot = calloc(s->slots, sizeof *s->slot);
	s->memo = memo_new(s->jobs);
	s->domains = tally_new();
	s->missing = tally_new();
	s->checkpoint_ms = s->progress_ms = now_ms();
	ret->progress.bytes_total = s->plan->total;
	ret->progress.files_total = s->plan->count;
	if (!s->slot)
		abort();
	for (unsigned i = 0; i < s->jobs && !s->failed; i++)
		if (start(s, i))
			s->failed = true;
	if (!s->failed)
		run(s);
	stop_workers(s);
	finish(s);
	rc = s->failed ? -1 : 0;
	scan_release(s);
	return rc;
}

void scan_summary_release(struct scan_summary *summary)
{
	arena_free(summary->arena);
	summary->arena = NULL;
}
