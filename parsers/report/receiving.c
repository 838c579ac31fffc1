/* SPDX-License-Identifier: ISC */
/*
 * The receiving side: whether the host that took the message in is one of the recipient domain's
 * mail exchangers (RFC 5321 5.1), and what the domain says of TLS (RFC 8461 3.1, RFC 8460 3). Asked
 * beside the checks: what is not recorded of it makes no report incomplete.
 */
#include "parsers/base/printable.h"
#include "parsers/findings/common.h"
#include "parsers/report/build.h"

#include <string.h>

/* The domain of the recipient at the border: that of "for", of Delivered-To, else of the only
 * address shown. */
static const char *recipient_domain(const struct report *r, const struct hop *hop)
{
	const struct evidence *e = &r->evidence;
	const struct field *field = message_field(e->message, NAME_DELIVERED_TO, 0);

	if (hop->for_address)
		return address_domain(e->arena, span_of(hop->for_address));
	if (field)
		return address_domain(e->arena, field_unfold(e->arena, field));
	return e->recipients.count == 1 ? e->recipients.address[0].domain : NULL;
}

/* The exchanger that is this host, or, where none is, one of the same organisation: a provider's
 * servers often call themselves otherwise than the MX does. *RET_EXACT says which. */
static const char *exchanger(
	const struct evidence *e, const struct dns_answer *mx, const char *host, bool *ret_exact)
{
	const char *kin = NULL;

	*ret_exact = false;
	for (size_t i = 0; i < mx->count; i++) {
		const char *name = mx->record[i].name;

		if (!name)
			continue;
		if (strcmp(name, host) == 0) {
			*ret_exact = true;
			return name;
		}
		if (!kin && same_org(e, name, host))
			kin = name;
	}
	return kin;
}

static struct span policy_record(struct report *r, const char *name, const char *version)
{
	size_t count;

	return dns_one_txt(dns_lookup(r->extra_dns, name, DNS_TXT, version), version, &count);
}

/* "; MTA-STS (v=STSv1; id=1;); TLS reports (v=TLSRPTv1; rua=...)", what there is of it. */
static const char *tls_policy(struct report *r, const char *domain)
{
	struct arena *arena = r->evidence.arena;
	struct span sts = policy_record(r, arena_printf(arena, "_mta-sts.%s", domain), "v=STSv1;");
	struct span rpt =
		policy_record(r, arena_printf(arena, "_smtp._tls.%s", domain), "v=TLSRPTv1;");
	const char *text = "";

	if (sts.len)
		text = arena_printf(
			arena, "; MTA-STS (%s)", printable(arena, span_sub(sts, 0, 80)));
	if (rpt.len)
		text = arena_printf(arena, "%s; TLS reports (%s)", text,
			printable(arena, span_sub(rpt, 0, 120)));
	return text;
}

static struct receiving answer(struct report *r, const struct hop *hop, const char *domain)
{
	const struct evidence *e = &r->evidence;
	const struct dns_answer *mx =
		dns_lookup(r->extra_dns, domain, DNS_MX, "MX of the recipient");
	const char *by = domain_ascii(e->arena, span_of(hop->by)), *name;
	const char *policy = tls_policy(r, domain);
	bool exact;

	if (mx->status != DNS_FOUND || !mx->count)
		return (struct receiving){-1, arena_printf(e->arena, "MX of %s: %s%s", domain,
						      dns_status_word(mx->status), policy)};
	if (mx->record[0].name && !*mx->record[0].name)
		return (struct receiving){
			0, arena_printf(e->arena, "%s takes no mail: it has a null MX%s", domain,
				   policy)};
	name = by ? exchanger(e, mx, by, &exact) : NULL;
	if (name && exact)
		return (struct receiving){
			1, arena_printf(e->arena, "%s is an MX of %s%s", by, domain, policy)};
	if (name)
		return (struct receiving){
			1, arena_printf(e->arena,
				   "%s is of the same organisation as %s, an MX of %s%s", by, name,
				   domain, policy)};
	return (struct receiving){
		0, arena_printf(e->arena, "%s is no MX of %s (%s%s)%s", hop->by, domain,
			   mx->record[0].name, mx->count > 1 ? " ..." : "", policy)};
}

void report_receiving(struct report *r)
{
	const struct trace *trace = r->evidence.trace;
	const struct hop *hop = trace->border && trace->border <= trace->count
					? &trace->hop[trace->border - 1]
					: NULL;
	const char *domain = hop && hop->by ? recipient_domain(r, hop) : NULL;

	r->receiving = (struct receiving){-1, hop ? "the recipient's domain is not known"
						  : "no hop is known to be the receiver's"};
	if (domain)
		r->receiving = answer(r, hop, domain);
}
