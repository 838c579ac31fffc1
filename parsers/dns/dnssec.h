/* SPDX-License-Identifier: ISC */
/*
 * DNSSEC (RFC 4033 to 4035, RFC 5155) on recorded evidence: what a recorder keeps, and how an
 * answer is validated offline, at the time of its recording, against trust anchors.
 */
#ifndef PARSERS_DNS_DNSSEC_H
#define PARSERS_DNS_DNSSEC_H

#include "parsers/dns/exchange.h"
#include "parsers/dns/snapshot.h"

/* --- recording (dnssec_record.c) */
/* Appends the signatures and denials of a reply as master file lines. */
void dnssec_write_proofs(struct buffer *, const ldns_pkt *);
/* Adds what the chain up to the root needs for this reply: keys of its signers, DS of the zones
 * above. */
void dnssec_follow(struct dns_needs *, const struct question *);

/* --- validation (dnssec.c, dnssec_denial.c) */
/* Reads the anchors and makes SNAPSHOT->dnssec, where it holds any key; 0, or -1 where the file
 * can't be read. */
int dnssec_open(struct snapshot *, const char *anchor_file, struct error *reterr);
void dnssec_free(struct dnssec_store *);
/* Validates ANSWER, which NAME and TYPE got without following an alias: sets its dnssec and that of
 * its records (copied). */
void dnssec_answer(const struct snapshot *, struct arena *, const char *name, unsigned type,
	struct dns_answer *answer);
/* The weaker of two: bogus, unknown, unsigned, insecure, secure. */
enum dnssec dnssec_weaker(enum dnssec, enum dnssec);

/* Inside: entries [from, to) of one name, type and recording. */
struct dnssec_set {
	const char *name;
	unsigned type;
	size_t from, to;
};
struct dnssec_look {
	const struct snapshot *snapshot;
	struct arena *arena;
	int64_t at; /* TIME_NONE: signatures' times are not compared */
};
enum dnssec dnssec_verify_set(const struct dnssec_look *, const struct dnssec_set *);
/* All recordings of one name and type: the first at *RET, or false. dnssec_next() goes on. */
bool dnssec_first(const struct snapshot *, const char *name, unsigned type, struct dnssec_set *ret);
bool dnssec_next(const struct snapshot *, struct dnssec_set *);
/*
 * Whether what is recorded behind the negative ENTRY proves that NAME has no TYPE. Where TYPE is
 * DS, *RET_CUT says whether an unsigned zone begins at NAME. DNSSEC_UNKNOWN: no proof is held.
 */
enum dnssec dnssec_denial(const struct dnssec_look *, const struct zone_entry *entry,
	const char *name, unsigned type, bool *ret_cut);
/* The entries in the order of the files. */
const struct zone_entry *dnssec_in_order(const struct snapshot *, size_t order);

#endif
