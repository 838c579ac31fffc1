/* SPDX-License-Identifier: ISC */
#include "parsers/report/domain.h"
#include "parsers/report/sheet.h"

enum { LONG_RECORD = 450, WIDE = 1 << 16 }; /* octets (RFC 7208 3.4), addresses */

static void note_none(struct domain_work *w, const struct spf_survey *s)
{
	bool near = s->near_miss != NULL;

	if (s->cause == CAUSE_NOT_RECORDED || s->cause == CAUSE_DNS_FAILED) {
		domain_summary(w, AREA_SPF, "not known: %s", s->problem);
		return;
	}
	domain_summary(w, AREA_SPF, "no record");
	if (near)
		domain_note(w, AREA_SPF, SEVERITY_MEDIUM, "SPF-QUOTED", "RFC 7208 4.5",
			"publish it without quotes, backslashes or text before v=spf1",
			"A TXT record is meant to be SPF but is none: %s", s->near_miss);
	else if (s->cause == CAUSE_MULTIPLE_RECORDS)
		domain_note(w, AREA_SPF, SEVERITY_HIGH, "SPF-MULTI", "RFC 7208 3.2",
			"merge them into one record", "%s, which is a permanent error", s->problem);
	else
		domain_note(w, AREA_SPF, w->report->no_mail ? SEVERITY_MEDIUM : SEVERITY_LOW,
			"SPF-NONE", "RFC 7208 10.1.2",
			arena_printf(w->arena, "publish %s. TXT \"v=spf1 %s-all\"",
				w->report->domain, w->report->no_mail ? "" : "mx "),
			"%s publishes no SPF record: anybody may use it as envelope sender",
			w->report->domain);
}

static void note_limits(struct domain_work *w, const struct spf_survey *s)
{
	bool over = s->lookups > SPF_MAX_LOOKUPS;

	if (over || s->cause == CAUSE_LOOKUP_LIMIT)
		domain_note(w, AREA_SPF, SEVERITY_HIGH, "SPF-PERMERROR-LOOKUPS", "RFC 7208 4.6.4",
			"replace includes by addresses, or move senders to subdomains", "%s",
			over ? arena_printf(w->arena, "%u terms ask DNS, receivers stop after %d",
				       s->lookups, SPF_MAX_LOOKUPS)
			     : s->problem);
	else if (s->lookups >= SPF_MAX_LOOKUPS - 1)
		domain_note(w, AREA_SPF, SEVERITY_INFO, "SPF-LOOKUPS-NEAR", "RFC 7208 4.6.4",
			"leave room: an included domain may grow", "%u of %d lookups are used",
			s->lookups, SPF_MAX_LOOKUPS);
	if (s->void_lookups > SPF_MAX_VOID)
		domain_note(w, AREA_SPF, SEVERITY_MEDIUM, "SPF-VOID", "RFC 7208 4.6.4",
			"remove the dead terms",
			"%u terms point to nothing, receivers stop at more than %d",
			s->void_lookups, SPF_MAX_VOID);
	else if (s->void_lookups)
		domain_note(w, AREA_SPF, SEVERITY_LOW, "SPF-VOID", "RFC 7208 4.6.4",
			"remove the dead terms",
			s->void_lookups == 1 ? "%u term points to nothing"
					     : "%u terms point to nothing",
			s->void_lookups);
	if (s->record_length > LONG_RECORD)
		domain_note(w, AREA_SPF, SEVERITY_LOW, "SPF-LONG", "RFC 7208 3.4",
			"split it by an include",
			"the record has %zu octets and may not fit a UDP answer", s->record_length);
}

static void note_facts(struct domain_work *w, const struct spf_survey *s)
{
	if (s->facts & SPF_PLUS_ALL || s->addresses >= UINT64_C(1) << 31)
		domain_note(w, AREA_SPF, SEVERITY_HIGH, "SPF-PLUS-ALL", "RFC 7208 5.1",
			"end the record with -all or ~all", "every address may send (%s)",
			s->facts & SPF_PLUS_ALL ? s->fact_at[0]
						: text_number(w->arena, s->addresses));
	else if (s->addresses > WIDE)
		domain_note(w, AREA_SPF, SEVERITY_LOW, "SPF-WIDE", "RFC 7208 11.3",
			"sign with DKIM too, and list only ranges that nobody else can rent",
			"%s addresses may send", text_number(w->arena, s->addresses));
	if (s->facts & SPF_USES_PTR)
		domain_note(w, AREA_SPF, SEVERITY_LOW, "SPF-PTR", "RFC 7208 5.5",
			"replace ptr by addresses",
			"the record uses ptr, which is slow and in the client's hands");
	if (s->facts & SPF_DANGLING)
		domain_note(w, AREA_SPF, SEVERITY_HIGH, "SPF-DANGLING", "RFC 7208 5.2",
			"remove the include or redirect at once",
			"%s, whose record it trusts, does not exist: whoever registers it may send",
			s->dangling[0]);
}

static void note_form(struct domain_work *w, const struct spf_survey *s)
{
	bool dangling = s->cause == CAUSE_INCLUDE && (s->facts & SPF_DANGLING); /* said already */

	if (s->cause == CAUSE_MULTIPLE_RECORDS)
		domain_note(w, AREA_SPF, SEVERITY_HIGH, "SPF-MULTI", "RFC 7208 3.2",
			"merge them into one record", "%s", s->problem);
	if (s->cause == CAUSE_SYNTAX || (s->cause == CAUSE_INCLUDE && !dangling))
		domain_note(w, AREA_SPF, SEVERITY_HIGH, "SPF-SYNTAX",
			s->cause == CAUSE_SYNTAX ? "RFC 7208 4.6" : "RFC 7208 5.2",
			"correct it: receivers take the whole record as an error", "%s",
			s->problem);
	if (s->quoted)
		domain_note(w, AREA_SPF, SEVERITY_MEDIUM, "SPF-QUOTED", "RFC 7208 4.5",
			"publish it without quotes and backslashes",
			"quotes or backslashes stand in the record's text");
	if (!s->has_end && s->cause != CAUSE_SYNTAX)
		domain_note(w, AREA_SPF, SEVERITY_LOW, "SPF-NO-END", "RFC 7208 4.7",
			"end the record with -all or ~all",
			"the record has neither all nor redirect=, so that others are neutral");
	else if (!s->redirects && s->end == RESULT_NEUTRAL && s->has_end)
		domain_note(w, AREA_SPF, SEVERITY_LOW, "SPF-NEUTRAL", "RFC 7208 8.2",
			"end the record with -all or ~all",
			"the record ends in ?all, which forbids nobody");
	if (s->after_all)
		domain_note(w, AREA_SPF, SEVERITY_LOW, "SPF-AFTER-ALL", "RFC 7208 5.1",
			"move them before all", "mechanisms behind all are never reached");
}

/* The tree as it reads, indented by depth. */
static void tell_tree(struct domain_work *w, const struct spf_survey *s)
{
	for (size_t i = 0; i < s->step_count; i++) {
		const struct spf_step *step = &s->step[i];
		bool record = strcmp(step->outcome, "record") == 0;

		if (i == 0)
			continue;
		domain_line(w, AREA_SPF, "%*s%s%s%s%s%s",
			(int)(2 * (step->depth > 1 ? step->depth - 1 : 0)), "", step->term,
			step->detail ? "  " : "", step->detail ? step->detail : "",
			record || !*step->outcome ? "" : "  ", record ? "" : step->outcome);
	}
}

void domain_spf(struct domain_work *w)
{
	const struct spf_survey *s = w->spf;

	if (!s->record) {
		note_none(w, s);
		return;
	}
	domain_summary(w, AREA_SPF, "%s", s->record);
	tell_tree(w, s);
	domain_line(w, AREA_SPF, "%s IPv4 %s, %u of %d lookups, %u of %d void, %s",
		text_number(w->arena, s->addresses), s->addresses == 1 ? "address" : "addresses",
		s->lookups, SPF_MAX_LOOKUPS, s->void_lookups, SPF_MAX_VOID,
		text_count(w->arena, s->records, "record"));
	note_facts(w, s);
	note_form(w, s);
	note_limits(w, s);
	if (w->report->no_mail && !(s->facts & SPF_EMPTY))
		domain_note(w, AREA_SPF, SEVERITY_MEDIUM, "SPF-NO-MAIL", "RFC 7208 10.1.2",
			"publish v=spf1 -all", "a domain without mail lets machines send for it");
}
