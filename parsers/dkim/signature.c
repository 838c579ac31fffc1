/* SPDX-License-Identifier: ISC */
/* A signature field's tags (RFC 6376 3.5; RFC 8617 4.1.2 and 4.1.3 for ARC's two). */
#include "parsers/base/encode.h"
#include "parsers/dkim/verify.h"
#include "parsers/message/address.h"

void work_fault(struct work *w, enum cause cause, const char *text, const char *clause)
{
	if (w->fault != CAUSE_NONE)
		return;
	w->fault = cause;
	w->fault_text = text;
	w->fault_clause = clause;
}

struct span signature_b_span(struct span text)
{
	size_t at = span_chr(text, ':') + 1;

	while (at < text.len) {
		while (at < text.len && is_space(text.ptr[at]))
			at++;
		if (at < text.len && text.ptr[at] == 'b') {
			do
				at++;
			while (at < text.len && is_space(text.ptr[at]));
			if (at < text.len && text.ptr[at] == '=') {
				struct span value = span_skip(text, at + 1);

				return span_sub(value, 0, span_chr(value, ';'));
			}
		}
		at += span_chr(span_skip(text, at), ';') + 1;
	}
	return SPAN_NONE;
}

/* A tag that must be there and not be empty. */
static struct span need(struct work *w, const char *name, const char *text)
{
	const struct tag *tag = taglist_find(&w->tags, name);

	if (!tag || !tag->value.len)
		work_fault(w, CAUSE_MALFORMED, text, "RFC 6376 3.5");
	return tag ? tag->value : SPAN_NONE;
}

static bool is_domain_bytes(struct span s)
{
	bool label = false;

	for (size_t i = 0; i < s.len; i++) {
		bool ok = is_alnum(s.ptr[i]) || s.ptr[i] == '-' || s.ptr[i] == '_';

		if (!ok && !(s.ptr[i] == '.' && label))
			return false;
		label = ok;
	}
	return label;
}

/* d= and s= as lower-case text; U-labels (RFC 8616) become A-labels. NULL where no name can be made
 * of them. */
static const char *read_name(struct arena *arena, struct span s)
{
	bool ascii = true;

	for (size_t i = 0; i < s.len; i++)
		ascii &= s.ptr[i] < 128 && s.ptr[i] > ' ';
	if (!ascii && s.len < 1024) {
		const char *converted = domain_ascii(arena, s);

		return converted && is_domain_bytes(span_of(converted)) ? converted : NULL;
	}
	return is_domain_bytes(s) ? arena_lower(arena, s) : NULL;
}

static void read_names(struct verifier *v, struct work *w)
{
	struct dkim_signature *sig = w->sig;
	struct span d = need(w, "d", "it names no domain (d=)"),
		    s = need(w, "s", "it names no selector (s=)");

	sig->where_d = d;
	sig->where_s = s;
	sig->domain = read_name(v->arena, d);
	sig->selector = read_name(v->arena, s);
	if (d.len && !sig->domain)
		work_fault(w, CAUSE_MALFORMED, "d= is no domain name", "RFC 6376 3.5");
	if (s.len && !sig->selector)
		work_fault(w, CAUSE_MALFORMED, "s= is no selector", "RFC 6376 3.1");
	/* What can't be a name is kept for the reader to see. */
	if (d.len && !sig->domain)
		sig->domain = arena_lower(v->arena, span_sub(d, 0, 255));
	if (s.len && !sig->selector)
		sig->selector = arena_lower(v->arena, span_sub(s, 0, 255));
}

static void read_algorithm(struct verifier *v, struct work *w)
{
	static const struct {
		const char *name;
		enum dkim_algorithm id;
		enum hash_kind hash;
	} known[] = {
		{"rsa-sha256", DKIM_RSA_SHA256, HASH_SHA256},
		{"rsa-sha1", DKIM_RSA_SHA1, HASH_SHA1},
		{"ed25519-sha256", DKIM_ED25519_SHA256, HASH_SHA256},
	};
	struct span a = need(w, "a", "it names no algorithm (a=)");

	w->hash = HASH_SHA256;
	w->sig->algorithm_id = DKIM_ALGORITHM_UNKNOWN;
	if (!a.len)
		return;
	w->sig->algorithm = arena_text(v->arena, a);
	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (span_iis(a, known[i].name)) {
			w->sig->algorithm_id = known[i].id;
			w->hash = known[i].hash;
			return;
		}
	work_fault(w, CAUSE_ALGORITHM_UNSUPPORTED, "its algorithm is not one of DKIM's",
		"RFC 6376 3.3");
}

static bool canon_word(struct span s, enum canonicalization *ret)
{
	if (span_iis(s, "simple"))
		*ret = CANONICAL_SIMPLE;
	else if (span_iis(s, "relaxed"))
		*ret = CANONICAL_RELAXED;
	else
		return false;
	return true;
}

/* sig-c-tag = algorithm [ "/" algorithm ]; simple where a half is missing */
static void read_canonicalization(struct work *w)
{
	static const char *const word[2][2] = {
		{"simple/simple", "simple/relaxed"}, {"relaxed/simple", "relaxed/relaxed"}};
	struct dkim_signature *sig = w->sig;
	struct span c = taglist_value(&w->tags, "c");
	size_t slash = span_chr(c, '/');

	sig->header_canon = sig->body_canon = CANONICAL_SIMPLE;
	if (w->kind == SIGNATURE_ARC_SEAL)
		sig->header_canon = CANONICAL_RELAXED;
	else if (w->kind == SIGNATURE_ARC_MESSAGE &&
		 !c.ptr) /* so sealers that leave it out mean it, the public suite too */
		sig->header_canon = sig->body_canon = CANONICAL_RELAXED;
	else if (c.ptr && (!canon_word(span_sub(c, 0, slash), &sig->header_canon) ||
				  (slash < c.len && !canon_word(span_skip(c, slash + 1),
							    &sig->body_canon)))) {
		work_fault(w, CAUSE_MALFORMED, "c= is no canonicalization", "RFC 6376 3.5");
		return;
	}
	sig->canonicalization = word[sig->header_canon][sig->body_canon];
}

/* sig-h-tag = hdr-name *( [FWS] ":" [FWS] hdr-name ) */
static void read_fields(struct verifier *v, struct work *w)
{
	struct dkim_signature *sig = w->sig;
	struct span h = need(w, "h", "it lists no signed fields (h=)");
	char *lower = arena_lower(v->arena, h); /* which becomes the names */
	struct span rest = span_make(lower, h.len);
	size_t room = 0;
	bool from = false;

	sig->where_h = h;
	while (rest.len) {
		size_t at = span_chr(rest, ':');
		struct span name = span_trim(span_sub(rest, 0, at));

		rest = span_skip(rest, at + 1);
		from |= span_is(name, "from");
		if (name.len && sig->signed_field_count < LIMIT_FIELDS) {
			char *text = lower + (name.ptr - (const uint8_t *)lower);

			text[name.len] = 0;
			*LIST_ADD(v->arena, sig->signed_field, sig->signed_field_count, room) =
				text;
		}
		if (w->kind == SIGNATURE_ARC_MESSAGE && span_is(name, "arc-seal"))
			work_fault(w, CAUSE_MALFORMED, "h= lists ARC-Seal", "RFC 8617 4.1.2");
	}
	sig->no_from = h.len && !from && w->kind == SIGNATURE_DKIM;
	if (sig->no_from)
		work_fault(w, CAUSE_MALFORMED, "h= does not list From", "RFC 6376 5.4");
}

/* Digits, at most MAX_DIGITS of them; a greater number than fits is held at the greatest. */
static bool read_number(struct work *w, const char *name, size_t max_digits, const char *text,
	struct span *ret_where, uint64_t *ret)
{
	const struct tag *tag = taglist_find(&w->tags, name);
	size_t digits = 0;

	if (!tag)
		return false;
	*ret_where = tag->value;
	if (span_number(tag->value, INT64_MAX, ret))
		return true;
	for (size_t i = 0; i < tag->value.len; i++)
		digits += is_digit(tag->value.ptr[i]);
	if (!digits || digits < tag->value.len || digits > max_digits) {
		work_fault(w, CAUSE_MALFORMED, text, "RFC 6376 3.5");
		return false;
	}
	*ret = INT64_MAX;
	return true;
}

static void read_numbers(struct work *w)
{
	struct dkim_signature *sig = w->sig;
	uint64_t n;

	sig->signed_at = sig->expires_at = TIME_NONE;
	if (read_number(w, "l", 76, "l= is no number", &sig->where_l, &n) &&
		w->kind != SIGNATURE_ARC_SEAL) {
		sig->has_length = true;
		sig->length = n;
	}
	if (read_number(w, "t", 20, "t= is no time", &sig->where_t, &n))
		sig->signed_at = (int64_t)n;
	if (read_number(w, "x", 20, "x= is no time", &sig->where_x, &n))
		sig->expires_at = (int64_t)n;
	if (sig->signed_at != TIME_NONE && sig->expires_at != TIME_NONE &&
		sig->expires_at <= sig->signed_at)
		work_fault(w, CAUSE_MALFORMED, "it expires (x=) before it was made (t=)",
			"RFC 6376 3.5");
}

/* i= of DKIM: [ Local-part ] "@" domain-name, the same as d= or below it */
static void read_identity(struct verifier *v, struct work *w)
{
	struct dkim_signature *sig = w->sig;
	const struct tag *tag = taglist_find(&w->tags, "i");
	size_t at, len;
	const char *domain;

	if (!tag)
		return;
	sig->identity = arena_lower(v->arena, tag->value);
	at = span_rchr(tag->value, '@');
	domain = at < tag->value.len ? read_name(v->arena, span_skip(tag->value, at + 1)) : NULL;
	if (!domain) {
		work_fault(w, CAUSE_MALFORMED, "i= is no identity", "RFC 6376 3.5");
		return;
	}
	if (!sig->domain)
		return;
	len = strlen(domain) -
	      (strlen(domain) < strlen(sig->domain) ? strlen(domain) : strlen(sig->domain));
	if (strcmp(domain + len, sig->domain) != 0 || (len && domain[len - 1] != '.')) {
		sig->outside_domain = true;
		work_fault(w, CAUSE_MALFORMED, "i= lies outside d=", "RFC 6376 3.5");
	}
}

static bool query_has_dns(struct span q)
{
	while (q.len) {
		size_t at = span_chr(q, ':');

		if (span_iis(span_trim(span_sub(q, 0, at)), "dns/txt"))
			return true;
		q = span_skip(q, at + 1);
	}
	return false;
}

static void read_version_and_query(struct work *w)
{
	struct span q = taglist_value(&w->tags, "q");

	if (!span_is(need(w, "v", "it states no version (v=)"), "1"))
		work_fault(w, CAUSE_MALFORMED, "its version (v=) is not 1", "RFC 6376 3.5");
	if (q.ptr && !query_has_dns(q))
		work_fault(w, CAUSE_MALFORMED, "q= offers no way to the key that is defined",
			"RFC 6376 3.5");
}

static void read_arc_only(struct work *w)
{
	uint64_t n;

	if (span_number(taglist_value(&w->tags, "i"), 1024, &n) && n > 0)
		w->instance = (unsigned)n;
	else
		work_fault(w, CAUSE_MALFORMED, "it has no instance number (i=)", "RFC 8617 4.2.1");
	if (w->kind == SIGNATURE_ARC_SEAL && taglist_find(&w->tags, "h"))
		work_fault(w, CAUSE_MALFORMED, "a seal has no h= tag", "RFC 8617 4.1.3");
}

static struct span read_base64(
	struct verifier *v, struct work *w, const char *name, const char *text)
{
	struct span value = taglist_value(&w->tags, name), ret = SPAN_NONE;
	bool forgiven;

	if (value.len && !base64_forgiving(v->arena, value, &ret, &forgiven))
		work_fault(w, CAUSE_MALFORMED, text, "RFC 6376 3.5");
	return ret;
}

static void read_hashes(struct verifier *v, struct work *w)
{
	struct dkim_signature *sig = w->sig;

	sig->where_b = need(w, "b", "it has no signature (b=)");
	w->b = read_base64(v, w, "b", "b= is not base64");
	if (w->kind == SIGNATURE_ARC_SEAL)
		return;
	sig->where_bh = need(w, "bh", "it has no body hash (bh=)");
	w->bh = read_base64(v, w, "bh", "bh= is not base64");
	if (w->bh.len)
		sig->body_hash_signed = base64_encode(v->arena, w->bh);
	if (w->bh.len && w->bh.len != hash_size(w->hash) &&
		sig->algorithm_id != DKIM_ALGORITHM_UNKNOWN)
		work_fault(w, CAUSE_MALFORMED, "bh= is not as long as its hash", "RFC 6376 3.5");
}

void work_parse(
	struct verifier *v, struct work *w, const struct field *field, enum signature_kind kind)
{
	memset(w, 0, sizeof *w);
	w->kind = kind;
	w->sink = SIZE_MAX;
	w->sig = ARENA_NEW(v->arena, struct dkim_signature);
	w->sig->field = field;
	w->sig->signature = SIGNATURE_UNCHECKED;
	w->sig->body_hash = BODY_HASH_UNCHECKED;
	w->sig->key.window_from = w->sig->key.window_to = w->sig->key.recorded = TIME_NONE;
	w->sig->key.dnssec = DNSSEC_UNKNOWN;
	w->tags = taglist_parse(v->arena, span_sub(field->value, 0, LIMIT_FIELD));
	w->sig->duplicate_tag = w->tags.duplicate;
	w->sig->copied = taglist_value(&w->tags, "z");
	if (w->tags.malformed)
		work_fault(w, CAUSE_MALFORMED, "its tags can't be read", "RFC 6376 3.2");
	if (w->tags.duplicate)
		work_fault(w, CAUSE_MALFORMED, "a tag stands twice in it", "RFC 6376 3.2");
	if (kind == SIGNATURE_DKIM)
		read_version_and_query(w);
	read_names(v, w);
	if (kind == SIGNATURE_DKIM)
		read_identity(v, w);
	else
		read_arc_only(w);
	read_algorithm(v, w);
	read_canonicalization(w);
	if (kind != SIGNATURE_ARC_SEAL)
		read_fields(v, w);
	read_numbers(w);
	read_hashes(v, w);
}
