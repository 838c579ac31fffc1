/* SPDX-License-Identifier: ISC */
#include "parsers/dns/dns.h"

struct dns *live_open(const struct live_options *options, struct error *reterr)
{
	(void)options;
	error_set(reterr, ERROR_UNSUPPORTED, "no live resolver yet");
	return NULL;
}

int live_flush(struct dns *dns, struct error *reterr)
{
	(void)dns, (void)reterr;
	return 0;
}
