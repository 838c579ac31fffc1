/* SPDX-License-Identifier: ISC */
/* Domains that look like others: UTS #39 skeletons, digits for letters, and one letter more, less
 * or other. */
#ifndef PARSERS_FINDINGS_LOOKALIKE_H
#define PARSERS_FINDINGS_LOOKALIKE_H

#include "parsers/findings/findings.h"

enum likeness {
	LIKE_NOT,
	LIKE_EDIT,   /* a letter added, missing, other, or two changed places */
	LIKE_SUFFIX, /* the same name under another public suffix */
	LIKE_SIGHT,  /* drawn alike: letters of other scripts, digits for letters */
};

/*
 * How DOMAIN resembles REFERENCE, comparing what is registered, not host names below it. LIKE_NOT
 * where both are of one organisation. LIKE_EDIT only where names are long enough (6; two changes
 * from 10) that it is no coincidence.
 */
enum likeness domain_like(const struct evidence *, const char *domain, const char *reference);
/* The same for one domain and many references: what is looked at of DOMAIN, found once. All NULL
 * where it has none. */
struct look {
	const char *domain, *org;
	const char *label, *folded; /* what is registered, and a form of it in which letters drawn alike are the same */
};
struct look look_of(const struct evidence *, const char *domain);
enum likeness look_like(const struct evidence *, const struct look *, const char *reference);
/* The folded form of an ASCII label: no longer than it. */
void look_fold(const char *label, char *ret);
/* How two labels of different organisations resemble each other, by themselves and their folded forms. */
enum likeness labels_like(
	const char *a, const char *a_folded, const char *b, const char *b_folded);
/* For people: "drawn like", "one letter from". */
const char *likeness_words(enum likeness);

/* Whether a label of the domain mixes alphabets that imitate each other, or imitates Latin as a
 * whole: the label, or NULL. */
const char *mixed_script_label(struct arena *, const char *domain);

/* Well-known names that are imitated most. */
struct brand {
	const char *word;    /* as in a display name, lower case */
	const char *domains; /* those that may use it, separated by blanks */
	bool alone; /* an ordinary word too: only where the name is this word, with or without
		       "support" and the like */
};
/* The brand that a display name speaks for, or NULL. Linear in NAME. */
const struct brand *brand_named(const char *name);
/* Whether the domain is the brand's own, or carries its name. */
bool brand_owns(const struct evidence *, const struct brand *, const char *domain);
/* The domain of a brand that DOMAIN is drawn like, or NULL. */
const char *brand_imitated(const struct look *, enum likeness *ret);

#endif
