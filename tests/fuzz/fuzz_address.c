/* SPDX-License-Identifier: ISC */
#include <stdlib.h>

#include "parsers/message/address.h"
#include "parsers/message/charset.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *arena = arena_new();
	struct span value = span_make(data, size);
	struct address_list list = address_parse(arena, value);

	for (size_t i = 0; i < list.count; i++) {
		const struct address *a = &list.address[i];

		if (!span_within(value, a->where) || !span_within(value, a->spec))
			abort();
		if (a->display && !utf8_valid(span_of(a->display)))
			abort();
		domain_unicode(arena, a->domain);
	}
	address_domain(arena, value);
	arena_free(arena);
	return 0;
}
