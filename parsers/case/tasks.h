/* SPDX-License-Identifier: ISC */
/*
 * struct tasks: the plan cut into tasks, in its order. Small files share a task; a large mbox is
 * cut into ranges; what the sink says was done by an earlier run is left out.
 */
#ifndef PARSERS_CASE_TASKS_H
#define PARSERS_CASE_TASKS_H

#include "parsers/case/worker.h"

struct tasks {
	const struct plan *plan; /* borrowed, as the sink */
	struct scan_sink *sink;
	unsigned jobs;
	uint64_t formed;
	uint64_t passed; /* bytes of the entries before */
	size_t entry;  /* where the next task begins */
	bool begun;    /* the sink was asked about it */
	bool cut;      /* it is an mbox that is cut into ranges */
	uint64_t from; /* where it goes on */
	uint64_t at;   /* and where its next range begins */
};

/* 1 with the next task, 0 at the plan's end, -1 where the sink failed. */
int tasks_next(struct tasks *, struct task *ret, struct error *reterr);
/* Whether every entry was handed out or left out. */
bool tasks_done(const struct tasks *);

#endif
