/* SPDX-License-Identifier: ISC */
#include "parsers/dns/live.h"

#include "parsers/dns/dnssec.h"

#include <stdlib.h>
#include <unistd.h>

/*
 * What answers open is bounded: hostile records could else lead on for ever. RFC 7208 4.6.4 stops
 * at ten lookups, a tree walk at eight; aliases are counted apart.
 */
enum { DEPTH_MAX = 12, PER_NEED = 300, NEEDS_LEAST = 5000 };

struct collect {
	const struct collect_options *options;
	struct arena *arena;
	struct dns *old; /* what the output held before; NULL: nothing */
	struct live *live;
	struct dns_needs *needs;
	struct dns_needs asked; /* questions put in this run, aliases' targets among them */
	bool *followed;         /* of each need */
	size_t followed_room, limit;
	struct collect_result *result;
};

/* An old failure is no answer: it is asked again. */
static void answer_of(struct collect *collect, const struct dns_need *need, struct dns_answer *ret)
{
	*ret = (struct dns_answer){.status = DNS_NOT_RECORDED};
	if (collect->old)
		collect->old->ops->answer(
			collect->old, collect->arena, need->name, need->type, ret);
	if (ret->status == DNS_NOT_RECORDED || ret->status == DNS_FAILED)
		live_peek(collect->live, collect->arena, need->name, need->type, ret);
	ret->name = need->name;
	ret->type = need->type;
}

static void follow(struct collect *collect, size_t at, const struct dns_answer *answer)
{
	struct dns_need need = collect->needs->need[at];

	collect->followed[at] = true;
	if (collect->options->follow && need.depth < DEPTH_MAX &&
		collect->needs->count < collect->limit)
		collect->options->follow(collect->options->data, collect->needs, &need, answer);
}

static void grow_followed(struct collect *collect)
{
	size_t room = collect->needs->count;

	if (room <= collect->followed_room)
		return;

	bool *fresh = ARENA_ARRAY(collect->arena, bool, room * 2);

	if (collect->followed_room)
		memcpy(fresh, collect->followed, collect->followed_room * sizeof *fresh);
	collect->followed = fresh;
	collect->followed_room = room * 2;
}

/* Follows what is answered; what is not goes to QUESTION (room for each need). The count of
 * questions. */
static size_t gather(struct collect *collect, struct question **ret)
{
	size_t count = 0, room = 0;
	struct question *question = NULL;

	for (size_t i = 0; i < collect->needs->count; i++) {
		struct dns_answer answer;

		grow_followed(collect);
		if (collect->followed[i])
			continue;

		const struct dns_need *need = &collect->needs->need[i];

		answer_of(collect, need, &answer);
		if (answer.status != DNS_NOT_RECORDED)
			follow(collect, i, &answer);
		else if (dns_needs_add(&collect->asked, answer.canonical, need->type, NULL, 0))
			*LIST_ADD(collect->arena, question, count, room) = (struct question){
				.name = arena_strdup(collect->live->arena, answer.canonical),
				.type = need->type};
	}
	*ret = question;
	return count;
}

static bool on_reply(void *data, struct question *q)
{
	struct collect *collect = data;
	const struct collect_options *options = collect->options;

	if (options->live.dnssec && collect->needs->count < collect->limit)
		dnssec_follow(collect->needs, q);
	live_keep(collect->live, q);
	collect->result->questions++;
	if (options->progress && !options->progress(options->data, collect->result->questions,
					 collect->needs->count))
		collect->result->stopped = true;
	return !collect->result->stopped;
}

static void count_answers(struct collect *collect)
{
	for (size_t i = 0; i < collect->needs->count; i++) {
		struct dns_answer answer;

		answer_of(collect, &collect->needs->need[i], &answer);
		collect->result->kept += answer.recorded != collect->options->live.now;
		collect->result->found += answer.status == DNS_FOUND;
		collect->result->absent +=
			answer.status == DNS_NODATA || answer.status == DNS_NXDOMAIN;
		collect->result->failed += answer.status == DNS_FAILED;
	}
}

static int open_all(struct collect *collect, struct error *reterr)
{
	const char *output = collect->options->live.record;
	struct dns *live;

	if (output && access(output, F_OK) == 0) {
		collect->old = snapshot_load(&output, 1, NULL, reterr);
		if (!collect->old)
			return -1;
	}
	live = live_open(&collect->options->live, reterr);
	if (!live)
		return -1;
	collect->live = (struct live *)live;
	collect->live->exchange.per_second = collect->options->per_second;
	if (collect->options->at_once && collect->options->at_once <= EXCHANGE_AT_ONCE_MAX)
		collect->live->exchange.at_once = collect->options->at_once;
	return 0;
}

int dns_collect(const struct collect_options *options, struct dns_needs *needs,
	struct collect_result *ret, struct error *reterr)
{
	struct collect collect = {.options = options,
		.needs = needs,
		.arena = arena_new(),
		.result = ret,
		.limit = needs->count * PER_NEED + NEEDS_LEAST};
	struct question *question;
	size_t count;
	int status = open_all(&collect, reterr);

	*ret = (struct collect_result){0};
	dns_needs_init(&collect.asked, collect.arena);
	while (!status && !ret->stopped && (count = gather(&collect, &question)))
		exchange_run(&collect.live->exchange, question, count, on_reply, &collect);
	if (!status) {
		count_answers(&collect);
		status = live_flush(&collect.live->dns, reterr);
	}
	dns_free(collect.live ? &collect.live->dns : NULL);
	dns_free(collect.old);
	arena_free(collect.arena);
	return status;
}
