/* SPDX-License-Identifier: ISC */
/* domain: what each domain publishes for mail, with what to mend. */
#include "cli/output.h"
#include "cli/setup.h"
#include "parsers/report/domain.h"

struct job {
	struct call *call;
	struct setup setup;
	struct output out;
	enum format format;
	bool found, trouble;
	size_t written;
};

static void write_domain(struct job *job, struct arena *arena, const struct domain_report *report)
{
	struct buffer *out = &job->out.buffer;

	if (job->format == FORMAT_TEXT) {
		if (job->written)
			buffer_char(out, '\n');
		outline_write(out, domain_outline(arena, report, job->out.width), job->out.width,
			job->out.color);
	} else {
		if (job->format == FORMAT_JSON && job->call->arg_count > 1)
			buffer_char(out, job->written ? ',' : '[');
		domain_json(out, report);
	}
	job->written++;
	output_flush(&job->out);
}

static void judge(struct job *job, const char *name)
{
	const struct settings *s = job->call->settings;
	struct arena *arena = arena_new();
	struct domain_query query = {
		.domain = name,
		.dns = job->setup.dns,
		.psl = job->setup.psl,
		.dkim = job->setup.dkim,
		.selector = s->selector.text,
		.selector_count = s->selector.count,
	};
	const struct domain_report *report = domain_check(arena, &query);
	enum severity fail_on = setup_fail_on(s);

	if (!report) {
		complain(name, "is no domain name");
		job->trouble = true;
	} else {
		job->found |= fail_on != SEVERITY_NONE && report->severity >= fail_on;
		if (!s->quiet)
			write_domain(job, arena, report);
	}
	arena_free(arena);
}

int cmd_domain(struct call *call)
{
	struct job job = {.call = call};
	struct error why = {0};

	job.format = output_format(call->settings);
	if (job.format == FORMAT_CSV)
		return complain(call->command->name, "a domain is written as text, json or ndjson");
	if (setup_open(&job.setup, call, REPAIR_OFF, &why) != 0 ||
		output_open(&job.out, call->settings, job.format == FORMAT_TEXT, &why) != 0)
		return complain(NULL, "%s", why.text);
	for (size_t i = 0; i < call->arg_count && !job.out.failed; i++)
		judge(&job, call->arg[i]);
	if (job.format == FORMAT_JSON && call->arg_count > 1 && !call->settings->quiet)
		buffer_str(&job.out.buffer, job.written ? "]\n" : "[]\n");
	if (output_close(&job.out, &why) != 0) {
		job.trouble = true;
		complain(NULL, "%s", why.text);
	}
	if (setup_close(&job.setup, &why) != 0) {
		job.trouble = true;
		complain(NULL, "%s", why.text);
	}
	return job.trouble ? STATUS_TROUBLE : job.found ? STATUS_FINDINGS : STATUS_OK;
}
