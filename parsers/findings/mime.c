/* SPDX-License-Identifier: ISC */
/*
 * Structure that two programs can read in two ways. Beside GMime's tree stand our own readings of
 * the raw header lines and of the bytes between the delimiters.
 */
#include "parsers/findings/mime.h"

enum { DEPTH_MAX = 10, PARTS_MAX = 500, PREAMBLE_MAX = 64, OUTSIDE_MAX = 1024 };

/* --- fields given twice --- */

static struct span value_of(const struct field *f)
{
	return span_trim(f->value);
}

static void check_twice(struct findings *f, const struct part *part, const char *name)
{
	const struct field *first = NULL;

	for (size_t i = 0; i < part->field_count; i++) {
		const struct field *field = &part->field[i];
		struct finding *finding;

		if (!field_is(field, name))
			continue;
		if (!first) {
			first = field;
			continue;
		}
		if (span_ieq(value_of(first), value_of(field)))
			finding = finding_raise(f, FINDING_MIME_DUP_CT,
				structure_severity(f, FINDING_MIME_DUP_CT, SEVERITY_LOW),
				"part %s has %s twice, the same", part->path, name);
		else
			finding = finding_raise(f, FINDING_MIME_DUP_CT,
				structure_severity(f, FINDING_MIME_DUP_CT, SEVERITY_NONE),
				"part %s: a program that takes the first %s reads %s, one that "
				"takes the last reads %s",
				part->path, name,
				arena_text(f->arena, span_sub(value_of(first), 0, 60)),
				arena_text(f->arena, span_sub(value_of(field), 0, 60)));
		finding_show(
			f, finding_show(f, finding, first->whole, "first"), field->whole, "again");
		return;
	}
}

/* --- text outside of all parts --- */

static bool base64_line(struct span line)
{
	line = span_trim(line);
	if (line.len < 60)
		return false;
	for (size_t i = 0; i < line.len; i++)
		if (!is_alnum(line.ptr[i]) && line.ptr[i] != '+' && line.ptr[i] != '/' &&
			line.ptr[i] != '=')
			return false;
	return true;
}

static bool html_tag(struct span line)
{
	for (size_t i = 0; i + 2 < line.len; i++) {
		size_t end;

		if (line.ptr[i] != '<' || !(is_alpha(line.ptr[i + 1]) || line.ptr[i + 1] == '/'))
			continue;
		end = span_chr(span_skip(line, i), '>');
		if (end == line.len - i)
			return false;
		/* "<user@host>" and "<http://...>" are no tags. */
		if (span_chr(span_sub(line, i, i + end), '@') == end &&
			span_find(span_sub(line, i, i + end), SPAN("://"), 0) == end)
			return true;
		i += end;
	}
	return false;
}

/* What makes text outside of the parts more than a remark: NULL where nothing does. */
static const char *outside_kind(struct span s)
{
	struct span rest = s;
	size_t len;

	while (rest.len > 0) {
		struct span line = span_line(&rest, &len);

		line.len = len;
		if (span_istarts(line, "Content-") && span_chr(line, ':') < line.len)
			return "header lines of a part";
		if (base64_line(line))
			return "encoded data";
		if (html_tag(line))
			return "HTML";
		if (span_ifind(line, SPAN("http://"), 0) < len ||
			span_ifind(line, SPAN("https://"), 0) < len)
			return "a link";
	}
	return NULL;
}

/* What old composers write before the first part for readers without MIME. */
static bool usual_preamble(struct span s)
{
	static const char *const words[] = {
		"mime", "multi-part", "multipart", "multiple parts", NULL};

	return s.len <= OUTSIDE_MAX && text_has(s, words, NULL);
}

static void check_outside(struct findings *f, const struct part *part, struct span s, bool preamble)
{
	const char *where = preamble ? "before the first part" : "after the last part", *kind;
	enum severity severity;

	s = span_trim(s);
	if (s.len == 0)
		return;
	kind = outside_kind(s);
	if (preamble && usual_preamble(s) && (!kind || strcmp(kind, "a link") == 0))
		return;
	if (!kind && s.len <= PREAMBLE_MAX)
		return;
	severity = kind || s.len > OUTSIDE_MAX ? SEVERITY_HIGH : SEVERITY_MEDIUM;
	if (kind && s.len <= PREAMBLE_MAX)
		severity = SEVERITY_LOW; /* the head of a part without the part */
	if (!preamble && f->context & CONTEXT_LIST && (!kind || strcmp(kind, "a link") == 0))
		severity = SEVERITY_LOW;
	finding_show(f,
		finding_raise(f, FINDING_MIME_HIDDEN_TEXT,
			structure_severity(f, FINDING_MIME_HIDDEN_TEXT, severity),
			"%zu bytes stand %s of %s%s%s", s.len, where, part->path,
			kind ? ", among them " : "", kind ? kind : ""),
		span_sub(s, 0, 4000), preamble ? "before the parts" : "behind the parts");
}

/* --- header blocks cut in two --- */

static bool content_field_line(struct span line)
{
	return span_istarts(line, "Content-Type") ||
	       span_istarts(line, "Content-Transfer-Encoding") ||
	       span_istarts(line, "Content-Disposition");
}

static void split_found(
	struct findings *f, const struct part *part, struct span where, const char *what)
{
	finding_show(f,
		finding_raise(f, FINDING_MIME_PART_SPLIT,
			structure_severity(f, FINDING_MIME_PART_SPLIT, SEVERITY_NONE),
			"the header of part %s has %s before its last fields", part->path, what),
		where, "where the header splits");
}

/* A line in the header block at which some programs end it, with Content-* fields behind. */
static void check_split_header(struct findings *f, const struct part *part)
{
	const struct field *odd = NULL;

	for (size_t i = 0; i < part->field_count; i++) {
		const struct field *field = &part->field[i];

		if (odd && (field_is(field, "Content-Type") ||
				   field_is(field, "Content-Transfer-Encoding") ||
				   field_is(field, "Content-Disposition"))) {
			split_found(f, part, odd->whole,
				odd->odd & FIELD_BLANK_FOLD ? "a line of blanks"
				: odd->odd & FIELD_BARE_CR  ? "a lone carriage return"
							    : "a line that is no field");
			return;
		}
		if (!odd && field->odd & (FIELD_BLANK_FOLD | FIELD_BARE_CR | FIELD_GARBAGE))
			odd = field;
	}
}

/* Fields that this reading left in the content: the line before them is blank, but not empty. */
static void check_split_content(struct findings *f, const struct part *part)
{
	struct span rest = part->content, line;
	bool typed = false;
	size_t len;

	if (part->is_message || part->is_multipart || strncmp(part->type, "message/", 8) == 0 ||
		strcmp(part->type, "text/rfc822-headers") == 0)
		return;
	for (size_t i = 0; i < part->field_count && !typed; i++)
		typed = field_is(&part->field[i], "Content-Type");
	do
		line = span_line(&rest, &len);
	while (line.len > 0 && span_trim(line).len == 0);
	if (line.len == 0 || !content_field_line(line) || span_chr(line, ':') == line.len)
		return;
	split_found(f, part, span_trim(line),
		typed ? "an empty line" : "an empty line at its very start");
}

/* --- the rest --- */

static void check_partial(struct findings *f, const struct part *part)
{
	bool external = strcmp(part->type, "message/external-body") == 0;

	if (!external && strcmp(part->type, "message/partial") != 0)
		return;
	/* Announcements on old lists point to a file on an FTP server this way. */
	finding_show(f,
		finding_raise(f, FINDING_MIME_PARTIAL,
			structure_severity(f, FINDING_MIME_PARTIAL,
				external && f->context & CONTEXT_LIST ? SEVERITY_LOW
								      : SEVERITY_NONE),
			"part %s is %s", part->path, part->type),
		part_evidence(f->evidence->mime, part), "the part");
}

/* A DKIM signature that passes covers this field of the message. */
static bool covered(const struct evidence *e, const char *name)
{
	for (size_t i = 0; e->dkim && i < e->dkim->count; i++) {
		const struct dkim_signature *s = &e->dkim->signature[i];

		for (size_t k = 0; k < s->signed_field_count; k++)
			if (strcmp(s->signed_field[k], name) == 0)
				return true;
	}
	return false;
}

static void check_body_as_file(struct findings *f, const struct part *root)
{
	const struct evidence *e = f->evidence;
	bool is_signed = e->dkim && e->dkim->count > 0;
	const struct field *field = part_field(root, "Content-Disposition", 0);

	if (root->is_multipart || !root->is_text || !field || !root->disposition ||
		strcmp(root->disposition, "attachment") != 0)
		return;
	/* A script that mails a report does this too; the signature that leaves the field out tells
	 * the difference. */
	finding_show(f,
		finding_raise(f, FINDING_MIME_BODY_AS_ATT,
			is_signed && !covered(e, "content-disposition") ? SEVERITY_NONE
									: SEVERITY_LOW,
			"the only text is declared as the file %s%s",
			root->filename ? root->filename
			: root->name   ? root->name
				       : "without a name",
			is_signed && !covered(e, "content-disposition")
				? ", by a field that no signature covers"
				: ""),
		field->whole, "makes it a file");
}

static void check_depth(struct findings *f)
{
	const struct mime *mime = f->evidence->mime;
	unsigned depth = 0;
	size_t deepest = 0;

	for (size_t i = 0; i < mime->count; i++)
		if (mime->part[i].depth > depth) {
			depth = mime->part[i].depth;
			deepest = i;
		}
	if (depth <= DEPTH_MAX && mime->count <= PARTS_MAX && !mime->depth_limited &&
		!mime->parts_limited)
		return;
	finding_show(f,
		finding_raise(f, FINDING_MIME_DEPTH, SEVERITY_NONE, "%zu parts%s, nested %u deep%s",
			mime->count, mime->parts_limited ? " and more" : "", depth,
			mime->depth_limited ? " and more" : ""),
		part_evidence(mime, &mime->part[deepest]), "the deepest part");
}

static void check_version(struct findings *f, const struct part *root)
{
	const struct field *encoding = part_field(root, "Content-Transfer-Encoding", 0);
	const struct field *type = part_field(root, "Content-Type", 0);

	if (message_field(f->evidence->message, NAME_MIME_VERSION, 0) ||
		(!root->is_multipart && !encoding))
		return;
	finding_show(f,
		finding_raise(f, FINDING_MIME_NOVERSION, SEVERITY_NONE, "%s, but no MIME-Version",
			root->is_multipart ? "a multipart" : "a transfer encoding"),
		type       ? type->whole
		: encoding ? encoding->whole
			   : SPAN_NONE,
		"needs MIME-Version");
}

static void check_unclosed(struct findings *f, const struct part *part)
{
	if (!part->unclosed)
		return;
	finding_show(f,
		finding_raise(f, FINDING_MIME_UNCLOSED,
			structure_severity(f, FINDING_MIME_UNCLOSED, SEVERITY_NONE),
			"%s %s has no closing delimiter", part->type, part->path),
		part_evidence(f->evidence->mime, part), "never closed");
}

static void check_part(struct findings *f, struct part *part)
{
	const struct mime *mime = f->evidence->mime;
	bool root = part == mime->part;

	check_twice(f, part, "Content-Type");
	check_twice(f, part, "Content-Transfer-Encoding");
	check_partial(f, part);
	findings_part_coding(f, part);
	if (!root)
		check_split_header(f, part);
	check_split_content(f, part);
	if (!part->is_multipart)
		return;
	check_unclosed(f, part);
	check_outside(f, part, part->preamble, true);
	check_outside(f, part, part->epilogue, false);
	findings_part_boundary(f, part);
	if (strcmp(part->type, "multipart/alternative") == 0)
		findings_alternative(f, part);
}

void findings_mime(struct findings *f)
{
	const struct mime *mime = f->evidence->mime;

	if (!mime || mime->count == 0)
		return;
	check_depth(f);
	check_version(f, &mime->part[0]);
	check_body_as_file(f, &mime->part[0]);
	/* An attached message's own parts are looked at with it. */
	for (size_t i = 0; i < mime->count; i++)
		if (!part_nested(mime, &mime->part[i]))
			check_part(f, &mime->part[i]);
}
