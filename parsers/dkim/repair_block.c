/* SPDX-License-Identifier: ISC */
/*
 * A block of lines that was put in: at the top, in the middle, at the beginning or the end of one
 * part. With the state of the hash kept at every line a candidate costs what follows the block; the
 * likely places come first and the budget ends the rest.
 */
#include "parsers/dkim/repair.h"

enum { LINES_MAX = 20000, NEAR_QUICK = 40, NEAR_DEEP = 400, PAIR_LINES = 10, TAGS_MAX = 160 };

/* The body of one canonicalization and hash, line by line. */
struct grid {
	struct search *s;
	enum canonicalization canon;
	enum hash_kind kind;
	struct span body;    /* what was cut into lines */
	struct buffer text;  /* canonical lines with CRLF */
	size_t *at;          /* of each line in TEXT; lines + 1 of them */
	size_t *stored;      /* of each line in BODY; likewise */
	size_t lines;        /* without empty ones at the end */
	struct hash *before; /* the state before each line */
};

static void grid_release(struct grid *g)
{
	buffer_release(&g->text);
}

static bool grid_make(struct grid *g)
{
	struct span rest = g->body;
	size_t count = 1, n = 0;
	struct hash h;

	for (size_t i = 0; i < g->body.len; i++)
		count += g->body.ptr[i] == '\n';
	if (count > LINES_MAX)
		return false;
	g->at = ARENA_ARRAY(g->s->arena, size_t, count + 2);
	g->stored = ARENA_ARRAY(g->s->arena, size_t, count + 2);
	g->before = ARENA_ARRAY(g->s->arena, struct hash, count + 2);
	hash_init(&h, g->kind);
	while (rest.len) {
		size_t len, before = g->text.len;
		struct span line = span_line(&rest, &len);

		g->at[n] = before;
		g->stored[n] = (size_t)(line.ptr - g->body.ptr);
		g->before[n] = h;
		canon_line(&g->text, span_sub(line, 0, len), g->canon);
		if (g->text.len > before)
			g->lines = n + 1;
		buffer_add(&g->text, "\r\n", 2);
		hash_add(&h, g->text.ptr + before, g->text.len - before);
		n++;
	}
	g->at[n] = g->text.len;
	g->stored[n] = g->body.len;
	g->at[g->lines] = g->lines < n ? g->at[g->lines] : g->text.len;
	return g->lines > 1;
}

static size_t line_of(const struct grid *g, const uint8_t *ptr)
{
	size_t at = (size_t)(ptr - g->body.ptr), low = 0, high = g->lines;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (g->stored[mid] < at)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

static const char *first_words(struct search *s, struct span block)
{
	struct span t = span_trim(block), line = span_line(&t, NULL);

	return arena_text(s->v->arena, span_sub(span_trim(line), 0, 120));
}

static void push_block(struct grid *g, size_t from, size_t to)
{
	struct span block = span_sub(g->body, g->stored[from], g->stored[to]);

	search_push(g->s, "block", from == 0 ? "text was put in at the top" : "text was put in",
		block, NULL, first_words(g->s, block));
}

static bool matches(struct grid *g, struct hash *h)
{
	struct search *s = g->s;
	uint8_t digest[HASH_MAX];

	hash_end(h, digest);
	s->tried++;
	s->spent += 200;
	return search_settle(s, g->canon, g->kind, digest);
}

/* Without the lines [from, to). */
static bool try_block(struct grid *g, size_t from, size_t to)
{
	struct hash h;

	if (search_over(g->s) || to <= from || to >= g->lines)
		return search_over(g->s);
	h = g->before[from];
	hash_add(&h, g->text.ptr + g->at[to], g->at[g->lines] - g->at[to]);
	g->s->spent += g->at[g->lines] - g->at[to];
	push_block(g, from, to);
	matches(g, &h);
	g->s->edits--;
	return search_over(g->s);
}

/* Without the lines [a, b) and [c, d). */
static bool try_two(struct grid *g, size_t a, size_t b, size_t c, size_t d)
{
	struct hash h;

	if (search_over(g->s) || b > c || d >= g->lines)
		return search_over(g->s);
	h = g->before[a];
	hash_add(&h, g->text.ptr + g->at[b], g->at[c] - g->at[b]);
	hash_add(&h, g->text.ptr + g->at[d], g->at[g->lines] - g->at[d]);
	g->s->spent += g->at[g->lines] - g->at[b];
	push_block(g, a, b);
	push_block(g, c, d);
	matches(g, &h);
	g->s->edits -= 2;
	return search_over(g->s);
}

static size_t near(const struct grid *g)
{
	return g->s->depth == REPAIR_DEEP ? NEAR_DEEP : NEAR_QUICK;
}

static bool at_top(struct grid *g)
{
	for (size_t to = 1; to < g->lines && to <= near(g) && !search_over(g->s); to++)
		try_block(g, 0, to);
	return search_over(g->s);
}

/* Every top together with every end: a banner and a footer. */
static bool at_both_ends(struct grid *g)
{
	size_t saved = g->s->edits;

	for (size_t to = 1; to < g->lines && to <= near(g) / 2 && !search_over(g->s); to++) {
		struct rope rope = {.count = 0};

		rope_add(&rope, span_skip(g->body, g->stored[to]));
		push_block(g, 0, to);
		search_rope(g->s, &rope);
		g->s->edits = saved;
	}
	return search_over(g->s);
}

/* The lines of a part's content: [*ret_from, *ret_to). */
static bool part_lines(
	const struct grid *g, const struct body_part *p, size_t *ret_from, size_t *ret_to)
{
	if (p->is_multipart || !span_within(g->body, p->content) || p->content.len == 0)
		return false;
	*ret_from = line_of(g, p->content.ptr);
	*ret_to = line_of(g, span_end(p->content));
	return *ret_from < *ret_to && *ret_to < g->lines;
}

static bool in_parts(struct grid *g)
{
	for (size_t i = 0; i < g->s->parts && !search_over(g->s); i++) {
		size_t from, to;

		if (!part_lines(g, &g->s->part[i], &from, &to))
			continue;
		for (size_t k = 1; k <= near(g) && k < to - from; k++)
			if (try_block(g, to - k, to) || try_block(g, from, from + k))
				return true;
	}
	return search_over(g->s);
}

/* Text and HTML of an alternative each had the same thing added. */
static bool in_two_parts(struct grid *g)
{
	for (size_t i = 0; i + 1 < g->s->parts && !search_over(g->s); i++) {
		size_t a, b, c, d;

		if (!part_lines(g, &g->s->part[i], &a, &b) ||
			!part_lines(g, &g->s->part[i + 1], &c, &d))
			continue;
		for (size_t k = 1; k <= PAIR_LINES && k < b - a; k++)
			for (size_t n = 1; n <= PAIR_LINES && n < d - c; n++)
				if (try_two(g, b - k, b, d - n, d) ||
					try_two(g, a, a + k, c, c + n))
					return true;
	}
	return search_over(g->s);
}

static bool is_mark(struct span line)
{
	static const char *const word[] = {"caution", "warning", "external", "disclaimer", "notice",
		"attention", "you don't often get email", "this message", "this email", "virus",
		"sponsored"};

	line = span_trim(line);
	if (line.len > 2 && line.ptr[0] == line.ptr[1] && line.ptr[1] == line.ptr[2] &&
		strchr("-_=*#+~", line.ptr[0]))
		return true;
	for (size_t i = 0; i < sizeof word / sizeof *word; i++)
		if (span_ifind(line, span_of(word[i]), 0) < line.len)
			return true;
	return false;
}

/* Blocks that begin with a rule or a warning, up to any line near. */
static bool at_marks(struct grid *g)
{
	for (size_t from = 1; from < g->lines && !search_over(g->s); from++) {
		struct span line = span_sub(g->body, g->stored[from], g->stored[from + 1]);

		if (!is_mark(line))
			continue;
		for (size_t to = from + 1; to < g->lines && to <= from + near(g); to++)
			if (try_block(g, from, to) || try_block(g, from - 1, to))
				return true;
	}
	return search_over(g->s);
}

static bool anywhere(struct grid *g)
{
	for (size_t length = 1; length < g->lines && length <= near(g) && !search_over(g->s);
		length++)
		for (size_t from = 0; from + length < g->lines; from++)
			if (try_block(g, from, from + length))
				return true;
	return search_over(g->s);
}

/* One long line of HTML: a banner between two tags. */
static bool in_line(struct search *s, struct span line)
{
	size_t cut[TAGS_MAX], count = 0, saved = s->edits;

	for (size_t i = 0; i < line.len && count + 1 < TAGS_MAX; i++) {
		if (line.ptr[i] == '<')
			cut[count++] = i;
		if (line.ptr[i] == '>' && i + 1 < line.len && line.ptr[i + 1] != '<')
			cut[count++] = i + 1;
	}
	for (size_t a = 0; a < count && !search_over(s); a++)
		for (size_t b = a + 1; b < count && b <= a + 40 && !search_over(s); b++) {
			struct span block = span_sub(line, cut[a], cut[b]);
			struct rope rope = rope_splice(s->body, block, SPAN_NONE);

			search_push(s, "html-block", "HTML was put in", block, NULL,
				first_words(s, block));
			search_whole(s, &rope);
			s->edits = saved;
		}
	return search_over(s);
}

static bool in_html(struct search *s)
{
	struct span rest = s->body;

	while (rest.len && !search_over(s)) {
		size_t len;
		struct span line = span_line(&rest, &len);

		line = span_sub(line, 0, len);
		if (len > 80 && span_chr(line, '<') < len && is_mark(line) && in_line(s, line))
			return true;
	}
	return search_over(s);
}

static bool search_grid(
	struct search *s, struct span body, enum canonicalization canon, enum hash_kind kind)
{
	static bool (*const way[])(struct grid *) = {
		at_top, in_parts, at_marks, in_two_parts, at_both_ends, anywhere};
	struct grid g = {.s = s, .canon = canon, .kind = kind, .body = body, .text = BUFFER_INIT};
	bool made = grid_make(&g);

	for (size_t i = 0; made && i < sizeof way / sizeof *way && !search_over(s); i++)
		way[i](&g);
	grid_release(&g);
	return search_over(s);
}

bool repair_blocks(struct search *s)
{
	if (in_html(s))
		return true;
	for (int canon = 0; canon < 2; canon++)
		for (int kind = 0; kind < 2; kind++)
			if (search_wants(s, (enum canonicalization)canon, (enum hash_kind)kind) &&
				search_grid(s, s->body, (enum canonicalization)canon,
					(enum hash_kind)kind))
				return true;
	return search_over(s);
}
