/* SPDX-License-Identifier: ISC */
/* Digests of bytes that come in pieces: SHA-256 and MD5 by OpenSSL, which knows the processor's own instructions. */
#ifndef PARSERS_BASE_DIGEST_H
#define PARSERS_BASE_DIGEST_H

#include "parsers/base/arena.h"

enum digest_kind { DIGEST_SHA256, DIGEST_MD5 };

struct digest {
	void *context; /* EVP_MD_CTX */
};

void digest_init(struct digest *, enum digest_kind);
void digest_add(struct digest *, struct span);
/* Lower-case hex in ARENA; the digest is released. */
const char *digest_finish(struct digest *, struct arena *);
const char *digest_hex(struct arena *, enum digest_kind, struct span);

#endif
