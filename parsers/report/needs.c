/* SPDX-License-Identifier: ISC */
#include "parsers/report/needs.h"

#include "parsers/dmarc/record.h"
#include "parsers/report/attached.h"
#include "parsers/spf/record.h"

/* RFC 7208 4.6.4 stops long before; a hostile record has no end. */
enum { FOLLOW_TERMS = 40, FOLLOW_HOSTS = 20 };

/* --- what a check asks */

/*
 * The evidence at hand, and for what it lacks: nothing (as a report sees it), or "does not exist",
 * so that the check goes on and asks what it would ask next.
 */
struct probe {
	struct dns dns;
	struct dns *inner;
	bool denies;
};

static void ask_inner(struct dns *inner, struct arena *arena, const char *name, enum dns_type type,
	struct dns_answer *ret)
{
	*ret = (struct dns_answer){.status = DNS_NOT_RECORDED,
		.recorded = TIME_NONE,
		.dnssec = DNSSEC_UNKNOWN,
		.canonical = name};
	if (inner)
		inner->ops->answer(inner, arena, name, type, ret);
}

static void probe_answer(struct dns *dns, struct arena *arena, const char *name, enum dns_type type,
	struct dns_answer *ret)
{
	struct probe *probe = (struct probe *)dns;

	ask_inner(probe->inner, arena, name, type, ret);
	if (ret->status == DNS_NOT_RECORDED && probe->denies)
		ret->status = DNS_NXDOMAIN;
}

static void probe_free(struct dns *dns)
{
	(void)dns;
}

static const struct dns_ops probe_ops = {probe_answer, probe_free};

struct gather {
	struct dns_needs *needs;
	struct arena *arena;
	const struct report_options *options;
};

/* Adds the question unless the evidence answers it. An alias's target is what is missing then. */
static void need(struct gather *g, const char *name, enum dns_type type, const char *why)
{
	struct dns_answer answer;
	char *lower = arena_lower(g->arena, span_of(name));

	ask_inner(g->options->dns, g->arena, lower, type, &answer);
	if (answer.status == DNS_NOT_RECORDED)
		dns_needs_add(g->needs, answer.canonical, type, why, 0);
}

static void need_log(struct gather *g, const struct dns_log *log)
{
	for (size_t i = 0; log && i < log->count; i++)
		need(g, log->entry[i].answer->name, log->entry[i].answer->type,
			arena_strdup(g->needs->arena, log->entry[i].why ? log->entry[i].why : ""));
}

/* RFC 9989 4.10 walks up from the name; RFC 7489 asks for the list's organisation, which lies on
 * the way. */
static void need_policies(struct gather *g, const char *domain)
{
	size_t labels = dmarc_labels(domain);

	need(g, arena_printf(g->arena, "_dmarc.%s", domain), DNS_TXT, "DMARC record");
	for (size_t n = labels > 1 ? labels - 1 : 0; n; n--)
		if (n < DMARC_WALK_MAX)
			need(g, arena_printf(g->arena, "_dmarc.%s", dmarc_tail(domain, n)), DNS_TXT,
				"DMARC record of a parent");
	if (g->options->psl)
		need(g,
			arena_printf(g->arena, "_dmarc.%s",
				psl_org_domain(g->options->psl, domain)),
			DNS_TXT, "DMARC record of the organisation");
}

/* What a domain that sends or should receive mail publishes. */
static void need_domain(struct gather *g, const char *domain)
{
	if (!domain || !*domain)
		return;
	need(g, domain, DNS_TXT, "SPF record");
	need(g, domain, DNS_MX, "mail hosts");
	need(g, domain, DNS_A, "whether the domain exists");
	need(g, domain, DNS_AAAA, "whether the domain exists");
	need_policies(g, domain);
	need(g, arena_printf(g->arena, "_mta-sts.%s", domain), DNS_TXT, "MTA-STS");
	need(g, arena_printf(g->arena, "_smtp._tls.%s", domain), DNS_TXT, "TLS reports");
}

static void need_key(struct gather *g, const char *selector, const char *domain)
{
	if (!selector || !domain)
		return;
	need(g, arena_printf(g->arena, "%s._domainkey.%s", selector, domain), DNS_TXT, "DKIM key");
	need_policies(g, domain);
}

/* RFC 1035 3.5, RFC 3596 2.5. */
static void need_reverse(struct gather *g, const struct ip *ip)
{
	struct buffer name = BUFFER_INIT;

	if (ip->family == 4) {
		buffer_printf(&name, "%u.%u.%u.%u.in-addr.arpa", ip->bytes[3], ip->bytes[2],
			ip->bytes[1], ip->bytes[0]);
	} else {
		for (size_t i = 16; i--;)
			buffer_printf(
				&name, "%x.%x.", ip->bytes[i] & 15, (unsigned)ip->bytes[i] >> 4);
		buffer_str(&name, "ip6.arpa");
	}
	need(g, buffer_text(&name), DNS_PTR, "name of the client");
	buffer_release(&name);
}

static void need_identities(struct gather *g, const struct report *report)
{
	const struct evidence *e = &report->evidence;
	const char *mail_from = e->trace->mail_from.value, *helo = e->trace->helo.value;

	for (size_t i = 0; i < e->from.count; i++)
		need_domain(g, e->from.address[i].domain);
	if (mail_from && *mail_from)
		need_domain(g, address_domain(g->arena, span_of(mail_from)));
	if (helo && dmarc_labels(helo) > 1) {
		need(g, helo, DNS_TXT, "SPF record of HELO");
		need(g, helo, DNS_A, "address of HELO");
		need(g, helo, DNS_AAAA, "address of HELO");
	}
	if (e->trace->client.family)
		need_reverse(g, &e->trace->client);
	for (size_t i = 0; i < e->dkim->count; i++)
		need_key(g, e->dkim->signature[i].selector, e->dkim->signature[i].domain);
}

static void need_report(struct gather *g, const struct report *report, bool identities)
{
	need_log(g, report->evidence.dns);
	need_log(g, report->extra_dns);
	if (identities)
		need_identities(g, report);
}

static bool may_enclose(struct span raw)
{
	static const char *const marks[] = {"message/rfc822", "message/global", "multipart/digest", ".eml"};

	for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
		if (span_ifind(raw, span_of(marks[i]), 0) < raw.len)
			return true;
	return false;
}

void needs_of_message(struct dns_needs *needs, struct arena *scratch, struct span raw,
	const struct origin *origin, const struct report_options *options)
{
	struct report_options probing = *options;
	struct probe probe = {{&probe_ops}, options->dns, false};
	struct gather g = {needs, scratch, options};

	probing.dns = &probe.dns;
	probing.repair = REPAIR_OFF;
	/* Parts cost more than all questions: they are read where one may be a message. */
	probing.auth_only = options->auth_only && !may_enclose(raw);
	for (int pass = 0; pass < 2; pass++) {
		probe.denies = pass;

		const struct report *report = report_build(scratch, raw, origin, &probing);
		struct attached_list inside = report_attached(scratch, report);

		need_report(&g, report, !pass);
		for (size_t i = 0; i < inside.count; i++)
			need_report(&g, inside.message[i].report, !pass);
	}
}

/* --- what an answer opens */

static void add(struct dns_needs *needs, const struct dns_need *from, const char *name,
	enum dns_type type, const char *why)
{
	dns_needs_add(needs, name, type, why, from->depth + 1);
}

static void add_addresses(
	struct dns_needs *needs, const struct dns_need *from, const char *name, const char *why)
{
	add(needs, from, name, DNS_A, why);
	add(needs, from, name, DNS_AAAA, why);
}

/*
 * A domain-spec as a name: none is the record's own domain, %{d} is that too; other macros stand
 * for what only a message has, and NULL is returned.
 */
static const char *spec_name(struct arena *arena, struct span spec, const char *domain)
{
	struct buffer name = BUFFER_INIT;
	const char *ret = NULL;

	if (!spec.len)
		return domain;
	while (spec.len) {
		size_t at = span_chr(spec, '%');

		buffer_span(&name, span_sub(spec, 0, at));
		spec = span_skip(spec, at);
		if (!spec.len)
			break;
		if (!span_istarts(spec, "%{d}"))
			goto out;
		buffer_str(&name, domain);
		spec = span_skip(spec, 4);
	}
	ret = arena_strdup(arena, buffer_text(&name));
out:
	buffer_release(&name);
	return ret;
}

static const struct {
	enum spf_kind kind;
	enum dns_type type;
	bool addresses; /* A and AAAA too */
	const char *why;
} spf_asks[] = {
	{SPF_INCLUDE, DNS_TXT, false, "SPF include"},
	{SPF_REDIRECT, DNS_TXT, false, "SPF redirect"},
	{SPF_EXP, DNS_TXT, false, "SPF explanation"},
	{SPF_A, DNS_A, true, "SPF a"},
	{SPF_MX, DNS_MX, false, "SPF mx"},
	{SPF_EXISTS, DNS_A, false, "SPF exists"},
};

static void follow_spf(struct dns_needs *needs, const struct dns_need *from, struct span txt)
{
	struct spf_record record = spf_record_parse(needs->arena, txt);

	for (size_t i = 0; i < record.count && i < FOLLOW_TERMS; i++) {
		const struct spf_term *term = &record.term[i];
		const char *name = spec_name(needs->arena, term->spec, from->name);

		for (size_t k = 0; name && k < sizeof spf_asks / sizeof *spf_asks; k++) {
			if (spf_asks[k].kind != term->kind)
				continue;
			add(needs, from, name, spf_asks[k].type, spf_asks[k].why);
			if (spf_asks[k].addresses)
				add_addresses(needs, from, name, spf_asks[k].why);
		}
	}
}

/* RFC 9990 3, RFC 7489 7.1: another domain that is to receive reports must agree. */
static void follow_reports(struct dns_needs *needs, const struct dns_need *from, const char *uris)
{
	struct span rest = span_of(uris);
	const char *domain = from->name + strlen("_dmarc.");

	for (unsigned i = 0; rest.len && i < FOLLOW_HOSTS; i++) {
		size_t comma = span_chr(rest, ',');
		struct span uri = span_sub(rest, 0, comma), host;
		size_t at = span_rchr(uri, '@');

		rest = span_skip(rest, comma + 1);
		if (at == uri.len)
			continue;
		host = span_skip(uri, at + 1);
		host = span_trim(span_sub(host, 0, span_chr(host, '!')));
		add(needs, from,
			arena_printf(
				needs->arena, "%s._report._dmarc.%.*s", domain, SPAN_ARG(host)),
			DNS_TXT, "whether reports may go there");
	}
}

static void follow_txt(struct dns_needs *needs, const struct dns_need *from, struct span txt)
{
	if (spf_is_record(txt)) {
		follow_spf(needs, from, txt);
	} else if (span_starts(span_of(from->name), "_dmarc.") &&
		   dmarc_is_record(needs->arena, txt)) {
		struct dmarc_record record = dmarc_record_parse(needs->arena, txt);

		if (record.rua)
			follow_reports(needs, from, record.rua);
		if (record.ruf)
			follow_reports(needs, from, record.ruf);
	}
}

static void follow_mx(
	struct dns_needs *needs, const struct dns_need *from, const struct dns_record *record)
{
	if (*record->name)
		add_addresses(needs, from, record->name, "address of a mail host");
	add(needs, from, arena_printf(needs->arena, "_mta-sts.%s", from->name), DNS_TXT, "MTA-STS");
	add(needs, from, arena_printf(needs->arena, "_smtp._tls.%s", from->name), DNS_TXT,
		"TLS reports");
}

void needs_follow(void *data, struct dns_needs *needs, const struct dns_need *from,
	const struct dns_answer *answer)
{
	(void)data;
	if (answer->status != DNS_FOUND)
		return;
	for (size_t i = 0; i < answer->count && i < FOLLOW_HOSTS; i++) {
		const struct dns_record *record = &answer->record[i];

		if (answer->type == DNS_TXT)
			follow_txt(needs, from, record->txt);
		else if (answer->type == DNS_MX)
			follow_mx(needs, from, record);
		else if (answer->type == DNS_PTR)
			add_addresses(needs, from, record->name, "address of the client's name");
	}
}
