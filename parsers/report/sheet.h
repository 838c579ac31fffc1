/* SPDX-License-Identifier: ISC */
/*
 * struct sheet: an outline being written, row by row. Every text goes through printable() here, so
 * that the sections can hand in bytes of the message as they are.
 */
#ifndef PARSERS_REPORT_SHEET_H
#define PARSERS_REPORT_SHEET_H

#include "parsers/report/outline.h"

struct sheet {
	struct arena *arena;
	struct outline *outline;
	const struct report *report; /* NULL for explanations */
	unsigned width;
	const char *label; /* of the section that begins with the next row */
};

enum { SHEET_INDENT = 10 }; /* where the content of a section begins */

void sheet_init(struct sheet *, struct arena *, const struct report *, unsigned width);
/* Ends the section before with a blank row; NAME stands before the first row that follows. */
void sheet_section(struct sheet *, const char *name);
void sheet_row(struct sheet *, unsigned depth);
void sheet_heading(struct sheet *, const char *text);
void sheet_blank(struct sheet *);
/* Adds to the current row at COLUMN (0: right behind). */
void sheet_add(struct sheet *, enum piece_kind, unsigned column, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));
/* The same; cut where the row is too wide. */
void sheet_elastic(struct sheet *, enum piece_kind, unsigned column, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));
/* The same, never more than MAX columns. */
void sheet_cut(struct sheet *, enum piece_kind, unsigned column, unsigned max, const char *fmt, ...)
	__attribute__((format(printf, 5, 6)));
/* TEXT in the current row from COLUMN on, and in as many rows more as it needs. */
void sheet_wrap(struct sheet *, enum piece_kind, unsigned column, const char *text);
/* The same in MOST rows at most; the last is cut where the row is too wide. */
void sheet_wrap_most(
	struct sheet *, enum piece_kind, unsigned column, const char *text, size_t most);
/* What the current row speaks of. */
void sheet_target(struct sheet *, enum row_target, size_t index);
void sheet_where(struct sheet *, struct span where);

/* The column of the notes at the right, for this width. */
unsigned sheet_notes(const struct sheet *);

/* --- texts that several sections use */
const char *text_number(struct arena *, uint64_t); /* "1,483" */
/* "Tue 10 Nov 2026 09:12:44 +0000" */
const char *text_date(struct arena *, int64_t time, int offset_s);
const char *text_place(const struct sheet *, struct span where); /* "@986+49", or "" */
/* "3 things", "1 thing" */
const char *text_count(struct arena *, uint64_t, const char *thing);
/* "a, b and c" of at most MOST, then "and 4 more". */
const char *text_list(struct arena *, const char *const *text, size_t count, size_t most);
/* "a, b, c" of all. */
const char *text_joined(struct arena *, const char *const *text, size_t count);
/* "message-id" as "Message-ID". */
const char *field_title(struct arena *, const char *name);
enum piece_kind kind_of_result(enum result);
enum piece_kind kind_of_severity(enum severity);
/* What is proven of the author; a proven one who deceives is no good news. */
enum piece_kind kind_of_author(const struct report *);
/* "RSA 2048", "Ed25519", "" */
const char *text_key(struct arena *, const struct dkim_key *);
/* How a signature's or envelope's domain relates to the author's: 2 the same, 1 the same
 * organisation, 0 another, -1 unknown. */
int domain_relation(const struct report *, const char *domain);
/* The signature that proves the author (passes, aligned, covers most), or NULL. */
const struct dkim_signature *proving_signature(const struct report *);
bool signature_covers(const struct dkim_signature *, const struct field *);
/* SMTP over public addresses, as far as the line tells. */
bool hop_public(const struct hop *);

/* --- sections, a file each */
void outline_head(struct sheet *);
void outline_verdict(struct sheet *, bool all);
void outline_who(struct sheet *, bool all);
void outline_identities(struct sheet *);
void outline_proof(struct sheet *, bool all);
void outline_route(struct sheet *, bool all);
void outline_content(struct sheet *, bool all);
void outline_findings(struct sheet *, size_t most);
void outline_attached(struct sheet *, bool all);
void outline_failures(struct sheet *);
void outline_dkim_failure(struct sheet *, size_t index);
void outline_repair(struct sheet *, const struct dkim_signature *);
void outline_coverage(struct sheet *);
void outline_dmarc_failure(struct sheet *);
void outline_dmarc_walk(struct sheet *);
void outline_spf_failure(struct sheet *);
void outline_heading_spf(struct sheet *);
void outline_spf_steps(struct sheet *, const struct spf_result *);
void outline_hops(struct sheet *);
void outline_comparisons(struct sheet *);
void outline_arc(struct sheet *);
void outline_questions(struct sheet *);
void outline_clocks(struct sheet *);
void outline_not_known(struct sheet *);
void outline_structure(struct sheet *);
void outline_links(struct sheet *);
void outline_headers(struct sheet *);
void outline_body(struct sheet *);
void outline_dns(struct sheet *);

#endif
