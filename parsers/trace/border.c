/* SPDX-License-Identifier: ISC */
/*
 * Where trust ends. A line of the trace is worth what its writer is worth, and a sender may write
 * as many lines below the first honest one as he likes. So trust goes down from the top, and from
 * one line to the next only where the upper one, itself trusted, says that it received the message
 * from a host of ours.
 */
#include "parsers/trace/build.h"

static struct span without_dot(struct span s)
{
	s = span_trim(s);
	if (s.len >= 2 && s.ptr[0] == '[' && s.ptr[s.len - 1] == ']')
		s = span_sub(s, 1, s.len - 1);
	while (s.len && s.ptr[s.len - 1] == '.')
		s.len--;
	return s;
}

/* "mx.example.com", or ".example.com" for it and every name below. */
static bool covers_name(const char *host, struct span name)
{
	struct span want = without_dot(span_of(host));

	if (!name.len || !want.len)
		return false;
	if (want.ptr[0] != '.')
		return span_ieq(want, name);
	return span_ieq(span_skip(want, 1), name) ||
	       (name.len > want.len && span_ieq(span_skip(name, name.len - want.len), want));
}

bool trust_covers(const struct trust *trust, const char *name, const struct ip *ip)
{
	struct ip own = {0}, net;
	unsigned bits;

	if (!trust || !trust->host_count)
		return false;
	if (name)
		own = ip_parse(span_of(name));
	for (size_t i = 0; i < trust->host_count; i++) {
		if (name && covers_name(trust->host[i], without_dot(span_of(name))))
			return true;
		if (!ip_parse_cidr(span_of(trust->host[i]), &net, &bits))
			continue;
		if ((ip && ip_within(ip, &net, bits)) || ip_within(&own, &net, bits))
			return true;
	}
	return false;
}

static struct span last_labels(struct span s)
{
	size_t dot = span_rchr(s, '.'), next;

	if (dot == s.len)
		return s;
	next = span_rchr(span_sub(s, 0, dot), '.');
	/* "example.co.uk": a short label before the last belongs to the suffix */
	if (next < dot && dot - next - 1 <= 3 && s.len - dot - 1 == 2)
		next = span_rchr(span_sub(s, 0, next), '.') < next
			       ? span_rchr(span_sub(s, 0, next), '.')
			       : SIZE_MAX;
	if (next == SIZE_MAX || next >= dot)
		return s;
	return span_skip(s, next + 1);
}

bool trace_same_org(const char *a, const char *b)
{
	struct span x, y;

	if (!a || !b)
		return false;
	x = without_dot(span_of(a)), y = without_dot(span_of(b));
	return x.len && y.len &&
	       (span_ieq(x, y) ||
		       (span_chr(x, '.') < x.len && span_ieq(last_labels(x), last_labels(y))));
}

/* Microsoft's front doors hand on to the mailbox forests' frontends from addresses that also send
 * to the world (2a01:111:f400::/46); there the names on both sides tell. */
static bool from_front_door(const struct hop *hop)
{
	struct ip prefix;
	unsigned bits;

	return ip_parse_cidr(SPAN("2a01:111:f400::/46"), &prefix, &bits) &&
	       ip_within(&hop->addr, &prefix, bits) &&
	       span_iends(span_of(hop->by), ".outlook.office365.com") &&
	       span_iends(span_of(hop->name), ".prod.protection.outlook.com");
}

bool provider_inner(const struct hop *hop)
{
	/* Microsoft 365: the mailbox forests in 2603:1000::/24, and its front doors as the mailbox
	 * servers see them. */
	static const char *const net[] = {"2603:1026::/32", "2603:1036::/32", "2603:1046::/32",
		"2603:1056::/32", "2603:1096::/32", "2603:10a6::/32", "2603:10b6::/32",
		"2603:10c6::/32", "2603:10d6::/32", "2603:10e6::/32", "2a01:111:f400:7e00::/56"};
	struct ip prefix;
	unsigned bits;

	if (!hop->provider || strcmp(hop->provider, "Microsoft 365") != 0 || hop->addr.family != 6)
		return false;
	if (from_front_door(hop))
		return true;
	for (size_t i = 0; i < sizeof net / sizeof *net; i++)
		if (ip_parse_cidr(span_of(net[i]), &prefix, &bits) &&
			ip_within(&hop->addr, &prefix, bits))
			return true;
	return false;
}

/* Whether the line says that the message came from outside: a public address that is neither ours
 * nor the provider's own. */
static bool from_outside(const struct hop *hop, const struct trust *trust)
{
	if (!ip_public(&hop->addr) || provider_inner(hop))
		return false;
	return !trust_covers(trust, NULL, &hop->addr) &&
	       !(hop->rdns && trust_covers(trust, hop->rdns, NULL));
}

/* No address was written. It is no stranger's where there is no client at all, or a name of ours.
 */
static bool from_nowhere(const struct hop *hop, const struct trust *trust)
{
	if (hop->addr.family)
		return false;
	return !hop->name || (hop->odd & (HOP_LOCAL | HOP_NOT_SMTP)) ||
	       trust_covers(trust, hop->name, NULL);
}

static bool from_inside(const struct hop *hop, const struct trust *trust)
{
	return hop->addr.family ? !from_outside(hop, trust) : from_nowhere(hop, trust);
}

static bool written_by_us(const struct hop *hop, const struct trust *trust)
{
	struct ip by_ip = hop->by_ip ? ip_parse(span_of(hop->by_ip)) : (struct ip){0};

	return trust_covers(trust, hop->by, by_ip.family ? &by_ip : NULL);
}

static void mark(struct trace *trace)
{
	for (size_t i = 0; i < trace->count; i++) {
		struct hop *hop = &trace->hop[i];

		hop->trust = hop->n < trace->border    ? HOP_TRUSTED
			     : hop->n == trace->border ? HOP_BORDER
						       : HOP_CLAIMED;
	}
}

/* Written by a program that fetched the message from a mailbox: nobody can send such a line above a
 * server's own. */
static bool fetched(const struct hop *hop)
{
	struct span with = span_of(hop->with);

	return span_istarts(with, "POP") || span_istarts(with, "IMAP");
}

/*
 * The last line in an unbroken row of lines of ours. A line that names no host of ours counts too
 * where the line above it received the message over a private or loopback address (a content
 * filter, an internal relay). Lines above the first one of ours must come from inside (local
 * delivery, fetching); else a stranger may have written what names our host.
 */
static size_t border_by_trust(const struct trace *trace, const struct trust *trust)
{
	size_t first = 0, last;

	while (first < trace->count && !written_by_us(&trace->hop[first], trust)) {
		if (!from_inside(&trace->hop[first], trust) && !fetched(&trace->hop[first]))
			return 0;
		first++;
	}
	if (first == trace->count)
		return 0;
	for (last = first; last + 1 < trace->count; last++) {
		const struct hop *upper = &trace->hop[last], *lower = &trace->hop[last + 1];

		if (!from_inside(upper, trust))
			break;
		if (!written_by_us(lower, trust) &&
			!(upper->addr.family && !ip_public(&upper->addr)) && !provider_inner(upper))
			break;
	}
	return last + 1;
}

/* The topmost line with a client's public address. */
static size_t border_assumed(const struct trace *trace)
{
	static const struct trust nobody = {0};

	for (size_t i = 0; i < trace->count; i++)
		if (from_outside(&trace->hop[i], &nobody) && !(trace->hop[i].odd & HOP_NOT_SMTP))
			return i + 1;
	return 0;
}

static void assume(struct arena *arena, struct trace *trace, const char *why)
{
	trace->border = border_assumed(trace);
	trace->border_assumed = true;
	if (trace->border)
		trace->border_why =
			arena_printf(arena, "%shop %zu is the topmost with a public client address",
				why, trace->border);
	else
		trace->border_why =
			arena_printf(arena, "%sno hop has a public client address", why);
}

void border_find(struct arena *arena, struct trace *trace, const struct trust *trust)
{
	if (!trace->count) {
		trace->border_why = "there is no Received field";
	} else if (trust && trust->enclosed) {
		trace->border_why = "it came inside another message, whose sender could have "
				    "written every line";
	} else if (trust && trust->border > 0) {
		trace->border =
			(size_t)trust->border < trace->count ? (size_t)trust->border : trace->count;
		trace->border_why = arena_printf(arena, "stated: hop %zu", trace->border);
	} else if (trust && trust->host_count) {
		trace->border = border_by_trust(trace, trust);
		if (trace->border)
			trace->border_why = arena_printf(arena,
				"hop %zu is the last that a trusted host wrote", trace->border);
		else
			assume(arena, trace, "no trusted host wrote the topmost lines; ");
	} else {
		assume(arena, trace, "no trusted host is named; ");
	}
	mark(trace);
}

/* The authserv-id of our own receiver: a trusted name, or, where the border is assumed, of the host
 * at the border. */
static bool ours(const struct trace *trace, const struct recorded *rec, const struct trust *trust,
	const struct hop *border)
{
	if (rec->authserv_id && trust_covers(trust, rec->authserv_id, NULL))
		return true;
	if (!rec->authserv_id) /* Microsoft's order: its own servers' only */
		return rec->kind != RECORDED_ARC && border->family &&
		       strcmp(border->family, "Exchange") == 0;
	for (size_t i = 0; i < trace->border; i++) {
		const char *by = trace->hop[i].by;

		if ((trace->border_assumed || trust_covers(trust, by, NULL)) &&
			trace_same_org(rec->authserv_id, by))
			return true;
	}
	return false;
}

void recorded_trust(struct trace *trace, const struct trust *trust)
{
	const struct hop *border = trace->border ? &trace->hop[trace->border - 1] : NULL;

	for (size_t i = 0; border && i < trace->recorded_count; i++) {
		struct recorded *rec = &trace->recorded[i];

		rec->trusted = rec->field->index < border->field->index &&
			       rec->kind != RECORDED_ARC && ours(trace, rec, trust, border);
	}
}
