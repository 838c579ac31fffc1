/* SPDX-License-Identifier: ISC */
/* The verdict on one signature, in the words of RFC 8601 2.7.1, with its cause and a sentence. */
#include "parsers/dkim/verify.h"

enum {
	FUTURE_ALLOWED = 600, /* seconds by which clocks may differ */
	SAME_KEY_MAX = 16,
};

static void fill_key(struct verifier *v, struct work *w)
{
	const struct key_trial *trial = w->used ? w->used : w->trial_count ? &w->trial[0] : NULL;
	struct dkim_key *key = &w->sig->key;
	const struct key_record *r;

	if (!trial)
		return;
	r = trial->record;
	key->type = r->type_word;
	key->bits = r->bits;
	key->exponent = r->exponent;
	key->testing = r->testing;
	key->strict = r->strict;
	key->record = arena_text(v->arena, span_make(r->text, r->text_len));
	key->problems = r->problems | (r->testing ? KEY_TESTING : 0) |
			(w->trial_count > 1 ? KEY_SEVERAL : 0);
	key->modulus = r->modulus.len ? arena_copy(v->arena, r->modulus) : SPAN_NONE;
	key->problem_text = r->why;
	key->refusal = w->refusal;
	if (r->modulus.len) {
		const char **same = ARENA_ARRAY(v->arena, const char *, SAME_KEY_MAX);

		key->same_count = dkim_context_same_key(v->context, r->modulus, same, SAME_KEY_MAX);
		for (size_t i = 0; i < key->same_count; i++)
			same[i] = arena_strdup(v->arena, same[i]);
		key->same_key = same;
	}
	key->duplicate_tag = r->duplicate_tag;
	if (r->modulus.len && key_blocked(v->context, r->modulus))
		key->problems |= KEY_BLOCKLISTED;
	key->origin = trial->dns->origin;
	key->dnssec = trial->dns->dnssec;
	key->recorded = trial->dns->recorded;
	key->window_from = trial->dns->window_from;
	key->window_to = trial->dns->window_to;
	if (trial->dns->window_source) {
		const char *from = moment_text(v->arena, key->window_from),
			   *to = moment_text(v->arena, key->window_to);

		key->window = arena_printf(v->arena, "%s %s %s", from ? from : "-", to ? to : "-",
			trial->dns->window_source);
	}
}

static bool outside(const struct dkim_key *key, int64_t at)
{
	return at != TIME_NONE && ((key->window_from != TIME_NONE && at < key->window_from) ||
					  (key->window_to != TIME_NONE && at > key->window_to));
}

static void judge_times(struct verifier *v, struct work *w)
{
	struct dkim_signature *sig = w->sig;
	int64_t at = v->options->at, now = v->options->now;

	sig->expired = at != TIME_NONE && sig->expires_at != TIME_NONE && at > sig->expires_at;
	sig->in_future = at != TIME_NONE && sig->signed_at != TIME_NONE && sig->signed_at > at;
	sig->outside_window = outside(&sig->key, at);
	if (at == TIME_NONE || now == TIME_NONE || sig->expires_at == TIME_NONE)
		return;
	if (!sig->expired && now > sig->expires_at)
		sig->at_now =
			arena_printf(v->arena, "expired now (x= %s), but not when it was received",
				moment_text(v->arena, sig->expires_at));
}

static void set(
	struct work *w, enum result result, enum cause cause, const char *text, const char *clause)
{
	w->sig->result = result;
	w->sig->cause = cause;
	w->sig->explanation = text;
	w->sig->clause = clause;
}

/* Which half fails, as a sentence part, where the verdict rests on something else. */
static const char *halves(const struct dkim_signature *sig)
{
	static const char *const text[4][3] = {
		[SIGNATURE_VALID] = {"the signature itself verifies",
			"the signed header is intact, the body was changed",
			"the signed header is intact"},
		[SIGNATURE_INVALID] = {"the signed header was changed",
			"header and body were changed", "the signed header was changed"},
		[SIGNATURE_WRONG_KEY] = {"this key did not make it", "this key did not make it",
			"this key did not make it"},
		[SIGNATURE_UNCHECKED] = {"the body hash matches",
			"the body does not have the hash it states",
			"nothing of it could be checked"},
	};

	return text[sig->signature][sig->body_hash];
}

static void conclude_fault(struct verifier *v, struct work *w)
{
	set(w, RESULT_PERMERROR, w->fault,
		arena_printf(v->arena, "the signature is not valid: %s; %s", w->fault_text,
			halves(w->sig)),
		w->fault_clause);
}

static void conclude_key(struct verifier *v, struct work *w)
{
	bool unknown = w->key_fault == CAUSE_NOT_RECORDED || w->key_fault == CAUSE_DNS_FAILED;
	const char *clause = w->key_fault == CAUSE_KEY_WEAK ? "RFC 8301 3.2" : "RFC 6376 6.1.2";

	set(w, unknown ? RESULT_TEMPERROR : RESULT_PERMERROR, w->key_fault,
		arena_printf(v->arena, "%s (%s)%s%s", w->key_fault_text,
			w->sig->key.name ? w->sig->key.name : "no name",
			w->sig->signature == SIGNATURE_UNCHECKED &&
					w->sig->body_hash == BODY_HASH_UNCHECKED
				? ""
				: "; ",
			w->sig->signature == SIGNATURE_UNCHECKED &&
					w->sig->body_hash == BODY_HASH_UNCHECKED
				? ""
				: halves(w->sig)),
		clause);
}

/* Ed25519 gives nothing back, so what follows is less than for RSA. */
static const char *invalid_text(const struct work *w, bool both)
{
	if (w->sig->algorithm_id == DKIM_ED25519_SHA256)
		return both ? "the body was changed, or bh= was; and the signed header fields, or "
			      "the key, are not those that "
			      "were signed with (Ed25519 does not tell which)"
			    : "the signed header fields, or the key, are not those that were "
			      "signed with (Ed25519 does not tell "
			      "which); the body is as signed";
	if (w->recovered && w->recovered_hash != w->hash)
		return "the key made this signature with another hash than a= says";
	return both ? "the key made this signature, but over other header fields, and the body is "
		      "not what they signed either"
		    : "the key made this signature, but over other header fields: the header was "
		      "changed after signing";
}

static bool conclude_failure(struct work *w)
{
	struct dkim_signature *sig = w->sig;
	bool body = sig->body_hash == BODY_HASH_MISMATCH;

	if (sig->signature == SIGNATURE_WRONG_KEY)
		set(w, RESULT_FAIL, CAUSE_WRONG_KEY,
			"the published key did not make this signature: the key was replaced "
			"since, or b= is not the signer's",
			"RFC 6376 6.1.3");
	else if (sig->signature == SIGNATURE_INVALID)
		set(w, RESULT_FAIL, body ? CAUSE_BOTH_CHANGED : CAUSE_HEADER_CHANGED,
			invalid_text(w, body), "RFC 6376 6.1.3");
	else if (body)
		set(w, RESULT_FAIL, CAUSE_BODY_CHANGED,
			"the body was changed after signing; the signed header fields are intact",
			"RFC 6376 6.1.3");
	else
		return false;
	return true;
}

static void conclude_pass(struct verifier *v, struct work *w)
{
	struct dkim_signature *sig = w->sig;

	if (sig->outside_window)
		set(w, RESULT_PERMERROR, CAUSE_KEY_MISSING,
			arena_printf(v->arena,
				"it verifies with a key that was in use %s, not at the time of the "
				"check",
				sig->key.window),
			"RFC 6376 6.1.2");
	else if (sig->expired)
		set(w, RESULT_FAIL, CAUSE_EXPIRED,
			arena_printf(v->arena,
				"it verifies, but expired %s before the time of the check",
				moment_duration(v->arena, v->options->at - sig->expires_at)),
			"RFC 6376 3.5");
	else if (sig->body_uncovered)
		set(w, RESULT_PASS, CAUSE_BODY_LENGTH,
			arena_printf(v->arena,
				"it verifies, but l= leaves the last %llu bytes of the body "
				"unsigned",
				(unsigned long long)sig->body_uncovered),
			"RFC 6376 8.2");
	else if (sig->algorithm_id == DKIM_ED25519_SHA256 && w->variant == ED25519_WHOLE)
		set(w, RESULT_PASS, CAUSE_NONE,
			"it verifies over the header itself, without the hash of RFC 8463 before",
			NULL);
	else if (w->kind == SIGNATURE_ARC_SEAL)
		set(w, RESULT_PASS, CAUSE_NONE, "the seal verifies", NULL);
	else
		set(w, RESULT_PASS, CAUSE_NONE,
			"it verifies: the signed header fields and the body are as signed", NULL);
}

void work_conclude(struct verifier *v, struct work *w)
{
	struct dkim_signature *sig = w->sig;

	fill_key(v, w);
	judge_times(v, w);
	if (sig->has_length && sig->body_hash == BODY_HASH_MATCH &&
		sig->length > sig->body_canonical)
		work_fault(w, CAUSE_MALFORMED, "l= exceeds the body", "RFC 6376 3.5");
	if (sig->in_future && v->options->at_certain &&
		sig->signed_at - v->options->at > FUTURE_ALLOWED)
		work_fault(w, CAUSE_MALFORMED,
			"it claims to be made (t=) after the time of the check", "RFC 6376 3.5");
	if (w->fault != CAUSE_NONE)
		conclude_fault(v, w);
	else if (w->key_fault == CAUSE_NOT_RECORDED && sig->body_hash == BODY_HASH_MISMATCH)
		set(w, RESULT_FAIL, CAUSE_BODY_CHANGED,
			"the body does not have the hash that bh= states, so it fails whatever the "
			"key says; the key is not in "
			"the DNS evidence, so who signed the header is not known",
			"RFC 6376 6.1.3");
	else if (w->key_fault != CAUSE_NONE && w->key_fault != CAUSE_KEY_WEAK &&
		 w->key_fault != CAUSE_KEY_FLAGS)
		conclude_key(v, w);
	else if (sig->algorithm_id == DKIM_RSA_SHA1)
		set(w, RESULT_PERMERROR, CAUSE_ALGORITHM_FORBIDDEN,
			arena_printf(v->arena,
				"rsa-sha1 proves nothing any more; for the record: %s",
				halves(sig)),
			"RFC 8301 3.1");
	else if (w->key_fault != CAUSE_NONE)
		conclude_key(v, w);
	else if (!conclude_failure(w))
		conclude_pass(v, w);
}
