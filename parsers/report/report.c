/* SPDX-License-Identifier: ISC */
/* The pipeline: bytes -> message -> evidence -> checks -> findings -> report. One way, no way back.
 */
#include "parsers/report/report.h"

#include "parsers/report/build.h"

static void add_addresses(
	struct arena *arena, struct address_list *all, size_t *room, const struct field *field)
{
	struct address_list list = address_parse(arena, field->value);

	for (size_t i = 0; i < list.count && all->count < LIMIT_ADDRESSES; i++)
		*LIST_ADD(arena, all->address, all->count, *room) = list.address[i];
	all->limited |= list.limited;
	all->has_group |= list.has_group;
}

/* The addresses of all fields of a name, and then of another or of NAME_OTHER, none; the topmost first. */
static struct address_list addresses_of(struct arena *arena, const struct message *message,
	enum field_name name, enum field_name other)
{
	struct address_list all = {0};
	size_t room = 0;
	const struct field *field = message_field(message, name, 0);

	/* Mostly there is one field. */
	if (message_field_count(message, name) == 1 &&
		(other == NAME_OTHER || !message_field(message, other, 0)))
		return address_parse(arena, field->value);
	for (; field && all.count < LIMIT_ADDRESSES; field = message_next(message, field))
		add_addresses(arena, &all, &room, field);
	field = other == NAME_OTHER ? NULL : message_field(message, other, 0);
	for (; field && all.count < LIMIT_ADDRESSES; field = message_next(message, field))
		add_addresses(arena, &all, &room, field);
	return all;
}

static const char *text_of(struct arena *arena, const struct message *message, enum field_name name)
{
	const struct field *field = message_field(message, name, 0);

	return field ? field_text(arena, field) : NULL;
}

/* Different domains among the authors (RFC 9989 5.3.1, RFC 7489 6.6.1). Few are compared: two are
 * already too many. */
static size_t author_domains(const struct address_list *from)
{
	const char *first = NULL;
	size_t count = 0;

	for (size_t i = 0; i < from->count; i++) {
		const char *domain = from->address[i].domain;

		if (!domain || (first && strcmp(first, domain) == 0))
			continue;
		first = first ? first : domain;
		count++;
	}
	return count;
}

static void read_identities(struct report *report)
{
	struct evidence *e = &report->evidence;
	const struct message *m = e->message;
	const struct field *sender = message_field(m, NAME_SENDER, 0),
			   *reply = message_field(m, NAME_REPLY_TO, 0);

	e->from_field = message_field(m, NAME_FROM, 0);
	if (e->from_field)
		e->from = address_parse(e->arena, e->from_field->value);
	report->header_from = message_field_count(m, NAME_FROM) == 1
				      ? e->from
				      : addresses_of(e->arena, m, NAME_FROM, NAME_OTHER);
	if (reply)
		e->reply_to = address_parse(e->arena, reply->value);
	if (sender)
		e->sender = address_parse(e->arena, sender->value);
	e->recipients = addresses_of(e->arena, m, NAME_TO, NAME_CC);
	for (size_t i = 0; i < e->from.count && !e->author_domain; i++)
		e->author_domain = e->from.address[i].domain;
	if (e->trace->mail_from.value)
		e->mail_from_domain =
			address_domain(e->arena, span_of(e->trace->mail_from.value));
	e->subject = text_of(e->arena, m, NAME_SUBJECT);
	e->date = e->trace->date;
	report->message_id = text_of(e->arena, m, NAME_MESSAGE_ID);
}

static void read_message(struct report *report, struct span raw, const struct origin *origin)
{
	const struct report_options *options = report->options;
	struct message_options how = {.mbox = origin->kind == SOURCE_MBOX};
	struct mime_options decode = {.hash = true, .detect = true};
	struct evidence *e = &report->evidence;
	struct trust *trust = ARENA_NEW(e->arena, struct trust);

	e->message = message_parse(e->arena, raw, &how);
	if (!options->auth_only) {
		struct url_list *urls = ARENA_NEW(e->arena, struct url_list);

		e->mime = mime_parse(e->arena, e->message, &decode);
		*urls = url_collect(e->arena, e->mime);
		e->urls = urls;
	}
	*trust = options->trust;
	/* What is stated of the client and its hop is so of the message that was received. */
	if (origin->enclosed)
		*trust = (struct trust){.host = trust->host, .host_count = trust->host_count, .enclosed = true};
	if (origin->separator.len)
		trust->from_line = arena_text(e->arena, origin->separator);
	e->trust = trust;
	e->trace = trace_build(e->arena, e->message, e->mime, trust);
}

/* INTERFACE, --at: receipt is when the last trusted hop received the message; the Date field where
 * there is none. */
static int64_t time_of_check(const struct report *report)
{
	const struct evidence *e = &report->evidence;

	if (report->options->at_mode == REPORT_AT_TIME)
		return report->options->at;
	if (e->trace->received_at != TIME_NONE)
		return e->trace->received_at;
	return e->date.valid ? e->date.time : TIME_NONE;
}

static void check_dmarc(struct report *report)
{
	struct evidence *e = &report->evidence;
	struct dmarc_query query = {
		.author_domain = e->author_domain,
		.author_domains = author_domains(&report->header_from),
		.dkim = e->dkim,
		.spf = e->spf,
		.psl = e->psl,
		.standard = report->options->dmarc,
	};

	e->dmarc = dmarc_check_cached(report->options->dmarc_cache, e->arena, e->dns, &query);
	e->org_domain = e->dmarc->decides->org_domain;
}

static void check(struct report *report)
{
	const struct report_options *options = report->options;
	struct evidence *e = &report->evidence;
	struct dkim_options dkim = {.at = e->at,
		.at_certain = options->at_mode == REPORT_AT_TIME ||
			      (e->trace->received_at != TIME_NONE && !e->trace->border_assumed),
		.now = options->now,
		.repair = options->repair};
	struct arc_options arc = {.dkim = dkim,
		.trusted_sealer = options->trusted_sealer,
		.trusted_sealer_count = options->trusted_sealer_count};
	struct spf_query spf = {.client = e->trace->client,
		.mail_from = e->trace->mail_from.value,
		.helo = e->trace->helo.value,
		.at = e->at == TIME_NONE ? 0 : e->at,
		.cache = options->spf_cache};

	e->dkim = dkim_check(e->arena, e->message, e->dns, options->dkim, &dkim);
	e->arc = arc_check(e->arena, e->message, e->trace, e->dns, options->dkim, &arc);
	e->spf = spf_check(e->arena, e->dns, &spf);
	check_dmarc(report);
}

static void gather(struct report *report)
{
	const struct evidence *e = &report->evidence;

	report->findings = findings_build(e);
	report->author = report->findings->author;
	report->severity = report->findings->severity;
	report->dkim_result = e->dkim->result;
	report->spf_result = e->spf->mail_from->result;
	report->dmarc_result = e->dmarc->decides->result;
	report->arc_result = e->arc->result;
	report->sha256 = message_sha256(e->arena, e->message);
	report->dedupe = message_dedupe(e->arena, e->message, report->sha256);
	report_missing(report);
	report_clocks(report);
	report_compare(report);
	report_not_known(report);
	report_summary(report);
	if (report->options->record_only)
		return;
	report_receiving(report);
	report_claims(report);
}

const struct report *report_build(struct arena *arena, struct span raw, const struct origin *origin,
	const struct report_options *options)
{
	struct report *report = ARENA_NEW(arena, struct report);
	struct evidence *e = &report->evidence;

	report->options = options;
	report->origin = *origin;
	e->arena = arena;
	e->dns = ARENA_NEW(arena, struct dns_log);
	dns_log_init(e->dns, arena, options->dns);
	report->extra_dns = ARENA_NEW(arena, struct dns_log);
	dns_log_init(report->extra_dns, arena, options->dns);
	e->dns_complete = options->dns_complete;
	e->psl = options->psl;
	e->protect = options->protect;
	e->protect_count = options->protect_count;
	read_message(report, raw, origin);
	read_identities(report);
	e->at = report->checked_at = time_of_check(report);
	check(report);
	gather(report);
	return report;
}
