/* SPDX-License-Identifier: ISC */
/*
 * struct outline: a report as rows of typed pieces, the one view model that the plain and the
 * curses view draw. Texts are printable already. A row may point to bytes of the message, and to
 * the thing that it speaks of.
 */
#ifndef PARSERS_REPORT_OUTLINE_H
#define PARSERS_REPORT_OUTLINE_H

#include "parsers/report/report.h"

/* How a piece is meant; views choose the look. Meaning is never in the look alone. */
enum piece_kind {
	PIECE_TEXT,
	PIECE_LABEL,  /* a section's name, a column's heading */
	PIECE_DIM,    /* beside the point */
	PIECE_STRONG, /* the answer */
	PIECE_GOOD,   /* pass, proven, signed */
	PIECE_BAD,    /* fail, false, forged */
	PIECE_WARN,   /* unknown, unsigned, softfail */
	PIECE_CODE,   /* a finding's code */
	PIECE_BYTES,  /* bytes of the message */
	PIECE_MARK,   /* underlines, arrows, tree lines */
};

struct piece {
	enum piece_kind kind;
	const char *text; /* printable UTF-8 */
	unsigned column;  /* where it begins at the earliest; 0: right behind the one before */
	bool elastic; /* may be cut with "…" when the row is too wide (the first such is cut) */
};

enum row_target {
	ROW_NONE,
	ROW_FINDING,
	ROW_SIGNATURE,
	ROW_ARC_SET,
	ROW_HOP,
	ROW_PART,
	ROW_FIELD,
	ROW_URL,
	ROW_DNS,
	ROW_SPF,
	ROW_DMARC,
	ROW_CLOCK
};

struct row {
	unsigned depth; /* of a tree that folds; 0 top */
	bool heading;
	struct piece *piece;
	size_t count, room;
	struct span where;                   /* bytes in raw, or none */
	const struct finding_span *evidence; /* all bytes that it rests on */
	size_t evidence_count;
	enum row_target target;
	size_t index; /* of the target */
};

struct outline {
	struct row *row;
	size_t count, room;
};

/* The screens: the one-screen summary, everything (--all), and the TUI's tabs. */
enum outline_view {
	OUTLINE_SUMMARY,
	OUTLINE_ALL,
	OUTLINE_FINDINGS,
	OUTLINE_HEADERS,
	OUTLINE_PROOF,
	OUTLINE_ROUTE,
	OUTLINE_STRUCTURE,
	OUTLINE_BODY,
	OUTLINE_DNS,
};

/* WIDTH: columns to lay out for (text that is elastic is cut by the view, tables choose their
 * columns by it). */
const struct outline *outline_build(
	struct arena *, const struct report *, enum outline_view, unsigned width);
/* What a finding means, how it is decided, what to do: `mailcheck explain CODE`. */
const struct outline *outline_explain(struct arena *, enum finding_code, unsigned width);
/* The steps of one SPF evaluation, for `mailcheck spf`. */
const struct outline *outline_spf(struct arena *, const struct spf_result *, unsigned width);
/* The rows as text of at most WIDTH columns, colours by SGR where COLOUR; lines end with LF, none
 * with blanks. */
void outline_write(struct buffer *, const struct outline *, unsigned width, bool colour);
/* A row cut to WIDTH, as runs of one look each: what a curses view draws. Returns how many. */
struct run {
	enum piece_kind kind;
	unsigned column;
	const char *text;
	unsigned columns;
};
size_t row_layout(struct arena *, const struct row *, unsigned width, struct run **ret);
/* The row as plain text. */
const char *row_text(struct arena *, const struct row *, unsigned width);

#endif
