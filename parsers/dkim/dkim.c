/* SPDX-License-Identifier: ISC */
#include "parsers/dkim/dkim.h"

#include "parsers/dkim/verify.h"

const char *signature_state_word(enum signature_state state)
{
	static const char *const word[] = {"valid", "invalid", "wrong-key", "unchecked"};

	return word[state];
}

const char *body_hash_state_word(enum body_hash_state state)
{
	static const char *const word[] = {"match", "mismatch", "unchecked"};

	return word[state];
}

const struct dkim *dkim_check(struct arena *arena, const struct message *message,
	struct dns_log *dns, struct dkim_context *context, const struct dkim_options *options)
{
	struct dkim *dkim = ARENA_NEW(arena, struct dkim);
	size_t present = message_field_count(message, NAME_DKIM_SIGNATURE);
	struct work *work;
	struct verifier v;

	dkim->limited = present > LIMIT_SIGNATURES;
	dkim->count = dkim->limited ? LIMIT_SIGNATURES : present;
	if (!dkim->count)
		return dkim;
	verifier_init(&v, arena, message, dns, context, options);
	work = ARENA_ARRAY(arena, struct work, dkim->count);
	for (size_t i = 0, n = 0; i < message->field_count && n < dkim->count; i++)
		if (message->field[i].known == NAME_DKIM_SIGNATURE)
			work_parse(&v, &work[n++], &message->field[i], SIGNATURE_DKIM);
	works_check(&v, work, dkim->count);
	dkim->signature = ARENA_ARRAY(arena, struct dkim_signature, dkim->count);
	for (size_t i = 0; i < dkim->count; i++)
		dkim->signature[i] = *work[i].sig;
	dkim->result = dkim->signature[0].result;
	for (size_t i = 0; i < dkim->count; i++)
		if (dkim->signature[i].result == RESULT_PASS)
			dkim->result = RESULT_PASS;
	verifier_release(&v);
	return dkim;
}
