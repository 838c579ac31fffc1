/* SPDX-License-Identifier: ISC */
/* Time of the Received, recorded-results and date readers over hostile fields from 1 KiB to 1 MiB:
 * it has to grow with the length. */
#include <stdio.h>
#include <time.h>

#include "parsers/trace/trace.h"

static double seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* PIECE over and over, nested or not, as a field of LEN bytes. */
static struct span field(struct arena *arena, const char *piece, size_t len, bool closed)
{
	uint8_t *bytes = arena_bytes(arena, len);
	size_t unit = strlen(piece), half = closed ? len / 2 : len;

	for (size_t i = 0; i < len; i++)
		bytes[i] = i < half ? (uint8_t)piece[i % unit] : ')';
	return span_make(bytes, len);
}

static double best(const char *what, struct span value)
{
	double least = 1e9;

	for (int round = 0; round < 5; round++) {
		struct arena *arena = arena_new();
		double start = seconds();

		if (*what == 'd') {
			(void)date_parse(value);
		} else if (*what == 'a') {
			struct field f = {.value = value};

			(void)recorded_parse(arena, &f, RECORDED_AR);
		} else {
			(void)hop_parse(arena, value);
		}
		if (seconds() - start < least)
			least = seconds() - start;
		arena_free(arena);
	}
	return least;
}

int main(void)
{
	static const struct {
		const char *name, *piece;
		bool closed;
	} form[] = {
		{"nested comments", "(", true},
		{"open parentheses", "(", false},
		{"flat comments", "(a) ", false},
		{"angle brackets", "<a ", false},
		{"brackets", "[a ", false},
		{"quotes", "\"a", false},
		{"semicolons", "; 1 Jan ", false},
		{"words", "from a by b ", false},
		{"backslashes", "\\", false},
		{"results", "; a=b c.d=e", false},
		{"dots", "a.", false},
		{"numbers", "1 2:3 ", false},
	};
	static const char *const parser[] = {"received", "authentication-results", "date"};
	int bad = 0;

	for (size_t p = 0; p < 3; p++) {
		for (size_t i = 0; i < sizeof form / sizeof *form; i++) {
			struct arena *arena = arena_new();
			double per[3];

			for (size_t k = 0; k < 3; k++) {
				size_t len = (size_t)1024 << (5 * k);

				per[k] = best(parser[p],
						 field(arena, form[i].piece, len, form[i].closed)) /
					 (double)len * 1e9;
			}
			/* 32 times the length may not cost more than 8 times the time per byte */
			bad += per[2] > 8 * per[1] + 20;
			printf("%-24s %-18s 1 KiB %7.2f  32 KiB %7.2f  1 MiB %7.2f ns a byte%s\n",
				parser[p], form[i].name, per[0], per[1], per[2],
				per[2] > 8 * per[1] + 20 ? "  NOT LINEAR" : "");
			arena_free(arena);
		}
	}
	return bad ? 1 : 0;
}
