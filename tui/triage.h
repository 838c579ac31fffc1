/* SPDX-License-Identifier: ISC */
/*
 * struct triage: what the list shows of a case, without a screen: which messages by filter and order, where the cursor is,
 * what a search hits. It fills itself a step at a time, so that a million rows never keep a key waiting.
 */
#ifndef TUI_TRIAGE_H
#define TUI_TRIAGE_H

#include "parsers/case/case.h"

struct triage {
	struct case_file *file; /* borrowed */
	int64_t *id;		/* message ids in order, as far as loaded */
	size_t count, room;
	int64_t seen;		/* messages in the case when the list was last filled */
	int64_t total;		/* how many there will be; -1 while not known */
	bool loading;
	enum case_sort sort;
	bool descending;
	char *filter;		/* text of the filter in force, "" for none */
	size_t cursor, top;	/* rows */
	int64_t keep;		/* the id that the cursor wants to stay on while the list is filled anew, or 0 */
	/* search */
	char *search;		/* "" for none */
	size_t *hit;		/* rows, ascending, of what is loaded */
	size_t hit_count, hit_room;
	struct case_cursor *cursor_sql; /* while loading */
	struct filter *compiled;
};

void triage_init(struct triage *, struct case_file *);
void triage_release(struct triage *);
/* Starts filling again under the present filter and order; the cursor goes back to where it was by message. */
int triage_restart(struct triage *, struct error *reterr);
/* 0, or -1 with the reason and its place; the filter in force stays. */
int triage_filter(struct triage *, const char *text, size_t *ret_at, struct error *reterr);
int triage_sort(struct triage *, enum case_sort, bool descending, struct error *reterr);
/* Loads up to MAX more ids. True while there is more to come. */
bool triage_step(struct triage *, size_t max);
void triage_stop(struct triage *);
/* Percent loaded; 100 when done. */
int triage_percent(const struct triage *);
/* Moves the cursor by DELTA rows, or to ROW, within what is loaded; PAGE rows are visible. True where it moved. */
bool triage_move(struct triage *, long delta, size_t page);
bool triage_go(struct triage *, size_t row, size_t page);
/* The message under the cursor; 0 where the list is empty. */
int64_t triage_current(const struct triage *);
/* Finds TEXT in From and Subject of the loaded rows; "" forgets the search. -1 with why. */
int triage_search(struct triage *, const char *text, struct error *reterr);
/* To the next (FORWARD) or previous hit, around the end. False where there is none. */
bool triage_hit(struct triage *, bool forward, size_t page);
/* Adds messages that a scan under way has stored since (only where no filter or order forbids). True where some came. */
bool triage_follow(struct triage *, struct error *reterr);

#endif
