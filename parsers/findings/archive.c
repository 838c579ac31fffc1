/* SPDX-License-Identifier: ISC */
/*
 * Archives, listed in memory by libarchive. Only its built-in formats and filters are switched on:
 * the others would start programs. What a listing may decompress is bounded for the whole message.
 */
#include "parsers/findings/content.h"

#include <archive.h>
#include <archive_entry.h>

enum {
	NESTING = 2,
	MEMBER_READ = 1 << 20,
	NESTED_READ = 8 << 20,
	ELEMENT_MAX = 2048,
	RELATIONS = 2000
};

struct listing {
	struct arena *arena;
	struct file_budget *budget;
	struct file_facts *facts;
	unsigned depth;
	bool solid; /* to pass over a member means to decompress it */
};

static void list(struct listing *, struct span bytes);

static bool starts(struct span s, const char *magic, size_t len, size_t at)
{
	return s.len >= at + len && memcmp(s.ptr + at, magic, len) == 0;
}

static struct archive *open_memory(struct span bytes, bool raw)
{
	struct archive *a = archive_read_new();

	if (!a)
		return NULL;
	archive_read_support_filter_gzip(a);
	if (raw)
		archive_read_support_format_raw(a);
	else {
		archive_read_support_filter_bzip2(a);
		archive_read_support_filter_xz(a);
		archive_read_support_filter_lzma(a);
		archive_read_support_format_zip(a);
		archive_read_support_format_7zip(a);
		archive_read_support_format_rar(a);
		archive_read_support_format_rar5(a);
		archive_read_support_format_iso9660(a);
		archive_read_support_format_tar(a);
		archive_read_support_format_cab(a);
		archive_read_support_format_lha(a);
	}
	if (archive_read_open_memory(a, bytes.ptr, bytes.len) != ARCHIVE_OK) {
		archive_read_free(a);
		return NULL;
	}
	return a;
}

/* The member's data up to LIMIT, counted against the budget; the data is kept where KEEP. */
static struct span read_member(struct listing *l, struct archive *a, size_t limit, bool keep)
{
	uint8_t *out = NULL;
	size_t len = 0, room = 0;

	if (limit > l->budget->bytes)
		limit = l->budget->bytes;
	while (len < limit) {
		const void *block;
		size_t size;
		la_int64_t offset;

		if (archive_read_data_block(a, &block, &size, &offset) != ARCHIVE_OK)
			break;
		if (size > limit - len)
			size = limit - len;
		if (keep && len + size > room) {
			size_t grown = (len + size) * 2 < limit ? (len + size) * 2 : limit;
			uint8_t *bigger = arena_bytes(l->arena, grown + 1);

			if (len > 0)
				memcpy(bigger, out, len);
			out = bigger;
			room = grown;
		}
		if (keep && size > 0)
			memcpy(out + len, block, size);
		len += size;
	}
	l->budget->bytes -= len;
	if (l->budget->bytes == 0)
		l->facts->facts |= FILE_LIMITED;
	return keep ? span_make(out ? out : (const uint8_t *)"", len) : SPAN_NONE;
}

struct span archive_inflate(struct arena *arena, struct span zlib, struct file_budget *budget)
{
	/* The filter wants a gzip file (RFC 1952): a header before the deflate data, and a trailer
	 * that it does not check. */
	enum { TRAILER = 16 };
	static const uint8_t header[10] = {0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3};
	struct file_facts facts = {0};
	struct listing l = {.arena = arena, .budget = budget, .facts = &facts};
	struct archive_entry *entry;
	struct archive *a;
	struct span out = SPAN_NONE;
	uint8_t *gzip;

	if (zlib.len < 3 || (zlib.ptr[0] & 15) != 8 || zlib.len > budget->bytes)
		return SPAN_NONE;
	gzip = arena_bytes(arena, zlib.len + sizeof header + TRAILER);
	memset(gzip + sizeof header + zlib.len - 2, 0, TRAILER);
	memcpy(gzip, header, sizeof header);
	memcpy(gzip + sizeof header, zlib.ptr + 2, zlib.len - 2);
	a = open_memory(span_make(gzip, zlib.len - 2 + sizeof header + TRAILER), true);
	if (!a)
		return SPAN_NONE;
	if (archive_read_next_header(a, &entry) == ARCHIVE_OK)
		out = read_member(&l, a, NESTED_READ, true);
	archive_read_free(a);
	return out;
}

/* --- OOXML (ECMA-376 part 2) --- */

/* The value of an attribute in the element that PLACE lies in. */
static struct span element_attribute(struct span xml, size_t place, const char *name)
{
	size_t start = place, end = place, at;
	struct span element;

	while (start > 0 && xml.ptr[start - 1] != '<' && place - start < ELEMENT_MAX)
		start--;
	while (end < xml.len && xml.ptr[end] != '>' && end - place < ELEMENT_MAX)
		end++;
	element = span_sub(xml, start, end);
	for (at = 0; (at = span_find(element, span_of(name), at)) < element.len; at++) {
		struct span value = span_trim_left(span_skip(element, at + strlen(name)));

		if (at == 0 || !is_space(element.ptr[at - 1]) || value.len == 0 || *value.ptr != '=')
			continue;
		value = span_trim_left(span_skip(value, 1));
		if (value.len == 0 || (*value.ptr != '"' && *value.ptr != '\''))
			continue;
		return span_sub(value, 1, 1 + span_chr(span_skip(value, 1), *value.ptr));
	}
	return SPAN_NONE;
}

static void read_relationships(struct listing *l, struct span xml)
{
	static const char *const kinds[] = {
		"/attachedTemplate", "/oleObject", "/frame", "/subDocument", "/externalLink"};

	size_t seen = 0;

	for (size_t at = 0; seen++ < RELATIONS &&
			    (at = span_find(xml, SPAN("TargetMode"), at)) < xml.len;
		at++) {
		struct span type = element_attribute(xml, at, "Type"),
			    target = element_attribute(xml, at, "Target");

		if (!span_iis(element_attribute(xml, at, "TargetMode"), "External"))
			continue;
		for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
			if (span_iends(type, kinds[i])) {
				l->facts->facts |= FILE_REMOTE;
				if (!l->facts->target)
					l->facts->target =
						arena_text(l->arena, span_sub(target, 0, 300));
			}
	}
}

static void read_ooxml(struct listing *l, struct archive *a, struct span name)
{
	struct span data;

	if (span_is(name, "[Content_Types].xml")) {
		l->facts->facts |= FILE_OOXML;
		data = read_member(l, a, MEMBER_READ, true);
		if (span_ifind(data, SPAN("macroEnabled"), 0) < data.len)
			l->facts->facts |= FILE_MACRO_TYPE;
	} else if (span_iends(name, ".rels"))
		read_relationships(l, read_member(l, a, MEMBER_READ, true));
}

/* --- members --- */

static bool macro_member(struct span name)
{
	return span_iends(name, "vbaProject.bin") ||
	       span_ifind(name, SPAN("xl/macrosheets/"), 0) < name.len ||
	       span_ifind(name, SPAN("Basic/Standard/"), 0) < name.len;
}

static bool is_container(const char *extension)
{
	static const char *const names[] = {"zip", "7z", "rar", "iso", "img", "cab", "tar", "gz",
		"tgz", "bz2", "xz", "docx", "xlsx", "pptx", "docm", "xlsm"};

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (strcmp(extension, names[i]) == 0)
			return true;
	return false;
}

static void note_name(struct listing *l, const char *name)
{
	const char *extension = name_extension(l->arena, name);

	if (extension_dangerous(extension)) {
		l->facts->facts |= FILE_DANGEROUS;
		if (!l->facts->member)
			l->facts->member = arena_strdup(l->arena, name);
	}
	if (name_double(l->arena, name) || name_escapes(name))
		l->facts->facts |= FILE_MEMBER_TRICK;
	if (l->depth == 0 && !l->facts->dates &&
		(strcmp(name, "docProps/core.xml") == 0 || strcmp(name, "meta.xml") == 0))
		l->facts->dates = arena_strdup(l->arena, name); /* OOXML's and OpenDocument's */
	if (macro_member(span_of(name))) {
		l->facts->facts |= FILE_MACRO;
		if (!l->facts->macro)
			l->facts->macro = arena_strdup(l->arena, name);
	}
}

static const char *entry_name(struct listing *l, struct archive_entry *entry)
{
	const char *name = archive_entry_pathname_utf8(entry);

	if (!name)
		name = archive_entry_pathname(entry);
	return arena_text(l->arena, span_sub(span_of(name ? name : ""), 0, 1000));
}

static void read_entry(struct listing *l, struct archive *a, struct archive_entry *entry)
{
	const char *name = entry_name(l, entry);
	bool encrypted = archive_entry_is_encrypted(entry);

	l->facts->members++;
	if (encrypted)
		l->facts->facts |= FILE_ENCRYPTED;
	note_name(l, name);
	if (encrypted || archive_entry_filetype(entry) != AE_IFREG)
		return;
	read_ooxml(l, a, span_of(name));
	if (l->depth < NESTING && is_container(name_extension(l->arena, name))) {
		struct span data = read_member(l, a, NESTED_READ, true);

		l->depth++;
		list(l, data);
		l->depth--;
	} else if (l->solid)
		read_member(l, a, SIZE_MAX, false);
}

/* Formats that libarchive tries: nothing else is handed to it. */
static bool is_archive(struct span s, bool *solid)
{
	*solid = true;
	if (starts(s, "PK\3\4", 4, 0) || starts(s, "PK\5\6", 4, 0) ||
		starts(s, "CD001", 5, 0x8001)) {
		*solid = false;
		return true;
	}
	return starts(s, "7z\xbc\xaf\x27\x1c", 6, 0) || starts(s, "Rar!\x1a\7", 6, 0) ||
	       starts(s, "MSCF", 4, 0) || starts(s, "\x1f\x8b\x08", 3, 0) ||
	       starts(s, "BZh", 3, 0) ||
	       starts(s,
		       "\xfd"
		       "7zXZ",
		       5, 0) ||
	       starts(s, "ustar", 5, 257) || (starts(s, "-lh", 3, 2) && starts(s, "-", 1, 6));
}

/* Recursion is limited by NESTING. */
static void list(struct listing *l, struct span bytes)
{
	struct archive_entry *entry;
	struct archive *a;
	bool outer = l->solid;
	int status;

	if (!is_archive(bytes, &l->solid) || !(a = open_memory(bytes, false))) {
		l->solid = outer;
		return;
	}
	l->facts->facts |= FILE_ARCHIVE;
	while ((status = archive_read_next_header(a, &entry)) == ARCHIVE_OK ||
		status == ARCHIVE_WARN) {
		if (l->budget->members == 0 || l->budget->bytes == 0) {
			l->facts->facts |= FILE_LIMITED;
			break;
		}
		l->budget->members--;
		read_entry(l, a, entry);
	}
	if (archive_read_has_encrypted_entries(a) > 0)
		l->facts->facts |= FILE_ENCRYPTED;
	if (status == ARCHIVE_FATAL && archive_error_string(a) &&
		strstr(archive_error_string(a), "ncrypt"))
		l->facts->facts |= FILE_ENCRYPTED;
	archive_read_free(a);
	l->solid = outer;
}

void archive_read_facts(struct arena *arena, struct span bytes, struct file_budget *budget,
	struct file_facts *facts)
{
	struct listing l = {.arena = arena, .budget = budget, .facts = facts};

	list(&l, bytes);
}
