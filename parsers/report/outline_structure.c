/* SPDX-License-Identifier: ISC */
/* The tree of parts, and all links. */
#include "parsers/report/sheet.h"

#include <string.h>

static void part(struct sheet *sheet, size_t n)
{
	const struct part *p = &sheet->report->evidence.mime->part[n];
	unsigned column = 8 + 2 * (p->depth < 20 ? p->depth : 20);

	sheet_row(sheet, p->depth);
	sheet_add(sheet, PIECE_LABEL, 2, "%s", p->path);
	sheet_add(sheet, PIECE_TEXT, column, "%s", p->type);
	if (p->detected_type && strcmp(p->detected_type, p->type) != 0 && !p->is_multipart)
		sheet_add(sheet, PIECE_WARN, 0, "  is %s", p->detected_type);
	if (p->charset)
		sheet_add(sheet, PIECE_DIM, 0, "  %s", p->charset);
	if (p->encoding)
		sheet_add(sheet, PIECE_DIM, 0, "  %s", p->encoding);
	if (p->disposition)
		sheet_add(sheet, PIECE_DIM, 0, "  %s", p->disposition);
	if (p->filename || p->name)
		sheet_elastic(sheet, PIECE_STRONG, 0, "  %s", p->filename ? p->filename : p->name);
	if (!p->is_multipart)
		sheet_add(sheet, PIECE_TEXT, 0, "  %s bytes", text_number(sheet->arena, p->size));
	sheet_add(sheet, PIECE_DIM, 0, "  %s", text_place(sheet, p->content));
	sheet_where(sheet, p->whole);
	sheet_target(sheet, ROW_PART, n);
	if (p->sha256 && p->depth) {
		sheet_row(sheet, p->depth + 1);
		sheet_elastic(sheet, PIECE_DIM, column + 2, "sha256 %s  md5 %s", p->sha256,
			p->md5 ? p->md5 : "");
		sheet_target(sheet, ROW_PART, n);
	}
}

void outline_structure(struct sheet *sheet)
{
	const struct mime *mime = sheet->report->evidence.mime;

	if (!mime || !mime->count)
		return;
	sheet_heading(sheet, "PARTS");
	for (size_t i = 0; i < mime->count && i < 1000; i++)
		part(sheet, i);
	if (mime->count > 1000 || mime->parts_limited) {
		sheet_row(sheet, 0);
		sheet_add(sheet, PIECE_WARN, 2, "... %s in all",
			text_count(sheet->arena, mime->count, "part"));
	}
}

void outline_links(struct sheet *sheet)
{
	const struct url_list *urls = sheet->report->evidence.urls;

	if (!urls || !urls->count)
		return;
	sheet_heading(sheet, "LINKS");
	for (size_t i = 0; i < urls->count && i < 200; i++) {
		const struct url *u = &urls->url[i];

		sheet_row(sheet, 0);
		sheet_elastic(sheet, PIECE_TEXT, 2, "%s", url_defang(sheet->arena, u->url));
		if (u->text && *u->text)
			sheet_cut(sheet, PIECE_DIM, 0, 40, "  shown as \"%s\"", u->text);
		if (u->offset != SIZE_MAX)
			sheet_add(sheet, PIECE_DIM, 0, "  @%zu", u->offset);
		sheet_target(sheet, ROW_URL, i);
		if (u->offset != SIZE_MAX)
			sheet_where(sheet, span_sub(sheet->report->evidence.message->raw, u->offset,
						   u->offset + strlen(u->url)));
	}
	if (urls->count > 200) {
		sheet_row(sheet, 0);
		sheet_add(sheet, PIECE_WARN, 2, "... %s in all",
			text_count(sheet->arena, urls->count, "link"));
	}
}
