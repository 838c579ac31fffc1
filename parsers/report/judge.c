/* SPDX-License-Identifier: ISC */
#include "parsers/report/judge.h"

#include "parsers/base/printable.h"
#include "parsers/dkim/key.h"
#include "parsers/dmarc/record.h"
#include "parsers/spf/record.h"

enum { SHOWN_MAX = 60 };

struct judge {
	struct arena *arena;
	struct dkim_context *context;
	const struct dns_answer *answer;
	const struct dns_record *record;
	void (*fn)(void *, const struct judgement *);
	void *data;
};

static void say(struct judge *j, const char *kind, const char *what, const char *clause)
{
	j->fn(j->data, &(struct judgement){kind, what, clause, j->record});
}

static void judge_spf(struct judge *j)
{
	struct spf_record record = spf_record_parse(j->arena, j->record->txt);

	if (!record.valid)
		say(j, "SPF",
			arena_printf(j->arena, "%s (%s)",
				record.bad_reason ? record.bad_reason : "a term that is none",
				printable_cut(j->arena, record.bad, SHOWN_MAX)),
			"RFC 7208 4.6");
	if (record.all && record.all->qualifier == RESULT_PASS)
		say(j, "SPF", "+all: every host may send", "RFC 7208 5.1");
}

static void judge_dmarc(struct judge *j)
{
	struct dmarc_record record = dmarc_record_parse(j->arena, j->record->txt);

	if (record.problem)
		say(j, "DMARC", record.problem, "RFC 9989 4.7");
}

static void judge_key(struct judge *j)
{
	const struct key_record *key = key_record_get(j->context, j->record->txt);

	if (key->cause == CAUSE_KEY_REVOKED)
		say(j, "DKIM", "the key is revoked: p= is empty", "RFC 6376 3.6.1");
	else if (key->cause != CAUSE_NONE)
		say(j, "DKIM", key->why ? key->why : "the key can't be read", "RFC 6376 3.6.1");
	else if (key->type == KEY_TYPE_RSA && key->bits < 1024)
		say(j, "DKIM", arena_printf(j->arena, "%u bits are too few", key->bits),
			"RFC 8301 3.2");
}

/* Records of a kind of which a name may hold one. */
static void judge_count(struct judge *j, const char *kind, size_t count, const char *clause)
{
	if (count > 1)
		say(j, kind, arena_printf(j->arena, "%zu records, where one is allowed", count),
			clause);
}

static bool under_label(const char *name, const char *label)
{
	const char *at = strstr(name, label);
	size_t len = strlen(label);

	return at && (at == name || at[-1] == '.') && at[len] == '.';
}

size_t judge_answer(struct arena *arena, struct dkim_context *context,
	const struct dns_answer *answer, void (*fn)(void *data, const struct judgement *),
	void *data)
{
	struct judge j = {arena, context, answer, NULL, fn, data};
	bool policy = span_starts(span_of(answer->name), "_dmarc.");
	bool key = under_label(answer->name, "_domainkey");
	size_t spf = 0, dmarc = 0, keys = 0;

	for (size_t i = 0; answer->type == DNS_TXT && i < answer->count; i++) {
		j.record = &answer->record[i];
		if (spf_is_record(j.record->txt))
			spf++, judge_spf(&j);
		else if (policy && dmarc_is_record(arena, j.record->txt))
			dmarc++, judge_dmarc(&j);
		else if (key)
			keys++, judge_key(&j);
	}
	judge_count(&j, "SPF", spf, "RFC 7208 3.2");
	judge_count(&j, "DMARC", dmarc, "RFC 9989 4.10");
	return spf + dmarc + keys;
}
