/* SPDX-License-Identifier: ISC */
/* The record of one message, member by member in the order of report.schema.json. */
#include "parsers/report/record.h"

void record_place(struct record *r, struct span where)
{
	bool within = span_within(r->raw, where);

	member_integer(&r->json, "offset", within ? (int64_t)span_offset(r->raw, where) : 0);
	member_integer(&r->json, "length", within ? (int64_t)where.len : 0);
}

void record_moment(struct record *r, const char *key, int64_t time)
{
	member_text(&r->json, key, moment_text(r->arena, time));
}

void record_texts(struct record *r, const char *key, const char *const *text, size_t count)
{
	member_open(&r->json, key, '[');
	for (size_t i = 0; i < count; i++)
		member_string(&r->json, NULL, text[i]);
	member_close(&r->json, ']');
}

static const char *date_text(struct record *r, const struct date *date)
{
	return date->valid ? moment_text_zone(r->arena, date->time, date->offset_s,
				     (date->odd & DATE_ZONE_UNKNOWN) != 0)
			   : NULL;
}

static void address(struct record *r, const char *key, const struct address *a)
{
	member_open(&r->json, key, '{');
	member_text(&r->json, "display", a->display);
	member_text(&r->json, "address", a->address);
	member_text(&r->json, "domain", a->domain);
	member_close(&r->json, '}');
}

static void addresses(struct record *r, const char *key, const struct address_list *list)
{
	member_open(&r->json, key, '[');
	for (size_t i = 0; i < list->count; i++)
		address(r, NULL, &list->address[i]);
	member_close(&r->json, ']');
}

static void origin_value(struct record *r, const char *key, const struct origin_value *v)
{
	member_open(&r->json, key, '{');
	member_text(&r->json, "value", v->value);
	member_text(&r->json, "origin", v->origin);
	if (span_within(r->raw, v->where)) {
		member_open(&r->json, "span", '{');
		record_place(r, v->where);
		member_close(&r->json, '}');
	}
	member_close(&r->json, '}');
}

static void hop(struct record *r, const struct hop *hop)
{
	static const char *const trust[] = {"trusted", "border", "claimed"};
	struct json *j = &r->json;

	member_open(j, NULL, '{');
	member_integer(j, "n", hop->n);
	member_integer(j, "field", hop->field->index);
	member_text(j, "from_helo", hop->helo);
	member_text(j, "from_rdns", hop->rdns);
	member_text(j, "from_ip", hop->ip);
	member_text(j, "by", hop->by);
	member_text(j, "with_protocol", hop->with);
	member_text(j, "id", hop->id);
	member_text(j, "for_address", hop->for_address);
	member_text(j, "envelope_from", hop->envelope_from);
	member_text(j, "tls", hop->tls);
	member_text(j, "date", date_text(r, &hop->date));
	member_integer_if(j, "delay_s", hop->has_delay, hop->delay_s);
	member_string(j, "trust", trust[hop->trust]);
	record_place(r, hop->field->whole);
	member_close(j, '}');
}

static void route(struct record *r)
{
	const struct trace *trace = r->evidence->trace;

	member_open(&r->json, "received", '[');
	for (size_t i = 0; i < trace->count; i++)
		hop(r, &trace->hop[i]);
	member_close(&r->json, ']');
	member_integer_if(&r->json, "border", trace->border, (int64_t)trace->border);
	member_open(&r->json, "recorded", '[');
	for (size_t i = 0; i < trace->recorded_count; i++)
		record_results(r, NULL, &trace->recorded[i]);
	member_close(&r->json, ']');
}

static void comparisons(struct record *r)
{
	struct json *j = &r->json;

	member_open(j, "comparisons", '[');
	for (size_t i = 0; i < r->report->comparison_count; i++) {
		const struct comparison *c = &r->report->comparison[i];

		member_open(j, NULL, '{');
		member_string(j, "method", c->method);
		member_text(j, "identity", c->identity);
		member_string(j, "recorded", c->recorded);
		member_text(j, "recomputed", c->recomputed);
		if (c->agrees < 0)
			member_null(j, "agrees");
		else
			member_bool(j, "agrees", c->agrees);
		member_string(j, "explanation", c->explanation);
		member_integer(j, "field", c->field->index);
		member_bool(j, "trusted", c->trusted);
		member_close(j, '}');
	}
	member_close(j, ']');
}

static void clocks(struct record *r)
{
	static const char *const kind[] = {"stated", "signed", "derived"};
	const struct clock_list *list = &r->report->clocks;
	struct json *j = &r->json;

	member_open(j, "clocks", '[');
	for (size_t i = 0; i < list->count; i++) {
		const struct clock *c = &list->clock[i];
		const char *text = c->has_offset
					   ? moment_text_zone(r->arena, c->time, c->offset_s, false)
					   : moment_text(r->arena, c->time);

		if (!text)
			continue;
		member_open(j, NULL, '{');
		member_string(j, "time", text);
		member_string(j, "origin", c->origin);
		member_number(j, "precision_s", c->precision_s);
		member_string(j, "kind", kind[c->kind]);
		record_place(r, c->where);
		member_close(j, '}');
	}
	member_close(j, ']');
}

static void parts(struct record *r)
{
	const struct mime *mime = r->evidence->mime;
	struct json *j = &r->json;

	member_open(j, "parts", '[');
	for (size_t i = 0; mime && i < mime->count; i++) {
		const struct part *part = &mime->part[i];

		member_open(j, NULL, '{');
		member_string(j, "path", part->path);
		member_string(j, "type", part->type);
		member_text(j, "detected_type", part->detected_type);
		member_text(j, "charset", part->charset);
		member_text(j, "encoding", part->encoding);
		member_text(j, "disposition", part->disposition);
		member_text(j, "filename", part->filename);
		member_integer(j, "size", (int64_t)part->size);
		member_text(j, "sha256", part->sha256);
		member_text(j, "md5", part->md5);
		member_integer(j, "depth", part->depth);
		record_place(r, part->content);
		member_close(j, '}');
	}
	member_close(j, ']');
}

static void urls(struct record *r)
{
	const struct url_list *urls = r->evidence->urls;
	struct json *j = &r->json;

	member_open(j, "urls", '[');
	for (size_t i = 0; urls && i < urls->count; i++) {
		const struct url *url = &urls->url[i];

		member_open(j, NULL, '{');
		member_string(j, "url", url->url);
		member_text(j, "text", url->text);
		member_text(j, "host", url->host);
		member_string(j, "part", r->evidence->mime->part[url->part].path);
		member_integer_if(j, "offset", url->offset != SIZE_MAX, (int64_t)url->offset);
		member_close(j, '}');
	}
	member_close(j, ']');
}

static void findings(struct record *r)
{
	const struct findings *all = r->report->findings;
	struct json *j = &r->json;

	member_open(j, "findings", '[');
	for (size_t i = 0; i < all->count; i++) {
		const struct finding *f = all->finding[i];
		const struct finding_info *info = finding_info(f->code);

		member_open(j, NULL, '{');
		member_string(j, "code", info->code);
		member_string(j, "severity", severity_word(f->severity));
		member_string(j, "title", info->title);
		member_text(j, "detail", f->detail);
		member_open(j, "evidence", '[');
		for (size_t k = 0; k < f->evidence_count; k++) {
			member_open(j, NULL, '{');
			record_place(r, f->evidence[k].where);
			if (f->evidence[k].role)
				member_string(j, "role", f->evidence[k].role);
			member_close(j, '}');
		}
		member_close(j, ']');
		member_close(j, '}');
	}
	member_close(j, ']');
}

static void missing(struct record *r)
{
	struct json *j = &r->json;

	member_open(j, "missing", '[');
	for (size_t i = 0; i < r->report->missing_count; i++) {
		member_open(j, NULL, '{');
		member_string(j, "name", r->report->missing[i].name);
		member_string(j, "type", r->report->missing[i].type);
		member_string(j, "why", r->report->missing[i].why);
		member_close(j, '}');
	}
	member_close(j, ']');
}

static void place_members(struct json *j, const struct origin *origin)
{
	member_string(j, "source", origin->source);
	member_text(j, "member", origin->member);
	member_integer(j, "offset", (int64_t)origin->offset);
}

/* type ... line_ends: where the message lies, and who it says it is. */
static void identity(struct record *r)
{
	static const char *const line_ends[] = {"none", "crlf", "lf", "cr", "mixed"};
	const struct report *report = r->report;
	const struct evidence *e = r->evidence;
	struct json *j = &r->json;

	member_string(j, "sha256", report->sha256);
	member_string(j, "dedupe", report->dedupe);
	place_members(j, &report->origin);
	member_integer(j, "length",
		(int64_t)(report->origin.enclosed ? report->origin.length : e->message->raw.len));
	member_string(j, "author", author_word(report->author));
	member_string(j, "severity", severity_word(report->severity));
	member_bool(j, "complete", report->complete);
	member_string(j, "summary", report->summary);
	record_moment(r, "checked_at", report->checked_at);
	member_text(j, "date", date_text(r, &e->date));
	member_text(j, "message_id", report->message_id);
	member_text(j, "subject", e->subject);
	addresses(r, "header_from", &report->header_from);
	if (e->sender.count)
		address(r, "sender", &e->sender.address[0]);
	else
		member_null(j, "sender");
	addresses(r, "reply_to", &e->reply_to);
	addresses(r, "recipients", &e->recipients);
	member_text(j, "header_from_domain", e->author_domain);
	member_text(j, "org_domain", e->org_domain);
	origin_value(r, "mail_from", &e->trace->mail_from);
	origin_value(r, "helo", &e->trace->helo);
	origin_value(r, "client_ip", &e->trace->client_ip);
	member_string(j, "line_ends", line_ends[e->message->line_ends]);
}

void report_json(struct buffer *out, const struct report *report)
{
	struct record r = {.json = {out, false}, .report = report, .evidence = &report->evidence};

	r.arena = report->evidence.arena;
	r.raw = report->evidence.message->raw;
	member_open(&r.json, NULL, '{');
	member_string(&r.json, "type", "message");
	member_string(&r.json, "schema", REPORT_SCHEMA);
	identity(&r);
	record_checks(&r);
	route(&r);
	comparisons(&r);
	clocks(&r);
	parts(&r);
	urls(&r);
	findings(&r);
	missing(&r);
	record_texts(&r, "not_known", report->not_known, report->not_known_count);
	member_close(&r.json, '}');
	buffer_char(out, '\n');
}

/* In a string a quotation mark has a backslash before it: the first of these stands where
 * identity() put it. */
void report_json_moved(struct buffer *out, struct span record, const struct origin *origin)
{
	size_t from = span_find(record, SPAN(",\"source\":"), 0);
	size_t to = span_find(record, SPAN(",\"length\":"), from);
	struct json json = {out, true};

	buffer_span(out, span_sub(record, 0, from));
	place_members(&json, origin);
	buffer_span(out, span_skip(record, to));
}

static const char *error_cause(enum error_code code)
{
	static const char *const word[] = {
		"none", "usage", "system", "format", "limit", "unsupported", "interrupted"};

	return word[code];
}

void report_json_error(struct buffer *out, const struct origin *origin, const struct error *error)
{
	struct json json = {out, false};

	member_open(&json, NULL, '{');
	member_string(&json, "type", "error");
	member_string(&json, "schema", REPORT_SCHEMA);
	place_members(&json, origin);
	member_string(&json, "cause", error_cause(error->code));
	member_string(&json, "explanation", error->text);
	member_close(&json, '}');
	buffer_char(out, '\n');
}
