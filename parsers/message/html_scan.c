/* SPDX-License-Identifier: ISC */
/*
 * The parser compares each tag with every open element, each byte of text with the open formatting
 * elements, and each attribute with those before it in its tag: hostile nesting makes that
 * quadratic. This pass follows the tokenizer's states as far as they matter (tags, quoted values,
 * comments, raw text), keeps an upper bound of the open elements, adds up what the parser would do
 * and says where to cut.
 */
#include "parsers/message/html_scan.h"

#include <gumbo.h>

#include "parsers/message/html.h"

/* In steps of about a nanosecond: what one byte of text costs for each open element; a tag costs
 * more, as measured. */
#define WORK_LIMIT ((uint64_t)200 * 1000 * 1000)
enum { TAG_STEPS = 8, FORMATTING_STEPS = 32 };

struct scan {
	struct span text;
	size_t at;
	struct html_scan result;
	uint64_t work;
	uint64_t open; /* elements that may be open */
};

enum {
	VOID = 1,       /* never open: has no content */
	CLOSING = 2,    /* closed by the next of its kind, so that nesting needs another element
			   between, which is counted */
	RAW = 4,        /* holds no tags */
	FORMATTING = 8, /* compared with all of its kind that are open, attribute by attribute */
};

static const uint8_t kinds[GUMBO_TAG_LAST + 1] = {
	[GUMBO_TAG_AREA] = VOID,
	[GUMBO_TAG_BASE] = VOID,
	[GUMBO_TAG_BR] = VOID,
	[GUMBO_TAG_COL] = VOID,
	[GUMBO_TAG_EMBED] = VOID,
	[GUMBO_TAG_HR] = VOID,
	[GUMBO_TAG_IMG] = VOID,
	[GUMBO_TAG_INPUT] = VOID,
	[GUMBO_TAG_LINK] = VOID,
	[GUMBO_TAG_META] = VOID,
	[GUMBO_TAG_PARAM] = VOID,
	[GUMBO_TAG_SOURCE] = VOID,
	[GUMBO_TAG_TRACK] = VOID,
	[GUMBO_TAG_WBR] = VOID,
	[GUMBO_TAG_BASEFONT] = VOID,
	[GUMBO_TAG_BGSOUND] = VOID,
	[GUMBO_TAG_FRAME] = VOID,
	[GUMBO_TAG_KEYGEN] = VOID,
	[GUMBO_TAG_IMAGE] = VOID,
	[GUMBO_TAG_P] = CLOSING,
	[GUMBO_TAG_LI] = CLOSING,
	[GUMBO_TAG_DD] = CLOSING,
	[GUMBO_TAG_DT] = CLOSING,
	[GUMBO_TAG_TD] = CLOSING,
	[GUMBO_TAG_TH] = CLOSING,
	[GUMBO_TAG_TR] = CLOSING,
	[GUMBO_TAG_TBODY] = CLOSING,
	[GUMBO_TAG_THEAD] = CLOSING,
	[GUMBO_TAG_TFOOT] = CLOSING,
	[GUMBO_TAG_CAPTION] = CLOSING,
	[GUMBO_TAG_COLGROUP] = CLOSING,
	[GUMBO_TAG_HTML] = CLOSING,
	[GUMBO_TAG_HEAD] = CLOSING,
	[GUMBO_TAG_BODY] = CLOSING,
	[GUMBO_TAG_OPTION] = CLOSING,
	[GUMBO_TAG_SCRIPT] = RAW,
	[GUMBO_TAG_STYLE] = RAW,
	[GUMBO_TAG_TITLE] = RAW,
	[GUMBO_TAG_TEXTAREA] = RAW,
	[GUMBO_TAG_XMP] = RAW,
	[GUMBO_TAG_IFRAME] = RAW,
	[GUMBO_TAG_NOEMBED] = RAW,
	[GUMBO_TAG_NOFRAMES] = RAW,
	[GUMBO_TAG_A] = FORMATTING,
	[GUMBO_TAG_B] = FORMATTING,
	[GUMBO_TAG_BIG] = FORMATTING,
	[GUMBO_TAG_CODE] = FORMATTING,
	[GUMBO_TAG_EM] = FORMATTING,
	[GUMBO_TAG_FONT] = FORMATTING,
	[GUMBO_TAG_I] = FORMATTING,
	[GUMBO_TAG_NOBR] = FORMATTING,
	[GUMBO_TAG_S] = FORMATTING,
	[GUMBO_TAG_SMALL] = FORMATTING,
	[GUMBO_TAG_STRIKE] = FORMATTING,
	[GUMBO_TAG_STRONG] = FORMATTING,
	[GUMBO_TAG_TT] = FORMATTING,
	[GUMBO_TAG_U] = FORMATTING,
};

static uint8_t peek(const struct scan *s, size_t ahead)
{
	return s->at + ahead < s->text.len ? s->text.ptr[s->at + ahead] : 0;
}

static bool tag_space(uint8_t c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}

/* An attribute value behind its "=". */
static void scan_value(struct scan *s)
{
	uint8_t c;

	while (s->at < s->text.len && tag_space(peek(s, 0)))
		s->at++;
	c = peek(s, 0);
	if (c == '"' || c == '\'') {
		size_t start = s->at++;
		const uint8_t *end = s->at < s->text.len
					     ? memchr(s->text.ptr + s->at, c, s->text.len - s->at)
					     : NULL;

		if (!end) {
			s->result.unclosed_value = true;
			s->result.unclosed_offset = start;
			s->at = s->text.len;
		} else
			s->at = (size_t)(end - s->text.ptr) + 1;
		return;
	}
	while (s->at < s->text.len && !tag_space(peek(s, 0)) && peek(s, 0) != '>')
		s->at++;
}

/* From behind a tag's name to behind its ">". Returns the number of attributes. */
static uint64_t scan_attributes(struct scan *s)
{
	uint64_t count = 0;

	while (s->at < s->text.len) {
		uint8_t c = peek(s, 0);

		if (c == '>') {
			s->at++;
			return count;
		}
		if (tag_space(c) || c == '/') {
			s->at++;
			continue;
		}
		count++;
		s->at++; /* a "=" may begin a name */
		while (s->at < s->text.len && !tag_space(peek(s, 0)) && !strchr("/>=", peek(s, 0)))
			s->at++;
		if (peek(s, 0) == 0 && s->at < s->text.len)
			s->at++;
		while (s->at < s->text.len && tag_space(peek(s, 0)))
			s->at++;
		if (peek(s, 0) == '=') {
			s->at++;
			scan_value(s);
		}
	}
	s->result.unclosed_tag = true;
	return count;
}

/* Raw text ends at its own end tag only. */
static void skip_raw(struct scan *s, struct span name)
{
	while (s->at < s->text.len) {
		const uint8_t *lt = memchr(s->text.ptr + s->at, '<', s->text.len - s->at);

		if (!lt) {
			s->at = s->text.len;
			return;
		}
		s->at = (size_t)(lt - s->text.ptr);
		if (peek(s, 1) == '/' &&
			span_ieq(span_sub(s->text, s->at + 2, s->at + 2 + name.len), name))
			return;
		s->at++;
	}
}

static void scan_tag(struct scan *s, bool end_tag)
{
	size_t tag = s->at, start = s->at + 1 + end_tag;
	uint64_t attributes;

	for (s->at = start; s->at < s->text.len && !tag_space(peek(s, 0)) && peek(s, 0) != '/' &&
			    peek(s, 0) != '>';)
		s->at++;

	struct span name = span_sub(s->text, start, s->at);
	unsigned kind = kinds[gumbo_tagn_enum((const char *)name.ptr, (unsigned)name.len)];

	attributes = scan_attributes(s);
	if (s->result.unclosed_tag && !s->result.unclosed_value)
		s->result.unclosed_offset = tag;
	s->result.tags++;
	s->work += 4 + s->open * ((kind & FORMATTING) ? FORMATTING_STEPS : TAG_STEPS) +
		   attributes * attributes;
	if (kind & (VOID | CLOSING))
		return;
	if (end_tag)
		s->open -= s->open > 0;
	else if (kind & RAW)
		skip_raw(s, name);
	else
		s->open++;
}

static void scan_markup(struct scan *s)
{
	if (span_starts(span_skip(s->text, s->at), "<!--")) {
		size_t end = span_find(s->text, SPAN("-->"), s->at + 2);

		s->at = end < s->text.len ? end + 3 : s->text.len;
	} else {
		size_t end = span_chr(span_skip(s->text, s->at), '>');

		s->at += end + 1;
	}
}

struct html_scan html_scan(struct span text)
{
	struct scan s = {.text = text};

	while (s.at < text.len) {
		size_t before = s.at;
		const uint8_t *lt = memchr(text.ptr + s.at, '<', text.len - s.at);
		size_t next = lt ? (size_t)(lt - text.ptr) : text.len;
		uint8_t c;

		s.work += (next - s.at) * (1 + s.open);
		s.at = next;
		c = peek(&s, 1);
		if (!lt)
			break;
		if (is_alpha(c))
			scan_tag(&s, false);
		else if (c == '/' && is_alpha(peek(&s, 2)))
			scan_tag(&s, true);
		else if (c == '!' || c == '?' || c == '/')
			scan_markup(&s);
		else
			s.at++;
		s.at = s.at > text.len ? text.len : s.at;
		if (s.work > WORK_LIMIT || s.result.tags >= LIMIT_HTML_TAGS) {
			s.result.usable = before;
			return s.result;
		}
	}
	s.result.usable = text.len;
	return s.result;
}
