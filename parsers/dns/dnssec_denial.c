/* SPDX-License-Identifier: ISC */
/* Authenticated denial of existence: NSEC (RFC 4035 5.4) and NSEC3 (RFC 5155 8). */
#include "parsers/dns/dnssec.h"

/* RFC 9276 3.2: more iterations than these are not computed; the zone then counts as insecure. */
enum { ITERATIONS_MAX = 150, PROOFS_MAX = 24 };

struct proofs {
	ldns_rr_list *nsec, *nsec3; /* those that are secure */
	enum dnssec state;          /* the weakest of all held; DNSSEC_SECURE where none is */
	size_t count;
	bool costly;
};

/* The denial records stand right behind the entry that they prove, as they came in one reply. */
static void gather(
	const struct dnssec_look *look, const struct zone_entry *entry, struct proofs *ret)
{
	for (size_t order = entry->order + 1; ret->count < PROOFS_MAX; order++) {
		const struct zone_entry *e = dnssec_in_order(look->snapshot, order);
		struct dnssec_set set;
		enum dnssec state;

		if (!e || e->kind != ZONE_RECORD ||
			(e->type != DNS_NSEC && e->type != DNS_NSEC3 && e->type != DNS_RRSIG))
			break;
		if (e->type == DNS_RRSIG || !dnssec_first(look->snapshot, e->name, e->type, &set))
			continue;
		while (look->snapshot->zone.entry[set.from].rank != e->rank)
			if (!dnssec_next(look->snapshot, &set))
				break;
		ret->count++;
		state = dnssec_verify_set(look, &set);
		ret->state = dnssec_weaker(ret->state, state);
		if (state != DNSSEC_SECURE)
			continue;

		ldns_rr *rr = wire_rr(e->name, e->type, e->record->ttl, e->record->rdata);

		if (rr && e->type == DNS_NSEC3 && ldns_nsec3_iterations(rr) > ITERATIONS_MAX) {
			ret->costly = true;
			ldns_rr_free(rr);
		} else if (rr) {
			ldns_rr_list_push_rr(e->type == DNS_NSEC ? ret->nsec : ret->nsec3, rr);
		}
	}
}

static bool below(const ldns_rdf *name, const ldns_rdf *parent)
{
	return ldns_dname_is_subdomain(name, parent);
}

/* The longest name that both lie at or below, as the wildcard "*." below it; to be freed. */
static ldns_rdf *wildcard_for(const ldns_rdf *name, const ldns_rr *covering)
{
	ldns_rdf *at = ldns_rdf_clone(name), *star = ldns_dname_new_frm_str("*");

	while (ldns_dname_label_count(at)) {
		ldns_rdf *up;

		if (below(ldns_rr_owner(covering), at) ||
			!ldns_dname_compare(ldns_rr_owner(covering), at) ||
			below(ldns_rr_rdf(covering, 0), at) ||
			!ldns_dname_compare(ldns_rr_rdf(covering, 0), at))
			break;
		up = ldns_dname_left_chop(at);
		ldns_rdf_deep_free(at);
		at = up;
	}
	if (star && ldns_dname_cat(star, at) != LDNS_STATUS_OK) {
		ldns_rdf_deep_free(star);
		star = NULL;
	}
	ldns_rdf_deep_free(at);
	return star;
}

/* The record whose owner is NAME says that TYPE is not there; for all but DS it must be of the
 * zone's own side. */
static bool denies_type(const ldns_rr *nsec, unsigned type, bool *ret_cut)
{
	bool ns = ldns_nsec_type_check(nsec, LDNS_RR_TYPE_NS);
	bool soa = ldns_nsec_type_check(nsec, LDNS_RR_TYPE_SOA);

	*ret_cut = ns && !soa;
	if (ldns_nsec_type_check(nsec, (ldns_rr_type)type) ||
		ldns_nsec_type_check(nsec, LDNS_RR_TYPE_CNAME))
		return false;
	return type == DNS_DS ? !soa : !(ns && !soa);
}

static bool nsec_covers(const ldns_rr_list *list, const ldns_rdf *name)
{
	for (size_t i = 0; i < ldns_rr_list_rr_count(list); i++)
		if (ldns_nsec_covers_name(ldns_rr_list_rr(list, i), name))
			return true;
	return false;
}

static bool nsec_proves(
	const ldns_rr_list *list, const ldns_rdf *name, unsigned type, bool absent, bool *ret_cut)
{
	for (size_t i = 0; i < ldns_rr_list_rr_count(list); i++) {
		const ldns_rr *nsec = ldns_rr_list_rr(list, i);
		ldns_rdf *wildcard;
		bool proven = false, cut;

		if (!ldns_dname_compare(ldns_rr_owner(nsec), name)) {
			if (!absent && denies_type(nsec, type, ret_cut))
				return true;
			continue;
		}
		if (!ldns_nsec_covers_name(nsec, name))
			continue;
		if (!absent && below(ldns_rr_rdf(nsec, 0), name))
			return true; /* an empty non-terminal */
		wildcard = wildcard_for(name, nsec);
		if (absent && wildcard)
			proven = nsec_covers(list, wildcard);
		for (size_t k = 0; !absent && wildcard && k < ldns_rr_list_rr_count(list); k++)
			proven |= !ldns_dname_compare(
					  ldns_rr_owner(ldns_rr_list_rr(list, k)), wildcard) &&
				  denies_type(ldns_rr_list_rr(list, k), type, &cut);
		ldns_rdf_deep_free(wildcard);
		if (proven)
			return true;
	}
	return false;
}

/* The NSEC3 record of NAME itself, or NULL. */
static const ldns_rr *nsec3_of(const ldns_rr_list *list, const ldns_rdf *name)
{
	for (size_t i = 0; i < ldns_rr_list_rr_count(list); i++) {
		const ldns_rr *nsec3 = ldns_rr_list_rr(list, i);
		ldns_rdf *hash = ldns_nsec3_hash_name_frm_nsec3(nsec3, name);
		ldns_rdf *zone = ldns_dname_left_chop(ldns_rr_owner(nsec3));
		bool same = hash && zone && ldns_dname_cat(hash, zone) == LDNS_STATUS_OK &&
			    !ldns_dname_compare(hash, ldns_rr_owner(nsec3));

		ldns_rdf_deep_free(hash);
		ldns_rdf_deep_free(zone);
		if (same)
			return nsec3;
	}
	return NULL;
}

static bool nsec3_proves(
	ldns_rr_list *list, ldns_rdf *name, unsigned type, bool absent, bool *ret_cut)
{
	const ldns_rr *own = nsec3_of(list, name);
	ldns_rr_list *none = ldns_rr_list_new();
	ldns_rr *question = ldns_rr_new();
	bool proven;

	if (own && !absent) {
		ldns_rr_free(question);
		ldns_rr_list_free(none);
		return denies_type(own, type, ret_cut);
	}
	ldns_rr_set_question(question, true);
	ldns_rr_set_owner(question, ldns_rdf_clone(name));
	ldns_rr_set_type(question, (ldns_rr_type)type);
	ldns_rr_set_class(question, LDNS_RR_CLASS_IN);
	proven = ldns_dnssec_verify_denial_nsec3(question, list, none,
			 absent ? LDNS_RCODE_NXDOMAIN : LDNS_RCODE_NOERROR, (ldns_rr_type)type,
			 !absent) == LDNS_STATUS_OK;
	*ret_cut = proven && type == DNS_DS; /* RFC 5155 8.6: opt-out, an unsigned delegation */
	ldns_rr_free(question);
	ldns_rr_list_free(none);
	return proven;
}

enum dnssec dnssec_denial(const struct dnssec_look *look, const struct zone_entry *entry,
	const char *name, unsigned type, bool *ret_cut)
{
	struct proofs proofs = {ldns_rr_list_new(), ldns_rr_list_new(), DNSSEC_SECURE, 0, false};
	ldns_rdf *dname = wire_dname(name);
	bool absent = entry->kind == ZONE_NXDOMAIN, proven = false;
	enum dnssec state = DNSSEC_BOGUS;

	*ret_cut = false;
	gather(look, entry, &proofs);
	if (dname && ldns_rr_list_rr_count(proofs.nsec))
		proven = nsec_proves(proofs.nsec, dname, type, absent, ret_cut);
	if (dname && !proven && ldns_rr_list_rr_count(proofs.nsec3))
		proven = nsec3_proves(proofs.nsec3, dname, type, absent, ret_cut);
	if (!proofs.count || !dname)
		state = DNSSEC_UNKNOWN;
	else if (proven)
		state = DNSSEC_SECURE;
	else if (proofs.state != DNSSEC_SECURE)
		state = proofs.state;
	else if (proofs.costly)
		state = DNSSEC_INSECURE;
	ldns_rdf_deep_free(dname);
	ldns_rr_list_deep_free(proofs.nsec);
	ldns_rr_list_deep_free(proofs.nsec3);
	return state;
}
