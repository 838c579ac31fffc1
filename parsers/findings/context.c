/* SPDX-License-Identifier: ISC */
/* Findings about what surrounds a message. */
#include "parsers/findings/findings.h"

void findings_context(struct findings *f)
{
	(void)f;
}
