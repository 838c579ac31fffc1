/* SPDX-License-Identifier: ISC */
/* Names of attachments that hide what the file is, or that programs read differently. */
#include "parsers/base/printable.h"
#include "parsers/findings/attachment.h"

enum { PADDING = 5 };

static bool is_bidi(uint32_t c)
{
	return (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069);
}

static bool is_blank(uint32_t c)
{
	return c == ' ' || c == '\t' || c == 0xa0 || (c >= 0x2000 && c <= 0x200b) || c == 0x202f ||
	       c == 0x2800 || c == 0x3000 || c == 0x3164 || c == '_';
}

/* What in the name deceives: NULL where nothing does. */
static const char *trick(struct span name, const struct param_list *raw)
{
	size_t blanks = 0;
	struct span s = name;

	for (size_t i = 0; raw && i < raw->count; i++)
		if (raw->param[i].nul && (span_istarts(raw->param[i].name, "filename") ||
						 span_istarts(raw->param[i].name, "name")))
			return "has a NUL byte";
	while (s.len > 0) {
		uint32_t c = *s.ptr;
		size_t len = utf8_decode(s, &c);

		if (is_bidi(c))
			return "turns its letters round with a direction character";
		blanks = is_blank(c) ? blanks + 1 : 0;
		/* Underscores are padding too, but people draw lines with a few of them. */
		if (blanks >= (c == '_' ? 20 : PADDING) && span_rchr(s, '.') < s.len)
			return "is padded with blanks before its extension";
		s = span_skip(s, len ? len : 1);
	}
	return NULL;
}

/* The name is written again where its own encoded-word changes the extension. */
static bool hidden_extension(const struct file *file, const struct part_name *name)
{
	struct span raw = name->where;
	const char *before, *after = name_extension(file->f->arena, name->name);

	if (span_find(raw, SPAN("=?"), 0) >= raw.len)
		return false;
	raw = span_trim(raw);
	if (raw.len >= 2 && *raw.ptr == '"')
		raw = span_sub(raw, 1, raw.len - 1);
	before = name_extension(file->f->arena, arena_text(file->f->arena, raw));
	if (strstr(before, "?=") || strstr(before, "=?") || !*before)
		return false;
	return strcmp(before, after) != 0 && *after;
}

static void check_trick(
	const struct file *file, const struct part_name *name, const struct param_list *raw)
{
	struct span s = span_of(name->name);
	const char *why = trick(s, raw), *extension = name_extension(file->f->arena, name->name);
	enum severity severity = SEVERITY_NONE;
	uint8_t last = s.len > 0 ? s.ptr[s.len - 1] : 0;

	/* Some programs do not take the backslash in a quoted-string for an escape. */
	if (!why && span_find(name->where, SPAN("..\\"), 0) < name->where.len) {
		why = "leads out of the folder where backslashes are kept";
	} else if (!why && name_escapes(name->name)) {
		why = "leads out of the folder that it is saved in";
		severity = strstr(name->name, "..") ? SEVERITY_NONE : SEVERITY_LOW;
	} else if (!why && (strchr(name->name, '\\') || strchr(name->name, '/'))) {
		why = "is a path";
		severity = SEVERITY_LOW;
	} else if (!why && (last == '.' || last == ' ')) {
		why = "ends in a dot or blank, which some systems drop";
		severity = extension_dangerous(extension) ? SEVERITY_NONE : SEVERITY_LOW;
	} else if (!why && hidden_extension(file, name))
		why = "has another extension once its encoded-word is decoded";
	if (why)
		finding_show(file->f,
			file_raise(file, FINDING_ATT_NAME_TRICK, severity, "the name %s %s",
				name->name, why),
			name->where, name->form);
}

/* --- several names --- */

/* Letters and digits of ASCII in lower case: what is left of a name whatever a program makes of the
 * rest. */
static const char *skeleton(struct arena *arena, const char *name)
{
	char *out = arena_strdup(arena, name);
	size_t len = 0;

	for (const char *p = name; *p; p++)
		if (is_alnum((uint8_t)*p) || *p == '.')
			out[len++] = (char)ascii_lower((uint8_t)*p);
	out[len] = '\0';
	return out;
}

static bool has_high(const char *s)
{
	for (; *s; s++)
		if ((uint8_t)*s >= 0x80 || *s == '?' || *s == '_')
			return true;
	return false;
}

/* One is the other in ASCII: a fallback. */
static bool same_but_for_charset(struct arena *arena, const char *a, const char *b)
{
	const char *x = skeleton(arena, a), *y = skeleton(arena, b);

	if (strcmp(x, y) == 0)
		return true;
	if (!has_high(a) && !has_high(b))
		return false;
	/* Transliterations keep the extension. */
	return strcmp(name_extension(arena, a), name_extension(arena, b)) == 0;
}

static bool acts(const char *extension)
{
	static const char *const names[] = {
		"html", "htm", "svg", "zip", "docm", "xlsm", "hta", "shtml", "rar", "7z", "iso"};

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (strcmp(extension, names[i]) == 0)
			return true;
	return extension_dangerous(extension);
}

static void check_conflict(
	const struct file *file, const struct part_name *a, const struct part_name *b)
{
	struct arena *arena = file->f->arena;
	const char *x = name_extension(arena, a->name), *y = name_extension(arena, b->name);
	enum severity severity;
	struct finding *finding;

	if (same_but_for_charset(arena, a->name, b->name))
		return;
	if (strcmp(x, y) == 0 || !*x || !*y)
		severity = SEVERITY_LOW;
	else
		severity = acts(x) || acts(y) ? SEVERITY_NONE : SEVERITY_MEDIUM;
	finding = file_raise(file, FINDING_ATT_NAME_CONFLICT, severity, "%s says %s, %s says %s",
		a->form, a->name, b->form, b->name);
	finding_show(file->f, finding, a->where, a->form);
	finding_show(file->f, finding, b->where, b->form);
}

void files_names(const struct file *file)
{
	struct arena *arena = file->f->arena;
	const struct field *disposition = part_field(file->part, "Content-Disposition", 0);
	const struct field *type = part_field(file->part, "Content-Type", 0);

	for (size_t i = 0; i < file->names.count; i++) {
		const struct part_name *name = &file->names.name[i];
		const struct field *field =
			strncmp(name->form, "filename", 8) == 0 ? disposition : type;
		struct param_list raw = {0};

		if (field && field->odd & FIELD_NUL)
			raw = param_parse(arena, field->value);
		check_trick(file, name, &raw);
		if (name_double(arena, name->name))
			finding_show(file->f,
				file_raise(file, FINDING_ATT_DOUBLE_EXT, SEVERITY_NONE, "%s",
					name->name),
				name->where, name->form);
		if (i > 0)
			check_conflict(file, &file->names.name[0], name);
	}
	if (file->facts.facts & FILE_MEMBER_TRICK)
		file_raise(file, FINDING_ATT_NAME_TRICK, SEVERITY_NONE,
			"a member of %s has a deceptive name", file->name);
}
