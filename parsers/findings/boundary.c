/* SPDX-License-Identifier: ISC */
/*
 * Boundaries: what different readers take for the boundary of one multipart, and whether the
 * delimiter lines of more than one reading stand in its content. RFC 2046 5.1.1: boundary :=
 * 0*69<bchars> bcharsnospace.
 */
#include "parsers/findings/mime.h"

enum { READINGS = 8, BOUNDARY_MAX = 70 };

struct readings {
	const char *text[READINGS];
	size_t lines[READINGS]; /* delimiter lines found */
	size_t count;
	const char *why; /* what is odd, or NULL */
	struct span where;
	bool grave; /* odd by itself, however many readings match */
};

static void add_reading(struct readings *r, const char *text)
{
	for (size_t i = 0; i < r->count; i++)
		if (span_eq(span_trim(span_of(r->text[i])), span_trim(span_of(text))))
			return; /* delimiter lines may end in blanks: the same lines */
	if (r->count < READINGS && *text)
		r->text[r->count++] = text;
}

static void note(struct readings *r, const char *why, struct span where, bool grave)
{
	if (!r->why || (grave && !r->grave)) {
		r->why = why;
		r->where = where;
	}
	r->grave = r->grave || grave;
}

static void read_param(struct arena *arena, struct readings *r, const struct param *p)
{
	struct span value = span_of(p->value);

	add_reading(r, p->value);
	if (p->blank) {
		add_reading(r, arena_text(arena, span_sub(value, 0, span_chr(value, ' '))));
		note(r, "an unquoted blank inside", p->raw, false);
	}
	if (p->special)
		note(r, "a quote inside", p->raw, false);
	if (p->comment) { /* some keep the comment as text */
		add_reading(r, arena_text(arena, p->raw));
		note(r, "a comment", p->raw, true);
	}
	if (p->unclosed) {
		add_reading(r, arena_text(arena, span_sub(value, 0, span_chr(value, ';'))));
		note(r, "a quote that never ends", p->raw, true);
	}
	if (p->nul) {
		struct span after = span_skip(p->raw, span_rchr(p->raw, 0) + 1);

		if (p->quoted && after.len > 0 && after.ptr[after.len - 1] == '"')
			after.len--;
		add_reading(r, arena_text(arena, after));
		note(r, "a NUL byte", p->raw, true);
	}
	if (value.len == 0 && !p->nul)
		note(r, "no text at all", p->raw, true);
	if (value.len > 0 && p->quoted &&
		(is_space(*value.ptr) || is_space(value.ptr[value.len - 1]))) {
		add_reading(r, arena_text(arena, span_trim(value)));
		note(r, "a blank at its end", p->raw, false);
	}
	if (value.len > BOUNDARY_MAX) {
		add_reading(r, arena_text(arena, span_sub(value, 0, BOUNDARY_MAX)));
		note(r, "more than 70 characters", p->raw, false);
	}
}

/* Delimiter lines: "--" boundary, an optional "--", then blanks only. One pass for all readings. */
static void count_delimiters(struct readings *r, struct span content)
{
	size_t len;

	while (content.len > 0) {
		struct span line = span_line(&content, &len);

		if (len < 3 || line.ptr[0] != '-' || line.ptr[1] != '-')
			continue;
		line = span_trim_right(span_sub(line, 2, len));
		for (size_t i = 0; i < r->count; i++) {
			struct span text = span_trim_right(span_of(r->text[i])), tail;

			if (!span_starts(line, r->text[i]) && !span_eq(line, text))
				continue;
			tail = span_skip(line, text.len);
			r->lines[i] += tail.len == 0 || span_is(tail, "--");
		}
	}
}

static size_t matching(const struct readings *r)
{
	size_t count = 0;

	for (size_t i = 0; i < r->count; i++)
		count += r->lines[i] > 0;
	return count;
}

/* "boun dary", which a program that takes out white space reads as boundary. */
static bool is_split_name(struct span name)
{
	static const char whole[] = "boundary";
	size_t at = 0;

	for (size_t i = 0; i < name.len; i++)
		if (!is_space(name.ptr[i]) && ascii_lower(name.ptr[i]) != (uint8_t)whole[at++])
			return false;
	return at == sizeof whole - 1;
}

/* All boundary parameters of the part's Content-Type fields: a second field is read by some
 * programs too. */
static void read_boundaries(struct findings *f, const struct part *part, struct readings *r)
{
	size_t plain = 0, extended = 0;

	for (size_t i = 0; i < part->field_count; i++) {
		if (!field_is(&part->field[i], "Content-Type"))
			continue;

		struct param_list list = param_parse(f->arena, part->field[i].value);

		for (size_t k = 0; k < list.count; k++) {
			const struct param *p = &list.param[k];

			if (span_iis(p->name, "boundary")) {
				plain++;
				read_param(f->arena, r, p);
				if (plain > 1 && r->count > 1)
					note(r, "two values", p->raw, true);
			} else if (span_istarts(p->name, "boundary*")) {
				extended++;
				if (plain > 0)
					note(r, "a plain and an encoded form", p->raw, true);
			} else if (is_split_name(p->name)) {
				add_reading(r, p->value);
				note(r, "a name with a blank or line end inside", p->name, true);
			}
		}
		if (list.unclosed && plain > 0)
			note(r, "a quote or comment before it that never ends",
				part->field[i].value, false);
		if (plain > 0 && extended > 0)
			note(r, "a plain and an encoded form", part->field[i].value, true);
	}
}

static void check_ambiguous(struct findings *f, const struct part *part)
{
	struct readings r = {0};
	const char *text = "";
	size_t sets;

	read_boundaries(f, part, &r);
	if (!r.why)
		return;
	count_delimiters(&r, part->content);
	sets = matching(&r);
	for (size_t i = 0; i < r.count; i++)
		text = arena_printf(f->arena, "%s%s\"%s\" finds %zu delimiter lines", text,
			*text ? ", " : "", r.text[i], r.lines[i]);
	finding_show(f,
		finding_raise(f, FINDING_MIME_BOUNDARY_AMBIG,
			structure_severity(f, FINDING_MIME_BOUNDARY_AMBIG,
				sets > 1 || r.grave ? SEVERITY_NONE : SEVERITY_LOW),
			"the boundary of %s has %s: %s", part->path, r.why,
			*text ? text : "no reading of it finds a part"),
		r.where, "boundary");
}

static void check_reuse(struct findings *f, const struct part *part)
{
	const struct mime *mime = f->evidence->mime;
	const struct part *outer = part;
	size_t len;

	if (!part->boundary || !*part->boundary)
		return;
	while (outer->parent != (size_t)(outer - mime->part)) {
		outer = &mime->part[outer->parent];
		if (!outer->boundary || !*outer->boundary)
			continue;
		len = strlen(outer->boundary);
		if (strncmp(part->boundary, outer->boundary, len) != 0)
			continue;
		finding_show(f,
			finding_raise(f, FINDING_MIME_BOUNDARY_REUSE,
				structure_severity(f, FINDING_MIME_BOUNDARY_REUSE,
					part->boundary[len] ? SEVERITY_LOW : SEVERITY_NONE),
				"the boundary of %s %s that of %s", part->path,
				part->boundary[len] ? "begins with" : "is", outer->path),
			part_evidence(mime, part), "inner boundary");
		return;
	}
}

void findings_part_boundary(struct findings *f, struct part *part)
{
	check_ambiguous(f, part);
	check_reuse(f, part);
}
