/* SPDX-License-Identifier: ISC */
/* Any bytes give a tree whose parts lie inside their parents. */
#include <stdlib.h>

#include "parsers/message/charset.h"
#include "parsers/message/mime.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool ok)
{
	if (!ok)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *arena = arena_new();
	const struct message *m = message_parse(arena, span_make(data, size), NULL);
	struct mime *mime = mime_parse(arena, m, &(struct mime_options){.hash = true});

	for (size_t i = 0; i < mime->count; i++) {
		struct part *p = &mime->part[i];

		check(span_within(m->raw, p->header) && span_within(m->raw, p->content) &&
			span_within(m->raw, p->whole));
		check(i == 0 ||
			(p->parent < i && span_within(mime->part[p->parent].content, p->whole)));
		check(!p->preamble.ptr || span_within(p->content, p->preamble));
		check(!p->epilogue.ptr || span_within(p->content, p->epilogue));
		for (size_t at = 0; at < p->size && at < 64; at++)
			check(part_stored(mime, p, at) <= m->raw.len);
		if (p->is_text)
			check(utf8_valid(part_text(arena, mime, p)) || p->encoding);
	}
	arena_free(arena);
	return 0;
}
