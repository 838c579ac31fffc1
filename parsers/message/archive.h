/* SPDX-License-Identifier: ISC */
/* struct unpack: the members of an archive or compressed stream, by libarchive, as streams within limits. */
#ifndef PARSERS_MESSAGE_ARCHIVE_H
#define PARSERS_MESSAGE_ARCHIVE_H

#include "parsers/message/stream.h"

struct unpack;

/* Whether the bytes at the start of a stream are those of an archive or compressed file: HEAD_WANTED of them are enough. */
bool archive_recognise(struct span head);
enum { ARCHIVE_HEAD_WANTED = 512 };

/* Reads FROM, which must stand at its start and outlive the unpack. NULL with *RETERR. */
struct unpack *unpack_open(struct stream *from, struct error *reterr);
void unpack_free(struct unpack *);
/*
 * The next regular member: 1 with its name (NULL where the stream is only compressed; valid until the next call) and its
 * bytes as the stream MEMBER; 0 at the end; -1 for a member or a rest that can't be read.
 */
int unpack_next(struct unpack *, const char **ret_name, struct stream *member, struct error *reterr);
/* Whether the member that is open is the file itself: it only begins like something that can be unpacked. */
bool unpack_is_plain(const struct unpack *);

#endif
