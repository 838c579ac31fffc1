/* SPDX-License-Identifier: ISC */
/*
 * struct zone: what a snapshot file says, entry by entry, in its order: records and annotations
 * (README, "DNS snapshot"). Which of them answers a question is the snapshot's business
 * (snapshot.c).
 */
#ifndef PARSERS_DNS_ZONE_H
#define PARSERS_DNS_ZONE_H

#include "parsers/dns/dns.h"

enum zone_kind { ZONE_RECORD, ZONE_NODATA, ZONE_FAILED, ZONE_NXDOMAIN };

/* Types of entries that speak of more than one type. */
enum { ZONE_TYPE_NAME = 0, ZONE_TYPE_ANY = 0x10000 };

/* What one `;@ recorded` line opens: evidence of one time from one server. */
struct zone_block {
	int64_t recorded;
	const char *server;
	unsigned file; /* index into zone.file */
};

struct zone_entry {
	const char *name;
	uint32_t type;    /* ZONE_TYPE_NAME for nxdomain, ZONE_TYPE_ANY for `*` */
	uint16_t covered; /* of an RRSIG: the type that it signs */
	enum zone_kind kind;
	unsigned block; /* index into zone.block */
	unsigned rank;  /* of its block: the lower wins (snapshot.c) */
	unsigned line;
	size_t order; /* in all files */
	enum dnssec dnssec;
	const char *detail; /* of ZONE_FAILED */
	const struct dns_record *record;
};

struct zone {
	struct arena *arena;
	struct zone_entry *entry;
	size_t count, room;
	struct zone_block *block;
	size_t block_count, block_room;
	struct snapshot_problem *problem;
	size_t problem_count, problem_room;
	const char **file;
	size_t file_count, file_room;
	bool complete;    /* ;@ complete */
	int64_t recorded; /* the newest */
};

/* Reads one file's text; FILE is borrowed. What is wrong becomes a problem, the rest is used. */
void zone_read(struct zone *, struct span text, const char *file);
void zone_problem(struct zone *, const char *file, unsigned line, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));

#endif
