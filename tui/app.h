/* SPDX-License-Identifier: ISC */
/* Inside the room: the state of the triage view. Views draw from it as const; actions change it and say so. */
#ifndef TUI_APP_H
#define TUI_APP_H

#include <sys/types.h>

#include "parsers/report/outline.h"
#include "tui/action.h"
#include "tui/bulk.h"
#include "tui/canvas.h"
#include "tui/triage.h"
#include "tui/tui.h"

enum { TABS = 8, STATUS_SIZE = 256, OPENED_DEPTH = 8, PROMPT_SIZE = 1024, HISTORY = 32 };

enum view { VIEW_LIST, VIEW_MESSAGE, VIEW_BYTES, VIEW_HELP, VIEW_COUNTS };

/* A tab of a message: an outline and where one is in it. */
struct tab {
	const struct outline *outline; /* NULL: not built yet, or the width changed */
	size_t cursor, top;
	bool *folded; /* rows whose deeper rows are hidden */
	size_t evidence; /* of the row under the cursor: which bytes were visited last, from 1 */
};

/* A message that is open: its bytes, its report, its tabs. Everything is in its own arena. */
struct opened {
	struct arena *arena;
	int64_t id; /* in the case; 0 for a part opened as a message */
	struct span raw;
	uint8_t *owned; /* raw's memory, where it is ours */
	struct origin origin;
	const struct report *report; /* NULL where the bytes could not be read */
	struct report_options options;
	char trouble[256];
	struct tab tab[TABS];
	int current;
	unsigned width; /* that the outlines were made for */
};

/* Bytes on the screen, as lines or in hexadecimal. */
struct bytes {
	struct span data;
	bool hex, is_raw; /* is_raw: the message itself, so that evidence has a place in it */
	size_t top;	  /* offset of the first byte shown */
	struct span found; /* what is highlighted, or none */
	char title[128];
	const struct finding_span *evidence;
	size_t evidence_count, evidence_at;
	struct span single; /* evidence of one span */
};

enum prompt_kind {
	PROMPT_NONE,
	PROMPT_SEARCH,
	PROMPT_FILTER,
	PROMPT_MARK,
	PROMPT_TAG,
	PROMPT_NOTE,
	PROMPT_SAVE,
	PROMPT_PIPE,
	PROMPT_COMMAND,
	PROMPT_QUIT,
};

struct prompt {
	enum prompt_kind kind;
	char text[PROMPT_SIZE];
	size_t len, at;
	size_t caret; /* of an error, + 1; 0 none */
	char *history[HISTORY];
	size_t history_count, history_at;
};

struct app {
	const struct tui_options *options;
	struct arena *scratch; /* of one drawing */
	struct case_file *file;
	struct triage list;
	enum view view, before_help;
	int pane;	/* of the list: 0 messages, 1 findings, 2 evidence */
	bool maximised;
	int rows, columns;
	struct opened *preview; /* of the row under the cursor */
	struct tab *findings_tab;
	struct opened *opened[OPENED_DEPTH];
	size_t depth;
	struct bytes bytes;
	enum view bytes_from;
	struct prompt prompt;
	char search[PROMPT_SIZE]; /* within a message or its bytes */
	char last_tag[80];
	char help_filter[64];
	size_t help_top;
	char status[STATUS_SIZE];
	bool mouse, quit;
	int64_t marked;
	struct gather *counting; /* the counts of the list, while they are worked out or shown */
	struct case_file *other; /* a second case, beside the list; NULL for none */
	struct bulk *bulk;     /* marks and tags that are being written */
	struct saving *saving; /* messages that are being saved */
	/* The scan behind the list, where paths were opened. */
	pid_t scanner;
	char *private_case; /* to be kept or removed at the end */
	bool keep_case, worked; /* worked: it holds marks, tags or notes */
	int64_t scan_bytes;
};

/* Where the panes of the list stand. A pane of no rows is not shown. */
struct layout {
	struct area title, messages, findings, evidence, status, prompt;
};

void app_status(struct app *, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* How many hits the list's search has, and whether it still goes on; in the scratch arena. */
const char *app_hits(const struct app *);
struct opened *app_message(const struct app *);

/* layout.c */
struct layout layout_list(int rows, int columns, int maximised_pane);
struct area layout_whole(int rows, int columns);

/* opened.c */
struct opened *opened_case(struct app *, int64_t id);
/* A part of O as a message of its own; NULL where it is none. */
struct opened *opened_part(struct app *, const struct opened *o, size_t part);
void opened_free(struct opened *);
/* Builds the outline of a tab for WIDTH. */
struct tab *opened_tab(struct opened *, int tab, unsigned width);
/* Moves the border and makes the report anew. */
void opened_border(struct app *, struct opened *, int delta);
/* Visible rows of a tab from row FROM on: skips what is folded. The count is returned where none is left. */
size_t tab_next(const struct tab *, size_t row);
size_t tab_previous(const struct tab *, size_t row);
bool tab_has_children(const struct tab *, size_t row);
/* False where the cursor stays. */
bool tab_move(struct tab *, long delta, size_t page);
extern const char *const tab_names[TABS];

/* view_*.c: draw is pure, act changes. */
void view_list_draw(const struct app *, struct canvas *);
enum redraw view_list_act(struct app *, enum action);
size_t view_list_page(const struct app *);
size_t view_list_findings_page(const struct app *);
void view_message_draw(const struct app *, struct canvas *);
enum redraw view_message_act(struct app *, enum action);
void view_bytes_draw(const struct app *, struct canvas *);
enum redraw view_bytes_act(struct app *, enum action);
/* Bytes WHERE of O in the bytes view, from the view that is shown now. */
void view_bytes_open(struct app *, const struct opened *o, const struct row *row, bool hex);
void view_bytes_data(struct app *, struct span data, const char *title);
/* A few lines of bytes around WHERE: the evidence pane. */
void view_bytes_lines(const struct app *, struct canvas *, const struct area *, struct span raw, size_t from, struct span found);
bool view_bytes_search(struct app *, bool forward);
/* How many there are in the list by author and severity. */
void view_counts_open(struct app *);
void view_counts_draw(const struct app *, struct canvas *);
enum redraw view_counts_act(struct app *, enum action);
void view_help_draw(const struct app *, struct canvas *);
void view_help_key(struct app *, unsigned key);

/* prompt.c */
void prompt_open(struct app *, enum prompt_kind, const char *text);
void prompt_key(struct app *, unsigned key);
void prompt_draw(const struct app *, struct canvas *);

/* work.c: what prompts and keys do to the case. */
void work_mark(struct app *);
void work_mark_matching(struct app *, const char *query);
void work_clear_marks(struct app *);
void work_tag(struct app *, const char *text);
/* The message under the cursor gets the tag that was given last. False where there was none. */
bool work_tag_again(struct app *);
void work_note(struct app *, const char *text);
void work_undo(struct app *, bool redo);
void work_save(struct app *, const char *file);
void work_pipe(struct app *, const char *command);
void work_copy(struct app *, const char *text);
/* Opens another case beside the list; "" closes it. */
void work_compare(struct app *, const char *file);
void work_command(struct app *, const char *line);
void work_count_marks(struct app *);
/* Looks after what is being written; waits MS for it at most. True while it goes on. */
bool work_going_on(struct app *, int ms);
/* Goes on with saving; false where there is nothing to save. */
bool work_save_step(struct app *);
void work_save_stop(struct app *);
/* The bytes that save and pipe take: of the part under the cursor, or of the message. */
struct span work_bytes(const struct app *);
/* The message under the cursor, or the one that is open; 0 where there is none. */
int64_t work_id(const struct app *);
/* The messages to save: the marked ones, else the one under the cursor. On the heap. */
int64_t *work_ids(struct app *, size_t *ret_count);

/* app.c */
/* What a key does; draws nothing, and says what must be. */
enum redraw app_key(struct app *, unsigned key);
/* Does a little of what waits; returns how long to wait for a key then, in milliseconds (-1: for ever). */
int app_idle(struct app *);
/* The view and the prompt, on a canvas of the size that APP has. */
void app_draw(const struct app *, struct canvas *);
enum redraw app_act(struct app *, enum action);
void app_back(struct app *);
void app_open_message(struct app *, int tab);
void app_push(struct app *, struct opened *);

#endif
