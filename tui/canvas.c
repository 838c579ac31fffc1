/* SPDX-License-Identifier: ISC */
#include "tui/canvas.h"

#include <stdlib.h>

#include "parsers/base/printable.h"

void canvas_init(struct canvas *c, int rows, int columns)
{
	*c = (struct canvas){ .rows = rows < 1 ? 1 : rows, .columns = columns < 1 ? 1 : columns };
	c->cell = calloc((size_t)c->rows * (size_t)c->columns, sizeof *c->cell);
	if (!c->cell)
		abort();
	canvas_clear(c);
}

void canvas_release(struct canvas *c)
{
	free(c->cell);
	*c = (struct canvas){ 0 };
}

void canvas_clear(struct canvas *c)
{
	for (int i = 0; i < c->rows * c->columns; i++)
		c->cell[i] = (struct cell){ .text = " " };
	c->cursor_row = c->cursor_column = -1;
}

static struct cell *at(struct canvas *c, const struct area *area, int row, int column)
{
	row += area->row;
	column += area->column;
	return row >= 0 && row < c->rows && column >= 0 && column < c->columns ? &c->cell[row * c->columns + column] : NULL;
}

/* A mark joins the character before it, as far as there is room. */
static void add_mark(struct cell *cell, const char *text)
{
	size_t len = cell ? strlen(cell->text) : 0;

	if (cell && len && len + strlen(text) < CELL_TEXT)
		memcpy(cell->text + len, text, strlen(text) + 1);
}

static void set(struct cell *cell, const char *text, size_t len, enum look look)
{
	if (!cell)
		return;
	memcpy(cell->text, text, len);
	cell->text[len] = 0;
	cell->look = (uint8_t)look;
}

int canvas_put(struct canvas *c, const struct area *area, int row, int column, int max, enum look look, struct span s)
{
	int from = column, end = area->columns;
	struct cell *last = NULL;

	if (row < 0 || row >= area->rows)
		return 0;
	if (max >= 0 && column + max < end)
		end = column + max;
	while (s.len) {
		struct glyph g = glyph_next(s);

		if (g.columns == 0) {
			add_mark(last, g.text);
		} else if (g.hostile) {
			for (int i = 0; i < g.columns && column < end; i++)
				set(at(c, area, row, column++), g.text + i, 1, LOOK_HOSTILE);
		} else if (column + g.columns <= end) {
			last = at(c, area, row, column);
			set(last, g.text, strlen(g.text), look);
			if (g.columns == 2)
				set(at(c, area, row, column + 1), "", 0, look);
			column += g.columns;
		} else {
			break;
		}
		s = span_skip(s, g.len);
		if (s.len && column >= end)
			break;
	}
	if (s.len && end > from && column >= end) /* cut: the last column says so */
		set(at(c, area, row, end - 1), "…", strlen("…"), look);
	return column - from;
}

int canvas_text(struct canvas *c, const struct area *area, int row, int column, enum look look, const char *text)
{
	return canvas_put(c, area, row, column, -1, look, span_of(text));
}

int canvas_printf(struct canvas *c, const struct area *area, int row, int column, enum look look, const char *fmt, ...)
{
	struct buffer b = BUFFER_INIT;
	va_list ap;
	int n;

	va_start(ap, fmt);
	buffer_vprintf(&b, fmt, ap);
	va_end(ap);
	n = canvas_put(c, area, row, column, -1, look, buffer_view(&b));
	buffer_release(&b);
	return n;
}

void canvas_cursor(struct canvas *c, const struct area *area, int row)
{
	for (int i = 0; i < area->columns && row >= 0 && row < area->rows; i++) {
		struct cell *cell = at(c, area, row, i);

		if (cell)
			cell->cursor = true;
	}
}

void canvas_bar(struct canvas *c, const struct area *area, int row, enum look look)
{
	for (int i = 0; i < area->columns && row >= 0 && row < area->rows; i++) {
		struct cell *cell = at(c, area, row, i);

		if (cell && cell->look != LOOK_HOSTILE)
			cell->look = (uint8_t)look;
	}
}

void canvas_frame(struct canvas *c, struct area *area, const char *title, bool active)
{
	int right = area->columns - 1, bottom = area->rows - 1;
	enum look look = active ? LOOK_STRONG : LOOK_MARK;

	if (right < 2 || bottom < 1)
		return;
	for (int i = 1; i < right; i++) {
		canvas_text(c, area, 0, i, look, "─");
		canvas_text(c, area, bottom, i, look, "─");
	}
	for (int i = 1; i < bottom; i++) {
		canvas_text(c, area, i, 0, look, "│");
		canvas_text(c, area, i, right, look, "│");
	}
	canvas_text(c, area, 0, 0, look, "┌");
	canvas_text(c, area, 0, right, look, "┐");
	canvas_text(c, area, bottom, 0, look, "└");
	canvas_text(c, area, bottom, right, look, "┘");
	canvas_text(c, area, 0, 1, look, active ? "▸" : "─");

	int used = canvas_put(c, area, 0, 3, right - 4 > 0 ? right - 4 : 0, look, span_of(title));

	canvas_text(c, area, 0, 2, look, " ");
	if (3 + used < right)
		canvas_text(c, area, 0, 3 + used, look, " ");
	*area = (struct area){ area->row + 1, area->column + 1, area->rows - 2, area->columns - 2 };
}

static enum look look_of(enum piece_kind kind)
{
	static const enum look looks[] = {
		[PIECE_TEXT] = LOOK_TEXT, [PIECE_LABEL] = LOOK_LABEL, [PIECE_DIM] = LOOK_DIM, [PIECE_STRONG] = LOOK_STRONG,
		[PIECE_GOOD] = LOOK_GOOD, [PIECE_BAD] = LOOK_BAD, [PIECE_WARN] = LOOK_WARN, [PIECE_CODE] = LOOK_CODE,
		[PIECE_BYTES] = LOOK_BYTES, [PIECE_MARK] = LOOK_MARK,
	};

	return looks[kind];
}

void canvas_row(struct canvas *c, const struct area *area, int row, int indent, struct arena *arena, const struct row *r)
{
	struct run *run;
	size_t count = row_layout(arena, r, area->columns > indent ? (unsigned)(area->columns - indent) : 1, &run);

	for (size_t i = 0; i < count; i++)
		canvas_put(c, area, row, indent + (int)run[i].column, -1, look_of(run[i].kind), span_of(run[i].text));
}

void canvas_dump(const struct canvas *c, struct buffer *b)
{
	for (int row = 0; row < c->rows; row++) {
		for (int column = 0; column < c->columns; column++)
			buffer_str(b, c->cell[row * c->columns + column].text);
		while (b->len && b->ptr[b->len - 1] == ' ')
			b->len--;
		buffer_char(b, '\n');
	}
}
