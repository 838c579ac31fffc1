/* SPDX-License-Identifier: ISC */
/* The words of results, severities and of what is proven of the author: one list makes enum and text. */
#ifndef PARSERS_BASE_WORDS_H
#define PARSERS_BASE_WORDS_H

/* Results in the words of RFC 8601 2.7. */
#define RESULT_LIST(X)                                                                                                 \
	X(RESULT_NONE, "none")                                                                                         \
	X(RESULT_PASS, "pass")                                                                                         \
	X(RESULT_FAIL, "fail")                                                                                         \
	X(RESULT_SOFTFAIL, "softfail")                                                                                 \
	X(RESULT_POLICY, "policy")                                                                                     \
	X(RESULT_NEUTRAL, "neutral")                                                                                   \
	X(RESULT_TEMPERROR, "temperror")                                                                               \
	X(RESULT_PERMERROR, "permerror")

#define SEVERITY_LIST(X)                                                                                               \
	X(SEVERITY_NONE, "none")                                                                                       \
	X(SEVERITY_INFO, "info")                                                                                       \
	X(SEVERITY_LOW, "low")                                                                                         \
	X(SEVERITY_MEDIUM, "medium")                                                                                   \
	X(SEVERITY_HIGH, "high")                                                                                       \
	X(SEVERITY_CRITICAL, "critical")

/* What is proven of the domain in From. */
#define AUTHOR_LIST(X)                                                                                                 \
	X(AUTHOR_PROVEN, "proven")                                                                                     \
	X(AUTHOR_PARTIAL, "partial")                                                                                   \
	X(AUTHOR_CONTRADICTED, "contradicted")                                                                         \
	X(AUTHOR_UNPROVEN, "unproven")                                                                                 \
	X(AUTHOR_AMBIGUOUS, "ambiguous")                                                                               \
	X(AUTHOR_UNKNOWN, "unknown")

/*
 * Causes: why a result is what it is (member `cause`). CAUSE_NONE is written as null.
 */
#define CAUSE_LIST(X)                                                                                                  \
	X(CAUSE_NONE, "")                                                                                              \
	X(CAUSE_BODY_CHANGED, "body-changed")                                                                          \
	X(CAUSE_HEADER_CHANGED, "header-changed")                                                                      \
	X(CAUSE_BOTH_CHANGED, "both-changed")                                                                          \
	X(CAUSE_WRONG_KEY, "wrong-key")                                                                                \
	X(CAUSE_KEY_MISSING, "key-missing")                                                                            \
	X(CAUSE_KEY_REVOKED, "key-revoked")                                                                            \
	X(CAUSE_KEY_MALFORMED, "key-malformed")                                                                        \
	X(CAUSE_KEY_WEAK, "key-weak")                                                                                  \
	X(CAUSE_KEY_FLAGS, "key-flags")                                                                                \
	X(CAUSE_EXPIRED, "expired")                                                                                    \
	X(CAUSE_MALFORMED, "malformed")                                                                                \
	X(CAUSE_ALGORITHM_UNSUPPORTED, "algorithm-unsupported")                                                        \
	X(CAUSE_ALGORITHM_FORBIDDEN, "algorithm-forbidden")                                                            \
	X(CAUSE_BODY_LENGTH, "body-length")                                                                            \
	X(CAUSE_NOT_RECORDED, "not-recorded")                                                                          \
	X(CAUSE_DNS_FAILED, "dns-failed")                                                                              \
	X(CAUSE_NO_RECORD, "no-record")                                                                                \
	X(CAUSE_MULTIPLE_RECORDS, "multiple-records")                                                                  \
	X(CAUSE_SYNTAX, "syntax")                                                                                      \
	X(CAUSE_LOOKUP_LIMIT, "lookup-limit")                                                                          \
	X(CAUSE_VOID_LIMIT, "void-limit")                                                                              \
	X(CAUSE_NO_IDENTITY, "no-identity")                                                                            \
	X(CAUSE_NO_CLIENT, "no-client")                                                                                \
	X(CAUSE_INCLUDE, "include")                                                                                    \
	X(CAUSE_NOT_ALIGNED, "not-aligned")                                                                            \
	X(CAUSE_NOTHING_PASSED, "nothing-passed")                                                                      \
	X(CAUSE_MULTIPLE_AUTHORS, "multiple-authors")                                                                  \
	X(CAUSE_SEQUENCE, "sequence")                                                                                  \
	X(CAUSE_SEAL, "seal")                                                                                          \
	X(CAUSE_CV_FAIL, "cv-fail")                                                                                    \
	X(CAUSE_TOO_MANY_SETS, "too-many-sets")

#define WORD_ENUM(name, word) name,
enum result { RESULT_LIST(WORD_ENUM) };
enum severity { SEVERITY_LIST(WORD_ENUM) };
enum author { AUTHOR_LIST(WORD_ENUM) };
enum cause { CAUSE_LIST(WORD_ENUM) CAUSE_COUNT };

const char *result_word(enum result);
const char *severity_word(enum severity);
const char *author_word(enum author);
/* NULL for CAUSE_NONE. */
const char *cause_word(enum cause);
/* -1 where the word is not one of the list (ASCII case ignored). */
int result_of(const char *word);
int severity_of(const char *word);
int author_of(const char *word);

#endif
