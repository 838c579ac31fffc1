/* SPDX-License-Identifier: ISC */
/*
 * A scan: many sources through report_build() in forked workers, the results in input order to a sink. The parent lists
 * files and cuts large mboxes into ranges; a worker reads its range itself, so that no message crosses a pipe. A worker that
 * dies, hangs or meets its memory limit on a message costs that message an error record.
 */
#ifndef PARSERS_CASE_SCAN_H
#define PARSERS_CASE_SCAN_H

#include <signal.h>

#include "parsers/case/case.h"

struct plan_entry;

/* What becomes of the results. The first four run in a worker, the others in the parent, in input order. */
struct scan_sink {
	void (*render)(struct scan_sink *, struct buffer *, const struct report *);
	void (*render_error)(struct scan_sink *, struct buffer *, const struct origin *, const struct error *);
	/* What RECORD, just rendered, leaves for copies of the message: RECORD itself, or bytes put into the buffer; and the
	 * record of a copy made of that. */
	struct span (*keep)(struct scan_sink *, struct buffer *, const struct report *, struct span record);
	void (*again)(struct scan_sink *, struct buffer *, struct span kept, const struct origin *);
	int (*write)(struct scan_sink *, const struct plan_entry *, struct span record, bool is_error, struct error *reterr);
	/*
	 * The entry comes next; *RET_FROM is where it goes on (0, or where an earlier run stopped). 1: go on; 0: it is
	 * done, skip it; -1: failed. Called when the source's turn is planned, ahead of its first record. A position is a
	 * byte of an mbox; for any other file it counts messages.
	 */
	int (*begin)(struct scan_sink *, const struct plan_entry *, uint64_t *ret_from, struct error *reterr);
	/* Everything of the source before POSITION was written; DONE: the source is read to its end. */
	int (*reached)(struct scan_sink *, const struct plan_entry *, uint64_t position, bool done, struct error *reterr);
	/* Makes what was written so far durable, as one with the positions. */
	int (*checkpoint)(struct scan_sink *, struct error *reterr);
	/* The end: COMPLETE where every source was read. Frees nothing. 1: told to stop, and something is left to do; -1. */
	int (*finish)(struct scan_sink *, bool complete, struct error *reterr);
	void (*free)(struct scan_sink *);
};

struct scan_progress {
	uint64_t bytes, bytes_total, messages, errors, files, files_total;
	uint64_t by_severity[SEVERITY_CRITICAL + 1]; /* messages */
};

/*
 * The inputs frozen: a line each, {"source","size","mtime_ns"} for a file; {"source","offset","length"}, and "member" in an
 * archive, for one message, in the words of its record. Of a file that grew since, the messages that start within SIZE are read.
 */
struct plan_entry {
	const char *source;
	const char *member; /* where exact: inside the archive; or NULL */
	uint64_t size;	    /* when planned */
	uint64_t from, to; /* the range; 0 and UINT64_MAX for all */
	int64_t mtime_ns;
	bool exact;	     /* [from, to) is one message, as a record's offset and length name it */
	const char *trouble; /* why it can't be read at all (a pipe in a directory); or NULL */
};
struct plan {
	struct arena *arena;
	struct plan_entry *entry;
	size_t count, room;
	uint64_t total; /* bytes */
};
/* How many bytes of its file the entry has: they count for totals and shards. */
uint64_t plan_entry_bytes(const struct plan_entry *);
struct plan *plan_new(void);
void plan_free(struct plan *);
/* A copy of ENTRY. */
void plan_add(struct plan *, struct plan_entry);
/* Walks PATHS. Paths that can't be looked at become entries of size 0, so that the scan reports them. */
int plan_add_paths(struct plan *, const char *const *path, size_t count, struct error *reterr);
/* Lines of plan_write(); or, where they are no JSON, a path each (--files-from), walked like paths. */
int plan_read(struct plan *, struct span text, const char *name, char separator, struct error *reterr);
void plan_write(struct buffer *, const struct plan *);
/* Keeps the messages that start in bytes [total * (k-1) / n, total * k / n) of the plan. */
int plan_shard(struct plan *, unsigned k, unsigned n, struct error *reterr);

struct scan_options {
	struct report_options report;
	const struct plan *plan; /* borrowed */
	bool attached;		 /* a record for each message inside a message, after that one's */
	unsigned jobs;		 /* 0: the processors */
	struct scan_sink *sink;
	unsigned timeout_s;  /* of one message; 0: 120 */
	size_t memory_limit; /* of one worker's data; 0: 2 GiB */
	const volatile sig_atomic_t *stop; /* non-zero: stop after what is under way; NULL: never */
	void (*progress)(void *, const struct scan_progress *); /* at most a few times a second; or NULL */
	void *progress_data;
	void (*problem)(void *, const char *text); /* each error record, as a line for standard error; or NULL */
	void *problem_data;
};

struct scan_count {
	const char *label;
	uint64_t count;
};
struct scan_summary {
	struct scan_progress progress;
	uint64_t by_author[AUTHOR_UNKNOWN + 1];
	uint64_t by_code[FINDING_COUNT]; /* messages */
	bool interrupted;
	/* Most frequent From domains and missing DNS names, most first; in arena. */
	struct arena *arena;
	struct scan_count *domain, *missing;
	size_t domain_count, missing_count;
};
void scan_summary_release(struct scan_summary *);

/* 0 where all could be done (error records included); -1 where the sink failed or the system refused. */
int scan_run(const struct scan_options *, struct scan_summary *ret, struct error *reterr);

/* Sinks. FILE "-" is standard output; RESUME goes on where an earlier run of the same options stopped. */
enum scan_format { SCAN_NDJSON, SCAN_CSV, SCAN_TEXT };
struct scan_sink *sink_stream(const char *file, enum scan_format, bool resume, const char *options, struct error *reterr);
struct sink_case_options {
	const char *run;		   /* a line that names the scan's options: the same run goes on */
	bool asked;			   /* somebody asks the case meanwhile: its indexes are made with the rows */
	const volatile sig_atomic_t *stop; /* non-zero: give up making indexes at the end; NULL: never */
};
struct scan_sink *sink_case(const char *file, const struct sink_case_options *, struct error *reterr);
/* Where a file that was read to its end goes on: at its old end where it only grew and is an mbox, else at 0. */
uint64_t sink_grown_from(const struct plan_entry *, uint64_t old_size);
/* Standard input: when it was read to its end, what comes next time is something else. */
bool sink_is_stream(const struct plan_entry *);

#endif
