/* SPDX-License-Identifier: ISC */
/* The first lines: which message, and the verdict. */
#include "parsers/base/printable.h"
#include "parsers/report/sheet.h"

#include <string.h>

static const char *evidence_text(struct sheet *sheet)
{
	const struct report_options *options = sheet->report->options;

	if (!options->dns)
		return "no DNS evidence";
	if (options->dns_recorded == TIME_NONE)
		return options->dns_complete ? "DNS snapshot (complete)" : "DNS snapshot";
	return arena_printf(sheet->arena, "DNS snapshot %.10s%s",
		moment_text(sheet->arena, options->dns_recorded),
		options->dns_complete ? " (complete)" : "");
}

void outline_head(struct sheet *sheet)
{
	const struct report *r = sheet->report;
	const char *name = r->origin.source ? r->origin.source : "-", *slash = strrchr(name, '/');

	sheet_row(sheet, 0);
	sheet_add(sheet, PIECE_LABEL, 0, "mailcheck");
	sheet_cut(sheet, PIECE_TEXT, 12, sheet->width / 3, "%s%s%s%s",
		slash && slash[1] ? slash + 1 : name, r->origin.member ? "!" : "",
		r->origin.member ? r->origin.member : "",
		r->origin.offset
			? arena_printf(sheet->arena, "@%llu", (unsigned long long)r->origin.offset)
			: "");
	sheet_add(sheet, PIECE_DIM, 0, "  %s bytes  sha256 %.12s%s   %s",
		text_number(sheet->arena, r->evidence.message->raw.len), r->sha256, "…",
		evidence_text(sheet));
	sheet_blank(sheet);
}

static void lines(struct sheet *sheet, const char *word, enum piece_kind kind,
	const char *const *text, size_t count, size_t most)
{
	for (size_t i = 0; i < count && i < most; i++) {
		sheet_row(sheet, 0);
		if (i == 0)
			sheet_add(sheet, kind, 2, "%s", word);
		sheet_wrap(sheet, PIECE_TEXT, 12, text[i]);
	}
}

void outline_verdict(struct sheet *sheet, bool all)
{
	const struct report *r = sheet->report;
	size_t most = all ? SIZE_MAX : 3;

	sheet_row(sheet, 0);
	sheet_add(sheet, kind_of_author(r), 2, "%s", r->headline);
	sheet_wrap(sheet, PIECE_STRONG, (unsigned)printable_columns(r->headline) + 5, r->sentence);
	lines(sheet, "proven", PIECE_GOOD, r->proven, r->proven_count, most);
	lines(sheet, "false", PIECE_BAD, r->is_false, r->false_count, most);
	lines(sheet, "unknown", PIECE_WARN, r->unknown, r->unknown_count, most);
}
