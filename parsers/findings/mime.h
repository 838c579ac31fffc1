/* SPDX-License-Identifier: ISC */
/* The files that findings_mime() is made of. Each takes one part; findings_alternative() a
 * multipart/alternative. */
#ifndef PARSERS_FINDINGS_MIME_H
#define PARSERS_FINDINGS_MIME_H

#include "parsers/findings/content.h"

void findings_part_coding(struct findings *, struct part *);
void findings_part_boundary(struct findings *, struct part *);
void findings_alternative(struct findings *, struct part *);

#endif
