/* SPDX-License-Identifier: ISC */
/* What the checks found, in the record: DKIM, ARC, SPF, DMARC, and the results that others
 * recorded. */
#include "parsers/report/record.h"

/* No receiver writes as many; what lies beyond is in the field itself. */
enum { MOST_PROPERTIES = 200 };

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
	member_integer_if(j, "bits", key->bits, key->bits);
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
			record_place(r, edit->where);
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
	record_texts(r, "signed_fields", s->signed_field, s->signed_field_count);
	member_integer_if(j, "body_length", s->has_length,
		s->length > INT64_MAX ? INT64_MAX : (int64_t)s->length);
	record_moment(r, "signed_at", s->signed_at);
	record_moment(r, "expires_at", s->expires_at);
	member_string(j, "result", result_word(s->result));
	member_text(j, "cause", cause_word(s->cause));
	member_string(j, "explanation", s->explanation);
	member_string(j, "signature", signature_state_word(s->signature));
	member_string(j, "body_hash", body_hash_state_word(s->body_hash));
	member_text(j, "body_hash_signed", s->body_hash_signed);
	member_text(j, "body_hash_computed", s->body_hash_computed);
	dkim_key(r, &s->key);
	record_texts(r, "unsigned_fields", s->unsigned_field, s->unsigned_field_count);
	record_texts(r, "oversigned_fields", s->oversigned_field, s->oversigned_field_count);
	member_integer(j, "body_uncovered", (int64_t)s->body_uncovered);
	member_string(j, "alignment", alignment[aligned ? aligned[n] % 3 : 0]);
	repair(r, s->repair);
	record_place(r, s->field->whole);
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
		/* Names come from the message. The first of a name stands. */
		bool twice = false;

		for (size_t k = 0; k < i && !twice; k++)
			twice = strcmp(result->property[k].name, result->property[i].name) == 0;
		if (!twice)
			member_named(j, result->property[i].name, result->property[i].value);
	}
	member_close(j, '}');
	member_close(j, '}');
}

void record_results(struct record *r, const char *key, const struct recorded *field)
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
	member_integer_if(j, "oldest_pass", arc->has_oldest_pass, arc->oldest_pass);
	member_open(j, "sets", '[');
	for (size_t i = 0; i < arc->count; i++) {
		const struct arc_set *set = &arc->set[i];

		member_open(j, NULL, '{');
		member_integer(j, "i", set->instance);
		member_text(j, "cv", set->cv);
		arc_part(r, "seal", &set->seal, false);
		arc_part(r, "message_signature", &set->message_signature, true);
		if (set->recorded)
			record_results(r, "authentication_results", set->recorded);
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
	record_texts(r, "steps", e->step, e->step_count);
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

void record_checks(struct record *r)
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

void report_json_spf(struct buffer *out, const struct spf_result *spf)
{
	struct json json = {out, false};

	spf_check_write(&json, NULL, spf);
	buffer_char(out, '\n');
}
