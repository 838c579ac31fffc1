/* SPDX-License-Identifier: ISC */
/*
 * Compound files ([MS-CFB]): the directory's names, and the few bytes of Word ([MS-DOC] FIB) and
 * Excel ([MS-XLS] records) streams that say encrypted or macro sheet. Every chain of sectors is
 * followed at most as far as the file has sectors.
 */
#include "parsers/findings/content.h"

enum { HEADER = 512, ENTRY = 128, NAME_MAX_BYTES = 64, STREAM_MAX = 1 << 20, STREAMS = 4 };
#define END_OF_CHAIN UINT32_C(0xfffffffe)

struct ole {
	struct arena *arena;
	struct span file;
	size_t sector; /* bytes */
	uint32_t sectors;
	uint32_t *fat; /* sector numbers of the allocation table */
	size_t fat_count;
	unsigned streams; /* read so far */
	struct file_facts *facts;
};

static uint32_t le32(struct span s, size_t at)
{
	if (at + 4 > s.len)
		return UINT32_MAX;
	return (uint32_t)s.ptr[at] | (uint32_t)s.ptr[at + 1] << 8 | (uint32_t)s.ptr[at + 2] << 16 |
	       (uint32_t)s.ptr[at + 3] << 24;
}

static uint32_t le16(struct span s, size_t at)
{
	return at + 2 > s.len ? 0 : (uint32_t)s.ptr[at] | (uint32_t)s.ptr[at + 1] << 8;
}

/* The bytes of sector N; empty where it does not exist. The header takes the place of sector -1. */
static struct span sector(const struct ole *o, uint32_t n)
{
	size_t at = ((size_t)n + 1) * o->sector;

	return n < o->sectors ? span_sub(o->file, at, at + o->sector) : SPAN_NONE;
}

static uint32_t next_sector(const struct ole *o, uint32_t n)
{
	size_t per = o->sector / 4, table = n / per;

	return table < o->fat_count ? le32(sector(o, o->fat[table]), n % per * 4) : END_OF_CHAIN;
}

/* The table's own sectors: 109 in the header, then chained ([MS-CFB] 2.5). */
static void read_fat(struct ole *o)
{
	size_t want = o->sectors / (o->sector / 4) + 1, per = o->sector / 4 - 1;
	uint32_t n = le32(o->file, 68);

	o->fat = ARENA_ARRAY(o->arena, uint32_t, want);
	for (size_t i = 0; i < 109 && o->fat_count < want; i++)
		o->fat[o->fat_count++] = le32(o->file, 76 + 4 * i);
	for (uint32_t steps = 0; n < o->sectors && steps < o->sectors; steps++) {
		struct span s = sector(o, n);

		for (size_t i = 0; i < per && o->fat_count < want; i++)
			o->fat[o->fat_count++] = le32(s, 4 * i);
		n = le32(s, 4 * per);
	}
}

/* The first bytes of a stream that lies in whole sectors. */
static struct span read_stream(struct ole *o, uint32_t start, size_t size)
{
	size_t room = size < STREAM_MAX ? size : STREAM_MAX, len = 0;
	uint8_t *out;

	if (room > o->file.len)
		room = o->file.len;
	o->streams++;
	out = arena_bytes(o->arena, room + 1);
	for (uint32_t n = start; n < o->sectors && len < room; n = next_sector(o, n)) {
		struct span s = sector(o, n);
		size_t take = s.len < room - len ? s.len : room - len;

		if (take == 0)
			break;
		memcpy(out + len, s.ptr, take);
		len += take;
	}
	return span_make(out, len);
}

/* BIFF records: u16 type, u16 length, data. FILEPASS (0x2f) is encryption, BOUNDSHEET (0x85) of
 * type 1 a macro sheet. */
static void read_workbook(struct ole *o, struct span s)
{
	for (size_t at = 0; at + 4 <= s.len;) {
		uint32_t type = le16(s, at), len = le16(s, at + 2);

		if (type == 0x2f)
			o->facts->facts |= FILE_ENCRYPTED;
		if (type == 0x85 && len >= 6 && at + 10 <= s.len && s.ptr[at + 9] == 1) {
			o->facts->facts |= FILE_MACRO;
			if (!o->facts->macro)
				o->facts->macro = "an Excel 4 macro sheet";
		}
		if (type == 0 && len == 0)
			break;
		at += 4 + (size_t)len;
	}
}

static void read_named(struct ole *o, const char *name, uint32_t start, size_t size)
{
	static const char *const macros[] = {
		"VBA", "_VBA_PROJECT", "_VBA_PROJECT_CUR", "Macros", "vbaProject.bin"};

	for (size_t i = 0; i < sizeof macros / sizeof *macros; i++)
		if (span_iis(span_of(name), macros[i])) {
			o->facts->facts |= FILE_MACRO;
			if (!o->facts->macro || strcmp(name, "VBA") == 0)
				o->facts->macro = arena_strdup(o->arena, name);
		}
	if (strcmp(name, "?SummaryInformation") == 0 && !o->facts->dates)
		o->facts->dates = "SummaryInformation"; /* [MS-OLEPS] 3.1 */
	if (strcmp(name, "EncryptionInfo") == 0 || strcmp(name, "EncryptedPackage") == 0)
		o->facts->facts |= FILE_ENCRYPTED;
	else if (o->streams >= STREAMS)
		return;
	else if (strcmp(name, "Workbook") == 0 || strcmp(name, "Book") == 0)
		read_workbook(o, read_stream(o, start, size));
	else if (strcmp(name, "WordDocument") == 0 && le16(read_stream(o, start, 32), 10) & 0x100)
		o->facts->facts |= FILE_ENCRYPTED; /* fEncrypted of FibBase */
}

/* UTF-16LE, cut to ASCII: the names that matter are. */
static void entry_name(struct span entry, char ret[NAME_MAX_BYTES / 2 + 1])
{
	size_t len = le16(entry, 64), out = 0;

	for (size_t i = 0; i + 1 < len && i + 1 < NAME_MAX_BYTES; i += 2) {
		uint32_t c = le16(entry, i);

		if (c >= ' ' && c < 0x7f)
			ret[out++] = (char)c;
		else if (c)
			ret[out++] = '?';
	}
	ret[out] = '\0';
}

void ole_read(struct arena *arena, struct span bytes, struct file_facts *facts)
{
	struct ole o = {.arena = arena, .file = bytes, .facts = facts};
	uint32_t shift = le16(bytes, 30), n = le32(bytes, 48), steps = 0;

	if (bytes.len < HEADER || memcmp(bytes.ptr, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 8) != 0)
		return;
	facts->facts |= FILE_OLE;
	if (shift != 9 && shift != 12)
		return;
	o.sector = (size_t)1 << shift;
	o.sectors = bytes.len / o.sector < 0xffffff ? (uint32_t)(bytes.len / o.sector) : 0xffffff;
	read_fat(&o);
	for (; n < o.sectors && steps < o.sectors; n = next_sector(&o, n), steps++) {
		struct span s = sector(&o, n);

		for (size_t at = 0; at + ENTRY <= s.len; at += ENTRY) {
			struct span entry = span_sub(s, at, at + ENTRY);
			char name[NAME_MAX_BYTES / 2 + 1];

			if (entry.ptr[66] != 1 && entry.ptr[66] != 2 && entry.ptr[66] != 5)
				continue;
			facts->members++;
			if (facts->members > 4096) {
				facts->facts |= FILE_LIMITED;
				return;
			}
			entry_name(entry, name);
			read_named(&o, name, le32(entry, 116), le32(entry, 120));
		}
	}
}
