/* SPDX-License-Identifier: ISC */
/* explain: what a finding means, how it is decided, what to do; without a code all findings in a
 * list. */
#include "cli/output.h"
#include "parsers/report/outline.h"

static void list_all(struct output *out)
{
	for (int i = 0; i < FINDING_COUNT; i++) {
		const struct finding_info *info = finding_info((enum finding_code)i);

		buffer_printf(&out->buffer, "%-9s%-24s %s\n", severity_word(info->severity),
			info->code, info->title);
	}
}

int cmd_explain(struct call *call)
{
	struct output out;
	struct error why;
	int status = STATUS_OK;

	if (output_open(&out, call->settings, true, &why) != 0)
		return complain(NULL, "%s", why.text);
	for (size_t i = 0; i < call->arg_count; i++) {
		int code = finding_code_of(call->arg[i]);

		if (code < 0) {
			status = complain(call->arg[i],
				"there is no such finding; `mailcheck explain` lists all");
			continue;
		}
		if (i)
			buffer_char(&out.buffer, '\n');
		outline_write(&out.buffer,
			outline_explain(call->arena, (enum finding_code)code, out.width), out.width,
			out.color);
	}
	if (!call->arg_count)
		list_all(&out);
	if (output_close(&out, &why) != 0)
		return complain(NULL, "%s", why.text);
	return status;
}
