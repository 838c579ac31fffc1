/* SPDX-License-Identifier: ISC */
/* Character references of plainly written HTML. */
#include "parsers/message/html_refs.h"

#include "parsers/base/printable.h"

/* U+00A0 to U+00FF. These names, and those of SHORT, also count without their ";". */
static const char *const latin[] = {"nbsp", "iexcl", "cent", "pound", "curren", "yen", "brvbar",
	"sect", "uml", "copy", "ordf", "laquo", "not", "shy", "reg", "macr", "deg", "plusmn",
	"sup2", "sup3", "acute", "micro", "para", "middot", "cedil", "sup1", "ordm", "raquo",
	"frac14", "frac12", "frac34", "iquest", "Agrave", "Aacute", "Acirc", "Atilde", "Auml",
	"Aring", "AElig", "Ccedil", "Egrave", "Eacute", "Ecirc", "Euml", "Igrave", "Iacute",
	"Icirc", "Iuml", "ETH", "Ntilde", "Ograve", "Oacute", "Ocirc", "Otilde", "Ouml", "times",
	"Oslash", "Ugrave", "Uacute", "Ucirc", "Uuml", "Yacute", "THORN", "szlig", "agrave",
	"aacute", "acirc", "atilde", "auml", "aring", "aelig", "ccedil", "egrave", "eacute",
	"ecirc", "euml", "igrave", "iacute", "icirc", "iuml", "eth", "ntilde", "ograve", "oacute",
	"ocirc", "otilde", "ouml", "divide", "oslash", "ugrave", "uacute", "ucirc", "uuml",
	"yacute", "thorn", "yuml"};

struct reference {
	const char *name;
	uint32_t rune;
};

static const struct reference short_names[] = {
	{"amp", '&'},
	{"lt", '<'},
	{"gt", '>'},
	{"quot", '"'},
	{"AMP", '&'},
	{"LT", '<'},
	{"GT", '>'},
	{"QUOT", '"'},
	{"COPY", 0xa9},
	{"REG", 0xae},
};

/* Of the many others those that mail uses. */
static const struct reference long_names[] = {
	{"apos", '\''},
	{"ndash", 0x2013},
	{"mdash", 0x2014},
	{"lsquo", 0x2018},
	{"rsquo", 0x2019},
	{"sbquo", 0x201a},
	{"ldquo", 0x201c},
	{"rdquo", 0x201d},
	{"bdquo", 0x201e},
	{"bull", 0x2022},
	{"hellip", 0x2026},
	{"zwnj", 0x200c},
	{"zwj", 0x200d},
	{"ensp", 0x2002},
	{"emsp", 0x2003},
	{"thinsp", 0x2009},
	{"lsaquo", 0x2039},
	{"rsaquo", 0x203a},
	{"euro", 0x20ac},
	{"trade", 0x2122},
};

static uint32_t find(const struct reference *list, size_t count, struct span name)
{
	for (size_t i = 0; i < count; i++)
		if (span_is(name, list[i].name))
			return list[i].rune;
	return 0;
}
#define FIND(list, name) find((list), sizeof(list) / sizeof *(list), (name))

static uint32_t find_short(struct span name)
{
	for (size_t i = 0; i < sizeof latin / sizeof *latin; i++)
		if (span_is(name, latin[i]))
			return 0xa0 + (uint32_t)i;
	return FIND(short_names, name);
}

/* The longest of these names has six letters. */
static bool begins_short(struct span name)
{
	for (size_t n = 2; n <= 6 && n <= name.len; n++)
		if (find_short(span_sub(name, 0, n)))
			return true;
	return false;
}

/* Characters that a number may mean and that are taken as they are, none of them white space. */
static bool is_plain(uint32_t rune)
{
	return (rune > ' ' && rune < 0x7f) || (rune >= 0xa0 && rune < 0xd800) ||
	       (rune >= 0xe000 && rune < 0xfdd0) || (rune >= 0x1f000 && rune < 0x1fb00);
}

/* "#" [ "x" ] digits ";" */
static uint32_t read_number(struct span s, size_t *ret_len)
{
	uint32_t base = s.len > 1 && (s.ptr[1] | 32) == 'x' ? 16 : 10, rune = 0;
	size_t at = base == 16 ? 2 : 1;

	for (; at < s.len && at < 10 && s.ptr[at] != ';'; at++) {
		int digit = hex_value(s.ptr[at]);

		if (digit < 0 || (uint32_t)digit >= base)
			return 0;
		rune = rune * base + (uint32_t)digit;
	}
	*ret_len = at + 1;
	return at < s.len && s.ptr[at] == ';' && is_plain(rune) ? rune : 0;
}

enum html_ref html_ref(struct span s, uint32_t *ret_rune, size_t *ret_len)
{
	struct span name = span_skip(s, 1);
	size_t len = 0;

	*ret_len = 1;
	*ret_rune = '&';
	if (name.len > 0 && *name.ptr == '#') {
		*ret_rune = read_number(name, &len);
		*ret_len += len;
		return *ret_rune ? HTML_REF_RUNE : HTML_REF_ODD;
	}
	while (len < name.len && is_alnum(name.ptr[len]))
		len++;
	name = span_sub(name, 0, len);
	if (s.len <= len + 1 || s.ptr[len + 1] != ';')
		return begins_short(name) ? HTML_REF_ODD : HTML_REF_RUNE;
	*ret_rune = find_short(name);
	if (!*ret_rune)
		*ret_rune = FIND(long_names, name);
	*ret_len += len + 1;
	return *ret_rune ? HTML_REF_RUNE : HTML_REF_ODD;
}
