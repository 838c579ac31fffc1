/* SPDX-License-Identifier: ISC */
/*
 * Selectors (https://www.w3.org/TR/selectors-3/):
 *
 *	selector    = compound *( combinator compound )
 *	combinator  = ">" | "+" | "~" | white space
 *	compound    = [ tag | "*" ] *( "#" id | "." class | "[" attribute "]" | ":" pseudo )
 *
 * A rule is kept under the id, class or tag of its last compound, the element that it is about, and
 *read from there to the left.
 */
#include "parsers/message/css.h"

enum { BUCKETS = 1024, TESTS = 4 };
enum { WEIGHT_ID = 1 << 16, WEIGHT_CLASS = 1 << 8 };

/* An attribute, a place among siblings, or what must not be. */
struct test {
	enum { TEST_ATTRIBUTE, TEST_PLACE, TEST_NOT } kind;
	struct span name, value; /* of an attribute; of :not() the inner compound's text */
	uint8_t operator;        /* 0: it is there; '=', '~', '|', '^', '$', '*' */
	unsigned step, offset;   /* of a place: step * n + offset */
};

struct compound {
	struct span tag, id, classes[4];
	unsigned class_count, test_count, weight;
	struct test test[TESTS];
	uint8_t combinator; /* to the compound at its left; 0: there is none */
};

struct css_entry {
	struct compound *compound; /* the last one first */
	size_t count;
	struct span body;
	unsigned weight;
	uint32_t next; /* 1 + index of the next in the same bucket */
	struct css_style *style; /* what the body declares, once it was read */
};

struct css {
	struct arena *arena;
	const char *(*attribute)(const void *node, const char *name);
	struct css_entry *entry;
	size_t count, room;
	uint32_t bucket[BUCKETS]; /* 1 + index; by the id, else the first class, else the tag */
	uint64_t tags; /* that rules are kept under, by their bits: few pages style them all */
	size_t work;
	bool uncertain, looks_round;
};

struct css *css_new(
	struct arena *arena, const char *(*attribute)(const void *node, const char *name))
{
	struct css *css = ARENA_NEW(arena, struct css);

	css->arena = arena;
	css->attribute = attribute;
	return css;
}

bool css_uncertain(const struct css *css)
{
	return css->uncertain;
}

bool css_looks_round(const struct css *css)
{
	return css->looks_round;
}

static uint32_t hash(char kind, struct span s)
{
	uint32_t h = 2166136261u ^ (uint8_t)kind;

	for (size_t i = 0; i < s.len; i++)
		h = (h ^ ascii_lower(s.ptr[i])) * 16777619u;
	return h % BUCKETS;
}

/* One of 64 bits, the same in any case. */
static uint64_t tag_bit(struct span tag)
{
	unsigned first = tag.len > 0 ? tag.ptr[0] & 31 : 0, second = tag.len > 1 ? tag.ptr[1] & 31 : 0;

	return UINT64_C(1) << ((first + 5 * second + tag.len) & 63);
}

/* --- reading selectors --- */

static bool name_char(uint8_t c)
{
	return is_alnum(c) || c == '-' || c == '_' || c >= 0x80;
}

static struct span take_name(struct span *s)
{
	size_t n = 0;

	while (n < s->len && name_char(s->ptr[n]))
		n++;

	struct span name = span_sub(*s, 0, n);

	*s = span_skip(*s, n);
	return name;
}

static struct span unquoted(struct span s)
{
	s = span_trim(s);
	if (s.len >= 2 && (*s.ptr == '"' || *s.ptr == '\'') && s.ptr[s.len - 1] == *s.ptr)
		return span_sub(s, 1, s.len - 1);
	return s;
}

/* "[name]", "[name=value]", "[name^=value]": behind the "[". */
static bool read_attribute(struct span *s, struct test *ret)
{
	size_t end = span_chr(*s, ']');
	struct span text = span_trim(span_sub(*s, 0, end));

	if (end == s->len)
		return false;
	*s = span_skip(*s, end + 1);
	*ret = (struct test){.kind = TEST_ATTRIBUTE, .name = take_name(&text)};
	text = span_trim_left(text);
	if (text.len > 0 && strchr("~|^$*", *text.ptr) && text.len > 1 && text.ptr[1] == '=') {
		ret->operator= * text.ptr;
		text = span_skip(text, 2);
	} else if (text.len > 0 && *text.ptr == '=') {
		ret->operator= '=';
		text = span_skip(text, 1);
	}
	ret->value = unquoted(text);
	return ret->name.len > 0 && (ret->operator|| text.len == 0);
}

/* an+b, odd, even, or a number (Selectors 3, 6.6.5.2). */
static bool read_place(struct span s, struct test *ret)
{
	size_t n;
	uint64_t number;

	s = span_trim(s);
	*ret = (struct test){.kind = TEST_PLACE, .step = 2, .offset = span_iis(s, "odd")};
	if (span_iis(s, "odd") || span_iis(s, "even"))
		return true;
	ret->step = 0;
	n = span_chr(s, 'n');
	if (n < s.len) {
		struct span step = span_trim(span_sub(s, 0, n));

		if (!span_number(step, 1000000, &number))
			number = step.len == 0;
		ret->step = (unsigned)number;
		s = span_trim(span_skip(s, n + 1));
		s = span_trim(span_skip(s, s.len > 0 && *s.ptr == '+'));
		if (s.len == 0)
			return ret->step > 0;
	}
	if (!span_number(s, 1000000, &number))
		return false;
	ret->offset = (unsigned)number;
	return true;
}

/* Behind the ":". What a state or a part of an element would have to be is not known here: false.
 */
static bool read_pseudo(struct span *s, struct compound *c)
{
	struct span name = take_name(s), argument = SPAN_NONE;
	struct test test;

	if (s->len > 0 && *s->ptr == '(') {
		size_t end = span_chr(*s, ')');

		argument = span_trim(span_sub(*s, 1, end));
		*s = span_skip(*s, end + 1);
	}
	if (span_iis(name, "link") || span_iis(name, "any-link") || span_iis(name, "root"))
		return true;
	if (c->test_count == TESTS)
		return false;
	if (span_iis(name, "first-child"))
		test = (struct test){.kind = TEST_PLACE, .offset = 1};
	else if (span_iis(name, "nth-child") && !read_place(argument, &test))
		return false;
	else if (span_iis(name, "not") && argument.len > 0 &&
		 span_chr(argument, ':') == argument.len)
		test = (struct test){.kind = TEST_NOT, .value = argument};
	else if (!span_iis(name, "nth-child"))
		return false;
	c->test[c->test_count++] = test;
	return true;
}

/* False where the compound has anything that is not told here. */
static bool read_compound(struct span *s, struct compound *ret)
{
	const uint8_t *start = s->ptr;

	*ret = (struct compound){0};
	if (s->len > 0 && *s->ptr == '*')
		*s = span_skip(*s, 1);
	else
		ret->tag = take_name(s);
	ret->weight = ret->tag.len > 0;
	while (s->len > 0 && strchr("#.[:", *s->ptr)) {
		uint8_t kind = *s->ptr;
		struct span name;

		*s = span_skip(*s, 1);
		ret->weight += kind == '#' ? WEIGHT_ID : WEIGHT_CLASS;
		if (kind == ':') {
			if (!read_pseudo(s, ret))
				return false;
			continue;
		}
		if (kind == '[') {
			if (ret->test_count == TESTS ||
				!read_attribute(s, &ret->test[ret->test_count++]))
				return false;
			continue;
		}
		name = take_name(s);
		if (name.len == 0 || (kind == '.' && ret->class_count == 4))
			return false;
		if (kind == '#')
			ret->id = name;
		else
			ret->classes[ret->class_count++] = name;
	}
	return s->ptr > start;
}

/* White space, or one of > + ~ with white space round it; 0 at the end, '!' where something else
 * stands. */
static uint8_t read_combinator(struct span *s)
{
	size_t before = s->len;
	uint8_t c;

	*s = span_trim_left(*s);
	if (s->len == 0)
		return 0;
	c = *s->ptr;
	if (c != '>' && c != '+' && c != '~')
		return s->len < before ? ' ' : '!';
	*s = span_trim_left(span_skip(*s, 1));
	return c;
}

static bool read_selector(struct arena *arena, struct span s, struct css_entry *ret)
{
	struct compound list[CSS_COMPOUNDS];
	uint8_t combinator = 0;
	size_t count = 0;

	s = span_trim(s);
	do {
		if (count == CSS_COMPOUNDS || !read_compound(&s, &list[count]))
			return false;
		list[count].combinator = combinator;
		ret->weight += list[count++].weight;
		combinator = read_combinator(&s);
	} while (combinator && combinator != '!');
	if (combinator)
		return false;
	ret->compound = ARENA_ARRAY(arena, struct compound, count);
	ret->count = count;
	for (size_t i = 0; i < count; i++)
		ret->compound[i] = list[count - 1 - i];
	return true;
}

static uint32_t key(struct css *css, const struct compound *c)
{
	if (c->id.len > 0)
		return hash('#', c->id);
	if (c->class_count > 0)
		return hash('.', c->classes[0]);
	css->tags |= tag_bit(c->tag);
	return hash('t', c->tag);
}

static void add(struct css *css, struct span selector, struct span body, bool paints)
{
	struct css_entry entry = {.body = body};

	if (css->count >= CSS_RULES || !read_selector(css->arena, selector, &entry)) {
		css->uncertain = css->uncertain || paints;
		return;
	}

	uint32_t *bucket = &css->bucket[key(css, &entry.compound[0])];

	css->looks_round = css->looks_round || entry.count > 1 || entry.compound[0].test_count > 0;
	entry.weight += 1;
	entry.next = *bucket;
	*LIST_ADD(css->arena, css->entry, css->count, css->room) = entry;
	*bucket = (uint32_t)css->count;
}

static bool has_word(struct span s, const char *word)
{
	return span_ifind(s, span_of(word), 0) < s.len;
}

/* The comma that ends a selector, not one inside brackets. */
static size_t selector_end(struct span s)
{
	int depth = 0;

	for (size_t i = 0; i < s.len; i++) {
		depth += s.ptr[i] == '(' || s.ptr[i] == '['   ? 1
			 : s.ptr[i] == ')' || s.ptr[i] == ']' ? -1
							      : 0;
		if (s.ptr[i] == ',' && depth <= 0)
			return i;
	}
	return s.len;
}

void css_sheet(struct css *css, struct span text)
{
	struct css_walk walk = {.rest = css_clean(css->arena, text)};
	struct css_rule rule;

	while (css_next(&walk, &rule)) {
		struct span list = rule.selector;
		bool paints = has_word(rule.body, "background") || has_word(rule.body, "color");

		while (!rule.media && list.len > 0) {
			size_t comma = selector_end(list);

			add(css, span_sub(list, 0, comma), rule.body, paints);
			list = span_skip(list, comma + 1);
		}
	}
}

/* --- matching --- */

/* Whether the class attribute, or another list of words, has this one. */
static bool has_class(struct css *css, struct span list, struct span wanted)
{
	size_t count = 0;

	while (list.len > 0 && count++ < CSS_CLASSES) {
		size_t end = 0;

		while (end < list.len && !is_space(list.ptr[end]))
			end++;
		css->work++;
		if (span_eq(span_sub(list, 0, end), wanted))
			return true;
		list = span_trim_left(span_skip(list, end));
	}
	return false;
}

static bool attribute_matches(struct css *css, const struct css_element *e, const struct test *t)
{
	const char *text =
		css->attribute ? css->attribute(e->node, arena_text(css->arena, t->name)) : NULL;
	struct span value = span_sub(span_of(text), 0, 4096);

	if (!text || !t->operator)
		return text != NULL;
	css->work += value.len / 16;
	switch (t->operator) {
	case '=':
		return span_eq(value, t->value);
	case '~':
		return has_class(css, value, t->value);
	case '|':
		return span_eq(span_sub(value, 0, span_chr(value, '-')), t->value);
	}
	if (t->value.len == 0 || t->value.len > value.len)
		return false;
	if (t->operator== '^')
		return span_eq(span_sub(value, 0, t->value.len), t->value);
	if (t->operator== '$')
		return span_eq(span_skip(value, value.len - t->value.len), t->value);
	return span_find(value, t->value, 0) < value.len;
}

static bool at_place(const struct css_element *e, const struct test *t)
{
	if (t->step == 0)
		return e->place == t->offset;
	return e->place >= t->offset && (e->place - t->offset) % t->step == 0;
}

static bool simple_matches(struct css *css, const struct css_element *e, const struct compound *c)
{
	css->work++;
	if ((c->tag.len && !span_ieq(c->tag, e->tag)) || (c->id.len && !span_eq(c->id, e->id)))
		return false;
	for (unsigned i = 0; i < c->class_count; i++)
		if (!has_class(css, e->classes, c->classes[i]))
			return false;
	return true;
}

/* :not() of one compound without tests of its own. */
static bool excluded(struct css *css, const struct css_element *e, struct span text)
{
	struct compound inner;

	return read_compound(&text, &inner) && text.len == 0 && simple_matches(css, e, &inner);
}

static bool compound_matches(struct css *css, const struct css_element *e, const struct compound *c)
{
	if (!simple_matches(css, e, c))
		return false;
	for (unsigned i = 0; i < c->test_count; i++) {
		const struct test *t = &c->test[i];
		bool holds = t->kind == TEST_ATTRIBUTE ? attribute_matches(css, e, t)
			     : t->kind == TEST_PLACE   ? at_place(e, t)
						       : !excluded(css, e, t->value);

		if (!holds)
			return false;
	}
	return true;
}

static const struct css_element *next_left(const struct css_element *e, uint8_t combinator)
{
	return combinator == '+' || combinator == '~' ? e->before : e->parent;
}

/* Compound AT holds for E; the ones at its left are looked for. As deep as a selector has
 * compounds. */
static bool left_matches(
	struct css *css, const struct css_entry *rule, size_t at, const struct css_element *e)
{
	uint8_t combinator = rule->compound[at].combinator;
	bool once = combinator == '>' || combinator == '+';

	if (!combinator)
		return true;
	for (e = next_left(e, combinator); e && css->work < CSS_WORK;
		e = next_left(e, combinator)) {
		if (compound_matches(css, e, &rule->compound[at + 1]) &&
			left_matches(css, rule, at + 1, e))
			return true;
		if (once)
			break;
	}
	return false;
}

/* What a rule declares, read when it first matches. */
static const struct css_style *style_of(struct css *css, struct css_entry *rule)
{
	if (!rule->style) {
		rule->style = ARENA_NEW(css->arena, struct css_style);
		css_declarations(rule->style, rule->body, rule->weight);
	}
	return rule->style;
}

static bool match_bucket(
	struct css *css, struct css_style *style, const struct css_element *e, uint32_t bucket)
{
	bool matched = false;

	for (uint32_t at = css->bucket[bucket]; at && css->work < CSS_WORK;
		at = css->entry[at - 1].next) {
		const struct css_entry *rule = &css->entry[at - 1];
		const struct css_style *own;

		if (!compound_matches(css, e, &rule->compound[0]) || !left_matches(css, rule, 0, e))
			continue;
		css->work += rule->body.len / 16;
		/* Buckets run from the last rule to the first: of equal weight, the later one has
		 * been set. */
		own = style_of(css, &css->entry[at - 1]);
		for (size_t i = 0; i < CSS_PROPERTY_COUNT; i++)
			if (own->value[i].weight > style->value[i].weight)
				style->value[i] = own->value[i];
		matched = true;
	}
	return matched;
}

bool css_match(struct css *css, struct css_style *style, const struct css_element *e)
{
	struct span classes = span_trim_left(e->classes);
	bool matched = false;

	if (css->count == 0)
		return false;
	if (css->tags & tag_bit(e->tag))
		matched |= match_bucket(css, style, e, hash('t', e->tag));
	matched |= match_bucket(css, style, e, hash('t', SPAN_NONE));
	for (size_t count = 0; classes.len > 0 && count < CSS_CLASSES; count++) {
		size_t end = 0;

		while (end < classes.len && !is_space(classes.ptr[end]))
			end++;
		matched |= match_bucket(css, style, e, hash('.', span_sub(classes, 0, end)));
		classes = span_trim_left(span_skip(classes, end));
	}
	if (e->id.len > 0)
		matched |= match_bucket(css, style, e, hash('#', e->id));
	return matched;
}
