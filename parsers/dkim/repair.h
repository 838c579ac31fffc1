/* SPDX-License-Identifier: ISC */
/*
 * The repair search: which edit, undone, makes a broken signature verify. Candidates are ropes:
 * pieces of the body as stored and pieces made anew, hashed without copying. Each candidate is
 * hashed with a look at the digest after every line, so that any footer is found in the same pass.
 * A hit is a proof: the hash that the signer stated, or the digest that the key gives back, is met.
 * What it cost is counted in work units, never in time, so that a report is the same on every
 * machine.
 */
#ifndef PARSERS_DKIM_REPAIR_H
#define PARSERS_DKIM_REPAIR_H

#include "parsers/dkim/verify.h"

enum { ROPE_MAX = 24, EDITS_MAX = 12, PARTS_MAX = 64, PART_DEPTH_MAX = 8 };

struct rope {
	struct span seg[ROPE_MAX];
	size_t count;
};

void rope_add(struct rope *, struct span);
/* The bytes [from, to) of the body, then what INSERT says, as a rope of the body with that part
 * replaced. */
struct rope rope_splice(struct span body, struct span removed, struct span insert);

/* Lines of a rope, whole even where they cross pieces. */
struct rope_lines {
	const struct rope *rope;
	size_t seg, at;         /* place of the next byte */
	struct buffer *scratch; /* for lines that cross */
};
bool rope_line(struct rope_lines *, struct span *ret_line);

/* A part of a multipart in the body (RFC 2046 5.1), found by its delimiter lines. */
struct body_part {
	unsigned depth;
	struct span header;         /* with the empty line behind it */
	struct span content;        /* without the line end before the next delimiter */
	struct span type, encoding; /* values, or none */
	bool is_multipart;
	struct span boundary;
};

struct target {
	struct work *work;
	bool body_open, head_open; /* still to be restored */
	struct repair *repair;     /* what was proven of the body, or NULL */
};

struct search {
	struct verifier *v;
	struct arena *arena; /* candidates; freed when the search ends */
	struct target *target;
	size_t count;
	size_t body_open;
	uint64_t spent, limit; /* work units */
	uint64_t tried;
	struct repair_edit edit[EDITS_MAX]; /* what the candidate at hand undoes */
	size_t edits;
	struct span body; /* check_body */
	struct buffer scratch;
	struct body_part *part;
	size_t parts, part_room;
	enum repair_depth depth;
};

/* Searches for all works that fail, and sets their sig->repair. */
void repair_works(struct verifier *, struct work *, size_t count);

/* --- repair_rope.c --- */
/* Tries a candidate with every cut at a line end. True where nothing is left to search for or to
 * spend. */
bool search_rope(struct search *, const struct rope *);
/* The same without cuts. */
bool search_whole(struct search *, const struct rope *);
bool search_over(const struct search *);
/* Settles the targets that this digest of the whole body meets. Returns search_over(). */
bool search_settle(struct search *, enum canonicalization, enum hash_kind, const uint8_t *digest);
bool search_wants(const struct search *, enum canonicalization, enum hash_kind);
/* Puts an edit on the stack; WHERE lies in check_body (or none). The caller takes it off by
 * restoring s->edits. */
void search_push(struct search *, const char *slug, const char *description, struct span where,
	const char *before, const char *after);
/* The span in raw of a span in check_body. */
struct span search_stored(const struct search *, struct span in_body);

/* --- repair_parts.c --- */
void parts_find(struct search *);
/* The value of a field in a part's header, or none. */
struct span part_header_value(struct span header, const char *name);

/* --- repair_body.c, repair_block.c, repair_code.c --- */
void repair_body(struct search *);
bool repair_blocks(struct search *);
bool repair_codes(struct search *);
bool repair_links(struct search *);

/* Encodings. */
struct span decode_quoted_printable(struct arena *, struct span);
struct span decode_base64_lines(struct arena *, struct span);
/* The ways in which common software writes these (variants from 0; none behind the last). CRLF line
 * ends. */
struct span encode_quoted_printable(struct arena *, struct span text, unsigned variant);
struct span encode_base64_lines(struct arena *, struct span bytes, unsigned variant);
enum { QP_VARIANTS = 6, BASE64_VARIANTS = 4 };
/* Text with all line ends as CRLF. */
struct span text_crlf(struct arena *, struct span);
/* --- repair_head.c --- */
void repair_heads(struct search *);

#endif
