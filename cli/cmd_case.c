/* SPDX-License-Identifier: ISC */
/* case: asking, exporting, joining and checking case files. */
#include "cli/bundle.h"
#include "cli/case_counts.h"
#include "parsers/base/printable.h"
#include "parsers/report/report.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void add_cell(struct buffer *b, const char *text, size_t width)
{
	size_t before = b->len;

	printable_add(b, span_of(text ? text : ""), width);

	size_t columns = printable_columns((const char *)b->ptr + before);

	if (columns < width)
		buffer_fill(b, ' ', width - columns);
}

/* --- query and export --- */

static void add_row(struct asking *a, const struct case_row *r)
{
	struct buffer *b = &a->out.buffer;
	const char *date = moment_text(a->arena, r->date);
	size_t rest = a->out.width > 75 ? a->out.width - 75 : 20;

	buffer_printf(b, "%7" PRId64 "%c ", r->id, r->marked ? '*' : ' ');
	add_cell(b, severity_word(r->severity), 9);
	add_cell(b, author_word(r->author), 13);
	add_cell(b, result_word(r->dmarc), 10);
	buffer_printf(b, "%-10.10s ", date ? date : "no date");
	add_cell(b, r->from, 24);
	buffer_char(b, ' ');
	printable_add(b, span_of(r->subject ? r->subject : ""), rest);
	while (b->len && b->ptr[b->len - 1] == ' ')
		b->len--;
	buffer_char(b, '\n');
}

static void add_csv(struct asking *a, const struct case_row *r)
{
	struct buffer *b = &a->out.buffer;
	const char *cells[] = {severity_word(r->severity), author_word(r->author),
		result_word(r->dkim), result_word(r->spf), result_word(r->dmarc),
		result_word(r->arc), moment_text(a->arena, r->date), r->from, r->from_domain,
		r->subject, r->code, r->tags};
	size_t count = sizeof cells / sizeof *cells;

	buffer_printf(b, "%" PRId64, r->id);
	for (size_t i = 0; i < count; i++)
		report_csv_cell(b, false, cells[i]);
	buffer_str(b, "\r\n");
}

static int add_message(struct asking *a, int64_t id, enum format format)
{
	struct case_row row;
	const char *record;

	if (format == FORMAT_JSON || format == FORMAT_NDJSON) {
		record = case_record(a->file, a->arena, id);
		if (record)
			buffer_str(&a->out.buffer, record);
		return 0;
	}
	if (case_row(a->file, a->arena, id, &row, &a->why) != 1)
		return -1;
	if (format == FORMAT_CSV)
		add_csv(a, &row);
	else
		add_row(a, &row);
	return 0;
}

static int bad_query(struct asking *a, const char *text, size_t at)
{
	struct error why = a->why;

	complain(NULL, "%s", why.text);
	fprintf(stderr, "  %s\n  %*s^\n", printable_str(a->arena, text),
		(int)printable_columns(printable(a->arena, span_sub(span_of(text), 0, at))), "");
	a->why.text[0] = 0;
	return -1;
}

static int read_sort(
	const char *word, enum case_sort *ret, bool *ret_descending, struct error *reterr)
{
	int sort;

	*ret = CASE_SORT_PLACE;
	*ret_descending = word && *word == '-';
	if (!word)
		return 0;
	sort = case_sort_of(word + *ret_descending);
	if (sort < 0)
		return error_set(reterr, ERROR_USAGE, "there is no order '%s'", word);
	*ret = (enum case_sort)sort;
	return 0;
}

static int list(struct asking *a, const char *text, enum format format)
{
	const struct settings *s = a->call->settings;
	struct case_cursor *cursor = NULL;
	struct filter *filter;
	enum case_sort sort;
	bool descending;
	uint64_t left = s->limit ? s->limit : UINT64_MAX;
	int64_t id[256];
	size_t at = 0;
	int n, ret = -1;

	filter = filter_compile(text, &at, &a->why);
	if (!filter)
		return bad_query(a, text, at);
	if (read_sort(s->sort, &sort, &descending, &a->why) == 0)
		cursor = case_select(a->file, filter, sort, descending, &a->why);
	if (cursor && format == FORMAT_CSV)
		buffer_str(&a->out.buffer, "row,severity,author,dkim,spf,dmarc,arc,date,from,"
					   "domain,subject,code,tags\r\n");
	while (cursor &&
		(n = case_fetch(cursor, id, left < 256 ? (size_t)left : 256, &a->why)) >= 0) {
		ret = 0;
		for (int i = 0; i < n && ret == 0; i++) {
			ret = add_message(a, id[i], format);
			arena_reset(a->arena);
		}
		left -= (uint64_t)n;
		output_flush(&a->out);
		if (n == 0 || left == 0 || ret || a->out.failed)
			break;
		ret = -1;
	}
	case_cursor_free(cursor);
	filter_free(filter);
	return ret;
}

/* The words of the query behind the case's name, as one text. */
static const char *query_text(struct asking *a)
{
	struct buffer b = BUFFER_INIT;
	const char *text;

	for (size_t i = 2; i < a->call->arg_count; i++)
		buffer_printf(&b, "%s%s", i > 2 ? " " : "", a->call->arg[i]);
	text = arena_strdup(a->call->arena, buffer_text(&b));
	buffer_release(&b);
	return text;
}

static int query(struct asking *a)
{
	return list(a, query_text(a), output_format(a->call->settings));
}

static int export_bundle(struct asking *a)
{
	size_t at = 0;
	struct filter *filter = filter_compile(query_text(a), &at, &a->why);
	int ret = filter ? bundle_export(a->call, a->file, filter, &a->why) : bad_query(a, query_text(a), at);

	filter_free(filter);
	return ret;
}

static int export(struct asking *a)
{
	enum format format = output_format(a->call->settings);

	if (a->call->settings->bundle)
		return export_bundle(a);

	return list(a, query_text(a), format == FORMAT_TEXT ? FORMAT_NDJSON : format);
}

/* --- merge, verify --- */

static bool same_file(const char *a, const char *b)
{
	struct stat x, y;

	return stat(a, &x) == 0 && stat(b, &y) == 0 && x.st_dev == y.st_dev && x.st_ino == y.st_ino;
}

/* Where the two were made differently, a message that both have keeps the record that was there. */
static void compare_options(struct asking *a, const char *other)
{
	struct error ignored;
	struct case_file *file = case_open(other, CASE_READ, &ignored);
	struct case_info here, there;

	if (file && case_info(a->file, a->arena, &here, &ignored) == 0 && here.options &&
		case_info(file, a->arena, &there, &ignored) == 0 && there.options &&
		strcmp(here.options, there.options) != 0)
		complain(other, "was scanned with other options (%s; here: %s): its records stand beside those that are here",
			there.options, here.options);
	case_free(file);
}

static int merge(struct asking *a)
{
	for (size_t i = 2; i < a->call->arg_count; i++) {
		const char *other = a->call->arg[i];

		if (same_file(a->call->arg[1], other))
			return error_set(&a->why, ERROR_USAGE, "'%s' is the case itself", other);
		compare_options(a, other);
		if (case_merge(a->file, other, &a->why) != 0)
			return -1;
	}
	return 0;
}

static void tell_differing(void *data, const struct origin *origin, const char *what)
{
	struct asking *a = data;

	complain(NULL, "%s%s%s@%" PRIu64 ": %s", origin->source, origin->member ? "!" : "",
		origin->member ? origin->member : "", origin->offset, what);
	(void)a;
}

static int verify(struct asking *a)
{
	int64_t differ = case_check(a->file, &a->why) == 0
				 ? case_verify(a->file, tell_differing, a, &a->why)
				 : -1;

	if (differ < 0)
		return -1;
	if (differ > 0)
		return error_set(&a->why, ERROR_FORMAT,
			"%" PRId64 " places do not hold what was scanned", differ);
	buffer_printf(&a->out.buffer, "every place holds the bytes that were scanned\n");
	return 0;
}

static const struct verb {
	const char *word, *arguments;
	int (*run)(struct asking *);
	enum case_mode mode;
	size_t least, most;
} verbs[] = {
	{"info", "CASE", case_info_word, CASE_READ, 2, 2},
	{"query", "CASE [FILTER]", query, CASE_READ, 2, 0},
	{"group", "CASE key|border|body|attachment|replay", case_group_words, CASE_READ, 3, 3},
	{"export", "CASE [FILTER]", export, CASE_READ, 2, 0},
	{"merge", "CASE OTHER...", merge, CASE_CREATE, 3, 0},
	{"verify", "CASE|BUNDLE", verify, CASE_READ, 2, 2},
};

/* verify of what is no case file: a bundle. */
static int verify_bundle(struct call *call)
{
	struct error why = {0};
	uint64_t count = 0;
	int64_t differ = bundle_verify(call, call->arg[1], &count, &why);

	if (differ < 0)
		return complain(NULL, "%s", why.text);
	if (differ > 0)
		return complain(NULL, "%" PRId64 " of %" PRIu64 " reports differ", differ, count);
	printf("%" PRIu64 " reports made again: each the same, byte for byte\n", count);
	return STATUS_OK;
}

int cmd_case(struct call *call)
{
	struct asking a = {.call = call};
	const struct verb *verb = NULL;
	int ret;

	for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++)
		if (strcmp(verbs[i].word, call->arg[0]) == 0)
			verb = &verbs[i];
	if (!verb)
		return complain(NULL,
			"there is no 'case %s' (info, query, group, export, merge, verify)",
			call->arg[0]);
	if (call->arg_count < verb->least || (verb->most && call->arg_count > verb->most))
		return complain(NULL, "usage: mailcheck case %s %s", verb->word, verb->arguments);
	if (verb->run == verify && access(call->arg[1], F_OK) == 0 && !case_is(call->arg[1]))
		return verify_bundle(call);
	a.arena = arena_new();
	a.file = case_open(call->arg[1], verb->mode, &a.why);
	ret = a.file && output_open(&a.out, call->settings,
				output_format(call->settings) == FORMAT_TEXT, &a.why) == 0
		      ? 0
		      : -1;
	if (ret == 0) {
		ret = verb->run(&a);

		struct error why = a.why;

		if (output_close(&a.out, &a.why) != 0)
			ret = -1;
		else
			a.why = why;
	}
	if (ret != 0 && a.why.text[0])
		complain(NULL, "%s", a.why.text);
	case_free(a.file);
	arena_free(a.arena);
	return ret == 0 ? STATUS_OK : STATUS_TROUBLE;
}
