/* SPDX-License-Identifier: ISC */
/* Digests of messages and parts. GLib's, because the rooms before dkim/ do not know OpenSSL. */
#include "parsers/message/digest.h"

#include <glib.h>

static const char *finish(struct arena *arena, GChecksum *sum)
{
	const char *text = arena_strdup(arena, g_checksum_get_string(sum));

	g_checksum_free(sum);
	return text;
}

static void add(GChecksum *sum, struct span s)
{
	while (s.len) { /* the length is an int-sized ssize in places: feed pieces */
		struct span piece = span_sub(s, 0, (size_t)1 << 30);

		g_checksum_update(sum, piece.ptr, (gssize)piece.len);
		s = span_skip(s, piece.len);
	}
}

const char *digest_sha256(struct arena *arena, struct span s)
{
	GChecksum *sum = g_checksum_new(G_CHECKSUM_SHA256);

	add(sum, s);
	return finish(arena, sum);
}

const char *digest_md5(struct arena *arena, struct span s)
{
	GChecksum *sum = g_checksum_new(G_CHECKSUM_MD5);

	add(sum, s);
	return finish(arena, sum);
}

const char *message_sha256(struct arena *arena, const struct message *m)
{
	return digest_sha256(arena, m->raw);
}

/* Lines end in CRLF afterwards; a CR that ends no line stays as it is. */
static void add_as_crlf(GChecksum *sum, struct span s, uint8_t end)
{
	while (s.len) {
		size_t at = span_chr(s, end);

		if (at == s.len) {
			add(sum, s);
			return;
		}
		add(sum, span_sub(s, 0, end == '\n' && at && s.ptr[at - 1] == '\r' ? at - 1 : at));
		g_checksum_update(sum, (const guchar *)"\r\n", 2);
		s = span_skip(s, at + 1);
	}
}

const char *message_dedupe(struct arena *arena, const struct message *m)
{
	bool as_stored = m->line_ends == LINE_ENDS_CRLF || m->line_ends == LINE_ENDS_NONE;
	uint8_t end = m->line_ends == LINE_ENDS_CR ? '\r' : '\n';
	struct span head = span_sub(m->raw, m->from_line.len, span_offset(m->raw, m->body));
	GChecksum *sum = g_checksum_new(G_CHECKSUM_SHA256);

	if (as_stored) {
		add(sum, head);
		add(sum, m->check_body);
	} else {
		add_as_crlf(sum, head, end);
		add_as_crlf(sum, m->check_body, end);
	}
	return finish(arena, sum);
}
