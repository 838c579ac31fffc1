/* SPDX-License-Identifier: ISC */
/* The files behind findings_trace(), and what they share. */
#ifndef PARSERS_FINDINGS_WAY_H
#define PARSERS_FINDINGS_WAY_H

#include "parsers/findings/common.h"

void findings_route(struct findings *);    /* RCV-*, XOIP-* */
void findings_dates(struct findings *);    /* DATE-* */
void findings_msgid(struct findings *);    /* MID-* */
void findings_program(struct findings *);  /* MUA-* */
void findings_envelope(struct findings *); /* ENV-* */

/* The hop at which trust ends, or NULL. */
const struct hop *border_hop(const struct evidence *);
/* The client at the border has a public address and is not one of ours. */
bool from_outside(const struct evidence *);
/* The Message-ID without white space around it and without its angle brackets; SPAN_NONE where
 * there is none. */
struct span message_id(const struct evidence *, const struct field **ret_field);
/* Whether S is HEX hexadecimal digits, then "-", and so on: the 8-4-4-4-12 form at its start. */
bool is_uuid(struct span s);
/* Any context in which a message was handed on by someone who may rewrite it. */
bool handed_on(const struct findings *);

#endif
