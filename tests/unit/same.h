/* SPDX-License-Identifier: ISC */
/* For tests of what is remembered: the same texts, and the same questions to DNS. */
#ifndef TESTS_UNIT_SAME_H
#define TESTS_UNIT_SAME_H

#include "parsers/dns/dns.h"

static inline void same_text(const char *a, const char *b)
{
	assert_int_equal(a == NULL, b == NULL);
	if (a)
		assert_string_equal(a, b);
}

static inline void same_questions(const struct dns_log *a, const struct dns_log *b)
{
	assert_int_equal(a->count, b->count);
	for (size_t i = 0; i < a->count; i++) {
		assert_string_equal(a->entry[i].answer->name, b->entry[i].answer->name);
		assert_int_equal(a->entry[i].answer->type, b->entry[i].answer->type);
		assert_int_equal(a->entry[i].answer->status, b->entry[i].answer->status);
		assert_string_equal(a->entry[i].why, b->entry[i].why);
	}
}

#endif
