/* SPDX-License-Identifier: ISC */
#include "parsers/spf/spf.h"

#include "parsers/message/address.h"
#include "parsers/spf/evaluate.h"

/* An address or a HELO longer than this is none (RFC 5321 4.5.3.1.3: a path has 256 octets). */
enum { MAX_SENDER = 1024 };

const char *spf_fact_domain(const struct spf_result *r, enum spf_fact fact)
{
	for (unsigned bit = 0; bit < SPF_FACT_COUNT; bit++)
		if ((unsigned)fact == 1u << bit && (r->facts & fact))
			return r->fact_at[bit];
	return NULL;
}

static struct spf_result *not_evaluated(struct arena *arena, enum cause cause, const char *why)
{
	struct spf_result *r = ARENA_NEW(arena, struct spf_result);

	r->result = RESULT_NONE;
	r->cause = cause;
	r->explanation = why;
	return r;
}

/* exp= (6.2): one TXT record in ASCII with the right syntax, else as if there were none. */
static const char *explanation_of(struct spf_eval *e, const struct spf_verdict *v)
{
	const struct dns_answer *a;
	struct span text;

	if (!v->exp.len)
		return NULL;
	e->macro.domain = v->exp_domain;
	a = dns_lookup(e->dns, spf_target_name(&e->macro, v->exp), DNS_TXT, "SPF explanation");
	if (a->status != DNS_FOUND || a->count != 1)
		return NULL;
	text = a->record[0].txt;
	return spf_macro_string(text, true) ? spf_explain_text(&e->macro, text) : NULL;
}

static const char *sentence(struct arena *arena, const struct spf_verdict *v, const char *ip,
	const char *domain, const char *identity)
{
	const char *term = v->mechanism ? v->mechanism : "";

	switch (v->result) {
	case RESULT_PASS:
		return arena_printf(arena, "%s may send for %s (%s).", ip, identity, term);
	case RESULT_FAIL:
		return arena_printf(arena, "%s may not send for %s (%s).", ip, identity, term);
	case RESULT_SOFTFAIL:
		return arena_printf(arena, "%s says that %s is probably none of its senders (%s).",
			domain, ip, term);
	case RESULT_NEUTRAL:
		return arena_printf(arena, "%s neither allows nor forbids %s.", domain, ip);
	case RESULT_NONE:
		return arena_printf(arena, "Nothing to check: %s.", v->problem);
	case RESULT_TEMPERROR:
		return arena_printf(arena, "SPF of %s is unknown: %s.", domain, v->problem);
	default:
		return arena_printf(arena, "SPF of %s can't be evaluated: %s.", domain, v->problem);
	}
}

/*
 * 4.1: check_host(<ip>, <domain>, <sender>), <domain> being that of the sender, into RET. True
 * where no macro and no explanation was expanded: client and domain alone decide then.
 */
static bool evaluate(struct arena *arena, struct dns_log *dns, const struct spf_query *q,
	const char *local, const char *domain, struct spf_evaluation *ret)
{
	struct spf_result *r = &ret->result;
	struct spf_eval e = {
		.arena = arena,
		.dns = dns,
		.result = r,
		.macro = {.arena = arena,
			.local = local,
			.sender_domain = domain,
			.domain = domain,
			.helo = q->helo && strlen(q->helo) <= MAX_SENDER ? q->helo : "unknown",
			.receiver = q->receiver ? q->receiver : "unknown",
			.client = q->client,
			.at = q->at == TIME_NONE ? 0 : q->at,
			.validated = spf_validated_name},
	};
	const struct spf_verdict *v = &ret->verdict;

	e.macro.data = &e;
	r->domain = domain;
	ret->verdict = spf_check_host(&e, domain, 0, true);
	r->result = v->result;
	r->cause = v->cause;
	r->mechanism = v->mechanism;
	r->clause = v->clause;
	r->exp = explanation_of(&e, v);
	r->addresses = spf_ranges_size(&e.ranges);
	if (r->addresses >= UINT64_C(1) << 31)
		spf_fact(&e, SPF_PLUS_ALL, domain);
	return !e.expanded && !v->exp.len;
}

/* The same out of the cache, or into it. */
static const struct spf_evaluation *evaluate_once(
	struct dns_log *dns, const struct spf_query *q, const char *local, const char *domain)
{
	const struct spf_evaluation *known = spf_cache_find(q->cache, &q->client, domain);
	struct spf_evaluation *fresh;
	struct arena *arena;

	if (!known) {
		known = fresh = spf_cache_begin(q->cache, &arena);
		dns_log_init(&fresh->asked, arena, dns->dns);
		if (evaluate(arena, &fresh->asked, q, local, arena_strdup(arena, domain), fresh))
			spf_cache_add(q->cache, &q->client, domain, fresh);
	}
	dns_log_replay(dns, &known->asked);
	return known;
}

static struct spf_result *check(struct arena *arena, struct dns_log *dns, const struct spf_query *q,
	const char *local, const char *domain)
{
	struct spf_evaluation own = {0};
	const struct spf_evaluation *e = &own;
	struct spf_result *r = ARENA_NEW(arena, struct spf_result);

	if (q->cache)
		e = evaluate_once(dns, q, local, domain);
	else
		evaluate(arena, dns, q, local, domain, &own);
	*r = e->result;
	r->explanation = sentence(arena, &e->verdict, ip_text(arena, &q->client), domain,
		arena_printf(arena, "%s@%s", local, domain));
	return r;
}

/* A-labels of what stands in an address or a HELO; RFC 7208 4.3 wants them so. */
static const char *to_domain(struct arena *arena, struct span s)
{
	const char *ascii = NULL;

	for (size_t i = 0; i < s.len; i++)
		if (s.ptr[i] >= 0x80) {
			ascii = domain_ascii(arena, s);
			break;
		}
	if (!ascii)
		ascii = arena_lower(arena, s);
	return ascii;
}

/* A literal address is no domain (2.3: then there is nothing to check). */
static bool is_literal(struct span s)
{
	struct ip ip = ip_parse(s);

	return s.len == 0 || s.ptr[0] == '[' || ip.family != 0;
}

const struct spf_result *spf_check_helo(
	struct arena *arena, struct dns_log *dns, const struct spf_query *q)
{
	struct spf_result *r;
	struct span helo = span_trim(span_of(q->helo));

	if (!q->client.family)
		r = not_evaluated(
			arena, CAUSE_NO_CLIENT, "The address of the SMTP client is not known.");
	else if (helo.len == 0)
		r = not_evaluated(arena, CAUSE_NO_IDENTITY, "The HELO name is not known.");
	else if (is_literal(helo) || helo.len > MAX_SENDER)
		r = not_evaluated(arena, CAUSE_NO_IDENTITY, "The HELO name is no domain name.");
	else
		r = check(arena, dns, q, "postmaster", to_domain(arena, helo));
	r->facts |= SPF_ON_HELO;
	return r;
}

const struct spf_result *spf_check_mail_from(
	struct arena *arena, struct dns_log *dns, const struct spf_query *q)
{
	struct span sender = span_trim(span_of(q->mail_from));
	size_t at;
	const char *local;

	if (!q->client.family)
		return not_evaluated(
			arena, CAUSE_NO_CLIENT, "The address of the SMTP client is not known.");
	if (!q->mail_from)
		return not_evaluated(arena, CAUSE_NO_IDENTITY, "The envelope sender is not known.");
	if (sender.len >= 2 && sender.ptr[0] == '<' && sender.ptr[sender.len - 1] == '>')
		sender = span_sub(sender, 1, sender.len - 1);
	if (sender.len == 0) /* 2.4: a null reverse-path stands for postmaster@HELO */
		return spf_check_helo(arena, dns, q);
	if (sender.len > MAX_SENDER)
		return not_evaluated(arena, CAUSE_NO_IDENTITY,
			"The envelope sender is too long for an address.");
	at = span_rchr(sender, '@');
	/* 4.3: without a local-part it is postmaster's. */
	local = at == 0 || at == sender.len ? "postmaster"
					    : arena_text(arena, span_sub(sender, 0, at));
	return check(arena, dns, q, local,
		to_domain(arena, at == sender.len ? sender : span_skip(sender, at + 1)));
}

const struct spf *spf_check(struct arena *arena, struct dns_log *dns, const struct spf_query *q)
{
	struct spf *spf = ARENA_NEW(arena, struct spf);

	spf->mail_from = spf_check_mail_from(arena, dns, q);
	spf->helo = spf_check_helo(arena, dns, q);
	spf->client_ip = q->client.family ? ip_text(arena, &q->client) : NULL;
	return spf;
}
