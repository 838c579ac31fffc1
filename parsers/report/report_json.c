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

	json_integer(&r->json, "offset", within ? (int64_t)span_offset(r->raw, where) : 0);
	json_integer(&r->json, "length", within ? (int64_t)where.len : 0);
}

static void moment(struct record *r, const char *key, int64_t time)
{
	json_text(&r->json, key, moment_text(r->arena, time));
}

static const char *date_text(struct record *r, const struct date *date)
{
	return date->valid ? moment_text_zone(r->arena, date->time, date->offset_s,
				     (date->odd & DATE_ZONE_UNKNOWN) != 0)
			   : NULL;
}

static void texts(struct record *r, const char *key, const char *const *text, size_t count)
{
	json_open(&r->json, key, '[');
	for (size_t i = 0; i < count; i++)
		json_string(&r->json, NULL, text[i]);
	json_close(&r->json, ']');
}

static void address(struct record *r, const char *key, const struct address *a)
{
	json_open(&r->json, key, '{');
	json_text(&r->json, "display", a->display);
	json_text(&r->json, "address", a->address);
	json_text(&r->json, "domain", a->domain);
	json_close(&r->json, '}');
}

static void addresses(struct record *r, const char *key, const struct address_list *list)
{
	json_open(&r->json, key, '[');
	for (size_t i = 0; i < list->count; i++)
		address(r, NULL, &list->address[i]);
	json_close(&r->json, ']');
}

static void origin_value(struct record *r, const char *key, const struct origin_value *v)
{
	json_open(&r->json, key, '{');
	json_text(&r->json, "value", v->value);
	json_text(&r->json, "origin", v->origin);
	if (span_within(r->raw, v->where)) {
		json_open(&r->json, "span", '{');
		place(r, v->where);
		json_close(&r->json, '}');
	}
	json_close(&r->json, '}');
}

static const char *dns_origin_word(enum dns_origin origin)
{
	static const char *const word[] = {"none", "snapshot", "live", "recovered"};

	return word[origin];
}

static void dkim_key(struct record *r, const struct dkim_key *key)
{
	struct json *j = &r->json;

	json_open(j, "key", '{');
	json_text(j, "type", key->type);
	if (key->bits)
		json_integer(j, "bits", key->bits);
	else
		json_null(j, "bits");
	json_string(j, "origin", dns_origin_word(key->origin));
	json_bool(j, "testing", key->testing);
	json_bool(j, "strict", key->strict);
	json_string(j, "dnssec", dnssec_word(key->record ? key->dnssec : DNSSEC_UNKNOWN));
	json_text(j, "record", key->record);
	json_text(j, "window", key->window);
	json_close(j, '}');
}

static void repair(struct record *r, const struct repair *repair)
{
	struct json *j = &r->json;

	if (!repair) {
		json_null(j, "repair");
		return;
	}
	json_open(j, "repair", '{');
	json_bool(j, "proven", repair->proven);
	json_open(j, "edits", '[');
	for (size_t i = 0; i < repair->edit_count; i++) {
		const struct repair_edit *edit = &repair->edit[i];

		json_open(j, NULL, '{');
		json_string(j, "edit", edit->edit);
		json_string(j, "description", edit->description);
		if (span_within(r->raw, edit->where)) {
			place(r, edit->where);
		} else {
			json_null(j, "offset");
			json_null(j, "length");
		}
		json_close(j, '}');
	}
	json_close(j, ']');
	json_integer(j, "tried", (int64_t)repair->tried);
	json_close(j, '}');
}

static void signature(struct record *r, const struct dkim_signature *s, size_t n)
{
	static const char *const alignment[] = {"none", "relaxed", "strict"};
	const unsigned char *aligned = r->evidence->dmarc->dkim_alignment;
	struct json *j = &r->json;

	json_open(j, NULL, '{');
	json_integer(j, "field", s->field->index);
	json_text(j, "domain", s->domain);
	json_text(j, "selector", s->selector);
	json_text(j, "identity", s->identity);
	json_text(j, "algorithm", s->algorithm);
	json_text(j, "canonicalization", s->canonicalization);
	texts(r, "signed_fields", s->signed_field, s->signed_field_count);
	if (s->has_length)
		json_integer(
			j, "body_length", s->length > INT64_MAX ? INT64_MAX : (int64_t)s->length);
	else
		json_null(j, "body_length");
	moment(r, "signed_at", s->signed_at);
	moment(r, "expires_at", s->expires_at);
	json_string(j, "result", result_word(s->result));
	json_text(j, "cause", cause_word(s->cause));
	json_string(j, "explanation", s->explanation);
	json_string(j, "signature", signature_state_word(s->signature));
	json_string(j, "body_hash", body_hash_state_word(s->body_hash));
	json_text(j, "body_hash_signed", s->body_hash_signed);
	json_text(j, "body_hash_computed", s->body_hash_computed);
	dkim_key(r, &s->key);
	texts(r, "unsigned_fields", s->unsigned_field, s->unsigned_field_count);
	texts(r, "oversigned_fields", s->oversigned_field, s->oversigned_field_count);
	json_integer(j, "body_uncovered", (int64_t)s->body_uncovered);
	json_string(j, "alignment", alignment[aligned ? aligned[n] % 3 : 0]);
	repair(r, s->repair);
	place(r, s->field->whole);
	json_close(j, '}');
}

static void recorded_result(struct record *r, const struct recorded_result *result)
{
	struct json *j = &r->json;

	json_open(j, NULL, '{');
	json_string(j, "method", result->method);
	json_string(j, "result", result->result);
	json_text(j, "reason", result->reason);
	json_open(j, "properties", '{');
	for (size_t i = 0; i < result->property_count && i < MOST_PROPERTIES; i++) {
		struct buffer key = BUFFER_INIT;
		struct json name = {&key, false};

		/* Names come from the message: quoted as a value is, then written as a key. The
		 * first of a name stands. */
		bool twice = false;

		for (size_t k = 0; k < i && !twice; k++)
			twice = strcmp(result->property[k].name, result->property[i].name) == 0;
		if (!twice) {
			json_string(&name, NULL, result->property[i].name);
			const char *quoted =
				arena_text(r->arena, span_sub(buffer_view(&key), 1, key.len - 1));

			json_string(j, quoted, result->property[i].value);
		}
		buffer_release(&key);
	}
	json_close(j, '}');
	json_close(j, '}');
}

static void recorded(struct record *r, const char *key, const struct recorded *field)
{
	struct json *j = &r->json;

	json_open(j, key, '{');
	json_integer(j, "field", field->field->index);
	json_text(j, "authserv_id", field->authserv_id);
	json_bool(j, "trusted", field->trusted);
	json_open(j, "results", '[');
	for (size_t i = 0; i < field->result_count; i++)
		recorded_result(r, &field->result[i]);
	json_close(j, ']');
	json_close(j, '}');
}

static void arc_part(struct record *r, const char *key, const struct arc_part *part, bool message)
{
	struct json *j = &r->json;

	json_open(j, key, '{');
	json_text(j, "domain", part->domain);
	json_text(j, "selector", part->selector);
	json_string(j, "result", result_word(part->result));
	json_text(j, "cause", cause_word(part->cause));
	if (message) {
		json_string(j, "signature", signature_state_word(part->signature));
		json_string(j, "body_hash", body_hash_state_word(part->body_hash));
	}
	json_close(j, '}');
}

static void arc(struct record *r)
{
	const struct arc *arc = r->evidence->arc;
	struct json *j = &r->json;

	json_open(j, "arc", '{');
	json_string(j, "result", result_word(arc->result));
	json_text(j, "cause", cause_word(arc->cause));
	json_string(j, "explanation", arc->explanation);
	if (arc->has_oldest_pass)
		json_integer(j, "oldest_pass", arc->oldest_pass);
	else
		json_null(j, "oldest_pass");
	json_open(j, "sets", '[');
	for (size_t i = 0; i < arc->count; i++) {
		const struct arc_set *set = &arc->set[i];

		json_open(j, NULL, '{');
		json_integer(j, "i", set->instance);
		json_text(j, "cv", set->cv);
		arc_part(r, "seal", &set->seal, false);
		arc_part(r, "message_signature", &set->message_signature, true);
		if (set->recorded)
			recorded(r, "authentication_results", set->recorded);
		else
			json_null(j, "authentication_results");
		json_bool(j, "trusted", set->trusted);
		json_close(j, '}');
	}
	json_close(j, ']');
	json_close(j, '}');
}

static void spf_check_write(struct json *j, const char *key, const struct spf_result *spf)
{
	json_open(j, key, '{');
	json_text(j, "domain", spf->domain);
	json_string(j, "result", result_word(spf->result));
	json_text(j, "cause", cause_word(spf->cause));
	json_text(j, "mechanism", spf->mechanism);
	json_text(j, "record", spf->record);
	json_text(j, "exp", spf->exp);
	json_string(j, "explanation", spf->explanation);
	json_integer(j, "lookups", spf->lookups);
	json_integer(j, "void_lookups", spf->void_lookups);
	json_open(j, "steps", '[');
	for (size_t i = 0; i < spf->step_count; i++) {
		json_open(j, NULL, '{');
		json_integer(j, "depth", spf->step[i].depth);
		json_string(j, "domain", spf->step[i].domain);
		json_string(j, "term", spf->step[i].term);
		json_string(j, "outcome", spf->step[i].outcome);
		json_text(j, "detail", spf->step[i].detail);
		json_close(j, '}');
	}
	json_close(j, ']');
	json_close(j, '}');
}

static void aligned(struct record *r, const char *key, const struct dmarc_aligned *a)
{
	struct json *j = &r->json;

	json_open(j, key, '{');
	json_string(j, "mode", a->strict ? "strict" : "relaxed");
	json_text(j, "domain", a->domain);
	json_bool(j, "passed", a->passed);
	json_bool(j, "aligned", a->aligned);
	json_close(j, '}');
}

static void dmarc_eval(struct record *r, const char *key, const struct dmarc_eval *e)
{
	struct json *j = &r->json;

	json_open(j, key, '{');
	json_string(j, "standard", dmarc_standard_word(e->standard));
	json_string(j, "result", result_word(e->result));
	json_text(j, "cause", cause_word(e->cause));
	json_text(j, "author_domain", e->author_domain);
	json_text(j, "record_domain", e->record_domain);
	json_text(j, "record", e->record);
	json_text(j, "org_domain", e->org_domain);
	json_text(j, "policy", dmarc_policy_word(e->policy));
	json_text(j, "policy_tag", e->policy_tag);
	json_text(j, "disposition", dmarc_policy_word(e->disposition));
	aligned(r, "dkim", &e->dkim);
	aligned(r, "spf", &e->spf);
	texts(r, "steps", e->step, e->step_count);
	json_close(j, '}');
}

static void dmarc(struct record *r)
{
	const struct dmarc *dmarc = r->evidence->dmarc;
	struct json *j = &r->json;

	json_open(j, "dmarc", '{');
	json_string(j, "result", result_word(dmarc->decides->result));
	json_string(j, "standard", dmarc_standard_word(dmarc->standard));
	json_string(j, "explanation", dmarc->explanation);
	json_bool(j, "differs", dmarc->differs);
	dmarc_eval(r, "rfc9989", dmarc->rfc9989);
	dmarc_eval(r, "rfc7489", dmarc->rfc7489);
	json_close(j, '}');
}

static void hop(struct record *r, const struct hop *hop)
{
	static const char *const trust[] = {"trusted", "border", "claimed"};
	struct json *j = &r->json;

	json_open(j, NULL, '{');
	json_integer(j, "n", hop->n);
	json_integer(j, "field", hop->field->index);
	json_text(j, "from_helo", hop->helo);
	json_text(j, "from_rdns", hop->rdns);
	json_text(j, "from_ip", hop->ip);
	json_text(j, "by", hop->by);
	json_text(j, "with_protocol", hop->with);
	json_text(j, "id", hop->id);
	json_text(j, "for_address", hop->for_address);
	json_text(j, "envelope_from", hop->envelope_from);
	json_text(j, "tls", hop->tls);
	json_text(j, "date", date_text(r, &hop->date));
	if (hop->has_delay)
		json_integer(j, "delay_s", hop->delay_s);
	else
		json_null(j, "delay_s");
	json_string(j, "trust", trust[hop->trust]);
	place(r, hop->field->whole);
	json_close(j, '}');
}

static void route(struct record *r)
{
	const struct trace *trace = r->evidence->trace;

	json_open(&r->json, "received", '[');
	for (size_t i = 0; i < trace->count; i++)
		hop(r, &trace->hop[i]);
	json_close(&r->json, ']');
	if (trace->border)
		json_integer(&r->json, "border", (int64_t)trace->border);
	else
		json_null(&r->json, "border");
	json_open(&r->json, "recorded", '[');
	for (size_t i = 0; i < trace->recorded_count; i++)
		recorded(r, NULL, &trace->recorded[i]);
	json_close(&r->json, ']');
}

static void comparisons(struct record *r)
{
	struct json *j = &r->json;

	json_open(j, "comparisons", '[');
	for (size_t i = 0; i < r->report->comparison_count; i++) {
		const struct comparison *c = &r->report->comparison[i];

		json_open(j, NULL, '{');
		json_string(j, "method", c->method);
		json_text(j, "identity", c->identity);
		json_string(j, "recorded", c->recorded);
		json_text(j, "recomputed", c->recomputed);
		if (c->agrees < 0)
			json_null(j, "agrees");
		else
			json_bool(j, "agrees", c->agrees);
		json_string(j, "explanation", c->explanation);
		json_integer(j, "field", c->field->index);
		json_bool(j, "trusted", c->trusted);
		json_close(j, '}');
	}
	json_close(j, ']');
}

static void clocks(struct record *r)
{
	static const char *const kind[] = {"stated", "signed", "derived"};
	const struct clock_list *list = &r->evidence->trace->clocks;
	struct json *j = &r->json;

	json_open(j, "clocks", '[');
	for (size_t i = 0; i < list->count; i++) {
		const struct clock *c = &list->clock[i];
		const char *text = c->has_offset
					   ? moment_text_zone(r->arena, c->time, c->offset_s, false)
					   : moment_text(r->arena, c->time);

		if (!text)
			continue;
		json_open(j, NULL, '{');
		json_string(j, "time", text);
		json_string(j, "origin", c->origin);
		json_number(j, "precision_s", c->precision_s);
		json_string(j, "kind", kind[c->kind]);
		place(r, c->where);
		json_close(j, '}');
	}
	json_close(j, ']');
}

static void parts(struct record *r)
{
	const struct mime *mime = r->evidence->mime;
	struct json *j = &r->json;

	json_open(j, "parts", '[');
	for (size_t i = 0; mime && i < mime->count; i++) {
		const struct part *part = &mime->part[i];

		json_open(j, NULL, '{');
		json_string(j, "path", part->path);
		json_string(j, "type", part->type);
		json_text(j, "detected_type", part->detected_type);
		json_text(j, "charset", part->charset);
		json_text(j, "encoding", part->encoding);
		json_text(j, "disposition", part->disposition);
		json_text(j, "filename", part->filename);
		json_integer(j, "size", (int64_t)part->size);
		json_text(j, "sha256", part->sha256);
		json_text(j, "md5", part->md5);
		json_integer(j, "depth", part->depth);
		place(r, part->content);
		json_close(j, '}');
	}
	json_close(j, ']');
}

static void urls(struct record *r)
{
	const struct url_list *urls = r->evidence->urls;
	struct json *j = &r->json;

	json_open(j, "urls", '[');
	for (size_t i = 0; urls && i < urls->count; i++) {
		const struct url *url = &urls->url[i];

		json_open(j, NULL, '{');
		json_string(j, "url", url->url);
		json_text(j, "text", url->text);
		json_text(j, "host", url->host);
		json_string(j, "part", r->evidence->mime->part[url->part].path);
		if (url->offset == SIZE_MAX)
			json_null(j, "offset");
		else
			json_integer(j, "offset", (int64_t)url->offset);
		json_close(j, '}');
	}
	json_close(j, ']');
}

static void findings(struct record *r)
{
	const struct findings *all = r->report->findings;
	struct json *j = &r->json;

	json_open(j, "findings", '[');
	for (size_t i = 0; i < all->count; i++) {
		const struct finding *f = all->finding[i];
		const struct finding_info *info = finding_info(f->code);

		json_open(j, NULL, '{');
		json_string(j, "code", info->code);
		json_string(j, "severity", severity_word(f->severity));
		json_string(j, "title", info->title);
		json_text(j, "detail", f->detail);
		json_open(j, "evidence", '[');
		for (size_t k = 0; k < f->evidence_count; k++) {
			json_open(j, NULL, '{');
			place(r, f->evidence[k].where);
			if (f->evidence[k].role)
				json_string(j, "role", f->evidence[k].role);
			json_close(j, '}');
		}
		json_close(j, ']');
		json_close(j, '}');
	}
	json_close(j, ']');
}

static void missing(struct record *r)
{
	struct json *j = &r->json;

	json_open(j, "missing", '[');
	for (size_t i = 0; i < r->report->missing_count; i++) {
		json_open(j, NULL, '{');
		json_string(j, "name", r->report->missing[i].name);
		json_string(j, "type", r->report->missing[i].type);
		json_string(j, "why", r->report->missing[i].why);
		json_close(j, '}');
	}
	json_close(j, ']');
}

/* type ... line_ends: where the message lies, and who it says it is. */
static void identity(struct record *r)
{
	static const char *const line_ends[] = {"none", "crlf", "lf", "cr", "mixed"};
	const struct report *report = r->report;
	const struct evidence *e = r->evidence;
	struct json *j = &r->json;

	json_string(j, "sha256", report->sha256);
	json_string(j, "dedupe", report->dedupe);
	json_string(j, "source", report->origin.source);
	json_text(j, "member", report->origin.member);
	json_integer(j, "offset", (int64_t)report->origin.offset);
	json_integer(j, "length", (int64_t)e->message->raw.len);
	json_string(j, "author", author_word(report->author));
	json_string(j, "severity", severity_word(report->severity));
	json_bool(j, "complete", report->complete);
	json_string(j, "summary", report->summary);
	moment(r, "checked_at", report->checked_at);
	json_text(j, "date", date_text(r, &e->date));
	json_text(j, "message_id", report->message_id);
	json_text(j, "subject", e->subject);
	addresses(r, "header_from", &report->header_from);
	if (e->sender.count)
		address(r, "sender", &e->sender.address[0]);
	else
		json_null(j, "sender");
	addresses(r, "reply_to", &e->reply_to);
	addresses(r, "recipients", &e->recipients);
	json_text(j, "header_from_domain", e->author_domain);
	json_text(j, "org_domain", e->org_domain);
	origin_value(r, "mail_from", &e->trace->mail_from);
	origin_value(r, "helo", &e->trace->helo);
	origin_value(r, "client_ip", &e->trace->client_ip);
	json_string(j, "line_ends", line_ends[e->message->line_ends]);
}

static void checks(struct record *r)
{
	const struct report *report = r->report;
	const struct evidence *e = r->evidence;
	struct json *j = &r->json;

	json_string(j, "dkim_result", result_word(report->dkim_result));
	json_string(j, "spf_result", result_word(report->spf_result));
	json_string(j, "dmarc_result", result_word(report->dmarc_result));
	json_string(j, "arc_result", result_word(report->arc_result));
	json_open(j, "dkim", '[');
	for (size_t i = 0; i < e->dkim->count; i++)
		signature(r, &e->dkim->signature[i], i);
	json_close(j, ']');
	arc(r);
	json_open(j, "spf", '{');
	spf_check_write(j, "mail_from", e->spf->mail_from);
	spf_check_write(j, "helo", e->spf->helo);
	json_text(j, "client_ip", e->spf->client_ip);
	json_close(j, '}');
	dmarc(r);
}

void report_json(struct buffer *out, const struct report *report)
{
	struct record r = {.json = {out, false}, .report = report, .evidence = &report->evidence};

	r.arena = report->evidence.arena;
	r.raw = report->evidence.message->raw;
	json_open(&r.json, NULL, '{');
	json_string(&r.json, "type", "message");
	json_string(&r.json, "schema", REPORT_SCHEMA);
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
	json_close(&r.json, '}');
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

	json_open(&json, NULL, '{');
	json_string(&json, "type", "error");
	json_string(&json, "schema", REPORT_SCHEMA);
	json_string(&json, "source", origin->source);
	json_text(&json, "member", origin->member);
	json_integer(&json, "offset", (int64_t)origin->offset);
	json_string(&json, "cause", error_cause(error->code));
	json_string(&json, "explanation", error->text);
	json_close(&json, '}');
	buffer_char(out, '\n');
}
