/* SPDX-License-Identifier: ISC */
#include "parsers/dns/dns.h"

/* RFC 1035 2.3.4: 255 octets on the wire, so 253 as text without the final dot. */
enum { NAME_MAX_TEXT = 253, LABEL_MAX = 63, INDEX_FIRST = 64 };

/* FNV-1a over the name and its type. */
static size_t hash(const char *name, enum dns_type type)
{
	uint64_t h = 14695981039346656037u;

	for (; *name; name++)
		h = (h ^ (uint8_t)*name) * 1099511628211u;
	h = (h ^ (uint64_t)type) * 1099511628211u;
	return (size_t)(h ^ h >> 29);
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

/* The slot of (NAME, TYPE): its entry + 1, or 0 where it is free. */
static size_t *slot(struct dns_log *log, const char *name, enum dns_type type)
{
	size_t mask = log->index_size - 1, at = hash(name, type) & mask;

	for (; log->index[at]; at = (at + 1) & mask) {
		const struct dns_answer *answer = log->entry[log->index[at] - 1].answer;

		if (answer->type == type && !strcmp(answer->name, name))
			break;
	}
	return &log->index[at];
}

static void grow_index(struct dns_log *log)
{
	if (log->count * 2 < log->index_size)
		return;
	log->index_size *= 4;
	log->index = ARENA_ARRAY(log->arena, size_t, log->index_size);
	for (size_t i = 0; i < log->count; i++)
		*slot(log, log->entry[i].answer->name, log->entry[i].answer->type) = i + 1;
}

static void add(struct dns_log *log, const struct dns_answer *answer, const char *why)
{
	*LIST_ADD(log->arena, log->entry, log->count, log->room) =
		(struct dns_log_entry){answer, why};
	*slot(log, answer->name, answer->type) = log->count;
	grow_index(log);
}

void dns_log_replay(struct dns_log *log, const struct dns_log *other)
{
	for (size_t i = 0; i < other->count; i++) {
		const struct dns_log_entry *entry = &other->entry[i];

		if (!*slot(log, entry->answer->name, entry->answer->type))
			add(log, entry->answer, entry->why);
	}
}

const struct dns_answer *dns_lookup(
	struct dns_log *log, const char *name, enum dns_type type, const char *why)
{
	size_t len = strlen(name);
	char *lower = arena_lower(
		log->arena, span_make(name, len && name[len - 1] == '.' ? len - 1 : len));
	size_t *at = slot(log, lower, type);

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
	add(log, answer, why);
	return answer;
}
