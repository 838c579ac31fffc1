/* SPDX-License-Identifier: ISC */
#include "tui/screen.h"

#include <curses.h>
#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <termios.h>
#include <unistd.h>

#include "parsers/base/encode.h"
#include "parsers/base/printable.h"

#include <term.h>
#undef columns
#undef lines

enum { COPY_MAX = 74994 }; /* bytes of base64 that terminals take at least */

static SCREEN *screen;
static bool colours, opened;
static int mouse_row, mouse_column;
static attr_t looks[LOOK_COUNT];
static short pairs[LOOK_COUNT];

/*
 * A crash must not leave the terminal in raw mode: the sequences are made ahead; write() and tcsetattr() are all that is left to
 * do, and all that a handler may do.
 */
static char restore[256];
static size_t restore_len;
static struct termios modes_before;
static bool have_modes;

static void on_crash(int number)
{
	if (opened && restore_len && write(STDOUT_FILENO, restore, restore_len) < 0)
		have_modes = false;
	if (opened && have_modes)
		tcsetattr(STDIN_FILENO, TCSANOW, &modes_before);
	signal(number, SIG_DFL);
	raise(number);
}

static void add_restore(const char *capability)
{
	if (capability && capability != (char *)-1 && restore_len + strlen(capability) < sizeof restore) {
		memcpy(restore + restore_len, capability, strlen(capability));
		restore_len += strlen(capability);
	}
}

/* Being told to end: the loop ends as if the user had asked, so that nothing is left behind. */
static volatile sig_atomic_t told_to_end;
static int wake_up[2] = { -1, -1 };

static void on_end(int number)
{
	int before = errno;

	told_to_end = number;
	if (write(wake_up[1], "", 1) < 0)
		told_to_end = number;
	errno = before;
}

static void on_interrupt(int number)
{
	(void)number;
}

int screen_told_to_end(void)
{
	return told_to_end;
}

static int catch_signals(struct error *reterr)
{
	static const int crashes[] = { SIGSEGV, SIGABRT, SIGBUS, SIGFPE, SIGILL };
	static const int ends[] = { SIGTERM, SIGHUP };

	if (pipe(wake_up))
		return error_errno(reterr, "cannot make a pipe");
	for (size_t i = 0; i < 2; i++) {
		fcntl(wake_up[i], F_SETFD, FD_CLOEXEC);
		fcntl(wake_up[i], F_SETFL, O_NONBLOCK);
	}
	for (size_t i = 0; i < sizeof crashes / sizeof *crashes; i++)
		signal(crashes[i], on_crash);
	for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
		signal(ends[i], on_end);
	signal(SIGPIPE, SIG_IGN);
	/* ^C and ^\ while a command has the terminal are for it; caught rather than ignored, so that it does not inherit that. */
	signal(SIGINT, on_interrupt);
	signal(SIGQUIT, on_interrupt);
	return 0;
}

/* Blue and orange, never red against green: each look has an attribute that tells as much without colour. */
static void choose_looks(bool colour)
{
	static const struct {
		attr_t attribute;
		short few, many; /* colour of 8, of 256; -1 the terminal's own */
	} table[LOOK_COUNT] = {
		[LOOK_TEXT] = { A_NORMAL, -1, -1 },
		[LOOK_LABEL] = { A_BOLD, -1, -1 },
		[LOOK_DIM] = { A_DIM, -1, 245 },
		[LOOK_STRONG] = { A_BOLD, -1, -1 },
		[LOOK_GOOD] = { A_BOLD, COLOR_BLUE, 75 },
		[LOOK_BAD] = { A_BOLD, COLOR_YELLOW, 208 },
		[LOOK_WARN] = { A_NORMAL, COLOR_YELLOW, 180 },
		[LOOK_CODE] = { A_NORMAL, COLOR_CYAN, 73 },
		[LOOK_BYTES] = { A_NORMAL, -1, -1 },
		[LOOK_MARK] = { A_DIM, -1, 240 },
		[LOOK_HOSTILE] = { A_REVERSE, -1, -1 },
		[LOOK_BAR] = { A_REVERSE, -1, -1 },
		[LOOK_FOUND] = { A_BOLD | A_UNDERLINE, COLOR_YELLOW, 214 },
	};

	colours = colour && has_colors();
	if (colours) {
		start_color();
		use_default_colors();
	}
	for (short i = 0; i < LOOK_COUNT; i++) {
		short colour_number = COLORS >= 256 ? table[i].many : table[i].few;

		looks[i] = table[i].attribute;
		pairs[i] = 0;
		if (!colours || colour_number < 0)
			continue;
		init_pair((short)(i + 1), colour_number, -1);
		pairs[i] = (short)(i + 1);
		if (looks[i] == A_DIM) /* a grey says it already */
			looks[i] = A_NORMAL;
	}
}

static void set_modes(void)
{
	raw();
	noecho();
	nonl();
	keypad(stdscr, TRUE);
	intrflush(stdscr, FALSE);
	leaveok(stdscr, FALSE);
	set_escdelay(40);
}

int screen_open(bool colour, struct error *reterr)
{
	if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO))
		return error_set(reterr, ERROR_USAGE, "the triage view needs a terminal");
	have_modes = tcgetattr(STDIN_FILENO, &modes_before) == 0;
	if (!getenv("TERM") || !(screen = newterm(NULL, stdout, stdin)))
		return error_set(reterr, ERROR_USAGE, "this terminal (TERM=%s) can't be driven", getenv("TERM"));
	set_term(screen);
	set_modes();
	choose_looks(colour);
	restore_len = 0;
	add_restore(exit_attribute_mode);
	add_restore(keypad_local);
	add_restore(cursor_normal);
	add_restore(exit_ca_mode);
	opened = true;
	return catch_signals(reterr);
}

void screen_close(void)
{
	if (!opened)
		return;
	opened = false;
	screen_mouse(false);
	curs_set(1);
	endwin();
}

void screen_size(int *ret_rows, int *ret_columns)
{
	getmaxyx(stdscr, *ret_rows, *ret_columns);
}

static void show_cell(int row, int column, const struct cell *cell)
{
	wchar_t text[CELL_TEXT] = { 0 };
	struct span s = span_of(cell->text);
	size_t n = 0;
	cchar_t shown;
	uint32_t rune;
	attr_t attribute = looks[cell->look];

	while (s.len && n < CCHARW_MAX - 1) {
		size_t len = utf8_decode(s, &rune);

		text[n++] = (wchar_t)(len ? rune : '?');
		s = span_skip(s, len ? len : 1);
	}
	if (cell->cursor)
		attribute ^= A_REVERSE;
	if (setcchar(&shown, text, attribute, pairs[cell->look], NULL) == OK)
		mvadd_wch(row, column, &shown);
}

void screen_show(const struct canvas *c)
{
	erase();
	for (int row = 0; row < c->rows; row++)
		for (int column = 0; column < c->columns; column++) {
			const struct cell *cell = &c->cell[row * c->columns + column];

			if (cell->text[0])
				show_cell(row, column, cell);
		}
	curs_set(c->cursor_row >= 0);
	if (c->cursor_row >= 0)
		move(c->cursor_row, c->cursor_column);
	refresh();
}

void screen_redraw(void)
{
	clearok(stdscr, TRUE);
}

static unsigned mouse_key(void)
{
	MEVENT event;

	if (getmouse(&event) != OK)
		return 0;
	mouse_row = event.y;
	mouse_column = event.x;
#if NCURSES_MOUSE_VERSION > 1
	if (event.bstate & BUTTON5_PRESSED)
		return KEY_CODE_MOUSE_DOWN;
#endif
	if (event.bstate & BUTTON4_PRESSED)
		return KEY_CODE_MOUSE_UP;
	return event.bstate & (BUTTON1_CLICKED | BUTTON1_PRESSED) ? KEY_CODE_MOUSE_CLICK : 0;
}

static unsigned special_key(wint_t key)
{
	static const struct {
		int curses;
		unsigned key;
	} keys[] = {
		{ KEY_UP, KEY_CODE_UP }, { KEY_DOWN, KEY_CODE_DOWN }, { KEY_LEFT, KEY_CODE_LEFT },
		{ KEY_RIGHT, KEY_CODE_RIGHT }, { KEY_PPAGE, KEY_CODE_PAGE_UP }, { KEY_NPAGE, KEY_CODE_PAGE_DOWN },
		{ KEY_HOME, KEY_CODE_HOME }, { KEY_END, KEY_CODE_END }, { KEY_BTAB, KEY_CODE_BACKTAB },
		{ KEY_DC, KEY_CODE_DELETE }, { KEY_F(1), KEY_CODE_F1 }, { KEY_F(2), KEY_CODE_F2 },
		{ KEY_F(3), KEY_CODE_F3 }, { KEY_F(4), KEY_CODE_F4 }, { KEY_F(5), KEY_CODE_F5 },
		{ KEY_F(6), KEY_CODE_F6 }, { KEY_RESIZE, KEY_CODE_RESIZE }, { KEY_BACKSPACE, 127 }, { KEY_ENTER, '\r' },
	};

	if (key == KEY_MOUSE)
		return mouse_key();
	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
		if ((int)key == keys[i].curses)
			return keys[i].key;
	return 0;
}

/* Curses starts a read again that a signal has ended; so the waiting is done here, where a signal ends it. */
static void wait_for_key(int timeout_ms)
{
	struct pollfd fds[] = { { .fd = STDIN_FILENO, .events = POLLIN }, { .fd = wake_up[0], .events = POLLIN } };

	poll(fds, 2, timeout_ms);
	/* The terminal is gone: reading would fail for ever. */
	if (fds[0].revents & (POLLHUP | POLLERR | POLLNVAL) && !told_to_end)
		told_to_end = SIGHUP;
}

unsigned screen_key(int timeout_ms)
{
	wint_t key;
	int rc;

	timeout(0);
	rc = get_wch(&key);
	if (rc == ERR && timeout_ms != 0 && !told_to_end) {
		wait_for_key(timeout_ms);
		rc = get_wch(&key);
	}
	if (rc == ERR)
		return 0;
	if (rc == KEY_CODE_YES)
		return special_key(key);
	return key == '\n' ? '\r' : key == 8 ? 127 : (unsigned)key;
}

void screen_mouse_at(int *ret_row, int *ret_column)
{
	*ret_row = mouse_row;
	*ret_column = mouse_column;
}

void screen_mouse(bool on)
{
	mousemask(on ? ALL_MOUSE_EVENTS : 0, NULL);
}

bool screen_copy(struct span text)
{
	char *name = tigetstr("Ms");
	struct arena *arena;
	const char *encoded;
	bool done = false;

	if (!name || name == (char *)-1)
		return false;
	arena = arena_new();
	encoded = base64_encode(arena, text);
	if (strlen(encoded) <= COPY_MAX) {
		putp(tiparm(name, "c", encoded));
		fflush(stdout);
		done = true;
	}
	arena_free(arena);
	return done;
}

void screen_leave(void)
{
	def_prog_mode();
	curs_set(1);
	endwin();
}

void screen_return(void)
{
	reset_prog_mode();
	set_modes();
	screen_redraw();
	refresh();
}

void screen_suspend(void)
{
	screen_leave();
	raise(SIGTSTP);
	screen_return();
}
