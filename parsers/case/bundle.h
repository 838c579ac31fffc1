/* SPDX-License-Identifier: ISC */
/*
 * A bundle: one tar with everything that a report needs, so that another machine makes it again. The files, in this order:
 * bundle.json (the options), the evidence (dns/N.zone, anchor.zone, psl.dat, blocklist.txt), manifest.ndjson (a line a
 * message: its file, where it lay, the mbox separator before it, the SHA-256 of its record), messages/N.eml. Times and owners are zero: the same case
 * gives the same bytes.
 */
#ifndef PARSERS_CASE_BUNDLE_H
#define PARSERS_CASE_BUNDLE_H

#include "parsers/base/arena.h"
#include "parsers/base/error.h"

struct bundle;

/* FILE is made anew; NULL where it is there already or can't be made. */
struct bundle *bundle_create(const char *file, struct error *reterr);
int bundle_add(struct bundle *, const char *name, struct span content, struct error *reterr);
/* NULL where FILE is no tar. */
struct bundle *bundle_open(const char *file, struct error *reterr);
/* 1 with the next file, its name and content in ARENA; 0 at the end; -1. At most 1 GiB each. */
int bundle_next(struct bundle *, struct arena *, const char **ret_name, struct span *ret_content, struct error *reterr);
/* Writes out what is left of one being made. 0 or -1; frees it in any case. */
int bundle_close(struct bundle *, struct error *reterr);

#endif
