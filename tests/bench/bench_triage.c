/* SPDX-License-Identifier: ISC */
/*
 * The triage list on a case of many rows (1,000,000, or the first argument; the second names a file that is kept and used
 * again): how long a key takes until the screen is drawn, with what is done in the background between keys, and how long until
 * that has come. Prints figures; asserts nothing.
 */
#include <locale.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "tui/app.h"

enum { KEYS = 4000 };

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
	app_draw(app, &c);
	canvas_release(&c);
	arena_reset(app->scratch);
}

/* The longest that a key had to wait for the work between keys. */
static double longest_idle;

/* One piece of work; false where there is none left to do. */
static bool idle(struct app *app)
{
	double start = now_ms();
	int wait = app_idle(app);

	if (now_ms() - start > longest_idle)
		longest_idle = now_ms() - start;
	if (wait > 0) {
		triage_wait(&app->list, wait);
		work_going_on(app, wait);
	}
	return wait >= 0;
}

/* Each key of TEXT ("^D" is Ctrl-D) TIMES times, with one piece of work between; then all that was begun. */
static void press(struct app *app, const char *name, const char *text, int times)
{
	static double took[KEYS];
	double start, begun = now_ms(), first = 0;
	int n = 0;

	longest_idle = 0;
	for (int i = 0; i < times; i++)
		for (const char *p = text; *p && n < KEYS; p++) {
			unsigned key = (unsigned char)*p;

			if (*p == '^')
				key = (unsigned char)*++p & 0x1f;
			start = now_ms();
			app_key(app, key);
			draw(app);
			took[n++] = now_ms() - start;
			idle(app);
		}
	begun = now_ms();
	while (idle(app))
		if (first == 0 && app->list.rows.count)
			first = now_ms() - begun;
	qsort(took, (size_t)n, sizeof *took, by_value);
	printf("  %-34s %5d keys  median %6.2f  max %6.2f  between %6.2f  first page %6.1f  all %7.1f ms  %7zu rows%s%s\n", name, n,
		took[n / 2], took[n - 1], longest_idle, first, now_ms() - begun, app->list.rows.count, app->status[0] ? "  " : "",
		app->status);
}

static const struct {
	const char *name, *keys;
	int times;
} scenes[] = {
	{ "j and k", "jjk", 300 },
	{ "pages", "^F^D^B", 300 },
	{ "G and g", "Gg", 300 },
	{ "sort, eleven times", "o", 11 },
	{ "sort turned round", "O", 11 },
	{ "filter dmarc:fail severity>=high", "\\^Udmarc:fail severity>=high^M", 1 },
	{ "its pages", "^F^F^B", 100 },
	{ "filter domain", "\\^Udomain:domain7.example^M", 1 },
	{ "filter from: substring", "\\^Ufrom:user4711^M", 1 },
	{ "filter from: common", "\\^Ufrom:domain^M", 1 },
	{ "filter two characters", "\\^Usubject:77^M", 1 },
	{ "filter without an index", "\\^Uhelo:nowhere^M", 1 },
	{ "no filter", "\\^U^M", 1 },
	{ "search, as typed", "/matter 777^M", 1 },
	{ "next hits", "nnN", 100 },
	{ "search of what all have", "/letter^M", 1 },
	{ "mark", " ", 50 },
	{ "undo and redo", "uu^R", 20 },
	{ "mark 2 of 6 by filter", "Tseverity>=high^M", 1 },
	{ "and tag them", "#odd^M", 1 },
	{ "undo that", "uu", 1 },
	{ "mark all", "Trow>0^M", 1 },
	{ "clear the marks", "U", 1 },
};

int main(int argc, char **argv)
{
	long rows = argc > 1 ? atol(argv[1]) : 1000000;
	struct tui_options options = { .trust_text = "assumed" };
	struct app app = { .options = &options, .rows = 50, .columns = 160 };
	struct error why = { 0 };
	char file[64];
	double start;

	setlocale(LC_CTYPE, "C.UTF-8");
	snprintf(file, sizeof file, "%s", argc > 2 ? argv[2] : "");
	if (argc < 3)
		snprintf(file, sizeof file, "/tmp/mailcheck-bench-%ld.db", (long)getpid());
	if (access(file, F_OK) != 0) {
		case_free(case_open(file, CASE_CREATE, &why));
		fill(file, rows);
	}
	start = now_ms();
	app.file = case_open(file, CASE_WRITE, &why);
	app.scratch = arena_new();
	if (!app.file) {
		fprintf(stderr, "%s\n", why.text);
		return 1;
	}
	triage_init(&app.list, app.file);
	triage_restart(&app.list, &why);
	while (app.list.rows.count == 0)
		idle(&app);
	draw(&app);
	printf("triage of %ld rows\n  %-34s %7.1f ms\n", rows, "opened, first page by severity", now_ms() - start);
	press(&app, "j and k while loading", "jjk", 100);
	for (size_t i = 0; i < sizeof scenes / sizeof *scenes; i++)
		press(&app, scenes[i].name, scenes[i].keys, scenes[i].times);

	struct rusage use;

	getrusage(RUSAGE_SELF, &use);
	printf("  %-34s %7.1f MB\n", argc > 2 ? "peak memory" : "peak memory (with filling the case)", (double)use.ru_maxrss / 1024);
	triage_release(&app.list);
	case_free(app.file);
	arena_free(app.scratch);
	if (argc < 3)
		unlink(file);
	return 0;
}
