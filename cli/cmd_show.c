/* SPDX-License-Identifier: ISC */
#include "cli/command.h"

int cmd_show(struct call *call)
{
	return complain(call->command->name, "not yet");
}
