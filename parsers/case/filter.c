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
#include <stdlib.h>

#include "parsers/case/filter.h"

void filter_fail(struct reader *r, size_t at, const char *reason, const char *what)
{
	if (r->failed)
		return;
	r->failed = true;
	r->bad_at = at;
	if (what)
		error_set(r->reterr, ERROR_USAGE, "%s: '%.80s'", reason, what);
	else
		error_set(r->reterr, ERROR_USAGE, "%s", reason);
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
		filter_fail(r, start, "a quote is not closed", NULL);
		return (char *)b.ptr;
	}
	while (r->at < r->text.len && !is_space(peek(r)) && peek(r) != '(' && peek(r) != ')')
		buffer_char(&b, (char)r->text.ptr[r->at++]);
	return (char *)b.ptr;
}

/* ":>=" and its kin; leaves the SQL operator, "" where ":" alone: behind it, "<" may begin a value
 * such as a Message-ID. */
static const char *read_operator(struct reader *r, const struct column *column)
{
	static const char *const ops[] = {">=", "<=", "!=", ">", "<", "="};

	if (peek(r) == ':') {
		r->at++;
		if (!column_is_ordered(column))
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

/* Whether WORD stands here as a word of its own; then it is taken. */
static bool take_word(struct reader *r, const char *word)
{
	struct span rest = span_skip(r->text, r->at);
	size_t len = strlen(word);

	if (!span_istarts(rest, word) || (rest.len > len && !is_space(rest.ptr[len]) &&
						 rest.ptr[len] != '(' && rest.ptr[len] != ')'))
		return false;
	r->at += len;
	skip_blanks(r);
	return true;
}

/* --- clauses put together; what is added is used up --- */

static void add_check(struct clause *c, const char *between, struct clause *more)
{
	if (c->check.len)
		buffer_str(&c->check, between);
	buffer_span(&c->check, buffer_view(&more->check));
	buffer_release(&more->check);
	c->flat = c->flat && more->flat;
}

/* Any of the ways to either leads to all rows where both hold. */
static void clause_and(struct clause *c, struct clause *more)
{
	size_t kept = 0;

	while (kept < more->way_count && c->way_count < MAX_WAYS)
		c->way[c->way_count++] = more->way[kept++];
	memmove(more->way, more->way + kept, (more->way_count - kept) * sizeof *more->way);
	more->way_count -= kept;
	add_check(c, " AND ", more);
	clause_release(more);
}

/* A way to one and a way to the other together lead to all rows where one of them holds. */
static void clause_or(struct clause *c, struct clause *more)
{
	struct buffer both = BUFFER_INIT, check = c->check;
	bool flat = c->flat;

	if (c->way_count && more->way_count) {
		way_select(&both, &c->way[0]);
		buffer_str(&both, " UNION ALL ");
		way_select(&both, &more->way[0]);
	}
	c->check = BUFFER_INIT;
	clause_release(c);
	c->check = check;
	c->flat = flat;
	if (both.len)
		c->way[c->way_count++] = (struct way){.sql = (char *)both.ptr};
	add_check(c, " OR ", more);
	clause_release(more);
}

/* TEXT before and behind the check. */
static void enclose(struct clause *c, const char *before, const char *behind)
{
	struct buffer b = BUFFER_INIT;

	buffer_printf(&b, "%s%s%s", before, buffer_text(&c->check), behind);
	buffer_release(&c->check);
	c->check = b;
}

static void drop_ways(struct clause *c)
{
	while (c->way_count)
		free(c->way[--c->way_count].sql);
}

/* --- the grammar --- */

static void read_or(struct reader *, struct clause *ret);

static void read_term(struct reader *r, struct clause *ret)
{
	size_t start = r->at, end = r->at;
	char *text;

	while (end < r->text.len && (is_alnum(r->text.ptr[end]) || r->text.ptr[end] == '_'))
		end++;

	struct span name = span_sub(r->text, start, end);
	bool has_op = end > start && end < r->text.len && strchr(":=<>!", r->text.ptr[end]);
	const struct column *column = has_op ? column_find(name) : NULL;

	if (has_op && !column) {
		char word[40] = {0};

		memcpy(word, name.ptr, name.len < sizeof word ? name.len : sizeof word - 1);
		filter_fail(r, start, "there is no field of this name", word);
		return;
	}
	if (column) {
		r->at = end;

		const char *op = read_operator(r, column);
		size_t at = r->at;

		text = read_value(r);
		if (!r->failed)
			condition_compare(r, column, op, text, at, ret);
	} else {
		text = read_value(r);
		if (!r->failed && !*text)
			filter_fail(r, start, "a word or a field is missing here", NULL);
		else if (!r->failed)
			condition_word(r, text, ret);
	}
	free(text);
}

static void read_primary(struct reader *r, struct clause *ret)
{
	if (peek(r) != '(') {
		read_term(r, ret);
	} else if (++r->depth > MAX_DEPTH) {
		filter_fail(r, r->at, "too many parentheses", NULL);
	} else {
		size_t start = r->at++;

		read_or(r, ret);
		if (!r->failed && peek(r) != ')')
			filter_fail(r, start, "this parenthesis is not closed", NULL);
		r->at++;
		enclose(ret, "(", ")");
		r->depth--;
	}
	skip_blanks(r);
}

static void read_not(struct reader *r, struct clause *ret)
{
	bool word, sign;

	skip_blanks(r);
	word = take_word(r, "not");
	sign = !word && (peek(r) == '!' || peek(r) == '-') && r->at + 1 < r->text.len &&
	       !is_space(r->text.ptr[r->at + 1]);
	r->at += sign;
	read_primary(r, ret);
	if (word || sign) {
		enclose(ret, "NOT coalesce(", ", 0)");
		drop_ways(ret);
	}
}

static bool at_or(struct reader *r)
{
	size_t at = r->at;
	bool yes = take_word(r, "or");

	r->at = at;
	return yes;
}

static void read_and(struct reader *r, struct clause *ret)
{
	read_not(r, ret);
	while (!r->failed && r->at < r->text.len && peek(r) != ')' && !at_or(r)) {
		struct clause more = {0};

		take_word(r, "and");
		read_not(r, &more);
		clause_and(ret, &more);
	}
}

static void read_or(struct reader *r, struct clause *ret)
{
	skip_blanks(r);
	read_and(r, ret);
	while (!r->failed && take_word(r, "or")) {
		struct clause more = {0};

		read_and(r, &more);
		clause_or(ret, &more);
	}
}

struct filter *filter_compile(const char *text, size_t *ret_at, struct error *reterr)
{
	struct filter *filter = calloc(1, sizeof *filter);
	struct reader r = {.filter = filter, .text = span_of(text), .reterr = reterr};

	if (!filter)
		abort();
	skip_blanks(&r);
	if (r.at == r.text.len) {
		buffer_str(&filter->clause.check, "1");
		filter->clause.flat = true;
	} else {
		read_or(&r, &filter->clause);
	}
	if (!r.failed && r.at < r.text.len)
		filter_fail(&r, r.at, "nothing is open here that could be closed", NULL);
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
	clause_release(&filter->clause);
	free(filter);
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
