/* SPDX-License-Identifier: ISC */
/*
 * struct error: why a call could not be done (a file unreadable, an option wrong). What is wrong with a message is
 * never an error: it is a finding or a verdict.
 */
#ifndef PARSERS_BASE_ERROR_H
#define PARSERS_BASE_ERROR_H

enum error_code {
	ERROR_NONE,
	ERROR_USAGE,	   /* the call's words are off */
	ERROR_SYSTEM,	   /* the system refused: open, read, write, fork */
	ERROR_FORMAT,	   /* a file of ours (snapshot, plan, case) can't be read as such */
	ERROR_LIMIT,	   /* a limit was met */
	ERROR_UNSUPPORTED, /* not in this build */
	ERROR_INTERRUPTED, /* a signal asked to stop */
};

struct error {
	enum error_code code;
	char text[256];
};

/* The cause of an error record: "usage", "unreadable", "format", "limit", "unsupported", "interrupted". */
const char *error_code_word(enum error_code);
/* Sets *RETERR (where not NULL) and returns -1, so that `return error_set(...)` fails the caller. The text is cut. */
int error_set(struct error *reterr, enum error_code, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
/* The same, then ": " and strerror(errno). */
int error_errno(struct error *reterr, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#endif
