/* SPDX-License-Identifier: ISC */
#include "parsers/findings/findings.h"

#include <strings.h>

enum { EVIDENCE_MAX = 64, DETAILS_MAX = 3 };

static const struct finding_info table[FINDING_COUNT] = {
#define FINDING(id, code, severity, claim, title, sentence, action, reference, false_positives) \
	[FINDING_##id] = {code, SEVERITY_##severity, #claim, title, sentence, action, reference, \
		false_positives},
#include "parsers/findings/table.def"
#undef FINDING
};

const struct finding_info *finding_info(enum finding_code code)
{
	return &table[code];
}

int finding_code_of(const char *code)
{
	for (int i = 0; i < FINDING_COUNT; i++)
		if (strcasecmp(table[i].code, code) == 0)
			return i;
	return -1;
}

/*
 * The same code raised again is the same finding: the worst severity counts, evidence adds up, and
 * the details stand one behind the other until they would no longer be read.
 */
static void merge(
	struct findings *f, struct finding *finding, enum severity severity, const char *detail)
{
	if (severity > finding->severity)
		finding->severity = severity;
	if (!detail || (finding->detail && strcmp(finding->detail, detail) == 0))
		return;
	if (!finding->detail || !*finding->detail)
		finding->detail = detail;
	else if (finding->details < DETAILS_MAX)
		finding->detail = arena_printf(f->arena, "%.*s; %s",
			(int)(strlen(finding->detail) - (finding->detail[strlen(finding->detail) - 1] == '.')),
			finding->detail, detail);
	finding->details++;
}

struct finding *finding_raise(
	struct findings *f, enum finding_code code, enum severity severity, const char *fmt, ...)
{
	const char *detail = NULL;

	if (fmt) {
		va_list ap;

		va_start(ap, fmt);
		detail = arena_vprintf(f->arena, fmt, ap);
		va_end(ap);
	}
	if (severity == SEVERITY_NONE)
		severity = table[code].severity;
	if (f->by_code[code]) {
		merge(f, f->by_code[code], severity, detail);
		return f->by_code[code];
	}

	struct finding *finding = ARENA_NEW(f->arena, struct finding);

	*finding = (struct finding){.code = code, .severity = severity, .detail = detail};
	finding->details = detail != NULL;
	f->by_code[code] = finding;
	*LIST_ADD(f->arena, f->finding, f->count, f->room) = finding;
	return finding;
}

struct finding *finding_show(
	struct findings *f, struct finding *finding, struct span where, const char *role)
{
	if (!finding || finding->evidence_count >= EVIDENCE_MAX ||
		!span_within(f->evidence->message->raw, where))
		return finding;
	for (size_t i = 0; i < finding->evidence_count; i++)
		if (finding->evidence[i].where.ptr == where.ptr &&
			finding->evidence[i].where.len == where.len)
			return finding;
	*LIST_ADD(f->arena, finding->evidence, finding->evidence_count, finding->evidence_room) =
		(struct finding_span){where, role};
	return finding;
}

const struct finding *finding_find(const struct findings *f, enum finding_code code)
{
	return f->by_code[code];
}

static const uint8_t *place(const struct finding *finding)
{
	return finding->evidence_count ? finding->evidence[0].where.ptr : NULL;
}

/* Worst first; then by place, those without one last; then by code. A total order. */
static int compare(const struct finding *x, const struct finding *y)
{
	const uint8_t *px = place(x), *py = place(y);

	if (x->severity != y->severity)
		return x->severity > y->severity ? -1 : 1;
	if (!px != !py)
		return px ? -1 : 1;
	if (px != py)
		return px < py ? -1 : 1;
	return (x->code > y->code) - (x->code < y->code);
}

static void finish(struct findings *f)
{
	/* Each into its place among those before it: they are few, a code at most once. */
	for (size_t i = 1; i < f->count; i++) {
		struct finding *finding = f->finding[i];
		size_t at = i;

		for (; at > 0 && compare(finding, f->finding[at - 1]) < 0; at--)
			f->finding[at] = f->finding[at - 1];
		f->finding[at] = finding;
	}
	for (size_t i = 0; i < f->count; i++) {
		struct finding *finding = f->finding[i];

		if (finding->severity > f->severity)
			f->severity = finding->severity;
		if (finding->details > DETAILS_MAX)
			finding->detail = arena_printf(f->arena, "%s; and %u more", finding->detail,
				finding->details - DETAILS_MAX);
	}
}

const struct findings *findings_build(const struct evidence *evidence)
{
	static void (*const area[])(struct findings *) = {
		findings_context,
		findings_header,
		findings_from,
		findings_people,
		findings_unicode,
		findings_trace,
		findings_key,
		findings_dkim,
		findings_arc,
		findings_recorded,
		findings_spf,
		findings_auth,
		findings_mime,
		findings_attachment,
		findings_html,
		findings_signed,
		findings_author,
	};
	struct findings *f = ARENA_NEW(evidence->arena, struct findings);

	f->arena = evidence->arena;
	f->evidence = evidence;
	f->author = AUTHOR_UNKNOWN;
	for (size_t i = 0; i < sizeof area / sizeof *area; i++)
		area[i](f);
	finish(f);
	return f;
}
