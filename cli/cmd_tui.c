/* SPDX-License-Identifier: ISC */
/* tui: triage of a case, or of paths that are scanned into one behind the list. */
#include "cli/help.h"
#include "cli/setup.h"
#include "parsers/case/case.h"
#include "tui/tui.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

static const char *trust_text(const struct call *call)
{
	const struct settings *s = call->settings;

	if (s->border)
		return arena_printf(call->arena, "border %llu", (unsigned long long)s->border);
	return s->trust.count ? s->trust.text[0] : "assumed";
}

static bool wants_colour(const struct settings *s)
{
	const char *no_color = getenv("NO_COLOR");

	return s->color == COLOR_ALWAYS || (s->color != COLOR_NEVER && !(no_color && *no_color));
}

/* A key as the manual shows it: quoted, for many are mdoc's own characters. */
static void add_key(struct buffer *out, const char *key, size_t len)
{
	buffer_str(out, "\\&");
	for (size_t i = 0; i < len; i++) {
		if (key[i] == '\\')
			buffer_str(out, "\\e");
		else if (key[i] == '"')
			buffer_str(out, "\\(dq");
		else if (key[i] == '-' || key[i] == '^')
			buffer_printf(out, "%s", key[i] == '-' ? "\\-" : "\\(ha");
		else
			buffer_char(out, key[i]);
	}
}

void manual_keys(struct buffer *out)
{
	struct tui_key key;

	buffer_str(out, ".Bl -tag -width Ds\n");
	for (size_t i = 0; tui_key(i, &key); i++) {
		buffer_str(out, ".It Xo\n");
		for (const char *p = key.keys; *p;) {
			size_t len = strcspn(p, " ");

			buffer_str(out, ".Sy ");
			add_key(out, p, len);
			p += len + strspn(p + len, " ");
			buffer_str(out, *p ? " ,\n" : "\n");
		}
		buffer_str(out, ".Xc\n");
		manual_prose(out, key.help);
	}
	buffer_str(out, ".El\n");
}

int cmd_tui(struct call *call)
{
	struct setup setup = {0};
	struct tui_options options = {.path = call->arg, .path_count = call->arg_count};
	struct error why = {0};
	int ret = setup_open(&setup, call, REPAIR_QUICK, &why);

	if (ret == 0) {
		setup.report.now = (int64_t)time(NULL);
		options.report = setup.report;
		options.colour = wants_colour(call->settings);
		options.run_options = options_describe(call->arena, call->settings);
		options.trust_text = trust_text(call);
		if (call->arg_count == 1 && case_is(call->arg[0]))
			options.case_path = call->arg[0];
		ret = tui_run(&options, &why);
	}
	setup_close(&setup, &why);
	return ret == 0 ? STATUS_OK : complain(NULL, "%s", why.text);
}
