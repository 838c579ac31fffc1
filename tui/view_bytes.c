/* SPDX-License-Identifier: ISC */
/* Bytes: as lines with their offsets, or in hexadecimal; what a claim rests on is highlighted. */
#include <stdio.h>
#include <string.h>

#include "parsers/base/printable.h"
#include "tui/app.h"

enum { OFFSET_COLUMNS = 9, LINE_MAX_BYTES = 4000 };

static struct area body_area(const struct app *app)
{
	return layout_whole(app->rows, app->columns);
}

/* Bytes that one screen row shows from AT on: as many as fit WIDTH columns, to the line's end at most. */
static size_t line_bytes(struct span data, size_t at, int width)
{
	struct span rest = span_sub(data, at, at + LINE_MAX_BYTES);
	int used = 0;
	size_t n = 0;

	while (n < rest.len) {
		struct glyph g = glyph_next(span_skip(rest, n));

		if (used + g.columns > width && n)
			break;
		used += g.columns;
		n += g.len;
		if (g.rune == '\n' && g.len == 1)
			break;
	}
	return n;
}

static int hex_width(int columns)
{
	return columns >= OFFSET_COLUMNS + 16 * 4 + 3 ? 16 : 8;
}

/* One byte sequence of a row, the part of it inside FOUND in another look. */
static int put_runs(struct canvas *c, const struct area *a, int row, int column, struct span line, struct span found)
{
	const uint8_t *p = line.ptr, *end = line.ptr + line.len;

	while (p < end && column < a->columns) {
		bool in = found.ptr && p >= found.ptr && p < found.ptr + found.len;
		const uint8_t *stop = in ? found.ptr + found.len : found.ptr && p < found.ptr ? found.ptr : end;
		int used;

		if (stop > end)
			stop = end;
		used = canvas_put(c, a, row, column, -1, in ? LOOK_FOUND : LOOK_BYTES, span_make(p, (size_t)(stop - p)));
		column += used;
		p = stop;
	}
	return column;
}

static void draw_line(struct canvas *c, const struct area *a, int row, struct span data, size_t at, size_t len, struct span found)
{
	struct span line = span_sub(data, at, at + len);
	bool hit = found.ptr && found.ptr < line.ptr + line.len && found.ptr + found.len > line.ptr;

	canvas_printf(c, a, row, 0, hit ? LOOK_STRONG : LOOK_DIM, "%c%7zu", hit ? '>' : ' ', at);
	put_runs(c, a, row, OFFSET_COLUMNS, line, found);
}

static void draw_hex(struct canvas *c, const struct area *a, int row, struct span data, size_t at, struct span found)
{
	int width = hex_width(a->columns);

	canvas_printf(c, a, row, 0, LOOK_DIM, "%08zx", at);
	for (int i = 0; i < width && at + (size_t)i < data.len; i++) {
		const uint8_t *p = data.ptr + at + i;
		bool in = found.ptr && p >= found.ptr && p < found.ptr + found.len;
		char shown[2] = { *p >= 0x20 && *p < 0x7f ? (char)*p : '.', 0 };

		canvas_printf(c, a, row, OFFSET_COLUMNS + 1 + i * 3 + i / 8, in ? LOOK_FOUND : LOOK_BYTES, "%02x", *p);
		canvas_text(c, a, row, OFFSET_COLUMNS + 3 + width * 3 + i, in ? LOOK_FOUND : LOOK_DIM, shown);
	}
}

/* The start of the line that holds AT, not too far back. */
static size_t line_start(struct span data, size_t at)
{
	size_t n = at;

	while (n > 0 && data.ptr[n - 1] != '\n' && at - n < LINE_MAX_BYTES)
		n--;
	return n;
}

void view_bytes_lines(const struct app *app, struct canvas *c, const struct area *a, struct span raw, size_t from, struct span found)
{
	size_t at = line_start(raw, from);
	int width = a->columns - OFFSET_COLUMNS;

	(void)app;
	/* A line that is longer than the screen begins near what is to be seen. */
	if (from - at > (size_t)(width > 20 ? width - 20 : 0) * 2)
		at = from;
	for (int row = 0; row < a->rows && at < raw.len; row++) {
		size_t len = line_bytes(raw, at, width);

		draw_line(c, a, row, raw, at, len, found);
		at += len;
	}
}

void view_bytes_draw(const struct app *app, struct canvas *c)
{
	static const char keys[] = "? Help  / Search  x Hex  e Lines  s Save  q Back";
	const struct bytes *b = &app->bytes;
	struct area a = body_area(app), bar = { 0, 0, 1, app->columns };
	size_t at = b->top;

	canvas_printf(c, &bar, 0, 1, LOOK_BAR, "%s  %s  %zu bytes", b->title, b->hex ? "hexadecimal" : "lines", b->data.len);
	canvas_bar(c, &bar, 0, LOOK_BAR);
	for (int row = 0; row < a.rows && at < b->data.len; row++) {
		if (b->hex) {
			draw_hex(c, &a, row, b->data, at, b->found);
			at += (size_t)hex_width(a.columns);
		} else {
			size_t len = line_bytes(b->data, at, a.columns - OFFSET_COLUMNS);

			draw_line(c, &a, row, b->data, at, len, b->found);
			at += len;
		}
	}
	if (app->prompt.kind != PROMPT_NONE)
		return;
	bar.row = app->rows - 1;
	if (app->status[0])
		canvas_printf(c, &bar, 0, 1, LOOK_BAR, "%s", app->status);
	else
		canvas_printf(c, &bar, 0, 1, LOOK_BAR, "@%zu of %zu%s", b->top, b->data.len,
			b->evidence_count > 1 ? "  ] [ further evidence" : "");
	if (app->columns >= 100 && !app->status[0])
		canvas_text(c, &bar, 0, app->columns - (int)sizeof keys, LOOK_BAR, keys);
	canvas_bar(c, &bar, 0, LOOK_BAR);
}

/* --- moving --- */

static void down(struct app *app, long lines)
{
	struct bytes *b = &app->bytes;
	struct area a = body_area(app);

	for (; lines > 0; lines--) {
		size_t len = b->hex ? (size_t)hex_width(a.columns) : line_bytes(b->data, b->top, a.columns - OFFSET_COLUMNS);

		if (b->top + len >= b->data.len)
			break;
		b->top += len;
	}
}

/* The row above: walked from the start of the stored line, since rows break where the screen ends. */
static void up(struct app *app, long lines)
{
	struct bytes *b = &app->bytes;
	struct area a = body_area(app);

	for (; lines > 0 && b->top > 0; lines--) {
		size_t at, before;

		if (b->hex) {
			size_t width = (size_t)hex_width(a.columns);

			b->top = b->top > width ? b->top - width : 0;
			continue;
		}
		at = before = line_start(b->data, b->top - 1);
		while (at < b->top) {
			before = at;
			at += line_bytes(b->data, at, a.columns - OFFSET_COLUMNS);
		}
		b->top = before;
	}
}

/* Puts the place a third down the screen. */
static void show_place(struct app *app, size_t at)
{
	struct bytes *b = &app->bytes;
	struct area a = body_area(app);
	size_t width = (size_t)hex_width(a.columns);

	b->top = b->hex ? at / width * width : line_start(b->data, at);
	if (!b->hex)
		while (b->top < at) {
			size_t len = line_bytes(b->data, b->top, a.columns - OFFSET_COLUMNS);

			if (b->top + len > at)
				break;
			b->top += len;
		}
	up(app, a.rows / 3);
}

static void show_evidence(struct app *app, size_t n)
{
	struct bytes *b = &app->bytes;

	b->evidence_at = n;
	b->found = b->evidence[n].where;
	show_place(app, span_offset(b->data, b->found));
	app_status(app, "evidence %zu of %zu: @%zu+%zu%s%s", n + 1, b->evidence_count, span_offset(b->data, b->found), b->found.len,
		b->evidence[n].role ? "  " : "", b->evidence[n].role ? b->evidence[n].role : "");
}

void view_bytes_open(struct app *app, const struct opened *o, const struct row *row, bool hex)
{
	struct bytes *b = &app->bytes;

	*b = (struct bytes){ .data = o->raw, .hex = hex, .is_raw = true };
	snprintf(b->title, sizeof b->title, "bytes of message %zu", app->list.cursor + 1);
	if (app->view != VIEW_BYTES)
		app->bytes_from = app->view;
	app->view = VIEW_BYTES;
	if (!row || !row->where.ptr || !span_within(o->raw, row->where))
		return;
	b->found = row->where;
	b->evidence = row->evidence;
	b->evidence_count = row->evidence_count;
	show_place(app, span_offset(o->raw, row->where));
}

void view_bytes_data(struct app *app, struct span data, const char *title)
{
	struct bytes *b = &app->bytes;

	*b = (struct bytes){ .data = data };
	snprintf(b->title, sizeof b->title, "%s", title);
	if (app->view != VIEW_BYTES)
		app->bytes_from = app->view;
	app->view = VIEW_BYTES;
}

bool view_bytes_search(struct app *app, bool forward)
{
	struct bytes *b = &app->bytes;
	struct span want = span_of(app->search);
	size_t from = b->found.ptr ? span_offset(b->data, b->found) : b->top, at, last = b->data.len;

	if (!want.len)
		return false;
	if (forward) {
		at = span_ifind(b->data, want, from + (b->found.ptr != NULL));
		if (at == b->data.len)
			at = span_ifind(b->data, want, 0);
	} else {
		for (at = span_ifind(b->data, want, 0); at < from && at < b->data.len; at = span_ifind(b->data, want, at + 1))
			last = at;
		at = last;
	}
	if (at >= b->data.len) {
		app_status(app, "no hit for '%.100s'", app->search);
		return false;
	}
	b->found = span_sub(b->data, at, at + want.len);
	show_place(app, at);
	return true;
}

enum redraw view_bytes_act(struct app *app, enum action action)
{
	struct bytes *b = &app->bytes;
	long rows = action_rows(action, body_area(app).rows);

	if (rows && action != ACTION_TOP && action != ACTION_BOTTOM) {
		size_t before = b->top;

		down(app, rows);
		up(app, -rows);
		return b->top != before ? REDRAW_VIEW : REDRAW_NOTHING;
	}
	switch ((int)action) {
	case ACTION_TOP:
		b->top = 0;
		break;
	case ACTION_BOTTOM:
		show_place(app, b->data.len ? b->data.len - 1 : 0);
		break;
	case ACTION_RAW:
	case ACTION_HEX:
		b->hex = action == ACTION_HEX;
		show_place(app, b->found.ptr ? span_offset(b->data, b->found) : b->top);
		break;
	case ACTION_NEXT_EVIDENCE:
		if (b->evidence_count)
			show_evidence(app, (b->evidence_at + 1) % b->evidence_count);
		break;
	case ACTION_PREVIOUS_EVIDENCE:
		if (b->evidence_count)
			show_evidence(app, (b->evidence_at + b->evidence_count - 1) % b->evidence_count);
		break;
	case ACTION_NEXT_HIT:
	case ACTION_PREVIOUS_HIT:
		view_bytes_search(app, action == ACTION_NEXT_HIT);
		break;
	}
	return REDRAW_VIEW;
}
