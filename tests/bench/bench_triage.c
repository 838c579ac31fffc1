/* SPDX-License-Identifier: ISC */
/*
 * The triage list on a case of many rows (1,000,000, or the first argument): how long until the first page stands, how long a
 * key takes until the screen is drawn, and the memory. Prints figures; asserts nothing.
 */
#include <locale.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "tui/app.h"

enum { KEYS = 400, PAGE = 40 };

static double now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

/* The rows by SQL alone: what is measured is the list, not the scan. */
static void fill(const char *file, long rows)
{
	static const char sql[] =
		"PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; BEGIN;"
		"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < (SELECT rows FROM temp.want))"
		"INSERT INTO messages (dedupe, sha256, author, severity, complete, dkim, spf, dmarc, arc, date, length, header_from,"
		" from_domain, subject, finding_count, summary, from_shown, subject_shown, line_ends) SELECT printf('%064x', i),"
		" printf('%064x', i), i % 6, i * 7 % 6, 1, iif(i % 3, 'pass', 'fail'), 'pass', iif(i % 5, 'pass', 'fail'), 'none',"
		" 1700000000 + i * 13 % 50000000, 1000 + i % 9000, printf('User %d <user%d@domain%d.example>', i, i, i % 300),"
		" printf('domain%d.example', i % 300), printf('letter %d about matter %d', i, i * 31 % 1000), i % 9, 'x', 'x', 'x', 'lf'"
		" FROM n; INSERT INTO messages_fts (messages_fts) VALUES ('rebuild'); COMMIT;";
	sqlite3 *db;
	char want[96];

	snprintf(want, sizeof want, "CREATE TEMP TABLE want AS SELECT %ld AS rows", rows);
	if (sqlite3_open(file, &db) || sqlite3_exec(db, want, NULL, NULL, NULL) || sqlite3_exec(db, sql, NULL, NULL, NULL)) {
		fprintf(stderr, "%s\n", sqlite3_errmsg(db));
		exit(1);
	}
	sqlite3_close(db);
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

static void draw(struct app *app)
{
	struct canvas c;

	canvas_init(&c, app->rows, app->columns);
	view_list_draw(app, &c);
	canvas_release(&c);
	arena_reset(app->scratch);
}

/* Each key with a step of loading between, as the program's loop does it. */
static void press(struct app *app, const char *name, const enum action *action, size_t count)
{
	double took[KEYS];

	for (size_t i = 0; i < KEYS; i++) {
		double start = now_ms();

		view_list_act(app, action[i % count]);
		draw(app);
		took[i] = now_ms() - start;
		triage_step(&app->list, 4000);
	}
	qsort(took, KEYS, sizeof *took, by_value);
	printf("  %-34s median %6.2f ms  max %6.2f ms\n", name, took[KEYS / 2], took[KEYS - 1]);
}

static void select_and_draw(struct app *app, const char *name, const char *filter, enum case_sort sort, bool descending)
{
	struct error why;
	double start = now_ms(), first;

	app->list.sort = sort;
	app->list.descending = descending;
	triage_filter(&app->list, filter, NULL, &why);
	triage_step(&app->list, PAGE);
	draw(app);
	first = now_ms() - start;
	while (triage_step(&app->list, 4000))
		;
	printf("  %-34s first page %7.1f ms  all %8.1f ms  %zu rows\n", name, first, now_ms() - start, app->list.count);
}

int main(int argc, char **argv)
{
	static const enum action moves[] = { ACTION_DOWN, ACTION_DOWN, ACTION_UP }, pages[] = { ACTION_PAGE_DOWN, ACTION_HALF_DOWN },
				 ends[] = { ACTION_BOTTOM, ACTION_TOP };
	long rows = argc > 1 ? atol(argv[1]) : 1000000;
	struct tui_options options = { .trust_text = "assumed" };
	struct app app = { .options = &options, .rows = 50, .columns = 160 };
	struct error why = { 0 };
	char file[64];
	double start;

	setlocale(LC_CTYPE, "C.UTF-8");
	snprintf(file, sizeof file, "/tmp/mailcheck-bench-%ld.db", (long)getpid());
	case_free(case_open(file, CASE_CREATE, &why));
	fill(file, rows);
	start = now_ms();
	app.file = case_open(file, CASE_WRITE, &why);
	app.scratch = arena_new();
	if (!app.file) {
		fprintf(stderr, "%s\n", why.text);
		return 1;
	}
	triage_init(&app.list, app.file);
	triage_restart(&app.list, &why);
	triage_step(&app.list, PAGE);
	draw(&app);
	printf("triage of %ld rows\n  %-34s %7.1f ms\n", rows, "opened, first page by severity", now_ms() - start);
	press(&app, "j and k while loading", moves, 3);
	while (triage_step(&app.list, 4000))
		;
	press(&app, "j and k", moves, 3);
	press(&app, "pages", pages, 2);
	press(&app, "G and g", ends, 2);
	select_and_draw(&app, "sort by date", "", CASE_SORT_DATE, true);
	select_and_draw(&app, "sort by From", "", CASE_SORT_FROM, false);
	select_and_draw(&app, "filter dmarc:fail severity>=high", "dmarc:fail and severity>=high", CASE_SORT_SEVERITY, true);
	select_and_draw(&app, "filter domain:domain7.example", "domain:domain7.example", CASE_SORT_DATE, true);
	select_and_draw(&app, "no filter", "", CASE_SORT_PLACE, false);
	start = now_ms();
	triage_search(&app.list, "matter 777", &why);
	printf("  %-34s %7.1f ms  %zu hits\n", "search of a phrase", now_ms() - start, app.list.hit_count);

	struct rusage use;

	getrusage(RUSAGE_SELF, &use);
	printf("  %-34s %7.1f MB\n", "peak memory (with filling the case)", (double)use.ru_maxrss / 1024);
	triage_release(&app.list);
	case_free(app.file);
	arena_free(app.scratch);
	unlink(file);
	return 0;
}
