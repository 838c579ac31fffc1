/* SPDX-License-Identifier: ISC */
/* The mechanisms that compare the client with addresses (RFC 7208 5.3 to 5.7). */
#include <stdio.h>

#include "parsers/spf/evaluate.h"

void spf_fact(struct spf_eval *e, enum spf_fact fact, const char *domain)
{
	unsigned bit = 0;

	while (!((unsigned)fact >> bit & 1))
		bit++;
	e->result->facts |= fact;
	if (!e->result->fact_at[bit])
		e->result->fact_at[bit] = domain;
}

/* Failed and not recorded answers end the evaluation (5: "the topmost check_host() returns
 * temperror"). */
enum spf_outcome spf_lookup_error(
	struct spf_eval *e, const struct dns_answer *a, const struct spf_term *term)
{
	bool failed = a->status == DNS_FAILED;

	if (!failed && a->status != DNS_NOT_RECORDED)
		return SPF_NO_MATCH;
	if (!failed && term && span_find(term->spec, SPAN("%{"), 0) < term->spec.len)
		spf_fact(e, SPF_MACRO_MISSING, a->name);
	e->error = (struct spf_verdict){
		.result = RESULT_TEMPERROR,
		.cause = failed ? CAUSE_DNS_FAILED : CAUSE_NOT_RECORDED,
		.clause = "RFC 7208 5",
		.problem = failed ? arena_printf(e->arena, "the lookup of %s %s failed (%s)",
					    a->name, dns_type_word(a->type),
					    a->detail ? a->detail : "server failure")
				  : arena_printf(e->arena, "%s %s is not recorded", a->name,
					    dns_type_word(a->type)),
	};
	return SPF_ERROR;
}

/* 4.6.4: terms whose lookup gives nothing are allowed twice. */
enum spf_outcome spf_count_void(struct spf_eval *e, const struct dns_answer *a)
{
	if (a->status != DNS_NXDOMAIN && a->status != DNS_NODATA)
		return SPF_NO_MATCH;
	if (++e->result->void_lookups <= SPF_MAX_VOID)
		return SPF_NO_MATCH;
	e->error = (struct spf_verdict){
		.result = RESULT_PERMERROR,
		.cause = CAUSE_VOID_LIMIT,
		.clause = "RFC 7208 4.6.4",
		.problem = arena_printf(e->arena,
			"more than %d lookups give nothing, the last is %s %s", SPF_MAX_VOID,
			a->name, dns_type_word(a->type)),
	};
	return SPF_ERROR;
}

static struct ip address_of(const struct dns_record *r, int family)
{
	struct ip ip = {.family = family};

	memcpy(ip.bytes, r->address, family == 4 ? 4 : 16);
	return ip;
}

/* A or AAAA of a host against the client; the prefix length by its family. */
static bool any_address(struct spf_eval *e, const struct dns_answer *a, const struct spf_term *term)
{
	int family = e->macro.client.family;
	unsigned bits = family == 4 ? term->bits4 : term->bits6;
	bool match = false;

	for (size_t i = 0; a->status == DNS_FOUND && i < a->count; i++) {
		struct ip ip = address_of(&a->record[i], family);

		if (term->qualifier == RESULT_PASS)
			spf_ranges_add(e->arena, &e->ranges, &ip, bits);
		match |= ip_within(&e->macro.client, &ip, bits);
	}
	return match;
}

static const struct dns_answer *ask_address(struct spf_eval *e, const char *name, const char *why)
{
	return dns_lookup(e->dns, name, e->macro.client.family == 4 ? DNS_A : DNS_AAAA, why);
}

/* "lookup 2: 192.0.2.1, 192.0.2.7": what was found, the first few. */
static void tell_addresses(struct spf_eval *e, struct spf_step *step, const struct dns_answer *a)
{
	enum { SHOWN = 4 };
	const char *text = a->status == DNS_FOUND ? "" : ": nothing found";

	for (size_t i = 0; a->status == DNS_FOUND && i < a->count && i < SHOWN; i++) {
		struct ip ip = address_of(&a->record[i], a->type == DNS_A ? 4 : 6);

		text = arena_printf(
			e->arena, "%s%s %s", text, i ? "," : ":", ip_text(e->arena, &ip));
	}
	if (a->status == DNS_FOUND && a->count > SHOWN)
		text = arena_printf(e->arena, "%s and %zu more", text, a->count - SHOWN);
	step->detail = arena_printf(e->arena, "%s%s", step->detail, text);
}

static enum spf_outcome match_a(
	struct spf_eval *e, const struct spf_term *term, const char *target, struct spf_step *step)
{
	const struct dns_answer *a = ask_address(e, target, "SPF a");

	tell_addresses(e, step, a);
	if (spf_lookup_error(e, a, term) || spf_count_void(e, a))
		return SPF_ERROR;
	return any_address(e, a, term) ? SPF_MATCH : SPF_NO_MATCH;
}

static enum spf_outcome match_exists(
	struct spf_eval *e, const struct spf_term *term, const char *target, struct spf_step *step)
{
	const struct dns_answer *a = dns_lookup(e->dns, target, DNS_A, "SPF exists");

	step->detail = arena_printf(e->arena, "%s, %s%s", step->detail, target,
		a->status == DNS_FOUND      ? " exists"
		: a->status == DNS_NXDOMAIN ? " does not exist"
					    : "");
	if (spf_lookup_error(e, a, term) || spf_count_void(e, a))
		return SPF_ERROR;
	return a->status == DNS_FOUND ? SPF_MATCH : SPF_NO_MATCH;
}

/*
 * More than 10 MX are a permerror, whatever they hold. An address that is not recorded leaves the
 * answer open only where no other host matches.
 */
static enum spf_outcome match_mx(
	struct spf_eval *e, const struct spf_term *term, const char *target, struct spf_step *step)
{
	const struct dns_answer *mx = dns_lookup(e->dns, target, DNS_MX, "SPF mx"), *missing = NULL;
	bool match = false;

	if (spf_lookup_error(e, mx, term) || spf_count_void(e, mx))
		return SPF_ERROR;
	if (mx->status == DNS_FOUND && mx->count > SPF_MAX_MX) {
		e->error = (struct spf_verdict){
			.result = RESULT_PERMERROR,
			.cause = CAUSE_LOOKUP_LIMIT,
			.clause = "RFC 7208 4.6.4",
			.problem = arena_printf(e->arena, "%s has %zu MX, more than %d", target,
				mx->count, SPF_MAX_MX),
		};
		return SPF_ERROR;
	}
	step->detail = arena_printf(
		e->arena, "%s, %zu MX", step->detail, mx->status == DNS_FOUND ? mx->count : 0);
	for (size_t i = 0; mx->status == DNS_FOUND && i < mx->count; i++) {
		const struct dns_answer *a;

		if (!*mx->record[i].name) /* a null MX (RFC 7505) */
			continue;
		a = ask_address(e, mx->record[i].name, "SPF mx");
		if (a->status == DNS_FAILED && !match)
			return spf_lookup_error(e, a, term);
		if (a->status == DNS_NOT_RECORDED)
			missing = missing ? missing : a;
		match |= any_address(e, a, term);
	}
	if (!match && missing)
		return spf_lookup_error(e, missing, term);
	return match ? SPF_MATCH : SPF_NO_MATCH;
}

static enum spf_outcome match_network(
	struct spf_eval *e, const struct spf_term *term, struct spf_step *step)
{
	unsigned bits = term->net.family == 4 ? term->bits4 : term->bits6;

	if (bits < (term->net.family == 4 ? 32u : 128u))
		step->detail =
			arena_printf(e->arena, "covers %s", spf_covers(e->arena, &term->net, bits));
	/* ip6:::ffff:0:0/96 can't match: such a client is an IPv4 client (5). */
	return ip_within(&e->macro.client, &term->net, bits) ? SPF_MATCH : SPF_NO_MATCH;
}

enum spf_outcome spf_match_term(
	struct spf_eval *e, const struct spf_term *term, const char *target, struct spf_step *step)
{
	switch (term->kind) {
	case SPF_ALL:
		return SPF_MATCH;
	case SPF_A:
		return match_a(e, term, target, step);
	case SPF_MX:
		return match_mx(e, term, target, step);
	case SPF_PTR:
		return spf_match_ptr(e, target, step);
	case SPF_EXISTS:
		return match_exists(e, term, target, step);
	default:
		return match_network(e, term, step);
	}
}

/* --- the client's names (5.5) --- */

/* NAME is DOMAIN or a name below it. */
static bool is_within(const char *name, const char *domain)
{
	struct span n = span_of(name), d = span_of(domain);

	return span_ieq(n, d) ||
	       (n.len > d.len && span_iends(n, domain) && n.ptr[n.len - d.len - 1] == '.');
}

static const struct dns_answer *ask_names(struct spf_eval *e)
{
	const char *dotted = spf_dotted(e->arena, &e->macro.client);
	char *name = arena_alloc(e->arena, 96);
	size_t len = 0;

	/* The labels in reverse: each is a run between dots. */
	for (size_t end = strlen(dotted); end > 0;) {
		size_t from = end;

		while (from > 0 && dotted[from - 1] != '.')
			from--;
		memcpy(name + len, dotted + from, end - from);
		len += end - from;
		name[len++] = '.';
		end = from ? from - 1 : 0;
	}
	snprintf(name + len, 96 - len, "%s.arpa", e->macro.client.family == 6 ? "ip6" : "in-addr");
	return dns_lookup(e->dns, name, DNS_PTR, "SPF ptr");
}

/* Whether the client is among NAME's addresses; *RET_UNKNOWN where that is not recorded. */
static bool is_validated(struct spf_eval *e, const char *name, bool *ret_unknown)
{
	const struct dns_answer *a = ask_address(e, name, "SPF ptr");

	if (a->status == DNS_NOT_RECORDED)
		*ret_unknown = true;
	for (size_t i = 0; a->status == DNS_FOUND && i < a->count; i++) {
		struct ip ip = address_of(&a->record[i], e->macro.client.family);

		if (ip_equal(&e->macro.client, &ip))
			return true;
	}
	return false;
}

static size_t name_count(const struct dns_answer *names)
{
	if (names->status != DNS_FOUND)
		return 0;
	return names->count < SPF_MAX_PTR ? names->count : SPF_MAX_PTR;
}

/*
 * Only the first 10 names count, and of these only such as could match need be validated. A failing
 * lookup is no match here (5.5), but one that is not recorded leaves the answer open.
 */
enum spf_outcome spf_match_ptr(struct spf_eval *e, const char *target, struct spf_step *step)
{
	const struct dns_answer *names = ask_names(e);
	bool unknown = false;

	if (names->status == DNS_NOT_RECORDED)
		return spf_lookup_error(e, names, NULL);
	if (spf_count_void(e, names))
		return SPF_ERROR;
	for (size_t i = 0; i < name_count(names); i++) {
		const char *name = names->record[i].name;

		if (!is_within(name, target) || !is_validated(e, name, &unknown))
			continue;
		step->detail = arena_printf(e->arena, "%s: %s", step->detail, name);
		return SPF_MATCH;
	}
	if (!unknown)
		return SPF_NO_MATCH;
	e->error = (struct spf_verdict){
		.result = RESULT_TEMPERROR,
		.cause = CAUSE_NOT_RECORDED,
		.clause = "RFC 7208 5.5",
		.problem = "the addresses of the client's names are not recorded",
	};
	return SPF_ERROR;
}

/* %{p}: <domain> itself where it is validated, else a name below it, else any; "unknown" where
 * there is none (7.3). */
const char *spf_validated_name(void *eval)
{
	struct spf_eval *e = eval;
	const struct dns_answer *names = ask_names(e);
	const char *best = NULL;
	int best_rank = 0;

	e->validated_unknown |= names->status == DNS_NOT_RECORDED;
	for (size_t i = 0; i < name_count(names); i++) {
		const char *name = names->record[i].name;
		int rank = span_ieq(span_of(name), span_of(e->macro.domain)) ? 3
			   : is_within(name, e->macro.domain)                ? 2
									     : 1;

		if (rank > best_rank && is_validated(e, name, &e->validated_unknown)) {
			best = name;
			best_rank = rank;
		}
	}
	return best ? best : "unknown";
}
