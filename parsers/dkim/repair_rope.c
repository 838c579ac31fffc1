/* SPDX-License-Identifier: ISC */
#include "parsers/dkim/repair.h"

/* Work units of one digest besides its bytes, and what candidates may occupy. */
enum { DIGEST_COST = 200, MEMORY_MAX = 256 * 1024 * 1024, LINE_TELLS = 12 };

void rope_add(struct rope *rope, struct span s)
{
	if (s.len && rope->count < ROPE_MAX)
		rope->seg[rope->count++] = s;
}

struct rope rope_splice(struct span body, struct span removed, struct span insert)
{
	struct rope rope = {.count = 0};
	size_t at = (size_t)(removed.ptr - body.ptr);

	rope_add(&rope, span_sub(body, 0, at));
	rope_add(&rope, insert);
	rope_add(&rope, span_skip(body, at + removed.len));
	return rope;
}

bool rope_line(struct rope_lines *lines, struct span *ret)
{
	const struct rope *rope = lines->rope;
	bool crossed = false;

	while (lines->seg < rope->count && lines->at == rope->seg[lines->seg].len)
		lines->seg++, lines->at = 0;
	if (lines->seg == rope->count)
		return false;
	while (lines->seg < rope->count) {
		struct span rest = span_skip(rope->seg[lines->seg], lines->at);
		size_t end = span_chr(rest, '\n');
		struct span piece = span_sub(rest, 0, end + 1);

		if (crossed || (end == rest.len && lines->seg + 1 < rope->count)) {
			if (!crossed)
				buffer_clear(lines->scratch);
			buffer_span(lines->scratch, piece);
			crossed = true;
		} else {
			*ret = piece;
		}
		lines->at += piece.len;
		if (end < rest.len)
			break;
		if (lines->seg + 1 == rope->count)
			break;
		lines->seg++;
		lines->at = 0;
	}
	if (crossed)
		*ret = buffer_view(lines->scratch);
	*ret = span_without_line_end(*ret);
	return true;
}

struct span search_stored(const struct search *s, struct span in_body)
{
	const struct message *m = s->v->message;
	size_t from, to, end = span_offset(m->raw, m->body) + m->body.len;

	if (!span_within(s->body, in_body))
		return SPAN_NONE;
	from = span_offset(s->body, in_body);
	to = from + in_body.len;
	from = from < s->body.len ? message_stored(m, from) : end;
	to = to < s->body.len ? message_stored(m, to) : end;
	return span_sub(m->raw, from, to);
}

void search_push(struct search *s, const char *slug, const char *description, struct span where,
	const char *before, const char *after)
{
	if (s->edits == EDITS_MAX)
		return;
	s->edit[s->edits++] = (struct repair_edit){
		.edit = slug,
		.description = description,
		.where = search_stored(s, where),
		.before = before,
		.after = after,
	};
}

bool search_over(const struct search *s)
{
	return s->body_open == 0 || s->spent >= s->limit || arena_used(s->arena) > MEMORY_MAX;
}

/* The first words of what was cut away, for the reader. */
static const char *sample(struct search *s, struct span text)
{
	struct span t = span_trim(text), line = span_line(&t, NULL);

	return arena_text(s->v->arena, span_sub(span_trim(line), 0, 120));
}

/* The end of a text that was made anew, as it is stored: the same bytes end the body where nothing
 * in it was changed. */
static struct span stored_tail(const struct search *s, struct span tail)
{
	struct span end =
		tail.len <= s->body.len ? span_skip(s->body, s->body.len - tail.len) : SPAN_NONE;
	struct span rest = tail, line;
	size_t at;

	if (span_within(s->body, tail) || span_eq(end, tail))
		return span_within(s->body, tail) ? tail : end;
	do
		line = span_trim(span_line(&rest, NULL));
	while (line.len == 0 && rest.len);
	line = span_sub(line, 0, span_chr(line, '=')); /* which quoted-printable writes otherwise */
	/* Written in another way; its first line tells where it begins, if it stands there as it is
	 * and nowhere else. */
	at = line.len >= LINE_TELLS ? span_find(s->body, line, 0) : s->body.len;
	if (at == s->body.len || span_find(s->body, line, at + 1) < s->body.len ||
		(at && s->body.ptr[at - 1] != '\n'))
		return tail;
	return span_skip(s->body, at);
}

static void found(struct search *s, struct target *t, const struct rope_lines *lines)
{
	struct arena *arena = s->v->arena;
	struct repair *r = ARENA_NEW(arena, struct repair);
	const struct rope *rope = lines->rope;

	t->body_open = false;
	t->repair = r;
	s->body_open--;
	r->edit = ARENA_ARRAY(arena, struct repair_edit, s->edits + ROPE_MAX);
	memcpy(r->edit, s->edit, s->edits * sizeof *s->edit);
	r->edit_count = s->edits;
	/* What follows the last hashed line was added behind it. */
	for (size_t i = lines->seg; i < rope->count; i++) {
		struct span left =
			i == lines->seg ? span_skip(rope->seg[i], lines->at) : rope->seg[i];

		if (!span_trim(left).len)
			continue;
		left = stored_tail(s, left);
		r->edit[r->edit_count++] = (struct repair_edit){
			.edit = "footer",
			.description = span_within(s->body, left)
					       ? "text was added at the end"
					       : "text was added at the end of a part that was "
						 "also encoded anew",
			.where = search_stored(s, left),
			.after = sample(s, left),
		};
	}
}

static void compare(struct search *s, const struct hash *h, enum canonicalization canon,
	bool has_length, uint64_t length, const struct rope_lines *lines)
{
	struct hash copy = *h;
	uint8_t digest[HASH_MAX];

	hash_end(&copy, digest);
	s->spent += DIGEST_COST;
	s->tried++;
	for (size_t i = 0; i < s->count; i++) {
		struct target *t = &s->target[i];
		const struct dkim_signature *sig = t->work->sig;

		if (t->body_open && sig->body_canon == canon && t->work->hash == h->kind &&
			sig->has_length == has_length && (!has_length || sig->length == length) &&
			memcmp(digest, t->work->bh.ptr, hash_size(h->kind)) == 0)
			found(s, t, lines);
	}
}

/* Whether a target asks for this canonicalization and hash; with l=, *RET_LENGTH is the smallest
 * length above DONE. */
bool search_wants(const struct search *s, enum canonicalization canon, enum hash_kind kind)
{
	for (size_t i = 0; i < s->count; i++)
		if (s->target[i].body_open && s->target[i].work->sig->body_canon == canon &&
			s->target[i].work->hash == kind)
			return true;
	return false;
}

/* Compares where l= of a target ends inside (or at the end of) the bytes that are about to be
 * added. */
static void compare_lengths(struct search *s, const struct hash *h, enum canonicalization canon,
	uint64_t done, struct span add, const struct rope_lines *lines)
{
	for (size_t i = 0; i < s->count; i++) {
		const struct dkim_signature *sig = s->target[i].work->sig;
		struct hash part = *h;

		if (!s->target[i].body_open || !sig->has_length || sig->body_canon != canon ||
			sig->length <= done || sig->length > done + add.len)
			continue;
		hash_add(&part, add.ptr, (size_t)(sig->length - done));
		compare(s, &part, canon, true, sig->length, lines);
	}
}

static void try_stream(struct search *s, const struct rope *rope, enum canonicalization canon,
	enum hash_kind kind, bool cuts)
{
	struct rope_lines lines = {.rope = rope, .scratch = &s->v->scratch}, last = lines;
	struct buffer *text = &s->scratch;
	struct hash h;
	struct span line;
	uint64_t done = 0;
	size_t blank = 0;

	hash_init(&h, kind);
	while (rope_line(&lines, &line) && !search_over(s)) {
		buffer_clear(text);
		for (size_t i = 0; i < blank; i++)
			buffer_add(text, "\r\n", 2);
		canon_line(text, line, canon);
		if (text->len == blank * 2) {
			blank++;
			continue;
		}
		buffer_add(text, "\r\n", 2);
		if (cuts)
			compare(s, &h, canon, false, 0, &last);
		compare_lengths(s, &h, canon, done, buffer_view(text), &lines);
		hash_add(&h, text->ptr, text->len);
		s->spent += text->len;
		done += text->len;
		blank = 0;
		last = lines;
	}
	if (done == 0 && canon == CANONICAL_SIMPLE)
		hash_add(&h, "\r\n", 2);
	compare(s, &h, canon, false, 0, &last);
}

static bool try_all(struct search *s, const struct rope *rope, bool cuts)
{
	for (int canon = 0; canon < 2; canon++)
		for (int kind = 0; kind < 2; kind++)
			if (!search_over(s) &&
				search_wants(s, (enum canonicalization)canon, (enum hash_kind)kind))
				try_stream(s, rope, (enum canonicalization)canon,
					(enum hash_kind)kind, cuts);
	return search_over(s);
}

bool search_settle(
	struct search *s, enum canonicalization canon, enum hash_kind kind, const uint8_t *digest)
{
	static const struct rope nothing;
	struct rope_lines end = {.rope = &nothing};

	for (size_t i = 0; i < s->count; i++) {
		struct target *t = &s->target[i];
		const struct dkim_signature *sig = t->work->sig;

		if (t->body_open && sig->body_canon == canon && t->work->hash == kind &&
			!sig->has_length && memcmp(digest, t->work->bh.ptr, hash_size(kind)) == 0)
			found(s, t, &end);
	}
	return search_over(s);
}

bool search_rope(struct search *s, const struct rope *rope)
{
	return try_all(s, rope, true);
}

bool search_whole(struct search *s, const struct rope *rope)
{
	return try_all(s, rope, false);
}
