/* SPDX-License-Identifier: ISC */
#include "parsers/dns/snapshot.h"

#include <stdlib.h>

enum { INDEX_FIRST = 256 };

/* --- names */

static size_t *slot(const struct snapshot *snapshot, const char *name)
{
	size_t mask = snapshot->index_size - 1, at = (size_t)span_hash(span_of(name)) & mask;

	while (snapshot->index[at] &&
		strcmp(snapshot->node[snapshot->index[at] - 1].name, name) != 0)
		at = (at + 1) & mask;
	return &snapshot->index[at];
}

const struct snapshot_node *snapshot_node(const struct snapshot *snapshot, const char *name)
{
	size_t at = *slot(snapshot, name);

	return at ? &snapshot->node[at - 1] : NULL;
}

const char *snapshot_parent(const char *name)
{
	if (!*name)
		return NULL;
	for (; *name && *name != '.'; name++)
		if (*name == '\\' && name[1])
			name++;
	return *name ? name + 1 : name;
}

static struct snapshot_node *add_node(struct snapshot *snapshot, const char *name)
{
	struct arena *arena = snapshot->zone.arena;
	size_t *at = slot(snapshot, name);
	struct snapshot_node *node;

	if (*at)
		return &snapshot->node[*at - 1];
	node = LIST_ADD(arena, snapshot->node, snapshot->node_count, snapshot->node_room);
	node->name = name;
	*at = snapshot->node_count;
	if (snapshot->node_count * 2 >= snapshot->index_size) {
		snapshot->index_size *= 4;
		snapshot->index = ARENA_ARRAY(arena, size_t, snapshot->index_size);
		for (size_t i = 0; i < snapshot->node_count; i++)
			*slot(snapshot, snapshot->node[i].name) = i + 1;
	}
	return node;
}

/* A name with names below it exists, whatever it holds itself (RFC 8020). Stops at the first that
 * is known. */
static void add_parents(struct snapshot *snapshot, const char *name)
{
	for (name = snapshot_parent(name); name && !*slot(snapshot, name);
		name = snapshot_parent(name))
		add_node(snapshot, name);
}

/* --- which entries answer */

static int compare_number(int64_t a, int64_t b)
{
	return a < b ? -1 : a > b;
}

struct ranked {
	const struct zone_block *block;
	unsigned at;
};

/* Earlier files first; within one, newer recordings first (it is appended to), then by place. */
static int compare_blocks(const void *a_, const void *b_)
{
	const struct ranked *a = a_, *b = b_;

	if (a->block->file != b->block->file)
		return compare_number(a->block->file, b->block->file);
	if (a->block->recorded != b->block->recorded)
		return compare_number(b->block->recorded, a->block->recorded);
	return compare_number(a->at, b->at);
}

static void rank_blocks(struct zone *zone)
{
	struct ranked *ranked = ARENA_ARRAY(zone->arena, struct ranked, zone->block_count);
	unsigned *rank = ARENA_ARRAY(zone->arena, unsigned, zone->block_count);

	for (unsigned i = 0; i < zone->block_count; i++)
		ranked[i] = (struct ranked){&zone->block[i], i};
	if (zone->block_count)
		qsort(ranked, zone->block_count, sizeof *ranked, compare_blocks);
	for (unsigned i = 0; i < zone->block_count; i++)
		rank[ranked[i].at] = i;
	for (size_t i = 0; i < zone->count; i++)
		zone->entry[i].rank = rank[zone->entry[i].block];
}

static int compare_entries(const void *a_, const void *b_)
{
	const struct zone_entry *a = a_, *b = b_;
	int order = a->name == b->name ? 0 : strcmp(a->name, b->name);

	if (!order)
		order = compare_number(a->type, b->type);
	if (!order)
		order = compare_number(a->rank, b->rank);
	if (!order)
		order = compare_number((int64_t)a->order, (int64_t)b->order);
	return order;
}

static int compare_data(const void *a_, const void *b_)
{
	const struct zone_entry *a = *(const struct zone_entry *const *)a_;
	const struct zone_entry *b = *(const struct zone_entry *const *)b_;
	const struct dns_record *x = a->record, *y = b->record;
	int order = compare_number((int64_t)x->rdata.len, (int64_t)y->rdata.len);

	if (!order)
		order = memcmp(x->rdata.ptr, y->rdata.ptr, x->rdata.len);
	if (!order)
		order = compare_number(x->window_from, y->window_from);
	if (!order)
		order = compare_number(x->window_to, y->window_to);
	if (!order)
		order = strcmp(x->window_source ? x->window_source : "",
			y->window_source ? y->window_source : "");
	return order;
}

static int compare_places(const void *a_, const void *b_)
{
	const struct zone_entry *a = *(const struct zone_entry *const *)a_;
	const struct zone_entry *b = *(const struct zone_entry *const *)b_;

	return compare_entries(a, b);
}

/* RFC 2181 5: a set holds no record twice; recordings appended to one another do. Keeps the first
 * of each. */
static size_t drop_copies(const struct zone_entry **list, size_t count)
{
	size_t kept = 0;

	if (count < 2)
		return count;
	qsort(list, count, sizeof *list, compare_data);
	for (size_t i = 0; i < count; i++) {
		if (!kept || compare_data(&list[kept - 1], &list[i]) != 0)
			list[kept++] = list[i];
		else if (compare_places(&list[kept - 1], &list[i]) > 0)
			list[kept - 1] = list[i];
	}
	qsort(list, kept, sizeof *list, compare_places);
	return kept;
}

static unsigned file_of(const struct snapshot *snapshot, const struct zone_entry *entry)
{
	return snapshot->zone.block[entry->block].file;
}

static int64_t recorded_of(const struct snapshot *snapshot, const struct zone_entry *entry)
{
	return snapshot->zone.block[entry->block].recorded;
}

/* RFC 6376 3.6.2.1: SELECTOR._domainkey.DOMAIN; the keys of all times are tried. */
static bool holds_keys(const char *name, uint32_t type)
{
	const char *at = strstr(name, "_domainkey");

	return type == DNS_TXT && at && (at == name || at[-1] == '.') && (!at[10] || at[10] == '.');
}

static bool belongs(const struct snapshot *snapshot, const struct zone_entry *winner,
	const struct zone_entry *entry, bool keys)
{
	if (entry->kind != ZONE_RECORD)
		return false;
	if (keys && (entry->record->window_source ||
			    file_of(snapshot, entry) == file_of(snapshot, winner)))
		return true;
	return winner->kind == ZONE_RECORD && entry->rank == winner->rank;
}

static void note_contradiction(
	struct snapshot *snapshot, const struct zone_entry *winner, const struct zone_entry *entry)
{
	if (entry->rank == winner->rank &&
		(entry->kind == ZONE_RECORD) != (winner->kind == ZONE_RECORD))
		zone_problem(&snapshot->zone, snapshot->zone.file[file_of(snapshot, entry)],
			entry->line, "contradicts line %u, which holds", winner->line);
}

static struct dns_answer negative_answer(
	const struct snapshot *snapshot, const struct zone_entry *entry)
{
	static const enum dns_status status[] = {
		[ZONE_NODATA] = DNS_NODATA,
		[ZONE_FAILED] = DNS_FAILED,
		[ZONE_NXDOMAIN] = DNS_NXDOMAIN,
	};

	return (struct dns_answer){
		.status = status[entry->kind],
		.canonical = entry->name,
		.detail = entry->detail,
		.recorded = recorded_of(snapshot, entry),
		.dnssec = entry->dnssec,
		.server = snapshot->zone.block[entry->block].server,
	};
}

/* The entries [from, to) are of one name and type, the winner first. */
static void build_set(struct snapshot *snapshot, struct snapshot_set *set, size_t from, size_t to)
{
	struct arena *arena = snapshot->zone.arena;
	const struct zone_entry *entry = snapshot->zone.entry, *winner = &entry[from];
	const struct zone_entry **list = ARENA_ARRAY(arena, const struct zone_entry *, to - from);
	bool keys = holds_keys(winner->name, winner->type);
	size_t count = 0;

	for (size_t i = from; i < to; i++) {
		note_contradiction(snapshot, winner, &entry[i]);
		if (belongs(snapshot, winner, &entry[i], keys))
			list[count++] = &entry[i];
	}
	count = drop_copies(list, count);
	set->type = winner->type;
	set->entry = count ? list[0] : winner;
	if (!count) {
		set->answer = negative_answer(snapshot, winner);
		return;
	}

	struct dns_record *record = ARENA_ARRAY(arena, struct dns_record, count);

	for (size_t i = 0; i < count; i++)
		record[i] = *list[i]->record;
	set->answer = (struct dns_answer){
		.status = DNS_FOUND,
		.record = record,
		.count = count,
		.canonical = winner->name,
		.recorded = record->recorded,
		.dnssec = record->dnssec,
		.server = record->server,
	};
}

/* Whether an nxdomain or a `*` outdoes SET: it stands in an earlier file, or denies the name at a
 * later time. */
static bool outdone(const struct snapshot *snapshot, const struct snapshot_set *set,
	const struct zone_entry *by)
{
	const struct zone_entry *entry = set->entry;
	bool keys = set->answer.status == DNS_FOUND && holds_keys(entry->name, set->type);

	if (!by || (keys && entry->record->window_source))
		return false;
	if (file_of(snapshot, by) != file_of(snapshot, entry))
		return file_of(snapshot, by) < file_of(snapshot, entry);
	return by->kind == ZONE_NXDOMAIN && !keys &&
	       recorded_of(snapshot, by) > recorded_of(snapshot, entry);
}

static size_t run_end(const struct zone *zone, size_t from, size_t end)
{
	size_t to = from + 1;

	while (to < end && zone->entry[to].type == zone->entry[from].type)
		to++;
	return to;
}

/* What types without an entry of their own get. */
static const struct dns_answer *answer_of_others(const struct snapshot *snapshot,
	const struct zone_entry *any, const struct zone_entry *absent)
{
	struct dns_answer *answer = ARENA_NEW(snapshot->zone.arena, struct dns_answer);
	bool any_first = any && (!absent || any->rank < absent->rank ||
					(any->rank == absent->rank && any->order < absent->order));

	*answer = negative_answer(snapshot, any_first ? any : absent);
	return answer;
}

/* The entries [from, to) are of one name. */
static void build_node(struct snapshot *snapshot, size_t from, size_t to)
{
	struct zone *zone = &snapshot->zone;
	const struct zone_entry *absent = NULL, *any = NULL;
	size_t types = 0;

	for (size_t i = from; i < to; i = run_end(zone, i, to)) {
		if (zone->entry[i].type == ZONE_TYPE_NAME)
			absent = &zone->entry[i];
		else if (zone->entry[i].type == ZONE_TYPE_ANY)
			any = &zone->entry[i];
		else
			types++;
	}

	struct snapshot_set *set = ARENA_ARRAY(zone->arena, struct snapshot_set, types);
	size_t count = 0;

	for (size_t i = from; i < to; i = run_end(zone, i, to)) {
		if (zone->entry[i].type == ZONE_TYPE_NAME || zone->entry[i].type == ZONE_TYPE_ANY)
			continue;
		build_set(snapshot, &set[count], i, run_end(zone, i, to));
		set[count].replaced = outdone(snapshot, &set[count], absent) ||
				      outdone(snapshot, &set[count], any);
		count++;
	}

	struct snapshot_node *node = add_node(snapshot, zone->entry[from].name);

	*node = (struct snapshot_node){node->name, from, to - from, set, count, NULL};
	if (any || absent)
		node->other = answer_of_others(snapshot, any, absent);
}

void snapshot_build(struct snapshot *snapshot)
{
	struct zone *zone = &snapshot->zone;

	rank_blocks(zone);
	if (zone->count)
		qsort(zone->entry, zone->count, sizeof *zone->entry, compare_entries);
	snapshot->index_size = INDEX_FIRST;
	snapshot->index = ARENA_ARRAY(zone->arena, size_t, snapshot->index_size);
	for (size_t from = 0, to; from < zone->count; from = to) {
		for (to = from + 1; to < zone->count; to++)
			if (zone->entry[to].name != zone->entry[from].name &&
				strcmp(zone->entry[to].name, zone->entry[from].name) != 0)
				break;
		build_node(snapshot, from, to);
	}
	for (size_t i = 0; i < zone->count; i++)
		if (!i || zone->entry[i].name != zone->entry[i - 1].name)
			add_parents(snapshot, zone->entry[i].name);
}
