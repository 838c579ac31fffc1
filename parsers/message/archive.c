/* SPDX-License-Identifier: ISC */
#include "parsers/message/archive.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "parsers/message/source.h"

/* Below this many bytes no ratio is held against a file: small ones full of one byte are common. */
#define RATIO_FREE ((uint64_t)64 << 20)

struct unpack {
	struct archive *archive;
	struct stream *from;
	size_t given; /* bytes of from's window that libarchive has */
	uint64_t member, total;
	uint64_t index;
	char name[32];
	bool done;
};

static const struct {
	size_t at;
	struct span magic;
} magics[] = {
#define MAGIC(at, s) \
	{ \
		at, \
		{ \
			(const uint8_t *)(s), sizeof(s) - 1 \
		} \
	}
	MAGIC(0, "\x1f\x8b"),
	MAGIC(0, "\x1f\x9d"),
	MAGIC(0, "BZh"),
	MAGIC(0, "\xfd"
		 "7zXZ\0"),
	MAGIC(0, "\x28\xb5\x2f\xfd"),
	MAGIC(0, "\x04\x22\x4d\x18"),
	MAGIC(0, "LZIP"),
	MAGIC(0, "PK\3\4"),
	MAGIC(0, "PK\5\6"),
	MAGIC(0, "7z\xbc\xaf\x27\x1c"),
	MAGIC(0, "Rar!\x1a\x07"),
	MAGIC(0, "MSCF\0\0\0\0"),
	MAGIC(0, "!<arch>\n"),
	MAGIC(0, "070701"),
	MAGIC(0, "070702"),
	MAGIC(0, "070707"),
	MAGIC(257, "ustar"),
};

bool archive_recognise(struct span head)
{
	for (size_t i = 0; i < sizeof magics / sizeof *magics; i++)
		if (span_eq(span_sub(head, magics[i].at, magics[i].at + magics[i].magic.len),
			    magics[i].magic))
			return true;
	return false;
}

static la_ssize_t on_read(struct archive *archive, void *data, const void **ret)
{
	struct unpack *u = data;
	struct span window;

	stream_drop(u->from, u->given);
	u->given = 0;
	stream_want(u->from, 1);
	window = stream_window(u->from);
	if (window.len == 0 && u->from->failed) {
		archive_set_error(archive, EIO, "%s", u->from->error.text);
		return -1;
	}
	u->given = window.len;
	*ret = window.ptr;
	return (la_ssize_t)window.len;
}

/* zip and 7z have their directory at the end. */
static la_int64_t on_seek(struct archive *archive, void *data, la_int64_t offset, int whence)
{
	struct unpack *u = data;
	struct stream *s = u->from;
	off_t end = lseek(s->fd, 0, SEEK_END), to;

	(void)archive;
	to = whence == SEEK_SET   ? (off_t)offset
	     : whence == SEEK_END ? end + (off_t)offset
				  : (off_t)(s->offset + u->given) + (off_t)offset;
	if (end < 0 || to < 0)
		return ARCHIVE_FATAL;
	stream_file(s, s->fd, true, (uint64_t)to);
	u->given = 0;
	return to;
}

static int fail(const struct unpack *u, struct error *reterr)
{
	const char *text = archive_error_string(u->archive);

	return error_set(reterr, ERROR_FORMAT, "cannot unpack: %s", text ? text : "damaged");
}

/* By name: "all" has filters that start programs, and one that takes a uuencoded part for the
 * whole. */
static void support(struct archive *a)
{
	archive_read_support_filter_gzip(a);
	archive_read_support_filter_compress(a);
	archive_read_support_filter_bzip2(a);
	archive_read_support_filter_xz(a);
	archive_read_support_filter_zstd(a);
	archive_read_support_filter_lz4(a);
	archive_read_support_filter_lzip(a);
	archive_read_support_format_tar(a);
	archive_read_support_format_gnutar(a);
	archive_read_support_format_zip(a);
	archive_read_support_format_7zip(a);
	archive_read_support_format_rar(a);
	archive_read_support_format_rar5(a);
	archive_read_support_format_cpio(a);
	archive_read_support_format_cab(a);
	archive_read_support_format_ar(a);
	archive_read_support_format_empty(a);
	archive_read_support_format_raw(a);
	/* Else what stands behind the first one's end would be lost in silence. */
	archive_read_set_format_option(a, "tar", "read_concatenated_archives", "1");
}

struct unpack *unpack_open(struct stream *from, struct error *reterr)
{
	struct unpack *u = calloc(1, sizeof *u);

	if (!u)
		abort();
	u->from = from;
	u->archive = archive_read_new();
	if (!u->archive)
		abort();
	support(u->archive);
	archive_read_set_read_callback(u->archive, on_read);
	if (from->fd >= 0 && from->seekable)
		archive_read_set_seek_callback(u->archive, on_seek);
	archive_read_set_callback_data(u->archive, u);
	if (archive_read_open1(u->archive) != ARCHIVE_OK) {
		fail(u, reterr);
		unpack_free(u);
		return NULL;
	}
	return u;
}

void unpack_free(struct unpack *u)
{
	if (!u)
		return;
	archive_read_free(u->archive);
	free(u);
}

static ptrdiff_t read_member(void *data, uint8_t *buf, size_t len, struct error *reterr)
{
	struct unpack *u = data;
	la_ssize_t n = archive_read_data(u->archive, buf, len);
	uint64_t packed;

	if (n < 0)
		return fail(u, reterr);
	u->member += (uint64_t)n;
	u->total += (uint64_t)n;
	packed = (uint64_t)archive_filter_bytes(u->archive, -1);
	if (u->member > SOURCE_MAX_MEMBER)
		return error_set(reterr, ERROR_LIMIT, "member is too large when unpacked");
	if (u->total > RATIO_FREE && u->total / SOURCE_MAX_RATIO > packed)
		return error_set(reterr, ERROR_LIMIT, "unpacks to more than %d times its size",
			SOURCE_MAX_RATIO);
	return (ptrdiff_t)n;
}

static const char *name_of(struct unpack *u, struct archive_entry *entry)
{
	const char *name = archive_entry_pathname(entry);

	if (archive_format(u->archive) == ARCHIVE_FORMAT_RAW)
		return NULL;
	if (!name)
		name = archive_entry_pathname_utf8(entry);
	if (name && *name)
		return name;
	snprintf(u->name, sizeof u->name, "#%llu", (unsigned long long)u->index);
	return u->name;
}

/* A further name of a member: its bytes stand there once (tar), or with the last of its names
 * (newc). */
static bool is_bare_link(struct archive_entry *entry)
{
	return archive_entry_hardlink(entry) && archive_entry_size(entry) == 0;
}

static bool is_file(struct archive_entry *entry)
{
	return archive_entry_filetype(entry) == AE_IFREG || archive_entry_filetype(entry) == 0;
}

int unpack_next(
	struct unpack *u, const char **ret_name, struct stream *member, struct error *reterr)
{
	struct archive_entry *entry;

	*ret_name = NULL;
	while (!u->done) {
		int status = archive_read_next_header(u->archive, &entry);

		if (status == ARCHIVE_EOF) {
			u->done = true;
			/* Zeros look like the end of a tar: whatever is behind them must not get
			 * lost in silence. */
			if (u->index == 0)
				return error_set(
					reterr, ERROR_FORMAT, "an archive without members");
			break;
		}
		if (status == ARCHIVE_RETRY)
			continue;
		if (status < ARCHIVE_WARN) {
			u->done = status == ARCHIVE_FATAL;
			return fail(u, reterr);
		}
		u->index++;
		if (!is_file(entry))
			continue;
		u->member = 0;
		*ret_name = name_of(u, entry);
		if (is_bare_link(entry))
			return error_set(reterr, ERROR_FORMAT,
				"a further name of '%s' in the same archive",
				archive_entry_hardlink(entry));
		stream_init(member, read_member, u);
		return 1;
	}
	return 0;
}

bool unpack_is_plain(const struct unpack *u)
{
	return archive_format(u->archive) == ARCHIVE_FORMAT_RAW &&
	       archive_filter_count(u->archive) < 2;
}
