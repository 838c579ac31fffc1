/* SPDX-License-Identifier: ISC */
/* What a file is by its bytes, its name and its declared type, in classes coarse enough that
 * harmless mixtures agree. */
#include "parsers/findings/content.h"

struct magic {
	size_t at;
	const char *bytes;
	size_t len;
	enum file_class file_class;
};

#define MAGIC(at, bytes, file_class) \
	{ \
		at, bytes, sizeof(bytes) - 1, file_class \
	}
static const struct magic magics[] = {
	MAGIC(0,
		"\x7f"
		"ELF",
		CLASS_PROGRAM),
	MAGIC(0, "\xca\xfe\xba\xbe", CLASS_PROGRAM),
	MAGIC(0, "\xcf\xfa\xed\xfe", CLASS_PROGRAM),
	MAGIC(0, "L\0\0\0\1\x14\2\0", CLASS_SHORTCUT),
	MAGIC(0x8001, "CD001", CLASS_DISK),
	MAGIC(0, "conectix", CLASS_DISK),
	MAGIC(0, "vhdxfile", CLASS_DISK),
	MAGIC(0, "\xe4\x52\x5c\x7b\x8c\xd8\xa7\x4d", CLASS_ONENOTE),
	MAGIC(0, "PK\3\4", CLASS_ZIP),
	MAGIC(0, "PK\5\6", CLASS_ZIP),
	MAGIC(0, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", CLASS_OLE),
	MAGIC(0, "%PDF-", CLASS_PDF),
	MAGIC(0, "{\\rt", CLASS_RTF),
	MAGIC(0, "7z\xbc\xaf\x27\x1c", CLASS_ARCHIVE),
	MAGIC(0, "Rar!\x1a\7", CLASS_ARCHIVE),
	MAGIC(0, "MSCF", CLASS_ARCHIVE),
	MAGIC(0, "\x1f\x8b\x08", CLASS_ARCHIVE),
	MAGIC(0, "BZh", CLASS_ARCHIVE),
	MAGIC(0,
		"\xfd"
		"7zXZ",
		CLASS_ARCHIVE),
	MAGIC(257, "ustar", CLASS_ARCHIVE),
	MAGIC(0, "\x89PNG\r\n", CLASS_IMAGE),
	MAGIC(0, "\xff\xd8\xff", CLASS_IMAGE),
	MAGIC(0, "GIF8", CLASS_IMAGE),
	MAGIC(0, "II*\0", CLASS_IMAGE),
	MAGIC(0, "MM\0*", CLASS_IMAGE),
	MAGIC(8, "WEBP", CLASS_IMAGE),
	MAGIC(0, "ID3", CLASS_MEDIA),
	MAGIC(0, "OggS", CLASS_MEDIA),
	MAGIC(4, "ftyp", CLASS_MEDIA),
};

/* A DOS stub is little proof: the header's sizes, or the name that follows, must make sense. */
static bool is_program(struct span s)
{
	return s.len >= 28 && s.ptr[0] == 'M' && s.ptr[1] == 'Z' &&
	       (s.ptr[2] > 0x7f || s.ptr[3] < 2);
}

static bool istarts(struct span s, const char *text)
{
	return span_istarts(s, text);
}

static enum file_class sniff_text(struct span s)
{
	if (span_starts(s, "\xef\xbb\xbf"))
		s = span_skip(s, 3);
	s = span_trim_left(s);
	if (istarts(s, "<!doctype html") || istarts(s, "<html") || istarts(s, "<script") ||
		istarts(s, "<head"))
		return CLASS_HTML;
	if (istarts(s, "<svg"))
		return CLASS_SVG;
	if (istarts(s, "<?xml") || istarts(s, "<!--")) {
		struct span head = span_sub(s, 0, 1024);

		if (span_ifind(head, SPAN("<svg"), 0) < head.len)
			return CLASS_SVG;
		if (span_ifind(head, SPAN("<html"), 0) < head.len)
			return CLASS_HTML;
	}
	return CLASS_UNKNOWN;
}

static enum file_class file_sniff(struct span s)
{
	if (is_program(s))
		return CLASS_PROGRAM;
	for (size_t i = 0; i < sizeof magics / sizeof *magics; i++) {
		const struct magic *m = &magics[i];

		if (s.len >= m->at + m->len && memcmp(s.ptr + m->at, m->bytes, m->len) == 0)
			return m->file_class;
	}
	return sniff_text(s);
}

static const struct {
	const char *extension;
	enum file_class file_class;
} extensions[] = {
	{"pdf", CLASS_PDF},
	{"doc", CLASS_OLE},
	{"dot", CLASS_OLE},
	{"xls", CLASS_OLE},
	{"xlt", CLASS_OLE},
	{"ppt", CLASS_OLE},
	{"pps", CLASS_OLE},
	{"msg", CLASS_OLE},
	{"docx", CLASS_ZIP},
	{"xlsx", CLASS_ZIP},
	{"pptx", CLASS_ZIP},
	{"docm", CLASS_ZIP},
	{"xlsm", CLASS_ZIP},
	{"odt", CLASS_ZIP},
	{"ods", CLASS_ZIP},
	{"zip", CLASS_ZIP},
	{"rtf", CLASS_RTF},
	{"rar", CLASS_ARCHIVE},
	{"7z", CLASS_ARCHIVE},
	{"gz", CLASS_ARCHIVE},
	{"tgz", CLASS_ARCHIVE},
	{"tar", CLASS_ARCHIVE},
	{"bz2", CLASS_ARCHIVE},
	{"xz", CLASS_ARCHIVE},
	{"cab", CLASS_ARCHIVE},
	{"jpg", CLASS_IMAGE},
	{"jpeg", CLASS_IMAGE},
	{"png", CLASS_IMAGE},
	{"gif", CLASS_IMAGE},
	{"bmp", CLASS_IMAGE},
	{"tif", CLASS_IMAGE},
	{"tiff", CLASS_IMAGE},
	{"webp", CLASS_IMAGE},
	{"mp3", CLASS_MEDIA},
	{"mp4", CLASS_MEDIA},
	{"avi", CLASS_MEDIA},
	{"mov", CLASS_MEDIA},
	{"wav", CLASS_MEDIA},
	{"ogg", CLASS_MEDIA},
	{"txt", CLASS_TEXT},
	{"csv", CLASS_TEXT},
	{"log", CLASS_TEXT},
	{"htm", CLASS_HTML},
	{"html", CLASS_HTML},
	{"shtml", CLASS_HTML},
	{"xhtml", CLASS_HTML},
	{"svg", CLASS_SVG},
	{"exe", CLASS_PROGRAM},
	{"scr", CLASS_PROGRAM},
	{"dll", CLASS_PROGRAM},
	{"com", CLASS_PROGRAM},
	{"pif", CLASS_PROGRAM},
	{"lnk", CLASS_SHORTCUT},
	{"iso", CLASS_DISK},
	{"img", CLASS_DISK},
	{"vhd", CLASS_DISK},
	{"one", CLASS_ONENOTE},
	{"js", CLASS_SCRIPT},
	{"vbs", CLASS_SCRIPT},
	{"ics", CLASS_TEXT},
	{"vcf", CLASS_TEXT},
};

/* Classes of libmagic's types; one that is not here decides nothing. */
static enum file_class class_of_detected(const char *type)
{
	static const struct {
		const char *prefix;
		enum file_class file_class;
	} rows[] = {
		{"application/x-dosexec", CLASS_PROGRAM},
		{"application/vnd.microsoft.portable-executable", CLASS_PROGRAM},
		{"application/x-executable", CLASS_PROGRAM},
		{"application/x-pie-executable", CLASS_PROGRAM},
		{"application/x-sharedlib", CLASS_PROGRAM},
		{"application/x-mach-binary", CLASS_PROGRAM},
		{"application/java-applet", CLASS_PROGRAM},
		{"application/x-java-applet", CLASS_PROGRAM},
		{"application/x-ms-shortcut", CLASS_SHORTCUT},
		{"application/x-iso9660-image", CLASS_DISK},
		{"application/x-virtualbox-", CLASS_DISK},
		{"application/onenote", CLASS_ONENOTE},
		{"application/zip", CLASS_ZIP},
		{"application/x-zip", CLASS_ZIP},
		{"application/java-archive", CLASS_ZIP},
		{"application/epub+zip", CLASS_ZIP},
		{"application/vnd.openxmlformats-", CLASS_ZIP},
		{"application/vnd.oasis.opendocument", CLASS_ZIP},
		{"application/CDFV2", CLASS_OLE},
		{"application/x-ole-storage", CLASS_OLE},
		{"application/msword", CLASS_OLE},
		{"application/vnd.ms-excel", CLASS_OLE},
		{"application/vnd.ms-powerpoint", CLASS_OLE},
		{"application/vnd.ms-office", CLASS_OLE},
		{"application/vnd.ms-outlook", CLASS_OLE},
		{"application/pdf", CLASS_PDF},
		{"text/rtf", CLASS_RTF},
		{"application/rtf", CLASS_RTF},
		{"application/x-7z", CLASS_ARCHIVE},
		{"application/x-rar", CLASS_ARCHIVE},
		{"application/vnd.rar", CLASS_ARCHIVE},
		{"application/vnd.ms-cab", CLASS_ARCHIVE},
		{"application/gzip", CLASS_ARCHIVE},
		{"application/x-gzip", CLASS_ARCHIVE},
		{"application/x-bzip2", CLASS_ARCHIVE},
		{"application/x-xz", CLASS_ARCHIVE},
		{"application/x-tar", CLASS_ARCHIVE},
		{"image/svg", CLASS_SVG},
		{"image/", CLASS_IMAGE},
		{"audio/", CLASS_MEDIA},
		{"video/", CLASS_MEDIA},
		{"text/html", CLASS_HTML},
		{"application/xhtml", CLASS_HTML},
		{"text/x-shellscript", CLASS_SCRIPT},
		{"text/x-msdos-batch", CLASS_SCRIPT},
		{"application/javascript", CLASS_SCRIPT},
		{"text/javascript", CLASS_SCRIPT},
		{"text/x-php", CLASS_SCRIPT},
		{"text/x-perl", CLASS_SCRIPT},
		{"text/x-script.python", CLASS_SCRIPT},
		{"text/x-python", CLASS_SCRIPT},
		{"text/x-ruby", CLASS_SCRIPT},
		{"message/rfc822", CLASS_MESSAGE},
		{"text/", CLASS_TEXT},
	};

	for (size_t i = 0; type && i < sizeof rows / sizeof *rows; i++)
		if (strncmp(type, rows[i].prefix, strlen(rows[i].prefix)) == 0)
			return rows[i].file_class;
	return CLASS_UNKNOWN;
}

/*
 * libmagic knows a thousand forms and decides. Our own table speaks where it does not: for parts
 * that it is not asked about (those of an encoded message), and for what it calls text, because it
 * wants more of a page or a small program than a browser or system does to run it.
 */
enum file_class file_class_of(const char *detected, struct span bytes)
{
	enum file_class by_magic = class_of_detected(detected), own;

	if (by_magic != CLASS_UNKNOWN && by_magic != CLASS_TEXT && by_magic != CLASS_MESSAGE)
		return by_magic;
	own = file_sniff(bytes);
	return own != CLASS_UNKNOWN ? own : by_magic;
}

enum file_class class_of_extension(const char *extension)
{
	for (size_t i = 0; i < sizeof extensions / sizeof *extensions; i++)
		if (strcmp(extension, extensions[i].extension) == 0)
			return extensions[i].file_class;
	return CLASS_UNKNOWN;
}

enum file_class class_of_type(const char *type)
{
	static const struct {
		const char *prefix;
		enum file_class file_class;
	} rows[] = {
		{"application/pdf", CLASS_PDF},
		{"application/msword", CLASS_OLE},
		{"application/vnd.ms-excel", CLASS_OLE},
		{"application/vnd.ms-powerpoint", CLASS_OLE},
		{"application/vnd.openxmlformats-", CLASS_ZIP},
		{"application/vnd.oasis.opendocument", CLASS_ZIP},
		{"application/zip", CLASS_ZIP},
		{"application/x-zip", CLASS_ZIP},
		{"application/rtf", CLASS_RTF},
		{"text/rtf", CLASS_RTF},
		{"image/svg", CLASS_SVG},
		{"image/", CLASS_IMAGE},
		{"audio/", CLASS_MEDIA},
		{"video/", CLASS_MEDIA},
		{"text/html", CLASS_HTML},
		{"text/calendar", CLASS_TEXT},
		{"text/plain", CLASS_TEXT},
		{"text/csv", CLASS_TEXT},
		{"application/x-msdownload", CLASS_PROGRAM},
		{"application/x-dosexec", CLASS_PROGRAM},
		{"application/gzip", CLASS_ARCHIVE},
		{"application/x-gzip", CLASS_ARCHIVE},
		{"application/x-tar", CLASS_ARCHIVE},
		{"application/x-rar", CLASS_ARCHIVE},
		{"application/x-7z", CLASS_ARCHIVE},
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (strncmp(type, rows[i].prefix, strlen(rows[i].prefix)) == 0)
			return rows[i].file_class;
	return CLASS_UNKNOWN;
}

const char *file_class_text(enum file_class file_class)
{
	static const char *const text[CLASS_COUNT] = {"unknown data", "a program", "a shortcut",
		"a disk image", "a script", "an archive", "a ZIP file", "an Office compound file",
		"a PDF", "an RTF document", "a OneNote notebook", "an HTML page", "an SVG drawing",
		"an image", "sound or video", "text", "a message"};

	return text[file_class];
}

/* --- images --- */

static unsigned be16(struct span s, size_t at)
{
	return at + 2 > s.len ? 0 : (unsigned)s.ptr[at] << 8 | s.ptr[at + 1];
}

static unsigned le16(struct span s, size_t at)
{
	return at + 2 > s.len ? 0 : (unsigned)s.ptr[at + 1] << 8 | s.ptr[at];
}

/* JPEG: the frame header, found by passing from segment to segment. */
static bool jpeg_size(struct span s, unsigned *width, unsigned *height)
{
	for (size_t at = 2; at + 9 < s.len && s.ptr[at] == 0xff;) {
		uint8_t marker = s.ptr[at + 1];

		if (marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 &&
			marker != 0xcc) {
			*height = be16(s, at + 5);
			*width = be16(s, at + 7);
			return true;
		}
		at += 2 + (marker == 0xff ? 0 : be16(s, at + 2));
	}
	return false;
}

bool image_size(struct span s, unsigned *width, unsigned *height, unsigned *colors)
{
	*colors = 0;
	if (s.len >= 26 && memcmp(s.ptr, "\x89PNG\r\n", 6) == 0) {
		*width = be16(s, 18);
		*height = be16(s, 22);
		if (s.ptr[24] == 1)
			*colors = 2;
		return be16(s, 16) == 0 && be16(s, 20) == 0;
	}
	if (s.len >= 13 && memcmp(s.ptr, "GIF8", 4) == 0) {
		*width = le16(s, 6);
		*height = le16(s, 8);
		if (s.ptr[10] & 0x80 && (s.ptr[10] & 7) < 2)
			*colors = 2u << (s.ptr[10] & 7);
		return true;
	}
	if (s.len >= 30 && memcmp(s.ptr, "BM", 2) == 0) {
		*width = le16(s, 18);
		*height = le16(s, 22);
		*colors = le16(s, 28) == 1 ? 2 : 0;
		return true;
	}
	return s.len > 4 && s.ptr[0] == 0xff && s.ptr[1] == 0xd8 && jpeg_size(s, width, height);
}
