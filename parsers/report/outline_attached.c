/* SPDX-License-Identifier: ISC */
/* ATTACHED: the messages inside this one, each by itself. Stands behind the findings, apart from
 * the verdict on the message. */
#include "parsers/report/attached.h"
#include "parsers/report/sheet.h"

#include <string.h>

enum { SHOWN = 5, CODES = 4, VALUE = 22 };

static void value_row(struct sheet *sheet, const char *label, const char *value)
{
	sheet_row(sheet, 1);
	sheet_add(sheet, PIECE_LABEL, SHEET_INDENT + 2, "%s", label);
	sheet_elastic(sheet, PIECE_TEXT, VALUE, "%s", value);
}

static const char *author_text(struct sheet *sheet, const struct report *r)
{
	const struct address *a = r->header_from.count ? &r->header_from.address[0] : NULL;

	if (!a)
		return r->evidence.from_field ? field_text(sheet->arena, r->evidence.from_field)
					      : "(no From)";
	return arena_printf(sheet->arena, "%s%s%s%s", a->display ? a->display : "",
		a->display ? " <" : "", a->address ? a->address : "(no address)",
		a->display ? ">" : "");
}

static void head(struct sheet *sheet, const struct attached *attached)
{
	const struct report *r = attached->report;

	sheet_row(sheet, 0);
	sheet_add(sheet, PIECE_LABEL, SHEET_INDENT, "part %s", r->origin.enclosed);
	sheet_add(sheet, kind_of_author(r), VALUE, "%s", author_word(r->author));
	sheet_add(sheet, PIECE_TEXT, 0, ", ");
	sheet_add(sheet, kind_of_severity(r->severity), 0, "%s",
		r->severity == SEVERITY_NONE ? "no findings" : severity_word(r->severity));
	sheet_add(sheet, PIECE_DIM, 0, "   %s bytes, sha256 %.12s…",
		text_number(sheet->arena, r->evidence.message->raw.len), r->sha256);
	sheet_target(sheet, ROW_PART, attached->part);
	sheet_where(sheet, sheet->report->evidence.mime->part[attached->part].whole);
}

static void results(struct sheet *sheet, const struct report *r)
{
	sheet_row(sheet, 1);
	sheet_add(sheet, PIECE_LABEL, SHEET_INDENT + 2, "proof");
	sheet_add(sheet, kind_of_result(r->dkim_result), VALUE, "dkim %s",
		result_word(r->dkim_result));
	sheet_add(sheet, kind_of_result(r->dmarc_result), 0, ", dmarc %s",
		result_word(r->dmarc_result));
	sheet_elastic(sheet, PIECE_DIM, 0, "; no spf: who gave it to whom can't be known");
}

static void codes(struct sheet *sheet, const struct findings *f)
{
	const char *code[CODES];
	size_t count = f->count < CODES ? f->count : CODES;

	for (size_t i = 0; i < count; i++)
		code[i] = finding_info(f->finding[i]->code)->code;
	if (count)
		value_row(sheet, "findings",
			arena_printf(sheet->arena, "%s%s", text_joined(sheet->arena, code, count),
				f->count > count ? arena_printf(sheet->arena, " and %zu more",
							   f->count - count)
						 : ""));
}

static void each_finding(struct sheet *sheet, const struct findings *f)
{
	for (size_t i = 0; i < f->count; i++) {
		const struct finding *finding = f->finding[i];
		const struct finding_info *info = finding_info(finding->code);

		sheet_row(sheet, 1);
		sheet_add(sheet, kind_of_severity(finding->severity), SHEET_INDENT + 2, "%s",
			severity_word(finding->severity));
		sheet_add(sheet, PIECE_CODE, VALUE, "%s", info->code);
		sheet_wrap(sheet, PIECE_TEXT, 44,
			finding->detail && *finding->detail ? finding->detail : info->title);
	}
}

static void message(struct sheet *sheet, const struct attached *attached, bool all)
{
	const struct report *r = attached->report;

	head(sheet, attached);
	value_row(sheet, "From", author_text(sheet, r));
	value_row(sheet, "Subject", r->evidence.subject ? r->evidence.subject : "(none)");
	if (r->evidence.date.valid)
		value_row(sheet, "Date",
			text_date(sheet->arena, r->evidence.date.time, r->evidence.date.offset_s));
	results(sheet, r);
	if (all)
		each_finding(sheet, r->findings);
	else
		codes(sheet, r->findings);
}

void outline_attached(struct sheet *sheet, bool all)
{
	struct attached_list list = report_attached(sheet->arena, sheet->report);
	size_t shown = all || list.count <= SHOWN ? list.count : SHOWN;

	if (!list.count)
		return;
	sheet_section(sheet, "ATTACHED");
	sheet_row(sheet, 0);
	sheet_elastic(sheet, PIECE_DIM, SHEET_INDENT,
		"%s inside, checked by %s: nothing of %s counts above",
		text_count(sheet->arena, list.count, "message"),
		list.count == 1 ? "itself" : "themselves", list.count == 1 ? "it" : "them");
	for (size_t i = 0; i < shown; i++)
		message(sheet, &list.message[i], all);
	if (shown == list.count && !list.limited)
		return;
	sheet_row(sheet, 0);
	sheet_add(sheet, PIECE_DIM, SHEET_INDENT, "%s more: mailcheck --attached",
		list.limited ? "there are" : arena_printf(sheet->arena, "%zu", list.count - shown));
}
