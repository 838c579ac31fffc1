/* SPDX-License-Identifier: ISC */
/* What dig, drill and kdig print: their comments say what a master file can't, that there is no
 * answer. */
#include "parsers/dns/import.h"

#include "parsers/dns/snapshot.h"

enum section { SECTION_NONE, SECTION_QUESTION, SECTION_ANSWER, SECTION_AUTHORITY, SECTION_OTHER };

struct reply_text {
	bool open;
	unsigned line;
	enum section section;
	const char *status; /* "NOERROR", "NXDOMAIN" ... */
	const char *name;
	unsigned type;
	const char *server;
	int64_t recorded;
	bool authoritative, soa, ns;
	struct buffer answer; /* lines of the answer section */
};

static struct span after(struct span line, const char *word)
{
	size_t at = span_find(line, span_of(word), 0);

	return at < line.len ? span_skip(line, at + strlen(word)) : SPAN_NONE;
}

static struct span first_word(struct span s)
{
	size_t len = 0;

	s = span_trim(s);
	while (len < s.len && !is_space(s.ptr[len]) && s.ptr[len] != ',' && s.ptr[len] != ';')
		len++;
	return span_sub(s, 0, len);
}

/* "Tue Nov 10 09:12:44 UTC 2026"; another zone's name, or none (drill), leaves the time unknown. */
static int64_t read_when(struct span s)
{
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	struct span week = wire_take_word(&s), month = wire_take_word(&s), day = wire_take_word(&s),
		    clock = wire_take_word(&s);
	struct span zone = wire_take_word(&s), year = wire_take_word(&s);
	size_t at = month.len == 3 ? span_find(SPAN(months), month, 0) : 36;
	uint64_t d, h, m, sec, y;

	(void)week;
	if (at % 3 || at >= 36 || clock.len != 8 ||
		(!span_is(zone, "UTC") && !span_is(zone, "GMT")) || !span_number(day, 31, &d) ||
		!d || !span_number(span_sub(clock, 0, 2), 23, &h) ||
		!span_number(span_sub(clock, 3, 5), 59, &m) ||
		!span_number(span_sub(clock, 6, 8), 60, &sec) || !span_number(year, 9999, &y))
		return TIME_NONE;
	return moment_of((int64_t)y, (int)at / 3 + 1, (int)d, (int)h, (int)m, (int)sec);
}

/* "2026-11-21 21:01:51 UTC" (kdig). */
static int64_t read_time(struct arena *arena, struct span s)
{
	struct span day = wire_take_word(&s), clock = wire_take_word(&s), zone = wire_take_word(&s);
	int64_t time;

	if (!span_is(zone, "UTC") || !moment_parse(span_of(arena_printf(arena, "%.*sT%.*sZ",
							   SPAN_ARG(day), SPAN_ARG(clock))),
					     &time))
		return TIME_NONE;
	return time;
}

static const char *read_server(struct arena *arena, struct span s)
{
	struct span word = wire_take_word(&s);
	char *text = arena_text(arena, span_sub(word, 0, span_chr(word, '(')));
	char *at = strchr(text, '@');

	if (at)
		*at = '#';
	return text;
}

/* "example.org. IN TXT" behind its semicolons. */
static void read_question(struct import *import, struct reply_text *reply, struct span line)
{
	while (line.len && (line.ptr[0] == ';' || is_space(line.ptr[0])))
		line = span_skip(line, 1);

	struct span name = wire_take_word(&line), word = wire_take_word(&line);

	if (!name.len)
		return;
	if (span_iis(word, "IN"))
		word = wire_take_word(&line);
	reply->name = wire_name_text(import->arena, name);
	reply->type = wire_type(word);
}

static void deny(struct import *import, const struct reply_text *reply, const char *name)
{
	struct dns_answer answer = {.name = name,
		.canonical = name,
		.type = (enum dns_type)reply->type,
		.recorded = reply->recorded,
		.server = reply->server,
		.status = DNS_NODATA};

	if (!strcmp(reply->status, "NXDOMAIN")) {
		answer.status = DNS_NXDOMAIN;
	} else if (strcmp(reply->status, "NOERROR") != 0) {
		answer.status = DNS_FAILED;
		answer.detail = reply->status;
	} else if (!reply->authoritative && reply->ns && !reply->soa) {
		answer.status = DNS_FAILED;
		answer.detail = "lame";
	}
	import_answer(import, &answer);
}

/* The reply is whole: its records as they are, and what it denies. */
static void close_reply(struct import *import, struct reply_text *reply)
{
	struct dns *dns;
	struct dns_answer answer;

	if (!reply->open)
		return;
	reply->open = false;
	if (!reply->name || !reply->type) {
		import->tell(
			import->data, import->file, reply->line, "a reply without its question");
		return;
	}
	dns = snapshot_parse(buffer_view(&reply->answer), import->file, NULL, NULL);
	dns->ops->answer(dns, import->arena, reply->name, (enum dns_type)reply->type, &answer);
	if (reply->answer.len) {
		snapshot_write_recorded(import->out, reply->recorded,
			reply->server ? reply->server : import->source, DNSSEC_UNKNOWN);
		buffer_span(import->out, buffer_view(&reply->answer));
		import->answers++;
	}
	/* After an alias only a reply that says so denies the target. */
	if (answer.status == DNS_NOT_RECORDED &&
		(!answer.cnames || reply->soa || strcmp(reply->status, "NOERROR") != 0))
		deny(import, reply, arena_strdup(import->arena, answer.canonical));
	dns_free(dns);
}

/* The line ";; ->>HEADER<<- opcode: QUERY, status: NOERROR, id: 1"; drill says rcode. */
static void open_reply(
	struct import *import, struct reply_text *reply, struct span line, unsigned number)
{
	struct span status = after(line, "status:");
	struct buffer answer = reply->answer;

	close_reply(import, reply);
	if (!status.ptr)
		status = after(line, "rcode:");
	buffer_clear(&answer);
	*reply = (struct reply_text){.open = true,
		.line = number,
		.recorded = TIME_NONE,
		.answer = answer,
		.status = arena_text(import->arena, first_word(status))};
}

static void read_comment(struct import *import, struct reply_text *reply, struct span line)
{
	static const struct {
		const char *word;
		enum section section;
	} sections[] = {
		{"QUESTION SECTION:", SECTION_QUESTION},
		{"ANSWER SECTION:", SECTION_ANSWER},
		{"AUTHORITY SECTION:", SECTION_AUTHORITY},
		{"ADDITIONAL SECTION:", SECTION_OTHER},
		{"Query time:", SECTION_OTHER},
		{"Received ", SECTION_OTHER},
		{"OPT PSEUDOSECTION:", SECTION_OTHER},
	};
	struct span text = span_trim(span_skip(line, 2));

	for (size_t i = 0; i < sizeof sections / sizeof *sections; i++) {
		if (span_istarts(text, sections[i].word)) {
			reply->section = sections[i].section;
			return;
		}
	}
	if (span_istarts(text, "flags:"))
		reply->authoritative =
			after(span_sub(text, 0, span_chr(text, ';')), " aa").ptr != NULL;
	else if (span_starts(text, "SERVER:"))
		reply->server = read_server(import->arena, span_skip(text, 7));
	else if (span_starts(text, "From "))
		reply->server = read_server(import->arena, span_skip(text, 5));
	else if (span_starts(text, "WHEN:"))
		reply->recorded = read_when(span_skip(text, 5));
	else if (span_starts(text, "Time "))
		reply->recorded = read_time(import->arena, span_skip(text, 5));
	else if (reply->section == SECTION_QUESTION)
		read_question(import, reply, line);
}

static void read_authority(struct reply_text *reply, struct span line)
{
	while (line.len) {
		struct span word = wire_take_word(&line);

		reply->soa |= span_is(word, "SOA");
		reply->ns |= span_is(word, "NS");
	}
}

bool import_replies(struct import *import, struct span text)
{
	struct reply_text reply = {.recorded = TIME_NONE};
	unsigned number = 0;
	bool any = false;

	if (span_find(text, SPAN("->>HEADER<<-"), 0) == text.len)
		return false;
	while (text.len) {
		size_t len;
		struct span line = span_line(&text, &len);

		line = span_sub(line, 0, len);
		number++;
		if (after(line, "->>HEADER<<-").ptr) {
			open_reply(import, &reply, line, number);
			any = true;
		} else if (!reply.open || !span_trim(line).len) {
			continue;
		} else if (span_starts(line, ";;")) {
			read_comment(import, &reply, line);
		} else if (line.ptr[0] == ';') {
			if (reply.section == SECTION_QUESTION)
				read_question(import, &reply, line);
		} else if (reply.section == SECTION_ANSWER) {
			buffer_span(&reply.answer, line);
			buffer_char(&reply.answer, '\n');
		} else if (reply.section == SECTION_AUTHORITY) {
			read_authority(&reply, line);
		}
	}
	close_reply(import, &reply);
	buffer_release(&reply.answer);
	return any;
}
