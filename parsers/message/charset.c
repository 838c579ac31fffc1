/* SPDX-License-Identifier: ISC */
#include "parsers/message/charset.h"

#include <errno.h>
#include <gmime/gmime.h>
#include <iconv.h>
#include <pthread.h>

#include "parsers/base/buffer.h"
#include "parsers/base/printable.h"

/* windows-1252, 0x80 to 0x9f; the five bytes that it leaves open are the C1 controls of ISO-8859-1.
 */
static const uint16_t windows_1252[32] = {0x20ac, 0x81, 0x201a, 0x0192, 0x201e, 0x2026, 0x2020,
	0x2021, 0x02c6, 0x2030, 0x0160, 0x2039, 0x0152, 0x8d, 0x017d, 0x8f, 0x90, 0x2018, 0x2019,
	0x201c, 0x201d, 0x2022, 0x2013, 0x2014, 0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0x9d,
	0x017e, 0x0178};

static const char replacement[] = "\xef\xbf\xbd";

/* Bytes below 128 at the start of S. */
static size_t ascii_run(struct span s)
{
	uint64_t word;
	size_t i = 0;

	for (; i + sizeof word <= s.len; i += sizeof word) {
		memcpy(&word, s.ptr + i, sizeof word);
		if (word & UINT64_C(0x8080808080808080))
			break;
	}
	while (i < s.len && s.ptr[i] < 128)
		i++;
	return i;
}

/* Length of the longest valid start of S. */
static size_t utf8_run(struct span s)
{
	size_t i = 0;

	for (;;) {
		uint32_t rune;
		size_t n;

		i += ascii_run(span_skip(s, i));
		n = i < s.len ? utf8_decode(span_skip(s, i), &rune) : 0;
		if (n == 0)
			return i;
		i += n;
	}
}

bool utf8_valid(struct span s)
{
	return utf8_run(s) == s.len;
}

static struct span from_utf8(struct arena *arena, struct span s)
{
	size_t run = utf8_run(s);
	struct buffer out = BUFFER_INIT;
	struct span result;

	if (run == s.len)
		return s;
	while (s.len) {
		buffer_span(&out, span_sub(s, 0, run));
		s = span_skip(s, run);
		if (s.len) {
			buffer_str(&out, replacement);
			s = span_skip(s, 1);
		}
		run = utf8_run(s);
	}
	result = arena_copy(arena, buffer_view(&out));
	buffer_release(&out);
	return result;
}

static struct span from_latin(struct arena *arena, struct span s)
{
	uint8_t *out;
	size_t len = 0;

	if (ascii_run(s) == s.len)
		return s;
	out = arena_bytes(arena, s.len * 3);
	for (size_t i = 0; i < s.len; i++) {
		uint8_t c = s.ptr[i];
		uint32_t rune = c >= 0x80 && c < 0xa0 ? windows_1252[c - 0x80] : c;

		if (c < 128)
			out[len++] = c;
		else
			len += utf8_encode(rune, (char *)out + len);
	}
	return span_make(out, len);
}

static struct span from_iconv(struct arena *arena, struct span s, iconv_t cd)
{
	struct buffer out = BUFFER_INIT;
	char *in = (char *)(uintptr_t)s.ptr;
	size_t left = s.len;
	struct span result;

	while (left) {
		buffer_reserve(&out, left * 2 + 64);

		char *to = (char *)out.ptr + out.len;
		size_t room = out.room - out.len - 1, before = room;
		size_t status = iconv(cd, &in, &left, &to, &room);

		out.len += before - room;
		if (status == (size_t)-1 && errno != E2BIG) {
			buffer_str(&out, replacement);
			if (left == 0 || errno == EINVAL)
				break;
			in++;
			left--;
		}
	}
	result = arena_copy(arena, buffer_view(&out));
	buffer_release(&out);
	return result;
}

/* Names go to iconv_open(), which reads more into "/" and "," than a name. */
static bool is_name(const char *charset)
{
	size_t len = strlen(charset);

	if (len == 0 || len > 40)
		return false;
	for (size_t i = 0; i < len; i++)
		if (!is_alnum((uint8_t)charset[i]) && !strchr("-_.:+", charset[i]))
			return false;
	return true;
}

static bool is_one_of(const char *charset, const char *const *list)
{
	for (; *list; list++)
		if (span_iis(span_of(charset), *list))
			return true;
	return false;
}

static const char *const names_utf8[] = {"utf-8", "utf8", "unicode-1-1-utf-8", NULL};
static const char *const names_latin[] = {"iso-8859-1", "iso8859-1", "iso_8859-1", "latin1",
	"windows-1252", "cp1252", "cp-1252", NULL};
static const char *const names_ascii[] = {
	"us-ascii", "ascii", "ansi_x3.4-1968", "unknown-8bit", "x-unknown", "default", NULL};

static pthread_once_t once = PTHREAD_ONCE_INIT;

static iconv_t open_iconv(const char *charset)
{
	pthread_once(&once, g_mime_init); /* its table of names */
	return is_name(charset) ? iconv_open("UTF-8", g_mime_charset_iconv_name(charset))
				: (iconv_t)-1;
}

bool charset_known(const char *charset)
{
	iconv_t cd;

	if (is_one_of(charset, names_utf8) || is_one_of(charset, names_latin) ||
		is_one_of(charset, names_ascii))
		return true;
	cd = open_iconv(charset);
	if (cd == (iconv_t)-1)
		return false;
	iconv_close(cd);
	return true;
}

struct span charset_utf8(struct arena *arena, struct span s, const char *charset)
{
	struct span result;
	iconv_t cd;

	if (s.len == 0)
		return span_make("", 0);
	if (!charset || is_one_of(charset, names_ascii))
		return utf8_valid(s) ? s : from_latin(arena, s);
	if (is_one_of(charset, names_utf8))
		return from_utf8(arena, s);
	if (is_one_of(charset, names_latin))
		return from_latin(arena, s);
	cd = open_iconv(charset);
	if (cd == (iconv_t)-1)
		return utf8_valid(s) ? s : from_latin(arena, s);
	result = from_iconv(arena, s, cd);
	iconv_close(cd);
	return result;
}

struct span charset_text(struct arena *arena, struct span s)
{
	struct buffer out = BUFFER_INIT;
	struct span result;

	if (span_chr(s, 0) == s.len)
		return s;
	while (s.len) {
		size_t at = span_chr(s, 0);

		buffer_span(&out, span_sub(s, 0, at));
		if (at < s.len)
			buffer_str(&out, replacement);
		s = span_skip(s, at + 1);
	}
	result = arena_copy(arena, buffer_view(&out));
	buffer_release(&out);
	return result;
}

const char *charset_string(struct arena *arena, struct span s)
{
	return arena_text(arena, charset_text(arena, s));
}
