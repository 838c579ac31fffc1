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

/*
 * Copies what is the same in the canonical form, up to a LF and, in relaxed, a tab or two blanks,
 * or to FULL or somewhat behind it: TO has room for WIDE bytes more. A blank or a CR is copied
 * before it is known whether it belongs to a line's end.
 */
static const uint8_t *copy_plain(uint8_t **to, const uint8_t *full, const uint8_t *at,
	const uint8_t *end, enum canonicalization canon)
{
	bool relaxed = canon == CANONICAL_RELAXED;
	uint8_t *p = *to;

	while (p < full && end - at > WIDE) {
		wide v = wide_at(at), marks = wide_equal(v, '\n');

		if (relaxed)
			marks = wide_or(wide_or(marks, wide_equal(v, '\t')),
				wide_and(wide_equal(v, ' '), wide_equal(wide_at(at + 1), ' ')));
		wide_put(p, v);
		if (wide_any(marks)) {
			*to = p + wide_first(marks);
			return at + wide_first(marks);
		}
		at += WIDE;
		p += WIDE;
	}
	while (p < full && at < end && *at != '\n' && !(relaxed && is_wsp(*at)))
		*p++ = *at++;
	*to = p;
	return at;
}

/* Line ends are removed, runs of WSP become one SP, none stays at the ends (3.4.2). */
static void add_relaxed(struct buffer *b, struct span s)
{
	const uint8_t *at = s.ptr, *end = span_end(s);
	uint8_t *first, *to;

	buffer_reserve(b, s.len + WIDE);
	first = to = b->ptr + b->len;
	while (at < end) {
		bool blank = false;

		for (; at < end; at++) {
			if (is_wsp(*at))
				blank = true;
			else if (*at != '\n' && !(*at == '\r' && end - at > 1 && at[1] == '\n'))
				break;
		}
		if (blank && to > first && to[-1] != ' ')
			*to++ = ' ';
		at = copy_plain(&to, first + s.len, at, end, CANONICAL_RELAXED);
		if (at < end && *at == '\n' && at[-1] == '\r')
			to--;
	}
	if (to > first && to[-1] == ' ')
		to--;
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
	uint64_t sent; /* canonical bytes that the sinks have */
	size_t used;
	uint8_t chunk[8192];
};

/* At a line's end its last two bytes are looked at again. */
enum { CHUNK_KEEP = 2, CHUNK_FULL = sizeof((struct stream *)0)->chunk - 2 * WIDE };

static void stream_send(struct stream *s, size_t len)
{
	for (size_t i = 0; i < s->sinks; i++) {
		struct body_sink *sink = &s->sink[i];
		uint64_t take = len;

		if (sink->canon != s->canon)
			continue;
		if (sink->has_limit && take > sink->limit - sink->taken)
			take = sink->limit - sink->taken;
		hash_add(&sink->hash, s->chunk, (size_t)take);
		sink->taken += take;
	}
	s->sent += len;
}

static void stream_make_room(struct stream *s)
{
	if (s->used < CHUNK_FULL)
		return;
	stream_send(s, s->used - CHUNK_KEEP);
	memcpy(s->chunk, s->chunk + s->used - CHUNK_KEEP, CHUNK_KEEP);
	s->used = CHUNK_KEEP;
}

static void stream_line_end(struct stream *s)
{
	stream_make_room(s);
	s->chunk[s->used++] = '\r';
	s->chunk[s->used++] = '\n';
}

/* What lies behind an empty line at AT (in relaxed, white space makes none); AT itself where it is
 * not empty. */
static const uint8_t *skip_empty_line(
	const uint8_t *at, const uint8_t *end, enum canonicalization canon)
{
	const uint8_t *p = at;

	while (p < end && canon == CANONICAL_RELAXED && is_wsp(*p))
		p++;
	if (p < end && *p == '\n')
		return p + 1;
	if (end - p >= 2 && p[0] == '\r' && p[1] == '\n')
		return p + 2;
	return p == end ? p : at;
}

/* One line that is not empty; relaxed: no WSP at its end, runs of it become one SP. Returns the
 * place behind its end. */
static const uint8_t *stream_line(struct stream *s, const uint8_t *at, const uint8_t *end)
{
	for (;;) {
		uint8_t *to;

		stream_make_room(s);
		to = s->chunk + s->used;
		at = copy_plain(&to, s->chunk + CHUNK_FULL, at, end, s->canon);
		s->used = (size_t)(to - s->chunk);
		if (at == end || *at == '\n')
			break;
		if (s->canon == CANONICAL_SIMPLE || !is_wsp(*at))
			continue; /* no room was left */
		while (at < end && is_wsp(*at))
			at++;
		if (!s->used || s->chunk[s->used - 1] != ' ')
			s->chunk[s->used++] = ' ';
	}
	if (at < end && s->chunk[s->used - 1] == '\r')
		s->used--;
	if (s->canon == CANONICAL_RELAXED && s->chunk[s->used - 1] == ' ')
		s->used--;
	stream_line_end(s);
	return at < end ? at + 1 : at;
}

/* 3.4.3, 3.4.4: empty lines at the end do not count; elsewhere they do. */
static uint64_t stream_body(struct stream *s, struct span body)
{
	const uint8_t *at = body.ptr, *end = span_end(body), *next;
	uint64_t empty = 0;

	while (at < end) {
		next = skip_empty_line(at, end, s->canon);
		if (next > at) {
			empty++;
			at = next;
			continue;
		}
		for (; empty; empty--)
			stream_line_end(s);
		at = stream_line(s, at, end);
	}
	/* An empty body is one CRLF in simple (3.4.3), nothing in relaxed (3.4.4). */
	if (s->canon == CANONICAL_SIMPLE && !s->sent && !s->used)
		stream_line_end(s);
	stream_send(s, s->used);
	return s->sent;
}

void canon_body(struct span body, struct body_sink *sink, size_t count, struct body_lengths *ret)
{
	bool wanted[2] = {false, false};

	for (size_t i = 0; i < count; i++) {
		hash_init(&sink[i].hash, sink[i].kind);
		sink[i].taken = 0;
		wanted[sink[i].canon] = true;
	}
	for (int c = 0; c < 2; c++) {
		struct stream stream;

		stream.canon = (enum canonicalization)c;
		stream.sink = sink;
		stream.sinks = count;
		stream.sent = stream.used = 0;
		ret->len[c] = wanted[c] ? stream_body(&stream, body) : 0;
	}
	for (size_t i = 0; i < count; i++)
		hash_end(&sink[i].hash, sink[i].digest);
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
