/* SPDX-License-Identifier: ISC */
/*
 * With RSA the key gives back the digest of the header that was signed, so a candidate costs one
 * hash; with Ed25519 it costs a verification, and few are tried.
 */
#include <limits.h>

#include "parsers/dkim/repair_head.h"

enum {
	FIELDS_MAX = 256,
	HEADER_MAX = 256 * 1024, /* canonical bytes of all signed fields */
	COMBINATIONS_QUICK = 2048,
	COMBINATIONS_DEEP = 1 << 20,
	ED25519_COST = 120 * 1000,
	DIGEST_COST = 200
};

static void add_variant(struct head *h, struct entry *e, bool strong, struct variant v)
{
	struct arena *arena = h->s->arena;

	if (span_eq(v.canonical, e->canonical))
		return;
	for (size_t i = 0; i < e->strong_count; i++)
		if (span_eq(v.canonical, e->strong[i].canonical))
			return;
	if (strong)
		*LIST_ADD(arena, e->strong, e->strong_count, e->strong_room) = v;
	else
		*LIST_ADD(arena, e->weak, e->weak_count, e->weak_room) = v;
}

/* "Name: value" in its canonical form; the name as the field writes it, else capitalised as is
 * usual. */
static struct span make_canonical(
	struct head *h, const struct entry *e, const char *name, struct span value)
{
	struct buffer text = BUFFER_INIT, out = BUFFER_INIT;
	struct span ret;

	if (name)
		buffer_str(&text, name);
	else if (e->field)
		buffer_span(&text, e->field->name);
	else
		for (const char *p = e->name; *p; p++)
			buffer_char(&text, p == e->name || p[-1] == '-'
						   ? (char)(*p >= 'a' && *p <= 'z' ? *p - 32 : *p)
						   : *p);
	buffer_str(&text, ": ");
	buffer_span(&text, value);
	canon_header(&out, buffer_view(&text), h->canon);
	buffer_add(&out, "\r\n", 2);
	ret = arena_copy(h->s->arena, buffer_view(&out));
	buffer_release(&text);
	buffer_release(&out);
	return ret;
}

static void vary(struct head *h, struct entry *e, bool strong, struct span value, const char *edit,
	const char *description)
{
	if (h->s->spent >= h->s->limit)
		return;
	h->s->spent += value.len + 100; /* making them costs, too */
	add_variant(h, e, strong,
		(struct variant){
			.canonical = make_canonical(h, e, NULL, value),
			.edit = edit,
			.description = description,
			.before = arena_text(h->s->arena, value),
		});
}

void vary_strong(struct head *h, struct entry *e, struct span value, const char *edit,
	const char *description)
{
	vary(h, e, true, value, edit, description);
}

void vary_weak(struct head *h, struct entry *e, struct span value, const char *edit,
	const char *description)
{
	vary(h, e, false, value, edit, description);
}

void vary_absent(
	struct head *h, struct entry *e, bool strong, const char *edit, const char *description)
{
	add_variant(h, e, strong,
		(struct variant){.canonical = SPAN_NONE, .edit = edit, .description = description});
}

static void add_edit(
	struct head *h, struct repair *r, const struct entry *e, const struct variant *v)
{
	struct arena *arena = h->s->v->arena;
	struct span shown = e->field ? span_trim(e->field->value) : SPAN_NONE;

	r->edit[r->edit_count++] = (struct repair_edit){
		.edit = v->edit,
		.description = v->description,
		.where = e->field ? e->field->whole : SPAN_NONE,
		.before = v->before ? arena_strdup(arena, v->before) : NULL,
		.after = e->field ? arena_text(arena, span_sub(shown, 0, 4096)) : NULL,
	};
}

/* The combination at hand is what was signed. */
static void head_found(struct head *h)
{
	struct arena *arena = h->s->v->arena;
	struct repair *r = ARENA_NEW(arena, struct repair), *body = h->target->repair;
	size_t room = h->count + (body ? body->edit_count : 0);

	r->edit = ARENA_ARRAY(arena, struct repair_edit, room);
	for (size_t i = 0; i < h->count; i++) {
		if (i == h->weak_entry)
			add_edit(h, r, &h->entry[i], &h->entry[i].weak[h->weak_index]);
		else if (h->choice[i] >= 0)
			add_edit(h, r, &h->entry[i], &h->entry[i].strong[h->choice[i]]);
	}
	for (size_t i = 0; body && i < body->edit_count; i++)
		r->edit[r->edit_count++] = body->edit[i];
	h->target->repair = r;
	h->target->head_open = false;
}

static bool is_signed(struct head *h, const struct hash *state)
{
	struct work *w = h->target->work;
	struct hash copy = *state;
	uint8_t digest[HASH_MAX];

	h->s->tried++;
	h->s->spent += DIGEST_COST;
	hash_end(&copy, digest);
	if (w->sig->algorithm_id != DKIM_ED25519_SHA256)
		return memcmp(digest, w->digest, hash_size(w->hash)) == 0;
	h->s->spent += ED25519_COST;
	return w->used && public_key_verify(w->used->record->key,
				  span_make(digest, hash_size(HASH_SHA256)), w->b);
}

/* Goes through the combinations of strong variants from entry I on, hashing each beginning once. */
static void walk(struct head *h, size_t i, const struct hash *state, unsigned changes)
{
	struct hash next;

	if (!h->target->head_open || h->s->spent >= h->s->limit)
		return;
	if (i == h->count) {
		next = *state;
		hash_add(&next, h->signature.ptr, h->signature.len);
		h->s->spent += h->signature.len;
		if (is_signed(h, &next))
			head_found(h);
		return;
	}
	for (int k = -1; k < (changes ? (int)h->entry[i].strong_count : 0) && h->target->head_open;
		k++) {
		const struct entry *e = &h->entry[i];
		struct span text = i == h->weak_entry ? e->weak[h->weak_index].canonical
				   : k < 0            ? e->canonical
						      : e->strong[k].canonical;

		h->choice[i] = k;
		next = *state;
		hash_add(&next, text.ptr, text.len);
		h->s->spent += text.len;
		walk(h, i + 1, &next, changes - (k >= 0));
		if (i == h->weak_entry)
			break;
	}
}

static void walk_all(struct head *h, unsigned changes)
{
	struct hash state;

	hash_init(&state, h->target->work->hash);
	walk(h, 0, &state, changes);
}

/* Drops the last strong variants, the least likely, until there are at most MAX combinations. */
static void limit_combinations(struct head *h, uint64_t max)
{
	for (;;) {
		uint64_t product = 1;
		struct entry *longest = NULL;

		for (size_t i = 0; i < h->count; i++) {
			product =
				product > max ? product : product * (h->entry[i].strong_count + 1);
			if (h->entry[i].strong_count &&
				(!longest || h->entry[i].strong_count >= longest->strong_count))
				longest = &h->entry[i];
		}
		if (product <= max || !longest)
			return;
		longest->strong_count--;
		*LIST_ADD(h->s->arena, longest->weak, longest->weak_count, longest->weak_room) =
			longest->strong[longest->strong_count];
	}
}

static void walk_weak(struct head *h, unsigned changes)
{
	for (size_t i = 0; i < h->count && h->target->head_open; i++)
		for (size_t k = 0; k < h->entry[i].weak_count && h->target->head_open &&
				   h->s->spent < h->s->limit;
			k++) {
			h->weak_entry = i;
			h->weak_index = k;
			walk_all(h, changes);
		}
	h->weak_entry = SIZE_MAX;
}

static struct span canonical_field(struct head *h, const struct field *field)
{
	struct buffer *b = &h->s->v->header;

	buffer_clear(b);
	canon_header(b, field_text_span(field), h->canon);
	buffer_add(b, "\r\n", 2);
	return arena_copy(h->s->arena, buffer_view(b));
}

static bool prepare(struct head *h)
{
	struct dkim_signature *sig = h->target->work->sig;
	size_t before;

	work_header(h->s->v, h->target->work);
	if (h->s->v->header.len > HEADER_MAX || sig->signed_field_count > FIELDS_MAX)
		return false;
	h->canon = sig->header_canon;
	h->count = sig->signed_field_count;
	h->entry = ARENA_ARRAY(h->s->arena, struct entry, h->count);
	h->choice = ARENA_ARRAY(h->s->arena, int, h->count);
	for (size_t i = 0; i < h->count; i++) {
		h->entry[i].name = sig->signed_field[i];
		h->entry[i].field = sig->covered[i];
		if (sig->covered[i])
			h->entry[i].canonical = canonical_field(h, sig->covered[i]);
	}
	work_header(h->s->v, h->target->work);
	before = 0;
	for (size_t i = 0; i < h->count; i++)
		before += h->entry[i].canonical.len;
	h->signature = arena_copy(h->s->arena, span_skip(buffer_view(&h->s->v->header), before));
	return h->count > 0;
}

static void add_spacing(struct head *h, const char *indent);

static void repair_head(struct search *s, struct target *t)
{
	static const char *const indent[] = {NULL, "\t", " ", "        ", ""};
	bool ed25519 = t->work->sig->algorithm_id == DKIM_ED25519_SHA256;
	struct head h = {.s = s, .target = t, .weak_entry = SIZE_MAX};

	if (!ed25519 && !t->work->sig->digest_known)
		return;
	if (!prepare(&h))
		return;
	if (h.canon == CANONICAL_SIMPLE)
		for (size_t i = 1; i < sizeof indent / sizeof *indent && t->head_open; i++) {
			add_spacing(&h, indent[i]);
			walk_all(&h, UINT_MAX);
			for (size_t k = 0; k < h.count; k++)
				h.entry[k].strong_count = 0;
		}
	for (size_t i = 0; i < h.count; i++)
		vary_entry(&h, &h.entry[i]);
	if (ed25519) { /* few can be tried: one change alone, then two */
		walk_all(&h, 1);
		walk_weak(&h, 0);
		walk_all(&h, 2);
		return;
	}
	limit_combinations(&h, s->depth == REPAIR_DEEP ? COMBINATIONS_DEEP : COMBINATIONS_QUICK);
	walk_all(&h, UINT_MAX);
	walk_weak(&h, 0);
	limit_combinations(&h, s->depth == REPAIR_DEEP ? 64 : 8);
	walk_weak(&h, UINT_MAX);
}

/*
 * Simple canonicalization signs each blank. Some list servers write one field after another anew:
 * more than one space after the colon, another indent at folds. All fields are put back at once,
 * with one indent everywhere.
 */
/* Names in the other ways that programs write them, which simple canonicalization signs too. */
static void vary_name(struct head *h, struct entry *e, struct span value)
{
	static const char *const other[] = {
		"CC", "Cc", "Message-Id", "Message-ID", "Mime-Version", "MIME-Version"};

	for (size_t i = 0; i < sizeof other / sizeof *other; i++)
		if (span_iis(e->field->name, other[i]) && !span_is(e->field->name, other[i]))
			add_variant(h, e, true,
				(struct variant){
					.canonical = make_canonical(h, e, other[i], value),
					.edit = "refold",
					.description = "the field's name was written anew",
					.before = arena_printf(h->s->arena, "%s: %s", other[i],
						arena_text(h->s->arena, value)),
				});
}

/* Each fold as one blank. */
static struct span unfolded_once(struct arena *arena, const struct field *field)
{
	struct span rest = span_trim(field->value);
	uint8_t *out = arena_bytes(arena, rest.len + 1);
	size_t len = 0;

	while (rest.len) {
		struct span line = span_trim(span_line(&rest, NULL));

		if (len)
			out[len++] = ' ';
		if (line.len)
			memcpy(out + len, line.ptr, line.len);
		len += line.len;
	}
	return span_make(out, len);
}

static void add_spacing(struct head *h, const char *indent)
{
	for (size_t i = 0; i < h->count; i++) {
		struct entry *e = &h->entry[i];
		struct buffer b = BUFFER_INIT;
		struct span rest;
		bool first = true;

		if (!e->field)
			continue;
		rest = span_trim(e->field->value);
		while (rest.len) {
			struct span line = span_trim(span_line(&rest, NULL));

			if (!first)
				buffer_printf(&b, "\r\n%s", indent);
			buffer_span(&b, line);
			first = false;
		}
		vary_strong(h, e, buffer_view(&b), "refold", "blanks and folds were written anew");
		vary_strong(
			h, e, unfolded_once(h->s->arena, e->field), "refold", "a fold was put in");
		vary_name(h, e, buffer_view(&b));
		buffer_release(&b);
	}
	limit_combinations(h, 4096);
}

void repair_heads(struct search *s)
{
	uint64_t limit = s->limit; /* as much as the body had, shared evenly */
	size_t open = 0;

	s->spent = 0;
	for (size_t i = 0; i < s->count; i++)
		open += s->target[i].head_open && !s->target[i].body_open;
	for (size_t i = 0; i < s->count; i++) {
		struct target *t = &s->target[i];

		if (t->head_open && !t->body_open && s->spent < limit) {
			s->limit = s->spent + (limit - s->spent) / open--;
			repair_head(s, t);
		}
	}
}
