/* SPDX-License-Identifier: ISC */
/* What the elements of a page load, run, send or move. */
#include "parsers/message/html_walk.h"

#include <stdlib.h>

/* Addresses in sheets: of each length and in number, lest one sheet makes more of them than it has
 * bytes. */
enum { CSS_URL_MAX = 2048, CSS_URLS = 1000 };

size_t html_place(const struct walk *w, const char *ptr)
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

const GumboAttribute *html_attribute(const GumboElement *e, const char *name)
{
	return e->attributes.length ? gumbo_get_attribute(&e->attributes, name) : NULL;
}

const char *html_value(const GumboElement *e, const char *name)
{
	const GumboAttribute *a = html_attribute(e, name);

	return a ? a->value : NULL;
}

static struct html_item *add_attribute(struct walk *w, enum html_kind kind, const GumboAttribute *a)
{
	const GumboStringPiece *original =
		a->original_value.length > 0 ? &a->original_value : &a->original_name;

	return add_item(w, kind, a->value, html_place(w, original->data), original->length);
}

static struct html_item *add_element(
	struct walk *w, enum html_kind kind, const GumboElement *e, const char *value)
{
	return add_item(
		w, kind, value, html_place(w, e->original_tag.data), e->original_tag.length);
}
static int pixels(const char *value)
{
	char *end;
	long n;

	if (!value)
		return -1;
	n = strtol(value, &end, 10);
	return end == value || *end == '%' || n < 0 || n > 100000 ? -1 : (int)n;
}
const char *html_child_text(const GumboElement *e)
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
	for (size_t at = 0, n = 0;
		n++ < CSS_URLS && (at = span_ifind(sheet, SPAN("@import"), at)) < sheet.len; at++) {
		struct span rest = span_trim_left(span_skip(sheet, at + 7));
		size_t end = 0;

		if (span_istarts(rest, "url("))
			rest = span_trim_left(span_skip(rest, 4));
		if (rest.len > 0 && (*rest.ptr == '"' || *rest.ptr == '\''))
			rest = span_skip(rest, 1);
		while (end < rest.len && end < CSS_URL_MAX && !is_space(rest.ptr[end]) &&
			!strchr("\"');", rest.ptr[end]))
			end++;
		add_item(w, HTML_IMPORT, arena_text(w->arena, span_sub(rest, 0, end)), offset, len);
	}
}

static void add_css_urls(struct walk *w, struct span css, size_t offset, size_t len)
{
	for (size_t at = 0;
		w->css_urls < CSS_URLS && (at = span_ifind(css, SPAN("url("), at)) < css.len;
		at++, w->css_urls++) {
		struct span rest = span_trim_left(span_skip(css, at + 4));
		size_t end = 0;

		if (rest.len > 0 && (*rest.ptr == '"' || *rest.ptr == '\''))
			rest = span_skip(rest, 1);
		while (end < rest.len && end < CSS_URL_MAX && !strchr("\"')", rest.ptr[end]))
			end++;
		add_item(w, HTML_BACKGROUND, arena_text(w->arena, span_sub(rest, 0, end)), offset,
			len);
	}
}

static void add_style(struct walk *w, const GumboElement *e)
{
	struct html_item *item = add_element(w, HTML_STYLE, e, html_value(e, "media"));
	const char *text = arena_strdup(w->arena, html_child_text(e));
	size_t offset = item->offset, len = item->len;

	item->body = text;
	add_imports(w, span_of(text), offset, len);
	add_css_urls(w, span_of(text), offset, len);
}

static void add_script(struct walk *w, const GumboElement *e)
{
	const GumboAttribute *src = html_attribute(e, "src");
	struct html_item *item = add_element(w, HTML_SCRIPT, e, html_value(e, "type"));

	item->body = arena_strdup(w->arena, html_child_text(e));
	if (src)
		add_attribute(w, HTML_SCRIPT_SRC, src);
}

static void add_image(
	struct walk *w, const struct frame *f, const GumboElement *e, const struct css_style *style)
{
	const GumboAttribute *src = html_attribute(e, "src");
	struct html_item *item;

	if (!src && !(src = html_attribute(e, "href")) && !(src = html_attribute(e, "srcset")))
		return;
	item = add_attribute(w, HTML_IMAGE, src);
	item->width = pixels(html_value(e, "width"));
	item->height = pixels(html_value(e, "height"));
	if (style->value[CSS_WIDTH].hides)
		item->width = (int)style->value[CSS_WIDTH].number;
	if (style->value[CSS_HEIGHT].hides)
		item->height = (int)style->value[CSS_HEIGHT].number;
	item->hidden = html_hidden(f) & ~(unsigned)HTML_HIDE_FONT;
	item->linked = f->link > 0;
	if (f->link)
		w->html->link[f->link - 1].has_image = true;
	w->last = 0;
}

static void add_meta(struct walk *w, const GumboElement *e)
{
	const char *equiv = html_value(e, "http-equiv");

	if (equiv && span_iis(span_trim(span_of(equiv)), "refresh"))
		add_element(w, HTML_REFRESH, e, html_value(e, "content"));
}

static void add_linked(struct walk *w, const GumboElement *e)
{
	const char *rel = html_value(e, "rel");
	const GumboAttribute *href = html_attribute(e, "href");

	if (rel && href && span_ifind(span_of(rel), SPAN("stylesheet"), 0) < strlen(rel))
		add_attribute(w, HTML_SHEET, href);
}

static void add_source(struct walk *w, enum html_kind kind, const GumboElement *e, const char *name)
{
	const GumboAttribute *a = html_attribute(e, name);
	struct html_item *item = a ? add_attribute(w, kind, a) : add_element(w, kind, e, "");

	item->width = pixels(html_value(e, "width"));
	item->height = pixels(html_value(e, "height"));
}

static void add_base(struct walk *w, const GumboElement *e)
{
	const GumboAttribute *href = html_attribute(e, "href");

	if (!href)
		return;
	add_attribute(w, HTML_BASE, href);
	if (!w->html->base)
		w->html->base = arena_strdup(w->arena, href->value);
}

static void begin_link(struct walk *w, struct frame *f, const GumboElement *e)
{
	const GumboAttribute *href = html_attribute(e, "href");
	size_t count = w->html->link_count;
	struct html_link *link;

	if (!href)
		return;
	link = LIST_ADD(w->arena, w->html->link, w->html->link_count, w->html->link_room);
	*link = (struct html_link){.href = arena_strdup(w->arena, href->value),
		.offset = html_place(w, href->original_value.data),
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

static const char *attribute_text(struct walk *w, const GumboElement *e, const char *name)
{
	const GumboAttribute *a = html_attribute(e, name);

	return a ? arena_strdup(w->arena, a->value) : NULL;
}

static void begin_form(struct walk *w, struct frame *f, const GumboElement *e)
{
	const GumboAttribute *action = html_attribute(e, "action");

	if (action)
		add_attribute(w, HTML_FORM, action);
	else
		add_element(w, HTML_FORM, e, "");
	w->html->item[w->html->item_count - 1].body = attribute_text(w, e, "method");
	f->form = w->html->item_count;
}

static void add_input(
	struct walk *w, const struct frame *f, const GumboElement *e, const char *type)
{
	struct html_item *item = add_element(w, HTML_INPUT, e, type && *type ? type : "text");

	item->body = attribute_text(w, e, "name");
	item->form = f->form ? f->form - 1 : SIZE_MAX;
	item->hidden = html_hidden(f);
}

static void begin_table(struct walk *w, struct frame *f, const GumboElement *e)
{
	struct table *table = LIST_ADD(w->arena, w->table, w->table_count, w->table_room);

	table->offset = html_place(w, e->original_tag.data);
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

void html_element_items(
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
		w->html->item[w->html->item_count - 1].body = attribute_text(w, e, "srcdoc");
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
		if (html_attribute(e, "src"))
			add_source(w, HTML_MEDIA, e, "src");
		break;
	case GUMBO_TAG_FORM:
		begin_form(w, f, e);
		break;
	case GUMBO_TAG_INPUT:
		add_input(w, f, e, html_value(e, "type"));
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
			html_attribute(e, "bgcolor") || style->value[CSS_BACKGROUND].weight);
		break;
	case GUMBO_TAG_FOREIGNOBJECT:
		add_element(w, HTML_FOREIGN_OBJECT, e, "");
		break;
	default:
		break;
	}
}

void html_element_attributes(struct walk *w, const GumboElement *e)
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
			add_css_urls(w, span_of(a->value), html_place(w, a->original_value.data),
				a->original_value.length);
	}
}
