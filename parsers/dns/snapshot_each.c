/* SPDX-License-Identifier: ISC */
#include "parsers/dns/dnssec.h"

/* More records than this are not compared one by one. */
enum { COMPARE_MAX = 64 };

struct walk {
	const struct snapshot *snapshot;
	struct arena *arena; /* of one answer */
	bool (*fn)(void *, const struct dns_answer *);
	void *data;
};

static bool give(const struct walk *walk, const struct snapshot_node *node,
	struct dns_answer answer, uint32_t type)
{
	bool on;

	answer.name = node->name;
	answer.type = (enum dns_type)type;
	answer.canonical = node->name;
	dnssec_answer(walk->snapshot, walk->arena, node->name, type, &answer);
	on = walk->fn(walk->data, &answer);
	arena_reset(walk->arena);
	return on;
}

static bool give_node(const struct walk *walk, const struct snapshot_node *node)
{
	for (size_t k = 0; k < node->set_count; k++)
		if (!node->set[k].replaced &&
			!give(walk, node, node->set[k].answer, node->set[k].type))
			return false;
	return !node->other || give(walk, node, *node->other, DNS_ANY);
}

void snapshot_each(
	const struct dns *dns, bool (*fn)(void *data, const struct dns_answer *), void *data)
{
	struct walk walk = {snapshot_of(dns), arena_new(), fn, data};

	for (size_t i = 0; walk.snapshot && i < walk.snapshot->node_count; i++)
		if (!give_node(&walk, &walk.snapshot->node[i]))
			break;
	arena_free(walk.arena);
}

static bool holds(const struct zone_entry *entry, size_t count, const struct zone_entry *one)
{
	for (size_t i = 0; i < count; i++)
		if (entry[i].kind == one->kind &&
			(one->kind != ZONE_RECORD ||
				span_eq(entry[i].record->rdata, one->record->rdata)))
			return true;
	return false;
}

/* Whether two answers, runs of entries of one rank each, say different things. */
static bool differ(
	const struct zone_entry *a, size_t a_count, const struct zone_entry *b, size_t b_count)
{
	if (a_count > COMPARE_MAX || b_count > COMPARE_MAX)
		return a_count != b_count;
	for (size_t i = 0; i < a_count; i++)
		if (!holds(b, b_count, &a[i]))
			return true;
	for (size_t i = 0; i < b_count; i++)
		if (!holds(a, a_count, &b[i]))
			return true;
	return false;
}

static size_t rank_end(const struct zone *zone, size_t from)
{
	size_t to = from + 1;

	while (to < zone->count && zone->entry[to].name == zone->entry[from].name &&
		zone->entry[to].type == zone->entry[from].type &&
		zone->entry[to].rank == zone->entry[from].rank)
		to++;
	return to;
}

/* Entries of a key's history are meant to differ. */
static bool is_history(const struct zone_entry *entry)
{
	return entry->kind == ZONE_RECORD && entry->record->window_source;
}

void snapshot_conflicts(
	const struct dns *dns, void (*fn)(void *data, const struct snapshot_conflict *), void *data)
{
	const struct snapshot *snapshot = snapshot_of(dns);
	const struct zone *zone = snapshot ? &snapshot->zone : NULL;
	size_t first = 0, first_end = 0;

	for (size_t from = 0, to; zone && from < zone->count; from = to) {
		const struct zone_entry *entry = &zone->entry[from], *held = &zone->entry[first];

		to = rank_end(zone, from);
		if (!from || strcmp(entry->name, held->name) != 0 || entry->type != held->type) {
			first = from;
			first_end = to;
			continue;
		}
		if (is_history(entry) || is_history(held) || entry->type == DNS_RRSIG ||
			!differ(held, first_end - first, entry, to - from))
			continue;
		fn(data, &(struct snapshot_conflict){entry->name, (enum dns_type)entry->type,
				 zone->file[zone->block[held->block].file],
				 zone->file[zone->block[entry->block].file], held->line,
				 entry->line});
	}
}
