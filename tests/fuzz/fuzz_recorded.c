/* SPDX-License-Identifier: ISC */
/* One recorded field as each of the three kinds; names and values are never NULL. */
#include "parsers/trace/trace.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct arena *arena = arena_new();
	struct field field = {.value = span_make(data, len)};

	for (int kind = RECORDED_AR; kind <= RECORDED_SPF; kind++) {
		struct recorded rec = recorded_parse(arena, &field, (enum recorded_kind)kind);

		for (size_t i = 0; i < rec.result_count; i++) {
			if (!rec.result[i].method || !rec.result[i].result ||
				!span_within(field.value, rec.result[i].where))
				__builtin_trap();
			for (size_t k = 0; k < rec.result[i].property_count; k++)
				if (!rec.result[i].property[k].name ||
					!rec.result[i].property[k].value)
					__builtin_trap();
		}
	}
	arena_free(arena);
	return 0;
}
