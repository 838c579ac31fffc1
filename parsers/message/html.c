/* SPDX-License-Identifier: ISC */
#include "parsers/message/html_walk.h"

#include <stdlib.h>

#include "parsers/base/printable.h"
#include "parsers/base/wide.h"
#include "parsers/message/html_heap.h"
#include "parsers/message/html_plain.h"
#include "parsers/message/html_scan.h"

enum { RETRIES = 3 };

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

/* The white space that waited, unless a line or link begins with it. */
static void see_space(struct walk *w, struct buffer *link)
{
	if (w->visible.len > 0 && w->visible.ptr[w->visible.len - 1] != '\n')
		buffer_char(&w->visible, ' ');
	if (link && link->len > 0)
		buffer_char(link, ' ');
	w->space = false;
}

static void write_visible(struct walk *w, const struct frame *f, struct span rune, uint32_t c)
{
	struct buffer *link = f->link ? &w->link_text[f->link - 1] : NULL;

	if (is_blank(c) && !f->preformatted) {
		w->space = true;
		return;
	}
	if (w->space)
		see_space(w, link);
	buffer_span(&w->visible, rune);
	if (link)
		buffer_span(link, rune);
}

/* Words of plain ASCII with one space between them, or the rest of a word: nothing to collapse. */
static void see_words(struct walk *w, const struct frame *f, struct span words)
{
	struct buffer *link = f->link ? &w->link_text[f->link - 1] : NULL;

	if (w->space)
		see_space(w, link);
	buffer_span(&w->visible, words);
	if (link)
		buffer_span(link, words);
	if (w->unseen != SIZE_MAX && is_letter(*words.ptr) && is_letter(w->last))
		add_split(w);
	w->unseen = SIZE_MAX;
	w->last = words.ptr[words.len - 1];
}

/* Plain ASCII that has a face. */
static bool is_graphic(uint8_t c)
{
	return c > ' ' && c < 0x7f;
}

/* How many bytes of such words TEXT begins with. */
static size_t words_length(struct span text)
{
	size_t n = 0;

	if (text.len == 0 || !is_graphic(*text.ptr))
		return 0;
	/* The last bytes but one are looked at a second time rather than one by one. */
	for (size_t last = text.len - WIDE - 1; text.len > WIDE && n < text.len - 1; n += WIDE) {
		n = n < last ? n : last;

		wide v = wide_at(text.ptr + n), next = wide_at(text.ptr + n + 1);
		wide space = wide_and(wide_equal(v, ' '), wide_between(next, '!', '~'));
		wide other = wide_not(wide_or(wide_between(v, '!', '~'), space));

		if (wide_any(other))
			return n + wide_first(other);
	}
	while (n < text.len &&
		(is_graphic(text.ptr[n]) || (text.ptr[n] == ' ' && n + 1 < text.len &&
						    is_graphic(text.ptr[n + 1]))))
		n++;
	return n;
}

static void see_text(struct walk *w, const struct frame *f, struct span text, size_t offset)
{
	struct span rest = text;

	while (rest.len > 0) {
		struct span before = rest;
		size_t words = words_length(rest);
		uint32_t c;

		if (words > 0) {
			see_words(w, f, span_sub(rest, 0, words));
			rest = span_skip(rest, words);
			continue;
		}
		if (*rest.ptr < 0x80 && is_blank(*rest.ptr) && !f->preformatted) {
			w->space = true;
			w->unseen = SIZE_MAX;
			w->last = *rest.ptr;
			rest = span_skip(rest, 1);
			continue;
		}
		c = rune_next(&rest);
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

unsigned html_hidden(const struct frame *f)
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
	size_t offset = t->original_text.data ? html_place(w, t->original_text.data) : SIZE_MAX;
	bool blank = true;
	unsigned hidden = html_hidden(f) & ~(unsigned)HTML_HIDE_MSO;
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

static const bool is_block[GUMBO_TAG_LAST + 1] = {
	[GUMBO_TAG_P] = true,
	[GUMBO_TAG_DIV] = true,
	[GUMBO_TAG_BR] = true,
	[GUMBO_TAG_TR] = true,
	[GUMBO_TAG_TABLE] = true,
	[GUMBO_TAG_LI] = true,
	[GUMBO_TAG_UL] = true,
	[GUMBO_TAG_OL] = true,
	[GUMBO_TAG_H1] = true,
	[GUMBO_TAG_H2] = true,
	[GUMBO_TAG_H3] = true,
	[GUMBO_TAG_H4] = true,
	[GUMBO_TAG_H5] = true,
	[GUMBO_TAG_H6] = true,
	[GUMBO_TAG_HR] = true,
	[GUMBO_TAG_BLOCKQUOTE] = true,
	[GUMBO_TAG_PRE] = true,
	[GUMBO_TAG_CENTER] = true,
	[GUMBO_TAG_FORM] = true,
	[GUMBO_TAG_SECTION] = true,
	[GUMBO_TAG_ARTICLE] = true,
	[GUMBO_TAG_HEADER] = true,
	[GUMBO_TAG_FOOTER] = true,
	[GUMBO_TAG_BODY] = true,
	[GUMBO_TAG_DL] = true,
	[GUMBO_TAG_DT] = true,
	[GUMBO_TAG_DD] = true,
	[GUMBO_TAG_TD] = true,
	[GUMBO_TAG_TH] = true,
	[GUMBO_TAG_FIELDSET] = true,
	[GUMBO_TAG_MAIN] = true,
	[GUMBO_TAG_NAV] = true,
	[GUMBO_TAG_ASIDE] = true,
};

/* Its content is no text of the page. */
static const bool is_silent[GUMBO_TAG_LAST + 1] = {
	[GUMBO_TAG_SCRIPT] = true,
	[GUMBO_TAG_STYLE] = true,
	[GUMBO_TAG_TITLE] = true,
	[GUMBO_TAG_TEMPLATE] = true,
	[GUMBO_TAG_NOFRAMES] = true,
	[GUMBO_TAG_IFRAME] = true,
	[GUMBO_TAG_NOEMBED] = true,
};
static void apply_color(struct frame *f, const GumboElement *e, const struct css_style *style)
{
	const char *bgcolor = html_value(e, "bgcolor");
	const struct css_value *v = style->value;

	if (e->tag == GUMBO_TAG_FONT && html_value(e, "color"))
		f->color = css_color(span_of(html_value(e, "color")));
	if (e->tag == GUMBO_TAG_BODY && html_value(e, "text"))
		f->color = css_color(span_of(html_value(e, "text")));
	if (e->tag == GUMBO_TAG_A && !v[CSS_COLOR].weight)
		f->color = CSS_UNKNOWN; /* the client's own link colour */
	if (v[CSS_COLOR].weight)
		f->color = v[CSS_COLOR].number;
	if (bgcolor || (v[CSS_BACKGROUND].weight && v[CSS_BACKGROUND].number != CSS_TRANSPARENT)) {
		f->background = v[CSS_BACKGROUND].weight ? v[CSS_BACKGROUND].number
							 : css_color(span_of(bgcolor));
		f->painted = true;
	}
	if (html_attribute(e, "background") || v[CSS_BACKGROUND_IMAGE].hides)
		f->image = true;
}

static void apply_style(struct frame *f, const GumboElement *e, const struct css_style *style)
{
	const struct css_value *v = style->value;

	if (v[CSS_DISPLAY].hides || (html_attribute(e, "hidden") && !v[CSS_DISPLAY].weight))
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

/* As selectors see it. Only where one looks at other elements must it stay for those behind and below. */
static const struct css_element *element_of(struct walk *w, struct frame *f, const GumboElement *e)
{
	struct frame *above = w->depth > 1 ? &w->frame[w->depth - 2] : NULL;
	struct css_element *self = css_looks_round(w->css) ? ARENA_NEW(w->arena, struct css_element) : &w->element;

	*self = (struct css_element){.tag = span_of(gumbo_normalized_tagname(e->tag)),
		.id = span_of(html_value(e, "id")),
		.classes = span_of(html_value(e, "class")),
		.node = e};
	if (self == &w->element)
		return self;
	self->parent = f->self;
	self->before = above ? above->last : NULL;
	self->place = self->before ? self->before->place + 1 : 1;
	if (above)
		above->last = self;
	f->self = self;
	f->last = NULL;
	return self;
}

static void begin_element(struct walk *w, struct frame *f, const GumboNode *node)
{
	const GumboElement *e = &node->v.element;
	const char *style_text = html_value(e, "style");
	struct css_style style = {0};

	bool styled = css_match(w->css, &style, element_of(w, f, e));

	if (style_text)
		css_inline(&style, css_clean(w->arena, span_of(style_text)));
	/* Most elements say nothing of their own; a link's colour is not that around it. */
	if (styled || e->attributes.length > 0 || e->tag == GUMBO_TAG_A)
		apply_style(f, e, &style);
	f->block = is_block[e->tag];
	f->preformatted = f->preformatted || e->tag == GUMBO_TAG_PRE;
	if (f->block && !html_hidden(f))
		break_line(w);
	html_element_items(w, f, e, &style);
	if (f->link && f->link == w->html->link_count && e->tag == GUMBO_TAG_A)
		w->html->link[f->link - 1].hidden = html_hidden(f);
	html_element_attributes(w, e);
}

static void end_element(struct walk *w, const struct frame *f)
{
	if (f->block && !html_hidden(f))
		break_line(w);
}

static const GumboVector *children_of(const GumboNode *node)
{
	if (node->type == GUMBO_NODE_DOCUMENT)
		return &node->v.document.children;
	if (node->type == GUMBO_NODE_ELEMENT && !is_silent[node->v.element.tag])
		return &node->v.element.children;
	return &kGumboEmptyVector;
}

static void push(struct walk *w, const GumboNode *node)
{
	static const struct frame page = {.font = 16, .color = 0, .background = 0xffffff};
	struct frame *f = LIST_ADD(w->arena, w->frame, w->depth, w->frame_room);

	*f = w->depth > 1 ? f[-1] : page;
	f->children = children_of(node);
	f->child = 0;
	f->block = false;
	if (node->type == GUMBO_NODE_ELEMENT || node->type == GUMBO_NODE_TEMPLATE)
		begin_element(w, f, node);
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
		note_unseen(w, html_place(w, node->v.text.original_text.data));
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

		if (f->child < f->children->length) {
			visit(w, f->children->data[f->child++]);
		} else {
			end_element(w, f);
			w->depth--;
		}
	}
}

static void read_sheet(struct walk *w, const GumboElement *style)
{
	if (css_media_always(span_of(html_value(style, "media"))))
		css_sheet(w->css, span_of(arena_strdup(w->arena, html_child_text(style))));
}

/* Sheets count wherever they stand, so they are read before the walk: MOST of them, as far as there
 * are so many. */
static void read_sheets(struct walk *w, const GumboNode *root, size_t most)
{
	const GumboNode *node = root;
	size_t child = 0;

	while (node && most > 0) {
		const GumboVector *children = children_of(node);

		if (child < children->length) {
			const GumboNode *next = children->data[child];

			if (next->type == GUMBO_NODE_ELEMENT &&
				next->v.element.tag == GUMBO_TAG_STYLE) {
				read_sheet(w, &next->v.element);
				most--;
			}
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
		struct html_link *link = &html->link[i];

		link->url = url_read(w->arena, span_sub(span_of(link->href), 0, LIMIT_URL));
		link->text = arena_text(w->arena, buffer_view(&w->link_text[i]));
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

static const char *attribute_of(const void *element, const char *name)
{
	return html_value(element, name);
}

static void read_tree(
	struct arena *arena, struct html *html, const GumboNode *document, size_t sheets, struct span text)
{
	struct walk w = {.arena = arena,
		.html = html,
		.css = css_new(arena, attribute_of),
		.start = (const char *)text.ptr,
		.len = text.len,
		.unseen = SIZE_MAX};

	read_sheets(&w, document, sheets);
	walk_tree(&w, document);
	finish(&w);
}

/* False where the page is not written plainly. */
static bool parse_plain(struct arena *arena, struct html *html, struct span text)
{
	struct arena *tree = arena_new();
	size_t sheets;
	const GumboNode *document = html_plain(tree, text, &sheets);

	if (document)
		read_tree(arena, html, document, sheets, text);
	arena_free(tree);
	return document != NULL;
}

/* False where the parser wanted more memory than it may have. */
static bool parse_fully(struct arena *arena, struct html *html, struct heap *heap, struct span text)
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

	read_tree(arena, html, output->document, SIZE_MAX, text);
	heap_release(heap);
	return true;
}

/* As much of a page that is not plain as the parser can bear; that much is returned. */
static struct span parse_usable(
	struct arena *arena, struct html *html, struct span text, size_t usable)
{
	struct span part = span_sub(text, 0, usable);

	for (int i = 0; i < RETRIES; i++) {
		struct heap heap;

		if ((part.len < text.len && parse_plain(arena, html, part)) ||
			parse_fully(arena, html, &heap, part))
			break;
		part = span_sub(part, 0, part.len / 8);
	}
	return part;
}

const struct html *html_parse(struct arena *arena, struct span text)
{
	struct html *html = ARENA_NEW(arena, struct html);
	struct span part = text.ptr ? span_sub(text, 0, LIMIT_HTML) : SPAN("");

	html->visible = "";
	if (!parse_plain(arena, html, part)) {
		struct html_scan scan = html_scan(part);

		html->unclosed_tag = scan.unclosed_tag && part.len == text.len;
		html->unclosed_value = scan.unclosed_value && part.len == text.len;
		html->unclosed_offset = scan.unclosed_offset;
		part = parse_usable(arena, html, part, scan.usable);
	}
	html->read = part.len;
	html->limited = part.len < text.len;
	return html;
}
