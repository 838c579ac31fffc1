/* SPDX-License-Identifier: ISC */
/*
 * DNS evidence. Five answers, never fewer: a record was found, the name has no such type, the name
 * does not exist, the lookup failed, or the evidence says nothing of it (not recorded), which is
 * none of the others.
 *
 * struct dns is a source of answers (a snapshot, the live resolver, several in order); it may be
 * shared read-only by processes and threads once loaded, except for the live one. struct dns_log
 * belongs to one message: it asks, remembers each answer so that nothing is asked twice, and knows
 * afterwards what was asked, why, and what is missing.
 */
#ifndef PARSERS_DNS_DNS_H
#define PARSERS_DNS_DNS_H

#include "parsers/base/arena.h"
#include "parsers/base/error.h"
#include "parsers/base/moment.h"

struct buffer;

enum dns_status { DNS_FOUND, DNS_NODATA, DNS_NXDOMAIN, DNS_FAILED, DNS_NOT_RECORDED };
/* "found", "nodata", "nxdomain", "failed", "not-recorded" */
const char *dns_status_word(enum dns_status);

enum dns_type {
	DNS_A = 1,
	DNS_NS = 2,
	DNS_CNAME = 5,
	DNS_SOA = 6,
	DNS_PTR = 12,
	DNS_MX = 15,
	DNS_TXT = 16,
	DNS_AAAA = 28,
	DNS_DS = 43,
	DNS_RRSIG = 46,
	DNS_NSEC = 47,
	DNS_DNSKEY = 48,
	DNS_NSEC3 = 50,
	DNS_TLSA = 52,
	DNS_SPF = 99,
	DNS_ANY = 255,
};
const char *dns_type_word(enum dns_type);
/* 0 where the word is no type. */
enum dns_type dns_type_of(struct span word);

enum dnssec { DNSSEC_SECURE, DNSSEC_INSECURE, DNSSEC_BOGUS, DNSSEC_UNSIGNED, DNSSEC_UNKNOWN };
const char *dnssec_word(enum dnssec);
/*
 * How a record came to be known: stated by a file; answered by a name server when asked (also where
 * a recording says so, that is where ;@ recorded names the server by its address, so that a replay
 * says what the live run said); or computed from signatures (;@ window whose source begins with
 * "recovered").
 */
enum dns_origin { DNS_ORIGIN_NONE, DNS_ORIGIN_SNAPSHOT, DNS_ORIGIN_LIVE, DNS_ORIGIN_RECOVERED };

/* One record. Which members mean something follows from the type asked. */
struct dns_record {
	struct span txt;  /* TXT, SPF: the strings joined without a space; may hold any byte */
	size_t strings;   /* of how many strings */
	const char *name; /* MX, PTR, NS, CNAME: lower case, no final dot ("" is the root, as in a
			     null MX) */
	unsigned preference; /* MX */
	uint8_t address[16]; /* A (4 bytes), AAAA (16) */
	struct span rdata; /* as on the wire, names not compressed; SPAN_NONE where made by hand */
	uint32_t ttl;
	int64_t recorded;   /* ;@ recorded, or TIME_NONE */
	const char *server; /* which was asked, or NULL */
	enum dnssec dnssec;
	enum dns_origin origin;
	int64_t window_from, window_to; /* ;@ window: TIME_NONE where open */
	const char *window_source;      /* or NULL: no window stated */
	const char *file;               /* snapshot's name and line, or NULL */
	unsigned line;
};

/* More aliases in a row are taken for a loop (resolvers stop between 8 and 17). */
enum { DNS_CNAME_MAX = 16 };

struct dns_answer {
	enum dns_status status;
	const struct dns_record *record;
	size_t count;
	const char *name; /* as asked: lower case, no final dot */
	enum dns_type type;
	const char *canonical; /* after CNAMEs; the same as name where there was none */
	unsigned cnames;
	const char *const *alias; /* the target of each of these CNAMEs in turn */
	const char *detail; /* of DNS_FAILED: "SERVFAIL", "timeout", "CNAME loop" ...; or NULL */
	int64_t recorded;   /* of a negative or failed answer, where said */
	const char *server; /* which was asked, or NULL */
	enum dnssec dnssec;
};

struct dns;
/* How a source of answers is made. answer() fills *RET with memory of ARENA or of the source; never
 * blocks for ever. */
struct dns_ops {
	void (*answer)(struct dns *, struct arena *, const char *name, enum dns_type,
		struct dns_answer *ret);
	void (*free)(struct dns *);
};
struct dns {
	const struct dns_ops *ops;
};
void dns_free(struct dns *);

struct dns_log_entry {
	const struct dns_answer *answer;
	const char *why; /* "DKIM key", "SPF record", "DMARC record" ...: of the first who asked */
	size_t hash;     /* of name and type */
};
struct dns_log {
	struct dns *dns; /* NULL: nothing is recorded */
	struct arena *arena;
	struct dns_log_entry *entry; /* in the order asked */
	size_t count, room;
	size_t *index; /* hash of (name, type) to entry + 1 */
	size_t index_size;
};
/* Whether a name (lower case, no final dot) can be asked: at most 253 octets, labels of 1 to 63. */
bool dns_name_ok(const char *name);
void dns_log_init(struct dns_log *, struct arena *, struct dns *);
/*
 * Asks, or says again what was answered. NAME in any case, with or without a final dot; a name that
 * can't be asked (over 253 octets, a label over 63 or empty) is NXDOMAIN. Never NULL, never fails.
 * WHY is borrowed for the arena's life.
 */
const struct dns_answer *dns_lookup(
	struct dns_log *, const char *name, enum dns_type, const char *why);
/*
 * The one TXT record of an answer that begins with VERSION. Others do not matter; where several
 * do, none counts (RFC 8461 3.1, RFC 8460 3). *RET_COUNT: how many begin so.
 */
struct span dns_one_txt(const struct dns_answer *, const char *version, size_t *ret_count);
/* As if all that OTHER was asked were asked of the log, in that order. OTHER's answers, which
 * become the log's, must outlive it and be of the same evidence. */
void dns_log_replay(struct dns_log *, const struct dns_log *other);

/* --- snapshot: a master file with ;@ annotations (README, "DNS snapshot"). Several files: the
 * first answer wins. */
struct snapshot_problem {
	const char *file;
	unsigned line;
	const char *text;
};
struct snapshot_options {
	bool assume_complete; /* a name absent from all files does not exist */
	const char *anchor;   /* DNSSEC trust anchors, DS or DNSKEY records; NULL: the root's */
};
/*
 * Loads every file; NULL only where one can't be read at all. Bad lines are kept as problems and
 * skipped. Constant-time lookups; immutable afterwards.
 */
struct dns *snapshot_load(const char *const *files, size_t count, const struct snapshot_options *,
	struct error *reterr);
/* From memory, for tests and the case file. */
struct dns *snapshot_parse(
	struct span text, const char *name, const struct snapshot_options *, struct error *reterr);
const struct snapshot_problem *snapshot_problems(const struct dns *, size_t *ret_count);
/* What the views say of it: "complete", newest ;@ recorded time (TIME_NONE), names held. */
bool snapshot_complete(const struct dns *);
int64_t snapshot_recorded(const struct dns *);
size_t snapshot_names(const struct dns *);
/* Calls FN for each answer with records of TYPE that the snapshots in DNS hold, in the order of
 * names. A live part has none. */
void dns_each(const struct dns *, enum dns_type,
	void (*fn)(void *data, const char *name, const struct dns_answer *), void *data);

/*
 * Every answer that is held, by name and type; a denied name comes with type DNS_ANY. FN returns
 * false to stop. The answer lasts as long as the snapshot.
 */
void snapshot_each(
	const struct dns *, bool (*fn)(void *data, const struct dns_answer *), void *data);
/* Two files (or two recordings of one) that answer one question differently: the lines where either
 * answer begins. */
struct snapshot_conflict {
	const char *name;
	enum dns_type type;
	const char *file, *other_file; /* the first is the one that holds */
	unsigned line, other_line;
};
void snapshot_conflicts(
	const struct dns *, void (*fn)(void *data, const struct snapshot_conflict *), void *data);

/*
 * Turns what other programs print into a snapshot's text: dig, drill and kdig (text, with their
 * headers, and +json), the DNS cache of mailauth, lists of keys (JSON, lines of JSON, CSV or TSV
 * with a first line of names) with domain, selector, value, first and last seen. FILE is named as
 * their source. What can't be read is told by TELL; the count of answers.
 */
size_t dns_import(struct buffer *out, struct span text, const char *file,
	void (*tell)(void *data, const char *file, unsigned line, const char *what), void *data);

/* --- questions: what would have to be asked, each (name, type) once. */
struct dns_need {
	const char *name; /* lower case, no final dot */
	enum dns_type type;
	const char *why;
	unsigned depth; /* 0: asked for; else how many answers led to it */
};
struct dns_needs {
	struct arena *arena;
	struct dns_need *need; /* in the order added */
	size_t count, room;
	size_t *index;
	size_t index_size;
};
void dns_needs_init(struct dns_needs *, struct arena *);
/* False where it is in the list already, or can't be asked (see dns_lookup). WHY is borrowed. */
bool dns_needs_add(
	struct dns_needs *, const char *name, enum dns_type, const char *why, unsigned depth);
/* By name, from the top of the tree, then by type. */
void dns_needs_sort(struct dns_needs *);
/* One line each, `NAME TYPE ; why`: names and types, nothing of any message. */
void dns_needs_write(struct buffer *, const struct dns_needs *);
/* Adds what such a text says; -1 at the first line that is none. FILE is for the error's text. */
int dns_needs_read(struct dns_needs *, struct span text, const char *file, struct error *reterr);

/* --- live resolver (ldns over UDP with retry over TCP). The one place in the program that sends a
 * packet. */
struct live_options {
	const char *server;  /* "ADDRESS[#PORT]", or NULL for the system's */
	const char *record;  /* --record FILE: every answer is appended, or NULL */
	int64_t now;         /* for ;@ recorded */
	unsigned timeout_ms; /* one try; 0: 3000 */
	unsigned tries;      /* 0: 2 */
	bool dnssec;         /* ask for and keep signatures */
};
struct dns *live_open(const struct live_options *, struct error *reterr);
/* Writes out what --record holds and says whether all of it could be written. */
int live_flush(struct dns *, struct error *reterr);
struct collect_options {
	struct live_options
		live;     /* live.record is the output: answers that it holds are not asked again */
	unsigned at_once; /* questions in flight; 0: 16 */
	unsigned per_second; /* questions begun; 0: no limit */
	/* What an answer opens (an SPF record's includes ...) is added to NEEDS; may be NULL. */
	void (*follow)(
		void *data, struct dns_needs *, const struct dns_need *, const struct dns_answer *);
	/* After each reply; false stops. May be NULL. */
	bool (*progress)(void *data, size_t answered, size_t known);
	void *data;
};
struct collect_result {
	size_t questions, found, absent, failed, kept; /* kept: were in the output before */
	bool stopped;
};
/* Asks all of NEEDS and what they open, many at once. 0, or -1 where the output could not be read
 * or written. */
int dns_collect(const struct collect_options *, struct dns_needs *, struct collect_result *,
	struct error *reterr);
/* FIRST where it has an answer other than not recorded, else SECOND. Owns both. */
struct dns *dns_chain(struct dns *first, struct dns *second);
/* One answer in the snapshot's form (records and ;@ lines), for recorders and exports. */
void snapshot_write_answer(struct buffer *, const struct dns_answer *);

#endif
