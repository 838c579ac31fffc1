/* SPDX-License-Identifier: ISC */
/*
 * The one file that speaks to OpenSSL's libcrypto. The low-level hash calls are deprecated, but
 * they alone give a state that is copied by assignment; through EVP a copy costs an allocation and
 * more time than hashing a line.
 */
#define OPENSSL_SUPPRESS_DEPRECATED
#include "parsers/dkim/crypto.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/rsa.h>
#include <openssl/sha.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "parsers/base/digest.h"
#include "parsers/base/encode.h"
#include "parsers/dkim/dkim.h"

_Static_assert(sizeof(SHA256_CTX) <= sizeof(((struct hash *)0)->state), "room for SHA-256");
_Static_assert(sizeof(SHA_CTX) <= sizeof(((struct hash *)0)->state), "room for SHA-1");

size_t hash_size(enum hash_kind kind)
{
	return kind == HASH_SHA1 ? 20 : 32;
}

void hash_init(struct hash *h, enum hash_kind kind)
{
	h->kind = kind;
	if (kind == HASH_SHA1)
		SHA1_Init((SHA_CTX *)(void *)&h->state);
	else
		SHA256_Init((SHA256_CTX *)(void *)&h->state);
}

void hash_add(struct hash *h, const void *ptr, size_t len)
{
	if (len == 0)
		return;
	if (h->kind == HASH_SHA1)
		SHA1_Update((SHA_CTX *)(void *)&h->state, ptr, len);
	else
		SHA256_Update((SHA256_CTX *)(void *)&h->state, ptr, len);
}

void hash_end(struct hash *h, uint8_t ret[HASH_MAX])
{
	if (h->kind == HASH_SHA1)
		SHA1_Final(ret, (SHA_CTX *)(void *)&h->state);
	else
		SHA256_Final(ret, (SHA256_CTX *)(void *)&h->state);
}

void hash_once(enum hash_kind kind, struct span s, uint8_t ret[HASH_MAX])
{
	struct hash h;

	hash_init(&h, kind);
	hash_add(&h, s.ptr, s.len);
	hash_end(&h, ret);
}

const char *hash_sha256(struct arena *arena, struct span s)
{
	return digest_hex(arena, DIGEST_SHA256, s);
}

const char *hash_md5(struct arena *arena, struct span s)
{
	return digest_hex(arena, DIGEST_MD5, s);
}

struct public_key {
	EVP_PKEY *pkey;
	EVP_PKEY_CTX *recover; /* RSA: ready for raw recovery */
};

void public_key_free(struct public_key *key)
{
	if (!key)
		return;
	EVP_PKEY_CTX_free(key->recover);
	EVP_PKEY_free(key->pkey);
	free(key);
}

/* What makes RSA keys out of numbers and is not at work: the library looks long for a new one. It holds no state; threads hand
 * it on. */
static _Atomic(EVP_PKEY_CTX *) spare_maker;

/* NULL without memory. */
static EVP_PKEY_CTX *take_maker(void)
{
	EVP_PKEY_CTX *maker = atomic_exchange(&spare_maker, NULL);

	if (maker)
		return maker;
	maker = EVP_PKEY_CTX_new_from_name(NULL, "RSA", NULL);
	if (maker && EVP_PKEY_fromdata_init(maker) <= 0) {
		EVP_PKEY_CTX_free(maker);
		maker = NULL;
	}
	return maker;
}

static EVP_PKEY *rsa_from_numbers(struct span modulus, struct span exponent)
{
	BIGNUM *n = BN_bin2bn(modulus.ptr, (int)modulus.len, NULL);
	BIGNUM *e = BN_bin2bn(exponent.ptr, (int)exponent.len, NULL);
	OSSL_PARAM_BLD *build = OSSL_PARAM_BLD_new();
	EVP_PKEY_CTX *maker = take_maker();
	OSSL_PARAM *param = NULL;
	EVP_PKEY *pkey = NULL;

	if (n && e && build && maker && OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_N, n) &&
		OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_E, e))
		param = OSSL_PARAM_BLD_to_param(build);
	if (param)
		EVP_PKEY_fromdata(maker, &pkey, EVP_PKEY_PUBLIC_KEY, param);
	EVP_PKEY_CTX_free(atomic_exchange(&spare_maker, maker));
	OSSL_PARAM_free(param);
	OSSL_PARAM_BLD_free(build);
	BN_free(n);
	BN_free(e);
	return pkey;
}

struct public_key *public_key_rsa(struct span modulus, struct span exponent)
{
	struct public_key *key = calloc(1, sizeof *key);

	if (!key)
		return NULL;
	key->pkey = rsa_from_numbers(modulus, exponent);
	if (key->pkey)
		key->recover = EVP_PKEY_CTX_new(key->pkey, NULL);
	if (!key->recover || EVP_PKEY_verify_recover_init(key->recover) <= 0 ||
		EVP_PKEY_CTX_set_rsa_padding(key->recover, RSA_NO_PADDING) <= 0) {
		public_key_free(key);
		key = NULL;
	}
	ERR_clear_error();
	return key;
}

struct public_key *public_key_ed25519(struct span point)
{
	struct public_key *key = calloc(1, sizeof *key);

	if (!key)
		return NULL;
	key->pkey = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, point.ptr, point.len);
	if (!key->pkey) {
		public_key_free(key);
		key = NULL;
	}
	ERR_clear_error();
	return key;
}

bool public_key_open(
	struct public_key *key, struct span signature, uint8_t *ret, size_t room, size_t *ret_len)
{
	size_t len = room;
	bool ok = key->recover && EVP_PKEY_verify_recover(key->recover, ret, &len, signature.ptr,
					  signature.len) > 0;

	if (ok)
		*ret_len = len;
	else
		ERR_clear_error();
	return ok;
}

bool public_key_verify(struct public_key *key, struct span message, struct span signature)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	bool ok = ctx && EVP_DigestVerifyInit(ctx, NULL, NULL, NULL, key->pkey) > 0 &&
		  EVP_DigestVerify(ctx, signature.ptr, signature.len, message.ptr, message.len) > 0;

	EVP_MD_CTX_free(ctx);
	if (!ok)
		ERR_clear_error();
	return ok;
}

bool digest_info_read(struct span em, enum hash_kind *ret_kind, struct span *ret_digest)
{
	/* DigestInfo ::= SEQUENCE { SEQUENCE { OID, NULL }, OCTET STRING }; the NULL may be missing
	 * (RFC 8017 9.2 note 2) */
	static const struct {
		enum hash_kind kind;
		uint8_t len, prefix[19];
	} form[] = {
		{HASH_SHA256, 19,
			"\x30\x31\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01\x05\x00\x04"
			"\x20"},
		{HASH_SHA256, 17,
			"\x30\x2f\x30\x0b\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01\x04\x20"},
		{HASH_SHA1, 15, "\x30\x21\x30\x09\x06\x05\x2b\x0e\x03\x02\x1a\x05\x00\x04\x14"},
		{HASH_SHA1, 13, "\x30\x1f\x30\x07\x06\x05\x2b\x0e\x03\x02\x1a\x04\x14"},
	};
	size_t at = 2;

	if (em.len < 11 || em.ptr[0] != 0 || em.ptr[1] != 1)
		return false;
	while (at < em.len && em.ptr[at] == 0xff)
		at++;
	if (at < 10 || at == em.len || em.ptr[at] != 0)
		return false;
	em = span_skip(em, at + 1);
	for (size_t i = 0; i < sizeof form / sizeof *form; i++) {
		if (em.len != form[i].len + hash_size(form[i].kind) ||
			memcmp(em.ptr, form[i].prefix, form[i].len) != 0)
			continue;
		*ret_kind = form[i].kind;
		*ret_digest = span_skip(em, form[i].len);
		return true;
	}
	return false;
}
