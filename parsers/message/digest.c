/* SPDX-License-Identifier: ISC */
/* Digests of messages. */
#include "parsers/base/digest.h"
#include "parsers/base/wide.h"
#include "parsers/message/message.h"

const char *message_sha256(struct arena *arena, const struct message *m)
{
	return digest_hex(arena, DIGEST_SHA256, m->raw);
}

/* S with CRLF at the ends of its lines, to TO, which has room for twice as much and WIDE. A CR that ends no line stays
 * as it is. */
static size_t lf_to_crlf(uint8_t *to, struct span s, uint8_t before)
{
	size_t len = 0, i = 0;

	while (i < s.len) {
		if (s.len - i >= WIDE) {
			wide v = wide_at(s.ptr + i), ends = wide_equal(v, '\n');
			size_t run = wide_any(ends) ? wide_first(ends) : WIDE;

			wide_put(to + len, v);
			i += run;
			len += run;
			if (run == WIDE)
				continue;
		}
		if (s.ptr[i] == '\n' && (i ? s.ptr[i - 1] : before) != '\r')
			to[len++] = '\r';
		to[len++] = s.ptr[i++];
	}
	return len;
}

static size_t cr_to_crlf(uint8_t *to, struct span s)
{
	size_t len = 0;

	for (size_t i = 0; i < s.len; i++) {
		to[len++] = s.ptr[i];
		if (s.ptr[i] == '\r')
			to[len++] = '\n';
	}
	return len;
}

/* In blocks: a call for each line would cost more than the hash. */
static void add_as_crlf(struct digest *sum, struct span s, enum line_ends ends)
{
	enum { BLOCK = 4096 };
	uint8_t bytes[2 * BLOCK + WIDE], before = 0;

	while (s.len) {
		struct span block = span_sub(s, 0, BLOCK);
		size_t len = ends == LINE_ENDS_CR ? cr_to_crlf(bytes, block)
						  : lf_to_crlf(bytes, block, before);

		digest_add(sum, span_make(bytes, len));
		before = block.ptr[block.len - 1];
		s = span_skip(s, block.len);
	}
}

const char *message_dedupe(struct arena *arena, const struct message *m, const char *sha256)
{
	bool has_crlf = m->line_ends == LINE_ENDS_CRLF || m->line_ends == LINE_ENDS_NONE;
	struct span head = span_sub(m->raw, m->from_line.len, span_offset(m->raw, m->body));
	struct digest sum;

	if (has_crlf && !m->unquoted_count && !m->from_line.len)
		return sha256;
	digest_init(&sum, DIGEST_SHA256);
	if (has_crlf) {
		digest_add(&sum, head);
		digest_add(&sum, m->check_body);
	} else {
		add_as_crlf(&sum, head, m->line_ends);
		add_as_crlf(&sum, m->check_body, m->line_ends);
	}
	return digest_finish(&sum, arena);
}
