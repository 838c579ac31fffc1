/* SPDX-License-Identifier: ISC */
#include "parsers/spf/ranges.h"

#include <stdlib.h>

void spf_ranges_add(
	struct arena *arena, struct spf_ranges *set, const struct ip *address, unsigned bits)
{
	uint32_t value = 0, host = bits == 0 ? UINT32_MAX : bits >= 32 ? 0 : UINT32_MAX >> bits;

	if (address->family != 4 || set->count >= SPF_MAX_RANGES)
		return;
	for (size_t i = 0; i < 4; i++)
		value = value << 8 | address->bytes[i];
	*LIST_ADD(arena, set->range, set->count, set->room) =
		(struct spf_range){.first = value & ~host, .last = value | host};
}

static int by_first(const void *a, const void *b)
{
	const struct spf_range *x = a, *y = b;

	return x->first < y->first ? -1 : x->first > y->first;
}

uint64_t spf_ranges_size(struct spf_ranges *set)
{
	uint64_t size = 0, next = 0; /* next: the first address not counted yet */

	if (set->count)
		qsort(set->range, set->count, sizeof *set->range, by_first);
	for (size_t i = 0; i < set->count; i++) {
		uint64_t first = set->range[i].first > next ? set->range[i].first : next;
		uint64_t end = (uint64_t)set->range[i].last + 1;

		if (end > first) {
			size += end - first;
			next = end;
		}
	}
	return size;
}

const char *spf_covers(struct arena *arena, const struct ip *address, unsigned bits)
{
	struct ip first = *address, last = *address;
	unsigned octets = address->family == 4 ? 4 : 16;

	for (unsigned i = 0; i < octets; i++) {
		unsigned kept = bits > 8 * i ? bits - 8 * i : 0;
		uint8_t host = kept >= 8 ? 0 : (uint8_t)(0xff >> kept);

		first.bytes[i] &= (uint8_t)~host;
		last.bytes[i] |= host;
	}
	return arena_printf(arena, "%s - %s", ip_text(arena, &first), ip_text(arena, &last));
}
