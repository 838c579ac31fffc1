/* SPDX-License-Identifier: ISC */
#include "parsers/findings/runes.h"

#include <unicode/uchar.h>
#include <unicode/uscript.h>

bool rune_invisible(uint32_t r)
{
	return (r >= 0x200b && r <= 0x200d) || (r >= 0x2060 && r <= 0x2064) || r == 0xfeff ||
	       r == 0x00ad || r == 0x034f || r == 0x115f || r == 0x1160 || r == 0x3164 ||
	       r == 0xffa0 || r == 0x2800 || r == 0x180e || r == 0x17b4 || r == 0x17b5;
}

bool rune_override(uint32_t r)
{
	return r == 0x202d || r == 0x202e || (r >= 0x2066 && r <= 0x2068);
}

bool rune_direction(uint32_t r)
{
	return (r >= 0x202a && r <= 0x202e) || (r >= 0x2066 && r <= 0x2069) || r == 0x200e ||
	       r == 0x200f || r == 0x061c;
}

bool rune_tag(uint32_t r)
{
	return r >= 0xe0020 && r <= 0xe007f;
}

bool rune_fullwidth(uint32_t r)
{
	return r >= 0xff01 && r <= 0xff5e;
}

bool rune_styled(uint32_t r)
{
	return (r >= 0x1d400 && r <= 0x1d7ff) || rune_fullwidth(r) ||
	       (r >= 0x24b6 && r <= 0x24e9) || (r >= 0x1f130 && r <= 0x1f189);
}

bool rune_letter(uint32_t r)
{
	return u_isalpha((UChar32)r);
}

bool rune_joins(uint32_t r)
{
	UErrorCode error = U_ZERO_ERROR;
	UScriptCode script;

	if (u_hasBinaryProperty((UChar32)r, UCHAR_EMOJI) && r > 0x7f)
		return true;
	/* U+FE0F makes an emoji of the character before it. */
	if (r == 0xfe0f || (r >= 0x1f3fb && r <= 0x1f3ff))
		return true;
	script = uscript_getScript((UChar32)r, &error);
	return !(script == USCRIPT_LATIN || script == USCRIPT_GREEK || script == USCRIPT_CYRILLIC ||
		 script == USCRIPT_COMMON || script == USCRIPT_INHERITED ||
		 script == USCRIPT_ARMENIAN || script == USCRIPT_HAN || script == USCRIPT_UNKNOWN);
}

unsigned rune_script(uint32_t r)
{
	UErrorCode error = U_ZERO_ERROR;

	switch (uscript_getScript((UChar32)r, &error)) {
	case USCRIPT_COMMON:
	case USCRIPT_INHERITED:
	case USCRIPT_UNKNOWN:
	case USCRIPT_INVALID_CODE:
		return 0;
	case USCRIPT_LATIN:
		return SCRIPT_LATIN;
	case USCRIPT_GREEK:
		return SCRIPT_GREEK;
	case USCRIPT_CYRILLIC:
		return SCRIPT_CYRILLIC;
	case USCRIPT_ARMENIAN:
		return SCRIPT_ARMENIAN;
	case USCRIPT_CHEROKEE:
		return SCRIPT_CHEROKEE;
	case USCRIPT_HAN:
	case USCRIPT_HIRAGANA:
	case USCRIPT_KATAKANA:
	case USCRIPT_HANGUL:
	case USCRIPT_BOPOMOFO:
		return SCRIPT_CJK;
	default:
		return SCRIPT_OTHER;
	}
}

bool rune_next(struct span *rest, uint32_t *ret)
{
	if (rest->len == 0)
		return false;

	size_t len = utf8_decode(*rest, ret);

	if (len == 0) {
		*ret = 0xfffd;
		len = 1;
	}
	*rest = span_skip(*rest, len);
	return true;
}
