/* SPDX-License-Identifier: ISC */
/* mailcheck: command word -> function -> exit status. */
#include "cli/command.h"
#include "cli/help.h"

#include <locale.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifndef MAILCHECK_VERSION
#define MAILCHECK_VERSION "0.1"
#endif

/* The configuration's default place, or NULL where the environment names none. */
static const char *config_path(struct arena *arena)
{
	const char *base = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");

	if (base && *base == '/')
		return arena_printf(arena, "%s/mailcheck/config", base);
	return home && *home ? arena_printf(arena, "%s/.config/mailcheck/config", home) : NULL;
}

static int configure(struct call *call, struct error *reterr)
{
	const struct settings *s = call->settings;

	if (s->config && s->no_config)
		return error_set(
			reterr, ERROR_USAGE, "--config and --no-config contradict each other");

	const char *path = s->config ? s->config : s->no_config ? NULL : config_path(call->arena);

	return path ? options_config(call->arena, call->settings, call->command->groups, path,
			      s->config != NULL, reterr)
		    : 0;
}

static int run(struct call *call, const char *const *args, size_t count)
{
	const struct command *command = call->command;
	struct text_list rest = {0};
	struct error why = {0};

	if (options_parse(call->arena, call->settings, command->groups, args, count, &rest, &why) !=
		0)
		return complain(NULL, "%s (see mailcheck %s --help)", why.text, command->name);
	if (call->settings->version)
		return printf("mailcheck %s\n", MAILCHECK_VERSION) < 0 ? STATUS_TROUBLE : STATUS_OK;
	if (call->settings->help)
		return help_write(call->arena, args[-1] && command_find(args[-1]) ? command : NULL);
	if (configure(call, &why) != 0)
		return complain(NULL, "%s", why.text);
	if (rest.count < command->least && !(command->least == 1 &&
			(call->settings->files_from || call->settings->plan)))
		return complain(NULL, "usage: mailcheck %s%s[OPTION]... %s",
			command == command_table ? "" : command->name,
			command == command_table ? "" : " ", command->arguments);
	if (command->most && rest.count > command->most)
		return complain(NULL, "'%s' is one argument too many for %s",
			rest.text[command->most], command->name);
	call->arg = rest.text;
	call->arg_count = rest.count;
	return command->run(call);
}

/* Memory that was given back is soon asked for again: by the next record of a snapshot, the next message of a dump. */
static void keep_memory(void)
{
#ifdef __GLIBC__
	mallopt(M_TRIM_THRESHOLD, 16 << 20);
	mallopt(M_MMAP_THRESHOLD, 4 << 20);
	mallopt(M_TOP_PAD, 1 << 20);
#endif
}

int main(int argc, char **argv)
{
	static struct settings settings;
	struct call call = {.command = command_table, .settings = &settings};
	const struct command *named = argc > 1 ? command_find(argv[1]) : NULL;
	int skip = named ? 2 : 1;

	/* The same text on every machine: what is printable does not depend on the caller's locale.
	 */
	if (!setlocale(LC_CTYPE, "C.UTF-8"))
		setlocale(LC_CTYPE, "");
	keep_memory();
	call.arena = arena_new();
	if (named)
		call.command = named;

	int status = run(
		&call, (const char *const *)argv + skip, argc > skip ? (size_t)(argc - skip) : 0);

	if (fflush(stdout) != 0)
		status = complain(NULL, "cannot write to standard output");
	arena_free(call.arena);
	return status;
}
