/* SPDX-License-Identifier: ISC */
/* What is in the list, counted by author and severity. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "tui/app.h"

enum { LABEL_COLUMNS = 13, CELLS = SEVERITY_CRITICAL + 2 };

/* A million with a blank, less where there is no room. */
static int cell_columns(const struct area *a)
{
	int room = (a->columns - LABEL_COLUMNS) / CELLS;

	return room > 10 ? 10 : room < 2 ? 2 : room;
}

void view_counts_open(struct app *app)
{
	struct error why = { 0 };

	if (app->view != VIEW_LIST) {
		app_status(app, "the counts are the list's: q leads there");
		return;
	}
	gather_free(app->counting);
	app->counting = gather_counts_start(app->file, app->list.filter, &why);
	if (app->counting)
		app->view = VIEW_COUNTS;
	else
		app_status(app, "%s", why.text);
}

static void draw_cell(struct canvas *c, const struct area *a, int row, int cell, enum look look, const char *text)
{
	int wide = cell_columns(a), used = (int)strlen(text);

	canvas_text(c, a, row, LABEL_COLUMNS + cell * wide + (used < wide ? wide - used : 0), look, text);
}

static void draw_number(struct canvas *c, const struct area *a, int row, int cell, enum look look, int64_t n)
{
	char text[24];

	snprintf(text, sizeof text, "%" PRId64, n);
	draw_cell(c, a, row, cell, n ? look : LOOK_DIM, n ? text : "-");
}

/* The severest first, as the list has it. */
static void draw_table(struct canvas *c, const struct area *a, const struct case_counts *counts)
{
	int64_t sum[CELLS] = { 0 };
	int row = 1;

	for (int s = SEVERITY_CRITICAL, cell = 0; s >= 0; s--, cell++)
		draw_cell(c, a, 0, cell, LOOK_LABEL, severity_word((enum severity)s));
	draw_cell(c, a, 0, CELLS - 1, LOOK_LABEL, "all");
	for (int author = 0; author <= AUTHOR_UNKNOWN; author++, row++) {
		int64_t all = 0;

		canvas_text(c, a, row, 1, LOOK_LABEL, author_word((enum author)author));
		for (int s = SEVERITY_CRITICAL, cell = 0; s >= 0; s--, cell++) {
			int64_t n = counts->n[author][s];

			draw_number(c, a, row, cell, s >= SEVERITY_HIGH ? LOOK_BAD : LOOK_TEXT, n);
			sum[cell] += n;
			all += n;
		}
		draw_number(c, a, row, CELLS - 1, LOOK_STRONG, all);
		sum[CELLS - 1] += all;
	}
	canvas_text(c, a, row, 1, LOOK_LABEL, "all");
	for (int cell = 0; cell < CELLS; cell++)
		draw_number(c, a, row, cell, LOOK_STRONG, sum[cell]);
}

void view_counts_draw(const struct app *app, struct canvas *c)
{
	struct area a = { 0, 0, app->rows, app->columns };
	struct case_counts counts;
	bool known = app->counting && gather_counts(app->counting, &counts);

	canvas_frame(c, &a, arena_printf(app->scratch, "Counts of %s: q closes", *app->list.filter ? app->list.filter : "all messages"),
		true);
	if (known)
		draw_table(c, &a, &counts);
	else
		canvas_text(c, &a, 0, 1, LOOK_DIM, "counting");
}

/* Any key leads back. */
enum redraw view_counts_act(struct app *app, enum action action)
{
	(void)action;
	app->view = VIEW_LIST;
	return REDRAW_VIEW;
}
