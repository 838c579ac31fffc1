/* SPDX-License-Identifier: ISC */
/* KEY-*: the keys behind DKIM and ARC signatures. */
#include "parsers/findings/findings.h"

#include "parsers/findings/common.h"

enum { ROTATED = 30 * 86400, NAMES_SHOWN = 8 };

/* When the DNS evidence of this name was collected. */
static int64_t asked_at(const struct evidence *e, const struct dkim_key *key)
{
	for (size_t i = 0; e->dns && key->name && i < e->dns->count; i++)
		if (strcmp(e->dns->entry[i].answer->name, key->name) == 0)
			return e->dns->entry[i].answer->recorded;
	return key->recorded;
}

/* Keys are rotated away in time: of an old message their absence says little. */
static bool asked_late(const struct evidence *e, const struct dkim_key *key)
{
	int64_t asked = asked_at(e, key);

	return asked != TIME_NONE && e->at != TIME_NONE && asked - e->at > ROTATED;
}

static void check_state(
	struct findings *f, const struct dkim_key *key, enum cause cause, struct span where)
{
	bool soft = asked_late(f->evidence, key) || author_passes(f->evidence);

	if (cause == CAUSE_KEY_MISSING && !key->record)
		finding_show(f,
			finding_raise(f, FINDING_KEY_MISSING, soft ? SEVERITY_LOW : SEVERITY_NONE,
				"There is no key at %s.", key->name),
			where, NULL);
	if (cause == CAUSE_KEY_REVOKED)
		finding_show(f,
			finding_raise(f, FINDING_KEY_REVOKED, soft ? SEVERITY_LOW : SEVERITY_NONE,
				"The key at %s was withdrawn.", key->name),
			where, NULL);
	if (key->refusal == KEY_REFUSES_SERVICE)
		finding_show(f,
			finding_raise(f, FINDING_KEY_SERVICE, SEVERITY_NONE,
				"The key at %s is not for e-mail.", key->name),
			where, NULL);
	if (cause == CAUSE_KEY_MALFORMED && !(key->problems & KEY_PRIVATE))
		finding_show(f,
			finding_raise(f, FINDING_KEY_SYNTAX, SEVERITY_NONE, "The record at %s: %s.",
				key->name,
				key->problem_text ? key->problem_text : "it can't be read"),
			where, NULL);
	else if (key->problems & KEY_SYNTAX && !(key->problems & KEY_PRIVATE))
		finding_show(f,
			finding_raise(f, FINDING_KEY_SYNTAX, SEVERITY_LOW,
				"The record at %s is not as the standard says, but can be used.",
				key->name),
			where, NULL);
	if (key->testing)
		finding_show(f,
			finding_raise(f, FINDING_KEY_TEST, SEVERITY_NONE, "The key at %s says t=y.",
				key->name),
			where, NULL);
	if (key->problems & KEY_SEVERAL && !key->window)
		finding_show(f,
			finding_raise(f, FINDING_KEY_MULTI, SEVERITY_NONE,
				"%s has several records.", key->name),
			where, NULL);
}

/* RESTS: the signature would count but for its key. What is refused for another reason, or does not
 * verify at all, is no forgery by a broken key. */
static void check_strength(
	struct findings *f, const struct dkim_key *key, bool passes, bool rests, struct span where)
{
	static const struct {
		unsigned problem;
		const char *text;
	} flaw[] = {
		{KEY_FERMAT, "its primes lie so close together that it is factored at once"},
		{KEY_SMALL_FACTOR, "its modulus has a small factor"},
		{KEY_SHARED_PRIME, "it has a prime in common with another key of the DNS evidence"},
		{KEY_ROCA, "it bears the mark of a generator whose keys can be factored (ROCA)"},
	};

	if (key->problems & KEY_WEAK)
		finding_show(f,
			finding_raise(f, FINDING_KEY_SHORT, rests ? SEVERITY_NONE : SEVERITY_LOW,
				"The key at %s has %u bits.", key->name, key->bits),
			where, NULL);
	if (key->problems & KEY_SHORT && passes)
		finding_show(f,
			finding_raise(f, FINDING_KEY_1024, SEVERITY_NONE,
				"The key at %s has %u bits.", key->name, key->bits),
			where, NULL);
	for (size_t i = 0; i < sizeof flaw / sizeof *flaw; i++)
		if (key->problems & flaw[i].problem)
			finding_show(f,
				finding_raise(f, FINDING_KEY_FACTORABLE, SEVERITY_NONE,
					"The key at %s: %s.", key->name, flaw[i].text),
				where, NULL);
	if (key->problems & KEY_BLOCKLISTED)
		finding_show(f,
			finding_raise(f, FINDING_KEY_BLOCKLISTED, SEVERITY_NONE,
				"The key at %s is on the list of known keys.", key->name),
			where, NULL);
	if (key->problems & KEY_PRIVATE)
		finding_show(f,
			finding_raise(f, FINDING_KEY_PRIVATE, SEVERITY_NONE,
				"The record at %s holds a private key.", key->name),
			where, NULL);
	if (key->problems & KEY_EXPONENT)
		finding_show(f,
			finding_raise(f, FINDING_KEY_EXPONENT,
				key->exponent == 3 ? SEVERITY_INFO : SEVERITY_NONE,
				"The key at %s has the exponent %lu.", key->name, key->exponent),
			where, NULL);
}

/* One selector everywhere: one operator's key, put into the zones of its customers or of its own
 * domains. */
static bool same_selector(const char *a, const char *b)
{
	size_t len = strcspn(a, ".");

	return len == strcspn(b, ".") && strncmp(a, b, len) == 0;
}

/* The part of a key's name behind "_domainkey". */
static const char *name_domain(const char *name)
{
	const char *at = strstr(name, "._domainkey.");

	return at ? at + strlen("._domainkey.") : name;
}

/* Lists and services sign for many, and hold the keys of those who have them do it. */
static enum severity shared_severity(const struct findings *f, const char *other, const char *name)
{
	if (same_selector(other, name))
		return SEVERITY_INFO;
	return f->context & (CONTEXT_LIST | CONTEXT_ESP) ? SEVERITY_LOW : SEVERITY_NONE;
}

static void check_shared(struct findings *f, const struct dkim_key *key, struct span where)
{
	for (size_t i = 0; i < key->same_count && i < NAMES_SHOWN; i++) {
		const char *other = key->same_key[i];

		if (strcmp(other, key->name) != 0 &&
			!(key->canonical && strcmp(other, key->canonical) == 0) &&
			!same_org(f->evidence, name_domain(other), name_domain(key->name)) &&
			org_of(f->evidence, name_domain(other)))
			finding_show(f,
				finding_raise(f, FINDING_KEY_SHARED,
					shared_severity(f, other, key->name),
					"%s publishes the same key as %s.", other, key->name),
				where, NULL);
	}
}

void findings_key(struct findings *f)
{
	const struct evidence *e = f->evidence;

	for (size_t i = 0; e->dkim && i < e->dkim->count; i++) {
		const struct dkim_signature *sig = &e->dkim->signature[i];

		check_state(f, &sig->key, sig->cause, sig->where_d);
		check_strength(f, &sig->key, sig->result == RESULT_PASS,
			sig->signature == SIGNATURE_VALID &&
				(sig->result == RESULT_PASS || sig->cause == CAUSE_KEY_WEAK),
			sig->where_d);
		if (sig->result == RESULT_PASS)
			check_shared(f, &sig->key, sig->where_d);
	}
	for (size_t i = 0; e->arc && i < e->arc->count; i++) {
		const struct arc_part *seal = &e->arc->set[i].seal;

		if (seal->field)
			check_strength(f, &seal->key, false,
				seal->signature == SIGNATURE_VALID && seal->cause == CAUSE_KEY_WEAK,
				seal->field->whole);
	}
}
