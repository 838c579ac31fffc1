/* SPDX-License-Identifier: ISC */
/* The short way through a plain page builds the tree that the full parser builds. */
#include "parsers/message/html_plain.h"
#include "parsers/message/html_scan.h"
#include "tests/unit/html_same.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct arena *arena = arena_new();
	size_t sheets;
	const GumboNode *plain = html_plain(arena, span_make(data, len), &sheets);

	if (plain) {
		/* html_parse() asks the scan about other pages only */
		if (html_scan(span_make(data, len)).unclosed_tag)
			__builtin_trap();

		GumboOutput *full =
			gumbo_parse_with_options(&kGumboDefaultOptions, (const char *)data, len);

		if (html_difference(plain, full->document) || sheets != html_sheets(full->document))
			__builtin_trap();
		gumbo_destroy_output(&kGumboDefaultOptions, full);
	}
	arena_free(arena);
	return 0;
}
