/* SPDX-License-Identifier: ISC */
/*
 * The Received reader against a collection of real forms, each field of which was read by eye.
 * Prints the share of fields read as expected by server, and asks for 98 % of all. FORMS_VERBOSE=1
 * names each difference.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

#include <setjmp.h>
#include <cmocka.h>
#include <jansson.h>

#include "parsers/trace/trace.h"

struct tally {
	char name[48];
	unsigned good, all;
};

struct forms {
	struct arena *arena;
	struct tally tally[256];
	size_t count;
	unsigned good, all;
};

static void mark(struct forms *forms, const json_t *row, const char *what, bool ok,
	const char *want, const char *got)
{
	const char *mta = json_string_value(json_object_get(row, "mta"));
	size_t i;

	for (i = 0; i < forms->count && strncmp(forms->tally[i].name, mta, 47) != 0; i++)
		;
	if (i == forms->count && i < 255) {
		snprintf(forms->tally[i].name, sizeof forms->tally[i].name, "%s", mta);
		forms->count++;
	}
	forms->tally[i].all++;
	forms->tally[i].good += ok;
	forms->all++;
	forms->good += ok;
	if (!ok && getenv("FORMS_VERBOSE"))
		printf("# %d %s: %s want '%s' got '%s'\n",
			(int)json_integer_value(json_object_get(row, "n")), mta, what,
			want ? want : "(none)", got ? got : "(none)");
}

/* Text without brackets around it and without a final dot, in any case; addresses by their value.
 */
static bool same(struct arena *arena, const char *a, const char *b)
{
	struct ip x, y;
	struct span s, t;

	if (!a || !b)
		return !a && !b;
	s = span_trim(span_of(a)), t = span_trim(span_of(b));
	x = ip_parse(s), y = ip_parse(t);
	(void)arena;
	if (x.family && y.family)
		return ip_equal(&x, &y);
	while (s.len && s.ptr[s.len - 1] == '.')
		s.len--;
	return span_ieq(s, t);
}

static void text(struct forms *forms, const json_t *row, const char *key, const char *got)
{
	const char *want = json_string_value(json_object_get(row, key));

	mark(forms, row, key, same(forms->arena, want, got), want, got);
}

static void truth(struct forms *forms, const json_t *row, const char *key, bool got)
{
	json_t *want = json_object_get(row, key);

	if (json_is_boolean(want))
		mark(forms, row, key, json_is_true(want) == got,
			json_is_true(want) ? "true" : "false", got ? "true" : "false");
}

static void one(struct forms *forms, const json_t *row)
{
	struct arena *arena = forms->arena;
	const char *raw = json_string_value(json_object_get(row, "raw"));
	const char *date = json_string_value(json_object_get(row, "date"));
	struct hop hop = hop_parse(arena, span_skip(span_of(raw), 9));
	int64_t time = TIME_NONE;

	text(forms, row, "from_name", hop.name);
	text(forms, row, "from_helo", hop.helo);
	text(forms, row, "from_rdns", hop.rdns);
	text(forms, row, "from_ip", hop.ip);
	text(forms, row, "by", hop.by);
	text(forms, row, "by_ip", hop.by_ip);
	text(forms, row, "via", hop.via);
	text(forms, row, "with", hop.with);
	text(forms, row, "id", hop.id);
	text(forms, row, "for", hop.for_address);
	text(forms, row, "envelope_from", hop.envelope_from);
	truth(forms, row, "tls", hop.tls != NULL);
	text(forms, row, "tls_version", hop.tls && strcmp(hop.tls, "yes") != 0 ? hop.tls : NULL);
	text(forms, row, "tls_cipher", hop.tls_cipher);
	truth(forms, row, "auth", hop.authenticated);
	text(forms, row, "auth_user", hop.auth_user);
	if (date)
		moment_parse(span_of(date), &time);
	mark(forms, row, "date", time == hop.date.time, date,
		hop.date.valid ? moment_text_zone(arena, hop.date.time, hop.date.offset_s, false)
			       : NULL);
	arena_reset(arena);
}

static void test_forms(void **state)
{
	const char *shared = getenv("MAILCHECK_SHARED");
	struct forms *forms = calloc(1, sizeof *forms);
	char path[4096];
	json_t *row;
	FILE *file;

	(void)state;
	snprintf(path, sizeof path, "%s/corpora/received-forms.jsonl",
		shared ? shared : "../shared");
	file = fopen(path, "rb");
	if (!file) {
		free(forms);
		skip();
		return;
	}
	forms->arena = arena_new();
	while ((row = json_loadf(file, JSON_DISABLE_EOF_CHECK, NULL))) {
		one(forms, row);
		json_decref(row);
	}
	fclose(file);
	for (size_t i = 0; i < forms->count; i++)
		printf("# %-48s %4u of %4u\n", forms->tally[i].name, forms->tally[i].good,
			forms->tally[i].all);
	printf("# all: %u of %u fields, %.2f %%\n", forms->good, forms->all,
		100.0 * forms->good / (forms->all ? forms->all : 1));
	assert_true(forms->all > 0);
	assert_true(forms->good * 100 >= forms->all * 98);
	arena_free(forms->arena);
	free(forms);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_forms)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
