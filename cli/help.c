/* SPDX-License-Identifier: ISC */
#include "cli/help.h"

#include <stdio.h>
#include <string.h>

enum { HELP_WIDTH = 88, HELP_INDENT = 26 };

/* TEXT in lines that fit, from the column INDENT on. */
static void wrapped(const char *text, size_t indent, size_t at)
{
	for (bool first = true; *text; first = false) {
		size_t word = strcspn(text, " ");

		if (!first && at + 1 + word > HELP_WIDTH) {
			printf("\n%*s", (int)indent, "");
			at = indent;
		} else if (!first) {
			putchar(' ');
			at++;
		}
		printf("%.*s", (int)word, text);
		at += word;
		text += word;
		text += strspn(text, " ");
	}
	putchar('\n');
}

const char *help_option(struct arena *arena, const struct option_spec *spec)
{
	const char *letter = spec->letter ? arena_printf(arena, "-%c, ", spec->letter) : "";
	const char *value = spec->words ? spec->words : spec->argument;

	return arena_printf(
		arena, "%s--%s%s%s", letter, spec->name, value ? " " : "", value ? value : "");
}

static void options_write(struct arena *arena, unsigned groups)
{
	for (size_t i = 0; i < option_count; i++) {
		const struct option_spec *spec = &option_table[i];

		if (!(spec->groups & groups))
			continue;

		const char *head = help_option(arena, spec);
		size_t len = strlen(head) + 2;

		printf("  %s", head);
		if (len + 2 > HELP_INDENT) {
			putchar('\n');
			len = 0;
		}
		printf("%*s", (int)(HELP_INDENT - len), "");
		wrapped(spec->help, HELP_INDENT, HELP_INDENT);
	}
}

int help_write(struct arena *arena, const struct command *command)
{
	if (command) {
		printf("usage: mailcheck %s [OPTION]... %s\n\n", command->name, command->arguments);
		wrapped(command->description, 0, 0);
		putchar('\n');
		options_write(arena, command->groups | GROUP_COMMON);
		return STATUS_OK;
	}
	printf("usage: mailcheck [OPTION]... FILE...\n       mailcheck COMMAND [OPTION]... "
	       "ARGUMENT...\n\n");
	wrapped("Tells what a stored message proves: who could have written it, what each "
		"signature still covers, which hop can "
		"be believed. Offline, from the message and a file of DNS answers.",
		0, 0);
	putchar('\n');
	for (size_t i = 0; i < command_count; i++)
		if (!command_table[i].hidden)
			printf("  %-8s %s\n", command_table[i].name, command_table[i].summary);
	printf("\n`mailcheck COMMAND --help` has the options of a command. Those of check, the "
	       "default:\n\n");
	options_write(arena, command_table[0].groups | GROUP_COMMON);
	printf("\nExit status: 0 nothing reaches --fail-on, 1 something does, 2 the job could not "
	       "be done in full.\n");
	return STATUS_OK;
}
