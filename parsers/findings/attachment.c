/* SPDX-License-Identifier: ISC */
/*
 * Attachments: what their names say, what their bytes say, and where the two differ. Bytes are
 * looked at in memory only.
 */
#include "parsers/findings/attachment.h"
#include "parsers/message/enclosed.h"

#define BUDGET_BYTES ((size_t)64 * 1024 * 1024)
enum { BUDGET_MEMBERS = 5000, ENCODED_DEPTH = 4 };

/* In a returned or forwarded report the file is not the sender's: it is told, not held against the
 * message. */
static enum severity soften(const struct file *file, enum severity severity)
{
	const struct findings *f = file->f;

	if (file->inside && f->context & (CONTEXT_DSN | CONTEXT_ABUSE_REPORT))
		return severity < SEVERITY_LOW ? severity : SEVERITY_LOW;
	return severity;
}

struct finding *file_raise(const struct file *file, enum finding_code code, enum severity severity,
	const char *fmt, ...)
{
	const char *detail;
	va_list ap;

	va_start(ap, fmt);
	detail = arena_vprintf(file->f->arena, fmt, ap);
	va_end(ap);
	if (severity == SEVERITY_NONE)
		severity = finding_info(code)->severity;
	return finding_show(file->f,
		finding_raise(file->f, code, soften(file, severity), "%s%s%s", detail,
			file->inside ? ", inside the attached message in part " : "",
			file->inside ? file->inside : ""),
		part_evidence(file->f->evidence->mime, file->shown), "the attachment");
}

/* --- what the bytes say --- */

static void read_bytes(struct file *file, struct file_budget *budget)
{
	struct arena *arena = file->f->arena;

	switch (file->found) {
	case CLASS_ZIP:
	case CLASS_ARCHIVE:
	case CLASS_DISK:
		archive_read_facts(arena, file->bytes, budget, &file->facts);
		break;
	case CLASS_OLE:
		ole_read(arena, file->bytes, &file->facts);
		break;
	case CLASS_PDF:
		pdf_read(arena, file->bytes, budget, &file->facts);
		break;
	default:
		break;
	}
}

static void check_dangerous(const struct file *file)
{
	const struct file_facts *facts = &file->facts;

	for (size_t i = 0; i < file->names.count; i++) {
		const char *name = file->names.name[i].name;

		/* "a.example.com" names a site, not a DOS program, where the content is text. */
		if (extension_dangerous(name_extension(file->f->arena, name)) &&
			!(file->part->is_text &&
				strcmp(name_extension(file->f->arena, name), "com") == 0)) {
			file_raise(file, FINDING_ATT_DANGEROUS, SEVERITY_NONE, "%s", name);
			break;
		}
	}
	if (facts->member)
		file_raise(file, FINDING_ATT_DANGEROUS, SEVERITY_NONE, "%s holds %s", file->name,
			facts->member);
	if (file->found == CLASS_PROGRAM || file->found == CLASS_SHORTCUT ||
		file->found == CLASS_DISK)
		file_raise(file, FINDING_ATT_DANGEROUS, SEVERITY_NONE, "%s is %s", file->name,
			file_class_text(file->found));
}

static void check_encrypted(const struct file *file, bool password)
{
	if (!(file->facts.facts & FILE_ENCRYPTED))
		return;
	file_raise(file, FINDING_ATT_ENCRYPTED, password ? SEVERITY_HIGH : SEVERITY_NONE, "%s%s",
		file->name, password ? ", and the text gives the password" : "");
}

static void check_macro(const struct file *file)
{
	static const char *const named[] = {
		"docm", "dotm", "xlsm", "xltm", "xlam", "xlsb", "pptm", "potm", "ppam", "ppsm"};
	const struct file_facts *facts = &file->facts;
	bool by_name = false;

	for (size_t i = 0; i < sizeof named / sizeof *named; i++)
		by_name = by_name || strcmp(file->extension, named[i]) == 0;
	if (!(facts->facts & (FILE_MACRO | FILE_MACRO_TYPE)) &&
		!(by_name && strcmp(file->extension, "xlsb") != 0))
		return;
	file_raise(file, FINDING_ATT_MACRO,
		author_passes(file->f->evidence) ? SEVERITY_MEDIUM : SEVERITY_NONE, "%s%s%s",
		file->name, facts->macro ? ": " : "", facts->macro ? facts->macro : "");
}

static void check_remote(const struct file *file)
{
	if (file->facts.facts & FILE_REMOTE)
		file_raise(file, FINDING_ATT_REMOTE_TEMPLATE, SEVERITY_NONE, "%s loads %s",
			file->name,
			url_defang(file->f->arena,
				file->facts.target ? file->facts.target : "an unknown place"));
}

static void check_pdf(const struct file *file)
{
	if (file->facts.facts & FILE_ACTIVE)
		file_raise(file, FINDING_ATT_PDF_ACTIVE, SEVERITY_NONE, "%s has %s", file->name,
			file->facts.active);
}

/* --- where they differ --- */

/* Classes whose mixtures are everyday: Word writes RTF and HTML as .doc, everything new is a ZIP.
 */
static bool agree(enum file_class claimed, enum file_class found)
{
	static const unsigned char groups[][4] = {
		{CLASS_OLE, CLASS_RTF, CLASS_ZIP, CLASS_HTML},
		{CLASS_ZIP, CLASS_OLE, CLASS_ARCHIVE, CLASS_ZIP},
		{CLASS_ARCHIVE, CLASS_ZIP, CLASS_ARCHIVE, CLASS_ARCHIVE},
		{CLASS_RTF, CLASS_OLE, CLASS_RTF, CLASS_RTF},
		{CLASS_HTML, CLASS_SVG, CLASS_TEXT, CLASS_SCRIPT},
		{CLASS_SVG, CLASS_TEXT, CLASS_SVG, CLASS_SVG},
		{CLASS_SCRIPT, CLASS_TEXT, CLASS_HTML, CLASS_SCRIPT},
		{CLASS_TEXT, CLASS_SCRIPT, CLASS_MESSAGE, CLASS_TEXT},
		{CLASS_MEDIA, CLASS_IMAGE, CLASS_MEDIA, CLASS_MEDIA},
		{CLASS_IMAGE, CLASS_MEDIA, CLASS_IMAGE, CLASS_IMAGE},
	};

	if (claimed == CLASS_UNKNOWN || claimed == found || found == CLASS_UNKNOWN)
		return true;
	for (size_t i = 0; i < sizeof groups / sizeof *groups; i++)
		if (groups[i][0] == claimed)
			for (size_t k = 1; k < 4; k++)
				if (groups[i][k] == found)
					return true;
	return false;
}

static bool runs(enum file_class c)
{
	return c == CLASS_PROGRAM || c == CLASS_SHORTCUT || c == CLASS_DISK || c == CLASS_SCRIPT ||
	       c == CLASS_ONENOTE;
}

static enum severity mismatch_severity(enum file_class claimed, enum file_class found)
{
	if (runs(found))
		return SEVERITY_HIGH;
	if (found == CLASS_HTML || found == CLASS_SVG)
		return claimed == CLASS_TEXT ? SEVERITY_LOW : SEVERITY_HIGH;
	if (claimed == CLASS_TEXT || found == CLASS_TEXT)
		return SEVERITY_LOW; /* what programs declare that do not know better */
	return SEVERITY_MEDIUM;
}

static void check_mismatch(const struct file *file)
{
	enum file_class by_name = class_of_extension(file->extension),
			by_type = class_of_type(file->part->type);
	enum file_class claimed = by_name != CLASS_UNKNOWN ? by_name : by_type;
	static const char *const plain[] = {"docx", "xlsx", "pptx"};

	for (size_t i = 0; i < 3; i++)
		if (strcmp(file->extension, plain[i]) == 0 &&
			file->facts.facts & (FILE_MACRO | FILE_MACRO_TYPE))
			file_raise(file, FINDING_ATT_TYPE_MISMATCH, SEVERITY_NONE,
				"%s has macros, which a file of this type cannot have", file->name);
	if (by_name != CLASS_UNKNOWN && by_type != CLASS_UNKNOWN && agree(by_name, file->found) &&
		agree(by_type, file->found))
		return;
	if (runs(file->found) && runs(by_name))
		return;
	if (agree(claimed, file->found) &&
		!(runs(file->found) && by_type != CLASS_UNKNOWN && !agree(by_type, file->found)))
		return;
	file_raise(file, FINDING_ATT_TYPE_MISMATCH,
		file->facts.facts & FILE_MACRO ? SEVERITY_HIGH
					       : mismatch_severity(claimed, file->found),
		"%s claims to be %s and is %s", file->name, file_class_text(claimed),
		file_class_text(file->found));
}

/* --- what kinds of file bring along --- */

static bool in_list(const char *s, const char *const *list)
{
	for (; *list; list++)
		if (strcmp(s, *list) == 0)
			return true;
	return false;
}

static bool html_file(const struct file *file)
{
	static const char *const names[] = {
		"htm", "html", "shtml", "xhtml", "xht", "mht", "mhtml", NULL};

	return part_is_html(file->part) || in_list(file->extension, names) ||
	       (file->found == CLASS_HTML && !file->part->is_text);
}

static void check_html_file(const struct file *file)
{
	if (!html_file(file))
		return;
	if (file->attached)
		file_raise(file, FINDING_ATT_HTML, SEVERITY_NONE, "%s", file->name);
	files_smuggling(file);
}

static void check_message(const struct file *file)
{
	if (!file->inside && part_encloses(file->f->arena, file->mime, file->part))
		finding_show(file->f,
			finding_raise(file->f, FINDING_ATT_EML, SEVERITY_NONE, "part %s",
				file->part->path),
			part_evidence(file->mime, file->part), "the attached message");
}

/* The text says what opens the file: "password: 1234". */
static bool gives_password(struct findings *f)
{
	static const char *const words[] = {"password", "passcode", "passwort", "kennwort",
		"mot de passe", "wachtwoord", "contrase", "senha", "pwd", "pass", "pin code",
		"archive code"};
	struct mime *mime = f->evidence->mime;

	for (size_t i = 0; i < mime->count; i++) {
		struct part *part = &mime->part[i];
		struct span text;

		if (!part->is_text || part_attached(part) || part_nested(mime, part))
			continue;
		text = span_sub(part_shown(f->arena, mime, part), 0, 1 << 18);
		for (size_t w = 0; w < sizeof words / sizeof *words; w++)
			for (size_t at = 0;
				(at = span_ifind(text, span_of(words[w]), at)) < text.len;) {
				at += strlen(words[w]);

				struct span rest = span_trim_left(span_sub(text, at, at + 40));

				if (rest.len > 1 && (*rest.ptr == ':' || *rest.ptr == '=') &&
					span_trim(span_skip(rest, 1)).len > 2)
					return true;
			}
	}
	return false;
}

static void note_dates(const struct file *file)
{
	enum { DATED_MOST = 32 };
	struct findings *f = file->f;

	if (!file->facts.dates || file->inside || f->dated_count >= DATED_MOST)
		return;
	*LIST_ADD(f->arena, f->dated, f->dated_count, f->dated_room) = (struct dated_file){
		file->name, file->facts.dates, part_evidence(f->evidence->mime, file->shown)};
}

static void check_file(struct file *file, struct file_budget *budget, int *password)
{
	check_message(file);
	if (file->part->is_multipart || file->part->is_message)
		return;
	file->found = file_class_of(file->part->detected_type, file->bytes);
	read_bytes(file, budget);
	files_names(file);
	check_dangerous(file);
	if (file->attached || file->names.count > 0)
		check_mismatch(file);
	if (file->facts.facts & FILE_ENCRYPTED && *password < 0)
		*password = gives_password(file->f);
	check_encrypted(file, *password > 0);
	check_macro(file);
	check_remote(file);
	check_pdf(file);
	check_html_file(file);
	files_svg(file);
	files_calendar(file);
	files_qr(file);
	note_dates(file);
}

/* What the files of one message share. */
struct files {
	struct findings *f;
	struct file_budget budget;
	int password, asks_to_scan;
};

static void check_files(struct files *, struct mime *, const struct part *shown, const char *inside,
	unsigned depth);

static void check_part(struct files *all, struct mime *mime, struct part *part,
	const struct part *shown, const char *inside)
{
	struct arena *arena = all->f->arena;
	struct file file = {.f = all->f,
		.mime = mime,
		.part = part,
		.shown = shown,
		.inside = inside,
		.names = part_names(arena, part),
		.name = "an attachment without a name",
		.extension = "",
		.attached = part_attached(part),
		.asks_to_scan = &all->asks_to_scan};

	if (file.names.count > 0) {
		file.name = file.names.name[0].name;
		file.extension = name_extension(arena, file.name);
	}
	if (!part->is_multipart && !part->is_message)
		file.bytes = part_decoded(arena, mime, part);
	check_file(&file, &all->budget, &all->password);
}

/* A message that came encoded is no part of the tree, but a reader opens it all the same. */
static void check_encoded_message(struct files *all, struct mime *mime, struct part *part,
	const struct part *shown, const char *inside, unsigned depth)
{
	struct arena *arena = all->f->arena;
	struct message_options options = {0};

	if (part->is_message || depth >= ENCODED_DEPTH || !part_encloses(arena, mime, part))
		return;

	const struct message *m = message_parse(arena, part_decoded(arena, mime, part), &options);

	check_files(all, mime_parse(arena, m, NULL), shown,
		inside ? arena_printf(arena, "%s.%s", inside, part->path) : part->path, depth + 1);
}

static void check_files(struct files *all, struct mime *mime, const struct part *shown,
	const char *inside, unsigned depth)
{
	for (size_t i = 0; i < mime->count; i++) {
		struct part *part = &mime->part[i];
		const struct part *outer = part_message(mime, part);
		const char *path =
			inside && outer ? arena_printf(all->f->arena, "%s.%s", inside, outer->path)
			: outer         ? outer->path
					: inside;

		check_part(all, mime, part, shown ? shown : part, path);
		check_encoded_message(all, mime, part, shown ? shown : part, path, depth);
	}
}

void findings_attachment(struct findings *f)
{
	struct files all = {.f = f,
		.budget = {BUDGET_BYTES, BUDGET_MEMBERS},
		.password = -1,
		.asks_to_scan = -1};

	if (f->evidence->mime)
		check_files(&all, f->evidence->mime, NULL, NULL, 0);
}
