/* SPDX-License-Identifier: ISC */
/* The inside of dns_import(): one file for each family of forms. */
#ifndef PARSERS_DNS_IMPORT_H
#define PARSERS_DNS_IMPORT_H

#include "parsers/dns/wire.h"

struct import {
	struct arena *arena;
	struct buffer *out;
	const char *file;
	const char *source; /* the file's name as one word */
	size_t answers;
	void (*tell)(void *, const char *file, unsigned line, const char *what);
	void *data;
};

/* A line that says when and of whom what follows is known, then the answer. */
void import_answer(struct import *, const struct dns_answer *);
/* One key of a list: any of the times may be empty. VALUE is a key record, or its p= alone. */
void import_key(struct import *, unsigned line, struct span domain, struct span selector,
	struct span value, struct span first, struct span last);

/* Which column of a list of keys a name stands for: 0 domain, 1 selector, 2 value, 3 first seen, 4
 * last seen; or -1. */
int import_column(struct span word);
/* False where the text is not of the form. */
bool import_json(struct import *, struct span text);
bool import_table(struct import *, struct span text);
bool import_replies(struct import *, struct span text);

#endif
