/* SPDX-License-Identifier: ISC */
/* Content-transfer-encodings (RFC 2045 6) both ways, as common software writes them. */
#include "parsers/dkim/repair.h"

struct span text_crlf(struct arena *arena, struct span s)
{
	uint8_t *out = arena_bytes(arena, s.len * 2 + 2);
	size_t len = 0;

	for (size_t i = 0; i < s.len; i++) {
		if (s.ptr[i] == '\n' && (len == 0 || out[len - 1] != '\r'))
			out[len++] = '\r';
		out[len++] = s.ptr[i];
	}
	return span_make(out, len);
}

struct span decode_quoted_printable(struct arena *arena, struct span s)
{
	uint8_t *out = arena_bytes(arena, s.len * 2 + 2);
	size_t len = 0;

	while (s.len) {
		size_t bare;
		struct span line = span_line(&s, &bare);
		bool ended = bare < line.len, soft;

		line = span_trim_right(span_sub(
			line, 0, bare)); /* WSP at the end was added in transport (6.7 rule 3) */
		soft = line.len && line.ptr[line.len - 1] == '=';
		for (size_t i = 0; i < line.len - soft; i++) {
			int byte = line.ptr[i] == '=' ? span_hex_byte(line, i + 1) : -1;

			out[len++] = byte < 0 ? line.ptr[i] : (uint8_t)byte;
			i += byte < 0 ? 0 : 2;
		}
		if (ended && !soft) {
			out[len++] = '\r';
			out[len++] = '\n';
		}
	}
	return span_make(out, len);
}

struct span decode_base64_lines(struct arena *arena, struct span s)
{
	struct span ret;
	bool forgiven;

	return base64_forgiving(arena, s, &ret, &forgiven) ? ret : SPAN_NONE;
}

/* How encoders differ. */
static const struct qp_style {
	uint8_t width;       /* characters of a line with its final "=" */
	bool exact;          /* a rest as long as WIDTH needs no break */
	bool from, dot, tab; /* "From " and "." at the start, tabs anywhere */
	bool trailing;       /* WSP at a line's end is encoded */
	bool lower;          /* =c3, not =C3 */
} qp_style[QP_VARIANTS] = {
	{76, true, false, false, false, true, false},
	{76, false, false, false, false, true, false},
	{76, true, true, true, false, true, false},
	{73, true, false, false, false, true, false},
	{76, true, true, false, true, true, false},
	{75, true, false, false, false, true, true},
};

static bool must_encode(const struct qp_style *style, struct span line, size_t i)
{
	uint8_t c = line.ptr[i];
	bool last = i + 1 == line.len;

	if (c == '\t')
		return style->tab || (last && style->trailing);
	if (c == ' ')
		return last && style->trailing;
	if (i == 0 && ((c == 'F' && style->from && span_starts(line, "From ")) ||
			      (c == '.' && style->dot)))
		return true;
	return c < 33 || c > 126 || c == '=';
}

static size_t qp_line(uint8_t *out, struct span line, const struct qp_style *style)
{
	const char *digit = style->lower ? "0123456789abcdef" : "0123456789ABCDEF";
	size_t len = 0, column = 0, left = 0;

	for (size_t i = 0; i < line.len; i++)
		left += must_encode(style, line, i) ? 3 : 1;
	for (size_t i = 0; i < line.len; i++) {
		bool encode = must_encode(style, line, i);
		size_t need = encode ? 3 : 1;
		bool fits = column + left <= (size_t)style->width - !style->exact;

		if (!fits && column + need > (size_t)style->width - 1) {
			memcpy(out + len, "=\r\n", 3);
			len += 3;
			column = 0;
		}
		if (encode) {
			out[len++] = '=';
			out[len++] = (uint8_t)digit[line.ptr[i] >> 4];
			out[len++] = (uint8_t)digit[line.ptr[i] & 15];
		} else {
			out[len++] = line.ptr[i];
		}
		column += need;
		left -= need;
	}
	return len;
}

struct span encode_quoted_printable(struct arena *arena, struct span text, unsigned variant)
{
	uint8_t *out = arena_bytes(arena, text.len * 4 + 16);
	size_t len = 0;

	while (text.len) {
		size_t bare;
		struct span line = span_line(&text, &bare);

		len += qp_line(out + len, span_sub(line, 0, bare), &qp_style[variant]);
		if (bare < line.len) {
			out[len++] = '\r';
			out[len++] = '\n';
		}
	}
	return span_make(out, len);
}

static const uint8_t base64_width[BASE64_VARIANTS] = {76, 72, 64, 60};

struct span encode_base64_lines(struct arena *arena, struct span bytes, unsigned variant)
{
	static const char alphabet[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	uint8_t *out = arena_bytes(arena, bytes.len / 3 * 4 + bytes.len / 22 + 16);
	size_t len = 0, column = 0;

	for (size_t i = 0; i < bytes.len; i += 3) {
		size_t left = bytes.len - i;
		uint32_t v = (uint32_t)bytes.ptr[i] << 16 |
			     (left > 1 ? (uint32_t)bytes.ptr[i + 1] << 8 : 0) |
			     (left > 2 ? bytes.ptr[i + 2] : 0);

		out[len++] = (uint8_t)alphabet[v >> 18];
		out[len++] = (uint8_t)alphabet[v >> 12 & 63];
		out[len++] = left > 1 ? (uint8_t)alphabet[v >> 6 & 63] : '=';
		out[len++] = left > 2 ? (uint8_t)alphabet[v & 63] : '=';
		column += 4;
		if (column == base64_width[variant] || left <= 3) {
			out[len++] = '\r';
			out[len++] = '\n';
			column = 0;
		}
	}
	return span_make(out, len);
}
