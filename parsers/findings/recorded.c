/* SPDX-License-Identifier: ISC */
/*
 * Verdicts that the message brings along: Authentication-Results, Received-SPF, filters' fields.
 * Only what a host of ours wrote above the border is evidence; the rest is text that anyone can
 * write.
 */
#include "parsers/findings/findings.h"

#include <strings.h>

#include "parsers/findings/common.h"

enum { STALE = 30 * 86400, RECORDED_MAX = 200 };

static bool handed_on(const struct findings *f)
{
	/* Whether the author is excused or not: who passes mail on changes it. */
	return finding_find(f, FINDING_CTX_LIST) || finding_find(f, FINDING_CTX_FORWARD);
}

static bool of_ours(const struct evidence *e, const char *host)
{
	return host && e->trust && trust_covers(e->trust, host, NULL);
}

static const char *property(const struct recorded_result *result, const char *name)
{
	for (size_t i = 0; i < result->property_count; i++)
		if (strcasecmp(result->property[i].name, name) == 0)
			return result->property[i].value;
	return NULL;
}

/* --- in whose name, and where --- */

/* Our host received it once more further down: the message went out and came back. */
static bool came_back(const struct evidence *e, const struct recorded *rec)
{
	for (size_t i = e->trace->border; i < e->trace->count; i++)
		if (e->trace->hop[i].field->index > rec->field->index &&
			same_org(e, e->trace->hop[i].by, rec->authserv_id))
			return true;
	return false;
}

static void check_author_of(struct findings *f, const struct recorded *rec)
{
	const struct evidence *e = f->evidence;
	bool below = below_border(e, rec->field);

	if (rec->kind == RECORDED_AR && of_ours(e, rec->authserv_id) && below && e->trace->border)
		finding_show(f,
			finding_raise(f, FINDING_AR_FORGED_LOCAL,
				came_back(e, rec) ? SEVERITY_MEDIUM : SEVERITY_NONE,
				"it names %s and stands below the line where that host received "
				"the message",
				rec->authserv_id),
			rec->field->whole, "brought along");
	else if (rec->kind == RECORDED_AR && !rec->trusted && !of_ours(e, rec->authserv_id))
		finding_show(f,
			finding_raise(f, FINDING_AR_UNTRUSTED,
				handed_on(f) || !e->trust || !e->trust->host_count ? SEVERITY_INFO
										   : SEVERITY_NONE,
				"written by %s",
				rec->authserv_id ? rec->authserv_id : "a server without a name"),
			rec->field->whole, "not evidence");
}

static void check_received_spf(struct findings *f, const struct recorded *rec)
{
	const struct evidence *e = f->evidence;
	const char *receiver = rec->authserv_id;

	for (size_t i = 0; i < rec->result_count && !receiver; i++)
		receiver = property(&rec->result[i], "receiver");
	if (rec->kind != RECORDED_SPF || !e->trace->border || !below_border(e, rec->field))
		return;
	finding_show(f,
		finding_raise(f, FINDING_AR_RCVDSPF_LOW,
			of_ours(e, receiver)                                 ? SEVERITY_MEDIUM
			: handed_on(f) || !e->trust || !e->trust->host_count ? SEVERITY_INFO
									     : SEVERITY_NONE,
			"it was there before the border%s%s", receiver ? ", in the name of " : "",
			receiver ? receiver : ""),
		rec->field->whole, "brought along");
}

/* --- what it says against what can be computed --- */

static bool stale(const struct evidence *e, const struct dkim_signature *s)
{
	return s->key.recorded != TIME_NONE && e->trace->received_at != TIME_NONE &&
	       s->key.recorded - e->trace->received_at > STALE;
}

/* All signatures of the domain fail over other bytes, made with the key that is here: the first of
 * them, or NULL. */
static const struct dkim_signature *refuted(const struct evidence *e, const char *domain)
{
	const struct dkim_signature *found = NULL;

	for (size_t i = 0; e->dkim && i < e->dkim->count; i++) {
		const struct dkim_signature *s = &e->dkim->signature[i];

		if (!s->domain || strcasecmp(s->domain, domain) != 0)
			continue;
		/* Another key: it may have been rotated since. */
		if (s->result != RESULT_FAIL || s->cause == CAUSE_WRONG_KEY)
			return NULL;
		if (!found)
			found = s;
	}
	return found;
}

static void check_dkim_claim(
	struct findings *f, const struct recorded *rec, const struct recorded_result *result)
{
	const struct evidence *e = f->evidence;
	const char *domain = property(result, "header.d");
	const struct dkim_signature *s = domain ? refuted(e, domain) : NULL;
	/* Lists and footers change what was fine before: only what our own host recorded can be
	 * held to the bytes. */
	bool changed = s && (handed_on(f) || rec->trusted || (s->repair && s->repair->proven));

	if (!s || (changed && !rec->trusted))
		return;
	finding_show(f,
		finding_show(f,
			finding_raise(f, FINDING_AR_CONTRADICTS,
				changed || stale(e, s) ? SEVERITY_MEDIUM : SEVERITY_NONE,
				"it says that the signature of %s passes; checked again it fails",
				domain),
			rec->field->whole, "recorded"),
		s->field->whole, "fails");
}

static void check_spf_claim(
	struct findings *f, const struct recorded *rec, const struct recorded_result *result)
{
	const struct evidence *e = f->evidence;
	const char *sender, *domain;

	if (!rec->trusted || !e->spf || !e->spf->mail_from ||
		e->spf->mail_from->result != RESULT_FAIL || !e->spf->mail_from->domain)
		return;
	sender = property(result, "smtp.mailfrom");
	domain = sender ? address_domain(f->arena, span_of(sender)) : NULL;
	if (!domain && sender)
		domain = domain_ascii(f->arena, span_of(sender));
	if (!domain || strcasecmp(domain, e->spf->mail_from->domain) != 0)
		return;
	finding_show(f,
		finding_raise(f, FINDING_AR_CONTRADICTS, SEVERITY_NONE,
			"it says that SPF passes for %s; checked again it fails", domain),
		rec->field->whole, "recorded");
}

static void check_claims(struct findings *f, const struct recorded *rec)
{
	for (size_t i = 0; rec->kind == RECORDED_AR && i < rec->result_count; i++) {
		const struct recorded_result *result = &rec->result[i];

		if (!result->method || !result->result || strcmp(result->result, "pass") != 0)
			continue;
		if (strcmp(result->method, "dkim") == 0)
			check_dkim_claim(f, rec, result);
		else if (strcmp(result->method, "spf") == 0)
			check_spf_claim(f, rec, result);
	}
}

/* --- values that a reader cuts short --- */

enum { QUOTED_MAX = 256 };

/* pvalue = [CFWS] ( value / [ local-part ] "@" domain-name ): up to a blank, quoted parts passed
 * over. */
static size_t value_end(struct span s, size_t at)
{
	while (at < s.len && !is_space(s.ptr[at]) && s.ptr[at] != ';' && s.ptr[at] != ',') {
		struct span quoted = span_sub(s, at + 1, at + QUOTED_MAX);
		size_t end = s.ptr[at] == '"' ? span_chr(quoted, '"') : quoted.len;

		at += end < quoted.len && span_chr(span_sub(quoted, 0, end), ';') >= end ? end + 2
											 : 1;
	}
	return at;
}

/* A domain with a bracket or a quote inside: "bank.example(.attack.example". V is the raw value up
 * to white space. */
static bool crafted(struct span v, bool domain)
{
	size_t open = 0, close = 0, quotes = 0, single = 0;

	/* A whole value in quotes, or a comment right behind it, is grammar. */
	if (v.len > 1 && v.ptr[0] == '"' && v.ptr[v.len - 1] == '"')
		v = span_sub(v, 1, v.len - 1);
	for (size_t i = 0; i < v.len; i++) {
		open += v.ptr[i] == '(';
		close += v.ptr[i] == ')';
		quotes += v.ptr[i] == '"';
		single += v.ptr[i] == '\'';
	}
	/* A closing one may belong to a comment around the whole. */
	if (quotes % 2 || open > close)
		return true;
	return domain && (quotes || single);
}

static void check_injection(struct findings *f, const struct recorded *rec)
{
	static const char *const key[] = {"header.d=", "header.from=", "smtp.mailfrom=",
		"smtp.mail=", "smtp.helo=", "envelope-from="};
	struct span s = rec->field->value;

	if (span_chr(s, '(') == s.len && span_chr(s, '"') == s.len && span_chr(s, '\'') == s.len)
		return;
	for (size_t i = 0; i < sizeof key / sizeof *key; i++)
		for (size_t at = 0; (at = span_ifind(s, span_of(key[i]), at)) < s.len;) {
			size_t from = at + strlen(key[i]), to = value_end(s, from);

			if (crafted(span_sub(s, from, to), i < 2))
				finding_show(f,
					finding_raise(f, FINDING_AR_INJECTION, SEVERITY_NONE,
						"a bracket or quote stands inside the value of "
						"%.*s",
						(int)strlen(key[i]) - 1, key[i]),
					span_sub(s, at, to), "cut short by some");
			at = to;
		}
}

/* --- several in our name --- */

static bool in_our_name(const struct evidence *e, const struct recorded *rec)
{
	return rec->kind == RECORDED_AR && (rec->trusted || of_ours(e, rec->authserv_id));
}

/* What RECORDED says of METHOD: the result where all say the same, "pass" where any passes. */
static const char *said(const struct recorded *rec, const char *method)
{
	const char *result = NULL;

	for (size_t i = 0; i < rec->result_count; i++)
		if (rec->result[i].method && rec->result[i].result &&
			strcmp(rec->result[i].method, method) == 0 &&
			(!result || strcmp(rec->result[i].result, "pass") == 0))
			result = rec->result[i].result;
	return result;
}

static void compare_two(struct findings *f, const struct recorded *a, const struct recorded *b)
{
	static const char *const method[] = {"dkim", "spf", "dmarc"};

	if (!a->authserv_id || !b->authserv_id || strcasecmp(a->authserv_id, b->authserv_id) != 0)
		return;
	for (size_t i = 0; i < sizeof method / sizeof *method; i++) {
		const char *x = said(a, method[i]), *y = said(b, method[i]);

		if (x && y && strcmp(x, y) != 0)
			finding_show(f,
				finding_show(f,
					finding_raise(f, FINDING_AR_MULTIPLE,
						handed_on(f) ? SEVERITY_LOW : SEVERITY_NONE,
						"%s says %s=%s and %s=%s", a->authserv_id,
						method[i], x, method[i], y),
					a->field->whole, "one"),
				b->field->whole, "another");
	}
}

static void check_several(struct findings *f)
{
	const struct evidence *e = f->evidence;
	const struct recorded *last = NULL;

	for (size_t i = 0; i < e->trace->recorded_count && i < RECORDED_MAX; i++) {
		const struct recorded *rec = &e->trace->recorded[i];

		if (!in_our_name(e, rec))
			continue;
		if (last)
			compare_two(f, last, rec);
		last = rec;
	}
}

/* --- filters' fields --- */

/* Exchange writes its fields below the line that it writes first, so they say nothing where it
 * received the message. */
static bool exchange_received(const struct evidence *e)
{
	for (size_t i = 0; i < e->trace->border; i++) {
		const struct hop *hop = &e->trace->hop[i];

		if ((hop->family && strcmp(hop->family, "Exchange") == 0) ||
			same_org(e, hop->by, "outlook.com"))
			return true;
	}
	return false;
}

static bool names_ours(const struct evidence *e, struct span value)
{
	for (size_t i = 0; e->trust && i < e->trust->host_count; i++) {
		struct span host = span_of(e->trust->host[i]);

		if (host.len && host.ptr[0] == '.')
			host = span_skip(host, 1);
		if (host.len > 3 && span_ifind(value, host, 0) < value.len)
			return true;
	}
	return false;
}

/* Fields of filters: the vendor's name, and ours in the value. */
static bool is_filters(const struct evidence *e, const struct field *field)
{
	static const char *const prefix[] = {"X-Spam-", "X-Forefront-", "X-IronPort-", "X-Virus-",
		"X-Google-", "X-Barracuda-", "X-Proofpoint-", "X-Mimecast-", "X-Amavis-",
		"X-Rspamd-"};

	for (size_t i = 0; i < sizeof prefix / sizeof *prefix; i++)
		if (span_istarts(field->name, prefix[i]))
			return names_ours(e, field->value);
	return false;
}

static void check_vendor(struct findings *f)
{
	const struct evidence *e = f->evidence;
	enum { UNKNOWN, YES, NO } exchange = UNKNOWN;

	for (size_t i = 0; e->trace->border && i < e->message->field_count; i++) {
		const struct field *field = &e->message->field[i];
		bool organization;

		if (field->name.len < 6 || (field->name.ptr[0] | 32) != 'x' ||
			!below_border(e, field))
			continue;
		organization = span_istarts(field->name, "X-MS-Exchange-Organization-");
		if (organization && exchange == UNKNOWN)
			exchange = exchange_received(e) ? YES : NO;
		if (organization ? exchange == NO : is_filters(e, field))
			finding_show(f,
				finding_raise(f, FINDING_HDR_VENDOR_INJECT,
					f->context & CONTEXT_INTERNAL ? SEVERITY_LOW
								      : SEVERITY_NONE,
					"%.*s was there before the border", SPAN_ARG(field->name)),
				field->whole, "brought along");
	}
}

void findings_recorded(struct findings *f)
{
	const struct trace *trace = f->evidence->trace;

	if (!trace)
		return;
	for (size_t i = 0; i < trace->recorded_count && i < RECORDED_MAX; i++) {
		const struct recorded *rec = &trace->recorded[i];

		check_author_of(f, rec);
		check_received_spf(f, rec);
		check_claims(f, rec);
		check_injection(f, rec);
	}
	check_several(f);
	check_vendor(f);
}
