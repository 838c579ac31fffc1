/* SPDX-License-Identifier: ISC */
/*
 * The machine behind dkim_check(), for the rooms that verify signatures of the same make (ARC) and
 * for the repair search: a signature being worked on, from its tags to its verdict.
 */
#ifndef PARSERS_DKIM_VERIFY_H
#define PARSERS_DKIM_VERIFY_H

#include "parsers/base/taglist.h"
#include "parsers/dkim/canon.h"
#include "parsers/dkim/dkim.h"
#include "parsers/dkim/key.h"

enum signature_kind { SIGNATURE_DKIM, SIGNATURE_ARC_MESSAGE, SIGNATURE_ARC_SEAL };

/* How an Ed25519 signature was made: RFC 8463 3 signs the SHA-256 of the header data; some sign the
 * data itself. */
enum ed25519_variant { ED25519_PREHASHED, ED25519_WHOLE };

/* A key record that was tried. */
struct key_trial {
	const struct key_record *record;
	const struct dns_record *dns;
};

struct work {
	enum signature_kind kind;
	struct dkim_signature *sig;
	struct taglist tags;
	struct span b, bh; /* decoded */
	enum hash_kind hash;
	unsigned instance; /* i= of ARC, 0 where unreadable */
	/* The first thing wrong with the field itself, or CAUSE_NONE. */
	enum cause fault;
	const char *fault_text, *fault_clause;
	/* Keys, and the one that decided. */
	struct key_trial *trial;
	size_t trial_count;
	enum cause key_fault;
	const char *key_fault_text;
	enum key_refusal refusal;
	const struct key_trial *used;
	bool recovered; /* the padding was right: DIGEST is what was signed */
	enum hash_kind recovered_hash;
	uint8_t digest[HASH_MAX];   /* recovered */
	uint8_t computed[HASH_MAX]; /* over the header as it is now */
	enum ed25519_variant variant;
	size_t sink; /* its body sink, SIZE_MAX where none */
	uint8_t body_digest[HASH_MAX];
};

/* The header fields of a message by name: an index that finds the nth from below at once (RFC
 * 6376 5.4.2). */
struct indexed_field {
	uint64_t key; /* of its name: where two names have the same, the names themselves are
			 compared */
	const struct field *field;
	size_t same; /* of the first of a name: how many have it */
	size_t used; /* ... and how many one walk through h= has taken */
};
struct field_index {
	struct indexed_field *sorted; /* by name, then from the lowest up */
	size_t count;
};

struct verifier {
	struct arena *arena;
	const struct message *message;
	struct dns_log *dns;
	struct dkim_context *context;
	const struct dkim_options *options;
	struct field_index index;
	struct buffer header; /* canonical header data of the signature at hand */
	struct buffer scratch;
};

void verifier_init(struct verifier *, struct arena *, const struct message *, struct dns_log *,
	struct dkim_context *, const struct dkim_options *);
void verifier_release(struct verifier *);

/* --- signature.c --- */
/* Reads the field's tags into W and its signature, noting the first fault; reads on where it can.
 */
void work_parse(struct verifier *, struct work *, const struct field *, enum signature_kind);
/* Sets the fault unless one is known already. */
void work_fault(struct work *, enum cause, const char *text, const char *clause);
/* The value of the tag b= in a signature field's TEXT ("Name: value"), with all white space around
 * it: what is left out of the hash (RFC 6376 3.5). None where there is none. */
struct span signature_b_span(struct span text);

/* --- cover.c --- */
void field_index_init(struct field_index *, struct arena *, const struct message *);
/* Fills sig->covered from h=, and says what is unsigned and over-signed. */
void work_cover(struct verifier *, struct work *);

/* --- verify.c --- */
/* Looks up the key records, in order of usefulness; sets key_fault where there is none to use. */
void work_find_keys(struct verifier *, struct work *);
/* The bytes that b= signs over the covered fields, into v->header. */
void work_header(struct verifier *, struct work *);
/*
 * Tries the keys over w->computed, the digest of the header data: sets sig->signature, used,
 * digest. HEADER is the data itself for Ed25519 without the hash before; none: that is not tried.
 */
void work_judge_keys(struct verifier *, struct work *, struct span header);
/* One pass over the body for all: sets body_hash and the lengths. */
void work_judge_bodies(struct verifier *, struct work *, size_t count);
/* Result, cause, explanation from what was found. */
void work_conclude(struct verifier *, struct work *);
/* All of the above. */
void works_check(struct verifier *, struct work *, size_t count);

#endif
