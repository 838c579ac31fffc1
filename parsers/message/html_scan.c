/* SPDX-License-Identifier: ISC */
/*
 * The parser compares each tag with every open element, each byte of text with the open formatting
 * elements, and each attribute with those before it in its tag: hostile nesting makes that
 * quadratic. This pass follows the tokenizer's states as far as they matter (tags, quoted values,
 * comments, raw text), keeps an upper bound of the open elements, adds up what the parser would do
 * and says where to cut.
 */
#include "parsers/message/html_scan.h"

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

/* Never open: they have no content. */
static const char *const void_tags[] = {"area", "base", "br", "col", "embed", "hr", "img", "input",
	"link", "meta", "param", "source", "track", "wbr", "basefont", "bgsound", "frame", "keygen",
	"image"};
/* Closed by the next of their kind, so that nesting needs another element between, which is
 * counted. */
static const char *const closing_tags[] = {"p", "li", "dd", "dt", "td", "th", "tr", "tbody",
	"thead", "tfoot", "caption", "colgroup", "html", "head", "body", "option"};
static const char *const raw_tags[] = {
	"script", "style", "title", "textarea", "xmp", "iframe", "noembed", "noframes"};

/* Compared with all of their kind that are open, attribute by attribute. */
static const char *const formatting_tags[] = {"a", "b", "big", "code", "em", "font", "i", "nobr",
	"s", "small", "strike", "strong", "tt", "u"};

static bool in_list(struct span name, const char *const *list, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (span_iis(name, list[i]))
			return true;
	return false;
}
#define IN_LIST(name, list) in_list((name), (list), sizeof(list) / sizeof *(list))

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

	attributes = scan_attributes(s);
	if (s->result.unclosed_tag && !s->result.unclosed_value)
		s->result.unclosed_offset = tag;
	s->result.tags++;
	s->work += 4 + s->open * (IN_LIST(name, formatting_tags) ? FORMATTING_STEPS : TAG_STEPS) +
		   attributes * attributes;
	if (IN_LIST(name, void_tags) || IN_LIST(name, closing_tags))
		return;
	if (end_tag)
		s->open -= s->open > 0;
	else if (IN_LIST(name, raw_tags))
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
