/* SPDX-License-Identifier: ISC */
/* The loop: a key becomes an action, an action changes the state, the state is drawn. Idle time fills the list and the preview. */
#include "tui/app.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "parsers/base/printable.h"
#include "tui/screen.h"

enum { STEP_IDS = 4000, IDLE_MS = 200, BUSY_MS = 10, AWAIT_MS = 20 };

/* What each view does; keys of the help are its own. */
static const struct {
	void (*draw)(const struct app *, struct canvas *);
	enum redraw (*act)(struct app *, enum action);
	unsigned scope;
} views[] = {
	[VIEW_LIST] = { view_list_draw, view_list_act, SCOPE_LIST },
	[VIEW_MESSAGE] = { view_message_draw, view_message_act, SCOPE_MESSAGE },
	[VIEW_BYTES] = { view_bytes_draw, view_bytes_act, SCOPE_BYTES },
	[VIEW_HELP] = { view_help_draw, NULL, SCOPE_HELP },
	[VIEW_COUNTS] = { view_counts_draw, view_counts_act, SCOPE_LIST },
};

void app_status(struct app *app, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(app->status, sizeof app->status, fmt, ap);
	va_end(ap);
}

const char *app_hits(const struct app *app)
{
	size_t n = app->list.hit_count;

	return arena_printf(app->scratch, "%zu hit%s%s", n, n == 1 ? "" : "s", triage_searching(&app->list) ? " so far" : "");
}

struct opened *app_message(const struct app *app)
{
	return app->opened[app->depth - 1];
}

static void close_messages(struct app *app)
{
	while (app->depth)
		opened_free(app->opened[--app->depth]);
}

void app_push(struct app *app, struct opened *o)
{
	if (app->depth == OPENED_DEPTH) {
		opened_free(o);
		app_status(app, "no deeper");
		return;
	}
	app->opened[app->depth++] = o;
	app->view = VIEW_MESSAGE;
	opened_tab(o, o->current, app->columns > 1 ? (unsigned)app->columns - 1 : 1);
}

void app_open_message(struct app *app, int tab)
{
	int64_t id = triage_current(&app->list);
	struct opened *o;

	if (!id)
		return;
	close_messages(app);
	o = opened_case(app, id);
	o->current = tab;
	app_push(app, o);
}

void app_back(struct app *app)
{
	switch (app->view) {
	case VIEW_LIST:
		if (app->maximised)
			app->maximised = false;
		else if (app->pane)
			app->pane = 0;
		else if (*app->list.filter)
			triage_filter(&app->list, "", NULL, NULL);
		else
			app_status(app, "this is the list; Q quits");
		break;
	case VIEW_MESSAGE:
		opened_free(app->opened[--app->depth]);
		if (!app->depth)
			app->view = VIEW_LIST;
		break;
	case VIEW_BYTES:
		app->view = app->bytes_from;
		break;
	case VIEW_HELP:
		app->view = app->before_help;
		break;
	case VIEW_COUNTS:
		app->view = VIEW_LIST;
		break;
	}
}

static void quit(struct app *app)
{
	if (app->private_case && case_last(app->file) > 0)
		prompt_open(app, PROMPT_QUIT, "");
	else
		app->quit = true;
}

static void copy_row(struct app *app)
{
	struct opened *o = app->view == VIEW_LIST ? app->preview : app->depth ? app_message(app) : NULL;
	const struct tab *t = o ? &o->tab[app->view == VIEW_LIST ? 1 : o->current] : NULL;
	struct case_row r;

	if (app->view == VIEW_BYTES && app->bytes.found.ptr)
		work_copy(app, printable(app->scratch, app->bytes.found));
	else if (app->view == VIEW_LIST && app->pane == 0 &&
		 case_row(app->file, app->scratch, triage_current(&app->list), &r, NULL) == 1)
		work_copy(app, printable_str(app->scratch, arena_printf(app->scratch, "%s %s %s %s", severity_word(r.severity),
							   author_word(r.author), r.from ? r.from : "", r.subject ? r.subject : "")));
	else if (t && t->outline && t->cursor < t->outline->count)
		work_copy(app, row_text(app->scratch, &t->outline->row[t->cursor], 1000));
}

/* What means the same everywhere; false where the view must say. */
static bool act_common(struct app *app, enum action action)
{
	static const struct {
		enum action action;
		enum prompt_kind prompt;
	} prompts[] = {
		{ ACTION_SEARCH, PROMPT_SEARCH }, { ACTION_MARK_MATCHING, PROMPT_MARK }, { ACTION_TAG, PROMPT_TAG },
		{ ACTION_SAVE, PROMPT_SAVE }, { ACTION_PIPE, PROMPT_PIPE }, { ACTION_COMMAND, PROMPT_COMMAND },
	};

	for (size_t i = 0; i < sizeof prompts / sizeof *prompts; i++)
		if (prompts[i].action == action) {
			prompt_open(app, prompts[i].prompt, "");
			return true;
		}
	switch ((int)action) {
	case ACTION_NONE:
		break;
	case ACTION_FILTER:
		prompt_open(app, PROMPT_FILTER, app->list.filter);
		break;
	case ACTION_NOTE: {
		int64_t id = app->depth ? app->opened[0]->id : triage_current(&app->list);
		const char *note = case_note(app->file, app->scratch, id);

		prompt_open(app, PROMPT_NOTE, note ? note : "");
		break;
	}
	case ACTION_MARK:
		work_mark(app);
		break;
	case ACTION_CLEAR_MARKS:
		work_clear_marks(app);
		break;
	case ACTION_UNDO:
	case ACTION_REDO:
		work_undo(app, action == ACTION_REDO);
		break;
	case ACTION_COPY:
		copy_row(app);
		break;
	case ACTION_HELP:
		app->before_help = app->view;
		app->view = VIEW_HELP;
		app->help_top = 0;
		break;
	case ACTION_BACK:
		app_back(app);
		break;
	case ACTION_QUIT:
		quit(app);
		break;
	case ACTION_MOUSE:
		app->mouse = !app->mouse;
		screen_mouse(app->mouse);
		app_status(app, app->mouse ? "mouse on" : "mouse off");
		break;
	case ACTION_SUSPEND:
		screen_suspend();
		break;
	default:
		return false;
	}
	return true;
}

enum redraw app_act(struct app *app, enum action action)
{
	if (action == ACTION_REDRAW)
		return REDRAW_SCREEN;
	if (act_common(app, action))
		return REDRAW_VIEW;
	return views[app->view].act ? views[app->view].act(app, action) : REDRAW_NOTHING;
}

static void click(struct app *app)
{
	struct layout l = layout_list(app->rows, app->columns, app->maximised ? app->pane : -1);
	int row, column;

	screen_mouse_at(&row, &column);
	if (app->view != VIEW_LIST || row <= l.messages.row + 1 || row >= l.messages.row + l.messages.rows - 1 ||
		column >= l.messages.column + l.messages.columns)
		return;
	app->pane = 0;
	triage_go(&app->list, app->list.top + (size_t)(row - l.messages.row - 2), view_list_page(app));
}

/* A key that is pressed while a list begins to fill, or a search goes on, is meant for what comes of it: if it comes soon. */
static void await_rows(struct app *app)
{
	struct triage *t = &app->list;

	for (int i = 0; i < AWAIT_MS && (((t->loading || t->following) && t->rows.count == 0) || triage_searching(t)); i++)
		if (!triage_step(t, STEP_IDS, view_list_page(app)))
			triage_wait(t, 1);
	work_going_on(app, AWAIT_MS);
}

static enum redraw act_on_key(struct app *app, unsigned key)
{
	enum action action = key == 3 ? ACTION_QUIT : action_of(key, views[app->view].scope); /* ^C asks like Q does */

	if (key == KEY_CODE_MOUSE_DOWN || key == KEY_CODE_MOUSE_UP) {
		for (int i = 0; i < 3; i++)
			app_act(app, key == KEY_CODE_MOUSE_DOWN ? ACTION_DOWN : ACTION_UP);
	} else if (key == KEY_CODE_MOUSE_CLICK) {
		click(app);
	} else if (action == ACTION_NONE) {
		app_status(app, "that key does nothing here; ? lists those that do");
	} else {
		return app_act(app, action);
	}
	return REDRAW_VIEW;
}

enum redraw app_key(struct app *app, unsigned key)
{
	enum redraw redraw;
	bool had_status;

	if (key == KEY_CODE_RESIZE)
		return REDRAW_NOTHING;
	if (app->prompt.kind != PROMPT_NONE) {
		prompt_key(app, key);
		return REDRAW_VIEW;
	}
	if (app->view == VIEW_HELP) {
		view_help_key(app, key);
		return REDRAW_VIEW;
	}
	if (app->view == VIEW_COUNTS) /* any key leads back to the list */
		key = 'q';
	await_rows(app);
	had_status = app->status[0];
	app->status[0] = 0;
	redraw = act_on_key(app, key);
	return redraw == REDRAW_NOTHING && (had_status || app->status[0]) ? REDRAW_VIEW : redraw;
}

/* --- drawing --- */

void app_draw(const struct app *app, struct canvas *c)
{
	views[app->view].draw(app, c);
	prompt_draw(app, c);
}

static void draw(struct app *app, enum redraw what)
{
	struct canvas c;

	canvas_init(&c, app->rows, app->columns);
	app_draw(app, &c);
	if (what == REDRAW_SCREEN)
		screen_redraw();
	screen_show(&c);
	canvas_release(&c);
	arena_reset(app->scratch);
}

/* A resize may have changed the width that the outlines were laid out for. True where it has. */
static bool relayout(struct app *app)
{
	int rows, columns;

	screen_size(&rows, &columns);
	if (columns == app->columns && rows == app->rows)
		return false;
	app->rows = rows;
	app->columns = columns;
	if (app->list.rows.count)
		triage_go(&app->list, app->list.cursor, view_list_page(app));
	for (size_t i = 0; i < app->depth; i++)
		opened_tab(app->opened[i], app->opened[i]->current, columns > 1 ? (unsigned)columns - 1 : 1);
	if (app->preview && app->preview->report)
		app->preview->tab[1].outline = NULL;
	return true;
}

/* --- idle work --- */

static unsigned preview_width(const struct app *app)
{
	struct layout l = layout_list(app->rows, app->columns, app->maximised ? app->pane : -1);

	return l.findings.columns > 2 ? (unsigned)l.findings.columns - 2 : 40;
}

/* A fresh preview stands on its worst finding, so that its bytes show without a key. */
static void to_first_finding(struct app *app, struct tab *t)
{
	for (size_t i = 0; t->outline && t->cursor == 0 && i < t->outline->count; i++)
		if (t->outline->row[i].target == ROW_FINDING && t->outline->row[i].where.ptr) {
			tab_move(t, (long)i, view_list_findings_page(app));
			return;
		}
}

/* The findings of the row under the cursor. True where something was made. */
static bool make_preview(struct app *app)
{
	int64_t id = triage_current(&app->list);

	if (!id) {
		opened_free(app->preview);
		app->preview = NULL;
		return false;
	}
	if (app->preview && app->preview->id == id && (!app->preview->report || app->preview->tab[1].outline))
		return false;
	if (!app->preview || app->preview->id != id) {
		opened_free(app->preview);
		app->preview = opened_case(app, id);
	}
	to_first_finding(app, opened_tab(app->preview, 1, preview_width(app)));
	return true;
}

static void watch_scanner(struct app *app)
{
	int status;

	if (!app->scanner)
		return;
	triage_follow(&app->list);
	if (waitpid(app->scanner, &status, WNOHANG) != app->scanner)
		return;
	app->scanner = 0;
	triage_follow(&app->list);
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		app_status(app, "the scan is finished");
	else
		app_status(app, "the scan ended early: what it read before is here");
}

static bool counting(struct app *app)
{
	struct case_counts counts;

	return app->view == VIEW_COUNTS && app->counting && !gather_counts(app->counting, &counts);
}

int app_idle(struct app *app)
{
	if (triage_step(&app->list, STEP_IDS, view_list_page(app)))
		return 0;
	if (app->view == VIEW_LIST && make_preview(app))
		return 0;
	if (work_save_step(app))
		return 0;
	watch_scanner(app);
	return triage_busy(&app->list) || counting(app) || work_going_on(app, 0) ? BUSY_MS : app->scanner ? IDLE_MS : -1;
}

/* Until a key comes: fills the list, makes the preview, draws what changed. 0 where the program is told to end. */
static unsigned next_key(struct app *app)
{
	size_t shown_count = app->list.rows.count;
	int64_t shown_id = triage_current(&app->list);
	unsigned key = screen_key(0);

	while (!key && !screen_told_to_end()) {
		int wait = app_idle(app);

		/* What was done behind the view shows before waiting, not after each step; what did not change is not sent. */
		if (wait || app->list.rows.count - shown_count > 50000 || triage_current(&app->list) != shown_id) {
			shown_count = app->list.rows.count;
			shown_id = triage_current(&app->list);
			relayout(app);
			draw(app, REDRAW_VIEW);
		}
		key = screen_key(wait);
	}
	return key;
}

static void loop(struct app *app)
{
	enum redraw redraw = REDRAW_VIEW;

	await_rows(app);
	while (!app->quit && !screen_told_to_end()) {
		unsigned key;

		redraw = relayout(app) ? REDRAW_VIEW : redraw;
		if (redraw != REDRAW_NOTHING)
			draw(app, redraw);
		key = next_key(app);
		redraw = key ? app_key(app, key) : REDRAW_NOTHING;
	}
}

/* --- the scan behind it --- */

static void scan_child(const struct tui_options *options, const char *file)
{
	struct plan *plan = plan_new();
	struct scan_options scan = { .report = options->report, .plan = plan };
	struct scan_summary sum;
	struct error why = { 0 };
	int rc = -1;

	struct sink_case_options sink = { .run = options->run_options ? options->run_options : "tui", .asked = true };

	plan_add_paths(plan, options->path, options->path_count, NULL);
	scan.sink = sink_case(file, &sink, &why);
	if (scan.sink) {
		rc = scan_run(&scan, &sum, &why);
		scan.sink->free(scan.sink);
	}
	_exit(rc ? 1 : 0);
}

static int start_scanner(struct app *app, struct error *reterr)
{
	const char *tmp = getenv("TMPDIR");
	struct case_file *made;
	char file[512];
	int fd;

	snprintf(file, sizeof file, "%s/mailcheck-XXXXXX", tmp && *tmp ? tmp : "/tmp");
	fd = mkstemp(file);
	if (fd < 0)
		return error_errno(reterr, "cannot make a private case in '%s'", file);
	close(fd);
	app->private_case = strdup(file);
	made = case_open(file, CASE_CREATE, reterr);
	if (!made)
		return -1;
	case_free(made);
	app->scanner = fork();
	if (app->scanner < 0)
		return error_errno(reterr, "cannot start the scan");
	if (app->scanner == 0)
		scan_child(app->options, file);
	return 0;
}

static void stop_scanner(struct app *app)
{
	if (!app->scanner)
		return;
	kill(app->scanner, SIGKILL);
	waitpid(app->scanner, NULL, 0);
	app->scanner = 0;
}

/* Keeps the private case under the name that was given, or takes it away. KEPT is its present file. */
static void settle_case(struct app *app, const char *present)
{
	char name[600];

	if (!present)
		return;
	if (app->keep_case && app->private_case && strcmp(app->private_case, present) != 0) {
		struct error why = { 0 };
		struct case_file *kept = case_open(app->private_case, CASE_CREATE, &why);

		if (!kept || case_merge(kept, present, &why))
			fprintf(stderr, "mailcheck: %s; the case is still at %s\n", printable_str(app->scratch, why.text),
				printable_str(app->scratch, present));
		else
			printf("the case is kept in %s\n", printable_str(app->scratch, app->private_case));
		case_free(kept);
		if (why.text[0])
			return;
	}
	if (app->worked && !app->keep_case && screen_told_to_end()) {
		fprintf(stderr, "mailcheck: ended by a signal; the case with your work is still at %s\n",
			printable_str(app->scratch, present));
		return;
	}
	unlink(present);
	snprintf(name, sizeof name, "%s-wal", present);
	unlink(name);
	snprintf(name, sizeof name, "%s-shm", present);
	unlink(name);
}

static void app_release(struct app *app)
{
	close_messages(app);
	opened_free(app->preview);
	triage_release(&app->list);
	gather_free(app->counting);
	case_free(app->other);
	case_free(app->file);
	for (size_t i = 0; i < app->prompt.history_count; i++)
		free(app->prompt.history[i]);
	arena_free(app->scratch);
	free(app->private_case);
	free(app);
}

int tui_run(const struct tui_options *options, struct error *reterr)
{
	struct app *app = calloc(1, sizeof *app);
	char *present = NULL;
	const char *path = options->case_path;
	int rc = -1;

	if (!app)
		abort();
	app->options = options;
	app->scratch = arena_new();
	if (!path && start_scanner(app, reterr) == 0)
		path = present = strdup(app->private_case);
	if (path)
		app->file = case_open(path, CASE_WRITE, reterr);
	if (path && !app->file && !present)
		app->file = case_open(path, CASE_READ, reterr);
	if (app->file) {
		triage_init(&app->list, app->file);
		rc = triage_restart(&app->list, reterr);
	}
	if (rc == 0)
		rc = screen_open(options->colour, reterr);
	if (rc == 0) {
		screen_size(&app->rows, &app->columns);
		work_count_marks(app);
		app_status(app, "? lists the keys; Enter opens a message; q goes back");
		loop(app);
		screen_close();
	}
	stop_scanner(app);
	work_save_stop(app);
	bulk_free(app->bulk);
	triage_stop(&app->list);
	app->worked = app->file && case_has_work(app->file);
	case_free(app->file);
	app->file = NULL;
	settle_case(app, present);
	free(present);
	app_release(app);
	if (screen_told_to_end()) {
		signal(screen_told_to_end(), SIG_DFL);
		raise(screen_told_to_end());
	}
	return rc;
}
