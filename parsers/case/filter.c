/* SPDX-License-Identifier: ISC */
/*
 * The filter language, compiled to an SQL condition over `messages m` with bound values.
 *
 *	query      = or
 *	or         = and *( "or" and )
 *	and        = not *( [ "and" ] not )
 *	not        = [ "not" / "!" / "-" ] primary
 *	primary    = "(" or ")" / field op value / word
 *	op         = ":" [ ">" / ">=" / "<" / "<=" / "=" ] / "=" / "!=" / ">" / ">=" / "<" / "<="
 *	value      = word / DQUOTE *char DQUOTE / value ".." value
 */
#include "parsers/base/words.h"
#include "parsers/case/db.h"

#include <stdlib.h>

enum { MAX_DEPTH = 50, MAX_VALUES = 200 };

/* How a field's values are read and compared. */
enum kind { KIND_TEXT, KIND_EXACT, KIND_RESULT, KIND_SEVERITY, KIND_AUTHOR, KIND_NUMBER, KIND_DATE, KIND_BOOL, KIND_LIKE_IN };

struct column {
	const char *name;
	enum kind kind;
	const char *sql; /* an expression; of KIND_LIKE_IN a condition with %s for the comparison */
};

/* The words of the fields; filter_fields() lists them for help and completion. */
static const struct column columns[] = {
	{ "author", KIND_AUTHOR, "m.author" },
	{ "severity", KIND_SEVERITY, "m.severity" },
	{ "dkim", KIND_RESULT, "m.dkim" },
	{ "spf", KIND_RESULT, "m.spf" },
	{ "dmarc", KIND_RESULT, "m.dmarc" },
	{ "arc", KIND_RESULT, "m.arc" },
	{ "from", KIND_TEXT, "m.header_from" },
	{ "subject", KIND_TEXT, "m.subject" },
	{ "domain", KIND_EXACT, "m.from_domain" },
	{ "org", KIND_EXACT, "m.org_domain" },
	{ "mailfrom", KIND_TEXT, "m.mail_from" },
	{ "helo", KIND_TEXT, "m.helo" },
	{ "ip", KIND_EXACT, "m.client_ip" },
	{ "id", KIND_TEXT, "m.message_id" },
	{ "date", KIND_DATE, "m.date" },
	{ "size", KIND_NUMBER, "m.length" },
	{ "findings", KIND_NUMBER, "m.finding_count" },
	{ "complete", KIND_BOOL, "m.complete" },
	{ "sha256", KIND_EXACT, "m.sha256" },
	{ "row", KIND_NUMBER, "m.id" },
	{ "code", KIND_LIKE_IN, "m.id IN (SELECT message FROM findings WHERE code %s)" },
	{ "tag", KIND_LIKE_IN, "m.id IN (SELECT message FROM tags WHERE upper(tag) %s)" },
	{ "note", KIND_LIKE_IN, "m.id IN (SELECT message FROM notes WHERE upper(text) %s)" },
	{ "source", KIND_LIKE_IN,
		"m.id IN (SELECT message FROM locations l JOIN sources s ON s.id = l.source WHERE upper(s.path) %s)" },
	{ "file", KIND_LIKE_IN, "m.id IN (SELECT message FROM attachments WHERE upper(filename) %s)" },
	{ "filehash", KIND_LIKE_IN, "m.id IN (SELECT message FROM attachments WHERE upper(sha256) %s)" },
	{ "signer", KIND_LIKE_IN, "m.id IN (SELECT message FROM signatures WHERE upper(domain) %s)" },
	{ "cause", KIND_LIKE_IN, "m.id IN (SELECT message FROM signatures WHERE upper(cause) %s)" },
	{ "missing", KIND_LIKE_IN,
		"m.id IN (SELECT message FROM missing JOIN dns d ON d.id = missing.dns WHERE upper(d.name) %s)" },
	{ "marked", KIND_BOOL, "(m.id IN (SELECT message FROM marks))" },
	{ "noted", KIND_BOOL, "(m.id IN (SELECT message FROM notes))" },
};

#define COLUMNS (sizeof columns / sizeof *columns)

struct value {
	bool is_text;
	int64_t number;
	char *text;
};

struct filter {
	struct buffer sql;
	struct value value[MAX_VALUES];
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

static void fail(struct reader *r, size_t at, const char *fmt, const char *what)
{
	if (r->failed)
		return;
	r->failed = true;
	r->bad_at = at;
	if (what)
		error_set(r->reterr, ERROR_USAGE, "%s: '%.80s'", fmt, what);
	else
		error_set(r->reterr, ERROR_USAGE, "%s", fmt);
}

static void skip_blanks(struct reader *r)
{
	while (r->at < r->text.len && is_space(r->text.ptr[r->at]))
		r->at++;
}

static uint8_t peek(const struct reader *r)
{
	return r->at < r->text.len ? r->text.ptr[r->at] : 0;
}

static struct value *add_value(struct reader *r)
{
	if (r->filter->count == MAX_VALUES) {
		fail(r, r->at, "the query is too long", NULL);
		return &r->filter->value[0];
	}
	return &r->filter->value[r->filter->count++];
}

static void bind_number(struct reader *r, int64_t n)
{
	struct value *v = add_value(r);

	if (r->failed)
		return;
	*v = (struct value){ .number = n };
	buffer_printf(&r->filter->sql, "?%d", r->filter->count);
}

static void bind_text(struct reader *r, const char *text)
{
	struct value *v = add_value(r);

	if (r->failed)
		return;
	*v = (struct value){ .is_text = true, .text = strdup(text) };
	buffer_printf(&r->filter->sql, "?%d", r->filter->count);
}

/* A LIKE pattern that finds TEXT anywhere; '*' at an end anchors nothing more. "\" escapes. */
static void bind_like(struct reader *r, const char *text, bool upper)
{
	struct buffer b = BUFFER_INIT;

	buffer_char(&b, '%');
	for (; *text; text++) {
		if (strchr("%_\\", *text))
			buffer_char(&b, '\\');
		buffer_char(&b, upper && *text >= 'a' && *text <= 'z' ? (char)(*text - 32) : *text);
	}
	buffer_char(&b, '%');
	bind_text(r, buffer_text(&b));
	buffer_release(&b);
}

/* A value up to a blank or parenthesis, or in quotes ("" is one quote). On the heap. */
static char *read_value(struct reader *r)
{
	struct buffer b = BUFFER_INIT;
	size_t start = r->at;

	buffer_str(&b, "");
	if (peek(r) == '"') {
		r->at++;
		while (r->at < r->text.len) {
			uint8_t c = r->text.ptr[r->at++];

			if (c == '"' && peek(r) == '"')
				r->at++;
			else if (c == '"')
				return (char *)b.ptr;
			buffer_char(&b, (char)c);
		}
		fail(r, start, "a quote is not closed", NULL);
		return (char *)b.ptr;
	}
	while (r->at < r->text.len && !is_space(peek(r)) && peek(r) != '(' && peek(r) != ')')
		buffer_char(&b, (char)r->text.ptr[r->at++]);
	return (char *)b.ptr;
}

static bool is_ordered(const struct column *column)
{
	return column->kind == KIND_SEVERITY || column->kind == KIND_NUMBER || column->kind == KIND_DATE;
}

/* ":>=" and its kin; leaves the SQL operator, "" where ":" alone: behind it, "<" may begin a value such as a Message-ID. */
static const char *read_operator(struct reader *r, const struct column *column)
{
	static const char *const ops[] = { ">=", "<=", "!=", ">", "<", "=" };

	if (peek(r) == ':') {
		r->at++;
		if (!is_ordered(column))
			return "";
	}
	for (size_t i = 0; i < sizeof ops / sizeof *ops; i++) {
		struct span rest = span_skip(r->text, r->at);

		if (span_starts(rest, ops[i])) {
			r->at += strlen(ops[i]);
			return strcmp(ops[i], "!=") == 0 ? "<>" : ops[i];
		}
	}
	return "";
}

static bool read_rank(const struct column *column, const char *text, int64_t *ret)
{
	int rank = column->kind == KIND_SEVERITY ? severity_of(text) : author_of(text);

	*ret = rank;
	return rank >= 0;
}

/* "12", "10k", "5M". */
static bool read_number(const char *text, int64_t *ret)
{
	struct span s = span_of(text);
	int64_t unit = 1;
	uint64_t n;

	if (s.len && strchr("kKmMgG", s.ptr[s.len - 1])) {
		uint8_t c = s.ptr[s.len - 1] | 32;

		unit = c == 'k' ? 1024 : c == 'm' ? 1024 * 1024 : 1024 * 1024 * 1024;
		s.len--;
	}
	if (!span_number(s, INT64_MAX / unit, &n))
		return false;
	*ret = (int64_t)n * unit;
	return true;
}

/* A time, with the seconds that its precision covers: a day for a date alone, a month or year for less. */
static bool read_date(const char *text, int64_t *from, int64_t *to)
{
	struct span s = span_of(text);
	uint64_t year, month = 1;

	if (s.len == 4 && span_number(s, 9999, &year)) {
		*from = moment_of((int64_t)year, 1, 1, 0, 0, 0);
		*to = moment_of((int64_t)year + 1, 1, 1, 0, 0, 0) - 1;
		return true;
	}
	if (s.len == 7 && s.ptr[4] == '-' && span_number(span_sub(s, 0, 4), 9999, &year) &&
		span_number(span_skip(s, 5), 12, &month) && month >= 1) {
		*from = moment_of((int64_t)year, (int)month, 1, 0, 0, 0);
		*to = *from + moment_month_days((int64_t)year, (int)month) * 86400 - 1;
		return true;
	}
	if (!moment_parse(s, from))
		return false;
	*to = s.len == 10 ? *from + 86399 : *from;
	return true;
}

static bool read_scalar(const struct column *column, const char *text, int64_t *from, int64_t *to)
{
	bool ok;

	if (column->kind == KIND_DATE)
		return read_date(text, from, to);
	ok = column->kind == KIND_NUMBER ? read_number(text, from) : read_rank(column, text, from);
	*to = *from;
	return ok;
}

static void compare_scalar(struct reader *r, const struct column *column, const char *op, char *text, size_t at)
{
	struct buffer *sql = &r->filter->sql;
	char *dots = strstr(text, "..");
	int64_t from, to, ignored;
	bool ok;

	if (dots) {
		*dots = 0;
		ok = (!*text || read_scalar(column, text, &from, &ignored)) &&
		     (!dots[2] || read_scalar(column, dots + 2, &ignored, &to));
		if (!*text)
			from = INT64_MIN;
		if (!dots[2])
			to = INT64_MAX;
	} else {
		ok = read_scalar(column, text, &from, &to);
	}
	if (!ok || (dots && *op)) {
		fail(r, at, "not a value of this field", dots ? dots + 2 : text);
		return;
	}
	if (!*op || *op == '=' || strcmp(op, "<>") == 0) {
		buffer_printf(sql, "(%s%s BETWEEN ", column->sql, strcmp(op, "<>") == 0 ? " NOT" : "");
		bind_number(r, from);
		buffer_str(sql, " AND ");
		bind_number(r, to);
		buffer_str(sql, ")");
		return;
	}
	buffer_printf(sql, "(%s %s ", column->sql, op);
	bind_number(r, strcmp(op, ">") == 0 || strcmp(op, "<=") == 0 ? to : from);
	buffer_str(sql, ")");
}

static bool negated(const char *op)
{
	return strcmp(op, "<>") == 0;
}

static void compare_text(struct reader *r, const struct column *column, const char *op, const char *text)
{
	struct buffer *sql = &r->filter->sql;

	if (!*op) {
		buffer_printf(sql, "(%s LIKE ", column->sql);
		bind_like(r, text, false);
		buffer_str(sql, " ESCAPE '\\')");
		return;
	}
	buffer_printf(sql, "(%s %s ", column->sql, negated(op) ? "IS NOT" : "IS");
	bind_text(r, text);
	buffer_str(sql, " COLLATE NOCASE)");
}

/* An exact value, or every name below one: `domain:.example.org`; `domain:none` where there is no value. */
static void compare_exact(struct reader *r, const struct column *column, const char *op, char *text)
{
	struct buffer *sql = &r->filter->sql;

	for (char *p = text; *p; p++)
		*p = (char)ascii_lower((uint8_t)*p);
	if (strcmp(text, "none") == 0) {
		buffer_printf(sql, "(%s IS %sNULL)", column->sql, negated(op) ? "NOT " : "");
		return;
	}
	if (*text == '.') {
		buffer_printf(sql, "(%s %sLIKE ", column->sql, negated(op) ? "NOT " : "");
		bind_like(r, text, false);
		buffer_str(sql, " ESCAPE '\\')");
		return;
	}
	buffer_printf(sql, "(%s %s ", column->sql, negated(op) ? "IS NOT" : "=");
	bind_text(r, text);
	buffer_str(sql, ")");
}

static void compare_result(struct reader *r, const struct column *column, const char *op, const char *text, size_t at)
{
	int result = result_of(text);

	if (result < 0) {
		fail(r, at, "no result (none pass fail softfail policy neutral temperror permerror)", text);
		return;
	}
	buffer_printf(&r->filter->sql, "(%s %s ", column->sql, negated(op) ? "<>" : "=");
	bind_text(r, result_word((enum result)result));
	buffer_str(&r->filter->sql, ")");
}

/* A condition in a subquery; a value without "*" or ":" must match whole for codes and tags, else anywhere. */
static void compare_in(struct reader *r, const struct column *column, const char *op, const char *text)
{
	struct buffer *sql = &r->filter->sql;
	const char *hole = strstr(column->sql, "%s");
	bool star = strchr(text, '*') || strcmp(column->name, "source") == 0 || strcmp(column->name, "note") == 0 ||
		    strcmp(column->name, "file") == 0;
	char *copy = strdup(text);

	if (!copy)
		abort();
	for (char *p = copy, *q = copy; (*q = *p) != 0; p++)
		if (*p != '*')
			q++;
	buffer_printf(sql, "(%s", negated(op) ? "NOT " : "");
	buffer_add(sql, column->sql, (size_t)(hole - column->sql));
	if (star) {
		buffer_str(sql, "LIKE ");
		bind_like(r, copy, true);
		buffer_str(sql, " ESCAPE '\\'");
	} else {
		buffer_str(sql, "= upper(");
		bind_text(r, copy);
		buffer_str(sql, ")");
	}
	buffer_str(sql, hole + 2);
	buffer_str(sql, ")");
	free(copy);
}

static void compare_bool(struct reader *r, const struct column *column, const char *op, const char *text, size_t at)
{
	bool yes = span_iis(span_of(text), "yes") || span_iis(span_of(text), "true") || strcmp(text, "1") == 0;
	bool no = span_iis(span_of(text), "no") || span_iis(span_of(text), "false") || strcmp(text, "0") == 0;

	if (!yes && !no) {
		fail(r, at, "yes or no is wanted here, not", text);
		return;
	}
	buffer_printf(&r->filter->sql, "(%s = %d)", column->sql, yes != negated(op));
}

static void compare(struct reader *r, const struct column *column, const char *op, char *text, size_t at)
{
	bool ordered = is_ordered(column);

	if (!*text)
		fail(r, at, "a value is missing after", column->name);
	else if (!ordered && (*op == '>' || strcmp(op, "<") == 0 || strcmp(op, "<=") == 0))
		fail(r, at, "this field has no order", column->name);
	else if (ordered || column->kind == KIND_AUTHOR)
		compare_scalar(r, column, op, text, at);
	else if (column->kind == KIND_TEXT)
		compare_text(r, column, op, text);
	else if (column->kind == KIND_EXACT)
		compare_exact(r, column, op, text);
	else if (column->kind == KIND_RESULT)
		compare_result(r, column, op, text, at);
	else if (column->kind == KIND_BOOL)
		compare_bool(r, column, op, text, at);
	else
		compare_in(r, column, op, text);
}

static size_t characters(const char *text)
{
	size_t n = 0;

	for (; *text; text++)
		n += ((uint8_t)*text & 0xc0) != 0x80;
	return n;
}

/* A free word: From or Subject has it. The trigram index answers from three characters on. */
static void find_word(struct reader *r, const char *text)
{
	struct buffer *sql = &r->filter->sql;

	if (characters(text) >= 3) {
		struct buffer phrase = BUFFER_INIT;

		buffer_char(&phrase, '"');
		for (const char *p = text; *p; p++) {
			if (*p == '"')
				buffer_char(&phrase, '"');
			buffer_char(&phrase, *p);
		}
		buffer_char(&phrase, '"');
		buffer_str(sql, "(m.id IN (SELECT rowid FROM messages_fts WHERE messages_fts MATCH ");
		bind_text(r, buffer_text(&phrase));
		buffer_str(sql, "))");
		buffer_release(&phrase);
		return;
	}
	buffer_str(sql, "(m.header_from LIKE ");
	bind_like(r, text, false);
	buffer_str(sql, " ESCAPE '\\' OR m.subject LIKE ");
	bind_like(r, text, false);
	buffer_str(sql, " ESCAPE '\\')");
}

static const struct column *find_column(struct span name)
{
	for (size_t i = 0; i < COLUMNS; i++)
		if (span_iis(name, columns[i].name))
			return &columns[i];
	return NULL;
}

/* Whether WORD stands here as a word of its own; then it is taken. */
static bool take_word(struct reader *r, const char *word)
{
	struct span rest = span_skip(r->text, r->at);
	size_t len = strlen(word);

	if (!span_istarts(rest, word) ||
		(rest.len > len && !is_space(rest.ptr[len]) && rest.ptr[len] != '(' && rest.ptr[len] != ')'))
		return false;
	r->at += len;
	skip_blanks(r);
	return true;
}

static void read_or(struct reader *);

static void read_term(struct reader *r)
{
	size_t start = r->at, end = r->at;
	char *text;

	while (end < r->text.len && (is_alnum(r->text.ptr[end]) || r->text.ptr[end] == '_'))
		end++;

	struct span name = span_sub(r->text, start, end);
	bool has_op = end > start && end < r->text.len && strchr(":=<>!", r->text.ptr[end]);
	const struct column *column = has_op ? find_column(name) : NULL;

	if (has_op && !column) {
		char word[40] = { 0 };

		memcpy(word, name.ptr, name.len < sizeof word ? name.len : sizeof word - 1);
		fail(r, start, "there is no field of this name", word);
		return;
	}
	if (column) {
		r->at = end;

		const char *op = read_operator(r, column);
		size_t at = r->at;

		text = read_value(r);
		if (!r->failed)
			compare(r, column, op, text, at);
	} else {
		text = read_value(r);
		if (!r->failed && !*text)
			fail(r, start, "a word or a field is missing here", NULL);
		else if (!r->failed)
			find_word(r, text);
	}
	free(text);
}

static void read_primary(struct reader *r)
{
	if (peek(r) != '(') {
		read_term(r);
	} else if (++r->depth > MAX_DEPTH) {
		fail(r, r->at, "too many parentheses", NULL);
	} else {
		size_t start = r->at++;

		buffer_char(&r->filter->sql, '(');
		read_or(r);
		if (!r->failed && peek(r) != ')')
			fail(r, start, "this parenthesis is not closed", NULL);
		r->at++;
		buffer_char(&r->filter->sql, ')');
		r->depth--;
	}
	skip_blanks(r);
}

static void read_not(struct reader *r)
{
	skip_blanks(r);
	if (take_word(r, "not")) {
		buffer_str(&r->filter->sql, "NOT coalesce(");
	} else if ((peek(r) == '!' || peek(r) == '-') && r->at + 1 < r->text.len && !is_space(r->text.ptr[r->at + 1])) {
		r->at++;
		buffer_str(&r->filter->sql, "NOT coalesce(");
	} else {
		read_primary(r);
		return;
	}
	read_primary(r);
	buffer_str(&r->filter->sql, ", 0)");
}

static bool at_or(struct reader *r)
{
	size_t at = r->at;
	bool yes = take_word(r, "or");

	r->at = at;
	return yes;
}

static void read_and(struct reader *r)
{
	read_not(r);
	while (!r->failed && r->at < r->text.len && peek(r) != ')' && !at_or(r)) {
		take_word(r, "and");
		buffer_str(&r->filter->sql, " AND ");
		read_not(r);
	}
}

static void read_or(struct reader *r)
{
	skip_blanks(r);
	read_and(r);
	while (!r->failed && take_word(r, "or")) {
		buffer_str(&r->filter->sql, " OR ");
		read_and(r);
	}
}

struct filter *filter_compile(const char *text, size_t *ret_at, struct error *reterr)
{
	struct filter *filter = calloc(1, sizeof *filter);
	struct reader r = { .filter = filter, .text = span_of(text), .reterr = reterr };

	if (!filter)
		abort();
	skip_blanks(&r);
	if (r.at == r.text.len)
		buffer_str(&filter->sql, "1");
	else
		read_or(&r);
	if (!r.failed && r.at < r.text.len)
		fail(&r, r.at, "nothing is open here that could be closed", NULL);
	if (!r.failed)
		return filter;
	if (ret_at)
		*ret_at = r.bad_at;
	filter_free(filter);
	return NULL;
}

void filter_free(struct filter *filter)
{
	if (!filter)
		return;
	for (int i = 0; i < filter->count; i++)
		free(filter->value[i].text);
	buffer_release(&filter->sql);
	free(filter);
}

const char *filter_sql(const struct filter *filter)
{
	return filter ? buffer_text(&filter->sql) : "1";
}

void filter_bind(const struct filter *filter, sqlite3_stmt *s)
{
	for (int i = 0; filter && i < filter->count; i++) {
		const struct value *v = &filter->value[i];

		if (v->is_text)
			sqlite3_bind_text(s, i + 1, v->text, -1, SQLITE_STATIC);
		else
			sqlite3_bind_int64(s, i + 1, v->number);
	}
}

const char *const *filter_fields(void)
{
	static const char *names[COLUMNS + 1];

	for (size_t i = 0; i < COLUMNS; i++)
		names[i] = columns[i].name;
	return names;
}
