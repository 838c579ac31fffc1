/* SPDX-License-Identifier: ISC */
/* The manual's sections that come from tables, in mdoc(7). */
#include "cli/help.h"
#include "parsers/report/report.h"

#include <string.h>

/* TEXT as running text of mdoc: no control line, no escape, sentences on lines of their own. */
void manual_prose(struct buffer *out, const char *text)
{
	bool start = true;

	for (; *text; text++) {
		if (start && (*text == '.' || *text == '\''))
			buffer_str(out, "\\&");
		start = false;
		if (*text == '\\')
			buffer_str(out, "\\e");
		else if (*text == '-')
			buffer_str(out, "\\-");
		else
			buffer_char(out, *text);
		if (strchr(".?!", *text) && text[1] == ' ' && text[2] >= 'A' && text[2] <= 'Z') {
			buffer_char(out, '\n');
			start = true;
			text++;
		}
	}
	buffer_char(out, '\n');
}

/* WORDS as arguments of a macro: each word quoted that mdoc could take for a macro or a delimiter.
 */
static void arguments(struct buffer *out, const char *words)
{
	while (*words) {
		size_t len = strcspn(words, " ");

		buffer_str(out, " \"");
		buffer_add(out, words, len);
		buffer_char(out, '"');
		words += len + strspn(words + len, " ");
	}
}

void manual_commands(struct buffer *out)
{
	buffer_str(out, ".Bl -tag -width Ds\n");
	for (size_t i = 0; i < command_count; i++) {
		const struct command *c = &command_table[i];

		if (c->hidden)
			continue;
		buffer_printf(out, ".It Cm %s", c->name);
		if (*c->arguments) {
			buffer_str(out, " Ar");
			arguments(out, c->arguments);
		}
		buffer_char(out, '\n');
		manual_prose(out, c->description);
	}
	buffer_str(out, ".El\n");
}

/* The commands that take an option, "check, scan"; all of them for those that every command takes.
 */
static void takers(struct buffer *out, const struct option_spec *spec)
{
	bool first = true;

	if (spec->groups & GROUP_COMMON)
		return;
	buffer_str(out, "Taken by");
	for (size_t i = 0; i < command_count; i++)
		if (!command_table[i].hidden && command_table[i].groups & spec->groups) {
			buffer_printf(out, "%s\n.Cm %s", first ? "" : " ,", command_table[i].name);
			first = false;
		}
	buffer_str(out, " .\n");
}

static bool taken(const struct option_spec *spec)
{
	bool ret = (spec->groups & GROUP_COMMON) != 0;

	for (size_t i = 0; i < command_count; i++)
		ret |= !command_table[i].hidden && command_table[i].groups & spec->groups;
	return ret;
}

void manual_options(struct buffer *out)
{
	buffer_str(out, ".Bl -tag -width Ds\n");
	for (size_t i = 0; i < option_count; i++) {
		const struct option_spec *spec = &option_table[i];
		const char *value = spec->words ? spec->words : spec->argument;

		if (!taken(spec))
			continue;
		buffer_str(out, ".It");
		if (spec->letter)
			buffer_printf(out, " Fl %c ,", spec->letter);
		buffer_str(out, " Fl \\-");
		for (const char *p = spec->name; *p; p++)
			buffer_printf(out, *p == '-' ? "\\-" : "%c", *p);
		if (value) {
			buffer_str(out, " Ar");
			arguments(out, value);
		}
		buffer_char(out, '\n');
		if (spec->help[0] >= 'a' && spec->help[0] <= 'z')
			buffer_char(out, (char)(spec->help[0] - 32));
		manual_prose(out,
			spec->help[0] >= 'a' && spec->help[0] <= 'z' ? spec->help + 1 : spec->help);
		out->len--;
		buffer_str(out, ".\n");
		takers(out, spec);
	}
	buffer_str(out, ".El\n");
}

void manual_findings(struct buffer *out)
{
	buffer_str(out, ".Bl -tag -width Ds\n");
	for (int i = 0; i < FINDING_COUNT; i++) {
		const struct finding_info *info = finding_info((enum finding_code)i);

		buffer_str(out, ".It Sy ");
		for (const char *p = info->code; *p; p++)
			buffer_printf(out, *p == '-' ? "\\-" : "%c", *p);
		buffer_printf(out, " Pq %s\n", severity_word(info->severity));
		manual_prose(out, info->title);
		out->len--;
		buffer_str(out, ".\n");
		if (info->sentence && *info->sentence)
			manual_prose(out, info->sentence);
	}
	buffer_str(out, ".El\n");
}
