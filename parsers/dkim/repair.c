/* SPDX-License-Identifier: ISC */
#include "parsers/dkim/repair.h"

/* Work units: about a nanosecond each. */
enum { UNITS_QUICK = 9 * 1000 * 1000 };
#define UNITS_DEEP ((uint64_t)4 * 1000 * 1000 * 1000)
enum { BODY_MAX_QUICK = 2 * 1024 * 1024, BODY_MAX_DEEP = 32 * 1024 * 1024 };

static bool worth_trying(const struct work *w)
{
	const struct dkim_signature *sig = w->sig;

	if (w->kind == SIGNATURE_ARC_SEAL || sig->signature == SIGNATURE_WRONG_KEY ||
		!sig->canonicalization || sig->algorithm_id == DKIM_ALGORITHM_UNKNOWN)
		return false;
	return sig->body_hash == BODY_HASH_MISMATCH || sig->signature == SIGNATURE_INVALID;
}

static void conclude(struct search *s, struct target *t)
{
	struct dkim_signature *sig = t->work->sig;
	struct repair *r = t->repair;

	if (!r)
		r = ARENA_NEW(s->v->arena, struct repair);
	r->proven = !t->body_open && !t->head_open;
	if (!r->proven)
		r->edit_count = 0; /* half a proof is none */
	r->tried = s->tried;
	sig->repair = r;
}

void repair_works(struct verifier *v, struct work *w, size_t count)
{
	bool deep = v->options->repair == REPAIR_DEEP;
	struct search s = {
		.v = v,
		.body = v->message->check_body,
		.limit = deep ? UNITS_DEEP : UNITS_QUICK,
		.depth = v->options->repair,
		.scratch = BUFFER_INIT,
	};

	if (v->options->repair == REPAIR_OFF)
		return;
	s.arena = arena_new();
	s.target = ARENA_ARRAY(s.arena, struct target, count);
	for (size_t i = 0; i < count; i++)
		if (worth_trying(&w[i]))
			s.target[s.count++] = (struct target){
				.work = &w[i],
				.body_open = w[i].sig->body_hash == BODY_HASH_MISMATCH,
				.head_open = w[i].sig->signature == SIGNATURE_INVALID,
			};
	for (size_t i = 0; i < s.count; i++)
		s.body_open += s.target[i].body_open;
	if (s.body_open && s.body.len <= (deep ? (size_t)BODY_MAX_DEEP : (size_t)BODY_MAX_QUICK))
		repair_body(&s);
	repair_heads(&s);
	for (size_t i = 0; i < s.count; i++)
		conclude(&s, &s.target[i]);
	buffer_release(&s.scratch);
	arena_free(s.arena);
}
