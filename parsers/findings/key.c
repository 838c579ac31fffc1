/* SPDX-License-Identifier: ISC */
/* Findings about keys of signatures. */
#include "parsers/findings/findings.h"

void findings_key(struct findings *f)
{
	(void)f;
}
