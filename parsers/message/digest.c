/* SPDX-License-Identifier: ISC */
/* Digests of messages. */
#include "parsers/base/digest.h"
#include "parsers/base/eight.h"
#include "parsers/message/message.h"

const char *message_sha256(struct arena *arena, const struct message *m)
{
	return digest_hex(arena, DIGEST_SHA256, m->raw);
}

/* S with CRLF at the ends of its lines, to TO, which has room for twice as much and eight. A CR that ends no line stays
 * as it is. */
static size_t lf_to_crlf(uint8_t *to, struct span s, uint8_t before)
{
	size_t len = 0, i = 0;

	while (i < s.len) {
		uint64_t ends = EIGHT_HIGH;

		if (s.len - i >= 8) {
			uint64_t v = eight_at(s.ptr + i);

			memcpy(to + len, &v, sizeof v);
			ends = eight_equal(v, '\n');
			i += ends ? eight_first(ends) : 8;
			len += ends ? eight_first(ends) : 8;
		}
		if (!ends)
			continue;
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
	uint8_t bytes[2 * BLOCK + 8], before = 0;

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
