/* SPDX-License-Identifier: ISC */
/* --help, the manual and the completions, from the tables of commands, options and findings. */
#ifndef CLI_HELP_H
#define CLI_HELP_H

#include "cli/command.h"
#include "parsers/base/buffer.h"

/* Help for one command, or for the program where COMMAND is NULL. Returns an exit status. */
int help_write(struct arena *, const struct command *);
/* "--trust HOST|CIDR": an option as the help and the manual name it. */
const char *help_option(struct arena *, const struct option_spec *);
/* Sections of the manual, in mdoc(7), and completions. */
void manual_commands(struct buffer *);
void manual_options(struct buffer *);
void manual_findings(struct buffer *);
void manual_keys(struct buffer *);
/* TEXT as running text of mdoc. */
void manual_prose(struct buffer *, const char *text);
void completion_bash(struct buffer *);
void completion_zsh(struct buffer *);
void completion_fish(struct buffer *);

#endif
