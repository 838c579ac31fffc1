/* SPDX-License-Identifier: ISC */
/* A whole message through the MIME tree and the findings about its content. */
#include "parsers/findings/findings.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct arena *arena = arena_new();
	const struct message *message = message_parse(arena, span_make(data, len), NULL);
	struct mime *mime = mime_parse(arena, message, &(struct mime_options){0});
	struct url_list urls = url_collect(arena, mime);
	struct evidence evidence = {
		.arena = arena, .message = message, .mime = mime, .urls = &urls, .author_domain = "a.example"};
	struct findings *f = ARENA_NEW(arena, struct findings);

	f->arena = arena;
	f->evidence = &evidence;
	findings_mime(f);
	findings_attachment(f);
	findings_html(f);
	findings_signed(f);
	for (size_t i = 0; i < f->count; i++)
		for (size_t k = 0; k < f->finding[i]->evidence_count; k++)
			if (!span_within(message->raw, f->finding[i]->evidence[k].where))
				__builtin_trap();
	arena_free(arena);
	return 0;
}
