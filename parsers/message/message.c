/* SPDX-License-Identifier: ISC */
#include "parsers/message/header.h"

/* A line of the message: its bytes without the line end, and how long it is with it. */
struct line {
	struct span text;
	size_t whole;
	enum line_ends end; /* NONE where the input ends without one */
};

struct scan {
	struct arena *arena;
	struct message *message;
	const uint8_t *at, *end;
	bool cr; /* no LF in the whole message: CR ends lines */
	unsigned line;
	size_t room;
	bool lf, crlf;       /* a line ends so */
	bool header_crlf;    /* one of the header */
	bool open, skipping; /* a field is being read; limits were met */
	size_t first_len;    /* of the open field's first line, without its end */
	const uint8_t *text_end;
};

static inline struct line next_line(struct scan *s)
{
	size_t left = (size_t)(s->end - s->at);
	const uint8_t *stop = memchr(s->at, s->cr ? '\r' : '\n', left);
	struct line line = {{s->at, left}, left, LINE_ENDS_NONE};

	if (stop) {
		line.text.len = (size_t)(stop - s->at);
		line.whole = line.text.len + 1;
		line.end = s->cr ? LINE_ENDS_CR : LINE_ENDS_LF;
		if (!s->cr && stop > s->at && stop[-1] == '\r') {
			line.text.len--;
			line.end = LINE_ENDS_CRLF;
		}
	}
	s->lf |= line.end == LINE_ENDS_LF;
	s->crlf |= line.end == LINE_ENDS_CRLF;
	s->at += line.whole;
	return line;
}

static bool all_wsp(struct span s)
{
	for (size_t i = 0; i < s.len; i++)
		if (!is_wsp(s.ptr[i]))
			return false;
	return true;
}

/* RFC 5322 2.2: ftext is %d33-57 / %d59-126. */
static bool good_name(struct span name)
{
	for (size_t i = 0; i < name.len; i++)
		if (name.ptr[i] < 33 || name.ptr[i] > 126 || name.ptr[i] == ':')
			return false;
	return name.len > 0;
}

static inline unsigned line_odd(const struct scan *s, const struct line *line)
{
	unsigned odd = 0;

	if (line->text.len > 998)
		odd |= FIELD_LONG_LINE;
	if (line->end == LINE_ENDS_LF)
		odd |= FIELD_BARE_LF; /* taken back where the header has no CRLF */
	if (s->message->has_cr && memchr(line->text.ptr, '\r', line->text.len))
		odd |= FIELD_BARE_CR;
	if (s->message->has_nul && memchr(line->text.ptr, 0, line->text.len))
		odd |= FIELD_NUL;
	return odd;
}

/* "From " or ">From " as mboxes have it; "From : x" is a field. */
static bool is_from_line(struct span line)
{
	if (line.len && line.ptr[0] == '>')
		line = span_skip(line, 1);
	if (!span_starts(line, "From "))
		return false;
	line = span_trim_left(span_skip(line, 4));
	return line.len == 0 || line.ptr[0] != ':';
}

/* The colon that ends the name: in the first line, or the first thing after its fold. NULL where
 * there is none. */
static const uint8_t *find_colon(struct scan *s, struct field *field)
{
	const uint8_t *p = field->whole.ptr, *colon = memchr(p, ':', s->first_len);

	if (colon)
		return colon;
	for (p += s->first_len; p < s->text_end && is_space(*p); p++)
		;
	if (p == s->text_end || *p != ':' || all_wsp(span_make(field->whole.ptr, s->first_len)))
		return NULL;
	field->odd |= FIELD_NAME_FOLDED;
	return p;
}

static void chain_field(struct message *m, struct field *field)
{
	struct field_chain *chain = &m->by_name[field->known];
	uint16_t place = (uint16_t)(field->index + 1);

	if (chain->last)
		m->field[chain->last - 1].next = place;
	else
		chain->first = place;
	chain->last = place;
	chain->count++;
}

/* The open field, if there is one, ends before AT. */
static void close_field(struct scan *s, const uint8_t *at)
{
	struct message *m = s->message;
	struct field *field;
	const uint8_t *colon = NULL;

	if (!s->open)
		return;
	s->open = false;
	field = &m->field[m->field_count - 1];
	field->whole.len = (size_t)(at - field->whole.ptr);
	if (is_from_line(span_make(field->whole.ptr, s->first_len)))
		field->odd |= FIELD_FROM_LINE;
	else
		colon = find_colon(s, field);
	if (!colon) {
		field->odd |= FIELD_GARBAGE;
		field->name = span_make(field->whole.ptr, 0);
		field->value =
			span_make(field->whole.ptr, (size_t)(s->text_end - field->whole.ptr));
	} else {
		struct span name = span_make(field->whole.ptr, (size_t)(colon - field->whole.ptr));

		field->name = span_trim_right(name);
		if (field->name.len < name.len)
			field->odd |= FIELD_SPACE_BEFORE_COLON;
		field->name = span_trim_left(field->name);
		field->value = span_make(colon + 1, (size_t)(s->text_end - colon - 1));
		field->known = field_name_of(field->name);
		if (field->known == NAME_OTHER && !good_name(field->name))
			field->odd |= FIELD_BAD_NAME;
		chain_field(m, field);
	}
}

static void open_field(struct scan *s, const struct line *line)
{
	struct message *m = s->message;
	struct field *field;

	if (m->field_count >= LIMIT_FIELDS)
		m->fields_limited = true;
	if ((size_t)(line->text.ptr - m->header.ptr) + line->whole > LIMIT_HEADER)
		m->header_limited = true;
	s->skipping = m->fields_limited || m->header_limited;
	if (s->skipping)
		return;
	field = LIST_ADD(s->arena, m->field, m->field_count, s->room);
	field->index = (unsigned)m->field_count - 1;
	field->line = s->line;
	field->whole = line->text;
	field->odd = line_odd(s, line);
	if (is_wsp(line->text.ptr[0]))
		field->odd |= FIELD_LEADING_SPACE;
	s->open = true;
	s->first_len = line->text.len;
	s->text_end = span_end(line->text);
}

static void continue_field(struct scan *s, const struct line *line)
{
	struct message *m = s->message;
	struct field *field = &m->field[m->field_count - 1];

	if ((size_t)(line->text.ptr - m->header.ptr) + line->whole > LIMIT_HEADER) {
		close_field(s, line->text.ptr);
		m->header_limited = s->skipping = true;
		return;
	}
	field->odd |= line_odd(s, line);
	if (all_wsp(line->text))
		field->odd |= FIELD_BLANK_FOLD;
	s->text_end = span_end(line->text);
}

static void end_header(struct scan *s, const uint8_t *at)
{
	struct message *m = s->message;

	m->header.len = (size_t)(at - m->header.ptr);
	if (!span_ascii(m->header))
		for (size_t i = 0; i < m->field_count; i++)
			if (!span_ascii(m->field[i].value))
				m->field[i].odd |= FIELD_8BIT;
	m->body = span_make(s->at, (size_t)(s->end - s->at));
	m->body_line = s->line;
	s->header_crlf = s->crlf;
}

/*
 * fields = *field, then an empty line; a line that begins with white space continues the field
 * before it (RFC 5322 2.2). Garbage does not end the header: what follows it may well be read as
 * fields by others.
 */
static void scan_header(struct scan *s)
{
	s->message->header.ptr = s->at;
	while (s->at < s->end) {
		const uint8_t *start = s->at;
		struct line line = next_line(s);

		if (line.text.len == 0) {
			close_field(s, start);
			s->message->has_body = true;
			s->line++;
			end_header(s, start);
			return;
		}
		if (!s->skipping && s->open && is_wsp(line.text.ptr[0])) {
			continue_field(s, &line);
		} else if (!s->skipping) {
			close_field(s, start);
			open_field(s, &line);
		}
		s->line++;
	}
	close_field(s, s->end);
	end_header(s, s->end);
}

/* mboxrd: one ">" was put before every line of the form >*From (space). LINE may go on behind its end. */
static bool is_quoted_from(struct span line)
{
	size_t n = 0;

	while (n < line.len && line.ptr[n] == '>')
		n++;
	return n > 0 && span_starts(span_skip(line, n), "From ");
}

static void unquote_body(struct scan *s, size_t *quoted, size_t count)
{
	struct message *m = s->message;
	uint8_t *copy = arena_bytes(s->arena, m->body.len);
	size_t from = 0, len = 0;

	for (size_t i = 0; i <= count; i++) {
		size_t to = i < count ? quoted[i] : m->body.len;

		memcpy(copy + len, m->body.ptr + from, to - from);
		len += to - from;
		from = to + 1;
		if (i < count)
			quoted[i] = len;
	}
	m->check_body = span_make(copy, len);
	m->unquoted = quoted;
	m->unquoted_count = count;
}

/* In blocks whose size the compiler knows, so that it looks at sixteen bytes at once. */
static void find_ends(struct scan *s, struct span text)
{
	enum { BLOCK = 64 };
	size_t all = text.len && text.ptr[0] == '\n', crlf = 0, i = 1;

	for (; i + BLOCK <= text.len; i += BLOCK) {
		const uint8_t *p = text.ptr + i, *before = p - 1;
		uint8_t ends = 0, pairs = 0;

		for (size_t k = 0; k < BLOCK; k++) {
			ends += p[k] == '\n';
			pairs += (p[k] == '\n') & (before[k] == '\r');
		}
		all += ends;
		crlf += pairs;
	}
	for (; i < text.len; i++) {
		all += text.ptr[i] == '\n';
		crlf += text.ptr[i] == '\n' && text.ptr[i - 1] == '\r';
	}
	s->lf |= all > crlf;
	s->crlf |= crlf > 0;
}

static void scan_body(struct scan *s, bool mbox)
{
	struct span body = s->message->body;
	size_t *quoted = NULL, count = 0, room = 0;

	s->at = s->end;
	if (s->message->has_cr && !s->cr)
		find_ends(s, body);
	else if (!s->cr)
		s->lf |= span_chr(body, '\n') < body.len;
	for (const uint8_t *p = body.ptr; mbox && p < s->end; p++) {
		p = memchr(p, '>', (size_t)(s->end - p));
		if (!p)
			break;
		if ((p == body.ptr || p[-1] == (s->cr ? '\r' : '\n')) &&
			is_quoted_from(span_make(p, (size_t)(s->end - p))))
			*LIST_ADD(s->arena, quoted, count, room) = (size_t)(p - body.ptr);
	}
	s->message->check_body = body;
	if (count)
		unquote_body(s, quoted, count);
}

static enum line_ends kind_of_ends(const struct scan *s)
{
	if (s->cr)
		return LINE_ENDS_CR;
	if (s->crlf)
		return s->lf ? LINE_ENDS_MIXED : LINE_ENDS_CRLF;
	return s->lf ? LINE_ENDS_LF : LINE_ENDS_NONE;
}

static void clear_bare_lf(struct scan *s)
{
	if (!s->header_crlf)
		for (size_t i = 0; i < s->message->field_count; i++)
			s->message->field[i].odd &= ~(unsigned)FIELD_BARE_LF;
}

struct header_block header_scan(
	struct arena *arena, const struct message *of, struct span region, unsigned line)
{
	struct message m = {.has_nul = of->has_nul, .has_cr = of->has_cr};
	struct scan s = {.arena = arena,
		.message = &m,
		.at = region.ptr,
		.end = span_end(region),
		.cr = of->line_ends == LINE_ENDS_CR,
		.line = line};

	scan_header(&s);
	clear_bare_lf(&s);
	return (struct header_block){m.field, m.field_count, m.header, m.body, m.body_line};
}

static void take_from_line(struct scan *s)
{
	struct scan before = *s;
	struct line line = next_line(s);

	if (line.text.len && line.text.ptr[0] == 'F' && is_from_line(line.text)) {
		s->message->from_line = span_make(line.text.ptr, line.whole);
		s->line++;
	} else {
		*s = before;
	}
}

const struct message *message_parse(
	struct arena *arena, struct span raw, const struct message_options *options)
{
	struct message *m = ARENA_NEW(arena, struct message);
	struct scan s = {.arena = arena, .message = m, .line = 1};

	if (!raw.ptr)
		raw.ptr = (const uint8_t *)"";
	m->raw = raw;
	m->has_nul = memchr(raw.ptr, 0, raw.len);
	m->has_cr = memchr(raw.ptr, '\r', raw.len);
	s.cr = m->has_cr && !memchr(raw.ptr, '\n', raw.len);
	s.at = raw.ptr;
	s.end = raw.ptr + raw.len;
	if (raw.len)
		take_from_line(&s);
	scan_header(&s);
	clear_bare_lf(&s);
	scan_body(&s, options && options->mbox);
	m->line_ends = kind_of_ends(&s);
	return m;
}

const struct field *message_field_named(const struct message *m, const char *name, size_t nth)
{
	struct span want = span_of(name);
	enum field_name known = field_name_of(want);

	for (size_t at = m->by_name[known].first; at; at = m->field[at - 1].next)
		if ((known || span_ieq(m->field[at - 1].name, want)) && nth-- == 0)
			return &m->field[at - 1];
	return NULL;
}

size_t message_stored(const struct message *m, size_t check_offset)
{
	size_t low = 0, high = m->unquoted_count;

	while (low < high) { /* how many were removed at or before the place */
		size_t mid = low + (high - low) / 2;

		if (m->unquoted[mid] <= check_offset)
			low = mid + 1;
		else
			high = mid;
	}
	return span_offset(m->raw, m->body) + check_offset + low;
}

unsigned message_line(const struct message *m, size_t offset)
{
	uint8_t end = m->line_ends == LINE_ENDS_CR ? '\r' : '\n';
	size_t from = 0, body = span_offset(m->raw, m->body);
	unsigned line = 1;

	if (offset > m->raw.len)
		offset = m->raw.len;
	if (offset >= body) {
		from = body;
		line = m->body_line;
	}
	while (from < offset) {
		const uint8_t *p = memchr(m->raw.ptr + from, end, offset - from);

		if (!p)
			break;
		from = (size_t)(p - m->raw.ptr) + 1;
		line++;
	}
	return line;
}

struct span field_unfold(struct arena *arena, const struct field *field)
{
	struct span value = span_trim(field->value);
	uint8_t *out;
	size_t len = 0;

	if (!memchr(value.ptr, '\n', value.len) && !memchr(value.ptr, '\r', value.len))
		return value;
	out = arena_bytes(arena, value.len);
	for (size_t i = 0; i < value.len; i++) {
		uint8_t c = value.ptr[i];
		bool before_lf = c == '\r' && i + 1 < value.len && value.ptr[i + 1] == '\n';

		/* In a message whose lines end in CR no CR is called bare. */
		if (c == '\n' || before_lf || (c == '\r' && !(field->odd & FIELD_BARE_CR)))
			continue;
		out[len++] = c;
	}
	return span_make(out, len);
}
