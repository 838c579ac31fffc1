/* SPDX-License-Identifier: ISC */
/* A whole header: the chain, the border, the envelope and the clocks hold together. */
#include "parsers/trace/trace.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static const char *const host[] = {".ours.example", "192.0.2.0/24"};
	struct trust trust = {.host = host, .host_count = len % 2 ? 2 : 0};
	struct arena *arena = arena_new();
	const struct message *message =
		message_parse(arena, span_make(data, len), &(struct message_options){0});
	struct mime *mime = mime_parse(arena, message, &(struct mime_options){0});
	const struct trace *trace = trace_build(arena, message, mime, &trust);

	if (trace->border > trace->count || !trace->border_why)
		__builtin_trap();
	for (size_t i = 1; i < trace->clocks.count; i++)
		if (trace->clocks.clock[i - 1].time > trace->clocks.clock[i].time)
			__builtin_trap();
	arena_free(arena);
	return 0;
}
