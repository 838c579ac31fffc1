/* SPDX-License-Identifier: ISC */
/* The little of DER (X.690) that public keys need: definite lengths, whole values, nothing copied.
 */
#ifndef PARSERS_DKIM_DER_H
#define PARSERS_DKIM_DER_H

#include "parsers/base/span.h"

enum {
	DER_INTEGER = 0x02,
	DER_BIT_STRING = 0x03,
	DER_OCTET_STRING = 0x04,
	DER_OID = 0x06,
	DER_SEQUENCE = 0x30,
};

/* Takes one value with this tag off *REST; false (and *REST as it was) where there is none. */
bool der_take(struct span *rest, uint8_t tag, struct span *ret_content);
/* Takes a non-negative INTEGER off *REST, without leading zero bytes (empty for 0). */
bool der_take_number(struct span *rest, struct span *ret);

#endif
