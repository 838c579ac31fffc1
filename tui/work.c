/* SPDX-License-Identifier: ISC */
/* What keys and prompts do to the case: marks, tags, notes, undo; and the commands of ":". */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tui/app.h"
#include "tui/screen.h"

void work_count_marks(struct app *app)
{
	struct filter *marked = filter_compile("marked:yes", NULL, NULL);

	app->marked = case_count(app->file, marked, NULL);
	filter_free(marked);
}

/* All ids that QUERY selects. On the heap; NULL with a status where it is wrong. */
static int64_t *select_ids(struct app *app, const char *query, size_t *ret_count)
{
	struct error why = { 0 };
	struct filter *filter = filter_compile(query, NULL, &why);
	struct case_cursor *cursor = filter ? case_select(app->file, filter, CASE_SORT_PLACE, false, &why) : NULL;
	size_t room = 1024, count = 0;
	int64_t *id = malloc(room * sizeof *id);
	int n = 0;

	if (!id)
		abort();
	while (cursor && (n = case_fetch(cursor, id + count, room - count, &why)) > 0) {
		count += (size_t)n;
		if (count == room) {
			room *= 2;
			id = realloc(id, room * sizeof *id);
			if (!id)
				abort();
		}
	}
	case_cursor_free(cursor);
	filter_free(filter);
	*ret_count = count;
	if (cursor && n >= 0)
		return id;
	app_status(app, "%s", why.text);
	free(id);
	return NULL;
}

int64_t *work_ids(struct app *app, size_t *ret_count)
{
	int64_t *id;

	if (app->marked > 0)
		return select_ids(app, "marked:yes", ret_count);
	id = malloc(sizeof *id);
	if (!id)
		abort();
	*id = app->view == VIEW_LIST || !app->depth ? triage_current(&app->list) : app->opened[0]->id;
	*ret_count = *id != 0;
	return id;
}

static void done(struct app *app, int rc, const struct error *why, const char *what, size_t count)
{
	work_count_marks(app);
	if (rc)
		app_status(app, "%s", why->text);
	else
		app_status(app, "%s: %zu message%s; u undoes it", what, count, count == 1 ? "" : "s");
}

void work_mark(struct app *app)
{
	int64_t id = app->view == VIEW_LIST || !app->depth ? triage_current(&app->list) : app->opened[0]->id;
	struct arena *arena = arena_new();
	struct case_row row;
	struct error why = { 0 };

	if (id && case_row(app->file, arena, id, &row, &why) == 1) {
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
	struct error why = { 0 };
	size_t count;
	int64_t *id = select_ids(app, query, &count);

	if (id)
		done(app, count ? case_mark(app->file, id, count, true, &why) : 0, &why, "marked", count);
	free(id);
}

void work_clear_marks(struct app *app)
{
	struct error why = { 0 };
	size_t count;
	int64_t *id = select_ids(app, "marked:yes", &count);

	if (id)
		done(app, count ? case_mark(app->file, id, count, false, &why) : 0, &why, "marks taken away", count);
	free(id);
}

void work_tag(struct app *app, const char *text)
{
	bool on = *text != '-';
	struct error why = { 0 };
	size_t count;
	int64_t *id = work_ids(app, &count);

	if (id)
		done(app, case_tag(app->file, id, count, text + !on, on, &why), &why, on ? "tagged" : "tag taken away", count);
	free(id);
}

void work_note(struct app *app, const char *text)
{
	int64_t id = app->view == VIEW_LIST || !app->depth ? triage_current(&app->list) : app->opened[0]->id;
	struct error why = { 0 };

	if (id)
		done(app, case_note_set(app->file, id, text, &why), &why, *text ? "note written" : "note removed", 1);
}

void work_undo(struct app *app, bool redo)
{
	char what[128] = "";
	struct error why = { 0 };
	int rc = redo ? case_redo(app->file, what, &why) : case_undo(app->file, what, &why);

	work_count_marks(app);
	if (rc < 0)
		app_status(app, "%s", why.text);
	else if (rc == 0)
		app_status(app, redo ? "nothing to do again" : "nothing to undo");
	else
		app_status(app, "%s: %s", redo ? "done again" : "undone", what);
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
	{ "mark", work_mark_matching }, { "pipe", work_pipe }, { "help", command_help }, { "quit", command_quit },
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
	app_status(app, "no command '%.40s' (filter sort tag untag note save goto border mark pipe help quit)",
		arena_text(app->scratch, word));
}
