/* SPDX-License-Identifier: ISC */
#include "parsers/base/file.h"

#include <stdio.h>
#include <string.h>

enum { READ_SIZE = 65536 };

static int read_stream(FILE *in, const char *name, struct buffer *ret, struct error *reterr)
{
	size_t got;

	do {
		buffer_reserve(ret, READ_SIZE);
		got = fread(ret->ptr + ret->len, 1, READ_SIZE, in);
		ret->len += got;
	} while (got);
	return ferror(in) ? error_errno(reterr, "cannot read '%s'", name) : 0;
}

int file_read(const char *path, struct buffer *ret, struct error *reterr)
{
	FILE *in = fopen(path, "rb");
	int status;

	if (!in)
		return error_errno(reterr, "cannot open '%s'", path);
	status = read_stream(in, path, ret, reterr);
	fclose(in);
	return status;
}

int file_read_input(const char *path, struct buffer *ret, struct error *reterr)
{
	return strcmp(path, "-") == 0 ? read_stream(stdin, path, ret, reterr)
				      : file_read(path, ret, reterr);
}
