/* SPDX-License-Identifier: ISC */
#include "parsers/dkim/canon.h"

#include "parsers/base/wide.h"

struct span span_without_line_end(struct span text)
{
	if (text.len && text.ptr[text.len - 1] == '\n')
		text.len--;
	else
		return text;
	if (text.len && text.ptr[text.len - 1] == '\r')
		text.len--;
	return text;
}

struct span field_text_span(const struct field *field)
{
	return span_without_line_end(field->whole);
}

static void add_simple(struct buffer *b, struct span s)
{
	while (s.len) {
		size_t at = span_chr(s, '\n');
		bool has_cr = at < s.len && at && s.ptr[at - 1] == '\r';

		buffer_span(b, span_sub(s, 0, at - has_cr));
		if (at < s.len)
			buffer_add(b, "\r\n", 2);
		s = span_skip(s, at + 1);
	}
}

/* Copies up to the first byte that could be white space (or is no ASCII); returns how many. TO has room for LEN and WIDE more. */
static size_t copy_dense(uint8_t *to, const uint8_t *from, size_t len)
{
	size_t i = 0;

	for (; len - i >= WIDE; i += WIDE) {
		wide v = wide_at(from + i), blank = wide_outside(v, '!');

		wide_put(to + i, v);
		if (wide_any(blank))
			return i + wide_first(blank);
	}
	for (; i < len && from[i] > ' '; i++)
		to[i] = from[i];
	return i;
}

/* Line ends are removed, runs of WSP become one SP, none stays at the ends (3.4.2). */
static void add_relaxed(struct buffer *b, struct span s)
{
	bool pending = false, any = false;
	uint8_t *to;

	buffer_reserve(b, s.len + WIDE);
	to = b->ptr + b->len;
	for (size_t i = 0; i < s.len;) {
		uint8_t c = s.ptr[i++];
		size_t dense;

		if (c == '\n' || (c == '\r' && i < s.len && s.ptr[i] == '\n'))
			continue;
		if (is_wsp(c)) {
			pending = any;
			continue;
		}
		if (pending)
			*to++ = ' ';
		pending = false;
		any = true;
		*to++ = c;
		dense = copy_dense(to, s.ptr + i, s.len - i);
		to += dense;
		i += dense;
	}
	b->len = (size_t)(to - b->ptr);
}

void canon_header(struct buffer *b, struct span text, enum canonicalization canon)
{
	size_t colon = span_chr(text, ':');
	struct span name;

	if (canon == CANONICAL_SIMPLE) {
		add_simple(b, text);
		return;
	}
	name = span_trim(span_sub(text, 0, colon));
	buffer_reserve(b, text.len + 2);
	for (size_t i = 0; i < name.len; i++)
		b->ptr[b->len++] = ascii_lower(name.ptr[i]);
	b->ptr[b->len++] = ':';
	add_relaxed(b, span_skip(text, colon + 1));
}

void canon_line(struct buffer *b, struct span line, enum canonicalization canon)
{
	bool pending = false;

	if (canon == CANONICAL_SIMPLE) {
		buffer_span(b, line);
		return;
	}
	buffer_reserve(b, line.len);
	for (size_t i = 0; i < line.len; i++) {
		if (is_wsp(line.ptr[i])) {
			pending = true;
			continue;
		}
		if (pending)
			b->ptr[b->len++] = ' ';
		pending = false;
		b->ptr[b->len++] = line.ptr[i];
	}
}

/* Output of one canonicalization on its way to the sinks. */
struct stream {
	enum canonicalization canon;
	struct body_sink *sink;
	size_t sinks;
	uint64_t len;   /* canonical bytes so far */
	uint64_t blank; /* empty lines not yet written: they count only where something follows
			   (3.4.3) */
	size_t used;
	uint8_t chunk[8192];
};

static void stream_out(struct stream *s, const uint8_t *ptr, size_t len)
{
	for (size_t i = 0; i < s->sinks; i++) {
		struct body_sink *sink = &s->sink[i];
		uint64_t take = len;

		if (sink->canon != s->canon)
			continue;
		if (sink->has_limit && take > sink->limit - sink->taken)
			take = sink->limit - sink->taken;
		hash_add(&sink->hash, ptr, (size_t)take);
		sink->taken += take;
	}
}

static void stream_flush(struct stream *s)
{
	stream_out(s, s->chunk, s->used);
	s->used = 0;
}

static void stream_add(struct stream *s, const uint8_t *ptr, size_t len)
{
	s->len += len;
	if (len > sizeof s->chunk - s->used)
		stream_flush(s);
	if (len > sizeof s->chunk) {
		stream_out(s, ptr, len);
		return;
	}
	memcpy(s->chunk + s->used, ptr, len);
	s->used += len;
}

/*
 * Copies a line as long as its relaxed form is the same: up to a tab or two blanks, or somewhat before, since it looks at WIDE
 * bytes at a time. Returns how many; TO has room for the line and WIDE more.
 */
static size_t copy_tight(uint8_t *to, struct span line)
{
	size_t i = 0;

	for (; i + WIDE + 1 <= line.len; i += WIDE) {
		wide v = wide_at(line.ptr + i), next = wide_at(line.ptr + i + 1);
		wide pairs = wide_and(wide_equal(v, ' '), wide_equal(next, ' '));

		if (wide_any(wide_or(pairs, wide_equal(v, '\t'))))
			break;
		wide_put(to + i, v);
	}
	return i && is_wsp(line.ptr[i - 1]) ? i - 1 : i;
}

/* 3.4.4: no WSP at the end of a line, runs of it become one SP. */
static void stream_relaxed(struct stream *s, struct span line)
{
	bool pending = false;
	size_t i = 0;

	while (line.len && is_wsp(line.ptr[line.len - 1]))
		line.len--;
	if (line.len + WIDE > sizeof s->chunk - s->used)
		stream_flush(s);
	if (line.len + WIDE <= sizeof s->chunk - s->used)
		i = copy_tight(s->chunk + s->used, line);
	s->used += i;
	s->len += i;
	for (; i < line.len; i++) {
		if (is_wsp(line.ptr[i])) {
			pending = true;
			continue;
		}
		if (s->used + 2 > sizeof s->chunk)
			stream_flush(s);
		if (pending) {
			s->chunk[s->used++] = ' ';
			s->len++;
		}
		pending = false;
		s->chunk[s->used++] = line.ptr[i];
		s->len++;
	}
}

static bool line_is_empty(struct span line, enum canonicalization canon)
{
	if (canon == CANONICAL_SIMPLE)
		return line.len == 0;
	for (size_t i = 0; i < line.len; i++)
		if (!is_wsp(line.ptr[i]))
			return false;
	return true;
}

static void stream_line(struct stream *s, struct span line)
{
	static const uint8_t crlf[] = "\r\n";

	if (line_is_empty(line, s->canon)) {
		s->blank++;
		return;
	}
	for (; s->blank; s->blank--)
		stream_add(s, crlf, 2);
	if (s->canon == CANONICAL_SIMPLE)
		stream_add(s, line.ptr, line.len);
	else
		stream_relaxed(s, line);
	stream_add(s, crlf, 2);
}

void canon_body(struct span body, struct body_sink *sink, size_t count, struct body_lengths *ret)
{
	struct stream stream[2];
	bool wanted[2] = {false, false};

	for (size_t i = 0; i < count; i++) {
		hash_init(&sink[i].hash, sink[i].kind);
		sink[i].taken = 0;
		wanted[sink[i].canon] = true;
	}
	for (int c = 0; c < 2; c++) {
		stream[c].canon = (enum canonicalization)c;
		stream[c].sink = sink;
		stream[c].sinks = count;
		stream[c].len = stream[c].blank = 0;
		stream[c].used = 0;
	}
	while (body.len) {
		size_t len;
		struct span line = span_line(&body, &len);

		for (int c = 0; c < 2; c++)
			if (wanted[c])
				stream_line(&stream[c], span_sub(line, 0, len));
	}
	for (int c = 0; c < 2; c++) {
		/* An empty body is one CRLF in simple (3.4.3), nothing in relaxed (3.4.4). */
		if (wanted[c] && c == CANONICAL_SIMPLE && stream[c].len == 0)
			stream_add(&stream[c], (const uint8_t *)"\r\n", 2);
		if (wanted[c])
			stream_flush(&stream[c]);
		ret->len[c] = stream[c].len;
	}
	for (size_t i = 0; i < count; i++)
		hash_end(&sink[i].hash, sink[i].digest);
}

/* How many bytes of LINE make the first WANT of its canonical form. */
static size_t line_place(struct span line, enum canonicalization canon, uint64_t want)
{
	size_t i = 0;

	if (canon == CANONICAL_SIMPLE)
		return want < line.len ? (size_t)want : line.len;
	while (i < line.len && want) {
		size_t run = i;

		while (run < line.len && is_wsp(line.ptr[run]))
			run++;
		i = run > i ? run : i + 1;
		want--;
	}
	return i;
}

size_t canon_body_place(struct span body, enum canonicalization canon, uint64_t length)
{
	struct span rest = body;
	struct buffer text = BUFFER_INIT;
	uint64_t done = 0, blank = 0;
	size_t ret = body.len;

	while (rest.len) {
		size_t len, at = body.len - rest.len;
		struct span whole = span_line(&rest, &len), line = span_sub(whole, 0, len);

		if (line_is_empty(line, canon)) {
			blank += 2;
			if (done + blank > length) { /* only of account if something follows; then
							this line is behind */
				ret = at;
				break;
			}
			continue;
		}
		done += blank;
		blank = 0;
		buffer_clear(&text);
		canon_line(&text, line, canon);
		if (length < done + text.len + 2) {
			ret = at + (length < done + text.len
						   ? line_place(line, canon, length - done)
						   : len);
			break;
		}
		done += text.len + 2;
	}
	buffer_release(&text);
	return ret;
}
