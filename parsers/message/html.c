/* SPDX-License-Identifier: ISC */
#include "parsers/message/html.h"

#include <gumbo.h>
#include <limits.h>
#include <setjmp.h>
#include <stdlib.h>

#include "parsers/base/buffer.h"
#include "parsers/base/printable.h"
#include "parsers/message/css.h"
#include "parsers/message/html_scan.h"

/* --- the parser's memory: counted, so that no input makes it grow without limit, and freed without
 * its recursion --- */

#define HEAP_LIMIT ((size_t)256 * 1024 * 1024)
enum { RETRIES = 3 };

struct chunk {
	struct chunk *prev, *next;
	size_t size;
};
/* The header before each block keeps what follows aligned for any type. */
#define CHUNK_HEADER \
	((sizeof(struct chunk) + sizeof(max_align_t) - 1) / sizeof(max_align_t) * \
		sizeof(max_align_t))

struct heap {
	struct chunk head;
	size_t used;
	jmp_buf full;
};

static void *heap_alloc(void *userdata, size_t size)
{
	struct heap *heap = userdata;
	struct chunk *chunk = heap->used + size > HEAP_LIMIT ? NULL : malloc(CHUNK_HEADER + size);

	if (!chunk)
		longjmp(heap->full, 1);
	heap->used += size + CHUNK_HEADER;
	*chunk = (struct chunk){.prev = &heap->head, .next = heap->head.next, .size = size};
	chunk->next->prev = chunk;
	heap->head.next = chunk;
	return (char *)chunk + CHUNK_HEADER;
}

static void heap_drop(struct heap *heap, struct chunk *chunk)
{
	chunk->prev->next = chunk->next;
	chunk->next->prev = chunk->prev;
	heap->used -= chunk->size + CHUNK_HEADER;
	free(chunk);
}

static void heap_free(void *userdata, void *ptr)
{
	if (ptr)
		heap_drop(userdata, (struct chunk *)(void *)((char *)ptr - CHUNK_HEADER));
}

static void heap_init(struct heap *heap)
{
	heap->head = (struct chunk){.prev = &heap->head, .next = &heap->head};
	heap->used = 0;
}

static void heap_release(struct heap *heap)
{
	while (heap->head.next != &heap->head)
		heap_drop(heap, heap->head.next);
}

/* --- the walk --- */

/* What an element hands down to its content. */
struct frame {
	const GumboNode *node;
	size_t child;
	unsigned hide;  /* reasons that no descendant undoes */
	bool invisible; /* visibility:hidden: a descendant may undo it */
	bool mso;
	double font; /* px */
	double color, background;
	bool painted;      /* a background was stated on it or above */
	bool image;        /* a background image lies behind */
	size_t link, form; /* 1 + index, or 0 */
	size_t table;      /* 1 + index in walk.table, or 0 */
	bool preformatted;
	bool block;
};

struct table {
	size_t offset;
	unsigned rows, cells, columns, painted;
};

struct walk {
	struct arena *arena;
	struct html *html;
	struct css *css;
	const char *start; /* of the text that the parser read */
	size_t len;
	struct frame *frame;
	size_t depth, frame_room;
	struct table *table;
	size_t table_count, table_room;
	struct buffer visible;
	struct buffer *link_text; /* one per open link, by frame.link; see begin_link() */
	bool space;               /* white space waits to be written */
	bool line;                /* a block began since the last run */
	/* For words split by what is not seen. */
	uint32_t last; /* the last visible character, 0 behind a block */
	size_t unseen; /* place of what stands unseen behind it, or SIZE_MAX */
};

static size_t place_of(const struct walk *w, const char *ptr)
{
	return ptr >= w->start && ptr <= w->start + w->len ? (size_t)(ptr - w->start) : SIZE_MAX;
}

static struct html_item *add_item(
	struct walk *w, enum html_kind kind, const char *value, size_t offset, size_t len)
{
	struct html_item *item =
		LIST_ADD(w->arena, w->html->item, w->html->item_count, w->html->item_room);

	*item = (struct html_item){.kind = kind,
		.value = arena_strdup(w->arena, value ? value : ""),
		.offset = offset,
		.len = len,
		.width = -1,
		.height = -1,
		.form = SIZE_MAX};
	return item;
}

static const GumboAttribute *attribute(const GumboElement *e, const char *name)
{
	return gumbo_get_attribute(&e->attributes, name);
}

static const char *attribute_value(const GumboElement *e, const char *name)
{
	const GumboAttribute *a = attribute(e, name);

	return a ? a->value : NULL;
}

static struct html_item *add_attribute(struct walk *w, enum html_kind kind, const GumboAttribute *a)
{
	const GumboStringPiece *original =
		a->original_value.length > 0 ? &a->original_value : &a->original_name;

	return add_item(w, kind, a->value, place_of(w, original->data), original->length);
}

static struct html_item *add_element(
	struct walk *w, enum html_kind kind, const GumboElement *e, const char *value)
{
	return add_item(w, kind, value, place_of(w, e->original_tag.data), e->original_tag.length);
}

/* --- text --- */

/* Letters whose words matter for splitting: Latin, Greek, Cyrillic. */
static bool is_letter(uint32_t c)
{
	return (c < 128 && is_alpha((uint8_t)c)) ||
	       (c >= 0xc0 && c <= 0x24f && c != 0xd7 && c != 0xf7) || (c >= 0x370 && c <= 0x52f);
}

static bool is_unseen(uint32_t c)
{
	return (c >= 0x200b && c <= 0x200f) || (c >= 0x202a && c <= 0x202e) ||
	       (c >= 0x2060 && c <= 0x2064) || c == 0xfeff || c == 0x34f || c == 0x180e ||
	       (c >= 0xe0000 && c <= 0xe007f);
}

static bool is_blank(uint32_t c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == 0xa0 ||
	       c == 0x3000;
}

static uint32_t rune_next(struct span *s)
{
	uint32_t rune = *s->ptr;
	size_t len = utf8_decode(*s, &rune);

	*s = span_skip(*s, len ? len : 1);
	return rune;
}

static void add_split(struct walk *w)
{
	*LIST_ADD(w->arena, w->html->split, w->html->split_count, w->html->split_room) = w->unseen;
}

/* Something without a face stands at OFFSET of the text. */
static void note_unseen(struct walk *w, size_t offset)
{
	if (w->unseen == SIZE_MAX && is_letter(w->last))
		w->unseen = offset;
}

static void write_visible(struct walk *w, const struct frame *f, struct span rune, uint32_t c)
{
	struct buffer *link = f->link ? &w->link_text[f->link - 1] : NULL;

	if (is_blank(c) && !f->preformatted) {
		w->space = true;
	} else {
		if (w->space && w->visible.len > 0 && w->visible.ptr[w->visible.len - 1] != '\n')
			buffer_char(&w->visible, ' ');
		if (w->space && link && link->len > 0)
			buffer_char(link, ' ');
		w->space = false;
		buffer_span(&w->visible, rune);
		if (link)
			buffer_span(link, rune);
	}
}

static void see_text(struct walk *w, const struct frame *f, struct span text, size_t offset)
{
	struct span rest = text;

	while (rest.len > 0) {
		struct span before = rest;
		uint32_t c = rune_next(&rest);

		write_visible(w, f, span_sub(before, 0, before.len - rest.len), c);
		if (is_unseen(c)) {
			note_unseen(w, offset + (size_t)(before.ptr - text.ptr));
			continue;
		}
		if (c == 0xad) /* a soft hyphen belongs there */
			continue;
		if (w->unseen != SIZE_MAX && is_letter(c) && is_letter(w->last))
			add_split(w);
		w->unseen = SIZE_MAX;
		w->last = c;
	}
}

static size_t count_characters(struct span text)
{
	size_t count = 0;

	while (text.len > 0) {
		uint32_t c = rune_next(&text);

		count += !is_blank(c) && !is_unseen(c) && c != 0xad && c > ' ' &&
			 !(c >= 0x2000 && c <= 0x206f);
	}
	return count;
}

static unsigned hidden_bits(const struct frame *f)
{
	return f->hide | (f->invisible ? HTML_HIDE_VISIBILITY : 0) |
	       (f->font <= 1.01 ? HTML_HIDE_FONT : 0) | (f->mso ? HTML_HIDE_MSO : 0);
}

/* The colour is that of the ground: equal or so near that nobody tells them apart. */
static bool same_color(const struct walk *w, const struct frame *f)
{
	if (f->color == CSS_TRANSPARENT)
		return true;
	if (f->color < 0 || f->background < 0 || f->image)
		return false;
	/* White on the page's own white counts only where nothing else could have painted the
	 * ground. */
	if (!f->painted && css_uncertain(w->css))
		return false;
	uint32_t a = (uint32_t)f->color, b = (uint32_t)f->background;

	for (int shift = 0; shift <= 16; shift += 8)
		if (abs((int)(a >> shift & 255) - (int)(b >> shift & 255)) > 6)
			return false;
	return true;
}

static void walk_text(struct walk *w, const struct frame *f, const GumboText *t)
{
	struct span text = span_of(t->text);
	size_t offset = t->original_text.data ? place_of(w, t->original_text.data) : SIZE_MAX;
	bool blank = true;
	unsigned hidden = hidden_bits(f) & ~(unsigned)HTML_HIDE_MSO;
	struct html_run *run;

	for (size_t i = 0; i < text.len && blank; i++)
		blank = is_space(text.ptr[i]);
	if (!blank && same_color(w, f))
		hidden |= HTML_HIDE_COLOR;
	if (!hidden)
		see_text(w, f, text, offset);
	else if (!blank) {
		w->html->hidden_chars += count_characters(text);
		note_unseen(w, offset);
	}
	if (blank && !f->preformatted)
		return;
	run = LIST_ADD(w->arena, w->html->run, w->html->run_count, w->html->run_room);
	*run = (struct html_run){.text = arena_copy(w->arena, text),
		.offset = offset,
		.hidden = hidden | (f->mso ? HTML_HIDE_MSO : 0),
		.seen = w->visible.len,
		.block = w->line};
	w->line = false;
}

static void break_line(struct walk *w)
{
	w->line = true;
	w->last = 0;
	w->unseen = SIZE_MAX;
	w->space = false;
	if (w->visible.len > 0 && w->visible.ptr[w->visible.len - 1] != '\n')
		buffer_char(&w->visible, '\n');
}

/* --- elements --- */

static int pixels(const char *value)
{
	char *end;
	long n;

	if (!value)
		return -1;
	n = strtol(value, &end, 10);
	return end == value || *end == '%' || n < 0 || n > 100000 ? -1 : (int)n;
}

static bool is_block(GumboTag tag)
{
	static const GumboTag tags[] = {GUMBO_TAG_P, GUMBO_TAG_DIV, GUMBO_TAG_BR, GUMBO_TAG_TR,
		GUMBO_TAG_TABLE, GUMBO_TAG_LI, GUMBO_TAG_UL, GUMBO_TAG_OL, GUMBO_TAG_H1,
		GUMBO_TAG_H2, GUMBO_TAG_H3, GUMBO_TAG_H4, GUMBO_TAG_H5, GUMBO_TAG_H6, GUMBO_TAG_HR,
		GUMBO_TAG_BLOCKQUOTE, GUMBO_TAG_PRE, GUMBO_TAG_CENTER, GUMBO_TAG_FORM,
		GUMBO_TAG_SECTION, GUMBO_TAG_ARTICLE, GUMBO_TAG_HEADER, GUMBO_TAG_FOOTER,
		GUMBO_TAG_BODY, GUMBO_TAG_DL, GUMBO_TAG_DT, GUMBO_TAG_DD, GUMBO_TAG_TD,
		GUMBO_TAG_TH, GUMBO_TAG_FIELDSET, GUMBO_TAG_MAIN, GUMBO_TAG_NAV, GUMBO_TAG_ASIDE};

	for (size_t i = 0; i < sizeof tags / sizeof *tags; i++)
		if (tags[i] == tag)
			return true;
	return false;
}

/* Its content is no text of the page. */
static bool is_silent(GumboTag tag)
{
	return tag == GUMBO_TAG_SCRIPT || tag == GUMBO_TAG_STYLE || tag == GUMBO_TAG_TITLE ||
	       tag == GUMBO_TAG_TEMPLATE || tag == GUMBO_TAG_NOFRAMES || tag == GUMBO_TAG_IFRAME ||
	       tag == GUMBO_TAG_NOEMBED;
}

static const char *child_text(const GumboElement *e)
{
	for (unsigned i = 0; i < e->children.length; i++) {
		const GumboNode *child = e->children.data[i];

		if (child->type == GUMBO_NODE_TEXT || child->type == GUMBO_NODE_WHITESPACE ||
			child->type == GUMBO_NODE_CDATA)
			return child->v.text.text;
	}
	return "";
}

/* @import in a sheet, as an address or url(). */
static void add_imports(struct walk *w, struct span sheet, size_t offset, size_t len)
{
	for (size_t at = 0; (at = span_ifind(sheet, SPAN("@import"), at)) < sheet.len; at++) {
		struct span rest = span_trim_left(span_skip(sheet, at + 7));
		size_t end = 0;

		if (span_istarts(rest, "url("))
			rest = span_trim_left(span_skip(rest, 4));
		if (rest.len > 0 && (*rest.ptr == '"' || *rest.ptr == '\''))
			rest = span_skip(rest, 1);
		while (end < rest.len && !is_space(rest.ptr[end]) &&
			!strchr("\"');", rest.ptr[end]))
			end++;
		add_item(w, HTML_IMPORT, arena_text(w->arena, span_sub(rest, 0, end)), offset, len);
	}
}

static void add_css_urls(struct walk *w, struct span css, size_t offset, size_t len)
{
	for (size_t at = 0; (at = span_ifind(css, SPAN("url("), at)) < css.len; at++) {
		struct span rest = span_trim_left(span_skip(css, at + 4));
		size_t end = 0;

		if (rest.len > 0 && (*rest.ptr == '"' || *rest.ptr == '\''))
			rest = span_skip(rest, 1);
		while (end < rest.len && !strchr("\"')", rest.ptr[end]))
			end++;
		add_item(w, HTML_BACKGROUND, arena_text(w->arena, span_sub(rest, 0, end)), offset,
			len);
	}
}

static void add_style(struct walk *w, const GumboElement *e)
{
	struct html_item *item = add_element(w, HTML_STYLE, e, attribute_value(e, "media"));
	const char *text = arena_strdup(w->arena, child_text(e));
	size_t offset = item->offset, len = item->len;

	item->body = text;
	add_imports(w, span_of(text), offset, len);
	add_css_urls(w, span_of(text), offset, len);
}

static void add_script(struct walk *w, const GumboElement *e)
{
	const GumboAttribute *src = attribute(e, "src");
	struct html_item *item = add_element(w, HTML_SCRIPT, e, attribute_value(e, "type"));

	item->body = arena_strdup(w->arena, child_text(e));
	if (src)
		add_attribute(w, HTML_SCRIPT_SRC, src);
}

static void add_image(
	struct walk *w, const struct frame *f, const GumboElement *e, const struct css_style *style)
{
	const GumboAttribute *src = attribute(e, "src");
	struct html_item *item;

	if (!src && !(src = attribute(e, "href")) && !(src = attribute(e, "srcset")))
		return;
	item = add_attribute(w, HTML_IMAGE, src);
	item->width = pixels(attribute_value(e, "width"));
	item->height = pixels(attribute_value(e, "height"));
	if (style->value[CSS_WIDTH].hides)
		item->width = (int)style->value[CSS_WIDTH].number;
	if (style->value[CSS_HEIGHT].hides)
		item->height = (int)style->value[CSS_HEIGHT].number;
	item->hidden = hidden_bits(f) & ~(unsigned)HTML_HIDE_FONT;
	item->linked = f->link > 0;
	if (f->link)
		w->html->link[f->link - 1].has_image = true;
	w->last = 0;
}

static void add_meta(struct walk *w, const GumboElement *e)
{
	const char *equiv = attribute_value(e, "http-equiv");

	if (equiv && span_iis(span_trim(span_of(equiv)), "refresh"))
		add_element(w, HTML_REFRESH, e, attribute_value(e, "content"));
}

static void add_linked(struct walk *w, const GumboElement *e)
{
	const char *rel = attribute_value(e, "rel");
	const GumboAttribute *href = attribute(e, "href");

	if (rel && href && span_ifind(span_of(rel), SPAN("stylesheet"), 0) < strlen(rel))
		add_attribute(w, HTML_SHEET, href);
}

static void add_source(struct walk *w, enum html_kind kind, const GumboElement *e, const char *name)
{
	const GumboAttribute *a = attribute(e, name);
	struct html_item *item = a ? add_attribute(w, kind, a) : add_element(w, kind, e, "");

	item->width = pixels(attribute_value(e, "width"));
	item->height = pixels(attribute_value(e, "height"));
}

static void add_base(struct walk *w, const GumboElement *e)
{
	const GumboAttribute *href = attribute(e, "href");

	if (!href)
		return;
	add_attribute(w, HTML_BASE, href);
	if (!w->html->base)
		w->html->base = arena_strdup(w->arena, href->value);
}

static void begin_link(struct walk *w, struct frame *f, const GumboElement *e)
{
	const GumboAttribute *href = attribute(e, "href");
	size_t count = w->html->link_count;
	struct html_link *link;

	if (!href)
		return;
	link = LIST_ADD(w->arena, w->html->link, w->html->link_count, w->html->link_room);
	*link = (struct html_link){.href = arena_strdup(w->arena, href->value),
		.offset = place_of(w, href->original_value.data),
		.len = href->original_value.length};
	if ((count & (count + 1)) == 0) { /* room for twice as many buffers at each power of two */
		struct buffer *grown = realloc(w->link_text, 2 * (count + 1) * sizeof *grown);

		if (!grown)
			abort();
		w->link_text = grown;
	}
	w->link_text[count] = BUFFER_INIT;
	f->link = count + 1;
}

static void begin_form(struct walk *w, struct frame *f, const GumboElement *e)
{
	const GumboAttribute *action = attribute(e, "action");

	if (action)
		add_attribute(w, HTML_FORM, action);
	else
		add_element(w, HTML_FORM, e, "");
	f->form = w->html->item_count;
}

static void add_input(
	struct walk *w, const struct frame *f, const GumboElement *e, const char *type)
{
	struct html_item *item = add_element(w, HTML_INPUT, e, type && *type ? type : "text");

	item->form = f->form ? f->form - 1 : SIZE_MAX;
	item->hidden = hidden_bits(f);
}

static void begin_table(struct walk *w, struct frame *f, const GumboElement *e)
{
	struct table *table = LIST_ADD(w->arena, w->table, w->table_count, w->table_room);

	table->offset = place_of(w, e->original_tag.data);
	f->table = w->table_count;
}

static void count_cell(struct walk *w, const struct frame *f, GumboTag tag, bool painted)
{
	struct table *table = f->table ? &w->table[f->table - 1] : NULL;

	if (!table)
		return;
	if (tag == GUMBO_TAG_TR) {
		table->rows++;
		table->cells = 0;
	} else {
		table->painted += painted;
		if (++table->cells > table->columns)
			table->columns = table->cells;
	}
}

static void element_items(
	struct walk *w, struct frame *f, const GumboElement *e, const struct css_style *style)
{
	switch (e->tag) {
	case GUMBO_TAG_A:
	case GUMBO_TAG_AREA:
		begin_link(w, f, e);
		break;
	case GUMBO_TAG_IMG:
	case GUMBO_TAG_IMAGE:
		add_image(w, f, e, style);
		break;
	case GUMBO_TAG_STYLE:
		add_style(w, e);
		break;
	case GUMBO_TAG_SCRIPT:
		add_script(w, e);
		break;
	case GUMBO_TAG_META:
		add_meta(w, e);
		break;
	case GUMBO_TAG_LINK:
		add_linked(w, e);
		break;
	case GUMBO_TAG_BASE:
		add_base(w, e);
		break;
	case GUMBO_TAG_IFRAME:
	case GUMBO_TAG_FRAME:
		add_source(w, HTML_FRAME, e, "src");
		break;
	case GUMBO_TAG_OBJECT:
		add_source(w, HTML_OBJECT, e, "data");
		break;
	case GUMBO_TAG_EMBED:
	case GUMBO_TAG_APPLET:
		add_source(w, HTML_OBJECT, e, "src");
		break;
	case GUMBO_TAG_AUDIO:
	case GUMBO_TAG_VIDEO:
	case GUMBO_TAG_SOURCE:
		if (attribute(e, "src"))
			add_source(w, HTML_MEDIA, e, "src");
		break;
	case GUMBO_TAG_FORM:
		begin_form(w, f, e);
		break;
	case GUMBO_TAG_INPUT:
		add_input(w, f, e, attribute_value(e, "type"));
		break;
	case GUMBO_TAG_TEXTAREA:
		add_input(w, f, e, "textarea");
		break;
	case GUMBO_TAG_TABLE:
		begin_table(w, f, e);
		break;
	case GUMBO_TAG_TR:
	case GUMBO_TAG_TD:
	case GUMBO_TAG_TH:
		count_cell(w, f, e->tag,
			attribute(e, "bgcolor") || style->value[CSS_BACKGROUND].weight);
		break;
	case GUMBO_TAG_FOREIGNOBJECT:
		add_element(w, HTML_FOREIGN_OBJECT, e, "");
		break;
	default:
		break;
	}
}

/* Handlers, backgrounds and styles, whatever the element. */
static void element_attributes(struct walk *w, const GumboElement *e)
{
	for (unsigned i = 0; i < e->attributes.length; i++) {
		const GumboAttribute *a = e->attributes.data[i];

		if ((a->name[0] | 32) == 'o' && (a->name[1] | 32) == 'n' &&
			is_alpha((uint8_t)a->name[2]) && *a->value) {
			struct html_item *item = add_attribute(w, HTML_HANDLER, a);

			item->body = item->value;
			item->value = arena_strdup(w->arena, a->name);
		} else if (strcmp(a->name, "background") == 0 && *a->value)
			add_attribute(w, HTML_BACKGROUND, a);
		else if (strcmp(a->name, "style") == 0 && *a->value)
			add_css_urls(w, span_of(a->value), place_of(w, a->original_value.data),
				a->original_value.length);
	}
}

static void apply_color(struct frame *f, const GumboElement *e, const struct css_style *style)
{
	const char *bgcolor = attribute_value(e, "bgcolor");
	const struct css_value *v = style->value;

	if (e->tag == GUMBO_TAG_FONT && attribute_value(e, "color"))
		f->color = css_color(span_of(attribute_value(e, "color")));
	if (e->tag == GUMBO_TAG_BODY && attribute_value(e, "text"))
		f->color = css_color(span_of(attribute_value(e, "text")));
	if (e->tag == GUMBO_TAG_A && !v[CSS_COLOR].weight)
		f->color = CSS_UNKNOWN; /* the client's own link colour */
	if (v[CSS_COLOR].weight)
		f->color = v[CSS_COLOR].number;
	if (bgcolor || (v[CSS_BACKGROUND].weight && v[CSS_BACKGROUND].number != CSS_TRANSPARENT)) {
		f->background = v[CSS_BACKGROUND].weight ? v[CSS_BACKGROUND].number
							 : css_color(span_of(bgcolor));
		f->painted = true;
	}
	if (attribute(e, "background") || v[CSS_BACKGROUND_IMAGE].hides)
		f->image = true;
}

static void apply_style(struct frame *f, const GumboElement *e, const struct css_style *style)
{
	const struct css_value *v = style->value;

	if (v[CSS_DISPLAY].hides || (attribute(e, "hidden") && !v[CSS_DISPLAY].weight))
		f->hide |= HTML_HIDE_DISPLAY;
	if (v[CSS_VISIBILITY].weight)
		f->invisible = v[CSS_VISIBILITY].hides;
	if (v[CSS_FONT_SIZE].weight)
		f->font = v[CSS_FONT_SIZE].relative ? f->font * v[CSS_FONT_SIZE].number
						    : v[CSS_FONT_SIZE].number;
	if (v[CSS_OPACITY].hides)
		f->hide |= HTML_HIDE_OPACITY;
	if ((v[CSS_WIDTH].hides || v[CSS_HEIGHT].hides) && v[CSS_OVERFLOW].hides)
		f->hide |= HTML_HIDE_SIZE;
	if (v[CSS_CLIP].hides)
		f->hide |= HTML_HIDE_SIZE;
	if (v[CSS_PLACE].hides)
		f->hide |= HTML_HIDE_PLACE;
	if (v[CSS_MSO_HIDE].weight)
		f->mso = v[CSS_MSO_HIDE].hides;
	apply_color(f, e, style);
}

static void begin_element(struct walk *w, struct frame *f, const GumboNode *node)
{
	const GumboElement *e = &node->v.element;
	const char *style_text = attribute_value(e, "style"), *id = attribute_value(e, "id");
	const char *classes = attribute_value(e, "class");
	struct css_style style = {0};

	css_match(w->css, &style, span_of(gumbo_normalized_tagname(e->tag)), span_of(id),
		span_of(classes));
	if (style_text)
		css_inline(&style, span_of(style_text));
	apply_style(f, e, &style);
	f->block = is_block(e->tag);
	f->preformatted = f->preformatted || e->tag == GUMBO_TAG_PRE;
	if (f->block && !hidden_bits(f))
		break_line(w);
	element_items(w, f, e, &style);
	if (f->link && f->link == w->html->link_count && e->tag == GUMBO_TAG_A)
		w->html->link[f->link - 1].hidden = hidden_bits(f);
	element_attributes(w, e);
}

static void end_element(struct walk *w, const struct frame *f)
{
	if (f->block && !hidden_bits(f))
		break_line(w);
}

static void push(struct walk *w, const GumboNode *node)
{
	struct frame f = {.font = 16, .color = 0, .background = 0xffffff};

	if (w->depth > 0)
		f = w->frame[w->depth - 1];
	f.node = node;
	f.child = 0;
	f.block = false;
	if (node->type == GUMBO_NODE_ELEMENT || node->type == GUMBO_NODE_TEMPLATE)
		begin_element(w, &f, node);
	*LIST_ADD(w->arena, w->frame, w->depth, w->frame_room) = f;
}

static const GumboVector *children_of(const GumboNode *node)
{
	if (node->type == GUMBO_NODE_DOCUMENT)
		return &node->v.document.children;
	if (node->type == GUMBO_NODE_ELEMENT && !is_silent(node->v.element.tag))
		return &node->v.element.children;
	return &kGumboEmptyVector;
}

static void visit(struct walk *w, const GumboNode *node)
{
	const struct frame *f = &w->frame[w->depth - 1];

	switch (node->type) {
	case GUMBO_NODE_TEXT:
	case GUMBO_NODE_CDATA:
	case GUMBO_NODE_WHITESPACE:
		walk_text(w, f, &node->v.text);
		break;
	case GUMBO_NODE_COMMENT:
		note_unseen(w, place_of(w, node->v.text.original_text.data));
		break;
	default:
		push(w, node);
	}
}

static void walk_tree(struct walk *w, const GumboNode *root)
{
	push(w, root);
	while (w->depth > 0) {
		struct frame *f = &w->frame[w->depth - 1];
		const GumboVector *children = children_of(f->node);

		if (f->child < children->length) {
			visit(w, children->data[f->child++]);
		} else {
			end_element(w, f);
			w->depth--;
		}
	}
}

/* Sheets count wherever they stand, so they are read before the walk. */
static void read_sheets(struct walk *w, const GumboNode *root)
{
	const GumboNode *node = root;
	size_t child = 0;

	while (node) {
		const GumboVector *children = children_of(node);

		if (child < children->length) {
			const GumboNode *next = children->data[child];

			if (next->type == GUMBO_NODE_ELEMENT &&
				next->v.element.tag == GUMBO_TAG_STYLE)
				css_sheet(w->css, span_of(arena_strdup(
							  w->arena, child_text(&next->v.element))));
			if (next->type == GUMBO_NODE_ELEMENT && children_of(next)->length > 0) {
				node = next;
				child = 0;
			} else
				child++;
		} else {
			child = node->index_within_parent + 1;
			node = node == root ? NULL : node->parent;
		}
	}
}

static void finish(struct walk *w)
{
	struct html *html = w->html;

	for (size_t i = 0; i < html->link_count; i++) {
		html->link[i].text = arena_text(w->arena, buffer_view(&w->link_text[i]));
		buffer_release(&w->link_text[i]);
	}
	free(w->link_text);
	html->visible = arena_text(w->arena, buffer_view(&w->visible));
	html->visible_len = w->visible.len;
	buffer_release(&w->visible);
	for (size_t i = 0; i < w->table_count; i++) {
		const struct table *t = &w->table[i];

		if (t->rows >= 21 && t->columns >= 21 && t->painted * 8 >= t->rows * t->columns)
			*LIST_ADD(w->arena, html->grid, html->grid_count, html->grid_room) =
				(struct html_grid){t->offset, t->rows, t->columns};
	}
}

/* False where the parser wanted more memory than it may have. */
static bool parse(struct arena *arena, struct html *html, struct heap *heap, struct span text)
{
	GumboOptions options = kGumboDefaultOptions;

	heap_init(heap);
	options.allocator = heap_alloc;
	options.deallocator = heap_free;
	options.userdata = heap;
	options.max_errors = 0;
	if (setjmp(heap->full)) {
		heap_release(heap);
		return false;
	}

	const GumboOutput *output =
		gumbo_parse_with_options(&options, (const char *)text.ptr, text.len);
	struct walk w = {.arena = arena,
		.html = html,
		.css = css_new(arena),
		.start = (const char *)text.ptr,
		.len = text.len,
		.unseen = SIZE_MAX};

	read_sheets(&w, output->document);
	walk_tree(&w, output->document);
	finish(&w);
	heap_release(heap);
	return true;
}

const struct html *html_parse(struct arena *arena, struct span text)
{
	struct html *html = ARENA_NEW(arena, struct html);
	struct span part = span_sub(text, 0, LIMIT_HTML);
	struct html_scan scan = html_scan(part);
	struct heap heap;

	if (!text.ptr)
		part = SPAN("");
	html->visible = "";
	html->unclosed_tag = scan.unclosed_tag && part.len == text.len;
	html->unclosed_value = scan.unclosed_value && part.len == text.len;
	html->unclosed_offset = scan.unclosed_offset;
	part = span_sub(part, 0, scan.usable);
	for (int i = 0; i < RETRIES && !parse(arena, html, &heap, part); i++)
		part = span_sub(part, 0, part.len / 8);
	html->read = part.len;
	html->limited = part.len < text.len;
	return html;
}
