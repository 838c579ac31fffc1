/* SPDX-License-Identifier: ISC */
#include "parsers/dkim/key.h"
#include "parsers/report/domain.h"

/* Selectors of the domain that the snapshot holds. */
struct collect {
	struct domain_work *work;
	const char **selector;
	size_t count, room;
};

static void collect(void *data, const char *name, const struct dns_answer *answer)
{
	struct collect *c = data;
	struct span n = span_of(name), tail;
	const char *suffix =
		arena_printf(c->work->arena, "._domainkey.%s", c->work->report->domain);

	(void)answer;
	tail = span_of(suffix);
	if (n.len > tail.len && span_iends(n, suffix) && c->count < DOMAIN_MAX_KEYS)
		*LIST_ADD(c->work->arena, c->selector, c->count, c->room) =
			arena_text(c->work->arena, span_sub(n, 0, n.len - tail.len));
}

static void note_problems(struct domain_work *w, const char *selector, const struct key_record *k)
{
	static const struct {
		unsigned bit;
		enum severity severity;
		const char *code, *clause, *advice, *text;
	} rows[] = {
		{KEY_WEAK, SEVERITY_CRITICAL, "KEY-SHORT", "RFC 8301 3.2",
			"publish a key of 2048 bits under a new selector",
			"is under 1024 bits and can be factored"},
		{KEY_SHORT, SEVERITY_INFO, "KEY-1024", "RFC 8301 3.2",
			"publish a key of 2048 bits under a new selector",
			"has fewer than 2048 bits"},
		{KEY_FERMAT, SEVERITY_CRITICAL, "KEY-FACTORABLE", "RFC 8301 3.2",
			"replace it at once", "can be factored: its primes are close"},
		{KEY_SMALL_FACTOR, SEVERITY_CRITICAL, "KEY-FACTORABLE", "RFC 8301 3.2",
			"replace it at once", "has a small factor"},
		{KEY_ROCA, SEVERITY_CRITICAL, "KEY-FACTORABLE", "CVE-2017-15361",
			"replace it at once", "has the mark of ROCA"},
		{KEY_EXPONENT, SEVERITY_HIGH, "KEY-EXPONENT", "RFC 8017 3.1", "replace it",
			"has a dangerous exponent"},
		{KEY_PRIVATE, SEVERITY_CRITICAL, "KEY-PRIVATE", "RFC 6376 3.6.1",
			"replace it at once", "is the private key"},
		{KEY_SYNTAX, SEVERITY_LOW, "KEY-SYNTAX", "RFC 6376 3.6.1", "correct the record",
			"does not follow the grammar"},
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (k->problems & rows[i].bit)
			domain_note(w, AREA_DKIM, rows[i].severity, rows[i].code, rows[i].clause,
				rows[i].advice, "the key %s %s", selector, rows[i].text);
	if (k->testing)
		domain_note(w, AREA_DKIM, SEVERITY_LOW, "KEY-TEST", "RFC 6376 3.6.1", "remove t=y",
			"the key %s is marked as a test", selector);
}

static const char *key_text(struct domain_work *w, const struct key_record *k)
{
	if (k->cause == CAUSE_KEY_REVOKED)
		return "revoked";
	if (k->cause != CAUSE_NONE)
		return arena_printf(w->arena, "cannot be used: %s", k->why ? k->why : "malformed");
	if (k->type == KEY_TYPE_ED25519)
		return "Ed25519";
	return arena_printf(w->arena, "%s %u bits", k->type_word ? k->type_word : "key", k->bits);
}

static bool take_selector(struct domain_work *w, const char *selector)
{
	const char *name = arena_printf(w->arena, "%s._domainkey.%s", selector, w->report->domain);
	const struct dns_answer *a = dns_lookup(&w->dns, name, DNS_TXT, "DKIM key");
	bool usable = false;

	if (a->status != DNS_FOUND)
		domain_line(w, AREA_DKIM, "%s  %s", selector, dns_status_word(a->status));
	for (size_t i = 0; a->status == DNS_FOUND && i < a->count; i++) {
		const struct key_record *k = key_record_get(w->query->dkim, a->record[i].txt);

		domain_line(w, AREA_DKIM, "%s  %s", selector, key_text(w, k));
		note_problems(w, selector, k);
		usable |= k->cause == CAUSE_NONE;
		if (k->cause == CAUSE_KEY_MALFORMED)
			domain_note(w, AREA_DKIM, SEVERITY_MEDIUM, "KEY-SYNTAX", "RFC 6376 3.6.1",
				"correct the record", "the record of %s can't be used: %s",
				selector, k->why ? k->why : "malformed");
		if (span_chr(a->record[i].txt, '\\') < a->record[i].txt.len ||
			span_chr(a->record[i].txt, '"') < a->record[i].txt.len)
			domain_note(w, AREA_DKIM, SEVERITY_MEDIUM, "KEY-QUOTED", "RFC 6376 3.6.1",
				"publish it without quotes and backslashes",
				"quotes or backslashes stand in the record of %s", selector);
	}
	if (a->status == DNS_FOUND && a->count > 1)
		domain_note(w, AREA_DKIM, SEVERITY_LOW, "KEY-MULTI", "RFC 6376 3.6.2.2",
			"leave one record", "%s has %zu records, of which receivers may take any",
			selector, a->count);
	return usable;
}

/* Selectors can't be listed by asking: what a snapshot or the caller names is all there is. */
void domain_dkim(struct domain_work *w)
{
	struct collect c = {.work = w};
	size_t usable = 0, given = 0;

	dns_each(w->query->dns, DNS_TXT, collect, &c);
	for (; given < w->query->selector_count; given++) {
		bool known = false;

		for (size_t i = 0; i < c.count; i++)
			known |= strcmp(c.selector[i], w->query->selector[given]) == 0;
		if (!known)
			*LIST_ADD(w->arena, c.selector, c.count, c.room) =
				w->query->selector[given];
	}
	for (size_t i = 0; i < c.count; i++)
		usable += take_selector(w, c.selector[i]);
	if (c.count == 0)
		domain_summary(w, AREA_DKIM, "no selector is known; name one with --selector");
	else
		domain_summary(w, AREA_DKIM, "%zu selector%s known, %zu usable", c.count,
			c.count == 1 ? "" : "s", usable);
	if (w->report->no_mail && usable)
		domain_note(w, AREA_DKIM, SEVERITY_LOW, "DKIM-NO-MAIL", "RFC 6376 3.6.1",
			"revoke the keys (p=)",
			"keys are published for a domain that says it sends no mail");
}
