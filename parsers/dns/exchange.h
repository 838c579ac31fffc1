/* SPDX-License-Identifier: ISC */
/*
 * Questions to name servers: UDP with a time-out and tries, TCP where the answer was cut (RFC 7766
 * 5), many at once within a rate. Belongs to the live resolver and the recorder; nothing else sends
 * a packet or reads a clock here.
 */
#ifndef PARSERS_DNS_EXCHANGE_H
#define PARSERS_DNS_EXCHANGE_H

#include <sys/socket.h>

#include "parsers/dns/wire.h"

enum { EXCHANGE_SERVERS = 3, EXCHANGE_AT_ONCE_MAX = 256 };

struct exchange_server {
	struct sockaddr_storage address;
	socklen_t len;
	char text[80]; /* "ADDRESS#PORT" */
};

struct exchange {
	struct exchange_server server[EXCHANGE_SERVERS];
	size_t servers;
	unsigned timeout_ms, tries; /* per server */
	unsigned at_once;           /* in flight */
	unsigned per_second;        /* questions begun; 0: no limit */
	bool dnssec; /* ask for signatures, and for what fails validation upstream too (DO, CD) */
};

struct question {
	const char *name;
	unsigned type;
	ldns_pkt *reply;     /* NULL where there was none: then FAILURE says why; to be freed */
	const char *failure; /* "timeout" */
	const char *server;  /* who answered, or was asked last */
	struct question_state *state;
};

/* SERVER is "ADDRESS[#PORT]", or NULL for the system's. Zero for the rest of a struct exchange
 * gives the defaults. */
int exchange_init(struct exchange *, const char *server, struct error *reterr);
/* Asks all. DONE is called for each as it ends (in any order); false stops the run, what is open
 * then stays so. */
void exchange_run(const struct exchange *, struct question *, size_t count,
	bool (*done)(void *data, struct question *), void *data);

#endif
