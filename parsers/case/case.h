/* SPDX-License-Identifier: ISC */
/*
 * struct case_file: a scan kept in SQLite (STRICT tables, WAL): what was read from where, a row a message with its flat
 * members and its record, its findings with their evidence, what DNS was used and what is missing, and the analyst's
 * marks, notes and journal. The same mail, evidence and options give the same rows. One thread at a time.
 */
#ifndef PARSERS_CASE_CASE_H
#define PARSERS_CASE_CASE_H

#include "parsers/report/report.h"

#define CASE_APPLICATION_ID 0x6d636b31 /* "mck1" */
enum { CASE_VERSION = 2 };	       /* PRAGMA user_version; older ones are migrated when opened for writing */

enum case_mode { CASE_READ, CASE_WRITE, CASE_CREATE }; /* CREATE: made where it is not there, else opened for writing */

struct case_file;

/* NULL with *RETERR where it can't be opened, is no case, or is of a newer version. CASE_READ works on read-only media. */
struct case_file *case_open(const char *path, enum case_mode, struct error *reterr);
void case_free(struct case_file *);
/* Whether FILE looks like a case (SQLite's header and our application_id). */
bool case_is(const char *path);
bool case_read_only(const struct case_file *);
const char *case_path(const struct case_file *);

/*
 * While the case answers, FN is asked every now and then whether to give up: non-zero ends the question with an error. FN may
 * tell what another thread wants; the case stays one thread's.
 */
void case_stop_when(struct case_file *, int (*fn)(void *), void *data);

/* --- writing (a scan's parent) --- */

int case_begin(struct case_file *, struct error *reterr);
int case_commit(struct case_file *, struct error *reterr);
int case_rollback(struct case_file *, struct error *reterr);
/*
 * For a long scan into a new case: most indexes of messages are kept back, and made when all rows are there. Whoever asks the
 * case meanwhile waits longer. MAKE does nothing where all are there.
 */
int case_indexes_defer(struct case_file *, struct error *reterr);
int case_indexes_make(struct case_file *, struct error *reterr);

/* Starts or goes on with a run under these options; OPTIONS is a line that names them (the same: the same run goes on). */
int case_run(struct case_file *, const char *options, struct error *reterr);
/* Marks the run as complete (or not). */
int case_run_finish(struct case_file *, bool complete, struct error *reterr);

/* A source's state, for going on. state: 0 new or changed, 1 partly read up to position, 2 read to its end. */
struct case_source {
	uint64_t size, position;
	int64_t mtime_ns;
	int state;
	int64_t id; /* 0: not there */
};
/* 1 with the row, 0 where there is none, -1. */
int case_source_get(struct case_file *, const char *path, struct case_source *ret, struct error *reterr);
/* Inserts or updates by path; sets SOURCE->id. */
int case_source_put(struct case_file *, const char *path, struct case_source *, struct error *reterr);
/* 1 where the case has a message, or an error, at PLACE (member, offset, length) of the source; 0; -1. */
int case_has_place(struct case_file *, int64_t source, const struct origin *place, struct error *reterr);
/* Takes away what was stored of a source that changed: its locations, errors, and messages that lie nowhere else. */
int case_source_forget(struct case_file *, int64_t source, struct error *reterr);

/* In a worker: everything that the case keeps of a report, as bytes to be handed to the parent. */
void case_encode(struct buffer *, const struct report *);
/* The hashes by which the case knows a report's message, and a copy of such a message at another place. */
void case_encode_hashes(struct buffer *, const struct report *);
void case_encode_copy(struct buffer *, const struct origin *, struct span hashes);
void case_encode_error(struct buffer *, const struct origin *, const struct error *);
/* In the parent: stores such bytes. A message known by its dedupe hash gets one more location and nothing else. */
int case_store(struct case_file *, int64_t source, struct span encoded, struct error *reterr);

/* --- asking --- */

/*
 * The filter language: `field:value`, `field>=value`, `field:>n`, `date:a..b`, `code:X`, `tag:x`, and, or, not, parentheses,
 * quoted values; free words search From and Subject. Compiled to SQL with bound values. On a bad query NULL, the reason
 * in *RETERR, its place (a byte of TEXT) in *RET_AT.
 */
struct filter;
struct filter *filter_compile(const char *text, size_t *ret_at, struct error *reterr);
void filter_free(struct filter *);
/* The fields' names, for help and completion; NULL ends them. */
const char *const *filter_fields(void);

enum case_sort {
	CASE_SORT_PLACE,
	CASE_SORT_SEVERITY,
	CASE_SORT_AUTHOR,
	CASE_SORT_DATE,
	CASE_SORT_FROM,
	CASE_SORT_SUBJECT,
	CASE_SORT_DKIM,
	CASE_SORT_SPF,
	CASE_SORT_DMARC,
	CASE_SORT_FINDINGS,
	CASE_SORT_SIZE,
	CASE_SORT_COUNT,
};
const char *case_sort_word(enum case_sort);
/* -1 where there is no such word. */
int case_sort_of(const char *word);

/* The ids of what FILTER (NULL: all) selects, in order, a step at a time: a cursor that a list fills itself from. */
struct case_cursor;
struct case_cursor *case_select(struct case_file *, const struct filter *, enum case_sort, bool descending,
	struct error *reterr);
/* Up to MAX ids; 0 at the end, -1 on an error. */
int case_fetch(struct case_cursor *, int64_t *ret, size_t max, struct error *reterr);
void case_cursor_free(struct case_cursor *);
/* How many messages FILTER selects; -1 on an error. */
int64_t case_count(struct case_file *, const struct filter *, struct error *reterr);
/* What FILTER selects by author and severity. 0 or -1. */
struct case_counts {
	int64_t n[AUTHOR_UNKNOWN + 1][SEVERITY_CRITICAL + 1];
};
int case_counts(struct case_file *, const struct filter *, struct case_counts *ret, struct error *reterr);
/* The message of OTHER that is the same as ID here but for line ends; 0 where it has none. */
int64_t case_same(struct case_file *, int64_t id, struct case_file *other);
/* The id of the message that came last, 0 where there is none: a cheap sign that there are new ones. */
int64_t case_last(struct case_file *);
/* How many messages are marked. */
int64_t case_marked(struct case_file *);
/* Whether anybody has marked, tagged or noted anything. */
bool case_has_work(struct case_file *);

/* A row of the list; texts as in the message (hostile bytes too), in ARENA. */
struct case_row {
	int64_t id;
	enum severity severity;
	enum author author;
	enum result dkim, spf, dmarc, arc;
	bool complete;
	int64_t date; /* TIME_NONE */
	uint64_t size;
	unsigned findings, places;
	const char *from, *from_domain, *subject, *code; /* the worst finding's code, or NULL */
	const char *tags; /* blank-separated, or "" */
	bool marked, noted;
};
/* 1 with the row, 0 where there is none, -1 on an error. */
int case_row(struct case_file *, struct arena *, int64_t id, struct case_row *ret, struct error *reterr);
/* The record as JSON text; NULL where there is none. */
const char *case_record(struct case_file *, struct arena *, int64_t id);
/* The nth place where the message lies (0 the first). 1, 0, -1. */
int case_location(struct case_file *, struct arena *, int64_t id, unsigned nth, struct origin *ret, struct error *reterr);

/* Counts for summaries: each row (label, count), most first, at most MAX (0: all). FN returns non-zero to stop. */
enum case_tally {
	TALLY_AUTHOR,
	TALLY_SEVERITY,
	TALLY_CODE,
	TALLY_DOMAIN,
	TALLY_DKIM,
	TALLY_SPF,
	TALLY_DMARC,
	TALLY_MISSING,
	TALLY_TAG,
};
int case_tally(struct case_file *, enum case_tally, unsigned max, int (*fn)(void *, const char *label, int64_t count),
	void *data, struct error *reterr);
/* Groups of messages that share something: signing key, border address, body hash, attachment hash, replayed signature. */
enum case_group { GROUP_KEY, GROUP_BORDER, GROUP_BODY, GROUP_ATTACHMENT, GROUP_REPLAY };
int case_group_of(const char *word);
const char *case_group_word(enum case_group);
/* Each group of at least LEAST messages, the largest first. */
int case_group(struct case_file *, enum case_group, unsigned least,
	int (*fn)(void *, const char *label, int64_t count, int64_t first_id), void *data, struct error *reterr);

/* --- the analyst's work: all of it undoable --- */
int case_mark(struct case_file *, const int64_t *id, size_t count, bool on, struct error *reterr);
int case_tag(struct case_file *, const int64_t *id, size_t count, const char *tag, bool on, struct error *reterr);
/* NULL or "" removes it. */
int case_note_set(struct case_file *, int64_t id, const char *text, struct error *reterr);
const char *case_note(struct case_file *, struct arena *, int64_t id);
/* 1 with what was undone (redone) in RET_TEXT (size 128), 0 where there is nothing, -1 on an error. */
int case_undo(struct case_file *, char *ret_text, struct error *reterr);
int case_redo(struct case_file *, char *ret_text, struct error *reterr);

/* --- whole files --- */
/* Adds all of OTHER: messages met before get their further locations; marks and notes are joined. */
int case_merge(struct case_file *, const char *other, struct error *reterr);
/* Reads every location again and compares hashes. FN is told of each that differs or can't be read. How many, or -1. */
int64_t case_verify(struct case_file *, void (*fn)(void *, const struct origin *, const char *what), void *data,
	struct error *reterr);

struct case_info {
	int64_t messages, locations, sources, errors, findings, missing;
	const char *options;
	bool finished;
};
int case_info(struct case_file *, struct arena *, struct case_info *ret, struct error *reterr);
/* "PRAGMA integrity_check": 0 where sound. */
int case_check(struct case_file *, struct error *reterr);

#endif
