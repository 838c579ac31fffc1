/* SPDX-License-Identifier: ISC */
/*
 * struct canvas: a screen as cells, drawn on by views and shown by screen.c. No curses here, so that what a view
 * draws can be tested as text. Nothing reaches a cell but through glyph_next(): no cell holds a control character.
 */
#ifndef TUI_CANVAS_H
#define TUI_CANVAS_H

#include "parsers/base/arena.h"
#include "parsers/report/outline.h"

/* Looks; screen.c knows what they are on a terminal. Meaning is never in the look alone. */
enum look {
	LOOK_TEXT,
	LOOK_LABEL,
	LOOK_DIM,
	LOOK_STRONG,
	LOOK_GOOD,
	LOOK_BAD,
	LOOK_WARN,
	LOOK_CODE,
	LOOK_BYTES,
	LOOK_MARK,
	LOOK_HOSTILE, /* stands for bytes that are not shown */
	LOOK_BAR,     /* title and status lines */
	LOOK_FOUND,   /* what was searched for, or the evidence */
	LOOK_COUNT,
};

enum { CELL_TEXT = 20 };

struct cell {
	char text[CELL_TEXT]; /* UTF-8: one character with its marks; "" is the right half of a wide one */
	uint8_t look;
	bool cursor; /* the row under the cursor: shown in reverse */
};

struct canvas {
	int rows, columns;
	struct cell *cell; /* rows * columns */
	int cursor_row, cursor_column; /* where the terminal's cursor stands, or -1 */
};

/* A part of the canvas; views draw into one and can't leave it. */
struct area {
	int row, column, rows, columns;
};

void canvas_init(struct canvas *, int rows, int columns);
void canvas_release(struct canvas *);
void canvas_clear(struct canvas *);
/* Writes S (any bytes) from COLUMN of ROW of AREA on, at most MAX columns (-1: to its end). Returns the columns used. */
int canvas_put(struct canvas *, const struct area *, int row, int column, int max, enum look, struct span s);
int canvas_text(struct canvas *, const struct area *, int row, int column, enum look, const char *text);
int canvas_printf(struct canvas *, const struct area *, int row, int column, enum look, const char *fmt, ...)
	__attribute__((format(printf, 6, 7)));
/* The whole row of AREA under the cursor. */
void canvas_cursor(struct canvas *, const struct area *, int row);
/* The whole row of AREA in LOOK, what is there kept. */
void canvas_bar(struct canvas *, const struct area *, int row, enum look);
/* A frame around AREA with a title; *AREA becomes its inside. */
void canvas_frame(struct canvas *, struct area *, const char *title, bool active);
/* A row of an outline, its first columns INDENT further right. */
void canvas_row(struct canvas *, const struct area *, int row, int indent, struct arena *, const struct row *);
/* The canvas as text, lines without blanks at their ends: for tests. */
void canvas_dump(const struct canvas *, struct buffer *);

#endif
