/* SPDX-License-Identifier: ISC */
/* Content of parts: decoded, as text, and where its bytes were. */
#include <gmime/gmime.h>
#include <magic.h>

#include "parsers/base/wide.h"
#include "parsers/message/base64.h"
#include "parsers/message/charset.h"
#include "parsers/base/digest.h"
#include "parsers/message/part.h"

enum { DETECT_BYTES = 64 * 1024 };

static GMimeContentEncoding encoding_named(const char *name)
{
	GMimeContentEncoding e = name ? g_mime_content_encoding_from_string(name) : GMIME_CONTENT_ENCODING_DEFAULT;

	return e == GMIME_CONTENT_ENCODING_BASE64 || e == GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE ||
			       e == GMIME_CONTENT_ENCODING_UUENCODE
		       ? e
		       : GMIME_CONTENT_ENCODING_DEFAULT;
}

static GMimeContentEncoding encoding_of(const struct part *part)
{
	return part->is_multipart || part->is_message ? GMIME_CONTENT_ENCODING_DEFAULT : encoding_named(part->encoding);
}

const char *part_coding(const struct part *part)
{
	return encoding_of(part) == GMIME_CONTENT_ENCODING_DEFAULT ? NULL : part->encoding;
}

static struct span decode(struct arena *arena, struct span in, GMimeContentEncoding encoding)
{
	GMimeEncoding state;
	uint8_t *out;
	size_t len;

	if (encoding == GMIME_CONTENT_ENCODING_BASE64) {
		out = arena_bytes(arena, in.len / 4 * 3 + 3);
		return span_make(out, base64_lenient(in, out));
	}
	g_mime_encoding_init_decode(&state, encoding);
	out = arena_bytes(arena, g_mime_encoding_outlen(&state, in.len) + 1);
	len = g_mime_encoding_flush(&state, (const char *)in.ptr, in.len, (char *)out);
	return span_make(out, len);
}

/* uudecode wants what stands before "begin" taken off; GMime's decoder does not look for it. */
static struct span skip_to_begin(struct span s)
{
	size_t at = span_starts(s, "begin ") ? 0 : span_find(s, SPAN("\nbegin "), 0);

	if (at == s.len)
		return SPAN_NONE;
	s = span_skip(s, at ? at + 1 : 0);
	span_line(&s, NULL);
	return s;
}

struct span content_decode(struct arena *arena, struct span in, const char *name)
{
	GMimeContentEncoding encoding = encoding_named(name);

	if (encoding == GMIME_CONTENT_ENCODING_DEFAULT)
		return in;
	if (encoding == GMIME_CONTENT_ENCODING_UUENCODE)
		in = skip_to_begin(in);
	return in.len ? decode(arena, in, encoding) : span_make("", 0);
}

struct span part_decoded(struct arena *arena, struct mime *mime, struct part *part)
{
	GMimeContentEncoding encoding;
	struct span in = part->content;

	if (part->decoded_done)
		return part->decoded_cache;
	part->decoded_done = true;
	if (part->is_multipart || part->is_message)
		return part->decoded_cache = SPAN_NONE;
	encoding = encoding_of(part);
	if (encoding == GMIME_CONTENT_ENCODING_DEFAULT) {
		part->decoded_cache = in;
	} else {
		if (in.len > LIMIT_DECODED - mime->decoded) {
			in.len = LIMIT_DECODED - mime->decoded;
			part->truncated = mime->decoded_limited = true;
		}
		part->decoded_cache = content_decode(arena, in, part->encoding);
		mime->decoded += part->decoded_cache.len;
	}
	part->size = part->decoded_cache.len;
	return part->decoded_cache;
}

struct span part_text(struct arena *arena, struct mime *mime, struct part *part)
{
	if (!part->text_cache.ptr) {
		struct span bytes = part_decoded(arena, mime, part);

		part->text_cache = charset_text(arena, charset_utf8(arena, bytes, part->charset));
	}
	return part->text_cache;
}

static bool is_base64(uint8_t c)
{
	return is_alnum(c) || c == '+' || c == '/';
}

/* Goes on from where the last call stopped: decoded offset OUT begins at encoded offset IN (or, for
 * base64, in its group). */
static size_t base64_place(struct part *part, size_t at)
{
	struct span s = part->content;
	size_t chars = part->stored_out, i = part->stored_in, want = at / 3 * 4 + at % 3;

	if (chars > want)
		chars = i = 0;
	for (; i < s.len; i++) {
		if (!is_base64(s.ptr[i]))
			continue;
		if (chars == want)
			break;
		chars++;
	}
	part->stored_out = chars;
	part->stored_in = i;
	return i;
}

static size_t quoted_place(struct part *part, size_t at)
{
	struct span s = part->content;
	size_t out = part->stored_out, i = part->stored_in;

	if (out > at)
		out = i = 0;
	while (i < s.len) {
		size_t soft = 0, step = 1;

		if (s.ptr[i] == '=' && i + 1 < s.len && s.ptr[i + 1] == '\n')
			soft = 2;
		else if (s.ptr[i] == '=' && i + 2 < s.len && s.ptr[i + 1] == '\r' &&
			 s.ptr[i + 2] == '\n')
			soft = 3;
		else if (s.ptr[i] == '=' && span_hex_byte(s, i + 1) >= 0)
			step = 3;
		if (soft) {
			i += soft;
			continue;
		}
		if (out == at)
			break;
		out++;
		i += step;
	}
	part->stored_out = out;
	part->stored_in = i;
	return i;
}

size_t part_stored(struct mime *mime, struct part *part, size_t at)
{
	GMimeContentEncoding encoding = encoding_of(part);
	size_t place = at;

	if (encoding == GMIME_CONTENT_ENCODING_BASE64)
		place = base64_place(part, at);
	else if (encoding == GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE)
		place = quoted_place(part, at);
	else if (encoding == GMIME_CONTENT_ENCODING_UUENCODE)
		place = 0;
	return span_offset(mime->message->raw, part->content) +
	       (place < part->content.len ? place : part->content.len);
}

static void close_magic(void *cookie)
{
	magic_close(cookie);
}

/* A cookie takes milliseconds to load: one for the life of the process, which is a worker's. */
static magic_t open_magic(void)
{
	static magic_t cookie;
	static bool tried;

	if (!tried) {
		tried = true;
		cookie = magic_open(MAGIC_MIME_TYPE | MAGIC_NO_CHECK_COMPRESS | MAGIC_NO_CHECK_ELF);
		if (cookie && magic_load(cookie, NULL) != 0) {
			close_magic(cookie);
			cookie = NULL;
		}
	}
	return cookie;
}

static bool is_control(uint8_t c)
{
	return c < 9 || (c > 13 && c < 32 && c != 27);
}

/* Other controls than white space and escape. */
static bool has_controls(struct span s)
{
	size_t n = 0;

	for (; n + WIDE <= s.len; n += WIDE) {
		wide v = wide_at(s.ptr + n);
		wide harmless = wide_or(wide_between(v, 9, 13), wide_equal(v, 27));

		if (wide_any(wide_and(wide_between(v, 0, 31), wide_not(harmless))))
			return true;
	}
	while (n < s.len && !is_control(s.ptr[n]))
		n++;
	return n < s.len;
}

/*
 * A text part without a name whose first bytes are text contradicts nothing, and libmagic takes longer over text than
 * everything else over the message: it is asked about the others.
 */
static bool plain_enough(const struct part *part, struct span bytes)
{
	struct span head = span_sub(bytes, 0, 1024);

	if (!part->is_text || part->filename || part->name)
		return false;
	if (span_starts(head, "%PDF") || span_starts(head, "PK") || span_starts(head, "MZ") || span_starts(head, "{\\rt") ||
		span_starts(head, "#!") || span_starts(head, "Rar!"))
		return false;
	return !has_controls(head);
}

void part_measure(struct arena *arena, struct mime *mime, struct part *part,
	const struct mime_options *options)
{
	struct span bytes;

	if (part->is_multipart || part->is_message)
		return;
	bytes = part_decoded(arena, mime, part);
	if (options->hash) {
		part->sha256 = digest_hex(arena, DIGEST_SHA256, bytes);
		part->md5 = digest_hex(arena, DIGEST_MD5, bytes);
	}
	if (options->detect && bytes.len && !plain_enough(part, bytes)) {
		magic_t cookie = open_magic();
		const char *type =
			cookie ? magic_buffer(cookie, bytes.ptr,
					 bytes.len < DETECT_BYTES ? bytes.len : DETECT_BYTES)
			       : NULL;

		part->detected_type = type ? arena_strdup(arena, type) : NULL;
	}
}
