/* SPDX-License-Identifier: ISC */
/*
 * struct taglist: "a=b; c=d" as DKIM, ARC and DMARC write it (RFC 6376 3.2). Names keep their case (tags are
 * case-sensitive), values are trimmed of FWS at both ends and keep it inside. Reading goes on past what is wrong, and says so.
 */
#ifndef PARSERS_BASE_TAGLIST_H
#define PARSERS_BASE_TAGLIST_H

#include "parsers/base/arena.h"

struct tag {
	struct span name, value, whole;
};

struct taglist {
	struct tag *tag;
	size_t count;
	bool malformed;	       /* a piece is no tag-spec: no "=", a bad name */
	bool duplicate;	       /* a name stands twice */
	struct span bad;       /* the first piece that is wrong, or the second of a duplicate */
};

struct taglist taglist_parse(struct arena *, struct span);
/* The first tag of this exact name, or NULL. */
const struct tag *taglist_find(const struct taglist *, const char *name);
/* The same tags one by one, without the list; false where no more follows. */
struct taglist_reader {
	struct span rest; /* the list to read, at first */
	size_t count;
};
bool taglist_next(struct taglist_reader *, struct tag *ret);
/* Its value, or SPAN_NONE (ptr NULL) where there is none. */
struct span taglist_value(const struct taglist *, const char *name);
/* S without any FWS: for base64 and for values in which white space means nothing. */
struct span taglist_squeeze(struct arena *, struct span);

#endif
