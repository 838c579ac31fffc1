/* SPDX-License-Identifier: ISC */
#include "parsers/dns/snapshot.h"

#include <stdlib.h>

#include "parsers/base/file.h"
#include "parsers/dns/dnssec.h"

/* --- answers */

static const struct dns_answer *set_of(const struct snapshot_node *node, uint32_t type)
{
	size_t low = 0, high = node->set_count;

	while (low < high) {
		size_t mid = (low + high) / 2;

		if (node->set[mid].type < type)
			low = mid + 1;
		else
			high = mid;
	}
	if (low == node->set_count || node->set[low].type != type || node->set[low].replaced)
		return NULL;
	return &node->set[low].answer;
}

/* RFC 4592 3.3.1: the wildcard below the closest name that exists. */
static const struct snapshot_node *wildcard_of(
	const struct snapshot *snapshot, struct arena *arena, const char *name)
{
	for (name = snapshot_parent(name); name; name = snapshot_parent(name))
		if (snapshot_node(snapshot, name))
			return snapshot_node(
				snapshot, *name ? arena_printf(arena, "*.%s", name) : "*");
	return NULL;
}

/* Answers for one name alone. Where it is an alias, *RET is left and the target is returned. */
static const char *answer_name(const struct snapshot *snapshot, struct arena *arena,
	const char *name, enum dns_type type, struct dns_answer *ret, enum dnssec *weakest)
{
	const struct snapshot_node *node = snapshot_node(snapshot, name);
	const struct dns_answer *answer, *alias;

	if (!node && snapshot->complete)
		node = wildcard_of(snapshot, arena, name);
	answer = node ? set_of(node, type) : NULL;
	alias = node && !answer && type != DNS_CNAME ? set_of(node, DNS_CNAME) : NULL;
	if (alias && alias->status == DNS_FOUND) {
		struct dns_answer followed = *alias;

		dnssec_answer(snapshot, arena, name, DNS_CNAME, &followed);
		*weakest = dnssec_weaker(*weakest, followed.dnssec);
		return alias->record->name;
	}
	if (node && !answer)
		answer = node->other;
	if (answer)
		*ret = *answer;
	else if (snapshot->complete)
		ret->status = node ? DNS_NODATA : DNS_NXDOMAIN;
	return NULL;
}

/* An answer through aliases is as good as the weakest of them. */
static void weaken(struct arena *arena, struct dns_answer *answer, enum dnssec weakest)
{
	struct dns_record *record = ARENA_ARRAY(arena, struct dns_record, answer->count);

	answer->dnssec = dnssec_weaker(answer->dnssec, weakest);
	for (size_t i = 0; i < answer->count; i++) {
		record[i] = answer->record[i];
		record[i].dnssec = dnssec_weaker(record[i].dnssec, weakest);
	}
	if (answer->count)
		answer->record = record;
}

/* RFC 1034 4.3.2 step 3a: an alias is followed, whatever was asked. */
static void snapshot_answer(struct dns *dns, struct arena *arena, const char *name,
	enum dns_type type, struct dns_answer *ret)
{
	const struct snapshot *snapshot = (const struct snapshot *)dns;
	struct dns_answer answer = {
		.status = DNS_NOT_RECORDED, .recorded = TIME_NONE, .dnssec = DNSSEC_UNKNOWN};
	const char *alias[DNS_CNAME_MAX], *target;
	enum dnssec weakest = DNSSEC_SECURE;
	unsigned count = 0;

	for (; (target = answer_name(snapshot, arena, name, type, &answer, &weakest));
		name = target) {
		if (count == DNS_CNAME_MAX) {
			answer.status = DNS_FAILED;
			answer.detail = "CNAME loop";
			break;
		}
		alias[count++] = target;
	}
	dnssec_answer(snapshot, arena, name, type, &answer);
	if (count)
		weaken(arena, &answer, weakest);
	*ret = answer;
	ret->canonical = name;
	ret->cnames = count;
	if (count) {
		const char **copy = ARENA_ARRAY(arena, const char *, count);

		memcpy(copy, alias, count * sizeof *copy);
		ret->alias = copy;
	}
}

/* --- loading */

static void snapshot_free(struct dns *dns)
{
	struct snapshot *snapshot = (struct snapshot *)dns;

	dnssec_free(snapshot->dnssec);
	arena_free(snapshot->zone.arena);
	free(snapshot);
}

static const struct dns_ops snapshot_ops = {snapshot_answer, snapshot_free};

static struct snapshot *snapshot_new(const struct snapshot_options *options)
{
	struct snapshot *snapshot = calloc(1, sizeof *snapshot);

	if (!snapshot)
		abort();
	snapshot->dns.ops = &snapshot_ops;
	snapshot->zone.arena = arena_new();
	snapshot->zone.recorded = TIME_NONE;
	snapshot->complete = options && options->assume_complete;
	return snapshot;
}

static struct dns *finish(
	struct snapshot *snapshot, const struct snapshot_options *options, struct error *reterr)
{
	snapshot->complete |= snapshot->zone.complete;
	snapshot_build(snapshot);
	if (dnssec_open(snapshot, options ? options->anchor : NULL, reterr) == 0)
		return &snapshot->dns;
	dns_free(&snapshot->dns);
	return NULL;
}

struct dns *snapshot_parse(struct span text, const char *name,
	const struct snapshot_options *options, struct error *reterr)
{
	struct snapshot *snapshot = snapshot_new(options);

	zone_read(&snapshot->zone, text, arena_strdup(snapshot->zone.arena, name));
	return finish(snapshot, options, reterr);
}

struct dns *snapshot_load(const char *const *files, size_t count,
	const struct snapshot_options *options, struct error *reterr)
{
	struct snapshot *snapshot = snapshot_new(options);

	for (size_t i = 0; i < count; i++) {
		struct buffer text = BUFFER_INIT;
		int status = file_read(files[i], &text, reterr);

		if (!status)
			zone_read(&snapshot->zone, buffer_view(&text),
				arena_strdup(snapshot->zone.arena, files[i]));
		buffer_release(&text);
		if (status) {
			snapshot_free(&snapshot->dns);
			return NULL;
		}
	}
	return finish(snapshot, options, reterr);
}

/* --- what views say of it */

struct snapshot *snapshot_of(const struct dns *dns)
{
	return dns && dns->ops == &snapshot_ops ? (struct snapshot *)(uintptr_t)dns : NULL;
}

const struct snapshot_problem *snapshot_problems(const struct dns *dns, size_t *ret_count)
{
	const struct snapshot *snapshot = snapshot_of(dns);

	*ret_count = snapshot ? snapshot->zone.problem_count : 0;
	return snapshot ? snapshot->zone.problem : NULL;
}

bool snapshot_complete(const struct dns *dns)
{
	const struct snapshot *snapshot = snapshot_of(dns);

	return snapshot && snapshot->complete;
}

int64_t snapshot_recorded(const struct dns *dns)
{
	const struct snapshot *snapshot = snapshot_of(dns);

	return snapshot ? snapshot->zone.recorded : TIME_NONE;
}

size_t snapshot_names(const struct dns *dns)
{
	const struct snapshot *snapshot = snapshot_of(dns);
	size_t count = 0;

	for (size_t i = 0; snapshot && i < snapshot->node_count; i++)
		count += snapshot->node[i].count > 0;
	return count;
}
