/* SPDX-License-Identifier: ISC */
/*
 * The receiving side: whether the host that took the message in is one of the recipient domain's
 * mail exchangers (RFC 5321 5.1), and what the domain says of TLS (RFC 8461 3.1, RFC 8460 3). Asked
 * beside the checks: what is not recorded of it makes no report incomplete.
 */
#include "parsers/report/build.h"

#include <string.h>

/* The domain of the recipient at the border: that of "for", of Delivered-To, else of the only
 * address shown. */
static const char *recipient_domain(const struct report *r, const struct hop *hop)
{
	const struct evidence *e = &r->evidence;
	const struct field *field = message_field(e->message, "Delivered-To", 0);

	if (hop->for_address)
		return address_domain(e->arena, span_of(hop->for_address));
	if (field)
		return address_domain(e->arena, field_unfold(e->arena, field));
	return e->recipients.count == 1 ? e->recipients.address[0].domain : NULL;
}

static bool listed(const struct dns_answer *mx, const char *host)
{
	for (size_t i = 0; i < mx->count; i++)
		if (mx->record[i].name && strcmp(mx->record[i].name, host) == 0)
			return true;
	return false;
}

static const char *tls_policy(struct report *r, const char *domain)
{
	struct arena *arena = r->evidence.arena;
	const struct dns_answer *sts = dns_lookup(
		r->extra_dns, arena_printf(arena, "_mta-sts.%s", domain), DNS_TXT, "MTA-STS");
	const struct dns_answer *rpt = dns_lookup(
		r->extra_dns, arena_printf(arena, "_smtp._tls.%s", domain), DNS_TXT, "TLS reports");

	return arena_printf(arena, "%s%s", sts->status == DNS_FOUND ? "; it has MTA-STS" : "",
		rpt->status == DNS_FOUND ? "; it takes TLS reports" : "");
}

void report_receiving(struct report *r)
{
	const struct trace *trace = r->evidence.trace;
	struct arena *arena = r->evidence.arena;
	const struct hop *hop = trace->border && trace->border <= trace->count
					? &trace->hop[trace->border - 1]
					: NULL;
	const char *domain = hop && hop->by ? recipient_domain(r, hop) : NULL;

	r->receiving = (struct receiving){-1, hop ? "the recipient's domain is not known"
						  : "no hop is known to be the receiver's"};
	if (!domain)
		return;

	const struct dns_answer *mx =
		dns_lookup(r->extra_dns, domain, DNS_MX, "MX of the recipient");
	const char *by = domain_ascii(arena, span_of(hop->by));

	if (mx->status != DNS_FOUND)
		r->receiving.explanation =
			arena_printf(arena, "MX of %s: %s", domain, dns_status_word(mx->status));
	else if (by && listed(mx, by))
		r->receiving = (struct receiving){1, arena_printf(arena, "%s is an MX of %s%s", by,
							     domain, tls_policy(r, domain))};
	else
		r->receiving = (struct receiving){
			0, arena_printf(arena, "%s is no MX of %s (%s%s)%s", hop->by, domain,
				   mx->record[0].name, mx->count > 1 ? " ..." : "",
				   tls_policy(r, domain))};
}
