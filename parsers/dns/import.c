/* SPDX-License-Identifier: ISC */
#include "parsers/dns/dns.h"

size_t dns_import(struct buffer *out, struct span text, const char *file,
	void (*tell)(void *data, const char *file, unsigned line, const char *what), void *data)
{
	(void)out, (void)text;
	tell(data, file, 0, "not yet");
	return 0;
}
