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
	outline_attached(sheet, false);
}

static void everything(struct sheet *sheet)
{
	outline_head(sheet);
	outline_verdict(sheet, true);
	outline_questions(sheet);
	outline_who(sheet, true);
	outline_identities(sheet);
	outline_proof(sheet, true);
	outline_failures(sheet);
	outline_coverage(sheet);
	outline_arc(sheet);
	outline_comparisons(sheet);
	outline_route(sheet, true);
	outline_hops(sheet);
	outline_clocks(sheet);
	outline_content(sheet, true);
	outline_structure(sheet);
	outline_links(sheet);
	outline_findings(sheet, SIZE_MAX);
	outline_not_known(sheet);
	outline_attached(sheet, true);
}

static void findings(struct sheet *sheet)
{
	outline_verdict(sheet, true);
	outline_findings(sheet, SIZE_MAX);
	outline_failures(sheet);
	outline_not_known(sheet);
}

static void proof(struct sheet *sheet)
{
	outline_proof(sheet, true);
	outline_failures(sheet);
	outline_coverage(sheet);
	outline_heading_spf(sheet);
	outline_dmarc_walk(sheet);
	outline_arc(sheet);
	outline_comparisons(sheet);
}

static void route(struct sheet *sheet)
{
	outline_route(sheet, true);
	outline_hops(sheet);
	outline_questions(sheet);
	outline_clocks(sheet);
}

static void structure(struct sheet *sheet)
{
	outline_structure(sheet);
	outline_links(sheet);
}

const struct outline *outline_build(
	struct arena *arena, const struct report *report, enum outline_view view, unsigned width)
{
	static void (*const screen[])(struct sheet *) = {
		[OUTLINE_SUMMARY] = summary,
		[OUTLINE_ALL] = everything,
		[OUTLINE_FINDINGS] = findings,
		[OUTLINE_HEADERS] = outline_headers,
		[OUTLINE_PROOF] = proof,
		[OUTLINE_ROUTE] = route,
		[OUTLINE_STRUCTURE] = structure,
		[OUTLINE_BODY] = outline_body,
		[OUTLINE_DNS] = outline_dns,
	};
	struct sheet sheet;

	sheet_init(&sheet, arena, report, width);
	screen[view](&sheet);
	return sheet.outline;
}
