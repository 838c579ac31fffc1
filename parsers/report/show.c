/* SPDX-License-Identifier: ISC */
#include "parsers/report/show.h"

#include "parsers/base/printable.h"
#include "parsers/dkim/canon.h"
#include "parsers/dkim/verify.h"
#include "parsers/report/sheet.h"

enum { HEX_ROW = 16 };

/* A line with its end: CRLF is usual and not shown, everything else is. */
static const char *line_text(struct arena *arena, struct span line, size_t len)
{
	bool crlf = line.len == len + 2, lf = line.len == len + 1;

	return arena_printf(arena, "%s%s", printable(arena, span_sub(line, 0, len)),
		crlf ? ""
		: lf ? "<0A>"
		     : "");
}

static void line_rows(struct sheet *sheet, struct span bytes, uint64_t base)
{
	bool lf_only = span_find(bytes, SPAN("\r\n"), 0) == bytes.len;
	struct span rest = bytes;
	size_t len;

	while (rest.len) {
		uint64_t at = base + (uint64_t)(rest.ptr - bytes.ptr);
		struct span line = span_line(&rest, &len);

		sheet_row(sheet, 0);
		sheet_add(sheet, PIECE_DIM, 0, "%8llu |", (unsigned long long)at);
		sheet_wrap(sheet, PIECE_BYTES, 11,
			lf_only ? printable(sheet->arena, span_sub(line, 0, len))
				: line_text(sheet->arena, line, len));
	}
}

const struct outline *show_lines(
	struct arena *arena, struct span bytes, uint64_t base, unsigned width)
{
	struct sheet sheet;

	sheet_init(&sheet, arena, NULL, width);
	line_rows(&sheet, bytes, base);
	return sheet.outline;
}

const struct outline *show_hex(struct arena *arena, struct span bytes, uint64_t base)
{
	struct sheet sheet;

	sheet_init(&sheet, arena, NULL, 80);
	for (size_t at = 0; at < bytes.len; at += HEX_ROW) {
		struct span row = span_sub(bytes, at, at + HEX_ROW);
		char hex[HEX_ROW * 3 + 2], text[HEX_ROW + 1];
		size_t used = 0;

		for (size_t i = 0; i < row.len; i++) {
			static const char digit[] = "0123456789abcdef";

			hex[used++] = digit[row.ptr[i] >> 4];
			hex[used++] = digit[row.ptr[i] & 15];
			hex[used++] = ' ';
			if (i == 7)
				hex[used++] = ' ';
			text[i] = row.ptr[i] >= 0x20 && row.ptr[i] < 0x7f ? (char)row.ptr[i] : '.';
		}
		hex[used] = '\0';
		text[row.len] = '\0';
		sheet_row(&sheet, 0);
		sheet_add(&sheet, PIECE_DIM, 0, "%08llx", (unsigned long long)(base + at));
		sheet_add(&sheet, PIECE_BYTES, 10, "%s", hex);
		sheet_add(&sheet, PIECE_MARK, 60, "|%s|", text);
	}
	return sheet.outline;
}

void canonical_header(struct buffer *out, const struct dkim_signature *s)
{
	struct span own = field_text_span(s->field), b = signature_b_span(own);
	struct buffer bare = BUFFER_INIT;

	for (size_t i = 0; i < s->signed_field_count && s->covered; i++)
		if (s->covered[i]) {
			canon_header(out, field_text_span(s->covered[i]), s->header_canon);
			buffer_str(out, "\r\n");
		}
	/* RFC 6376 3.7: the signature field itself, b= empty, without its line end. */
	if (b.ptr) {
		buffer_span(&bare, span_make(own.ptr, (size_t)(b.ptr - own.ptr)));
		buffer_span(&bare, span_make(span_end(b), (size_t)(span_end(own) - span_end(b))));
	} else {
		buffer_span(&bare, own);
	}
	canon_header(out, buffer_view(&bare), s->header_canon);
	buffer_release(&bare);
}

void canonical_body(struct buffer *out, const struct message *m, const struct dkim_signature *s)
{
	struct span rest = m->check_body;
	size_t from = out->len, blank = 0, len;

	while (rest.len) {
		size_t before = out->len;
		struct span line = span_line(&rest, &len);

		/* 3.4.3, 3.4.4: empty lines at the end are left out. */
		canon_line(out, span_sub(line, 0, len), s->body_canon);
		if (out->len == before) {
			blank++;
			continue;
		}
		struct buffer text = BUFFER_INIT;

		buffer_add(&text, out->ptr + before, out->len - before);
		out->len = before;
		for (; blank; blank--)
			buffer_str(out, "\r\n");
		buffer_span(out, buffer_view(&text));
		buffer_str(out, "\r\n");
		buffer_release(&text);
	}
	if (out->len == from && s->body_canon == CANONICAL_SIMPLE)
		buffer_str(out, "\r\n");
	if (s->has_length && s->length < out->len - from)
		out->len = from + (size_t)s->length;
}

static void signature_rows(struct sheet *sheet, const char *kind, const struct dkim_signature *s)
{
	struct buffer header = BUFFER_INIT, body = BUFFER_INIT;

	canonical_header(&header, s);
	canonical_body(&body, sheet->report->evidence.message, s);
	sheet_blank(sheet);
	sheet_row(sheet, 0);
	sheet_add(sheet, PIECE_LABEL, 0, "%s", kind);
	sheet_elastic(sheet, PIECE_STRONG, 0, "  %s / %s  %s", s->domain ? s->domain : "?",
		s->selector ? s->selector : "?", s->canonicalization ? s->canonicalization : "?");
	sheet_row(sheet, 0);
	sheet_add(sheet, PIECE_DIM, 0, "header data, %s bytes",
		text_number(sheet->arena, header.len));
	line_rows(sheet, buffer_view(&header), 0);
	sheet_row(sheet, 0);
	sheet_add(sheet, PIECE_DIM, 0, "body, %s bytes, bh=%s", text_number(sheet->arena, body.len),
		s->body_hash_computed ? s->body_hash_computed : "?");
	line_rows(sheet, buffer_view(&body), 0);
	buffer_release(&header);
	buffer_release(&body);
}

const struct outline *show_canonical(
	struct arena *arena, const struct report *report, unsigned width)
{
	const struct evidence *e = &report->evidence;
	struct sheet sheet;

	sheet_init(&sheet, arena, report, width);
	for (size_t i = 0; i < e->dkim->count; i++)
		signature_rows(&sheet, "DKIM-Signature", &e->dkim->signature[i]);
	for (size_t i = 0; i < e->arc->count; i++)
		if (e->arc->set[i].message)
			signature_rows(&sheet,
				arena_printf(arena, "ARC-Message-Signature i=%u",
					e->arc->set[i].instance),
				e->arc->set[i].message);
	if (!sheet.outline->count) {
		sheet_row(&sheet, 0);
		sheet_add(&sheet, PIECE_TEXT, 0, "no signature");
	}
	return sheet.outline;
}
