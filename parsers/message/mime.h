/* SPDX-License-Identifier: ISC */
/*
 * struct mime: the MIME tree, its parts in pre-order, with places in the stored message. The structure is read from the raw
 * bytes in one pass (RFC 2046 5.1), because every part must be exact to the byte and a field that a library drops may be the
 * one that deceives; GMime decodes. Decoded content is in the arena, decoded only for who asks.
 */
#ifndef PARSERS_MESSAGE_MIME_H
#define PARSERS_MESSAGE_MIME_H

#include "parsers/message/message.h"

struct part {
	const char *path; /* "1", "1.2": IMAP's numbering (RFC 3501 6.4.5); a multipart that is the root of
			 * a message is "0", or "2.0" inside the message at "2" */
	const char *type; /* "text/plain", lower case; the default of RFC 2045 5.2 where none or unreadable */
	const char *charset, *encoding, *disposition; /* as stated, lower case; NULL where not */
	const char *filename; /* decoded UTF-8 (RFC 2231, else RFC 2047), or NULL */
	const char *name;     /* the name parameter of Content-Type, likewise */
	const char *content_id;
	const char *boundary; /* of a multipart */
	unsigned depth;	      /* 0 is the message's own entity */
	size_t parent;	      /* index of the enclosing part; its own index for the root */
	struct span header;   /* header block of the part (of the message for the root), in raw */
	struct span content;  /* encoded content, in raw; all of it for a multipart */
	struct span whole;    /* header and content */
	size_t size;	      /* decoded bytes (0 for a multipart) */
	const char *sha256, *md5; /* of the decoded bytes, hex; NULL for a multipart or where not decoded */
	const char *detected_type; /* by content (libmagic), or NULL */
	/* message/rfc822 or message/global without encoding: its root is the one child. An encoded one is a leaf. */
	bool is_multipart, is_message;
	bool is_text;
	bool type_missing, type_broken; /* no Content-Type; one that is no type/subtype */
	bool unclosed; /* a multipart without its closing delimiter */
	bool truncated; /* decoding stopped at a limit */
	struct span preamble, epilogue; /* of a multipart */
	/* The header fields of this part (for the root: the message's), by our own index. */
	struct field *field;
	size_t field_count;
	/* Decoding on request; see part_decoded() and part_text(). */
	struct span decoded_cache;
	struct span text_cache;
	const struct html *html_cache; /* part_html() in html.h */
	/* part_text_stored() goes on from behind a mark in the text and the same in the decoded bytes; no other mark stands
	 * before text_seen. */
	size_t text_mark, decoded_mark, text_seen;
	bool decoded_done;
	size_t stored_out, stored_in; /* where part_stored() stopped last: decoded and encoded offset */
};

struct mime {
	struct part *part;
	size_t count;
	bool parts_limited, depth_limited, decoded_limited;
	size_t decoded; /* bytes decoded so far, against LIMIT_DECODED */
	const struct message *message;
};

struct mime_options {
	bool hash;   /* decode every leaf for size, SHA-256 and MD5 */
	bool detect; /* and its type by content */
};

/* Never fails. */
struct mime *mime_parse(struct arena *, const struct message *, const struct mime_options *);
/* The decoded content of a leaf, kept for the next caller. */
struct span part_decoded(struct arena *, struct mime *, struct part *);
/* The same as UTF-8 text by its charset (unknown charsets as Latin-1; bad bytes and NULs U+FFFD). Never NULL. */
struct span part_text(struct arena *, struct mime *, struct part *);
/* The place in raw of byte AT of the decoded content (for base64 the character in which its bits begin). Cheap for
 * places that ascend. */
size_t part_stored(struct mime *, struct part *, size_t at);
const struct field *part_field(const struct part *, const char *name, size_t nth);
/*
 * A parameter of a structured field ("boundary" of Content-Type): RFC 2231's form where there is one, else the plain one with
 * encoded-words decoded, as mail programs do; the first where it stands twice. NULL where there is none.
 */
const char *field_parameter(struct arena *, const struct field *, const char *name);

/* URLs of text parts and of HTML parts (there with the visible text). */
struct url {
	const char *url;  /* as written, white space taken out */
	const char *text; /* visible text of the link in HTML, or NULL */
	const char *host; /* lower-case A-labels, or NULL */
	size_t part;	  /* index */
	size_t offset;	  /* in raw; SIZE_MAX where not known */
};
struct url_list {
	struct url *url;
	size_t count, room;
	bool limited;
};
/* Every http, https, ftp, mailto and other absolute URL of the text and HTML parts, in order of place, each place once. */
struct url_list url_collect(struct arena *, struct mime *);
/* "hxxp://a[.]example/": never a live link in text output. */
const char *url_defang(struct arena *, const char *url);
/* The host of an absolute URL as a browser reads it (userinfo and port taken off), or NULL. */
const char *url_host(struct arena *, struct span url);

/* What is odd about a URL (bits of url_view.odd). */
enum url_odd {
	URL_ODD_WHITE = 1 << 0,	     /* tabs, line ends or NULs inside, which browsers take out */
	URL_ODD_BACKSLASH = 1 << 1,  /* a backslash that browsers read as a slash, before the path */
	URL_ODD_USERINFO = 1 << 2,   /* user[:password]@ */
	URL_ODD_IPV4 = 1 << 3,
	URL_ODD_IPV6 = 1 << 4,
	URL_ODD_IP_FORM = 1 << 5,    /* an IPv4 address not written as four decimal numbers */
	URL_ODD_INVISIBLE = 1 << 6,  /* zero-width, bidirectional, tag or filler characters before the path's end */
	URL_ODD_SLASH = 1 << 7,	     /* a character that looks like a slash, in the authority */
	URL_ODD_ESCAPED_HOST = 1 << 8, /* %xx in the host */
	URL_ODD_IDN = 1 << 9,	     /* the host has a label beyond ASCII or an A-label */
	URL_ODD_SLASHES = 1 << 10,   /* not two slashes behind the scheme */
	URL_ODD_RELATIVE = 1 << 11,  /* no scheme: host is NULL unless it begins with two slashes */
};

/* A URL as the WHATWG URL standard's parser reads it. */
struct url_view {
	const char *url;    /* trimmed, tabs and line ends taken out */
	const char *scheme; /* lower case, "" where relative */
	struct span userinfo, authority, rest; /* in url; rest begins with the path */
	const char *host;   /* lower-case A-labels, dotted quad for every form of IPv4, or NULL */
	unsigned odd;
};
struct url_view url_read(struct arena *, struct span url);
/* Of a longer one the rest is not looked at. */
enum { LIMIT_URL = 8192 };

#endif
