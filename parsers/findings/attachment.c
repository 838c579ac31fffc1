/* SPDX-License-Identifier: ISC */
/* Findings about attachments. */
#include "parsers/findings/findings.h"

void findings_attachment(struct findings *f)
{
	(void)f;
}
