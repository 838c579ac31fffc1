/* SPDX-License-Identifier: ISC */
/* CONTENT: parts, links and attachments. */
#include "parsers/report/sheet.h"

#include <string.h>

enum { LINKS_SHOWN = 3, NAMES_SHOWN = 3 };

static bool is_attachment(const struct part *part)
{
	if (part->is_multipart)
		return false;
	return (part->disposition && strcmp(part->disposition, "attachment") == 0) ||
	       part->filename || part->name || (!part->is_text && part->depth);
}

static void structure(struct sheet *sheet)
{
	const struct mime *mime = sheet->report->evidence.mime;
	const char *type[6];
	size_t leaves = 0, types = 0;

	for (size_t i = 0; i < mime->count; i++) {
		bool seen = mime->part[i].is_multipart;

		leaves += !mime->part[i].is_multipart;
		for (size_t k = 0; k < types && !seen; k++)
			seen = strcmp(type[k], mime->part[i].type) == 0;
		if (!seen && types < 6)
			type[types++] = mime->part[i].type;
	}
	sheet_row(sheet, 0);
	sheet_elastic(sheet, PIECE_TEXT, SHEET_INDENT, "%s%s%s%s",
		mime->count && mime->part[0].is_multipart ? mime->part[0].type : "",
		mime->count && mime->part[0].is_multipart ? ": " : "",
		leaves == 1 && !mime->part[0].is_multipart
			? ""
			: arena_printf(
				  sheet->arena, "%s, ", text_count(sheet->arena, leaves, "part")),
		text_list(sheet->arena, type, types, 4));
	if (mime->count)
		sheet_target(sheet, ROW_PART, 0);
}

static void links(struct sheet *sheet)
{
	const struct url_list *urls = sheet->report->evidence.urls;
	const struct url *shown[LINKS_SHOWN];
	size_t count = 0;

	sheet_row(sheet, 0);
	sheet_add(sheet, PIECE_TEXT, SHEET_INDENT, "%s",
		text_count(sheet->arena, urls->count, "link"));
	for (size_t i = 0; i < urls->count && i < 1000 && count < LINKS_SHOWN; i++) {
		bool seen = false;

		for (size_t k = 0; k < count && !seen; k++)
			seen = urls->url[i].host && shown[k]->host &&
			       strcmp(urls->url[i].host, shown[k]->host) == 0;
		if (!seen)
			shown[count++] = &urls->url[i];
	}
	for (size_t i = 0; i < count; i++) {
		if (i)
			sheet_row(sheet, 0);
		sheet_elastic(sheet, PIECE_TEXT, 22, "%s", url_defang(sheet->arena, shown[i]->url));
		if (shown[i]->text && *shown[i]->text && sheet->width >= 100)
			sheet_cut(sheet, PIECE_DIM, 0, 30, "  \"%s\"", shown[i]->text);
	}
}

static void attachments(struct sheet *sheet)
{
	const struct mime *mime = sheet->report->evidence.mime;
	size_t count = 0;

	for (size_t i = 0; i < mime->count; i++)
		count += is_attachment(&mime->part[i]);
	sheet_row(sheet, 0);
	sheet_add(sheet, PIECE_TEXT, SHEET_INDENT, "%s",
		text_count(sheet->arena, count, "attachment"));
	for (size_t i = 0, shown = 0; i < mime->count && shown < NAMES_SHOWN; i++) {
		const struct part *part = &mime->part[i];

		if (!is_attachment(part))
			continue;
		if (shown++)
			sheet_row(sheet, 0);
		sheet_elastic(sheet, PIECE_TEXT, 26, "%s",
			part->filename ? part->filename
			: part->name   ? part->name
				       : "(no name)");
		sheet_add(sheet, PIECE_DIM, 0, "  %s  %s bytes%s%s", part->type,
			text_number(
				sheet->arena, part->is_message ? part->content.len : part->size),
			part->detected_type && strcmp(part->detected_type, part->type) ? "  is "
										       : "",
			part->detected_type && strcmp(part->detected_type, part->type)
				? part->detected_type
				: "");
		sheet_target(sheet, ROW_PART, i);
		sheet_where(sheet, part->whole);
	}
}

void outline_content(struct sheet *sheet, bool all)
{
	(void)all;
	if (!sheet->report->evidence.mime)
		return;
	sheet_section(sheet, "CONTENT");
	structure(sheet);
	links(sheet);
	attachments(sheet);
}
