/* SPDX-License-Identifier: ISC */
/*
 * The first line is the key record that every selector has, the rest is the message: signature
 * fields, keys, canonicalization and a short repair search meet hostile bytes.
 */
#include <stdlib.h>

#include "parsers/arc/arc.h"
#include "parsers/dkim/verify.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct span record;

static void answer(struct dns *dns, struct arena *arena, const char *name, enum dns_type type,
	struct dns_answer *ret)
{
	struct dns_record *r = ARENA_NEW(arena, struct dns_record);

	(void)dns;
	*r = (struct dns_record){.txt = record,
		.recorded = TIME_NONE,
		.window_from = TIME_NONE,
		.window_to = TIME_NONE};
	*ret = (struct dns_answer){.status = DNS_FOUND,
		.name = name,
		.canonical = name,
		.type = type,
		.record = r,
		.count = 1};
}

static void no_free(struct dns *dns)
{
	(void)dns;
}

static void check_spans(const struct message *m, const struct dkim_signature *sig)
{
	if (sig->body_tail.len && !span_within(m->raw, sig->body_tail))
		abort();
	for (size_t i = 0; sig->repair && i < sig->repair->edit_count; i++)
		if (sig->repair->edit[i].where.len &&
			!span_within(m->raw, sig->repair->edit[i].where))
			abort();
	if (sig->result == RESULT_PASS && sig->repair)
		abort();
	if (!sig->explanation)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct dns_ops ops = {answer, no_free};
	static struct dns dns = {&ops};
	struct arena *arena = arena_new();
	struct dkim_context *context = dkim_context_new();
	struct span raw = span_make(data, size);
	const struct dkim_options options = {.at = 1700000000,
		.now = 1800000000,
		.repair = size % 8 == 0 ? REPAIR_QUICK : REPAIR_OFF};
	struct dns_log log;
	const struct message *m;
	const struct dkim *dkim;
	struct trace *trace = ARENA_NEW(arena, struct trace);

	record = span_line(&raw, NULL);
	m = message_parse(arena, raw, &(struct message_options){.mbox = size % 2 == 0});
	dns_log_init(&log, arena, &dns);
	dkim = dkim_check(arena, m, &log, context, &options);
	for (size_t i = 0; i < dkim->count; i++)
		check_spans(m, &dkim->signature[i]);
	arc_check(arena, m, trace, &log, context, &(struct arc_options){.dkim = options});
	dkim_context_free(context);
	arena_free(arena);
	return 0;
}
