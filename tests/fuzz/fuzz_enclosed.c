/* SPDX-License-Identifier: ISC */
/* Messages inside messages: every place leads back to the bytes that were found there; names of places are read without a fault. */
#include "parsers/message/enclosed.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void descend(struct arena *arena, struct span stored, struct span raw, const struct origin *outer, unsigned depth)
{
	struct mime *mime = mime_parse(arena, message_parse(arena, raw, NULL), NULL);

	for (size_t i = 0; i < mime->count && i < 16; i++) {
		struct span inner, again;
		struct origin origin, read = {0};

		if (!enclosed_read(arena, mime, i, outer, &inner, &origin))
			continue;
		if (origin.offset > stored.len || origin.length > stored.len - origin.offset)
			__builtin_trap();
		again = enclosed_decode(arena, span_make(stored.ptr + origin.offset, (size_t)origin.length), origin.coding);
		if (!mime->decoded_limited && (again.len != inner.len || (again.len && memcmp(again.ptr, inner.ptr, again.len) != 0)))
			__builtin_trap();
		read.member = origin.member;
		if (!origin_parse(arena, &read) || strcmp(read.enclosed, origin.enclosed) != 0)
			__builtin_trap();
		if (depth < 3)
			descend(arena, stored, inner, &origin, depth + 1);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct arena *arena = arena_new();
	struct span raw = span_make(data, len);
	struct origin name = {.member = arena_text(arena, span_sub(raw, 0, 200))};
	struct origin origin = {.source = "-", .length = len};

	if (origin_parse(arena, &name) && name.coding)
		enclosed_decode(arena, raw, name.coding);
	descend(arena, raw, raw, &origin, 0);
	arena_free(arena);
	return 0;
}
