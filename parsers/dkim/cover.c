/* SPDX-License-Identifier: ISC */
/* Which header field instances a signature covers (RFC 6376 5.4.2), and what it leaves open. */
#include <stdlib.h>

#include "parsers/base/eight.h"
#include "parsers/dkim/verify.h"

/* Any order serves: numbers that are the same for the same letters, and for others hardly ever. */
static uint64_t key_of(struct span name)
{
	uint64_t key = 0;

	if (name.len >= 8)
		return (eight_at(name.ptr) | EIGHT_ONES * 0x20) +
		       (eight_at(span_end(name) - 8) | EIGHT_ONES * 0x20) * 31 + name.len;
	for (size_t i = 0; i < name.len; i++)
		key = key << 8 | (name.ptr[i] | 0x20u);
	return key;
}

static int compare_names(struct span a, struct span b)
{
	if (span_ieq(a, b))
		return 0;
	if (a.len != b.len)
		return a.len < b.len ? -1 : 1;
	for (size_t i = 0; i < a.len; i++) {
		int order = ascii_lower(a.ptr[i]) - ascii_lower(b.ptr[i]);

		if (order)
			return order;
	}
	return 0;
}

static int compare_fields(const void *a, const void *b)
{
	const struct indexed_field *x = a, *y = b;
	int order;

	if (x->key != y->key)
		return x->key < y->key ? -1 : 1;
	order = compare_names(x->field->name, y->field->name);
	return order ? order : x->field->index < y->field->index ? 1 : -1;
}

static void sort_fields(struct indexed_field *field, size_t count)
{
	enum { FEW = 50 };

	if (count > FEW) {
		qsort(field, count, sizeof *field, compare_fields);
		return;
	}
	for (size_t i = 1; i < count; i++) {
		struct indexed_field one = field[i];
		size_t at = i;

		for (; at && compare_fields(&field[at - 1], &one) > 0; at--)
			field[at] = field[at - 1];
		field[at] = one;
	}
}

static void count_same(struct field_index *index)
{
	struct indexed_field *first = index->sorted;

	for (size_t i = 0; i < index->count; i++) {
		struct indexed_field *f = &index->sorted[i];

		if (f->key != first->key || !span_ieq(f->field->name, first->field->name))
			first = f;
		first->same++;
	}
}

void field_index_init(struct field_index *index, struct arena *arena, const struct message *message)
{
	index->sorted = ARENA_ARRAY(arena, struct indexed_field, message->field_count + 1);
	index->count = 0;
	for (size_t i = 0; i < message->field_count; i++) {
		const struct field *field = &message->field[i];

		if (field->name.len && !(field->odd & (FIELD_GARBAGE | FIELD_FROM_LINE)))
			index->sorted[index->count++] =
				(struct indexed_field){.key = key_of(field->name), .field = field};
	}
	sort_fields(index->sorted, index->count);
	count_same(index);
}

/* The first (lowest in the message) field of this name; NULL where there is none. */
static struct indexed_field *find_name(const struct field_index *index, struct span name)
{
	struct indexed_field *found = NULL;
	uint64_t key = key_of(name);
	size_t low = 0, high = index->count;

	while (low < high) {
		size_t mid = low + (high - low) / 2;
		struct indexed_field *f = &index->sorted[mid];
		int order = f->key != key ? (f->key < key ? -1 : 1)
					  : compare_names(f->field->name, name);

		if (order < 0)
			low = mid + 1;
		else
			high = mid;
		if (order == 0)
			found = f;
	}
	return found;
}

/* The next instance of the name from below that this walk has not used, except SELF; NULL: an
 * absence is signed. */
static const struct field *take_next(
	const struct field_index *index, struct span name, const struct field *self)
{
	struct indexed_field *first = find_name(index, name);

	while (first && first->used < first->same) {
		const struct field *field = first[first->used++].field;

		if (field != self)
			return field;
	}
	return NULL;
}

/* What a usual client shows or lets decide how the body is shown. */
static const char *const shown[] = {"from", "sender", "reply-to", "to", "cc", "subject", "date",
	"content-type", "content-transfer-encoding"};

static void note_unsigned(struct verifier *v, struct dkim_signature *sig)
{
	size_t room = 0;

	for (size_t i = 0; i < sizeof shown / sizeof *shown; i++) {
		const struct indexed_field *first = find_name(&v->index, span_of(shown[i]));

		if (first && first->used < first->same)
			*LIST_ADD(v->arena, sig->unsigned_field, sig->unsigned_field_count, room) =
				shown[i];
	}
}

void work_cover(struct verifier *v, struct work *w)
{
	struct dkim_signature *sig = w->sig;
	size_t room = 0;

	for (size_t i = 0; i < v->index.count; i++)
		v->index.sorted[i].used = 0;
	sig->covered = ARENA_ARRAY(v->arena, const struct field *, sig->signed_field_count);
	for (size_t i = 0; i < sig->signed_field_count; i++) {
		bool known = false;

		sig->covered[i] = take_next(&v->index, span_of(sig->signed_field[i]), sig->field);
		for (size_t k = 0; k < sig->oversigned_field_count && k < 64; k++)
			known |= strcmp(sig->oversigned_field[k], sig->signed_field[i]) == 0;
		if (!sig->covered[i] && !known)
			*LIST_ADD(v->arena, sig->oversigned_field, sig->oversigned_field_count,
				room) = sig->signed_field[i];
	}
	note_unsigned(v, sig);
}
