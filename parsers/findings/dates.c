/* SPDX-License-Identifier: ISC */
/* DATE-*: the author's date against the way, the signatures and the times that the mail program
 * left elsewhere. */
#include "parsers/findings/way.h"

enum { HOUR = 3600, DAY = 86400 };

static int64_t distance(int64_t a, int64_t b)
{
	return a > b ? a - b : b - a;
}

static void invalid(struct findings *f, const struct field *field, const struct date *date)
{
	const char *text = arena_text(f->arena, span_sub(span_trim(field->value), 0, 60));

	if (!date->valid)
		finding_show(f,
			finding_raise(f, FINDING_DATE_INVALID,
				(field->odd & FIELD_8BIT) ? SEVERITY_LOW : SEVERITY_NONE,
				"'%s' is no date", text),
			field->value, "date");
	else if (date->odd & DATE_WEEKDAY_WRONG)
		finding_show(f,
			finding_raise(f, FINDING_DATE_INVALID,
				author_passes(f->evidence) || f->context & CONTEXT_DSN
					? SEVERITY_LOW
					: SEVERITY_NONE,
				"'%s': that day was another day of the week", text),
			field->value, "date");
}

/* Zone names that people write behind an offset, with every offset that they stand for somewhere,
 * in quarters of an hour. */
static const struct {
	const char *name;
	int quarter[3];
} zone[] = {
	{"GMT", {0, 0, 0}},
	{"UTC", {0, 0, 0}},
	{"UT", {0, 0, 0}},
	{"EST", {-20, 40, 44}},
	{"EDT", {-16, 44, -16}},
	{"CDT", {-20, -16, 42}},
	{"MST", {-28, 32, 26}},
	{"MDT", {-24, -24, -24}},
	{"PST", {-32, 32, -32}},
	{"PDT", {-28, -28, -28}},
	{"CET", {4, 8, 4}},
	{"CEST", {8, 8, 8}},
	{"EET", {8, 12, 8}},
	{"EEST", {12, 12, 12}},
	{"WET", {0, 4, 0}},
	{"WEST", {4, 4, 4}},
	{"JST", {36, 36, 36}},
	{"KST", {36, 36, 36}},
	{"HKT", {32, 32, 32}},
	{"MSK", {12, 16, 12}},
	{"MSD", {16, 16, 16}},
	{"NZST", {48, 48, 48}},
	{"NZDT", {52, 52, 52}},
	{"AEST", {40, 40, 40}},
	{"AEDT", {44, 44, 44}},
};

/* "(CEST)" behind the offset; the text inside, or none. */
static struct span zone_comment(struct span s)
{
	size_t open, close;

	if (span_chr(s, '(') == s.len)
		return SPAN_NONE;
	open = span_rchr(s, '('), close = span_rchr(s, ')');
	if (open >= close || close == s.len)
		return SPAN_NONE;
	return span_trim(span_sub(s, open + 1, close));
}

static void odd_zone(struct findings *f, const struct field *field, const struct date *date)
{
	struct span comment = zone_comment(field->value);
	bool contradicts = false;

	if (date->odd & DATE_ZONE_ODD) {
		finding_show(f,
			finding_raise(f, FINDING_DATE_TZ, SEVERITY_NONE,
				"no place on earth has this offset"),
			field->value, "zone");
		return;
	}
	if (date->odd & (DATE_ZONE_NAMED | DATE_ZONE_MISSING))
		return;
	for (size_t i = 0; comment.len && i < sizeof zone / sizeof *zone; i++) {
		if (!span_iis(comment, zone[i].name))
			continue;
		contradicts = true;
		for (size_t k = 0; k < 3; k++)
			contradicts &= date->offset_s != zone[i].quarter[k] * 900;
	}
	if (contradicts)
		finding_show(f,
			finding_raise(f, FINDING_DATE_TZ, SEVERITY_NONE,
				"the offset is not that of %s", arena_text(f->arena, comment)),
			field->value, "zone");
}

static void skew(struct findings *f, const struct field *field, const struct date *date)
{
	const struct trace *t = f->evidence->trace;
	const struct hop *first = NULL;
	int64_t ahead;
	struct finding *finding;
	bool soft;

	for (size_t i = t->count; i-- > 0 && !first;)
		if (t->hop[i].date.valid)
			first = &t->hop[i];
	if (!first)
		return;
	ahead = date->time - first->date.time;
	if (ahead <= HOUR && ahead >= -7 * DAY)
		return;
	soft = handed_on(f) || message_field(f->evidence->message, NAME_RESENT_DATE, 0);
	finding = finding_raise(f, FINDING_DATE_SKEW,
		(ahead > 0 && ahead < DAY) || soft ? SEVERITY_LOW : SEVERITY_NONE,
		"the Date is %s %s the first server's time",
		moment_duration(f->arena, ahead > 0 ? ahead : -ahead),
		ahead > 0 ? "after" : "before");
	finding_show(f, finding, field->value, "Date");
	finding_show(f, finding, first->date_where, "first hop");
}

static bool covers_date(const struct dkim_signature *s, const struct field *date)
{
	for (size_t i = 0; s->covered && i < s->signed_field_count; i++)
		if (s->covered[i] == date)
			return true;
	return false;
}

static void signature_skew(struct findings *f, const struct field *field, const struct date *date)
{
	const struct evidence *e = f->evidence;

	for (size_t i = 0; e->dkim && i < e->dkim->count; i++) {
		const struct dkim_signature *s = &e->dkim->signature[i];
		struct finding *finding;

		if (s->result != RESULT_PASS || s->signed_at == TIME_NONE ||
			!signature_aligned(e, i) || distance(s->signed_at, date->time) <= DAY)
			continue;
		finding = finding_raise(f, FINDING_DATE_DKIM_SKEW,
			covers_date(s, field) ? SEVERITY_LOW : SEVERITY_NONE,
			"%s signed it %s %s the Date", s->domain ? s->domain : "the signer",
			moment_duration(f->arena, distance(s->signed_at, date->time)),
			s->signed_at > date->time ? "after" : "before");
		finding_show(f, finding, field->value, "Date");
		finding_show(f, finding, s->where_t, "signed at");
		return;
	}
}

/* Made by the author's own program when it wrote the message: neither long before nor after it. */
static bool made_with(const struct clock *clock)
{
	return clock->kind == CLOCK_DERIVED && !strstr(clock->origin, "epoch") &&
	       (strncmp(clock->origin, "Message-ID", 10) == 0 ||
		       strncmp(clock->origin, "boundary", 8) == 0);
}

/* Made before the message was: the beginning of a conversation, an event, a program. */
static bool made_before(const struct clock *clock)
{
	return strncmp(clock->origin, "Thread-Index", 12) == 0 ||
	       strcmp(clock->origin, "iCalendar DTSTAMP") == 0 || strstr(clock->origin, "(build)");
}

/* A time that the author's own program left elsewhere. */
static void embedded(struct findings *f, const struct field *field, const struct date *date)
{
	const struct clock_list *list = &f->evidence->trace->clocks;

	for (size_t i = 0; i < list->count; i++) {
		const struct clock *clock = &list->clock[i];
		int64_t off = distance(clock->time, date->time);
		struct finding *finding;

		if (off <= DAY + (int64_t)clock->precision_s ||
			(!made_with(clock) && !(made_before(clock) && clock->time > date->time)))
			continue;
		finding = finding_raise(f, FINDING_DATE_EMBEDDED,
			handed_on(f) || author_passes(f->evidence) || f->context & CONTEXT_DSN
				? SEVERITY_LOW
				: SEVERITY_NONE,
			"%s says %s, %s %s the Date", clock->origin,
			moment_text(f->arena, clock->time), moment_duration(f->arena, off),
			clock->time > date->time ? "after" : "before");
		finding_show(f, finding, clock->where, clock->origin);
		finding_show(f, finding, field->value, "Date");
		return;
	}
}

void findings_dates(struct findings *f)
{
	const struct field *field = message_field(f->evidence->message, NAME_DATE, 0);
	const struct date *date = &f->evidence->date;

	if (!field) {
		finding_raise(f, FINDING_DATE_MISSING, SEVERITY_NONE, NULL);
		return;
	}
	invalid(f, field, date);
	odd_zone(f, field, date);
	if (!date->valid)
		return;
	skew(f, field, date);
	signature_skew(f, field, date);
	embedded(f, field, date);
}
