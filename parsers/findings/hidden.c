/* SPDX-License-Identifier: ISC */
/* Text that is there and not seen, and words that are seen and not there. */
#include "parsers/findings/body.h"

#include "parsers/base/printable.h"

enum { HIDDEN_MIN = 40, PREHEADER_MAX = 250, PREHEADER_PLACE = 120, SPLITS_MIN = 3 };

static bool counts(uint32_t c)
{
	return c > ' ' && c != 0xa0 && c != 0xad && c != 0x34f && c != 0x61c && c != 0x180e &&
	       !(c >= 0x2000 && c <= 0x206f) && c != 0x3000 && c != 0xfeff && c != 0x2800 &&
	       c != 0x3164;
}

static size_t count_characters(struct span s)
{
	size_t count = 0;

	while (s.len > 0) {
		uint32_t c = *s.ptr;
		size_t len = utf8_decode(s, &c);

		count += counts(c);
		s = span_skip(s, len ? len : 1);
	}
	return count;
}

static const char *reasons(struct arena *arena, unsigned hidden)
{
	static const char *const words[] = {"display:none", "visibility:hidden",
		"a font of no size", "opacity", "a box of no size", "the colour of the ground",
		"a place off the page"};
	const char *text = "";

	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (hidden & 1u << i)
			text = arena_printf(arena, "%s%s%s", text, *text ? ", " : "", words[i]);
	return text;
}

/* A sheet that shows other text on other screens: what is hidden here is seen there. */
static bool responsive(const struct html *html)
{
	static const char *const words[] = {"display:block", "display: block", "display:inline",
		"display: inline", "display:table", "display: table", "max-height:none",
		"max-height: none", "overflow:visible", "overflow: visible", NULL};

	for (size_t i = 0; i < html->item_count; i++) {
		struct span sheet;
		size_t at;

		if (html->item[i].kind != HTML_STYLE)
			continue;
		sheet = span_of(html->item[i].body);
		at = span_ifind(sheet, SPAN("@media"), 0);
		if (at < sheet.len && text_has(span_skip(sheet, at), words, NULL))
			return true;
	}
	return false;
}

static void check_hidden(const struct body *b)
{
	const struct html *html = b->html;
	size_t total = 0, preheader = 0;
	const struct html_run *first = NULL;
	unsigned why = 0;
	struct span sample = SPAN_NONE;

	for (size_t i = 0; i < html->run_count; i++) {
		const struct html_run *run = &html->run[i];
		unsigned hidden = run->hidden & ~(unsigned)HTML_HIDE_MSO;
		size_t count;

		if (!hidden || (count = count_characters(run->text)) == 0)
			continue;
		/* What stands first is the line that a mailbox shows beside the subject. */
		if (run->seen <= PREHEADER_PLACE && preheader + count <= PREHEADER_MAX) {
			preheader += count;
			continue;
		}
		total += count;
		why |= hidden;
		if (!first) {
			first = run;
			sample = span_sub(span_trim(run->text), 0, 60);
		}
	}
	if (total < HIDDEN_MIN)
		return;
	body_show(b,
		finding_raise(b->f, FINDING_HTML_HIDDEN,
			responsive(html) ? SEVERITY_LOW : SEVERITY_NONE,
			"%zu characters of part %s are hidden by %s, beginning with \"%s\"", total,
			b->part->path, reasons(b->f->arena, why), arena_text(b->f->arena, sample)),
		first->offset, first->text.len, "not seen");
}

static void check_salt(const struct body *b)
{
	const struct html *html = b->html;
	struct finding *finding;

	if (html->split_count < SPLITS_MIN)
		return;
	finding = finding_raise(b->f, FINDING_HTML_SALT, SEVERITY_NONE,
		"%zu places inside words of part %s", html->split_count, b->part->path);
	for (size_t i = 0; i < html->split_count && i < 8; i++)
		body_show(b, finding, html->split[i], 1, "inside a word");
}

void findings_hidden(const struct body *b)
{
	check_hidden(b);
	check_salt(b);
}
