/* SPDX-License-Identifier: ISC */
/*
 * Messages inside messages: where they lie, how they are named as a place, and their bytes. The name ("part 2.1", the path that
 * the outermost message's parts have) stands in origin.member, behind that of an archive's member and a "!". Where a transfer
 * encoding lies between, origin.offset and length are those of the encoded bytes, and the name says how to come from them to the
 * message: "part 2 (base64)", "part 2.1 (base64@120+4000)".
 */
#ifndef PARSERS_MESSAGE_ENCLOSED_H
#define PARSERS_MESSAGE_ENCLOSED_H

#include "parsers/message/mime.h"
#include "parsers/message/source.h"

/*
 * Whether the part holds a message: message/rfc822 or message/global, encoded or not, or a file named .eml that begins with
 * header fields (as programs attach what a user forwards).
 */
bool part_encloses(struct arena *, struct mime *, struct part *);
/* The message in part INDEX: its bytes, and its place where OUTER is that of the message with the part. False where there is none. */
bool enclosed_read(struct arena *, struct mime *, size_t index, const struct origin *outer, struct span *ret_raw,
	struct origin *ret_origin);
/* From the bytes at the place to the message, as coding says; NULL bytes where it does not fit. */
struct span enclosed_decode(struct arena *, struct span stored, const char *coding);

#endif
