/* SPDX-License-Identifier: ISC */
#include "parsers/dkim/key.h"

#include <limits.h>
#include <stdlib.h>

#include "parsers/base/encode.h"
#include "parsers/base/taglist.h"
#include "parsers/dkim/der.h"

enum { KEY_CACHE_MAX = 65536, MODULUS_BITS_MAX = 16384, KEY_RECORD_MAX = 65535 };

static int base64_bits(uint8_t c)
{
	static const char alphabet[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	const char *at = c ? strchr(alphabet, c) : NULL;

	return at ? (int)(at - alphabet) : -1;
}

bool base64_forgiving(struct arena *arena, struct span s, struct span *ret, bool *ret_forgiven)
{
	uint8_t *out;
	size_t len = 0, digits = 0, pads = 0;
	uint32_t bits = 0;

	if (base64_decode(arena, s, ret)) {
		*ret_forgiven = false;
		return true;
	}
	*ret_forgiven = true;
	out = arena_bytes(arena, s.len / 4 * 3 + 3);
	for (size_t i = 0; i < s.len; i++) {
		int v = base64_bits(s.ptr[i]);

		if (is_space(s.ptr[i]))
			continue;
		if (s.ptr[i] == '=') {
			pads++;
			continue;
		}
		if (v < 0 || pads)
			return false;
		bits = bits << 6 | (uint32_t)v;
		if (digits++ % 4)
			out[len++] = (uint8_t)(bits >> (8 - digits % 4 * 2) % 8);
	}
	if (digits % 4 == 1 || digits == 0)
		return false;
	*ret = span_make(out, len);
	return true;
}

/* RSAPublicKey ::= SEQUENCE { modulus INTEGER, publicExponent INTEGER } */
static bool read_rsa_public(struct span der, struct span *n, struct span *e)
{
	struct span seq;

	return der_take(&der, DER_SEQUENCE, &seq) && der_take_number(&seq, n) &&
	       der_take_number(&seq, e) && seq.len == 0;
}

/* RSAPrivateKey ::= SEQUENCE { version INTEGER (0), modulus, publicExponent, privateExponent, ... }
 */
static bool read_rsa_private(struct span der, struct span *n, struct span *e)
{
	struct span seq, version, d;

	return der_take(&der, DER_SEQUENCE, &seq) && der_take_number(&seq, &version) &&
	       version.len <= 1 && der_take_number(&seq, n) && der_take_number(&seq, e) &&
	       der_take_number(&seq, &d) && n->len > 1;
}

/* PrivateKeyInfo ::= SEQUENCE { version INTEGER, algorithm SEQUENCE, privateKey OCTET STRING, ... }
 */
static bool read_pkcs8(struct span der, struct span *n, struct span *e)
{
	struct span seq, version, algorithm, inner;

	if (!der_take(&der, DER_SEQUENCE, &seq) || !der_take_number(&seq, &version) ||
		!der_take(&seq, DER_SEQUENCE, &algorithm) ||
		!der_take(&seq, DER_OCTET_STRING, &inner))
		return false;
	if (!read_rsa_private(inner, n, e))
		*n = *e = SPAN_NONE;
	return true;
}

/* SubjectPublicKeyInfo ::= SEQUENCE { SEQUENCE { OID, ... }, BIT STRING } */
static enum key_form read_spki(struct span der, struct span *n, struct span *e, struct span *point)
{
	static const uint8_t rsa[] = {
		0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01}; /* rsaEncryption */
	static const uint8_t ed25519[] = {0x2b, 0x65, 0x70};           /* RFC 8410 */
	struct span seq, algorithm, oid, bits;

	if (!der_take(&der, DER_SEQUENCE, &seq) || !der_take(&seq, DER_SEQUENCE, &algorithm) ||
		!der_take(&algorithm, DER_OID, &oid) || !der_take(&seq, DER_BIT_STRING, &bits) ||
		bits.len < 2 || bits.ptr[0])
		return KEY_FORM_NONE;
	bits = span_skip(bits, 1);
	if (span_eq(oid, span_make(rsa, sizeof rsa)) && read_rsa_public(bits, n, e))
		return KEY_FORM_SPKI;
	if (span_eq(oid, span_make(ed25519, sizeof ed25519)) && bits.len == 32) {
		*point = bits;
		return KEY_FORM_SPKI_ED25519;
	}
	return KEY_FORM_NONE;
}

enum key_form key_der_read(struct span der, struct span *n, struct span *e, struct span *point)
{
	enum key_form form;

	*n = *e = *point = SPAN_NONE;
	form = read_spki(der, n, e, point);
	if (form != KEY_FORM_NONE)
		return form;
	if (read_rsa_public(der, n, e))
		return KEY_FORM_BARE;
	if (read_pkcs8(der, n, e) || read_rsa_private(der, n, e))
		return KEY_FORM_PRIVATE;
	*n = *e = SPAN_NONE;
	return KEY_FORM_NONE;
}

static unsigned bit_length(struct span n)
{
	unsigned bits = (unsigned)n.len * 8;

	for (uint8_t mask = 0x80; n.len && mask && !(n.ptr[0] & mask); mask >>= 1)
		bits--;
	return bits;
}

static unsigned long small_number(struct span n)
{
	unsigned long v = 0;

	if (n.len > sizeof v)
		return ULONG_MAX;
	for (size_t i = 0; i < n.len; i++)
		v = v << 8 | n.ptr[i];
	return v;
}

/* A copy that lives with the record. */
static struct span keep(struct span s)
{
	uint8_t *copy = malloc(s.len ? s.len : 1);

	if (!copy)
		abort();
	if (s.len)
		memcpy(copy, s.ptr, s.len);
	return span_make(copy, s.len);
}

static void malformed(struct key_record *r, const char *why)
{
	if (r->cause != CAUSE_NONE)
		return;
	r->cause = CAUSE_KEY_MALFORMED;
	r->why = why;
	r->problems |= KEY_SYNTAX;
}

static void take_rsa(
	const struct dkim_context *context, struct key_record *r, struct span n, struct span e)
{
	unsigned surveyed;
	bool sound = survey_problems(context, n, &surveyed) && !(surveyed & KEY_SMALL_FACTOR);

	r->problems |= surveyed & KEY_SHARED_PRIME;
	r->modulus = keep(n);
	r->bits = bit_length(n);
	r->exponent = small_number(e);
	if (r->bits < 1024)
		r->problems |= KEY_WEAK;
	else if (r->bits < 2048)
		r->problems |= KEY_SHORT;
	if (e.len == 0 || !(e.ptr[e.len - 1] & 1) || r->exponent <= 3)
		r->problems |= KEY_EXPONENT;
	if (n.len < 16 || r->bits > MODULUS_BITS_MAX || !(n.ptr[n.len - 1] & 1)) {
		malformed(r, "its modulus is no RSA modulus");
		return;
	}
	r->problems |= weak_modulus(n, sound);
	r->key = public_key_rsa(n, e);
	if (!r->key)
		malformed(r, "its numbers are no RSA key");
}

static void take_public(
	const struct dkim_context *context, struct key_record *r, struct span der)
{
	struct span n, e, point;
	enum key_form form = key_der_read(der, &n, &e, &point);

	if (r->type == KEY_TYPE_ED25519 && form == KEY_FORM_NONE && der.len == 32) {
		point = der; /* RFC 8463 4.2: the bare 32 bytes */
	} else if (r->type == KEY_TYPE_ED25519 && form == KEY_FORM_SPKI_ED25519) {
		r->problems |= KEY_SYNTAX;
	} else if (form == KEY_FORM_PRIVATE) {
		r->problems |= KEY_PRIVATE;
		if (n.len)
			take_rsa(context, r, n, e);
		malformed(r, "it publishes a private key");
		return;
	} else if (r->type == KEY_TYPE_RSA && (form == KEY_FORM_SPKI || form == KEY_FORM_BARE)) {
		r->problems |= form == KEY_FORM_BARE ? KEY_BARE : 0;
		take_rsa(context, r, n, e);
		return;
	} else {
		malformed(r, "p= holds no key of its type");
		return;
	}
	r->point = keep(point);
	r->bits = 256;
	r->key = public_key_ed25519(point);
	if (!r->key)
		malformed(r, "p= holds no Ed25519 key");
}

/* Whether WORD is an item of a colon-separated list, in any case. */
static bool list_has(struct span list, const char *word)
{
	while (list.len) {
		size_t at = span_chr(list, ':');

		if (span_iis(span_trim(span_sub(list, 0, at)), word))
			return true;
		list = span_skip(list, at + 1);
	}
	return false;
}

static void read_flags(struct key_record *r, const struct taglist *tags)
{
	struct span h = taglist_value(tags, "h"), s = taglist_value(tags, "s"),
		    t = taglist_value(tags, "t");

	r->has_hashes = h.ptr != NULL;
	r->sha1 = !h.ptr || list_has(h, "sha1");
	r->sha256 = !h.ptr || list_has(h, "sha256");
	r->service = !s.ptr || list_has(s, "*") || list_has(s, "email");
	r->testing = list_has(t, "y");
	r->strict = list_has(t, "s");
}

static void read_type(struct key_record *r, struct span k)
{
	r->type = !k.ptr || span_iis(k, "rsa") ? KEY_TYPE_RSA
		  : span_iis(k, "ed25519")     ? KEY_TYPE_ED25519
					       : KEY_TYPE_OTHER;
	r->type_word = r->type == KEY_TYPE_RSA       ? "rsa"
		       : r->type == KEY_TYPE_ED25519 ? "ed25519"
						     : NULL;
	if (r->type == KEY_TYPE_OTHER)
		malformed(r, "k= names an unknown key type");
}

/* "If specified, this tag MUST be set to "DKIM1" ... [it] MUST be the first tag in the record." */
static void read_version(struct key_record *r, const struct taglist *tags)
{
	const struct tag *v = taglist_find(tags, "v");

	if (!v)
		r->problems |= KEY_NO_VERSION;
	else if (!span_is(v->value, "DKIM1"))
		malformed(r, "v= is not DKIM1");
	else if (v != tags->tag)
		r->problems |= KEY_SYNTAX;
}

/* "abc\" \"def": the quotes between two strings of a record, pasted into the string itself. */
static struct span without_quotes(struct arena *arena, struct span p)
{
	uint8_t *out = arena_bytes(arena, p.len + 1);
	size_t len = 0;

	for (size_t i = 0; i < p.len; i++)
		if (p.ptr[i] != '"' && !(p.ptr[i] == '\\' && i + 1 < p.len && p.ptr[i + 1] == '"'))
			out[len++] = p.ptr[i];
	return span_make(out, len);
}

struct span key_peek_modulus(struct arena *arena, struct span txt)
{
	struct taglist tags = taglist_parse(arena, span_sub(txt, 0, KEY_RECORD_MAX));
	struct span p = taglist_value(&tags, "p"), der, n, e, point;
	bool forgiven;

	if (p.len < 64 || !base64_forgiving(arena, p, &der, &forgiven))
		return SPAN_NONE;
	key_der_read(der, &n, &e, &point);
	return n;
}

static void read_record(
	const struct dkim_context *context, struct key_record *r, struct arena *arena)
{
	struct span text = span_make(r->text, r->text_len);
	struct taglist tags = taglist_parse(arena, text);
	struct span p = taglist_value(&tags, "p"), der;
	bool forgiven = false;

	r->duplicate_tag = tags.duplicate;
	read_flags(r, &tags);
	read_version(r, &tags);
	read_type(r, taglist_value(&tags, "k"));
	if (span_find(text, SPAN("PRIVATE KEY-----"), 0) < text.len)
		r->problems |= KEY_PRIVATE;
	if (r->text_len >= KEY_RECORD_MAX)
		malformed(r, "it is too long");
	else if (!p.ptr)
		malformed(r, "it has no p= tag");
	else if (tags.duplicate)
		malformed(r, "a tag stands twice in it");
	if (tags.malformed)
		r->problems |= KEY_SYNTAX;
	if (r->cause == CAUSE_NONE && p.len == 0) {
		r->cause = CAUSE_KEY_REVOKED;
		r->why = "p= is empty";
	} else if (p.len && !base64_forgiving(arena, p, &der, &forgiven) &&
		   !base64_forgiving(arena, without_quotes(arena, p), &der, &forgiven)) {
		malformed(r, "p= is not base64");
	} else if (p.len && r->type != KEY_TYPE_OTHER) {
		r->problems |= forgiven || span_chr(p, '"') < p.len ? KEY_SYNTAX : 0;
		take_public(context, r, der);
	}
}

static void record_free(struct key_record *r)
{
	public_key_free(r->key);
	free((void *)(uintptr_t)r->modulus.ptr);
	free((void *)(uintptr_t)r->point.ptr);
	free(r->text);
	free(r);
}

void key_cache_clear(struct dkim_context *context)
{
	for (size_t i = 0; i < context->buckets; i++)
		while (context->bucket[i]) {
			struct key_record *r = context->bucket[i];

			context->bucket[i] = r->next;
			record_free(r);
		}
	context->count = 0;
}

void key_cache_trim(struct dkim_context *context)
{
	if (context->count > KEY_CACHE_MAX)
		key_cache_clear(context);
}

const struct key_record *key_record_get(struct dkim_context *context, struct span txt)
{
	struct span text = span_sub(txt, 0, KEY_RECORD_MAX);
	struct key_record **slot = &context->bucket[span_hash(text) % context->buckets];
	struct arena *arena;
	struct key_record *r;

	for (r = *slot; r; r = r->next)
		if (span_eq(span_make(r->text, r->text_len), text))
			return r;
	r = calloc(1, sizeof *r);
	if (!r)
		abort();
	r->text = (char *)(uintptr_t)keep(text).ptr;
	r->text_len = text.len;
	arena = arena_new();
	read_record(context, r, arena);
	arena_free(arena);
	r->next = *slot;
	*slot = r;
	context->count++;
	return r;
}
