/* SPDX-License-Identifier: ISC */
/* The input is a record, a line, and an envelope: the record is evaluated, its macros expanded. */
#include "parsers/spf/macro.h"
#include "parsers/spf/spf.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct fake {
	struct dns base;
	struct span record, other;
};

/* Every TXT is the record or the other text, by the length of the name; every address and name
 * exists. */
static void answer(struct dns *dns, struct arena *arena, const char *name, enum dns_type type,
	struct dns_answer *ret)
{
	struct fake *fake = (struct fake *)(void *)dns;
	struct dns_record *r = ARENA_ARRAY(arena, struct dns_record, 2);

	r[0].txt = strlen(name) % 2 ? fake->record : fake->other;
	r[0].name = "mail.example.org";
	memcpy(r[0].address, "\xc0\x00\x02\x01", 4);
	r[1] = r[0];
	ret->status = strlen(name) % 7 == 0 ? DNS_NXDOMAIN : DNS_FOUND;
	ret->record = r;
	ret->count = ret->status == DNS_FOUND ? (type == DNS_TXT ? 1 : 2) : 0;
}

static const struct dns_ops ops = {answer, NULL};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span all = span_make(data, size);
	size_t line = span_chr(all, '\n');
	struct arena *arena = arena_new();
	struct fake fake = {.base = {&ops}, .record = span_sub(all, 0, line)};
	struct dns_log log;
	struct span rest = span_skip(all, line + 1);
	struct spf_query q = {
		.client = ip_parse(SPAN("2001:db8::1")),
		.helo = "mail.example.org",
		.at = 1,
	};

	fake.other = rest;
	q.mail_from =
		arena_printf(arena, "%s@odd.example.org", arena_text(arena, span_sub(rest, 0, 80)));
	dns_log_init(&log, arena, &fake.base);
	spf_check(arena, &log, &q);
	q.client = ip_parse(SPAN("192.0.2.1"));
	dns_log_init(&log, arena, &fake.base);
	spf_check(arena, &log, &q);
	arena_free(arena);
	return 0;
}
