/* SPDX-License-Identifier: ISC */
/* What the files about structure, attachments and bodies share: parameters read from raw bytes,
 * names, words. */
#ifndef PARSERS_FINDINGS_CONTENT_H
#define PARSERS_FINDINGS_CONTENT_H

#include "parsers/findings/common.h"
#include "parsers/message/html.h"

/* One "; name=value" of a structured field, by our own reading (RFC 2045 5.1), with all that is odd
 * about it. */
struct param {
	struct span name;  /* as written, with its "*0*" */
	struct span raw;   /* what stands behind the "=", trimmed, quotes included */
	const char *value; /* quotes and escapes taken off; RFC 2231 not decoded; cut at a NUL */
	bool quoted, unclosed; /* in quotes; which never end */
	bool comment;          /* a comment stands before, in or behind it */
	bool blank;            /* unquoted, with white space inside */
	bool special;          /* unquoted, with a quote inside */
	bool nul;
};
struct param_list {
	struct span head; /* what stands before the first ";" */
	struct param *param;
	size_t count, room;
	bool unclosed; /* a quoted-string or comment without its end */
};
struct param_list param_parse(struct arena *, struct span value);

/* Whether a field carries this name once NULs, blanks and other odd bytes are taken out of its own.
 */
bool field_is(const struct field *, const char *name);

/* A part's file name in every form that a program could take it from. */
struct part_name {
	const char *form;  /* "filename", "filename*", "name" ... */
	const char *name;  /* decoded UTF-8 */
	struct span where; /* the value in raw */
};
struct part_names {
	struct part_name name[8];
	size_t count;
};
struct part_names part_names(struct arena *, const struct part *);
/* Lower-case extension without its dot, padding in front of and behind it passed over; "" where
 * there is none. */
const char *name_extension(struct arena *, const char *name);
/* Opening such a file runs code: exe, lnk, iso ... */
bool extension_dangerous(const char *extension);

/* The part lies inside an attached message (which is reported as a message of its own). */
bool part_nested(const struct mime *, const struct part *);
/* The attached message that it lies in, or NULL. */
const struct part *part_message(const struct mime *, const struct part *);
/*
 * The severity of something odd about the structure of this message: programs that write reports
 * cut and re-wrap what they return.
 */
enum severity structure_severity(const struct findings *, enum finding_code, enum severity);
/* Is shown as a file: disposition attachment, or a name and no text or image type. */
bool part_attached(const struct part *);
/* The bytes of a part to show as evidence: its header block, or its first line where it has none.
 */
struct span part_evidence(const struct mime *, const struct part *);

/* Whether any of the words (lower case, of two bytes or more, ended by NULL) stands in TEXT, in any
 * case; *RET is the one found. */
bool text_has(struct span text, const char *const *words, const char **ret);

/* --- what a file's bytes say --- */
enum file_fact {
	FILE_DANGEROUS = 1 << 0, /* a member whose name is dangerous */
	FILE_ENCRYPTED = 1 << 1,
	FILE_MACRO = 1 << 2,
	FILE_REMOTE = 1 << 3,  /* a remote template, object or frame */
	FILE_ARCHIVE = 1 << 4, /* was listed */
	FILE_OOXML = 1 << 5,   /* [Content_Types].xml is a member */
	FILE_LIMITED = 1 << 6, /* more members or bytes than are looked at */
	FILE_OLE = 1 << 7,
	FILE_PDF = 1 << 8,
	FILE_ACTIVE = 1 << 9, /* PDF: script, launch, automatic action */
	FILE_MEMBER_TRICK =
		1 << 10, /* a member with a path that leaves the folder, or a double extension */
	FILE_MACRO_TYPE = 1 << 11, /* OOXML whose content types name a macro-enabled document */
	FILE_DOCX_FORM = 1 << 12,  /* OOXML document without */
};
struct file_facts {
	unsigned facts;
	const char *member; /* the first dangerous member, or NULL */
	const char *macro;  /* the member or stream with the macros, or NULL */
	const char *target; /* the remote target, or NULL */
	const char *active; /* the PDF name that acts, or NULL */
	const char *dates;  /* the member, stream or name that holds dates of its own, or NULL */
	size_t members;
};
/* Decompressed bytes and members that the files of one message may still cost. */
struct file_budget {
	size_t bytes, members;
};
/* Lists an archive (zip, 7z, rar, iso, tar, cab ...) within limits; nothing is extracted to disk.
 */
void archive_read_facts(
	struct arena *, struct span bytes, struct file_budget *, struct file_facts *);
/* Inflates a zlib stream (RFC 1950) within the budget. */
struct span archive_inflate(struct arena *, struct span zlib, struct file_budget *);
/* The directory of a compound file (OLE, [MS-CFB]) and what its streams tell. */
void ole_read(struct arena *, struct span bytes, struct file_facts *);
/* Names of a PDF's objects, compressed object streams included as far as the limits go. */
void pdf_read(struct arena *, struct span bytes, struct file_budget *, struct file_facts *);

/* What a file is, by its bytes. */
enum file_class {
	CLASS_UNKNOWN,
	CLASS_PROGRAM,
	CLASS_SHORTCUT,
	CLASS_DISK,
	CLASS_SCRIPT,
	CLASS_ARCHIVE,
	CLASS_ZIP,
	CLASS_OLE,
	CLASS_PDF,
	CLASS_RTF,
	CLASS_ONENOTE,
	CLASS_HTML,
	CLASS_SVG,
	CLASS_IMAGE,
	CLASS_MEDIA,
	CLASS_TEXT,
	CLASS_MESSAGE,
	CLASS_COUNT,
};
/* DETECTED: libmagic's type, or NULL where it was not asked. */
enum file_class file_class_of(const char *detected, struct span bytes);
/* By extension and by media type; CLASS_UNKNOWN claims nothing. */
enum file_class class_of_extension(const char *extension);
enum file_class class_of_type(const char *type);
const char *file_class_text(enum file_class);
/* Width and height of a PNG, GIF, JPEG or BMP; *RET_COLORS the size of a small palette, or 0. False
 * where not known. */
bool image_size(struct span bytes, unsigned *ret_width, unsigned *ret_height, unsigned *ret_colors);
/* "name.pdf   .exe": a document's extension before a dangerous one. */
bool name_double(struct arena *, const char *name);
/* A path that leads out of the folder: "..", a root, a drive. */
bool name_escapes(const char *name);

#endif
