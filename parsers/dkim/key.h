/* SPDX-License-Identifier: ISC */
/*
 * Key records (RFC 6376 3.6.1, 8301, 8463) and the cache of parsed ones. A key costs eight times a
 * verification to parse, and a dump shows the same few again and again.
 */
#ifndef PARSERS_DKIM_KEY_H
#define PARSERS_DKIM_KEY_H

#include "parsers/base/buffer.h"
#include "parsers/dkim/crypto.h"
#include "parsers/dkim/dkim.h"

enum key_type { KEY_TYPE_RSA, KEY_TYPE_ED25519, KEY_TYPE_OTHER };

/* What one TXT record at a selector says. Immutable once made; lives as long as its context. */
struct key_record {
	char *text; /* the record's bytes */
	size_t text_len;
	enum cause cause; /* CAUSE_NONE: usable; else CAUSE_KEY_REVOKED or CAUSE_KEY_MALFORMED */
	const char *why;  /* of a cause: a sentence part */
	enum key_type type;
	const char *type_word;         /* "rsa", "ed25519", or NULL */
	bool has_hashes, sha1, sha256; /* h=: which it permits; without h= all */
	bool service;                  /* s= permits e-mail */
	bool testing, strict;
	bool duplicate_tag;
	unsigned problems; /* bits of enum key_problem that follow from the record alone */
	unsigned bits;
	unsigned long exponent;     /* ULONG_MAX where greater */
	struct span modulus, point; /* RSA, Ed25519 */
	struct public_key *key;     /* NULL where the library refuses the numbers */
	struct key_record *next;    /* in its bucket */
};

/* The record's meaning, from the cache. Never NULL, never fails. */
const struct key_record *key_record_get(struct dkim_context *, struct span txt);
/* The modulus of an RSA key record in ARENA, or none: no more than that is read. */
struct span key_peek_modulus(struct arena *, struct span txt);
void key_cache_clear(struct dkim_context *);
/* Called between messages: forgets all where the cache has grown too large. */
void key_cache_trim(struct dkim_context *);
/* Whether the key is in --key-blocklist. */
bool key_blocked(const struct dkim_context *, struct span modulus);
/*
 * Base64 as keys and signatures are really written: FWS is skipped, missing padding and leftover
 * bits are forgiven and said so. False where another character stands.
 */
bool base64_forgiving(struct arena *, struct span, struct span *ret, bool *ret_forgiven);

/* Takes the numbers out of SubjectPublicKeyInfo (RFC 5280) or a bare RSAPublicKey (RFC 8017 A.1.1).
 */
enum key_form {
	KEY_FORM_NONE,
	KEY_FORM_SPKI,
	KEY_FORM_BARE,
	KEY_FORM_PRIVATE,
	KEY_FORM_SPKI_ED25519
};
enum key_form key_der_read(struct span der, struct span *ret_modulus, struct span *ret_exponent,
	struct span *ret_point);

/* --- weak.c: flaws that follow from the modulus alone --- */
/* KEY_SMALL_FACTOR, KEY_FERMAT, KEY_ROCA as bits. SOUND: weak_batch() found no small
 * factor in it. */
unsigned weak_modulus(struct span modulus, bool sound);
/*
 * MODULUS is sorted. For each KEY_SHARED_PRIME where it shares a factor with a different one of them, and KEY_SMALL_FACTOR
 * (batch gcd: a product tree and a tree of remainders). False, and nothing is found, without GMP.
 */
bool weak_batch(const struct span *modulus, size_t count, unsigned *ret);

/* The keys of the whole DNS evidence, so that what two of them share is known. */
struct survey_key {
	const char *name; /* selector._domainkey.domain */
	struct span modulus;
	unsigned problems; /* KEY_SHARED_PRIME, KEY_SMALL_FACTOR */
};
struct key_survey {
	struct arena *arena;    /* NULL: nothing was surveyed */
	struct survey_key *key; /* sorted by modulus, then name */
	size_t count, room;
	bool factored; /* problems are known */
};

struct dkim_context {
	struct key_record **bucket;
	size_t buckets, count;
	uint8_t (*blocked)[15]; /* sorted */
	size_t blocked_count;
	struct key_survey survey;
	struct buffer header, scratch; /* of the verifiers, while none is at work */
};

/* Whether the surveyed evidence holds this key and its factors were looked for; *RET_PROBLEMS then has what was found. */
bool survey_problems(const struct dkim_context *, struct span modulus, unsigned *ret_problems);

#endif
