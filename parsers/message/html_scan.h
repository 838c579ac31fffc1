/* SPDX-License-Identifier: ISC */
/* How much of an HTML text can be given to the parser, told by one cheap pass over its tags; see
 * html.h for the limits. */
#ifndef PARSERS_MESSAGE_HTML_SCAN_H
#define PARSERS_MESSAGE_HTML_SCAN_H

#include "parsers/base/span.h"

struct html_scan {
	size_t usable; /* bytes up to where the limits hold */
	size_t tags;
	bool unclosed_tag, unclosed_value;
	size_t unclosed_offset; /* of the tag, or of the value's quote */
};

struct html_scan html_scan(struct span text);

#endif
