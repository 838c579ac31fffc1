/* SPDX-License-Identifier: ISC */
/* What keys and prompts do to the case: marks, tags, notes, undo; and the commands of ":". */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tui/app.h"
#include "tui/screen.h"

void work_count_marks(struct app *app)
{
	app->marked = case_marked(app->file);
}

int64_t work_id(const struct app *app)
{
	return app->view == VIEW_LIST || !app->depth ? triage_current(&app->list) : app->opened[0]->id;
}

int64_t *work_ids(struct app *app, size_t *ret_count)
{
	struct filter *marked = app->marked > 0 ? filter_compile("marked:yes", NULL, NULL) : NULL;
	struct case_cursor *cursor = marked ? case_select(app->file, marked, CASE_SORT_PLACE, false, NULL) : NULL;
	int64_t *id = malloc(((size_t)(app->marked > 0 ? app->marked : 0) + 1) * sizeof *id);
	int n;

	if (!id)
		abort();
	*id = work_id(app);
	*ret_count = *id != 0;
	if (cursor) {
		n = case_fetch(cursor, id, (size_t)app->marked, NULL);
		*ret_count = n > 0 ? (size_t)n : 0;
	}
	case_cursor_free(cursor);
	filter_free(marked);
	return id;
}

bool work_going_on(struct app *app, int ms)
{
	if (!app->bulk || !bulk_wait(app->bulk, ms, app->status, sizeof app->status))
		return app->bulk != NULL;
	bulk_free(app->bulk);
	app->bulk = NULL;
	work_count_marks(app);
	return false;
}

/* True where nothing is being written; else the key has to come again. */
static bool may_write(struct app *app)
{
	if (app->bulk)
		app_status(app, "the marks before are still being written");
	return !app->bulk;
}

static void begin(struct app *app, enum bulk_kind kind, const char *query, const char *tag)
{
	struct error why = { 0 };

	if (!may_write(app))
		return;
	app_status(app, "writing marks and tags");
	app->bulk = bulk_start(app->file, kind, query, work_id(app), tag, &why);
	if (!app->bulk)
		app_status(app, "%s", why.text);
}

void work_mark(struct app *app)
{
	int64_t id = work_id(app);
	struct arena *arena = arena_new();
	struct case_row row;
	struct error why = { 0 };

	if (!id)
		app_status(app, "there is no message here");
	else if (may_write(app) && case_row(app->file, arena, id, &row, &why) == 1) {
		if (case_mark(app->file, &id, 1, !row.marked, &why))
			app_status(app, "%s", why.text);
		else if (app->view == VIEW_LIST)
			triage_move(&app->list, 1, view_list_page(app));
		work_count_marks(app);
	}
	arena_free(arena);
}

void work_mark_matching(struct app *app, const char *query)
{
	begin(app, BULK_MARK, query, NULL);
}

void work_clear_marks(struct app *app)
{
	begin(app, BULK_UNMARK, "marked:yes", NULL);
}

void work_tag(struct app *app, const char *text)
{
	bool on = *text != '-';

	if (on)
		snprintf(app->last_tag, sizeof app->last_tag, "%s", text);
	begin(app, on ? BULK_TAG : BULK_UNTAG, app->marked > 0 ? "marked:yes" : NULL, text + !on);
}

bool work_tag_again(struct app *app)
{
	if (!app->last_tag[0])
		app_status(app, "# gives a first tag; . gives it again");
	else
		begin(app, BULK_TAG, NULL, app->last_tag);
	return app->last_tag[0] && app->bulk;
}

void work_note(struct app *app, const char *text)
{
	int64_t id = work_id(app);
	struct error why = { 0 };

	if (!id || !may_write(app))
		return;
	if (case_note_set(app->file, id, text, &why))
		app_status(app, "%s", why.text);
	else
		app_status(app, "%s; u undoes it", *text ? "note written" : "note removed");
}

void work_undo(struct app *app, bool redo)
{
	begin(app, redo ? BULK_REDO : BULK_UNDO, NULL, NULL);
}

/* The row under the cursor as text. */
void work_copy(struct app *app, const char *text)
{
	if (!text)
		return;
	if (screen_copy(span_of(text)))
		app_status(app, "copied to the clipboard: %.120s", text);
	else
		app_status(app, "this terminal's description has no clipboard (Ms)");
}

/* --- the commands of ":" --- */

static void command_filter(struct app *app, const char *text)
{
	prompt_open(app, PROMPT_FILTER, text);
	prompt_key(app, '\r');
}

static void command_sort(struct app *app, const char *text)
{
	bool descending = *text == '-';
	int sort = case_sort_of(text + descending);
	struct error why = { 0 };

	if (sort < 0)
		app_status(app, "there is no order '%.40s'", text);
	else if (triage_sort(&app->list, (enum case_sort)sort, descending, &why))
		app_status(app, "%s", why.text);
}

static void command_untag(struct app *app, const char *text)
{
	char tag[80];

	snprintf(tag, sizeof tag, "-%s", text);
	work_tag(app, tag);
}

static void command_goto(struct app *app, const char *text)
{
	uint64_t row;

	if (!span_number(span_of(text), INT64_MAX, &row) || row == 0)
		app_status(app, "goto takes a row's number");
	else
		triage_go(&app->list, (size_t)row - 1, view_list_page(app));
}

static void command_border(struct app *app, const char *text)
{
	struct opened *o = app->view == VIEW_MESSAGE ? app_message(app) : NULL;
	uint64_t n;

	if (!o || !o->report || !span_number(span_of(text), 10000, &n))
		app_status(app, "border N works on an open message");
	else
		opened_border(app, o, (int)n - (int)o->report->evidence.trace->border);
}

void work_compare(struct app *app, const char *file)
{
	struct error why = { 0 };
	struct case_file *other = *file ? case_open(file, CASE_READ, &why) : NULL;

	if (*file && !other) {
		app_status(app, "%s", why.text);
		return;
	}
	case_free(app->other);
	app->other = other;
	if (!other)
		app_status(app, "no other case stands beside the list; :compare CASE opens one");
}

static void command_counts(struct app *app, const char *text)
{
	(void)text;
	view_counts_open(app);
}

static void command_quit(struct app *app, const char *text)
{
	(void)text;
	app_act(app, ACTION_QUIT);
}

static void command_help(struct app *app, const char *text)
{
	snprintf(app->help_filter, sizeof app->help_filter, "%s", text);
	app_act(app, ACTION_HELP);
}

static const struct {
	const char *word;
	void (*run)(struct app *, const char *);
} commands[] = {
	{ "filter", command_filter }, { "sort", command_sort }, { "tag", work_tag }, { "untag", command_untag },
	{ "note", work_note }, { "save", work_save }, { "goto", command_goto }, { "border", command_border },
	{ "compare", work_compare }, { "counts", command_counts }, { "mark", work_mark_matching }, { "pipe", work_pipe }, { "help", command_help }, { "quit", command_quit },
	{ "q", command_quit },
};

void work_command(struct app *app, const char *line)
{
	struct span s = span_trim(span_of(line));
	size_t blank = span_chr(s, ' ');
	struct span word = span_sub(s, 0, blank);
	const char *rest = arena_text(app->scratch, span_trim(span_skip(s, blank)));

	if (!s.len)
		return;
	for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
		if (span_is(word, commands[i].word)) {
			commands[i].run(app, rest);
			return;
		}
	app_status(app, "no command '%.40s' (filter sort tag untag note save goto border compare counts mark pipe help quit)",
		arena_text(app->scratch, word));
}
