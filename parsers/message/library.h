/* SPDX-License-Identifier: ISC */
/* How a widely used library (GMime) reads the author: beside our own reading it shows what other programs make of a message. */
#ifndef PARSERS_MESSAGE_LIBRARY_H
#define PARSERS_MESSAGE_LIBRARY_H

#include "parsers/message/message.h"

enum { LIBRARY_AUTHORS_MAX = 10 };

/* The addresses of From in its order, at most LIBRARY_AUTHORS_MAX; NULL ends the list. Never NULL itself. */
const char *const *library_authors(struct arena *, const struct message *);

#endif
