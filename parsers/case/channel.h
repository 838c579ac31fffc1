/* SPDX-License-Identifier: ISC */
/*
 * struct channel: a stream of bytes from a worker to its parent, as a pipe would be one, through memory that both share: a
 * few chunks in turn. Over a socket goes how long each is, and back, that it may be filled again: so a worker that is too far
 * ahead waits, and either side sees the end of the other. The bytes are copied once and the system has no part in that.
 */
#ifndef PARSERS_CASE_CHANNEL_H
#define PARSERS_CASE_CHANNEL_H

#include "parsers/base/error.h"
#include "parsers/base/span.h"

enum { CHANNEL_CHUNK = 320 * 1024, CHANNEL_CHUNKS = 4 };

struct channel {
	uint8_t *memory;
	int fd;	      /* of this side; to be polled */
	unsigned at;  /* the chunk whose turn it is */
	unsigned free; /* worker: chunks that may be filled */
};

/* To be made before the fork; each process closes the other's side. 0 or -1. */
int channel_open(struct channel *ret_parent, struct channel *ret_worker, struct error *reterr);
/* Closes a side's socket; the memory is let go of with the last. */
void channel_close(struct channel *);

/* Worker: blocks while no chunk is free. -1 where the parent is gone. */
int channel_send(struct channel *, struct span bytes);
/* Parent: waits for a chunk; its bytes stand until channel_done(). 1, 0 where the worker is gone. */
int channel_receive(struct channel *, struct span *ret);
void channel_done(struct channel *);

#endif
