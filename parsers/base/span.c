/* SPDX-License-Identifier: ISC */
#include "parsers/base/span.h"

#include "parsers/base/wide.h"

bool bytes_ieq(const uint8_t *a, const uint8_t *b, size_t len)
{
	for (; len >= 8; a += 8, b += 8, len -= 8) {
		uint64_t x = eight_at(a), y = eight_at(b);

		if (x != y && eight_lower(x) != eight_lower(y))
			return false;
	}
	for (size_t i = 0; i < len; i++)
		if (a[i] != b[i] && ascii_lower(a[i]) != ascii_lower(b[i]))
			return false;
	return true;
}

bool span_ascii(struct span s)
{
	uint64_t all = 0;
	size_t i = 0;

	for (; s.len - i >= WIDE; i += WIDE)
		if (wide_any(wide_outside(wide_at(s.ptr + i), 0)))
			return false;
	for (; s.len - i >= 8; i += 8)
		all |= eight_at(s.ptr + i);
	for (; i < s.len; i++)
		all |= s.ptr[i];
	return !(all & EIGHT_HIGH);
}

uint64_t span_hash(struct span s)
{
	uint64_t h = 14695981039346656037u;

	for (; s.len >= 8; s = span_skip(s, 8)) {
		h = (h ^ eight_at(s.ptr)) * 1099511628211u;
		h ^= h >> 29;
	}
	for (size_t i = 0; i < s.len; i++)
		h = (h ^ s.ptr[i]) * 1099511628211u;
	return h ^ h >> 32;
}

bool span_iany(struct span s, const char *const *word, size_t count)
{
	for (size_t i = 0; s.len && i < count; i++)
		if (span_iis(s, word[i]))
			return true;
	return false;
}

size_t span_rchr(struct span s, uint8_t c)
{
	size_t i = s.len;

	for (; i >= 8; i -= 8) {
		uint64_t found = eight_equal(eight_at(s.ptr + i - 8), c);

		if (found)
			return i - 8 + eight_last(found);
	}
	for (; i > 0; i--)
		if (s.ptr[i - 1] == c)
			return i - 1;
	return s.len;
}

size_t span_find(struct span s, struct span needle, size_t from)
{
	if (needle.len == 0)
		return from < s.len ? from : s.len;
	while (from + needle.len <= s.len) {
		size_t at = from + span_chr(span_sub(s, from, s.len - needle.len + 1), needle.ptr[0]);

		if (at + needle.len > s.len)
			break;
		if (memcmp(s.ptr + at, needle.ptr, needle.len) == 0)
			return at;
		from = at + 1;
	}
	return s.len;
}

/* The first place of LOW or HIGH from FROM on, or s.len. In windows: who calls again and again behind each place found would
 * else look through all the rest each time for the one that does not occur. */
static size_t first_of(struct span s, uint8_t low, uint8_t high, size_t from)
{
	enum { WINDOW = 256 };

	for (; from < s.len; from += WINDOW) {
		struct span window = span_sub(s, from, from + WINDOW);
		size_t at = span_chr(window, low);

		if (high != low)
			at = at < window.len ? span_chr(span_sub(window, 0, at), high)
					     : span_chr(window, high);
		if (at < window.len)
			return from + at;
	}
	return s.len;
}

size_t span_ifind(struct span s, struct span needle, size_t from)
{
	uint8_t low, high;

	if (needle.len == 0 || needle.len > s.len)
		return needle.len == 0 && from < s.len ? from : s.len;
	low = ascii_lower(needle.ptr[0]);
	high = is_alpha(low) ? (uint8_t)(low - 32) : low;

	struct span heads = span_sub(s, 0, s.len - needle.len + 1);

	while ((from = first_of(heads, low, high, from)) < heads.len) {
		if (bytes_ieq(s.ptr + from, needle.ptr, needle.len))
			return from;
		from++;
	}
	return s.len;
}

struct span span_line(struct span *rest, size_t *ret_len)
{
	size_t at = span_chr(*rest, '\n');
	size_t whole = at < rest->len ? at + 1 : rest->len;
	struct span line = span_sub(*rest, 0, whole);

	if (ret_len)
		*ret_len = at == rest->len ? at : at > 0 && rest->ptr[at - 1] == '\r' ? at - 1 : at;
	*rest = span_skip(*rest, whole);
	return line;
}

bool span_number(struct span s, uint64_t max, uint64_t *ret)
{
	uint64_t n = 0;

	if (s.len == 0)
		return false;
	for (size_t i = 0; i < s.len; i++) {
		unsigned d = (unsigned)s.ptr[i] - '0';

		if (d > 9 || n > (max - d) / 10 || d > max)
			return false;
		n = n * 10 + d;
	}
	*ret = n;
	return true;
}
