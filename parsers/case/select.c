/* SPDX-License-Identifier: ISC */
/*
 * Which rows a filter selects, in an order: the ids, by the shortest way. SQLite knows nothing of
 * how values are spread, so the ways of the filter are tried out first, each for a bounded number
 * of rows: a way that leads to few rows is taken and its rows sorted; where all lead to many, the
 * index of the order is walked, and the first page is found early.
 */
#include <inttypes.h>
#include <stdlib.h>

#include "parsers/case/filter.h"

static const struct {
	const char *word, *sql, *index;
	bool flat;
} sorts[CASE_SORT_COUNT] = {
	[CASE_SORT_PLACE] = {"place", "m.id", NULL, true},
	[CASE_SORT_SEVERITY] = {"severity", "m.severity", "messages_severity", true},
	[CASE_SORT_AUTHOR] = {"author", "m.author", "messages_author", true},
	[CASE_SORT_DATE] = {"date", "m.date", "messages_date", true},
	[CASE_SORT_FROM] = {"from", "m.header_from", "messages_from", false},
	[CASE_SORT_SUBJECT] = {"subject", "m.subject", "messages_subject", false},
	[CASE_SORT_DKIM] = {"dkim", "m.dkim", "messages_dkim", true},
	[CASE_SORT_SPF] = {"spf", "m.spf", "messages_spf", true},
	[CASE_SORT_DMARC] = {"dmarc", "m.dmarc", "messages_dmarc", true},
	[CASE_SORT_FINDINGS] = {"findings", "m.finding_count", "messages_findings", false},
	[CASE_SORT_SIZE] = {"size", "m.length", "messages_length", false},
};

const char *case_sort_word(enum case_sort sort)
{
	return sorts[sort].word;
}

int case_sort_of(const char *word)
{
	for (int i = 0; i < CASE_SORT_COUNT; i++)
		if (strcmp(sorts[i].word, word) == 0)
			return i;
	return -1;
}

/* A row by its id costs about 3 us, by an index that has all that is asked for 0.15 us; a way may
 * cost 15 ms. */
const struct way_limits way_limits = {.few = 5000, .few_flat = 100000, .tiny = 500};

/* The way that was chosen: one of the filter's, perhaps with its ids already fetched as a JSON
 * array. */
struct route {
	const struct way *way;
	char *ids;
};

/* How many rows WAY leads to, LIMIT + 1 where they are more; RET_IDS (may be NULL) gets them. -1 on
 * an error. */
static int64_t try_way(struct case_file *c, const struct filter *filter, const struct way *way,
	int64_t limit, struct buffer *ret_ids)
{
	struct buffer sql = BUFFER_INIT;
	int64_t n = 0;
	int rc = SQLITE_ERROR;

	way_select(&sql, way);
	buffer_printf(&sql, " LIMIT %" PRId64, limit + 1);

	sqlite3_stmt *s = db_prepare(c, buffer_text(&sql), NULL);

	buffer_release(&sql);
	if (!s)
		return -1;
	filter_bind(filter, s);
	for (; (rc = sqlite3_step(s)) == SQLITE_ROW; n++)
		if (ret_ids)
			buffer_printf(ret_ids, "%c%lld", n ? ',' : '[',
				(long long)sqlite3_column_int64(s, 0));
	if (ret_ids)
		buffer_str(ret_ids, n ? "]" : "[]");
	sqlite3_finalize(s);
	return rc == SQLITE_DONE ? n : -1;
}

/* The shortest way that is short enough; .way NULL where none is. Ways by an index of messages are
 * the quickest to try. */
static struct route find_route(struct case_file *c, const struct filter *filter, bool flat_sort,
	const struct way_limits *limits)
{
	bool flat = flat_sort && filter->clause.flat;
	int64_t best = flat ? limits->few_flat : limits->few;
	struct route route = {0};

	for (int by_index = !indexes_wait(c); by_index >= 0; by_index--)
		for (size_t i = 0; i < filter->clause.way_count; i++) {
			const struct way *way = &filter->clause.way[i];
			struct buffer ids = BUFFER_INIT;
			int64_t n;

			if ((way->index != NULL) != by_index || (route.way && best <= limits->tiny))
				continue;
			if (!by_index && best > limits->few)
				best = limits->few;
			n = try_way(c, filter, way, best, by_index ? NULL : &ids);
			if (n < 0 || n > best) {
				buffer_release(&ids);
				continue;
			}
			free(route.ids);
			route = (struct route){way, (char *)ids.ptr};
			best = n;
		}
	return route;
}

/* A way along the index of the order, which narrows the walk down. */
static const struct way *way_along(const struct filter *filter, const char *index)
{
	for (size_t i = 0; index && i < filter->clause.way_count; i++)
		if (filter->clause.way[i].index && strcmp(filter->clause.way[i].index, index) == 0)
			return &filter->clause.way[i];
	return NULL;
}

/* "FROM messages m ... WHERE ..."; without a ROUTE along INDEX (NULL: the table itself). */
static void add_from(struct case_file *c, struct buffer *sql, const struct filter *filter, const struct route *route,
	const char *index)
{
	const struct way *way;

	if (index && indexes_wait(c))
		index = NULL;
	way = route->way ? route->way : filter ? way_along(filter, index) : NULL;
	buffer_str(sql, " FROM messages m ");
	if (route->ids)
		buffer_printf(sql, "WHERE m.id IN (SELECT value FROM json_each(?%d)) AND ",
			MAX_VALUES + 1);
	else if (way)
		buffer_printf(sql, "INDEXED BY %s WHERE %s AND ", way->index, way->sql);
	else if (index)
		buffer_printf(sql, "INDEXED BY %s WHERE ", index);
	else
		buffer_str(sql, "NOT INDEXED WHERE ");
	buffer_printf(sql, "(%s)", filter ? buffer_text(&filter->clause.check) : "1");
}

/* Equal ones in the same direction: an index gives that order without a sort. */
static void add_order(struct buffer *sql, enum case_sort sort, bool descending)
{
	const char *direction = descending ? "DESC" : "ASC";

	buffer_printf(sql, " ORDER BY %s %s", sorts[sort].sql, direction);
	if (sort != CASE_SORT_PLACE)
		buffer_printf(sql, ", m.id %s", direction);
}

/* Prepares and binds; the route's ids become the statement's. */
static sqlite3_stmt *prepare(struct case_file *c, struct buffer *sql, const struct filter *filter,
	struct route *route, struct error *reterr)
{
	sqlite3_stmt *s = db_prepare(c, buffer_text(sql), reterr);

	buffer_release(sql);
	if (s)
		filter_bind(filter, s);
	if (s && route->ids)
		sqlite3_bind_text(s, MAX_VALUES + 1, route->ids, -1, free);
	else
		free(route->ids);
	return s;
}

struct case_cursor {
	struct case_file *file;
	sqlite3_stmt *statement;
};

struct case_cursor *case_select_within(struct case_file *c, const struct filter *filter,
	enum case_sort sort, bool descending, const struct way_limits *limits, struct error *reterr)
{
	struct route route =
		filter ? find_route(c, filter, sorts[sort].flat, limits) : (struct route){0};
	struct case_cursor *cursor = calloc(1, sizeof *cursor);
	struct buffer sql = BUFFER_INIT;

	if (!cursor)
		abort();
	buffer_str(&sql, "SELECT m.id");
	add_from(c, &sql, filter, &route, sorts[sort].index);
	add_order(&sql, sort, descending);
	cursor->file = c;
	cursor->statement = prepare(c, &sql, filter, &route, reterr);
	if (cursor->statement)
		return cursor;
	case_cursor_free(cursor);
	return NULL;
}

struct case_cursor *case_select(struct case_file *c, const struct filter *filter,
	enum case_sort sort, bool descending, struct error *reterr)
{
	return case_select_within(c, filter, sort, descending, &way_limits, reterr);
}

int case_fetch(struct case_cursor *cursor, int64_t *ret, size_t max, struct error *reterr)
{
	size_t n = 0;

	while (n < max && cursor->statement) {
		int rc = sqlite3_step(cursor->statement);

		if (rc == SQLITE_ROW) {
			ret[n++] = sqlite3_column_int64(cursor->statement, 0);
			continue;
		}
		if (rc != SQLITE_DONE)
			db_error(cursor->file, reterr);
		sqlite3_finalize(cursor->statement);
		cursor->statement = NULL;
		if (rc != SQLITE_DONE)
			return -1;
	}
	return (int)n;
}

void case_cursor_free(struct case_cursor *cursor)
{
	if (!cursor)
		return;
	sqlite3_finalize(cursor->statement);
	free(cursor);
}

int64_t case_count(struct case_file *c, const struct filter *filter, struct error *reterr)
{
	struct route route = {0};
	struct buffer sql = BUFFER_INIT;
	int64_t count = -1;

	buffer_str(&sql, "SELECT count(*)");
	if (filter) {
		route = find_route(c, filter, true, &way_limits);
		/* A flat index is a tenth of the table. */
		add_from(c, &sql, filter, &route, filter->clause.flat ? "messages_severity" : NULL);
	} else {
		buffer_str(&sql, " FROM messages");
	}

	sqlite3_stmt *s = prepare(c, &sql, filter, &route, reterr);

	if (!s)
		return -1;
	if (sqlite3_step(s) == SQLITE_ROW)
		count = sqlite3_column_int64(s, 0);
	else
		db_error(c, reterr);
	sqlite3_finalize(s);
	return count;
}

int case_counts(struct case_file *c, const struct filter *filter, struct case_counts *ret, struct error *reterr)
{
	struct route route = filter ? find_route(c, filter, true, &way_limits) : (struct route){0};
	struct buffer sql = BUFFER_INIT;
	sqlite3_stmt *s;
	int rc = SQLITE_ERROR;

	*ret = (struct case_counts){0};
	buffer_str(&sql, "SELECT m.author, m.severity, count(*)");
	add_from(c, &sql, filter, &route, !filter || filter->clause.flat ? "messages_author" : NULL);
	buffer_str(&sql, " GROUP BY 1, 2");
	s = prepare(c, &sql, filter, &route, reterr);
	while (s && (rc = sqlite3_step(s)) == SQLITE_ROW) {
		int author = sqlite3_column_int(s, 0), severity = sqlite3_column_int(s, 1);

		if (author >= 0 && author <= AUTHOR_UNKNOWN && severity >= 0 && severity <= SEVERITY_CRITICAL)
			ret->n[author][severity] = sqlite3_column_int64(s, 2);
	}
	if (s && rc != SQLITE_DONE)
		db_error(c, reterr);
	sqlite3_finalize(s);
	return rc == SQLITE_DONE ? 0 : -1;
}

int64_t case_same(struct case_file *c, int64_t id, struct case_file *other)
{
	sqlite3_stmt *here = db_statement(c, STATEMENT_DEDUPE, NULL), *there = db_statement(other, STATEMENT_MESSAGE_FIND, NULL);
	int64_t found = 0;

	if (!here || !there)
		return 0;
	db_bind(here, "i", id);
	if (db_step(c, here, NULL) == 1) {
		db_bind(there, "s", (const char *)sqlite3_column_text(here, 0));
		if (db_step(other, there, NULL) == 1) {
			found = sqlite3_column_int64(there, 0);
			sqlite3_reset(there);
		}
		sqlite3_reset(here);
	}
	return found;
}

int64_t case_last(struct case_file *c)
{
	return db_number(c, "SELECT max(id) FROM messages", 0);
}

int64_t case_marked(struct case_file *c)
{
	return db_number(c, "SELECT count(*) FROM marks", 0);
}

bool case_has_work(struct case_file *c)
{
	return db_number(c, "SELECT EXISTS (SELECT 1 FROM journal)", 0) != 0;
}
