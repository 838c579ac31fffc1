/* SPDX-License-Identifier: ISC */
#include "parsers/dns/dnssec.h"

static bool is_proof(const ldns_rr *rr)
{
	ldns_rr_type type = ldns_rr_get_type(rr);

	return ldns_rr_get_class(rr) == LDNS_RR_CLASS_IN &&
	       (type == LDNS_RR_TYPE_RRSIG || type == LDNS_RR_TYPE_NSEC ||
		       type == LDNS_RR_TYPE_NSEC3);
}

static void write_section(struct buffer *out, struct arena *arena, const ldns_rr_list *list)
{
	for (size_t i = 0; i < ldns_rr_list_rr_count(list); i++) {
		const ldns_rr *rr = ldns_rr_list_rr(list, i);
		const char *name = is_proof(rr) ? wire_name(arena, ldns_rr_owner(rr)) : NULL;
		struct dns_record record = {.ttl = 0};

		if (name && wire_record(arena, rr, &record))
			wire_write_record(out, name, ldns_rr_get_type(rr), &record);
	}
}

void dnssec_write_proofs(struct buffer *out, const ldns_pkt *packet)
{
	struct arena *arena = arena_new();

	write_section(out, arena, ldns_pkt_answer(packet));
	write_section(out, arena, ldns_pkt_authority(packet));
	arena_free(arena);
}

/* DS of the name and of all above it: one of them shows where a signed zone ends. */
static void need_ds(struct dns_needs *needs, const char *name)
{
	for (; name && *name; name = snapshot_parent(name))
		dns_needs_add(needs, name, DNS_DS, "DNSSEC delegation", 0);
}

/* The signers of a section; true where one signed OWNER's records, or a denial. */
static bool need_signers(struct dns_needs *needs, const ldns_rr_list *list, const ldns_rdf *owner)
{
	bool seen = false;

	for (size_t i = 0; i < ldns_rr_list_rr_count(list); i++) {
		const ldns_rr *rr = ldns_rr_list_rr(list, i);
		const ldns_rdf *signer = ldns_rr_get_type(rr) == LDNS_RR_TYPE_RRSIG
						 ? ldns_rr_rrsig_signame(rr)
						 : NULL;
		const char *zone;

		if (!signer || (ldns_dname_compare(signer, ldns_rr_owner(rr)) != 0 &&
				       !ldns_dname_is_subdomain(ldns_rr_owner(rr), signer)))
			continue;
		zone = wire_name(needs->arena, signer);
		if (!zone)
			continue;
		dns_needs_add(needs, zone, DNS_DNSKEY, "DNSSEC key", 0);
		need_ds(needs, zone);
		seen |= !owner || ldns_dname_compare(ldns_rr_owner(rr), owner) == 0;
	}
	return seen;
}

void dnssec_follow(struct dns_needs *needs, const struct question *q)
{
	const ldns_rr_list *list = q->reply ? ldns_pkt_answer(q->reply) : NULL;
	ldns_rdf *asked = wire_dname(q->name);
	bool denial_signed = list && need_signers(needs, ldns_pkt_authority(q->reply), NULL);

	if (list && asked && !need_signers(needs, list, asked) && !denial_signed)
		need_ds(needs, q->name);
	for (size_t i = 0; list && i < ldns_rr_list_rr_count(list) && i < DNS_CNAME_MAX; i++) {
		const ldns_rr *rr = ldns_rr_list_rr(list, i);
		const ldns_rdf *target =
			ldns_rr_get_type(rr) == LDNS_RR_TYPE_CNAME ? ldns_rr_rdf(rr, 0) : NULL;

		if (target && !need_signers(needs, list, target) && !denial_signed)
			need_ds(needs, wire_name(needs->arena, target));
	}
	ldns_rdf_deep_free(asked);
}
