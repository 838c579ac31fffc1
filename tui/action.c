/* SPDX-License-Identifier: ISC */
#include "tui/action.h"

#include <string.h>

#include "tui/tui.h"

static const struct action_info table[ACTION_COUNT] = {
#define ACTION(name, keys, scope, help) { #name, keys, help, scope },
	{ "NONE", "", "", 0 },
#include "tui/action.def"
#undef ACTION
};

static const struct {
	const char *name;
	unsigned key;
} names[] = {
	{ "Up", KEY_CODE_UP }, { "Down", KEY_CODE_DOWN }, { "Left", KEY_CODE_LEFT }, { "Right", KEY_CODE_RIGHT },
	{ "PageUp", KEY_CODE_PAGE_UP }, { "PageDown", KEY_CODE_PAGE_DOWN }, { "Home", KEY_CODE_HOME },
	{ "End", KEY_CODE_END }, { "BackTab", KEY_CODE_BACKTAB }, { "Tab", '\t' }, { "Enter", '\r' }, { "Esc", 27 },
	{ "Space", ' ' }, { "Backspace", 127 }, { "F1", KEY_CODE_F1 }, { "F2", KEY_CODE_F2 }, { "F3", KEY_CODE_F3 },
	{ "F4", KEY_CODE_F4 }, { "F6", KEY_CODE_F6 },
};

const struct action_info *action_info(enum action action)
{
	return &table[action];
}

unsigned action_key(const char *name, size_t len)
{
	if (len == 1)
		return (unsigned char)name[0];
	if (len == 2 && name[0] == '^')
		return (unsigned)name[1] & 31;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (strlen(names[i].name) == len && memcmp(names[i].name, name, len) == 0)
			return names[i].key;
	return 0;
}

static int has_key(const char *keys, unsigned key)
{
	while (*keys) {
		size_t len = strcspn(keys, " ");

		if (action_key(keys, len) == key)
			return 1;
		keys += len;
		keys += strspn(keys, " ");
	}
	return 0;
}

enum action action_of(unsigned key, unsigned scope)
{
	for (int i = 1; i < ACTION_COUNT; i++)
		if (table[i].scope & scope && has_key(table[i].keys, key))
			return (enum action)i;
	return ACTION_NONE;
}

long action_rows(enum action action, long page)
{
	switch ((int)action) {
	case ACTION_DOWN:
		return 1;
	case ACTION_UP:
		return -1;
	case ACTION_HALF_DOWN:
		return page / 2 + 1;
	case ACTION_HALF_UP:
		return -(page / 2 + 1);
	case ACTION_PAGE_DOWN:
		return page;
	case ACTION_PAGE_UP:
		return -page;
	case ACTION_TOP:
		return -0x7fffffffL;
	case ACTION_BOTTOM:
		return 0x7fffffffL;
	}
	return 0;
}

bool tui_key(size_t n, struct tui_key *ret)
{
	if (n + 1 >= ACTION_COUNT)
		return false;
	*ret = (struct tui_key){ table[n + 1].keys, table[n + 1].help };
	return true;
}
