/* SPDX-License-Identifier: ISC */
/*
 * What surrounds a message. A context softens the findings of other areas, so it is believed only
 * where something that can be checked stands behind it: a passing signature, a passing envelope, a
 * hop. A List-Id alone is only text.
 */
#include "parsers/findings/findings.h"

#include "parsers/findings/common.h"

/* "User discussion <users.lists.example>" or the bare identifier (RFC 2919 3): its domain. */
static const char *list_id_domain(const struct evidence *e)
{
	const struct field *field = message_field(e->message, NAME_LIST_ID, 0);

	if (!field)
		return NULL;

	struct span value = field_unfold(e->arena, field);
	size_t open = span_rchr(value, '<');

	if (open < value.len) {
		value = span_skip(value, open + 1);
		value = span_sub(value, 0, span_chr(value, '>'));
	}
	value = span_trim(value);
	return span_chr(value, ' ') == value.len && span_chr(value, '.') < value.len
		       ? domain_ascii(e->arena, value)
		       : NULL;
}

/* The domain of the first mailto or http URL in <...> of a List-* field (RFC 2369). */
static const char *list_url_domain(const struct evidence *e, enum field_name name)
{
	const struct field *field = message_field(e->message, name, 0);

	if (!field)
		return NULL;

	struct span value = field_unfold(e->arena, field);
	size_t open = span_chr(value, '<');

	value = span_skip(value, open < value.len ? open + 1 : 0);
	value = span_sub(value, 0, span_chr(value, '>'));
	if (span_istarts(value, "mailto:")) {
		value = span_skip(value, 7);
		value = span_sub(value, 0, span_chr(value, '?'));
		return address_domain(e->arena, value);
	}
	return url_host(e->arena, value);
}

static bool hop_names(const struct evidence *e, const char *domain)
{
	for (size_t i = 0; e->trace && i < e->trace->count && i < 50; i++) {
		const struct hop *hop = &e->trace->hop[i];

		if (same_org(e, hop->by, domain) || same_org(e, hop->rdns, domain))
			return true;
	}
	return false;
}

/* The list's organisation signed it, sent it, or is named by a hop whose client the envelope agrees
 * with. */
static const char *list_proof(const struct evidence *e, const char *domain)
{
	if (!domain)
		return NULL;
	if (org_signed(e, domain))
		return "its signature passes";
	if (org_sent(e, domain))
		return "SPF passes for its envelope";
	if (same_org(e, mail_from_domain(e), domain))
		return "the envelope sender is its own";
	return hop_names(e, domain) ? "its host is on the way" : NULL;
}

static bool precedence_list(const struct evidence *e)
{
	return span_iis(header_value(e, NAME_PRECEDENCE), "list");
}

static bool author_signed(const struct evidence *e)
{
	for (size_t i = 0; e->dkim && i < e->dkim->count; i++)
		if (signature_aligned(e, i))
			return true;
	return false;
}

/*
 * Who passes a message on breaks SPF and perhaps the signature. Where the author's domain never
 * signed, what it says of its sender decides: the client that the list or forwarder names must
 * have been one that SPF permits.
 */
static bool relay_refuted(const struct evidence *e)
{
	const struct hop *hop =
		e->trace->border < e->trace->count ? &e->trace->hop[e->trace->border] : NULL;

	if (!e->author_domain || author_passes(e) || author_signed(e))
		return false;
	/* Nobody gave it to the list or forwarder: then it is the sender. */
	if (!hop)
		return true;
	if (!ip_public(&hop->addr))
		return false;

	struct spf_query query = {.client = hop->addr,
		.mail_from = arena_printf(e->arena, "postmaster@%s", e->author_domain),
		.helo = hop->helo,
		.at = e->at};
	const struct spf_result *result = spf_check_mail_from(e->arena, e->dns, &query);

	return result->result == RESULT_FAIL || result->result == RESULT_SOFTFAIL;
}

static void check_list(struct findings *f)
{
	static const enum field_name marker[] = {NAME_LIST_ID, NAME_LIST_POST, NAME_MAILING_LIST,
		NAME_X_MAILING_LIST, NAME_X_BEENTHERE, NAME_LIST_SUBSCRIBE, NAME_LIST_ARCHIVE};
	const struct evidence *e = f->evidence;
	const struct field *field = NULL;

	for (size_t i = 0; !field && i < sizeof marker / sizeof *marker; i++)
		field = message_field(e->message, marker[i], 0);
	if (!field && precedence_list(e))
		field = message_field(e->message, NAME_PRECEDENCE, 0);
	if (!field)
		return;

	const char *candidate[] = {list_id_domain(e), list_url_domain(e, NAME_LIST_POST),
		list_url_domain(e, NAME_LIST_UNSUBSCRIBE), list_url_domain(e, NAME_LIST_ARCHIVE),
		e->sender.count > 0 ? e->sender.address[0].domain : NULL,
		span_chr(header_value(e, NAME_X_BEENTHERE), '@') < header_value(e, NAME_X_BEENTHERE).len
			? address_domain(e->arena, header_value(e, NAME_X_BEENTHERE))
			: NULL,
		message_field(e->message, NAME_MAILING_LIST, 0) || precedence_list(e)
			? mail_from_domain(e)
			: NULL};

	for (size_t i = 0; i < sizeof candidate / sizeof *candidate; i++) {
		const char *proof = list_proof(e, candidate[i]);

		/* A list that is only the author's own domain explains nothing that its own proof
		 * would not. */
		if (!proof)
			continue;

		bool refuted = relay_refuted(e);

		/* It still explains footers and broken signatures. */
		f->context |= refuted ? CONTEXT_LIST | CONTEXT_REFUTED : CONTEXT_LIST;
		finding_show(f,
			finding_raise(f, FINDING_CTX_LIST, SEVERITY_NONE,
				"sent by the list of %s: %s%s", candidate[i], proof,
				refuted ? "; but nobody who may send for the author gave it to the "
					  "list"
					: ""),
			field->whole, "list");
		return;
	}
}

static const struct field *forward_field(const struct evidence *e)
{
	static const enum field_name marker[] = {NAME_X_FORWARDED_FOR, NAME_X_FORWARDED_TO, NAME_RESENT_FROM,
		NAME_RESENT_TO, NAME_X_RESENT_FROM, NAME_X_MS_EXCHANGE_INBOX_RULES_LOOP,
		NAME_X_MS_EXCHANGE_FORWARDINGLOOP};

	for (size_t i = 0; i < sizeof marker / sizeof *marker; i++) {
		const struct field *field = message_field(e->message, marker[i], 0);

		if (field)
			return field;
	}
	return message_field_count(e->message, NAME_DELIVERED_TO) > 1
		       ? message_field(e->message, NAME_DELIVERED_TO, 1)
		       : NULL;
}

static void check_forward(struct findings *f)
{
	const struct evidence *e = f->evidence;
	const char *coding = e->trace ? e->trace->mail_from_coding : NULL,
		   *sender = mail_from_domain(e);
	bool srs = coding && strncmp(coding, "SRS", 3) == 0;
	/* "alice+caf_=alice=victim.example@...": the way that one large provider marks what it
	 * forwards. */
	bool caf = sender && strstr(e->trace->mail_from.value, "+caf_=") != NULL;
	const struct field *field = forward_field(e);

	if (!srs && !caf && !field)
		return;
	/* The forwarder has to stand behind its envelope, or anyone could claim to be one. */
	if (!e->spf || !e->spf->mail_from || e->spf->mail_from->result != RESULT_PASS || !sender)
		return;
	if (!srs && !caf && same_org(e, sender, e->author_domain))
		return;

	bool refuted = relay_refuted(e);
	struct finding *finding = finding_raise(f, FINDING_CTX_FORWARD, SEVERITY_NONE,
		"forwarded by %s, for which SPF passes%s", sender,
		refuted ? "; but the client that it names may not send for the author" : "");

	/* A forwarded forgery stays one. */
	if (!refuted)
		f->context |= CONTEXT_FORWARD;

	finding_show(f, finding, e->trace->mail_from.where, "envelope sender");
	if (field)
		finding_show(f, finding, field->whole, "forwarding mark");
}

static void check_bulk(struct findings *f)
{
	const struct evidence *e = f->evidence;
	const char *coding = e->trace ? e->trace->mail_from_coding : NULL;
	bool coded = coding && (strcmp(coding, "VERP") == 0 || strcmp(coding, "BATV") == 0);
	const struct field *field = message_field(e->message, NAME_FEEDBACK_ID, 0);
	const char *by = mail_from_domain(e);

	if (!field)
		field = message_field(e->message, NAME_LIST_UNSUBSCRIBE, 0);
	if (f->context & CONTEXT_LIST || (!coded && !field))
		return;
	if (!coded && !(e->dkim && e->dkim->result == RESULT_PASS))
		return;
	/* The envelope alone proves nothing: someone must stand behind it. */
	if (coded && !org_sent(e, by) && !org_signed(e, by))
		return;
	f->context |= CONTEXT_ESP;

	struct finding *finding = finding_raise(f, FINDING_CTX_ESP, SEVERITY_NONE,
		"sent in bulk%s%s%s%s", by ? " through " : "", by ? by : "",
		coded ? ", envelope sender coded as " : "", coded ? coding : "");

	if (coded)
		finding_show(f, finding, e->trace->mail_from.where, "envelope sender");
	if (field)
		finding_show(f, finding, field->whole, "bulk mark");
}

static bool report_of(const struct evidence *e, const char *type)
{
	const struct field *field = message_field(e->message, NAME_CONTENT_TYPE, 0);
	const char *report;

	if (!field || !span_istarts(span_trim(field->value), "multipart/report"))
		return false;
	report = content_type_parameter(e, "report-type");
	return report && span_iis(span_trim(span_of(report)), type);
}

static bool null_sender(const struct evidence *e)
{
	struct span path = header_value(e, NAME_RETURN_PATH);

	return (e->trace && e->trace->mail_from.value && !*e->trace->mail_from.value) ||
	       span_is(path, "<>") || span_istarts(path, "<MAILER-DAEMON");
}

static void check_reports(struct findings *f)
{
	const struct evidence *e = f->evidence;
	bool dsn = report_of(e, "delivery-status") || report_of(e, "disposition-notification");

	if (dsn && null_sender(e)) {
		f->context |= CONTEXT_DSN;
		finding_show(f,
			finding_raise(f, FINDING_CTX_DSN, SEVERITY_NONE,
				"a report with the null envelope sender"),
			message_field(e->message, NAME_CONTENT_TYPE, 0)->whole, "type of report");
	}
	if (report_of(e, "feedback-report"))
		f->context |= CONTEXT_ABUSE_REPORT;
}

static void check_automatic(struct findings *f)
{
	const struct evidence *e = f->evidence;
	struct span submitted = header_value(e, NAME_AUTO_SUBMITTED);

	if (span_istarts(submitted, "auto-replied") || header_has(e, NAME_X_AUTOREPLY) ||
		header_has(e, NAME_X_AUTORESPOND) ||
		span_istarts(header_value(e, NAME_PRECEDENCE), "auto_reply"))
		f->context |= CONTEXT_AUTOREPLY;
	if (span_istarts(header_value(e, NAME_CONTENT_TYPE), "text/calendar"))
		f->context |= CONTEXT_CALENDAR;
	for (size_t i = 0; e->mime && i < e->mime->count; i++)
		if (e->mime->part[i].type && strcmp(e->mime->part[i].type, "text/calendar") == 0)
			f->context |= CONTEXT_CALENDAR;
}

/* Every hop was written by a host of ours, and the first client was one too or had no public
 * address. */
static void check_internal(struct findings *f)
{
	const struct evidence *e = f->evidence;

	if (!e->trace || e->trace->count == 0 || e->trace->border_assumed ||
		e->trace->border != e->trace->count)
		return;

	const struct hop *first = &e->trace->hop[e->trace->count - 1];

	if (first->addr.family ? !ip_public(&first->addr) ||
					 (e->trust && trust_covers(e->trust, NULL, &first->addr))
			       : (first->odd & HOP_LOCAL) != 0)
		f->context |= CONTEXT_INTERNAL;
}

static bool recorded_author_pass(const struct evidence *e, const struct recorded *recorded)
{
	for (size_t i = 0; recorded && i < recorded->result_count; i++) {
		const struct recorded_result *result = &recorded->result[i];

		if (!result->method || !result->result || strcmp(result->result, "pass") != 0)
			continue;
		if (strcmp(result->method, "dmarc") == 0)
			return true;
		for (size_t k = 0;
			strcmp(result->method, "dkim") == 0 && k < result->property_count; k++)
			if (strcmp(result->property[k].name, "header.d") == 0 &&
				same_org(e, result->property[k].value, e->author_domain))
				return true;
	}
	return false;
}

static void check_proof_elsewhere(struct findings *f)
{
	const struct evidence *e = f->evidence;

	for (size_t i = 0; e->arc && e->arc->result == RESULT_PASS && i < e->arc->count; i++)
		if (e->arc->set[i].trusted && recorded_author_pass(e, e->arc->set[i].recorded))
			f->context |= CONTEXT_TRUSTED_ARC;
	for (size_t i = 0; e->dkim && i < e->dkim->count; i++)
		if (signature_aligned(e, i) && e->dkim->signature[i].repair &&
			e->dkim->signature[i].repair->proven &&
			e->dkim->signature[i].signature != SIGNATURE_UNCHECKED)
			f->context |= CONTEXT_REPAIRED;
}

void findings_context(struct findings *f)
{
	check_list(f);
	check_forward(f);
	check_bulk(f);
	check_reports(f);
	check_automatic(f);
	check_internal(f);
	check_proof_elsewhere(f);
}
