/* SPDX-License-Identifier: ISC */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "parsers/base/buffer.h"
#include "parsers/message/mime.h"

#define M(type) "Content-Type: " type "\n"

/* Parts as "path type [content]", with "!" where unclosed, joined by " / ". */
static const struct {
	const char *in, *out;
} trees[] = {
	{ "\nx\n", "1 text/plain [x\n]" },
	{ "no header at all", "1 text/plain []" },
	{ M("TEXT/HTML; charset=x") "\nx", "1 text/html [x]" },
	{ M("text") "\nx", "1 text/plain [x]" },
	{ M("text/plain/x") "\nx", "1 text/plain [x]" },
	{ M("text (a) / (b) html (c)") "\nx", "1 text/html [x]" },
	{ M("multipart/mixed; boundary=b") "\npre\n--b\n\none\n--b\n" M("text/html") "\ntwo\n\n--b--\nepi\n",
		"0 multipart/mixed [pre\n--b\n\none\n--b\nContent-Type: text/html\n\ntwo\n\n--b--\nepi\n] / "
		"1 text/plain [one] / 2 text/html [two\n]" },
	/* transport padding; a line that only begins like the boundary is none */
	{ M("multipart/mixed; boundary=b") "\n--b \t\n\n--bb\n--b--  \n",
		"0 multipart/mixed [--b \t\n\n--bb\n--b--  \n] / 1 text/plain [--bb]" },
	/* never closed; an outer delimiter closes what is inside */
	{ M("multipart/mixed; boundary=b") "\n--b\n\none", "0 multipart/mixed! [--b\n\none] / 1 text/plain [one]" },
	{ M("multipart/mixed; boundary=a") "\n--a\n" M("multipart/related; boundary=b") "\n--b\n\nx\n--a\n\ny\n--a--",
		"0 multipart/mixed [--a\nContent-Type: multipart/related; boundary=b\n\n--b\n\nx\n--a\n\ny\n--a--] / "
		"1 multipart/related! [--b\n\nx] / 1.1 text/plain [x] / 2 text/plain [y]" },
	{ M("multipart/mixed") "\n--b\n\none", "0 multipart/mixed! [--b\n\none]" },
	{ M("multipart/mixed; boundary=b") "\nnone", "0 multipart/mixed! [none]" },
	/* a header that the delimiter cuts off */
	{ M("multipart/mixed; boundary=b") "\n--b\n" M("text/html") "--b--\n",
		"0 multipart/mixed [--b\nContent-Type: text/html\n--b--\n] / 1 text/html []" },
	/* delimiters in a row */
	{ M("multipart/mixed; boundary=b") "\n--b\n--b\n\nx\n--b--\n",
		"0 multipart/mixed [--b\n--b\n\nx\n--b--\n] / 1 text/plain [x]" },
	{ M("multipart/digest; boundary=b") "\n--b\n\nA: 1\n\nx\n--b--\n",
		"0 multipart/digest [--b\n\nA: 1\n\nx\n--b--\n] / 1 message/rfc822 [A: 1\n\nx] / 1.1 text/plain [x]" },
	{ M("message/rfc822") "\nA: 1\n" M("multipart/mixed; boundary=b") "\n--b\n\nx\n--b--\n",
		"1 message/rfc822 [A: 1\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nx\n--b--\n] / "
		"1.0 multipart/mixed [--b\n\nx\n--b--\n] / 1.1 text/plain [x]" },
	/* a blank at the boundary's end: part of it where the delimiters have it, else not; nothing but blanks is no boundary */
	{ M("multipart/mixed; boundary=\"b \"") "\n--b \n\nx\n--b\n--b --", "0 multipart/mixed [--b \n\nx\n--b\n--b --] / 1 text/plain [x\n--b]" },
	{ M("multipart/mixed; boundary=\"b \"") "\n--b\n\nx\n--b--", "0 multipart/mixed [--b\n\nx\n--b--] / 1 text/plain [x]" },
	{ M("multipart/mixed; boundary=\"  \"") "\n--\n\nx\n", "0 multipart/mixed! [--\n\nx\n]" },
	/* one boundary used again inside itself: the outer's (RFC 2046 5.1.2); a longer one that begins like it is another */
	{ M("multipart/mixed; boundary=b") "\n--b\n" M("multipart/related; boundary=b") "\n--b\n\nx\n--b--",
		"0 multipart/mixed [--b\nContent-Type: multipart/related; boundary=b\n\n--b\n\nx\n--b--] / "
		"1 multipart/related! [] / 2 text/plain [x]" },
	{ M("multipart/mixed; boundary=b") "\n--b\n" M("multipart/related; boundary=\"b--c\"") "\n--b--c\n\nx\n--b--c--\n--b--",
		"0 multipart/mixed [--b\nContent-Type: multipart/related; boundary=\"b--c\"\n\n--b--c\n\nx\n--b--c--\n--b--] / "
		"1 multipart/related [--b--c\n\nx\n--b--c--] / 1.1 text/plain [x]" },
	{ M("message/rfc822") "Content-Transfer-Encoding: base64\n\nQQ==", "1 message/rfc822 [QQ==]" },
};

static void reads_trees(void **state)
{
	struct arena *arena = arena_new();
	struct buffer out = BUFFER_INIT, crlf = BUFFER_INIT;

	(void)state;
	for (size_t i = 0; i < sizeof trees / sizeof *trees; i++) {
		const struct message *m = message_parse(arena, span_of(trees[i].in), NULL);
		struct mime *mime = mime_parse(arena, m, NULL);

		buffer_clear(&out);
		for (size_t k = 0; k < mime->count; k++) {
			const struct part *p = &mime->part[k];

			buffer_printf(&out, "%s%s %s%s [%.*s]", k ? " / " : "", p->path, p->type, p->unclosed ? "!" : "",
				SPAN_ARG(p->content));
			assert_true(span_within(m->raw, p->content) && span_within(m->raw, p->header));
			assert_true(span_within(m->raw, p->whole));
			assert_ptr_equal(span_end(p->whole), span_end(p->content));
			assert_true(p->parent == k ? k == 0 : mime->part[p->parent].depth + 1 == p->depth);
		}
		if (strcmp(buffer_text(&out), trees[i].out) != 0)
			fail_msg("row %zu: '%s'", i, buffer_text(&out));
		/* the same tree with CRLF */
		buffer_clear(&crlf);
		for (const char *c = trees[i].in; *c; c++)
			buffer_str(&crlf, *c == '\n' ? "\r\n" : (char[]){ *c, 0 });
		struct mime *again = mime_parse(arena, message_parse(arena, buffer_view(&crlf), NULL), NULL);

		assert_int_equal(again->count, mime->count);
		for (size_t k = 0; k < mime->count; k++) {
			assert_string_equal(again->part[k].type, mime->part[k].type);
			assert_string_equal(again->part[k].path, mime->part[k].path);
		}
	}
	buffer_release(&out);
	buffer_release(&crlf);
	arena_free(arena);
}

static void keeps_preamble_and_epilogue(void **state)
{
	struct arena *arena = arena_new();
	const struct message *m =
		message_parse(arena, SPAN(M("multipart/mixed; boundary=\"b c\"") "\nhidden\n\n--b c\n\nx\n--b c--\nafter\n"), NULL);
	struct mime *mime = mime_parse(arena, m, NULL);

	(void)state;
	assert_true(span_is(mime->part[0].preamble, "hidden\n"));
	assert_true(span_is(mime->part[0].epilogue, "after\n"));
	assert_string_equal(mime->part[0].boundary, "b c");
	assert_int_equal(mime->part[1].field_count, 0);
	arena_free(arena);
}

/* RFC 2231 3, 4 and 4.1; RFC 2183; RFC 2047 in a parameter, which it forbids and everybody writes. */
static const struct {
	const char *value, *name, *out;
} parameters[] = {
	{ "a/b; charset=\"x y\"", "charset", "x y" },
	{ "a/b; CharSet = utf-8 ; x=y", "charset", "utf-8" },
	{ "a/b; x=\"a\\\"b;c\"; y=2", "x", "a\"b;c" },
	{ "a/b; x=\"a;b\" y=2", "y", "2" },
	{ "a/b (c; x=1); x=2", "x", "2" },
	{ "message/external-body; access-type=URL; URL*0=\"ftp://\"; URL*1=\"cs.utk.edu/pub/moore/bulk-mailer/bulk-mailer.tar\"",
		"url", "ftp://cs.utk.edu/pub/moore/bulk-mailer/bulk-mailer.tar" },
	{ "application/x-stuff; title*=us-ascii'en-us'This%20is%20%2A%2A%2Afun%2A%2A%2A", "title", "This is ***fun***" },
	{ "application/x-stuff; title*0*=us-ascii'en'This%20is%20even%20more%20; title*1*=%2A%2A%2Afun%2A%2A%2A%20; "
	  "title*2=\"isn't it!\"", "title", "This is even more ***fun*** isn't it!" },
	{ "a; f*1=b; f*0=a; f*2=c", "f", "abc" },
	{ "a; f=plain.txt; f*=utf-8''star.exe", "f", "star.exe" },
	{ "a; f=\"=?utf-8?Q?=C3=BC.txt?=\"", "f", "\xc3\xbc.txt" },
	{ "a; f*=iso-8859-1''%FC", "f", "\xc3\xbc" },
	{ "a; f=first; f=second", "f", "first" },
	{ "a; name=my report (1).pdf; x=1", "name", "my report (1).pdf" },
	{ "a; f=\"open", "f", "open" },
	{ "a; ;; f ; g=1", "g", "1" },
	{ "a; f=", "f", "" },
	{ "a", "f", NULL },
	{ "a; f*0*=utf-8''%E2%82; f*1*=%AC", "f", "\xe2\x82\xac" },
};

static void reads_parameters(void **state)
{
	struct arena *arena = arena_new();

	(void)state;
	for (size_t i = 0; i < sizeof parameters / sizeof *parameters; i++) {
		struct field field = { .value = span_of(parameters[i].value) };
		const char *got = field_parameter(arena, &field, parameters[i].name);

		if (!got != !parameters[i].out || (got && strcmp(got, parameters[i].out) != 0))
			fail_msg("row %zu: '%s'", i, got ? got : "(none)");
	}
	arena_free(arena);
}

static void decodes_parts(void **state)
{
	static const struct {
		const char *encoding, *content, *out;
	} parts[] = {
		{ "base64", "SGVs\nbG8=\n", "Hello" },
		{ "BASE64", "SGV!sbG8", "Hello" },
		{ "quoted-printable", "a=3Db=\n c =\n", "a=b c " },
		{ "quoted-printable", "=zz=C3=BC", "=zz\xc3\xbc" },
		{ "x-uuencode", "begin 644 x\n%2&5L;&\\`\n`\nend\n", "Hello" },
		{ "7bit", "as it is=\n", "as it is=\n" },
		{ "nonsense", "as it is", "as it is" },
	};
	struct arena *arena = arena_new();

	(void)state;
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
		const char *in = arena_printf(
			arena, "Content-Transfer-Encoding: %s\n\n%s", parts[i].encoding, parts[i].content);
		struct mime *mime = mime_parse(
			arena, message_parse(arena, span_of(in), NULL), &(struct mime_options){ .hash = true });
		struct part *part = &mime->part[0];

		if (!span_is(part_decoded(arena, mime, part), parts[i].out))
			fail_msg("row %zu: '%.*s'", i, SPAN_ARG(part->decoded_cache));
		assert_int_equal(part->size, strlen(parts[i].out));
		if (i < 2) { /* printf Hello | sha256sum, md5sum */
			assert_string_equal(
				part->sha256, "185f8db32271fe25f561a6fc938b2e264306ec304eda518007d1764826381969");
			assert_string_equal(part->md5, "8b1a9953c4611296a827abf8c47804d7");
		}
	}
	arena_free(arena);
}

static void tells_where_decoded_bytes_were(void **state)
{
	struct arena *arena = arena_new();
	struct mime *mime = mime_parse(
		arena, message_parse(arena, SPAN("Content-Transfer-Encoding: base64\n\nSGVs\nbG8h\n"), NULL), NULL);
	struct mime *quoted = mime_parse(arena,
		message_parse(arena, SPAN("Content-Transfer-Encoding: quoted-printable\n\na=3Db=\nc"), NULL), NULL);
	struct part *p = &mime->part[0], *q = &quoted->part[0];

	(void)state;
	assert_int_equal(part_stored(mime, p, 0), 35);
	assert_int_equal(part_stored(mime, p, 3), 40); /* "lo!" begins after the line end */
	assert_int_equal(part_stored(mime, p, 1), 36); /* and back again */
	assert_int_equal(part_stored(quoted, q, 0), 45);
	assert_int_equal(part_stored(quoted, q, 1), 46);
	assert_int_equal(part_stored(quoted, q, 2), 49);
	assert_int_equal(part_stored(quoted, q, 3), 52);
	assert_int_equal(part_stored(quoted, q, 99), 53);
	arena_free(arena);
}

static void reads_text_by_charset(void **state)
{
	struct arena *arena = arena_new();
	struct mime *mime = mime_parse(
		arena, message_parse(arena, SPAN(M("text/plain; charset=\"ISO-8859-15\"") "\n\xa4 \0"), NULL), NULL);

	(void)state;
	assert_string_equal(mime->part[0].charset, "iso-8859-15");
	assert_true(span_is(part_text(arena, mime, &mime->part[0]), "\xe2\x82\xac \xef\xbf\xbd"));
	arena_free(arena);
}

static void detects_types(void **state)
{
	struct arena *arena = arena_new();
	struct mime *mime = mime_parse(arena,
		message_parse(arena, SPAN(M("image/png; name=a") "Content-Disposition: attachment; filename=b.exe\n\n%PDF-1.4\n"),
			NULL),
		&(struct mime_options){ .detect = true });

	(void)state;
	assert_string_equal(mime->part[0].detected_type, "application/pdf");
	assert_string_equal(mime->part[0].filename, "b.exe");
	assert_string_equal(mime->part[0].name, "a");
	assert_string_equal(mime->part[0].disposition, "attachment");
	assert_null(mime->part[0].sha256);
	arena_free(arena);
}

static void meets_limits(void **state)
{
	struct arena *arena = arena_new();
	struct buffer in = BUFFER_INIT;
	struct mime *mime;

	(void)state;
	for (int i = 0; i < 1000; i++)
		buffer_printf(&in, M("multipart/mixed; boundary=b%d") "\n--b%d\n", i, i);
	buffer_str(&in, "\nx");
	mime = mime_parse(arena, message_parse(arena, buffer_view(&in), NULL), NULL);
	assert_true(mime->depth_limited);
	assert_int_equal(mime->count, LIMIT_DEPTH + 1);
	buffer_clear(&in);
	buffer_str(&in, M("multipart/mixed; boundary=b") "\n");
	for (int i = 0; i < LIMIT_PARTS + 10; i++)
		buffer_str(&in, "--b\n\n");
	mime = mime_parse(arena, message_parse(arena, buffer_view(&in), NULL), NULL);
	assert_true(mime->parts_limited);
	assert_int_equal(mime->count, LIMIT_PARTS);
	buffer_clear(&in);
	for (int i = 0; i < 1000; i++)
		buffer_str(&in, M("message/rfc822") "\n");
	mime = mime_parse(arena, message_parse(arena, buffer_view(&in), NULL), NULL);
	assert_true(mime->depth_limited);
	buffer_release(&in);
	arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_trees),	  cmocka_unit_test(keeps_preamble_and_epilogue),
		cmocka_unit_test(reads_parameters), cmocka_unit_test(decodes_parts),
		cmocka_unit_test(tells_where_decoded_bytes_were), cmocka_unit_test(reads_text_by_charset),
		cmocka_unit_test(detects_types),  cmocka_unit_test(meets_limits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
