/* SPDX-License-Identifier: ISC */
/*
 * Inside the room: a filter as it is compiled and planned. Each condition stands in two forms: a
 * check that tells of one row of `messages m` whether it holds, and the ways by which an index
 * leads to the rows where it may hold. Which way is the shortest depends on the case and is tried
 * out when it is asked (select.c).
 */
#ifndef PARSERS_CASE_FILTER_H
#define PARSERS_CASE_FILTER_H

#include "parsers/case/db.h"

enum { MAX_DEPTH = 50, MAX_VALUES = 200, MAX_WAYS = 8 };

/* All rows where a condition holds, perhaps more. */
struct way {
	const char *index; /* of messages; NULL: SQL is a SELECT of ids */
	char *sql;         /* with INDEX: a condition on `m` that the index answers */
};

struct clause {
	struct buffer check; /* never uses an index of messages: columns stand behind "+" */
	struct way way[MAX_WAYS];
	size_t way_count;
	bool flat; /* asks for nothing but columns that the flat indexes have (schema.c) */
};

struct value {
	bool is_text;
	int64_t number;
	char *text;
};

struct filter {
	struct clause clause;
	struct value value[MAX_VALUES]; /* the Nth is ?N in the SQL */
	int count;
};

struct reader {
	struct filter *filter;
	struct span text;
	size_t at, bad_at;
	int depth;
	struct error *reterr;
	bool failed;
};

/* The first failure counts. WHAT, where there is one, is quoted behind the reason. */
void filter_fail(struct reader *, size_t at, const char *reason, const char *what);

/* condition.c: the fields, and what they can be compared with. */
struct column;
const struct column *column_find(struct span name);
/* Severity, numbers and dates: fields that "<" and ">" mean something for. */
bool column_is_ordered(const struct column *);
/* OP: "", "=", "<>", "<", "<=", ">", ">="; TEXT stands at AT of the query and may be changed. */
void condition_compare(struct reader *, const struct column *, const char *op, char *text,
	size_t at, struct clause *ret);
/* A free word: From or Subject has it. */
void condition_word(struct reader *, const char *text, struct clause *ret);

/* The SELECT of the ids that WAY leads to. */
void way_select(struct buffer *, const struct way *);
void clause_release(struct clause *);
/* Binds the values ?1 to ?N. */
void filter_bind(const struct filter *, sqlite3_stmt *);

#endif
