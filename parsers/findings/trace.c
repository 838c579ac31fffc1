/* SPDX-License-Identifier: ISC */
/* Findings of the way, the envelope, the times, the Message-ID and the mail program. */
#include "parsers/findings/findings.h"

void findings_trace(struct findings *findings)
{
	(void)findings;
}
