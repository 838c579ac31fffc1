/* SPDX-License-Identifier: ISC */
/* What serves many messages: the cache of keys, the block list, the survey of the DNS evidence's
 * keys. */
#include <stdio.h>
#include <stdlib.h>

#include "parsers/base/encode.h"
#include "parsers/dkim/key.h"

enum { CACHE_BUCKETS = 4096, SURVEY_MAX = 20000 };

struct dkim_context *dkim_context_new(void)
{
	struct dkim_context *context = calloc(1, sizeof *context);

	if (context)
		context->bucket = calloc(CACHE_BUCKETS, sizeof *context->bucket);
	if (!context || !context->bucket)
		abort();
	context->buckets = CACHE_BUCKETS;
	return context;
}

void dkim_context_free(struct dkim_context *context)
{
	if (!context)
		return;
	key_cache_clear(context);
	if (context->survey.arena)
		arena_free(context->survey.arena);
	buffer_release(&context->header);
	buffer_release(&context->scratch);
	free(context->blocked);
	free(context->bucket);
	free(context);
}

static int compare_blocked(const void *a, const void *b)
{
	return memcmp(a, b, 15);
}

bool key_blocked(const struct dkim_context *context, struct span modulus)
{
	uint8_t digest[HASH_MAX];

	if (!context->blocked_count)
		return false;
	hash_once(HASH_SHA256, modulus, digest);
	return bsearch(digest, context->blocked, context->blocked_count, sizeof *context->blocked,
		       compare_blocked) != NULL;
}

/* 30 hexadecimal digits, then any text. False for a comment or an empty line. */
static bool read_blocked(const char *line, uint8_t ret[15])
{
	while (*line == ' ' || *line == '\t')
		line++;
	for (size_t i = 0; i < 15; i++) {
		int high = hex_value((uint8_t)line[2 * i]),
		    low = high < 0 ? -1 : hex_value((uint8_t)line[2 * i + 1]);

		if (low < 0)
			return false;
		ret[i] = (uint8_t)(high << 4 | low);
	}
	return true;
}

int dkim_context_blocklist(struct dkim_context *context, const char *file, struct error *reterr)
{
	FILE *in = fopen(file, "r");
	char *line = NULL;
	size_t room = 0, size = context->blocked_count;
	uint8_t entry[15];

	if (!in)
		return error_errno(reterr, "cannot open '%s'", file);
	while (getline(&line, &room, in) >= 0) {
		if (!read_blocked(line, entry))
			continue;
		if (context->blocked_count >= size) {
			size = size ? size * 2 : 64;
			context->blocked =
				realloc(context->blocked, size * sizeof *context->blocked);
			if (!context->blocked)
				abort();
		}
		memcpy(context->blocked[context->blocked_count++], entry, sizeof entry);
	}
	free(line);
	if (ferror(in)) {
		fclose(in);
		return error_errno(reterr, "cannot read '%s'", file);
	}
	fclose(in);
	if (context->blocked_count)
		qsort(context->blocked, context->blocked_count, sizeof *context->blocked,
			compare_blocked);
	return 0;
}

void dkim_context_survey_key(struct dkim_context *context, const char *name, struct span txt)
{
	struct key_survey *survey = &context->survey;
	struct arena *scratch;
	struct span modulus;

	if (survey->count >= SURVEY_MAX || !strstr(name, "._domainkey."))
		return;
	scratch = arena_new();
	modulus = key_peek_modulus(scratch, txt);
	if (modulus.len) {
		if (!survey->arena)
			survey->arena = arena_new();
		*LIST_ADD(survey->arena, survey->key, survey->count, survey->room) =
			(struct survey_key){
				.name = arena_lower(survey->arena, span_of(name)),
				.modulus = arena_copy(survey->arena, modulus),
			};
	}
	arena_free(scratch);
}

static int compare_modulus(struct span a, struct span b)
{
	size_t len = a.len < b.len ? a.len : b.len;
	int order = len ? memcmp(a.ptr, b.ptr, len) : 0;

	return order ? order : a.len < b.len ? -1 : a.len > b.len;
}

static int compare_survey(const void *a, const void *b)
{
	const struct survey_key *x = a, *y = b;
	int order = compare_modulus(x->modulus, y->modulus);

	return order ? order : strcmp(x->name, y->name);
}

void dkim_context_survey_end(struct dkim_context *context)
{
	struct key_survey *survey = &context->survey;
	struct span *modulus;
	unsigned *problems;

	if (!survey->count)
		return;
	qsort(survey->key, survey->count, sizeof *survey->key, compare_survey);
	modulus = ARENA_ARRAY(survey->arena, struct span, survey->count);
	problems = ARENA_ARRAY(survey->arena, unsigned, survey->count);
	for (size_t i = 0; i < survey->count; i++)
		modulus[i] = survey->key[i].modulus;
	survey->factored = weak_batch(modulus, survey->count, problems);
	for (size_t i = 0; i < survey->count; i++)
		survey->key[i].problems = problems[i];
}

static size_t survey_first(const struct key_survey *survey, struct span modulus)
{
	size_t low = 0, high = survey->count;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (compare_modulus(survey->key[mid].modulus, modulus) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

bool survey_problems(
	const struct dkim_context *context, struct span modulus, unsigned *ret_problems)
{
	size_t at = survey_first(&context->survey, modulus);
	bool known = context->survey.factored && at < context->survey.count &&
		     span_eq(context->survey.key[at].modulus, modulus);

	*ret_problems = known ? context->survey.key[at].problems : 0;
	return known;
}

size_t dkim_context_same_key(
	const struct dkim_context *context, struct span modulus, const char **ret, size_t room)
{
	const struct key_survey *survey = &context->survey;
	size_t count = 0;

	for (size_t i = survey_first(survey, modulus);
		i < survey->count && count < room && span_eq(survey->key[i].modulus, modulus); i++)
		if (count == 0 || strcmp(ret[count - 1], survey->key[i].name) != 0)
			ret[count++] = survey->key[i].name;
	return count;
}
