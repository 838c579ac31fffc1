/* SPDX-License-Identifier: ISC */
#include "tui/gather.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

/* The first page must not wait for a full batch. */
enum { BATCH = 2000, FIRST_BATCH = 200 };

struct gather {
	pthread_t thread;
	struct case_file *file;
	struct case_cursor *cursor;
	struct filter *filter;
	enum case_sort sort;
	bool descending, only_counts;
	atomic_bool stop;
	/* Under the lock: what the thread has found, and what was taken of it. */
	pthread_mutex_t lock;
	pthread_cond_t news;
	int64_t *id;
	size_t found, room, taken;
	int64_t messages;
	struct case_counts counts;
	bool done;
};

static void publish(struct gather *g, const int64_t *id, size_t count)
{
	pthread_mutex_lock(&g->lock);
	if (g->found + count > g->room) {
		g->room = (g->found + count) * 2;
		g->id = realloc(g->id, g->room * sizeof *g->id);
		if (!g->id)
			abort();
	}
	memcpy(g->id + g->found, id, count * sizeof *id);
	g->found += count;
	pthread_cond_signal(&g->news);
	pthread_mutex_unlock(&g->lock);
}

static void publish_messages(struct gather *g, int64_t messages)
{
	pthread_mutex_lock(&g->lock);
	g->messages = messages;
	pthread_mutex_unlock(&g->lock);
}

/* The first page, then the number of all messages, then the rest. */
static void answer(struct gather *g)
{
	int64_t id[BATCH];
	int n;

	g->cursor = case_select(g->file, g->filter, g->sort, g->descending, NULL);
	n = g->cursor ? case_fetch(g->cursor, id, FIRST_BATCH, NULL) : 0;
	if (n > 0)
		publish(g, id, (size_t)n);
	if (!g->stop)
		publish_messages(g, case_count(g->file, NULL, NULL));
	while (g->cursor && !g->stop && (n = case_fetch(g->cursor, id, BATCH, NULL)) > 0)
		publish(g, id, (size_t)n);
}

static void count(struct gather *g)
{
	struct case_counts counts;

	if (case_counts(g->file, g->filter, &counts, NULL))
		return;
	pthread_mutex_lock(&g->lock);
	g->counts = counts;
	pthread_mutex_unlock(&g->lock);
}

/* Asked by SQLite every now and then. */
static int is_over(void *data)
{
	struct gather *g = data;

	return g->stop;
}

static void *run(void *data)
{
	struct gather *g = data;

	if (g->only_counts)
		count(g);
	else
		answer(g);
	pthread_mutex_lock(&g->lock);
	g->done = true;
	pthread_cond_signal(&g->news);
	pthread_mutex_unlock(&g->lock);
	return NULL;
}

static void release(struct gather *g)
{
	case_cursor_free(g->cursor);
	filter_free(g->filter);
	case_free(g->file);
	pthread_mutex_destroy(&g->lock);
	pthread_cond_destroy(&g->news);
	free(g->id);
	free(g);
}

static struct gather *gather_new(void)
{
	struct gather *g = calloc(1, sizeof *g);

	if (!g)
		abort();
	g->messages = -1;
	pthread_mutex_init(&g->lock, NULL);
	pthread_cond_init(&g->news, NULL);
	return g;
}

/* Frees G where it can't be begun. */
static struct gather *begin(struct gather *g, const struct case_file *file, const char *filter, struct error *reterr)
{
	g->file = case_open(case_path(file), CASE_READ, reterr);
	if (g->file && *filter)
		g->filter = filter_compile(filter, NULL, reterr);
	if (!g->file || (*filter && !g->filter)) {
		release(g);
		return NULL;
	}
	case_stop_when(g->file, is_over, g);
	if (pthread_create(&g->thread, NULL, run, g)) {
		error_set(reterr, ERROR_SYSTEM, "cannot start a thread");
		release(g);
		return NULL;
	}
	return g;
}

struct gather *gather_start(const struct case_file *file, const char *filter, enum case_sort sort, bool descending,
	struct error *reterr)
{
	struct gather *g = gather_new();

	g->sort = sort;
	g->descending = descending;
	return begin(g, file, filter, reterr);
}

struct gather *gather_counts_start(const struct case_file *file, const char *filter, struct error *reterr)
{
	struct gather *g = gather_new();

	g->only_counts = true;
	return begin(g, file, filter, reterr);
}

bool gather_counts(struct gather *g, struct case_counts *ret)
{
	bool done;

	pthread_mutex_lock(&g->lock);
	done = g->done;
	*ret = g->counts;
	pthread_mutex_unlock(&g->lock);
	return done;
}

size_t gather_take(struct gather *g, int64_t *ret, size_t max, bool *ret_more)
{
	size_t n;

	pthread_mutex_lock(&g->lock);
	n = g->found - g->taken < max ? g->found - g->taken : max;
	if (n)
		memcpy(ret, g->id + g->taken, n * sizeof *ret);
	g->taken += n;
	*ret_more = !g->done || g->taken < g->found;
	pthread_mutex_unlock(&g->lock);
	return n;
}

struct timespec deadline_in(int ms)
{
	struct timespec until;

	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_nsec += ms % 1000 * 1000000L;
	until.tv_sec += ms / 1000 + until.tv_nsec / 1000000000L;
	until.tv_nsec %= 1000000000L;
	return until;
}

void gather_wait(struct gather *g, int ms)
{
	struct timespec until = deadline_in(ms);

	pthread_mutex_lock(&g->lock);
	while (!g->done && g->taken == g->found && pthread_cond_timedwait(&g->news, &g->lock, &until) == 0)
		;
	pthread_mutex_unlock(&g->lock);
}

int64_t gather_messages(struct gather *g)
{
	int64_t messages;

	pthread_mutex_lock(&g->lock);
	messages = g->messages;
	pthread_mutex_unlock(&g->lock);
	return messages;
}

void gather_free(struct gather *g)
{
	if (!g)
		return;
	g->stop = true;
	pthread_join(g->thread, NULL);
	release(g);
}
