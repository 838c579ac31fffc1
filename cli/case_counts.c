/* SPDX-License-Identifier: ISC */
#include "cli/case_counts.h"

#include "parsers/base/printable.h"
#include "parsers/report/json.h"
#include "parsers/report/report.h"

#include <inttypes.h>
#include <stdio.h>

struct counting {
	struct asking *asking;
	struct buffer *out;
	enum format format;
	struct json json;
	const char *section; /* of info */
};

static struct counting counting(struct asking *a)
{
	struct buffer *out = &a->out.buffer;

	return (struct counting){.asking = a,
		.out = out,
		.format = output_format(a->call->settings),
		.json = {out, false}};
}

static bool is_json(const struct counting *c)
{
	return c->format == FORMAT_JSON || c->format == FORMAT_NDJSON;
}

static void csv_number(struct buffer *b, int64_t number)
{
	buffer_printf(b, ",%" PRId64, number);
}

/* --- info --- */

static const struct {
	const char *title, *name;
	enum case_tally tally;
	unsigned most;
} sections[] = {
	{"author", "by_author", TALLY_AUTHOR, 0},
	{"severity", "by_severity", TALLY_SEVERITY, 0},
	{"dkim", "by_dkim", TALLY_DKIM, 0},
	{"spf", "by_spf", TALLY_SPF, 0},
	{"dmarc", "by_dmarc", TALLY_DMARC, 0},
	{"findings", "by_code", TALLY_CODE, 15},
	{"From domains", "by_from_domain", TALLY_DOMAIN, 10},
	{"missing DNS", "by_missing_name", TALLY_MISSING, 10},
	{"tags", "by_tag", TALLY_TAG, 10},
};

static int add_tally(void *data, const char *label, int64_t count)
{
	struct counting *c = data;

	if (is_json(c)) {
		member_open(&c->json, NULL, '{');
		member_string(&c->json, "label", label);
		member_integer(&c->json, "count", count);
		member_close(&c->json, '}');
	} else if (c->format == FORMAT_CSV) {
		report_csv_cell(c->out, true, c->section);
		report_csv_cell(c->out, false, label);
		csv_number(c->out, count);
		buffer_str(c->out, "\r\n");
	} else {
		buffer_printf(c->out, "    %8" PRId64 "  ", count);
		printable_add(c->out, span_of(label), 80);
		buffer_char(c->out, '\n');
	}
	return 0;
}

static void add_totals_text(struct counting *c, const struct case_info *i)
{
	printable_add(c->out, span_of(case_path(c->asking->file)), 0);
	buffer_printf(c->out,
		": %" PRId64 " messages at %" PRId64 " places in %" PRId64 " sources, %" PRId64
		" unreadable, %" PRId64 " findings, %" PRId64 " DNS answers missing%s\n",
		i->messages, i->locations, i->sources, i->errors, i->findings, i->missing,
		i->finished ? "" : "; the scan is not finished");
	if (!i->options)
		return;
	buffer_str(c->out, "  options   ");
	printable_add(c->out, span_of(i->options), 0);
	buffer_char(c->out, '\n');
}

static void add_totals(struct counting *c, const struct case_info *i)
{
	const struct {
		const char *name;
		int64_t count;
	} totals[] = {{"messages", i->messages}, {"places", i->locations}, {"sources", i->sources},
		{"unreadable", i->errors}, {"findings", i->findings}, {"missing", i->missing}};

	if (c->format == FORMAT_TEXT) {
		add_totals_text(c, i);
		return;
	}
	if (is_json(c)) {
		member_string(&c->json, "case", case_path(c->asking->file));
		member_text(&c->json, "options", i->options);
		member_bool(&c->json, "finished", i->finished);
	}
	c->section = "total";
	for (size_t k = 0; k < sizeof totals / sizeof *totals; k++)
		if (is_json(c))
			member_integer(&c->json, totals[k].name, totals[k].count);
		else
			add_tally(c, totals[k].name, totals[k].count);
}

static int add_section(struct counting *c, size_t k)
{
	struct asking *a = c->asking;
	int status;

	c->section = sections[k].name;
	if (is_json(c))
		member_open(&c->json, c->section, '[');
	else if (c->format == FORMAT_TEXT)
		buffer_printf(c->out, "  %s\n", sections[k].title);
	status = case_tally(a->file, sections[k].tally, sections[k].most, add_tally, c, &a->why);
	if (is_json(c))
		member_close(&c->json, ']');
	return status;
}

int case_info_word(struct asking *a)
{
	struct counting c = counting(a);
	struct case_info i;

	if (case_check(a->file, &a->why) != 0 || case_info(a->file, a->arena, &i, &a->why) != 0)
		return -1;
	if (is_json(&c))
		member_open(&c.json, NULL, '{');
	else if (c.format == FORMAT_CSV)
		buffer_str(c.out, "section,label,count\r\n");
	add_totals(&c, &i);
	for (size_t k = 0; k < sizeof sections / sizeof *sections; k++)
		if (add_section(&c, k) != 0)
			return -1;
	if (is_json(&c)) {
		member_close(&c.json, '}');
		buffer_char(c.out, '\n');
	}
	return 0;
}

/* --- group --- */

static int add_group(void *data, const char *label, int64_t count, int64_t first_id)
{
	struct counting *c = data;

	if (is_json(c)) {
		member_open(&c->json, NULL, '{');
		member_string(&c->json, "label", label);
		member_integer(&c->json, "messages", count);
		member_integer(&c->json, "first_row", first_id);
		member_close(&c->json, '}');
	} else if (c->format == FORMAT_CSV) {
		report_csv_cell(c->out, true, label);
		csv_number(c->out, count);
		csv_number(c->out, first_id);
		buffer_str(c->out, "\r\n");
	} else {
		buffer_printf(c->out, "%8" PRId64 "  from row %-7" PRId64 " ", count, first_id);
		printable_add(c->out, span_of(label), 0);
		buffer_char(c->out, '\n');
	}
	if (c->format == FORMAT_NDJSON) {
		c->json.comma = false;
		buffer_char(c->out, '\n');
	}
	return 0;
}

int case_group_words(struct asking *a)
{
	struct counting c = counting(a);
	int which = case_group_of(a->call->arg[2]), status;

	if (which < 0)
		return error_set(&a->why, ERROR_USAGE,
			"case group takes one of key, border, body, attachment, replay");
	if (c.format == FORMAT_CSV)
		buffer_str(c.out, "label,messages,first_row\r\n");
	else if (c.format == FORMAT_JSON)
		member_open(&c.json, NULL, '[');
	status = case_group(a->file, (enum case_group)which,
		which == GROUP_KEY || which == GROUP_BORDER ? 1 : 2, add_group, &c, &a->why);
	if (c.format == FORMAT_JSON) {
		member_close(&c.json, ']');
		buffer_char(c.out, '\n');
	}
	return status;
}
