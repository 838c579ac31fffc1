/* SPDX-License-Identifier: ISC */
/* The inside of a loaded snapshot, for the files of this room that walk it: DNSSEC, lists, merging.
 */
#ifndef PARSERS_DNS_SNAPSHOT_H
#define PARSERS_DNS_SNAPSHOT_H

#include "parsers/dns/zone.h"

/* The answer for one type of one name. */
struct snapshot_set {
	uint32_t type;
	struct dns_answer answer;
	const struct zone_entry *entry; /* the one that decided */
	bool replaced; /* by an nxdomain or `*` of an earlier file: not to be given */
};

struct snapshot_node {
	const char *name;
	size_t first, count;      /* entries of this name, in zone.entry */
	struct snapshot_set *set; /* ascending types */
	size_t set_count;
	const struct dns_answer *other; /* of every other type: from nxdomain or `*`; or NULL */
};

struct snapshot {
	struct dns dns;
	struct zone zone; /* entries sorted by name, type, covered, then by who wins */
	bool complete;    /* stated or assumed */
	struct snapshot_node *node;
	size_t node_count, node_room;
	size_t *index; /* hash of names to node + 1; names that only have names below are in it, too
			*/
	size_t index_size;
	struct dnssec_store *dnssec; /* NULL where no signatures are held */
};

/* Sorts the entries and makes the nodes: what is changed last, before the snapshot is shared. */
void snapshot_build(struct snapshot *);
/* The name without its first label, a place within NAME; NULL for the root. */
const char *snapshot_parent(const char *name);
const struct snapshot_node *snapshot_node(const struct snapshot *, const char *name);
/* The line that opens a block, and an answer's lines without it. */
void snapshot_write_recorded(struct buffer *, int64_t recorded, const char *server, enum dnssec);
void snapshot_write_data(struct buffer *, const struct dns_answer *);
/* NULL where DNS is no snapshot. */
struct snapshot *snapshot_of(const struct dns *);

#endif
