/* SPDX-License-Identifier: ISC */
/*
 * What receivers recorded. RFC 8601 2.2:
 *
 *	authres-payload = [CFWS] authserv-id [CFWS authres-version] ( no-result / 1*resinfo ) [CFWS]
 *	resinfo = [CFWS] ";" methodspec [CFWS reasonspec] [CFWS 1*propspec]
 *	methodspec = [CFWS] method [CFWS] "=" [CFWS] result
 *	propspec = ptype [CFWS] "." [CFWS] property [CFWS] "=" pvalue
 *
 * read leniently: Microsoft leaves the authserv-id out, others the blank or the dot. Received-SPF
 *(RFC 7208 9.1) is a result, a comment and key-value pairs.
 */
#include "parsers/trace/trace.h"

struct reader {
	struct arena *arena;
	struct span s;
	size_t at;
	struct recorded *recorded;
	size_t result_room, property_room;
	struct span comment; /* the last one passed */
	bool broken;
};

static bool at_end(const struct reader *rd)
{
	return rd->at >= rd->s.len;
}

static uint8_t here(const struct reader *rd)
{
	return at_end(rd) ? 0 : rd->s.ptr[rd->at];
}

static void skip_comment(struct reader *rd)
{
	size_t start = ++rd->at, depth = 1;

	for (; rd->at < rd->s.len && depth; rd->at++) {
		uint8_t c = rd->s.ptr[rd->at];

		if (c == '\\')
			rd->at++;
		else if (c == '(')
			depth++;
		else if (c == ')')
			depth--;
	}
	if (rd->at > rd->s.len)
		rd->at = rd->s.len;
	rd->comment = span_sub(rd->s, start, depth ? rd->at : rd->at - 1);
	rd->broken |= depth > 0;
}

/* [CFWS] */
static void skip_cfws(struct reader *rd)
{
	while (!at_end(rd)) {
		if (here(rd) == '(')
			skip_comment(rd);
		else if (is_space(here(rd)) || here(rd) == 0)
			rd->at++;
		else
			break;
	}
}

static char *text_of(struct arena *arena, struct span s, bool quoted)
{
	char *text = arena_text(arena, s);
	size_t len = 0;

	while (len < s.len && s.ptr[len] > '\r' && s.ptr[len] != '\\')
		len++;
	/* What follows the first byte to leave out, or to look at, is written anew. */
	for (size_t i = len; i < s.len; i++) {
		uint8_t c = s.ptr[i];

		if (quoted && c == '\\' && i + 1 < s.len)
			c = s.ptr[++i];
		if (c && c != '\r' && c != '\n')
			text[len++] = (char)c;
	}
	text[len] = '\0';
	return text;
}

/* quoted-string; the reader stands on the opening quote. */
static const char *quoted(struct reader *rd)
{
	size_t start = ++rd->at;

	while (!at_end(rd) && here(rd) != '"') {
		if (here(rd) == '\\')
			rd->at++;
		rd->at++;
	}
	if (at_end(rd)) {
		rd->at = rd->s.len;
		rd->broken = true;
		return text_of(rd->arena, span_sub(rd->s, start, rd->at), true);
	}
	rd->at++;
	return text_of(rd->arena, span_sub(rd->s, start, rd->at - 1), true);
}

static size_t value_length(struct span s)
{
	size_t n = 0;

	while (n < s.len && !is_space(s.ptr[n]) && s.ptr[n] != ';' && s.ptr[n] != '(' &&
		s.ptr[n] != '"')
		n++;
	return n;
}

/* value = token / quoted-string, and what stands without a blank behind it: "x"@example.net. */
static const char *value(struct reader *rd)
{
	const char *text = "";
	bool first = true;

	skip_cfws(rd);
	while (!at_end(rd) && !is_space(here(rd)) && here(rd) != ';' && here(rd) != '(') {
		size_t start = rd->at;

		if (here(rd) == '"') {
			const char *more = quoted(rd);

			text = first ? more : arena_printf(rd->arena, "%s%s", text, more);
		} else {
			rd->at += value_length(span_skip(rd->s, rd->at));
			if (first)
				text = text_of(rd->arena, span_sub(rd->s, start, rd->at), false);
			else
				text = arena_printf(rd->arena, "%s%s", text,
					text_of(rd->arena, span_sub(rd->s, start, rd->at), false));
		}
		if (!first)
			break; /* two pieces are the most that is joined: more would cost the square
				  of their number */
		first = false;
	}
	return text;
}

static bool joins(uint8_t c)
{
	return c == '.' || c == '/';
}

static bool in_name(uint8_t c)
{
	static const bool ends[256] = {[0] = true,
		[' '] = true,
		['\t'] = true,
		['\r'] = true,
		['\n'] = true,
		['('] = true,
		[')'] = true,
		[';'] = true,
		['='] = true,
		['"'] = true};

	return !ends[c];
}

enum { NAME_SIZE = 256 };

/* Reads a name up to "=" into BUFFER, comments around its "." and "/" taken out; its length, 0
 * where none stands here. */
static size_t read_name(struct reader *rd, char buffer[static NAME_SIZE])
{
	size_t len = 0;

	for (;;) {
		struct span rest;
		size_t n = 0;
		bool joined;

		skip_cfws(rd);
		rest = span_skip(rd->s, rd->at);
		for (; n < rest.len && in_name(rest.ptr[n]); n++)
			if (len + 1 < NAME_SIZE)
				buffer[len++] = (char)rest.ptr[n];
		rd->at += n;
		joined = len && joins((uint8_t)buffer[len - 1]);
		skip_cfws(rd);
		if (at_end(rd) || !in_name(here(rd)) || !(joined || joins(here(rd))))
			break;
	}
	return len;
}

/* The same in lower case. */
static const char *name(struct reader *rd)
{
	char buffer[NAME_SIZE];
	size_t len = read_name(rd, buffer);

	return arena_lower(rd->arena, span_make(buffer, len));
}

static void add_property(
	struct reader *rd, struct recorded_result *result, const char *key, const char *text)
{
	struct recorded_property *property;

	if (!result->property_count)
		rd->property_room = 0;
	property = LIST_ADD(rd->arena, result->property, result->property_count, rd->property_room);
	property->name = key;
	property->value = text;
}

static struct recorded_result *add_result(
	struct reader *rd, const char *method, const char *result, size_t from)
{
	struct recorded *rec = rd->recorded;
	struct recorded_result *add =
		LIST_ADD(rd->arena, rec->result, rec->result_count, rd->result_room);
	struct span slash = span_of(method);

	add->method = arena_text(rd->arena, span_sub(slash, 0, span_chr(slash, '/')));
	add->result = arena_lower(rd->arena, span_of(result));
	add->where = span_sub(rd->s, from, rd->at);
	rd->comment = SPAN_NONE;
	return add;
}

/* A method that starts a result even where its ";" is missing. */
static bool is_method(const char *key)
{
	static const char *const method[] = {"dkim", "spf", "dmarc", "arc", "iprev", "compauth",
		"auth", "sender-id", "domainkeys", "dkim-adsp", "dkim-atps", "bimi", "vbr", "x-ptr",
		"x-tls"};

	for (size_t i = 0; i < sizeof method / sizeof *method; i++)
		if (*key == *method[i] && strcmp(key, method[i]) == 0)
			return true;
	return false;
}

static void keep_comment(struct reader *rd, struct recorded_result *result)
{
	if (!result || !rd->comment.ptr)
		return;
	if (!result->comment)
		result->comment = text_of(rd->arena, span_trim(rd->comment), false);
	rd->comment = SPAN_NONE;
}

/* One "key=value" of a result. Returns the result that it belongs to. */
static struct recorded_result *read_pair(
	struct reader *rd, struct recorded_result *result, const char *key, size_t from)
{
	const char *text;

	keep_comment(rd, result);
	rd->at++; /* "=" */
	text = value(rd);
	if (!result || (!strchr(key, '.') && is_method(key) &&
			       !(strcmp(key, "arc") == 0 && result->comment == NULL))) {
		rd->broken |= result != NULL;
		return add_result(rd, key, text, from);
	}
	if (strcmp(key, "reason") == 0 && !result->reason)
		result->reason = text;
	else
		add_property(rd, result, key, text);
	result->where = span_sub(rd->s, (size_t)(result->where.ptr - rd->s.ptr), rd->at);
	return result;
}

/* Everything up to the next ";": a methodspec, a reason, propspecs; stray words are passed over. */
static void read_result(struct reader *rd)
{
	struct recorded_result *result = NULL;
	bool stray = false;

	rd->comment = SPAN_NONE;
	while (!at_end(rd) && here(rd) != ';') {
		size_t from, before = rd->at;
		const char *key;

		skip_cfws(rd);
		keep_comment(rd, result);
		from = rd->at;
		key = name(rd);
		if (here(rd) == '=') {
			result = read_pair(rd, result, key, from);
		} else if (!at_end(rd) && here(rd) == '"') {
			quoted(rd);
			stray = true;
		} else if (*key && strcmp(key, "none") != 0) {
			stray = true;
		}
		if (rd->at == before)
			rd->at++;
	}
	keep_comment(rd, result);
	if (stray)
		rd->broken = true;
}

static void next_segment(struct reader *rd)
{
	if (here(rd) == ';')
		rd->at++;
}

/* Looks at what stands up to "=", ";" or the end, without reading on. */
static bool pair_ahead(struct reader rd)
{
	char buffer[NAME_SIZE];

	return read_name(&rd, buffer) && here(&rd) == '=';
}

/* authserv-id [CFWS authres-version]; nothing where a result stands in its place (Microsoft). */
static void read_head(struct reader *rd)
{
	struct recorded *rec = rd->recorded;
	uint64_t version;
	size_t start;

	skip_cfws(rd);
	if (at_end(rd) || pair_ahead(*rd))
		return;
	if (here(rd) == '"') {
		rec->authserv_id = quoted(rd);
	} else {
		start = rd->at;
		while (!at_end(rd) && !is_space(here(rd)) && here(rd) != ';' && here(rd) != '(')
			rd->at++;
		if (rd->at > start)
			rec->authserv_id =
				text_of(rd->arena, span_sub(rd->s, start, rd->at), false);
	}
	skip_cfws(rd);
	start = rd->at;
	while (is_digit(here(rd)))
		rd->at++;
	if (rd->at > start && span_number(span_sub(rd->s, start, rd->at), 1000, &version))
		rec->version = (unsigned)version;
	skip_cfws(rd);
	if (!at_end(rd) && here(rd) != ';') {
		rd->broken = true; /* a result without its ";" before it */
		return;
	}
	next_segment(rd);
}

/* instance = [CFWS] "i" [CFWS] "=" [CFWS] 1*2DIGIT [CFWS] ";" (RFC 8617 4.1.1) */
static void read_instance(struct reader *rd)
{
	struct reader ahead = *rd;
	const char *key = name(&ahead), *text;
	uint64_t i;

	if (strcmp(key, "i") != 0 || here(&ahead) != '=') {
		rd->broken = true;
		return;
	}
	ahead.at++;
	text = value(&ahead);
	if (span_number(span_of(text), 1000, &i))
		rd->recorded->instance = (unsigned)i;
	else
		ahead.broken = true;
	skip_cfws(&ahead);
	*rd = ahead;
	next_segment(rd);
}

/* header-field = "Received-SPF:" [CFWS] result FWS [comment FWS] [key-value-list] CRLF */
static void read_spf(struct reader *rd)
{
	struct recorded_result *result;
	size_t start;

	skip_cfws(rd);
	start = rd->at;
	while (!at_end(rd) && (is_alpha(here(rd)) || here(rd) == '-'))
		rd->at++;
	if (rd->at == start) {
		rd->broken = true;
		return;
	}
	result = add_result(
		rd, "spf", text_of(rd->arena, span_sub(rd->s, start, rd->at), false), start);
	while (!at_end(rd)) {
		size_t before = rd->at;
		const char *key = name(rd);

		keep_comment(rd, result);
		if (*key && here(rd) == '=') {
			rd->at++;
			add_property(rd, result, key, value(rd));
		} else if (here(rd) == '"') {
			quoted(rd);
		} else if (rd->at == before || here(rd) == ';') {
			rd->at++;
		}
	}
	keep_comment(rd, result);
	result->where = span_sub(rd->s, start, rd->s.len);
	for (size_t i = 0; i < result->property_count; i++)
		if (strcmp(result->property[i].name, "receiver") == 0)
			rd->recorded->authserv_id = result->property[i].value;
}

struct recorded recorded_parse(
	struct arena *arena, const struct field *field, enum recorded_kind kind)
{
	struct recorded recorded = {.kind = kind, .field = field, .version = 1};
	struct reader rd = {.arena = arena,
		.s = span_trim(span_sub(field->value, 0, LIMIT_FIELD)),
		.recorded = &recorded};

	if (kind == RECORDED_SPF) {
		read_spf(&rd);
	} else {
		if (kind == RECORDED_ARC)
			read_instance(&rd);
		read_head(&rd);
		while (!at_end(&rd)) {
			read_result(&rd);
			next_segment(&rd);
		}
		rd.broken |= !recorded.authserv_id && !recorded.result_count;
	}
	recorded.malformed = rd.broken;
	return recorded;
}
