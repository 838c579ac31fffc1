/* SPDX-License-Identifier: ISC */
/* One message: eight tabs of outline rows, each with a cursor; rows fold, and lead to their bytes. */
#include <stdio.h>
#include <string.h>

#include "parsers/base/printable.h"
#include "tui/app.h"

static struct area body_area(const struct app *app)
{
	return (struct area){ 2, 0, app->rows > 3 ? app->rows - 3 : 0, app->columns };
}

static size_t page_of(const struct app *app)
{
	struct area a = body_area(app);

	return a.rows > 0 ? (size_t)a.rows : 1;
}

static void draw_title(const struct app *app, const struct opened *o, struct canvas *c)
{
	struct area a = { 0, 0, 1, app->columns };
	struct buffer b = BUFFER_INIT;

	buffer_str(&b, " mailcheck  ");
	if (o->id)
		buffer_printf(&b, "%zu of %zu  ", app->list.cursor + 1, app->list.rows.count);
	if (o->report) {
		buffer_printf(&b, "%s  %s  ", severity_word(o->report->severity), author_word(o->report->author));
		printable_add(&b, span_of(o->report->evidence.subject ? o->report->evidence.subject : "(no Subject)"), 60);
	}
	buffer_str(&b, "  ");
	printable_add(&b, span_of(o->origin.source ? o->origin.source : ""), 60);
	if (o->origin.member) {
		buffer_char(&b, '!');
		printable_add(&b, span_of(o->origin.member), 30);
	}
	canvas_text(c, &a, 0, 0, LOOK_BAR, buffer_text(&b));
	canvas_bar(c, &a, 0, LOOK_BAR);
	buffer_release(&b);
}

/* The tabs' names with their numbers; only the numbers where there is no room, the current one always by name. */
static void draw_tabs(const struct app *app, const struct opened *o, struct canvas *c)
{
	struct area a = { 1, 0, 1, app->columns };
	bool names = app->columns >= 86;
	int at = 1;

	for (int i = 0; i < TABS; i++) {
		bool now = i == o->current;
		enum look look = now ? LOOK_FOUND : LOOK_DIM;

		if (names || now)
			at += canvas_printf(c, &a, 0, at, look, now ? "[%d %s]" : "%d %s", i + 1, tab_names[i]);
		else
			at += canvas_printf(c, &a, 0, at, look, "%d", i + 1);
		at += 2;
	}
}

static void draw_status(const struct app *app, const struct opened *o, const struct tab *t, struct canvas *c)
{
	static const char keys[] = "? Help  1-8 Tabs  ] [ Evidence  e Raw  x Hex  J K Next  q Back";
	struct area a = { app->rows - 1, 0, 1, app->columns };
	const struct row *row = t->outline && t->cursor < t->outline->count ? &t->outline->row[t->cursor] : NULL;

	if (app->status[0])
		canvas_printf(c, &a, 0, 1, LOOK_BAR, "%s", app->status);
	else if (row && row->where.ptr && span_within(o->raw, row->where))
		canvas_printf(c, &a, 0, 1, LOOK_BAR, "row %zu/%zu  bytes @%zu+%zu: Enter shows them", t->cursor + 1, t->outline->count,
			span_offset(o->raw, row->where), row->where.len);
	else if (t->outline)
		canvas_printf(c, &a, 0, 1, LOOK_BAR, "row %zu/%zu", t->outline->count ? t->cursor + 1 : 0, t->outline->count);
	if (app->columns >= 100 && !app->status[0])
		canvas_text(c, &a, 0, app->columns - (int)sizeof keys, LOOK_BAR, keys);
	canvas_bar(c, &a, 0, LOOK_BAR);
}

void view_message_draw(const struct app *app, struct canvas *c)
{
	const struct opened *o = app_message(app);
	const struct tab *t = &o->tab[o->current];
	struct area a = body_area(app);

	draw_title(app, o, c);
	draw_tabs(app, o, c);
	if (!o->report)
		canvas_printf(c, &a, 1, 2, LOOK_WARN, "this message can't be read again: %s", o->trouble);

	size_t row = t->top;

	for (int line = 0; t->outline && line < a.rows && row < t->outline->count; line++, row = tab_next(t, row)) {
		const struct row *r = &t->outline->row[row];

		canvas_row(c, &a, line, 1, app->scratch, r);
		if (t->folded[row] && tab_has_children(t, row))
			canvas_text(c, &a, line, 0, LOOK_MARK, "+");
		if (row == t->cursor)
			canvas_cursor(c, &a, line);
	}
	if (app->prompt.kind == PROMPT_NONE)
		draw_status(app, o, t, c);
}

/* --- actions --- */

static struct tab *current_tab(struct app *app)
{
	struct opened *o = app_message(app);
	struct tab *t = opened_tab(o, o->current, app->columns > 1 ? (unsigned)app->columns - 1 : 1);

	return t->outline && t->outline->count ? t : NULL;
}

/* False where the cursor stays. */
static bool move(struct app *app, long delta)
{
	struct tab *t = current_tab(app);

	return t && tab_move(t, delta, page_of(app));
}

static void step_message(struct app *app, long delta)
{
	int tab = app_message(app)->current;

	if (app->depth != 1 || !triage_move(&app->list, delta, view_list_page(app))) {
		app_status(app, delta > 0 ? "this is the last message" : "this is the first message");
		return;
	}
	app_open_message(app, tab);
}

/* To the next row that rests on bytes (on the Findings and Proof tabs, its spans one after the other), and shows them. */
static void step_evidence(struct app *app, int step)
{
	struct opened *o = app_message(app);
	struct tab *t = current_tab(app);
	size_t row;

	if (!t)
		return;
	row = t->cursor;
	for (;;) {
		if ((step < 0 && row == 0) || (step > 0 && row + 1 >= t->outline->count)) {
			app_status(app, "no further evidence");
			return;
		}
		row = (size_t)((long)row + step);
		if (t->outline->row[row].where.ptr && span_within(o->raw, t->outline->row[row].where))
			break;
	}
	tab_move(t, (long)row - (long)t->cursor, page_of(app));
}

static void deeper(struct app *app)
{
	struct opened *o = app_message(app);
	struct tab *t = current_tab(app);
	const struct row *row = t ? &t->outline->row[t->cursor] : NULL;

	if (!row)
		return;
	if (row->target == ROW_PART && o->report->evidence.mime && row->index < o->report->evidence.mime->count) {
		struct mime *mime = o->report->evidence.mime;
		struct part *part = &mime->part[row->index];
		struct opened *nested = opened_part(app, o, row->index);
		char title[96];

		if (nested) {
			app_push(app, nested);
			return;
		}
		if (!part->is_multipart) {
			snprintf(title, sizeof title, "part %s, decoded", part->path);
			view_bytes_data(app, part_decoded(o->report->evidence.arena, mime, part), title);
			return;
		}
	}
	if (row->where.ptr && span_within(o->raw, row->where))
		view_bytes_open(app, o, row, false);
	else if (tab_has_children(t, t->cursor))
		t->folded[t->cursor] = !t->folded[t->cursor];
	else
		app_status(app, "this row rests on no single place of the message");
}

static void fold(struct app *app, bool on)
{
	struct tab *t = current_tab(app);

	if (!t)
		return;
	if (!tab_has_children(t, t->cursor) && on) /* to the row above that this one belongs to */
		for (size_t i = t->cursor; i-- > 0;)
			if (t->outline->row[i].depth < t->outline->row[t->cursor].depth) {
				tab_move(t, (long)i - (long)t->cursor, page_of(app));
				break;
			}
	t->folded[t->cursor] = on && tab_has_children(t, t->cursor);
}

static bool row_has(struct app *app, const struct row *row, const char *text)
{
	struct span line = span_of(row_text(app->scratch, row, 1000));

	return span_ifind(line, span_of(text), 0) < line.len;
}

static void search_rows(struct app *app, int step)
{
	struct tab *t = current_tab(app);
	size_t count = t ? t->outline->count : 0;

	if (!count || !app->search[0])
		return;
	for (size_t i = 1; i <= count; i++) {
		size_t row = (t->cursor + (step > 0 ? i : count - i)) % count;

		if (row_has(app, &t->outline->row[row], app->search)) {
			memset(t->folded, 0, count * sizeof *t->folded);
			tab_move(t, (long)row - (long)t->cursor, page_of(app));
			return;
		}
	}
	app_status(app, "no hit for '%.100s'", app->search);
}

static void show_bytes(struct app *app, bool hex)
{
	struct opened *o = app_message(app);
	struct tab *t = current_tab(app);

	if (o->report)
		view_bytes_open(app, o, t ? &t->outline->row[t->cursor] : NULL, hex);
}

static void go_tab(struct app *app, int tab)
{
	app_message(app)->current = (tab + TABS) % TABS;
	current_tab(app);
}

enum redraw view_message_act(struct app *app, enum action action)
{
	struct opened *o = app_message(app);
	long rows = action_rows(action, (long)page_of(app));

	if (rows)
		return move(app, rows) ? REDRAW_VIEW : REDRAW_NOTHING;
	if (action >= ACTION_TAB_1 && action <= ACTION_TAB_8) {
		go_tab(app, (int)action - ACTION_TAB_1);
		return REDRAW_VIEW;
	}
	switch ((int)action) {
	case ACTION_NEXT_PANE:
		go_tab(app, o->current + 1);
		break;
	case ACTION_PREVIOUS_PANE:
		go_tab(app, o->current - 1);
		break;
	case ACTION_LEFT:
		fold(app, true);
		break;
	case ACTION_RIGHT:
		fold(app, false);
		break;
	case ACTION_DEEPER:
		deeper(app);
		break;
	case ACTION_RAW:
	case ACTION_HEX:
		show_bytes(app, action == ACTION_HEX);
		break;
	case ACTION_TAG_AGAIN:
		if (work_tag_again(app))
			step_message(app, 1);
		break;
	case ACTION_NEXT_MESSAGE:
		step_message(app, 1);
		break;
	case ACTION_PREVIOUS_MESSAGE:
		step_message(app, -1);
		break;
	case ACTION_NEXT_EVIDENCE:
		step_evidence(app, 1);
		break;
	case ACTION_PREVIOUS_EVIDENCE:
		step_evidence(app, -1);
		break;
	case ACTION_BORDER_UP:
	case ACTION_BORDER_DOWN:
		opened_border(app, o, action == ACTION_BORDER_UP ? -1 : 1);
		current_tab(app);
		break;
	case ACTION_NEXT_HIT:
	case ACTION_PREVIOUS_HIT:
		search_rows(app, action == ACTION_NEXT_HIT ? 1 : -1);
		break;
	}
	return REDRAW_VIEW;
}
