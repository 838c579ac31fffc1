/* SPDX-License-Identifier: ISC */
/* A set of IPv4 ranges, to say how many addresses a domain authorises. */
#ifndef PARSERS_SPF_RANGES_H
#define PARSERS_SPF_RANGES_H

#include "parsers/trace/trace.h"

enum { SPF_MAX_RANGES = 100000 }; /* more are left out of the count */

struct spf_range {
	uint32_t first, last;
};
struct spf_ranges {
	struct spf_range *range;
	size_t count, room;
};

/* The network of ADDRESS with BITS; IPv6 is ignored. */
void spf_ranges_add(struct arena *, struct spf_ranges *, const struct ip *address, unsigned bits);
/* How many different addresses; sorts the ranges. */
uint64_t spf_ranges_size(struct spf_ranges *);
/* "192.0.2.0 - 192.0.2.15": what address/bits covers, either family. */
const char *spf_covers(struct arena *, const struct ip *address, unsigned bits);

#endif
