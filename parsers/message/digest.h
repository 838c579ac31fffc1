/* SPDX-License-Identifier: ISC */
/* Digests as lower-case hex in the arena. */
#ifndef PARSERS_MESSAGE_DIGEST_H
#define PARSERS_MESSAGE_DIGEST_H

#include "parsers/message/message.h"

const char *digest_sha256(struct arena *, struct span);
const char *digest_md5(struct arena *, struct span);

#endif
