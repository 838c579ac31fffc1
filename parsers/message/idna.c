/* SPDX-License-Identifier: ISC */
#include "parsers/message/address.h"

const char *domain_ascii(struct arena *arena, struct span s)
{
	s = span_trim(s);
	if (s.len && s.ptr[s.len - 1] == '.')
		s.len--;
	return s.len ? arena_lower(arena, s) : NULL;
}

const char *domain_unicode(struct arena *arena, const char *domain)
{
	(void)arena;
	return domain;
}
