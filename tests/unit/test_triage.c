/* SPDX-License-Identifier: ISC */
/* The triage view without a terminal: the model of the list, the canvas, the keys, the panes at every size. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <locale.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "tui/app.h"

enum { MESSAGES = 50 };

struct fixture {
	char path[64];
	struct case_file *file;
	struct arena *arena;
	struct dkim_context *dkim;
	struct psl *psl;
	struct error why;
	struct triage list;
};

static void fill(struct fixture *f, int from, int to)
{
	struct report_options options = { .dkim = f->dkim, .psl = f->psl, .now = TIME_NONE, .dns_recorded = TIME_NONE };
	struct case_source row;

	if (case_source_get(f->file, "a.mbox", &row, &f->why) == 0) {
		row = (struct case_source){ .size = 1000, .state = 2 };
		assert_int_equal(case_source_put(f->file, "a.mbox", &row, &f->why), 0);
	}
	for (int i = from; i < to; i++) {
		const char *text = arena_printf(f->arena,
			"From: user%d@example.org\r\nSubject: letter %03d\r\nDate: Tue, 10 Nov 2026 09:%02d:00 +0000\r\n\r\nHi %d\r\n", i, i, i % 60, i);
		struct origin origin = { .source = "a.mbox", .offset = (uint64_t)i * 100, .length = strlen(text) };
		struct buffer packed = BUFFER_INIT;

		case_encode(&packed, report_build(f->arena, span_of(text), &origin, &options));
		assert_int_equal(case_store(f->file, row.id, buffer_view(&packed), &f->why), 0);
		buffer_release(&packed);
	}
}

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof *f);

	snprintf(f->path, sizeof f->path, "/tmp/mailcheck-triage-%ld.db", (long)getpid());
	unlink(f->path);
	f->arena = arena_new();
	f->dkim = dkim_context_new();
	f->psl = psl_open(NULL, &f->why);
	f->file = case_open(f->path, CASE_CREATE, &f->why);
	assert_non_null(f->file);
	fill(f, 0, MESSAGES);
	triage_init(&f->list, f->file);
	assert_int_equal(triage_sort(&f->list, CASE_SORT_SUBJECT, false, &f->why), 0);
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;
	char name[80];

	triage_release(&f->list);
	case_free(f->file);
	unlink(f->path);
	snprintf(name, sizeof name, "%s-wal", f->path);
	unlink(name);
	snprintf(name, sizeof name, "%s-shm", f->path);
	unlink(name);
	arena_free(f->arena);
	dkim_context_free(f->dkim);
	psl_close(f->psl);
	free(f);
	return 0;
}

/* All that is under way, to its end. */
static void settle(struct triage *t)
{
	while (triage_busy(t))
		if (!triage_step(t, 7, 10))
			triage_wait(t, 1000);
}

static void the_list_fills_in_steps(void **state)
{
	struct triage *t = &((struct fixture *)*state)->list;

	assert_true(t->loading);
	assert_int_equal(t->rows.count, 0);
	assert_int_equal(triage_current(t), 0);
	while (t->rows.count < 20)
		if (!triage_step(t, 20 - t->rows.count, 10))
			triage_wait(t, 1000);
	assert_true(triage_busy(t));
	while (t->total < 0) {
		triage_step(t, 0, 10);
		triage_wait(t, 1);
	}
	assert_int_equal(triage_percent(t), 40);
	settle(t);
	assert_int_equal(t->rows.count, MESSAGES);
	assert_int_equal(triage_percent(t), 100);
	assert_int_equal(t->seen, MESSAGES);
}

static void loading_can_be_stopped(void **state)
{
	struct triage *t = &((struct fixture *)*state)->list;

	while (t->rows.count < 10)
		if (!triage_step(t, 10 - t->rows.count, 10))
			triage_wait(t, 1000);
	triage_stop(t);
	assert_false(triage_busy(t));
	assert_false(triage_step(t, 10, 10));
	assert_int_equal(t->rows.count, 10);
}

static void the_cursor_stays_in_the_list(void **state)
{
	struct triage *t = &((struct fixture *)*state)->list;

	settle(t);
	assert_false(triage_move(t, -1, 10));
	assert_true(triage_move(t, 12, 10));
	assert_int_equal(t->cursor, 12);
	assert_int_equal(t->top, 3);
	assert_true(triage_move(t, 1000, 10));
	assert_int_equal(t->cursor, MESSAGES - 1);
	assert_int_equal(t->top, MESSAGES - 10);
	assert_true(triage_move(t, -0x7fffffffL, 10));
	assert_int_equal(t->top, 0);
	assert_true(triage_go(t, 30, 0));
	assert_int_equal(t->top, 30);
}

static void the_cursor_stays_on_its_message(void **state)
{
	struct fixture *f = *state;
	struct triage *t = &f->list;
	int64_t id;

	settle(t);
	triage_go(t, 17, 10);
	id = triage_current(t);
	assert_int_equal(triage_sort(t, CASE_SORT_SUBJECT, true, &f->why), 0);
	settle(t);
	assert_int_equal(triage_current(t), id);
	assert_int_equal(t->cursor, MESSAGES - 1 - 17);
}

static void filters_narrow(void **state)
{
	struct fixture *f = *state;
	struct triage *t = &f->list;
	size_t at = 0;

	assert_int_equal(triage_filter(t, "subject:\"letter 01\"", &at, &f->why), 0);
	settle(t);
	assert_int_equal(t->rows.count, 10);
	assert_int_equal(triage_filter(t, "nofield:1", &at, &f->why), -1);
	assert_string_equal(t->filter, "subject:\"letter 01\"");
	assert_int_equal(triage_filter(t, "  ", &at, &f->why), 0);
	settle(t);
	assert_int_equal(t->rows.count, MESSAGES);
}

static void searches_find_rows(void **state)
{
	struct fixture *f = *state;
	struct triage *t = &f->list;

	settle(t);
	assert_int_equal(triage_search(t, "letter 04", false, &f->why), 0);
	settle(t);
	assert_int_equal(t->hit_count, 10);
	assert_true(triage_hit(t, true, 10));
	assert_int_equal(t->cursor, 40);
	assert_true(triage_hit(t, true, 10));
	assert_int_equal(t->cursor, 41);
	assert_true(triage_hit(t, false, 10));
	assert_true(triage_hit(t, false, 10));
	assert_int_equal(t->cursor, 49); /* around the end */
	assert_int_equal(triage_search(t, "letter 02", true, &f->why), 0);
	settle(t);
	assert_int_equal(t->cursor, 20); /* from 49 on there was none */
	assert_int_equal(triage_sort(t, CASE_SORT_SUBJECT, true, &f->why), 0);
	settle(t);
	assert_int_equal(t->hit_count, 10); /* another order: the same hits at other rows */
	assert_int_equal(t->hit[0], MESSAGES - 30);
	assert_int_equal(triage_search(t, "no such \"thing", true, &f->why), 0);
	settle(t);
	assert_false(triage_hit(t, true, 10));
}

static void it_follows_a_scan(void **state)
{
	struct fixture *f = *state;
	struct triage *t = &f->list;
	int64_t id;

	settle(t);
	triage_go(t, 12, 10);
	id = triage_current(t);
	assert_false(triage_follow(t));
	fill(f, MESSAGES, MESSAGES + 5);
	assert_true(triage_follow(t));
	assert_int_equal(t->rows.count, MESSAGES); /* the list stays until the new one is there */
	assert_false(t->loading);
	settle(t);
	assert_int_equal(t->rows.count, MESSAGES + 5);
	assert_int_equal(triage_current(t), id);
}

/* Runs one piece of work to its end; what it says of it. */
static const char *bulk(struct fixture *f, enum bulk_kind kind, const char *query, int64_t id, const char *tag)
{
	static char text[256];
	struct bulk *b = bulk_start(f->file, kind, query, id, tag, &f->why);

	if (!b)
		return f->why.text;
	while (!bulk_wait(b, 1000, text, sizeof text))
		;
	bulk_free(b);
	return text;
}

static void many_are_marked_and_tagged(void **state)
{
	struct fixture *f = *state;
	struct case_row row;

	assert_string_equal(bulk(f, BULK_MARK, "subject:\"letter 01\"", 0, NULL), "marked: 10 messages; u undoes it");
	assert_int_equal(case_marked(f->file), 10);
	assert_string_equal(bulk(f, BULK_TAG, "marked:yes", 0, "odd"), "tagged: 10 messages; u undoes it");
	assert_string_equal(bulk(f, BULK_TAG, NULL, 1, "phish"), "tagged: 1 message; u undoes it");
	assert_int_equal(case_row(f->file, f->arena, 11, &row, &f->why), 1);
	assert_true(row.marked);
	assert_string_equal(row.tags, "odd");
	assert_string_equal(bulk(f, BULK_UNDO, NULL, 0, NULL), "undone: tag phish: 1 message");
	assert_string_equal(bulk(f, BULK_UNDO, NULL, 0, NULL), "undone: tag odd: 10 messages");
	assert_string_equal(bulk(f, BULK_UNDO, NULL, 0, NULL), "undone: mark 10 messages");
	assert_int_equal(case_marked(f->file), 0);
	assert_string_equal(bulk(f, BULK_UNDO, NULL, 0, NULL), "nothing to undo");
	assert_string_equal(bulk(f, BULK_REDO, NULL, 0, NULL), "done again: mark 10 messages");
	assert_string_equal(bulk(f, BULK_UNMARK, "marked:yes", 0, NULL), "marks taken away: 10 messages; u undoes it");
	assert_string_equal(bulk(f, BULK_MARK, "nosuchword", 0, NULL), "marked: 0 messages");
	assert_string_equal(bulk(f, BULK_TAG, NULL, 1, "two words"), "a tag is one word");
	assert_string_equal(bulk(f, BULK_MARK, "nofield:1", 0, NULL), "there is no field of this name: 'nofield'");
}

static void work_that_is_stopped_did_nothing_or_all(void **state)
{
	struct fixture *f = *state;

	bulk_free(bulk_start(f->file, BULK_MARK, "row:>0", 0, NULL, &f->why));
	assert_true(case_marked(f->file) == 0 || case_marked(f->file) == MESSAGES);
}

static void a_case_for_reading_is_not_written(void **state)
{
	struct fixture *f = *state;

	case_free(f->file);
	f->file = case_open(f->path, CASE_READ, &f->why);
	f->list.file = f->file;
	assert_string_equal(bulk(f, BULK_MARK, "row:>0", 0, NULL), "this case is open for reading only");
}

static void the_list_is_counted(void **state)
{
	struct fixture *f = *state;
	struct gather *g = gather_counts_start(f->file, "subject:\"letter 01\"", &f->why);
	struct case_counts counts;
	int64_t all = 0;

	assert_non_null(g);
	while (!gather_counts(g, &counts))
		gather_wait(g, 1000);
	gather_free(g);
	for (int a = 0; a <= AUTHOR_UNKNOWN; a++)
		for (int s = 0; s <= SEVERITY_CRITICAL; s++)
			all += counts.n[a][s];
	assert_int_equal(all, 10);
}

static void the_same_message_is_found_in_another_case(void **state)
{
	struct fixture *f = *state;
	struct case_file *other = case_open(f->path, CASE_READ, &f->why);

	assert_non_null(other);
	assert_int_equal(case_same(f->file, 7, other), 7);
	assert_int_equal(case_same(f->file, 999, other), 0);
	case_free(other);
}

static void every_key_has_one_meaning(void **state)
{
	static const unsigned scopes[] = { SCOPE_LIST, SCOPE_MESSAGE, SCOPE_BYTES };

	(void)state;
	for (int i = 1; i < ACTION_COUNT; i++) {
		const struct action_info *info = action_info((enum action)i);
		const char *key = info->keys;

		assert_true(info->help[0] && info->scope);
		while (*key) {
			size_t len = strcspn(key, " ");
			unsigned code = action_key(key, len);

			if (!code)
				fail_msg("%s: no such key '%.*s'", info->name, (int)len, key);
			for (size_t s = 0; s < 3; s++)
				if (info->scope & scopes[s] && action_of(code, scopes[s]) != (enum action)i)
					fail_msg("%s: '%.*s' means %s, too", info->name, (int)len, key,
						action_info(action_of(code, scopes[s]))->name);
			key += len + (key[len] == ' ');
		}
	}
}

static void the_canvas_keeps_hostile_bytes_out(void **state)
{
	struct canvas c;
	struct area a = { 0, 2, 2, 10 };
	struct buffer b = BUFFER_INIT;

	(void)state;
	canvas_init(&c, 2, 20);
	canvas_put(&c, &a, 0, 0, -1, LOOK_TEXT, SPAN("a\x1b[31mb\xe2\x80\xae"));
	canvas_put(&c, &a, 1, 0, -1, LOOK_TEXT, SPAN("\xe4\xb8\xad\xe6\x96\x87x"));
	canvas_put(&c, &a, 5, 0, -1, LOOK_TEXT, SPAN("outside"));
	canvas_dump(&c, &b);
	assert_string_equal(buffer_text(&b), "  a<1B>[31m\xe2\x80\xa6\n  \xe4\xb8\xad\xe6\x96\x87x\n");
	assert_int_equal(c.cell[3].look, LOOK_HOSTILE);
	buffer_release(&b);
	canvas_release(&c);
}

static void panes_fit_every_size(void **state)
{
	(void)state;
	for (int rows = 1; rows <= 80; rows++)
		for (int columns = 1; columns <= 250; columns++)
			for (int pane = -1; pane < 3; pane++) {
				struct layout l = layout_list(rows, columns, pane);
				const struct area *all[] = { &l.title, &l.messages, &l.findings, &l.evidence, &l.status };

				for (size_t i = 0; i < 5; i++) {
					assert_true(all[i]->rows >= 0 && all[i]->columns >= 0);
					assert_true(all[i]->rows == 0 || all[i]->row + all[i]->rows <= (rows > 1 ? rows : 1));
					assert_true(all[i]->columns == 0 || all[i]->column + all[i]->columns <= columns);
				}
			}
	assert_int_equal(layout_list(34, 120, -1).findings.row, layout_list(34, 120, -1).messages.row); /* side by side */
	assert_true(layout_list(24, 80, -1).findings.row > 1);						 /* one over the other */
	assert_int_equal(layout_list(24, 59, -1).findings.rows, 0);
}

static void the_list_is_drawn(void **state)
{
	struct fixture *f = *state;
	struct tui_options options = { .trust_text = "assumed" };
	struct app app = { .options = &options, .scratch = f->arena, .file = f->file, .list = f->list, .rows = 30, .columns = 110 };
	struct canvas c;
	struct buffer b = BUFFER_INIT;

	settle(&app.list);
	triage_go(&app.list, 3, view_list_page(&app));
	canvas_init(&c, app.rows, app.columns);
	view_list_draw(&app, &c);
	canvas_dump(&c, &b);
	assert_non_null(strstr(buffer_text(&b), "Subject\u25b4"));
	assert_non_null(strstr(buffer_text(&b), "letter 003"));
	assert_non_null(strstr(buffer_text(&b), "row 4/50"));
	canvas_release(&c);
	buffer_release(&b);
	f->list = app.list;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
		TEST(the_list_fills_in_steps), TEST(loading_can_be_stopped), TEST(the_cursor_stays_in_the_list), TEST(the_cursor_stays_on_its_message),
		TEST(filters_narrow), TEST(searches_find_rows), TEST(it_follows_a_scan), TEST(many_are_marked_and_tagged),
		TEST(work_that_is_stopped_did_nothing_or_all), TEST(a_case_for_reading_is_not_written), TEST(the_list_is_counted),
		TEST(the_same_message_is_found_in_another_case), TEST(the_list_is_drawn),
		cmocka_unit_test(every_key_has_one_meaning), cmocka_unit_test(the_canvas_keeps_hostile_bytes_out),
		cmocka_unit_test(panes_fit_every_size),
	};

	setlocale(LC_CTYPE, "C.UTF-8");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
