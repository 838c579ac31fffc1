/* SPDX-License-Identifier: ISC */
#include "parsers/message/charset.h"
#include "parsers/message/message.h"

const char *field_text(struct arena *arena, const struct field *field)
{
	struct span value = span_sub(field_unfold(arena, field), 0, LIMIT_FIELD);

	return charset_string(arena, encoded_words(arena, value));
}
