/* SPDX-License-Identifier: ISC */
#include "parsers/case/tasks.h"

#include <stdio.h>

enum {
	/* Small files are handed out together up to so many bytes, large mboxes cut by them: fewer towards the end, so that
	 * no worker is busy long after the others. */
	TASK_BYTES = 1 << 20,
	LEAST_BYTES = 64 << 10,
	TASKS_LEFT = 4, /* for each worker, at least */
	TASK_ENTRIES = 128,
	OPEN_COST = 4096, /* opening a file counts as many bytes */
};

/* Whether the file begins like an mbox: then ranges of it can be read apart. */
static bool is_mbox(const char *path)
{
	uint8_t head[5];
	FILE *f = fopen(path, "rb");
	bool yes = f && fread(head, 1, sizeof head, f) == sizeof head &&
		   memcmp(head, "From ", sizeof head) == 0;

	if (f)
		fclose(f);
	return yes;
}

static const struct plan_entry *entry(const struct tasks *t)
{
	return &t->plan->entry[t->entry];
}

static uint64_t task_bytes(const struct tasks *t)
{
	uint64_t done = t->passed + (t->begun ? t->at - t->from : 0);
	uint64_t left = t->plan->total > done ? t->plan->total - done : 0, bytes = left / (TASKS_LEFT * t->jobs);

	return bytes < LEAST_BYTES ? LEAST_BYTES : bytes > TASK_BYTES ? TASK_BYTES : bytes;
}

/* Asks the sink where the entry goes on. 0 where it is done already. */
static int begin(struct tasks *t, struct error *reterr)
{
	const struct plan_entry *e = entry(t);
	uint64_t from = 0;
	int rc = t->sink->begin ? t->sink->begin(t->sink, e, &from, reterr) : 1;

	t->from = from > e->from ? from : e->from;
	t->cut = !e->exact && e->size > TASK_BYTES && is_mbox(e->source);
	t->at = t->from;
	t->begun = rc > 0;
	return rc;
}

static void step(struct tasks *t)
{
	t->passed += plan_entry_bytes(entry(t));
	t->entry++;
	t->begun = false;
}

/* Asks about entries until one is to be read. 1, 0 at the end of the plan, -1. */
static int begin_next(struct tasks *t, struct error *reterr)
{
	while (t->entry < t->plan->count) {
		int rc = t->begun ? 1 : begin(t, reterr);

		if (rc)
			return rc;
		step(t);
	}
	return 0;
}

/* A whole small file from its start can share a task with others. */
static bool can_share(const struct tasks *t)
{
	return t->from == entry(t)->from && (entry(t)->exact || entry(t)->size <= TASK_BYTES);
}

static void take_range(struct tasks *t, struct task *task)
{
	const struct plan_entry *e = entry(t);
	uint64_t end = e->to < e->size ? e->to : UINT64_MAX, bytes = task_bytes(t);

	task->count = 1;
	task->from = t->at;
	task->to = end;
	if (t->cut && e->size > t->at + bytes && end > t->at + bytes) {
		task->to = t->at += bytes;
		return;
	}
	if (!t->cut && !is_mbox(e->source)) {
		task->counts = true;
		task->skip = t->at;
		task->from = e->from;
	}
	step(t);
}

/* The entry and those that follow it in the plan without a gap: a task's entries stand side by
 * side. */
static int take_shared(struct tasks *t, struct task *task, struct error *reterr)
{
	uint64_t bytes = 0, most = task_bytes(t);

	task->to = entry(t)->to;
	task->from = entry(t)->from;
	while (t->entry < t->plan->count && task->count < TASK_ENTRIES && bytes < most) {
		if (!t->begun) {
			int rc = begin(t, reterr);

			if (rc < 0)
				return -1;
			if (rc == 0) {
				step(t);
				break;
			}
		}
		if (!can_share(t))
			break;
		bytes += plan_entry_bytes(entry(t)) + OPEN_COST;
		task->count++;
		step(t);
	}
	if (task->count > 1) {
		task->from = 0;
		task->to = UINT64_MAX;
	}
	return 1;
}

int tasks_next(struct tasks *t, struct task *ret, struct error *reterr)
{
	int rc = begin_next(t, reterr);

	if (rc <= 0)
		return rc;
	*ret = (struct task){.number = t->formed++, .first = t->entry};
	if (can_share(t))
		return take_shared(t, ret, reterr);
	take_range(t, ret);
	return 1;
}

bool tasks_done(const struct tasks *t)
{
	return t->entry >= t->plan->count;
}
