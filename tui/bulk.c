/* SPDX-License-Identifier: ISC */
#include "tui/bulk.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tui/gather.h"

struct bulk {
	pthread_t thread;
	struct case_file *file;
	enum bulk_kind kind;
	struct filter *filter; /* NULL: one message */
	int64_t *id;
	size_t count, room;
	char *tag;
	atomic_bool stop;
	pthread_mutex_t lock;
	pthread_cond_t news;
	bool done;
	char text[256];
};

static int is_over(void *data)
{
	struct bulk *b = data;

	return b->stop;
}

static int select_ids(struct bulk *b, struct error *reterr)
{
	struct case_cursor *cursor;
	int n = 0;

	if (!b->filter)
		return 0;
	cursor = case_select(b->file, b->filter, CASE_SORT_PLACE, false, reterr);
	do {
		if (b->room < b->count + 1024) {
			b->room = (b->room + 1024) * 2;
			b->id = realloc(b->id, b->room * sizeof *b->id);
			if (!b->id)
				abort();
		}
		n = cursor ? case_fetch(cursor, b->id + b->count, 1024, reterr) : -1;
		b->count += n > 0 ? (size_t)n : 0;
	} while (n > 0);
	case_cursor_free(cursor);
	return n;
}

static const char *const done_words[] = {
	[BULK_MARK] = "marked", [BULK_UNMARK] = "marks taken away", [BULK_TAG] = "tagged",
	[BULK_UNTAG] = "tag taken away", [BULK_UNDO] = "undone", [BULK_REDO] = "done again",
};

/* Undo and redo: what the journal says. */
static int step_back(struct bulk *b, struct error *reterr)
{
	char what[128] = "";
	bool undo = b->kind == BULK_UNDO;
	int rc = undo ? case_undo(b->file, what, reterr) : case_redo(b->file, what, reterr);

	if (rc > 0)
		snprintf(b->text, sizeof b->text, "%s: %s", done_words[b->kind], what);
	else if (rc == 0)
		snprintf(b->text, sizeof b->text, undo ? "nothing to undo" : "nothing to do again");
	return rc < 0 ? -1 : 0;
}

static int change(struct bulk *b, struct error *reterr)
{
	bool on = b->kind == BULK_MARK || b->kind == BULK_TAG;
	int rc = select_ids(b, reterr);

	if (rc == 0 && b->count && b->tag)
		rc = case_tag(b->file, b->id, b->count, b->tag, on, reterr);
	else if (rc == 0 && b->count)
		rc = case_mark(b->file, b->id, b->count, on, reterr);
	snprintf(b->text, sizeof b->text, "%s: %zu message%s%s", done_words[b->kind], b->count, b->count == 1 ? "" : "s",
		b->count ? "; u undoes it" : "");
	return rc;
}

static void *run(void *data)
{
	struct bulk *b = data;
	struct error why = { 0 };
	int rc = b->kind == BULK_UNDO || b->kind == BULK_REDO ? step_back(b, &why) : change(b, &why);

	if (rc)
		snprintf(b->text, sizeof b->text, "%s", why.text);
	pthread_mutex_lock(&b->lock);
	b->done = true;
	pthread_cond_signal(&b->news);
	pthread_mutex_unlock(&b->lock);
	return NULL;
}

static void release(struct bulk *b)
{
	filter_free(b->filter);
	case_free(b->file);
	pthread_mutex_destroy(&b->lock);
	pthread_cond_destroy(&b->news);
	free(b->id);
	free(b->tag);
	free(b);
}

struct bulk *bulk_start(const struct case_file *file, enum bulk_kind kind, const char *query, int64_t id, const char *tag,
	struct error *reterr)
{
	struct bulk *b = calloc(1, sizeof *b);

	if (!b || !(b->id = malloc(sizeof *b->id)) || (tag && !(b->tag = strdup(tag))))
		abort();
	b->kind = kind;
	*b->id = id;
	b->room = 1;
	b->count = !query && id;
	pthread_mutex_init(&b->lock, NULL);
	pthread_cond_init(&b->news, NULL);
	if (case_read_only(file))
		error_set(reterr, ERROR_SYSTEM, "this case is open for reading only");
	else if (!query || (b->filter = filter_compile(query, NULL, reterr)))
		b->file = case_open(case_path(file), CASE_WRITE, reterr);
	if (b->file) {
		case_stop_when(b->file, is_over, b);
		if (pthread_create(&b->thread, NULL, run, b) == 0)
			return b;
		error_set(reterr, ERROR_SYSTEM, "cannot start a thread");
	}
	release(b);
	return NULL;
}

bool bulk_wait(struct bulk *b, int ms, char *ret_text, size_t size)
{
	struct timespec until = deadline_in(ms);
	bool done;

	pthread_mutex_lock(&b->lock);
	while (!b->done && pthread_cond_timedwait(&b->news, &b->lock, &until) == 0)
		;
	done = b->done;
	if (done)
		snprintf(ret_text, size, "%s", b->text);
	pthread_mutex_unlock(&b->lock);
	return done;
}

void bulk_free(struct bulk *b)
{
	if (!b)
		return;
	b->stop = true;
	pthread_join(b->thread, NULL);
	release(b);
}
