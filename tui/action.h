/* SPDX-License-Identifier: ISC */
/* Actions: what keys do. One list (action.def) makes the enum, the key map, the help and the manual's section. */
#ifndef TUI_ACTION_H
#define TUI_ACTION_H

#include <stddef.h>

enum scope {
	SCOPE_LIST = 1 << 0,
	SCOPE_MESSAGE = 1 << 1,
	SCOPE_BYTES = 1 << 2,
	SCOPE_HELP = 1 << 3,
	SCOPE_ALL = SCOPE_LIST | SCOPE_MESSAGE | SCOPE_BYTES,
};

enum action {
	ACTION_NONE,
#define ACTION(name, keys, scope, help) ACTION_##name,
#include "tui/action.def"
#undef ACTION
	ACTION_COUNT
};

/* What an action leaves to be drawn: the view with its prompt, or the whole terminal anew. */
enum redraw { REDRAW_NOTHING, REDRAW_VIEW, REDRAW_SCREEN };

/* Keys beyond characters, as screen.c reads them from the terminal. Characters are their code points. */
enum key {
	KEY_CODE_FIRST = 0x200000,
	KEY_CODE_UP,
	KEY_CODE_DOWN,
	KEY_CODE_LEFT,
	KEY_CODE_RIGHT,
	KEY_CODE_PAGE_UP,
	KEY_CODE_PAGE_DOWN,
	KEY_CODE_HOME,
	KEY_CODE_END,
	KEY_CODE_BACKTAB,
	KEY_CODE_DELETE,
	KEY_CODE_F1,
	KEY_CODE_F2,
	KEY_CODE_F3,
	KEY_CODE_F4,
	KEY_CODE_F5,
	KEY_CODE_F6,
	KEY_CODE_RESIZE,
	KEY_CODE_MOUSE_DOWN, /* wheel */
	KEY_CODE_MOUSE_UP,
	KEY_CODE_MOUSE_CLICK,
};

struct action_info {
	const char *name, *keys, *help;
	unsigned scope;
};
const struct action_info *action_info(enum action);
/* What KEY does in SCOPE; ACTION_NONE where nothing. */
enum action action_of(unsigned key, unsigned scope);
/* By how many rows ACTION moves in a view that shows PAGE of them (a large number goes to an end); 0 where it moves nothing. */
long action_rows(enum action, long page);
/* Whether KEY is the one of this name ("^D", "PageUp", "j"). */
unsigned action_key(const char *name, size_t len);

#endif
