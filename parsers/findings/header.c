/* SPDX-License-Identifier: ISC */
/* The header block as bytes, and what a line end can do to a message: programs disagree where
 * fields and messages end. */
#include "parsers/findings/findings.h"

#include <strings.h>

#include "parsers/base/printable.h"
#include "parsers/findings/common.h"

enum { HEADER_LONG = 256 * 1024, SMUGGLE_LINES = 5, DOTS_MAX = 1000 };

/* --- fields --- */

static const struct {
	enum field_name name;
	bool shown; /* a reader sees it, or it decides what a reader sees */
} single[] = {
	{NAME_SUBJECT, true},
	{NAME_TO, true},
	{NAME_CC, true},
	{NAME_DATE, true},
	{NAME_REPLY_TO, true},
	{NAME_SENDER, true},
	{NAME_CONTENT_TYPE, true},
	{NAME_CONTENT_TRANSFER_ENCODING, true},
	{NAME_CONTENT_DISPOSITION, true},
	{NAME_MESSAGE_ID, false},
	{NAME_MIME_VERSION, false},
	{NAME_IN_REPLY_TO, false},
	{NAME_REFERENCES, false},
};

static void check_duplicates(struct findings *f)
{
	const struct message *m = f->evidence->message;

	for (size_t i = 0; i < sizeof single / sizeof *single; i++) {
		const struct field *first = message_field(m, single[i].name, 0);
		const struct field *second = first ? message_field(m, single[i].name, 1) : NULL;
		enum severity severity = single[i].shown ? SEVERITY_HIGH : SEVERITY_MEDIUM;

		if (!second)
			continue;
		if (span_eq(field_unfold(f->arena, first), field_unfold(f->arena, second)) &&
			!message_field(m, single[i].name, 2))
			severity = SEVERITY_LOW;

		struct finding *finding =
			finding_raise(f, FINDING_HDR_DUP, severity, "%s stands %zu times%s",
				field_name_text(single[i].name),
				message_field_count(m, single[i].name),
				severity == SEVERITY_LOW ? " with the same value" : "");

		finding_show(f, finding, first->whole, "the first");
		finding_show(f, finding, second->whole, "another");
	}
}

static void show_field(struct findings *f, enum finding_code code, enum severity severity,
	const struct field *field, const char *detail)
{
	finding_show(f, finding_raise(f, code, severity, "%s", detail), field->whole, NULL);
}

static bool valid_utf8(struct span s)
{
	uint32_t rune;

	while (s.len) {
		size_t len = s.ptr[0] < 0x80 ? 1 : utf8_decode(s, &rune);

		if (len == 0)
			return false;
		s = span_skip(s, len);
	}
	return true;
}

/* A blank line of the fold, and behind it what reads as a field, of its own or still folded. */
static bool field_follows(const struct message *m, const struct field *field)
{
	struct span rest = field->whole;
	bool blank = false;

	while (rest.len) {
		size_t len;
		struct span line = span_trim(span_line(&rest, &len));

		if (blank && line.len)
			blank = false;
		blank |= line.len == 0;
	}
	return blank && field->index + 1 < m->field_count;
}

/* Fields that a program which ends the header at the blank line would not see. */
static bool matters_below(const struct message *m, const struct field *field)
{
	static const enum field_name name[] = {
		NAME_FROM, NAME_SUBJECT, NAME_TO, NAME_REPLY_TO, NAME_CONTENT_TYPE, NAME_CONTENT_TRANSFER_ENCODING};

	for (size_t i = 0; i < sizeof name / sizeof *name; i++) {
		const struct field *last = message_field_last(m, name[i]);

		if (last && last->index > field->index)
			return true;
	}
	return false;
}

static void check_field(struct findings *f, const struct field *field)
{
	const struct message *m = f->evidence->message;

	if (field->odd & FIELD_NUL)
		show_field(f, FINDING_HDR_NUL, SEVERITY_NONE, field, "a NUL stands in the field");
	if (field->odd & FIELD_BARE_CR && m->line_ends != LINE_ENDS_CR)
		show_field(f, FINDING_HDR_BARE_CR, SEVERITY_HIGH, field,
			"a lone CR stands in the header");
	if (field->odd & FIELD_BARE_LF)
		show_field(f, FINDING_HDR_MIXED_EOL, SEVERITY_NONE, field,
			"the line ends with LF alone");
	if (field->odd & FIELD_BLANK_FOLD)
		show_field(f, FINDING_HDR_FOLD_BLANK,
			field_follows(m, field) && matters_below(m, field) ? SEVERITY_NONE
									   : SEVERITY_LOW,
			field, "a continuation line has nothing but white space");
	if (field->odd & FIELD_GARBAGE && !(field->odd & FIELD_FROM_LINE))
		show_field(f, FINDING_HDR_GARBAGE, SEVERITY_NONE, field, "a line has no colon");
	if (field->odd & FIELD_LONG_LINE)
		show_field(f, FINDING_HDR_LONG, SEVERITY_NONE, field,
			"a line has more than 998 octets");
	if (field->odd & FIELD_8BIT) {
		bool utf8 = valid_utf8(field->value);

		show_field(f, FINDING_HDR_8BIT, utf8 ? SEVERITY_INFO : SEVERITY_NONE, field,
			utf8 ? "UTF-8 stands unencoded"
			     : "bytes that are no UTF-8 stand unencoded");
	}
}

/* --- the body's first lines --- */

/* A blank line too much in the header makes its rest text. Only MIME fields: people quote the
 * others. */
static void check_body_start(struct findings *f)
{
	static const char *const name[] = {"Content-Type:", "Content-Transfer-Encoding:",
		"MIME-Version:", "Content-Disposition:"};
	const struct message *m = f->evidence->message;
	struct span type = header_value(f->evidence, NAME_CONTENT_TYPE), rest = m->body, line;
	size_t len;

	if (span_istarts(type, "multipart/") || span_istarts(type, "message/"))
		return;
	for (int n = 0; n < 5 && (line = span_line(&rest, &len)).len; n++)
		for (size_t i = 0; i < sizeof name / sizeof *name; i++)
			if (span_istarts(line, name[i]) &&
				(n == 0 || m->body.ptr == line.ptr || n < 3)) {
				finding_show(f,
					finding_raise(f, FINDING_HDR_BODY_FIELDS, SEVERITY_NONE,
						"line %d of the body is a field of a header",
						n + 1),
					line, "in the body");
				return;
			}
}

/* --- line ends that end messages --- */

enum end { END_NONE, END_CRLF, END_LF, END_CR };

/* The line end just before byte AT. */
static enum end end_before(struct span s, size_t at)
{
	if (at == 0)
		return END_NONE;
	if (s.ptr[at - 1] == '\n')
		return at > 1 && s.ptr[at - 2] == '\r' ? END_CRLF : END_LF;
	return s.ptr[at - 1] == '\r' ? END_CR : END_NONE;
}

static enum end end_after(struct span s, size_t at)
{
	if (at + 1 >= s.len)
		return END_NONE;
	if (s.ptr[at + 1] == '\n')
		return END_LF;
	if (s.ptr[at + 1] != '\r')
		return END_NONE;
	return at + 2 < s.len && s.ptr[at + 2] == '\n' ? END_CRLF : END_CR;
}

/* A line by any of the three line ends. */
static struct span loose_line(struct span *rest)
{
	size_t n = 0;

	while (n < rest->len && rest->ptr[n] != '\r' && rest->ptr[n] != '\n')
		n++;

	struct span line = span_sub(*rest, 0, n);

	if (n + 1 < rest->len && rest->ptr[n] == '\r' && rest->ptr[n + 1] == '\n')
		n++;
	*rest = span_skip(*rest, n + 1);
	return line;
}

/* How many of MAIL, RCPT and DATA follow in that order within a few lines. */
static unsigned verbs_after(struct span rest)
{
	static const char *const verb[] = {"MAIL FROM:", "RCPT TO:", "DATA"};
	unsigned found = 0;

	for (int n = 0; n < SMUGGLE_LINES && found < 3 && rest.len; n++) {
		struct span line = loose_line(&rest);

		if (found < 2 ? span_istarts(line, verb[found])
			      : span_iis(span_trim(line), verb[found]))
			found++;
	}
	return found;
}

static void check_dot(
	struct findings *f, struct span body, size_t at, enum end before, enum end after)
{
	const struct message *m = f->evidence->message;
	bool bare = m->line_ends == LINE_ENDS_MIXED || before == END_CR || after == END_CR;
	unsigned verbs;

	bare = bare && (before != END_CRLF || after != END_CRLF);
	verbs = verbs_after(span_skip(body, at + (after == END_CRLF ? 3 : 2)));
	if ((bare && verbs >= 1) || verbs == 3)
		finding_show(f,
			finding_raise(f, FINDING_HDR_SMUGGLE, bare ? SEVERITY_NONE : SEVERITY_HIGH,
				"a line with a dot alone%s is followed by SMTP commands",
				bare ? " and line ends that servers read differently" : ""),
			span_sub(body, at, at + 1), "end of data to some");
	else if (bare)
		finding_show(f,
			finding_raise(f, FINDING_HDR_MIXED_EOL, SEVERITY_NONE,
				"a line with a dot alone ends in another way than the rest"),
			span_sub(body, at, at + 1), "end of data to some");
}

static void check_dots(struct findings *f)
{
	struct span body = f->evidence->message->body;
	size_t dots = 0;

	for (const uint8_t *p = body.ptr, *end = span_end(body);
		p && p < end && (p = memchr(p, '.', (size_t)(end - p))) && dots < DOTS_MAX; p++) {
		size_t at = (size_t)(p - body.ptr);
		enum end before, after;

		if (at == 0 || !is_space(p[-1])) /* most stand in a line */
			continue;
		before = end_before(body, at), after = end_after(body, at);
		if (before == END_NONE || after == END_NONE)
			continue;
		dots++;
		check_dot(f, body, at, before, after);
	}
}

static bool field_like(struct span s)
{
	size_t n = 0;

	while (n < s.len && n < 40 && (is_alnum(s.ptr[n]) || s.ptr[n] == '-'))
		n++;
	return n > 1 && n < s.len && s.ptr[n] == ':';
}

/* The first lone CR of the body, and the first that something like a field or a dot follows. */
static void check_body_cr(struct findings *f)
{
	const struct message *m = f->evidence->message;
	struct span body = m->body, lone = SPAN_NONE;

	if (!m->has_cr || m->line_ends == LINE_ENDS_CR || !body.ptr)
		return;
	for (const uint8_t *p = body.ptr, *end = span_end(body);
		p < end && (p = memchr(p, '\r', (size_t)(end - p))); p++) {
		struct span after = span_make(p + 1, (size_t)(end - p - 1));

		/* CR CR LF is what double conversion leaves. */
		if (after.len && (after.ptr[0] == '\n' || after.ptr[0] == '\r'))
			continue;
		if (!lone.len)
			lone = span_make(p, 1);
		if (field_like(after) ||
			(after.len > 1 && after.ptr[0] == '.' && is_space(after.ptr[1]))) {
			finding_show(f,
				finding_raise(f, FINDING_HDR_BARE_CR, SEVERITY_MEDIUM,
					"a lone CR stands in the body, before what could be a "
					"field"),
				span_make(p, 1), "CR");
			return;
		}
	}
	if (lone.len)
		finding_show(f,
			finding_raise(f, FINDING_HDR_BARE_CR, SEVERITY_LOW,
				"a lone CR stands in the body"),
			lone, "CR");
}

/*
 * What a smuggled second message looks like from inside: the relay's SPF passes, yet the message
 * has no signature and no hop before the border, though the sender is one that many share.
 */
static void check_smuggled_shape(struct findings *f)
{
	const struct evidence *e = f->evidence;
	const struct dmarc_eval *d = e->dmarc ? e->dmarc->decides : NULL;

	if (!d || !d->spf.passed || !d->spf.aligned || !e->dkim || e->dkim->count || !e->spf ||
		!e->spf->mail_from || e->spf->mail_from->addresses < 65536 || !e->trace ||
		e->trace->count == 0 || e->trace->border != e->trace->count ||
		f->context & CONTEXT_INTERNAL)
		return;
	finding_show(f,
		finding_raise(f, FINDING_HDR_SMUGGLED_SHAPE, SEVERITY_NONE,
			"SPF passes for a sender with many hosts, without a signature and without "
			"a hop before the border"),
		e->trace->hop[e->trace->border - 1].field->whole, "border");
}

void findings_header(struct findings *f)
{
	const struct message *m = f->evidence->message;

	check_duplicates(f);
	for (size_t i = 0; i < m->field_count; i++)
		if (m->field[i].odd)
			check_field(f, &m->field[i]);
	if (m->header.len > HEADER_LONG)
		finding_raise(f, FINDING_HDR_LONG, SEVERITY_NONE, "the header has %zu bytes",
			m->header.len);
	check_body_start(f);
	check_body_cr(f);
	check_dots(f);
	check_smuggled_shape(f);
}
