/* SPDX-License-Identifier: ISC */
/* The line at the bottom that is typed into: searches while one types, completes field names, shows where a query is wrong. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "parsers/base/printable.h"
#include "tui/app.h"

static const char *const heads[] = {
	[PROMPT_NONE] = "",
	[PROMPT_SEARCH] = "/",
	[PROMPT_FILTER] = "\\",
	[PROMPT_MARK] = "mark all that match: ",
	[PROMPT_TAG] = "tag (-NAME takes away): ",
	[PROMPT_NOTE] = "note: ",
	[PROMPT_SAVE] = "save to (.eml .ndjson .csv .txt .mbox): ",
	[PROMPT_PIPE] = "| ",
	[PROMPT_COMMAND] = ":",
	[PROMPT_QUIT] = "keep the case? y: under a name, n: no, Esc: stay ",
};

void prompt_open(struct app *app, enum prompt_kind kind, const char *text)
{
	struct prompt *p = &app->prompt;

	p->kind = kind;
	snprintf(p->text, sizeof p->text, "%s", text);
	p->len = p->at = strlen(p->text);
	p->caret = 0;
	p->history_at = p->history_count;
	app->status[0] = 0;
}

static void close_prompt(struct app *app)
{
	app->prompt.kind = PROMPT_NONE;
}

static void remember(struct prompt *p)
{
	char *copy;

	if (!p->len || (p->history_count && strcmp(p->history[p->history_count - 1], p->text) == 0))
		return;
	copy = strdup(p->text);
	if (!copy)
		abort();
	if (p->history_count == HISTORY) {
		free(p->history[0]);
		memmove(p->history, p->history + 1, (HISTORY - 1) * sizeof *p->history);
		p->history_count--;
	}
	p->history[p->history_count++] = copy;
}

static void recall(struct prompt *p, int step)
{
	if ((step < 0 && p->history_at == 0) || (step > 0 && p->history_at >= p->history_count))
		return;
	p->history_at = (size_t)((long)p->history_at + step);
	snprintf(p->text, sizeof p->text, "%s", p->history_at < p->history_count ? p->history[p->history_at] : "");
	p->len = p->at = strlen(p->text);
}

static void insert(struct prompt *p, unsigned key)
{
	char utf8[4];
	size_t len = utf8_encode(key, utf8);

	if (p->len + len >= sizeof p->text)
		return;
	memmove(p->text + p->at + len, p->text + p->at, p->len - p->at + 1);
	memcpy(p->text + p->at, utf8, len);
	p->at += len;
	p->len += len;
	p->caret = 0;
}

/* Takes [from, to) of the text away. */
static void cut(struct prompt *p, size_t from, size_t to)
{
	memmove(p->text + from, p->text + to, p->len - to + 1);
	p->len -= to - from;
	p->at = from;
	p->caret = 0;
}

static size_t before(const struct prompt *p)
{
	size_t at = p->at;

	while (at > 0 && ((uint8_t)p->text[--at] & 0xc0) == 0x80)
		;
	return at;
}

static size_t after(const struct prompt *p)
{
	size_t at = p->at;

	if (at < p->len)
		at++;
	while (at < p->len && ((uint8_t)p->text[at] & 0xc0) == 0x80)
		at++;
	return at;
}

/* A field's name that begins with the word before the cursor; several: what they have in common, and the list of them. */
static void complete(struct app *app)
{
	struct prompt *p = &app->prompt;
	size_t from = p->at, common = 0, count = 0;
	const char *first = NULL;
	char list[STATUS_SIZE] = "";

	while (from > 0 && is_alnum((uint8_t)p->text[from - 1]))
		from--;
	for (const char *const *name = filter_fields(); *name; name++) {
		if (strncmp(*name, p->text + from, p->at - from) != 0)
			continue;
		if (!first) {
			first = *name;
			common = strlen(first);
		}
		for (size_t i = 0; i < common; i++)
			if (first[i] != (*name)[i])
				common = i;
		if (strlen(list) + strlen(*name) + 2 < sizeof list)
			strcat(strcat(list, " "), *name);
		count++;
	}
	if (!first)
		return;
	for (size_t i = p->at - from; i < common; i++)
		insert(p, (unsigned char)first[i]);
	if (count == 1)
		insert(p, ':');
	else
		app_status(app, "%s", list);
}

/* What typing changes at once: the search. */
static void changed(struct app *app)
{
	struct prompt *p = &app->prompt;
	struct error why = { 0 };

	if (p->kind != PROMPT_SEARCH)
		return;
	snprintf(app->search, sizeof app->search, "%s", p->text);
	if (app->view == VIEW_LIST && triage_search(&app->list, p->text, false, &why))
		app_status(app, "%s", why.text);
}

static void filter_list(struct app *app, const char *text)
{
	struct error why = { 0 };
	size_t at = 0;

	if (triage_filter(&app->list, text, &at, &why) == 0) {
		app->status[0] = 0;
		return;
	}
	prompt_open(app, PROMPT_FILTER, text);
	app->prompt.at = at < app->prompt.len ? at : app->prompt.len;
	app->prompt.caret = at + 1;
	app_status(app, "%s", why.text);
}

static void answer_quit(struct app *app, const char *text)
{
	if (text[0] == 'y' || text[0] == 'Y') {
		app->keep_case = true;
		prompt_open(app, PROMPT_SAVE, "triage.db");
	} else if (text[0] == 'n' || text[0] == 'N') {
		app->quit = true;
	}
}

static void enter(struct app *app)
{
	struct prompt *p = &app->prompt;
	enum prompt_kind kind = p->kind;
	char text[PROMPT_SIZE];
	struct error why = { 0 };

	memcpy(text, p->text, p->len + 1);
	remember(p);
	close_prompt(app);
	app->status[0] = 0;
	switch (kind) {
	case PROMPT_SEARCH:
		if (app->view != VIEW_LIST)
			app_act(app, ACTION_NEXT_HIT);
		else if (triage_search(&app->list, text, true, &why))
			app_status(app, "%s", why.text);
		break;
	case PROMPT_FILTER:
		filter_list(app, text);
		break;
	case PROMPT_MARK:
		work_mark_matching(app, text);
		break;
	case PROMPT_TAG:
		work_tag(app, text);
		break;
	case PROMPT_NOTE:
		work_note(app, text);
		break;
	case PROMPT_SAVE:
		work_save(app, text);
		break;
	case PROMPT_PIPE:
		work_pipe(app, text);
		break;
	case PROMPT_COMMAND:
		work_command(app, text);
		break;
	case PROMPT_QUIT:
		answer_quit(app, text);
		break;
	case PROMPT_NONE:
		break;
	}
}

void prompt_key(struct app *app, unsigned key)
{
	struct prompt *p = &app->prompt;
	size_t len = p->len;

	if (p->kind == PROMPT_QUIT && key != 27) {
		p->text[0] = (char)key;
		p->text[1] = 0;
		p->len = 1;
		enter(app);
		return;
	}
	switch (key) {
	case 27:
	case 3: /* ^C */
	case 7:
		close_prompt(app);
		app->keep_case = false;
		app->status[0] = 0;
		return;
	case '\r':
		enter(app);
		return;
	case '\t':
		if (p->kind == PROMPT_FILTER || p->kind == PROMPT_MARK)
			complete(app);
		break;
	case 127:
		if (!p->len) {
			close_prompt(app);
			return;
		}
		if (p->at)
			cut(p, before(p), p->at);
		break;
	case KEY_CODE_DELETE:
	case 4: /* ^D */
		cut(p, p->at, after(p));
		break;
	case 21: /* ^U */
		cut(p, 0, p->len);
		break;
	case 11: /* ^K */
		cut(p, p->at, p->len);
		break;
	case KEY_CODE_LEFT:
	case 2:
		p->at = before(p);
		break;
	case KEY_CODE_RIGHT:
	case 6:
		p->at = after(p);
		break;
	case KEY_CODE_HOME:
	case 1:
		p->at = 0;
		break;
	case KEY_CODE_END:
	case 5:
		p->at = p->len;
		break;
	case KEY_CODE_UP:
	case 16:
		recall(p, -1);
		break;
	case KEY_CODE_DOWN:
	case 14:
		recall(p, 1);
		break;
	default:
		if (key >= ' ' && key < KEY_CODE_FIRST)
			insert(p, key);
	}
	if (p->len != len)
		changed(app);
}

static void clear_line(struct canvas *c, const struct area *a)
{
	for (int i = 0; i < a->columns; i++)
		canvas_text(c, a, 0, i, LOOK_TEXT, " ");
}

void prompt_draw(const struct app *app, struct canvas *c)
{
	const struct prompt *p = &app->prompt;
	struct area a = { app->rows - 1, 0, 1, app->columns }, above = { app->rows - 2, 0, 1, app->columns };
	int head, shown_at, shift;

	if (p->kind == PROMPT_NONE)
		return;
	clear_line(c, &a);
	head = canvas_text(c, &a, 0, 0, LOOK_STRONG, heads[p->kind]);
	shown_at = (int)printable_columns(printable(app->scratch, span_sub(span_of(p->text), 0, p->at)));
	shift = head + shown_at >= a.columns ? head + shown_at - a.columns + 1 : 0;

	const char *text = printable(app->scratch, span_of(p->text));
	struct span rest = span_of(text);

	for (int skipped = 0; skipped < shift && rest.len;) {
		struct glyph g = glyph_next(rest);

		skipped += g.columns;
		rest = span_skip(rest, g.len);
	}
	canvas_put(c, &a, 0, head, -1, LOOK_TEXT, rest);
	c->cursor_row = a.row;
	c->cursor_column = head + shown_at - shift;
	if (p->kind == PROMPT_SEARCH && app->view == VIEW_LIST && *app->list.search && app->rows > 2) {
		clear_line(c, &above);
		canvas_text(c, &above, 0, 1, LOOK_DIM, app_hits(app));
	} else if (app->status[0] && app->rows > 2) {
		clear_line(c, &above);
		if (p->caret) {
			int column = head + (int)printable_columns(printable(app->scratch, span_sub(span_of(p->text), 0, p->caret - 1)));

			int wide = (int)printable_columns(app->status);

			column = column - shift < above.columns ? column - shift : 0;
			canvas_text(c, &above, 0, column, LOOK_BAD, "v");
			if (column + 2 + wide <= above.columns || column < wide + 2)
				canvas_text(c, &above, 0, column + 2, LOOK_WARN, app->status);
			else
				canvas_text(c, &above, 0, column - 1 - wide, LOOK_WARN, app->status);
		} else {
			canvas_text(c, &above, 0, 1, LOOK_DIM, app->status);
		}
	}
}
