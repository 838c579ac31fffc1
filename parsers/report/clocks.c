/* SPDX-License-Identifier: ISC */
/*
 * All clocks of a message. What a signature's t= and x= say is only stated until the signature is
 * found valid; then they are signed: the hash over the header covers the signature's own tags (RFC
 * 6376 3.7), whatever became of the body.
 */
#include "parsers/report/build.h"

static bool inside(struct span part, const struct field *field)
{
	return field && part.ptr >= field->whole.ptr &&
	       part.ptr < field->whole.ptr + field->whole.len;
}

static bool covered_by_dkim(const struct dkim *dkim, struct span where)
{
	for (size_t i = 0; i < dkim->count; i++)
		if (inside(where, dkim->signature[i].field))
			return dkim->signature[i].signature == SIGNATURE_VALID;
	return false;
}

static bool covered_by_arc(const struct arc *arc, struct span where)
{
	for (size_t i = 0; i < arc->count; i++) {
		const struct arc_set *set = &arc->set[i];

		if (inside(where, set->seal.field))
			return set->seal.signature == SIGNATURE_VALID;
		if (inside(where, set->message_signature.field))
			return set->message_signature.signature == SIGNATURE_VALID;
	}
	return false;
}

void report_clocks(struct report *r)
{
	const struct evidence *e = &r->evidence;
	const struct clock_list *from[] = {&e->trace->clocks, &r->findings->clocks};

	for (size_t k = 0; k < 2; k++) {
		for (size_t i = 0; i < from[k]->count; i++) {
			struct clock clock = from[k]->clock[i];

			if (clock.kind == CLOCK_STATED &&
				(covered_by_dkim(e->dkim, clock.where) ||
					covered_by_arc(e->arc, clock.where)))
				clock.kind = CLOCK_SIGNED;
			clock_list_add(e->arena, &r->clocks, &clock);
		}
	}
	clock_list_sort(&r->clocks);
}
