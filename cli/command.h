/* SPDX-License-Identifier: ISC */
/*
 * Commands: one table (commands.c) makes dispatch, --help, the manual and the completions. A
 * command is a file cli/cmd_NAME.c with one function.
 */
#ifndef CLI_COMMAND_H
#define CLI_COMMAND_H

#include "cli/options.h"

/* Exit statuses (README, "Exit status"). */
enum status { STATUS_OK = 0, STATUS_FINDINGS = 1, STATUS_TROUBLE = 2 };

struct command;

/* One call: what was asked, with the memory that lasts as long as it. */
struct call {
	const struct command *command;
	struct arena *arena;
	struct settings *settings;
	const char *const *arg; /* the words that are no options */
	size_t arg_count;
};

struct command {
	const char *name;
	int (*run)(struct call *); /* returns an enum status */
	unsigned groups;           /* of options */
	const char *arguments;     /* "FILE...", for the usage line */
	const char *summary;       /* a line for --help */
	const char *description;   /* a paragraph for the command's --help and the manual */
	unsigned least, most;      /* arguments; most 0: any number */
	bool hidden;               /* not in the help: for building and testing */
};

extern const struct command command_table[];
extern const size_t command_count;
/* The first of the table is the default. NULL where the word is no command. */
const struct command *command_find(const char *word);

/* "mailcheck: where: reason" on standard error, made printable; WHERE may be NULL. Returns
 * STATUS_TROUBLE. */
int complain(const char *where, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

int cmd_check(struct call *);
int cmd_scan(struct call *);
int cmd_plan(struct call *);
int cmd_tui(struct call *);
int cmd_show(struct call *);
int cmd_spf(struct call *);
int cmd_domain(struct call *);
int cmd_dns(struct call *);
int cmd_keys(struct call *);
int cmd_case(struct call *);
int cmd_explain(struct call *);
int cmd_tables(struct call *);

#endif
