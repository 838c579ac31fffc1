/* SPDX-License-Identifier: ISC */
/* check: explains each message of each file. */
#include "cli/output.h"
#include "cli/setup.h"
#include "parsers/report/attached.h"
#include "parsers/report/outline.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

struct check {
	struct call *call;
	struct setup setup;
	struct output out;
	enum format format;
	size_t records;
	bool found, trouble; /* something reached --fail-on; something could not be read */
};

/* "dump.mbox@104857600", as errors name a place. */
static const char *place(struct arena *arena, const struct origin *origin)
{
	const char *name = origin->source ? origin->source : "-";

	if (origin->member)
		name = arena_printf(arena, "%s!%s", name, origin->member);
	return origin->offset || origin->length
		       ? arena_printf(arena, "%s@%llu", name, (unsigned long long)origin->offset)
		       : name;
}

static void write_text(struct check *check, struct arena *arena, const struct report *report)
{
	enum outline_view view = check->call->settings->all ? OUTLINE_ALL : OUTLINE_SUMMARY;

	if (check->records)
		buffer_char(&check->out.buffer, '\n');
	outline_write(&check->out.buffer, outline_build(arena, report, view, check->out.width),
		check->out.width, check->out.color);
}

/*
 * What stands before a record. A JSON array is written only where there is more than one record, so
 * the first is kept in the buffer until the second comes.
 */
static void write_lead(struct check *check)
{
	struct buffer *out = &check->out.buffer;

	if (check->format == FORMAT_CSV && !check->records)
		report_csv_head(out);
	if (check->format != FORMAT_JSON || !check->records)
		return;
	if (check->records == 1) {
		struct buffer first = *out;

		*out = BUFFER_INIT;
		buffer_str(out, "[\n");
		buffer_span(out, buffer_view(&first));
		buffer_release(&first);
	}
	buffer_char(out, ',');
}

static void write_tail(struct check *check)
{
	if (check->format == FORMAT_JSON && !check->call->settings->quiet && check->records != 1)
		buffer_str(&check->out.buffer, check->records ? "]\n" : "[]\n");
}

static void record_done(struct check *check)
{
	check->records++;
	if (check->format != FORMAT_JSON || check->records > 1)
		output_flush(&check->out);
}

static void write_report(struct check *check, struct arena *arena, const struct report *report)
{
	struct buffer *out = &check->out.buffer;

	if (report->severity >= setup_fail_on(check->call->settings) &&
		setup_fail_on(check->call->settings) != SEVERITY_NONE)
		check->found = true;
	if (check->call->settings->quiet)
		return;
	write_lead(check);
	switch (check->format) {
	case FORMAT_JSON:
	case FORMAT_NDJSON:
		report_json(out, report);
		break;
	case FORMAT_CSV:
		report_csv(out, report);
		break;
	default:
		write_text(check, arena, report);
	}
	record_done(check);
}

static void write_trouble(struct check *check, struct arena *arena, const struct origin *origin,
	const struct error *why)
{
	struct buffer *out = &check->out.buffer;

	check->trouble = true;
	complain(origin->source ? place(arena, origin) : NULL, "%s", why->text);
	if (check->call->settings->quiet || check->format == FORMAT_TEXT)
		return;
	write_lead(check);
	if (check->format == FORMAT_CSV)
		report_csv_error(out, origin, why);
	else
		report_json_error(out, origin, why);
	record_done(check);
}

/* The messages inside it, where records of their own are asked for. */
static void write_attached(struct check *check, struct arena *arena, const struct report *report)
{
	struct attached_list list = {0};

	if (check->call->settings->attached)
		list = report_attached(arena, report);
	for (size_t i = 0; i < list.count; i++)
		write_report(check, arena, list.message[i].report);
}

static void check_all(struct check *check)
{
	struct source_options options = {.recurse = false};
	struct source *source = source_open(check->call->arg, check->call->arg_count, &options);
	struct arena *arena = arena_new();
	struct origin origin;
	struct error why;
	struct span raw;
	int got;

	while (memset(&origin, 0, sizeof origin),
		(got = source_next(source, &raw, &origin, &why)) != 0) {
		if (got < 0) {
			write_trouble(check, arena, &origin, &why);
		} else {
			const struct report *report =
				report_build(arena, raw, &origin, &check->setup.report);

			write_report(check, arena, report);
			write_attached(check, arena, report);
		}
		arena_reset(arena);
		if (check->out.failed)
			break;
	}
	arena_free(arena);
	source_free(source);
}

int cmd_check(struct call *call)
{
	struct check check = {.call = call};
	struct error why = {0};

	const char *dot = call->settings->output ? strrchr(call->settings->output, '.') : NULL;

	if (dot && strcmp(dot, ".db") == 0)
		return complain(NULL,
			"a case file is written by scan: mailcheck scan --output %s ...",
			call->settings->output);
	check.format = output_format(call->settings);
	if (setup_open(&check.setup, call, REPAIR_QUICK, &why) != 0 ||
		output_open(&check.out, call->settings, check.format == FORMAT_TEXT, &why) != 0)
		return complain(NULL, "%s", why.text);
	/* What has expired since stands beside what held then: for readers only, records know no
	 * clock. */
	if (check.format == FORMAT_TEXT)
		check.setup.report.now = (int64_t)time(NULL);
	/* "Now" stands beside the time of the check only where everything is told; records never
	 * hold it. */
	if (call->settings->all && check.format == FORMAT_TEXT)
		check.setup.report.now = (int64_t)time(NULL);
	check_all(&check);
	write_tail(&check);
	if (output_close(&check.out, &why) != 0) {
		check.trouble = true;
		complain(NULL, "%s", why.text);
	}
	if (setup_close(&check.setup, &why) != 0) {
		check.trouble = true;
		complain(NULL, "%s", why.text);
	}
	if (call->settings->quiet && check.found)
		return STATUS_FINDINGS;
	return check.trouble ? STATUS_TROUBLE : check.found ? STATUS_FINDINGS : STATUS_OK;
}
