/* SPDX-License-Identifier: ISC */
/* One part for mime.c: what its fields state, what its content is. */
#ifndef PARSERS_MESSAGE_PART_H
#define PARSERS_MESSAGE_PART_H

#include "parsers/message/mime.h"

/* Fills type, charset, names and so on from part->field; TYPE is the default where none is stated. */
void part_describe(struct arena *, struct part *, const char *type);
/* Size, digests and detected type of a leaf. */
void part_measure(struct arena *, struct mime *, struct part *, const struct mime_options *);
/* The transfer encoding that lies between the part's stored and its decoded bytes; NULL where they are the same. */
const char *part_coding(const struct part *);
/* The bytes behind a transfer encoding, as part_decoded() has them. */
struct span content_decode(struct arena *, struct span, const char *encoding);

#endif
