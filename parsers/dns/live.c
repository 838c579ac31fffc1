/* SPDX-License-Identifier: ISC */
#include "parsers/dns/live.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "parsers/base/buffer.h"
#include "parsers/dns/dnssec.h"
#include "parsers/dns/snapshot.h"

enum { INDEX_FIRST = 256 };

static size_t *slot(const struct live *live, const char *name, unsigned type)
{
	uint64_t h = 14695981039346656037u;
	size_t mask = live->index_size - 1, at;

	for (const char *p = name; *p; p++)
		h = (h ^ (uint8_t)*p) * 1099511628211u;
	h = (h ^ type) * 1099511628211u;
	for (at = (size_t)(h ^ h >> 29) & mask; live->index[at]; at = (at + 1) & mask) {
		const struct known *known = &live->known[live->index[at] - 1];

		if (known->type == type && !strcmp(known->name, name))
			break;
	}
	return &live->index[at];
}

static const struct dns_answer *find_known(const struct live *live, const char *name, unsigned type)
{
	size_t at = *slot(live, name, type);

	return at ? &live->known[at - 1].answer : NULL;
}

static void grow_index(struct live *live)
{
	if (live->count * 2 < live->index_size)
		return;
	live->index_size *= 4;
	live->index = ARENA_ARRAY(live->arena, size_t, live->index_size);
	for (size_t i = 0; i < live->count; i++)
		*slot(live, live->known[i].name, live->known[i].type) = i + 1;
}

/* --- recording */

static int write_all(struct live *live, const struct buffer *text)
{
	for (size_t at = 0; at < text->len;) {
		ssize_t len = write(live->record_fd, text->ptr + at, text->len - at);

		if (len < 0 && errno == EINTR)
			continue;
		if (len < 0)
			return error_errno(&live->failed, "cannot write '%s'", live->record_path);
		at += (size_t)len;
	}
	return 0;
}

/* One write for each piece of evidence, so that several processes may append to one file. */
static void record(struct live *live, const struct dns_answer *answer)
{
	struct buffer text = BUFFER_INIT;

	if (live->record_fd < 0)
		return;
	snapshot_write_recorded(&text, live->now, answer->server, DNSSEC_UNKNOWN);
	snapshot_write_data(&text, answer);
	write_all(live, &text);
	buffer_release(&text);
}

/* Signatures and denials of existence go right behind the answer that they prove. */
static void record_proofs(struct live *live, const struct question *q)
{
	struct buffer text = BUFFER_INIT, proofs = BUFFER_INIT;

	if (live->record_fd < 0 || !live->exchange.dnssec || !q->reply)
		return;
	dnssec_write_proofs(&proofs, q->reply);
	if (proofs.len) {
		snapshot_write_recorded(&text, live->now, q->server, DNSSEC_UNKNOWN);
		buffer_span(&text, buffer_view(&proofs));
		write_all(live, &text);
	}
	buffer_release(&text);
	buffer_release(&proofs);
}

/* --- asking */

/* Keeps ANSWER (in the arena of LIVE) as what is known of its name, unless something is known
 * already. */
static void learn(struct live *live, struct dns_answer answer)
{
	unsigned type = answer.status == DNS_NXDOMAIN ? 0 : answer.type;
	size_t *at = slot(live, answer.name, type);

	if (*at)
		return;
	answer.recorded = live->now;
	for (size_t i = 0; i < answer.count; i++) {
		struct dns_record *r = (struct dns_record *)(uintptr_t)&answer.record[i];

		r->recorded = live->now;
		r->server = answer.server;
	}
	*LIST_ADD(live->arena, live->known, live->count, live->room) =
		(struct known){answer.name, type, answer};
	*at = live->count;
	grow_index(live);
	record(live, &answer);
}

static void learn_alias(struct live *live, const char *name, const struct reply *reply, unsigned i,
	const char *server)
{
	struct dns_record *r = ARENA_NEW(live->arena, struct dns_record);

	*r = (struct dns_record){.name = reply->alias[i],
		.ttl = reply->alias_ttl[i],
		.dnssec = DNSSEC_UNKNOWN,
		.origin = DNS_ORIGIN_LIVE,
		.window_from = TIME_NONE,
		.window_to = TIME_NONE};
	learn(live, (struct dns_answer){.status = DNS_FOUND,
			    .record = r,
			    .count = 1,
			    .name = name,
			    .canonical = name,
			    .type = DNS_CNAME,
			    .server = server,
			    .dnssec = DNSSEC_UNKNOWN});
}

bool live_keep(void *data, struct question *q)
{
	struct live *live = data;
	struct reply reply;
	const char *name = q->name;

	reply_read(live->arena, q, &reply);
	for (unsigned i = 0; i < reply.aliases; i++) {
		learn_alias(live, name, &reply, i, q->server);
		name = reply.alias[i];
	}
	reply.answer.server = q->server;
	/* Of a loop the aliases are all that there is to know. */
	if (!reply.unfinished &&
		!(reply.aliases == DNS_CNAME_MAX && reply.answer.status == DNS_FAILED))
		learn(live, reply.answer);
	record_proofs(live, q);
	ldns_pkt_free(q->reply);
	q->reply = NULL;
	return true;
}

/* What is known of NAME alone: an answer, or the target of its alias; neither: it must be asked. */
static const char *answer_known(const struct live *live, const char *name, enum dns_type type,
	const struct dns_answer **ret)
{
	const struct dns_answer *alias =
		type == DNS_CNAME ? NULL : find_known(live, name, DNS_CNAME);

	*ret = find_known(live, name, type);
	if (!*ret && alias && alias->status == DNS_FOUND)
		return alias->record->name;
	if (!*ret)
		*ret = find_known(live, name, 0);
	return NULL;
}

void live_peek(const struct live *live, struct arena *arena, const char *name, enum dns_type type,
	struct dns_answer *ret)
{
	const char *alias[DNS_CNAME_MAX], *target;
	const struct dns_answer *answer = NULL;
	unsigned count = 0;

	*ret = (struct dns_answer){
		.status = DNS_NOT_RECORDED, .recorded = TIME_NONE, .dnssec = DNSSEC_UNKNOWN};
	for (; (target = answer_known(live, name, type, &answer)); name = target) {
		if (count == DNS_CNAME_MAX) {
			ret->status = DNS_FAILED;
			ret->detail = "CNAME loop";
			break;
		}
		alias[count++] = target;
	}
	if (answer)
		*ret = *answer;
	ret->canonical = name;
	ret->cnames = count;
	if (count) {
		const char **copy = ARENA_ARRAY(arena, const char *, count);

		memcpy(copy, alias, count * sizeof *copy);
		ret->alias = copy;
	}
}

static void live_answer(struct dns *dns, struct arena *arena, const char *name, enum dns_type type,
	struct dns_answer *ret)
{
	struct live *live = (struct live *)dns;

	for (unsigned asked = 0;; asked++) {
		live_peek(live, arena, name, type, ret);
		if (ret->status != DNS_NOT_RECORDED || asked > DNS_CNAME_MAX)
			return;

		struct question q = {
			.name = arena_strdup(live->arena, ret->canonical), .type = type};

		exchange_run(&live->exchange, &q, 1, live_keep, live);
	}
}

/* --- opening */

static void live_free(struct dns *dns)
{
	struct live *live = (struct live *)dns;

	if (live->record_fd >= 0)
		close(live->record_fd);
	arena_free(live->arena);
	free(live);
}

static const struct dns_ops live_ops = {live_answer, live_free};

static int open_record(struct live *live, const char *path, struct error *reterr)
{
	/* A file that is there may end within a window or without a line end. */
	static const char reset[] = "\n;@ window - -\n";
	off_t end;

	live->record_path = arena_strdup(live->arena, path);
	live->record_fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0666);
	if (live->record_fd < 0)
		return error_errno(reterr, "cannot open '%s'", path);
	end = lseek(live->record_fd, 0, SEEK_END);
	if (end > 0 && write(live->record_fd, reset, sizeof reset - 1) != (ssize_t)sizeof reset - 1)
		return error_errno(reterr, "cannot write '%s'", path);
	return 0;
}

struct dns *live_open(const struct live_options *options, struct error *reterr)
{
	struct live *live = calloc(1, sizeof *live);

	if (!live)
		abort();
	live->dns.ops = &live_ops;
	live->arena = arena_new();
	live->now = options->now;
	live->record_fd = -1;
	live->exchange.timeout_ms = options->timeout_ms;
	live->exchange.tries = options->tries;
	live->exchange.dnssec = options->dnssec;
	live->index_size = INDEX_FIRST;
	live->index = ARENA_ARRAY(live->arena, size_t, live->index_size);
	if (exchange_init(&live->exchange, options->server, reterr) ||
		(options->record && open_record(live, options->record, reterr))) {
		live_free(&live->dns);
		return NULL;
	}
	return &live->dns;
}

int live_flush(struct dns *dns, struct error *reterr)
{
	struct live *live = dns && dns->ops == &live_ops ? (struct live *)dns : NULL;

	if (!live || live->record_fd < 0)
		return 0;
	if (live->failed.code) {
		*reterr = live->failed;
		return -1;
	}
	if (fsync(live->record_fd) < 0 && errno != EINVAL && errno != EROFS)
		return error_errno(reterr, "cannot write '%s'", live->record_path);
	return 0;
}
