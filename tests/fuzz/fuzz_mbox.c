/* SPDX-License-Identifier: ISC */
/* An mbox cut into two ranges anywhere, and read through windows of any size, gives the messages of
 * the whole. */
#include <stdlib.h>

#include "parsers/message/mbox.h"
#include "parsers/message/source.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct memory {
	struct span rest;
	size_t step;
};

static ptrdiff_t read_memory(void *data, uint8_t *buf, size_t len, struct error *reterr)
{
	struct memory *m = data;
	size_t n = m->rest.len < m->step ? m->rest.len : m->step;

	(void)reterr;
	if (n > len)
		n = len;
	if (n)
		memcpy(buf, m->rest.ptr, n);
	m->rest = span_skip(m->rest, n);
	return (ptrdiff_t)n;
}

static uint64_t hash_range(struct span all, uint64_t from, uint64_t to, size_t step, uint64_t hash)
{
	uint64_t start = from > 3 ? from - 3 : 0, at;
	struct memory memory = {span_skip(all, (size_t)start), step};
	struct stream stream = {.fd = -1};
	struct mbox mbox = {0};
	struct span raw;
	int status;

	stream_init(&stream, read_memory, &memory);
	stream.offset = start;
	mbox_init(&mbox, &stream, from, to, 4096);
	while ((status = mbox_next(&mbox, &raw, &at, NULL)) != 0) {
		hash = hash * 31 + at * 7 + (uint64_t)status;
		if (status > 0) {
			if (at > all.len || raw.len > all.len - at ||
				memcmp(raw.ptr, all.ptr + at, raw.len) != 0)
				abort();
			hash = hash * 31 + raw.len;
		}
	}
	mbox_release(&mbox);
	stream_release(&stream);
	return hash;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span all;
	size_t cut, step;

	if (size < 3)
		return 0;
	cut = (size_t)data[0] * size / 256;
	step = data[1] % 64 + 1u;
	all = span_make(data + 2, size - 2);
	if (!mbox_separator(span_sub(all, 0, span_chr(all, '\n'))))
		return 0;

	uint64_t whole = hash_range(all, 0, UINT64_MAX, 1 << 20, 1);

	if (hash_range(all, 0, UINT64_MAX, step, 1) != whole)
		abort();
	if (hash_range(all, cut, UINT64_MAX, step, hash_range(all, 0, cut, step, 1)) != whole)
		abort();
	return 0;
}
