/* SPDX-License-Identifier: ISC */
/* Digests of messages. */
#include "parsers/base/digest.h"
#include "parsers/message/message.h"

const char *message_sha256(struct arena *arena, const struct message *m)
{
	return digest_hex(arena, DIGEST_SHA256, m->raw);
}

/* Lines end in CRLF afterwards; a CR that ends no line stays as it is. */
static void add_as_crlf(struct digest *sum, struct span s, uint8_t end)
{
	while (s.len) {
		size_t at = span_chr(s, end);

		if (at == s.len) {
			digest_add(sum, s);
			return;
		}
		digest_add(sum, span_sub(s, 0, end == '\n' && at && s.ptr[at - 1] == '\r' ? at - 1 : at));
		digest_add(sum, SPAN("\r\n"));
		s = span_skip(s, at + 1);
	}
}

const char *message_dedupe(struct arena *arena, const struct message *m)
{
	bool as_stored = m->line_ends == LINE_ENDS_CRLF || m->line_ends == LINE_ENDS_NONE;
	uint8_t end = m->line_ends == LINE_ENDS_CR ? '\r' : '\n';
	struct span head = span_sub(m->raw, m->from_line.len, span_offset(m->raw, m->body));
	struct digest sum;

	digest_init(&sum, DIGEST_SHA256);
	if (as_stored) {
		digest_add(&sum, head);
		digest_add(&sum, m->check_body);
	} else {
		add_as_crlf(&sum, head, end);
		add_as_crlf(&sum, m->check_body, end);
	}
	return digest_finish(&sum, arena);
}
