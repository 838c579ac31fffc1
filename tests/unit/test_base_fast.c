/* SPDX-License-Identifier: ISC */
/* Short ways that common input takes, against the plain way of saying the same, over random input. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "parsers/base/digest.h"
#include "parsers/base/encode.h"
#include "parsers/base/moment.h"
#include "parsers/base/printable.h"
#include "parsers/base/taglist.h"
#include "parsers/message/message.h"
#include "parsers/report/json.h"
#include "tests/unit/random.h"

enum { ROUNDS = 20000 };

static void compares_without_case(void **unused)
{
	uint8_t a[40], b[40];

	(void)unused;
	for (size_t i = 0; i < ROUNDS; i++) {
		struct span x = any_text(a, sizeof a, i % 2 ? "@AZ[`az{\x80\xc1\xda\xe1" : NULL), y = x;
		bool same = true;

		memcpy(b, a, x.len);
		y.ptr = b;
		for (size_t k = 0; k < x.len; k++) {
			b[k] ^= any(3) ? 0 : 0x20;
			b[k] = any(60) ? b[k] : (uint8_t)any(256);
			same &= ascii_lower(a[k]) == ascii_lower(b[k]);
		}
		assert_int_equal(span_ieq(x, y), same);
	}
}

static void finds_a_word(void **unused)
{
	static const char *const word[] = { "HELO", "ehlo:", "x" };

	(void)unused;
	assert_true(span_iany(SPAN("helo"), word, 3));
	assert_true(span_iany(SPAN("EHLO:"), word, 3));
	assert_true(span_iany(SPAN("X"), word, 3));
	assert_false(span_iany(SPAN("hel"), word, 3));
	assert_false(span_iany(SPAN("helo:"), word, 3));
	assert_false(span_iany(SPAN_NONE, word, 3));
}

static void finds_the_last_byte(void **unused)
{
	uint8_t room[40];

	(void)unused;
	for (size_t i = 0; i < ROUNDS; i++) {
		struct span s = any_text(room, sizeof room, "@a.\xc0\x80");
		size_t last = s.len;

		for (size_t k = 0; k < s.len; k++)
			if (s.ptr[k] == '@')
				last = k;
		assert_int_equal(span_rchr(s, '@'), last);
	}
}

#define SAYS(...)                                                                                                      \
	do {                                                                                                           \
		snprintf(want, sizeof want, __VA_ARGS__);                                                              \
		assert_string_equal(arena_printf(arena, __VA_ARGS__), want);                                           \
	} while (0)

static void prints_as_the_library_does(void **unused)
{
	struct arena *arena = arena_new();
	char want[1000], text[300];

	(void)unused;
	for (size_t i = 0; i < ROUNDS / 10; i++) {
		int n = (int)any(1u << 31) - (1 << 30), few = (int)any(12) - 2;
		unsigned long long big = any(UINT64_MAX);

		if (i % 100 == 0)
			arena_reset(arena); /* and so at every place of a block */
		memset(text, 'x', sizeof text);
		text[any(sizeof text)] = '\0';
		text[sizeof text - 1] = '\0';
		SAYS("%s", text);
		SAYS("%d and %u: %s%s", n, (unsigned)n, text, "");
		SAYS("%zu%% of %c %.*s|", (size_t)big, 'a' + few, few, "1234567");
		SAYS("%lld %ld %llu %lu", (long long)big, (long)n, big, (unsigned long)big);
		SAYS("%d %i %04d %5.1f %s", INT32_MIN, n, n % 100, n / 7.0, text); /* all left to the library */
		SAYS("%-11s|%s", text, text);
	}
	assert_string_equal(arena_printf(arena, "%s", ""), "");
	arena_free(arena);
}

static void writes_moments(void **unused)
{
	struct arena *arena = arena_new();
	char want[80];

	(void)unused;
	for (size_t i = 0; i < ROUNDS; i++) {
		int64_t time = (int64_t)any(i % 2 ? 40000000000 : 1000000000000) - (i % 3 ? 0 : 80000000000);
		int offset = ((int)any(4000) - 2000) * 60, size = abs(offset) / 60;
		struct civil c = moment_civil(time), local = moment_civil(time + offset);

		snprintf(want, sizeof want, "%04" PRId64 "-%02d-%02dT%02d:%02d:%02dZ", c.year, c.month, c.day, c.hour,
			c.minute, c.second);
		assert_string_equal(moment_text(arena, time), want);
		snprintf(want, sizeof want, "%04" PRId64 "-%02d-%02dT%02d:%02d:%02d%c%02d:%02d", local.year, local.month,
			local.day, local.hour, local.minute, local.second, offset < 0 ? '-' : '+', size / 60, size % 60);
		assert_string_equal(moment_text_zone(arena, time, offset, false), want);
		if (i % 1000 == 0)
			arena_reset(arena);
	}
	arena_free(arena);
}

static void decodes_folded_base64(void **unused)
{
	struct arena *arena = arena_new();
	uint8_t raw[90], folded[400];

	(void)unused;
	for (size_t i = 0; i < ROUNDS; i++) {
		struct span bytes = any_text(raw, sizeof raw, NULL), got;
		const char *text = base64_encode(arena, bytes);
		size_t len = 0, wrong;

		for (const char *p = text; *p; p++) {
			while (any(9) == 0)
				folded[len++] = (uint8_t) " \t\r\n"[any(4)];
			folded[len++] = (uint8_t)*p;
		}
		assert_true(base64_decode(arena, span_make(folded, len), &got));
		assert_true(span_eq(got, bytes));
		wrong = len ? any(len) : 0;
		if (len && is_alnum(folded[wrong])) {
			folded[wrong] = (uint8_t) "-_.\0\x80\xff{,"[any(8)];
			assert_false(base64_decode(arena, span_make(folded, len), &got));
		}
		if (i % 1000 == 0)
			arena_reset(arena);
	}
	arena_free(arena);
}

/* Glyph by glyph. */
static const char *shown(struct arena *arena, struct span s, size_t *ret_columns)
{
	struct buffer b = BUFFER_INIT;
	const char *text;

	for (*ret_columns = 0; s.len;) {
		struct glyph g = glyph_next(s);

		buffer_str(&b, g.text);
		*ret_columns += (size_t)g.columns;
		s = span_skip(s, g.len);
	}
	text = arena_text(arena, buffer_view(&b));
	buffer_release(&b);
	return text;
}

static void shows_plain_text_at_once(void **unused)
{
	struct arena *arena = arena_new();
	uint8_t room[60];

	(void)unused;
	for (size_t i = 0; i < ROUNDS; i++) {
		struct span s = any_text(room, sizeof room, i % 4 ? " ~az}|!  abcdefghijklmnop\x1f\x7f" : "az ~");
		size_t columns, max = any(70) + 2, plain = printable_plain(s);
		const char *all = shown(arena, s, &columns), *cut;

		for (size_t k = 0; k < s.len; k++)
			assert_int_equal(k < plain || (s.ptr[k] >= 0x20 && s.ptr[k] < 0x7f && k > plain),
				s.ptr[k] >= 0x20 && s.ptr[k] < 0x7f);
		assert_string_equal(printable(arena, s), all);
		cut = printable_cut(arena, s, max);
		if (columns <= max)
			assert_string_equal(cut, all);
		else
			assert_true(strstr(cut, "…") && strncmp(cut, all, strlen(cut) - 3) == 0 &&
				    strlen(cut) - 2 <= max && strlen(cut) - 2 + 4 > max);
		if (i % 1000 == 0)
			arena_reset(arena);
	}
	arena_free(arena);
}

static void quotes_for_json(void **unused)
{
	struct buffer got = BUFFER_INIT, want = BUFFER_INIT;
	uint8_t room[60];

	(void)unused;
	for (size_t i = 0; i < ROUNDS; i++) {
		struct json json = { &got, false };
		struct span s = any_text(room, sizeof room - 1, i % 3 ? "abcdefgh ijkl\"\\\x7f\x1f\n~\xe4" : "abcdefghijk");

		room[s.len] = '\0';
		buffer_clear(&got);
		buffer_clear(&want);
		member_open(&json, NULL, '{');
		member_text(&json, "text", (const char *)room);
		member_integer(&json, "n", (int64_t)i - 500);
		member_close(&json, '}');
		buffer_str(&want, "{\"text\":\"");
		for (size_t k = 0; k < s.len; k++) {
			if (s.ptr[k] == '"' || s.ptr[k] == '\\')
				buffer_printf(&want, "\\%c", s.ptr[k]);
			else if (s.ptr[k] == 0xe4) /* begins no character here */
				buffer_str(&want, "\\ufffd");
			else if (s.ptr[k] < 0x20 || s.ptr[k] == 0x7f)
				buffer_printf(&want, "\\u%04x", s.ptr[k]);
			else
				buffer_char(&want, (char)s.ptr[k]);
		}
		buffer_printf(&want, "\",\"n\":%d}", (int)i - 500);
		assert_string_equal(buffer_text(&got), buffer_text(&want));
	}
	buffer_release(&got);
	buffer_release(&want);
}

static void finds_fields_by_name(void **unused)
{
	static const char *const name[] = { "To", "ot", "Subject", "SUBJECT", "sbuject", "X", "Received", "Message-ID", "Absent" };
	struct arena *arena = arena_new();
	struct buffer text = BUFFER_INIT;

	(void)unused;
	for (size_t i = 0; i < ROUNDS / 20; i++) {
		const struct message *m;

		buffer_clear(&text);
		for (size_t k = any(30); k-- > 0;)
			buffer_printf(&text, any(8) ? "%s: %zu\n" : "%s %zu\n", name[any(8)], k);
		buffer_str(&text, "\nSubject: body\n");
		m = message_parse(arena, buffer_view(&text), NULL);
		for (size_t k = 0; k < sizeof name / sizeof *name; k++) {
			enum field_name known = field_name_of(span_of(name[k]));
			const struct field *last = NULL;
			size_t count = 0;

			for (size_t f = 0; f < m->field_count; f++)
				if (!(m->field[f].odd & FIELD_GARBAGE) && span_iis(m->field[f].name, name[k])) {
					last = &m->field[f];
					assert_ptr_equal(message_field_named(m, name[k], count++), last);
				}
			assert_null(message_field_named(m, name[k], count));
			if (known == NAME_OTHER)
				continue;
			assert_int_equal(message_field_count(m, known), count);
			assert_ptr_equal(message_field_last(m, known), last);
			if (count)
				assert_ptr_equal(message_field(m, known, count - 1), last);
			assert_null(message_field(m, known, count));
		}
		arena_reset(arena);
	}
	buffer_release(&text);
	arena_free(arena);
}

/* Line by line. */
static const char *plain_dedupe(struct arena *arena, struct span raw, bool mbox)
{
	struct buffer b = BUFFER_INIT;
	bool cr = span_chr(raw, '\n') == raw.len, body = false;
	const char *digest;

	while (raw.len) {
		size_t end = span_chr(raw, cr ? '\r' : '\n'), len = end, marks = 0;
		struct span line = span_sub(raw, 0, end);

		if (!cr && end < raw.len && end && raw.ptr[end - 1] == '\r')
			line.len = --len;
		while (marks < line.len && line.ptr[marks] == '>')
			marks++;
		if (body && mbox && marks && span_starts(span_skip(line, marks), "From "))
			line = span_skip(line, 1);
		buffer_span(&b, line);
		if (end < raw.len)
			buffer_str(&b, "\r\n");
		body |= len == 0;
		raw = span_skip(raw, end + 1);
	}
	digest = digest_hex(arena, DIGEST_SHA256, buffer_view(&b));
	buffer_release(&b);
	return digest;
}

static void digests_in_blocks(void **unused)
{
	static const char *const letters[] = { "abc \n", "ab\r\n", "a>\nFrom ", "a\r", "abcdefgh" };
	struct arena *arena = arena_new();
	uint8_t *room = malloc(20000);

	(void)unused;
	for (size_t i = 0; i < ROUNDS / 20; i++) {
		struct span body = any_text(room + 8, i % 4 ? 100 : 19990, letters[any(5)]), raw = { room, body.len + 8 };
		const struct message *m;
		bool mbox = any(2);

		memcpy(room, i % 3 ? "A: bcd\n\n" : i % 5 ? "A: b\r\n\r\n" : "A: bcd\r\r", 8);
		for (size_t k = any(20) * (body.len > 10); k-- > 0;) {
			size_t at = any(body.len - 9);

			memcpy(room + 8 + at, k % 2 ? "\n>From a" : "\r\n\r\n\r\n\r", 7);
		}
		m = message_parse(arena, raw, &(struct message_options){ .mbox = mbox });
		assert_string_equal(message_dedupe(arena, m, message_sha256(arena, m)), plain_dedupe(arena, raw, mbox));
		arena_reset(arena);
	}
	free(room);
	arena_free(arena);
}

static void reads_tags_one_by_one(void **unused)
{
	struct arena *arena = arena_new();
	uint8_t room[60];

	(void)unused;
	for (size_t i = 0; i < ROUNDS; i++) {
		struct span s = any_text(room, sizeof room, "ttxa ==;;\n_1");
		struct taglist list = taglist_parse(arena, s);
		struct taglist_reader reader = { .rest = s };
		struct tag tag;

		for (size_t k = 0; k < list.count; k++) {
			assert_true(taglist_next(&reader, &tag));
			assert_memory_equal(&tag, &list.tag[k], sizeof tag);
		}
		assert_false(taglist_next(&reader, &tag));
		if (i % 1000 == 0)
			arena_reset(arena);
	}
	arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(compares_without_case),
		cmocka_unit_test(finds_a_word),
		cmocka_unit_test(finds_the_last_byte),
		cmocka_unit_test(prints_as_the_library_does),
		cmocka_unit_test(writes_moments),
		cmocka_unit_test(decodes_folded_base64),
		cmocka_unit_test(shows_plain_text_at_once),
		cmocka_unit_test(quotes_for_json),
		cmocka_unit_test(finds_fields_by_name),
		cmocka_unit_test(digests_in_blocks),
		cmocka_unit_test(reads_tags_one_by_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
