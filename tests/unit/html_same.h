/* SPDX-License-Identifier: ISC */
/* Whether two readers of HTML made the same tree of a text, in all that the tree is read for. */
#ifndef TESTS_UNIT_HTML_SAME_H
#define TESTS_UNIT_HTML_SAME_H

#include <gumbo.h>
#include <stdbool.h>
#include <string.h>

static inline bool same_attributes(const GumboVector *a, const GumboVector *b)
{
	if (a->length != b->length)
		return false;
	for (unsigned i = 0; i < a->length; i++) {
		const GumboAttribute *x = a->data[i], *y = b->data[i];

		if (strcmp(x->name, y->name) != 0 || strcmp(x->value, y->value) != 0 ||
			x->original_value.data != y->original_value.data ||
			x->original_value.length != y->original_value.length ||
			x->original_name.data != y->original_name.data ||
			x->original_name.length != y->original_name.length)
			return false;
	}
	return true;
}

static inline const GumboVector *html_children(const GumboNode *node)
{
	if (node->type == GUMBO_NODE_DOCUMENT)
		return &node->v.document.children;
	return node->type == GUMBO_NODE_ELEMENT ? &node->v.element.children : &kGumboEmptyVector;
}

/* Two nodes without their children. */
static inline bool same_node(const GumboNode *a, const GumboNode *b)
{
	const GumboElement *x = &a->v.element, *y = &b->v.element;

	if (a->type != b->type || html_children(a)->length != html_children(b)->length)
		return false;
	if (a->parent && a->index_within_parent != b->index_within_parent)
		return false;
	switch (a->type) {
	case GUMBO_NODE_DOCUMENT:
		return true;
	case GUMBO_NODE_ELEMENT:
		return x->tag == y->tag && same_attributes(&x->attributes, &y->attributes) &&
		       x->original_tag.data == y->original_tag.data &&
		       x->original_tag.length == y->original_tag.length;
	case GUMBO_NODE_COMMENT:
		return a->v.text.original_text.data == b->v.text.original_text.data;
	default:
		return strcmp(a->v.text.text, b->v.text.text) == 0 &&
		       a->v.text.original_text.data == b->v.text.original_text.data;
	}
}

static inline const GumboNode *next_node(const GumboNode *node)
{
	if (html_children(node)->length > 0)
		return html_children(node)->data[0];
	while (node->parent && node->index_within_parent + 1 == html_children(node->parent)->length)
		node = node->parent;
	return node->parent ? html_children(node->parent)->data[node->index_within_parent + 1]
			    : NULL;
}

static inline size_t html_sheets(const GumboNode *node)
{
	size_t count = 0;

	for (; node; node = next_node(node))
		count += node->type == GUMBO_NODE_ELEMENT && node->v.element.tag == GUMBO_TAG_STYLE;
	return count;
}

/* The first node of A, in the order of the text, that B has otherwise; NULL where there is none. */
static inline const GumboNode *html_difference(const GumboNode *a, const GumboNode *b)
{
	for (; a && b; a = next_node(a), b = next_node(b))
		if (!same_node(a, b))
			return a;
	return a;
}

#endif
