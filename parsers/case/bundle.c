/* SPDX-License-Identifier: ISC */
#include "parsers/case/bundle.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#define LARGEST ((int64_t)1 << 30)

struct bundle {
	struct archive *archive;
	int fd;
	bool writing;
};

static struct bundle *bundle_new(int fd, bool writing)
{
	struct bundle *b = calloc(1, sizeof *b);

	if (!b)
		abort();
	b->fd = fd;
	b->writing = writing;
	b->archive = writing ? archive_write_new() : archive_read_new();
	if (!b->archive)
		abort();
	return b;
}

static int fail(struct bundle *b, struct error *reterr, const char *what)
{
	const char *why = archive_error_string(b->archive);

	return error_set(reterr, ERROR_SYSTEM, "%s: %s", what, why ? why : "unknown error");
}

struct bundle *bundle_create(const char *file, struct error *reterr)
{
	int fd = open(file, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
	struct bundle *b;

	if (fd < 0) {
		error_errno(reterr, "cannot write '%s'", file);
		return NULL;
	}
	b = bundle_new(fd, true);
	archive_write_set_format_pax_restricted(b->archive);
	if (archive_write_open_fd(b->archive, fd) == ARCHIVE_OK)
		return b;
	fail(b, reterr, "cannot write the bundle");
	bundle_close(b, NULL);
	return NULL;
}

int bundle_add(struct bundle *b, const char *name, struct span content, struct error *reterr)
{
	struct archive_entry *entry = archive_entry_new();
	int rc = 0;

	archive_entry_set_pathname(entry, name);
	archive_entry_set_size(entry, (int64_t)content.len);
	archive_entry_set_filetype(entry, AE_IFREG);
	archive_entry_set_perm(entry, 0644);
	archive_entry_set_mtime(entry, 0, 0);
	if (archive_write_header(b->archive, entry) != ARCHIVE_OK ||
		(content.len && archive_write_data(b->archive, content.ptr, content.len) != (la_ssize_t)content.len))
		rc = fail(b, reterr, "cannot write the bundle");
	archive_entry_free(entry);
	return rc;
}

struct bundle *bundle_open(const char *file, struct error *reterr)
{
	int fd = open(file, O_RDONLY | O_CLOEXEC);
	struct bundle *b;

	if (fd < 0) {
		error_errno(reterr, "cannot open '%s'", file);
		return NULL;
	}
	b = bundle_new(fd, false);
	archive_read_support_format_tar(b->archive);
	if (archive_read_open_fd(b->archive, fd, 65536) == ARCHIVE_OK)
		return b;
	error_set(reterr, ERROR_FORMAT, "'%s' is neither a case file nor a bundle", file);
	bundle_close(b, NULL);
	return NULL;
}

int bundle_next(struct bundle *b, struct arena *arena, const char **ret_name, struct span *ret_content, struct error *reterr)
{
	struct archive_entry *entry;
	int rc = archive_read_next_header(b->archive, &entry);
	const char *name;
	int64_t size;
	uint8_t *bytes;

	if (rc == ARCHIVE_EOF)
		return 0;
	if (rc != ARCHIVE_OK && rc != ARCHIVE_WARN)
		return fail(b, reterr, "cannot read the bundle");
	name = archive_entry_pathname(entry);
	size = archive_entry_size(entry);
	if (!name || size < 0 || size > LARGEST)
		return error_set(reterr, ERROR_LIMIT, "a file of the bundle is too large, or has no name");
	*ret_name = arena_strdup(arena, name);
	bytes = arena_bytes(arena, (size_t)size + 1);
	*ret_content = span_make(bytes, (size_t)size);
	if (size && archive_read_data(b->archive, bytes, (size_t)size) != (la_ssize_t)size)
		return fail(b, reterr, "cannot read the bundle");
	return 1;
}

int bundle_close(struct bundle *b, struct error *reterr)
{
	int rc = 0;

	if (b->writing && archive_write_close(b->archive) != ARCHIVE_OK)
		rc = fail(b, reterr, "cannot write the bundle");
	if (b->writing)
		archive_write_free(b->archive);
	else
		archive_read_free(b->archive);
	if (close(b->fd) && rc == 0 && b->writing)
		rc = error_errno(reterr, "cannot write the bundle");
	free(b);
	return rc;
}
