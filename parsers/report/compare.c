/* SPDX-License-Identifier: ISC */
/*
 * Claimed against recomputed: for each recorded result of DKIM, SPF, DMARC and ARC our own beside
 * it, and the reason for a difference. Where a host judged another client or envelope than that of
 * the border, SPF is evaluated again for what it saw.
 */
#include "parsers/report/build.h"

#include <string.h>
#include <strings.h>

/* Evaluations of other hosts' clients in one message; what lies beyond is left unknown. */
enum { MOST_EVALUATIONS = 12, MOST_COMPARISONS = 500 };

struct compare {
	struct report *report;
	struct arena *arena;
	const struct recorded *field;
	const struct recorded_result *result;
	unsigned evaluations;
};

static const char *property(const struct recorded_result *r, const char *name)
{
	for (size_t i = 0; i < r->property_count; i++)
		if (strcasecmp(r->property[i].name, name) == 0)
			return r->property[i].value;
	return NULL;
}

/* Words of receivers for the results of RFC 8601. */
static const char *plain_word(const char *word)
{
	static const char *const same[][2] = {{"hardfail", "fail"}, {"bestguesspass", "none"},
		{"permfail", "permerror"}, {"tempfail", "temperror"}, {"error", "permerror"},
		{"unknown", "permerror"}, {"signed", "pass"}, {"bad", "fail"}};

	for (size_t i = 0; i < sizeof same / sizeof *same; i++)
		if (strcasecmp(same[i][0], word) == 0)
			return same[i][1];
	return word;
}

static struct comparison *add(struct compare *c, const char *identity, const char *recomputed,
	int agrees, const char *why)
{
	struct report *r = c->report;
	struct comparison *ret =
		LIST_ADD(c->arena, r->comparison, r->comparison_count, r->comparison_room);

	*ret = (struct comparison){c->result->method, identity, c->result->result, recomputed,
		agrees, why, c->field->field, c->field->trusted};
	return ret;
}

static const char *lower_domain(struct arena *arena, const char *text)
{
	const char *at = text ? strrchr(text, '@') : NULL;

	return text ? arena_lower(arena, span_trim(span_of(at ? at + 1 : text))) : NULL;
}

/* Why two results differ where nothing better is known: what was claimed, and who wrote the field.
 */
static const char *claim_note(const struct compare *c)
{
	bool claims_pass = strcasecmp(c->result->result, "pass") == 0;

	if (strcasecmp(plain_word(c->result->result), "none") == 0)
		return "what it is judged by was published later, or not looked up then";
	if (c->field->kind == RECORDED_ARC)
		return "as that host saw it; it may have changed since";
	if (!claims_pass)
		return "that host judged by other DNS answers, or another hop";
	if (!c->field->trusted)
		return "no trusted host wrote this claim, and nothing here supports it";
	return "a host of ours found otherwise at the time";
}

/* --- DKIM */

static const struct dkim_signature *find_signature(
	const struct compare *c, const char *domain, const char *selector, const char *b)
{
	const struct dkim *dkim = c->report->evidence.dkim;
	const struct dkim_signature *found = NULL;

	for (size_t i = 0; i < dkim->count; i++) {
		const struct dkim_signature *s = &dkim->signature[i];

		if (!s->domain || !domain || strcasecmp(s->domain, domain) != 0)
			continue;
		if (selector && s->selector && strcasecmp(s->selector, selector) != 0)
			continue;
		if (b && span_starts(s->where_b, b))
			return s;
		if (!found || (found->result != RESULT_PASS && s->result == RESULT_PASS))
			found = s;
	}
	return found;
}

static const char *dkim_reason(const struct compare *c, const struct dkim_signature *s)
{
	switch (s->cause) {
	case CAUSE_BODY_CHANGED:
		return "the body has changed since";
	case CAUSE_HEADER_CHANGED:
		return "signed header fields have changed since";
	case CAUSE_BOTH_CHANGED:
		return "header and body have changed since";
	case CAUSE_WRONG_KEY:
		return "made with another key than the one on record";
	case CAUSE_KEY_MISSING:
	case CAUSE_KEY_REVOKED:
		return "the key is no longer published";
	case CAUSE_EXPIRED:
		return "expired at the time of this check";
	case CAUSE_ALGORITHM_FORBIDDEN:
		return "rsa-sha1 is no longer accepted (RFC 8301)";
	default:
		return claim_note(c);
	}
}

static bool passes(const char *word)
{
	return strcasecmp(word, "pass") == 0;
}

static void compare_dkim(struct compare *c)
{
	const char *said = plain_word(c->result->result), *i = property(c->result, "header.i"),
		   *d = property(c->result, "header.d");
	const char *domain = lower_domain(c->arena, d ? d : i);
	const struct dkim_signature *s = find_signature(
		c, domain, property(c->result, "header.s"), property(c->result, "header.b"));
	const char *ours = s ? result_word(s->result) : NULL;

	if (!domain && strcasecmp(said, "none") == 0)
		add(c, NULL,
			c->report->evidence.dkim->count ? result_word(c->report->dkim_result)
							: "none",
			c->report->evidence.dkim->count ? -1 : 1,
			c->report->evidence.dkim->count ? "signed later" : "");
	else if (!s)
		add(c, domain, NULL, -1,
			domain ? "no such signature is left in the message"
			       : "it does not say which signature");
	else if (s->cause == CAUSE_NOT_RECORDED || s->cause == CAUSE_DNS_FAILED)
		add(c, domain, ours, -1, "the key is not in the DNS evidence");
	else if (passes(said) == (s->result == RESULT_PASS))
		add(c, domain, ours, 1,
			strcasecmp(said, ours) == 0 ? "" : "another word for the same");
	else
		add(c, domain, ours, 0,
			s->result == RESULT_PASS ? "it verifies with the evidence given"
						 : dkim_reason(c, s));
}

/* --- SPF */

/* The client that the host saw, by its properties or the words of its comment. */
static struct ip client_seen(const struct recorded_result *r)
{
	static const char *const name[] = {
		"client-ip", "smtp.client-ip", "smtp.remote-ip", "policy.client-ip", "sender-ip"};
	struct ip ip = {0};

	for (size_t i = 0; i < sizeof name / sizeof *name; i++) {
		const char *value = property(r, name[i]);

		if (value && (ip = ip_parse(span_of(value))).family)
			return ip;
	}
	for (const char *at = r->comment; at && *at;) {
		size_t word = strcspn(at, " \t\r\n;,()"), len = word;

		if (word >= 3 && word < 60 && (ip = ip_parse(span_make(at, len))).family)
			return ip;
		at += word + strspn(at + word, " \t\r\n;,()");
	}
	return ip;
}

/* The hop that the field's host wrote: the nearest one below the field "by" its authserv-id, with a
 * public client. */
static const struct hop *hop_of_host(const struct compare *c)
{
	const struct trace *trace = c->report->evidence.trace;
	const char *host = c->field->authserv_id;

	for (size_t i = 0; host && i < trace->count && i < LIMIT_RECEIVED; i++) {
		const struct hop *hop = &trace->hop[i];

		if (hop->field->index > c->field->field->index && hop->by &&
			strcasecmp(hop->by, host) == 0 && ip_public(&hop->addr))
			return hop;
	}
	return NULL;
}

static const struct spf_result *evaluate(
	struct compare *c, const struct ip *client, const char *mail_from, const char *helo)
{
	struct report *r = c->report;
	struct spf_query query = {.client = *client,
		.mail_from = mail_from,
		.helo = helo,
		.at = r->checked_at == TIME_NONE ? 0 : r->checked_at};

	if (c->evaluations++ >= MOST_EVALUATIONS)
		return NULL;
	return mail_from ? spf_check_mail_from(c->arena, r->extra_dns, &query)
			 : spf_check_helo(c->arena, r->extra_dns, &query);
}

static void judge_spf(
	struct compare *c, const char *identity, const struct spf_result *ours, const char *note)
{
	const char *word = ours ? result_word(ours->result) : NULL;

	if (!ours)
		add(c, identity, NULL, -1, note);
	else if (ours->cause == CAUSE_NOT_RECORDED || ours->cause == CAUSE_DNS_FAILED)
		add(c, identity, word, -1, "not all SPF records are in the DNS evidence");
	else if (ours->cause == CAUSE_NO_CLIENT)
		add(c, identity, NULL, -1, "the client that it saw is not known");
	else if (strcasecmp(plain_word(c->result->result), word) == 0)
		add(c, identity, word, 1, note ? note : "");
	else
		add(c, identity, word, 0, note ? note : claim_note(c));
}

static void compare_spf(struct compare *c)
{
	const struct evidence *e = &c->report->evidence;
	const char *from = property(c->result, "smtp.mailfrom"),
		   *helo = property(c->result, "smtp.helo");
	struct ip client = client_seen(c->result);
	const char *identity;

	if (!from)
		from = property(c->result, "envelope-from");
	if (!from)
		from = property(c->result, "smtp.mail");
	if (!helo)
		helo = property(c->result, "helo");
	from = from && strcmp(from, "<>") == 0 ? "" : from;
	identity = from && *from ? lower_domain(c->arena, from) : lower_domain(c->arena, helo);

	const struct hop *hop = client.family ? NULL : hop_of_host(c);

	if (hop) {
		client = hop->addr;
		helo = helo ? helo : hop->helo;
	}

	bool ours = (!client.family || ip_equal(&client, &e->trace->client)) &&
		    (!identity || !e->spf->mail_from->domain ||
			    strcmp(identity, e->spf->mail_from->domain) == 0);

	if (ours && (client.family || c->field->trusted)) {
		judge_spf(c, identity, e->spf->mail_from, NULL);
	} else if (client.family && identity) {
		/* A bare domain stands for postmaster at it, as receivers write it. */
		const char *sender =
			from && *from ? strchr(from, '@')
						? from
						: arena_printf(c->arena, "postmaster@%s", from)
				      : NULL;

		judge_spf(c, identity, evaluate(c, &client, sender, helo ? helo : identity),
			ip_equal(&client, &e->trace->client)
				? "for that envelope"
				: arena_printf(c->arena, "for the client it saw, %s",
					  ip_text(c->arena, &client)));
	} else if (ours) {
		judge_spf(c, identity, e->spf->mail_from, NULL);
	} else {
		add(c, identity, NULL, -1, "it judged another hop, and does not say which client");
	}
}

/* --- DMARC and ARC */

static void compare_dmarc(struct compare *c)
{
	const struct evidence *e = &c->report->evidence;
	const struct dmarc_eval *d = e->dmarc->decides;
	const char *said = plain_word(c->result->result), *word = result_word(d->result);
	const char *identity = lower_domain(c->arena, property(c->result, "header.from"));

	if (identity && e->author_domain && strcmp(identity, e->author_domain) != 0)
		add(c, identity, NULL, -1, "it judged another From");
	else if (d->result == RESULT_TEMPERROR || !d->complete)
		add(c, identity, word, -1, "not all records are in the DNS evidence");
	else if (strcasecmp(said, word) == 0)
		add(c, identity, word, 1, "");
	else if (passes(said))
		add(c, identity, word, 0,
			c->report->dkim_result == RESULT_FAIL
				? "the signature that it rested on no longer verifies"
				: claim_note(c));
	else
		add(c, identity, word, 0, claim_note(c));
}

static void compare_arc(struct compare *c)
{
	const struct arc *arc = c->report->evidence.arc;
	const char *said = plain_word(c->result->result), *word = result_word(arc->result);

	if (arc->cause == CAUSE_NOT_RECORDED)
		add(c, NULL, word, -1, "not all keys are in the DNS evidence");
	else if (strcasecmp(said, "none") == 0 && arc->count)
		add(c, NULL, word, -1, "sealed later");
	else if (c->field->kind == RECORDED_ARC)
		add(c, NULL, word, strcasecmp(said, word) == 0 ? 1 : -1,
			"of the chain as it was at that host");
	else
		add(c, NULL, word, strcasecmp(said, word) == 0,
			strcasecmp(said, word) == 0 ? "" : claim_note(c));
}

static void compare_result(struct compare *c)
{
	static const struct {
		const char *method;
		void (*compare)(struct compare *);
	} method[] = {{"dkim", compare_dkim}, {"spf", compare_spf}, {"dmarc", compare_dmarc},
		{"arc", compare_arc}};

	for (size_t i = 0; i < sizeof method / sizeof *method; i++)
		if (strcmp(c->result->method, method[i].method) == 0)
			method[i].compare(c);
}

void report_compare(struct report *report)
{
	const struct trace *trace = report->evidence.trace;
	struct compare c = {.report = report, .arena = report->evidence.arena};

	for (size_t i = 0; i < trace->recorded_count; i++)
		for (size_t k = 0; k < trace->recorded[i].result_count &&
				   report->comparison_count < MOST_COMPARISONS;
			k++) {
			c.field = &trace->recorded[i];
			c.result = &trace->recorded[i].result[k];
			if (c.result->method && c.result->result)
				compare_result(&c);
		}
}
