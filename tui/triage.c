/* SPDX-License-Identifier: ISC */
#include "tui/triage.h"

#include <stdlib.h>

void triage_init(struct triage *t, struct case_file *file)
{
	*t = (struct triage){ .file = file, .total = -1, .sort = CASE_SORT_SEVERITY, .descending = true };
	t->filter = strdup("");
	t->search = strdup("");
	if (!t->filter || !t->search)
		abort();
}

void triage_release(struct triage *t)
{
	case_cursor_free(t->cursor_sql);
	filter_free(t->compiled);
	free(t->id);
	free(t->hit);
	free(t->filter);
	free(t->search);
	*t = (struct triage){ 0 };
}

void triage_stop(struct triage *t)
{
	case_cursor_free(t->cursor_sql);
	t->cursor_sql = NULL;
	t->loading = false;
}

int triage_restart(struct triage *t, struct error *reterr)
{
	t->keep = triage_current(t);
	case_cursor_free(t->cursor_sql);
	t->cursor_sql = case_select(t->file, t->compiled, t->sort, t->descending, reterr);
	t->count = t->hit_count = 0;
	t->cursor = t->top = 0;
	t->loading = t->cursor_sql != NULL;
	/* Counting a filtered million can take as long as listing it: then the total shows itself at the end. */
	t->seen = case_count(t->file, NULL, NULL);
	t->total = t->compiled ? -1 : t->seen;
	return t->cursor_sql ? 0 : -1;
}

static void replace(char **text, const char *with)
{
	char *copy = strdup(with);

	if (!copy)
		abort();
	free(*text);
	*text = copy;
}

int triage_filter(struct triage *t, const char *text, size_t *ret_at, struct error *reterr)
{
	struct filter *compiled = NULL;

	if (span_trim(span_of(text)).len && !(compiled = filter_compile(text, ret_at, reterr)))
		return -1;
	filter_free(t->compiled);
	t->compiled = compiled;
	replace(&t->filter, compiled ? text : "");
	return triage_restart(t, reterr);
}

int triage_sort(struct triage *t, enum case_sort sort, bool descending, struct error *reterr)
{
	t->sort = sort;
	t->descending = descending;
	return triage_restart(t, reterr);
}

static void make_room(struct triage *t, size_t more)
{
	if (t->count + more <= t->room)
		return;
	while (t->room < t->count + more)
		t->room = t->room ? t->room * 2 : 4096;
	t->id = realloc(t->id, t->room * sizeof *t->id);
	if (!t->id)
		abort();
}

/* The cursor goes back to its message once that is loaded. */
static void find_kept(struct triage *t, size_t from)
{
	for (size_t i = from; t->keep && i < t->count; i++)
		if (t->id[i] == t->keep) {
			t->top = i > t->cursor - t->top ? i - (t->cursor - t->top) : 0;
			t->cursor = i;
			t->keep = 0;
		}
}

bool triage_step(struct triage *t, size_t max)
{
	size_t before = t->count;
	int n;

	if (!t->loading)
		return false;
	make_room(t, max);
	n = case_fetch(t->cursor_sql, t->id + t->count, max, NULL);
	if (n > 0)
		t->count += (size_t)n;
	find_kept(t, before);
	if (n < (int)max) {
		triage_stop(t);
		t->total = (int64_t)t->count;
		t->keep = 0;
	}
	return t->loading;
}

int triage_percent(const struct triage *t)
{
	if (!t->loading)
		return 100;
	return t->total > 0 ? (int)((int64_t)t->count * 100 / t->total) : 0;
}

bool triage_go(struct triage *t, size_t row, size_t page)
{
	size_t before = t->cursor, top = t->top;

	if (t->count == 0)
		return false;
	t->cursor = row < t->count ? row : t->count - 1;
	t->keep = 0;
	if (page == 0)
		page = 1;
	if (t->cursor < t->top)
		t->top = t->cursor;
	else if (t->cursor >= t->top + page)
		t->top = t->cursor - page + 1;
	return t->cursor != before || t->top != top;
}

bool triage_move(struct triage *t, long delta, size_t page)
{
	size_t step = (size_t)(delta < 0 ? -delta : delta);

	if (delta < 0)
		return triage_go(t, t->cursor > step ? t->cursor - step : 0, page);
	return triage_go(t, t->cursor + step, page);
}

int64_t triage_current(const struct triage *t)
{
	return t->cursor < t->count ? t->id[t->cursor] : 0;
}

/* --- search --- */

struct slot {
	int64_t id;
	size_t row;
};

static int by_id(const void *a, const void *b)
{
	const struct slot *x = a, *y = b;

	return x->id < y->id ? -1 : x->id > y->id;
}

static int by_row(const void *a, const void *b)
{
	size_t x = *(const size_t *)a, y = *(const size_t *)b;

	return x < y ? -1 : x > y;
}

static void add_hit(struct triage *t, size_t row)
{
	if (t->hit_count == t->hit_room) {
		t->hit_room = t->hit_room ? t->hit_room * 2 : 256;
		t->hit = realloc(t->hit, t->hit_room * sizeof *t->hit);
		if (!t->hit)
			abort();
	}
	t->hit[t->hit_count++] = row;
}

/* Rows of the loaded messages among those that CURSOR gives. */
static void match_hits(struct triage *t, struct case_cursor *cursor)
{
	struct slot *slot = malloc((t->count + 1) * sizeof *slot);
	int64_t id[1024];
	int n;

	if (!slot)
		abort();
	for (size_t i = 0; i < t->count; i++)
		slot[i] = (struct slot){ t->id[i], i };
	qsort(slot, t->count, sizeof *slot, by_id);
	while ((n = case_fetch(cursor, id, 1024, NULL)) > 0)
		for (int i = 0; i < n; i++) {
			struct slot want = { .id = id[i] };
			struct slot *found = bsearch(&want, slot, t->count, sizeof *slot, by_id);

			if (found)
				add_hit(t, found->row);
		}
	free(slot);
	if (t->hit_count)
		qsort(t->hit, t->hit_count, sizeof *t->hit, by_row);
}

/* TEXT as one quoted word of the filter language. */
static char *quote(const char *text)
{
	struct buffer b = BUFFER_INIT;

	buffer_char(&b, '"');
	for (; *text; text++) {
		if (*text == '"')
			buffer_char(&b, '"');
		buffer_char(&b, *text);
	}
	buffer_char(&b, '"');
	return (char *)b.ptr;
}

int triage_search(struct triage *t, const char *text, struct error *reterr)
{
	struct case_cursor *cursor;
	struct filter *filter;
	char *query;

	replace(&t->search, text);
	t->hit_count = 0;
	if (!*text)
		return 0;
	query = quote(text);
	filter = filter_compile(query, NULL, reterr);
	free(query);
	if (!filter)
		return -1;
	cursor = case_select(t->file, filter, CASE_SORT_PLACE, false, reterr);
	if (cursor)
		match_hits(t, cursor);
	case_cursor_free(cursor);
	filter_free(filter);
	return cursor ? 0 : -1;
}

bool triage_hit(struct triage *t, bool forward, size_t page)
{
	size_t i = 0;

	if (t->hit_count == 0)
		return false;
	while (i < t->hit_count && t->hit[i] < t->cursor)
		i++;
	if (forward) {
		if (i < t->hit_count && t->hit[i] == t->cursor)
			i++;
		triage_go(t, t->hit[i < t->hit_count ? i : 0], page);
	} else {
		triage_go(t, t->hit[i > 0 ? i - 1 : t->hit_count - 1], page);
	}
	return true;
}

bool triage_follow(struct triage *t, struct error *reterr)
{
	int64_t now = case_count(t->file, NULL, reterr);

	if (t->loading || now < 0 || now == t->seen)
		return false;
	triage_restart(t, reterr);
	return true;
}
