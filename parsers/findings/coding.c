/* SPDX-License-Identifier: ISC */
/* Transfer encodings: how they are declared, and whether the bytes keep to them (RFC 2045 6). */
#include "parsers/findings/mime.h"

#include "parsers/message/base64.h"

enum { SHORT_LINE = 40, LOWER_HEX_MAX = 10, LONG_LINE = 1000 };

/* --- the declaration --- */

static const char *const encodings[] = {
	"7bit", "8bit", "binary", "quoted-printable", "base64", "x-uuencode", "uuencode", "x-uue"};
/* Written by sloppy programs; everybody reads them as no encoding. */
static const char *const misspelt[] = {"7bits", "8bits", "7-bit", "8-bit", "7 bit", "8 bit",
	"7bit.", "us-ascii", "none", "plain", "text", "utf-8", "utf8", "iso-8859-1",
	"quoted printable", "quotedprintable", "quoted-printable.", "hex", "16bit", ""};

static bool in_words(struct span s, const char *const *words, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (span_iis(s, words[i]))
			return true;
	return false;
}
#define IN_WORDS(s, words) in_words((s), (words), sizeof(words) / sizeof *(words))

/* The value without its comments. */
static struct span strip_comments(struct arena *arena, struct span s)
{
	uint8_t *out = arena_bytes(arena, s.len + 1);
	size_t len = 0, depth = 0;

	for (size_t i = 0; i < s.len; i++) {
		if (s.ptr[i] == '(')
			depth++;
		else if (s.ptr[i] == ')' && depth > 0)
			depth--;
		else if (depth == 0)
			out[len++] = s.ptr[i];
	}
	return span_trim(span_make(out, len));
}

/* type "/" subtype or a mechanism with a line end between its letters; a fold with other text
 * behind it is no part of it. */
static bool folded_token(struct span token)
{
	if (span_chr(token, '\n') == token.len)
		return false;
	for (size_t i = 0; i < token.len; i++)
		if (!is_alnum(token.ptr[i]) && !is_space(token.ptr[i]) &&
			!strchr("/-+.", token.ptr[i]))
			return false;
	return true;
}

/* How a token is written so that some programs do not see it: NULL where it is not. */
static const char *obfuscation(const struct field *field, struct span token, bool mechanism)
{
	size_t open = span_chr(token, '('), end = span_rchr(token, ')');

	if (field->odd & FIELD_SPACE_BEFORE_COLON)
		return "has a blank before the colon";
	if (field->odd & FIELD_NAME_FOLDED)
		return "is folded inside its name";
	if (field->odd & FIELD_LEADING_SPACE)
		return "begins with a blank";
	if (span_chr(field->name, 0) < field->name.len)
		return "has a NUL in its name";
	if (span_chr(token, 0) < token.len)
		return "has a NUL in its value";
	if (span_find(token, SPAN("=?"), 0) < token.len)
		return "has an encoded-word as its value";
	/* A remark behind the token is legal and harmless; elsewhere it cuts the token. */
	if (open < token.len &&
		(end == token.len || end + 1 < token.len || (mechanism && open == 0)))
		return "has a comment inside its value";
	if (mechanism && open < token.len && (span_istarts(token, "base64") || span_istarts(token, "quoted")))
		return "has a comment behind its value, with which some programs do not know it";
	if (folded_token(token))
		return "is folded inside its value";
	return NULL;
}

static void check_obfuscated(struct findings *f, const struct part *part)
{
	for (size_t i = 0; i < part->field_count; i++) {
		const struct field *field = &part->field[i];
		bool encoding = field_is(field, "Content-Transfer-Encoding");
		struct span token;
		const char *why;

		if (!encoding && !field_is(field, "Content-Type"))
			continue;
		token = span_trim(field->value);
		if (!encoding)
			token = span_trim(span_sub(token, 0, span_chr(token, ';')));
		why = obfuscation(field, token, encoding);
		if (why)
			finding_show(f,
				finding_raise(f, FINDING_MIME_CTE_OBFUSC,
					structure_severity(
						f, FINDING_MIME_CTE_OBFUSC, SEVERITY_NONE),
					"part %s: %s %s", part->path,
					encoding ? "Content-Transfer-Encoding" : "Content-Type",
					why),
				field->whole, "the field");
	}
}

static void check_encoding(struct findings *f, const struct part *part)
{
	const struct field *field = part_field(part, "Content-Transfer-Encoding", 0);
	struct span value;
	bool known;

	if (!field)
		return;
	value = strip_comments(f->arena, field_unfold(f->arena, field));
	value = span_trim(span_sub(value, 0, span_chr(value, ';')));
	known = IN_WORDS(value, encodings);
	if (!known)
		finding_show(f,
			finding_raise(f, FINDING_MIME_CTE_BAD,
				structure_severity(f, FINDING_MIME_CTE_BAD,
					IN_WORDS(value, misspelt) ? SEVERITY_LOW : SEVERITY_NONE),
				"part %s: no program knows the encoding \"%s\"", part->path,
				arena_text(f->arena, span_sub(value, 0, 60))),
			field->whole, "the encoding");
	else if ((part->is_multipart || part->is_message) &&
		 (span_iis(value, "base64") || *value.ptr == 'q' || *value.ptr == 'Q'))
		/* RFC 2045 6.4 forbids it; quoted-printable was written there by gateways that
		 * meant nothing by it. */
		finding_show(f,
			finding_raise(f, FINDING_MIME_CTE_BAD,
				structure_severity(f, FINDING_MIME_CTE_BAD,
					span_iis(value, "base64") ? SEVERITY_NONE : SEVERITY_LOW),
				"%s %s must not be encoded, but says %s", part->type, part->path,
				arena_text(f->arena, value)),
			field->whole, "the encoding");
}

/* --- base64 --- */

struct base64_scan {
	size_t foreign; /* bytes outside the alphabet before the data's end */
	size_t first_foreign;
	size_t after_padding; /* alphabet bytes behind a "=" that more data follows */
	size_t first_after;
	size_t lines, odd_lines, long_lines;
	bool padded;
	bool trailer; /* what stands behind the padding is plain text, as lists add it */
};

static bool base64_byte(uint8_t c)
{
	return is_alnum(c) || c == '+' || c == '/';
}

static void scan_base64_line(struct base64_scan *b, struct span line, size_t offset)
{
	size_t data = b->padded ? 0 : base64_run(line);

	for (size_t i = data; i < line.len; i++) {
		uint8_t c = line.ptr[i];

		if (c == '=')
			b->padded = true;
		else if (base64_byte(c)) {
			if (b->padded && b->after_padding++ == 0)
				b->first_after = offset + i;
			data++;
		} else if (!is_space(c) && b->foreign++ == 0)
			b->first_foreign = offset + i;
	}
	b->lines++;
	b->odd_lines += data % 4 != 0;
	b->long_lines += data >= SHORT_LINE;
}

/* Words with blanks between them: no base64. */
static bool is_prose(struct span s)
{
	size_t blanks = 0;

	s = span_trim(span_sub(s, 0, 400));
	for (size_t i = 0; i < s.len; i++)
		blanks += s.ptr[i] == ' ' || s.ptr[i] == '_' || s.ptr[i] == '-';
	return s.len > 0 && blanks * 20 >= s.len;
}

/* A line that no encoder writes and that has words: the start of a trailer. */
static bool starts_trailer(const struct base64_scan *b, struct span line, struct span all)
{
	if (!b->padded && b->lines > 0 && b->long_lines == 0)
		return false;
	for (size_t i = base64_run(line); i < line.len; i++)
		if (!base64_byte(line.ptr[i]) && line.ptr[i] != '=' && !is_space(line.ptr[i]))
			return is_prose(all);
	return false;
}

static void check_base64(struct findings *f, const struct part *part)
{
	struct base64_scan b = {0};
	struct span rest = part->content, trailer = SPAN_NONE;
	struct finding *finding = NULL;
	size_t len;

	while (rest.len > 0) {
		struct span before = rest, line = span_line(&rest, &len);

		line.len = len;
		if (starts_trailer(&b, line, before)) {
			trailer = span_trim(before);
			break;
		}
		if (span_trim(line).len > 0)
			scan_base64_line(&b, line, (size_t)(line.ptr - part->content.ptr));
	}
	if (b.foreign > 0)
		finding = finding_show(f,
			finding_raise(f, FINDING_MIME_B64_DIRTY,
				structure_severity(f, FINDING_MIME_B64_DIRTY, SEVERITY_NONE),
				"part %s: %zu bytes are no base64", part->path, b.foreign),
			span_sub(part->content, b.first_foreign, b.first_foreign + 60),
			"no base64");
	if (b.after_padding > 0)
		finding = finding_show(f,
			finding_raise(f, FINDING_MIME_B64_DIRTY,
				structure_severity(f, FINDING_MIME_B64_DIRTY, SEVERITY_NONE),
				"part %s: %zu characters stand behind the padding that ends the "
				"data",
				part->path, b.after_padding),
			span_sub(part->content, b.first_after, b.first_after + 60),
			"behind the end");
	if (!finding && b.lines >= 5 && b.long_lines == 0 && b.odd_lines * 2 > b.lines)
		finding = finding_show(f,
			finding_raise(f, FINDING_MIME_B64_DIRTY,
				structure_severity(f, FINDING_MIME_B64_DIRTY, SEVERITY_LOW),
				"part %s: lines of odd and short length", part->path),
			span_sub(part->content, 0, 200), "short lines");
	if (!finding && trailer.len > 0)
		finding_show(f,
			finding_raise(f, FINDING_MIME_B64_DIRTY,
				structure_severity(f, FINDING_MIME_B64_DIRTY, SEVERITY_LOW),
				"part %s: text stands behind the base64 data", part->path),
			span_sub(trailer, 0, 2000), "behind the data");
}

/* --- quoted-printable --- */

static void check_quoted(struct findings *f, const struct part *part)
{
	size_t bad = 0, lower = 0, control = 0, first = SIZE_MAX, line = 0, longest = 0;
	struct span s = part->content;

	for (size_t i = 0; i < s.len; i++) {
		uint8_t c = s.ptr[i];
		bool wrong = false;

		line = c == '\n' ? 0 : line + 1;
		longest = line > longest ? line : longest;
		if (c == '=') {
			uint8_t a = i + 1 < s.len ? s.ptr[i + 1] : '\n',
				b = i + 2 < s.len ? s.ptr[i + 2] : '\n';

			/* "=" CRLF is a soft line end; blanks may have been added before it. */
			wrong = !(is_space(a) || (hex_value(a) >= 0 && hex_value(b) >= 0));
			lower += !wrong && !is_space(a) &&
				 ((a >= 'a' && a <= 'f') || (b >= 'a' && b <= 'f'));
			bad += wrong;
		} else if ((c < ' ' && !is_space(c) && c != '\f') || c == 0x7f) {
			wrong = true;
			control++;
		}
		if (wrong && first == SIZE_MAX)
			first = i;
	}
	if (bad == 0 && control == 0 && lower <= LOWER_HEX_MAX && longest <= LONG_LINE)
		return;
	finding_show(f,
		finding_raise(f, FINDING_MIME_QP_DIRTY,
			structure_severity(f, FINDING_MIME_QP_DIRTY,
				part_attached(part) && (bad || control) ? SEVERITY_MEDIUM
				: bad || control || longest > LONG_LINE ? SEVERITY_NONE
									: SEVERITY_INFO),
			"part %s: %zu wrong escapes, %zu control bytes, %zu escapes in lower case, "
			"longest line %zu",
			part->path, bad, control, lower, longest),
		first == SIZE_MAX ? part_evidence(f->evidence->mime, part)
				  : span_sub(s, first, first + 3),
		"wrong");
}

/* --- uuencode --- */

/* "begin" SP 3 octal digits SP name */
static struct span uue_name(struct span line)
{
	size_t i = 6;

	if (!span_starts(line, "begin ") || line.len < 11)
		return SPAN_NONE;
	while (i < line.len && line.ptr[i] >= '0' && line.ptr[i] <= '7')
		i++;
	if (i < 9 || i > 10 || i >= line.len || line.ptr[i] != ' ')
		return SPAN_NONE;
	return span_trim(span_skip(line, i + 1));
}

static void check_uuencode(struct findings *f, struct part *part)
{
	struct span rest = part_text(f->arena, f->evidence->mime, part), start = rest,
		    name = SPAN_NONE;
	size_t len, at = 0;

	while (rest.len > 0) {
		struct span line = span_line(&rest, &len);

		line.len = len;
		if (name.len > 0 && span_is(span_trim(line), "end"))
			break;
		if (name.len == 0 && (name = uue_name(line)).len > 0)
			at = (size_t)(line.ptr - start.ptr);
	}
	if (name.len == 0)
		return;
	/* Without its "end" it may be prose: "begin 644 of them". A data line tells. */
	struct span data = span_skip(start, at);
	span_line(&data, NULL);
	struct span first = span_line(&data, &len);
	if (first.len == 0 || (len > 1 && (size_t)((first.ptr[0] - 32) & 63) * 4 / 3 > len + 4))
		return;

	const char *text = arena_text(f->arena, span_sub(name, 0, 200));
	struct span where = part_text_span(f->arena, f->evidence->mime, part, at, 10 + name.len);

	finding_show(f,
		finding_raise(f, FINDING_MIME_UUE,
			structure_severity(f, FINDING_MIME_UUE, SEVERITY_NONE),
			"the text of part %s holds the file %s", part->path, text),
		where, "begins here");
	if (extension_dangerous(name_extension(f->arena, text)))
		finding_show(f,
			finding_raise(f, FINDING_ATT_DANGEROUS, SEVERITY_NONE,
				"%s, uuencoded in the text", text),
			where, "the file's name");
}

void findings_part_coding(struct findings *f, struct part *part)
{
	check_obfuscated(f, part);
	check_encoding(f, part);
	if (part->is_multipart || part->is_message)
		return;
	if (part->encoding && strcmp(part->encoding, "base64") == 0)
		check_base64(f, part);
	else if (part->encoding && strcmp(part->encoding, "quoted-printable") == 0)
		check_quoted(f, part);
	if (part->is_text && !part_is_html(part))
		check_uuencode(f, part);
}
