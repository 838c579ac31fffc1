/* SPDX-License-Identifier: ISC */
/* File names of parts: every form of them (RFC 2183, RFC 2231, RFC 2047), their extensions, which
 * of these are dangerous. */
#include <stdio.h>

#include "parsers/base/encode.h"
#include "parsers/base/printable.h"
#include "parsers/findings/content.h"

/* Names of types that run or mount something when opened. */
static const char *const dangerous[] = {"exe", "scr", "com", "pif", "bat", "cmd", "js", "jse",
	"vbs", "vbe", "wsf", "wsh", "hta", "msi", "msp", "ps1", "psm1", "lnk", "url", "iso", "img",
	"vhd", "vhdx", "one", "chm", "cpl", "jar", "reg", "xll", "scf", "appx", "appxbundle",
	"msix", "rdp", "iqy", "slk", "library-ms", "search-ms", "searchconnector-ms",
	"settingcontent-ms", "application", "gadget", "inf", "scriptlet", "sct", "ws", "diagcab",
	"theme", "wim", "jnlp", "dll", "sys", "drv", "apk", "command", "xbap", "msc", "vb", "hlp",
	"ade", "adp", "mde"};

bool extension_dangerous(const char *extension)
{
	for (size_t i = 0; i < sizeof dangerous / sizeof *dangerous; i++)
		if (strcmp(extension, dangerous[i]) == 0)
			return true;
	return false;
}

/* Characters that a name may be padded with: blanks in all their kinds, dots and what has no face.
 */
static bool is_padding(uint32_t c)
{
	return c <= ' ' || c == '.' || c == 0xa0 || (c >= 0x2000 && c <= 0x200f) ||
	       (c >= 0x2028 && c <= 0x202f) || c == 0x2800 || c == 0x3000 || c == 0x3164 ||
	       c == 0xfeff || (c >= 0x2060 && c <= 0x206f) || c == '"' || c == '\'';
}

/* NAME without padding at its end: Windows drops dots and blanks there. */
static struct span strip_end(struct span name)
{
	size_t end = 0;

	for (size_t at = 0; at < name.len;) {
		uint32_t c = name.ptr[at];
		size_t len = utf8_decode(span_skip(name, at), &c);

		at += len ? len : 1;
		if (!is_padding(c))
			end = at;
	}
	return span_sub(name, 0, end);
}

const char *name_extension(struct arena *arena, const char *name)
{
	struct span s = strip_end(span_of(name)), extension;
	size_t dot = span_rchr(s, '.');
	uint32_t c;
	size_t len;

	if (dot == s.len)
		return "";
	extension = span_skip(s, dot + 1);
	while (extension.len > 0) {
		c = *extension.ptr;
		len = utf8_decode(extension, &c);
		if (!is_padding(c))
			break;
		extension = span_skip(extension, len ? len : 1);
	}
	if (extension.len > 20 || span_chr(extension, '/') < extension.len ||
		span_chr(extension, '\\') < extension.len)
		return "";
	return arena_lower(arena, extension);
}

/* --- forms --- */

/* ext-value = charset "'" [language] "'" value-chars: the value; Latin-1 and UTF-8 are told apart,
 * the rest kept as it is. */
static const char *decode_extended(struct arena *arena, struct span s)
{
	size_t first = span_chr(s, '\''), second;
	struct span charset = span_sub(s, 0, first), raw;

	if (first < s.len) {
		second = span_chr(span_skip(s, first + 1), '\'');
		s = span_skip(s, first + 1 + second + 1);
	}
	raw = escape_decode(arena, s, '%');
	if (span_iis(charset, "iso-8859-1") || span_iis(charset, "windows-1252")) {
		char *utf8 = (char *)arena_bytes(arena, raw.len * 2 + 1);
		size_t len = 0;

		for (size_t i = 0; i < raw.len; i++)
			len += utf8_encode(raw.ptr[i], utf8 + len);
		utf8[len] = '\0';
		return utf8;
	}
	return arena_text(arena, raw);
}

/* filename*0*= and so on: pieces in the order of their numbers. */
static const char *join_pieces(
	struct arena *arena, const struct param_list *list, const char *name, struct span *where)
{
	struct buffer raw = BUFFER_INIT;
	bool extended = false;
	const char *text;

	for (unsigned n = 0; n < 100; n++) {
		const struct param *found = NULL;
		char plain[40], coded[40];

		snprintf(plain, sizeof plain, "%s*%u", name, n);
		snprintf(coded, sizeof coded, "%s*%u*", name, n);
		for (size_t i = 0; i < list->count && !found; i++)
			if (span_iis(list->param[i].name, plain) ||
				span_iis(list->param[i].name, coded))
				found = &list->param[i];
		if (!found)
			break;
		if (n == 0) {
			extended = span_iis(found->name, coded);
			*where = found->raw;
		}
		buffer_str(&raw, found->value);
	}
	text = raw.len == 0 ? NULL
	       : extended   ? decode_extended(arena, buffer_view(&raw))
			    : arena_text(arena, buffer_view(&raw));
	buffer_release(&raw);
	return text;
}

static void add_name(
	struct part_names *names, const char *form, const char *name, struct span where)
{
	if (names->count < sizeof names->name / sizeof *names->name && name && *name)
		names->name[names->count++] = (struct part_name){form, name, where};
}

/* An encoded-word in a quoted parameter is illegal (RFC 2047 5) and everywhere: decoded as all
 * programs do. */
static const char *decode_words(struct arena *arena, const struct field *field, const char *value)
{
	struct field copy = *field;

	if (!strstr(value, "=?"))
		return value;
	copy.value = span_of(value);
	copy.odd = 0;
	return field_text(arena, &copy);
}

static void names_of_field(struct arena *arena, struct part_names *names, const struct field *field,
	const char *name, const char *extended_form, const char *pieces_form)
{
	struct param_list list = param_parse(arena, field->value);
	struct span where = SPAN_NONE;
	const char *joined;

	for (size_t i = 0; i < list.count; i++) {
		const struct param *p = &list.param[i];

		if (span_iis(p->name, name))
			add_name(names, name, decode_words(arena, field, p->value), p->raw);
		else if (span_iis(p->name, extended_form))
			add_name(names, extended_form, decode_extended(arena, span_of(p->value)),
				p->raw);
	}
	joined = join_pieces(arena, &list, name, &where);
	add_name(names, pieces_form, joined, where);
}

struct part_names part_names(struct arena *arena, const struct part *part)
{
	struct part_names names = {0};

	for (size_t i = 0; i < part->field_count; i++) {
		if (field_is(&part->field[i], "Content-Disposition"))
			names_of_field(arena, &names, &part->field[i], "filename", "filename*",
				"filename*0");
		else if (field_is(&part->field[i], "Content-Type"))
			names_of_field(arena, &names, &part->field[i], "name", "name*", "name*0");
	}
	return names;
}

bool name_double(struct arena *arena, const char *name)
{
	static const char *const documents[] = {"pdf", "doc", "docx", "xls", "xlsx", "ppt", "pptx",
		"jpg", "jpeg", "png", "gif", "txt", "zip", "rtf", "htm", "html", "csv", "mp3",
		"mp4", "avi", "odt", "xml", "eml", "msg", "tif", "tiff", "bmp"};
	struct span s = strip_end(span_of(name));
	size_t dot = span_rchr(s, '.'), inner;

	if (dot == s.len || !extension_dangerous(name_extension(arena, name)))
		return false;
	s = strip_end(span_sub(s, 0, dot));
	while (s.len > 0 && (s.ptr[s.len - 1] == '_' || s.ptr[s.len - 1] == '-'))
		s.len--;
	s = strip_end(s);
	inner = span_rchr(s, '.');
	for (size_t i = 0; inner < s.len && i < sizeof documents / sizeof *documents; i++)
		if (span_iis(span_skip(s, inner + 1), documents[i]))
			return true;
	return false;
}

bool name_escapes(const char *name)
{
	size_t len = strlen(name);

	for (size_t i = 0; i + 2 < len; i++)
		if (name[i] == '.' && name[i + 1] == '.' &&
			(name[i + 2] == '/' || name[i + 2] == '\\') &&
			(i == 0 || name[i - 1] == '/' || name[i - 1] == '\\'))
			return true;
	return *name == '/' || strncmp(name, "\\\\", 2) == 0;
}
