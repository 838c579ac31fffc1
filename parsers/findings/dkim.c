/* SPDX-License-Identifier: ISC */
/* DKIM-*: what each signature proves, what it leaves open, and what is odd about how it came here.
 */
#include "parsers/findings/findings.h"

#include <strings.h>

#include "parsers/findings/common.h"
#include "parsers/findings/signatures.h"

enum { MANY_SIGNATURES = 10, CLOCK_SKEW = 600, HOUR = 3600, DAY = 86400, SMALL_TAIL = 1024 };

static size_t times_listed(const struct dkim_signature *sig, const char *name)
{
	size_t n = 0;

	for (size_t i = 0; i < sig->signed_field_count; i++)
		n += *sig->signed_field[i] == *name && strcmp(sig->signed_field[i], name) == 0;
	return n;
}

static bool covers(const struct dkim_signature *sig, const struct field *field)
{
	for (size_t i = 0; i < sig->signed_field_count; i++)
		if (sig->covered[i] == field)
			return true;
	return false;
}

/* --- failures --- */

/* A failing signature says less where the author is proven anyway, a list explains it, or the edit
 * is known. */
static enum severity failure_severity(const struct findings *f, const struct dkim_signature *sig)
{
	if ((sig->repair && sig->repair->proven) ||
		(f->context & (CONTEXT_LIST | CONTEXT_REPAIRED)) || author_passes(f->evidence))
		return SEVERITY_LOW;
	return SEVERITY_NONE;
}

static const char *repair_words(const struct findings *f, const struct dkim_signature *sig)
{
	if (!sig->repair || !sig->repair->proven || !sig->repair->edit_count)
		return "";
	return arena_printf(
		f->arena, "; with it undone it verifies: %s", sig->repair->edit[0].description);
}

static void check_failure(struct findings *f, const struct dkim_signature *sig)
{
	struct finding *finding;

	if (sig->result != RESULT_FAIL)
		return;
	if (sig->body_hash == BODY_HASH_MISMATCH) {
		finding = finding_raise(f, FINDING_DKIM_FAIL_BODY, failure_severity(f, sig),
			"The body is not the one that %s signed%s.", sig->domain,
			repair_words(f, sig));
		finding_show(f, finding, sig->where_bh, "body hash when signed");
		for (size_t i = 0;
			sig->repair && sig->repair->proven && i < sig->repair->edit_count; i++)
			finding_show(
				f, finding, sig->repair->edit[i].where, sig->repair->edit[i].edit);
	}
	if (sig->signature == SIGNATURE_INVALID || sig->signature == SIGNATURE_WRONG_KEY) {
		finding = finding_raise(f, FINDING_DKIM_FAIL_SIG, failure_severity(f, sig),
			"%s: %s%s.", sig->domain, sig->explanation,
			sig->body_hash == BODY_HASH_MATCH ? repair_words(f, sig) : "");
		finding_show(f, finding, sig->where_b, "signature");
		finding_show(f, finding, sig->where_h, "signed fields");
	}
}

/* --- l= --- */

static void check_length(struct findings *f, const struct dkim_signature *sig)
{
	bool list_tail = sig->body_uncovered <= SMALL_TAIL && (f->context & CONTEXT_LIST);
	struct finding *finding;

	if (sig->result != RESULT_PASS || !sig->has_length)
		return;
	if (body_left_open(sig) && sig->length == 0) {
		finding = finding_raise(f, FINDING_DKIM_L_ZERO, SEVERITY_NONE,
			"%s signed no byte of the body (l=0).", sig->domain);
		finding_show(f, finding, sig->where_l, "l=");
		finding_show(f, finding, sig->body_tail, "unsigned");
	} else if (body_left_open(sig)) {
		finding = finding_raise(f, FINDING_DKIM_L_APPENDED,
			list_tail ? SEVERITY_MEDIUM : SEVERITY_NONE,
			"%llu bytes follow what %s signed.",
			(unsigned long long)sig->body_uncovered, sig->domain);
		finding_show(f, finding, sig->body_tail, "unsigned");
		finding_show(f, finding, sig->where_l, "l=");
	} else {
		finding = finding_raise(f, FINDING_DKIM_L_PRESENT, SEVERITY_NONE, NULL);
		finding_show(f, finding, sig->where_l, "l=");
	}
}

/* --- unsigned and added fields --- */

static void check_content_type(struct findings *f, const struct dkim_signature *sig)
{
	const struct message *m = f->evidence->message;
	size_t present = message_field_count(m, NAME_CONTENT_TYPE);
	struct finding *finding = NULL;

	if (sig->result != RESULT_PASS || !present ||
		times_listed(sig, "content-type") >= present || !(sig->has_length || present > 1))
		return;
	for (size_t n = 0; n < present && n < 4; n++) {
		const struct field *field = message_field(m, NAME_CONTENT_TYPE, n);

		if (covers(sig, field))
			continue;
		finding = finding_raise(f, FINDING_DKIM_CT_UNSIGNED, SEVERITY_NONE,
			"%s did not sign the Content-Type field in line %u.", sig->domain,
			field->line);
		finding_show(f, finding, field->whole, "unsigned");
	}
}

/* A copy above the signed one; the same text twice deceives nobody. */
static bool deceives(
	const struct findings *f, const struct dkim_signature *sig, const struct field *extra)
{
	for (size_t i = 0; i < sig->signed_field_count; i++) {
		const struct field *lower = sig->covered[i];

		if (lower && span_ieq(lower->name, extra->name) &&
			span_eq(span_trim(field_unfold(f->arena, lower)),
				span_trim(field_unfold(f->arena, extra))))
			return false;
	}
	return true;
}

static void check_added(struct findings *f, const struct dkim_signature *sig)
{
	static const struct {
		enum field_name name;
		const char *signed_as;
	} once[] = {{NAME_FROM, "from"},
		{NAME_SUBJECT, "subject"},
		{NAME_TO, "to"},
		{NAME_CC, "cc"},
		{NAME_DATE, "date"},
		{NAME_REPLY_TO, "reply-to"},
		{NAME_SENDER, "sender"},
		{NAME_CONTENT_TYPE, "content-type"},
		{NAME_MIME_VERSION, "mime-version"},
		{NAME_MESSAGE_ID, "message-id"},
		{NAME_CONTENT_DISPOSITION, "content-disposition"},
		{NAME_CONTENT_TRANSFER_ENCODING, "content-transfer-encoding"}};
	const struct message *m = f->evidence->message;

	if (sig->result != RESULT_PASS)
		return;
	for (size_t i = 0; i < sizeof once / sizeof *once; i++) {
		size_t present = message_field_count(m, once[i].name), listed;

		if (present < 2)
			continue;
		listed = times_listed(sig, once[i].signed_as);
		if (!listed || present <= listed)
			continue;
		for (size_t n = 0; n < present && n < 8; n++) {
			const struct field *field = message_field(m, once[i].name, n);
			struct finding *finding;

			if (covers(sig, field) || !deceives(f, sig, field))
				continue;
			finding = finding_raise(f, FINDING_DKIM_HDR_ADDED, SEVERITY_NONE,
				"A %s field stands in line %u beside the one that %s signed.",
				arena_text(f->arena, field->name), field->line, sig->domain);
			finding_show(f, finding, field->whole, "unsigned");
		}
	}
}

/* Whether any signature that passes signs this name: an ALIGNED one, or anybody's. */
static bool signed_by_any(const struct findings *f, const char *name, bool aligned)
{
	const struct dkim *dkim = f->evidence->dkim;

	for (size_t i = 0; i < dkim->count; i++)
		if (dkim->signature[i].result == RESULT_PASS &&
			(!aligned || signature_aligned(f->evidence, i)) &&
			times_listed(&dkim->signature[i], name))
			return true;
	return false;
}

/* A list that puts its tag into the subject is why some authors leave that field out. */
static enum severity unsigned_severity(
	const struct findings *f, const char *name, enum severity severity)
{
	bool explained = (f->context & CONTEXT_LIST && !(f->context & CONTEXT_REFUTED)) ||
			 signed_by_any(f, name, false);

	return explained && severity > SEVERITY_LOW ? SEVERITY_LOW : severity;
}

static void check_unsigned(struct findings *f, const struct dkim_signature *sig)
{
	static const struct {
		enum field_name name;
		const char *signed_as;
		enum severity severity;
	} shown[] = {{NAME_SUBJECT, "subject", SEVERITY_MEDIUM}, {NAME_DATE, "date", SEVERITY_MEDIUM},
		{NAME_TO, "to", SEVERITY_LOW}, {NAME_CC, "cc", SEVERITY_LOW},
		{NAME_REPLY_TO, "reply-to", SEVERITY_LOW}};

	for (size_t i = 0; i < sizeof shown / sizeof *shown; i++) {
		const struct field *field = message_field(f->evidence->message, shown[i].name, 0);
		struct finding *finding;

		if (!field || signed_by_any(f, shown[i].signed_as, true))
			continue;
		finding = finding_raise(f, FINDING_DKIM_HDR_UNSIGNED,
			unsigned_severity(f, shown[i].signed_as, shown[i].severity),
			"The %s field is not signed by %s.", arena_text(f->arena, field->name),
			sig->domain);
		finding_show(f, finding, field->whole, "unsigned");
		finding_show(f, finding, sig->where_h, "signed fields");
	}
	if (times_listed(sig, "from") == message_field_count(f->evidence->message, NAME_FROM))
		finding_show(f, finding_raise(f, FINDING_DKIM_NOT_OVERSIGNED, SEVERITY_NONE, NULL),
			sig->where_h, NULL);
}

/* --- rules of the field --- */

static bool name_bytes(struct span s)
{
	for (size_t i = 0; i < s.len; i++)
		if (!is_alnum(s.ptr[i]) && s.ptr[i] != '.' && s.ptr[i] != '-' && s.ptr[i] != '_' &&
			s.ptr[i] < 128)
			return false;
	return true;
}

static void check_rules(struct findings *f, const struct dkim_signature *sig)
{
	const char *at = sig->identity ? strrchr(sig->identity, '@') : NULL;

	if (sig->no_from)
		finding_show(f, finding_raise(f, FINDING_DKIM_NO_FROM, SEVERITY_NONE, NULL),
			sig->where_h, NULL);
	if (!name_bytes(sig->where_d) || !name_bytes(sig->where_s))
		finding_show(f, finding_raise(f, FINDING_DKIM_DS_SYNTAX, SEVERITY_NONE, NULL),
			name_bytes(sig->where_d) ? sig->where_s : sig->where_d, NULL);
	if (sig->outside_domain)
		finding_show(f,
			finding_raise(f, FINDING_DKIM_I_MISMATCH, SEVERITY_NONE,
				"i=%s is not within d=%s.", sig->identity, sig->domain),
			sig->field->whole, NULL);
	if (sig->key.strict && at && strcmp(at + 1, sig->domain) != 0)
		finding_show(f,
			finding_raise(f, FINDING_DKIM_KEY_STRICT, SEVERITY_NONE,
				"i=%s, but the key of %s is "
				"for that very domain alone.",
				sig->identity, sig->domain),
			sig->field->whole, NULL);
	if (sig->algorithm_id == DKIM_RSA_SHA1)
		finding_show(f,
			finding_raise(f, FINDING_DKIM_SHA1, f->context & CONTEXT_LIST ? SEVERITY_LOW : SEVERITY_NONE,
				"%s: %s.", sig->domain, sig->explanation),
			sig->field->whole, NULL);
	if (sig->duplicate_tag || sig->key.duplicate_tag)
		finding_show(f,
			finding_raise(f, FINDING_DKIM_DUP_TAG, SEVERITY_NONE,
				sig->duplicate_tag ? "A tag stands twice in the signature."
						   : "A tag stands twice in the key record."),
			sig->field->whole, NULL);
	if (sig->key.refusal == KEY_REFUSES_TYPE || sig->key.refusal == KEY_REFUSES_HASH)
		finding_show(f,
			finding_raise(f, FINDING_DKIM_ALG_KEY, SEVERITY_NONE, "%s: %s.",
				sig->domain, sig->explanation),
			sig->field->whole, NULL);
	if (sig->cause == CAUSE_NOT_RECORDED ||
		(sig->result == RESULT_FAIL && sig->signature == SIGNATURE_UNCHECKED &&
			!sig->key.record))
		finding_show(f,
			finding_raise(f, FINDING_DKIM_UNKNOWN_KEY, SEVERITY_NONE,
				"%s is not in the DNS evidence.", sig->key.name),
			sig->where_d, NULL);
}

/* --- times --- */

/* Whether the way that the header tells shows where the message was all the time. */
static bool trace_is_old(const struct evidence *e, int64_t since)
{
	for (size_t i = 0; e->trace && i < e->trace->count; i++)
		if (e->trace->hop[i].date.time != TIME_NONE && e->trace->hop[i].date.time <= since)
			return true;
	return false;
}

static void check_times(struct findings *f, const struct dkim_signature *sig)
{
	int64_t at = f->evidence->at;

	if (at == TIME_NONE)
		return;
	if (sig->expired && at - sig->expires_at > CLOCK_SKEW)
		finding_show(f,
			finding_raise(f, FINDING_DKIM_EXPIRED,
				author_passes(f->evidence) ? SEVERITY_LOW : SEVERITY_NONE,
				"%s limited this signature to %s; the message came %s later.",
				sig->domain, moment_text(f->arena, sig->expires_at),
				moment_duration(f->arena, at - sig->expires_at)),
			sig->where_x, "expires");
	if (sig->in_future && sig->cause == CAUSE_MALFORMED && sig->signed_at - at > CLOCK_SKEW)
		finding_show(f,
			finding_raise(f, FINDING_DKIM_FUTURE,
				sig->signed_at - at > HOUR ? SEVERITY_NONE : SEVERITY_MEDIUM,
				"%s dates its signature %s after the delivery.", sig->domain,
				moment_duration(f->arena, sig->signed_at - at)),
			sig->where_t, "signed at");
	if (sig->result == RESULT_PASS && sig->signed_at != TIME_NONE &&
		at - sig->signed_at > DAY && f->evidence->trace && f->evidence->trace->count &&
		!trace_is_old(f->evidence, at - DAY))
		finding_show(f,
			finding_raise(f, FINDING_DKIM_STALE, SEVERITY_NONE,
				"%s signed it %s before it was "
				"delivered, and no hop shows the delay.",
				sig->domain, moment_duration(f->arena, at - sig->signed_at)),
			sig->where_t, "signed at");
}

/* --- replay --- */

static void check_replay(struct findings *f, const struct dkim_signature *sig)
{
	const struct evidence *e = f->evidence;
	const char *recipient, *sender = mail_from_domain(e);
	struct finding *finding;

	if (!message_field(e->message, NAME_TO, 0) || header_has(e, NAME_LIST_ID) ||
		header_has(e, NAME_LIST_UNSUBSCRIBE) ||
		(f->context & (CONTEXT_LIST | CONTEXT_FORWARD | CONTEXT_INTERNAL)) ||
		!times_listed(sig, "to"))
		return;
	recipient = delivered_to(e);
	if (!recipient || is_addressed(e, recipient, false))
		return;
	finding = finding_raise(f, FINDING_DKIM_REPLAY_RCPT,
		is_addressed(e, recipient, true) ? SEVERITY_LOW : SEVERITY_NONE,
		"It was delivered to %s, whom the signed To and Cc do not name.", recipient);
	finding_show(f, finding, message_field(e->message, NAME_TO, 0)->whole, "signed recipients");
	if (!sender || same_org(e, sender, e->author_domain) || !org_sent(e, sender) ||
		org_signed(e, sender) || spf_allows(e, e->author_domain))
		return;
	finding = finding_raise(f, FINDING_DKIM_REPLAY_PATH, SEVERITY_NONE,
		"%s signed it, but a machine that sends for %s brought it.", sig->domain, sender);
	finding_show(f, finding, e->trace->client_ip.where, "client address");
	finding_show(f, finding, sig->field->whole, "signature");
}

void findings_dkim(struct findings *f)
{
	const struct dkim *dkim = f->evidence->dkim;

	if (!dkim)
		return;
	for (size_t i = 0; i < dkim->count; i++) {
		const struct dkim_signature *sig = &dkim->signature[i];

		check_failure(f, sig);
		check_length(f, sig);
		check_content_type(f, sig);
		check_added(f, sig);
		check_rules(f, sig);
		check_times(f, sig);
		check_copied_fields(f, sig);
		if (sig->result == RESULT_PASS && signature_aligned(f->evidence, i)) {
			check_unsigned(f, sig);
			check_replay(f, sig);
		}
	}
	if (message_field_count(f->evidence->message, NAME_DKIM_SIGNATURE) > MANY_SIGNATURES)
		finding_raise(f, FINDING_DKIM_MANY, SEVERITY_NONE, "%zu signatures.",
			message_field_count(f->evidence->message, NAME_DKIM_SIGNATURE));
}
