/* SPDX-License-Identifier: ISC */
/* Rows to text: columns, cutting, colours. */
#include "parsers/base/printable.h"
#include "parsers/report/outline.h"

enum { ELASTIC_LEAST = 8 }; /* columns that cutting leaves of an elastic piece */

static unsigned start_of(const struct piece *piece, unsigned end, bool first)
{
	if (piece->column > end || (first && piece->column >= end))
		return piece->column;
	return piece->column && end ? end + 1 : end;
}

/* The column after the last piece, where piece CUT takes no more than MAX columns. */
static unsigned natural(const struct row *row, size_t cut, unsigned max)
{
	unsigned end = 0;

	for (size_t i = 0; i < row->count; i++) {
		unsigned columns = (unsigned)printable_columns(row->piece[i].text);

		if (i == cut && columns > max)
			columns = max;
		end = start_of(&row->piece[i], end, i == 0) + columns;
	}
	return end;
}

/* How many columns the first elastic piece may take; *RET is which one, or the count where none
 * must be cut. */
static unsigned cut_of(const struct row *row, unsigned width, size_t *ret)
{
	unsigned end = natural(row, row->count, 0);

	*ret = row->count;
	if (end <= width)
		return 0;
	for (size_t i = 0; i < row->count; i++) {
		if (!row->piece[i].elastic)
			continue;

		unsigned columns = (unsigned)printable_columns(row->piece[i].text),
			 over = end - width;

		*ret = i;
		return columns > over + ELASTIC_LEAST ? columns - over : ELASTIC_LEAST;
	}
	return 0;
}

size_t row_layout(struct arena *arena, const struct row *row, unsigned width, struct run **ret)
{
	size_t cut, count = 0;
	unsigned max = cut_of(row, width, &cut), end = 0;
	struct run *run = ARENA_ARRAY(arena, struct run, row->count);

	for (size_t i = 0; i < row->count; i++) {
		const struct piece *piece = &row->piece[i];
		unsigned start = start_of(piece, end, i == 0);
		unsigned room = start < width ? width - start : 0;
		unsigned columns = (unsigned)printable_columns(piece->text);

		if (i == cut && max < room)
			room = max;
		if (room == 0)
			break;
		run[count] = (struct run){piece->kind, start, piece->text, columns};
		if (columns > room) {
			run[count].text = printable_cut(arena, span_of(piece->text), room);
			run[count].columns = (unsigned)printable_columns(run[count].text);
		}
		end = start + run[count++].columns;
	}
	*ret = run;
	return count;
}

static const char *sgr(enum piece_kind kind)
{
	static const char *const look[] = {
		[PIECE_TEXT] = NULL,
		[PIECE_LABEL] = "1",
		[PIECE_DIM] = "2",
		[PIECE_STRONG] = "1",
		[PIECE_GOOD] = "1;34",
		[PIECE_BAD] = "1;33",
		[PIECE_WARN] = "33",
		[PIECE_CODE] = "36",
		[PIECE_BYTES] = NULL,
		[PIECE_MARK] = "2",
	};

	return look[kind];
}

/* Length of "<U+202E>" or "<9B>" at the start of S, or 0. */
static size_t shown_escape(const char *s)
{
	size_t digits = s[1] == 'U' && s[2] == '+' ? 3 : 1, at = digits;

	while (hex_value((uint8_t)s[at]) >= 0)
		at++;
	at -= digits;
	return s[digits + at] == '>' && (digits == 3 ? at >= 4 && at <= 6 : at == 2)
		       ? digits + at + 1
		       : 0;
}

/* TEXT in colour, with what stands for hostile bytes in reverse video. */
static void write_colour(struct buffer *out, const char *text, const char *look)
{
	if (look)
		buffer_printf(out, "\033[%sm", look);
	while (*text) {
		size_t plain = strcspn(text, "<"), len;

		buffer_add(out, text, plain);
		text += plain;
		if (!*text)
			break;
		len = shown_escape(text);
		if (len) {
			buffer_str(out, "\033[7m");
			buffer_add(out, text, len);
			buffer_str(out, "\033[27m");
		} else {
			buffer_char(out, '<');
		}
		text += len ? len : 1;
	}
	if (look)
		buffer_str(out, "\033[0m");
}

static void write_row(
	struct buffer *out, struct arena *arena, const struct row *row, unsigned width, bool colour)
{
	struct run *run;
	size_t count = row_layout(arena, row, width, &run), from = out->len;
	unsigned end = 0;

	for (size_t i = 0; i < count; i++) {
		if (!*run[i].text)
			continue;
		buffer_fill(out, ' ', run[i].column > end ? run[i].column - end : 0);
		if (colour)
			write_colour(out, run[i].text, sgr(run[i].kind));
		else
			buffer_str(out, run[i].text);
		end = run[i].column + run[i].columns;
	}
	while (out->len > from && out->ptr[out->len - 1] == ' ')
		out->len--;
	buffer_char(out, '\n');
}

void outline_write(struct buffer *out, const struct outline *outline, unsigned width, bool colour)
{
	struct arena *arena = arena_new();

	for (size_t i = 0; i < outline->count; i++)
		write_row(out, arena, &outline->row[i], width, colour);
	arena_free(arena);
}

const char *row_text(struct arena *arena, const struct row *row, unsigned width)
{
	struct buffer text = BUFFER_INIT;

	write_row(&text, arena, row, width, false);

	const char *ret = arena_text(arena, span_sub(buffer_view(&text), 0, text.len - 1));

	buffer_release(&text);
	return ret;
}
