/* SPDX-License-Identifier: ISC */
#include "cli/command.h"
#include "parsers/base/printable.h"

#include <stdio.h>

int complain(const char *where, const char *fmt, ...)
{
	struct arena *arena = arena_new();
	va_list args;

	va_start(args, fmt);
	const char *text = arena_vprintf(arena, fmt, args);
	va_end(args);
	fflush(stdout);
	fprintf(stderr, "mailcheck: %s%s%s\n", where ? printable_str(arena, where) : "",
		where ? ": " : "", printable_str(arena, text));
	arena_free(arena);
	return STATUS_TROUBLE;
}
