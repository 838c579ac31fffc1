/* SPDX-License-Identifier: ISC */
/*
 * DKIM (RFC 6376, 8301, 8463): every signature verified on the bytes as stored, the signature and
 * the body hash always both, and why it fails where it does.
 */
#ifndef PARSERS_DKIM_DKIM_H
#define PARSERS_DKIM_DKIM_H

#include "parsers/base/words.h"
#include "parsers/dns/dns.h"
#include "parsers/message/message.h"

enum signature_state {
	SIGNATURE_VALID,
	SIGNATURE_INVALID,
	SIGNATURE_WRONG_KEY,
	SIGNATURE_UNCHECKED
};
enum body_hash_state { BODY_HASH_MATCH, BODY_HASH_MISMATCH, BODY_HASH_UNCHECKED };
const char *signature_state_word(enum signature_state);
const char *body_hash_state_word(enum body_hash_state);

enum dkim_algorithm { DKIM_RSA_SHA1, DKIM_RSA_SHA256, DKIM_ED25519_SHA256, DKIM_ALGORITHM_UNKNOWN };
enum canonicalization { CANONICAL_SIMPLE, CANONICAL_RELAXED };

/* What is known to be wrong with a key beyond its verdict (bits). */
enum key_problem {
	KEY_WEAK = 1 << 0,   /* under 1024 bits RSA (RFC 8301 3.2) */
	KEY_SHORT = 1 << 1,  /* 1024 to 2047 bits */
	KEY_FERMAT = 1 << 2, /* primes so close that Fermat's method factors it */
	KEY_SMALL_FACTOR = 1 << 3,
	KEY_SHARED_PRIME = 1 << 4, /* a common factor with another key of the run */
	KEY_ROCA = 1 << 5,
	KEY_BLOCKLISTED = 1 << 6, /* --key-blocklist */
	KEY_EXPONENT = 1 << 7,    /* an exponent that is even, 1, or otherwise no RSA exponent; or 3
				     and small */
	KEY_PRIVATE = 1 << 8,     /* a private key was published */
	KEY_SYNTAX = 1 << 9,      /* the record is not as RFC 6376 3.6.1 says, but can be used */
	KEY_NO_VERSION = 1 << 10, /* no v= (allowed) */
	KEY_SEVERAL = 1 << 11,    /* several records at the name */
	KEY_TESTING = 1 << 12,
	KEY_BARE = 1 << 13, /* a bare RSAPublicKey instead of SubjectPublicKeyInfo */
};

/* Which rule of its record keeps a key from this signature (cause key-flags). */
enum key_refusal {
	KEY_ALLOWS,
	KEY_REFUSES_TYPE,
	KEY_REFUSES_HASH,
	KEY_REFUSES_SERVICE,
	KEY_REFUSES_SUBDOMAIN
};

struct dkim_key {
	const char *type; /* "rsa", "ed25519", or NULL */
	unsigned bits;    /* 0 where not known */
	unsigned long exponent;
	enum dns_origin origin;
	bool testing, strict; /* t=y, t=s */
	enum dnssec dnssec;
	const char *record; /* as recorded, or NULL */
	const char *window; /* "FROM TO SOURCE", or NULL */
	int64_t window_from, window_to;
	unsigned problems;        /* bits of enum key_problem */
	const char *problem_text; /* a sentence, or NULL */
	const char *name;         /* selector._domainkey.domain */
	int64_t recorded;
	struct span modulus;   /* big-endian, or none */
	const char *canonical; /* the name that holds the record, behind CNAMEs */
	enum key_refusal refusal;
	const char *const *same_key; /* surveyed names that publish this very key */
	size_t same_count;
	bool duplicate_tag; /* a tag stands twice in the record */
};

struct repair_edit {
	const char *edit;        /* slug: "footer", "subject-tag" ... */
	const char *description; /* a sentence part */
	struct span where;  /* the bytes concerned as shown now; none where something was removed */
	const char *before; /* what was signed, where short; or NULL */
	const char *after;  /* what is shown now; or NULL */
};
struct repair {
	bool proven;
	struct repair_edit *edit;
	size_t edit_count;
	uint64_t tried;
};

/* A part of the body and whether the signature covers it, in places of raw. */
struct dkim_signature {
	const struct field *field;
	const char *domain, *selector, *identity; /* d=, s=, i= as lower-case text where present */
	const char *algorithm;                    /* a= as written */
	const char *canonicalization; /* "relaxed/simple", completed by the defaults; NULL where
					 unreadable */
	enum dkim_algorithm algorithm_id;
	enum canonicalization header_canon, body_canon;
	const char **signed_field; /* h= in order, lower case */
	size_t signed_field_count;
	/* For each name of h=: the header field instance that it covers, or NULL (it signs an
	 * absence). */
	const struct field **covered;
	bool has_length;
	uint64_t length;               /* l= */
	int64_t signed_at, expires_at; /* t=, x= or TIME_NONE */
	enum result result;
	enum cause cause;
	const char *explanation; /* a sentence */
	const char *clause;      /* "RFC 6376 3.5", or NULL */
	enum signature_state signature;
	enum body_hash_state body_hash;
	const char *body_hash_signed, *body_hash_computed; /* base64 */
	struct dkim_key key;
	const char *
		*unsigned_field; /* displayed fields that are present and not covered, lower case */
	size_t unsigned_field_count;
	const char **oversigned_field; /* names in h= more often than present */
	size_t oversigned_field_count;
	uint64_t body_canonical; /* bytes of the canonical body */
	uint64_t body_covered;   /* of these, hashed */
	uint64_t body_uncovered; /* stored bytes behind l= */
	struct span body_tail;   /* these bytes in raw, or none */
	bool expired;            /* at the time of the check */
	bool in_future;          /* t= after the time of the check */
	bool outside_window;
	const char *at_now;          /* what "now" would say where it differs, or NULL */
	bool duplicate_tag;          /* a tag stands twice in the field */
	bool no_from;                /* h= lacks From */
	bool outside_domain;         /* i= is not within d= */
	struct span copied;          /* z=, or none */
	bool digest_known;           /* the signed header digest was recovered from b= */
	const struct repair *repair; /* NULL where none was tried */
	struct span where_b, where_bh, where_d, where_s, where_l, where_h, where_x,
		where_t; /* tag values in raw, or none */
};

struct dkim {
	struct dkim_signature *signature;
	size_t count;
	bool limited;       /* LIMIT_SIGNATURES */
	enum result result; /* pass if any passes, else the first signature's */
};

enum repair_depth { REPAIR_OFF, REPAIR_QUICK, REPAIR_DEEP };

/*
 * Parsed keys and library contexts that serve many messages: one a process or thread. It holds no
 * result: the same message gives the same verdict with a fresh one.
 */
struct dkim_context;
struct dkim_context *dkim_context_new(void);
void dkim_context_free(struct dkim_context *);
/* --key-blocklist FILE: 0, or -1 where unreadable. */
int dkim_context_blocklist(struct dkim_context *, const char *file, struct error *reterr);

/*
 * The keys of the whole DNS evidence: each TXT record (names without a label "_domainkey" are
 * passed over), then end. Afterwards a key that has a prime in common with another has
 * KEY_SHARED_PRIME, and the names that publish the same key are known.
 */
void dkim_context_survey_key(struct dkim_context *, const char *name, struct span txt);
void dkim_context_survey_end(struct dkim_context *);
/* Surveyed names with this very key, sorted, at most ROOM of them; returns how many. */
size_t dkim_context_same_key(
	const struct dkim_context *, struct span modulus, const char **ret, size_t room);

struct dkim_options {
	int64_t at;      /* the time of the check, TIME_NONE: x= and windows are not judged */
	bool at_certain; /* stated, or of a hop that is trusted: a signature made after it can't be;
			    else it is the Date field's */
	int64_t now;     /* for the note beside it, or TIME_NONE */
	enum repair_depth repair;
};

const struct dkim *dkim_check(struct arena *, const struct message *, struct dns_log *,
	struct dkim_context *, const struct dkim_options *);

/* SHA-256, SHA-1 and MD5 of bytes (through the crypto wall), as lower-case hex. */
const char *hash_sha256(struct arena *, struct span);
const char *hash_md5(struct arena *, struct span);

#endif
