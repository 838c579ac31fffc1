/* SPDX-License-Identifier: ISC */
/* Bytes to look at, for `mailcheck show`: lines with their places, hexadecimal, and what signatures
 * hash. */
#ifndef PARSERS_REPORT_SHOW_H
#define PARSERS_REPORT_SHOW_H

#include "parsers/report/outline.h"

/* The lines of BYTES; offsets count from BASE. Line ends other than LF are shown. */
const struct outline *show_lines(struct arena *, struct span bytes, uint64_t base, unsigned width);
/* Sixteen bytes a row. */
const struct outline *show_hex(struct arena *, struct span bytes, uint64_t base);
/* For each signature, DKIM and ARC: the canonical header data and body that its hashes are made of
 * (RFC 6376 3.7). */
const struct outline *show_canonical(struct arena *, const struct report *, unsigned width);
/* The same of one signature, as the bytes themselves. */
void canonical_header(struct buffer *, const struct dkim_signature *);
void canonical_body(struct buffer *, const struct message *, const struct dkim_signature *);

#endif
