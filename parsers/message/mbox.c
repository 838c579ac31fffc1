/* SPDX-License-Identifier: ISC */
#include "parsers/message/mbox.h"

#include "parsers/message/source.h"

enum { MAX_TOKENS = 24 };

static bool in_list(struct span token, const char *list)
{
	if (token.len == 4 && token.ptr[3] == ',')
		token.len = 3;
	if (token.len != 3)
		return false;
	for (; *list; list += 3)
		if (memcmp(token.ptr, list, 3) == 0)
			return true;
	return false;
}

static bool is_weekday(struct span token)
{
	return in_list(token, "SunMonTueWedThuFriSat");
}

static bool is_month(struct span token)
{
	return in_list(token, "JanFebMarAprMayJunJulAugSepOctNovDec");
}

static bool is_number(struct span token, uint64_t low, uint64_t high)
{
	uint64_t n;

	return token.len <= 4 && span_number(token, 9999, &n) && n >= low && n <= high;
}

/* hh:mm[:ss] */
static bool is_time(struct span token)
{
	size_t colons = 0, digits = 0;

	for (size_t i = 0; i < token.len; i++) {
		if (is_digit(token.ptr[i]) && digits < 2)
			digits++;
		else if (token.ptr[i] == ':' && digits && colons < 2)
			colons++, digits = 0;
		else
			return false;
	}
	return colons && digits == 2;
}

static bool is_year(struct span token)
{
	return token.len == 4 ? is_number(token, 1900, 9999)
			      : token.len == 2 && is_number(token, 0, 99);
}

static bool is_zone(struct span token)
{
	if (token.len >= 2 && (token.ptr[0] == '+' || token.ptr[0] == '-'))
		return span_number(span_skip(token, 1), 9999, &(uint64_t){0});
	if (token.len < 1 || token.len > 5)
		return false;
	for (size_t i = 0; i < token.len; i++)
		if (!is_alpha(token.ptr[i]))
			return false;
	return true;
}

/*
 * What follows the weekday: "Nov 10 09:12:44 2026", a zone before or after the year, "remote from
 * host" of UUCP at the end; or "10 Nov 2026 09:12:44" as some programs write.
 */
static bool is_date(const struct span *t, size_t count)
{
	size_t i = 3;

	if (count < 4)
		return false;
	if (is_number(t[0], 1, 31) && is_month(t[1]) && is_year(t[2]) && is_time(t[3])) {
		i = 4;
	} else {
		if (!is_month(t[0]) || !is_number(t[1], 1, 31) || !is_time(t[2]))
			return false;
		if (i < count && !is_year(t[i]) && is_zone(t[i]))
			i++;
		if (i >= count || !is_year(t[i]))
			return false;
		i++;
	}
	if (i < count && is_zone(t[i]) && !span_is(t[i], "remote"))
		i++;
	if (i + 2 < count && span_is(t[i], "remote") && span_is(t[i + 1], "from"))
		i += 3;
	return i == count;
}

bool mbox_separator(struct span line)
{
	struct span token[MAX_TOKENS];
	size_t count = 0;

	if (!span_starts(line, "From ") || line.len > MBOX_SEPARATOR_MAX)
		return false;
	for (size_t at = 5; at < line.len && count < MAX_TOKENS;) {
		size_t from;

		while (at < line.len && is_space(line.ptr[at]))
			at++;
		from = at;
		while (at < line.len && !is_space(line.ptr[at]))
			at++;
		if (at > from)
			token[count++] = span_sub(line, from, at);
	}
	for (size_t i = 1; i + 4 < count; i++) /* the address may have blanks in it */
		if (is_weekday(token[i]) && is_date(token + i + 1, count - i - 1))
			return true;
	return false;
}

void mbox_init(
	struct mbox *m, struct stream *stream, uint64_t from, uint64_t to, uint64_t max_message)
{
	struct buffer keep = m->separator;

	*m = (struct mbox){.stream = stream,
		.from = from,
		.to = to,
		.max_message = max_message,
		.separator = keep};
	m->started = from == 0;
}

void mbox_release(struct mbox *m)
{
	buffer_release(&m->separator);
}

/* Whether the line that begins at AT of W comes after an empty one. What stands before W is not
 * empty. */
static bool after_empty(struct span w, size_t at, bool at_start)
{
	if (at < 2)
		return at_start && at == 1;
	if (w.ptr[at - 2] == '\n')
		return true;
	return w.ptr[at - 2] == '\r' && (at == 2 ? at_start : w.ptr[at - 3] == '\n');
}

/* The next "\nFrom " of W at or after FROM, or NULL: by the F, which few lines have, in front of which few have a line's end. */
static const uint8_t *find_from(struct span w, size_t from)
{
	const uint8_t *p = w.ptr + from + 1, *end = span_end(w);

	for (; p < end && (p = memchr(p, 'F', (size_t)(end - p))); p++)
		if (p[-1] == '\n' && end - p >= 5 && memcmp(p, "From ", 5) == 0)
			return p - 1;
	return NULL;
}

/*
 * The next separator in the window from *AT on: its place and the length of its line with the end.
 * False at the end of the stream, or, where the window may not grow beyond MAX, with *AT as far as
 * was searched.
 */
static bool find_separator(struct stream *s, size_t *at, size_t *ret_len, size_t max, bool at_start)
{
	for (;;) {
		struct span w = stream_window(s);
		const uint8_t *p = *at < w.len ? find_from(w, *at) : NULL;
		size_t line, end;

		if (!p) {
			if (w.len > *at + 5)
				*at = w.len - 5;
			if (w.len > max || !stream_more(s))
				return false;
			continue;
		}
		line = (size_t)(p - w.ptr) + 1;
		end = line + span_chr(span_sub(w, line, line + MBOX_SEPARATOR_MAX), '\n');
		if (end == w.len && end < line + MBOX_SEPARATOR_MAX && !s->end) {
			*at = line - 1;
			if (stream_more(s))
				continue;
			w = stream_window(s);
		}
		if (after_empty(w, line, at_start) && mbox_separator(span_sub(w, line, end))) {
			*at = line;
			*ret_len = end < w.len ? end + 1 - line : end - line;
			return true;
		}
		*at = line;
	}
}

/* Goes to the first separator of the range, whose line the window then begins with. */
static bool find_first(struct mbox *m)
{
	size_t at = 0, len;

	for (;;) {
		size_t keep;

		if (find_separator(m->stream, &at, &len, 1 << 20, false)) {
			if (m->stream->offset + at < m->from)
				continue; /* goes on behind it */
			stream_drop(m->stream, at);
			return true;
		}
		if (m->stream->end || m->stream->failed || m->stream->offset + at >= m->to)
			return false;
		keep = at > 8 ? at - 8 : 0;
		stream_drop(m->stream, keep);
		at -= keep;
	}
}

static void take_separator(struct mbox *m)
{
	struct span window, line;

	stream_want(m->stream, MBOX_SEPARATOR_MAX);
	window = stream_window(m->stream);
	line = span_sub(window, 0, span_chr(window, '\n'));
	buffer_clear(&m->separator);
	buffer_span(&m->separator, span_trim_right(line));
	stream_drop(m->stream, line.len < window.len ? line.len + 1 : line.len);
}

/* Without the empty line that the mbox puts after a message. */
static struct span without_blank(struct span raw)
{
	if (raw.len && raw.ptr[raw.len - 1] == '\n') {
		size_t cut = raw.len > 1 && raw.ptr[raw.len - 2] == '\r' ? 2 : 1;

		if (raw.len == cut || raw.ptr[raw.len - cut - 1] == '\n')
			raw.len -= cut;
	}
	return raw;
}

static int too_long(const struct mbox *m, struct error *reterr)
{
	return error_set(reterr, ERROR_LIMIT, "message is larger than %llu bytes",
		(unsigned long long)m->max_message);
}

/* Skips what is left of a message that is too long, keeping the bytes that a separator's
 * recognition needs. */
static void skip_rest(struct mbox *m, size_t at)
{
	size_t len;
	bool found;

	do {
		size_t keep = at > 8 ? at - 8 : 0;

		stream_drop(m->stream, keep);
		at -= keep;
		found = find_separator(m->stream, &at, &len, 1 << 20, false);
	} while (!found && !m->stream->end && !m->stream->failed);
	m->used = found ? at : stream_window(m->stream).len;
}

/* The end of the stream: 0, or once -1 where it is one that could not be read. */
static int at_end(struct mbox *m, struct error *reterr)
{
	struct stream *s = m->stream;

	m->used = stream_window(s).len;
	if (!s->failed || s->end)
		return 0;
	s->end = true;
	if (reterr)
		*reterr = s->error;
	return -1;
}

int mbox_next(struct mbox *m, struct span *ret_raw, uint64_t *ret_offset, struct error *reterr)
{
	struct stream *s = m->stream;
	size_t at = 0, len;
	bool found;

	stream_drop(s, m->used);
	m->used = 0;
	*ret_offset = s->offset;
	if (!m->started && !find_first(m))
		return at_end(m, reterr);
	m->started = true;
	stream_want(s, 1);
	if (stream_window(s).len == 0 || s->offset >= m->to)
		return at_end(m, reterr);
	take_separator(m);
	*ret_offset = s->offset;
	found = find_separator(s, &at, &len, m->max_message + 2 * MBOX_SEPARATOR_MAX, true);
	if (!found && s->failed)
		return at_end(m, reterr);
	if (!found && !s->end) {
		skip_rest(m, at);
		return too_long(m, reterr);
	}
	m->used = found ? at : stream_window(s).len;
	*ret_raw = without_blank(span_sub(stream_window(s), 0, m->used));
	return ret_raw->len > m->max_message ? too_long(m, reterr) : 1;
}
