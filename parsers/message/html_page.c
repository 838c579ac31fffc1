/* SPDX-License-Identifier: ISC */
#include "parsers/message/html_page.h"

bool html_blank(struct span raw)
{
	for (size_t i = 0; i < raw.len; i++)
		if (!is_space(raw.ptr[i]) && raw.ptr[i] != '\f')
			return false;
	return true;
}

GumboNode *page_current(const struct page *s)
{
	return s->depth > 0 ? s->open[s->depth - 1] : s->document;
}

GumboTag page_tag(const struct page *s, size_t i)
{
	return s->open[i]->v.element.tag;
}

GumboTag page_current_tag(const struct page *s)
{
	return s->depth > 0 ? page_tag(s, s->depth - 1) : GUMBO_TAG_LAST;
}

bool page_give_up(struct page *s)
{
	s->odd = true;
	return true;
}

/* --- nodes --- */

static void append(struct page *s, GumboNode *parent, GumboNode *child)
{
	GumboVector *list = parent->type == GUMBO_NODE_DOCUMENT ? &parent->v.document.children
								: &parent->v.element.children;
	size_t room = list->capacity;

	list->data = arena_grow(s->arena, list->data, list->length, &room, sizeof *list->data);
	list->capacity = (unsigned)room;
	child->parent = parent;
	child->index_within_parent = list->length;
	list->data[list->length++] = child;
}

void page_flush(struct page *s)
{
	GumboNode *node;

	if (s->text.len == 0)
		return;
	node = ARENA_NEW(s->arena, GumboNode);
	node->type = s->text_white ? GUMBO_NODE_WHITESPACE : GUMBO_NODE_TEXT;
	node->v.text.text = arena_text(s->arena, buffer_view(&s->text));
	node->v.text.original_text.data = (const char *)s->text_begin;
	append(s, page_current(s), node);
	buffer_clear(&s->text);
}

void page_text(struct page *s, struct span raw, bool references)
{
	size_t before = s->text.len;

	if (before == 0) {
		/* of a CRLF the parser's place is the LF */
		s->text_begin = span_starts(raw, "\r\n") ? raw.ptr + 1 : raw.ptr;
		s->text_white = true;
	}
	if (!html_lex_text(&s->text, raw, references))
		s->odd = true;
	for (size_t i = before; i < s->text.len && s->text_white; i++)
		s->text_white = is_space(s->text.ptr[i]) || s->text.ptr[i] == '\f';
}

bool page_comment(struct page *s, GumboNode *parent, struct span raw)
{
	GumboNode *node = ARENA_NEW(s->arena, GumboNode);

	page_flush(s);
	node->type = GUMBO_NODE_COMMENT;
	node->v.text.original_text.data = (const char *)raw.ptr;
	append(s, parent, node);
	return true;
}

void page_push(struct page *s, GumboTag tag, const struct html_token *token)
{
	GumboNode *node = ARENA_NEW(s->arena, GumboNode);

	page_flush(s);
	node->type = GUMBO_NODE_ELEMENT;
	node->v.element.tag = tag;
	if (token) {
		node->v.element.attributes = token->attributes;
		node->v.element.original_tag.data = (const char *)token->raw.ptr;
		node->v.element.original_tag.length = token->raw.len;
	}
	append(s, page_current(s), node);
	if (s->depth == LIMIT_HTML_OPEN) {
		s->odd = true;
		return;
	}
	s->open[s->depth++] = node;
	s->paragraphs += tag == GUMBO_TAG_P;
}

void page_pop(struct page *s)
{
	page_flush(s);
	s->paragraphs -= page_current_tag(s) == GUMBO_TAG_P;
	s->depth--;
}

bool page_void(struct page *s, const struct html_token *t)
{
	page_push(s, t->tag, t);
	page_pop(s);
	return true;
}

/* --- the stack of open elements --- */

/* Pops what lies above index I; formatting that would last beyond it is no plain case. */
static void pop_above(struct page *s, size_t i)
{
	while (s->depth > i + 1) {
		s->odd = s->odd || html_start_of(page_current_tag(s)) == HTML_START_FORMAT;
		page_pop(s);
	}
}

void page_pop_through(struct page *s, size_t i)
{
	pop_above(s, i);
	page_pop(s);
}

bool page_find(const struct page *s, GumboTag tag, unsigned barrier, size_t *ret)
{
	for (size_t i = s->depth; i-- > 0;) {
		if (page_tag(s, i) == tag) {
			*ret = i;
			return true;
		}
		if (html_flags_of(page_tag(s, i)) & barrier)
			return false;
	}
	return false;
}
