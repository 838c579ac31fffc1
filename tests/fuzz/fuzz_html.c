/* SPDX-License-Identifier: ISC */
#include "parsers/message/html.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct arena *arena = arena_new();
	struct span text = span_make(data, len);
	const struct html *html = html_parse(arena, text);

	for (size_t i = 0; i < html->link_count; i++) {
		struct url_view v = url_read(arena, span_of(html->link[i].href));

		url_defang(arena, v.url);
		if (html->link[i].offset != SIZE_MAX && html->link[i].offset + html->link[i].len > len)
			__builtin_trap();
	}
	for (size_t i = 0; i < html->item_count; i++)
		if (html->item[i].offset != SIZE_MAX && html->item[i].offset + html->item[i].len > len)
			__builtin_trap();
	url_read(arena, text);
	arena_free(arena);
	return 0;
}
