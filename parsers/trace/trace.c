/* SPDX-License-Identifier: ISC */
#include "parsers/trace/build.h"

static void read_hops(struct arena *arena, struct trace *trace, const struct message *message)
{
	size_t room = message_field_count(message, NAME_RECEIVED);

	room = room < LIMIT_RECEIVED ? room : LIMIT_RECEIVED;
	trace->hop = ARENA_ARRAY(arena, struct hop, room);
	for (size_t i = 0; i < message->field_count; i++) {
		const struct field *field = &message->field[i];
		struct hop *hop;

		if (field->known != NAME_RECEIVED)
			continue;
		if (trace->count >= LIMIT_RECEIVED) {
			trace->limited = true;
			return;
		}
		hop = &trace->hop[trace->count++];
		*hop = hop_parse(arena, field->value);
		hop->n = (unsigned)trace->count;
		hop->origin = arena_printf(arena, "Received %u", hop->n);
		hop->field = field;
	}
}

/* After the next older hop that has a date; no wrap, no absolute value: a negative delay is what
 * the clocks say. */
static void read_delays(struct trace *trace)
{
	int64_t older = TIME_NONE, oldest = TIME_NONE, newest = TIME_NONE;

	for (size_t i = trace->count; i-- > 0;) {
		struct hop *hop = &trace->hop[i];

		if (!hop->date.valid)
			continue;
		if (older != TIME_NONE) {
			hop->has_delay = true;
			hop->delay_s = hop->date.time - older;
		} else {
			oldest = hop->date.time;
		}
		older = newest = hop->date.time;
	}
	trace->total_delay_s = oldest == TIME_NONE ? TIME_NONE : newest - oldest;
}

static bool inner(const struct hop *hop)
{
	return (hop->addr.family && !ip_public(&hop->addr)) ||
	       (hop->odd & (HOP_LOCAL | HOP_NOT_SMTP | HOP_UNPARSED)) || !hop->name ||
	       provider_inner(hop);
}

/* A name without dots may be the first label of the other. */
static bool same_host(const char *a, const char *b)
{
	struct span x = span_of(a), y = span_of(b);

	if (!a || !b)
		return false;
	if (span_chr(x, '.') == x.len)
		return span_ieq(x, span_sub(y, 0, span_chr(y, '.')));
	if (span_chr(y, '.') == y.len)
		return span_ieq(y, span_sub(x, 0, span_chr(x, '.')));
	return trace_same_org(a, b);
}

/* Whether what LOWER's writer calls itself is what UPPER says that it received from. */
static bool continues(const struct hop *lower, const struct hop *upper)
{
	struct ip by = {0};

	if (!lower->by || inner(upper))
		return true;
	if (lower->by_ip)
		by = ip_parse(span_of(lower->by_ip));
	if (!by.family)
		by = ip_parse(span_of(lower->by));
	if (by.family && (ip_equal(&by, &upper->addr) || !ip_public(&by)))
		return true;
	if (span_istarts(span_of(lower->by), "localhost"))
		return true;
	return same_host(lower->by, upper->name) || same_host(lower->by, upper->helo) ||
	       same_host(lower->by, upper->rdns) || provider_same(lower->by, upper->helo) ||
	       provider_same(lower->by, upper->rdns);
}

static void read_gaps(struct trace *trace)
{
	for (size_t i = 1; i < trace->count; i++)
		trace->hop[i].gap = !continues(&trace->hop[i], &trace->hop[i - 1]);
}

static void read_recorded(struct arena *arena, struct trace *trace, const struct message *message)
{
	static const struct {
		enum field_name name;
		enum recorded_kind kind;
	} known[] = {
		{NAME_AUTHENTICATION_RESULTS, RECORDED_AR},
		{NAME_ARC_AUTHENTICATION_RESULTS, RECORDED_ARC},
		{NAME_RECEIVED_SPF, RECORDED_SPF},
	};
	size_t room = 0;

	for (size_t i = 0; i < message->field_count && trace->recorded_count < LIMIT_RECEIVED; i++)
		for (size_t k = 0; k < sizeof known / sizeof *known; k++)
			if (message->field[i].known == known[k].name)
				*LIST_ADD(arena, trace->recorded, trace->recorded_count, room) =
					recorded_parse(arena, &message->field[i], known[k].kind);
}

static struct date read_date(const struct message *message)
{
	const struct field *field = message_field(message, NAME_DATE, 0);

	return field ? date_parse(field->value) : (struct date){.time = TIME_NONE};
}

/* When the border hop received it; where it has no date, when the next newer one did. */
static int64_t receipt(const struct trace *trace)
{
	for (size_t i = trace->border; i-- > 0;)
		if (trace->hop[i].date.valid)
			return trace->hop[i].date.time;
	return TIME_NONE;
}

const struct trace *trace_build(struct arena *arena, const struct message *message,
	struct mime *mime, const struct trust *trust)
{
	struct trace *trace = ARENA_NEW(arena, struct trace);

	trace->received_at = trace->total_delay_s = TIME_NONE;
	trace->date = read_date(message);
	read_hops(arena, trace, message);
	read_delays(trace);
	read_gaps(trace);
	read_recorded(arena, trace, message);
	border_find(arena, trace, trust);
	recorded_trust(trace, trust);
	trace->received_at = receipt(trace);
	envelope_find(arena, trace, message, trust);
	clocks_find(arena, trace, message, mime, trust);
	return trace;
}
