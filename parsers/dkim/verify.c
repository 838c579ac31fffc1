/* SPDX-License-Identifier: ISC */
/* From a parsed signature to what its key and the message's bytes say (RFC 6376 6.1). The verdict
 * is in conclude.c. */
#include "parsers/dkim/repair.h"

#include "parsers/base/encode.h"

enum { KEYS_TRIED_MAX = 16, MODULUS_BYTES_MAX = 2048 };

void verifier_init(struct verifier *v, struct arena *arena, const struct message *message,
	struct dns_log *dns, struct dkim_context *context, const struct dkim_options *options)
{
	*v = (struct verifier){
		.arena = arena,
		.message = message,
		.dns = dns,
		.context = context,
		.options = options,
		.header = context->header,
		.scratch = context->scratch,
	};
	context->header = context->scratch = BUFFER_INIT;
	key_cache_trim(context);
	field_index_init(&v->index, arena, message);
}

/* A buffer serves the next message again, unless a hostile one made it large. */
static void give_back(struct buffer *to, struct buffer *from)
{
	enum { MOST = 256 * 1024 };

	if (to->ptr || from->room > MOST) {
		buffer_release(from);
		return;
	}
	*to = *from;
	*from = BUFFER_INIT;
}

void verifier_release(struct verifier *v)
{
	give_back(&v->context->header, &v->header);
	give_back(&v->context->scratch, &v->scratch);
}

static bool window_holds(const struct dns_record *r, int64_t at)
{
	return at == TIME_NONE || ((r->window_from == TIME_NONE || at >= r->window_from) &&
					  (r->window_to == TIME_NONE || at <= r->window_to));
}

/* Records that were in use at the time of the check come first, the rest in the order given. */
static void add_trials(struct verifier *v, struct work *w, const struct dns_answer *answer)
{
	size_t max = answer->count < KEYS_TRIED_MAX ? answer->count : KEYS_TRIED_MAX;

	w->trial = ARENA_ARRAY(v->arena, struct key_trial, max);
	for (int in_window = 1; in_window >= 0; in_window--)
		for (size_t i = 0; i < answer->count && w->trial_count < max; i++)
			if (window_holds(&answer->record[i], v->options->at) == (bool)in_window)
				w->trial[w->trial_count++] = (struct key_trial){
					.record = key_record_get(v->context, answer->record[i].txt),
					.dns = &answer->record[i],
				};
}

void work_find_keys(struct verifier *v, struct work *w)
{
	static const struct {
		enum cause cause;
		const char *text;
	} absent[] = {
		[DNS_FOUND] = {CAUSE_KEY_MISSING, "the name holds no key"},
		[DNS_NODATA] = {CAUSE_KEY_MISSING, "the name of the key has no TXT record"},
		[DNS_NXDOMAIN] = {CAUSE_KEY_MISSING, "the name of the key does not exist"},
		[DNS_FAILED] = {CAUSE_DNS_FAILED, "the lookup of the key failed"},
		[DNS_NOT_RECORDED] = {CAUSE_NOT_RECORDED, "the key is not in the DNS evidence"},
	};
	struct dkim_signature *sig = w->sig;
	const struct dns_answer *answer;

	if (!sig->domain || !sig->selector)
		return;
	if (w->fault == CAUSE_MALFORMED && w->fault_clause &&
		strpbrk(sig->domain, " \t\r\n()<>@,;:\\\"/[]"))
		return; /* no name to ask for */
	sig->key.name = arena_printf(v->arena, "%s._domainkey.%s", sig->selector, sig->domain);
	answer = dns_lookup(
		v->dns, sig->key.name, DNS_TXT, w->kind == SIGNATURE_DKIM ? "DKIM key" : "ARC key");
	if (answer->status == DNS_FOUND)
		add_trials(v, w, answer);
	sig->key.dnssec = answer->dnssec;
	sig->key.canonical = answer->canonical;
	if (w->trial_count)
		return;
	w->key_fault = absent[answer->status].cause;
	w->key_fault_text = absent[answer->status].text;
}

void work_header(struct verifier *v, struct work *w)
{
	struct dkim_signature *sig = w->sig;
	struct span text = field_text_span(sig->field), b = signature_b_span(text);

	buffer_clear(&v->header);
	for (size_t i = 0; i < sig->signed_field_count; i++)
		if (sig->covered[i]) {
			canon_header(
				&v->header, field_text_span(sig->covered[i]), sig->header_canon);
			buffer_add(&v->header, "\r\n", 2);
		}
	buffer_clear(&v->scratch);
	if (b.ptr) {
		buffer_add(&v->scratch, text.ptr, (size_t)(b.ptr - text.ptr));
		buffer_add(&v->scratch, span_end(b), (size_t)(span_end(text) - span_end(b)));
	} else {
		buffer_span(&v->scratch, text);
	}
	canon_header(&v->header, buffer_view(&v->scratch), sig->header_canon);
}

/* What one key says. RSA: the padding tells whether this key made b=, the digest whether it did so
 * over this header. */
static enum signature_state try_rsa(struct work *w, const struct key_record *r)
{
	uint8_t em[MODULUS_BYTES_MAX];
	size_t len = 0;
	struct span digest;

	if (w->b.len != r->modulus.len || !public_key_open(r->key, w->b, em, sizeof em, &len) ||
		!digest_info_read(span_make(em, len), &w->recovered_hash, &digest))
		return SIGNATURE_WRONG_KEY;
	memcpy(w->digest, digest.ptr, digest.len);
	w->recovered = true;
	if (w->recovered_hash == w->hash && memcmp(w->digest, w->computed, digest.len) == 0)
		return SIGNATURE_VALID;
	return SIGNATURE_INVALID;
}

static enum signature_state try_ed25519(
	struct work *w, const struct key_record *r, struct span header)
{
	if (w->b.len != 64)
		return SIGNATURE_INVALID;
	w->variant = ED25519_PREHASHED;
	if (public_key_verify(r->key, span_make(w->computed, hash_size(HASH_SHA256)), w->b))
		return SIGNATURE_VALID;
	w->variant = ED25519_WHOLE;
	if (header.len && public_key_verify(r->key, header, w->b))
		return SIGNATURE_VALID;
	w->variant = ED25519_PREHASHED;
	return SIGNATURE_INVALID;
}

/* t=s: "any DKIM-Signature header fields using the i= tag MUST have the same domain value on the
 * right-hand side" */
static bool breaks_strict(const struct dkim_signature *sig, const struct key_record *r)
{
	const char *at = sig->identity ? strrchr(sig->identity, '@') : NULL;

	return r->strict && at && strcmp(at + 1, sig->domain) != 0;
}

static enum key_refusal key_refuses(const struct work *w, const struct key_record *r)
{
	bool ed25519 = w->sig->algorithm_id == DKIM_ED25519_SHA256;

	if (w->sig->algorithm_id == DKIM_ALGORITHM_UNKNOWN ||
		ed25519 != (r->type == KEY_TYPE_ED25519))
		return KEY_REFUSES_TYPE;
	if (!(w->hash == HASH_SHA1 ? r->sha1 : r->sha256))
		return KEY_REFUSES_HASH;
	if (!r->service)
		return KEY_REFUSES_SERVICE;
	return w->kind == SIGNATURE_DKIM && breaks_strict(w->sig, r) ? KEY_REFUSES_SUBDOMAIN
								     : KEY_ALLOWS;
}

static void judge_use(struct work *w, const struct key_record *r)
{
	static const char *const text[] = {
		[KEY_REFUSES_TYPE] = "the key is of another type than the signature",
		[KEY_REFUSES_HASH] = "the key's h= does not permit this hash",
		[KEY_REFUSES_SERVICE] = "the key's s= does not permit e-mail",
		[KEY_REFUSES_SUBDOMAIN] = "the key (t=s) does not permit a subdomain in i=",
	};

	w->refusal = r->cause == CAUSE_NONE ? key_refuses(w, r) : KEY_ALLOWS;
	w->key_fault = r->cause;
	w->key_fault_text = r->why;
	if (w->refusal != KEY_ALLOWS) {
		w->key_fault = CAUSE_KEY_FLAGS;
		w->key_fault_text = text[w->refusal];
	} else if (r->cause == CAUSE_NONE && r->problems & KEY_WEAK) {
		w->key_fault = CAUSE_KEY_WEAK;
		w->key_fault_text = "the RSA key has fewer than 1024 bits";
	}
}

/* Higher is better: what the key says first, then whether it may be used, then whether its window
 * holds. */
static unsigned trial_rank(enum signature_state state, enum cause fault, bool in_window)
{
	static const unsigned by_state[] = {[SIGNATURE_VALID] = 3,
		[SIGNATURE_INVALID] = 2,
		[SIGNATURE_WRONG_KEY] = 1,
		[SIGNATURE_UNCHECKED] = 0};

	return by_state[state] * 4 + (fault == CAUSE_NONE) * 2 + in_window;
}

static enum signature_state try_key(struct work *w, const struct key_record *r, struct span header)
{
	bool ed25519 = w->sig->algorithm_id == DKIM_ED25519_SHA256;

	if (!r->key || !w->b.len || w->sig->algorithm_id == DKIM_ALGORITHM_UNKNOWN ||
		ed25519 != (r->type == KEY_TYPE_ED25519) || !w->sig->canonicalization)
		return SIGNATURE_UNCHECKED;
	return ed25519 ? try_ed25519(w, r, header) : try_rsa(w, r);
}

void work_judge_keys(struct verifier *v, struct work *w, struct span header)
{
	unsigned best_rank = 0;
	struct work best = *w;

	for (size_t i = 0; i < w->trial_count; i++) {
		const struct key_trial *trial = &w->trial[i];
		struct work now = *w;
		enum signature_state state = try_key(&now, trial->record, header);
		unsigned rank;

		judge_use(&now, trial->record);
		rank = trial_rank(state, now.key_fault, window_holds(trial->dns, v->options->at));
		if (i > 0 && rank <= best_rank)
			continue;
		now.used = trial;
		now.sig->signature = state;
		best_rank = rank;
		best = now;
		if (state == SIGNATURE_VALID && now.key_fault == CAUSE_NONE && rank & 1)
			break;
	}
	*w = best;
	w->sig->digest_known = w->recovered && w->recovered_hash == w->hash;
}

static bool wants_body(const struct work *w)
{
	return w->kind != SIGNATURE_ARC_SEAL && w->bh.len && w->bh.len == hash_size(w->hash) &&
	       w->sig->canonicalization && w->sig->algorithm_id != DKIM_ALGORITHM_UNKNOWN;
}

/* The sink that hashes what this signature needs: shared with others that need the same. */
static size_t find_sink(struct body_sink *sink, size_t *count, const struct work *w)
{
	const struct dkim_signature *sig = w->sig;
	size_t i;

	for (i = 0; i < *count; i++)
		if (sink[i].canon == sig->body_canon && sink[i].kind == w->hash &&
			sink[i].has_limit == sig->has_length && sink[i].limit == sig->length)
			return i;
	sink[*count] = (struct body_sink){
		.canon = sig->body_canon,
		.kind = w->hash,
		.has_limit = sig->has_length,
		.limit = sig->length,
	};
	(*count)++;
	return i;
}

static void note_tail(struct verifier *v, struct dkim_signature *sig)
{
	const struct message *m = v->message;
	size_t at, from;

	if (!sig->has_length || sig->length >= sig->body_canonical)
		return;
	at = canon_body_place(m->check_body, sig->body_canon, sig->length);
	from = at < m->check_body.len ? message_stored(m, at)
				      : span_offset(m->raw, m->body) + m->body.len;
	sig->body_tail = span_sub(m->raw, from, span_offset(m->raw, m->body) + m->body.len);
	sig->body_uncovered = sig->body_tail.len;
}

static void judge_body(
	struct verifier *v, struct work *w, const struct body_sink *sink, uint64_t canonical)
{
	struct dkim_signature *sig = w->sig;
	struct span digest = span_make(sink->digest, hash_size(w->hash));

	memcpy(w->body_digest, sink->digest, sizeof w->body_digest);
	sig->body_canonical = canonical;
	sig->body_covered = sink->taken;
	sig->body_hash = span_eq(digest, w->bh) ? BODY_HASH_MATCH : BODY_HASH_MISMATCH;
	sig->body_hash_computed = base64_encode(v->arena, digest);
	note_tail(v, sig);
}

void work_judge_bodies(struct verifier *v, struct work *w, size_t count)
{
	struct body_sink *sink = ARENA_ARRAY(v->arena, struct body_sink, count);
	struct body_lengths lengths = {{0, 0}};
	size_t sinks = 0;

	for (size_t i = 0; i < count; i++)
		w[i].sink = wants_body(&w[i]) ? find_sink(sink, &sinks, &w[i]) : SIZE_MAX;
	if (!sinks)
		return;
	canon_body(v->message->check_body, sink, sinks, &lengths);
	for (size_t i = 0; i < count; i++)
		if (w[i].sink != SIZE_MAX)
			judge_body(v, &w[i], &sink[w[i].sink], lengths.len[w[i].sig->body_canon]);
}

void works_check(struct verifier *v, struct work *w, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		work_cover(v, &w[i]);
		work_find_keys(v, &w[i]);
		work_header(v, &w[i]);
		hash_once(w[i].hash, buffer_view(&v->header), w[i].computed);
		work_judge_keys(v, &w[i], buffer_view(&v->header));
	}
	work_judge_bodies(v, w, count);
	for (size_t i = 0; i < count; i++)
		work_conclude(v, &w[i]);
	repair_works(v, w, count);
}
