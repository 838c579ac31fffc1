/* SPDX-License-Identifier: ISC */
/* Inside the reader of Received fields: its tokens, its state, and the meaning of comments. Not for
 * other rooms. */
#ifndef PARSERS_TRACE_RECEIVED_H
#define PARSERS_TRACE_RECEIVED_H

#include "parsers/trace/trace.h"

enum clause {
	CLAUSE_START,
	CLAUSE_FROM,
	CLAUSE_BY,
	CLAUSE_VIA,
	CLAUSE_WITH,
	CLAUSE_ID,
	CLAUSE_FOR,
	CLAUSE_DATE
};

enum token_kind {
	TOKEN_WORD,
	TOKEN_COMMENT,
	TOKEN_ANGLE,
	TOKEN_BRACKET,
	TOKEN_QUOTED,
	TOKEN_SEMICOLON
};

struct token {
	enum token_kind kind;
	bool loose;        /* right after a parenthesis that is never closed */
	enum clause opens; /* a keyword's clause; CLAUSE_START where the token is none */
	struct span text;  /* without the delimiters */
	struct span whole; /* with them */
};

struct token_list {
	struct token *token;
	size_t count, room;
	bool unbalanced; /* parentheses */
};

/* The text of token N, or none. */
static inline struct span token_nth(const struct token_list *list, size_t n)
{
	return n < list->count ? list->token[n].text : SPAN_NONE;
}

static inline bool token_is(const struct token_list *list, size_t n, enum token_kind kind)
{
	return n < list->count && list->token[n].kind == kind;
}

/* name=value of one word; false where it is none. */
static inline bool token_pair(struct span word, const char *name, struct span *ret)
{
	size_t len = strlen(name);

	if (word.len <= len || word.ptr[len] != '=' || !span_istarts(word, name))
		return false;
	*ret = span_skip(word, len + 1);
	while (ret->len && (ret->ptr[ret->len - 1] == ',' || ret->ptr[ret->len - 1] == ';'))
		ret->len--;
	return true;
}

/* Linear in the input; comments are one token each, however deep they nest. */
struct token_list received_tokens(struct arena *, struct span);

struct received {
	struct arena *arena;
	struct hop *hop;
	struct span name; /* after "from" */
	enum token_kind name_kind;
	bool helo_stated; /* HELO stands apart from the name */
	bool exim;
	bool from_seen, with_seen;
	struct span *comment;
	size_t comment_count, comment_room;
};

/* S as text: NUL and line ends dropped, trimmed; NULL where nothing is left. */
const char *received_text(struct arena *, struct span);
/* The address in "<u@example.org>" without what stands before the last "<": "<<u@example.org>". */
const char *received_address(struct arena *, struct span);
/* An IP address with or without brackets, port and zone: "192.0.2.1:25", "[IPv6:::1]",
 * "/192.0.2.1".
 */
struct ip received_ip(struct span);
void received_set_ip(struct received *, struct span);
/* What a comment in this clause says. */
void received_comment(struct received *, struct span inner, enum clause);
/* The hop was encrypted; the first VERSION and CIPHER told of it count; either may be NULL. */
void received_set_tls(struct hop *, const char *version, const char *cipher);
/* "TLSv1.2:ECDHE-RSA-AES128-GCM-SHA256:128", "version=TLS1_2, cipher=...": whether S is about TLS.
 */
bool received_tls(struct received *, const struct token_list *);
/* "TLSv1.3", "TLSv1.3:": whether S is a protocol version; then it is taken. */
bool received_version(struct received *, struct span);
/* "ECDHE-RSA-AES256-GCM-SHA384", "TLS_AES_256_GCM_SHA384": whether S has the form of a cipher. */
bool received_cipher(struct span);
void received_set_cipher(struct received *, struct span);
/* ESMTPSA and its kin (RFC 3848, RFC 6531 4.3): sets what the letters say. Whether WITH is such a
 * word. */
bool received_protocol(struct hop *, struct span with);
/* Recognises the server's family and the provider from the shape. */
void received_family(struct hop *, struct span value);

#endif
