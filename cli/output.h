/* SPDX-License-Identifier: ISC */
/* struct output: where a command's output goes (standard output, a pager, --output FILE), and
 * whether all of it arrived. */
#ifndef CLI_OUTPUT_H
#define CLI_OUTPUT_H

#include "cli/command.h"
#include "parsers/base/buffer.h"

struct output {
	int fd;
	const char *name; /* for errors */
	bool failed;
	int saved_errno;
	long pager; /* its process, or 0 */
	bool close_fd;
	bool terminal; /* text ends on a terminal, directly or by the pager */
	bool color;
	unsigned width;
	struct buffer buffer;
};

/* The format asked for: by --format, else by the name of --output, else text. */
enum format output_format(const struct settings *);
/* --width, else that of the terminal FD, else 100 or so. */
unsigned output_columns(const struct settings *, int fd, bool terminal);
/* TEXT: a pager may be started where the output is a terminal. 0 or -1 with why. */
int output_open(struct output *, const struct settings *, bool text, struct error *reterr);
/* Adds to buffer, then output_flush() writes it out; errors are kept until output_close(). */
void output_flush(struct output *);
/* Waits for the pager. 0, or -1 where not everything could be written. */
int output_close(struct output *, struct error *reterr);

#endif
