/* SPDX-License-Identifier: ISC */
/* The header index for the room's own use: blocks of parts. */
#ifndef PARSERS_MESSAGE_HEADER_H
#define PARSERS_MESSAGE_HEADER_H

#include "parsers/message/message.h"

struct header_block {
	struct field *field;
	size_t field_count;
	struct span header; /* without the empty line */
	struct span body;   /* what of the region follows the empty line */
	unsigned body_line;
};

/* The fields at the start of REGION, a piece of OF->raw that begins on line LINE. */
struct header_block header_scan(struct arena *, const struct message *of, struct span region, unsigned line);

#endif
