/* SPDX-License-Identifier: ISC */
/*
 * struct message: a raw message as stored and the index of its header fields. Nothing is decoded here; every span lies
 * in raw, so that its offset is its place in the stored message. Checks hash these bytes, never a library's copy.
 */
#ifndef PARSERS_MESSAGE_MESSAGE_H
#define PARSERS_MESSAGE_MESSAGE_H

#include "parsers/base/arena.h"
#include "parsers/message/names.h"

/* Met limits are flags of struct message and struct mime; the bytes beyond are counted and left alone. */
enum {
	LIMIT_FIELDS = 10000,		  /* header fields indexed in one block; 65534 at most */
	LIMIT_HEADER = 16 * 1024 * 1024,  /* bytes of one header block */
	LIMIT_FIELD = 1024 * 1024,	  /* bytes of one field that a parser reads; the rest is kept, not parsed */
	LIMIT_PARTS = 10000,		  /* MIME parts listed */
	LIMIT_DEPTH = 100,		  /* nesting of MIME parts */
	LIMIT_RECEIVED = 1000,		  /* Received fields made into hops */
	LIMIT_SIGNATURES = 100,		  /* DKIM-Signature fields checked */
	LIMIT_ADDRESSES = 10000,	  /* addresses of one field */
};
#define LIMIT_DECODED ((size_t)512 * 1024 * 1024) /* decoded bytes of all parts together */

/* What is odd about a header line (bits of field.odd). */
enum field_odd {
	FIELD_GARBAGE = 1 << 0,	       /* no colon: no field at all; name is empty, value the line */
	FIELD_NUL = 1 << 1,	       /* a NUL byte inside */
	FIELD_BARE_CR = 1 << 2,	       /* a CR that no LF follows */
	FIELD_BARE_LF = 1 << 3,	       /* an LF without CR in a message that else has CRLF */
	FIELD_SPACE_BEFORE_COLON = 1 << 4,
	FIELD_NAME_FOLDED = 1 << 5,    /* the line end stands between name and colon */
	FIELD_BLANK_FOLD = 1 << 6,     /* a continuation line with white space only */
	FIELD_BAD_NAME = 1 << 7,       /* the name has bytes outside %d33-57 / %d59-126 (RFC 5322 2.2) */
	FIELD_8BIT = 1 << 8,	       /* bytes above 127 in the value */
	FIELD_LONG_LINE = 1 << 9,      /* a line over 998 octets (RFC 5322 2.1.1) */
	FIELD_LEADING_SPACE = 1 << 10, /* the first line of the header begins with white space */
	FIELD_FROM_LINE = 1 << 11,     /* a stray mbox line "From ..." or ">From ..." inside the header */
};

/*
 * One header field. name is without the colon and trailing white space; value is what follows the colon, up to but
 * without the final line end, folds included; whole is everything with the line end.
 */
struct field {
	struct span whole, name, value;
	unsigned index; /* 0 is the topmost; garbage lines count too */
	unsigned line;	/* 1 is the message's first line */
	unsigned odd;	/* bits of enum field_odd */
	enum field_name known; /* NAME_OTHER where it has no name, too */
	unsigned next; /* 1 + index of the next field of the same known name, or of none; 0 at the end */
};

enum line_ends { LINE_ENDS_NONE, LINE_ENDS_CRLF, LINE_ENDS_LF, LINE_ENDS_CR, LINE_ENDS_MIXED };

struct message {
	struct span raw;       /* as stored; without the mbox separator line */
	struct span from_line; /* an mbox line "From " at the start of raw (it is no field), or none */
	struct field *field;
	size_t field_count;
	struct span header; /* from the first field to before the empty line */
	struct span body;   /* after the empty line, as stored; empty where there is none */
	bool has_body;	    /* the empty line was there */
	unsigned body_line; /* of the body's first byte */
	enum line_ends line_ends;
	bool has_nul, has_cr; /* anywhere in raw */
	bool fields_limited, header_limited; /* LIMIT_FIELDS, LIMIT_HEADER met */
	/*
	 * The body to check: mbox ">From " quoting undone where the message came from an mbox. Its bytes lie in raw (the
	 * same span as body) where nothing was quoted, else in the arena: message_stored() then gives places in raw.
	 */
	struct span check_body;
	const size_t *unquoted; /* offsets in check_body before which one '>' was removed, ascending */
	size_t unquoted_count;
	/* The fields of each known name: how many, and 1 + index of the first and the last, chained by field.next. */
	struct field_chain {
		uint16_t count, first, last;
	} by_name[NAME_COUNT];
};

struct message_options {
	bool mbox; /* the message was cut from an mbox: undo ">From " quoting for checks */
};

/* Never fails. RAW is borrowed and must outlive the arena's content. */
const struct message *message_parse(struct arena *, struct span raw, const struct message_options *);

/* The nth field (0 the topmost) of this name, or NULL. Not for NAME_OTHER. */
static inline const struct field *message_field(const struct message *m, enum field_name name, size_t nth)
{
	size_t at = m->by_name[name].first;

	for (; at && nth; nth--)
		at = m->field[at - 1].next;
	return at ? &m->field[at - 1] : NULL;
}
static inline size_t message_field_count(const struct message *m, enum field_name name)
{
	return m->by_name[name].count;
}
/* The last (lowest) field of this name. */
static inline const struct field *message_field_last(const struct message *m, enum field_name name)
{
	size_t at = m->by_name[name].last;

	return at ? &m->field[at - 1] : NULL;
}
/* The next field of the same name, which is a known one, or NULL. */
static inline const struct field *message_next(const struct message *m, const struct field *field)
{
	return field->next ? &m->field[field->next - 1] : NULL;
}
/* The nth field of any name, in any case of letters: a search, where the name is not of the list. */
const struct field *message_field_named(const struct message *, const char *name, size_t nth);
/* The place in raw of a place in check_body. */
size_t message_stored(const struct message *, size_t check_offset);
/* The line of a byte of raw; 1 is the first. */
unsigned message_line(const struct message *, size_t offset);

/* The value unfolded (RFC 5322 2.2.3: the line ends of folds removed) and trimmed. In the arena where it had folds. */
struct span field_unfold(struct arena *, const struct field *);
/*
 * Unfolded, RFC 2047 encoded-words decoded, to UTF-8 (bytes in no charset are kept as they are). Never NULL. The text may
 * hold any character, hostile ones too: showing it is printable.h's job.
 */
const char *field_text(struct arena *, const struct field *);

/* sha256 of the message as stored, and of the same with CRLF line ends and mbox quoting undone: 64 hex digits each. */
const char *message_sha256(struct arena *, const struct message *);
/* SHA256 is the first one, which the second is too where nothing has to be changed. */
const char *message_dedupe(struct arena *, const struct message *, const char *sha256);

#endif
