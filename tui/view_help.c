/* SPDX-License-Identifier: ISC */
/* The help overlay: every action of the view it was called from, narrowed down by what is typed. */
#include <string.h>

#include "tui/app.h"

static unsigned scope_of(enum view view)
{
	return view == VIEW_LIST ? SCOPE_LIST : view == VIEW_MESSAGE ? SCOPE_MESSAGE : SCOPE_BYTES;
}

static bool matches(const struct app *app, const struct action_info *info)
{
	struct span help = span_of(info->help), keys = span_of(info->keys), want = span_of(app->help_filter);

	return info->scope & scope_of(app->before_help) &&
	       (!want.len || span_ifind(help, want, 0) < help.len || span_eq(keys, want) || span_ifind(keys, want, 0) < keys.len);
}

void view_help_draw(const struct app *app, struct canvas *c)
{
	struct area a = { 0, 0, app->rows, app->columns };
	size_t skip = app->help_top, more = 0;
	int row = 2;

	canvas_frame(c, &a, "Keys: type to narrow down, Esc closes", true);
	canvas_printf(c, &a, 0, 1, LOOK_STRONG, "> %s", app->help_filter);
	for (int i = 1; i < ACTION_COUNT; i++) {
		const struct action_info *info = action_info((enum action)i);

		if (!matches(app, info) || (skip && skip--))
			continue;
		if (row >= a.rows - 1) {
			more++;
			continue;
		}
		canvas_put(c, &a, row, 2, 18, LOOK_STRONG, span_of(info->keys));
		canvas_text(c, &a, row++, 22, LOOK_TEXT, info->help);
	}
	if (more)
		canvas_printf(c, &a, row, 2, LOOK_DIM, "%zu more: Down", more);
	else if (row == 2)
		canvas_text(c, &a, row, 2, LOOK_DIM, "no key does that");
}

void view_help_key(struct app *app, unsigned key)
{
	size_t len = strlen(app->help_filter);

	if (key == 27 || key == '\r' || (key == 'q' && !len) || (key == '?' && !len) || key == KEY_CODE_F1) {
		app->view = app->before_help;
	} else if (key == 127 && len) {
		app->help_filter[len - 1] = 0;
		app->help_top = 0;
	} else if (key == KEY_CODE_DOWN || key == KEY_CODE_PAGE_DOWN) {
		app->help_top += key == KEY_CODE_DOWN ? 1 : 10;
		if (app->help_top > ACTION_COUNT - 5)
			app->help_top = ACTION_COUNT - 5;
	} else if (key == KEY_CODE_UP || key == KEY_CODE_PAGE_UP) {
		size_t step = key == KEY_CODE_UP ? 1 : 10;

		app->help_top = app->help_top > step ? app->help_top - step : 0;
	} else if (key >= ' ' && key < 127 && len + 1 < sizeof app->help_filter) {
		app->help_filter[len] = (char)key;
		app->help_filter[len + 1] = 0;
		app->help_top = 0;
	}
}
