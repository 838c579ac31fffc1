/* SPDX-License-Identifier: ISC */
/*
 * Received fields as many servers write them, after their documentation and sources, with names of
 * RFC 2606 and addresses of RFC 5737 and RFC 3849: received_servers.txt says what each field holds.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <setjmp.h>
#include <cmocka.h>

#include "parsers/trace/trace.h"

static struct arena *arena;

static const char *with(const char *text, const char *key, const char *value)
{
	return value ? arena_printf(arena, "%s%s%s=%s", text, *text ? " " : "", key, value) : text;
}

/* What is odd, in letters: U unparsed, D no date, S no semicolon, P parentheses, I bad address,
 * L local, N not SMTP. */
static const char *odd_letters(unsigned odd)
{
	static const char letter[] = "UDSPILN";
	char text[sizeof letter];
	size_t len = 0;

	for (size_t i = 0; i + 1 < sizeof letter; i++)
		if (odd & 1U << i)
			text[len++] = letter[i];
	text[len] = '\0';
	return len ? arena_strdup(arena, text) : NULL;
}

static const char *flat(const struct hop *hop)
{
	const char *text = "";
	bool same = hop->name && hop->helo && strcmp(hop->name, hop->helo) == 0;

	text = with(text, "name", same ? NULL : hop->name);
	text = with(text, "helo", hop->helo);
	text = with(text, "rdns", hop->rdns_unknown ? "?" : hop->rdns);
	text = with(text, "ip", hop->ip);
	text = with(text, "by", hop->by);
	text = with(text, "by-ip", hop->by_ip);
	text = with(text, "via", hop->via);
	text = with(text, "with", hop->with);
	text = with(text, "id", hop->id);
	text = with(text, "for", hop->for_address);
	text = with(text, "envelope", hop->envelope_from);
	text = with(
		text, "auth", hop->authenticated ? hop->auth_user ? hop->auth_user : "yes" : NULL);
	text = with(text, "ident", hop->ident);
	text = with(text, "tls", hop->tls);
	text = with(text, "cipher", hop->tls_cipher);
	text = with(text, "family", hop->family);
	text = with(text, "provider", hop->provider);
	return with(text, "odd", odd_letters(hop->odd));
}

/* "\n", "\t" and "\\" in the file's text. */
static struct span unescaped(const char *line)
{
	size_t len = 0;
	uint8_t *text = arena_bytes(arena, strlen(line) + 1);

	for (; *line && *line != '\n'; line++) {
		if (*line == '\\' && line[1])
			text[len++] = *++line == 'n' ? '\n' : *line == 't' ? '\t' : (uint8_t)*line;
		else
			text[len++] = (uint8_t)*line;
	}
	return span_make(text, len);
}

/* All rows' dates are the same moment, in the server's own zone. */
static void check(const char *name, const char *field, const char *want)
{
	struct hop hop = hop_parse(arena, unescaped(field));
	const char *got = flat(&hop);

	want = arena_text(arena, span_trim(span_of(want)));
	if (strcmp(got, want) != 0)
		fail_msg("%swant %s\ngot  %s", name, want, got);
	if (hop.date.valid && hop.date.time != 10)
		fail_msg("%sthe date is %lld", name, (long long)hop.date.time);
}

static void test_servers(void **state)
{
	FILE *file = fopen("tests/unit/received_servers.txt", "r");
	char name[4096] = "", field[4096] = "", line[4096];
	unsigned rows = 0;

	(void)state;
	assert_non_null(file);
	arena = arena_new();
	while (fgets(line, sizeof line, file)) {
		if (strncmp(line, "## ", 3) == 0) {
			strcpy(name, line + 3);
		} else if (strncmp(line, "= ", 2) == 0) {
			check(name, field, line + 2);
			rows++;
		} else if (line[0] != '#' && line[0] != '\n') {
			strcpy(field, line);
		}
	}
	fclose(file);
	arena_free(arena);
	assert_true(rows >= 200);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_servers)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
