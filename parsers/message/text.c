/* SPDX-License-Identifier: ISC */
#include "parsers/message/message.h"

const char *field_text(struct arena *arena, const struct field *field)
{
	return arena_text(arena, field_unfold(arena, field));
}
