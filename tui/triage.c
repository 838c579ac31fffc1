/* SPDX-License-Identifier: ISC */
#include "tui/triage.h"

#include <stdlib.h>
#include <string.h>

void triage_init(struct triage *t, struct case_file *file)
{
	*t = (struct triage){ .file = file, .seen = -1, .total = -1, .sort = CASE_SORT_SEVERITY, .descending = true };
	t->filter = strdup("");
	t->search = strdup("");
	if (!t->filter || !t->search)
		abort();
}

/* --- rows --- */

static void rows_add(struct rows *rows, const int64_t *id, size_t count)
{
	if (!count)
		return;
	if (rows->count + count > rows->room) {
		rows->room = (rows->count + count) * 2;
		rows->id = realloc(rows->id, rows->room * sizeof *rows->id);
		if (!rows->id)
			abort();
	}
	memcpy(rows->id + rows->count, id, count * sizeof *id);
	rows->count += count;
}

/* Up to MAX ids from G to ROWS; *RET_MORE as with gather_take(). */
static size_t take(struct gather *g, struct rows *rows, size_t max, bool *ret_more)
{
	int64_t id[1024];
	size_t taken = 0, n;

	do {
		n = gather_take(g, id, max - taken < 1024 ? max - taken : 1024, ret_more);
		rows_add(rows, id, n);
		taken += n;
	} while (n && taken < max);
	return taken;
}

void triage_release(struct triage *t)
{
	gather_free(t->gather);
	gather_free(t->seeking);
	free(t->rows.id);
	free(t->fresh.id);
	free(t->found.id);
	free(t->hit);
	free(t->filter);
	free(t->search);
	*t = (struct triage){ 0 };
}

void triage_stop(struct triage *t)
{
	gather_free(t->gather);
	t->gather = NULL;
	t->loading = t->following = false;
}

/* Hits are places in the list: another list has others. */
static void search_again(struct triage *t)
{
	t->hit_count = t->searched = 0;
}

static int begin(struct triage *t, struct error *reterr)
{
	gather_free(t->gather);
	t->last = case_last(t->file);
	t->gather = gather_start(t->file, t->filter, t->sort, t->descending, reterr);
	return t->gather ? 0 : -1;
}

int triage_restart(struct triage *t, struct error *reterr)
{
	int rc;

	t->keep = triage_current(t);
	t->rows.count = 0;
	t->cursor = t->top = 0;
	t->total = -1;
	t->following = false;
	search_again(t);
	rc = begin(t, reterr);
	t->loading = rc == 0;
	return rc;
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
	bool none = !span_trim(span_of(text)).len;
	struct filter *compiled = none ? NULL : filter_compile(text, ret_at, reterr);

	if (!none && !compiled)
		return -1;
	filter_free(compiled);
	replace(&t->filter, none ? "" : text);
	return triage_restart(t, reterr);
}

int triage_sort(struct triage *t, enum case_sort sort, bool descending, struct error *reterr)
{
	t->sort = sort;
	t->descending = descending;
	return triage_restart(t, reterr);
}

bool triage_go(struct triage *t, size_t row, size_t page)
{
	size_t before = t->cursor, top = t->top;

	if (t->rows.count == 0)
		return false;
	t->cursor = row < t->rows.count ? row : t->rows.count - 1;
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
	return t->cursor < t->rows.count ? t->rows.id[t->cursor] : 0;
}

/* --- search --- */

static int by_id(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

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

/* To the first hit from the cursor on; to the first of all where that is known to be the next one around the end. */
static void jump(struct triage *t, size_t page)
{
	size_t i = 0;

	if (!t->hit_count || (t->hit[t->hit_count - 1] < t->cursor && triage_busy(t)))
		return;
	while (i < t->hit_count && t->hit[i] < t->cursor)
		i++;
	triage_go(t, t->hit[i < t->hit_count ? i : 0], page);
	t->jump = false;
}

/* Goes through up to MAX more rows for what was found. */
static bool match_rows(struct triage *t, size_t max, size_t page)
{
	size_t end = t->rows.count - t->searched < max ? t->rows.count : t->searched + max;
	bool any = t->searched < end;

	for (; t->searched < end; t->searched++)
		if (t->found.count && bsearch(&t->rows.id[t->searched], t->found.id, t->found.count, sizeof *t->found.id, by_id))
			add_hit(t, t->searched);
	if (t->jump)
		jump(t, page);
	return any;
}

static bool search_step(struct triage *t, size_t max, size_t page)
{
	bool more = false;
	size_t taken = 0;

	if (!*t->search)
		return false;
	if (t->seeking) {
		taken = take(t->seeking, &t->found, max, &more);
		if (more)
			return taken > 0;
		gather_free(t->seeking);
		t->seeking = NULL;
	}
	return match_rows(t, max, page) || taken > 0;
}

/* --- filling --- */

/* The cursor goes back to its message once that is loaded. */
static void find_kept(struct triage *t, size_t from)
{
	for (size_t i = from; t->keep && i < t->rows.count; i++)
		if (t->rows.id[i] == t->keep) {
			t->top = i > t->cursor - t->top ? i - (t->cursor - t->top) : 0;
			t->cursor = i;
			t->keep = 0;
		}
}

/* The list that was filled behind takes the place of the one shown, the cursor staying on its message. */
static void show_fresh(struct triage *t)
{
	struct rows old = t->rows;
	size_t offset = t->cursor - t->top;

	t->keep = triage_current(t);
	t->rows = t->fresh;
	t->fresh = old;
	t->fresh.count = 0;
	find_kept(t, 0);
	t->keep = 0;
	if (t->cursor >= t->rows.count)
		t->cursor = t->rows.count ? t->rows.count - 1 : 0;
	t->top = t->cursor > offset ? t->cursor - offset : 0;
	search_again(t);
}

static void finish(struct triage *t)
{
	if (t->following)
		show_fresh(t);
	t->total = (int64_t)t->rows.count;
	t->keep = 0;
	triage_stop(t);
}

static bool load(struct triage *t, size_t max)
{
	size_t before = t->rows.count, taken;
	bool more;

	if (!t->gather)
		return false;
	taken = take(t->gather, t->following ? &t->fresh : &t->rows, max, &more);
	t->seen = gather_messages(t->gather) >= 0 ? gather_messages(t->gather) : t->seen;
	if (!*t->filter)
		t->total = gather_messages(t->gather);
	find_kept(t, before);
	if (!more)
		finish(t);
	return taken > 0 || !more;
}

bool triage_step(struct triage *t, size_t max, size_t page)
{
	bool loaded = load(t, max);

	return search_step(t, max, page) || loaded;
}

void triage_wait(struct triage *t, int ms)
{
	if (t->gather || t->seeking)
		gather_wait(t->gather ? t->gather : t->seeking, ms);
}

bool triage_searching(const struct triage *t)
{
	return *t->search && (t->seeking || t->searched < t->rows.count);
}

bool triage_busy(const struct triage *t)
{
	return t->gather || triage_searching(t);
}

int triage_percent(const struct triage *t)
{
	if (!t->loading)
		return 100;
	return t->total > 0 ? (int)((int64_t)t->rows.count * 100 / t->total) : -1;
}

/* --- what is searched for --- */

char *triage_quote(const char *text)
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

int triage_search(struct triage *t, const char *text, bool jump, struct error *reterr)
{
	char *query;

	t->jump = jump;
	if (strcmp(t->search, text) == 0)
		return 0;
	replace(&t->search, text);
	gather_free(t->seeking);
	t->seeking = NULL;
	t->found.count = 0;
	search_again(t);
	if (!*text)
		return 0;
	query = triage_quote(text);
	t->seeking = gather_start(t->file, query, CASE_SORT_PLACE, false, reterr);
	free(query);
	return t->seeking ? 0 : -1;
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

bool triage_follow(struct triage *t)
{
	if (t->gather || case_last(t->file) == t->last)
		return false;
	t->fresh.count = 0;
	t->following = begin(t, NULL) == 0;
	return t->following;
}
