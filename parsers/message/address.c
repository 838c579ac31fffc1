/* SPDX-License-Identifier: ISC */
#include "parsers/message/address.h"

struct address_list address_parse(struct arena *arena, struct span value)
{
	(void)arena;
	(void)value;
	return (struct address_list){0};
}

const char *address_domain(struct arena *arena, struct span addr_spec)
{
	size_t at = span_rchr(addr_spec, '@');

	return at < addr_spec.len ? domain_ascii(arena, span_skip(addr_spec, at + 1)) : NULL;
}
