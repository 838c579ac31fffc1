/* SPDX-License-Identifier: ISC */
#include "parsers/dns/dns.h"

/* RFC 1035 2.3.4: 255 octets on the wire, so 253 as text without the final dot. */
enum { NAME_MAX_TEXT = 253, LABEL_MAX = 63, INDEX_FIRST = 64 };

static size_t hash(struct span name, enum dns_type type)
{
	return (size_t)span_hash(name) + (size_t)type * 31;
}

bool dns_name_ok(const char *name)
{
	size_t label = 0, len = strlen(name);

	if (len > NAME_MAX_TEXT)
		return false;
	for (size_t i = 0; i < len; i++) {
		if (name[i] != '.')
			label++;
		else if (!label)
			return false;
		else
			label = 0;
		if (label > LABEL_MAX)
			return false;
	}
	return !len || label;
}

void dns_log_init(struct dns_log *log, struct arena *arena, struct dns *dns)
{
	*log = (struct dns_log){.dns = dns, .arena = arena, .index_size = INDEX_FIRST};
	log->index = ARENA_ARRAY(arena, size_t, log->index_size);
}

/* The slot of (NAME, TYPE), which have this hash: its entry + 1, or 0 where it is free. */
static size_t *slot(struct dns_log *log, size_t hash, const char *name, enum dns_type type)
{
	size_t mask = log->index_size - 1, at = hash & mask;

	for (; log->index[at]; at = (at + 1) & mask) {
		const struct dns_log_entry *entry = &log->entry[log->index[at] - 1];

		if (entry->hash == hash && entry->answer->type == type &&
			!strcmp(entry->answer->name, name))
			break;
	}
	return &log->index[at];
}

static size_t *slot_of(struct dns_log *log, const struct dns_log_entry *entry)
{
	return slot(log, entry->hash, entry->answer->name, entry->answer->type);
}

static void grow_index(struct dns_log *log)
{
	if (log->count * 2 < log->index_size)
		return;
	log->index_size *= 4;
	log->index = ARENA_ARRAY(log->arena, size_t, log->index_size);
	for (size_t i = 0; i < log->count; i++)
		*slot_of(log, &log->entry[i]) = i + 1;
}

/* AT: the free slot of ENTRY. */
static void add(struct dns_log *log, size_t *at, struct dns_log_entry entry)
{
	*LIST_ADD(log->arena, log->entry, log->count, log->room) = entry;
	*at = log->count;
	grow_index(log);
}

void dns_log_replay(struct dns_log *log, const struct dns_log *other)
{
	for (size_t i = 0; i < other->count; i++) {
		size_t *at = slot_of(log, &other->entry[i]);

		if (!*at)
			add(log, at, other->entry[i]);
	}
}

const struct dns_answer *dns_lookup(
	struct dns_log *log, const char *name, enum dns_type type, const char *why)
{
	size_t len = strlen(name);
	char *lower = arena_lower(
		log->arena, span_make(name, len && name[len - 1] == '.' ? len - 1 : len));
	size_t hashed = hash(span_of(lower), type), *at = slot(log, hashed, lower, type);

	if (*at)
		return log->entry[*at - 1].answer;

	struct dns_answer *answer = ARENA_NEW(log->arena, struct dns_answer);

	*answer = (struct dns_answer){
		.status = DNS_NOT_RECORDED, .recorded = TIME_NONE, .dnssec = DNSSEC_UNKNOWN};
	if (!dns_name_ok(lower))
		answer->status = DNS_NXDOMAIN;
	else if (log->dns)
		log->dns->ops->answer(log->dns, log->arena, lower, type, answer);
	answer->name = lower;
	answer->type = type;
	if (!answer->canonical)
		answer->canonical = lower;
	add(log, at, (struct dns_log_entry){answer, why, hashed});
	return answer;
}
