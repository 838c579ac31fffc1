/* SPDX-License-Identifier: ISC */
#include "parsers/report/attached.h"

#include "parsers/message/enclosed.h"

bool attached_read(
	const struct report *outer, size_t index, struct span *ret_raw, struct origin *ret_origin)
{
	struct mime *mime = outer->evidence.mime;

	return mime && enclosed_read(outer->evidence.arena, mime, index, &outer->origin, ret_raw,
			       ret_origin);
}

struct gathering {
	struct arena *arena;
	struct attached_list *list;
	size_t outermost; /* the part that is gone into */
};

static void gather(struct gathering *g, const struct report *outer, unsigned depth)
{
	struct mime *mime = outer->evidence.mime;
	struct origin origin;
	struct span raw, inside = SPAN_NONE;

	for (size_t i = 0; mime && i < mime->count; i++) {
		/* What lies in a message that is gone into belongs to that one. */
		if (span_within(inside, mime->part[i].whole) && mime->part[i].whole.ptr)
			continue;
		if (!attached_read(outer, i, &raw, &origin))
			continue;
		if (g->list->count >= ATTACHED_MOST || depth >= ATTACHED_DEPTH) {
			g->list->limited = true;
			return;
		}
		if (depth == 0)
			g->outermost = i;
		inside = mime->part[i].content;

		const struct report *report = report_build(g->arena, raw, &origin, outer->options);

		*LIST_ADD(g->arena, g->list->message, g->list->count, g->list->room) =
			(struct attached){report, g->outermost};
		gather(g, report, depth + 1);
	}
}

struct attached_list report_attached(struct arena *arena, const struct report *report)
{
	struct attached_list list = {0};
	struct gathering g = {.arena = arena, .list = &list};

	gather(&g, report, 0);
	return list;
}
