/* SPDX-License-Identifier: ISC */
#define _GNU_SOURCE
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include <archive.h>
#include <archive_entry.h>
#include <cmocka.h>

#include "parsers/base/buffer.h"
#include "parsers/message/source.h"

static char folder[512];

/* What a source gives, one line each: "source member offset+length content" or "source member error". */
static char *drain(struct source *s, struct buffer *out)
{
	struct span raw;
	struct origin o;
	struct error e;
	int status;

	buffer_clear(out);
	while ((status = source_next(s, &raw, &o, &e)) != 0) {
		const char *name = strrchr(o.source, '/');

		buffer_printf(out, "%s%s%s ", name ? name + 1 : o.source, o.member ? ":" : "", o.member ? o.member : "");
		if (status < 0)
			buffer_printf(out, "error %d\n", (int)e.code);
		else
			buffer_printf(out, "%d+%d '%.*s'\n", (int)o.offset, (int)o.length, SPAN_ARG(raw));
	}
	source_free(s);
	return (char *)(uintptr_t)buffer_text(out);
}

static const char *path_of(const char *name)
{
	static char path[1024];

	snprintf(path, sizeof path, "%s/%s", folder, name);
	return path;
}

static void put(const char *name, const char *bytes, size_t len)
{
	FILE *f = fopen(path_of(name), "wb");

	assert_non_null(f);
	assert_int_equal(fwrite(bytes, 1, len, f), len);
	assert_int_equal(fclose(f), 0);
}

static void put_text(const char *name, const char *text)
{
	put(name, text, strlen(text));
}

static const char *drain_path(const char *name, struct buffer *out)
{
	const char *path = path_of(name);

	return drain(source_open(&path, 1, &(struct source_options){ .recurse = true }), out);
}

#define SEP "From a@b.example Tue Nov 10 09:12:44 2026\n"

static void tells_separators(void **state)
{
	static const struct {
		const char *line;
		bool yes;
	} rows[] = {
		{ "From a@b.example Tue Nov 10 09:12:44 2026", true },
		{ "From a@b.example  Tue Nov  3 09:12:44 2026\r", true },
		{ "From a@b.example Tue Nov 10 09:12 2026", true },
		{ "From a@b.example Tue Nov 10 09:12:44 CET 2026", true },
		{ "From a@b.example Tue Nov 10 09:12:44 2026 +0100", true },
		{ "From a@b.example Tue Nov 10 09:12:44 +0100 2026", true },
		{ "From - Tue Nov 10 09:12:44 2026", true },
		{ "From ???@??? Tue Nov 10 09:12:44 2026", true },
		{ "From MAILER-DAEMON Tue Nov 10 09:12:44 2026", true },
		{ "From \"a b\"@c.example Tue Nov 10 09:12:44 2026", true },
		{ "From a Tue Nov 10 09:12:44 99", true },
		{ "From a!b Tue Nov 10 09:12:44 2026 remote from c", true },
		{ "From a@b Tue, 10 Nov 2026 09:12:44 +0000", true },
		{ "From here on", false },
		{ "From here on Tue", false },
		{ "From Tue Nov 10 09:12:44 2026", false },
		{ "From a@b Tue Nov 10 2026", false },
		{ "From a@b Tue Nov 10 09:12:44", false },
		{ "From a@b Tue Nov 10 09:12:44 2026 and so on", false },
		{ "From a@b Tue Nov 40 09:12:44 2026", false },
		{ "From a@b Foo Nov 10 09:12:44 2026", false },
		{ ">From a@b Tue Nov 10 09:12:44 2026", false },
		{ "from a@b Tue Nov 10 09:12:44 2026", false },
		{ "From: a@b Tue Nov 10 09:12:44 2026", false },
		{ "", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (mbox_separator(span_of(rows[i].line)) != rows[i].yes)
			fail_msg("row %zu: '%s'", i, rows[i].line);
}

static const char mbox[] = SEP "A: 1\n\nFrom here on\n\nFrom there\n\n" SEP "B: 2\n\nx\n" SEP "\n" SEP "\n" SEP
			       "C: 3\r\n\r\ny\r\n\r\n" SEP "D";
static const char mbox_out[] = "m 42+31 'A: 1\n\nFrom here on\n\nFrom there\n'\n"
			       "m 116+50 'B: 2\n\nx\n" SEP "'\n"
			       "m 209+0 ''\n"
			       "m 252+11 'C: 3\r\n\r\ny\r\n'\n"
			       "m 307+1 'D'\n";

static void splits_mboxes(void **state)
{
	struct buffer out = BUFFER_INIT;

	(void)state;
	put("m", mbox, sizeof mbox - 1);
	assert_string_equal(drain_path("m", &out), mbox_out);
	put("m", "", 0);
	assert_string_equal(drain_path("m", &out), "m 0+0 ''\n");
	put_text("m", SEP);
	assert_string_equal(drain_path("m", &out), "m 42+0 ''\n");
	put_text("m", SEP "A: 1\n\n\n\n");
	assert_string_equal(drain_path("m", &out), "m 42+7 'A: 1\n\n\n'\n");
	buffer_release(&out);
}

/* Every cut of the file into two ranges gives what the whole gives. */
static void splits_ranges(void **state)
{
	struct buffer out = BUFFER_INIT, both = BUFFER_INIT;
	const char *path;

	(void)state;
	put("m", mbox, sizeof mbox - 1);
	path = path_of("m");
	for (uint64_t cut = 0; cut <= sizeof mbox; cut++) {
		buffer_clear(&both);
		buffer_str(&both, drain(source_open_range(path, 0, cut, NULL), &out));
		buffer_str(&both, drain(source_open_range(path, cut, UINT64_MAX, NULL), &out));
		if (strcmp(buffer_text(&both), mbox_out) != 0)
			fail_msg("cut at %d: %s", (int)cut, buffer_text(&both));
	}
	assert_true(source_is_mbox_at(path, 74));
	assert_false(source_is_mbox_at(path, 75));
	assert_false(source_is_mbox_at(path, 124)); /* no empty line before it */
	buffer_release(&out);
	buffer_release(&both);
}

/* Messages larger than the window, and separators on its edges. */
static void splits_large_mboxes(void **state)
{
	struct buffer in = BUFFER_INIT;
	struct source *s;
	struct span raw;
	struct origin o;
	struct error e;
	const char *path;
	uint64_t at = 0;
	size_t count = 0;

	(void)state;
	for (size_t i = 0; i < 400; i++) {
		buffer_str(&in, SEP "A: 1\n\n");
		buffer_fill(&in, 'x', i % 7 == 0 ? 300000 + i : i * 13);
		buffer_str(&in, "\n\n");
	}
	put("m", (const char *)in.ptr, in.len);
	path = path_of("m");
	s = source_open(&path, 1, NULL);
	while (source_next(s, &raw, &o, &e) == 1) {
		size_t body = count % 7 == 0 ? 300000 + count : count * 13;

		assert_int_equal(o.offset, at + sizeof SEP - 1);
		assert_int_equal(o.length, body + 7);
		assert_memory_equal(raw.ptr, in.ptr + o.offset, raw.len);
		assert_true(span_is(o.separator, "From a@b.example Tue Nov 10 09:12:44 2026"));
		at = o.offset + o.length + 1;
		count++;
	}
	source_free(s);
	assert_int_equal(count, 400);
	buffer_release(&in);
}

static void leaves_out_what_is_too_long(void **state)
{
	struct source_options options = { .max_message = 400000 };
	struct buffer in = BUFFER_INIT, out = BUFFER_INIT;
	const char *path;

	(void)state;
	buffer_str(&in, SEP "A: 1\n\n\n" SEP);
	buffer_fill(&in, 'x', 3000000);
	buffer_str(&in, "\n\n" SEP "B: 1\n");
	put("m", (const char *)in.ptr, in.len);
	path = path_of("m");
	assert_string_equal(drain(source_open(&path, 1, &options), &out),
		"m 42+6 'A: 1\n\n'\nm error 4\nm 3000135+5 'B: 1\n'\n");
	in.ptr[0] = 'X';
	put("m", (const char *)in.ptr, in.len);
	assert_string_equal(drain(source_open(&path, 1, &options), &out), "m error 4\n");
	buffer_release(&in);
	buffer_release(&out);
}

static void walks_directories(void **state)
{
	struct buffer out = BUFFER_INIT;
	const char *missing = "/nonexistent/x", *path;

	(void)state;
	assert_int_equal(mkdir(path_of("d"), 0700), 0);
	assert_int_equal(mkdir(path_of("d/cur"), 0700), 0);
	assert_int_equal(mkdir(path_of("d/new"), 0700), 0);
	assert_int_equal(mkdir(path_of("d/tmp"), 0700), 0);
	put_text("d/tmp/half", "half");
	put_text("d/cur/b", "b");
	put_text("d/cur/a:2,S", "a");
	put_text("d/new/c.emlx", "5\nA: 1\n<plist>");
	put_text("d/B", "B");
	assert_int_equal(symlink("..", path_of("d/loop")), 0);
	assert_string_equal(
		drain_path("d", &out), "B 0+1 'B'\na:2,S 0+1 'a'\nb 0+1 'b'\nc.emlx 2+5 'A: 1\n'\n");
	path = path_of("d");
	assert_string_equal(drain(source_open(&path, 1, NULL), &out), "d error 1\n");
	assert_string_equal(drain(source_open(&missing, 1, NULL), &out), "x error 2\n");
	buffer_release(&out);
}

static void add_member(struct archive *a, const char *name, const void *bytes, size_t len)
{
	struct archive_entry *entry = archive_entry_new();

	archive_entry_set_pathname(entry, name);
	archive_entry_set_size(entry, (la_int64_t)len);
	archive_entry_set_filetype(entry, AE_IFREG);
	archive_entry_set_perm(entry, 0600);
	assert_int_equal(archive_write_header(a, entry), ARCHIVE_OK);
	assert_int_equal(archive_write_data(a, bytes, len), len);
	archive_entry_free(entry);
}

static struct archive *begin_archive(const char *name, int format, int filter)
{
	struct archive *a = archive_write_new();

	assert_int_equal(archive_write_set_format(a, format), ARCHIVE_OK);
	assert_true(archive_write_add_filter(a, filter) >= ARCHIVE_WARN);
	assert_int_equal(archive_write_open_filename(a, path_of(name)), ARCHIVE_OK);
	return a;
}

static void end_archive(struct archive *a)
{
	assert_int_equal(archive_write_close(a), ARCHIVE_OK);
	archive_write_free(a);
}

/* Each message is the same when it is read again by its place. */
static void rereads(const char *name)
{
	const char *path = path_of(name);
	char *copy = strdup(path);
	struct source *s = source_open((const char *const *)&copy, 1, &(struct source_options){ .recurse = true });
	struct span raw;
	struct origin o;
	struct error e;

	while (source_next(s, &raw, &o, &e) == 1) {
		uint8_t *again;
		size_t len;

		assert_int_equal(source_read(o.source, o.member, o.offset, o.length, &again, &len, &e), 0);
		assert_int_equal(len, raw.len);
		assert_memory_equal(again, raw.ptr, len);
		free(again);
		assert_int_equal(source_read(o.source, o.member, o.offset + 100000, 1, &again, &len, &e), -1);
	}
	source_free(s);
	free(copy);
}

static void reads_archives(void **state)
{
	static const struct {
		const char *name;
		int format, filter;
	} kinds[] = {
		{ "m.tar", ARCHIVE_FORMAT_TAR_USTAR, ARCHIVE_FILTER_NONE },
		{ "m.tgz", ARCHIVE_FORMAT_TAR_PAX_RESTRICTED, ARCHIVE_FILTER_GZIP },
		{ "m.zip", ARCHIVE_FORMAT_ZIP, ARCHIVE_FILTER_NONE },
		{ "m.7z", ARCHIVE_FORMAT_7ZIP, ARCHIVE_FILTER_NONE },
		{ "m.txz", ARCHIVE_FORMAT_TAR_GNUTAR, ARCHIVE_FILTER_XZ },
		{ "m.tzst", ARCHIVE_FORMAT_TAR_USTAR, ARCHIVE_FILTER_ZSTD },
		{ "m.tbz", ARCHIVE_FORMAT_TAR_USTAR, ARCHIVE_FILTER_BZIP2 },
	};
	struct buffer out = BUFFER_INIT, want = BUFFER_INIT;

	(void)state;
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		struct archive *a = begin_archive(kinds[i].name, kinds[i].format, kinds[i].filter);

		add_member(a, "x/one.eml", "A: 1\n", 5);
		add_member(a, "two", SEP "B: 2\n\n\n" SEP "C", sizeof SEP * 2 - 2 + 8);
		end_archive(a);
		buffer_clear(&want);
		buffer_printf(&want, "%s:x/one.eml 0+5 'A: 1\n'\n%s:two 42+6 'B: 2\n\n'\n%s:two 91+1 'C'\n", kinds[i].name,
			kinds[i].name, kinds[i].name);
		if (strcmp(drain_path(kinds[i].name, &out), buffer_text(&want)) != 0)
			fail_msg("%s: %s", kinds[i].name, buffer_text(&out));
		rereads(kinds[i].name);
	}
	buffer_release(&out);
	buffer_release(&want);
}

static void reads_compressed_files(void **state)
{
	struct archive *a = begin_archive("m.gz", ARCHIVE_FORMAT_RAW, ARCHIVE_FILTER_GZIP);
	struct buffer out = BUFFER_INIT, text = BUFFER_INIT;

	(void)state;
	add_member(a, "m", mbox, sizeof mbox - 1);
	end_archive(a);
	buffer_str(&text, mbox_out);
	drain_path("m.gz", &out);
	for (char *p = (char *)out.ptr; (p = strstr(p, "m.gz ")) != NULL; p++) /* but for the name the same */
		memmove(p + 1, p + 4, strlen(p + 4) + 1);
	assert_string_equal((char *)out.ptr, mbox_out);
	rereads("m.gz");
	/* cut off in the middle */
	assert_int_equal(truncate(path_of("m.gz"), 60), 0);
	assert_non_null(strstr(drain_path("m.gz", &out), "error 3\n"));
	put_text("m.gz", "\x1f\x8bjunk");
	assert_string_equal(drain_path("m.gz", &out), "m.gz 0+6 '\x1f\x8bjunk'\n");
	buffer_release(&out);
	buffer_release(&text);
}

static void holds_archives_to_limits(void **state)
{
	struct archive *a = begin_archive("bomb.gz", ARCHIVE_FORMAT_RAW, ARCHIVE_FILTER_GZIP);
	struct buffer out = BUFFER_INIT, zeros = BUFFER_INIT, inner = BUFFER_INIT;
	static const char *const nest[] = { "0.tar", "1.tar", "2.tar", "3.tar" };

	(void)state;
	buffer_fill(&zeros, ' ', 100 << 20);
	add_member(a, "m", zeros.ptr, zeros.len);
	end_archive(a);
	assert_string_equal(drain_path("bomb.gz", &out), "bomb.gz error 4\n");
	buffer_release(&zeros);
	buffer_str(&inner, "A: 1\n");
	for (size_t i = 0; i < 4; i++) {
		FILE *f;
		struct stat st;

		a = begin_archive(nest[i], ARCHIVE_FORMAT_TAR_USTAR, ARCHIVE_FILTER_NONE);
		add_member(a, i ? nest[i - 1] : "m", inner.ptr, inner.len);
		end_archive(a);
		assert_int_equal(stat(path_of(nest[i]), &st), 0);
		f = fopen(path_of(nest[i]), "rb");
		buffer_clear(&inner);
		buffer_reserve(&inner, (size_t)st.st_size);
		inner.len = fread(inner.ptr, 1, (size_t)st.st_size, f);
		fclose(f);
	}
	assert_string_equal(drain_path("1.tar", &out), "1.tar:0.tar/m 0+5 'A: 1\n'\n");
	rereads("1.tar");
	assert_string_equal(drain_path("2.tar", &out), "2.tar:1.tar/0.tar error 4\n");
	buffer_release(&inner);
	buffer_release(&out);
}

static int make_folder(void **state)
{
	const char *tmp = getenv("TMPDIR");

	(void)state;
	snprintf(folder, sizeof folder, "%s/source-XXXXXX", tmp ? tmp : "/tmp");
	return mkdtemp(folder) ? 0 : -1;
}

static int remove_folder(void **state)
{
	char command[600];

	(void)state;
	snprintf(command, sizeof command, "rm -rf '%s'", folder);
	return system(command);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, make_folder, remove_folder)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tells_separators), TEST(splits_mboxes), TEST(splits_ranges), TEST(splits_large_mboxes),
		TEST(leaves_out_what_is_too_long), TEST(walks_directories), TEST(reads_archives),
		TEST(reads_compressed_files), TEST(holds_archives_to_limits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
