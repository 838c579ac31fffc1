/* SPDX-License-Identifier: ISC */
#include "parsers/dns/reply.h"

#include <stdlib.h>

static bool owned_by(const ldns_rr *rr, const ldns_rdf *name, unsigned type)
{
	return ldns_rr_get_type(rr) == (ldns_rr_type)type &&
	       ldns_rr_get_class(rr) == LDNS_RR_CLASS_IN &&
	       ldns_dname_compare(ldns_rr_owner(rr), name) == 0;
}

static const ldns_rr *find(const ldns_rr_list *list, const ldns_rdf *name, unsigned type)
{
	for (size_t i = 0; i < ldns_rr_list_rr_count(list); i++)
		if (owned_by(ldns_rr_list_rr(list, i), name, type))
			return ldns_rr_list_rr(list, i);
	return NULL;
}

static bool has_type(const ldns_rr_list *list, ldns_rr_type type)
{
	for (size_t i = 0; i < ldns_rr_list_rr_count(list); i++)
		if (ldns_rr_get_type(ldns_rr_list_rr(list, i)) == type)
			return true;
	return false;
}

/* The records of NAME and TYPE, in the order sent, none twice. */
static void read_records(struct arena *arena, const ldns_rr_list *list, const ldns_rdf *name,
	unsigned type, struct dns_answer *answer)
{
	size_t total = ldns_rr_list_rr_count(list);
	struct dns_record *record = ARENA_ARRAY(arena, struct dns_record, total);

	for (size_t i = 0; i < total; i++) {
		struct dns_record *r = &record[answer->count];

		if (!owned_by(ldns_rr_list_rr(list, i), name, type))
			continue;
		*r = (struct dns_record){.recorded = TIME_NONE,
			.dnssec = DNSSEC_UNKNOWN,
			.origin = DNS_ORIGIN_LIVE,
			.window_from = TIME_NONE,
			.window_to = TIME_NONE};
		if (!wire_record(arena, ldns_rr_list_rr(list, i), r))
			continue;

		bool copy = false;

		for (size_t k = 0; k < answer->count && !copy; k++)
			copy = span_eq(record[k].rdata, r->rdata);
		answer->count += !copy;
	}
	answer->record = record;
	answer->status = answer->count ? DNS_FOUND : DNS_NODATA;
}

static const char *rcode_word(struct arena *arena, const ldns_pkt *packet)
{
	char *word = ldns_pkt_rcode2str(ldns_pkt_get_rcode(packet));
	const char *copy = word ? arena_strdup(arena, word) : "SERVFAIL";

	free(word);
	return copy;
}

/*
 * An empty NOERROR is "no such type" (RFC 2308 2.2), unless it hands on to other servers: then this
 * one is lame for the name and has said nothing of it.
 */
static void read_empty(const ldns_pkt *packet, struct dns_answer *answer)
{
	const ldns_rr_list *authority = ldns_pkt_authority(packet);

	answer->status = DNS_NODATA;
	if (!ldns_pkt_aa(packet) && !has_type(authority, LDNS_RR_TYPE_SOA) &&
		has_type(authority, LDNS_RR_TYPE_NS)) {
		answer->status = DNS_FAILED;
		answer->detail = "lame";
	}
}

static void fail(struct dns_answer *answer, const char *detail)
{
	answer->status = DNS_FAILED;
	answer->detail = detail;
}

/* Follows the aliases in the answer section; returns the last name, which NAME was changed to. */
static const ldns_rdf *follow(struct arena *arena, const ldns_pkt *packet, const ldns_rdf *name,
	unsigned type, struct reply *ret)
{
	const ldns_rr_list *list = ldns_pkt_answer(packet);

	while (type != DNS_CNAME && !find(list, name, type)) {
		const ldns_rr *rr = find(list, name, DNS_CNAME);
		const char *target =
			rr && ldns_rr_rd_count(rr) ? wire_name(arena, ldns_rr_rdf(rr, 0)) : NULL;

		if (!target)
			break;
		if (ret->aliases == DNS_CNAME_MAX) {
			fail(&ret->answer, "CNAME loop");
			break;
		}
		ret->alias_ttl[ret->aliases] = ldns_rr_ttl(rr);
		ret->alias[ret->aliases++] = target;
		name = ldns_rr_rdf(rr, 0);
	}
	return name;
}

static void read_packet(struct arena *arena, const struct question *q, struct reply *ret)
{
	const ldns_pkt *packet = q->reply;
	ldns_rdf *asked = wire_dname(q->name);
	const ldns_rdf *name = follow(arena, packet, asked, q->type, ret);
	ldns_pkt_rcode rcode = ldns_pkt_get_rcode(packet);

	if (ret->answer.detail)
		;
	else if (rcode == LDNS_RCODE_NXDOMAIN)
		ret->answer.status = DNS_NXDOMAIN;
	else if (rcode != LDNS_RCODE_NOERROR)
		fail(&ret->answer, rcode_word(arena, packet));
	else if (find(ldns_pkt_answer(packet), name, q->type))
		read_records(arena, ldns_pkt_answer(packet), name, q->type, &ret->answer);
	else if (ret->aliases && !has_type(ldns_pkt_authority(packet), LDNS_RR_TYPE_SOA))
		ret->unfinished = true;
	else
		read_empty(packet, &ret->answer);
	ldns_rdf_deep_free(asked);
}

void reply_read(struct arena *arena, const struct question *q, struct reply *ret)
{
	*ret = (struct reply){.answer = {.recorded = TIME_NONE, .dnssec = DNSSEC_UNKNOWN}};
	if (q->reply)
		read_packet(arena, q, ret);
	else
		fail(&ret->answer, q->failure ? q->failure : "timeout");
	ret->answer.canonical = ret->aliases ? ret->alias[ret->aliases - 1] : q->name;
	ret->answer.name = ret->answer.canonical;
	ret->answer.type = (enum dns_type)q->type;
}
