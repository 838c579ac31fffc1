/* SPDX-License-Identifier: ISC */
/* Inside the room: what a scan's parent and its workers say to each other. */
#ifndef PARSERS_CASE_WORKER_H
#define PARSERS_CASE_WORKER_H

#include <sys/types.h>

#include "parsers/case/channel.h"
#include "parsers/case/memo.h"
#include "parsers/case/scan.h"

/*
 * A task: COUNT entries of the plan from FIRST on, beginning with the BEGINth of them less its first SKIP messages. Where
 * COUNT is 1, only the messages in [from, to).
 */
struct task {
	uint64_t number; /* in the plan's order */
	size_t first, count, begin;
	uint64_t from, to, skip;
	bool counts;  /* one file that is no mbox: its position counts messages */
	bool careful; /* announce each message before it is checked and send each record at once */
};

enum frame_kind { FRAME_START, FRAME_RECORD, FRAME_ATTACHED, FRAME_ERROR, FRAME_ENTRY_DONE, FRAME_TASK_DONE };

/* Before LEN bytes of payload. RECORD, and ATTACHED for what came inside the message of the last RECORD: stats, then the record; ERROR: the line for standard error, then the record. */
struct frame {
	uint32_t kind;
	uint32_t first_len; /* of the payload's first half */
	uint64_t len;	    /* of the whole payload */
	uint64_t entry;	    /* index in the plan */
	uint64_t offset;    /* of the message */
};

struct worker {
	pid_t pid;
	int to; /* tasks go out, */
	struct channel from; /* frames come in */
};

/*
 * Forks a worker that serves until its task socket is closed. It lets go of the sockets of ALL (the parent's workers, itself
 * among them as the one with NUMBER), so that each sees the end of its own. 0 or -1.
 */
int worker_start(struct worker *, const struct scan_options *, struct memo *, const struct worker *all, size_t count,
	unsigned number, struct error *reterr);
/* Closes the sockets, kills where KILL, and waits. The status of waitpid(). */
int worker_stop(struct worker *, bool kill_it);

/* "dump.tar!inbox/1.eml", printable. */
void place_name(struct buffer *, const struct origin *);
/* "dump.mbox@104857600: reason", printable: a line for standard error. */
void problem_line(struct buffer *, const struct origin *, const char *text);

#endif
