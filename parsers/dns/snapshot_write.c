/* SPDX-License-Identifier: ISC */
#include "parsers/dns/snapshot.h"
#include "parsers/dns/wire.h"

void snapshot_write_recorded(
	struct buffer *out, int64_t recorded, const char *server, enum dnssec dnssec)
{
	struct arena *arena = arena_new();

	buffer_printf(out, ";@ recorded %s %s",
		recorded == TIME_NONE ? "-" : moment_text(arena, recorded),
		server && *server ? server : "-");
	if (dnssec != DNSSEC_UNKNOWN)
		buffer_printf(out, " %s", dnssec_word(dnssec));
	buffer_char(out, '\n');
	arena_free(arena);
}

static void write_window(struct buffer *out, const struct dns_record *record)
{
	struct arena *arena = arena_new();
	const char *from = moment_text(arena, record->window_from);
	const char *to = moment_text(arena, record->window_to);

	buffer_printf(out, ";@ window %s %s %s\n", from ? from : "-", to ? to : "-",
		record->window_source);
	arena_free(arena);
}

static void write_aliases(struct buffer *out, const struct dns_answer *answer)
{
	const char *name = answer->name;
	uint32_t ttl = answer->count ? answer->record->ttl : 0;

	for (unsigned i = 0; i < answer->cnames; i++) {
		struct dns_record alias = {.name = answer->alias[i], .ttl = ttl};

		wire_write_record(out, name, DNS_CNAME, &alias);
		name = answer->alias[i];
	}
}

static void write_negative(struct buffer *out, const char *name, const struct dns_answer *answer)
{
	bool timeout = answer->detail && !strcmp(answer->detail, "timeout");

	if (answer->status == DNS_NXDOMAIN) {
		buffer_str(out, ";@ nxdomain ");
		wire_write_name(out, name);
		buffer_char(out, '\n');
		return;
	}
	buffer_str(out, answer->status == DNS_NODATA ? ";@ nodata "
			: timeout                    ? ";@ timeout "
						     : ";@ servfail ");
	wire_write_name(out, name);
	buffer_char(out, ' ');
	wire_write_type(out, answer->type);
	if (answer->status == DNS_FAILED && answer->detail && !timeout &&
		strcmp(answer->detail, "SERVFAIL") != 0)
		buffer_printf(out, " %s", answer->detail);
	buffer_char(out, '\n');
}

void snapshot_write_data(struct buffer *out, const struct dns_answer *answer)
{
	bool windowed = false;

	if (answer->status == DNS_NOT_RECORDED)
		return;
	write_aliases(out, answer);
	if (answer->status != DNS_FOUND) {
		/* A loop is seen again when its aliases are followed. */
		if (!answer->detail || strcmp(answer->detail, "CNAME loop") != 0)
			write_negative(out, answer->canonical, answer);
		return;
	}
	for (size_t i = 0; i < answer->count; i++) {
		const struct dns_record *record = &answer->record[i];

		if (record->window_source)
			write_window(out, record);
		else if (windowed)
			buffer_str(out, ";@ window - -\n");
		windowed = record->window_source != NULL;
		wire_write_record(out, answer->canonical, answer->type, record);
	}
	if (windowed)
		buffer_str(out, ";@ window - -\n");
}

void snapshot_write_answer(struct buffer *out, const struct dns_answer *answer)
{
	const struct dns_record *first = answer->count ? answer->record : NULL;
	int64_t recorded = first ? first->recorded : answer->recorded;

	if (answer->status == DNS_NOT_RECORDED)
		return;
	if (recorded != TIME_NONE || (first && first->server && *first->server))
		snapshot_write_recorded(out, recorded, first ? first->server : answer->server,
			first ? first->dnssec : answer->dnssec);
	snapshot_write_data(out, answer);
}
