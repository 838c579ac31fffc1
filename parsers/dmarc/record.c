/* SPDX-License-Identifier: ISC */
#include "parsers/dmarc/record.h"

#include <strings.h>

#include "parsers/base/printable.h"
#include "parsers/base/taglist.h"

/* Names of tags are ABNF literals and so in any case (RFC 5234 2.3). */
static const struct tag *find(const struct taglist *list, const char *name)
{
	for (size_t i = 0; i < list->count; i++)
		if (span_iis(list->tag[i].name, name))
			return &list->tag[i];
	return NULL;
}

/* dmarc-version = "v" equals %s"DMARC1"; nothing may stand before it. */
bool dmarc_is_record(struct arena *arena, struct span txt)
{
	struct taglist list;

	if (!txt.len || (txt.ptr[0] | 32) != 'v' || span_find(txt, SPAN("DMARC1"), 0) == txt.len)
		return false;
	list = taglist_parse(arena, span_sub(txt, 0, span_chr(txt, ';')));
	return list.count == 1 && span_iis(list.tag[0].name, "v") &&
	       span_is(list.tag[0].value, "DMARC1");
}

static void problem(
	struct dmarc_record *r, struct arena *arena, const char *what, struct span where)
{
	if (!r->problem)
		r->problem = arena_printf(arena, "%s '%s'", what, printable_cut(arena, where, 60));
}

static void read_policy(struct arena *arena, struct dmarc_record *r, const struct taglist *list,
	const char *name, enum dmarc_policy *ret)
{
	const struct tag *tag = find(list, name);

	if (!tag)
		return;
	for (int i = POLICY_NONE; i <= POLICY_REJECT; i++)
		if (span_iis(tag->value, dmarc_policy_word((enum dmarc_policy)i)))
			*ret = (enum dmarc_policy)i;
	if (*ret != POLICY_UNSET)
		return;
	r->bad_policy = true;
	problem(r, arena, "no policy:", tag->whole);
}

/* A tag of one letter out of LETTERS; the first letter is the default. */
static char read_letter(struct arena *arena, struct dmarc_record *r, const struct taglist *list,
	const char *name, const char *letters)
{
	const struct tag *tag = find(list, name);
	char c;

	if (!tag)
		return letters[0];
	c = tag->value.len == 1 ? (char)ascii_lower(tag->value.ptr[0]) : '\0';
	if (c && strchr(letters, c))
		return c;
	problem(r, arena, "no value of this tag:", tag->whole);
	return letters[0];
}

/* dmarc-uri: a scheme, ":", and of mailto an address. */
static bool is_uri(struct span s)
{
	size_t colon = span_chr(s, ':');

	if (colon == 0 || colon + 1 >= s.len || !is_alpha(s.ptr[0]))
		return false;
	for (size_t i = 0; i < colon; i++)
		if (!is_alnum(s.ptr[i]) && s.ptr[i] != '+' && s.ptr[i] != '-' && s.ptr[i] != '.')
			return false;
	return !span_iis(span_sub(s, 0, colon), "mailto") || span_chr(s, '@') < s.len;
}

static const char *read_uris(struct arena *arena, struct dmarc_record *r,
	const struct taglist *list, const char *name, bool *ret_valid)
{
	const struct tag *tag = find(list, name);
	struct span rest = tag ? tag->value : SPAN_NONE;
	bool any = false;

	if (!tag)
		return NULL;
	while (rest.len) {
		size_t comma = span_chr(rest, ',');
		struct span uri = span_trim(span_sub(rest, 0, comma));

		if (is_uri(uri))
			any = true;
		else
			problem(r, arena, "no report address:", uri);
		rest = span_skip(rest, comma + 1);
	}
	if (ret_valid)
		*ret_valid = any;
	return printable(arena, tag->value);
}

static int read_pct(struct arena *arena, struct dmarc_record *r, const struct taglist *list)
{
	const struct tag *tag = find(list, "pct");
	uint64_t n;

	if (!tag)
		return 100;
	if (span_number(tag->value, 100, &n))
		return (int)n;
	problem(r, arena, "no percentage:", tag->whole);
	return 100;
}

/* What is wrong is left out in favour of the default (RFC 9989 4.8), and said in problem. */
struct dmarc_record dmarc_record_parse(struct arena *arena, struct span txt)
{
	struct dmarc_record r = {.text = printable(arena, txt)};
	struct taglist list = taglist_parse(arena, txt);

	if (list.malformed || list.duplicate)
		problem(&r, arena, list.malformed ? "no tag:" : "a second time:", list.bad);
	r.has_p = find(&list, "p") != NULL;
	read_policy(arena, &r, &list, "p", &r.p);
	read_policy(arena, &r, &list, "sp", &r.sp);
	read_policy(arena, &r, &list, "np", &r.np);
	r.psd = read_letter(arena, &r, &list, "psd", "uyn");
	r.testing = read_letter(arena, &r, &list, "t", "ny") == 'y';
	r.strict_dkim = read_letter(arena, &r, &list, "adkim", "rs") == 's';
	r.strict_spf = read_letter(arena, &r, &list, "aspf", "rs") == 's';
	r.rua = read_uris(arena, &r, &list, "rua", &r.rua_valid);
	r.ruf = read_uris(arena, &r, &list, "ruf", NULL);
	r.pct = read_pct(arena, &r, &list);
	if (!r.has_p && !r.problem)
		r.problem = "no p= tag";
	return r;
}

struct dmarc_publication dmarc_fetch(struct arena *arena, struct dns_log *dns, const char *domain)
{
	static const enum dmarc_presence presence[] = {
		[DNS_FOUND] = DMARC_ABSENT,
		[DNS_NODATA] = DMARC_ABSENT,
		[DNS_NXDOMAIN] = DMARC_ABSENT,
		[DNS_FAILED] = DMARC_LOOKUP_FAILED,
		[DNS_NOT_RECORDED] = DMARC_UNKNOWN,
	};
	struct dmarc_publication pub = {
		.domain = domain, .name = arena_printf(arena, "_dmarc.%s", domain)};
	const struct dns_answer *a = dns_lookup(dns, pub.name, DNS_TXT, "DMARC record");

	pub.presence = presence[a->status];
	for (size_t i = 0; a->status == DNS_FOUND && i < a->count; i++) {
		struct span txt = a->record[i].txt;

		if (!dmarc_is_record(arena, txt)) {
			if (span_ifind(txt, SPAN("dmarc1"), 0) < txt.len)
				pub.near_miss = printable(arena, txt);
		} else if (pub.records++ == 0)
			pub.record = dmarc_record_parse(arena, txt);
	}
	if (pub.records)
		pub.presence = pub.records == 1 ? DMARC_PRESENT : DMARC_SEVERAL;
	return pub;
}

size_t dmarc_labels(const char *domain)
{
	size_t count = 1;

	for (; *domain; domain++)
		count += *domain == '.';
	return count;
}

const char *dmarc_tail(const char *domain, size_t labels)
{
	for (size_t count = dmarc_labels(domain); count > labels; count--)
		domain = strchr(domain, '.') + 1;
	return domain;
}

/* 4.10.2: from the longest to the shortest name with a record. */
static void choose_org(struct dmarc_walk *w, const char *domain)
{
	const struct dmarc_publication *last = NULL;

	for (size_t i = 0; i < w->count; i++) {
		const struct dmarc_publication *pub = &w->stop[i];

		if (pub->presence != DMARC_PRESENT)
			continue;
		if (pub->record.psd == 'n') {
			w->org = pub->domain;
			w->org_record = pub;
			w->rule = "its record says psd=n";
			return;
		}
		if (pub->record.psd == 'y' && i > 0) {
			w->psd_record = pub;
			w->org = dmarc_tail(domain, dmarc_labels(pub->domain) + 1);
			w->org_record = last && strcmp(last->domain, w->org) == 0 ? last : NULL;
			w->rule = "the name above it says psd=y";
			return;
		}
		last = pub;
	}
	w->org = last ? last->domain : domain;
	w->org_record = last;
	w->rule = last ? "the last record found" : "no record found, so the domain itself";
}

/* 4.10 steps 1 to 7: at most eight queries. */
const struct dmarc_walk *dmarc_walk(struct arena *arena, struct dns_log *dns, const char *domain)
{
	struct dmarc_walk *w = ARENA_NEW(arena, struct dmarc_walk);
	size_t labels = dmarc_labels(domain);

	for (size_t n = labels; n > 0; n = n > DMARC_WALK_MAX ? DMARC_WALK_MAX - 1 : n - 1) {
		struct dmarc_publication *pub = &w->stop[w->count++];

		*pub = dmarc_fetch(arena, dns, dmarc_tail(domain, n));
		w->failed |= pub->presence == DMARC_LOOKUP_FAILED;
		/* No top-level domain is an organisation: what is missing there changes nothing. */
		w->unknown |= pub->presence == DMARC_UNKNOWN && n > 1;
		if (pub->presence == DMARC_PRESENT && pub->record.psd != 'u')
			break;
	}
	choose_org(w, domain);
	return w;
}

const char *dmarc_org_domain(
	struct arena *arena, struct dns_log *dns, const char *domain, bool *ret_known)
{
	const struct dmarc_walk *w;

	if (ret_known)
		*ret_known = false;
	if (!domain || !*domain)
		return domain;
	w = dmarc_walk(arena, dns, domain);
	if (ret_known)
		*ret_known = !w->unknown && !w->failed;
	return w->org;
}
