/* SPDX-License-Identifier: ISC */
/*
 * struct json: members of a record straight to a buffer: pure ASCII, no tree in between. Measured:
 * jansson takes 134 us to build and print the tree of a record of 6 KB, and verifying an RSA-2048
 * signature takes 21. The order of members is the order of the calls anyway.
 */
#ifndef PARSERS_REPORT_JSON_H
#define PARSERS_REPORT_JSON_H

#include "parsers/base/buffer.h"

struct json {
	struct buffer *out;
	bool comma; /* the next value follows another */
};

/* The functions that the members below are made of: KEY has KEY_LEN bytes of plain ASCII, our own
 * words; NULL for an element. */
void json_open(struct json *, const char *key, size_t key_len, char bracket);
void json_text(struct json *, const char *key, size_t key_len, const char *text);
void json_plain(struct json *, const char *key, size_t key_len, const char *text, size_t len);
void json_integer(struct json *, const char *key, size_t key_len, int64_t);
void json_number(struct json *, const char *key, size_t key_len, double);

/* The keys are literals: their lengths are known where these are called. */
static inline size_t json_key_len(const char *key)
{
	return key ? strlen(key) : 0;
}
/* '{' or '[', as the member KEY, or as an element where KEY is NULL. */
static inline void member_open(struct json *j, const char *key, char bracket)
{
	json_open(j, key, json_key_len(key), bracket);
}
void member_close(struct json *, char bracket);
/* TEXT is UTF-8; bytes that are not become U+FFFD. NULL is null. */
static inline void member_text(struct json *j, const char *key, const char *text)
{
	json_text(j, key, json_key_len(key), text);
}
/* The same, with "" where TEXT is NULL: for members that must be a string. */
static inline void member_string(struct json *j, const char *key, const char *text)
{
	json_text(j, key, json_key_len(key), text ? text : "");
}
static inline void member_integer(struct json *j, const char *key, int64_t value)
{
	json_integer(j, key, json_key_len(key), value);
}
/* The same, or null where it is not KNOWN. */
static inline void member_integer_if(struct json *j, const char *key, bool known, int64_t value)
{
	if (known)
		member_integer(j, key, value);
	else
		json_plain(j, key, json_key_len(key), "null", 4);
}
static inline void member_number(struct json *j, const char *key, double value)
{
	json_number(j, key, json_key_len(key), value);
}
static inline void member_null(struct json *j, const char *key)
{
	json_plain(j, key, json_key_len(key), "null", 4);
}
static inline void member_bool(struct json *j, const char *key, bool value)
{
	json_plain(j, key, json_key_len(key), value ? "true" : "false", value ? 4 : 5);
}

#endif
