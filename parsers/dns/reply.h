/* SPDX-License-Identifier: ISC */
/*
 * What a name server's reply says, taken apart as a snapshot is: one entry for each alias, and one
 * set of records or one denial at the end. What is not of the question's way is left (RFC
 * 2181 5.4.1: additional data proves nothing).
 */
#ifndef PARSERS_DNS_REPLY_H
#define PARSERS_DNS_REPLY_H

#include "parsers/dns/exchange.h"

struct reply {
	const char *alias[DNS_CNAME_MAX];
	uint32_t alias_ttl[DNS_CNAME_MAX];
	unsigned aliases;
	bool unfinished; /* the last alias's target must be asked for by itself */
	struct dns_answer
		answer; /* of the last name: found, nodata, nxdomain, or failed with its detail */
};

/* Reads the reply to Q, into ARENA; where there was none, the answer is the failure. */
void reply_read(struct arena *, const struct question *q, struct reply *ret);

#endif
