/* SPDX-License-Identifier: ISC */
#include "parsers/dkim/recover.h"

#include <stdlib.h>

#include "parsers/base/encode.h"
#include "parsers/dkim/verify.h"
#include "parsers/message/date.h"
#ifdef HAVE_GMP
#include <gmp.h>
#endif

/* Moduli that a signature could have: 512 to 8192 bits. */
enum { LEAST_OCTETS = 64, MOST_OCTETS = 1024 };

/* DER of DigestInfo up to the digest (RFC 8017 9.2, note 1). */
static const uint8_t info_sha1[] = {
	0x30, 0x21, 0x30, 0x09, 0x06, 0x05, 0x2b, 0x0e, 0x03, 0x02, 0x1a, 0x05, 0x00, 0x04, 0x14};
static const uint8_t info_sha256[] = {0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01,
	0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00, 0x04, 0x20};

/* --- samples --- */

static bool is_sample(const struct work *w)
{
	return w->sig->domain && w->sig->selector && w->sig->canonicalization &&
	       (w->sig->algorithm_id == DKIM_RSA_SHA256 || w->sig->algorithm_id == DKIM_RSA_SHA1) &&
	       w->b.len >= LEAST_OCTETS && w->b.len <= MOST_OCTETS;
}

static int64_t time_of(const struct work *w, const struct message *message)
{
	const struct field *date;

	if (w->sig->signed_at != TIME_NONE)
		return w->sig->signed_at;
	date = message_field(message, NAME_DATE, 0);
	return date ? date_parse(date->value).time : TIME_NONE;
}

static struct recover_sample sample_of(struct verifier *v, struct work *w)
{
	struct recover_sample sample = {
		.domain = w->sig->domain,
		.selector = w->sig->selector,
		.signature = w->b,
		.hash = w->hash,
		.body_matches = w->sig->body_hash == BODY_HASH_MATCH,
		.time = time_of(w, v->message),
	};

	work_cover(v, w);
	work_header(v, w);
	hash_once(w->hash, buffer_view(&v->header), sample.digest);
	return sample;
}

size_t recover_samples(struct arena *arena, const struct message *message,
	struct dkim_context *context, struct recover_sample **ret)
{
	struct dkim_options options = {.at = TIME_NONE, .now = TIME_NONE, .repair = REPAIR_OFF};
	size_t present = message_field_count(message, NAME_DKIM_SIGNATURE), count = 0, kept = 0;
	struct dns_log log;
	struct verifier v;
	struct work *work;

	*ret = NULL;
	if (present > LIMIT_SIGNATURES)
		present = LIMIT_SIGNATURES;
	if (!present)
		return 0;
	dns_log_init(&log, arena, NULL);
	verifier_init(&v, arena, message, &log, context, &options);
	work = ARENA_ARRAY(arena, struct work, present);
	*ret = ARENA_ARRAY(arena, struct recover_sample, present);
	for (size_t i = 0; i < message->field_count && count < present; i++)
		if (message->field[i].known == NAME_DKIM_SIGNATURE)
			work_parse(&v, &work[count++], &message->field[i], SIGNATURE_DKIM);
	work_judge_bodies(&v, work, count);
	for (size_t i = 0; i < count; i++)
		if (is_sample(&work[i]))
			(*ret)[kept++] = sample_of(&v, &work[i]);
	verifier_release(&v);
	return kept;
}

bool recover_holds(struct public_key *key, const struct recover_sample *sample)
{
	uint8_t em[MOST_OCTETS];
	size_t len = 0;
	enum hash_kind kind;
	struct span digest;

	return public_key_open(key, sample->signature, em, sizeof em, &len) &&
	       digest_info_read(span_make(em, len), &kind, &digest) && kind == sample->hash &&
	       memcmp(digest.ptr, sample->digest, digest.len) == 0;
}

/* --- the record --- */

/* Puts a DER header before what B holds from FROM on. */
static void wrap(struct buffer *b, size_t from, uint8_t tag)
{
	size_t len = b->len - from;
	uint8_t head[4] = {tag};
	size_t n = 2;

	if (len < 0x80) {
		head[1] = (uint8_t)len;
	} else if (len < 0x100) {
		head[1] = 0x81;
		head[n++] = (uint8_t)len;
	} else {
		head[1] = 0x82;
		head[n++] = (uint8_t)(len >> 8);
		head[n++] = (uint8_t)len;
	}
	buffer_reserve(b, n);
	memmove(b->ptr + from + n, b->ptr + from, len);
	memcpy(b->ptr + from, head, n);
	b->len += n;
}

static void add_integer(struct buffer *b, struct span number)
{
	size_t from = b->len;

	if (number.ptr[0] & 0x80)
		buffer_char(b, 0);
	buffer_span(b, number);
	wrap(b, from, 0x02);
}

/* SubjectPublicKeyInfo { { rsaEncryption, NULL }, BIT STRING RSAPublicKey } (RFC 5280 4.1, RFC 8017
 * A.1.1) */
const char *recover_record(struct arena *arena, struct span modulus, unsigned long exponent)
{
	static const uint8_t algorithm[] = {0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7,
		0x0d, 0x01, 0x01, 0x01, 0x05, 0x00};
	uint8_t e[4] = {(uint8_t)(exponent >> 24), (uint8_t)(exponent >> 16),
		(uint8_t)(exponent >> 8), (uint8_t)exponent};
	struct span es = span_make(e, sizeof e);
	struct buffer b = BUFFER_INIT;
	const char *text;
	size_t bits;

	while (es.len > 1 && es.ptr[0] == 0)
		es = span_skip(es, 1);
	buffer_add(&b, algorithm, sizeof algorithm);
	bits = b.len;
	buffer_char(&b, 0); /* no unused bits */
	add_integer(&b, modulus);
	add_integer(&b, es);
	wrap(&b, bits + 1, 0x30);
	wrap(&b, bits, 0x03);
	wrap(&b, 0, 0x30);
	text = arena_printf(arena, "v=DKIM1; k=rsa; p=%s", base64_encode(arena, buffer_view(&b)));
	buffer_release(&b);
	return text;
}

/* --- the arithmetic --- */

#ifdef HAVE_GMP

struct recover_power {
	mpz_t n;
};

bool recover_available(void)
{
	return true;
}

/* EMSA-PKCS1-v1_5 (RFC 8017 9.2): 00 01 FF... 00 DigestInfo, as long as the signature. */
static void encode_message(const struct recover_sample *s, uint8_t em[MOST_OCTETS])
{
	struct span info = s->hash == HASH_SHA1 ? span_make(info_sha1, sizeof info_sha1)
						: span_make(info_sha256, sizeof info_sha256);
	size_t len = s->signature.len, digest = hash_size(s->hash);

	memset(em, 0xff, len);
	em[0] = 0;
	em[1] = 1;
	memcpy(em + len - digest, s->digest, digest);
	memcpy(em + len - digest - info.len, info.ptr, info.len);
	em[len - digest - info.len - 1] = 0;
}

struct recover_power *recover_power_new(const struct recover_sample *s, unsigned long exponent)
{
	struct recover_power *power = malloc(sizeof *power);
	uint8_t em[MOST_OCTETS];
	mpz_t m;

	if (!power || s->signature.len > MOST_OCTETS || s->signature.len < LEAST_OCTETS) {
		free(power);
		return NULL;
	}
	encode_message(s, em);
	mpz_inits(power->n, m, NULL);
	mpz_import(m, s->signature.len, 1, 1, 1, 0, em);
	mpz_import(power->n, s->signature.len, 1, 1, 1, 0, s->signature.ptr);
	mpz_pow_ui(power->n, power->n, exponent);
	mpz_sub(power->n, power->n, m);
	mpz_clear(m);
	return power;
}

void recover_power_free(struct recover_power *power)
{
	if (power)
		mpz_clear(power->n);
	free(power);
}

/* Divides small factors out of G while it is longer than a modulus of BITS. */
static void remove_cofactor(mpz_t g, size_t bits)
{
	enum { BELOW = 1000000 };

	for (unsigned long p = 2; p < BELOW && mpz_sizeinbase(g, 2) > bits; p++)
		while (mpz_sizeinbase(g, 2) > bits && mpz_divisible_ui_p(g, p))
			mpz_divexact_ui(g, g, p);
}

struct span recover_modulus(struct arena *arena, const struct recover_power *a,
	const struct recover_power *b, size_t len)
{
	enum { COFACTOR_BITS = 256 };
	struct span ret = SPAN_NONE;
	size_t size;
	mpz_t g;

	mpz_init(g);
	mpz_gcd(g, a->n, b->n);
	size = mpz_sizeinbase(g, 2);
	if (size > 8 * (len - 1) && size < 8 * len + COFACTOR_BITS) {
		remove_cofactor(g, 8 * len);
		size = mpz_sizeinbase(g, 2);
		if (size > 8 * (len - 1) && size <= 8 * len && mpz_odd_p(g)) {
			uint8_t *bytes = arena_bytes(arena, len);

			mpz_export(bytes, NULL, 1, 1, 1, 0, g);
			ret = span_make(bytes, len);
		}
	}
	mpz_clear(g);
	return ret;
}

#else

bool recover_available(void)
{
	return false;
}

struct recover_power *recover_power_new(const struct recover_sample *s, unsigned long exponent)
{
	(void)s, (void)exponent;
	return NULL;
}

void recover_power_free(struct recover_power *power)
{
	(void)power;
}

struct span recover_modulus(struct arena *arena, const struct recover_power *a,
	const struct recover_power *b, size_t len)
{
	(void)arena, (void)a, (void)b, (void)len, (void)info_sha1, (void)info_sha256;
	return SPAN_NONE;
}

#endif
