/* SPDX-License-Identifier: ISC */
/*
 * One Received field. The standard's grammar (RFC 5321 4.4):
 *
 *	Stamp = From-domain By-domain Opt-info [CFWS] ";" FWS date-time
 *	From-domain = "FROM" FWS Extended-Domain
 *	By-domain = CFWS "BY" FWS Extended-Domain
 *	Opt-info = [Via] [With] [ID] [For] [Additional-Registered-Clauses]
 *
 * is what few servers write, so it is read as a row of tokens: a keyword opens a clause, words fill
 *it, comments say what they say by their own form and by the clause in which they stand.
 */
#include "parsers/trace/received.h"

struct reader {
	struct received r;
	struct token_list list;
	size_t at;
	size_t date_at;        /* token at which the date begins; list.count where there is none */
	struct span tail;      /* what stands behind the last ";" */
	struct date tail_date; /* ... read as a date */
	enum clause clause;
};

static const struct token *peek(const struct reader *rd, size_t ahead)
{
	return rd->at + ahead < rd->list.count ? &rd->list.token[rd->at + ahead] : NULL;
}

static inline bool is_word(const struct token *token, const char *word)
{
	return token && token->kind == TOKEN_WORD && span_iis(token->text, word);
}

static inline bool opens_clause(const struct token *token)
{
	return token->opens != CLAUSE_START;
}

/* Words that end a phrase though they open none of the standard's clauses. */
static bool ends_phrase(const struct token *token)
{
	static const char *const word[] = {"as", "tls", "envelope-from", "running", "transient",
		"pod-id", "named", "claiming", "plus", "of", "smtpmailfrom", "helo", "ehlo"};

	if (token->kind != TOKEN_WORD || token->loose || opens_clause(token))
		return true;
	return span_iany(token->text, word, sizeof word / sizeof *word) ||
	       span_istarts(token->text, "id=") || span_istarts(token->text, "auth=") ||
	       span_istarts(token->text, "user=");
}

/* Takes words up to the end of a phrase, MORE saying whether one more may be taken; as one text. */
static const char *phrase(struct reader *rd, bool (*more)(struct span))
{
	struct span s = peek(rd, 0)->whole;

	rd->at++;
	while (rd->at < rd->date_at && more(peek(rd, 0)->text) && !ends_phrase(peek(rd, 0))) {
		struct span next = peek(rd, 0)->whole;

		s.len = (size_t)(next.ptr + next.len - s.ptr);
		rd->at++;
	}
	return received_text(rd->r.arena, s);
}

static bool any_word(struct span s)
{
	return s.len > 0;
}

/* "mail pickup service": lower-case words. */
static bool lower_word(struct span s)
{
	for (size_t i = 0; i < s.len; i++)
		if (s.ptr[i] < 'a' || s.ptr[i] > 'z')
			return false;
	return s.len > 0;
}

/* "MailEnable Inbound Mail Agent", ": HOSTING RELAY :": capitalised words. */
static bool capital_word(struct span s)
{
	return s.len && ((s.ptr[0] >= 'A' && s.ptr[0] <= 'Z') || s.ptr[0] == ':');
}

static bool no_word(struct span s)
{
	(void)s;
	return false;
}

static struct span from_here(struct reader *rd, struct span start)
{
	const struct token *last = &rd->list.token[rd->at ? rd->at - 1 : 0];

	return span_make(start.ptr, (size_t)(last->whole.ptr + last->whole.len - start.ptr));
}

static bool has_at(struct span s)
{
	return span_chr(s, '@') < s.len;
}

static void envelope_from(struct reader *rd, const struct token *token)
{
	if (!rd->r.hop->envelope_from)
		rd->r.hop->envelope_from =
			token->text.len ? received_text(rd->r.arena, token->text) : "";
}

/* "from" Domain, or what else stands there: a user, a path, an envelope address in a second "from".
 */
static void clause_from(struct reader *rd)
{
	const struct token *token = peek(rd, 0);
	struct hop *hop = rd->r.hop;

	if (!token || token->kind == TOKEN_COMMENT || token->kind == TOKEN_SEMICOLON)
		return;
	if (hop->name || (token->kind == TOKEN_ANGLE && has_at(token->text))) {
		if (has_at(token->text))
			envelope_from(rd, token);
		else if (token->kind == TOKEN_BRACKET && !hop->by)
			received_set_ip(&rd->r, token->text);
		rd->at++;
		return;
	}
	rd->r.name = token->whole;
	rd->r.name_kind = token->kind;
	if (token->kind == TOKEN_WORD)
		hop->name = phrase(rd, lower_word(token->text) ? lower_word : no_word);
	else
		rd->at++, hop->name = received_text(rd->r.arena, token->whole);
	if (token->kind == TOKEN_WORD && has_at(token->text) && !hop->envelope_from)
		envelope_from(rd, token);
}

static void clause_by(struct reader *rd)
{
	const struct token *token = peek(rd, 0);
	struct hop *hop = rd->r.hop;
	struct ip ip;

	if (!token || token->kind == TOKEN_COMMENT || token->kind == TOKEN_SEMICOLON)
		return;
	if (is_word(token, "authid") && peek(rd, 1) &&
		peek(rd, 1)->kind == TOKEN_ANGLE) { /* Exim at some hosters */
		hop->auth_user = received_text(rd->r.arena, peek(rd, 1)->text);
		hop->authenticated = true;
		rd->at += 2;
		return;
	}
	if (hop->by) { /* "by TLS" and the like */
		if (span_iis(token->text, "TLS") && !hop->tls)
			hop->tls = "yes";
		rd->at++;
		return;
	}
	if (is_word(token, "host") && peek(rd, 1) && peek(rd, 1)->kind == TOKEN_WORD)
		token = &rd->list.token[++rd->at];
	ip = received_ip(token->text);
	if (token->kind == TOKEN_WORD)
		hop->by = phrase(
			rd, span_chr(token->text, '.') < token->text.len ? no_word : capital_word);
	else
		rd->at++, hop->by = received_text(
				  rd->r.arena, ip.family ? token->whole : token->text);
}

static void clause_via(struct reader *rd)
{
	const struct token *token = peek(rd, 0);

	if (!token || token->kind != TOKEN_WORD || token->loose)
		return;
	if (span_iis(token->text, "SSL") || span_iis(token->text, "TLS"))
		rd->r.hop->tls = "yes";
	if (rd->r.hop->via)
		rd->at++;
	else
		rd->r.hop->via = phrase(rd, any_word);
}

/* s/qmail: "de/crypted with TLSv1.3: TLS_AES_256_GCM_SHA384 [256/256]", before the protocol's own
 * "with". */
static bool with_version(struct reader *rd)
{
	if (!received_version(&rd->r, peek(rd, 0)->text))
		return false;
	rd->at++;
	if (peek(rd, 0) && received_cipher(peek(rd, 0)->text))
		received_set_cipher(&rd->r, rd->list.token[rd->at++].text);
	return true;
}

static void clause_with(struct reader *rd)
{
	const struct token *token = peek(rd, 0);
	struct hop *hop = rd->r.hop;
	struct span with;

	/* qmail's patches: "with (AES256-SHA encrypted) SMTP" */
	for (; rd->at < rd->date_at && token->kind == TOKEN_COMMENT; token = peek(rd, 0)) {
		received_comment(&rd->r, token->text, CLAUSE_WITH);
		rd->at++;
		if (peek(rd, 0) && opens_clause(peek(rd, 0)))
			return;
	}
	if (rd->at >= rd->date_at || token->kind == TOKEN_SEMICOLON || with_version(rd))
		return;
	with = token->text;
	if (rd->r.with_seen) {
		if ((span_iis(with, "STARTTLS") || span_iis(with, "TLS")) && !hop->tls)
			hop->tls = "yes";
		rd->at++;
		return;
	}
	rd->r.with_seen = true;
	if (received_protocol(hop, with) || span_istarts(with, "ESMTP/") ||
		span_istarts(with, "SMTP/")) {
		struct span rest = span_skip(with, span_chr(with, '/') + 1);

		rd->at++;
		hop->with = received_text(rd->r.arena, with);
		if (span_istarts(
			    rest, "TLS")) { /* IronPort: "ESMTP/TLS/ECDHE-RSA-AES256-GCM-SHA384" */
			hop->tls = "yes";
			rest = span_skip(rest, span_chr(rest, '/') + 1);
			hop->tls_cipher = received_text(rd->r.arena, rest);
		}
	} else if (token->kind == TOKEN_WORD) {
		hop->with = phrase(rd, any_word);
		if (span_iends(span_of(hop->with),
			    " encrypted SMTP")) { /* MessageLabs: the cipher, and these words */
			hop->tls = "yes";
			hop->tls_cipher = received_text(rd->r.arena, with);
		}
	} else {
		rd->at++;
		hop->with = received_text(rd->r.arena, token->whole);
	}
}

/* "id 0123456789for <u@example.org>", where a fold was undone without its blank. */
static struct span id_text(struct reader *rd, struct span id)
{
	const struct token *next = peek(rd, 1);

	if (id.len <= 8 || !span_iends(id, "for") || rd->at + 1 >= rd->date_at ||
		next->kind != TOKEN_ANGLE || !has_at(next->text))
		return id;
	rd->r.hop->for_address = received_address(rd->r.arena, next->text);
	return span_sub(id, 0, id.len - 3);
}

static void clause_id(struct reader *rd)
{
	const struct token *token = peek(rd, 0);

	if (!token || token->kind == TOKEN_COMMENT || token->kind == TOKEN_SEMICOLON)
		return;
	if (!rd->r.hop->id)
		rd->r.hop->id = received_text(rd->r.arena, id_text(rd, token->text));
	rd->at++;
}

static void clause_for(struct reader *rd)
{
	const struct token *token = peek(rd, 0);

	if (!token || (token->kind != TOKEN_WORD && token->kind != TOKEN_ANGLE &&
			      token->kind != TOKEN_QUOTED))
		return;
	rd->at++;
	if (rd->r.hop->for_address || span_istarts(token->text, "multiple"))
		return;
	rd->r.hop->for_address = received_address(rd->r.arena, token->text);
}

/* Words outside the standard's clauses that some servers write. */
static void extra(struct reader *rd)
{
	const struct token *token = peek(rd, 0), *next = peek(rd, 1);
	struct hop *hop = rd->r.hop;
	struct span s = token->text;

	rd->at++;
	if (is_word(token, "envelope-from") || is_word(token, "smtpmailfrom") ||
		is_word(token, "sender:")) {
		if (next)
			rd->at++, envelope_from(rd, next);
	} else if (is_word(token, "tls")) {
		if (!hop->tls)
			hop->tls = "yes";
		if (rd->at < rd->date_at && received_cipher(next->text))
			rd->at++, received_set_cipher(&rd->r, next->text);
	} else if (is_word(token, "as") && is_word(next, "user") && peek(rd, 1)) {
		hop->auth_user = received_text(rd->r.arena, peek(rd, 1)->text);
		hop->authenticated = true;
		rd->at += 2;
	} else if (token->kind == TOKEN_QUOTED && rd->clause == CLAUSE_FROM && !rd->r.helo_stated) {
		hop->helo = received_text(rd->r.arena, s); /* "claiming to be "x"" */
		rd->r.helo_stated = true;
	} else if (rd->clause == CLAUSE_FROM &&
		   (token->kind == TOKEN_BRACKET || received_ip(s).family)) {
		received_set_ip(&rd->r, s);
	} else if (rd->clause == CLAUSE_WITH && is_word(token, "AUTH")) {
		hop->authenticated = true;
	} else if (token->kind == TOKEN_BRACKET && rd->clause == CLAUSE_BY && !hop->by_ip &&
		   received_ip(s).family) {
		struct ip ip = received_ip(s);

		hop->by_ip = ip_text(rd->r.arena, &ip);
	} else if (token->kind == TOKEN_WORD && span_istarts(s, "id=") && !hop->id) {
		hop->id = received_text(rd->r.arena, span_skip(s, 3));
	} else if (token->kind == TOKEN_WORD && span_istarts(s, "auth=")) {
		hop->authenticated |= span_iis(span_skip(s, 5), "yes");
	} else if (token->kind == TOKEN_WORD && span_istarts(s, "user=")) {
		hop->auth_user = received_text(rd->r.arena, span_skip(s, 5));
	}
}

static void read_clause(struct reader *rd, enum clause clause)
{
	static void (*const read[])(struct reader *) = {
		[CLAUSE_FROM] = clause_from,
		[CLAUSE_BY] = clause_by,
		[CLAUSE_VIA] = clause_via,
		[CLAUSE_WITH] = clause_with,
		[CLAUSE_ID] = clause_id,
		[CLAUSE_FOR] = clause_for,
	};
	struct span start = peek(rd, 0)->whole;
	const struct token *next;

	rd->at++;
	rd->clause = clause;
	if (clause == CLAUSE_FROM)
		rd->r.from_seen = true;
	/* A keyword right behind a keyword: an empty clause, except where only a value makes sense.
	 */
	next = peek(rd, 0);
	if (rd->at < rd->date_at && (!opens_clause(next) || next->opens == clause))
		read[clause](rd);
	if (clause == CLAUSE_FROM && !rd->r.hop->from_where.ptr)
		rd->r.hop->from_where = from_here(rd, start);
	if (clause == CLAUSE_BY && !rd->r.hop->by_where.ptr)
		rd->r.hop->by_where = from_here(rd, start);
}

static void read_tokens(struct reader *rd)
{
	while (rd->at < rd->date_at) {
		const struct token *token = peek(rd, 0);

		if (token->kind == TOKEN_COMMENT) {
			if (rd->clause == CLAUSE_FROM && rd->r.hop->from_where.ptr &&
				!rd->r.hop->by)
				rd->at++, rd->r.hop->from_where =
						  from_here(rd, rd->r.hop->from_where);
			else
				rd->at++;
			received_comment(&rd->r, token->text, rd->clause);
		} else if (opens_clause(token)) {
			read_clause(rd, token->opens);
		} else if (token->kind == TOKEN_SEMICOLON) {
			rd->at++;
		} else {
			extra(rd);
		}
	}
}

/* What follows the date: comments, "smtpmailfrom <x>". */
static void read_tail(struct reader *rd)
{
	size_t count = rd->list.count;

	for (rd->at = rd->date_at; rd->at < count; rd->at++) {
		const struct token *token = peek(rd, 0), *next = peek(rd, 1);

		if (token->kind == TOKEN_COMMENT)
			received_comment(&rd->r, token->text, CLAUSE_DATE);
		else if ((is_word(token, "smtpmailfrom") || is_word(token, "envelope-from")) &&
			 next)
			envelope_from(rd, next);
	}
}

/*
 * Most fields end with ";" and a date, and nothing behind it: then its words need not become
 * tokens. Returns what must, with the ";". A quote in the tail may belong to one that encloses the
 * ";".
 */
static struct span cut_date(struct reader *rd, struct span value)
{
	size_t end = span_rchr(value, ';') + 1;

	rd->tail = span_skip(value, end);
	rd->tail_date = date_parse(rd->tail);
	if (!rd->tail_date.valid || rd->tail_date.odd & (DATE_TRAILING | DATE_COMMENT) ||
		span_chr(rd->tail, '"') < rd->tail.len)
		return value;
	rd->r.hop->date = rd->tail_date;
	return span_sub(value, 0, end);
}

static bool date_from(struct reader *rd, struct span value, size_t token)
{
	const uint8_t *start = rd->list.token[token].whole.ptr;
	struct date date = date_parse(span_make(start, (size_t)(value.ptr + value.len - start)));

	if (!date.valid)
		return false;
	rd->r.hop->date = date;
	rd->date_at = token;
	return true;
}

static bool date_behind(struct reader *rd, struct span value, size_t semicolon)
{
	if (!rd->tail_date.valid || rd->list.token[semicolon].whole.ptr + 1 != rd->tail.ptr)
		return date_from(rd, value, semicolon + 1);
	rd->r.hop->date = rd->tail_date;
	rd->date_at = semicolon + 1;
	return true;
}

/* Could a date begin here: a day's name or a number. */
static bool date_start(const struct token *token)
{
	static const char *const day[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};

	if (token->kind != TOKEN_WORD)
		return false;
	for (size_t i = 0; i < 7; i++)
		if (span_istarts(token->text, day[i]) && token->text.len <= 4)
			return true;
	return is_digit(token->text.ptr[0]) && token->text.len <= 10 &&
	       !received_ip(token->text).family;
}

/* The date: behind the last ";" where one parses, else behind another, else wherever one begins. A
 * few tries only. */
static void find_date(struct reader *rd, struct span value)
{
	unsigned tries = 0;
	size_t last = rd->list.count;

	for (size_t i = rd->list.count; i-- > 0 && tries < 4;) {
		if (rd->list.token[i].kind != TOKEN_SEMICOLON)
			continue;
		if (last == rd->list.count)
			last = i;
		if (i + 1 < rd->list.count) {
			tries++;
			if (date_behind(rd, value, i))
				return;
		}
	}
	if (last == rd->list.count)
		rd->r.hop->odd |= HOP_NO_SEMICOLON;
	tries = 0;
	for (size_t i = 0; i < rd->list.count && tries < 8; i++)
		if (date_start(&rd->list.token[i]) && ++tries && date_from(rd, value, i))
			return;
	rd->r.hop->odd |= HOP_NO_DATE;
	rd->r.hop->date = (struct date){.time = TIME_NONE};
}

static bool is_web(const struct hop *hop)
{
	static const char *const word[] = {
		"HTTP", "HTTPS", "REST", "HTTPREST", "NNFMP", "http webmail"};

	return span_iany(span_of(hop->with), word, sizeof word / sizeof *word) ||
	       span_iany(span_of(hop->via), word, sizeof word / sizeof *word);
}

/* Whether the word after "from" can't be what a client said in HELO. */
static bool name_is_no_helo(const struct reader *rd, bool is_ip)
{
	const struct hop *hop = rd->r.hop;
	struct span name = span_of(hop->name);

	/* An address alone is what the server saw, unless TLS proves a dialogue: then a literal was
	 * said in EHLO. */
	if (is_ip && (is_web(hop) || (!hop->addr.family && !(hop->tls && name.ptr[0] == '[')) ||
			     (hop->odd & HOP_LOCAL)))
		return true;
	if (span_iis(name, "unknown") || span_chr(name, ' ') < name.len || has_at(name) ||
		name.ptr[0] == '/')
		return true;
	if ((name.ptr[0] == '[' || name.ptr[0] == '<') && !is_ip)
		return true;
	if (hop->with && !hop->addr.family &&
		(span_iis(span_of(hop->with), "local") ||
			(rd->r.exim && span_ifind(span_of(hop->with), SPAN("smtp"), 0) ==
					       strlen(hop->with))))
		return true; /* Exim writes the user's name there: "from mail by x with
				spam-scanned" */
	if (!hop->with && !hop->addr.family && span_chr(name, '.') == name.len &&
		!span_iis(name, "localhost"))
		return true;
	return !hop->with && span_chr(name, '$') < name.len;
}

/* What the name after "from" is: HELO, the reverse name, both, or neither. */
static void settle_name(struct reader *rd)
{
	struct hop *hop = rd->r.hop;
	struct ip ip;

	if (!hop->name)
		return;
	ip = received_ip(span_of(hop->name));
	if (!rd->r.helo_stated && !name_is_no_helo(rd, ip.family != 0))
		hop->helo = hop->name;
	if (ip.family && !hop->addr.family)
		received_set_ip(&rd->r, rd->r.name);
	if (span_iis(span_of(hop->name), "unknown"))
		hop->rdns_unknown = true;
	else if (!hop->rdns && !ip.family && rd->r.name_kind == TOKEN_WORD && hop->addr.family &&
		 !has_at(span_of(hop->name)) && (rd->r.helo_stated || rd->r.exim))
		hop->rdns = hop->name;
}

/* "POP3", "POP3-SSL", "IMAP4-SSL getmail", "IMAPS": taken from a mailbox, not given by a client. */
static bool is_fetched(const struct hop *hop)
{
	return span_istarts(span_of(hop->with), "POP") || span_istarts(span_of(hop->with), "IMAP");
}

static bool is_fetched_with_tls(const struct hop *hop)
{
	struct span protocol = span_of(hop->with);

	protocol = span_sub(protocol, 0, span_chr(protocol, ' '));
	return span_iends(protocol, "S") || span_iends(protocol, "-SSL");
}

static void settle(struct reader *rd)
{
	static const char *const other[] = {"fetchmail", "HTTP", "HTTPS", "REST", "HTTPREST",
		"mapi", "UUCP", "QMQP", "local", "XMAIL", "NNFMP"};
	struct hop *hop = rd->r.hop;

	settle_name(rd);
	if (is_fetched(hop)) {
		hop->odd |= HOP_NOT_SMTP;
		if (!hop->tls && is_fetched_with_tls(hop))
			hop->tls = "yes";
	}
	if (span_iany(span_of(hop->with), other, sizeof other / sizeof *other))
		hop->odd |= HOP_NOT_SMTP;
	if (hop->via && span_iis(span_of(hop->via), "HTTP"))
		hop->odd |= HOP_NOT_SMTP;
	if (hop->with && span_iis(span_of(hop->with), "local"))
		hop->odd |= HOP_LOCAL;
	if (!hop->name && !hop->by && !hop->with && !hop->id && !hop->via && !hop->addr.family &&
		!(hop->odd & HOP_LOCAL))
		hop->odd |= HOP_UNPARSED;
	hop->comment = rd->r.comment;
	hop->comment_count = rd->r.comment_count;
}

struct hop hop_parse(struct arena *arena, struct span value)
{
	struct hop hop = {.date = {.time = TIME_NONE}};
	struct reader rd = {.r = {.arena = arena, .hop = &hop}};
	struct span head; /* without the date */

	value = span_sub(value, 0, LIMIT_FIELD);
	head = cut_date(&rd, value);
	rd.list = received_tokens(arena, head);
	rd.date_at = rd.list.count;
	if (rd.list.unbalanced)
		hop.odd |= HOP_UNBALANCED;
	if (head.len == value.len)
		find_date(&rd, value);
	read_tokens(&rd);
	read_tail(&rd);
	settle(&rd);
	hop.date_where = hop.date.where;
	received_family(&hop, value);
	return hop;
}
