/* SPDX-License-Identifier: ISC */
/*
 * struct triage: what the list shows of a case, without a screen: which messages by filter and order, where the cursor is,
 * what a search hits. It fills itself a step at a time, so that a million rows never keep a key waiting.
 */
#ifndef TUI_TRIAGE_H
#define TUI_TRIAGE_H

#include "tui/gather.h"

struct rows {
	int64_t *id;
	size_t count, room;
};

struct triage {
	struct case_file *file; /* borrowed */
	struct rows rows;	/* message ids in order, as far as loaded */
	int64_t seen;  /* messages in the case when the list was last filled; -1 while not known */
	int64_t total; /* how many rows there will be; -1 while not known */
	bool loading;
	enum case_sort sort;
	bool descending;
	char *filter;	    /* text of the filter in force, "" for none */
	size_t cursor, top; /* rows */
	int64_t keep;	    /* the id that the cursor wants to stay on while the list is filled anew, or 0 */
	struct gather *gather; /* while loading */
	/* A list that is filled anew behind the one that is shown, while a scan adds messages. */
	struct rows fresh;
	bool following;
	int64_t last; /* the case's last message when the list was begun */
	/* search: first the ids that match are gathered, then the rows are gone through for them */
	char *search;	       /* "" for none */
	struct gather *seeking; /* while not all ids are there */
	struct rows found;     /* ids, ascending */
	size_t searched;       /* rows gone through */
	bool jump;	       /* the cursor goes to the first hit from where it is */
	size_t *hit;	       /* rows, ascending */
	size_t hit_count, hit_room;
};

void triage_init(struct triage *, struct case_file *);
void triage_release(struct triage *);
/* Starts filling again under the present filter and order; the cursor goes back to where it was by message. */
int triage_restart(struct triage *, struct error *reterr);
/* 0, or -1 with the reason and its place; the filter in force stays. */
int triage_filter(struct triage *, const char *text, size_t *ret_at, struct error *reterr);
int triage_sort(struct triage *, enum case_sort, bool descending, struct error *reterr);
/* Takes up to MAX more ids of those that have come, and goes on with the search. True where something changed: call again. */
bool triage_step(struct triage *, size_t max, size_t page);
/* Waits for more of what is under way, for MS milliseconds at most. */
void triage_wait(struct triage *, int ms);
/* The list or a search is not complete yet. */
bool triage_busy(const struct triage *);
void triage_stop(struct triage *);
/* Percent loaded; 100 when done, -1 where it can't be known. */
int triage_percent(const struct triage *);
/* Moves the cursor by DELTA rows, or to ROW, within what is loaded; PAGE rows are visible. True where it moved. */
bool triage_move(struct triage *, long delta, size_t page);
bool triage_go(struct triage *, size_t row, size_t page);
/* The message under the cursor; 0 where the list is empty. */
int64_t triage_current(const struct triage *);
/*
 * Begins to look for TEXT in From and Subject; "" forgets the search. With JUMP the cursor goes to the first hit from where it
 * is, once that is found. -1 with why.
 */
int triage_search(struct triage *, const char *text, bool jump, struct error *reterr);
/* TEXT as one quoted word of the filter language; on the heap. */
char *triage_quote(const char *text);
bool triage_searching(const struct triage *);
/* To the next (FORWARD) or previous hit, around the end. False where there is none. */
bool triage_hit(struct triage *, bool forward, size_t page);
/* Begins to fill the list anew behind the one shown where a scan has stored messages since. True where it has. */
bool triage_follow(struct triage *);

#endif
