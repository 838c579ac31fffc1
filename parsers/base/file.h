/* SPDX-License-Identifier: ISC */
/* A whole file at once: snapshots, lists, plans. Mail is read in windows instead
 * (parsers/message/source.h). */
#ifndef PARSERS_BASE_FILE_H
#define PARSERS_BASE_FILE_H

#include "parsers/base/buffer.h"
#include "parsers/base/error.h"

/* Adds what the file holds to RET. 0 or -1 (RET then holds what could be read). */
int file_read(const char *path, struct buffer *ret, struct error *reterr);
/* The same, where "-" is standard input. */
int file_read_input(const char *path, struct buffer *ret, struct error *reterr);

#endif
