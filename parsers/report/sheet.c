/* SPDX-License-Identifier: ISC */
#include "parsers/report/sheet.h"

#include "parsers/base/printable.h"

#include <string.h>

void sheet_init(
	struct sheet *sheet, struct arena *arena, const struct report *report, unsigned width)
{
	*sheet = (struct sheet){arena, ARENA_NEW(arena, struct outline), report, width, NULL};
}

void sheet_blank(struct sheet *sheet)
{
	struct outline *o = sheet->outline;

	if (o->count && o->row[o->count - 1].count)
		(void)LIST_ADD(sheet->arena, o->row, o->count, o->room);
}

void sheet_section(struct sheet *sheet, const char *name)
{
	sheet_blank(sheet);
	sheet->label = name;
}

static struct row *current(struct sheet *sheet)
{
	return &sheet->outline->row[sheet->outline->count - 1];
}

static void add(
	struct sheet *sheet, enum piece_kind kind, unsigned column, bool elastic, const char *text)
{
	struct row *row = current(sheet);

	*LIST_ADD(sheet->arena, row->piece, row->count, row->room) =
		(struct piece){kind, text, column, elastic};
}

/*
 * What a piece of this kind shows of TEXT: printable, and no live link ("hxxp://") but in the bytes
 * of a message, which are shown as they are.
 */
static const char *shown(struct sheet *sheet, enum piece_kind kind, const char *text)
{
	char *ret = arena_strdup(sheet->arena, printable_str(sheet->arena, text));

	for (char *at = ret; kind != PIECE_BYTES && (at = strstr(at, "://")); at += 3) {
		char *scheme = at - (at - ret >= 5 && (at[-1] | 32) == 's' ? 5 : 4);

		if (scheme >= ret && span_istarts(span_of(scheme), "http"))
			scheme[1] = scheme[2] = 'x';
	}
	return ret;
}

void sheet_row(struct sheet *sheet, unsigned depth)
{
	struct outline *o = sheet->outline;
	struct row *row = LIST_ADD(sheet->arena, o->row, o->count, o->room);

	row->depth = depth;
	if (sheet->label) {
		row->heading = true;
		add(sheet, PIECE_LABEL, 0, false, sheet->label);
		sheet->label = NULL;
	}
}

void sheet_heading(struct sheet *sheet, const char *text)
{
	sheet_blank(sheet);
	sheet->label = text;
	sheet_row(sheet, 0);
}

void sheet_add(struct sheet *sheet, enum piece_kind kind, unsigned column, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	add(sheet, kind, column, false, shown(sheet, kind, arena_vprintf(sheet->arena, fmt, args)));
	va_end(args);
}

void sheet_elastic(struct sheet *sheet, enum piece_kind kind, unsigned column, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	add(sheet, kind, column, true, shown(sheet, kind, arena_vprintf(sheet->arena, fmt, args)));
	va_end(args);
}

void sheet_cut(struct sheet *sheet, enum piece_kind kind, unsigned column, unsigned max,
	const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	add(sheet, kind, column, false,
		printable_cut(sheet->arena,
			span_of(shown(sheet, kind, arena_vprintf(sheet->arena, fmt, args))),
			max ? max : 1));
	va_end(args);
}

/* How much of TEXT fits into ROOM columns, cut between words where there is a blank; at least one
 * glyph. */
static size_t fitting(struct span text, size_t room)
{
	size_t at = 0, blank = 0, columns = 0;

	while (at < text.len) {
		struct glyph glyph = glyph_next(span_skip(text, at));

		columns += (size_t)glyph.columns;
		if (columns > room)
			return blank ? blank : at ? at : glyph.len;
		if (glyph.rune == ' ' && at)
			blank = at;
		at += glyph.len;
	}
	return text.len;
}

void sheet_wrap(struct sheet *sheet, enum piece_kind kind, unsigned column, const char *text)
{
	sheet_wrap_most(sheet, kind, column, text, SIZE_MAX);
}

void sheet_wrap_most(
	struct sheet *sheet, enum piece_kind kind, unsigned column, const char *text, size_t most)
{
	struct span rest = span_of(shown(sheet, kind, text));
	size_t room = sheet->width > column + 20 ? sheet->width - column : 20;
	const struct row like = *current(sheet);

	for (size_t rows = 1; rows == 1 || rest.len; rows++) {
		size_t len = rows == most ? rest.len : fitting(rest, room);

		if (rows > 1) {
			sheet_row(sheet, like.depth);
			sheet_target(sheet, like.target, like.index);
			sheet_where(sheet, like.where);
		}
		add(sheet, kind, column, true, arena_text(sheet->arena, span_sub(rest, 0, len)));
		rest = span_trim_left(span_skip(rest, len));
	}
}

void sheet_target(struct sheet *sheet, enum row_target target, size_t index)
{
	current(sheet)->target = target;
	current(sheet)->index = index;
}

void sheet_where(struct sheet *sheet, struct span where)
{
	if (sheet->report && span_within(sheet->report->evidence.message->raw, where))
		current(sheet)->where = where;
}

unsigned sheet_notes(const struct sheet *sheet)
{
	return sheet->width >= 100 ? 62 : sheet->width >= 80 ? 52 : sheet->width * 13 / 20;
}
