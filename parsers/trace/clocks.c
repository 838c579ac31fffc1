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

static struct clock *add(struct finder *f, struct clock clock, struct span where)
{
	struct clock_list *list = &f->trace->clocks;
	struct clock *c;

	if (list->count >= CLOCK_LIST)
		return NULL;
	c = LIST_ADD(f->arena, list->clock, list->count, list->room);
	*c = clock;
	c->where = where;
	return c;
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
	static const char *const name[] = {
		"Date", "Resent-Date", "Delivery-Date", "X-Original-Date"};

	for (size_t i = 0; i < sizeof name / sizeof *name; i++) {
		const struct field *field = message_field(f->message, name[i], 0);

		if (field) {
			struct date date = date_parse(field->value);

			stated(f, &date, name[i]);
		}
	}
}

static bool is_family(const struct hop *hop, const char *family)
{
	return hop->family && strcmp(hop->family, family) == 0;
}

static void hops(struct finder *f)
{
	for (size_t i = 0; i < f->trace->count; i++) {
		const struct hop *hop = &f->trace->hop[i];
		struct span id = span_of(hop->id);
		struct clock clock;

		stated(f, &hop->date, arena_printf(f->arena, "Received %u", hop->n));
		if (!id.len)
			continue;
		if ((is_family(hop, "Exim") && clock_exim_id(id, &clock)) ||
			(is_family(hop, "Postfix") && clock_postfix_id(id, &clock)) ||
			(is_family(hop, "Sendmail") &&
				clock_sendmail_id(id, hop->date.time, &clock))) {
			clock.origin =
				arena_printf(f->arena, "Received %u %s", hop->n, clock.origin);
			add(f, clock, hop->field->value);
		}
	}
}

/* t= and x= of a signature: seconds since 1970 (RFC 6376 3.5, RFC 8617 4.1). */
static void signature_tag(
	struct finder *f, const struct taglist *tags, const char *tag, const char *origin)
{
	struct span value = taglist_value(tags, tag);
	uint64_t time;

	if (!value.len || !span_number(span_trim(value), 253402300799ULL, &time))
		return;
	add(f,
		(struct clock){.time = (int64_t)time,
			.origin = origin,
			.precision_s = 1,
			.kind = CLOCK_SIGNED},
		value);
}

static void signatures(struct finder *f)
{
	static const struct {
		const char *name, *t, *x;
	} known[] = {
		{"DKIM-Signature", "DKIM t=", "DKIM x="},
		{"ARC-Message-Signature", "ARC-Message-Signature t=", "ARC-Message-Signature x="},
		{"ARC-Seal", "ARC-Seal t=", NULL},
		{"X-Google-DKIM-Signature", "X-Google-DKIM-Signature t=", NULL},
	};
	size_t count = 0;

	for (size_t i = 0; i < f->message->field_count && count < LIMIT_SIGNATURES; i++) {
		const struct field *field = &f->message->field[i];

		for (size_t k = 0; k < sizeof known / sizeof *known; k++) {
			struct taglist tags;

			if (!span_iis(field->name, known[k].name))
				continue;
			count++;
			tags = taglist_parse(f->arena, span_sub(field->value, 0, 65536));
			signature_tag(f, &tags, "t", known[k].t);
			if (known[k].x)
				signature_tag(f, &tags, "x", known[k].x);
		}
	}
}

static void message_id(struct finder *f)
{
	const struct field *field = message_field(f->message, "Message-ID", 0);
	struct span s;
	struct clock clock;

	if (!field)
		return;
	s = span_trim(field->value);
	if (s.len && s.ptr[0] == '<')
		s = span_skip(s, 1);
	s = span_sub(s, 0, span_rchr(s, '@'));
	if (clock_message_id(s, &clock))
		add(f, clock, s);
}

static void thread_index(struct finder *f)
{
	const struct field *field = message_field(f->message, "Thread-Index", 0);
	struct clock clock;

	if (field && clock_thread_index(f->arena, field->value, &clock))
		add(f, clock, field->value);
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

/* "DTSTAMP:20261110T091204Z" (RFC 5545 3.8.7.2: always UTC), where the part is stored without an
 * encoding. */
static void calendar(struct finder *f, const struct part *part)
{
	size_t at = span_ifind(part->content, SPAN("DTSTAMP:"), 0);
	struct span s = span_sub(part->content, at + 8, at + 24);
	struct clock clock = {.origin = "iCalendar DTSTAMP",
		.precision_s = 1,
		.kind = CLOCK_STATED,
		.has_offset = true};
	uint8_t digits[14];
	struct span text = {digits, sizeof digits};

	if (s.len < 16 || s.ptr[8] != 'T' || s.ptr[15] != 'Z')
		return;
	memcpy(digits, s.ptr, 8);
	memcpy(digits + 8, s.ptr + 9, 6);
	if (clock_civil(text, &clock.time))
		add(f, clock, s);
}

/* signingTime (RFC 5652 11.3): its object identifier, a SET and a UTCTime, found in the signature's
 * DER. */
static void signing_time(struct finder *f, const struct part *part)
{
	static const uint8_t oid[] = {0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09,
		0x05, 0x31, 0x0f, 0x17, 0x0d};
	struct clock clock = {.origin = "S/MIME signing time",
		.precision_s = 1,
		.kind = CLOCK_SIGNED,
		.has_offset = true};
	struct span der;
	uint8_t digits[14];
	size_t at;

	if (part->content.len > 1024 * 1024 ||
		!base64_decode(f->arena, span_trim(part->content), &der))
		return;
	at = span_find(der, span_make(oid, sizeof oid), 0);
	if (at + sizeof oid + 13 > der.len)
		return;
	memcpy(digits + 2, der.ptr + at + sizeof oid, 12);
	memcpy(digits, digits[2] >= '5' ? "19" : "20", 2); /* RFC 5280 4.1.2.5.1 */
	if (clock_civil(span_make(digits, sizeof digits), &clock.time))
		add(f, clock, part->content);
}

static void parts(struct finder *f, const struct mime *mime)
{
	for (size_t i = 0; mime && i < mime->count && i < CLOCK_PARTS; i++) {
		const struct part *part = &mime->part[i];
		struct clock clock;

		if (inside_message(mime, i))
			continue;
		if (part->boundary && clock_boundary(span_of(part->boundary), &clock)) {
			const struct field *field =
				part->field_count ? part_field(part, "Content-Type", 0) : NULL;

			add(f, clock, field ? field->value : part->header);
		}
		if (part->type && strcmp(part->type, "text/calendar") == 0)
			calendar(f, part);
		if (part->type && (strcmp(part->type, "application/pkcs7-signature") == 0 ||
					  strcmp(part->type, "application/x-pkcs7-signature") == 0))
			signing_time(f, part);
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

void clocks_find(struct arena *arena, struct trace *trace, const struct message *message,
	const struct mime *mime, const struct trust *trust)
{
	struct finder f = {.arena = arena, .trace = trace, .message = message};

	dates(&f);
	hops(&f);
	signatures(&f);
	message_id(&f);
	thread_index(&f);
	from_line(&f, trust);
	parts(&f, mime);
	if (trace->clocks.count)
		qsort(trace->clocks.clock, trace->clocks.count, sizeof *trace->clocks.clock,
			by_time);
}
