/* SPDX-License-Identifier: ISC */
/*
 * opendkim KEYS MESSAGE...: verifies the signatures of message files (CRLF) with libopendkim, keys
 * from KEYS ("name record" lines) by its look-up callback. Prints the CPU seconds that this took
 * and the number of signatures that verify. For bench_scan, which builds it where the library is.
 */
#include <search.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/types.h>
#include <time.h>

#include <opendkim/dkim.h>

static _Noreturn void fail(const char *what)
{
	fprintf(stderr, "opendkim: %s\n", what);
	exit(1);
}

static char *read_file(const char *path, size_t *ret_len)
{
	FILE *f = fopen(path, "rb");
	char *bytes;
	long len;

	if (!f || fseek(f, 0, SEEK_END) || (len = ftell(f)) < 0 || fseek(f, 0, SEEK_SET))
		fail(path);
	bytes = malloc((size_t)len + 1);
	if (!bytes || fread(bytes, 1, (size_t)len, f) != (size_t)len)
		fail(path);
	fclose(f);
	bytes[len] = 0;
	*ret_len = (size_t)len;
	return bytes;
}

static void load_keys(const char *path)
{
	size_t len;
	char *text = read_file(path, &len);

	if (!hcreate(4096))
		fail("no memory");
	for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n")) {
		char *blank = strchr(line, ' ');

		if (!blank)
			fail("a key without a record");
		*blank = 0;
		if (!hsearch((ENTRY){.key = line, .data = blank + 1}, ENTER))
			fail("no memory");
	}
}

static DKIM_CBSTAT look_up(DKIM *dkim, DKIM_SIGINFO *sig, u_char *buf, size_t size)
{
	char name[512];
	ENTRY *found;

	(void)dkim;
	snprintf(name, sizeof name, "%s._domainkey.%s", (char *)dkim_sig_getselector(sig),
		(char *)dkim_sig_getdomain(sig));
	found = hsearch((ENTRY){.key = name}, FIND);
	if (!found)
		return DKIM_CBSTAT_NOTFOUND;
	snprintf((char *)buf, size, "%s", (char *)found->data);
	return DKIM_CBSTAT_CONTINUE;
}

static size_t verify(DKIM_LIB *lib, const char *id, char *message, size_t len)
{
	DKIM_STAT status;
	DKIM_SIGINFO **sig;
	size_t passed = 0;
	bool test;
	int count;
	DKIM *dkim = dkim_verify(lib, (unsigned char *)id, NULL, &status);

	if (!dkim || dkim_chunk(dkim, (u_char *)message, len) != DKIM_STAT_OK ||
		dkim_chunk(dkim, NULL, 0) != DKIM_STAT_OK)
		fail("a message is not taken");
	dkim_eom(dkim, &test);
	if (dkim_getsiglist(dkim, &sig, &count) != DKIM_STAT_OK)
		count = 0;
	for (int i = 0; i < count; i++)
		passed += DKIM_SIG_CHECK(sig[i]);
	dkim_free(dkim);
	return passed;
}

int main(int argc, char **argv)
{
	DKIM_LIB *lib = dkim_init(NULL, NULL);
	size_t passed = 0;
	clock_t start;

	if (argc < 2 || !lib || dkim_set_key_lookup(lib, look_up) != DKIM_STAT_OK)
		fail("usage: opendkim KEYS MESSAGE...");
	load_keys(argv[1]);
	start = clock();
	for (int i = 2; i < argc; i++) {
		size_t len;
		char *message = read_file(argv[i], &len);

		passed += verify(lib, argv[i], message, len);
		free(message);
	}
	printf("%.6f %zu\n", (double)(clock() - start) / CLOCKS_PER_SEC, passed);
	return 0;
}
