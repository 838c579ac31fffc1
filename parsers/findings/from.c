/* SPDX-License-Identifier: ISC */
/* Findings about the author. */
#include "parsers/findings/findings.h"

void findings_from(struct findings *f)
{
	(void)f;
}
