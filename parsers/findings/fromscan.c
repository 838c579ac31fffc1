/* SPDX-License-Identifier: ISC */
#include "parsers/findings/fromscan.h"

struct cursor {
	struct arena *arena;
	struct from_scan *scan;
	struct from_piece *piece;
	size_t at;
	size_t text; /* where the running text began, or SIZE_MAX */
	size_t start;
	bool colon, member;
};

static bool delimiter(uint8_t c)
{
	return c == ',' || c == '<' || c == '>' || c == '@' || c == ';' || c == ':';
}

static void keep(struct span *list, size_t *count, struct span s)
{
	if (*count < PIECE_PARTS)
		list[(*count)++] = s;
}

static void end_text(struct cursor *c)
{
	struct span s;

	if (c->text == SIZE_MAX)
		return;
	s = span_trim(span_sub(c->scan->value, c->text, c->at));
	c->text = SIZE_MAX;
	if (s.len == 0)
		return;
	if (c->colon)
		c->member = true;
	if (c->piece->angle_count == 0)
		keep(c->piece->text, &c->piece->text_count, s);
	else if (c->piece->trailing.len == 0)
		c->piece->trailing = s;
}

static void begin_piece(struct cursor *c)
{
	c->start = c->at;
	if (c->scan->piece_count < PIECES_MAX)
		c->piece = LIST_ADD(
			c->arena, c->scan->piece, c->scan->piece_count, c->scan->piece_room);
	else
		c->piece = ARENA_NEW(c->arena,
			struct from_piece); /* read, not kept: the arena of one message holds it */
}

static void end_piece(struct cursor *c)
{
	end_text(c);
	c->piece->whole = span_trim(span_sub(c->scan->value, c->start, c->at));
	/* An empty piece is no mailbox (obs-mbox-list). */
	if (c->piece->whole.len == 0 && c->scan->piece_count &&
		c->piece == &c->scan->piece[c->scan->piece_count - 1])
		c->scan->piece_count--;
}

/* quoted-string; the end of the value where it is not closed. */
static void pass_quoted(struct cursor *c)
{
	struct span v = c->scan->value;

	for (c->at++; c->at < v.len && v.ptr[c->at] != '"'; c->at++)
		if (v.ptr[c->at] == '\\')
			c->at++;
	c->at = c->at < v.len ? c->at + 1 : v.len;
}

/* comment = "(" *([FWS] ccontent) [FWS] ")", nested. */
static void pass_comment(struct cursor *c)
{
	struct span v = c->scan->value;
	size_t from = c->at + 1, depth = 0;

	for (; c->at < v.len; c->at++) {
		if (v.ptr[c->at] == '\\')
			c->at++;
		else if (v.ptr[c->at] == '(')
			depth++;
		else if (v.ptr[c->at] == ')' && --depth == 0)
			break;
	}
	if (c->at > v.len)
		c->at = v.len;
	keep(c->piece->comment, &c->piece->comment_count, span_sub(v, from, c->at));
	if (c->at < v.len)
		c->at++;
}

/* angle-addr = "<" [obs-route] addr-spec ">"; another "<" inside begins another reading. */
static void pass_angle(struct cursor *c)
{
	struct span v = c->scan->value, inner;
	size_t from = ++c->at;

	while (c->at < v.len && v.ptr[c->at] != '>') {
		if (v.ptr[c->at] == '<') {
			c->piece->nested = true;
			keep(c->piece->angle, &c->piece->angle_count,
				span_trim(span_sub(v, from, c->at)));
			from = c->at + 1;
		}
		if (v.ptr[c->at] == '"')
			pass_quoted(c);
		else
			c->at++;
	}
	if (c->at >= v.len)
		c->piece->unbalanced = true;
	inner = span_trim(span_sub(v, from, c->at));
	keep(c->piece->angle, &c->piece->angle_count, inner);
	if (inner.len && inner.ptr[0] == '@' && span_chr(inner, ':') < inner.len)
		c->piece->route = true;
	c->member |= c->colon;
	if (c->at < v.len)
		c->at++;
}

static void step(struct cursor *c)
{
	struct span v = c->scan->value;
	uint8_t byte = v.ptr[c->at];

	if (byte == '"' || byte == '(' || byte == '<' || byte == ',' || byte == ':' ||
		byte == ';' || byte == '>')
		end_text(c);
	if (byte == '"') {
		pass_quoted(c);
	} else if (byte == '(') {
		pass_comment(c);
	} else if (byte == '<') {
		pass_angle(c);
	} else if (byte == ',') {
		end_piece(c);
		c->at++;
		begin_piece(c);
	} else if (byte == ':' || byte == ';' || byte == '>') {
		c->scan->group |= byte == ';' && c->colon;
		c->colon |= byte == ':';
		c->piece->unbalanced |= byte == '>';
		c->at++;
	} else {
		if (c->text == SIZE_MAX)
			c->text = c->at;
		if (byte == '\\' && c->at + 1 < v.len && delimiter(v.ptr[c->at + 1])) {
			c->piece->escaped = span_sub(v, c->at, c->at + 2);
			c->at++;
		}
		c->at++;
	}
}

struct from_scan fromscan(struct arena *arena, struct span value)
{
	struct from_scan scan = {.value = span_sub(value, 0, 1024 * 1024)};
	struct cursor c = {.arena = arena, .scan = &scan, .text = SIZE_MAX};

	scan.nul = span_chr(scan.value, '\0');
	begin_piece(&c);
	while (c.at < scan.value.len)
		step(&c);
	c.at = scan.value.len;
	end_piece(&c);
	scan.group_empty = scan.group && !c.member;
	return scan;
}

static bool atext(uint8_t c)
{
	return c > 32 && c != 127 && !strchr("()<>[]:;@\\,\"", c);
}

static bool domain_char(uint8_t c)
{
	return is_alnum(c) || c == '-' || c == '.' || c == '_' || c >= 0x80;
}

struct span fromscan_address(struct span *s)
{
	for (size_t at = span_chr(*s, '@') < s->len ? 0 : s->len; at < s->len; at++) {
		size_t from = at, to = at + 1;

		if (s->ptr[at] == '"') {
			for (at++; at < s->len && s->ptr[at] != '"'; at++)
				if (s->ptr[at] == '\\')
					at++;
			/* "..."@domain: its local part is no reading of its own. */
			if (at + 1 < s->len && s->ptr[at + 1] == '@')
				at++;
			continue;
		}
		if (s->ptr[at] != '@')
			continue;
		while (to < s->len && domain_char(s->ptr[to]))
			to++;
		while (from > 0 && atext(s->ptr[from - 1]))
			from--;
		if (to == at + 1)
			continue;

		struct span found = span_sub(*s, from, to);

		*s = span_skip(*s, to);
		return found;
	}
	*s = span_skip(*s, s->len);
	return SPAN_NONE;
}
