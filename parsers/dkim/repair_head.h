/* SPDX-License-Identifier: ISC */
/* Header half of the repair search: for each signed field, what it may have been before it was
 * changed. */
#ifndef PARSERS_DKIM_REPAIR_HEAD_H
#define PARSERS_DKIM_REPAIR_HEAD_H

#include "parsers/dkim/repair.h"

/* One possible earlier form of a signed field. */
struct variant {
	struct span canonical; /* with CRLF; empty: the field was not there */
	const char *edit, *description;
	const char *before; /* its value then; NULL: it was not there */
};

/* One name of h=. */
struct entry {
	const char *name;          /* lower case */
	const struct field *field; /* NULL: an absence is signed */
	struct span canonical;     /* as it is now, with CRLF; empty where absent */
	struct variant *strong; /* what lists and gateways usually do: tried in all combinations */
	size_t strong_count, strong_room;
	struct variant *weak; /* the many forms: tried one field at a time, with combinations of the
				 strong ones of the others */
	size_t weak_count, weak_room;
};

struct head {
	struct search *s;
	struct target *target;
	struct entry *entry;
	size_t count;
	struct span signature; /* the signature field without b=, canonical */
	enum canonicalization canon;
	bool body_wrapped; /* the body was restored by taking it out of a multipart */
	/* The choice at hand: an index into strong, -1 for as it is; the weak one apart. */
	int *choice;
	size_t weak_entry, weak_index; /* SIZE_MAX: none */
};

/* Adds a form of the field: VALUE is what stood behind "Name: ". */
void vary_strong(struct head *, struct entry *, struct span value, const char *edit,
	const char *description);
void vary_weak(struct head *, struct entry *, struct span value, const char *edit,
	const char *description);
/* ... that it was not there at all. */
void vary_absent(
	struct head *, struct entry *, bool strong, const char *edit, const char *description);

/* Fills the variants of an entry by its name. */
void vary_entry(struct head *, struct entry *);
/* --- repair_address.c --- */
void vary_from(struct head *, struct entry *);
void vary_recipients(struct head *, struct entry *);
void vary_sender(struct head *, struct entry *);
/* --- repair_subject.c --- */
void vary_subject(struct head *, struct entry *);
/* All encoded-words of the value as the bytes that they hold; none where there is none. */
struct span words_decoded(struct arena *, struct span value);

#endif
