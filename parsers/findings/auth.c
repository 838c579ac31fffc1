/* SPDX-License-Identifier: ISC */
#include "parsers/findings/findings.h"

void findings_auth(struct findings *f)
{
	(void)f;
}
