/* SPDX-License-Identifier: ISC */
/* Characters that a reader does not see, or sees as others, in the Subject, in names and in file
 * names; encoded-words. */
#include "parsers/findings/findings.h"

#include <strings.h>

#include "parsers/findings/common.h"
#include "parsers/findings/encoded.h"
#include "parsers/findings/runes.h"
#include "parsers/message/charset.h"

enum { PARTS_MAX = 1000, NAMES_MAX = 50 };

struct counts {
	size_t letters, styled, fullwidth, cjk;
	uint32_t invisible, override, tag; /* the first of each, or 0 */
	bool mixed;                        /* a word of Latin and Cyrillic or Greek letters */
};

/* U+1F3F4, tags, U+E007F: the flag of a region. Passes over it; false where the tags are no flag.
 */
static bool pass_flag(struct span *rest)
{
	struct span s = *rest;
	uint32_t rune;
	size_t tags = 0;

	while (rune_next(&s, &rune) && rune_tag(rune) && tags <= 7) {
		tags++;
		if (rune == 0xe007f) {
			*rest = s;
			return tags > 2;
		}
	}
	return false;
}

/* Between two letters of one word, and not where the script or an emoji needs it. */
static bool hides(uint32_t before, uint32_t after)
{
	if (rune_joins(before) || rune_joins(after))
		return false;
	return rune_letter(before) && rune_letter(after);
}

static struct counts count(const char *text)
{
	struct counts c = {0};
	struct span rest = span_of(text);
	unsigned word = 0;
	uint32_t rune, before = 0, hidden = 0;

	while (rune_next(&rest, &rune)) {
		unsigned script = rune_script(rune);

		if (rune == 0x1f3f4 && pass_flag(&rest))
			continue;
		if (rune_tag(rune) && !c.tag)
			c.tag = rune;
		if (rune_override(rune) && !c.override)
			c.override = rune;
		if (rune_invisible(rune)) {
			hidden = rune;
			continue;
		}
		if (hidden && !c.invisible && hides(before, rune))
			c.invisible = hidden;
		hidden = 0;
		word = rune_letter(rune) || script ? word | script : 0;
		c.mixed |= word & SCRIPT_LATIN && word & (SCRIPT_CYRILLIC | SCRIPT_GREEK);
		c.letters += rune_letter(rune);
		c.styled += rune_styled(rune);
		c.fullwidth += rune_fullwidth(rune);
		c.cjk += script == SCRIPT_CJK;
		before = rune;
	}
	return c;
}

/* Units and signs that pair Greek with Latin in honest words: "µm", "Ωm", "αβ-Test" are told from
 * words by length. */
static bool mixed_word(const char *text)
{
	struct span rest = span_of(text);
	unsigned latin = 0, other = 0;
	uint32_t rune;

	while (rune_next(&rest, &rune)) {
		unsigned script = rune_script(rune);

		if (!rune_letter(rune)) {
			latin = other = 0;
			continue;
		}
		latin += script == SCRIPT_LATIN;
		other += script == SCRIPT_CYRILLIC || script == SCRIPT_GREEK;
		if (latin && other && latin + other >= 4)
			return true;
	}
	return false;
}

static void check_text(struct findings *f, const char *text, struct span where, bool name)
{
	struct counts c;

	if (printable_plain(span_of(text)) == strlen(text))
		return;
	c = count(text);
	if (c.invisible)
		finding_show(f,
			finding_raise(f, FINDING_UNI_ZERO_WIDTH, SEVERITY_NONE,
				"U+%04X stands inside a word", c.invisible),
			where, name ? "name" : "Subject");
	if (c.tag)
		finding_show(f,
			finding_raise(f, FINDING_UNI_TAGS, SEVERITY_NONE,
				"U+%04X and its like spell hidden text", c.tag),
			where, name ? "name" : "Subject");
	/* Overrides in From are FROM-BIDI. */
	if (c.override && !name)
		finding_show(f,
			finding_raise(f, FINDING_UNI_BIDI_SUBJECT, SEVERITY_NONE,
				"U+%04X in the Subject", c.override),
			where, "Subject");
	if (c.mixed && name && mixed_word(text))
		finding_show(f,
			finding_raise(f, FINDING_UNI_MIXED_NAME, SEVERITY_NONE,
				"a word of %s mixes alphabets", text),
			where, "name");
	if (c.letters >= 4 && c.styled * 2 > c.letters && !(c.fullwidth && c.cjk))
		finding_show(f,
			finding_raise(f, FINDING_UNI_MATH, SEVERITY_NONE,
				"%zu of %zu letters are styled ones", c.styled, c.letters),
			where, name ? "name" : "Subject");
}

static void check_filename(struct findings *f, const struct part *part, const char *name)
{
	struct span rest = span_of(name);
	uint32_t rune;

	while (rune_next(&rest, &rune))
		if (rune_override(rune)) {
			const struct field *field = part_field(part, "Content-Disposition", 0);

			if (!field)
				field = part_field(part, "Content-Type", 0);
			finding_show(f,
				finding_raise(f, FINDING_UNI_BIDI_SUBJECT, SEVERITY_NONE,
					"U+%04X in a file name", rune),
				field ? field->whole : part->header, "file name");
			return;
		}
}

static void check_filenames(struct findings *f)
{
	const struct mime *mime = f->evidence->mime;

	for (size_t i = 0; mime && i < mime->count && i < PARTS_MAX; i++) {
		if (mime->part[i].filename)
			check_filename(f, &mime->part[i], mime->part[i].filename);
		if (mime->part[i].name && mime->part[i].name != mime->part[i].filename)
			check_filename(f, &mime->part[i], mime->part[i].name);
	}
}

/* --- encoded-words --- */

static bool all_ascii(struct span s)
{
	for (size_t i = 0; i < s.len; i++)
		if (s.ptr[i] >= 0x80 || s.ptr[i] < 0x20)
			return false;
	return s.len > 0;
}

static bool shift_charset(struct span charset)
{
	return span_istarts(charset, "iso-2022-") || span_istarts(charset, "hz-") ||
	       span_istarts(charset, "utf-7") || span_istarts(charset, "utf-16") ||
	       span_istarts(charset, "utf-32");
}

static bool has(const char *text, const char *what)
{
	return span_ifind(span_of(text), span_of(what), 0) < strlen(text);
}

static bool shows_syntax(const char *text)
{
	return strpbrk(text, "<>@") || has(text, "script");
}

static void check_charset(
	struct findings *f, const char *text, struct span charset, struct span where)
{
	if (charset_hides_ascii(charset) && shows_syntax(text))
		finding_show(f,
			finding_raise(f, FINDING_ENC_ODD_CHARSET, SEVERITY_NONE,
				"ASCII is written in %s", arena_text(f->arena, charset)),
			where, "charset");
	else if (span_istarts(charset, "utf-7") || span_istarts(charset, "unicode-1-1-utf-7"))
		finding_show(f,
			finding_raise(f, FINDING_ENC_ODD_CHARSET, SEVERITY_MEDIUM,
				"the charset is %s", arena_text(f->arena, charset)),
			where, "charset");
}

static const char *word_wrong(struct findings *f, const struct encoded_word *word)
{
	if (!word->charset.len)
		return "an encoded-word has no end or no charset";
	if (!charset_known(arena_text(f->arena, word->charset)))
		return "an encoded-word names a charset that nobody knows";
	return word->bad ? "an encoded-word does not decode" : NULL;
}

static void check_word(
	struct findings *f, const struct encoded_word *word, size_t *needless, size_t *needed)
{
	const char *wrong = word_wrong(f, word);

	if (wrong || word->too_long)
		finding_show(f,
			finding_raise(f, FINDING_ENC_BAD, wrong ? SEVERITY_NONE : SEVERITY_INFO,
				"%s", wrong ? wrong : "an encoded-word has more than 75 octets"),
			word->where, NULL);
	if (word->charset.len && !wrong)
		check_charset(f,
			charset_string(f->arena, charset_utf8(f->arena, word->bytes,
							 arena_text(f->arena, word->charset))),
			word->charset, word->where);
	if (word->encoding == 'b' && all_ascii(word->bytes) && !shift_charset(word->charset))
		++*needless;
	else
		++*needed;
}

static void check_field(struct findings *f, enum field_name name)
{
	const struct field *field = message_field(f->evidence->message, name, 0);
	struct span rest = field ? field->value : SPAN_NONE;
	struct encoded_word word;
	size_t needless = 0, needed = 0;

	while (encoded_next(f->arena, &rest, &word))
		check_word(f, &word, &needless, &needed);
	/* One long text split into several words has plain ones among them. */
	if (needless && !needed)
		finding_show(f,
			finding_raise(f, FINDING_ENC_NEEDLESS, SEVERITY_NONE,
				"%s is plain ASCII in Base64", field_name_text(name)),
			field->whole, field_name_text(name));
}

/* Text parts in charsets that write ASCII with other bytes. */
static void check_part_charsets(struct findings *f)
{
	struct mime *mime = f->evidence->mime;

	for (size_t i = 0; mime && i < mime->count && i < PARTS_MAX; i++) {
		struct part *part = &mime->part[i];
		struct span charset = span_of(part->charset);
		const char *text;

		if (!part->is_text || !charset.len || !charset_hides_ascii(charset))
			continue;
		text = arena_text(f->arena, part_text(f->arena, mime, part));
		if (span_istarts(charset, "utf-7") || has(text, "<script"))
			check_charset(f, text, charset,
				part_field(part, "Content-Type", 0)
					? part_field(part, "Content-Type", 0)->whole
					: part->header);
	}
}

void findings_unicode(struct findings *f)
{
	static const enum field_name encoded[] = {NAME_FROM, NAME_SUBJECT, NAME_TO, NAME_CC, NAME_REPLY_TO, NAME_SENDER};
	const struct evidence *e = f->evidence;
	const struct field *subject = message_field(e->message, NAME_SUBJECT, 0);

	if (subject && e->subject)
		check_text(f, e->subject, subject->whole, false);
	for (size_t i = 0; i < e->from.count && i < NAMES_MAX; i++)
		if (e->from.address[i].display)
			check_text(f, e->from.address[i].display, e->from.address[i].where, true);
	check_filenames(f);
	for (size_t i = 0; i < sizeof encoded / sizeof *encoded; i++)
		check_field(f, encoded[i]);
	check_part_charsets(f);
}
