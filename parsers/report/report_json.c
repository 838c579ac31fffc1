/* SPDX-License-Identifier: ISC */
/* The record of one message, member by member in the order of report.schema.json. */
#include "parsers/report/json.h"
#include "parsers/report/report.h"

/* No receiver writes as many; what lies beyond is in the field itself. */
enum { MOST_PROPERTIES = 200 };

/* What the functions here share: the writer, the report, memory for texts made on the way. */
struct record {
	struct json json;
	const struct report *report;
	const struct evidence *evidence;
	struct arena *arena;
	struct span raw;
};

static void place(struct record *r, struct span where)
{
	bool within = span_within(r->raw, where);

	member_integer(&r->json, "offset", within ? (int64_t)span_offset(r->raw, where) : 0);
	member_integer(&r->json, "length", within ? (int64_t)where.len : 0);
}

static void moment(struct record *r, const char *key, int64_t time)
{
	member_text(&r->json, key, moment_text(r->arena, time));
}

static const char *date_text(struct record *r, const struct date *date)
{
	return date->valid ? moment_text_zone(r->arena, date->time, date->offset_s,
				     (date->odd & DATE_ZONE_UNKNOWN) != 0)
			   : NULL;
}

static void texts(struct record *r, const char *key, const char *const *text, size_t count)
{
	member_open(&r->json, key, '[');
	for (size_t i = 0; i < count; i++)
		member_string(&r->json, NULL, text[i]);
	member_close(&r->json, ']');
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
		place(r, v->where);
		member_close(&r->json, '}');
	}
	member_close(&r->json, '}');
}

static const char *dns_origin_word(enum dns_origin origin)
{
	static const char *const word[] = {"none", "snapshot", "live", "recovered"};

	return word[origin];
}

static void dkim_key(struct record *r, const struct dkim_key *key)
{
	struct json *j = &r->json;

	member_open(j, "key", '{');
	member_text(j, "type", key->type);
	if (key->bits)
		member_integer(j, "bits", key->bits);
	else
		member_null(j, "bits");
	member_string(j, "origin", dns_origin_word(key->origin));
	member_bool(j, "testing", key->testing);
	member_bool(j, "strict", key->strict);
	member_string(j, "dnssec", dnssec_word(key->record ? key->dnssec : DNSSEC_UNKNOWN));
	member_text(j, "record", key->record);
	member_text(j, "window", key->window);
	member_close(j, '}');
}

static void repair(struct record *r, const struct repair *repair)
{
	struct json *j = &r->json;

	if (!repair) {
		member_null(j, "repair");
		return;
	}
	member_open(j, "repair", '{');
	member_bool(j, "proven", repair->proven);
	member_open(j, "edits", '[');
	for (size_t i = 0; i < repair->edit_count; i++) {
		const struct repair_edit *edit = &repair->edit[i];

		member_open(j, NULL, '{');
		member_string(j, "edit", edit->edit);
		member_string(j, "description", edit->description);
		if (span_within(r->raw, edit->where)) {
			place(r, edit->where);
		} else {
			member_null(j, "offset");
			member_null(j, "length");
		}
		member_close(j, '}');
	}
	member_close(j, ']');
	member_integer(j, "tried", (int64_t)repair->tried);
	member_close(j, '}');
}

static void signature(struct record *r, const struct dkim_signature *s, size_t n)
{
	static const char *const alignment[] = {"none", "relaxed", "strict"};
	const unsigned char *aligned = r->evidence->dmarc->dkim_alignment;
	struct json *j = &r->json;

	member_open(j, NULL, '{');
	member_integer(j, "field", s->field->index);
	member_text(j, "domain", s->domain);
	member_text(j, "selector", s->selector);
	member_text(j, "identity", s->identity);
	member_text(j, "algorithm", s->algorithm);
	member_text(j, "canonicalization", s->canonicalization);
	texts(r, "signed_fields", s->signed_field, s->signed_field_count);
	if (s->has_length)
		member_integer(
			j, "body_length", s->length > INT64_MAX ? INT64_MAX : (int64_t)s->length);
	else
		member_null(j, "body_length");
	moment(r, "signed_at", s->signed_at);
	moment(r, "expires_at", s->expires_at);
	member_string(j, "result", result_word(s->result));
	member_text(j, "cause", cause_word(s->cause));
	member_string(j, "explanation", s->explanation);
	member_string(j, "signature", signature_state_word(s->signature));
	member_string(j, "body_hash", body_hash_state_word(s->body_hash));
	member_text(j, "body_hash_signed", s->body_hash_signed);
	member_text(j, "body_hash_computed", s->body_hash_computed);
	dkim_key(r, &s->key);
	texts(r, "unsigned_fields", s->unsigned_field, s->unsigned_field_count);
	texts(r, "oversigned_fields", s->oversigned_field, s->oversigned_field_count);
	member_integer(j, "body_uncovered", (int64_t)s->body_uncovered);
	member_string(j, "alignment", alignment[aligned ? aligned[n] % 3 : 0]);
	repair(r, s->repair);
	place(r, s->field->whole);
	member_close(j, '}');
}

static void recorded_result(struct record *r, const struct recorded_result *result)
{
	struct json *j = &r->json;

	member_open(j, NULL, '{');
	member_string(j, "method", result->method);
	member_string(j, "result", result->result);
	member_text(j, "reason", result->reason);
	member_open(j, "properties", '{');
	for (size_t i = 0; i < result->property_count && i < MOST_PROPERTIES; i++) {
		struct buffer key = BUFFER_INIT;
		struct json name = {&key, false};

		/* Names come from the message: quoted as a value is, then written as a key. The
		 * first of a name stands. */
		bool twice = false;

		for (size_t k = 0; k < i && !twice; k++)
			twice = strcmp(result->property[k].name, result->property[i].name) == 0;
		if (!twice) {
			member_string(&name, NULL, result->property[i].name);
			const char *quoted =
				arena_text(r->arena, span_sub(buffer_view(&key), 1, key.len - 1));

			member_string(j, quoted, result->property[i].value);
		}
		buffer_release(&key);
	}
	member_close(j, '}');
	member_close(j, '}');
}

static void recorded(struct record *r, const char *key, const struct recorded *field)
{
	struct json *j = &r->json;

	member_open(j, key, '{');
	member_integer(j, "field", field->field->index);
	member_text(j, "authserv_id", field->authserv_id);
	member_bool(j, "trusted", field->trusted);
	member_open(j, "results", '[');
	for (size_t i = 0; i < field->result_count; i++)
		recorded_result(r, &field->result[i]);
	member_close(j, ']');
	member_close(j, '}');
}

static void arc_part(struct record *r, const char *key, const struct arc_part *part, bool message)
{
	struct json *j = &r->json;

	member_open(j, key, '{');
	member_text(j, "domain", part->domain);
	member_text(j, "selector", part->selector);
	member_string(j, "result", result_word(part->result));
	member_text(j, "cause", cause_word(part->cause));
	if (message) {
		member_string(j, "signature", signature_state_word(part->signature));
		member_string(j, "body_hash", body_hash_state_word(part->body_hash));
	}
	member_close(j, '}');
}

static void arc(struct record *r)
{
	const struct arc *arc = r->evidence->arc;
	struct json *j = &r->json;

	member_open(j, "arc", '{');
	member_string(j, "result", result_word(arc->result));
	member_text(j, "cause", cause_word(arc->cause));
	member_string(j, "explanation", arc->explanation);
	if (arc->has_oldest_pass)
		member_integer(j, "oldest_pass", arc->oldest_pass);
	else
		member_null(j, "oldest_pass");
	member_open(j, "sets", '[');
	for (size_t i = 0; i < arc->count; i++) {
		const struct arc_set *set = &arc->set[i];

		member_open(j, NULL, '{');
		member_integer(j, "i", set->instance);
		member_text(j, "cv", set->cv);
		arc_part(r, "seal", &set->seal, false);
		arc_part(r, "message_signature", &set->message_signature, true);
		if (set->recorded)
			recorded(r, "authentication_results", set->recorded);
		else
			member_null(j, "authentication_results");
		member_bool(j, "trusted", set->trusted);
		member_close(j, '}');
	}
	member_close(j, ']');
	member_close(j, '}');
}

static void spf_check_write(struct json *j, const char *key, const struct spf_result *spf)
{
	member_open(j, key, '{');
	member_text(j, "domain", spf->domain);
	member_string(j, "result", result_word(spf->result));
	member_text(j, "cause", cause_word(spf->cause));
	member_text(j, "mechanism", spf->mechanism);
	member_text(j, "record", spf->record);
	member_text(j, "exp", spf->exp);
	member_string(j, "explanation", spf->explanation);
	member_integer(j, "lookups", spf->lookups);
	member_integer(j, "void_lookups", spf->void_lookups);
	member_open(j, "steps", '[');
	for (size_t i = 0; i < spf->step_count; i++) {
		member_open(j, NULL, '{');
		member_integer(j, "depth", spf->step[i].depth);
		member_string(j, "domain", spf->step[i].domain);
		member_string(j, "term", spf->step[i].term);
		member_string(j, "outcome", spf->step[i].outcome);
		member_text(j, "detail", spf->step[i].detail);
		member_close(j, '}');
	}
	member_close(j, ']');
	member_close(j, '}');
}

static void aligned(struct record *r, const char *key, const struct dmarc_aligned *a)
{
	struct json *j = &r->json;

	member_open(j, key, '{');
	member_string(j, "mode", a->strict ? "strict" : "relaxed");
	member_text(j, "domain", a->domain);
	member_bool(j, "passed", a->passed);
	member_bool(j, "aligned", a->aligned);
	member_close(j, '}');
}

static void dmarc_eval(struct record *r, const char *key, const struct dmarc_eval *e)
{
	struct json *j = &r->json;

	member_open(j, key, '{');
	member_string(j, "standard", dmarc_standard_word(e->standard));
	member_string(j, "result", result_word(e->result));
	member_text(j, "cause", cause_word(e->cause));
	member_text(j, "author_domain", e->author_domain);
	member_text(j, "record_domain", e->record_domain);
	member_text(j, "record", e->record);
	member_text(j, "org_domain", e->org_domain);
	member_text(j, "policy", dmarc_policy_word(e->policy));
	member_text(j, "policy_tag", e->policy_tag);
	member_text(j, "disposition", dmarc_policy_word(e->disposition));
	aligned(r, "dkim", &e->dkim);
	aligned(r, "spf", &e->spf);
	texts(r, "steps", e->step, e->step_count);
	member_close(j, '}');
}

static void dmarc(struct record *r)
{
	const struct dmarc *dmarc = r->evidence->dmarc;
	struct json *j = &r->json;

	member_open(j, "dmarc", '{');
	member_string(j, "result", result_word(dmarc->decides->result));
	member_string(j, "standard", dmarc_standard_word(dmarc->standard));
	member_string(j, "explanation", dmarc->explanation);
	member_bool(j, "differs", dmarc->differs);
	dmarc_eval(r, "rfc9989", dmarc->rfc9989);
	dmarc_eval(r, "rfc7489", dmarc->rfc7489);
	member_close(j, '}');
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
	if (hop->has_delay)
		member_integer(j, "delay_s", hop->delay_s);
	else
		member_null(j, "delay_s");
	member_string(j, "trust", trust[hop->trust]);
	place(r, hop->field->whole);
	member_close(j, '}');
}

static void route(struct record *r)
{
	const struct trace *trace = r->evidence->trace;

	member_open(&r->json, "received", '[');
	for (size_t i = 0; i < trace->count; i++)
		hop(r, &trace->hop[i]);
	member_close(&r->json, ']');
	if (trace->border)
		member_integer(&r->json, "border", (int64_t)trace->border);
	else
		member_null(&r->json, "border");
	member_open(&r->json, "recorded", '[');
	for (size_t i = 0; i < trace->recorded_count; i++)
		recorded(r, NULL, &trace->recorded[i]);
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
	const struct clock_list *list = &r->evidence->trace->clocks;
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
		place(r, c->where);
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
		place(r, part->content);
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
		if (url->offset == SIZE_MAX)
			member_null(j, "offset");
		else
			member_integer(j, "offset", (int64_t)url->offset);
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
			place(r, f->evidence[k].where);
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

/* type ... line_ends: where the message lies, and who it says it is. */
static void identity(struct record *r)
{
	static const char *const line_ends[] = {"none", "crlf", "lf", "cr", "mixed"};
	const struct report *report = r->report;
	const struct evidence *e = r->evidence;
	struct json *j = &r->json;

	member_string(j, "sha256", report->sha256);
	member_string(j, "dedupe", report->dedupe);
	member_string(j, "source", report->origin.source);
	member_text(j, "member", report->origin.member);
	member_integer(j, "offset", (int64_t)report->origin.offset);
	member_integer(j, "length", (int64_t)e->message->raw.len);
	member_string(j, "author", author_word(report->author));
	member_string(j, "severity", severity_word(report->severity));
	member_bool(j, "complete", report->complete);
	member_string(j, "summary", report->summary);
	moment(r, "checked_at", report->checked_at);
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

static void checks(struct record *r)
{
	const struct report *report = r->report;
	const struct evidence *e = r->evidence;
	struct json *j = &r->json;

	member_string(j, "dkim_result", result_word(report->dkim_result));
	member_string(j, "spf_result", result_word(report->spf_result));
	member_string(j, "dmarc_result", result_word(report->dmarc_result));
	member_string(j, "arc_result", result_word(report->arc_result));
	member_open(j, "dkim", '[');
	for (size_t i = 0; i < e->dkim->count; i++)
		signature(r, &e->dkim->signature[i], i);
	member_close(j, ']');
	arc(r);
	member_open(j, "spf", '{');
	spf_check_write(j, "mail_from", e->spf->mail_from);
	spf_check_write(j, "helo", e->spf->helo);
	member_text(j, "client_ip", e->spf->client_ip);
	member_close(j, '}');
	dmarc(r);
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
	checks(&r);
	route(&r);
	comparisons(&r);
	clocks(&r);
	parts(&r);
	urls(&r);
	findings(&r);
	missing(&r);
	texts(&r, "not_known", report->not_known, report->not_known_count);
	member_close(&r.json, '}');
	buffer_char(out, '\n');
}

void report_json_spf(struct buffer *out, const struct spf_result *spf)
{
	struct json json = {out, false};

	spf_check_write(&json, NULL, spf);
	buffer_char(out, '\n');
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
	member_string(&json, "source", origin->source);
	member_text(&json, "member", origin->member);
	member_integer(&json, "offset", (int64_t)origin->offset);
	member_string(&json, "cause", error_cause(error->code));
	member_string(&json, "explanation", error->text);
	member_close(&json, '}');
	buffer_char(out, '\n');
}
