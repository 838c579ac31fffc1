/* SPDX-License-Identifier: ISC */
/* Digests of messages. */
#include "parsers/base/digest.h"
#include "parsers/message/message.h"

const char *message_sha256(struct arena *arena, const struct message *m)
{
	return digest_hex(arena, DIGEST_SHA256, m->raw);
}

/* Lines are put together before they are hashed: a call for each would cost more than the hash. */
struct joint {
	struct digest sum;
	size_t len;
	uint8_t bytes[8192];
};

static void joint_flush(struct joint *j)
{
	digest_add(&j->sum, span_make(j->bytes, j->len));
	j->len = 0;
}

static void joint_add(struct joint *j, struct span s)
{
	if (s.len > sizeof j->bytes - j->len)
		joint_flush(j);
	if (s.len > sizeof j->bytes) {
		digest_add(&j->sum, s);
		return;
	}
	if (s.len)
		memcpy(j->bytes + j->len, s.ptr, s.len);
	j->len += s.len;
}

/* Lines end in CRLF afterwards; a CR that ends no line stays as it is. */
static void add_as_crlf(struct joint *j, struct span s, uint8_t end)
{
	while (s.len) {
		size_t at = span_chr(s, end);

		if (at == s.len) {
			joint_add(j, s);
			return;
		}
		joint_add(j,
			span_sub(s, 0, end == '\n' && at && s.ptr[at - 1] == '\r' ? at - 1 : at));
		joint_add(j, SPAN("\r\n"));
		s = span_skip(s, at + 1);
	}
}

const char *message_dedupe(struct arena *arena, const struct message *m)
{
	bool as_stored = m->line_ends == LINE_ENDS_CRLF || m->line_ends == LINE_ENDS_NONE;
	uint8_t end = m->line_ends == LINE_ENDS_CR ? '\r' : '\n';
	struct span head = span_sub(m->raw, m->from_line.len, span_offset(m->raw, m->body));
	struct joint j;

	j.len = 0;
	digest_init(&j.sum, DIGEST_SHA256);
	if (as_stored) {
		digest_add(&j.sum, head);
		digest_add(&j.sum, m->check_body);
	} else {
		add_as_crlf(&j, head, end);
		add_as_crlf(&j, m->check_body, end);
		joint_flush(&j);
	}
	return digest_finish(&j.sum, arena);
}
