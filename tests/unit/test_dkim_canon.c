/* SPDX-License-Identifier: ISC */
/* Canonical forms against the standard's own steps (RFC 6376 3.4), a byte at a time, over random input. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>

#include "parsers/dkim/canon.h"
#include "tests/unit/random.h"

enum { ROUNDS = 20000 };

/* "Ignore all whitespace at the end of lines", "reduce all sequences of WSP within a line to a single SP". */
static void add_relaxed_line(struct buffer *b, struct span line)
{
	size_t from = b->len;

	for (size_t i = 0; i < line.len; i++) {
		if (!is_wsp(line.ptr[i]))
			buffer_char(b, (char)line.ptr[i]);
		else if (b->len == from || b->ptr[b->len - 1] != ' ')
			buffer_char(b, ' ');
	}
	if (b->len > from && b->ptr[b->len - 1] == ' ')
		b->len--;
}

/* "Ignore all empty lines at the end of the message body." */
static void plain_body(struct buffer *b, struct span body, enum canonicalization canon)
{
	size_t end = 0;

	while (body.len) {
		size_t len, from = b->len;
		struct span line = span_line(&body, &len);

		line.len = len;
		if (canon == CANONICAL_RELAXED)
			add_relaxed_line(b, line);
		else
			buffer_span(b, line);
		if (b->len > from)
			end = b->len + 2;
		buffer_str(b, "\r\n");
	}
	b->len = end;
	if (!b->len && canon == CANONICAL_SIMPLE)
		buffer_str(b, "\r\n");
}

static void hashes_bodies(void **unused)
{
	static const char *const letters[] = { "ab \t\n", "abcdefghijklmnop \n", "abcdefghijklmnopq  \r\n", "ab \r\n", "abcdefgh " };
	uint8_t *room = malloc(30000), want[HASH_MAX];
	struct buffer b = BUFFER_INIT;

	(void)unused;
	for (size_t i = 0; i < ROUNDS; i++) {
		struct span body = any_text(room, i % 50 ? 120 : 30000, letters[any(5)]);
		struct body_sink sink[3] = { { .canon = CANONICAL_SIMPLE, .kind = HASH_SHA256 },
			{ .canon = CANONICAL_RELAXED, .kind = HASH_SHA256 },
			{ .canon = CANONICAL_RELAXED, .kind = HASH_SHA1, .has_limit = true, .limit = any(200) } };
		struct body_lengths lengths = { { 0, 0 } };

		canon_body(body, sink, 3, &lengths);
		for (int c = 0; c < 2; c++) {
			buffer_clear(&b);
			plain_body(&b, body, (enum canonicalization)c);
			assert_int_equal(lengths.len[c], b.len);
			hash_once(HASH_SHA256, buffer_view(&b), want);
			assert_memory_equal(sink[c].digest, want, hash_size(HASH_SHA256));
		}
		hash_once(HASH_SHA1, span_sub(buffer_view(&b), 0, (size_t)sink[2].limit), want);
		assert_memory_equal(sink[2].digest, want, hash_size(HASH_SHA1));
	}
	buffer_release(&b);
	free(room);
}

/* 3.4.2: the name in lower case; unfold; WSP as in the body, and none around the colon or at the end. */
static void plain_field(struct buffer *b, struct span text)
{
	size_t colon = span_chr(text, ':'), start;

	for (size_t i = 0; i < colon; i++)
		buffer_char(b, (char)ascii_lower(text.ptr[i]));
	while (b->len && is_wsp(b->ptr[b->len - 1]))
		b->len--;
	buffer_char(b, ':');
	start = b->len;
	for (size_t i = colon + 1; i < text.len; i++) {
		uint8_t c = text.ptr[i];

		if (c == '\n' || (c == '\r' && i + 1 < text.len && text.ptr[i + 1] == '\n'))
			continue;
		if (!is_wsp(c))
			buffer_char(b, (char)c);
		else if (b->len > start && b->ptr[b->len - 1] != ' ')
			buffer_char(b, ' ');
	}
	if (b->len > start && b->ptr[b->len - 1] == ' ')
		b->len--;
}

static void writes_fields(void **unused)
{
	struct buffer got = BUFFER_INIT, want = BUFFER_INIT;
	uint8_t room[200] = "X-Name \t:";

	(void)unused;
	for (size_t i = 0; i < ROUNDS; i++) {
		struct span value = any_text(room + 9, sizeof room - 9, i % 2 ? "ab \t\r\n\x01\x7f\xe9" : "abcdefghijklmnopqrst\n ");

		buffer_clear(&got);
		buffer_clear(&want);
		buffer_str(&got, "before");
		buffer_str(&want, "before");
		canon_header(&got, span_make(room, value.len + 9), CANONICAL_RELAXED);
		plain_field(&want, span_make(room, value.len + 9));
		assert_int_equal(got.len, want.len);
		assert_memory_equal(got.ptr, want.ptr, want.len);
	}
	buffer_release(&got);
	buffer_release(&want);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hashes_bodies),
		cmocka_unit_test(writes_fields),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
