/* SPDX-License-Identifier: ISC */
/* Each finding, signature and hop of the bundled stories has a row that leads to its bytes. */
#include <glob.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "parsers/base/file.h"
#include "parsers/report/outline.h"

enum { WIDTH = 100 };

struct fixture {
	struct arena *arena;
	glob_t stories;
	struct report_options options;
	const char *name; /* of the story at work */
};

static int setup(void **state)
{
	static struct fixture f;
	static const char *const trusted[] = {".recipient.example", "mx.victim.example"};

	f = (struct fixture){.arena = arena_new()};
	f.options = (struct report_options){.dkim = dkim_context_new(),
		.psl = psl_open(NULL, NULL),
		.now = TIME_NONE,
		.trust = {.host = trusted, .host_count = 2}};
	*state = &f;
	return glob("testdata/*/message.eml", 0, NULL, &f.stories);
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	globfree(&f->stories);
	arena_free(f->arena);
	dkim_context_free(f->options.dkim);
	psl_close((struct psl *)f->options.psl);
	return 0;
}

/* Some row for the INDEXth thing of this kind leads to bytes that lie within RAW. */
static bool leads(
	const struct outline *outline, enum row_target target, size_t index, struct span raw)
{
	for (size_t i = 0; i < outline->count; i++) {
		const struct row *row = &outline->row[i];

		if (row->target != target || row->index != index)
			continue;
		if (row->where.ptr >= raw.ptr &&
			row->where.ptr + row->where.len <= raw.ptr + raw.len)
			return true;
	}
	return false;
}

static void check_report(struct fixture *f, const struct report *report)
{
	const struct evidence *e = &report->evidence;
	const struct outline *findings = outline_build(f->arena, report, OUTLINE_FINDINGS, WIDTH);
	const struct outline *proof = outline_build(f->arena, report, OUTLINE_PROOF, WIDTH);
	const struct outline *route = outline_build(f->arena, report, OUTLINE_ROUTE, WIDTH);

	for (size_t i = 0; i < report->findings->count; i++) {
		const struct finding *finding = report->findings->finding[i];

		if (finding->evidence_count && !leads(findings, ROW_FINDING, i, e->message->raw))
			fail_msg("%s: finding %zu leads to no bytes", f->name, i);
	}
	for (size_t i = 0; i < e->dkim->count; i++)
		if (!leads(proof, ROW_SIGNATURE, i, e->dkim->signature[i].field->whole))
			fail_msg("%s: signature %zu leads to no bytes", f->name, i);
	for (size_t i = 0; i < e->trace->count; i++)
		if (!leads(route, ROW_HOP, i, e->trace->hop[i].field->whole))
			fail_msg("%s: hop %zu leads to no bytes", f->name, i);
}

static void every_claim_leads_to_its_bytes(void **state)
{
	static const struct snapshot_options snapshot;
	struct fixture *f = *state;

	assert_true(f->stories.gl_pathc >= 30);
	for (size_t i = 0; i < f->stories.gl_pathc; i++) {
		struct origin origin = {.source = f->stories.gl_pathv[i]};
		const char *zone = arena_printf(f->arena, "%.*sdns.zone",
			(int)(strrchr(origin.source, '/') + 1 - origin.source), origin.source);
		struct buffer raw = BUFFER_INIT;

		f->name = origin.source;
		assert_int_equal(file_read(origin.source, &raw, NULL), 0);
		f->options.dns = snapshot_load(&zone, 1, &snapshot, NULL);
		assert_non_null(f->options.dns);
		check_report(f,
			report_build(f->arena, span_of(buffer_text(&raw)), &origin, &f->options));
		dns_free(f->options.dns);
		buffer_release(&raw);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {cmocka_unit_test(every_claim_leads_to_its_bytes)};

	return cmocka_run_group_tests(tests, setup, teardown);
}
