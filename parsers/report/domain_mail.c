/* SPDX-License-Identifier: ISC */
/* Mail hosts, and what is published about the way to them: MX, MTA-STS, TLS-RPT, BIMI. */
#include "parsers/base/printable.h"
#include "parsers/base/taglist.h"
#include "parsers/report/domain.h"
#include "parsers/spf/spf.h"

static bool unknown(const struct dns_answer *a)
{
	return a->status == DNS_NOT_RECORDED || a->status == DNS_FAILED;
}

/* RFC 5321 5.1, RFC 2181 10.3: an exchange has an address and is no alias. */
static void check_exchange(struct domain_work *w, const struct dns_record *mx)
{
	const struct dns_answer *a = dns_lookup(&w->dns, mx->name, DNS_A, "MX host");
	const struct dns_answer *aaaa = dns_lookup(&w->dns, mx->name, DNS_AAAA, "MX host");

	domain_line(w, AREA_MX, "%u %s%s", mx->preference, mx->name,
		a->status == DNS_FOUND || aaaa->status == DNS_FOUND ? ""
		: unknown(a) || unknown(aaaa)                       ? "  address not recorded"
								    : "  no address");
	if (a->cnames || aaaa->cnames)
		domain_note(w, AREA_MX, SEVERITY_LOW, "MX-CNAME", "RFC 2181 10.3",
			"name the host itself in the MX", "the MX %s is an alias", mx->name);
	if (ip_parse(span_of(mx->name)).family)
		domain_note(w, AREA_MX, SEVERITY_MEDIUM, "MX-ADDRESS", "RFC 5321 5.1",
			"use a host name", "the MX %s is an address, not a name", mx->name);
	else if (a->status == DNS_NXDOMAIN)
		domain_note(w, AREA_MX, SEVERITY_HIGH, "MX-DANGLING", "RFC 5321 5.1",
			"remove it, or bring the host back",
			"the MX %s does not exist: whoever registers it receives the mail",
			mx->name);
	else if (a->status == DNS_NODATA && aaaa->status == DNS_NODATA)
		domain_note(w, AREA_MX, SEVERITY_MEDIUM, "MX-NO-ADDRESS", "RFC 5321 5.1",
			"give it an address", "the MX %s has no address", mx->name);
}

static void check_null(struct domain_work *w, const struct dns_answer *mx)
{
	w->null_mx = mx->count == 1;
	domain_summary(
		w, AREA_MX, w->null_mx ? "null MX: it receives no mail" : "a null MX among others");
	if (mx->count > 1)
		domain_note(w, AREA_MX, SEVERITY_MEDIUM, "MX-NULL", "RFC 7505 3",
			"publish the null MX alone, or not at all",
			"a null MX stands beside other MX");
}

static void no_mx(struct domain_work *w, const struct dns_answer *mx)
{
	const struct dns_answer *a;

	if (unknown(mx)) {
		domain_summary(w, AREA_MX, "not recorded");
		return;
	}
	a = dns_lookup(&w->dns, w->report->domain, DNS_A, "MX host");
	domain_summary(w, AREA_MX,
		a->status == DNS_FOUND ? "no MX: mail goes to the address of the name itself"
				       : "no MX: it receives no mail");
	domain_note(w, AREA_MX, SEVERITY_INFO, "MX-NONE", "RFC 5321 5.1; RFC 7505",
		arena_printf(
			w->arena, "publish %s. MX 0 . where no mail is wanted", w->report->domain),
		"no MX, and no null MX that says that mail is not wanted");
}

void domain_mx(struct domain_work *w)
{
	const struct dns_answer *mx = dns_lookup(&w->dns, w->report->domain, DNS_MX, "MX");
	bool null_one = false;

	if (mx->status != DNS_FOUND) {
		no_mx(w, mx);
		return;
	}
	for (size_t i = 0; i < mx->count && i < 100; i++) {
		if (*mx->record[i].name)
			check_exchange(w, &mx->record[i]);
		null_one |= !*mx->record[i].name;
	}
	if (null_one) {
		check_null(w, mx);
		return;
	}
	w->has_mx = true;
	domain_summary(w, AREA_MX, "%zu host%s", mx->count, mx->count == 1 ? "" : "s");
}

/*
 * The TXT record at NAME that begins with VERSION, or none. Several are an error for these
 * protocols; other records do not matter. *RET_KNOWN: the answer is recorded.
 */
static struct span one_record(struct domain_work *w, enum domain_area area, const char *name,
	const char *version, const char *code, const char *clause, bool *ret_known)
{
	const struct dns_answer *a = dns_lookup(&w->dns, name, DNS_TXT, version);
	size_t count;
	struct span found = dns_one_txt(a, version, &count);

	*ret_known = !unknown(a);
	for (size_t i = 0; a->status == DNS_FOUND && i < a->count; i++) {
		struct span txt = a->record[i].txt;

		if (!span_starts(txt, version) && span_ifind(txt, span_of(version), 0) < txt.len)
			domain_note(w, area, SEVERITY_LOW, code, clause,
				arena_printf(w->arena,
					"begin the record with %s, without quotes or backslashes",
					version),
				"a record at %s is none: %s", name, printable(w->arena, txt));
	}
	if (count > 1)
		domain_note(w, area, SEVERITY_MEDIUM, code, clause, "leave one record",
			"%s has %zu records, so that none counts", name, count);
	domain_summary(w, area, "%s",
		count == 1   ? printable(w->arena, found)
		: count      ? "several records"
		: *ret_known ? "no record"
			     : "not recorded");
	return found;
}

void domain_sts(struct domain_work *w)
{
	bool known;
	struct span txt =
		one_record(w, AREA_STS, arena_printf(w->arena, "_mta-sts.%s", w->report->domain),
			"v=STSv1", "STS-RECORD", "RFC 8461 3.1", &known);
	const char *host = arena_printf(w->arena, "mta-sts.%s", w->report->domain);
	struct taglist tags = taglist_parse(w->arena, txt);

	if (!txt.len) {
		if (known && w->has_mx)
			domain_note(w, AREA_STS, SEVERITY_INFO, "STS-NONE", "RFC 8461",
				"publish a policy once all MX have certificates",
				"no MTA-STS: senders may be led to deliver without encryption");
		return;
	}
	if (!taglist_value(&tags, "id").len)
		domain_note(w, AREA_STS, SEVERITY_MEDIUM, "STS-RECORD", "RFC 8461 3.1",
			"add id=", "the record has no id=");
	if (dns_lookup(&w->dns, host, DNS_A, "MTA-STS policy host")->status == DNS_NXDOMAIN)
		domain_note(w, AREA_STS, SEVERITY_MEDIUM, "STS-HOST", "RFC 8461 3.3",
			"bring the policy host back, or remove the record",
			"the policy's host %s does not exist", host);
	domain_line(w, AREA_STS, "the policy itself is served by HTTPS and is not fetched");
}

void domain_tlsrpt(struct domain_work *w)
{
	bool known;
	struct span txt = one_record(w, AREA_TLSRPT,
		arena_printf(w->arena, "_smtp._tls.%s", w->report->domain), "v=TLSRPTv1",
		"TLSRPT-RECORD", "RFC 8460 3", &known);
	struct taglist tags = taglist_parse(w->arena, txt);
	struct span rua = taglist_value(&tags, "rua");

	if (txt.len && !span_istarts(rua, "mailto:") && !span_istarts(rua, "https:"))
		domain_note(w, AREA_TLSRPT, SEVERITY_LOW, "TLSRPT-RECORD", "RFC 8460 3",
			"write rua=mailto:... or rua=https:...",
			"the record names no address for reports");
	if (!txt.len && known && w->report->section[AREA_STS].summary &&
		strncmp(w->report->section[AREA_STS].summary, "v=STSv1", 7) == 0)
		domain_note(w, AREA_TLSRPT, SEVERITY_INFO, "TLSRPT-NONE", "RFC 8460 3",
			"publish rua= for TLS reports",
			"MTA-STS without reports: nobody tells when it fails");
}

void domain_bimi(struct domain_work *w)
{
	bool known;
	struct span txt = one_record(w, AREA_BIMI,
		arena_printf(w->arena, "default._bimi.%s", w->report->domain), "v=BIMI1",
		"BIMI-RECORD", "draft-brand-indicators-for-message-identification 4", &known);
	struct taglist tags = taglist_parse(w->arena, txt);
	struct span location = taglist_value(&tags, "l");

	if (!txt.len)
		return;
	if (location.len && !span_istarts(location, "https:"))
		domain_note(w, AREA_BIMI, SEVERITY_LOW, "BIMI-RECORD",
			"draft-brand-indicators-for-message-identification 4.2",
			"serve the logo by https", "the logo's place is no https URL: %s",
			printable(w->arena, location));
	if (location.len && !w->enforced)
		domain_note(w, AREA_BIMI, SEVERITY_LOW, "BIMI-DMARC",
			"draft-brand-indicators-for-message-identification 8",
			"bring DMARC to quarantine or reject for all mail",
			"a logo is shown only under an enforced DMARC policy");
}
