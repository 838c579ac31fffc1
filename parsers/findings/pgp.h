/* SPDX-License-Identifier: ISC */
/* OpenPGP packets (RFC 9580) as far as they name keys. Nothing is verified or decrypted: no key
 * comes with a message. */
#ifndef PARSERS_FINDINGS_PGP_H
#define PARSERS_FINDINGS_PGP_H

#include "parsers/base/arena.h"

/* The key that a signature names, armoured or not: its fingerprint or key ID in hex; NULL where it
 * names none. */
const char *pgp_signer(struct arena *, struct span);
/* The key IDs that a message is encrypted for, comma-separated; NULL where it names none. */
const char *pgp_recipients(struct arena *, struct span);

#endif
