/* SPDX-License-Identifier: ISC */
/* Attachments that act by what they are: HTML that builds a file, SVG with script, calendars, QR
 * codes drawn as text. */
#include "parsers/base/printable.h"
#include "parsers/findings/attachment.h"

/* --- HTML that assembles a file --- */

static const char *const smuggling_words[] = {"atob(", "Blob(", "createObjectURL",
	"msSaveOrOpenBlob", "msSaveBlob", "fromCharCode", "data:application"};
enum { SMUGGLING_WORDS = sizeof smuggling_words / sizeof *smuggling_words };

static unsigned smuggling_bits(struct span s)
{
	unsigned bits = 0;

	for (size_t i = 0; i < SMUGGLING_WORDS; i++)
		if (span_ifind(s, span_of(smuggling_words[i]), 0) < s.len)
			bits |= 1u << i;
	if (span_ifind(s, SPAN(".download"), 0) < s.len ||
		span_ifind(s, SPAN("download="), 0) < s.len)
		bits |= 1u << SMUGGLING_WORDS;
	return bits;
}

static unsigned count_bits(unsigned bits)
{
	unsigned count = 0;

	for (; bits; bits &= bits - 1)
		count++;
	return count;
}

/* Only what would run counts: a page that writes about these calls has them in its text. */
void files_smuggling(const struct file *file)
{
	const struct html *html = part_is_html(file->part)
					  ? part_html(file->f->arena, file->mime, file->part)
					  : html_parse(file->f->arena, file->bytes);
	unsigned bits = 0;
	const char *words = "";

	for (size_t i = 0; i < html->item_count; i++)
		if (html->item[i].kind == HTML_SCRIPT || html->item[i].kind == HTML_HANDLER)
			bits |= smuggling_bits(span_of(html->item[i].body));
	for (size_t i = 0; i < html->link_count; i++)
		if (span_istarts(span_trim(span_of(html->link[i].href)), "data:application"))
			bits |= 1u << (SMUGGLING_WORDS - 1);
	if (bits && span_ifind(file->bytes, SPAN(" download="), 0) < file->bytes.len)
		bits |= 1u << SMUGGLING_WORDS;
	if (count_bits(bits) < 2)
		return;
	for (size_t i = 0; i <= SMUGGLING_WORDS; i++)
		if (bits & 1u << i)
			words = arena_printf(file->f->arena, "%s%s%s", words, *words ? ", " : "",
				i < SMUGGLING_WORDS ? smuggling_words[i] : "download");
	file_raise(file, FINDING_ATT_SMUGGLING, SEVERITY_NONE, "%s uses %s",
		file->attached ? file->name : "the text", words);
}

/* --- SVG --- */

enum { TAG_MAX = 1000 };

/* A tag of NAME in which one of the words stands. */
static bool tag_with(struct span s, const char *name, const char *const *words)
{
	for (size_t at = 0; (at = span_ifind(s, span_of(name), at)) < s.len;) {
		struct span tag = span_sub(s, at, at + TAG_MAX);

		tag = span_sub(tag, 0, span_chr(tag, '>'));
		if (text_has(tag, words, NULL))
			return true;
		at += tag.len;
	}
	return false;
}

/* What acts without being a script or link of its own. */
static const char *svg_moves(struct span s)
{
	static const char *const href[] = {"attributename=\"href", "attributename='href",
		"attributename=\"xlink:href", "attributename='xlink:href", "javascript:", NULL};
	static const char *const elsewhere[] = {
		"data:image/svg", "data:text/", "http://", "https://", NULL};

	if (tag_with(s, "<animate", href) || tag_with(s, "<set", href))
		return "an animation that sets a link";
	return tag_with(s, "<use", elsewhere) ? "content from elsewhere" : NULL;
}

static const char *svg_danger(const struct html *svg)
{
	for (size_t i = 0; i < svg->item_count; i++)
		switch (svg->item[i].kind) {
		case HTML_SCRIPT:
		case HTML_SCRIPT_SRC:
			return "a script";
		case HTML_HANDLER:
			return "an event handler";
		case HTML_FOREIGN_OBJECT:
			return "foreign content";
		case HTML_FRAME:
		case HTML_OBJECT:
			return "an embedded page";
		default:
			break;
		}
	for (size_t i = 0; i < svg->link_count; i++) {
		struct span href = span_trim(span_of(svg->link[i].href));

		if (span_istarts(href, "javascript:") || span_istarts(href, "http") ||
			span_istarts(href, "data:"))
			return "a link";
	}
	return NULL;
}

void files_svg(const struct file *file)
{
	bool svg = strncmp(file->part->type, "image/svg", 9) == 0 ||
		   strcmp(file->extension, "svg") == 0 ||
		   (file->found == CLASS_SVG && !part_is_html(file->part));
	const char *why = svg ? svg_danger(html_parse(file->f->arena, file->bytes)) : NULL;

	if (svg && !why)
		why = svg_moves(file->bytes);
	if (why)
		file_raise(file, FINDING_ATT_SVG, SEVERITY_NONE, "%s holds %s", file->name, why);
}

/* --- calendars (RFC 5545) --- */

/* The value of the first line of this name, parameters passed over; folds undone in place of a
 * copy: values here are short. */
static struct span calendar_value(struct span text, const char *name)
{
	size_t len;

	while (text.len > 0) {
		struct span line = span_line(&text, &len), next = text;
		size_t colon = 0;
		bool quoted = false;

		line.len = len;
		if (!span_istarts(line, name) || line.len == strlen(name) ||
			(line.ptr[strlen(name)] != ':' && line.ptr[strlen(name)] != ';'))
			continue;
		while (next.len > 0 && is_wsp(*next.ptr)) { /* folded: take the lines as one */
			struct span more = span_line(&next, &len);

			line = span_make(line.ptr, (size_t)(more.ptr + len - line.ptr));
		}
		while (colon < line.len && (quoted || line.ptr[colon] != ':')) {
			quoted = quoted != (line.ptr[colon] == '"');
			colon++;
		}
		return span_skip(line, colon + 1);
	}
	return SPAN_NONE;
}

/* Without the line ends and blanks of folds. */
static struct span unfold(struct arena *arena, struct span s)
{
	uint8_t *out = arena_bytes(arena, s.len + 1);
	size_t len = 0;

	for (size_t i = 0; i < s.len; i++)
		if (s.ptr[i] == '\n' && i + 1 < s.len && is_wsp(s.ptr[i + 1]))
			i++;
		else if (s.ptr[i] != '\r' && s.ptr[i] != '\n')
			out[len++] = s.ptr[i];
	return span_trim(span_make(out, len));
}

void files_calendar(const struct file *file)
{
	const struct evidence *e = file->f->evidence;
	struct span text, organizer;
	const char *domain;

	if (strcmp(file->part->type, "text/calendar") != 0 && strcmp(file->extension, "ics") != 0)
		return;
	text = file->bytes;
	if (!span_iis(span_trim(calendar_value(text, "METHOD")), "REQUEST"))
		return;
	organizer = unfold(file->f->arena, span_sub(calendar_value(text, "ORGANIZER"), 0, 1000));
	if (!span_istarts(organizer, "mailto:"))
		return;
	domain = address_domain(file->f->arena, span_skip(organizer, 7));
	if (!domain || !e->author_domain || same_org(e, domain, e->author_domain))
		return;
	file_raise(file, FINDING_ATT_ICS,
		author_passes(e) && !is_freemail(e->author_domain) ? SEVERITY_INFO : SEVERITY_NONE,
		"the organizer is %s, the author is at %s",
		arena_text(file->f->arena, span_sub(organizer, 7, 200)), e->author_domain);
}

/* --- QR codes --- */

enum { QR_LINES = 10, QR_COLUMNS = 21, QR_BLOCKS = 60, QR_GAP = 2, QR_PIXELS_MIN = 60 };

static bool is_block(uint32_t c)
{
	return (c >= 0x2580 && c <= 0x259f) || c == 0x2b1b || c == 0x2b1c || c == 0x25a0 ||
	       c == 0x25a1;
}

struct drawing {
	size_t lines, blocks, gap, width; /* of the run so far */
	size_t line_blocks, columns, start;
	bool found;
	size_t found_at, found_lines, found_width;
};

static void end_line(struct drawing *d, size_t next)
{
	if (d->line_blocks > 0) {
		d->lines += 1 + d->gap;
		d->gap = 0;
		d->blocks += d->line_blocks;
		d->width = d->columns > d->width ? d->columns : d->width;
	} else if (++d->gap > QR_GAP || d->lines == 0) {
		*d = (struct drawing){.start = next,
			.found = d->found,
			.found_at = d->found_at,
			.found_lines = d->found_lines,
			.found_width = d->found_width};
	}
	if (d->lines >= QR_LINES && d->width >= QR_COLUMNS && d->blocks >= QR_BLOCKS) {
		d->found = true;
		d->found_at = d->start;
		d->found_lines = d->lines;
		d->found_width = d->width;
	}
	d->line_blocks = d->columns = 0;
}

/* Lines of block characters next to each other, wide and many enough for the smallest code of 21
 * modules. */
static void draw(struct drawing *d, struct span text)
{
	struct span s = text;

	if (span_chr(text, 0xe2) == text.len) /* in UTF-8 all of them begin so */
		return;
	while (s.len > 0) {
		uint32_t c = *s.ptr;
		size_t len = utf8_decode(s, &c);

		if (c == '\n')
			end_line(d, (size_t)(s.ptr - text.ptr) + 1);
		else {
			d->columns++;
			d->line_blocks += is_block(c);
		}
		s = span_skip(s, len ? len : 1);
	}
	end_line(d, text.len);
}

static void check_grid(const struct file *file)
{
	struct mime *mime = file->mime;
	struct drawing d = {0};
	const struct html *html;

	if (!file->part->is_text || file->inside)
		return;
	if (!part_is_html(file->part)) {
		draw(&d, part_text(file->f->arena, mime, file->part));
		if (d.found)
			finding_show(file->f,
				file_raise(file, FINDING_ATT_QR, SEVERITY_NONE,
					"a drawing of block characters, %zu lines of %zu columns",
					d.found_lines, d.found_width),
				part_text_span(file->f->arena, mime, file->part, d.found_at, 200),
				"begins here");
		return;
	}
	html = part_html(file->f->arena, mime, file->part);
	for (size_t i = 0; i < html->grid_count && i < 4; i++)
		finding_show(file->f,
			file_raise(file, FINDING_ATT_QR, SEVERITY_NONE,
				"a table of %u rows and %u coloured columns", html->grid[i].rows,
				html->grid[i].columns),
			part_text_span(file->f->arena, mime, file->part, html->grid[i].offset, 60),
			"the table");
	draw(&d, html_visible(html));
	if (d.found)
		file_raise(file, FINDING_ATT_QR, SEVERITY_NONE,
			"a drawing of block characters, %zu lines of %zu columns", d.found_lines,
			d.found_width);
}

/* The text asks to scan something. */
static bool asks_to_scan(struct findings *f)
{
	static const char *const words[] = {"qr code", "qr-code", "qrcode", "scan the code",
		"scan this code", "scan to", "scan the image", "scan with your", "scannen sie",
		NULL};
	struct mime *mime = f->evidence->mime;

	for (size_t i = 0; i < mime->count && i < 20; i++) {
		struct part *part = &mime->part[i];

		if (part->is_text && !part_attached(part) && !part_nested(mime, part) &&
			text_has(span_sub(part_shown(f->arena, mime, part), 0, 20000), words, NULL))
			return true;
	}
	return false;
}

void files_qr(const struct file *file)
{
	unsigned width = 0, height = 0, colors = 0;

	check_grid(file);
	if (file->found != CLASS_IMAGE || file->inside ||
		!image_size(file->bytes, &width, &height, &colors))
		return;
	if (width < QR_PIXELS_MIN || width > height + height / 10 || height > width + width / 10)
		return;
	if (*file->asks_to_scan < 0)
		*file->asks_to_scan = asks_to_scan(file->f);
	if (colors == 2 || *file->asks_to_scan)
		file_raise(file, FINDING_ATT_QR, SEVERITY_NONE,
			"the image %s is square, %u by %u%s", file->name, width, height,
			colors == 2 ? ", in two colours" : ", and the text asks to scan");
}
