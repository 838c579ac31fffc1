/* SPDX-License-Identifier: ISC */
/*
 * The wall before OpenSSL: hashes that can be copied like a value (a snapshot costs a struct
 * assignment, which the repair search lives on), and public keys. RSA signatures are opened, not
 * "verified": what the key recovers from b= is returned and judged by our own reading of the
 * padding, so that a policy against SHA-1 in the library does not matter and a wrong key can be
 * told from changed headers.
 */
#ifndef PARSERS_DKIM_CRYPTO_H
#define PARSERS_DKIM_CRYPTO_H

#include "parsers/base/span.h"

enum hash_kind { HASH_SHA1, HASH_SHA256 };
enum { HASH_MAX = 32 }; /* bytes of the longest digest */

struct hash {
	enum hash_kind kind;
	union {
		uint64_t align;
		uint8_t bytes[128];
	} state;
};

size_t hash_size(enum hash_kind);
void hash_init(struct hash *, enum hash_kind);
void hash_add(struct hash *, const void *, size_t);
/* Writes hash_size() bytes; H is used up (copy it before to go on from it). */
void hash_end(struct hash *, uint8_t ret[HASH_MAX]);
void hash_once(enum hash_kind, struct span, uint8_t ret[HASH_MAX]);

/* A key that the library has parsed, with its operation contexts made. Owned by the caller. */
struct public_key;
/* Big-endian integers. NULL where the library refuses them. */
struct public_key *public_key_rsa(struct span modulus, struct span exponent);
/* 32 bytes. */
struct public_key *public_key_ed25519(struct span point);
void public_key_free(struct public_key *);

/*
 * RSA public operation on SIGNATURE (as long as the modulus), without any padding taken off: the
 * encoded message, as long as the modulus, into RET (room for it). False where the library refuses
 * (longer, or not below the modulus).
 */
bool public_key_open(
	struct public_key *, struct span signature, uint8_t *ret, size_t room, size_t *ret_len);
/* Ed25519 (RFC 8032) over MESSAGE. */
bool public_key_verify(struct public_key *, struct span message, struct span signature);

/*
 * Reads EMSA-PKCS1-v1_5 (RFC 8017 9.2): 00 01 FF.. 00 DigestInfo, to the last byte. True where it
 * holds one digest of SHA-1 or SHA-256; *RET_DIGEST then lies in EM.
 */
bool digest_info_read(struct span em, enum hash_kind *ret_kind, struct span *ret_digest);

#endif
