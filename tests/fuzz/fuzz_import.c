/* SPDX-License-Identifier: ISC */
/* Any bytes as another program's output: what is imported is a snapshot, and bounded. */
#include "parsers/base/buffer.h"
#include "parsers/dns/dns.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void tell(void *data, const char *file, unsigned line, const char *what)
{
	(void)data, (void)file, (void)line, (void)what;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buffer out = BUFFER_INIT;
	struct error why;

	dns_import(&out, span_make(data, size), "fuzz input", tell, NULL);
	dns_free(snapshot_parse(buffer_view(&out), "fuzz", NULL, &why));
	buffer_release(&out);
	return 0;
}
