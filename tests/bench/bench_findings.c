/* SPDX-License-Identifier: ISC */
/*
 * What the findings stage adds to a message, beside everything before it; and its time over hostile
 *messages that double in size, which has to grow with the length.
 *
 *	bench_findings [FILE...]	(messages or mboxes; without any, the hostile ones only)
 */
#include <stdio.h>
#include <time.h>

#include "parsers/report/report.h"

enum { RUNS = 3, SMALL = 128 * 1024, LARGE = 1024 * 1024 };

static double seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

struct times {
	double whole, findings;
};

static struct times measure(struct span raw, const struct report_options *options)
{
	struct times best = {1e9, 1e9};
	struct origin origin = {.source = "bench", .length = raw.len, .kind = SOURCE_EML};

	for (int run = 0; run < RUNS; run++) {
		struct arena *arena = arena_new();
		double start = seconds(), took;
		const struct report *report = report_build(arena, raw, &origin, options);

		took = seconds() - start;
		best.whole = took < best.whole ? took : best.whole;
		start = seconds();
		findings_build(&report->evidence);
		took = seconds() - start;
		best.findings = took < best.findings ? took : best.findings;
		arena_free(arena);
	}
	return best;
}

/* HEAD, PIECE over and over, TAIL. */
static void fill(
	struct buffer *b, const char *head, const char *piece, const char *tail, size_t len)
{
	size_t unit = strlen(piece);

	buffer_clear(b);
	buffer_str(b, head);
	while (b->len < len)
		buffer_add(b, piece, unit);
	buffer_str(b, tail);
}

#define MIME_HEAD "From: a@b.example\r\nMIME-Version: 1.0\r\nContent-Type: "

static void hostile(const struct report_options *options)
{
	static const struct {
		const char *what, *head, *piece, *tail;
	} rows[] = {
		{"brackets in From", "From: ", "<", "\r\n\r\n"},
		{"quotes in From", "From: ", "\"a", "\r\n\r\n"},
		{"comments in From", "From: ", "(", "\r\n\r\n"},
		{"addresses in From", "From: ", "a@b.example,", "\r\n\r\n"},
		{"at signs in From", "From: ", "@", "\r\n\r\n"},
		{"open encoded-words", "From: ", "=?a?q?", "\r\n\r\n"},
		{"encoded-words", "Subject: ", "=?utf-8?q?a?= ", "\r\n\r\n"},
		{"From fields", "", "From: a@b.example\r\n", "\r\n"},
		{"recipients", "From: a@bankbank.example\r\nTo: ", "a@bonkbank.example, ",
			"\r\n\r\n"},
		{"zero width", "From: a@b.example\r\nSubject: ", "a\xe2\x80\x8b", "\r\n\r\n"},
		{"hosts in a name", "From: \"", "a.com ", "\" <a@b.example>\r\n\r\n"},
		{"addresses in a name", "From: \"", "x@a.com ", "\" <a@b.example>\r\n\r\n"},
		{"lone CRs", "From: a@b.example\r\n\r\n", "\r", "\n"},
		{"dots", "From: a@b.example\r\n\r\n", "\n.\r\n", "\r\n"},
		{"verbs", "From: a@b.example\r\n\r\n", "\n.\r\nMAIL FROM:\r\n", "\r\n"},
		{"blank folds", "From: a@b.example\r\nX: a\r\n", " \r\n", "\r\n"},
		{"results", "From: a@b.example\r\n",
			"Authentication-Results: a.example; dkim=pass header.d=a(\r\n", "\r\n"},
		{"values in a result", "From: a@b.example\r\nAuthentication-Results: a; ",
			"header.d=\"a ", "\r\n\r\n"},
		{"filter fields", "From: a@b.example\r\n", "X-Spam-Status: mx.victim.example\r\n",
			"\r\n"},
		{"links", MIME_HEAD "text/html\r\n\r\n", "<a href=//a.b>http://c.d</a> ", "\r\n"},
		{"nested elements", MIME_HEAD "text/html\r\n\r\n", "<div><b>x", "\r\n"},
		{"hidden elements", MIME_HEAD "text/html\r\n\r\n<style>.h{display:none}</style>",
			"b<i class=h>x</i>", "\r\n"},
		{"rules", MIME_HEAD "text/html\r\n\r\n<p class=a>x<style>",
			"body>.a{display:block}", "</style>\r\n"},
		{"sheet addresses", MIME_HEAD "text/html\r\n\r\n<style>", "@import url(",
			"</style>"},
		{"attributes", MIME_HEAD "text/html\r\n\r\n<p", " onx=1", ">\r\n"},
		{"URLs in text", MIME_HEAD "text/plain\r\n\r\n", "http://a@1.2/ ", "\r\n"},
		{"colons", MIME_HEAD "text/plain\r\n\r\n", "http:", "\r\n"},
		{"tags outside", MIME_HEAD "multipart/mixed; boundary=b\r\n\r\n", "<a",
			"\r\n--b--"},
		{"delimiters", MIME_HEAD "multipart/mixed; boundary=b; boundary=c\r\n\r\n",
			"--c\r\n--b\r\n\r\n", "\r\n"},
		{"boundaries", MIME_HEAD "multipart/mixed", "; boundary=a(", "\r\n\r\n--a\r\n"},
		{"names", MIME_HEAD "a/b", "; name*0*=x", "\r\n\r\nx\r\n"},
		{"dirty base64", MIME_HEAD "a/b\r\nContent-Transfer-Encoding: base64\r\n\r\n",
			"#aaa=\r\n", "\r\n"},
		{"PDF names", MIME_HEAD "application/pdf; name=a.pdf\r\n\r\n%PDF-1\n",
			"/ObjStm/FlateDecode\nstream\nx\xda", "\r\n"},
		{"armor", MIME_HEAD "text/plain\r\n\r\n", "-----BEGIN PGP SIGNED MESSAGE-----\r\n",
			"\r\n"},
	};
	struct buffer raw = BUFFER_INIT;

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct times small, large;

		fill(&raw, rows[i].head, rows[i].piece, rows[i].tail, SMALL);
		small = measure(buffer_view(&raw), options);
		fill(&raw, rows[i].head, rows[i].piece, rows[i].tail, LARGE);
		large = measure(buffer_view(&raw), options);
		printf("%-22s findings %8.2f ms at 128 KiB, %8.2f ms at 1 MiB (times %.1f); whole "
		       "%8.2f ms, %8.2f ms\n",
			rows[i].what, small.findings * 1e3, large.findings * 1e3,
			large.findings / small.findings, small.whole * 1e3, large.whole * 1e3);
	}
	buffer_release(&raw);
}

static void real(const char *const *paths, size_t count, const struct report_options *options)
{
	struct source *source =
		source_open(paths, count, &(struct source_options){.recurse = true});
	struct times sum = {0, 0};
	struct span raw;
	struct origin origin;
	struct error error;
	size_t messages = 0;
	int got;

	while ((got = source_next(source, &raw, &origin, &error))) {
		struct times t;

		if (got < 0)
			continue;
		t = measure(raw, options);
		sum.whole += t.whole;
		sum.findings += t.findings;
		messages++;
	}
	source_free(source);
	if (messages)
		printf("%zu messages: %.0f us each, of these findings %.0f us (%.1f %%)\n",
			messages, sum.whole / (double)messages * 1e6,
			sum.findings / (double)messages * 1e6, 100 * sum.findings / sum.whole);
}

int main(int argc, char **argv)
{
	static const char *const host[] = {"mx.victim.example"};
	struct error error;
	struct psl *psl = psl_open(NULL, &error);
	struct dkim_context *dkim = dkim_context_new();
	struct report_options options = {.dkim = dkim,
		.psl = psl,
		.trust = {.host = host, .host_count = 1},
		.now = TIME_NONE};

	if (argc > 1)
		real((const char *const *)argv + 1, (size_t)argc - 1, &options);
	else
		hostile(&options);
	dkim_context_free(dkim);
	psl_close(psl);
	return 0;
}
