/* SPDX-License-Identifier: ISC */
#include "parsers/findings/content.h"

#include "parsers/base/buffer.h"

struct reader {
	struct span s;
	size_t at;
	struct param_list *list;
};

static bool more(const struct reader *r)
{
	return r->at < r->s.len;
}

static uint8_t here(const struct reader *r)
{
	return more(r) ? r->s.ptr[r->at] : 0;
}

/* comment = "(" *([FWS] ccontent) [FWS] ")" (RFC 5322 3.2.2), nested. */
static void skip_comment(struct reader *r)
{
	unsigned depth = 0;

	while (more(r)) {
		uint8_t c = r->s.ptr[r->at++];

		if (c == '\\' && more(r))
			r->at++;
		else if (c == '(')
			depth++;
		else if (c == ')' && --depth == 0)
			return;
	}
	r->list->unclosed = true;
}

static void read_quoted(struct reader *r, struct param *p, struct buffer *out)
{
	p->quoted = true;
	r->at++;
	while (more(r)) {
		uint8_t c = r->s.ptr[r->at++];

		if (c == '"')
			return;
		if (c == '\\' && more(r))
			c = r->s.ptr[r->at++];
		if (c != '\r' && c != '\n')
			buffer_char(out, (char)c);
	}
	p->unclosed = r->list->unclosed = true;
}

/* From behind the "=" to the ";" that ends the parameter. */
static void read_value(struct arena *arena, struct reader *r, struct param *p)
{
	struct buffer out = BUFFER_INIT;
	bool blank = false;
	size_t start;

	while (more(r) && is_space(here(r)))
		r->at++;
	start = r->at;
	while (more(r) && here(r) != ';') {
		uint8_t c = here(r);

		if (c == '(' && !p->quoted) {
			p->comment = true;
			skip_comment(r);
			continue;
		}
		if (c == '"' && out.len == 0 && !p->quoted) {
			read_quoted(r, p, &out);
			continue;
		}
		p->special = p->special || c == '"';
		if (is_space(c))
			blank = true;
		else {
			if (blank && out.len > 0 && !p->quoted) {
				p->blank = true;
				buffer_char(&out, ' ');
			}
			blank = false;
			if (!p->quoted)
				buffer_char(&out, (char)c);
		}
		r->at++;
	}
	p->raw = span_trim(span_sub(r->s, start, r->at));
	p->nul = span_chr(p->raw, 0) < p->raw.len;
	p->value = arena_text(arena, buffer_view(&out));
	buffer_release(&out);
}

static void skip_to_semicolon(struct reader *r)
{
	bool quoted = false;

	while (more(r)) {
		uint8_t c = here(r);

		if (!quoted && c == '(') {
			skip_comment(r);
			continue;
		}
		if (!quoted && c == ';')
			return;
		if (c == '"')
			quoted = !quoted;
		r->at++;
	}
}

static void read_param(struct arena *arena, struct reader *r)
{
	struct param p = {0};
	size_t start;

	while (more(r) && (is_space(here(r)) || here(r) == '(')) {
		if (here(r) == '(') {
			p.comment = true;
			skip_comment(r);
		} else
			r->at++;
	}
	start = r->at;
	while (more(r) && here(r) != '=' && here(r) != ';' && here(r) != '(')
		r->at++;
	p.name = span_trim(span_sub(r->s, start, r->at));
	if (here(r) == '(') {
		p.comment = true;
		skip_comment(r);
		while (more(r) && is_space(here(r)))
			r->at++;
	}
	if (here(r) != '=') {
		skip_to_semicolon(r);
		return;
	}
	r->at++;
	read_value(arena, r, &p);
	*LIST_ADD(arena, r->list->param, r->list->count, r->list->room) = p;
}

struct param_list param_parse(struct arena *arena, struct span value)
{
	struct param_list list = {0};
	struct reader r = {span_sub(value, 0, LIMIT_FIELD), 0, &list};

	skip_to_semicolon(&r);
	list.head = span_trim(span_sub(r.s, 0, r.at));
	while (more(&r) && list.count < 256) {
		r.at++; /* the ";" */
		read_param(arena, &r);
	}
	return list;
}

bool field_is(const struct field *f, const char *name)
{
	size_t k = 0;

	for (size_t i = 0; i < f->name.len; i++) {
		uint8_t c = f->name.ptr[i];

		if (c <= ' ' || c >= 0x7f)
			continue;
		if (!name[k] || ascii_lower(c) != ascii_lower((uint8_t)name[k]))
			return false;
		k++;
	}
	return k > 0 && !name[k];
}

const struct part *part_message(const struct mime *mime, const struct part *part)
{
	/* Depth is limited, and each step goes to a lower index. */
	while (part->parent != (size_t)(part - mime->part)) {
		part = &mime->part[part->parent];
		if (part->is_message)
			return part;
	}
	return NULL;
}

bool part_nested(const struct mime *mime, const struct part *part)
{
	return part_message(mime, part) != NULL;
}

enum severity structure_severity(const struct findings *f, enum finding_code code, enum severity severity)
{
	const struct mime *mime = f->evidence->mime;
	bool report = strcmp(mime->part[0].type, "multipart/report") == 0;
	enum severity cap = SEVERITY_CRITICAL;

	if (severity == SEVERITY_NONE)
		severity = finding_info(code)->severity;
	if (f->context & (CONTEXT_DSN | CONTEXT_ABUSE_REPORT))
		cap = SEVERITY_LOW;
	else if (report)
		cap = SEVERITY_MEDIUM;
	return severity < cap ? severity : cap;
}

bool part_attached(const struct part *part)
{
	if (part->is_multipart)
		return false;
	if (part->disposition && strcmp(part->disposition, "attachment") == 0)
		return true;
	return (part->filename || part->name) && !part->is_text &&
	       strncmp(part->type, "image/", 6) != 0;
}

struct span part_evidence(const struct mime *mime, const struct part *part)
{
	(void)mime;
	if (part->parent != (size_t)(part - mime->part) && part->header.len > 0)
		return span_sub(part->header, 0, 2000);
	for (size_t i = 0; i < part->field_count; i++)
		if (field_is(&part->field[i], "Content-Type"))
			return part->field[i].whole;
	return span_sub(part->content, 0, 80);
}
