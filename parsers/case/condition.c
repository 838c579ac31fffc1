/* SPDX-License-Identifier: ISC */
/* The fields of the filter language, and their comparisons as SQL with bound values. */
#include <stdio.h>
#include <stdlib.h>

#include "parsers/base/words.h"
#include "parsers/case/filter.h"

/* How a field's values are read and compared. */
enum kind {
	KIND_TEXT,
	KIND_EXACT,
	KIND_RESULT,
	KIND_SEVERITY,
	KIND_AUTHOR,
	KIND_NUMBER,
	KIND_DATE,
	KIND_BOOL,
	KIND_ELSEWHERE
};

struct column {
	const char *name;
	enum kind kind;
	const char *sql;   /* a column; KIND_ELSEWHERE: a condition on the rows of FROM, %s the
			      comparison */
	const char *index; /* that answers comparisons; of KIND_TEXT the column of messages_fts */
	const char *from;  /* KIND_ELSEWHERE: tables with a column `message` */
	bool flat;
	bool anywhere; /* KIND_ELSEWHERE: a value is found anywhere in the text; else only where it
			  has a "*" */
};

/* The words of the fields; filter_fields() lists them for help and completion. */
static const struct column columns[] = {
	{.name = "author",
		.kind = KIND_AUTHOR,
		.sql = "m.author",
		.index = "messages_author",
		.flat = true},
	{.name = "severity",
		.kind = KIND_SEVERITY,
		.sql = "m.severity",
		.index = "messages_severity",
		.flat = true},
	{.name = "dkim",
		.kind = KIND_RESULT,
		.sql = "m.dkim",
		.index = "messages_dkim",
		.flat = true},
	{.name = "spf", .kind = KIND_RESULT, .sql = "m.spf", .index = "messages_spf", .flat = true},
	{.name = "dmarc",
		.kind = KIND_RESULT,
		.sql = "m.dmarc",
		.index = "messages_dmarc",
		.flat = true},
	{.name = "arc", .kind = KIND_RESULT, .sql = "m.arc"},
	{.name = "from", .kind = KIND_TEXT, .sql = "m.header_from", .index = "header_from"},
	{.name = "subject", .kind = KIND_TEXT, .sql = "m.subject", .index = "subject"},
	{.name = "domain",
		.kind = KIND_EXACT,
		.sql = "m.from_domain",
		.index = "messages_from_domain"},
	{.name = "org", .kind = KIND_EXACT, .sql = "m.org_domain"},
	{.name = "mailfrom", .kind = KIND_TEXT, .sql = "m.mail_from"},
	{.name = "helo", .kind = KIND_TEXT, .sql = "m.helo"},
	{.name = "ip", .kind = KIND_EXACT, .sql = "m.client_ip", .index = "messages_client"},
	{.name = "id", .kind = KIND_TEXT, .sql = "m.message_id"},
	{.name = "date",
		.kind = KIND_DATE,
		.sql = "m.date",
		.index = "messages_date",
		.flat = true},
	{.name = "size", .kind = KIND_NUMBER, .sql = "m.length", .index = "messages_length"},
	{.name = "findings",
		.kind = KIND_NUMBER,
		.sql = "m.finding_count",
		.index = "messages_findings"},
	{.name = "complete", .kind = KIND_BOOL, .sql = "m.complete"},
	{.name = "sha256", .kind = KIND_EXACT, .sql = "m.sha256"},
	{.name = "row", .kind = KIND_NUMBER, .sql = "m.id"},
	{.name = "code", .kind = KIND_ELSEWHERE, .sql = "code %s", .from = "findings"},
	{.name = "tag", .kind = KIND_ELSEWHERE, .sql = "upper(tag) %s", .from = "tags"},
	{.name = "note",
		.kind = KIND_ELSEWHERE,
		.sql = "upper(text) %s",
		.from = "notes",
		.anywhere = true},
	{.name = "source",
		.kind = KIND_ELSEWHERE,
		.sql = "upper(s.path) %s",
		.from = "locations l JOIN sources s ON s.id = l.source",
		.anywhere = true},
	{.name = "file",
		.kind = KIND_ELSEWHERE,
		.sql = "upper(filename) %s",
		.from = "attachments",
		.anywhere = true},
	{.name = "filehash",
		.kind = KIND_ELSEWHERE,
		.sql = "upper(sha256) %s",
		.from = "attachments"},
	{.name = "signer", .kind = KIND_ELSEWHERE, .sql = "upper(domain) %s", .from = "signatures"},
	{.name = "cause", .kind = KIND_ELSEWHERE, .sql = "upper(cause) %s", .from = "signatures"},
	{.name = "missing",
		.kind = KIND_ELSEWHERE,
		.sql = "upper(d.name) %s",
		.from = "missing JOIN dns d ON d.id = missing.dns"},
	{.name = "marked", .kind = KIND_BOOL, .sql = "marks"},
	{.name = "noted", .kind = KIND_BOOL, .sql = "notes"},
};

#define COLUMNS (sizeof columns / sizeof *columns)

const struct column *column_find(struct span name)
{
	for (size_t i = 0; i < COLUMNS; i++)
		if (span_iis(name, columns[i].name))
			return &columns[i];
	return NULL;
}

const char *const *filter_fields(void)
{
	static const char *names[COLUMNS + 1];

	for (size_t i = 0; i < COLUMNS; i++)
		names[i] = columns[i].name;
	return names;
}

bool column_is_ordered(const struct column *column)
{
	return column->kind == KIND_SEVERITY || column->kind == KIND_NUMBER ||
	       column->kind == KIND_DATE;
}

/* --- values --- */

/* The number N of a new value ?N, or 0. */
static int add_value(struct reader *r, struct value value)
{
	struct filter *f = r->filter;

	if (f->count == MAX_VALUES)
		filter_fail(r, r->at, "the query is too long", NULL);
	if (r->failed)
		return 0;
	f->value[f->count++] = value;
	return f->count;
}

static int add_number(struct reader *r, int64_t n)
{
	return add_value(r, (struct value){.number = n});
}

static int add_text(struct reader *r, const char *text)
{
	char *copy = strdup(text);
	int n;

	if (!copy)
		abort();
	n = add_value(r, (struct value){.is_text = true, .text = copy});
	if (!n)
		free(copy);
	return n;
}

/* A LIKE pattern that finds TEXT anywhere; "*" is left out, "\\" escapes. */
static int add_pattern(struct reader *r, const char *text, bool upper)
{
	struct buffer b = BUFFER_INIT;
	int n;

	buffer_char(&b, '%');
	for (; *text; text++) {
		if (strchr("%_\\", *text))
			buffer_char(&b, '\\');
		buffer_char(&b, upper && *text >= 'a' && *text <= 'z' ? (char)(*text - 32) : *text);
	}
	buffer_char(&b, '%');
	n = add_text(r, buffer_text(&b));
	buffer_release(&b);
	return n;
}

/* A phrase for the trigram index: in double quotes, of one COLUMN or (NULL) of all. */
static int add_phrase(struct reader *r, const char *column, const char *text)
{
	struct buffer b = BUFFER_INIT;
	int n;

	buffer_printf(&b, "%s%s\"", column ? column : "", column ? " : " : "");
	for (; *text; text++) {
		if (*text == '"')
			buffer_char(&b, '"');
		buffer_char(&b, *text);
	}
	buffer_char(&b, '"');
	n = add_text(r, buffer_text(&b));
	buffer_release(&b);
	return n;
}

static bool negated(const char *op)
{
	return strcmp(op, "<>") == 0;
}

/* --- clauses --- */

/* A way of its own SQL, printed by FMT. */
static __attribute__((format(printf, 3, 4))) void add_way(
	struct clause *c, const char *index, const char *fmt, ...)
{
	struct buffer b = BUFFER_INIT;
	va_list ap;

	va_start(ap, fmt);
	buffer_vprintf(&b, fmt, ap);
	va_end(ap);
	c->way[c->way_count++] = (struct way){.index = index, .sql = (char *)b.ptr};
}

/* A condition on COLUMN ("BETWEEN ?1 AND ?2") that its index, where it has one, can answer. */
static void indexed(struct clause *c, const struct column *column, const char *condition)
{
	buffer_printf(&c->check, "(+%s %s)", column->sql, condition);
	c->flat = column->flat;
	if (column->index)
		add_way(c, column->index, "%s %s", column->sql, condition);
}

/* A condition that no index can answer. */
static __attribute__((format(printf, 3, 4))) void checked(
	struct clause *c, const struct column *column, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	buffer_char(&c->check, '(');
	buffer_vprintf(&c->check, fmt, ap);
	buffer_char(&c->check, ')');
	va_end(ap);
	c->flat = column->flat;
}

void way_select(struct buffer *b, const struct way *way)
{
	if (way->index)
		buffer_printf(b, "SELECT m.id FROM messages m INDEXED BY %s WHERE %s", way->index,
			way->sql);
	else
		buffer_str(b, way->sql);
}

void clause_release(struct clause *c)
{
	buffer_release(&c->check);
	for (size_t i = 0; i < c->way_count; i++)
		free(c->way[i].sql);
	*c = (struct clause){0};
}

/* --- comparisons --- */

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

/* A time, with the seconds that its precision covers: a day for a date alone, a month or year for
 * less. */
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

/* "a..b", either end open. False where an end is no value; *RET_BAD is what is wrong then. */
static bool read_range(const struct column *column, char *text, char *dots, int64_t *from,
	int64_t *to, const char **ret_bad)
{
	int64_t ignored;

	*dots = 0;
	*from = INT64_MIN;
	*to = INT64_MAX;
	*ret_bad = dots + 2;
	return (!*text || read_scalar(column, text, from, &ignored)) &&
	       (!dots[2] || read_scalar(column, dots + 2, &ignored, to));
}

static void compare_scalar(struct reader *r, const struct column *column, const char *op,
	char *text, size_t at, struct clause *ret)
{
	char *dots = strstr(text, "..");
	const char *bad = text;
	char condition[64];
	int64_t from, to;

	if (dots ? !read_range(column, text, dots, &from, &to, &bad) || *op
		 : !read_scalar(column, text, &from, &to)) {
		filter_fail(r, at, "not a value of this field", bad);
		return;
	}
	if (*op == '<' && !negated(op)) {
		snprintf(condition, sizeof condition, "%s ?%d", op,
			add_number(r, strcmp(op, "<=") == 0 ? to : from));
		indexed(ret, column, condition);
	} else if (*op == '>') {
		snprintf(condition, sizeof condition, "%s ?%d", op,
			add_number(r, strcmp(op, ">") == 0 ? to : from));
		indexed(ret, column, condition);
	} else {
		int first = add_number(r, from), last = add_number(r, to);

		snprintf(condition, sizeof condition, "BETWEEN ?%d AND ?%d", first, last);
		if (negated(op))
			checked(ret, column, "%s NOT %s", column->sql, condition);
		else
			indexed(ret, column, condition);
	}
}

static size_t characters(const char *text, bool *ret_ascii)
{
	size_t n = 0;

	*ret_ascii = true;
	for (; *text; text++) {
		n += ((uint8_t)*text & 0xc0) != 0x80;
		*ret_ascii = *ret_ascii && (uint8_t)*text < 0x80;
	}
	return n;
}

/*
 * TEXT in From, in Subject or (COLUMN NULL) in either. The trigram index answers from three
 * characters on, and knows that letters beyond ASCII have two cases, too, which LIKE does not.
 */
static void find_text(
	struct reader *r, const struct column *column, const char *text, struct clause *ret)
{
	const char *in = column ? column->index : NULL;
	bool ascii, has_index = characters(text, &ascii) >= 3 && (!column || in);
	int phrase = has_index ? add_phrase(r, in, text) : 0,
	    pattern = has_index && !ascii ? 0 : add_pattern(r, text, false);

	if (has_index)
		add_way(ret, NULL, "SELECT rowid FROM messages_fts WHERE messages_fts MATCH ?%d",
			phrase);
	if (has_index && !ascii)
		buffer_printf(&ret->check,
			"(m.id IN (SELECT rowid FROM messages_fts WHERE messages_fts MATCH ?%d))",
			phrase);
	else if (column)
		buffer_printf(&ret->check, "(%s LIKE ?%d ESCAPE '\\')", column->sql, pattern);
	else
		buffer_printf(&ret->check,
			"(m.header_from LIKE ?%d ESCAPE '\\' OR m.subject LIKE ?%d ESCAPE '\\')",
			pattern, pattern);
}

void condition_word(struct reader *r, const char *text, struct clause *ret)
{
	find_text(r, NULL, text, ret);
}

static void compare_text(struct reader *r, const struct column *column, const char *op,
	const char *text, struct clause *ret)
{
	if (*op)
		checked(ret, column, "%s %s ?%d COLLATE NOCASE", column->sql,
			negated(op) ? "IS NOT" : "IS", add_text(r, text));
	else
		find_text(r, column, text, ret);
}

/* An exact value, or every name below one: `domain:.example.org`; `domain:none` where there is no
 * value. */
static void compare_exact(struct reader *r, const struct column *column, const char *op, char *text,
	struct clause *ret)
{
	char condition[32];

	for (char *p = text; *p; p++)
		*p = (char)ascii_lower((uint8_t)*p);
	if (strcmp(text, "none") == 0 && negated(op)) {
		checked(ret, column, "%s IS NOT NULL", column->sql);
	} else if (strcmp(text, "none") == 0) {
		indexed(ret, column, "IS NULL");
	} else if (*text == '.') {
		checked(ret, column, "%s %sLIKE ?%d ESCAPE '\\'", column->sql,
			negated(op) ? "NOT " : "", add_pattern(r, text, false));
	} else if (negated(op)) {
		checked(ret, column, "%s IS NOT ?%d", column->sql, add_text(r, text));
	} else {
		snprintf(condition, sizeof condition, "= ?%d", add_text(r, text));
		indexed(ret, column, condition);
	}
}

static void compare_result(struct reader *r, const struct column *column, const char *op,
	const char *text, size_t at, struct clause *ret)
{
	int result = result_of(text);
	char condition[32];

	if (result < 0) {
		filter_fail(r, at,
			"no result (none pass fail softfail policy neutral temperror permerror)",
			text);
		return;
	}
	snprintf(condition, sizeof condition, "= ?%d",
		add_text(r, result_word((enum result)result)));
	if (negated(op))
		checked(ret, column, "NOT %s %s", column->sql, condition);
	else
		indexed(ret, column, condition);
}

static char *without_stars(const char *text)
{
	char *copy = strdup(text), *to = copy;

	if (!copy)
		abort();
	for (; *text; text++)
		if (*text != '*')
			*to++ = *text;
	*to = 0;
	return copy;
}

/* What another table says of the message: a code or tag must match whole unless it has a "*", a
 * path or note anywhere. */
static void compare_elsewhere(struct reader *r, const struct column *column, const char *op,
	const char *text, struct clause *ret)
{
	char *value = without_stars(text), comparison[48], condition[128];

	if (column->anywhere || strchr(text, '*'))
		snprintf(comparison, sizeof comparison, "LIKE ?%d ESCAPE '\\'",
			add_pattern(r, value, true));
	else
		snprintf(comparison, sizeof comparison, "= upper(?%d)", add_text(r, value));
	free(value);

	const char *hole = strstr(column->sql, "%s");

	snprintf(condition, sizeof condition, "%.*s%s%s", (int)(hole - column->sql), column->sql,
		comparison, hole + 2);
	buffer_printf(&ret->check, "(%sEXISTS (SELECT 1 FROM %s WHERE message = m.id AND %s))",
		negated(op) ? "NOT " : "", column->from, condition);
	if (!negated(op))
		add_way(ret, NULL, "SELECT message FROM %s WHERE %s", column->from, condition);
}

static void compare_bool(struct reader *r, const struct column *column, const char *op,
	const char *text, size_t at, struct clause *ret)
{
	bool yes = span_iis(span_of(text), "yes") || span_iis(span_of(text), "true") ||
		   strcmp(text, "1") == 0;
	bool no = span_iis(span_of(text), "no") || span_iis(span_of(text), "false") ||
		  strcmp(text, "0") == 0;
	bool wanted = yes != negated(op), is_column = strncmp(column->sql, "m.", 2) == 0;

	if (!yes && !no) {
		filter_fail(r, at, "yes or no is wanted here, not", text);
	} else if (is_column) {
		checked(ret, column, "%s = %d", column->sql, wanted);
	} else {
		checked(ret, column, "m.id %sIN (SELECT message FROM %s)", wanted ? "" : "NOT ",
			column->sql);
		if (wanted)
			add_way(ret, NULL, "SELECT message FROM %s", column->sql);
	}
}

void condition_compare(struct reader *r, const struct column *column, const char *op, char *text,
	size_t at, struct clause *ret)
{
	bool ordered = column_is_ordered(column);

	if (!*text)
		filter_fail(r, at, "a value is missing after", column->name);
	else if (!ordered && (*op == '>' || strcmp(op, "<") == 0 || strcmp(op, "<=") == 0))
		filter_fail(r, at, "this field has no order", column->name);
	else if (ordered || column->kind == KIND_AUTHOR)
		compare_scalar(r, column, op, text, at, ret);
	else if (column->kind == KIND_TEXT)
		compare_text(r, column, op, text, ret);
	else if (column->kind == KIND_EXACT)
		compare_exact(r, column, op, text, ret);
	else if (column->kind == KIND_RESULT)
		compare_result(r, column, op, text, at, ret);
	else if (column->kind == KIND_BOOL)
		compare_bool(r, column, op, text, at, ret);
	else
		compare_elsewhere(r, column, op, text, ret);
}
