/* SPDX-License-Identifier: ISC */
/* Base64 (RFC 4648 4) and hexadecimal, as tags and records need them. */
#ifndef PARSERS_BASE_ENCODE_H
#define PARSERS_BASE_ENCODE_H

#include "parsers/base/arena.h"

/*
 * Decodes base64 strictly but for white space, which is skipped (RFC 6376 2.10: FWS in base64string). False where another
 * character stands, padding is wrong, or bits are left over.
 */
bool base64_decode(struct arena *, struct span, struct span *ret);
char *base64_encode(struct arena *, struct span);
/* Lower case. */
char *hex_encode(struct arena *, struct span);
bool hex_decode(struct arena *, struct span, struct span *ret);
/* MARK and two hexadecimal digits are a byte ("%41", "=41"); a MARK before anything else stands for itself. */
struct span escape_decode(struct arena *, struct span, char mark);

#endif
