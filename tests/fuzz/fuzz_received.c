/* SPDX-License-Identifier: ISC */
/* One Received field, whatever its bytes; places must lie in it. */
#include "parsers/trace/trace.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void within(struct span raw, struct span s)
{
	if (s.ptr && !span_within(raw, s))
		__builtin_trap();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct arena *arena = arena_new();
	struct span value = span_make(data, len);
	struct hop hop = hop_parse(arena, value);

	within(value, hop.from_where);
	within(value, hop.by_where);
	within(value, hop.ip_where);
	within(value, hop.date_where);
	for (size_t i = 0; i < hop.comment_count; i++)
		within(value, hop.comment[i]);
	if ((hop.ip != NULL) != (hop.addr.family != 0) ||
		hop.date.valid != (hop.date.time != TIME_NONE))
		__builtin_trap();
	arena_free(arena);
	return 0;
}
