/* SPDX-License-Identifier: ISC */
/* The hidden clocks of a message: every time that it states, that is signed, or that its
 * identifiers carry. */
#include <stdlib.h>

#include "parsers/base/encode.h"
#include "parsers/base/taglist.h"
#include "parsers/trace/build.h"

enum { CLOCK_PARTS = 200, CLOCK_LIST = 4000 };

struct finder {
	struct arena *arena;
	struct trace *trace;
	const struct message *message;
};

bool clock_list_add(struct arena *arena, struct clock_list *list, const struct clock *clock)
{
	if (list->count >= CLOCK_LIST)
		return false;
	*LIST_ADD(arena, list->clock, list->count, list->room) = *clock;
	return true;
}

static void add(struct finder *f, struct clock clock, struct span where)
{
	clock.where = where;
	clock_list_add(f->arena, &f->trace->clocks, &clock);
}

static void stated(struct finder *f, const struct date *date, const char *origin)
{
	struct clock clock = {.time = date->time,
		.offset_s = date->offset_s,
		.origin = origin,
		.kind = CLOCK_STATED};

	if (!date->valid)
		return;
	clock.has_offset = !(date->odd & (DATE_ZONE_MISSING | DATE_ZONE_UNKNOWN));
	clock.precision_s = date->odd & DATE_ZONE_MISSING      ? 50400
			    : date->odd & DATE_SECONDS_MISSING ? 60
							       : 1;
	add(f, clock, date->where);
}

static void dates(struct finder *f)
{
	static const enum field_name other[] = {
		NAME_RESENT_DATE, NAME_DELIVERY_DATE, NAME_X_ORIGINAL_DATE};

	stated(f, &f->trace->date, "Date");
	for (size_t i = 0; i < sizeof other / sizeof *other; i++) {
		const struct field *field = message_field(f->message, other[i], 0);

		if (field) {
			struct date date = date_parse(field->value);

			stated(f, &date, field_name_text(other[i]));
		}
	}
}

static bool is_family(const struct hop *hop, const char *family)
{
	return hop->family && strcmp(hop->family, family) == 0;
}

/* TEXT in the field that it was taken from; all of the field where it does not stand there as it
 * is. */
static struct span place_of(struct span field, struct span text)
{
	size_t at = span_find(field, text, 0);

	return at < field.len ? span_sub(field, at, at + text.len) : field;
}

static void hops(struct finder *f)
{
	for (size_t i = 0; i < f->trace->count; i++) {
		const struct hop *hop = &f->trace->hop[i];
		struct span id = span_of(hop->id);
		struct clock clock;

		stated(f, &hop->date, hop->origin);
		if (!id.len)
			continue;
		if ((is_family(hop, "Exim") && clock_exim_id(id, &clock)) ||
			(is_family(hop, "Postfix") && clock_postfix_id(id, &clock)) ||
			(is_family(hop, "Sendmail") &&
				clock_sendmail_id(id, hop->date.time, &clock))) {
			clock.origin = arena_printf(f->arena, "%s %s", hop->origin, clock.origin);
			add(f, clock, place_of(hop->field->value, id));
		}
	}
}

/* t= and x= of a signature: seconds since 1970 (RFC 6376 3.5, RFC 8617 4.1). They are only stated
 * until the signature is found valid. */
static void signature_tag(struct finder *f, struct span value, const char *origin)
{
	uint64_t time;

	if (!origin || !span_number(value, 253402300799ULL, &time))
		return;
	add(f,
		(struct clock){.time = (int64_t)time,
			.origin = origin,
			.precision_s = 1,
			.kind = CLOCK_STATED},
		value);
}

/* Of tags that stand twice the first counts. */
static void signature_tags(struct finder *f, struct span tags, const char *t, const char *x)
{
	struct taglist_reader reader = {.rest = span_sub(tags, 0, 65536)};
	struct span value_t = SPAN_NONE, value_x = SPAN_NONE;

	for (struct tag tag; taglist_next(&reader, &tag);) {
		if (!value_t.ptr && span_is(tag.name, "t"))
			value_t = tag.value;
		else if (!value_x.ptr && span_is(tag.name, "x"))
			value_x = tag.value;
	}
	signature_tag(f, value_t, t);
	signature_tag(f, value_x, x);
}

static void signatures(struct finder *f)
{
	static const struct {
		enum field_name name;
		const char *t, *x;
	} known[] = {
		{NAME_DKIM_SIGNATURE, "DKIM t=", "DKIM x="},
		{NAME_ARC_MESSAGE_SIGNATURE,
			"ARC-Message-Signature t=", "ARC-Message-Signature x="},
		{NAME_ARC_SEAL, "ARC-Seal t=", NULL},
		{NAME_X_GOOGLE_DKIM_SIGNATURE, "X-Google-DKIM-Signature t=", NULL},
	};
	size_t count = 0;

	for (size_t i = 0; i < f->message->field_count && count < LIMIT_SIGNATURES; i++) {
		const struct field *field = &f->message->field[i];

		for (size_t k = 0; k < sizeof known / sizeof *known; k++) {
			if (field->known != known[k].name)
				continue;
			count++;
			signature_tags(f, field->value, known[k].t, known[k].x);
		}
	}
}

/* By the author's date, else by the receipt. */
static void epoch(struct finder *f, struct span s, const char *origin)
{
	struct clock clock;

	if (!clock_epoch(s, f->trace->date.time, &clock) &&
		!clock_epoch(s, f->trace->received_at, &clock))
		return;
	clock.origin = origin;
	add(f, clock, clock.where);
}

static void message_id(struct finder *f)
{
	const struct field *field = message_field(f->message, NAME_MESSAGE_ID, 0);
	struct span s, left, right;
	struct clock clock;
	size_t at;

	if (!field)
		return;
	s = span_trim(field->value);
	if (s.len && s.ptr[0] == '<')
		s = span_sub(s, 1, span_rchr(s, '>'));
	at = span_rchr(s, '@');
	left = span_sub(s, 0, at), right = span_skip(s, at + 1);
	if (clock_message_id(left, right, &clock))
		add(f, clock, left);
	else
		epoch(f, left, "Message-ID (epoch)");
}

static void thread_index(struct finder *f)
{
	enum { ANSWERS = 64 };
	const struct field *field = message_field(f->message, NAME_THREAD_INDEX, 0);
	struct clock clock[ANSWERS];
	size_t count = field ? clock_thread_index(f->arena, field->value, clock, ANSWERS) : 0;

	for (size_t i = 0; i < count; i++)
		add(f, clock[i], clock[i].where);
}

static void program(struct finder *f)
{
	static const enum field_name name[] = {NAME_X_MAILER, NAME_USER_AGENT};

	for (size_t i = 0; i < sizeof name / sizeof *name; i++) {
		const struct field *field = message_field(f->message, name[i], 0);
		struct clock clock;

		if (!field || !clock_program(field->value, &clock))
			continue;
		clock.origin = arena_printf(f->arena, "%s (build)", field_name_text(name[i]));
		add(f, clock, clock.where);
	}
}

/* asctime in "From addr Thu Nov 23 01:02:03 2026", or with a zone behind it. */
static void from_line(struct finder *f, const struct trust *trust)
{
	struct span s = f->message->from_line;
	struct date date;

	if (!s.ptr && trust && trust->from_line)
		s = span_of(trust->from_line);
	if (!span_starts(s, "From "))
		return;
	s = span_trim(span_skip(s, 5));
	s = span_trim(span_skip(s, span_chr(s, ' ')));
	date = date_parse(s);
	stated(f, &date, "mbox From_ line");
}

static bool inside_message(const struct mime *mime, size_t i)
{
	size_t guard = 0;

	while (mime->part[i].parent != i && guard++ < LIMIT_DEPTH) {
		i = mime->part[i].parent;
		if (mime->part[i].is_message)
			return true;
	}
	return false;
}

/* "DTSTAMP:20261110T091204Z" (RFC 5545 3.8.7.2: always UTC) of the first event. */
static void calendar(struct finder *f, struct mime *mime, struct part *part)
{
	struct span text = part_decoded(f->arena, mime, part);
	size_t at = span_ifind(text, SPAN("DTSTAMP:"), 0), stored;
	struct span s = span_sub(text, at + 8, at + 24);
	struct clock clock = {.origin = "iCalendar DTSTAMP",
		.precision_s = 1,
		.kind = CLOCK_STATED,
		.has_offset = true};
	uint8_t digits[14];

	if (s.len < 16 || s.ptr[8] != 'T' || s.ptr[15] != 'Z')
		return;
	memcpy(digits, s.ptr, 8);
	memcpy(digits + 8, s.ptr + 9, 6);
	if (!clock_civil(span_make(digits, sizeof digits), &clock.time))
		return;
	stored = part_stored(mime, part, at);
	add(f, clock, span_sub(f->message->raw, stored, part_stored(mime, part, at + 24)));
}

static void boundary(struct finder *f, const struct part *part)
{
	const struct field *field = part->field_count ? part_field(part, "Content-Type", 0) : NULL;
	struct span b = span_of(part->boundary);
	struct span where = place_of(field ? field->value : part->header, b);
	struct clock clock;

	if (clock_boundary(b, &clock) || clock_apple_boundary(b, f->trace->date.time, &clock))
		add(f, clock, where);
	else
		epoch(f, where, "boundary (epoch)");
}

static void parts(struct finder *f, struct mime *mime)
{
	for (size_t i = 0; mime && i < mime->count && i < CLOCK_PARTS; i++) {
		struct part *part = &mime->part[i];

		if (inside_message(mime, i))
			continue;
		if (part->boundary)
			boundary(f, part);
		if (part->type && strcmp(part->type, "text/calendar") == 0)
			calendar(f, mime, part);
	}
}

/* A total order that no address decides: places compare only between clocks of one origin, which
 * lie in one text. */
static int by_time(const void *a, const void *b)
{
	const struct clock *x = a, *y = b;
	int origin;

	if (x->time != y->time)
		return x->time < y->time ? -1 : 1;
	origin = strcmp(x->origin, y->origin);
	if (origin)
		return origin;
	return x->where.ptr < y->where.ptr ? -1 : x->where.ptr > y->where.ptr;
}

void clock_list_sort(struct clock_list *list)
{
	enum { FEW = 16 };

	if (list->count > FEW) {
		qsort(list->clock, list->count, sizeof *list->clock, by_time);
		return;
	}
	for (size_t i = 1; i < list->count; i++) {
		struct clock clock = list->clock[i];
		size_t at = i;

		for (; at && by_time(&list->clock[at - 1], &clock) > 0; at--)
			list->clock[at] = list->clock[at - 1];
		list->clock[at] = clock;
	}
}

void clocks_find(struct arena *arena, struct trace *trace, const struct message *message,
	struct mime *mime, const struct trust *trust)
{
	struct finder f = {.arena = arena, .trace = trace, .message = message};

	dates(&f);
	hops(&f);
	signatures(&f);
	message_id(&f);
	thread_index(&f);
	program(&f);
	from_line(&f, trust);
	parts(&f, mime);
	clock_list_sort(&trace->clocks);
}
