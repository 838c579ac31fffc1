/* SPDX-License-Identifier: ISC */
#include "parsers/findings/findings.h"

void findings_spf(struct findings *f)
{
	(void)f;
}
