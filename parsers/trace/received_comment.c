/* SPDX-License-Identifier: ISC */
/* What the comments of a Received field say: the client's names and address, authentication, the
 * envelope. */
#include "parsers/trace/received.h"

/* No server writes as many comments into one field; more are kept, but not read. */
enum { COMMENTS_READ = 100 };

/* A copy without NULs, which some put inside an address to hide it. */
static struct span without_nul(struct span s, uint8_t *room, size_t size)
{
	size_t len = 0;

	if (s.len > size || span_chr(s, 0) == s.len)
		return s;
	for (size_t i = 0; i < s.len; i++)
		if (s.ptr[i])
			room[len++] = s.ptr[i];
	return span_make(room, len);
}

/* What the forms of an address begin with, "IPv6:" and NULs to drop among them: most words and
 * names end here. */
static bool begins_address(uint8_t c)
{
	return hex_value(c) >= 0 || c == '[' || c == '/' || c == ':' || (c | 32) == 'i' || c == 0;
}

struct ip received_ip(struct span s)
{
	uint8_t room[80];
	struct ip ip;
	size_t colon;

	s = span_trim(s);
	if (!s.len || !begins_address(s.ptr[0]))
		return (struct ip){0};
	ip = ip_parse(s); /* as most are written */
	if (ip.family)
		return ip;
	s = without_nul(s, room, sizeof room);
	if (s.len > 1 && s.ptr[0] == '[' && s.ptr[s.len - 1] == ']')
		s = span_sub(s, 1, s.len - 1);
	if (s.len && s.ptr[0] == '/')
		s = span_skip(s, 1);
	s = span_sub(s, 0, span_chr(s, ' '));
	ip = ip_parse(s);
	if (ip.family || span_chr(s, ':') == s.len)
		return ip;
	colon = span_rchr(s, ':'); /* a port behind an IPv4 address or behind brackets */
	if (span_chr(s, ':') == colon || s.ptr[0] == '[')
		return ip_parse(span_sub(s, 0, colon));
	return ip;
}

/* Looks like an attempt at an address: digits and dots with two dots or more, or hexadecimal with
 * two colons or more. */
static bool ip_like(struct span s)
{
	size_t dots = 0, colons = 0;

	s = span_trim(s);
	if (span_istarts(s, "IPv6:"))
		return true;
	for (size_t i = 0; i < s.len; i++) {
		if (hex_value(s.ptr[i]) < 0 && s.ptr[i] != '.' && s.ptr[i] != ':')
			return false;
		if (is_alpha(s.ptr[i]) && dots)
			return false;
		dots += s.ptr[i] == '.';
		colons += s.ptr[i] == ':';
	}
	return dots >= 2 || colons >= 2;
}

void received_set_ip(struct received *r, struct span s)
{
	struct ip ip = received_ip(s);

	if (!ip.family && ip_like(s)) {
		r->hop->odd |= HOP_BAD_IP;
		if (!r->hop->ip_where.ptr)
			r->hop->ip_where = s;
	}
	if (!ip.family || r->hop->addr.family)
		return;
	r->hop->addr = ip;
	r->hop->ip = ip_text(r->arena, &ip);
	r->hop->ip_where = s;
}

/* The first token behind AT that is a value, not a word like "as" or "sender:". */
static bool value_after(const struct token_list *list, size_t at, struct span *ret)
{
	static const char *const filler[] = {
		"as", "user", "sender", "sender:", "user:", "from", "username", "with", ":"};

	for (; at < list->count; at++) {
		bool skip = list->token[at].kind == TOKEN_COMMENT;

		skip |= span_iany(token_nth(list, at), filler, sizeof filler / sizeof *filler);
		if (skip)
			continue;
		*ret = token_nth(list, at);
		/* "joe[u@example.org]" (ZoneMTA) is one value in two tokens */
		for (; list->token[at].kind == TOKEN_WORD && at + 1 < list->count; at++) {
			struct span next = list->token[at + 1].whole;

			if (next.ptr != ret->ptr + ret->len)
				break;
			ret->len += next.len;
		}
		return ret->len > 0;
	}
	return false;
}

static void set_user(struct received *r, struct span s)
{
	r->hop->authenticated = true;
	if (s.len && !r->hop->auth_user)
		r->hop->auth_user = received_text(r->arena, s);
}

/* "Authenticated sender: x", "User authenticated as x", "AUTH: CRAM-MD5 x", "account x", "user=x
 * mech=LOGIN". */
static bool comment_auth(struct received *r, const struct token_list *list)
{
	struct span first = token_nth(list, 0), value = SPAN_NONE;
	bool found = false;

	if (span_iis(first, "AUTH:")) {
		set_user(r, list->count > 2 ? token_nth(list, 2) : token_nth(list, 1));
		return true;
	}
	if ((span_iis(first, "account") || span_iis(first, "authid:")) && list->count > 1) {
		set_user(r, token_nth(list, 1));
		return true;
	}
	for (size_t i = 0; i < list->count; i++) {
		struct span s = token_nth(list, i);

		if (token_pair(s, "user", &value) || token_pair(s, "authuser", &value) ||
			token_pair(s, "auth-user", &value)) {
			set_user(r, value);
			found = true;
		} else if ((token_pair(s, "auth", &value) && !span_iis(value, "no") &&
				   !span_iis(value, "none")) ||
			   span_is(s, "AUTH")) {
			r->hop->authenticated = found = true;
		} else if (i < 3 &&
			   (span_istarts(s, "authenticated") || span_iis(s, "smtp-auth")) &&
			   s.len <= 19) {
			r->hop->authenticated = found = true;
			if (value_after(list, i + 1, &value) && !span_istarts(value, "bits=") &&
				!span_istarts(value, "by"))
				set_user(r, value);
			break;
		}
	}
	return found;
}

/* "envelope-from <x>", "envelope-sender <x>", "return-path <x>", "over TLS, envelope from "x"",
 * "Sender: x". */
static bool comment_envelope(struct received *r, const struct token_list *list)
{
	for (size_t i = 0; i < list->count; i++) {
		struct span s = token_nth(list, i), value = SPAN_NONE;

		if (list->token[i].kind != TOKEN_WORD)
			continue;
		if (span_iis(s, "envelope") && (span_istarts(token_nth(list, i + 1), "from") ||
						       span_istarts(token_nth(list, i + 1), "sender"))) {
			i++;
		} else if (span_istarts(s, "envelope-from=")) {
			value = span_skip(s, 14);
		} else if (i == 0 && span_istarts(s, "mailfrom:")) { /* Alibaba */
			value = span_skip(s, 9);
		} else if (!span_iis(s, "envelope-from") && !span_iis(s, "envelope-from:") &&
			   !span_iis(s, "envelope-sender") && !span_iis(s, "return-path") &&
			   !(i == 0 && span_iis(s, "sender:"))) {
			continue;
		}
		if (!value.len && i + 1 < list->count)
			value = token_nth(list, i + 1);
		if (value.len > 1 && value.ptr[0] == '<' && value.ptr[1] != '>')
			value = span_skip(value, 1); /* never closed */
		if (!r->hop->envelope_from)
			r->hop->envelope_from = value.len ? received_text(r->arena, value) : "";
		if (r->hop->envelope_from && strcmp(r->hop->envelope_from, "<>") == 0)
			r->hop->envelope_from = "";
		return true;
	}
	return false;
}

static bool is_helo_word(struct span s)
{
	static const char *const word[] = {"HELO", "EHLO", "LHLO", "HELLO", "HELO:", "EHLO:"};

	return span_iany(s, word, sizeof word / sizeof *word);
}

static void set_helo(struct received *r, struct span s)
{
	const char *text = received_text(r->arena, s);

	if (!text)
		return;
	r->hop->helo = text;
	r->helo_stated = true;
}

/* Names that stand for "no name was found". */
static bool is_unknown(struct span s)
{
	return span_iis(s, "unknown") || span_iis(s, "unverified") || span_iis(s, "<unknown>") ||
	       span_iis(s, "not.resolved");
}

static bool host_char(struct span s)
{
	for (size_t i = 0; i < s.len; i++)
		if (!is_alnum(s.ptr[i]) && s.ptr[i] != '-' && s.ptr[i] != '.' && s.ptr[i] != '_' &&
			s.ptr[i] != 0 && s.ptr[i] < 128)
			return false;
	return s.len > 0;
}

static void set_rdns(struct received *r, struct span s)
{
	while (s.len && s.ptr[s.len - 1] == '.')
		s.len--;
	if (is_unknown(s))
		r->hop->rdns_unknown = true;
	else if (!r->hop->rdns && s.len)
		r->hop->rdns = received_text(r->arena, s);
}

/* Whether a word is the name in "(name)", "(name [ip])": alone or before a literal or a comment. */
static bool is_host_word(const struct token_list *list, size_t at)
{
	const struct token *next = at + 1 < list->count ? &list->token[at + 1] : NULL;

	if (!next)
		return true;
	if (next->kind == TOKEN_BRACKET) /* glued to the word only an address may be */
		return next->whole.ptr > token_nth(list, at).ptr + token_nth(list, at).len ||
		       received_ip(next->text).family || ip_like(next->text);
	return next->kind == TOKEN_COMMENT || is_helo_word(next->text) ||
	       received_ip(next->text).family;
}

/* "ident@host" or "user@192.0.2.1" before "with login". */
static void with_ident(
	struct received *r, struct span word, const struct token_list *list, size_t at)
{
	size_t sign = span_rchr(word, '@');
	struct span user = span_sub(word, 0, sign), host = span_skip(word, sign + 1);

	if (span_istarts(user, "IDENT:"))
		user = span_skip(user, 6);
	if (span_iis(token_nth(list, at + 1), "with"))
		set_user(r, user);
	else if (!r->hop->ident && user.len)
		r->hop->ident = received_text(r->arena, user);
	if (received_ip(host).family)
		received_set_ip(r, host);
	else if (host_char(host) && is_host_word(list, at))
		set_rdns(r, host);
}

/* One word of the comment behind the client's name. */
static void client_word(struct received *r, const struct token_list *list, size_t at, bool after_ip)
{
	struct span s = token_nth(list, at), value = SPAN_NONE;

	if (token_pair(s, "helo", &value) || token_pair(s, "ehlo", &value)) {
		set_helo(r, value.len || !token_is(list, at + 1, TOKEN_BRACKET)
				    ? value
				    : list->token[at + 1].whole);
	} else if (token_pair(s, "ident", &value)) {
		r->hop->ident = received_text(r->arena, value);
	} else if (is_unknown(s) ||
		   (span_iis(s, "Not") && span_iis(token_nth(list, at + 1), "Verified"))) {
		r->hop->rdns_unknown = true;
	} else if (received_ip(s).family) {
		received_set_ip(r, s);
	} else if (s.ptr[0] != ':' && span_chr(s, '@') < s.len && !after_ip) {
		with_ident(r, s, list, at);
	} else if (ip_like(s) && at == 0) {
		received_set_ip(r, s);
	} else if (!after_ip && at == 0 && host_char(s) && is_host_word(list, at) &&
		   (list->count > 1 || span_chr(s, '.') < s.len)) {
		set_rdns(r, s);
	}
}

/*
 * TCP-info = address-literal / ( Domain FWS address-literal ) (RFC 5321 4.4), and what servers make
 * of it:
 * "([ip]:port helo=x)", "(ident@host [ip])", "(unknown [ip])", "(ip)", "([ip] "HELO x" ...)".
 */
static void comment_client(struct received *r, const struct token_list *list)
{
	bool after_ip = false;

	for (size_t i = 0; i < list->count; i++) {
		struct span s = token_nth(list, i);

		switch (list->token[i].kind) {
		case TOKEN_BRACKET:
			if (i && (span_iis(token_nth(list, i - 1), "helo=") ||
					 span_iis(token_nth(list, i - 1), "ehlo=")))
				break;
			if (span_istarts(s, "unix"))
				r->hop->odd |= HOP_LOCAL;
			received_set_ip(r, s);
			after_ip = true;
			break;
		case TOKEN_WORD:
			client_word(r, list, i, after_ip);
			break;
		case TOKEN_ANGLE: /* AppleShare: "([ip] <reverse.name.>)" */
			if (i == 1 && span_chr(s, '@') == s.len && after_ip && host_char(s))
				set_rdns(r, s);
			break;
		case TOKEN_QUOTED: /* ZMailer: "HELO name" */
			if (s.len > 5 && is_helo_word(span_sub(s, 0, 4)) && is_space(s.ptr[4]))
				set_helo(r, span_trim(span_skip(s, 5)));
			break;
		default:
			break;
		}
	}
}

/* "(name [192.0.2.1]:25)" or "(192.0.2.1)" behind "by". */
static void comment_server(struct received *r, const struct token_list *list)
{
	for (size_t i = 0; i < list->count && !r->hop->by_ip; i++) {
		bool may = token_is(list, i, TOKEN_BRACKET) ||
			   (list->count == 1 && token_is(list, i, TOKEN_WORD));

		if (may && received_ip(token_nth(list, i)).family)
			r->hop->by_ip = received_text(r->arena, token_nth(list, i));
	}
}

/* qmail's own: "(qmail 43115 invoked from network[192.0.2.1/name])", "(ofmipd 192.0.2.1)", "invoked
 * by uid 1000". */
static bool comment_injected(struct received *r, const struct token_list *list)
{
	for (size_t i = 0; i < list->count; i++) {
		if (span_iis(token_nth(list, i), "network") && token_is(list, i + 1, TOKEN_BRACKET)) {
			struct span s = token_nth(list, i + 1);
			size_t slash = span_chr(s, '/');

			received_set_ip(r, span_sub(s, 0, slash));
			set_rdns(r, span_skip(s, slash + 1));
			return true;
		}
		if (i && received_ip(token_nth(list, i)).family) {
			received_set_ip(r, token_nth(list, i));
			return true;
		}
	}
	if (span_iis(token_nth(list, 0), "from")) { /* Sendmail: "(from user@localhost)" */
		struct span s = token_nth(list, 1);

		r->hop->ident = received_text(r->arena, span_sub(s, 0, span_rchr(s, '@')));
	}
	r->hop->odd |= HOP_LOCAL;
	return true;
}

/* CommuniGate: in "[ip] (HELO name)" and "[ip] (account x HELO y)" the address stands before the
 * comment. */
static void name_is_address(struct received *r, enum clause clause)
{
	if (clause == CLAUSE_FROM && r->name_kind == TOKEN_BRACKET)
		received_set_ip(r, r->name);
}

/* What stands beside the account: "account x HELO y", "user x [192.0.2.1]". */
static void comment_account(struct received *r, const struct token_list *list, enum clause clause)
{
	for (size_t i = 1; i < list->count; i++) {
		if (is_helo_word(token_nth(list, i)) && i + 1 < list->count) {
			name_is_address(r, clause);
			set_helo(r, list->token[++i].whole);
		} else if (token_is(list, i, TOKEN_BRACKET)) {
			received_set_ip(r, token_nth(list, i));
		}
	}
}

/* "(SMI-8.6/SMI-4.1 for <u@example.org>)": SunOS says for whom inside its comment. */
static void comment_recipient(struct received *r, const struct token_list *list)
{
	for (size_t i = 1; i + 1 < list->count && !r->hop->for_address; i++)
		if (span_iis(token_nth(list, i), "for") && token_is(list, i + 1, TOKEN_ANGLE))
			r->hop->for_address = received_address(r->arena, token_nth(list, i + 1));
}

void received_comment(struct received *r, struct span inner, enum clause clause)
{
	struct token_list list;
	struct span first, value;

	*LIST_ADD(r->arena, r->comment, r->comment_count, r->comment_room) = inner;
	if (r->comment_count > COMMENTS_READ)
		return;
	list = received_tokens(r->arena, inner);
	first = token_nth(&list, 0);
	if (!list.count)
		return;
	for (size_t i = 0; i < list.count; i++)
		r->exim |= list.token[i].kind == TOKEN_WORD && span_iis(list.token[i].text, "Exim");
	if (is_helo_word(first)) {
		name_is_address(r, clause);
		set_helo(r, list.count > 1 ? span_trim(span_skip(inner,
						     (size_t)(first.ptr + first.len - inner.ptr)))
					   : SPAN_NONE);
		return;
	}
	if (received_tls(r, &list) ||
		(list.count == 2 && span_iis(first, "using") && span_iis(token_nth(&list, 1), "TLS"))) {
		received_set_tls(r->hop, NULL, NULL);
		if (clause != CLAUSE_FROM || !token_is(&list, 0, TOKEN_BRACKET)) {
			comment_auth(r, &list);
			comment_envelope(r, &list);
			return;
		}
	}
	if (comment_envelope(r, &list))
		return;
	if (!token_is(&list, 0, TOKEN_BRACKET) && comment_auth(r, &list)) {
		comment_account(r, &list, clause);
		return;
	}
	comment_recipient(r, &list);
	if (span_iis(first, "via") && list.count == 2 && !r->hop->via)
		r->hop->via = received_text(r->arena, token_nth(&list, 1));
	else if (clause == CLAUSE_FROM)
		comment_client(r, &list);
	else if (clause == CLAUSE_BY)
		comment_server(r, &list);
	else if (clause == CLAUSE_START && token_pair(first, "helo", &value))
		comment_client(r, &list); /* "from [ip]" was cut off */
	else if (clause == CLAUSE_START)
		comment_injected(r, &list);
}
