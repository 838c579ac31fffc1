/* SPDX-License-Identifier: ISC */
#include "parsers/arc/arc.h"

const struct arc *arc_check(struct arena *arena, const struct message *message, const struct trace *trace,
			    struct dns_log *dns, struct dkim_context *context, const struct arc_options *options)
{
	struct arc *arc = ARENA_NEW(arena, struct arc);

	(void)message, (void)trace, (void)dns, (void)context, (void)options;
	arc->explanation = "no ARC set";
	return arc;
}
