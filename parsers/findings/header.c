/* SPDX-License-Identifier: ISC */
/* Findings about the header block. */
#include "parsers/findings/findings.h"

void findings_header(struct findings *f)
{
	(void)f;
}
