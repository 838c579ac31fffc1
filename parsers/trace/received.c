/* SPDX-License-Identifier: ISC */
#include "parsers/trace/trace.h"

struct hop hop_parse(struct arena *arena, struct span value)
{
	struct hop hop = { .odd = HOP_UNPARSED };

	(void)arena;
	hop.date = date_parse(span_skip(value, span_rchr(value, ';') + 1));
	return hop;
}
