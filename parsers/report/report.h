/* SPDX-License-Identifier: ISC */
/*
 * struct report: all that is known of one message, made by one pure call: the same bytes, DNS
 * evidence and options give the same report, always. The views and the writers read it and add
 * nothing.
 */
#ifndef PARSERS_REPORT_REPORT_H
#define PARSERS_REPORT_REPORT_H

#include "parsers/base/buffer.h"
#include "parsers/findings/findings.h"
#include "parsers/message/source.h"

#define REPORT_SCHEMA "mailcheck-report/1"

enum report_at { REPORT_AT_RECEIPT, REPORT_AT_TIME };

/* Options of every checking command. All members are borrowed; zero is a sound default. */
struct report_options {
	struct dns *dns;      /* NULL: nothing recorded */
	bool dns_complete;    /* for AUTH-NO-DMARC and the like: absent means absent */
	int64_t dns_recorded; /* newest record of the evidence, for the first line; TIME_NONE */
	struct dkim_context *dkim; /* needed */
	const struct psl *psl;     /* needed */
	struct dmarc_cache *dmarc_cache; /* or NULL */
	struct spf_cache *spf_cache;     /* or NULL */
	struct trust trust;
	const char *const *trusted_sealer;
	size_t trusted_sealer_count;
	const char *const *protect;
	size_t protect_count;
	enum report_at at_mode;
	int64_t at;  /* of REPORT_AT_TIME */
	int64_t now; /* for the notes beside; TIME_NONE: none */
	enum repair_depth repair;
	enum dmarc_standard dmarc;
	bool auth_only; /* scan --checks auth: no MIME, content or link findings */
	/* Only what report_json(), report_csv() and a case file write is made: none of the views' own
	 * members (proven, is_false, unknown, receiving), nor is DNS asked for them. */
	bool record_only;
};

struct comparison {
	const char *method, *identity, *recorded,
		*recomputed; /* identity and recomputed may be NULL */
	int agrees;          /* 1, 0, -1 for unknown */
	const char *explanation;
	const struct field *field;
	bool trusted;
};

struct missing {
	const char *name, *type, *why;
};

/* Whether the host that took it in is the recipient domain's: 1, 0, -1 for unknown. */
struct receiving {
	int answer;
	const char *explanation;
};

struct report {
	struct evidence evidence; /* everything that was found, stage by stage */
	const struct findings *findings;
	struct clock_list clocks; /* of the trace and the findings; CLOCK_SIGNED where what covers
				     them verifies */
	struct origin origin;
	const char *sha256, *dedupe;
	enum author author;
	enum severity severity;
	bool complete;        /* nothing that was asked is missing from the DNS evidence */
	const char *summary;  /* "HEADLINE: sentence", the first line of the plain view */
	const char *headline; /* "FORGED IN PART" */
	const char *sentence; /* "bank.example signed 156 of 261 body bytes; ..." */
	/* What holds, what does not, what can't be known: a sentence each, for the first lines. */
	const char **proven, **is_false, **unknown;
	size_t proven_count, false_count, unknown_count, proven_room, false_room, unknown_room;
	int64_t checked_at;
	const char *message_id;
	struct address_list header_from; /* of all From fields, the topmost first */
	enum result dkim_result, spf_result, dmarc_result, arc_result;
	struct comparison *comparison;
	size_t comparison_count, comparison_room;
	struct missing *missing;
	size_t missing_count, missing_room;
	const char **not_known;
	size_t not_known_count, not_known_room;
	/* Beside the checks: what is missing here makes no report incomplete. */
	struct dns_log *extra_dns;
	struct receiving receiving;
	const struct report_options *options;
};

const struct report *report_build(
	struct arena *, struct span raw, const struct origin *, const struct report_options *);

/* One record as JSON (report.schema.json), one line, pure ASCII, members in a fixed order, with a
 * final newline. */
void report_json(struct buffer *, const struct report *);
/* RECORD as report_json() wrote it, of the same bytes at another place. */
void report_json_moved(struct buffer *, struct span record, const struct origin *);
/* One SPF evaluation (the schema's spf_check), for `mailcheck spf`. */
void report_json_spf(struct buffer *, const struct spf_result *);
void report_json_error(struct buffer *, const struct origin *, const struct error *);
/* The flat members as CSV (RFC 4180, formula guard). */
/* A cell that a spreadsheet would take for a formula gets a "'" before it; line ends and hostile
 * characters are shown. A comma comes before all but the FIRST. */
void report_csv_cell(struct buffer *, bool first, const char *text);
void report_csv_head(struct buffer *);
void report_csv(struct buffer *, const struct report *);
void report_csv_moved(struct buffer *, struct span record, const struct origin *);
void report_csv_error(struct buffer *, const struct origin *, const struct error *);

#endif
