/* SPDX-License-Identifier: ISC */
/*
 * Inside the room: the tree of a plainly written page. Most pages of mail need none of the HTML
 * standard's repairs: their elements are closed in order, no text stands between table cells, no
 * formatting lasts beyond the block it stands in. Of these one short pass builds the very tree that
 * the full parser builds, at a tenth of its cost; every other page is left to that one. A test
 * and a fuzzer compare the two.
 */
#ifndef PARSERS_MESSAGE_HTML_PLAIN_H
#define PARSERS_MESSAGE_HTML_PLAIN_H

#include <gumbo.h>

#include "parsers/base/arena.h"

/*
 * The document node, or NULL where the page is none of this kind or has LIMIT_HTML_TAGS tags. Of the tree only these members
 * are set: type, parent, index_within_parent; of elements tag, attributes, children, original_tag;
 * of text and comments text (not of comments), original_text's begin. *RET_SHEETS is the number of
 * its style elements.
 */
const GumboNode *html_plain(struct arena *, struct span text, size_t *ret_sheets);

#endif
