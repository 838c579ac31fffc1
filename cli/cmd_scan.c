/* SPDX-License-Identifier: ISC */
/* scan: many messages in worker processes, to a stream of records or a case file. plan: the inputs,
 * frozen. */
#include "cli/output.h"
#include "cli/setup.h"
#include "cli/signals.h"
#include "parsers/base/file.h"
#include "parsers/base/printable.h"
#include "parsers/case/scan.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* --- the inputs --- */

static int read_names(struct plan *plan, const char *file, char separator, struct error *reterr)
{
	struct buffer text = BUFFER_INIT;
	int ret = file_read_input(file, &text, reterr);

	if (ret == 0)
		ret = plan_read(plan, buffer_view(&text), file, separator, reterr);
	buffer_release(&text);
	return ret;
}

static int parse_shard(const char *text, unsigned *ret_k, unsigned *ret_n, struct error *reterr)
{
	struct span s = span_of(text);
	size_t slash = span_chr(s, '/');
	uint64_t k, n;

	if (!span_number(span_sub(s, 0, slash), 1000000, &k) ||
		!span_number(span_skip(s, slash + 1), 1000000, &n) || k < 1 || k > n)
		return error_set(
			reterr, ERROR_USAGE, "--shard takes K/N with 1 <= K <= N, not '%s'", text);
	*ret_k = (unsigned)k;
	*ret_n = (unsigned)n;
	return 0;
}

static struct plan *read_plan(const struct call *call, struct error *reterr)
{
	const struct settings *s = call->settings;
	struct plan *plan = plan_new();
	unsigned k = 0, n = 0;

	if ((s->plan && read_names(plan, s->plan, '\n', reterr) != 0) ||
		(s->files_from &&
			read_names(plan, s->files_from, s->null ? '\0' : '\n', reterr) != 0) ||
		plan_add_paths(plan, call->arg, call->arg_count, reterr) != 0 ||
		(s->shard && (parse_shard(s->shard, &k, &n, reterr) != 0 ||
				     plan_shard(plan, k, n, reterr) != 0))) {
		plan_free(plan);
		return NULL;
	}
	return plan;
}

/* --- progress --- */

struct progress_view {
	bool line, terminal;
	unsigned width;
	struct timespec start, told;
	bool shown;
};

static double seconds_since(const struct timespec *from)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)(now.tv_sec - from->tv_sec) + (double)(now.tv_nsec - from->tv_nsec) / 1e9;
}

/* "  1:26 left" or "  12:03:44 left". */
static void add_duration(struct buffer *b, double seconds)
{
	unsigned long s = seconds < 0 ? 0 : (unsigned long)seconds;

	if (s >= 3600)
		buffer_printf(b, "  %lu:%02lu:%02lu left", s / 3600, s / 60 % 60, s % 60);
	else
		buffer_printf(b, "  %lu:%02lu left", s / 60, s % 60);
}

static void add_progress(struct buffer *b, const struct scan_progress *p, double took)
{
	double part = p->bytes_total ? (double)p->bytes / (double)p->bytes_total : 0;

	buffer_printf(b, "%3.0f%%  %.1f of %.1f MB  %" PRIu64 " messages  %.0f/s", 100 * part,
		(double)p->bytes / 1e6, (double)p->bytes_total / 1e6, p->messages,
		(double)p->messages / took);
	if (part > 0)
		add_duration(b, took / part - took);
	for (int i = SEVERITY_CRITICAL; i >= SEVERITY_MEDIUM; i--)
		if (p->by_severity[i])
			buffer_printf(b, "  %" PRIu64 " %s", p->by_severity[i],
				severity_word((enum severity)i));
	if (p->errors)
		buffer_printf(b, "  %" PRIu64 " unreadable", p->errors);
}

static void tell_progress(void *data, const struct scan_progress *p)
{
	struct progress_view *view = data;
	double took = seconds_since(&view->start);
	struct buffer line = BUFFER_INIT;
	struct span shown;

	if (took < 0.5 || (view->line && view->shown && seconds_since(&view->told) < 10))
		return;
	clock_gettime(CLOCK_MONOTONIC, &view->told);
	view->shown = true;
	add_progress(&line, p, took);
	/* A line that does not fit would leave its first half behind. */
	shown = span_sub(buffer_view(&line), 0, view->terminal ? view->width - 1 : SIZE_MAX);
	fprintf(stderr, "%s%.*s%s", view->terminal ? "\r\033[K" : "", SPAN_ARG(shown),
		view->terminal ? "" : "\n");
	buffer_release(&line);
}

static void clear_progress(const struct progress_view *view)
{
	if (view->terminal && view->shown)
		fputs("\r\033[K", stderr);
}

static void tell_problem(void *data, const char *text)
{
	clear_progress(data);
	fprintf(stderr, "mailcheck: %s\n", text);
}

/* --- the summary --- */

static void print_counts(FILE *out, const char *label, const struct scan_count *list, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct buffer shown = BUFFER_INIT;

		printable_add(&shown, span_of(list[i].label), 60);
		fprintf(out, "  %-10s %8" PRIu64 "  %s\n", i == 0 ? label : "", list[i].count,
			buffer_text(&shown));
		buffer_release(&shown);
	}
}

static int more_first(const void *a, const void *b)
{
	const struct scan_count *x = a, *y = b;

	return x->count < y->count ? 1 : x->count > y->count ? -1 : strcmp(x->label, y->label);
}

static void print_codes(FILE *out, const struct scan_summary *sum)
{
	struct scan_count list[FINDING_COUNT];
	size_t n = 0;

	for (int i = 0; i < FINDING_COUNT; i++)
		if (sum->by_code[i])
			list[n++] = (struct scan_count){
				finding_info((enum finding_code)i)->code, sum->by_code[i]};
	qsort(list, n, sizeof *list, more_first);
	print_counts(out, "findings", list, n < 10 ? n : 10);
}

static void print_summary(FILE *out, const struct scan_summary *sum, bool kept)
{
	const struct scan_progress *p = &sum->progress;
	struct scan_count list[AUTHOR_UNKNOWN + 1];
	size_t n = 0;

	fprintf(out,
		"%" PRIu64 " messages in %" PRIu64 " of %" PRIu64 " files, %" PRIu64
		" unreadable%s\n",
		p->messages, p->files, p->files_total, p->errors,
		!sum->interrupted ? ""
		: kept            ? "; stopped before the end: the same command goes on"
				  : "; stopped before the end");
	for (int i = 0; i <= AUTHOR_UNKNOWN; i++)
		if (sum->by_author[i])
			list[n++] =
				(struct scan_count){author_word((enum author)i), sum->by_author[i]};
	print_counts(out, "author", list, n);
	n = 0;
	for (int i = SEVERITY_CRITICAL; i >= 0; i--)
		if (p->by_severity[i])
			list[n++] = (struct scan_count){
				severity_word((enum severity)i), p->by_severity[i]};
	print_counts(out, "severity", list, n);
	print_codes(out, sum);
	print_counts(out, "From", sum->domain, sum->domain_count);
	print_counts(out, "missing", sum->missing, sum->missing_count);
}

/* --- scan --- */

static bool is_case(const struct settings *s)
{
	const char *dot = s->output ? strrchr(s->output, '.') : NULL;

	return dot && (strcmp(dot, ".db") == 0 || strcmp(dot, ".sqlite") == 0) && !s->format;
}

static struct scan_sink *open_sink(
	const struct call *call, const char *options, struct error *reterr)
{
	const struct settings *s = call->settings;
	const char *file = s->quiet && !s->output ? "/dev/null" : s->output ? s->output : "-";
	enum format format = output_format(s);

	if (is_case(s))
		return sink_case(file,
			&(struct sink_case_options){.run = options, .stop = &signals_stop}, reterr);
	return sink_stream(file,
		format == FORMAT_CSV    ? SCAN_CSV
		: format == FORMAT_TEXT ? SCAN_TEXT
					: SCAN_NDJSON,
		true, options, reterr);
}

/* Workers are forked: a resolver with open sockets and one recording cannot be shared among them.
 */
static int refuse_live(const struct settings *s, struct error *reterr)
{
	return s->live ? error_set(reterr, ERROR_USAGE,
				 "scan takes its DNS answers from snapshots: collect them with "
				 "`mailcheck dns "
				 "needs` and `dns record`, then give --dns")
		       : 0;
}

static bool reaches(const struct scan_summary *sum, enum severity fail_on)
{
	for (int i = fail_on; fail_on != SEVERITY_NONE && i <= SEVERITY_CRITICAL; i++)
		if (sum->progress.by_severity[i])
			return true;
	return false;
}

static int run_scan(struct call *call, struct setup *setup, struct plan *plan, struct error *reterr)
{
	const struct settings *s = call->settings;
	const char *options = options_describe(call->arena, s);
	struct progress_view view = {.line = s->progress == PROGRESS_LINE,
		.terminal = s->progress <= PROGRESS_AUTO && isatty(STDERR_FILENO)};
	struct scan_options scan = {.report = setup->report,
		.plan = plan,
		.attached = s->attached,
		.jobs = (unsigned)s->jobs,
		.stop = &signals_stop,
		.problem = tell_problem,
		.problem_data = &view};
	struct scan_summary sum;
	int ret, status;

	scan.sink = open_sink(call, options, reterr);
	if (!scan.sink)
		return complain(NULL, "%s", reterr->text);
	if (view.line || view.terminal) {
		scan.progress = tell_progress;
		scan.progress_data = &view;
	}
	view.width = output_columns(s, STDERR_FILENO, view.terminal);
	clock_gettime(CLOCK_MONOTONIC, &view.start);
	signals_catch();
	scan.report.record_only = true;
	ret = scan_run(&scan, &sum, reterr);
	scan.sink->free(scan.sink);
	clear_progress(&view);
	status = sum.progress.errors || sum.interrupted ? STATUS_TROUBLE : STATUS_OK;
	if (ret != 0)
		status = complain(NULL, "%s", reterr->text);
	if (!s->quiet && (s->output || isatty(STDERR_FILENO)))
		print_summary(s->output ? stdout : stderr, &sum, s->output != NULL);
	if (reaches(&sum, setup_fail_on(s)) && (status == STATUS_OK || s->quiet))
		status = STATUS_FINDINGS;
	scan_summary_release(&sum);
	return status;
}

int cmd_scan(struct call *call)
{
	struct setup setup = {0};
	struct error why = {0};
	struct plan *plan = NULL;
	int status;

	if (refuse_live(call->settings, &why) != 0 ||
		setup_open(&setup, call, REPAIR_OFF, &why) != 0 ||
		!(plan = read_plan(call, &why))) {
		status = complain(NULL, "%s", why.text);
	} else {
		status = run_scan(call, &setup, plan, &why);
	}
	plan_free(plan);
	setup_close(&setup, &why);
	signals_die();
	return status;
}

int cmd_plan(struct call *call)
{
	struct error why = {0};
	struct plan *plan = read_plan(call, &why);
	struct output out;
	int status = STATUS_OK;

	if (!plan || output_open(&out, call->settings, false, &why) != 0) {
		plan_free(plan);
		return complain(NULL, "%s", why.text);
	}
	plan_write(&out.buffer, plan);
	if (output_close(&out, &why) != 0)
		status = complain(NULL, "%s", why.text);
	plan_free(plan);
	return status;
}
