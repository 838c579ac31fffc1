/* SPDX-License-Identifier: ISC */
/* tables: parts of the manual and the completions, from the tables (tests/make-manual.py puts them
 * in place). */
#include "cli/help.h"

#include <stdio.h>
#include <string.h>

int cmd_tables(struct call *call)
{
	static const struct {
		const char *name;
		void (*write)(struct buffer *);
	} part[] = {{"commands", manual_commands}, {"options", manual_options},
		{"findings", manual_findings}, {"keys", manual_keys}, {"bash", completion_bash}, {"zsh", completion_zsh},
		{"fish", completion_fish}};
	struct buffer out = BUFFER_INIT;

	for (size_t i = 0; i < sizeof part / sizeof *part; i++)
		if (strcmp(part[i].name, call->arg[0]) == 0)
			part[i].write(&out);
	if (!out.len)
		return complain(NULL, "tables has commands, options, findings, keys, bash, zsh and fish");
	fwrite(out.ptr, 1, out.len, stdout);
	buffer_release(&out);
	return STATUS_OK;
}
