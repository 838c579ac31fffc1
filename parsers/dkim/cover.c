/* SPDX-License-Identifier: ISC */
/* Which header field instances a signature covers (RFC 6376 5.4.2), and what it leaves open. */
#include <stdlib.h>

#include "parsers/dkim/verify.h"

/* Any order serves. By length first, most names need no look at their letters. */
static int compare_names(struct span a, struct span b)
{
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
	const struct field *x = *(const struct field *const *)a,
			   *y = *(const struct field *const *)b;
	int order = compare_names(x->name, y->name);

	return order ? order : x->index < y->index ? 1 : -1;
}

void field_index_init(struct field_index *index, struct arena *arena, const struct message *message)
{
	index->message = message;
	index->sorted = ARENA_ARRAY(arena, const struct field *, message->field_count + 1);
	index->used = ARENA_ARRAY(arena, size_t, message->field_count + 1);
	index->count = 0;
	for (size_t i = 0; i < message->field_count; i++)
		if (message->field[i].name.len &&
			!(message->field[i].odd & (FIELD_GARBAGE | FIELD_FROM_LINE)))
			index->sorted[index->count++] = &message->field[i];
	if (index->count)
		qsort(index->sorted, index->count, sizeof *index->sorted, compare_fields);
}

/* The place of the first (lowest in the message) field of this name; count where there is none. */
static size_t find_name(const struct field_index *index, struct span name)
{
	size_t low = 0, high = index->count;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (compare_names(index->sorted[mid]->name, name) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return low < index->count && span_ieq(index->sorted[low]->name, name) ? low : index->count;
}

/* The next instance of the name from below that this walk has not used, except SELF; NULL: an
 * absence is signed. */
static const struct field *take_next(
	struct field_index *index, struct span name, const struct field *self)
{
	size_t first = find_name(index, name);

	while (first < index->count) {
		size_t at = first + index->used[first];

		if (at >= index->count || !span_ieq(index->sorted[at]->name, name))
			return NULL;
		index->used[first]++;
		if (index->sorted[at] != self)
			return index->sorted[at];
	}
	return NULL;
}

static size_t count_from(const struct field_index *index, size_t first, struct span name)
{
	size_t at = first;

	while (at < index->count && span_ieq(index->sorted[at]->name, name))
		at++;
	return at - first;
}

/* What a usual client shows or lets decide how the body is shown. */
static const char *const shown[] = {"from", "sender", "reply-to", "to", "cc", "subject", "date",
	"content-type", "content-transfer-encoding"};

static void note_unsigned(struct verifier *v, struct dkim_signature *sig)
{
	size_t room = 0;

	for (size_t i = 0; i < sizeof shown / sizeof *shown; i++) {
		struct span name = span_of(shown[i]);
		size_t first = find_name(&v->index, name);
		size_t present = count_from(&v->index, first, name);

		if (present && v->index.used[first] < present)
			*LIST_ADD(v->arena, sig->unsigned_field, sig->unsigned_field_count, room) =
				shown[i];
	}
}

void work_cover(struct verifier *v, struct work *w)
{
	struct dkim_signature *sig = w->sig;
	size_t room = 0;

	memset(v->index.used, 0, v->index.count * sizeof *v->index.used);
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
