/* SPDX-License-Identifier: ISC */
/*
 * struct keyring: the signing keys that a dump of messages shows, one entry for each domain and
 * selector, with what is known of them; and the recovery of those that nobody recorded
 * (parsers/dkim/recover.h).
 */
#ifndef PARSERS_REPORT_KEYS_H
#define PARSERS_REPORT_KEYS_H

#include "parsers/base/buffer.h"
#include "parsers/dkim/recover.h"
#include "parsers/report/outline.h"

enum {
	KEYRING_MAX = 1000000, /* selectors; more are counted, not kept */
	KEYRING_SAMPLES = 200, /* signatures of one selector kept for recovery */
};

struct key_entry {
	const char *name; /* selector._domainkey.domain */
	const char *domain, *selector;
	uint64_t signatures, verified, failed, unknown; /* unknown: no key to check with */
	int64_t first, last;                            /* signing times, or TIME_NONE */
	const char *type;
	unsigned bits;
	enum dns_origin origin;
	bool recorded; /* the DNS evidence has a key */
	struct recover_sample *sample;
	size_t sample_count, sample_room;
};

struct keyring {
	struct arena *arena;
	struct key_entry **entry;
	size_t count, room;
	size_t *index, index_size; /* hash of names to entry + 1 */
	uint64_t messages, left_out;
};
struct keyring *keyring_new(void);
void keyring_free(struct keyring *);

/* The signatures of a message as checked against the DNS evidence. */
void keyring_check(struct keyring *, struct arena *, struct span raw, bool mbox, struct dns *,
	struct dkim_context *);
/* The signatures of a message as samples; nothing is asked of DNS. */
void keyring_collect(
	struct keyring *, struct arena *, struct span raw, bool mbox, struct dkim_context *);
/* By the number of signatures, most first, then by name. */
void keyring_sort(struct keyring *);

/* A key recovered from one entry's samples. */
struct key_found {
	struct span modulus;
	unsigned long exponent;
	size_t confirmed; /* samples that it made */
	int64_t first, last;
};
struct key_search {
	struct key_found key[4];
	size_t count;
	size_t samples, pairs; /* how many there were, and pairs tried */
	const char *why;       /* of none: a sentence part */
};
/* Minutes of computing for a large key. Gives the same for the same samples. */
struct key_search keyring_recover(struct arena *, const struct key_entry *);
/* The records found, as a part of a snapshot; a comment where there is none. */
void keyring_write(struct buffer *, const struct key_entry *, const struct key_search *);

const struct outline *keyring_outline(struct arena *, const struct keyring *, unsigned width);
/* An object a selector, one a line. */
void keyring_json(struct buffer *, const struct key_entry *);

#endif
