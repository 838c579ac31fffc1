/* SPDX-License-Identifier: ISC */
/* Any bytes as a name server's reply: taken apart, written as a recording, and read back without a
 * problem. */
#include <stdio.h>
#include <stdlib.h>

#include "parsers/base/buffer.h"
#include "parsers/dns/reply.h"
#include "parsers/dns/snapshot.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Types that this room writes itself; of others the library can't read all that it takes from the
 * wire. */
static bool dns_is_simple(unsigned type)
{
	return type <= DNS_AAAA && type != DNS_SOA;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const unsigned asked[] = {DNS_TXT, DNS_A, DNS_AAAA, DNS_MX, DNS_PTR, DNS_CNAME,
		DNS_NS, DNS_SOA, DNS_TLSA, DNS_RRSIG, DNS_NSEC, DNS_NSEC3, DNS_DS, DNS_DNSKEY};
	struct arena *arena = arena_new();
	struct buffer text = BUFFER_INIT;
	struct question q = {.name = "", .type = DNS_TXT};
	struct reply reply;

	if (ldns_wire2pkt(&q.reply, data, size) == LDNS_STATUS_OK) {
		const ldns_rr *rr = ldns_rr_list_rr(ldns_pkt_question(q.reply), 0);
		const char *name = rr ? wire_name(arena, ldns_rr_owner(rr)) : NULL;

		q.name = name ? name : "";
		q.type = asked[size % (sizeof asked / sizeof *asked)];
		reply_read(arena, &q, &reply);
		reply.answer.server = "192.0.2.53#53";
		snapshot_write_answer(&text, &reply.answer);

		struct dns *dns = snapshot_parse(buffer_view(&text), "fuzz", NULL, NULL);
		size_t problems;

		const struct snapshot_problem *why = snapshot_problems(dns, &problems);

		if (problems)
			fprintf(stderr, "%s in\n%s", why->text, buffer_text(&text));
		if (problems && dns_is_simple(q.type))
			abort();
		dns_free(dns);
		ldns_pkt_free(q.reply);
	}
	buffer_release(&text);
	arena_free(arena);
	return 0;
}
