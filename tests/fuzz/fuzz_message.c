/* SPDX-License-Identifier: ISC */
/* Any bytes give a header index that covers the header without gap, and places that hold. */
#include <stdlib.h>

#include "parsers/message/message.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool ok)
{
	if (!ok)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *arena = arena_new();
	struct message_options options = {.mbox = size & 1};
	const struct message *m = message_parse(arena, span_make(data, size), &options);
	const uint8_t *next = m->header.ptr;

	for (size_t i = 0; i < m->field_count; i++) {
		const struct field *f = &m->field[i];

		check(f->whole.ptr == next && span_within(f->whole, f->name) &&
			span_within(f->whole, f->value));
		next = span_end(f->whole);
		check(message_line(m, span_offset(m->raw, f->whole)) == f->line);
		field_text(arena, f);
	}
	check(next == span_end(m->header));
	check(span_within(m->raw, m->body) && span_end(m->body) == m->raw.ptr + m->raw.len);
	for (size_t i = 0; i < m->check_body.len; i++)
		check(m->raw.ptr[message_stored(m, i)] == m->check_body.ptr[i]);
	message_dedupe(arena, m, message_sha256(arena, m));
	arena_free(arena);
	return 0;
}
