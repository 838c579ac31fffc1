/* SPDX-License-Identifier: ISC */
/* Findings about what is proven of the author. */
#include "parsers/findings/findings.h"

void findings_author(struct findings *f)
{
	(void)f;
}
