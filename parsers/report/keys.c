/* SPDX-License-Identifier: ISC */
#include "parsers/report/keys.h"

#include <stdlib.h>

#include "parsers/report/json.h"
#include "parsers/report/sheet.h"

struct keyring *keyring_new(void)
{
	struct keyring *ring = calloc(1, sizeof *ring);

	if (!ring)
		abort();
	ring->arena = arena_new();
	ring->index_size = 1024;
	ring->index = calloc(ring->index_size, sizeof *ring->index);
	if (!ring->index)
		abort();
	return ring;
}

void keyring_free(struct keyring *ring)
{
	if (!ring)
		return;
	arena_free(ring->arena);
	free(ring->index);
	free(ring);
}

static uint64_t hash_name(const char *s)
{
	uint64_t h = UINT64_C(0xcbf29ce484222325);

	for (; *s; s++)
		h = (h ^ (uint8_t)*s) * UINT64_C(0x100000001b3);
	return h ^ h >> 29;
}

static size_t *slot(struct keyring *ring, const char *name)
{
	size_t i = (size_t)hash_name(name) & (ring->index_size - 1);

	while (ring->index[i] && strcmp(ring->entry[ring->index[i] - 1]->name, name) != 0)
		i = (i + 1) & (ring->index_size - 1);
	return &ring->index[i];
}

static void grow(struct keyring *ring)
{
	if (2 * ring->count < ring->index_size)
		return;
	free(ring->index);
	ring->index_size *= 4;
	ring->index = calloc(ring->index_size, sizeof *ring->index);
	if (!ring->index)
		abort();
	for (size_t i = 0; i < ring->count; i++)
		*slot(ring, ring->entry[i]->name) = i + 1;
}

/* NULL where there are too many. */
static struct key_entry *entry_of(
	struct keyring *ring, struct arena *scratch, const char *domain, const char *selector)
{
	const char *name = arena_printf(scratch, "%s._domainkey.%s", selector, domain);
	size_t *place = slot(ring, name);
	struct key_entry *entry;

	if (*place)
		return ring->entry[*place - 1];
	if (ring->count >= KEYRING_MAX) {
		ring->left_out++;
		return NULL;
	}
	entry = ARENA_NEW(ring->arena, struct key_entry);
	entry->name = arena_strdup(ring->arena, name);
	entry->domain = arena_strdup(ring->arena, domain);
	entry->selector = arena_strdup(ring->arena, selector);
	entry->first = entry->last = TIME_NONE;
	*LIST_ADD(ring->arena, ring->entry, ring->count, ring->room) = entry;
	*place = ring->count;
	grow(ring);
	return entry;
}

static void note_time(struct key_entry *entry, int64_t time)
{
	if (time == TIME_NONE)
		return;
	if (entry->first == TIME_NONE || time < entry->first)
		entry->first = time;
	if (entry->last == TIME_NONE || time > entry->last)
		entry->last = time;
}

static void note_key(struct keyring *ring, struct key_entry *entry, const struct dkim_key *key)
{
	if (!key->record || entry->recorded)
		return;
	entry->recorded = true;
	entry->type = key->type ? arena_strdup(ring->arena, key->type) : NULL;
	entry->bits = key->bits;
	entry->origin = key->origin;
}

static void note_signature(
	struct keyring *ring, struct arena *scratch, const struct dkim_signature *s, int64_t date)
{
	struct key_entry *entry =
		s->domain && s->selector ? entry_of(ring, scratch, s->domain, s->selector) : NULL;

	if (!entry)
		return;
	entry->signatures++;
	note_time(entry, s->signed_at != TIME_NONE ? s->signed_at : date);
	note_key(ring, entry, &s->key);
	if (s->result == RESULT_PASS)
		entry->verified++;
	else if (s->cause == CAUSE_NOT_RECORDED || s->cause == CAUSE_DNS_FAILED ||
		 s->cause == CAUSE_KEY_MISSING)
		entry->unknown++;
	else
		entry->failed++;
}

void keyring_check(struct keyring *ring, struct arena *scratch, struct span raw, bool mbox,
	struct dns *dns, struct dkim_context *context)
{
	struct message_options parse = {.mbox = mbox};
	struct dkim_options options = {.at = TIME_NONE, .now = TIME_NONE, .repair = REPAIR_OFF};
	const struct message *message = message_parse(scratch, raw, &parse);
	const struct field *date = message_field(message, NAME_DATE, 0);
	int64_t time = date ? date_parse(date->value).time : TIME_NONE;
	const struct dkim *dkim;
	struct dns_log log;

	ring->messages++;
	dns_log_init(&log, scratch, dns);
	dkim = dkim_check(scratch, message, &log, context, &options);
	for (size_t i = 0; i < dkim->count; i++)
		note_signature(ring, scratch, &dkim->signature[i], time);
}

static bool has_sample(const struct key_entry *entry, struct span signature)
{
	for (size_t i = 0; i < entry->sample_count; i++)
		if (span_eq(entry->sample[i].signature, signature))
			return true;
	return false;
}

void keyring_collect(struct keyring *ring, struct arena *scratch, struct span raw, bool mbox,
	struct dkim_context *context)
{
	struct message_options parse = {.mbox = mbox};
	struct recover_sample *sample;
	size_t count =
		recover_samples(scratch, message_parse(scratch, raw, &parse), context, &sample);

	ring->messages++;
	for (size_t i = 0; i < count; i++) {
		struct key_entry *entry =
			entry_of(ring, scratch, sample[i].domain, sample[i].selector);
		struct recover_sample *kept;

		if (!entry)
			continue;
		entry->signatures++;
		note_time(entry, sample[i].time);
		if (entry->sample_count >= KEYRING_SAMPLES ||
			has_sample(entry, sample[i].signature))
			continue;
		kept = LIST_ADD(
			ring->arena, entry->sample, entry->sample_count, entry->sample_room);
		*kept = sample[i];
		kept->domain = entry->domain;
		kept->selector = entry->selector;
		kept->signature = arena_copy(ring->arena, sample[i].signature);
	}
}

static int by_signatures(const void *a, const void *b)
{
	const struct key_entry *x = *(struct key_entry *const *)a,
			       *y = *(struct key_entry *const *)b;

	if (x->signatures != y->signatures)
		return x->signatures > y->signatures ? -1 : 1;
	return strcmp(x->name, y->name);
}

void keyring_sort(struct keyring *ring)
{
	if (ring->count)
		qsort(ring->entry, ring->count, sizeof *ring->entry, by_signatures);
	memset(ring->index, 0, ring->index_size * sizeof *ring->index);
	for (size_t i = 0; i < ring->count; i++)
		*slot(ring, ring->entry[i]->name) = i + 1;
}

/* --- views --- */

static const char *day(struct arena *arena, int64_t time)
{
	const char *text = time == TIME_NONE ? NULL : moment_text(arena, time);

	return text ? arena_text(arena, span_sub(span_of(text), 0, 10)) : "-";
}

static const char *key_words(struct arena *arena, const struct key_entry *e)
{
	if (!e->recorded)
		return "not recorded";
	if (e->type && strcmp(e->type, "ed25519") == 0)
		return "Ed25519";
	return arena_printf(arena, "%s %u%s", e->type ? "RSA" : "key", e->bits,
		e->origin == DNS_ORIGIN_RECOVERED ? " recovered" : "");
}

const struct outline *keyring_outline(
	struct arena *arena, const struct keyring *ring, unsigned width)
{
	uint64_t signatures = 0, verified = 0;
	size_t missing = 0;
	struct sheet s;

	sheet_init(&s, arena, NULL, width);
	sheet_row(&s, 0);
	sheet_add(&s, PIECE_LABEL, 0, "%7s %7s %7s  %-10s %-10s  %-19s %s", "signed", "verify",
		"fail", "first", "last", "key", "selector");
	for (size_t i = 0; i < ring->count; i++) {
		const struct key_entry *e = ring->entry[i];

		sheet_row(&s, 0);
		sheet_add(&s, e->verified ? PIECE_GOOD : PIECE_TEXT, 0,
			"%7llu %7llu %7llu  %-10s %-10s  %-19s ", (unsigned long long)e->signatures,
			(unsigned long long)e->verified, (unsigned long long)e->failed,
			day(arena, e->first), day(arena, e->last), key_words(arena, e));
		sheet_elastic(&s, PIECE_TEXT, 0, "%s", e->name);
		signatures += e->signatures;
		verified += e->verified;
		missing += !e->recorded;
	}
	sheet_blank(&s);
	sheet_row(&s, 0);
	sheet_add(&s, PIECE_TEXT, 0,
		"%s, %s of %zu selectors, %s verify; %zu without a recorded key",
		text_count(arena, ring->messages, "message"),
		text_count(arena, signatures, "signature"), ring->count,
		text_number(arena, verified), missing);
	return s.outline;
}

void keyring_json(struct buffer *out, const struct key_entry *e)
{
	static const char *const origins[] = {"none", "snapshot", "live", "recovered"};
	struct arena *arena = arena_new();
	struct json j = {.out = out};

	member_open(&j, NULL, '{');
	member_text(&j, "type", "key");
	member_text(&j, "domain", e->domain);
	member_text(&j, "selector", e->selector);
	member_integer(&j, "signatures", (int64_t)e->signatures);
	member_integer(&j, "verified", (int64_t)e->verified);
	member_integer(&j, "failed", (int64_t)e->failed);
	member_integer(&j, "unknown", (int64_t)e->unknown);
	member_text(&j, "first", e->first == TIME_NONE ? NULL : moment_text(arena, e->first));
	member_text(&j, "last", e->last == TIME_NONE ? NULL : moment_text(arena, e->last));
	member_text(&j, "key_type", e->type);
	member_integer_if(&j, "bits", e->bits, e->bits);
	member_text(&j, "origin", origins[e->origin]);
	member_bool(&j, "recorded", e->recorded);
	member_close(&j, '}');
	buffer_char(out, '\n');
	arena_free(arena);
}
