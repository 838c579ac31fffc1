/* SPDX-License-Identifier: ISC */
/*
 * The text that a reader sees, part by part, and where the signed bytes end. Of HTML the visible text, and behind it what is
 * there but not seen; the source stands among the message's bytes.
 */
#include "parsers/message/html.h"
#include "parsers/report/sheet.h"

enum { BODY_LINES = 5000, BODY_RUNS = 200, BODY_LINE = 4000 };

/* A line as it is shown: "http://" becomes "hxxp://", so that no terminal makes a link of it. */
static const char *unlinked(struct arena *arena, struct span line)
{
	char *text = arena_text(arena, line);
	struct span s = span_make(text, line.len);

	for (size_t at = span_ifind(s, SPAN("http"), 0); at < s.len; at = span_ifind(s, SPAN("http"), at + 4))
		text[at + 1] = text[at + 2] = 'x';
	return text;
}

/* Up to EDGE the text was signed: a rule stands there. */
static void lines_of(struct sheet *sheet, struct span text, enum piece_kind kind, struct span where, size_t n, size_t edge)
{
	struct span rest = text;
	size_t len;

	for (unsigned lines = 0; rest.len && lines < BODY_LINES; lines++) {
		bool beyond = text.len - rest.len >= edge;
		struct span line = span_line(&rest, &len);

		if (beyond) {
			sheet_row(sheet, 1);
			sheet_add(sheet, PIECE_WARN, 2, "--- signed up to here; what follows could be anyone's ---");
			edge = SIZE_MAX;
		}
		sheet_row(sheet, 1);
		sheet_wrap(sheet, kind, 2, unlinked(sheet->arena, span_sub(line, 0, len < BODY_LINE ? len : BODY_LINE)));
		sheet_target(sheet, ROW_PART, n);
		sheet_where(sheet, where);
	}
}

static const char *why_hidden(unsigned hidden)
{
	static const struct {
		unsigned bit;
		const char *why;
	} reasons[] = {
		{HTML_HIDE_DISPLAY, "not displayed"},	 {HTML_HIDE_VISIBILITY, "invisible"},
		{HTML_HIDE_FONT, "tiny"},		 {HTML_HIDE_OPACITY, "transparent"},
		{HTML_HIDE_SIZE, "in a box of no size"}, {HTML_HIDE_COLOR, "in the background's colour"},
		{HTML_HIDE_PLACE, "off the page"},	 {HTML_HIDE_MSO, "hidden in Outlook"},
	};

	for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++)
		if (hidden & reasons[i].bit)
			return reasons[i].why;
	return "hidden";
}

static void hidden_text(struct sheet *sheet, struct part *part, const struct html *html, size_t n)
{
	struct mime *mime = sheet->report->evidence.mime;
	unsigned shown = 0;

	for (size_t i = 0; i < html->run_count && shown < BODY_RUNS; i++) {
		const struct html_run *run = &html->run[i];
		struct span text = span_trim(run->text);

		if (!run->hidden || !text.len)
			continue;
		if (shown++ == 0) {
			sheet_row(sheet, 1);
			sheet_add(sheet, PIECE_LABEL, 2, "there, but not seen");
		}
		sheet_row(sheet, 1);
		sheet_add(sheet, PIECE_WARN, 2, "%s", why_hidden(run->hidden));
		sheet_wrap(sheet, PIECE_DIM, 30, unlinked(sheet->arena, span_sub(text, 0, BODY_LINE)));
		sheet_target(sheet, ROW_PART, n);
		sheet_where(sheet, part_text_span(sheet->arena, mime, part, run->offset, run->text.len));
	}
}

/* The offset in PART's text of LEN bytes where the unsigned TAIL of the body begins; SIZE_MAX where it doesn't. */
static size_t edge_of(struct sheet *sheet, struct part *part, size_t len, struct span tail)
{
	struct mime *mime = sheet->report->evidence.mime;
	size_t low = 0, high = len;

	if (!tail.len)
		return SIZE_MAX;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		struct span at = part_text_span(sheet->arena, mime, part, middle, 1);

		if (at.ptr && at.ptr >= tail.ptr)
			high = middle;
		else
			low = middle + 1;
	}
	return low < len ? low : SIZE_MAX;
}

static void text(struct sheet *sheet, struct part *part, size_t n, struct span tail)
{
	struct mime *mime = sheet->report->evidence.mime;
	const struct html *html = part_is_html(part) ? part_html(sheet->arena, mime, part) : NULL;

	if (!html) {
		struct span plain = part_text(sheet->arena, mime, part);

		lines_of(sheet, plain, PIECE_BYTES, part->content, n, edge_of(sheet, part, plain.len, tail));
		return;
	}
	lines_of(sheet, span_make(html->visible, html->visible_len), PIECE_BYTES, part->content, n, SIZE_MAX);
	hidden_text(sheet, part, html, n);
}

void outline_body(struct sheet *sheet)
{
	const struct evidence *e = &sheet->report->evidence;
	const struct dkim_signature *s = proving_signature(sheet->report);

	if (!e->mime)
		return;
	for (size_t i = 0; i < e->mime->count && i < 200; i++) {
		struct part *part = &e->mime->part[i];

		if (!part->is_text)
			continue;
		sheet_blank(sheet);
		sheet_row(sheet, 0);
		sheet_add(sheet, PIECE_LABEL, 0, "part %s  %s", part->path, part->type);
		sheet_add(sheet, PIECE_DIM, 0, "  %s", text_place(sheet, part->content));
		if (s)
			sheet_add(sheet, s->body_tail.len ? PIECE_WARN : PIECE_GOOD, 0, "  %s",
				s->body_tail.len ? arena_printf(sheet->arena, "signed up to %s",
							   text_place(sheet, s->body_tail))
						 : "signed");
		sheet_target(sheet, ROW_PART, i);
		text(sheet, part, i, s ? s->body_tail : SPAN_NONE);
	}
}
