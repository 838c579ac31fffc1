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

/* The values that the members below are made of, each behind its key; "null" for no text. */
void json_text(struct json *, const char *text);
void json_integer(struct json *, int64_t);
void json_number(struct json *, double);
/* Room for MORE bytes and a NUL behind what is written; where they go. */
static inline uint8_t *json_room(struct json *j, size_t more)
{
	if (j->out->room - j->out->len <= more)
		buffer_reserve(j->out, more);
	return j->out->ptr + j->out->len;
}
static inline void json_end(struct json *j, uint8_t *at)
{
	*at = 0;
	j->out->len = (size_t)(at - j->out->ptr);
}

/*
 * A comma where one is due, and the key: a literal of plain ASCII, our own word, so that its length is known where this is
 * called and it goes out in a few steps; NULL for an element. LEN bytes of TEXT follow as they are.
 */
static inline void member_plain(struct json *j, const char *key, const char *text, size_t len)
{
	size_t key_len = key ? strlen(key) : 0;
	uint8_t *at = json_room(j, key_len + len + 4);

	*at = ',';
	at += j->comma;
	j->comma = true;
	if (key) {
		*at++ = '"';
		memcpy(at, key, key_len);
		at += key_len;
		*at++ = '"';
		*at++ = ':';
	}
	memcpy(at, text, len);
	json_end(j, at + len);
}

/* '{' or '[', as the member KEY, or as an element where KEY is NULL. */
static inline void member_open(struct json *j, const char *key, char bracket)
{
	member_plain(j, key, &bracket, 1);
	j->comma = false;
}
static inline void member_close(struct json *j, char bracket)
{
	uint8_t *at = json_room(j, 1);

	*at = (uint8_t)bracket;
	json_end(j, at + 1);
	j->comma = true;
}
static inline void member_null(struct json *j, const char *key)
{
	member_plain(j, key, "null", 4);
}
/* TEXT is UTF-8; bytes that are not become U+FFFD. NULL is null. */
static inline void member_text(struct json *j, const char *key, const char *text)
{
	if (!text) {
		member_null(j, key);
		return;
	}
	member_plain(j, key, "", 0);
	json_text(j, text);
}
/* The same, with "" where TEXT is NULL: for members that must be a string. */
static inline void member_string(struct json *j, const char *key, const char *text)
{
	member_plain(j, key, "", 0);
	json_text(j, text ? text : "");
}
/* A member whose key is any text. */
static inline void member_named(struct json *j, const char *name, const char *value)
{
	member_string(j, NULL, name);
	*json_room(j, 1) = ':';
	j->out->len++;
	json_text(j, value ? value : "");
}
static inline void member_integer(struct json *j, const char *key, int64_t value)
{
	member_plain(j, key, "", 0);
	json_integer(j, value);
}
/* The same, or null where it is not KNOWN. */
static inline void member_integer_if(struct json *j, const char *key, bool known, int64_t value)
{
	if (known)
		member_integer(j, key, value);
	else
		member_null(j, key);
}
static inline void member_number(struct json *j, const char *key, double value)
{
	member_plain(j, key, "", 0);
	json_number(j, value);
}
static inline void member_bool(struct json *j, const char *key, bool value)
{
	if (value)
		member_plain(j, key, "true", 4);
	else
		member_plain(j, key, "false", 5);
}

#endif
