/* SPDX-License-Identifier: ISC */
/* dns list, check, import: snapshots as files. */
#include "cli/cmd_dns.h"

#include <stdio.h>
#include <string.h>

#include "parsers/base/file.h"
#include "parsers/base/printable.h"
#include "parsers/report/json.h"
#include "parsers/report/judge.h"

struct files {
	struct call *call;
	struct output out;
	struct arena *arena; /* of one answer */
	struct dns *dns;
	struct json json;
	bool as_json;
	struct dkim_context *dkim;
	size_t answers, judged, faults, problems;
};

/* The files named, and those of --dns. */
static struct dns *load(struct call *call, struct error *reterr)
{
	const struct settings *s = call->settings;
	struct snapshot_options options = {
		.assume_complete = s->assume_complete, .anchor = s->anchor};
	size_t count = call->arg_count - 1 + s->dns.count;
	const char **file = ARENA_ARRAY(call->arena, const char *, count);

	if (!count) {
		error_set(reterr, ERROR_USAGE, "dns %s: no snapshot was given", call->arg[0]);
		return NULL;
	}
	for (size_t i = 0; i < count; i++)
		file[i] = i < s->dns.count ? s->dns.text[i] : call->arg[1 + i - s->dns.count];
	return snapshot_load(file, count, &options, reterr);
}

static int open_files(struct files *files, struct call *call)
{
	struct error why = {0};
	enum format format = output_format(call->settings);

	files->call = call;
	files->as_json = format == FORMAT_JSON || format == FORMAT_NDJSON;
	files->dns = load(call, &why);
	if (!files->dns || output_open(&files->out, call->settings, !files->as_json, &why) != 0)
		return complain(NULL, "%s", why.text);
	files->arena = arena_new();
	files->json.out = &files->out.buffer;
	return 0;
}

static int close_files(struct files *files, int status)
{
	output_flush(&files->out);
	arena_free(files->arena);
	dns_free(files->dns);
	return dns_finish(&files->out, status);
}

/* --- list --- */

static const char *window_of(struct arena *arena, const struct dns_record *r)
{
	const char *from = moment_text(arena, r->window_from),
		   *to = moment_text(arena, r->window_to);

	if (!r->window_source)
		return NULL;
	return arena_printf(arena, "%s to %s%s%s", from ? from : "-", to ? to : "-",
		*r->window_source ? ", " : "", r->window_source);
}

/* The record's data, as a master file has it. */
static const char *data_of(struct arena *arena, const struct dns_answer *answer, size_t i)
{
	struct dns_answer one = {.status = DNS_FOUND,
		.record = &answer->record[i],
		.count = 1,
		.name = answer->name,
		.canonical = answer->name,
		.type = answer->type};
	struct dns_record bare = answer->record[i];
	struct buffer text = BUFFER_INIT;
	const char *data;

	bare.window_source = NULL;
	bare.recorded = TIME_NONE;
	bare.server = NULL;
	one.record = &bare;
	one.recorded = TIME_NONE;
	snapshot_write_answer(&text, &one);

	struct span line = span_trim(buffer_view(&text));

	for (int tabs = 0; tabs < 4; tabs++)
		line = span_skip(line, span_chr(line, '\t') + 1);
	data = arena_text(arena, line);
	buffer_release(&text);
	return data;
}

static void list_text(struct files *files, const struct dns_answer *answer)
{
	struct buffer *out = &files->out.buffer;
	struct arena *arena = files->arena;
	const char *type = answer->type == DNS_ANY ? "*" : dns_type_word(answer->type);

	for (size_t i = 0; i < answer->count || i == 0; i++) {
		const struct dns_record *r = answer->count ? &answer->record[i] : NULL;
		int64_t recorded = r ? r->recorded : answer->recorded;
		const char *server = r ? r->server : answer->server;
		const char *window = r ? window_of(arena, r) : NULL;
		enum dnssec dnssec = r ? r->dnssec : answer->dnssec;

		buffer_printf(out, "%s %s  ",
			printable_str(arena, *answer->name ? answer->name : "."), type);
		if (r)
			printable_add(out, span_of(data_of(arena, answer, i)), 0);
		else
			buffer_printf(out, "%s%s%s", dns_status_word(answer->status),
				answer->detail ? ": " : "",
				answer->detail ? printable_str(arena, answer->detail) : "");
		buffer_char(out, '\n');
		buffer_printf(out, "    %s",
			recorded == TIME_NONE ? "no time" : moment_text(arena, recorded));
		if (server && *server)
			buffer_printf(out, ", from %s", printable_str(arena, server));
		if (dnssec != DNSSEC_UNKNOWN)
			buffer_printf(out, ", DNSSEC %s", dnssec_word(dnssec));
		if (window)
			buffer_printf(out, ", in use %s", printable_str(arena, window));
		if (r && r->file)
			buffer_printf(out, ", %s:%u", printable_str(arena, r->file), r->line);
		buffer_char(out, '\n');
	}
}

static void list_json_record(struct files *files, const struct dns_answer *answer, size_t i)
{
	const struct dns_record *r = &answer->record[i];
	struct json *j = &files->json;

	member_open(j, NULL, '{');
	member_text(j, "data", data_of(files->arena, answer, i));
	member_integer(j, "ttl", r->ttl);
	member_text(j, "recorded", moment_text(files->arena, r->recorded));
	member_text(j, "server", r->server && *r->server ? r->server : NULL);
	member_text(j, "dnssec", dnssec_word(r->dnssec));
	member_text(j, "window", window_of(files->arena, r));
	member_text(j, "file", r->file);
	member_integer(j, "line", r->line);
	member_close(j, '}');
}

static void list_json(struct files *files, const struct dns_answer *answer)
{
	struct json *j = &files->json;

	member_open(j, NULL, '{');
	member_text(j, "name", answer->name);
	member_text(j, "type", answer->type == DNS_ANY ? "*" : dns_type_word(answer->type));
	member_text(j, "status", dns_status_word(answer->status));
	member_text(j, "detail", answer->detail);
	member_text(j, "recorded", moment_text(files->arena, answer->recorded));
	member_text(j, "dnssec", dnssec_word(answer->dnssec));
	member_open(j, "records", '[');
	for (size_t i = 0; i < answer->count; i++)
		list_json_record(files, answer, i);
	member_close(j, ']');
	member_close(j, '}');
}

static bool list_one(void *data, const struct dns_answer *answer)
{
	struct files *files = data;

	if (files->as_json)
		list_json(files, answer);
	else
		list_text(files, answer);
	arena_reset(files->arena);
	if (files->out.buffer.len > 65536)
		output_flush(&files->out);
	return !files->out.failed;
}

int dns_list(struct call *call)
{
	struct files files = {0};

	if (open_files(&files, call) != 0)
		return STATUS_TROUBLE;
	if (files.as_json)
		member_open(&files.json, NULL, '[');
	snapshot_each(files.dns, list_one, &files);
	if (files.as_json) {
		member_close(&files.json, ']');
		buffer_char(&files.out.buffer, '\n');
	}
	return close_files(&files, STATUS_OK);
}

/* --- check --- */

static void check_fault(void *data, const struct judgement *judgement)
{
	struct files *files = data;
	const struct dns_record *r = judgement->record;

	files->faults++;
	if (r && r->file)
		buffer_printf(&files->out.buffer, "%s:%u: ", printable_str(files->arena, r->file),
			r->line);
	buffer_printf(&files->out.buffer, "%s: %s (%s)\n", judgement->kind, judgement->what,
		judgement->clause);
}

static bool check_one(void *data, const struct dns_answer *answer)
{
	struct files *files = data;

	files->answers++;
	files->judged += judge_answer(files->arena, files->dkim, answer, check_fault, files);
	arena_reset(files->arena);
	return !files->out.failed;
}

static void check_conflict(void *data, const struct snapshot_conflict *c)
{
	struct files *files = data;
	struct arena *arena = files->arena;

	files->problems++;
	buffer_printf(&files->out.buffer,
		"%s:%u: another answer for %s %s than %s:%u, which holds\n",
		printable_str(arena, c->other_file), c->other_line, printable_str(arena, c->name),
		dns_type_word(c->type), printable_str(arena, c->file), c->line);
	arena_reset(arena);
}

static void check_lines(struct files *files)
{
	size_t count = 0;
	const struct snapshot_problem *problem = snapshot_problems(files->dns, &count);

	for (size_t i = 0; i < count; i++)
		buffer_printf(&files->out.buffer, "%s:%u: %s\n",
			printable_str(files->arena, problem[i].file), problem[i].line,
			printable_str(files->arena, problem[i].text));
	files->problems += count;
}

int dns_check(struct call *call)
{
	struct files files = {0};
	const char *recorded;

	if (open_files(&files, call) != 0)
		return STATUS_TROUBLE;
	files.dkim = dkim_context_new();
	check_lines(&files);
	snapshot_each(files.dns, check_one, &files);
	snapshot_conflicts(files.dns, check_conflict, &files);
	recorded = moment_text(files.arena, snapshot_recorded(files.dns));
	buffer_printf(&files.out.buffer,
		"%zu names, %zu answers, %zu records judged; %zu faults, %zu problems; %s%s%s\n",
		snapshot_names(files.dns), files.answers, files.judged, files.faults,
		files.problems, snapshot_complete(files.dns) ? "complete" : "not complete",
		recorded ? ", recorded " : "", recorded ? recorded : "");
	dkim_context_free(files.dkim);
	return close_files(&files, files.faults || files.problems ? STATUS_FINDINGS : STATUS_OK);
}

/* --- import --- */

static void tell_unread(void *data, const char *file, unsigned line, const char *what)
{
	struct files *files = data;

	files->problems++;
	if (line)
		complain(NULL, "%s:%u: %s", file, line, what);
	else
		complain(file, "%s", what);
}

int dns_import_files(struct call *call)
{
	struct files files = {.call = call};
	struct error why = {0};

	if (call->arg_count < 2)
		return complain("dns import", "no FILE was given");
	if (output_open(&files.out, call->settings, false, &why) != 0)
		return complain(NULL, "%s", why.text);
	for (size_t i = 1; i < call->arg_count; i++) {
		struct buffer text = BUFFER_INIT;

		if (file_read_input(call->arg[i], &text, &why) != 0)
			tell_unread(&files, call->arg[i], 0, why.text);
		else
			files.answers += dns_import(&files.out.buffer, buffer_view(&text),
				call->arg[i], tell_unread, &files);
		buffer_release(&text);
		output_flush(&files.out);
	}
	if (!files.answers)
		complain(NULL, "nothing was imported");
	return dns_finish(
		&files.out, files.problems || !files.answers ? STATUS_TROUBLE : STATUS_OK);
}
