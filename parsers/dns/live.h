/* SPDX-License-Identifier: ISC */
/* The inside of the live resolver, for the collector that asks many questions at once through it.
 */
#ifndef PARSERS_DNS_LIVE_H
#define PARSERS_DNS_LIVE_H

#include "parsers/dns/reply.h"

/*
 * What is known of one name and type: an alias (type CNAME), or an answer. It is kept exactly as
 * its recording is read back, name by name, so that a replay can't differ: aliases are followed
 * here, a denied name is denied for every type.
 */
struct known {
	const char *name;
	unsigned type; /* 0: the name does not exist */
	struct dns_answer answer;
};

struct live {
	struct dns dns;
	struct exchange exchange;
	struct arena *arena;
	int64_t now;
	const char *record_path;
	int record_fd;       /* -1: not recording */
	struct error failed; /* the first write that failed */
	struct known *known;
	size_t count, room;
	size_t *index; /* hash to known + 1 */
	size_t index_size;
};

/* Keeps and records what the reply to Q says, and frees it. DATA is the struct live; always true.
 */
bool live_keep(void *data, struct question *q);
/* What is known, without asking: DNS_NOT_RECORDED where RET->canonical must be asked for. */
void live_peek(const struct live *, struct arena *, const char *name, enum dns_type,
	struct dns_answer *ret);

#endif
