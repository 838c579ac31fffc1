/* SPDX-License-Identifier: ISC */
/* Files as attachments are read: compound files, archives, PDFs, images, CMS. The first byte chooses the reader. */
#include "parsers/findings/cms.h"
#include "parsers/findings/content.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct file_budget budget = {1 << 20, 100};
	struct file_facts facts = {0};
	struct arena *arena;
	struct span s;
	unsigned width, height, colors;

	if (len == 0)
		return 0;
	arena = arena_new();
	s = span_make(data + 1, len - 1);
	switch (*data % 4) {
	case 0:
		ole_read(arena, s, &facts);
		break;
	case 1:
		pdf_read(arena, s, &budget, &facts);
		break;
	case 2:
		archive_read_facts(arena, s, &budget, &facts);
		break;
	default:
		cms_read(arena, s, SPAN("x"));
		break;
	}
	image_size(s, &width, &height, &colors);
	file_class_of(NULL, s);
	name_extension(arena, arena_text(arena, s));
	arena_free(arena);
	return 0;
}
