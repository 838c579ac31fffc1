/* SPDX-License-Identifier: ISC */
#include <stdlib.h>

#include "parsers/message/date.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct date d = date_parse(span_make(data, size));

	if (d.valid != (d.time != TIME_NONE) ||
		(d.where.len && !span_within(span_make(data, size), d.where)))
		abort();
	if (d.valid && (d.time < -2300000000 || d.time > INT64_C(253500000000)))
		abort();
	return 0;
}
