/* SPDX-License-Identifier: ISC */
/* What a domain's SPF record comes to for any client: all branches are walked, nothing is matched.
 */
#include "parsers/spf/evaluate.h"

#include "parsers/base/printable.h"

struct walk {
	struct spf_eval eval; /* for fetching and facts; its result is a stand-in */
	struct spf_survey *survey;
	const char *path[SPF_MAX_SURVEY]; /* the domains on the way down */
	size_t path_count;
};

static void problem(struct walk *w, enum result result, enum cause cause, const char *text)
{
	if (w->survey->problem)
		return;
	w->survey->problem = text;
	w->survey->result = result;
	w->survey->cause = cause;
}

static struct spf_step *tell(struct walk *w, unsigned depth, const char *domain, struct span term)
{
	struct spf_survey *s = w->survey;
	struct spf_step *step = LIST_ADD(w->eval.arena, s->step, s->step_count, s->step_room);

	*step = (struct spf_step){.depth = depth,
		.domain = domain,
		.term = printable(w->eval.arena, term),
		.outcome = ""};
	return step;
}

static void note_dangling(struct walk *w, const char *name)
{
	struct spf_survey *s = w->survey;

	for (size_t i = 0; i < s->dangling_count; i++)
		if (strcmp(s->dangling[i], name) == 0)
			return;
	*LIST_ADD(w->eval.arena, s->dangling, s->dangling_count, s->dangling_room) = name;
}

/* An answer for the survey: what is void, dangling, unknown. Returns its count of records. */
static size_t take_answer(
	struct walk *w, const struct dns_answer *a, struct spf_step *step, bool counts)
{
	static const char *const words[] = {
		[DNS_NODATA] = "nothing of this type",
		[DNS_NXDOMAIN] = "does not exist",
		[DNS_FAILED] = "the lookup fails",
		[DNS_NOT_RECORDED] = "not recorded",
	};

	if (a->status == DNS_FOUND)
		return a->count;
	step->outcome = words[a->status];
	if (a->status == DNS_NXDOMAIN)
		note_dangling(w, a->name);
	if (counts && (a->status == DNS_NXDOMAIN || a->status == DNS_NODATA))
		w->survey->void_lookups++;
	if (a->status == DNS_NOT_RECORDED)
		w->survey->complete = false;
	return 0;
}

static void add_addresses(
	struct walk *w, const struct dns_answer *a, const struct spf_term *term, bool passing)
{
	for (size_t i = 0; passing && a->status == DNS_FOUND && i < a->count; i++) {
		struct ip ip = {.family = 4};

		memcpy(ip.bytes, a->record[i].address, 4);
		spf_ranges_add(w->eval.arena, &w->eval.ranges, &ip, term->bits4);
	}
}

/* A client of either family finds nothing only where there is neither A nor AAAA. */
static void survey_a(struct walk *w, const struct spf_term *term, const char *target,
	struct spf_step *step, bool passing)
{
	const struct dns_answer *a = dns_lookup(w->eval.dns, target, DNS_A, "SPF a");

	if (a->status == DNS_NODATA &&
		dns_lookup(w->eval.dns, target, DNS_AAAA, "SPF a")->status == DNS_FOUND) {
		step->outcome = "IPv6 only";
		return;
	}
	take_answer(w, a, step, true);
	add_addresses(w, a, term, passing);
}

static void survey_mx(struct walk *w, const struct spf_term *term, const char *target,
	struct spf_step *step, bool passing)
{
	const struct dns_answer *mx = dns_lookup(w->eval.dns, target, DNS_MX, "SPF mx");
	size_t count = take_answer(w, mx, step, true);

	if (count > SPF_MAX_MX)
		problem(w, RESULT_PERMERROR, CAUSE_LOOKUP_LIMIT,
			arena_printf(w->eval.arena, "%s has %zu MX, more than %d", target, count,
				SPF_MAX_MX));
	for (size_t i = 0; i < count && i < SPF_MAX_MX; i++) {
		const struct dns_answer *a;

		if (!*mx->record[i].name)
			continue;
		a = dns_lookup(w->eval.dns, mx->record[i].name, DNS_A, "SPF mx");
		take_answer(w, a, step, false);
		add_addresses(w, a, term, passing);
	}
}

static void survey_record(struct walk *w, const char *domain, unsigned depth, bool passing);

static bool on_path(struct walk *w, const char *domain)
{
	for (size_t i = 0; i < w->path_count; i++)
		if (span_ieq(span_of(w->path[i]), span_of(domain)))
			return true;
	return false;
}

static void survey_other(struct walk *w, const struct spf_term *term, const char *target,
	size_t step, unsigned depth, bool passing)
{
	const struct dns_answer *a;

	if (on_path(w, target)) {
		w->survey->step[step].outcome = "a loop";
		problem(w, RESULT_PERMERROR, CAUSE_LOOKUP_LIMIT,
			arena_printf(w->eval.arena, "%s includes itself again", target));
		return;
	}
	a = spf_name_valid(target) ? dns_lookup(w->eval.dns, target, DNS_TXT, "SPF record") : NULL;
	if (a && a->status == DNS_NXDOMAIN) {
		spf_fact(&w->eval, SPF_DANGLING, target);
		take_answer(w, a, &w->survey->step[step], false);
	}
	survey_record(w, target, depth,
		passing && (term->kind == SPF_REDIRECT || term->qualifier == RESULT_PASS));
}

static bool asks_dns(enum spf_kind kind)
{
	return kind != SPF_ALL && kind != SPF_IP4 && kind != SPF_IP6 && kind < SPF_EXP;
}

static void survey_term(struct walk *w, const struct spf_term *term, const char *domain,
	unsigned depth, bool passing)
{
	size_t n = w->survey->step_count;
	struct spf_step *step = tell(w, depth, domain, term->text);
	bool pass = passing && term->qualifier == RESULT_PASS;
	const char *target = term->spec.len ? arena_text(w->eval.arena, term->spec) : domain;
	size_t len = strlen(target);

	if (!asks_dns(term->kind)) {
		if (term->net.family &&
			(term->net.family == 4 ? term->bits4 < 32 : term->bits6 < 128))
			step->detail = arena_printf(w->eval.arena, "covers %s",
				spf_covers(w->eval.arena, &term->net,
					term->net.family == 4 ? term->bits4 : term->bits6));
		return;
	}
	step->detail = arena_printf(w->eval.arena, "lookup %u", ++w->survey->lookups);
	if (strchr(target, '%')) {
		step->outcome = "depends on the message";
		return;
	}
	if (len && target[len - 1] == '.')
		target = arena_text(w->eval.arena, span_make(target, len - 1));
	if (term->kind == SPF_A)
		survey_a(w, term, target, step, pass);
	else if (term->kind == SPF_MX)
		survey_mx(w, term, target, step, pass);
	else if (term->kind == SPF_EXISTS)
		take_answer(w, dns_lookup(w->eval.dns, target, DNS_A, "SPF exists"), step, true);
	else if (term->kind == SPF_INCLUDE || term->kind == SPF_REDIRECT)
		survey_other(w, term, target, n, depth + 1, passing);
}

/* A TXT record that means to be SPF but is none for receivers: literal quotes, a backslash, other
 * blanks. */
static void look_for_near_misses(struct walk *w, const char *domain)
{
	const struct dns_answer *a = dns_lookup(w->eval.dns, domain, DNS_TXT, "SPF record");

	for (size_t i = 0; a->status == DNS_FOUND && i < a->count; i++) {
		struct span txt = a->record[i].txt;

		if (spf_is_record(txt)) {
			w->survey->quoted |=
				span_chr(txt, '"') < txt.len || span_chr(txt, '\\') < txt.len;
		} else if (span_ifind(txt, SPAN("v=spf1"), 0) < txt.len && !w->survey->near_miss)
			w->survey->near_miss = printable(w->eval.arena, txt);
	}
}

/* Facts and ranges of the record itself; passing: a pass of it passes the whole. */
static void note_record(
	struct walk *w, const struct spf_record *r, const char *domain, bool passing)
{
	if (r->count == 1 && r->all && r->all->qualifier == RESULT_FAIL)
		spf_fact(&w->eval, SPF_EMPTY, domain);
	for (size_t i = 0; i < r->count; i++) {
		const struct spf_term *term = &r->term[i];
		bool pass = passing && term->qualifier == RESULT_PASS;

		if (term->kind == SPF_PTR)
			spf_fact(&w->eval, SPF_USES_PTR, domain);
		if (pass && (term->kind == SPF_ALL || (term->kind == SPF_IP4 && term->bits4 == 0)))
			spf_fact(&w->eval, SPF_PLUS_ALL, domain);
		if (pass && term->kind == SPF_IP4)
			spf_ranges_add(w->eval.arena, &w->eval.ranges, &term->net, term->bits4);
	}
}

/* What the record gives a client that nothing lists. */
static void note_default(struct walk *w, const struct spf_record *r, bool top)
{
	if (!top)
		return;
	w->survey->end = r->all ? r->all->qualifier : RESULT_NEUTRAL;
	w->survey->has_end = r->all || r->redirect;
	w->survey->redirects = !r->all && r->redirect;
	if (!w->survey->problem)
		w->survey->result = w->survey->end;
}

static void survey_record(struct walk *w, const char *domain, unsigned depth, bool passing)
{
	struct spf_verdict v = {0};
	struct spf_record r;
	struct span txt;
	bool top = depth == 0;

	if (w->survey->records >= SPF_MAX_SURVEY || w->path_count >= SPF_MAX_SURVEY)
		return;
	if (!spf_fetch(&w->eval, domain, &txt, &v)) {
		w->survey->complete &= v.cause != CAUSE_NOT_RECORDED;
		if (!top && v.result == RESULT_NONE) {
			v.result = RESULT_PERMERROR;
			v.cause = CAUSE_INCLUDE;
		}
		problem(w, v.result, v.cause, v.problem);
		return;
	}
	w->survey->records++;
	w->path[w->path_count++] = domain;
	tell(w, depth, domain, txt)->outcome = "record";
	r = spf_record_parse(w->eval.arena, txt);
	if (top) {
		w->survey->record = printable(w->eval.arena, txt);
		w->survey->record_length = txt.len;
	}
	if (!r.valid)
		problem(w, RESULT_PERMERROR, CAUSE_SYNTAX,
			arena_printf(w->eval.arena, "the record of %s has '%s': %s", domain,
				printable(w->eval.arena, r.bad), r.bad_reason));
	note_record(w, &r, domain, passing);
	note_default(w, &r, top);
	for (size_t i = 0; i < r.count; i++) {
		if (r.term[i].kind == SPF_REDIRECT && r.all)
			continue;
		survey_term(w, &r.term[i], domain, depth ? depth : 1, passing);
		if (r.term[i].kind == SPF_ALL && r.term + i + 1 < r.term + r.count)
			w->survey->after_all |= r.term[i + 1].kind < SPF_REDIRECT;
	}
	w->path_count--;
}

const struct spf_survey *spf_survey(struct arena *arena, struct dns_log *dns, const char *domain)
{
	struct spf_survey *s = ARENA_NEW(arena, struct spf_survey);
	struct walk *w = ARENA_NEW(arena, struct walk);
	struct spf_result *facts = ARENA_NEW(arena, struct spf_result);

	s->domain = domain;
	s->complete = true;
	w->survey = s;
	w->eval = (struct spf_eval){.arena = arena, .dns = dns, .result = facts};
	survey_record(w, domain, 0, true);
	look_for_near_misses(w, domain);
	if (s->lookups > SPF_MAX_LOOKUPS)
		problem(w, RESULT_PERMERROR, CAUSE_LOOKUP_LIMIT,
			arena_printf(arena, "%u terms ask DNS, %d are allowed", s->lookups,
				SPF_MAX_LOOKUPS));
	if (s->void_lookups > SPF_MAX_VOID)
		problem(w, RESULT_PERMERROR, CAUSE_VOID_LIMIT,
			arena_printf(arena, "%u lookups give nothing, %d are allowed",
				s->void_lookups, SPF_MAX_VOID));
	s->addresses = spf_ranges_size(&w->eval.ranges);
	s->facts = facts->facts;
	memcpy(s->fact_at, facts->fact_at, sizeof s->fact_at);
	return s;
}
