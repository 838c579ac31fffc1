/* SPDX-License-Identifier: ISC */
/* The list: messages, the findings of the one under the cursor, and the bytes behind the finding under its cursor. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "parsers/base/printable.h"
#include "tui/app.h"

/* Columns of the list, those that give way first last. */
struct column {
	const char *title;
	int width; /* 0: takes a share of the rest */
	int least; /* columns of the pane from which on it is shown */
	enum case_sort sort;
};

static const struct column columns[] = {
	{ "severity", 9, 0, CASE_SORT_SEVERITY }, { "author", 12, 44, CASE_SORT_AUTHOR }, { "other case", 22, 0, CASE_SORT_COUNT },
	{ "dkim", 5, 84, CASE_SORT_DKIM }, { "spf", 5, 84, CASE_SORT_SPF }, { "dmarc", 5, 72, CASE_SORT_DMARC },
	{ "date", 10, 76, CASE_SORT_DATE }, { "n", 3, 96, CASE_SORT_FINDINGS }, { "From", 0, 0, CASE_SORT_FROM },
	{ "Subject", 0, 36, CASE_SORT_SUBJECT },
};

/* Columns that are drawn otherwise than by their place in the table. */
enum { OTHER = 2, FROM = 8, SUBJECT = 9 };

enum { COLUMNS_OF_LIST = sizeof columns / sizeof *columns };

static enum look severity_look(enum severity s)
{
	return s >= SEVERITY_HIGH ? LOOK_BAD : s == SEVERITY_MEDIUM ? LOOK_WARN : s == SEVERITY_NONE ? LOOK_DIM : LOOK_TEXT;
}

static enum look author_look(enum author a)
{
	static const enum look looks[] = {
		[AUTHOR_PROVEN] = LOOK_GOOD, [AUTHOR_PARTIAL] = LOOK_WARN, [AUTHOR_CONTRADICTED] = LOOK_BAD,
		[AUTHOR_UNPROVEN] = LOOK_TEXT, [AUTHOR_AMBIGUOUS] = LOOK_BAD, [AUTHOR_UNKNOWN] = LOOK_DIM,
	};

	return looks[a];
}

static enum look result_look(enum result r)
{
	return r == RESULT_PASS ? LOOK_GOOD : r == RESULT_FAIL ? LOOK_BAD : LOOK_DIM;
}

/* Four columns are enough to tell the results apart: "soft", "neut", "temp", "perm". */
static const char *short_result(struct arena *arena, enum result r)
{
	return arena_printf(arena, "%.4s", result_word(r));
}

/* Where a second case is open: what it says of the message, where it says something else. */
static void draw_other(const struct app *app, struct canvas *c, const struct area *a, int row, int at, int width,
	const struct case_row *r)
{
	int64_t id = case_same(app->file, r->id, app->other);
	struct case_row other;

	if (!id || case_row(app->other, app->scratch, id, &other, NULL) != 1)
		canvas_put(c, a, row, at, width, LOOK_DIM, SPAN("not there"));
	else if (other.severity == r->severity && other.author == r->author)
		canvas_put(c, a, row, at, width, LOOK_DIM, SPAN("the same"));
	else
		canvas_put(c, a, row, at, width, severity_look(other.severity), span_of(arena_printf(app->scratch, "%s %s",
										severity_word(other.severity), author_word(other.author))));
}

static void draw_cell(const struct app *app, struct canvas *c, const struct area *a, int row, int at, int width, int which,
	const struct case_row *r)
{
	const char *date;

	switch (which) {
	case 0:
		canvas_put(c, a, row, at, width, severity_look(r->severity), span_of(severity_word(r->severity)));
		break;
	case 1:
		canvas_put(c, a, row, at, width, author_look(r->author), span_of(author_word(r->author)));
		break;
	case OTHER:
		draw_other(app, c, a, row, at, width, r);
		break;
	case 3:
		canvas_text(c, a, row, at, result_look(r->dkim), short_result(app->scratch, r->dkim));
		break;
	case 4:
		canvas_text(c, a, row, at, result_look(r->spf), short_result(app->scratch, r->spf));
		break;
	case 5:
		canvas_text(c, a, row, at, result_look(r->dmarc), short_result(app->scratch, r->dmarc));
		break;
	case 6:
		date = moment_text(app->scratch, r->date);
		canvas_printf(c, a, row, at, LOOK_DIM, "%.10s", date ? date : "no date");
		break;
	case 7:
		canvas_printf(c, a, row, at, LOOK_DIM, "%3u", r->findings);
		break;
	case FROM:
		canvas_put(c, a, row, at, width, LOOK_TEXT, span_of(r->from ? r->from : "(no From)"));
		break;
	default:
		canvas_put(c, a, row, at, width, LOOK_TEXT, span_of(r->subject ? r->subject : ""));
	}
}

/* Where each column begins and how wide it is, for a pane of WIDTH; width 0: not shown. */
static void place_columns(const struct app *app, int width, int start[], int wide[])
{
	int fixed = 2, shares = 0, at = 2;

	for (int i = 0; i < COLUMNS_OF_LIST; i++) {
		int room = app->other ? width - columns[OTHER].width : width;
		bool shown = room >= columns[i].least && (i != OTHER || app->other);

		wide[i] = shown ? columns[i].width : 0;
		start[i] = shown;
		fixed += shown && columns[i].width ? columns[i].width + 1 : 0;
		shares += shown && !columns[i].width;
	}
	for (int i = 0; i < COLUMNS_OF_LIST; i++) {
		if (!start[i])
			continue;
		if (!columns[i].width) {
			int rest = width - fixed;

			wide[i] = shares == 2 ? rest * 2 / 5 - 1 : shares == 1 && wide[FROM] && i == SUBJECT ? width - at : rest;
			if (wide[i] < 4)
				wide[i] = 4;
			if (shares == 2 && i == SUBJECT)
				wide[i] = width - at;
		}
		start[i] = at;
		at += wide[i] + 1;
	}
	if (wide[SUBJECT] && start[SUBJECT] + wide[SUBJECT] < width)
		wide[SUBJECT] = width - start[SUBJECT];
}

static void draw_head(const struct app *app, struct canvas *c, const struct area *a, const int start[], const int wide[])
{
	for (int i = 0; i < COLUMNS_OF_LIST; i++) {
		bool sorted = columns[i].sort == app->list.sort;
		const char *arrow = sorted ? app->list.descending ? "\u25be" : "\u25b4" : "";

		if (wide[i])
			canvas_put(c, a, 0, start[i], wide[i], LOOK_LABEL,
				span_of(arena_printf(app->scratch, "%s%s", columns[i].title, arrow)));
	}
}

/* On a few rows a frame would leave none for messages. */
static bool is_bare(int rows)
{
	return rows < 6;
}

static void draw_messages(const struct app *app, struct canvas *c, struct area a)
{
	const struct triage *t = &app->list;
	int start[COLUMNS_OF_LIST], wide[COLUMNS_OF_LIST];
	struct error why;

	if (!is_bare(a.rows))
		canvas_frame(c, &a, "Messages", app->pane == 0);
	place_columns(app, a.columns, start, wide);
	draw_head(app, c, &a, start, wide);
	for (int row = 1; row < a.rows && t->top + (size_t)row - 1 < t->rows.count; row++) {
		size_t n = t->top + (size_t)row - 1;
		struct case_row r;

		if (case_row(app->file, app->scratch, t->rows.id[n], &r, &why) != 1)
			continue;
		canvas_text(c, &a, row, 0, LOOK_STRONG, r.marked ? "*" : r.noted || *r.tags ? "+" : " ");
		for (int i = 0; i < COLUMNS_OF_LIST; i++)
			if (wide[i])
				draw_cell(app, c, &a, row, start[i], wide[i], i, &r);
		if (n == t->cursor) {
			canvas_text(c, &a, row, 1, LOOK_STRONG, ">");
			canvas_cursor(c, &a, row);
		}
	}
	if (t->rows.count == 0)
		canvas_text(c, &a, 2, 2, LOOK_DIM, t->loading ? "loading" : *t->filter ? "nothing matches the filter" : "no messages");
}

/* The list's columns cut From and Subject: where there is room, they stand in full above the findings. */
enum { HEAD_ROWS = 3 };

static bool has_head(int pane_rows)
{
	return pane_rows >= 14;
}

static void draw_head_of(const struct app *app, struct canvas *c, struct area *a)
{
	struct case_row r;

	if (case_row(app->file, app->scratch, triage_current(&app->list), &r, NULL) == 1) {
		canvas_text(c, a, 0, 0, LOOK_LABEL, "From");
		canvas_put(c, a, 0, 9, -1, LOOK_STRONG, span_of(r.from ? r.from : "(no From)"));
		canvas_text(c, a, 1, 0, LOOK_LABEL, "Subject");
		canvas_put(c, a, 1, 9, -1, LOOK_STRONG, span_of(r.subject ? r.subject : ""));
	}
	a->row += HEAD_ROWS;
	a->rows -= HEAD_ROWS;
}

static void draw_findings(const struct app *app, struct canvas *c, struct area a)
{
	const struct opened *o = app->preview;
	const struct tab *t = o ? &o->tab[1] : NULL;
	char title[96] = "Findings";
	bool head;

	if (app->list.rows.count)
		snprintf(title, sizeof title, "Findings of message %zu of %zu", app->list.cursor + 1, app->list.rows.count);
	head = has_head(a.rows);
	canvas_frame(c, &a, title, app->pane == 1);
	if (head)
		draw_head_of(app, c, &a);
	if (!o)
		return;
	if (!o->report) {
		canvas_text(c, &a, 0, 0, LOOK_WARN, o->trouble);
		return;
	}
	if (!t->outline)
		return;
	if (t->outline->count == 0)
		canvas_text(c, &a, 0, 0, LOOK_DIM, "no findings");

	size_t row = t->top;

	for (int line = 0; line < a.rows && row < t->outline->count; line++, row = tab_next(t, row)) {
		canvas_row(c, &a, line, 0, app->scratch, &t->outline->row[row]);
		if (row == t->cursor && app->pane == 1)
			canvas_cursor(c, &a, line);
	}
}

static void draw_evidence(const struct app *app, struct canvas *c, struct area a)
{
	const struct opened *o = app->preview;
	const struct tab *t = o ? &o->tab[1] : NULL;
	const struct row *row = t && t->outline && t->cursor < t->outline->count ? &t->outline->row[t->cursor] : NULL;
	struct span where = row ? row->where : SPAN_NONE;
	char title[96] = "Evidence";

	if (o && o->report && where.ptr)
		snprintf(title, sizeof title, "Evidence: source bytes @%zu+%zu of %zu", span_offset(o->raw, where), where.len,
			o->raw.len);
	canvas_frame(c, &a, title, app->pane == 2);
	if (!o || !o->report)
		return;
	if (!where.ptr) {
		canvas_text(c, &a, 0, 0, LOOK_DIM, "this row rests on no single place of the message");
		return;
	}
	view_bytes_lines(app, c, &a, o->raw, span_offset(o->raw, where), where);
}

static void draw_title(const struct app *app, struct canvas *c, const struct area *a)
{
	const struct triage *t = &app->list;
	struct buffer b = BUFFER_INIT;

	buffer_str(&b, " mailcheck  ");
	printable_add(&b, span_of(app->private_case ? "(unsaved case)" : case_path(app->file)), 40);
	buffer_printf(&b, "  %lld msgs", (long long)(t->seen > 0 ? t->seen : 0));
	if (*t->filter) {
		buffer_str(&b, "  \\ ");
		printable_add(&b, span_of(t->filter), 50);
		buffer_printf(&b, " (%zu%s)", t->rows.count, t->loading ? "+" : "");
	}
	buffer_printf(&b, "  sort %s%s", t->descending ? "-" : "", case_sort_word(t->sort));
	if (t->loading && triage_percent(t) >= 0)
		buffer_printf(&b, "  loading %d%%  z stop", triage_percent(t));
	else if (t->loading)
		buffer_str(&b, "  loading  z stop");
	if (app->other) {
		buffer_str(&b, "  beside ");
		printable_add(&b, span_of(case_path(app->other)), 30);
	}
	if (app->scanner)
		buffer_str(&b, "  scanning");
	if (app->options->trust_text && a->columns >= 100)
		buffer_printf(&b, "  trust %.30s", app->options->trust_text);
	canvas_text(c, a, 0, 0, LOOK_BAR, buffer_text(&b));
	canvas_bar(c, a, 0, LOOK_BAR);
	buffer_release(&b);
}

/* The status line and, where there is room, the keys that matter here. */
static void draw_status(const struct app *app, struct canvas *c, const struct area *a)
{
	static const char keys[] = "? Help  / Search  \\ Filter  o Sort  Tab Pane  Enter Deeper  Q Quit";
	struct buffer b = BUFFER_INIT;

	if (app->status[0])
		buffer_printf(&b, " %s", app->status);
	else
		buffer_printf(&b, " %lld marked  row %zu/%zu", (long long)app->marked, app->list.rows.count ? app->list.cursor + 1 : 0,
			app->list.rows.count);
	if (app->list.search[0] && !app->status[0])
		buffer_printf(&b, "  /%s: %s", app->list.search, app_hits(app));
	canvas_text(c, a, 0, 0, LOOK_BAR, buffer_text(&b));
	buffer_release(&b);
	if (a->columns >= 100 && !app->status[0])
		canvas_text(c, a, 0, a->columns - (int)sizeof keys, LOOK_BAR, keys);
	canvas_bar(c, a, 0, LOOK_BAR);
}

static struct layout current_layout(const struct app *app)
{
	return layout_list(app->rows, app->columns, app->maximised ? app->pane : -1);
}

size_t view_list_page(const struct app *app)
{
	struct layout l = current_layout(app);

	int around = is_bare(l.messages.rows) ? 1 : 3;

	return l.messages.rows > around ? (size_t)(l.messages.rows - around) : 1;
}

size_t view_list_findings_page(const struct app *app)
{
	struct layout l = current_layout(app);

	int around = 2 + (has_head(l.findings.rows) ? HEAD_ROWS : 0);

	return l.findings.rows > around ? (size_t)(l.findings.rows - around) : 1;
}

void view_list_draw(const struct app *app, struct canvas *c)
{
	struct layout l = current_layout(app);

	draw_title(app, c, &l.title);
	if (l.messages.rows)
		draw_messages(app, c, l.messages);
	if (l.findings.rows)
		draw_findings(app, c, l.findings);
	if (l.evidence.rows)
		draw_evidence(app, c, l.evidence);
	if (app->prompt.kind == PROMPT_NONE)
		draw_status(app, c, &l.status);
}

/* --- actions --- */

static struct tab *findings_tab(struct app *app)
{
	struct layout l = current_layout(app);

	if (!app->preview || !app->preview->report)
		return NULL;
	return opened_tab(app->preview, 1, l.findings.columns > 2 ? (unsigned)l.findings.columns - 2 : 40);
}

/* False where the cursor stays. */
static bool move(struct app *app, long delta)
{
	struct tab *t = app->pane == 0 ? NULL : findings_tab(app);

	if (app->pane == 0)
		return triage_move(&app->list, delta, view_list_page(app));
	return t && tab_move(t, delta, view_list_findings_page(app));
}

static void sort_next(struct app *app, bool turn)
{
	struct triage *t = &app->list;
	struct error why = { 0 };
	enum case_sort sort = turn ? t->sort : (enum case_sort)((t->sort + 1) % CASE_SORT_COUNT);
	bool first_high = sort == CASE_SORT_SEVERITY || sort == CASE_SORT_FINDINGS || sort == CASE_SORT_SIZE || sort == CASE_SORT_DATE;

	if (triage_sort(t, sort, turn ? !t->descending : first_high, &why))
		app_status(app, "%s", why.text);
	else
		app_status(app, "sorted by %s%s", case_sort_word(sort), t->descending ? ", highest first" : "");
}

static void next_pane(struct app *app, int step)
{
	struct layout l = layout_list(app->rows, app->columns, -1);
	int panes = l.evidence.rows ? 3 : l.findings.rows ? 2 : app->maximised ? 3 : 1;

	app->pane = (app->pane + step + panes) % panes;
}

/* Offers a filter for what else is like the row: from the same domain, or with the finding under the cursor. */
static void filter_alike(struct app *app)
{
	const struct tab *t = app->pane > 0 ? findings_tab(app) : NULL;
	const struct row *row = t && t->cursor < t->outline->count ? &t->outline->row[t->cursor] : NULL;
	const char *filter = app->list.filter, *condition;
	struct case_row r;
	char *quoted;

	if (case_row(app->file, app->scratch, triage_current(&app->list), &r, NULL) != 1)
		return;
	if (row && row->target == ROW_FINDING && row->index < app->preview->report->findings->count) {
		condition = arena_printf(app->scratch, "code:%s",
			finding_info(app->preview->report->findings->finding[row->index]->code)->code);
	} else {
		quoted = triage_quote(r.from_domain ? r.from_domain : r.subject ? r.subject : "");
		condition = arena_printf(app->scratch, "%s:%s", r.from_domain ? "domain" : "subject", quoted);
		free(quoted);
	}
	if (*filter)
		condition = arena_printf(app->scratch, "(%s) %s", filter, condition);
	prompt_open(app, PROMPT_FILTER, condition);
}

static void evidence_step(struct app *app, int step)
{
	int pane = app->pane;

	app->pane = 1;
	move(app, step);
	app->pane = pane;
}

enum redraw view_list_act(struct app *app, enum action action)
{
	long rows = action_rows(action, (long)(app->pane == 0 ? view_list_page(app) : view_list_findings_page(app)));
	static const struct {
		enum action action;
		int tab;
	} tabs[] = { { ACTION_TAB_1, 0 }, { ACTION_TAB_2, 1 }, { ACTION_TAB_3, 2 }, { ACTION_TAB_4, 3 }, { ACTION_TAB_5, 4 },
		{ ACTION_TAB_6, 5 }, { ACTION_TAB_7, 6 }, { ACTION_TAB_8, 7 } };

	for (size_t i = 0; i < sizeof tabs / sizeof *tabs; i++)
		if (action == tabs[i].action) {
			app_open_message(app, tabs[i].tab);
			return REDRAW_VIEW;
		}
	if (rows)
		return move(app, rows) ? REDRAW_VIEW : REDRAW_NOTHING;
	switch ((int)action) {
	case ACTION_NEXT_PANE:
		next_pane(app, 1);
		break;
	case ACTION_PREVIOUS_PANE:
		next_pane(app, -1);
		break;
	case ACTION_MAXIMISE:
		app->maximised = !app->maximised;
		break;
	case ACTION_ALIKE:
		filter_alike(app);
		break;
	case ACTION_TAG_AGAIN:
		if (work_tag_again(app))
			move(app, 1);
		break;
	case ACTION_COUNTS:
		view_counts_open(app);
		break;
	case ACTION_SORT:
		sort_next(app, false);
		break;
	case ACTION_SORT_BACK:
		sort_next(app, true);
		break;
	case ACTION_STOP:
		triage_stop(&app->list);
		if (app->saving)
			work_save_stop(app);
		else
			app_status(app, "stopped loading at %zu", app->list.rows.count);
		break;
	case ACTION_NEXT_EVIDENCE:
		evidence_step(app, 1);
		break;
	case ACTION_PREVIOUS_EVIDENCE:
		evidence_step(app, -1);
		break;
	case ACTION_NEXT_HIT:
	case ACTION_PREVIOUS_HIT:
		if (!triage_hit(&app->list, action == ACTION_NEXT_HIT, view_list_page(app)))
			app_status(app, "no hit for '%.100s'", app->list.search);
		break;
	case ACTION_DEEPER:
		if (app->pane == 0) {
			app_open_message(app, 0);
		} else if (findings_tab(app) && app->preview->tab[1].outline->count) {
			struct tab *t = &app->preview->tab[1];

			view_bytes_open(app, app->preview, &t->outline->row[t->cursor], false);
		}
		break;
	case ACTION_RAW:
	case ACTION_HEX:
		if (app->preview && app->preview->report) {
			struct tab *t = findings_tab(app);
			bool row = app->pane > 0 && t && t->cursor < t->outline->count;

			view_bytes_open(app, app->preview, row ? &t->outline->row[t->cursor] : NULL, action == ACTION_HEX);
		}
		break;
	}
	return REDRAW_VIEW;
}
