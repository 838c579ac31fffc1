/* SPDX-License-Identifier: ISC */
#include "parsers/message/address.h"
#include "parsers/report/domain.h"
#include "parsers/spf/macro.h"

static struct domain_section *section(struct domain_work *w, enum domain_area area)
{
	return &w->report->section[area];
}

void domain_note(struct domain_work *w, enum domain_area area, enum severity severity,
	const char *code, const char *clause, const char *advice, const char *fmt, ...)
{
	struct domain_section *s = section(w, area);
	const char *text;
	va_list args;

	va_start(args, fmt);
	text = arena_vprintf(w->arena, fmt, args);
	va_end(args);
	*LIST_ADD(w->arena, s->note, s->note_count, s->note_room) =
		(struct domain_note){.severity = severity,
			.code = code,
			.text = text,
			.advice = advice,
			.clause = clause};
	w->report->notes++;
	if (severity > w->report->severity)
		w->report->severity = severity;
}

void domain_line(struct domain_work *w, enum domain_area area, const char *fmt, ...)
{
	struct domain_section *s = section(w, area);
	va_list args;

	va_start(args, fmt);
	*LIST_ADD(w->arena, s->line, s->line_count, s->line_room) =
		arena_vprintf(w->arena, fmt, args);
	va_end(args);
}

void domain_summary(struct domain_work *w, enum domain_area area, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	section(w, area)->summary = arena_vprintf(w->arena, fmt, args);
	va_end(args);
}

static void list_missing(struct domain_work *w)
{
	struct domain_report *r = w->report;

	for (size_t i = 0; i < w->dns.count; i++) {
		const struct dns_answer *a = w->dns.entry[i].answer;

		if (a->status == DNS_NOT_RECORDED)
			*LIST_ADD(w->arena, r->missing, r->missing_count, r->missing_room) =
				arena_printf(w->arena, "%s %s", a->name, dns_type_word(a->type));
	}
}

const struct domain_report *domain_check(struct arena *arena, const struct domain_query *query)
{
	static const char *const names[] = {
		"SPF", "DMARC", "DKIM", "MX", "MTA-STS", "TLS-RPT", "BIMI"};
	struct domain_work w = {
		.arena = arena, .query = query, .report = ARENA_NEW(arena, struct domain_report)};

	w.report->domain = domain_ascii(arena, span_trim(span_of(query->domain)));
	if (!w.report->domain || !spf_name_valid(w.report->domain))
		return NULL;
	dns_log_init(&w.dns, arena, query->dns);
	for (size_t i = 0; i < DOMAIN_SECTIONS; i++)
		w.report->section[i].name = names[i];
	domain_mx(&w);
	w.spf = spf_survey(arena, &w.dns, w.report->domain);
	w.report->no_mail =
		w.null_mx || (!w.has_mx && (w.spf->facts & SPF_EMPTY) && w.spf->records == 1);
	domain_spf(&w);
	domain_dmarc(&w);
	domain_dkim(&w);
	domain_sts(&w);
	domain_tlsrpt(&w);
	domain_bimi(&w);
	list_missing(&w);
	return w.report;
}
