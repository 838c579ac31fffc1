/* SPDX-License-Identifier: ISC */
#include "parsers/dkim/der.h"

bool der_take(struct span *rest, uint8_t tag, struct span *ret)
{
	struct span s = *rest;
	size_t len, at = 2;

	if (s.len < 2 || s.ptr[0] != tag)
		return false;
	len = s.ptr[1];
	if (len & 0x80) { /* long form: the low bits count the length's bytes */
		size_t count = len & 0x7f;

		if (count == 0 || count > 4 || s.len < 2 + count)
			return false;
		for (len = 0; at < 2 + count; at++)
			len = len << 8 | s.ptr[at];
	}
	if (len > s.len - at)
		return false;
	*ret = span_sub(s, at, at + len);
	*rest = span_skip(s, at + len);
	return true;
}

bool der_take_number(struct span *rest, struct span *ret)
{
	struct span saved = *rest;

	if (!der_take(rest, DER_INTEGER, ret))
		return false;
	if (ret->len == 0 || ret->ptr[0] & 0x80) { /* negative */
		*rest = saved;
		return false;
	}
	while (ret->len && ret->ptr[0] == 0)
		*ret = span_skip(*ret, 1);
	return true;
}
