/* SPDX-License-Identifier: ISC */
/* The case file: what is stored comes back, filters select, work is undone and done again, cases join. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <locale.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "parsers/case/case.h"

static const char *const messages[] = {
	"Return-Path: <a@one.example>\r\nFrom: Ann <ann@one.example>\r\nTo: bob@two.example\r\nSubject: Quarterly report\r\n"
	"Date: Tue, 10 Nov 2026 09:00:00 +0000\r\nMessage-ID: <1@one.example>\r\n\r\nHello\r\n",
	"From: \"Bob\" <bob@two.example>\r\nTo: ann@one.example\r\nSubject: =?utf-8?Q?Rechnung_f=C3=BCr_M=C3=A4rz?=\r\n"
	"Date: Wed, 11 Nov 2026 10:00:00 +0000\r\nMessage-ID: <2@two.example>\r\n\r\nHello again\r\n",
	"From: carol@sub.one.example\r\nSubject: 100% off_all \xe2\x80\xae now\r\nDate: Thu, 12 Nov 2026 11:00:00 +0000\r\n\r\nBuy\r\n",
};

enum { MESSAGES = sizeof messages / sizeof *messages };

struct fixture {
	char path[64], other[64];
	struct case_file *file;
	struct arena *arena;
	struct dkim_context *dkim;
	struct psl *psl;
	struct report_options options;
	struct error why;
};

static void store(struct fixture *f, struct case_file *file, const char *source, const char *text, uint64_t offset)
{
	struct origin origin = { .source = source, .offset = offset, .length = strlen(text) };
	struct case_source row;
	struct buffer packed = BUFFER_INIT;

	if (case_source_get(file, source, &row, &f->why) == 0) {
		row = (struct case_source){ .size = 1000, .state = 2 };
		assert_int_equal(case_source_put(file, source, &row, &f->why), 0);
	}
	case_encode(&packed, report_build(f->arena, span_of(text), &origin, &f->options));
	assert_int_equal(case_store(file, row.id, buffer_view(&packed), &f->why), 0);
	buffer_release(&packed);
}

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof *f);

	snprintf(f->path, sizeof f->path, "/tmp/mailcheck-case-%ld.db", (long)getpid());
	snprintf(f->other, sizeof f->other, "/tmp/mailcheck-case-%ld-other.db", (long)getpid());
	unlink(f->path);
	unlink(f->other);
	f->arena = arena_new();
	f->dkim = dkim_context_new();
	f->psl = psl_open(NULL, &f->why);
	f->options = (struct report_options){ .dkim = f->dkim, .psl = f->psl, .now = TIME_NONE, .dns_recorded = TIME_NONE };
	f->file = case_open(f->path, CASE_CREATE, &f->why);
	assert_non_null(f->file);
	assert_int_equal(case_run(f->file, "no options", &f->why), 0);
	for (int i = 0; i < MESSAGES; i++)
		store(f, f->file, "a.mbox", messages[i], (uint64_t)i * 1000);
	*state = f;
	return 0;
}

static void remove_case(const char *path)
{
	char name[80];

	unlink(path);
	snprintf(name, sizeof name, "%s-wal", path);
	unlink(name);
	snprintf(name, sizeof name, "%s-shm", path);
	unlink(name);
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	case_free(f->file);
	remove_case(f->path);
	remove_case(f->other);
	arena_free(f->arena);
	dkim_context_free(f->dkim);
	psl_close(f->psl);
	free(f);
	return 0;
}

/* The ids that QUERY selects, as "1 3". */
static const char *ids(struct fixture *f, const char *query, enum case_sort sort, bool descending)
{
	static char text[128];
	struct filter *filter = filter_compile(query, NULL, &f->why);
	struct case_cursor *cursor = filter ? case_select(f->file, filter, sort, descending, &f->why) : NULL;
	int64_t id[16];
	int n = cursor ? case_fetch(cursor, id, 16, &f->why) : -1;

	text[0] = 0;
	for (int i = 0; i < n; i++)
		snprintf(text + strlen(text), sizeof text - strlen(text), "%s%d", i ? " " : "", (int)id[i]);
	if (n < 0)
		snprintf(text, sizeof text, "error: %.100s", f->why.text);
	case_cursor_free(cursor);
	filter_free(filter);
	return text;
}

static void filters_select(void **state)
{
	static const struct {
		const char *query, *ids;
	} rows[] = {
		{ "", "1 2 3" },
		{ "from:ann", "1" },
		{ "from:ANN", "1" },
		{ "subject:rechnung", "2" },
		{ "rechnung", "2" },
		{ "März", "2" },
		{ "bo", "2" },
		{ "nosuchword", "" },
		{ "domain:one.example", "1" },
		{ "domain:.one.example", "3" },
		{ "domain!=one.example", "2 3" },
		{ "domain:one.example or domain:two.example", "1 2" },
		{ "not domain:one.example", "2 3" },
		{ "-domain:one.example", "2 3" },
		{ "(from:ann or from:bob) and not subject:report", "2" },
		{ "from:ann from:bob", "" },
		{ "date:2026-11-11", "2" },
		{ "date:2026-11-10..2026-11-11", "1 2" },
		{ "date:>2026-11-10", "2 3" },
		{ "date>=2026-11-11", "2 3" },
		{ "date<2026-11-11", "1" },
		{ "date:2026", "1 2 3" },
		{ "date:2027", "" },
		{ "date:..2026-11-10", "1" },
		{ "size:>1k", "" },
		{ "size<1k", "1 2 3" },
		{ "id:<1@one.example>", "1" },
		{ "source:a.mbox", "1 2 3" },
		{ "source:b.mbox", "" },
		{ "dkim:none", "1 2 3" },
		{ "dkim:pass", "" },
		{ "subject:100%", "3" },
		{ "subject:100_", "" },
		{ "subject:off_all", "3" },
		{ "subject:\"quarterly report\"", "1" },
		{ "\"y rep\"", "1" },
		{ "row:2", "2" },
		{ "marked:no", "1 2 3" },
		{ "author:proven", "" },
		{ "missing:_dmarc*", "1 2 3" },
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const char *got = ids(f, rows[i].query, CASE_SORT_PLACE, false);

		if (strcmp(got, rows[i].ids) != 0)
			fail_msg("row %zu: '%s' gives '%s', not '%s'", i, rows[i].query, got, rows[i].ids);
	}
}

static void bad_queries_point_at_the_place(void **state)
{
	static const struct {
		const char *query;
		size_t at;
	} rows[] = {
		{ "nofield:x", 0 }, { "from:ann and nofield:x", 13 }, { "dkim:maybe", 5 }, { "severity:>grave", 10 }, { "(from:ann", 0 },
		{ "from:ann)", 8 }, { "from:\"ann", 5 }, { "from:", 5 }, { "date:yesterday", 5 }, { "from>x", 5 }, { "marked:perhaps", 7 },
		{ "from:a or", 9 }, { "size:1..x", 5 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct error why = { 0 };
		size_t at = 999;
		struct filter *filter = filter_compile(rows[i].query, &at, &why);

		if (filter || at != rows[i].at || !why.text[0])
			fail_msg("row %zu: '%s' fails at %zu ('%s'), not %zu", i, rows[i].query, at, why.text, rows[i].at);
	}
}

static void lists_are_sorted(void **state)
{
	struct fixture *f = *state;

	assert_string_equal(ids(f, "", CASE_SORT_DATE, true), "3 2 1");
	assert_string_equal(ids(f, "", CASE_SORT_SUBJECT, false), "3 1 2");
	assert_string_equal(ids(f, "", CASE_SORT_SIZE, false), "3 1 2");
}

static void rows_come_back(void **state)
{
	struct fixture *f = *state;
	struct case_row row;
	struct origin origin;

	assert_int_equal(case_row(f->file, f->arena, 2, &row, &f->why), 1);
	assert_string_equal(row.from, "Bob <bob@two.example>");
	assert_string_equal(row.subject, "Rechnung f\xc3\xbcr M\xc3\xa4rz");
	assert_int_equal(row.date, moment_of(2026, 11, 11, 10, 0, 0));
	assert_int_equal(row.size, strlen(messages[1]));
	assert_int_equal(row.places, 1);
	assert_int_equal(case_row(f->file, f->arena, 99, &row, &f->why), 0);
	assert_int_equal(case_location(f->file, f->arena, 3, 0, &origin, &f->why), 1);
	assert_int_equal(origin.offset, 2000);
	assert_int_equal(case_location(f->file, f->arena, 3, 1, &origin, &f->why), 0);
	assert_non_null(strstr(case_record(f->file, f->arena, 1), "\"mailcheck-report/1\""));
}

static void copies_are_one_message(void **state)
{
	struct fixture *f = *state;
	struct buffer lf = BUFFER_INIT;
	struct case_row row;

	for (const char *p = messages[0]; *p; p++)
		if (*p != '\r')
			buffer_char(&lf, *p);
	store(f, f->file, "b.eml", buffer_text(&lf), 0);
	assert_int_equal(case_count(f->file, NULL, &f->why), MESSAGES);
	assert_int_equal(case_row(f->file, f->arena, 1, &row, &f->why), 1);
	assert_int_equal(row.places, 2);
	buffer_release(&lf);
}

static void work_is_undone_and_done_again(void **state)
{
	struct fixture *f = *state;
	const int64_t both[] = { 1, 3 }, one[] = { 1 };
	char what[128];

	assert_int_equal(case_mark(f->file, both, 2, true, &f->why), 0);
	assert_int_equal(case_tag(f->file, one, 1, "phish", true, &f->why), 0);
	assert_int_equal(case_note_set(f->file, 1, "first", &f->why), 0);
	assert_int_equal(case_note_set(f->file, 1, "second", &f->why), 0);
	assert_string_equal(ids(f, "marked:yes", CASE_SORT_PLACE, false), "1 3");
	assert_string_equal(ids(f, "tag:phish", CASE_SORT_PLACE, false), "1");
	assert_int_equal(case_undo(f->file, what, &f->why), 1);
	assert_string_equal(case_note(f->file, f->arena, 1), "first");
	assert_int_equal(case_undo(f->file, what, &f->why), 1);
	assert_null(case_note(f->file, f->arena, 1));
	assert_int_equal(case_undo(f->file, what, &f->why), 1);
	assert_string_equal(ids(f, "tag:phish", CASE_SORT_PLACE, false), "");
	assert_int_equal(case_redo(f->file, what, &f->why), 1);
	assert_string_equal(ids(f, "tag:phish", CASE_SORT_PLACE, false), "1");
	assert_int_equal(case_undo(f->file, what, &f->why), 1);
	assert_int_equal(case_undo(f->file, what, &f->why), 1);
	assert_string_equal(ids(f, "marked:yes", CASE_SORT_PLACE, false), "");
	assert_int_equal(case_undo(f->file, what, &f->why), 0);
	/* A new change forgets what was undone. */
	assert_int_equal(case_mark(f->file, one, 1, true, &f->why), 0);
	assert_int_equal(case_redo(f->file, what, &f->why), 0);
	assert_int_equal(case_tag(f->file, one, 1, "two words", true, &f->why), -1);
}

static void cases_join(void **state)
{
	struct fixture *f = *state;
	struct case_file *other = case_open(f->other, CASE_CREATE, &f->why);
	struct case_row row;
	const int64_t one[] = { 1 };

	assert_non_null(other);
	case_run(other, "no options", &f->why);
	store(f, other, "c.mbox", messages[1], 0);
	store(f, other, "c.mbox", "From: dave@four.example\r\nSubject: fourth\r\n\r\nHi\r\n", 500);
	assert_int_equal(case_tag(other, one, 1, "seen", true, &f->why), 0);
	case_free(other);
	assert_int_equal(case_merge(f->file, f->other, &f->why), 0);
	assert_int_equal(case_count(f->file, NULL, &f->why), MESSAGES + 1);
	assert_string_equal(ids(f, "tag:seen", CASE_SORT_PLACE, false), "2");
	assert_int_equal(case_row(f->file, f->arena, 2, &row, &f->why), 1);
	assert_int_equal(row.places, 2);
	assert_string_equal(ids(f, "fourth", CASE_SORT_PLACE, false), "4");
	/* Once more changes nothing. */
	assert_int_equal(case_merge(f->file, f->other, &f->why), 0);
	assert_int_equal(case_row(f->file, f->arena, 2, &row, &f->why), 1);
	assert_int_equal(row.places, 2);
	assert_int_equal(case_check(f->file, &f->why), 0);
}

static void sources_are_forgotten(void **state)
{
	struct fixture *f = *state;
	struct case_source row;
	struct case_info info;

	store(f, f->file, "b.eml", messages[0], 0);
	assert_int_equal(case_source_get(f->file, "a.mbox", &row, &f->why), 1);
	assert_int_equal(case_source_forget(f->file, row.id, &f->why), 0);
	assert_string_equal(ids(f, "", CASE_SORT_PLACE, false), "1"); /* it lies in b.eml, too */
	assert_string_equal(ids(f, "rechnung", CASE_SORT_PLACE, false), "");
	assert_int_equal(case_info(f->file, f->arena, &info, &f->why), 0);
	assert_int_equal(info.locations, 1);
}

static void what_is_no_case_is_refused(void **state)
{
	struct fixture *f = *state;
	FILE *out = fopen(f->other, "w");

	fputs("this is no database at all, but long enough to look at: more than seventy-two bytes of it", out);
	fclose(out);
	assert_false(case_is(f->other));
	assert_null(case_open(f->other, CASE_READ, &f->why));
	assert_null(case_open(f->other, CASE_WRITE, &f->why));
	assert_null(case_open("/nonexistent/x.db", CASE_READ, &f->why));
	assert_true(case_is(f->path) || case_check(f->file, &f->why) == 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
		TEST(filters_select), TEST(bad_queries_point_at_the_place), TEST(lists_are_sorted), TEST(rows_come_back),
		TEST(copies_are_one_message), TEST(work_is_undone_and_done_again), TEST(cases_join), TEST(sources_are_forgotten),
		TEST(what_is_no_case_is_refused),
	};

	setlocale(LC_CTYPE, "C.UTF-8");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
