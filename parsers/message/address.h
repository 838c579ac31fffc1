/* SPDX-License-Identifier: ISC */
/*
 * Addresses of a header field by our own reader (RFC 5322 3.4, with the obsolete forms read), from raw bytes: what a
 * NUL, a comment, a route or a second address does to the author is to be seen, not repaired.
 */
#ifndef PARSERS_MESSAGE_ADDRESS_H
#define PARSERS_MESSAGE_ADDRESS_H

#include "parsers/message/message.h"

enum address_odd {
	ADDRESS_ROUTE = 1 << 0,	      /* <@a,@b:user@c> */
	ADDRESS_COMMENT = 1 << 1,     /* a comment inside or beside the addr-spec */
	ADDRESS_QUOTED_LOCAL = 1 << 2,
	ADDRESS_NO_BRACKET = 1 << 3,  /* addr-spec alone */
	ADDRESS_GROUP = 1 << 4,	      /* inside a group */
	ADDRESS_BROKEN = 1 << 5,      /* does not follow the grammar, read as well as can be */
	ADDRESS_NUL = 1 << 6,
	ADDRESS_CONTROL = 1 << 7,
	ADDRESS_8BIT = 1 << 8,	      /* RFC 6532 */
	ADDRESS_MULTI_AT = 1 << 9,
	ADDRESS_TRAILING = 1 << 10,   /* text after the closing bracket */
	ADDRESS_SPACE = 1 << 11,      /* white space inside the addr-spec */
	ADDRESS_LITERAL = 1 << 12,    /* user@[192.0.2.1] */
	ADDRESS_MULTI_ANGLE = 1 << 13,/* more than one <...> */
	ADDRESS_NO_DOMAIN = 1 << 14,
	ADDRESS_ENCODED_WORD = 1 << 15,/* an encoded-word stands where the addr-spec is */
};

struct address {
	const char *display; /* decoded UTF-8 (RFC 2047), comments as in "a@b (Name)" too; NULL where there is none */
	const char *address; /* as written, white space and comments taken out; NULL where there is none */
	const char *local;   /* unquoted local part, or NULL */
	const char *domain;  /* lower-case A-labels; NULL where there is none */
	struct span where;   /* the whole mailbox in the field */
	struct span spec;    /* the addr-spec's bytes */
	unsigned odd;
};

struct address_list {
	struct address *address;
	size_t count;
	bool limited;	/* LIMIT_ADDRESSES */
	bool has_group; /* group syntax */
};

struct address_list address_parse(struct arena *, struct span value);
/* Lower-case A-labels of a domain as written, UTF-8 labels converted by UTS #46; a final dot removed. NULL where empty. */
const char *domain_ascii(struct arena *, struct span);
/* The Unicode form of A-labels, or the same where there is none. */
const char *domain_unicode(struct arena *, const char *domain);
/* The domain part of an addr-spec or NULL: after the last "@" outside quotes. */
const char *address_domain(struct arena *, struct span addr_spec);

#endif
