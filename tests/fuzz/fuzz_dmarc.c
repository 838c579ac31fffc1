/* SPDX-License-Identifier: ISC */
/* The input is a domain, a line, and records of which each name of the walk gets one. */
#include "parsers/dmarc/record.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct fake {
	struct dns base;
	struct span text;
	unsigned asked;
};

static void answer(struct dns *dns, struct arena *arena, const char *name, enum dns_type type,
	struct dns_answer *ret)
{
	struct fake *fake = (struct fake *)(void *)dns;
	struct dns_record *r = ARENA_NEW(arena, struct dns_record);
	struct span rest = fake->text;

	(void)name, (void)type;
	for (unsigned i = 0; i < fake->asked % 4; i++)
		rest = span_skip(rest, span_chr(rest, '\n') + 1);
	fake->asked++;
	r->txt = span_sub(rest, 0, span_chr(rest, '\n'));
	ret->status = r->txt.len ? DNS_FOUND : DNS_NODATA;
	ret->record = r;
	ret->count = r->txt.len != 0;
}

static const struct dns_ops ops = {answer, NULL};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span all = span_make(data, size);
	size_t line = span_chr(all, '\n');
	struct arena *arena = arena_new();
	struct fake fake = {.base = {&ops}, .text = span_skip(all, line + 1)};
	struct dkim_signature signature = {.domain = "a.b.example.org", .result = RESULT_PASS};
	struct dkim dkim = {.signature = &signature, .count = 1};
	struct dmarc_query q = {
		.author_domain = arena_text(arena, span_sub(all, 0, line)),
		.author_domains = 1,
		.dkim = &dkim,
	};
	struct dns_log log;

	dns_log_init(&log, arena, &fake.base);
	dmarc_check(arena, &log, &q);
	arena_free(arena);
	return 0;
}
