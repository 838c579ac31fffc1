/* SPDX-License-Identifier: ISC */
/* The terminal: the one file that knows curses. Shows a canvas, reads keys, and always gives the terminal back. */
#ifndef TUI_SCREEN_H
#define TUI_SCREEN_H

#include "parsers/base/error.h"
#include "tui/action.h"
#include "tui/canvas.h"

/* 0, or -1 where there is no terminal. COLOUR false: attributes only. */
int screen_open(bool colour, struct error *reterr);
void screen_close(void);
/* The signal (SIGTERM, SIGHUP and their kin) that asks the program to end, or 0. */
int screen_told_to_end(void);
void screen_size(int *ret_rows, int *ret_columns);
/* Only what changed is sent. */
void screen_show(const struct canvas *);
/* Sends everything anew. */
void screen_redraw(void);
/* The next key; 0 where none came within TIMEOUT_MS (-1: waits). Ctrl and characters as they are. */
unsigned screen_key(int timeout_ms);
/* Where the mouse was when KEY_CODE_MOUSE_CLICK came. */
void screen_mouse_at(int *ret_row, int *ret_column);
void screen_mouse(bool on);
/* Copies to the clipboard by OSC 52, where the terminal's description has Ms. False where it has not. */
bool screen_copy(struct span text);
/* Gives the terminal to another program (or the shell), and takes it back. */
void screen_leave(void);
void screen_return(void);
void screen_suspend(void);

#endif
