/* SPDX-License-Identifier: ISC */
/*
 * Canonicalization (RFC 6376 3.4) on bytes as stored: a line ends with CRLF or LF and always counts
 * as CRLF; a CR that no LF follows is a byte like any other.
 */
#ifndef PARSERS_DKIM_CANON_H
#define PARSERS_DKIM_CANON_H

#include "parsers/base/buffer.h"
#include "parsers/dkim/crypto.h"
#include "parsers/dkim/dkim.h"

/* Appends one field (3.4.1, 3.4.2). TEXT is "Name: value" without its final line end. No CRLF is
 * added at the end. */
void canon_header(struct buffer *, struct span text, enum canonicalization);
/* A field without its final line end. */
struct span field_text_span(const struct field *);
/* TEXT without its final CRLF or LF. */
struct span span_without_line_end(struct span text);

/* One hash that is fed by canon_body(). */
struct body_sink {
	enum canonicalization canon;
	enum hash_kind kind;
	bool has_limit;
	uint64_t limit; /* l= */
	struct hash hash;
	uint64_t taken; /* bytes hashed so far */
	uint8_t digest[HASH_MAX];
};
/* Lengths of the canonical body, for each canonicalization that a sink asked for. */
struct body_lengths {
	uint64_t len[2];
};

/* Feeds the body to all sinks in one pass (3.4.3, 3.4.4) and ends their hashes. */
void canon_body(struct span body, struct body_sink *, size_t count, struct body_lengths *ret);
/* The place in BODY from which on bytes lie behind the first LENGTH canonical ones; body.len where
 * none do. */
size_t canon_body_place(struct span body, enum canonicalization, uint64_t length);

/* A line of the body, made canonical without its CRLF; empty lines too. Appends to B. */
void canon_line(struct buffer *, struct span line, enum canonicalization);

#endif
