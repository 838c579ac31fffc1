/* SPDX-License-Identifier: ISC */
/* Messages inside messages: where they lie, what is known of them, how far they are followed. */
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "parsers/message/enclosed.h"
#include "parsers/report/attached.h"

#define HEAD(type) \
	"From: a@outer.example\nSubject: outer\nMIME-Version: 1.0\nContent-Type: " type "\n\n"
#define INNER \
	"From: b@inner.example\nSubject: inner\nReceived: from h ([192.0.2.7]) by " \
	"mx.ours.example; Tue, 10 Nov 2026 09:00:00 +0000\n\nhello\n"
/* base64 of "From: c@deep.example\nSubject: deep\n\nx\n" */
#define DEEP_BASE64 "RnJvbTogY0BkZWVwLmV4YW1wbGUKU3ViamVjdDogZGVlcAoKeAo=\n"

struct fixture {
	struct arena *arena;
	struct report_options options;
};

static int setup(void **state)
{
	static struct fixture f;
	static const char *const trusted[] = {"mx.ours.example"};

	f = (struct fixture){.arena = arena_new()};
	f.options = (struct report_options){.dkim = dkim_context_new(),
		.psl = psl_open(NULL, NULL),
		.now = TIME_NONE,
		.trust = {.host = trusted,
			.host_count = 1,
			.client_ip = "198.51.100.1",
			.mail_from = "x@outer.example"}};
	*state = &f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	arena_free(f->arena);
	dkim_context_free(f->options.dkim);
	psl_close((struct psl *)f->options.psl);
	return 0;
}

static const struct report *build(struct fixture *f, const char *raw, const struct origin *origin)
{
	return report_build(f->arena, span_of(raw), origin, &f->options);
}

static void each_has_a_place(void **state)
{
	static const struct {
		const char *raw, *member, *subject,
			*stored; /* stored: what its place in the source begins with */
	} table[] = {
		{HEAD("multipart/mixed; boundary=b") "--b\nContent-Type: message/rfc822\n\n" INNER
						     "--b--\n",
			"part 1", "inner", "From: b@inner"},
		{HEAD("multipart/digest; boundary=b") "--b\n\n" INNER "--b--\n", "part 1", "inner",
			"From: b@inner"},
		{HEAD("message/rfc822") INNER, "part 1", "inner", "From: b@inner"},
		{HEAD("multipart/mixed; boundary=b") "--b\nContent-Type: "
						     "message/rfc822\nContent-Transfer-Encoding: "
						     "base64\n\n" DEEP_BASE64 "--b--\n",
			"part 1 (base64)", "deep", "RnJvbTog"},
		{HEAD("multipart/mixed; boundary=b") "--b\nContent-Type: "
						     "text/plain\n\nx\n--b\nContent-Type: "
						     "application/octet-stream; "
						     "name=\"Fwd.EML\"\n\n" INNER "--b--\n",
			"part 2", "inner", "From: b@inner"},
		/* A name alone makes no message, nor does a text that shows one. */
		{HEAD("application/octet-stream; name=\"a.eml\"") "no header here\n", NULL, NULL,
			NULL},
		{HEAD("text/plain") INNER, NULL, NULL, NULL},
		{HEAD("text/rfc822-headers") INNER, NULL, NULL, NULL},
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		struct origin origin = {
			.source = "dump", .offset = 1000, .length = strlen(table[i].raw)};
		struct attached_list list =
			report_attached(f->arena, build(f, table[i].raw, &origin));

		if (list.count != (table[i].member != NULL))
			fail_msg("%zu: %zu messages", i, list.count);
		if (!table[i].member)
			continue;

		const struct report *r = list.message[0].report;

		assert_string_equal(r->origin.member, table[i].member);
		assert_string_equal(r->origin.source, "dump");
		assert_string_equal(r->evidence.subject, table[i].subject);
		assert_true(r->origin.offset >= 1000 &&
			    r->origin.offset + r->origin.length <= 1000 + strlen(table[i].raw));
		assert_memory_equal(table[i].raw + r->origin.offset - 1000, table[i].stored,
			strlen(table[i].stored));
	}
}

/* What the outer message's hop, options and verdict say is not true of what came inside. */
static void nothing_of_the_way_is_believed(void **state)
{
	struct fixture *f = *state;
	struct origin origin = {.source = "a.eml"};
	const struct report *outer = build(f,
		"Received: from h ([192.0.2.9]) by mx.ours.example; Tue, 10 Nov 2026 09:00:00 "
		"+0000\n" HEAD("message/rfc822") "Authentication-Results: mx.ours.example; "
						 "dkim=pass header.d=inner.example\n"
						 "Return-Path: <b@inner.example>\n" INNER,
		&origin);
	struct attached_list list = report_attached(f->arena, outer);

	assert_int_equal(list.count, 1);

	const struct trace *trace = list.message[0].report->evidence.trace;

	assert_string_equal(outer->evidence.trace->client_ip.value, "198.51.100.1");
	assert_int_equal(outer->evidence.trace->border, 1);
	assert_int_equal(trace->count, 1);
	assert_int_equal(trace->border, 0);
	assert_null(trace->client_ip.value);
	assert_null(trace->mail_from.value);
	assert_int_equal(trace->recorded_count, 1);
	assert_false(trace->recorded[0].trusted);
	assert_int_equal(list.message[0].report->author, AUTHOR_UNKNOWN);
}

/* A dangerous file inside, however wrapped, is told of the outer one with its place; a forged
 * header inside is not. */
static void only_files_count_for_the_outer(void **state)
{
#define TRAP \
	"From: a@x.example\nFrom: b@y.example\nSubject: 1\nSubject: 2\nMIME-Version: 1.0\n" \
	"Content-Type: multipart/mixed; boundary=i\n\n" \
	"--i\nContent-Type: text/html\nContent-Type: text/plain\n\n<a " \
	"href='http://a.example/'>http://b.example/</a>\n" \
	"--i\nContent-Type: application/octet-stream; name=run.exe\n\nMZ\n--i--\n"
	static const char *const raw[] = {
		HEAD("multipart/mixed; boundary=b") "--b\nContent-Type: message/rfc822\n\n" TRAP
						    "--b--\n",
		HEAD("multipart/mixed; boundary=b") "--b\nContent-Type: application/octet-stream; "
						    "name=x.eml\n"
						    "Content-Transfer-Encoding: "
						    "quoted-printable\n\n" TRAP "--b--\n",
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < 2; i++) {
		struct origin origin = {.source = "a.eml"};
		const struct report *outer = build(f, raw[i], &origin);
		const struct finding *file = finding_find(outer->findings, FINDING_ATT_DANGEROUS);
		struct attached_list list = report_attached(f->arena, outer);

		assert_non_null(file);
		assert_non_null(
			strstr(file->detail, "run.exe, inside the attached message in part 1"));
		assert_null(finding_find(outer->findings, FINDING_HDR_DUP));
		assert_null(finding_find(outer->findings, FINDING_FROM_MULTI_HDR));
		assert_null(finding_find(outer->findings, FINDING_MIME_DUP_CT));
		assert_null(finding_find(outer->findings, FINDING_URL_MISMATCH));
		assert_int_not_equal(outer->author, AUTHOR_AMBIGUOUS);
		assert_int_equal(list.count, 1);
		assert_int_equal(list.message[0].report->author, AUTHOR_AMBIGUOUS);
		assert_non_null(finding_find(list.message[0].report->findings, FINDING_HDR_DUP));
		assert_non_null(
			finding_find(list.message[0].report->findings, FINDING_MIME_DUP_CT));
	}
}

static void depth_and_number_are_bounded(void **state)
{
	struct fixture *f = *state;
	struct origin origin = {.source = "a.eml"};
	struct buffer raw = BUFFER_INIT;

	for (int i = 0; i < 50; i++)
		buffer_str(&raw, HEAD("message/rfc822"));
	buffer_str(&raw, INNER);

	struct attached_list deep = report_attached(f->arena, build(f, buffer_text(&raw), &origin));

	assert_int_equal(deep.count, ATTACHED_DEPTH);
	assert_true(deep.limited);
	buffer_clear(&raw);
	buffer_str(&raw, HEAD("multipart/digest; boundary=b"));
	for (int i = 0; i < ATTACHED_MOST + 20; i++)
		buffer_str(&raw, "--b\n\n" INNER);
	buffer_str(&raw, "--b--\n");

	struct attached_list many = report_attached(f->arena, build(f, buffer_text(&raw), &origin));

	assert_int_equal(many.count, ATTACHED_MOST);
	assert_true(many.limited);
	buffer_release(&raw);
}

static void names_are_read_again(void **state)
{
	static const struct {
		const char *member, *enclosed, *coding, *archive;
	} table[] = {
		{"part 2.1", "2.1", NULL, NULL},
		{"in/a.eml!part 2", "2", NULL, "in/a.eml"},
		{"part 3 (base64@10+20,quoted-printable)", "3", "base64@10+20,quoted-printable",
			NULL},
		{"part", NULL, NULL, NULL},
		{"part x", NULL, NULL, NULL},
		{"part 2 of 3", NULL, NULL, NULL},
		{"department 2", NULL, NULL, NULL},
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		struct origin o = {.member = table[i].member};

		assert_int_equal(origin_parse(f->arena, &o), table[i].enclosed != NULL);
		if (!table[i].enclosed)
			continue;
		assert_string_equal(o.enclosed, table[i].enclosed);
		assert_true(o.coding ? table[i].coding && strcmp(o.coding, table[i].coding) == 0
				     : !table[i].coding);
		assert_true(o.archive_member ? table[i].archive && strcmp(o.archive_member,
									   table[i].archive) == 0
					     : !table[i].archive);
	}
}

static void codings_lead_to_the_bytes(void **state)
{
	static const struct {
		const char *stored, *coding, *bytes; /* NULL: it does not fit */
	} table[] = {
		{"aGVsbG8gd29ybGQ=", "base64", "hello world"},
		{"aGVsbG8gd29ybGQ=", "base64@6+5", "world"},
		{"=61=62=63", "quoted-printable@1+1", "b"},
		{"YUdWc2JHOD0=", "base64,base64", "hello"},
		{"eHhZVUdWc2JHOD0=", "base64@2+2", "YU"},
		{"aGVsbG8gd29ybGQ=", "base64@6+6", NULL},
		{"aGVsbG8gd29ybGQ=", "base64@99+1", NULL},
		{"aGVsbG8gd29ybGQ=", "base64@x+1", NULL},
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		struct span s =
			enclosed_decode(f->arena, span_of(table[i].stored), table[i].coding);

		if (table[i].bytes ? !span_is(s, table[i].bytes) : s.ptr != NULL)
			fail_msg("%zu: %.*s", i, SPAN_ARG(s));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_has_a_place),
		cmocka_unit_test(nothing_of_the_way_is_believed),
		cmocka_unit_test(only_files_count_for_the_outer),
		cmocka_unit_test(depth_and_number_are_bounded),
		cmocka_unit_test(names_are_read_again),
		cmocka_unit_test(codings_lead_to_the_bytes),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
