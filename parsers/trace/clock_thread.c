/* SPDX-License-Identifier: ISC */
/*
 * Thread-Index, the conversation index ([MS-OXOMSG] 2.2.1.3): a header of 22 bytes, of which the
 * first six tell when the conversation began and the rest is a GUID, and five bytes for each
 *answer:
 *
 *	header   = %x01 40-bits-of-FILETIME guid		as specified
 *	         / 48-bits-of-FILETIME guid			as older programs write it
 *	response = delta-code(1 bit) time-delta(31 bits) random(4 bits) level(4 bits)
 *
 * A time-delta without its last 18 bits (delta-code 0) or 23 bits (1) counts from the answer before
 * it, not from the header as the text says. In the specified layout the first one counts from what
 * the header's six bytes would be in the older layout, far in the future, so that it wraps; only
 * modulo 2^54 the sum comes out, and then exactly: in real mail the last answer's time is that at
 * which the message was begun, in some programs by local time.
 */
#include "parsers/base/encode.h"
#include "parsers/trace/build.h"

#define FILETIME_EPOCH 11644473600LL /* seconds from 1601 to 1970 */
#define TICKS 10000000LL             /* in a second */
#define WRAP (1ULL << 54)
#define LOCAL_ZONE 50400.0

enum { HEADER = 22, RESPONSE = 5, INDEX_MOST = 4096 };

static uint64_t big_endian(const uint8_t *p, size_t len)
{
	uint64_t value = 0;

	for (size_t i = 0; i < len; i++)
		value = value << 8 | p[i];
	return value;
}

/* The characters that hold decoded bytes FROM to TO, where no white space shifts them. */
static struct span encoded(struct span value, size_t from, size_t to)
{
	for (size_t i = 0; i < value.len; i++)
		if (is_space(value.ptr[i]))
			return value;
	return span_sub(value, from / 3 * 4, (to + 2) / 3 * 4);
}

/* TICKS nearest to NEAR among those that are the same modulo 2^54 (57 years). */
static uint64_t unwrapped(uint64_t ticks, uint64_t near)
{
	uint64_t ahead = (ticks - near) & (WRAP - 1);

	return ahead < WRAP / 2 ? near + ahead : near - (WRAP - ahead);
}

static bool put(struct clock *ret, uint64_t ticks, double precision, const char *origin)
{
	return clock_put(ret, (int64_t)(ticks / TICKS) - FILETIME_EPOCH, precision, origin);
}

size_t clock_thread_index(struct arena *arena, struct span value, struct clock *ret, size_t most)
{
	struct span raw;
	uint64_t began, sum;
	size_t count = 0;
	bool specified;

	value = span_trim(value);
	if (!most || value.len > INDEX_MOST || !base64_decode(arena, value, &raw) ||
		raw.len < HEADER || raw.ptr[0] != 1)
		return 0;
	specified = raw.ptr[1] == 1;
	sum = big_endian(raw.ptr, 6) << 16;
	began = specified ? big_endian(raw.ptr + 1, 5) << 24 : sum;
	if (!put(ret, began, 2, "Thread-Index"))
		return 0;
	ret[count++].where = encoded(value, 0, 6);
	for (size_t at = HEADER; at + RESPONSE <= raw.len && count < most; at += RESPONSE) {
		uint64_t delta = big_endian(raw.ptr + at, 4);

		sum += (delta & 0x7fffffff) << (delta >> 31 ? 23 : 18);
		if (!put(&ret[count], unwrapped(sum, began), specified ? LOCAL_ZONE : 1,
			    arena_printf(arena, "Thread-Index answer %zu", count)))
			break;
		ret[count++].where = encoded(value, at, at + RESPONSE);
	}
	return count;
}
