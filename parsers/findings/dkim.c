/* SPDX-License-Identifier: ISC */
/* Findings about signatures. */
#include "parsers/findings/findings.h"

void findings_dkim(struct findings *f)
{
	(void)f;
}
