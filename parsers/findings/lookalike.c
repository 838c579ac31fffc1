/* SPDX-License-Identifier: ISC */
#include "parsers/findings/lookalike.h"

#include <strings.h>
#include <unicode/uspoof.h>

#include "parsers/findings/common.h"
#include "parsers/findings/runes.h"

enum { LABEL_MAX = 63, EDIT_ONE = 6, EDIT_TWO = 10 };

static bool ascii_only(const char *s)
{
	for (; *s; s++)
		if ((uint8_t)*s >= 0x80)
			return false;
	return true;
}

/* The skeleton of UTS #39 4: equal for strings that are drawn alike. TEXT itself where ICU has
 * none. */
static const char *skeleton(struct arena *arena, const char *text)
{
	char out[4 * LABEL_MAX * 4];
	UErrorCode error = U_ZERO_ERROR;
	USpoofChecker *checker;
	int32_t len;

	if (ascii_only(text))
		return text;
	checker = uspoof_open(&error);
	len = uspoof_getSkeletonUTF8(checker, 0, text, -1, out, sizeof out - 1, &error);
	uspoof_close(checker);
	if (U_FAILURE(error) || len < 0 || len >= (int32_t)sizeof out)
		return text;
	return arena_text(arena, span_make(out, (size_t)len));
}

/* Digits and letters that stand for each other in Latin script beyond what UTS #39 folds. */
static char fold_one(char c)
{
	switch (c) {
	case '0':
		return 'o';
	case '1':
	case 'i':
	case 'I':
	case '|':
		return 'l';
	case '3':
		return 'e';
	case '5':
		return 's';
	default:
		return (char)ascii_lower((uint8_t)c);
	}
}

/* What the two letters behind each other are drawn like together, or 0. */
static char fold_two(char first, char second)
{
	return first == 'r' && second == 'n' ? 'm' : first == 'v' && second == 'v' ? 'w' : 0;
}

void look_fold(const char *label, char *ret)
{
	char *w = ret;

	for (const char *r = label; *r; r++) {
		char c = fold_one(*r), two = w > ret ? fold_two(w[-1], c) : 0;

		if (two)
			w[-1] = two;
		else
			*w++ = c;
	}
	*w = '\0';
}

static char *fold(struct arena *arena, const char *label)
{
	char *out = arena_strdup(arena, skeleton(arena, label));

	look_fold(out, out);
	return out;
}

/* Optimal string alignment, up to LABEL_MAX characters of each. */
static unsigned distance(const char *a, const char *b)
{
	size_t m = strlen(a), n = strlen(b);
	unsigned row[3][LABEL_MAX + 2];

	if (m > LABEL_MAX || n > LABEL_MAX || m > n + 2 || n > m + 2)
		return LABEL_MAX;
	for (size_t j = 0; j <= n; j++)
		row[0][j] = (unsigned)j;
	for (size_t i = 1; i <= m; i++) {
		unsigned *now = row[i % 3], *before = row[(i - 1) % 3], *older = row[(i + 1) % 3];

		now[0] = (unsigned)i;
		for (size_t j = 1; j <= n; j++) {
			unsigned best = before[j - 1] + (a[i - 1] != b[j - 1]);

			best = before[j] + 1 < best ? before[j] + 1 : best;
			best = now[j - 1] + 1 < best ? now[j - 1] + 1 : best;
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] &&
				older[j - 2] + 1 < best)
				best = older[j - 2] + 1;
			now[j] = best;
		}
	}
	return row[m % 3][n];
}

/* Digits only differ in numbered names ("web1", "web2"): no imitation. */
static bool only_digits_differ(const char *a, const char *b)
{
	while (*a && *b) {
		if (is_digit((uint8_t)*a) && is_digit((uint8_t)*b)) {
			a++;
			b++;
		} else if (*a == *b) {
			a++;
			b++;
		} else {
			break;
		}
	}
	return strspn(a, "0123456789") == strlen(a) && strspn(b, "0123456789") == strlen(b);
}

/* Which letters S has; some characters share a bit. */
static uint32_t letters(const char *s)
{
	uint32_t set = 0;

	for (; *s; s++)
		set |= UINT32_C(1) << (*s & 31);
	return set;
}

static bool edited(const char *a, const char *b)
{
	size_t m = strlen(a), n = strlen(b), len = m < n ? m : n;
	unsigned most = len >= EDIT_TWO ? 2 : 1, d;

	if (len < EDIT_ONE || *a != *b || (m > n ? m - n : n - m) > most)
		return false;
	/* A change takes one letter away and brings one in at most. */
	if ((unsigned)__builtin_popcount(letters(a) ^ letters(b)) > 2 * most ||
		only_digits_differ(a, b))
		return false;
	d = distance(a, b);
	return d >= 1 && d <= most;
}

/* The registered label as it is shown. */
static const char *label_of(const struct evidence *e, const char *org)
{
	const char *label = arena_text(e->arena, span_sub(span_of(org), 0, strcspn(org, ".")));

	return domain_unicode(e->arena, label);
}

enum likeness labels_like(const char *a, const char *a_folded, const char *b, const char *b_folded)
{
	/* Most names differ in the first letter, whichever way one looks. */
	if (*a != *b && *a_folded != *b_folded)
		return LIKE_NOT;
	if (strlen(b) < 3 || strlen(a) < 3)
		return LIKE_NOT;
	if (strcasecmp(a, b) == 0)
		return LIKE_SUFFIX;
	if (strcmp(a_folded, b_folded) == 0 && !only_digits_differ(a, b))
		return LIKE_SIGHT;
	return edited(a, b) ? LIKE_EDIT : LIKE_NOT;
}

struct look look_of(const struct evidence *e, const char *domain)
{
	struct look look = {.domain = domain, .org = org_of(e, domain)};

	if (look.org)
		look.label = label_of(e, look.org);
	if (look.label)
		look.folded = fold(e->arena, look.label);
	return look;
}

/* The letter that the folded form of an ASCII label begins with. */
static char folded_head(const char *label)
{
	char head[3] = {label[0], *label ? label[1] : '\0', '\0'};

	look_fold(head, head);
	return *head;
}

enum likeness look_like(const struct evidence *e, const struct look *look, const char *reference)
{
	const char *label;

	if (!look->label || !reference || same_org(e, look->domain, reference))
		return LIKE_NOT;
	label = label_of(e, org_of(e, reference));
	/* Nothing is folded for nothing: see labels_like(). */
	if (*label != *look->label && ascii_only(label) && folded_head(label) != *look->folded)
		return LIKE_NOT;
	return labels_like(look->label, look->folded, label, fold(e->arena, label));
}

enum likeness domain_like(const struct evidence *e, const char *domain, const char *reference)
{
	struct look look, other;

	if (!domain || !reference || same_org(e, domain, reference))
		return LIKE_NOT;
	look = look_of(e, domain);
	other = look_of(e, reference);
	return labels_like(look.label, look.folded, other.label, other.folded);
}

const char *likeness_words(enum likeness likeness)
{
	static const char *const words[] = {"unlike", "a letter or two from",
		"the same name under another suffix as", "drawn like"};

	return words[likeness];
}

static bool mixes(const char *label)
{
	struct span rest = span_of(label);
	unsigned scripts = 0, alike = SCRIPT_LATIN | SCRIPT_GREEK | SCRIPT_CYRILLIC |
				      SCRIPT_ARMENIAN | SCRIPT_CHEROKEE;
	uint32_t rune;

	while (rune_next(&rest, &rune))
		scripts |= rune_script(rune);
	scripts &= alike;
	return scripts & (scripts - 1);
}

const char *mixed_script_label(struct arena *arena, const char *domain)
{
	struct span rest = span_of(domain);

	while (rest.len) {
		size_t dot = span_chr(rest, '.');
		const char *label = arena_text(arena, span_sub(rest, 0, dot));

		rest = span_skip(rest, dot + 1);
		if (strncasecmp(label, "xn--", 4) == 0)
			label = domain_unicode(arena, label);
		if (!label || ascii_only(label))
			continue;
		/* UTS #39 4.1: a whole label of another script that is drawn like ASCII. */
		if (mixes(label) || ascii_only(skeleton(arena, label)))
			return label;
	}
	return NULL;
}
