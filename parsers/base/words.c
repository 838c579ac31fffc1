/* SPDX-License-Identifier: ISC */
#include "parsers/base/words.h"

#include <strings.h>

#define WORD_TEXT(name, word) word,
static const char *const results[] = { RESULT_LIST(WORD_TEXT) };
static const char *const severities[] = { SEVERITY_LIST(WORD_TEXT) };
static const char *const authors[] = { AUTHOR_LIST(WORD_TEXT) };
static const char *const causes[] = { CAUSE_LIST(WORD_TEXT) };

#define COUNT(list) (sizeof(list) / sizeof *(list))

static int find(const char *const *list, unsigned count, const char *word)
{
	for (unsigned i = 0; i < count; i++)
		if (strcasecmp(list[i], word) == 0)
			return (int)i;
	return -1;
}

const char *result_word(enum result r)
{
	return results[r];
}

const char *severity_word(enum severity s)
{
	return severities[s];
}

const char *author_word(enum author a)
{
	return authors[a];
}

const char *cause_word(enum cause c)
{
	return c == CAUSE_NONE ? 0 : causes[c];
}

int result_of(const char *word)
{
	return find(results, COUNT(results), word);
}

int severity_of(const char *word)
{
	return find(severities, COUNT(severities), word);
}

int author_of(const char *word)
{
	return find(authors, COUNT(authors), word);
}
