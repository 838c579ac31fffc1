/* SPDX-License-Identifier: ISC */
#include "cli/command.h"

#include <string.h>

#define CHECKS (GROUP_DNS | GROUP_CHECK | GROUP_FAIL)
#define WRITES (GROUP_OUTPUT | GROUP_VIEW)

/* The first is the default. */
const struct command command_table[] = {
	{"check", cmd_check, CHECKS | WRITES | GROUP_ALL, "FILE...",
		"explain each message (the default command)",
		"Reads each FILE (a message, an mbox, an archive of them, or - for standard input) "
		"and says of each message what it "
		"proves: who could have written it, what the signatures still cover, which hop can "
		"be believed.",
		1, 0, false},
	{"show", cmd_show, GROUP_DNS | GROUP_CHECK | GROUP_SHOW | WRITES, "FILE[@OFFSET+LENGTH]",
		"the bytes of a message",
		"Shows the bytes behind a claim. Without an option: the lines, with their offsets. "
		"OFFSET and LENGTH are those that "
		"reports and findings give.",
		1, 1, false},
	{"spf", cmd_spf, GROUP_DNS | GROUP_ENVELOPE | GROUP_SPF | GROUP_FAIL | WRITES, "",
		"one SPF evaluation, with its trace",
		"Evaluates SPF (RFC 7208) for a client address and an envelope, and shows every "
		"step.",
		0, 0, false},
	{"explain", cmd_explain, WRITES, "CODE...",
		"what a finding means, how it is decided, what to do",
		"Explains finding codes such as DKIM-FAIL-BODY; without CODE lists all of them.", 0,
		0, false},
	{"tables", cmd_tables, 0, "manual|bash|zsh|fish", "",
		"Prints the manual or a completion, made from the tables.", 1, 1, true},
};
const size_t command_count = sizeof command_table / sizeof *command_table;

const struct command *command_find(const char *word)
{
	for (size_t i = 0; i < command_count; i++)
		if (strcmp(command_table[i].name, word) == 0)
			return &command_table[i];
	return NULL;
}
