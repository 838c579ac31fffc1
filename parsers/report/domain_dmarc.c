/* SPDX-License-Identifier: ISC */
#include <strings.h>

#include "parsers/dmarc/record.h"
#include "parsers/report/domain.h"

enum { MAX_REPORT_ADDRESSES = 20 };

/* What other standards' evaluation would tell a receiver of a message of this domain. */
static void tell_standard(struct domain_work *w, const struct dmarc_eval *e)
{
	domain_line(w, AREA_DMARC, "%s:", e->standard == DMARC_RFC9989 ? "RFC 9989" : "RFC 7489");
	for (size_t i = 1; i < e->step_count; i++)
		if (strncmp(e->step[i], "policy", 6) == 0 || strncmp(e->step[i], " ", 1) == 0 ||
			strncmp(e->step[i], "org", 3) == 0)
			domain_line(w, AREA_DMARC, "  %s", e->step[i]);
		else
			break;
	if (e->record)
		domain_line(w, AREA_DMARC, "  applies     %s=%s of %s%s",
			e->policy_tag ? e->policy_tag : "p",
			dmarc_policy_word(e->policy) ? dmarc_policy_word(e->policy) : "nothing",
			e->record_domain, e->testing ? ", made weaker by t=y" : "");
}

static void note_none(
	struct domain_work *w, const struct dmarc_eval *e, const struct dmarc_publication *own)
{
	domain_summary(w, AREA_DMARC, "%s",
		e->result == RESULT_TEMPERROR ? e->explanation : "no record applies");
	if (e->result == RESULT_TEMPERROR)
		return;
	if (own->near_miss)
		domain_note(w, AREA_DMARC, SEVERITY_HIGH, "DMARC-SYNTAX", "RFC 9989 4.7",
			"begin the record with v=DMARC1; in this case, without quotes or "
			"backslashes",
			"the record at %s is none for receivers: %s", own->name, own->near_miss);
	else if (own->presence != DMARC_SEVERAL)
		domain_note(w, AREA_DMARC, SEVERITY_MEDIUM, "AUTH-NO-DMARC", "RFC 9989 5.1.4",
			arena_printf(w->arena, "publish %s. TXT \"v=DMARC1; p=%s\"", own->name,
				w->report->no_mail ? "reject" : "none; rua=mailto:..."),
			"nobody says what to do with forged mail of %s", w->report->domain);
}

/* RFC 7489 7.1 and its successors: who gets reports for another organisation must say that it wants
 * them. */
static void check_report_address(
	struct domain_work *w, const char *tag, const struct dmarc_eval *e, struct span uri)
{
	size_t at = span_rchr(uri, '@');
	struct span host = span_skip(uri, at + 1);
	const char *target, *name;
	const struct dns_answer *a;

	if (!span_istarts(uri, "mailto:") || at == uri.len)
		return;
	host = span_sub(host, 0, span_chr(host, '!'));
	target = arena_lower(w->arena, span_sub(host, 0, span_chr(host, '?')));
	if (strcasecmp(psl_org_domain(w->query->psl, target),
		    psl_org_domain(w->query->psl, e->record_domain)) == 0)
		return;
	name = arena_printf(w->arena, "%s._report._dmarc.%s", e->record_domain, target);
	a = dns_lookup(&w->dns, name, DNS_TXT, "authorisation of DMARC reports");
	for (size_t i = 0; a->status == DNS_FOUND && i < a->count; i++)
		if (dmarc_is_record(w->arena, a->record[i].txt)) {
			domain_line(w, AREA_DMARC, "%s=%s: authorised by %s", tag, target, name);
			return;
		}
	if (a->status == DNS_NOT_RECORDED || a->status == DNS_FAILED) {
		domain_line(w, AREA_DMARC, "%s=%s: not known whether authorised (%s)", tag, target,
			name);
		return;
	}
	domain_note(w, AREA_DMARC, SEVERITY_MEDIUM, "DMARC-REPORT-EXTERNAL", "RFC 7489 7.1",
		arena_printf(w->arena, "%s has to publish %s. TXT \"v=DMARC1;\"", target, name),
		"reports to %s (%s=) are not sent: it has not agreed to them", target, tag);
}

static void check_reports(
	struct domain_work *w, const char *tag, const struct dmarc_eval *e, const char *uris)
{
	struct span rest = span_of(uris);

	for (size_t i = 0; rest.len && i < MAX_REPORT_ADDRESSES; i++) {
		size_t comma = span_chr(rest, ',');

		check_report_address(w, tag, e, span_trim(span_sub(rest, 0, comma)));
		rest = span_skip(rest, comma + 1);
	}
}

static void note_policy(
	struct domain_work *w, const struct dmarc_eval *e, const struct dmarc_record *r)
{
	if (w->report->no_mail && e->policy < POLICY_REJECT)
		domain_note(w, AREA_DMARC, SEVERITY_MEDIUM, "DMARC-NO-MAIL", "RFC 9989 5.1.7",
			"publish p=reject",
			"a domain without mail does not ask to reject what claims to be its own");
	else if (e->policy == POLICY_NONE && !e->testing)
		domain_note(w, AREA_DMARC, SEVERITY_LOW, "DMARC-P-NONE", "RFC 9989 5.1.7",
			"go to quarantine or reject once the reports show that all senders pass",
			"%s=none asks for nothing: forgeries are delivered",
			e->policy_tag ? e->policy_tag : "p");
	if (r->testing)
		domain_note(w, AREA_DMARC, SEVERITY_INFO, "DMARC-PCT", "RFC 9989 4.7",
			"remove t=y when the test is over", "t=y makes the policy one step weaker");
	if (r->pct < 100)
		domain_note(w, AREA_DMARC, SEVERITY_INFO, "DMARC-PCT", "RFC 9989 A.6",
			"remove pct=, which RFC 9989 knows no more, or use t=y",
			"pct=%d applies to some receivers only", r->pct);
	if (!r->rua)
		domain_note(w, AREA_DMARC, SEVERITY_LOW, "DMARC-NO-RUA", "RFC 9989 5.1.3",
			"add rua=mailto:...",
			"nobody receives the reports that show forgeries and mistakes");
	else if (!r->rua_valid)
		domain_note(w, AREA_DMARC, SEVERITY_MEDIUM, "DMARC-SYNTAX", "RFC 9989 4.8",
			"write rua=mailto:user@domain", "no address of rua= can be used: %s",
			r->rua);
	if (r->problem && (r->rua_valid || !r->rua || r->bad_policy))
		domain_note(w, AREA_DMARC, r->bad_policy ? SEVERITY_HIGH : SEVERITY_LOW,
			"DMARC-SYNTAX", "RFC 9989 4.8, 4.10.1", "correct the record", "%s",
			r->problem);
}

/* Holes below the domain: sp= and np= weaker than p=. */
static void note_subdomains(struct domain_work *w, const struct dmarc_record *r)
{
	enum dmarc_policy sp = r->sp ? r->sp : r->p, np = r->np ? r->np : sp;

	if (r->p > POLICY_NONE && sp < r->p)
		domain_note(w, AREA_DMARC, sp == POLICY_NONE ? SEVERITY_MEDIUM : SEVERITY_LOW,
			"DMARC-SP-HOLE", "RFC 9989 4.7 (sp)", "raise sp= to the policy of p=",
			"subdomains are less protected: sp=%s under p=%s", dmarc_policy_word(sp),
			dmarc_policy_word(r->p));
	if (r->p > POLICY_NONE && np == POLICY_NONE)
		domain_note(w, AREA_DMARC, SEVERITY_MEDIUM, "DMARC-NP-HOLE", "RFC 9989 4.7 (np)",
			"add np=reject", "names that do not exist can be forged: np= is %s",
			r->np ? "none" : "missing and sp=none applies");
}

/* A subdomain's own record takes the place of its organisation's. */
static void note_hidden(struct domain_work *w, const struct dmarc_walk *walk)
{
	const struct dmarc_record *own = &walk->stop[0].record, *org;

	if (!walk->org_record || walk->org_record == &walk->stop[0] ||
		walk->stop[0].presence != DMARC_PRESENT)
		return;
	org = &walk->org_record->record;
	domain_note(w, AREA_DMARC,
		own->p < (org->sp ? org->sp : org->p) ? SEVERITY_MEDIUM : SEVERITY_INFO,
		"DMARC-HIDES-PARENT", "RFC 9989 4.10.1",
		"remove this record where the organisation's is meant to apply",
		"its own record hides that of %s: %s", walk->org, org->text);
}

static void note_several(struct domain_work *w, const struct dmarc_walk *walk)
{
	for (size_t i = 0; i < walk->count; i++)
		if (walk->stop[i].presence == DMARC_SEVERAL)
			domain_note(w, AREA_DMARC, i == 0 ? SEVERITY_HIGH : SEVERITY_LOW,
				"DMARC-MULTI", "RFC 9989 4.10", "leave one record",
				"%s has %zu DMARC records, so that none counts", walk->stop[i].name,
				walk->stop[i].records);
}

void domain_dmarc(struct domain_work *w)
{
	struct dmarc_query query = {
		.author_domain = w->report->domain, .author_domains = 1, .psl = w->query->psl};
	const struct dmarc_walk *walk = dmarc_walk(w->arena, &w->dns, w->report->domain);
	const struct dmarc *d = dmarc_check(w->arena, &w->dns, &query);
	const struct dmarc_eval *e = d->rfc9989;
	const struct dmarc_publication *pub = walk->stop;

	w->report->org = walk->org;
	tell_standard(w, d->rfc9989);
	tell_standard(w, d->rfc7489);
	note_several(w, walk);
	if (!e->record) {
		note_none(w, e, &walk->stop[0]);
		return;
	}
	while (strcmp(pub->domain, e->record_domain) != 0)
		pub++;
	domain_summary(w, AREA_DMARC, "%s%s%s", e->record, pub == walk->stop ? "" : "  of ",
		pub == walk->stop ? "" : pub->domain);
	w->enforced = e->policy >= POLICY_QUARANTINE && pub->record.pct == 100;
	note_policy(w, e, &pub->record);
	if (pub == walk->stop)
		note_subdomains(w, &pub->record);
	note_hidden(w, walk);
	if (d->differs)
		domain_note(w, AREA_DMARC, SEVERITY_INFO, "DMARC-STANDARDS-DIFFER",
			"RFC 9989 4.10; RFC 7489 6.6.3",
			"publish a record at the domain itself, so that both agree",
			"receivers of RFC 7489 see another policy than those of RFC 9989");
	check_reports(w, "rua", e, e->rua);
	check_reports(w, "ruf", e, e->ruf);
}
