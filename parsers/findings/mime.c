/* SPDX-License-Identifier: ISC */
/* Findings about structure. */
#include "parsers/findings/findings.h"

void findings_mime(struct findings *f)
{
	(void)f;
}
