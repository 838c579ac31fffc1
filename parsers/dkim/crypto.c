/* SPDX-License-Identifier: ISC */
/* The one file that speaks to OpenSSL's libcrypto. */
#include <openssl/evp.h>

#include "parsers/base/encode.h"
#include "parsers/dkim/dkim.h"

static const char *hash_hex(struct arena *arena, const EVP_MD *md, struct span s)
{
	uint8_t out[EVP_MAX_MD_SIZE];
	unsigned len = 0;

	if (!EVP_Digest(s.ptr ? s.ptr : (const uint8_t *)"", s.len, out, &len, md, NULL))
		len = 0;
	return hex_encode(arena, span_make(out, len));
}

const char *hash_sha256(struct arena *arena, struct span s)
{
	return hash_hex(arena, EVP_sha256(), s);
}

const char *hash_md5(struct arena *arena, struct span s)
{
	return hash_hex(arena, EVP_md5(), s);
}
