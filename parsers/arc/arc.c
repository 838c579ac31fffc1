/* SPDX-License-Identifier: ISC */
#include "parsers/arc/arc.h"

#include "parsers/dkim/verify.h"

enum { INSTANCE_MAX = 1024 }; /* greater instances are no instances: the grammar has 1 to 50 */

/* One set as its fields are found; extra copies only count. */
struct found {
	const struct field
		*field[3]; /* ARC-Authentication-Results, ARC-Message-Signature, ARC-Seal */
	unsigned count[3];
	struct work seal, message;
};

struct chain {
	struct verifier v;
	struct arc *arc;
	const struct trace *trace;
	const struct arc_options *options;
	struct found *found; /* by instance, [0] is not used */
	unsigned highest;
	unsigned present; /* instances that have any field */
	bool stray;       /* a field whose instance can't be read */
};

enum { AAR, AMS, AS };
static const enum field_name name_of[] = {
	NAME_ARC_AUTHENTICATION_RESULTS, NAME_ARC_MESSAGE_SIGNATURE, NAME_ARC_SEAL};

/* instance = [CFWS] %s"i" [CFWS] "=" [CFWS] 1*2DIGIT [CFWS] ";", first in
 * ARC-Authentication-Results (RFC 8617 4.1.1) */
static unsigned read_instance(struct arena *arena, const struct field *field, int kind)
{
	struct span value = span_sub(field->value, 0, LIMIT_FIELD), number;
	uint64_t n;

	if (kind == AAR) {
		struct span piece = span_trim(span_sub(value, 0, span_chr(value, ';')));
		size_t eq = span_chr(piece, '=');

		number = span_is(span_trim(span_sub(piece, 0, eq)), "i")
				 ? span_trim(span_skip(piece, eq + 1))
				 : SPAN_NONE;
	} else {
		struct taglist tags = taglist_parse(arena, value);

		number = taglist_value(&tags, "i");
	}
	return span_number(number, INSTANCE_MAX - 1, &n) ? (unsigned)n : 0;
}

/* The greatest instance of any field: room for so many sets, for most messages have one and a set
 * is large. */
static unsigned greatest_instance(struct arena *arena, const struct message *m)
{
	unsigned most = 0;

	for (size_t i = 0; i < m->field_count; i++)
		for (int kind = AAR; kind <= AS; kind++)
			if (m->field[i].known == name_of[kind]) {
				unsigned n = read_instance(arena, &m->field[i], kind);

				most = n > most ? n : most;
			}
	return most;
}

static void collect(struct chain *c)
{
	const struct message *m = c->v.message;

	for (size_t i = 0; i < m->field_count; i++)
		for (int kind = AAR; kind <= AS; kind++) {
			unsigned n;

			if (m->field[i].known != name_of[kind])
				continue;
			n = read_instance(c->v.arena, &m->field[i], kind);
			if (n == 0) {
				c->stray = true;
				continue;
			}
			if (!c->found[n].field[kind])
				c->found[n].field[kind] = &m->field[i];
			c->found[n].count[kind]++;
			c->highest = n > c->highest ? n : c->highest;
		}
	for (unsigned n = 1; n <= c->highest; n++)
		c->present +=
			c->found[n].field[AAR] || c->found[n].field[AMS] || c->found[n].field[AS];
}

static void hash_field(struct chain *c, struct hash *h, const struct field *field)
{
	if (!field)
		return;
	buffer_clear(&c->v.header);
	canon_header(&c->v.header, field_text_span(field), CANONICAL_RELAXED);
	buffer_add(&c->v.header, "\r\n", 2);
	hash_add(h, c->v.header.ptr, c->v.header.len);
}

/*
 * What a seal signs (RFC 8617 5.1.1): all sets up to its own, the seal itself without b=. SO_FAR
 * holds the sets before. A set sealed cv=fail covers itself alone (5.1.2).
 */
static void judge_seal(struct chain *c, struct found *set, const struct hash so_far[2])
{
	struct work *w = &set->seal;
	struct span cv = taglist_value(&w->tags, "cv");
	struct hash h = so_far[w->hash];

	if (!span_is(cv, "none") && !span_is(cv, "pass") && !span_is(cv, "fail"))
		work_fault(
			w, CAUSE_MALFORMED, "cv= is none of none, pass and fail", "RFC 8617 4.1.3");
	work_find_keys(&c->v, w);
	if (span_is(cv, "fail"))
		hash_init(&h, w->hash);
	hash_field(c, &h, set->field[AAR]);
	hash_field(c, &h, set->field[AMS]);
	work_header(&c->v, w);
	hash_add(&h, c->v.header.ptr, c->v.header.len);
	hash_end(&h, w->computed);
	work_judge_keys(&c->v, w, SPAN_NONE);
	work_conclude(&c->v, w);
}

static void judge_seals(struct chain *c)
{
	struct hash so_far[2];

	hash_init(&so_far[HASH_SHA1], HASH_SHA1);
	hash_init(&so_far[HASH_SHA256], HASH_SHA256);
	for (unsigned n = 1; n <= c->highest; n++) {
		struct found *set = &c->found[n];

		if (set->field[AS]) {
			work_parse(&c->v, &set->seal, set->field[AS], SIGNATURE_ARC_SEAL);
			judge_seal(c, set, so_far);
		}
		for (int k = 0; k < 2; k++)
			for (int kind = AAR; kind <= AS; kind++)
				hash_field(c, &so_far[k], set->field[kind]);
	}
}

static void judge_messages(struct chain *c)
{
	struct work *w = ARENA_ARRAY(c->v.arena, struct work, c->present);
	size_t count = 0;

	for (unsigned n = 1; n <= c->highest; n++)
		if (c->found[n].field[AMS])
			work_parse(
				&c->v, &w[count++], c->found[n].field[AMS], SIGNATURE_ARC_MESSAGE);
	works_check(&c->v, w, count);
	for (size_t i = 0; i < count; i++) {
		unsigned n = w[i].instance ? w[i].instance
					   : read_instance(c->v.arena, w[i].sig->field, AMS);

		if (n <= c->highest)
			c->found[n].message = w[i];
	}
}

static bool trusted_sealer(const struct arc_options *options, const char *domain)
{
	size_t len = strlen(domain);

	for (size_t i = 0; i < options->trusted_sealer_count; i++) {
		const char *name = options->trusted_sealer[i];
		size_t want = strlen(name);

		if (name[0] == '.'
				? len > want && span_iis(span_make(domain + len - want, want), name)
				: span_iis(span_of(domain), name))
			return true;
	}
	return false;
}

static void fill_part(struct arc_part *part, const struct field *field, const struct work *w)
{
	part->field = field;
	part->signed_at = TIME_NONE;
	part->signature = SIGNATURE_UNCHECKED;
	part->body_hash = BODY_HASH_UNCHECKED;
	part->result = RESULT_NONE;
	part->explanation = "the set lacks it";
	part->key.window_from = part->key.window_to = part->key.recorded = TIME_NONE;
	part->key.dnssec = DNSSEC_UNKNOWN;
	if (!field || !w->sig)
		return;
	part->domain = w->sig->domain;
	part->selector = w->sig->selector;
	part->result = w->sig->result;
	part->cause = w->sig->cause;
	part->explanation = w->sig->explanation;
	part->signature = w->sig->signature;
	part->body_hash = w->sig->body_hash;
	part->key = w->sig->key;
	part->signed_at = w->sig->signed_at;
}

static const struct recorded *find_recorded(const struct trace *trace, const struct field *field)
{
	for (size_t i = 0; trace && field && i < trace->recorded_count; i++)
		if (trace->recorded[i].kind == RECORDED_ARC && trace->recorded[i].field == field)
			return &trace->recorded[i];
	return NULL;
}

static void fill_sets(struct chain *c)
{
	c->arc->set = ARENA_ARRAY(c->v.arena, struct arc_set, c->present);
	for (unsigned n = 1; n <= c->highest; n++) {
		struct found *found = &c->found[n];
		struct arc_set *set = &c->arc->set[c->arc->count];
		struct span cv;

		if (!found->field[AAR] && !found->field[AMS] && !found->field[AS])
			continue;
		c->arc->count++;
		set->instance = n;
		cv = taglist_value(&found->seal.tags, "cv");
		set->cv = cv.len ? arena_lower(c->v.arena, cv) : NULL;
		fill_part(&set->seal, found->field[AS], &found->seal);
		fill_part(&set->message_signature, found->field[AMS], &found->message);
		set->message = found->message.sig;
		set->recorded = find_recorded(c->trace, found->field[AAR]);
		set->trusted = set->seal.result == RESULT_PASS && set->seal.domain &&
			       trusted_sealer(c->options, set->seal.domain);
	}
}

static bool fail(struct chain *c, enum cause cause, const char *clause, const char *text)
{
	c->arc->result = RESULT_FAIL;
	c->arc->cause = cause;
	c->arc->explanation = text;
	c->arc->clause = clause;
	return true;
}

/* RFC 8617 5.2 step 3: each set whole, 1 to N without gap or repetition, cv= none first and pass
 * then. */
static bool structure_fails(struct chain *c)
{
	struct arena *arena = c->v.arena;

	if (c->stray)
		return fail(c, CAUSE_SEQUENCE, "RFC 8617 4.2.1",
			"an ARC field has no instance number that can be read");
	for (unsigned n = 1; n <= c->highest; n++) {
		const struct found *set = &c->found[n];
		struct span cv = taglist_value(&set->seal.tags, "cv");

		for (int kind = AAR; kind <= AS; kind++)
			if (set->count[kind] != 1)
				return fail(c, CAUSE_SEQUENCE, "RFC 8617 5.2",
					arena_printf(arena, "set %u has %s %s", n,
						set->count[kind] ? "more than one" : "no",
						field_name_text(name_of[kind])));
		if (!span_is(cv, n == 1 ? "none" : "pass"))
			return fail(c, CAUSE_SEQUENCE, "RFC 8617 5.2",
				arena_printf(arena, "the seal of set %u does not say cv=%s", n,
					n == 1 ? "none" : "pass"));
	}
	return false;
}

static bool is_unknown(const struct arc_part *part)
{
	return part->result == RESULT_TEMPERROR;
}

/* Steps 4 and 6; a key that is not known makes the chain unproven, but what fails for certain comes
 * first. */
static bool signatures_fail(struct chain *c)
{
	struct arc *arc = c->arc;
	const struct arc_part *newest = &arc->set[arc->count - 1].message_signature,
			      *unknown = NULL;

	if (is_unknown(newest))
		unknown = newest;
	else if (newest->result != RESULT_PASS)
		return fail(c, newest->cause, "RFC 8617 5.2",
			arena_printf(c->v.arena, "the newest message signature (set %u): %s",
				arc->set[arc->count - 1].instance, newest->explanation));
	for (size_t i = arc->count; i--;) {
		const struct arc_part *seal = &arc->set[i].seal;

		if (is_unknown(seal))
			unknown = unknown ? unknown : seal;
		else if (seal->result != RESULT_PASS)
			return fail(c, CAUSE_SEAL, "RFC 8617 5.2",
				arena_printf(c->v.arena, "the seal of set %u: %s",
					arc->set[i].instance, seal->explanation));
	}
	if (unknown)
		return fail(c, unknown->cause, NULL,
			arena_printf(
				c->v.arena, "the chain can't be judged: %s", unknown->explanation));
	return false;
}

static bool chain_fails(struct chain *c)
{
	const struct found *newest = &c->found[c->highest];

	if (c->present > ARC_MAX_SETS || c->highest > ARC_MAX_SETS)
		return fail(c, CAUSE_TOO_MANY_SETS, "RFC 8617 5.2", "more than 50 ARC sets");
	if (c->highest && span_is(taglist_value(&newest->seal.tags, "cv"), "fail"))
		return fail(c, CAUSE_CV_FAIL, "RFC 8617 5.2",
			arena_printf(c->v.arena,
				"the newest sealer (set %u) found the chain invalid: cv=fail",
				c->highest));
	return structure_fails(c) || signatures_fail(c);
}

/* RFC 8617 5.2 step 5, and which sealer's bytes are the last that differ from today's. */
static void find_oldest_pass(struct arc *arc)
{
	bool all_pass = arc->count > 0;

	for (size_t i = arc->count; i-- && !arc->has_oldest_pass && all_pass;) {
		const struct arc_part *part = &arc->set[i].message_signature;

		all_pass = part->result == RESULT_PASS;
		if (!all_pass && !is_unknown(part) && i + 1 < arc->count) {
			arc->has_oldest_pass = true;
			arc->oldest_pass = arc->set[i + 1].instance;
		}
	}
	arc->has_oldest_pass |= all_pass;
	for (size_t i = arc->count; i-- && !arc->broken_after;) {
		const struct arc_part *part = &arc->set[i].message_signature;

		if (part->body_hash == BODY_HASH_MISMATCH || part->signature == SIGNATURE_INVALID)
			arc->broken_after = arc->set[i].instance;
	}
}

const struct arc *arc_check(struct arena *arena, const struct message *message,
	const struct trace *trace, struct dns_log *dns, struct dkim_context *context,
	const struct arc_options *options)
{
	struct dkim_options quick = options->dkim;
	struct chain c = {.arc = ARENA_NEW(arena, struct arc), .trace = trace, .options = options};

	c.arc->result = RESULT_NONE;
	c.arc->explanation = "no ARC set";
	if (!message_field_count(message, name_of[AAR]) &&
		!message_field_count(message, name_of[AMS]) &&
		!message_field_count(message, name_of[AS]))
		return c.arc;
	/* What was edited is searched for once, for the author's signatures; here only where time
	 * is no matter. */
	if (quick.repair != REPAIR_DEEP)
		quick.repair = REPAIR_OFF;
	verifier_init(&c.v, arena, message, dns, context, &quick);
	c.found = ARENA_ARRAY(arena, struct found, greatest_instance(arena, message) + 1);
	collect(&c);
	if (c.present <= ARC_MAX_SETS) {
		judge_seals(&c);
		judge_messages(&c);
		fill_sets(&c);
	}
	if (!chain_fails(&c)) {
		c.arc->result = RESULT_PASS;
		c.arc->explanation = arena_printf(arena,
			"%zu set%s: every seal and the newest message signature verify",
			c.arc->count, c.arc->count == 1 ? "" : "s");
	}
	find_oldest_pass(c.arc);
	verifier_release(&c.v);
	return c.arc;
}
