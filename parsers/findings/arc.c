/* SPDX-License-Identifier: ISC */
/* Findings about ARC. */
#include "parsers/findings/findings.h"

void findings_arc(struct findings *f)
{
	(void)f;
}
