/* SPDX-License-Identifier: ISC */
/* Findings about HTML and links. */
#include "parsers/findings/findings.h"

void findings_html(struct findings *f)
{
	(void)f;
}
