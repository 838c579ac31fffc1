/* SPDX-License-Identifier: ISC */
/* Which sections each screen has. */
#include "parsers/report/outline.h"

#include "parsers/report/sheet.h"

enum { SUMMARY_FINDINGS = 5 };

static void summary(struct sheet *sheet)
{
	outline_head(sheet);
	outline_verdict(sheet, false);
	outline_who(sheet, false);
	outline_proof(sheet, false);
	outline_route(sheet, false);
	outline_content(sheet, false);
	outline_findings(sheet, SUMMARY_FINDINGS);
}

static void everything(struct sheet *sheet)
{
	outline_head(sheet);
	outline_verdict(sheet, true);
	outline_who(sheet, true);
	outline_proof(sheet, true);
	outline_route(sheet, true);
	outline_hops(sheet);
	outline_content(sheet, true);
	outline_findings(sheet, SIZE_MAX);
}

const struct outline *outline_build(
	struct arena *arena, const struct report *report, enum outline_view view, unsigned width)
{
	struct sheet sheet;

	sheet_init(&sheet, arena, report, width);
	switch (view) {
	case OUTLINE_SUMMARY:
		summary(&sheet);
		break;
	default:
		everything(&sheet);
		break;
	}
	return sheet.outline;
}

const struct outline *outline_explain(struct arena *arena, enum finding_code code, unsigned width)
{
	(void)code, (void)width;
	return ARENA_NEW(arena, struct outline);
}

const struct outline *outline_spf(struct arena *arena, const struct spf_result *spf, unsigned width)
{
	(void)spf, (void)width;
	return ARENA_NEW(arena, struct outline);
}
