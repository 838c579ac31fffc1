/* SPDX-License-Identifier: ISC */
/* A message that is open: read again from its place, reported on, laid out tab by tab when first looked at. */
#include <stdio.h>
#include <stdlib.h>

#include "parsers/report/attached.h"
#include "tui/app.h"

const char *const tab_names[TABS] = { "Summary", "Findings", "Headers", "Proof", "Route", "Structure", "Body", "DNS" };

static const enum outline_view tab_views[TABS] = {
	OUTLINE_SUMMARY, OUTLINE_FINDINGS, OUTLINE_HEADERS, OUTLINE_PROOF, OUTLINE_ROUTE, OUTLINE_STRUCTURE, OUTLINE_BODY,
	OUTLINE_DNS,
};

static struct opened *opened_new(struct app *app)
{
	struct opened *o = calloc(1, sizeof *o);

	if (!o)
		abort();
	o->arena = arena_new();
	o->options = app->options->report;
	return o;
}

struct opened *opened_case(struct app *app, int64_t id)
{
	struct opened *o = opened_new(app);
	struct error why = { 0 };
	size_t len = 0;

	o->id = id;
	if (case_location(app->file, o->arena, id, 0, &o->origin, &why) != 1)
		snprintf(o->trouble, sizeof o->trouble, "the case has no place of this message");
	else if (source_read(o->origin.source, o->origin.member, o->origin.offset, o->origin.length, &o->owned, &len, &why))
		snprintf(o->trouble, sizeof o->trouble, "%s", why.text);
	if (o->trouble[0])
		return o;
	o->raw = span_make(o->owned, len);
	origin_complete(o->arena, &o->origin);
	o->report = report_build(o->arena, o->raw, &o->origin, &o->options);
	return o;
}

struct opened *opened_part(struct app *app, const struct opened *from, size_t index)
{
	struct opened *o;

	struct origin place;
	struct span content;

	if (!from->report || !attached_read(from->report, index, &content, &place))
		return NULL;
	o = opened_new(app);
	o->owned = malloc(content.len + 1);
	if (!o->owned)
		abort();
	memcpy(o->owned, content.ptr, content.len);
	o->raw = span_make(o->owned, content.len);
	o->origin = (struct origin){
		.source = arena_strdup(o->arena, place.source ? place.source : "-"),
		.member = arena_strdup(o->arena, place.member),
		.offset = place.offset,
		.length = place.length,
		.kind = place.kind,
	};
	origin_parse(o->arena, &o->origin);
	o->report = report_build(o->arena, o->raw, &o->origin, &o->options);
	return o;
}

void opened_free(struct opened *o)
{
	if (!o)
		return;
	arena_free(o->arena);
	free(o->owned);
	free(o);
}

struct tab *opened_tab(struct opened *o, int tab, unsigned width)
{
	struct tab *t = &o->tab[tab];

	if (!o->report)
		return t;
	if (o->width != width)
		for (int i = 0; i < TABS; i++)
			o->tab[i].outline = NULL;
	o->width = width;
	if (!t->outline) {
		t->outline = outline_build(o->arena, o->report, tab_views[tab], width);
		t->folded = ARENA_ARRAY(o->arena, bool, t->outline->count);
		if (t->cursor >= t->outline->count)
			t->cursor = t->outline->count ? t->outline->count - 1 : 0;
	}
	return t;
}

void opened_border(struct app *app, struct opened *o, int delta)
{
	const struct trace *trace = o->report ? o->report->evidence.trace : NULL;
	long border = trace ? (long)trace->border + delta : 0;

	if (!trace || trace->count == 0) {
		app_status(app, "no hop here: nothing to move the border over");
		return;
	}
	border = border < 1 ? 1 : border > (long)trace->count ? (long)trace->count : border;
	o->options.trust.border = (int)border;
	o->report = report_build(o->arena, o->raw, &o->origin, &o->options);
	for (int i = 0; i < TABS; i++)
		o->tab[i].outline = NULL;
	app_status(app, "trust ends at hop %ld: SPF, DMARC and findings were worked out anew", border);
}

bool tab_has_children(const struct tab *t, size_t row)
{
	const struct outline *o = t->outline;

	return o && row + 1 < o->count && o->row[row + 1].depth > o->row[row].depth;
}

size_t tab_next(const struct tab *t, size_t row)
{
	const struct outline *o = t->outline;
	size_t next = row + 1;

	if (t->folded[row])
		while (next < o->count && o->row[next].depth > o->row[row].depth)
			next++;
	return next;
}

size_t tab_previous(const struct tab *t, size_t row)
{
	const struct outline *o = t->outline;
	size_t found = row ? row - 1 : 0;

	/* The topmost folded row above that hides the one before. */
	for (size_t i = found, depth = row ? o->row[found].depth : 0; i > 0 && depth > 0; i--)
		if (o->row[i - 1].depth < depth) {
			depth = o->row[i - 1].depth;
			if (t->folded[i - 1])
				found = i - 1;
		}
	return found;
}

bool tab_move(struct tab *t, long delta, size_t page)
{
	size_t lines = 0, before = t->cursor, top = t->top;

	if (!t->outline || t->outline->count == 0)
		return false;
	t->evidence = 0;
	for (; delta > 0; delta--) {
		size_t next = tab_next(t, t->cursor);

		if (next >= t->outline->count)
			break;
		t->cursor = next;
	}
	for (; delta < 0 && t->cursor > 0; delta++)
		t->cursor = tab_previous(t, t->cursor);
	if (t->cursor < t->top)
		t->top = t->cursor;
	for (size_t row = t->top; row < t->cursor; row = tab_next(t, row))
		lines++;
	for (; lines >= page && lines > 0; lines--)
		t->top = tab_next(t, t->top);
	return t->cursor != before || t->top != top;
}
