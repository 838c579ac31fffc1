/* SPDX-License-Identifier: ISC */
/*
 * Recovery of an RSA public key from signatures that it made. For a signature s over a message
 * whose padded digest is m, s^e = m modulo N: N divides s^e - m, as an integer, for every message
 * that was not changed since. Two of these numbers have little else in common, so their greatest
 * common divisor is N but for a small cofactor. Needs GMP; with e = 65537 the numbers have 65537
 * times the bits of the key.
 */
#ifndef PARSERS_DKIM_RECOVER_H
#define PARSERS_DKIM_RECOVER_H

#include "parsers/dkim/crypto.h"
#include "parsers/dkim/dkim.h"

/* Whether this build can do it. */
bool recover_available(void);

/* One RSA signature with the digest of the header as it stands now. */
struct recover_sample {
	const char *domain, *selector; /* lower case */
	struct span signature;         /* as long as the modulus */
	uint8_t digest[HASH_MAX];
	enum hash_kind hash;
	bool body_matches; /* bh= holds: the header is likely to be as signed, too */
	int64_t time;      /* t=, else the Date field's, or TIME_NONE */
};
/* All well-formed RSA signatures of a message, in the order of the fields; memory of ARENA. */
size_t recover_samples(
	struct arena *, const struct message *, struct dkim_context *, struct recover_sample **ret);

/* s^e - m of one sample. On the heap: about 8 KiB for each bit of the key with e = 65537. */
struct recover_power;
struct recover_power *recover_power_new(const struct recover_sample *, unsigned long exponent);
void recover_power_free(struct recover_power *);
/*
 * The modulus that both have in common, big-endian, or SPAN_NONE: a message was changed, or another
 * key or exponent signed. LEN: octets of the signatures. Seconds for e = 65537.
 */
struct span recover_modulus(
	struct arena *, const struct recover_power *, const struct recover_power *, size_t len);

/* Whether the key made the sample's signature over its header as it stands now. */
struct public_key;
bool recover_holds(struct public_key *, const struct recover_sample *);

/* The key record (RFC 6376 3.6.1): "v=DKIM1; k=rsa; p=...". */
const char *recover_record(struct arena *, struct span modulus, unsigned long exponent);

#endif
