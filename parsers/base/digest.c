/* SPDX-License-Identifier: ISC */
#include "parsers/base/digest.h"

#include <openssl/evp.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "parsers/base/encode.h"

/* Fetching an algorithm takes longer than hashing a small message: once a process. They hold no state. */
static const EVP_MD *algorithm(enum digest_kind kind)
{
	static _Atomic(EVP_MD *) fetched[2];
	static const char *const names[] = { "SHA2-256", "MD5" };
	EVP_MD *md = atomic_load(&fetched[kind]), *fresh;

	if (md)
		return md;
	fresh = EVP_MD_fetch(NULL, names[kind], NULL);
	if (atomic_compare_exchange_strong(&fetched[kind], &md, fresh))
		return fresh;
	EVP_MD_free(fresh); /* another thread was first */
	return md;
}

/* One context that no digest uses: the next one, of any thread, begins anew in it. */
static _Atomic(EVP_MD_CTX *) spare;

static void release(EVP_MD_CTX *context)
{
	EVP_MD_CTX_free(atomic_exchange(&spare, context));
}

void digest_init(struct digest *d, enum digest_kind kind)
{
	const EVP_MD *md = algorithm(kind);

	d->context = atomic_exchange(&spare, NULL);
	if (!d->context)
		d->context = EVP_MD_CTX_new();
	if (!d->context)
		abort();
	if (!md || EVP_DigestInit_ex2(d->context, md, NULL) != 1) {
		release(d->context); /* MD5 where policy forbids it */
		d->context = NULL;
	}
}

void digest_add(struct digest *d, struct span s)
{
	if (d->context && s.len)
		EVP_DigestUpdate(d->context, s.ptr, s.len);
}

const char *digest_finish(struct digest *d, struct arena *arena)
{
	uint8_t bytes[EVP_MAX_MD_SIZE];
	unsigned len = 0;

	if (!d->context || EVP_DigestFinal_ex(d->context, bytes, &len) != 1)
		len = 0;
	if (d->context)
		release(d->context);
	d->context = NULL;
	return len ? hex_encode(arena, span_make(bytes, len)) : NULL;
}

const char *digest_hex(struct arena *arena, enum digest_kind kind, struct span s)
{
	struct digest d;

	digest_init(&d, kind);
	digest_add(&d, s);
	return digest_finish(&d, arena);
}
