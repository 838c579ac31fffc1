/* SPDX-License-Identifier: ISC */
#include "parsers/message/css.h"

#include <stdlib.h>

enum { SCREEN_LEAST = 200, SCREEN_MOST = 4000 }; /* px */
enum { WEIGHT_IMPORTANT = 1 << 30, WEIGHT_INLINE = 1 << 24 };

/* --- values --- */

static const struct {
	const char *name;
	uint32_t color;
} color_names[] = {
	{"white", 0xffffff},
	{"black", 0},
	{"red", 0xff0000},
	{"green", 0x008000},
	{"blue", 0x0000ff},
	{"yellow", 0xffff00},
	{"gray", 0x808080},
	{"grey", 0x808080},
	{"silver", 0xc0c0c0},
	{"navy", 0x000080},
	{"maroon", 0x800000},
	{"purple", 0x800080},
	{"teal", 0x008080},
	{"orange", 0xffa500},
	{"snow", 0xfffafa},
	{"ivory", 0xfffff0},
	{"whitesmoke", 0xf5f5f5},
	{"lightgrey", 0xd3d3d3},
	{"lightgray", 0xd3d3d3},
	{"ghostwhite", 0xf8f8ff},
	{"lime", 0x00ff00},
	{"aqua", 0x00ffff},
	{"cyan", 0x00ffff},
	{"fuchsia", 0xff00ff},
	{"magenta", 0xff00ff},
	{"olive", 0x808000},
};

static double hex_color(struct span s)
{
	uint32_t value = 0;

	if (s.len != 3 && s.len != 4 && s.len != 6 && s.len != 8)
		return CSS_UNKNOWN;
	for (size_t i = 0; i < s.len; i++) {
		int digit = hex_value(s.ptr[i]);

		if (digit < 0)
			return CSS_UNKNOWN;
		if ((s.len == 4 && i == 3) ||
			(s.len == 8 && i >= 6)) { /* alpha: only nothing at all matters */
			if (digit == 0 && (s.len == 4 || (i == 7 && s.ptr[6] == '0')))
				return CSS_TRANSPARENT;
			continue;
		}
		value = value << 4 | (uint32_t)digit;
		if (s.len <= 4)
			value = value << 4 | (uint32_t)digit;
	}
	return value;
}

/* A number at the start of S: strtod() on a bounded copy. Returns the bytes it took. */
static size_t number(struct span s, double *ret)
{
	char text[32];
	size_t len = 0;

	while (len < s.len && len < sizeof text - 1 &&
		(is_digit(s.ptr[len]) || s.ptr[len] == '.' ||
			(len == 0 && (s.ptr[0] == '-' || s.ptr[0] == '+'))))
		len++;
	memcpy(text, s.ptr, len);
	text[len] = '\0';
	char *end;
	*ret = strtod(text, &end);
	return (size_t)(end - text);
}

/* rgb(r, g, b[, a]) with commas or blanks. */
static double rgb_color(struct span s)
{
	double part[4] = {0, 0, 0, 1};
	size_t count = 0;

	s = span_skip(s, span_chr(s, '(') + 1);
	while (s.len > 0 && count < 4 && *s.ptr != ')') {
		size_t used = number(s, &part[count]);

		if (used == 0) {
			s = span_skip(s, 1);
			continue;
		}
		s = span_skip(s, used);
		if (s.len > 0 && *s.ptr == '%')
			part[count] *= count < 3 ? 2.55 : 0.01;
		count++;
	}
	if (count < 3)
		return CSS_UNKNOWN;
	if (count == 4 && part[3] <= 0.02)
		return CSS_TRANSPARENT;
	for (size_t i = 0; i < 3; i++)
		part[i] = part[i] < 0 ? 0 : part[i] > 255 ? 255 : part[i];
	return (uint32_t)part[0] << 16 | (uint32_t)part[1] << 8 | (uint32_t)part[2];
}

double css_color(struct span s)
{
	s = span_trim(s);
	if (s.len > 0 && *s.ptr == '#')
		return hex_color(span_skip(s, 1));
	if (span_iis(s, "transparent"))
		return CSS_TRANSPARENT;
	if (span_istarts(s, "rgb"))
		return rgb_color(s);
	for (size_t i = 0; i < sizeof color_names / sizeof *color_names; i++)
		if (span_iis(s, color_names[i].name))
			return color_names[i].color;
	if (s.len == 6) /* bgcolor without its # */
		return hex_color(s);
	return CSS_UNKNOWN;
}

/* calc(A - A) is nothing, whatever A is. */
static bool calc_is_zero(struct span s)
{
	size_t minus;

	if (!span_istarts(s, "calc("))
		return false;
	s = span_trim(span_sub(s, 5, span_rchr(s, ')')));
	minus = span_find(s, SPAN(" - "), 0);
	return minus < s.len &&
	       span_ieq(span_trim(span_sub(s, 0, minus)), span_trim(span_skip(s, minus + 3)));
}

/* A length in px, or relative. False where it is none. */
static bool length(struct span s, double *ret, bool *relative)
{
	static const struct {
		const char *unit;
		double factor;
		bool relative;
	} units[] = {
		{"px", 1, false},
		{"pt", 4.0 / 3, false},
		{"em", 1, true},
		{"rem", 16, false},
		{"%", 0.01, true},
		{"in", 96, false},
		{"cm", 37.8, false},
		{"mm", 3.78, false},
		{"pc", 16, false},
		{"ex", 0.5, true},
		{"vw", 6, false},
		{"vh", 6, false},
	};
	size_t used;

	*relative = false;
	if (calc_is_zero(s)) {
		*ret = 0;
		return true;
	}
	used = number(s, ret);
	if (used == 0)
		return false;
	s = span_trim(span_skip(s, used));
	for (size_t i = 0; i < sizeof units / sizeof *units; i++)
		if (span_istarts(s, units[i].unit)) {
			*ret *= units[i].factor;
			*relative = units[i].relative;
			break;
		}
	return true;
}

static bool has_word(struct span s, const char *word)
{
	return span_ifind(s, span_of(word), 0) < s.len;
}

/* --- declarations --- */

static void set(struct css_style *style, enum css_property property, struct css_value value)
{
	if (value.weight >= style->value[property].weight)
		style->value[property] = value;
}

static void set_font(struct css_style *style, struct span value, unsigned weight)
{
	struct css_value v = {.weight = weight};

	if (length(value, &v.number, &v.relative))
		set(style, CSS_FONT_SIZE, v);
	else if (value.len > 0)
		set(style, CSS_FONT_SIZE, (struct css_value){.weight = weight, .number = 13});
}

/* font: [style] size[/height] family: the first length is the size. */
static void set_font_short(struct css_style *style, struct span value, unsigned weight)
{
	for (size_t i = 0; i < value.len; i++)
		if (is_digit(value.ptr[i]) && (i == 0 || is_space(value.ptr[i - 1]))) {
			size_t end = i;

			while (end < value.len && !is_space(value.ptr[end]) &&
				value.ptr[end] != '/')
				end++;
			if (end - i > 1 &&
				!is_digit(value.ptr[end - 1])) /* a weight is a bare number */
				set_font(style, span_sub(value, i, end), weight);
		}
}

static void set_background(struct css_style *style, struct span value, unsigned weight)
{
	struct css_value v = {.weight = weight, .number = CSS_UNKNOWN};

	if (has_word(value, "url(") || has_word(value, "gradient(")) {
		set(style, CSS_BACKGROUND_IMAGE,
			(struct css_value){.weight = weight, .hides = true});
		set(style, CSS_BACKGROUND, v);
		return;
	}
	if (span_istarts(value, "rgb"))
		v.number = css_color(value);
	else {
		struct span word = value;

		while (word.len > 0 && v.number == CSS_UNKNOWN) {
			size_t end = 0;

			while (end < word.len && !is_space(word.ptr[end]))
				end++;
			v.number = css_color(span_sub(word, 0, end));
			word = span_trim_left(span_skip(word, end));
		}
		if (span_iis(value, "none") || span_iis(value, "initial"))
			v.number = CSS_TRANSPARENT;
	}
	set(style, CSS_BACKGROUND, v);
}

static void set_size(
	struct css_style *style, enum css_property property, struct span value, unsigned weight)
{
	struct css_value v = {.weight = weight};

	if (length(value, &v.number, &v.relative))
		v.hides = v.number <= 1 && v.number >= 0 && !v.relative;
	if (v.number == 0 && value.len > 0 && (is_digit(*value.ptr) || calc_is_zero(value)))
		v.hides = true;
	set(style, property, v);
}

static void set_place(struct css_style *style, struct span value, unsigned weight)
{
	struct css_value v = {.weight = weight};

	if (length(value, &v.number, &v.relative) && v.number <= (v.relative ? -9 : -500))
		set(style, CSS_PLACE, (struct css_value){.weight = weight, .hides = true});
}

static void set_clip(struct css_style *style, struct span name, struct span value, unsigned weight)
{
	bool hides = span_istarts(value, "rect(0") || span_istarts(value, "rect(1px") ||
		     span_istarts(value, "inset(100%") || span_istarts(value, "inset(50%") ||
		     has_word(value, "scale(0)");

	if (hides || !span_iis(name, "transform"))
		set(style, CSS_CLIP, (struct css_value){.weight = weight, .hides = hides});
}

/* "alpha(opacity=0)", as old browsers had it in percent, and "opacity(0%)". */
static bool opacity_filter(struct span value, double *ret)
{
	size_t at = span_ifind(value, SPAN("opacity"), 0);
	struct span rest = span_skip(value, at + 7);
	bool relative;

	if (at == value.len || rest.len == 0 || (*rest.ptr != '=' && *rest.ptr != '('))
		return false;
	if (!length(span_skip(rest, 1), ret, &relative))
		return false;
	if (*rest.ptr == '=')
		*ret /= 100;
	return true;
}

static void declare(struct css_style *style, struct span name, struct span value, unsigned weight)
{
	size_t bang = span_rchr(value, '!');
	double n;

	if (bang < value.len && has_word(span_skip(value, bang), "important")) {
		value = span_trim(span_sub(value, 0, bang));
		weight |= WEIGHT_IMPORTANT;
	}
	if (span_iis(name, "display"))
		set(style, CSS_DISPLAY,
			(struct css_value){.weight = weight, .hides = span_iis(value, "none")});
	else if (span_iis(name, "visibility"))
		set(style, CSS_VISIBILITY,
			(struct css_value){.weight = weight,
				.hides = span_iis(value, "hidden") || span_iis(value, "collapse")});
	else if (span_iis(name, "font-size"))
		set_font(style, value, weight);
	else if (span_iis(name, "font"))
		set_font_short(style, value, weight);
	else if (span_iis(name, "opacity"))
		set(style, CSS_OPACITY,
			(struct css_value){
				.weight = weight, .hides = number(value, &n) > 0 && n <= 0.05});
	else if (span_iis(name, "color"))
		set(style, CSS_COLOR,
			(struct css_value){.weight = weight, .number = css_color(value)});
	else if (span_iis(name, "background") || span_iis(name, "background-color"))
		set_background(style, value, weight);
	else if (span_iis(name, "background-image"))
		set(style, CSS_BACKGROUND_IMAGE,
			(struct css_value){.weight = weight, .hides = !span_iis(value, "none")});
	else if (span_iis(name, "width") || span_iis(name, "max-width"))
		set_size(style, CSS_WIDTH, value, weight);
	else if (span_iis(name, "height") || span_iis(name, "max-height"))
		set_size(style, CSS_HEIGHT, value, weight);
	else if (span_iis(name, "overflow") || span_iis(name, "overflow-y") ||
		 span_iis(name, "overflow-x"))
		set(style, CSS_OVERFLOW,
			(struct css_value){.weight = weight,
				.hides = span_istarts(value, "hidden") || span_iis(value, "clip")});
	else if (span_iis(name, "text-indent") || span_iis(name, "left") || span_iis(name, "top") ||
		 span_iis(name, "right") || span_iis(name, "margin-left") ||
		 span_iis(name, "margin-top"))
		set_place(style, value, weight);
	else if (span_iis(name, "clip") || span_iis(name, "clip-path") ||
		 span_iis(name, "transform"))
		set_clip(style, name, value, weight);
	else if (span_iis(name, "mso-hide"))
		set(style, CSS_MSO_HIDE,
			(struct css_value){.weight = weight, .hides = span_iis(value, "all")});
	else if (span_iis(name, "filter") && opacity_filter(value, &n))
		set(style, CSS_OPACITY, (struct css_value){.weight = weight, .hides = n <= 0.05});
	else if (span_iis(name, "zoom"))
		set(style, CSS_CLIP,
			(struct css_value){
				.weight = weight, .hides = number(value, &n) > 0 && n <= 0.05});
}

bool css_declaration(struct span *rest, struct span *ret_name, struct span *ret_value)
{
	while (rest->len > 0) {
		size_t end = 0, colon;
		uint8_t quote = 0;
		int depth = 0;

		for (; end < rest->len;
			end++) { /* a ";" in url(data:...;...) or in quotes ends nothing */
			uint8_t c = rest->ptr[end];

			if (quote)
				quote = c == quote ? 0 : quote;
			else if (c == '"' || c == '\'')
				quote = c;
			else if (c == '(' || c == ')')
				depth += c == '(' ? 1 : depth > 0 ? -1 : 0;
			else if (c == ';' && depth == 0)
				break;
		}
		struct span piece = span_trim(span_sub(*rest, 0, end));
		*rest = span_skip(*rest, end + 1);
		colon = span_chr(piece, ':');
		if (colon == piece.len)
			continue;
		*ret_name = span_trim(span_sub(piece, 0, colon));
		*ret_value = span_trim(span_skip(piece, colon + 1));
		return true;
	}
	return false;
}

void css_declarations(struct css_style *style, struct span text, unsigned weight)
{
	struct span name, value;

	while (css_declaration(&text, &name, &value))
		declare(style, name, value, weight);
}

void css_inline(struct css_style *style, struct span text)
{
	css_declarations(style, text, WEIGHT_INLINE);
}

/* --- sheets --- */

/* The end of what begins at FROM: a comment is passed over. Returns the place of one of STOP
 * outside quotes, or the end. */
static size_t scan(struct span s, const char *stop)
{
	uint8_t quote = 0;

	for (size_t i = 0; i < s.len; i++) {
		uint8_t c = s.ptr[i];

		if (quote) {
			if (c == quote || c == '\n')
				quote = 0;
		} else if (c == '"' || c == '\'')
			quote = c;
		else if (c == '/' && i + 1 < s.len && s.ptr[i + 1] == '*')
			i = span_find(s, SPAN("*/"), i + 2) + 1;
		else if (c && strchr(stop, c))
			return i;
	}
	return s.len;
}

/* Without leading comments, blanks and the <!-- --> that old pages put round a sheet. */
static struct span without_comments(struct span s)
{
	for (;;) {
		s = span_trim(s);
		if (span_starts(s, "/*"))
			s = span_skip(s, span_find(s, SPAN("*/"), 2) + 2);
		else if (span_starts(s, "<!--"))
			s = span_skip(s, 4);
		else if (span_starts(s, "-->"))
			s = span_skip(s, 3);
		else
			return s;
	}
}

/* A length that no screen is smaller than, or larger. */
static bool no_bound(struct span feature)
{
	size_t colon = span_chr(feature, ':');
	struct span name = span_trim(span_sub(feature, 0, colon));
	double px;
	bool relative;

	if (colon == feature.len ||
		!length(span_trim(span_skip(feature, colon + 1)), &px, &relative))
		return false;
	return span_istarts(name, "min-") ? px <= SCREEN_LEAST
					  : span_istarts(name, "max-") && px >= SCREEN_MOST;
}

static bool query_always(struct span rest)
{
	for (rest = span_trim(rest); rest.len > 0; rest = span_trim_left(rest)) {
		bool feature = *rest.ptr == '(';
		size_t end = feature ? span_chr(rest, ')') : 0;
		struct span word;

		while (!feature && end < rest.len && !is_space(rest.ptr[end]) &&
			rest.ptr[end] != '(')
			end++;
		word = span_sub(rest, feature, end);
		if (feature ? !no_bound(word)
			    : !span_iis(word, "all") && !span_iis(word, "screen") &&
					!span_iis(word, "only") && !span_iis(word, "and"))
			return false;
		rest = span_skip(rest, end + feature);
	}
	return true;
}

/* "screen", "all", "only screen and (min-width: 1px)". What depends on a screen's size shows one of
 * two versions. */
bool css_media_always(struct span list)
{
	do {
		size_t comma = span_chr(list, ',');

		if (query_always(span_sub(list, 0, comma)))
			return true;
		list = span_skip(list, comma + 1);
	} while (list.len > 0);
	return false;
}

/* An at-rule whose content holds wherever the page is read. */
static bool always(struct span head)
{
	if (span_istarts(head, "@layer"))
		return true;
	return span_istarts(head, "@media") && css_media_always(span_skip(head, 6));
}

bool css_next(struct css_walk *walk, struct css_rule *ret)
{
	for (;;) {
		size_t end = scan(walk->rest, "{};");
		struct span head = without_comments(span_sub(walk->rest, 0, end));
		uint8_t stop = end < walk->rest.len ? walk->rest.ptr[end] : 0;

		walk->rest = span_skip(walk->rest, end + 1);
		if (!stop)
			return false;
		if (stop == '}') {
			walk->depth -= walk->depth > 0;
			if (walk->depth < walk->conditional)
				walk->conditional = 0;
			continue;
		}
		if (stop == ';')
			continue;
		if (head.len > 0 && *head.ptr == '@' && !span_istarts(head, "@font-face") &&
			!span_istarts(head, "@page")) {
			walk->depth++;
			if (!walk->conditional && !always(head))
				walk->conditional = walk->depth;
			continue;
		}
		end = scan(walk->rest, "}");
		*ret = (struct css_rule){head, span_sub(walk->rest, 0, end), walk->conditional > 0};
		walk->rest = span_skip(walk->rest, end + 1);
		return true;
	}
}

struct span css_clean(struct arena *arena, struct span s)
{
	uint8_t *out;
	size_t len = 0;

	if (span_chr(s, '\\') == s.len && span_find(s, SPAN("/*"), 0) == s.len)
		return s;
	out = arena_bytes(arena, s.len + 1);
	for (size_t i = 0; i < s.len;) {
		if (s.ptr[i] == '/' && i + 1 < s.len && s.ptr[i + 1] == '*') {
			i = span_find(s, SPAN("*/"), i + 2);
			i += i < s.len ? 2 : 0;
		} else if (s.ptr[i] == '\\' && i + 1 < s.len && hex_value(s.ptr[i + 1]) >= 0) {
			unsigned value = 0, digits = 0;

			for (i++; digits < 6 && i < s.len && hex_value(s.ptr[i]) >= 0; digits++)
				value = value << 4 | (unsigned)hex_value(s.ptr[i++]);
			i += i < s.len && is_space(s.ptr[i]);
			/* Only what names are made of: an escaped brace or quote delimits nothing.
			 */
			out[len++] = value < 128 && (is_alnum((uint8_t)value) || value == '-')
					     ? (uint8_t)value
					     : '_';
		} else {
			out[len++] = s.ptr[i++];
		}
	}
	return span_make(out, len);
}
