/* SPDX-License-Identifier: ISC */
/* What the DNS evidence lacks, and what no evidence of this kind could tell. */
#include "parsers/report/build.h"

void report_missing(struct report *report)
{
	const struct dns_log *dns = report->evidence.dns;
	struct arena *arena = report->evidence.arena;

	for (size_t i = 0; i < dns->count; i++) {
		const struct dns_answer *answer = dns->entry[i].answer;

		if (answer->status != DNS_NOT_RECORDED)
			continue;
		*LIST_ADD(arena, report->missing, report->missing_count, report->missing_room) =
			(struct missing){answer->canonical ? answer->canonical : answer->name,
				dns_type_word(answer->type), dns->entry[i].why};
	}
	report->complete = report->missing_count == 0;
}

static void say(struct report *r, const char *text)
{
	*LIST_ADD(r->evidence.arena, r->not_known, r->not_known_count, r->not_known_room) = text;
}

static void not_known_of_route(struct report *r)
{
	const struct trace *trace = r->evidence.trace;
	struct arena *arena = r->evidence.arena;

	if (!trace->count)
		say(r, "which way the message came: it has no Received field");
	else if (r->origin.enclosed)
		say(r, "which way it came: it stands inside another message, whose sender could have written "
		       "every Received field");
	else if (!trace->border)
		say(r, "which hop can be believed: no host of ours is named, and none has a public "
		       "client");
	else if (trace->border_assumed)
		say(r, arena_printf(arena,
			       "whether hop %zu was written by a host of yours: that is assumed "
			       "until --trust or --border says so",
			       trace->border));
	if (trace->border && trace->border < trace->count)
		say(r, arena_printf(arena,
			       "whether the %zu hops below the border are true: whoever sent it "
			       "could have written them",
			       trace->count - trace->border));
	if (!trace->client_ip.value)
		say(r, "the address of the client that sent it, and so SPF");
	else if (!trace->mail_from.value)
		say(r, "the envelope sender: no field recorded it, and so SPF for it");
}

static void not_known_of_signatures(struct report *r)
{
	const struct evidence *e = &r->evidence;

	if (!e->dkim->count)
		say(r, "whether the message was changed on its way: it is not signed");
	for (size_t i = 0; i < e->dkim->count && i < 10; i++) {
		const struct dkim_signature *s = &e->dkim->signature[i];

		if (s->result == RESULT_PASS && s->body_uncovered)
			say(r, arena_printf(e->arena,
				       "who wrote the %llu bytes behind what %s signed",
				       (unsigned long long)s->body_uncovered, s->domain));
		else if (s->result == RESULT_PASS)
			continue;
		else if ((s->signature == SIGNATURE_INVALID ||
				 s->body_hash == BODY_HASH_MISMATCH) &&
			 !(s->repair && s->repair->proven))
			say(r, arena_printf(e->arena,
				       "what the message was like when %s signed it, and who "
				       "changed it",
				       s->domain ? s->domain : "its signer"));
	}
}

/* DNS says what is published when it is asked, which is seldom when the message was received. */
static void not_known_of_time(struct report *r)
{
	int64_t recorded = r->options->dns_recorded, at = r->checked_at, apart;

	if (at == TIME_NONE) {
		say(r, "when it was received: neither a trusted hop nor Date tells");
		return;
	}
	if (recorded == TIME_NONE || !r->options->dns)
		return;
	apart = recorded > at ? recorded - at : at - recorded;
	if (apart > 2 * 86400)
		say(r, arena_printf(r->evidence.arena,
			       "whether DNS said the same at the time: the evidence was recorded "
			       "%s %s",
			       moment_duration(r->evidence.arena, apart),
			       recorded > at ? "later" : "earlier"));
}

void report_not_known(struct report *report)
{
	struct arena *arena = report->evidence.arena;

	if (report->missing_count)
		say(report, arena_printf(arena,
				    "what DNS says of %zu name%s that the evidence does not hold "
				    "(see missing)",
				    report->missing_count, report->missing_count == 1 ? "" : "s"));
	not_known_of_route(report);
	not_known_of_signatures(report);
	not_known_of_time(report);
}
