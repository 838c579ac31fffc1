/* SPDX-License-Identifier: ISC */
/* Every way to the rows that a filter selects gives the same rows in the same order; cases of older
 * versions answer, too. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "parsers/case/db.h"

enum { ROWS = 2000 };

/* Values that are common, rare and missing; findings and tags of some. */
static const char fill_sql[] =
	"BEGIN;"
	"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000) INSERT "
	"INTO messages (dedupe, sha256, author,"
	" severity, complete, dkim, spf, dmarc, arc, date, length, header_from, from_domain, "
	"subject, finding_count, summary, from_shown,"
	" subject_shown, line_ends, client_ip) SELECT printf('%064x', i), printf('%064x', i), i % "
	"6, i * 7 % 5 + (i % 500 = 0), i % 2,"
	" iif(i % 3, 'pass', 'fail'), iif(i % 4, 'none', 'softfail'), iif(i % 5, 'pass', iif(i % "
	"400, 'fail', 'permerror')), 'none',"
	" iif(i % 11, 1700000000 + i * 7919 % 500000, NULL), 1000 + i * 31 % 900, iif(i % 13, "
	"printf('User %d <user%d@domain%d.example>',"
	" i, i % 77, i % 30), NULL), iif(i % 13, printf('domain%d.example', i % 30), NULL), iif(i "
	"% 17, printf('Gr\xc3\xb6\xc3\x9f"
	"e %d of matter %d', i, i * 31 % 100), NULL), i % 9, 'x', 'x', 'x', 'lf', "
	"printf('192.0.2.%d', i % 100) FROM n;"
	"INSERT INTO messages_fts (messages_fts) VALUES ('rebuild');"
	"INSERT INTO findings (message, n, code, severity) SELECT id, 0, iif(id % 3, 'AUTH-NONE', "
	"'RCV-NONE'), 2 FROM messages;"
	"INSERT INTO findings (message, n, code, severity) SELECT id, 1, 'RARE-CODE', 4 FROM "
	"messages WHERE id % 701 = 0;"
	"INSERT INTO tags (message, tag) SELECT id, 'Odd' FROM messages WHERE id % 50 = 1;"
	"INSERT INTO marks (message) SELECT id FROM messages WHERE id % 90 = 3;"
	"COMMIT;";

static const struct {
	const char *query, *sql; /* the same in both languages, by two hands */
} same[] = {
	{"", "1"},
	{"dmarc:fail", "dmarc = 'fail'"},
	{"dmarc!=fail", "dmarc <> 'fail'"},
	{"dmarc:permerror", "dmarc = 'permerror'"},
	{"dmarc:fail and severity>=high", "dmarc = 'fail' AND severity >= 4"},
	{"severity:medium..high", "severity IN (3, 4)"},
	{"severity:critical", "severity = 5"},
	{"severity!=low", "severity <> 2"},
	{"dkim:fail or dmarc:permerror", "dkim = 'fail' OR dmarc = 'permerror'"},
	{"dmarc:fail dkim:fail or spf:softfail severity:high",
		"dmarc = 'fail' AND dkim = 'fail' OR spf = 'softfail' AND severity = 4"},
	{"not (dkim:fail or severity<high)", "NOT (dkim = 'fail' OR severity < 4)"},
	{"author:proven", "author = 0"},
	{"date<2023-11-15", "date < 1700006400"},
	{"not date<2023-11-15", "date IS NULL OR date >= 1700006400"},
	{"from:USER7@", "header_from LIKE '%user7@%'"},
	{"from:user", "header_from LIKE '%user%'"},
	{"from:r7", "header_from LIKE '%r7%'"},
	{"subject:\"matter 77\"", "subject LIKE '%matter 77%'"},
	{"subject:gr\xc3\x96", "subject LIKE '%Gr\xc3\xb6%'"},
	{"gr\xc3\x96\xc3\x9f"
	 "e severity:high",
		"subject IS NOT NULL AND severity = 4"},
	{"user5 or \"matter 12\"", "header_from LIKE '%user5%' OR subject LIKE '%user5%' OR "
				   "subject LIKE '%matter 12%'"},
	{"-from:user", "header_from IS NULL OR header_from NOT LIKE '%user%'"},
	{"domain:domain7.example", "from_domain = 'domain7.example'"},
	{"domain:none", "from_domain IS NULL"},
	{"domain!=none size<1100", "from_domain IS NOT NULL AND length < 1100"},
	{"ip:192.0.2.7 or row:5", "client_ip = '192.0.2.7' OR id = 5"},
	{"code:AUTH-NONE", "id % 3"},
	{"code:auth-none dmarc:fail", "id % 3 AND dmarc = 'fail'"},
	{"code:RARE-CODE", "id % 701 = 0"},
	{"code!=RARE-CODE severity:critical", "id % 701 AND severity = 5"},
	{"code:RARE* or tag:odd", "id % 701 = 0 OR id % 50 = 1"},
	{"tag:odd from:user7", "id % 50 = 1 AND header_from LIKE '%user7%'"},
	{"marked:yes", "id % 90 = 3"},
	{"marked:no tag:odd", "id % 90 <> 3 AND id % 50 = 1"},
	{"noted:yes", "0"},
	{"complete:yes findings>=8", "complete AND finding_count >= 8"},
	{"nosuchwordanywhere", "0"},
};

/* None taken, all taken, those that take turns, and the program's own. */
static const struct way_limits limits[] = {
	{0, 0, 0}, {ROWS, ROWS, 0}, {30, 300, 5}, {5000, 100000, 500}};

struct fixture {
	char path[64];
	struct case_file *file;
	sqlite3 *db;
	struct error why;
};

static void run(sqlite3 *db, const char *sql)
{
	if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK)
		fail_msg("%s", sqlite3_errmsg(db));
}

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof *f);

	snprintf(f->path, sizeof f->path, "/tmp/mailcheck-select-%ld.db", (long)getpid());
	unlink(f->path);
	f->file = case_open(f->path, CASE_CREATE, &f->why);
	assert_non_null(f->file);
	assert_int_equal(sqlite3_open(f->path, &f->db), SQLITE_OK);
	run(f->db, fill_sql);
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;
	char name[80];

	case_free(f->file);
	sqlite3_close(f->db);
	unlink(f->path);
	snprintf(name, sizeof name, "%s-wal", f->path);
	unlink(name);
	snprintf(name, sizeof name, "%s-shm", f->path);
	unlink(name);
	free(f);
	return 0;
}

/* The ids that WHERE selects, by SQL alone. */
static size_t expected(
	sqlite3 *db, const char *where, enum case_sort sort, bool descending, int64_t *ret)
{
	static const char *const columns[] = {"id", "severity", "author", "date", "header_from",
		"subject", "dkim", "spf", "dmarc", "finding_count", "length"};
	char sql[512];
	sqlite3_stmt *s;
	size_t n = 0;

	snprintf(sql, sizeof sql,
		"SELECT id FROM messages NOT INDEXED WHERE %s ORDER BY +%s %s, +id %s", where,
		columns[sort], descending ? "DESC" : "", descending ? "DESC" : "");
	assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &s, NULL), SQLITE_OK);
	while (sqlite3_step(s) == SQLITE_ROW)
		ret[n++] = sqlite3_column_int64(s, 0);
	sqlite3_finalize(s);
	return n;
}

static void compare_one(struct fixture *f, size_t row, enum case_sort sort, bool descending,
	const struct way_limits *way)
{
	static int64_t want[ROWS + 1], got[ROWS + 1];
	struct filter *filter = filter_compile(same[row].query, NULL, &f->why);
	struct case_cursor *cursor =
		filter ? case_select_within(f->file, filter, sort, descending, way, &f->why) : NULL;
	int n = cursor ? case_fetch(cursor, got, ROWS + 1, &f->why) : -1;
	size_t count = expected(f->db, same[row].sql, sort, descending, want);

	if (n != (int)count || memcmp(want, got, count * sizeof *want) != 0)
		fail_msg("'%s' by %s within %d: %d rows, not %zu, or others (%s)", same[row].query,
			case_sort_word(sort), (int)way->few, n, count, f->why.text);
	if (case_count(f->file, filter, &f->why) != (int64_t)count)
		fail_msg("'%s' is counted otherwise", same[row].query);
	case_cursor_free(cursor);
	filter_free(filter);
}

static void every_way_gives_the_same_rows(void **state)
{
	for (size_t row = 0; row < sizeof same / sizeof *same; row++)
		for (size_t way = 0; way < sizeof limits / sizeof *limits; way++)
			for (int sort = 0; sort < CASE_SORT_COUNT; sort++)
				compare_one(*state, row, (enum case_sort)sort, (row + way) % 2,
					&limits[way]);
}

/* The indexes of version 1, as the program of that time made them. */
static const char to_version_1[] = "DROP INDEX messages_severity; DROP INDEX messages_author; DROP "
				   "INDEX messages_date; DROP INDEX messages_dkim;"
				   "DROP INDEX messages_spf; DROP INDEX messages_dmarc;"
				   "CREATE INDEX messages_severity ON messages (severity); CREATE "
				   "INDEX messages_author ON messages (author);"
				   "CREATE INDEX messages_date ON messages (date); CREATE INDEX "
				   "messages_dkim ON messages (dkim);"
				   "CREATE INDEX messages_spf ON messages (spf); CREATE INDEX "
				   "messages_dmarc ON messages (dmarc); PRAGMA user_version = 1;";

static int64_t number(sqlite3 *db, const char *sql)
{
	sqlite3_stmt *s;
	int64_t n = -1;

	assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &s, NULL), SQLITE_OK);
	if (sqlite3_step(s) == SQLITE_ROW)
		n = sqlite3_column_int64(s, 0);
	sqlite3_finalize(s);
	return n;
}

static void older_cases_are_read_and_migrated(void **state)
{
	static const char flat[] = "SELECT count(*) FROM sqlite_schema WHERE type = 'index' AND "
				   "sql LIKE '%(severity, id, author,%'";
	struct fixture *f = *state;

	run(f->db, to_version_1);
	case_free(f->file);
	f->file = case_open(f->path, CASE_READ, &f->why);
	assert_non_null(f->file);
	for (size_t row = 0; row < sizeof same / sizeof *same; row++)
		compare_one(f, row, CASE_SORT_DATE, true, &way_limits);
	assert_int_equal(number(f->db, "PRAGMA user_version"), 1);
	case_free(f->file);
	f->file = case_open(f->path, CASE_WRITE, &f->why);
	assert_non_null(f->file);
	assert_int_equal(number(f->db, "PRAGMA user_version"), CASE_VERSION);
	assert_int_equal(number(f->db, flat), 1);
	assert_int_equal(number(f->db, "SELECT count(*) FROM messages"), ROWS);
	for (size_t row = 0; row < sizeof same / sizeof *same; row++)
		compare_one(f, row, CASE_SORT_DATE, true, &way_limits);
}

static char *indexes(sqlite3 *db)
{
	sqlite3_stmt *s;
	char *text;

	assert_int_equal(sqlite3_prepare_v2(db,
				 "SELECT group_concat(sql, char(10)) FROM (SELECT sql FROM sqlite_schema WHERE type = 'index' "
				 "ORDER BY name)",
				 -1, &s, NULL),
		SQLITE_OK);
	assert_int_equal(sqlite3_step(s), SQLITE_ROW);
	text = strdup((const char *)sqlite3_column_text(s, 0));
	sqlite3_finalize(s);
	return text;
}

static int at_once(void *data)
{
	(void)data;
	return 1;
}

/* While a long scan fills the case most indexes are not there: the rows are found all the same. */
static void rows_are_found_while_indexes_wait(void **state)
{
	static const char waiting[] = "SELECT count(*) FROM sqlite_schema WHERE type = 'index' AND tbl_name = 'messages' AND sql IS "
				      "NOT NULL";
	struct fixture *f = *state;
	char *before = indexes(f->db), *after;

	assert_int_equal(case_indexes_defer(f->file, &f->why), 0);
	assert_int_equal(number(f->db, waiting), 0);
	for (size_t row = 0; row < sizeof same / sizeof *same; row++)
		compare_one(f, row, row % CASE_SORT_COUNT, row % 2, &limits[row % (sizeof limits / sizeof *limits)]);
	assert_int_equal(case_count(f->file, NULL, &f->why), ROWS);
	case_free(f->file); /* killed, say, and the next one goes on */
	f->file = case_open(f->path, CASE_WRITE, &f->why);
	assert_non_null(f->file);
	assert_int_equal(number(f->db, waiting), 0);
	case_stop_when(f->file, at_once, NULL);
	assert_int_equal(case_indexes_make(f->file, &f->why), -1);
	case_stop_when(f->file, NULL, NULL);
	assert_int_equal(case_rollback(f->file, &f->why), 0);
	assert_int_equal(number(f->db, waiting), 0);
	assert_int_equal(case_indexes_make(f->file, &f->why), 0);
	after = indexes(f->db);
	assert_string_equal(before, after);
	assert_int_equal(number(f->db, "SELECT count(*) FROM sqlite_schema WHERE name = 'deferred'"), 0);
	compare_one(f, 0, CASE_SORT_DATE, true, &way_limits);
	assert_int_equal(case_indexes_make(f->file, &f->why), 0);
	free(before);
	free(after);
}

/* What looks for a source's rows everywhere has the indexes made first. */
static void indexes_come_before_a_source_is_forgotten(void **state)
{
	struct fixture *f = *state;
	char *before = indexes(f->db), *after;

	assert_int_equal(case_indexes_defer(f->file, &f->why), 0);
	assert_int_equal(case_begin(f->file, &f->why), 0);
	assert_int_equal(case_source_forget(f->file, 1, &f->why), 0);
	assert_int_equal(case_commit(f->file, &f->why), 0);
	after = indexes(f->db);
	assert_string_equal(before, after);
	free(before);
	free(after);
}

static void newer_cases_are_refused(void **state)
{
	struct fixture *f = *state;

	run(f->db, "PRAGMA user_version = 99");
	case_free(f->file);
	f->file = case_open(f->path, CASE_READ, &f->why);
	assert_null(f->file);
	assert_non_null(strstr(f->why.text, "newer mailcheck (version 99"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(every_way_gives_the_same_rows, setup, teardown),
		cmocka_unit_test_setup_teardown(older_cases_are_read_and_migrated, setup, teardown),
		cmocka_unit_test_setup_teardown(rows_are_found_while_indexes_wait, setup, teardown),
		cmocka_unit_test_setup_teardown(indexes_come_before_a_source_is_forgotten, setup, teardown),
		cmocka_unit_test_setup_teardown(newer_cases_are_refused, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
