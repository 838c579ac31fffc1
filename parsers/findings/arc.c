/* SPDX-License-Identifier: ISC */
/* ARC-*: the chain, who sealed it, and whether what it says can be true. */
#include "parsers/findings/findings.h"

#include <strings.h>

#include "parsers/findings/common.h"
#include "parsers/findings/signatures.h"

static struct span seal_place(const struct arc_set *set)
{
	if (set->seal.field)
		return set->seal.field->whole;
	return set->message_signature.field ? set->message_signature.field->whole : SPAN_NONE;
}

static void show_sets(struct findings *f, struct finding *finding)
{
	for (size_t i = 0; i < f->evidence->arc->count && i < 8; i++)
		finding_show(f, finding, seal_place(&f->evidence->arc->set[i]), NULL);
}

static void check_chain(struct findings *f, const struct arc *arc)
{
	const struct arc_set *newest = &arc->set[arc->count - 1];
	bool message_only = false;

	if (newest->cv && strcmp(newest->cv, "fail") == 0)
		finding_show(f,
			finding_raise(f, FINDING_ARC_CV_FAIL, SEVERITY_NONE,
				"%s sealed the chain as broken.",
				newest->seal.domain ? newest->seal.domain : "The newest sealer"),
			seal_place(newest), "cv=fail");
	if (arc->result != RESULT_FAIL || arc->cause == CAUSE_CV_FAIL ||
		arc->cause == CAUSE_NOT_RECORDED || arc->cause == CAUSE_DNS_FAILED)
		return;
	if (arc->cause == CAUSE_SEQUENCE || arc->cause == CAUSE_TOO_MANY_SETS) {
		show_sets(f, finding_raise(f, FINDING_ARC_BROKEN, SEVERITY_NONE, "%s.",
				     arc->explanation));
		return;
	}
	message_only = arc->cause != CAUSE_SEAL && newest->seal.result == RESULT_PASS;
	finding_show(f,
		finding_raise(f, FINDING_ARC_SEAL_FAIL,
			message_only || (f->context & CONTEXT_LIST) ? SEVERITY_LOW : SEVERITY_NONE,
			"%s.", arc->explanation),
		seal_place(newest), NULL);
}

static void check_trust(struct findings *f, const struct arc *arc)
{
	const struct arc_set *newest = &arc->set[arc->count - 1];

	for (size_t i = 0; i < arc->count; i++)
		if (arc->set[i].trusted)
			return;
	if (arc->result == RESULT_PASS)
		finding_show(f,
			finding_raise(f, FINDING_ARC_UNTRUSTED, SEVERITY_NONE, "Sealed by %s.",
				newest->seal.domain),
			seal_place(newest), NULL);
}

static void check_hops(struct findings *f, const struct arc *arc)
{
	for (size_t i = 0; i < arc->count; i++) {
		const struct arc_set *set = &arc->set[i];

		if (set->seal.result != RESULT_PASS || !set->seal.domain || !f->evidence->trace ||
			!f->evidence->trace->count || route_names(f->evidence, set->seal.domain))
			continue;
		finding_show(f,
			finding_raise(f, FINDING_ARC_NO_HOP,
				(f->context & CONTEXT_LIST) || author_passes(f->evidence)
					? SEVERITY_LOW
					: SEVERITY_NONE,
				"%s sealed the message, but no hop names a host of it.",
				set->seal.domain),
			seal_place(set), NULL);
	}
}

static const char *property(const struct recorded_result *r, const char *name)
{
	for (size_t i = 0; i < r->property_count; i++)
		if (strcasecmp(r->property[i].name, name) == 0)
			return r->property[i].value;
	return NULL;
}

/* The domain that a claimed dkim=pass is about. */
static const char *claimed_domain(const struct evidence *e, const struct recorded_result *r)
{
	const char *d = property(r, "header.d"), *i = property(r, "header.i");
	const char *at = i ? strrchr(i, '@') : NULL;

	d = d ? d : at ? at + 1 : NULL;
	return d ? arena_lower(e->arena, span_trim(span_of(d))) : NULL;
}

/*
 * dkim=pass for X can't have been: there is no signature of X, or its key may not sign so. A list
 * that takes the author's signature away would look the same, so this counts only where nothing
 * speaks for a list or another forwarder.
 */
static const char *dkim_claim_fault(const struct evidence *e, const struct recorded_result *r)
{
	const char *domain = claimed_domain(e, r);
	bool seen = false;

	if (!domain)
		return NULL;
	for (size_t i = 0; e->dkim && i < e->dkim->count; i++) {
		const struct dkim_signature *sig = &e->dkim->signature[i];

		if (!sig->domain || strcmp(sig->domain, domain) != 0)
			continue;
		if (sig->cause != CAUSE_KEY_FLAGS && sig->cause != CAUSE_KEY_WEAK &&
			sig->cause != CAUSE_KEY_REVOKED &&
			sig->cause != CAUSE_ALGORITHM_FORBIDDEN && sig->cause != CAUSE_MALFORMED)
			return NULL;
		seen = true;
	}
	return arena_printf(e->arena,
		seen ? "no signature of %s in it can pass" : "there is no signature of %s in it",
		domain);
}

static void check_claims(struct findings *f, const struct arc_set *set)
{
	const struct evidence *e = f->evidence;

	for (size_t i = 0; set->recorded && i < set->recorded->result_count && i < 32; i++) {
		const struct recorded_result *r = &set->recorded->result[i];
		const char *fault = NULL;

		if (!r->method || !r->result || strcasecmp(r->result, "pass") != 0)
			continue;
		if (strcasecmp(r->method, "dkim") == 0)
			fault = dkim_claim_fault(e, r);
		if (fault)
			finding_show(f,
				finding_raise(f, FINDING_ARC_CLAIM_FALSE, SEVERITY_NONE,
					"%s says dkim=pass, but %s.",
					set->seal.domain ? set->seal.domain : "The set", fault),
				r->where.ptr ? r->where : set->recorded->field->whole, "claim");
	}
}

void findings_arc(struct findings *f)
{
	const struct arc *arc = f->evidence->arc;

	if (!arc || (!arc->count && arc->result == RESULT_NONE))
		return;
	if (!arc->count) { /* nothing but fields that belong to no set, or too many */
		finding_raise(f, FINDING_ARC_BROKEN, SEVERITY_NONE, "%s.", arc->explanation);
		return;
	}
	check_chain(f, arc);
	check_trust(f, arc);
	check_hops(f, arc);
	if (author_passes(f->evidence) ||
		(f->context & (CONTEXT_LIST | CONTEXT_FORWARD | CONTEXT_INTERNAL)) ||
		header_has(f->evidence, NAME_LIST_ID))
		return;
	for (size_t i = 0; i < arc->count; i++)
		if (!arc->set[i].trusted)
			check_claims(f, &arc->set[i]);
}
