/* SPDX-License-Identifier: ISC */
/* Parameters of MIME fields: *(";" attribute "=" value), RFC 2045 5.1 and RFC 2231, in all the ways they are written wrongly. */
#ifndef PARSERS_MESSAGE_PARAMETER_H
#define PARSERS_MESSAGE_PARAMETER_H

#include "parsers/base/arena.h"

struct parameter {
	struct span name;  /* without RFC 2231's asterisks */
	struct span value; /* quotes and backslashes undone; percent signs not */
	bool extended;	   /* name*= or name*1*= */
	int section;	   /* of name*1=, else -1 */
};

struct parameters {
	struct parameter *list;
	size_t count, room;
	struct span head; /* what stands before the first ";", comments taken out, trimmed */
};

enum { PARAMETERS_MAX = 1000, PARAMETER_SECTIONS_MAX = 200 };

/* VALUE is unfolded. Parameters beyond PARAMETERS_MAX are left alone. */
struct parameters parameters_parse(struct arena *, struct span value);
/* As field_parameter() in mime.h. */
const char *parameters_get(struct arena *, const struct parameters *, const char *name);

#endif
