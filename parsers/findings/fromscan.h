/* SPDX-License-Identifier: ISC */
/*
 * The raw value of an author field taken apart at what readers disagree about, without repairing
 * anything: commas, brackets, comments, quotes, colons. It judges nothing; address_parse() does the
 * reading.
 */
#ifndef PARSERS_FINDINGS_FROMSCAN_H
#define PARSERS_FINDINGS_FROMSCAN_H

#include "parsers/base/arena.h"

enum { PIECE_PARTS = 4, PIECES_MAX = 200 };

/* What stands between two commas. Of each kind the first few are kept. */
struct from_piece {
	struct span whole;
	struct span text[PIECE_PARTS]; /* outside quotes, comments and brackets, before the first
					  bracket */
	size_t text_count;
	struct span angle[PIECE_PARTS]; /* inside < and > */
	size_t angle_count;
	struct span comment[PIECE_PARTS]; /* inside ( and ) */
	size_t comment_count;
	struct span trailing; /* text after the first closing bracket, comments left out */
	struct span escaped;  /* a backslash outside quotes before a delimiter */
	bool nested, unbalanced, route;
};

struct from_scan {
	struct span value;
	struct from_piece *piece;
	size_t piece_count, piece_room;
	size_t nul; /* place of the first NUL, or value.len */
	bool group, group_empty;
	bool last_field; /* for the caller */
};

/* Linear in the value. */
struct from_scan fromscan(struct arena *, struct span value);
/* Takes *S to behind the next "local@domain" (the local part may be missing, as in a route); none:
 * empty. Quotes are passed over. */
struct span fromscan_address(struct span *s);

#endif
