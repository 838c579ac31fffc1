/* SPDX-License-Identifier: ISC */
#ifndef PARSERS_MESSAGE_BASE64_H
#define PARSERS_MESSAGE_BASE64_H

#include "parsers/base/span.h"

/*
 * Decodes as mail programs do (RFC 2045 6.8): other characters are passed over, what stands behind padding is read as well,
 * and a last group without its padding counts. OUT has room for s.len / 4 * 3 + 3 bytes; returns how many were written.
 */
size_t base64_lenient(struct span s, uint8_t *out);
/* How many characters of the alphabet S begins with. */
size_t base64_run(struct span s);

#endif
