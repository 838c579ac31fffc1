/* SPDX-License-Identifier: ISC */
/* Completions for bash, zsh and fish, from the tables of commands and options. */
#include "cli/help.h"

#include <string.h>

/* TEXT without what shells take for more than text. */
static void quoted(struct buffer *out, const char *text)
{
	for (; *text; text++)
		if (*text == '\'')
			buffer_str(out, "'\\''");
		else if (*text == '[' || *text == ']' || *text == ':')
			buffer_char(out, ' ');
		else
			buffer_char(out, *text);
}

static void words_spaced(struct buffer *out, const char *words)
{
	for (; *words; words++)
		buffer_char(out, *words == '|' ? ' ' : *words);
}

static bool wants_file(const struct option_spec *spec)
{
	return spec->argument && !spec->words && strstr(spec->argument, "FILE");
}

/* --- bash */

static void bash_values(struct buffer *out)
{
	buffer_str(out, "\tcase $prev in\n");
	for (size_t i = 0; i < option_count; i++) {
		const struct option_spec *spec = &option_table[i];

		if (!spec->words)
			continue;
		buffer_str(out, "\t");
		if (spec->letter)
			buffer_printf(out, "-%c|", spec->letter);
		buffer_printf(out, "--%s) COMPREPLY=($(compgen -W '", spec->name);
		words_spaced(out, spec->words);
		buffer_str(out, "' -- \"$cur\")); return ;;\n");
	}
	buffer_str(out, "\t");
	for (size_t i = 0, n = 0; i < option_count; i++)
		if (wants_file(&option_table[i]))
			buffer_printf(out, "%s--%s", n++ ? "|" : "", option_table[i].name);
	buffer_str(out, ") compopt -o default; return ;;\n\tesac\n");
}

void completion_bash(struct buffer *out)
{
	buffer_str(out, "# SPDX-License-Identifier: ISC\n# bash completion of mailcheck; made from "
			"its tables by "
			"tests/make-manual.py\n_mailcheck()\n{\n\tlocal cur prev command options\n"
			"\tcur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} "
			"command=${COMP_WORDS[1]}\n");
	bash_values(out);
	buffer_str(out, "\tcase $command in\n");
	for (size_t pass = 0; pass < 2; pass++)
		for (size_t i = 0; i < command_count; i++) {
			const struct command *c = &command_table[i];

			if (c->hidden || (pass == 0) != (i > 0))
				continue; /* the default command last, as "*" */
			buffer_printf(out, "\t%s) options='", i ? c->name : "*");
			for (size_t k = 0; k < option_count; k++)
				if (option_table[k].groups & (c->groups | GROUP_COMMON))
					buffer_printf(out, "--%s ", option_table[k].name);
			out->len--;
			buffer_str(out, "' ;;\n");
		}
	buffer_str(out, "\tesac\n\tif [[ $cur == -* ]]; then\n\t\tCOMPREPLY=($(compgen -W "
			"\"$options\" -- \"$cur\"))\n"
			"\t\treturn\n\tfi\n\t[[ $COMP_CWORD == 1 ]] && COMPREPLY=($(compgen -W '");
	for (size_t i = 0; i < command_count; i++)
		if (!command_table[i].hidden)
			buffer_printf(out, "%s ", command_table[i].name);
	out->len--;
	buffer_str(out,
		"' -- \"$cur\"))\n\tcompopt -o default\n}\ncomplete -F _mailcheck mailcheck\n");
}

/* --- zsh */

static void zsh_option(struct buffer *out, const struct option_spec *spec)
{
	const char *value = spec->words ? spec->words : spec->argument;

	buffer_str(out, "\t\t\t'");
	if (spec->kind == OPTION_LIST)
		buffer_char(out, '*');
	buffer_printf(out, "--%s%s[", spec->name, value ? "=" : "");
	quoted(out, spec->help);
	buffer_char(out, ']');
	if (spec->words) {
		buffer_printf(out, ":%s:(", spec->argument);
		words_spaced(out, spec->words);
		buffer_char(out, ')');
	} else if (spec->argument) {
		buffer_printf(out, ":%s:%s", spec->argument, wants_file(spec) ? "_files" : "");
	}
	buffer_str(out, "' \\\n");
}

void completion_zsh(struct buffer *out)
{
	buffer_str(out,
		"#compdef mailcheck\n# SPDX-License-Identifier: ISC\n# zsh completion of "
		"mailcheck; made from its tables by "
		"tests/make-manual.py\n_mailcheck() {\n\tlocal -a commands\n\tcommands=(\n");
	for (size_t i = 0; i < command_count; i++)
		if (!command_table[i].hidden) {
			buffer_printf(out, "\t\t'%s:", command_table[i].name);
			quoted(out, command_table[i].summary);
			buffer_str(out, "'\n");
		}
	buffer_str(out, "\t)\n\tif (( CURRENT == 2 )) && [[ $PREFIX != -* ]]; then\n\t\t_describe "
			"command commands\n\tfi\n"
			"\tcase $words[2] in\n");
	for (size_t pass = 0; pass < 2; pass++)
		for (size_t i = 0; i < command_count; i++) {
			const struct command *c = &command_table[i];

			if (c->hidden || (pass == 0) != (i > 0))
				continue;
			buffer_printf(out, "\t(%s)\n\t\t_arguments \\\n", i ? c->name : "*");
			for (size_t k = 0; k < option_count; k++)
				if (option_table[k].groups & (c->groups | GROUP_COMMON))
					zsh_option(out, &option_table[k]);
			buffer_str(out, "\t\t\t'*:file:_files'\n\t\t;;\n");
		}
	buffer_str(out, "\tesac\n}\n_mailcheck \"$@\"\n");
}

/* --- fish */

/* "not __fish_seen_subcommand_from ..." of the default command, "__fish_seen_subcommand_from X ..."
 * of others. */
static void fish_condition(struct buffer *out, unsigned groups)
{
	if (groups & GROUP_COMMON)
		return;
	buffer_str(out, " -n '");
	if (groups & command_table[0].groups) {
		bool first = true;

		for (size_t i = 1; i < command_count; i++)
			if (!command_table[i].hidden && !(command_table[i].groups & groups)) {
				buffer_printf(out,
					first ? "not __fish_seen_subcommand_from %s" : " %s",
					command_table[i].name);
				first = false;
			}
		if (first)
			buffer_str(out, "true");
	} else {
		buffer_str(out, "__fish_seen_subcommand_from");
		for (size_t i = 1; i < command_count; i++)
			if (!command_table[i].hidden && command_table[i].groups & groups)
				buffer_printf(out, " %s", command_table[i].name);
	}
	buffer_char(out, '\'');
}

void completion_fish(struct buffer *out)
{
	buffer_str(out, "# SPDX-License-Identifier: ISC\n# fish completion of mailcheck; made from "
			"its tables by "
			"tests/make-manual.py\n");
	for (size_t i = 0; i < command_count; i++)
		if (!command_table[i].hidden) {
			buffer_printf(out,
				"complete -c mailcheck -n __fish_use_subcommand -a %s -d '",
				command_table[i].name);
			quoted(out, command_table[i].summary);
			buffer_str(out, "'\n");
		}
	for (size_t i = 0; i < option_count; i++) {
		const struct option_spec *spec = &option_table[i];

		buffer_str(out, "complete -c mailcheck");
		fish_condition(out, spec->groups);
		buffer_printf(out, " -l %s", spec->name);
		if (spec->letter)
			buffer_printf(out, " -s %c", spec->letter);
		if (spec->words) {
			buffer_str(out, " -x -a '");
			words_spaced(out, spec->words);
			buffer_char(out, '\'');
		} else if (spec->argument) {
			buffer_str(out, wants_file(spec) ? " -r" : " -x");
		}
		buffer_str(out, " -d '");
		quoted(out, spec->help);
		buffer_str(out, "'\n");
	}
}
