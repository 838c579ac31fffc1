/* SPDX-License-Identifier: ISC */
#include "parsers/base/error.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

const char *error_code_word(enum error_code code)
{
	static const char *const words[] = { "none", "usage", "unreadable", "format", "limit", "unsupported", "interrupted" };

	return words[code];
}

int error_set(struct error *reterr, enum error_code code, const char *fmt, ...)
{
	va_list ap;

	if (!reterr)
		return -1;
	reterr->code = code;
	va_start(ap, fmt);
	vsnprintf(reterr->text, sizeof reterr->text, fmt, ap);
	va_end(ap);
	return -1;
}

int error_errno(struct error *reterr, const char *fmt, ...)
{
	int saved = errno;
	va_list ap;

	if (!reterr)
		return -1;
	reterr->code = ERROR_SYSTEM;
	va_start(ap, fmt);
	int len = vsnprintf(reterr->text, sizeof reterr->text, fmt, ap);
	va_end(ap);
	if (len >= 0 && (size_t)len < sizeof reterr->text)
		snprintf(reterr->text + len, sizeof reterr->text - (size_t)len, ": %s", strerror(saved));
	return -1;
}
