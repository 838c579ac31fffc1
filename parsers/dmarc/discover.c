/* SPDX-License-Identifier: ISC */
/* Policy discovery: RFC 9989 4.10.1, RFC 7489 6.6.3. */
#include "parsers/dmarc/evaluate.h"

void dmarc_step(struct dmarc_run *run, const char *label, const char *fmt, ...)
{
	static const char column[] = "            "; /* twelve wide */
	struct dmarc_eval *e = run->eval;
	size_t width = strlen(label) < sizeof column - 2 ? strlen(label) : sizeof column - 2;
	const char *text;
	va_list args;

	va_start(args, fmt);
	text = arena_vprintf(run->arena, fmt, args);
	va_end(args);
	*LIST_ADD(run->arena, e->step, e->step_count, e->step_room) =
		arena_printf(run->arena, "%s%s%s", label, column + width, text);
}

static bool stop(
	struct dmarc_run *run, enum result result, enum cause cause, const char *explanation)
{
	run->eval->result = result;
	run->eval->cause = cause;
	run->eval->explanation = explanation;
	if (cause == CAUSE_NOT_RECORDED)
		run->eval->complete = false;
	return false;
}

static void tell_publication(
	struct dmarc_run *run, const char *label, const struct dmarc_publication *pub)
{
	static const char *const words[] = {
		[DMARC_ABSENT] = "absent",
		[DMARC_LOOKUP_FAILED] = "the lookup failed",
		[DMARC_UNKNOWN] = "not recorded",
	};

	if (pub->presence == DMARC_PRESENT)
		dmarc_step(run, label, "%s  %s%s%s%s", pub->name, pub->record.text,
			pub->record.problem ? "  (" : "",
			pub->record.problem ? pub->record.problem : "",
			pub->record.problem ? ")" : "");
	else if (pub->presence == DMARC_SEVERAL)
		dmarc_step(run, label, "%s  %zu records, so none counts", pub->name, pub->records);
	else if (pub->near_miss) {
		dmarc_step(run, label, "%s  no DMARC record: %s", pub->name, pub->near_miss);
		run->eval->facts |= DMARC_SYNTAX;
	} else
		dmarc_step(run, label, "%s  %s", pub->name, words[pub->presence]);
	if (pub->presence == DMARC_SEVERAL)
		run->eval->facts |= DMARC_MULTIPLE;
}

/* A lookup that failed or is not recorded where a record could stand. */
static bool stop_at(struct dmarc_run *run, const struct dmarc_publication *pub)
{
	bool failed = pub->presence == DMARC_LOOKUP_FAILED;

	return stop(run, RESULT_TEMPERROR, failed ? CAUSE_DNS_FAILED : CAUSE_NOT_RECORDED,
		arena_printf(run->arena,
			failed ? "The lookup of %s failed." : "%s is not recorded.", pub->name));
}

static bool stop_none(struct dmarc_run *run)
{
	return stop(run, RESULT_NONE, CAUSE_NO_RECORD,
		arena_printf(run->arena, "%s publishes no DMARC record, nor does its organisation.",
			run->author));
}

/* Whether the Author Domain exists in DNS, for np= (RFC 9989 3.2.13); asked only where it makes a
 * difference. */
static bool is_absent(struct dmarc_run *run, const struct dmarc_record *r)
{
	const struct dns_answer *a;

	if (r->np == POLICY_UNSET || r->np == (r->sp != POLICY_UNSET ? r->sp : r->p))
		return false;
	a = dns_lookup(run->dns, run->author, DNS_TXT, "existence of the Author Domain");
	if (a->status == DNS_NXDOMAIN) {
		run->eval->facts |= DMARC_NX_SUBDOMAIN;
		dmarc_step(run, "", "%s  does not exist: np= applies", run->author);
		return true;
	}
	if (a->status == DNS_NOT_RECORDED || a->status == DNS_FAILED) {
		run->eval->complete = false;
		dmarc_step(
			run, "", "%s  not known whether it exists: taken as existing", run->author);
	} else
		dmarc_step(run, "", "%s  exists: np= does not apply", run->author);
	return false;
}

static void choose_policy(struct dmarc_run *run, const struct dmarc_record *r, bool own)
{
	struct dmarc_eval *e = run->eval;
	bool rfc9989 = e->standard == DMARC_RFC9989;

	e->policy = r->p == POLICY_UNSET ? POLICY_NONE : r->p;
	e->policy_tag = "p";
	if (!own && rfc9989 && is_absent(run, r)) {
		e->policy = r->np;
		e->policy_tag = "np";
	} else if (!own && r->sp != POLICY_UNSET) {
		e->policy = r->sp;
		e->policy_tag = "sp";
	}
	if (!own && r->p > POLICY_NONE && e->policy == POLICY_NONE)
		e->facts |= DMARC_SP_HOLE;
	if ((rfc9989 ? r->testing : r->pct < 100) && e->policy > POLICY_NONE)
		e->facts |= DMARC_PARTIAL;
	if (rfc9989 && r->testing && e->policy > POLICY_NONE) {
		e->policy--;
		dmarc_step(run, "", "t=y: the owner is testing, one step weaker");
	}
}

/*
 * A record without a usable policy. RFC 9989 4.8 puts the default in the place of a wrong
 * value, 4.10.1 applies no DMARC where p= is absent and nobody wants reports. RFC 7489 6.6.3 step 6
 * reads it as p=none where reports are wanted, and else does not apply: a wrong value is then a
 * permerror, an absent one none.
 */
static bool usable(struct dmarc_run *run, struct dmarc_record *r)
{
	bool wrong = r->bad_policy;

	if (r->has_p && !wrong)
		return true;
	run->eval->facts |= DMARC_SYNTAX;
	if (!r->rua_valid && !r->has_p)
		return stop(run, RESULT_NONE, CAUSE_SYNTAX,
			"The DMARC record has neither a policy nor an address for reports, so it "
			"does not apply.");
	if (!r->rua_valid && run->eval->standard == DMARC_RFC7489)
		return stop(run, RESULT_PERMERROR, CAUSE_SYNTAX,
			arena_printf(
				run->arena, "The DMARC record can't be applied: %s.", r->problem));
	r->p = POLICY_NONE;
	r->sp = r->np = POLICY_UNSET;
	dmarc_step(run, "", "it is read as p=none");
	return true;
}

static bool apply(struct dmarc_run *run, const struct dmarc_publication *pub)
{
	struct dmarc_eval *e = run->eval;
	struct dmarc_record *r = ARENA_NEW(run->arena, struct dmarc_record);

	*r = pub->record;
	run->record = r;
	e->record = r->text;
	e->record_domain = pub->domain;
	e->dkim.strict = r->strict_dkim;
	e->spf.strict = r->strict_spf;
	e->rua = r->rua;
	e->ruf = r->ruf;
	e->pct = e->standard == DMARC_RFC7489 ? r->pct : 100;
	e->testing = e->standard == DMARC_RFC9989 && r->testing;
	if (!usable(run, r))
		return false;
	choose_policy(run, r, strcmp(pub->domain, run->author) == 0);
	return true;
}

static bool discover_9989(struct dmarc_run *run)
{
	const struct dmarc_walk *walk = dmarc_walk(run->arena, run->dns, run->author);
	const struct dmarc_publication *own = &walk->stop[0];

	for (size_t i = 0; i < walk->count; i++)
		tell_publication(run, i ? "" : "policy", &walk->stop[i]);
	run->org = run->eval->org_domain = walk->org;
	run->org_unknown = walk->unknown || walk->failed;
	dmarc_step(run, "org domain", "%s  tree walk (RFC 9989): %s%s", walk->org, walk->rule,
		run->org_unknown ? ", as far as recorded" : "");
	if (own->presence == DMARC_PRESENT)
		return apply(run, own);
	for (size_t i = 0; i < walk->count; i++) {
		const struct dmarc_publication *pub = &walk->stop[i];
		bool top = dmarc_labels(pub->domain) == 1;

		if (pub->presence == DMARC_LOOKUP_FAILED ||
			(pub->presence == DMARC_UNKNOWN && (!top || walk->count == 1)))
			return stop_at(run, pub);
	}
	if (walk->org_record)
		return apply(run, walk->org_record);
	return walk->psd_record ? apply(run, walk->psd_record) : stop_none(run);
}

static bool discover_7489(struct dmarc_run *run)
{
	const struct psl *psl = run->query->psl;
	struct dmarc_publication pub = dmarc_fetch(run->arena, run->dns, run->author);

	run->org = run->eval->org_domain = psl_org_domain(psl, run->author);
	tell_publication(run, "policy", &pub);
	if (pub.presence == DMARC_ABSENT && strcmp(run->org, run->author) != 0) {
		pub = dmarc_fetch(run->arena, run->dns, run->org);
		tell_publication(run, "", &pub);
	}
	dmarc_step(run, "org domain", "%s  public suffix list%s%s", run->org,
		psl_date(psl) ? " of " : "", psl_date(psl) ? psl_date(psl) : "");
	switch (pub.presence) {
	case DMARC_PRESENT:
		return apply(run, &pub);
	case DMARC_ABSENT:
		return stop_none(run);
	case DMARC_SEVERAL:
		return stop(run, RESULT_NONE, CAUSE_MULTIPLE_RECORDS,
			arena_printf(run->arena, "%s has %zu DMARC records, so none applies.",
				pub.name, pub.records));
	default:
		return stop_at(run, &pub);
	}
}

bool dmarc_discover(struct dmarc_run *run)
{
	dmarc_step(run, "From", "%s  %s", run->author,
		run->query->author_domains > 1 ? "one of several domains" : "one domain");
	return run->eval->standard == DMARC_RFC9989 ? discover_9989(run) : discover_7489(run);
}
