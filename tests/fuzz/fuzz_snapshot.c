/* SPDX-License-Identifier: ISC */
/* Any bytes as a snapshot: read, asked for what it may hold, written, and read again to the same
 * answers. */
#include <stdlib.h>

#include "parsers/base/buffer.h"
#include "parsers/dns/snapshot.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void write_all(
	struct buffer *out, struct dns *dns, const struct snapshot *names, struct arena *arena)
{
	static const enum dns_type types[] = {DNS_A, DNS_TXT, DNS_MX, DNS_CNAME, DNS_AAAA, DNS_PTR};
	struct dns_log log;

	dns_log_init(&log, arena, dns);
	for (size_t i = 0; i < names->node_count && i < 50; i++)
		for (size_t k = 0; k < sizeof types / sizeof *types; k++)
			snapshot_write_answer(
				out, dns_lookup(&log, names->node[i].name, types[k], ""));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *arena = arena_new();
	struct buffer first = BUFFER_INIT, second = BUFFER_INIT;
	struct dns *dns = snapshot_parse(span_make(data, size), "fuzz", NULL, NULL);
	const struct snapshot *names = snapshot_of(dns);

	write_all(&first, dns, names, arena);

	struct dns *again = snapshot_parse(buffer_view(&first), "again", NULL, NULL);
	size_t problems;

	if (snapshot_problems(again, &problems), problems)
		abort();
	write_all(&second, again, names, arena);
	buffer_release(&first);
	buffer_release(&second);
	dns_free(again);
	dns_free(dns);
	arena_free(arena);
	return 0;
}
