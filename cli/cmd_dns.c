/* SPDX-License-Identifier: ISC */
/* dns: what evidence is missing, and asking for it where that is wanted. */
#include "cli/cmd_dns.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cli/output.h"
#include "cli/setup.h"
#include "cli/signals.h"
#include "parsers/base/file.h"
#include "parsers/case/case.h"
#include "parsers/report/json.h"
#include "parsers/report/needs.h"

enum { RATE = 50 };

int dns_finish(struct output *out, int status)
{
	struct error why = {0};

	if (output_close(out, &why) == 0)
		return status;
	return complain(NULL, "%s", why.text);
}

/* --- needs --- */

static void write_needs(struct buffer *out, const struct dns_needs *needs, bool json)
{
	struct json j = {.out = out};

	if (!json) {
		dns_needs_write(out, needs);
		return;
	}
	member_open(&j, NULL, '[');
	for (size_t i = 0; i < needs->count; i++) {
		member_open(&j, NULL, '{');
		member_text(&j, "name", needs->need[i].name);
		member_text(&j, "type", dns_type_word(needs->need[i].type));
		member_text(&j, "why", needs->need[i].why);
		member_close(&j, '}');
	}
	member_close(&j, ']');
	buffer_char(out, '\n');
}

/* Reads every message below PATH; false where one could not be read. */
static bool needs_of_path(const struct setup *setup, struct dns_needs *needs, const char *path)
{
	struct source_options options = {.recurse = true};
	struct source *source = source_open(&path, 1, &options);
	struct arena *scratch = arena_new();
	struct origin origin = {0};
	struct error why = {0};
	struct span raw;
	bool all = true;
	int got;

	while ((got = source_next(source, &raw, &origin, &why)) != 0) {
		if (got < 0) {
			all = false;
			complain(origin.source, "%s", why.text);
		} else {
			needs_of_message(needs, scratch, raw, &origin, &setup->report);
		}
		arena_reset(scratch);
		memset(&origin, 0, sizeof origin);
	}
	arena_free(scratch);
	source_free(source);
	return all;
}

/* One message of a case, read again where the case says that it lies. */
static bool needs_of_row(const struct setup *setup, struct dns_needs *needs, struct case_file *file,
	struct arena *scratch, int64_t id)
{
	struct origin origin = {0};
	struct error why = {0};
	uint8_t *raw = NULL;
	size_t len = 0;

	if (case_location(file, scratch, id, 0, &origin, &why) != 1 ||
		source_read(origin.source, origin.member, origin.offset, origin.length, &raw, &len,
			&why) != 0) {
		complain(origin.source, "%s", why.text);
		return false;
	}
	origin_complete(scratch, &origin);
	needs_of_message(needs, scratch, span_make(raw, len), &origin, &setup->report);
	free(raw);
	return true;
}

static bool needs_of_case(const struct setup *setup, struct dns_needs *needs, const char *path)
{
	struct error why = {0};
	struct case_file *file = case_open(path, CASE_READ, &why);
	struct case_cursor *cursor =
		file ? case_select(file, NULL, CASE_SORT_PLACE, false, &why) : NULL;
	struct arena *scratch = arena_new();
	bool all = cursor != NULL;
	int64_t id;
	int got = 0;

	while (cursor && (got = case_fetch(cursor, &id, 1, &why)) > 0) {
		all &= needs_of_row(setup, needs, file, scratch, id);
		arena_reset(scratch);
	}
	if (!cursor || got < 0)
		all = false, complain(NULL, "%s", why.text);
	arena_free(scratch);
	if (cursor)
		case_cursor_free(cursor);
	if (file)
		case_free(file);
	return all;
}

static int dns_needs(struct call *call)
{
	struct setup setup;
	struct output out = {0};
	struct error why = {0};
	struct dns_needs needs;
	enum format format = output_format(call->settings);

	if (call->arg_count < 2)
		return complain("dns needs", "no PATH was given");
	if (call->settings->live)
		return complain("dns needs", "--live has no meaning here: nothing is asked");
	if (setup_open(&setup, call, REPAIR_OFF, &why) != 0 ||
		output_open(&out, call->settings, format == FORMAT_TEXT, &why) != 0)
		return complain(NULL, "%s", why.text);
	setup.report.auth_only = true;
	dns_needs_init(&needs, call->arena);

	bool all = true;

	for (size_t i = 1; i < call->arg_count; i++)
		all &= case_is(call->arg[i]) ? needs_of_case(&setup, &needs, call->arg[i])
					     : needs_of_path(&setup, &needs, call->arg[i]);
	dns_needs_sort(&needs);
	write_needs(&out.buffer, &needs, format == FORMAT_JSON || format == FORMAT_NDJSON);
	output_flush(&out);
	setup_close(&setup, &why);
	return dns_finish(&out, all ? STATUS_OK : STATUS_TROUBLE);
}

/* --- record --- */

static bool tell_progress(void *data, size_t answered, size_t known)
{
	const bool *terminal = data;

	if (*terminal)
		fprintf(stderr, "\r%zu answers, %zu questions known ", answered, known);
	return !signals_stop;
}

static void tell_result(const struct collect_result *result, const char *file, bool terminal)
{
	fprintf(stderr,
		"%smailcheck: %zu questions asked; %zu found, %zu absent, %zu failed, %zu known "
		"before; in %s\n",
		terminal ? "\r" : "", result->questions, result->found, result->absent,
		result->failed, result->kept, file);
}

static int read_needs(struct call *call, struct dns_needs *needs)
{
	const char *file = call->settings->needs;
	struct buffer text = BUFFER_INIT;
	struct error why = {0};
	int status = file_read_input(file, &text, &why);

	dns_needs_init(needs, call->arena);
	if (status == 0)
		status = dns_needs_read(needs, buffer_view(&text), file, &why);
	buffer_release(&text);
	return status ? complain(NULL, "%s", why.text) : 0;
}

static int dns_record(struct call *call)
{
	const struct settings *s = call->settings;
	bool terminal = isatty(STDERR_FILENO);
	struct collect_options options = {
		.live = {.server = s->server,
			.record = s->output,
			.now = (int64_t)time(NULL),
			.dnssec = s->dnssec},
		.per_second = s->rate ? (unsigned)s->rate : RATE,
		.follow = needs_follow,
		.progress = tell_progress,
		.data = &terminal,
	};
	struct collect_result result;
	struct dns_needs needs;
	struct error why = {0};

	if (call->arg_count > 1)
		return complain(
			"dns record", "takes no argument but --needs FILE and --output FILE");
	if (!s->needs || !s->output)
		return complain("dns record", "needs --needs FILE and --output FILE");
	if (read_needs(call, &needs) != 0)
		return STATUS_TROUBLE;
	if (!s->quiet)
		complain(NULL,
			"asking %zu questions: whoever runs the name servers of these names can "
			"see "
			"that somebody asks, and when",
			needs.count);
	signals_catch();
	if (dns_collect(&options, &needs, &result, &why) != 0)
		return complain(NULL, "%s", why.text);
	if (!s->quiet)
		tell_result(&result, s->output, terminal);
	signals_die();
	/* A failure is recorded as such; where nothing else came, nobody answered. */
	return result.failed && !result.found && !result.absent ? STATUS_TROUBLE : STATUS_OK;
}

/* --- which --- */

int cmd_dns(struct call *call)
{
	static const struct {
		const char *word;
		int (*run)(struct call *);
	} table[] = {
		{"needs", dns_needs},
		{"record", dns_record},
		{"list", dns_list},
		{"check", dns_check},
		{"import", dns_import_files},
	};

	for (size_t i = 0; i < sizeof table / sizeof *table; i++)
		if (strcmp(call->arg[0], table[i].word) == 0)
			return table[i].run(call);
	return complain("dns", "'%s' is none of needs, record, check, import, list", call->arg[0]);
}
