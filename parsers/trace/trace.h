/* SPDX-License-Identifier: ISC */
/*
 * struct trace: the way that the header tells, hop by hop, the border where trust in it ends, the
 * envelope, and what receivers recorded. Hops stand as in the message: the newest, topmost field
 * first.
 */
#ifndef PARSERS_TRACE_TRACE_H
#define PARSERS_TRACE_TRACE_H

#include "parsers/message/address.h"
#include "parsers/message/date.h"
#include "parsers/message/message.h"
#include "parsers/message/mime.h"

/* An IP address: family 4, 6, or 0 for none. IPv4-mapped IPv6 is read as IPv4. */
struct ip {
	int family;
	uint8_t bytes[16];
};
/* Reads "192.0.2.1", "2001:db8::1", "IPv6:...", "[...]", a zone "%eth0" cut off. family 0 where it
 * is none. */
struct ip ip_parse(struct span);
const char *ip_text(struct arena *, const struct ip *);
bool ip_equal(const struct ip *, const struct ip *);
/* Whether IP lies in NET/BITS of the same family. */
bool ip_within(const struct ip *, const struct ip *net, unsigned bits);
/* "192.0.2.0/24", or an address alone; false where it is neither. */
bool ip_parse_cidr(struct span, struct ip *ret_net, unsigned *ret_bits);
bool ip_loopback(const struct ip *);
/* Public: could stand in a hop between organisations. Documentation ranges count as public;
 * private, loopback, link-local, unique-local, multicast, unspecified and shared (100.64/10) do
 * not. */
bool ip_public(const struct ip *);

enum hop_trust { HOP_TRUSTED, HOP_BORDER, HOP_CLAIMED };

enum hop_odd {
	HOP_UNPARSED = 1 << 0, /* nothing but perhaps the date could be read */
	HOP_NO_DATE = 1 << 1,
	HOP_NO_SEMICOLON = 1 << 2,
	HOP_UNBALANCED = 1 << 3, /* parentheses */
	HOP_BAD_IP = 1 << 4,     /* an address literal that is no address */
	HOP_LOCAL = 1 << 5,      /* local submission or delivery: no SMTP client */
	HOP_NOT_SMTP = 1 << 6,   /* fetchmail, UUCP, HTTP, MAPI ... */
};

/* One Received field. Strings are as written (trimmed, brackets taken off), NULL where the field
 * does not say. */
struct hop {
	unsigned n;         /* 1 is the topmost */
	const char *origin; /* "Received 1": what is read here is said to come from */
	const struct field *field;
	const char *
		name; /* what stands after "from", whatever it is: HELO, reverse name, user, path */
	const char *helo;  /* name that the client gave */
	const char *rdns;  /* name that the server looked up */
	bool rdns_unknown; /* the server says that it found none: "unknown", "unverified" */
	const char *ip;    /* the client's address, as text in canonical form */
	struct ip addr;
	const char *by, *by_ip, *via, *with, *id, *for_address, *envelope_from;
	const char *auth_user; /* authenticated sender */
	const char *ident;     /* RFC 1413 user, or the user of a local submission */
	bool authenticated;
	const char *tls; /* protocol version, "yes" where only the protocol keyword says so; NULL */
	const char *tls_cipher;
	struct date date;
	bool has_delay;
	int64_t delay_s; /* after the next older hop with a date; negative where clocks disagree */
	enum hop_trust trust;
	const char *family;   /* server family recognised from the shape: "Postfix", "Exim", ..., or
				 NULL */
	const char *provider; /* "Gmail", "Microsoft 365", ..., or NULL */
	unsigned odd;
	const struct span *comment; /* inner bytes of every comment, in order */
	size_t comment_count;
	bool gap; /* its by does not continue in the from of the next newer hop */
	struct span from_where, by_where, ip_where, date_where; /* places in raw; may be none */
};

/* A value with the place where it was read. origin is "Return-Path", "Received", "option" ...;
 * value NULL where none. */
struct origin_value {
	const char *value, *origin;
	struct span where;
};

struct recorded_property {
	const char *name, *value; /* "smtp.mailfrom", "header.d", "policy.x" */
};
struct recorded_result {
	const char *method, *result; /* lower case; "dkim", "spf", "compauth" ... */
	const char *reason;          /* or NULL */
	const char *comment;         /* text of comments, or NULL */
	struct recorded_property *property;
	size_t property_count;
	struct span where;
};
enum recorded_kind { RECORDED_AR, RECORDED_ARC, RECORDED_SPF };
/* One Authentication-Results, ARC-Authentication-Results or Received-SPF field (RFC 8601 2.2, RFC
 * 7208 9.1). */
struct recorded {
	enum recorded_kind kind;
	const struct field *field;
	const char *authserv_id; /* NULL where there is none (Microsoft's order) */
	unsigned version;        /* 1 where not said */
	unsigned instance;       /* i= of ARC-Authentication-Results, else 0 */
	bool trusted;            /* above or at the border and its authserv-id is one of ours */
	bool malformed;
	struct recorded_result *result;
	size_t result_count;
};

enum clock_kind { CLOCK_STATED, CLOCK_SIGNED, CLOCK_DERIVED };
struct clock {
	int64_t time;
	int offset_s; /* its own zone where it has one */
	bool has_offset;
	const char *origin; /* "Date", "Received 3", "DKIM t=", "Message-ID (gmail)" ... */
	double precision_s;
	enum clock_kind kind;
	struct span where;
};
struct clock_list {
	struct clock *clock;
	size_t count, room;
};
/* False where the list is full. */
bool clock_list_add(struct arena *, struct clock_list *, const struct clock *);
/* By time, then by origin and place. */
void clock_list_sort(struct clock_list *);

/* Which hosts are ours, and what the analyst states instead of deriving it. Text is borrowed. */
struct trust {
	const char *const *host; /* --trust: a name, ".suffix", address or CIDR */
	size_t host_count;
	int border;                               /* --border N, or 0 */
	const char *client_ip, *helo, *mail_from; /* options, or NULL */
	const char *from_line;                    /* the mbox separator line, or NULL */
	bool enclosed; /* it came inside another message: nobody of ours received it in this form */
};

struct trace {
	struct hop *hop;
	size_t count;
	bool limited;  /* LIMIT_RECEIVED */
	size_t border; /* n of the hop at which trust ends: the last one that a trusted host wrote;
			  0 where none */
	bool border_assumed;    /* no --trust and no --border: the topmost hop with a public client
				   address */
	const char *border_why; /* a sentence */
	struct date date;       /* of the Date field; not valid where there is none */
	struct origin_value mail_from; /* "" is the null reverse-path; NULL value where not known */
	struct origin_value helo;
	struct origin_value client_ip;
	struct ip client;
	/* Every source of the envelope sender found, the one chosen first. */
	struct origin_value *mail_from_candidate;
	size_t mail_from_candidate_count;
	const char *mail_from_decoded; /* the address inside VERP, BATV, SRS; or NULL */
	const char *mail_from_coding;  /* "SRS0", "SRS1", "BATV", "VERP", or NULL */
	int64_t received_at;       /* when the border hop received it; TIME_NONE where not known */
	struct recorded *recorded; /* in the order of the fields */
	size_t recorded_count;
	struct clock_list clocks; /* sorted by time */
	int64_t total_delay_s;    /* from the oldest to the newest dated hop; TIME_NONE */
};

/* MIME may be NULL (no part boundaries' clocks then). Never fails. */
const struct trace *trace_build(
	struct arena *, const struct message *, struct mime *, const struct trust *);
/* One field's value (after "Received:") to a hop. Never fails; linear. */
struct hop hop_parse(struct arena *, struct span value);
/* One field to its results. Never fails. */
struct recorded recorded_parse(struct arena *, const struct field *, enum recorded_kind);
/* Whether NAME or IP is one of ours by TRUST. */
bool trust_covers(const struct trust *, const char *name, const struct ip *);

#endif
