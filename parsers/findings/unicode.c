/* SPDX-License-Identifier: ISC */
/* Findings about characters that deceive. */
#include "parsers/findings/findings.h"

void findings_unicode(struct findings *f)
{
	(void)f;
}
