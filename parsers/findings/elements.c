/* SPDX-License-Identifier: ISC */
/* Elements that ask, run, move or load: forms, scripts, refresh and frames, base, data: links;
 * images. */
#include "parsers/findings/body.h"

static struct finding *show_item(const struct body *b, struct finding *finding,
	const struct html_item *item, const char *role)
{
	return body_show(b, finding, item->offset, item->len, role);
}

static const char *defanged(const struct body *b, const char *url)
{
	return url_defang(
		b->f->arena, arena_text(b->f->arena, span_sub(span_trim(span_of(url)), 0, 120)));
}

static bool remote(const char *url)
{
	struct span s = span_trim(span_of(url));

	return span_istarts(s, "http://") || span_istarts(s, "https://") || span_starts(s, "//");
}

/* --- forms --- */

static bool typed_by_hand(const char *type)
{
	static const char *const types[] = {
		"text", "email", "tel", "number", "textarea", "url", "file"};

	for (size_t i = 0; i < sizeof types / sizeof *types; i++)
		if (span_iis(span_of(type), types[i]))
			return true;
	return false;
}

/* A search box: what is typed goes into the page's address, and a site's search calls it so. */
static bool for_search(const struct html_item *form, const struct html_item *input)
{
	static const char *const names[] = {
		"q", "query", "search", "keyword", "keywords", "qt", "s", "terms"};
	struct span name = span_of(input->body);

	if (form->body && *form->body && !span_iis(span_of(form->body), "get"))
		return false;
	if (span_iis(span_of(input->value), "search"))
		return true;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (span_iis(name, names[i]))
			return true;
	return false;
}

static void check_form(const struct body *b, size_t index)
{
	const struct html_item *form = &b->html->item[index];
	bool password = false, text = false;
	const char *host = url_host(b->f->arena, span_of(form->value));

	for (size_t i = index + 1; i < b->html->item_count; i++) {
		const struct html_item *item = &b->html->item[i];

		if (item->kind == HTML_FORM)
			break;
		if (item->kind != HTML_INPUT || item->hidden)
			continue;
		password = password || span_iis(span_of(item->value), "password");
		text = text || (typed_by_hand(item->value) && !for_search(form, item));
	}
	/* Buttons alone ask for nothing, a search box for nothing of worth. */
	show_item(b,
		finding_raise(b->f, FINDING_HTML_FORM,
			password ? SEVERITY_NONE
			: !text  ? SEVERITY_LOW
				 : SEVERITY_MEDIUM,
			"a form%s%s%s",
			password ? " that asks for a password"
			: text   ? " with a field to fill in"
				 : "",
			host ? ", sent to " : "", host ? host : ""),
		form, "the form");
}

/* --- scripts --- */

/* Data for programs, which no browser runs. */
static bool inert_type(const char *type)
{
	struct span s = span_of(type);

	return span_ifind(s, SPAN("json"), 0) < s.len || span_istarts(s, "text/template") ||
	       span_istarts(s, "text/x-") || span_istarts(s, "text/html") ||
	       span_ifind(s, SPAN("microdata"), 0) < s.len;
}

static void check_script(const struct body *b, const struct html_item *item)
{
	bool amp = item->kind == HTML_SCRIPT_SRC &&
		   span_istarts(span_of(item->value), "https://cdn.ampproject.org/");

	if (amp || (item->kind == HTML_SCRIPT && inert_type(item->value)))
		return;
	if (item->kind == HTML_SCRIPT && span_trim(span_of(item->body)).len == 0)
		return; /* its src is an item of its own */
	show_item(b,
		finding_raise(b->f, FINDING_HTML_SCRIPT,
			item->kind == HTML_HANDLER ? SEVERITY_MEDIUM : SEVERITY_NONE, "%s",
			item->kind == HTML_HANDLER
				? arena_printf(b->f->arena, "the handler %s", item->value)
			: item->kind == HTML_SCRIPT_SRC
				? arena_printf(
					  b->f->arena, "a script from %s", defanged(b, item->value))
				: "a script"),
		item, "runs");
}

/* --- what loads another page --- */

static void check_refresh(const struct body *b, const struct html_item *item)
{
	struct span s = span_of(item->value);
	bool elsewhere =
		span_ifind(s, SPAN("url"), 0) < s.len || span_ifind(s, SPAN("http"), 0) < s.len;

	show_item(b,
		finding_raise(b->f, FINDING_HTML_REFRESH, elsewhere ? SEVERITY_NONE : SEVERITY_LOW,
			"a refresh: %s", defanged(b, item->value)),
		item, "loads by itself");
}

/* Of a stated size that is seen and not the page: the place of an advertisement. */
static bool inset(const struct html_item *item)
{
	enum { SIDE_MIN = 20, SIDE_MAX = 800, AREA_MAX = 200000 };

	return item->width >= SIDE_MIN && item->height >= SIDE_MIN && item->width <= SIDE_MAX &&
	       item->height <= SIDE_MAX && item->width * item->height <= AREA_MAX;
}

static void check_frame(const struct body *b, const struct html_item *item)
{
	static const char *const act[] = {
		"<script", "<form", "http:", "https:", "javascript:", NULL};
	bool cid = span_istarts(span_of(item->value), "cid:");
	enum severity severity = SEVERITY_NONE;

	if (item->body)
		severity =
			text_has(span_of(item->body), act, NULL) ? SEVERITY_HIGH : SEVERITY_MEDIUM;
	else if (!*item->value || cid)
		severity = SEVERITY_LOW;
	else if (inset(item))
		severity = SEVERITY_MEDIUM;
	show_item(b,
		finding_raise(b->f, FINDING_HTML_REFRESH, severity, "%s%s%s",
			item->body                 ? "a page inside the page"
			: item->kind == HTML_FRAME ? "a frame"
						   : "an embedded object",
			*item->value ? " of " : "", defanged(b, item->value)),
		item, "loads by itself");
}

/* --- base --- */

static void check_base(const struct body *b, const struct html_item *item)
{
	const struct evidence *e = b->f->evidence;
	const char *host = url_host(b->f->arena, span_of(item->value)), *text;
	enum severity severity = SEVERITY_LOW;

	/* A base without a relative link moves nothing. */
	for (size_t i = 0; i < b->html->link_count && severity != SEVERITY_HIGH; i++) {
		const struct html_link *link = &b->html->link[i];
		struct span href = span_trim(span_of(link->href));

		if (href.len == 0 || *href.ptr == '#' || link->url.host ||
			!(link->url.odd & URL_ODD_RELATIVE))
			continue;
		severity = SEVERITY_MEDIUM;
		text = text_host(b->f->arena, link->text);
		if (text && host && !same_org(e, text, host))
			severity = SEVERITY_HIGH;
	}
	if (!host) /* "file:///C:/..." is left behind by composers */
		severity = SEVERITY_LOW;
	show_item(b,
		finding_raise(b->f, FINDING_HTML_BASE, severity, "relative links go to %s",
			host ? host : defanged(b, item->value)),
		item, "the base");
}

/* --- data: --- */

static bool page_in_link(const char *url)
{
	struct span s = span_trim(span_of(url));

	return span_istarts(s, "data:text/html") || span_istarts(s, "data:application/") ||
	       span_istarts(s, "data:text/xml") || span_istarts(s, "data:image/svg+xml;base64") ||
	       span_istarts(s, "data:,<") || span_istarts(s, "data:text/javascript");
}

static void check_data(const struct body *b)
{
	for (size_t i = 0; i < b->html->link_count; i++) {
		const struct html_link *link = &b->html->link[i];

		if (page_in_link(link->url.url))
			body_show(b,
				finding_raise(b->f, FINDING_HTML_DATA_URI, SEVERITY_NONE,
					"a link holds its own page or file"),
				link->offset, link->len, "the link");
	}
	for (size_t i = 0; i < b->html->item_count; i++) {
		const struct html_item *item = &b->html->item[i];
		/* As a picture, SVG runs nothing. */
		bool picture = item->kind == HTML_IMAGE || item->kind == HTML_BACKGROUND ||
			       item->kind == HTML_STYLE || item->kind == HTML_HANDLER ||
			       item->kind == HTML_SCRIPT || item->kind == HTML_INPUT;

		if (!picture && page_in_link(item->value))
			show_item(b,
				finding_raise(b->f, FINDING_HTML_DATA_URI, SEVERITY_NONE,
					"an element holds its own page or file"),
				item, "the element");
	}
}

void findings_elements(const struct body *b)
{
	for (size_t i = 0; i < b->html->item_count; i++) {
		const struct html_item *item = &b->html->item[i];

		switch (item->kind) {
		case HTML_FORM:
			check_form(b, i);
			break;
		case HTML_SCRIPT:
		case HTML_SCRIPT_SRC:
		case HTML_HANDLER:
			check_script(b, item);
			break;
		case HTML_REFRESH:
			check_refresh(b, item);
			break;
		case HTML_FRAME:
		case HTML_OBJECT:
			check_frame(b, item);
			break;
		case HTML_BASE:
			check_base(b, item);
			break;
		default:
			break;
		}
	}
	check_data(b);
}

/* --- images --- */

/* Showing the picture is enough: Windows greets the other machine with the user's name and hash. */
static void check_share(const struct body *b, const struct html_item *item)
{
	struct span src = span_trim(span_of(item->value));

	/* "file:///C:/..." is what Word leaves of its own machine. */
	if (span_starts(src, "\\\\") ||
		(span_istarts(src, "file://") && src.len > 7 && src.ptr[7] != '/'))
		show_item(b,
			finding_raise(b->f, FINDING_URL_SCHEME, SEVERITY_NONE,
				"an image on a Windows share: %s", defanged(b, item->value)),
			item, "the image");
}

static void check_image(const struct body *b, const struct html_item *item)
{
	bool tiny =
		(item->width >= 0 && item->width <= 1) || (item->height >= 0 && item->height <= 1);
	const char *host = url_host(b->f->arena, span_of(item->value));

	check_share(b, item);
	if (!remote(item->value))
		return;
	if (tiny || item->hidden)
		show_item(b,
			finding_raise(b->f, FINDING_HTML_TRACKER, SEVERITY_NONE,
				"an unseen image from %s", host ? host : "elsewhere"),
			item, "the image");
	show_item(b,
		finding_raise(b->f, FINDING_HTML_REMOTE_IMG, SEVERITY_NONE, "%s",
			host ? host : "an unreadable host"),
		item, "the image");
}

void findings_images(const struct body *b)
{
	const struct html_item *linked = NULL;
	struct span visible = span_trim(span_of(b->html->visible));
	enum { PICTURE_TEXT = 40 };

	for (size_t i = 0; i < b->html->item_count; i++) {
		const struct html_item *item = &b->html->item[i];
		struct span src = span_trim(span_of(item->value));

		if (item->kind != HTML_IMAGE)
			continue;
		check_image(b, item);
		if (!linked && item->linked && !item->hidden &&
			(remote(item->value) || span_istarts(src, "cid:")) &&
			(item->width < 0 || item->width > 1))
			linked = item;
	}
	if (linked && visible.len < PICTURE_TEXT && !part_attached(b->part))
		show_item(b,
			finding_raise(b->f, FINDING_HTML_IMAGE_ONLY, SEVERITY_NONE,
				"part %s shows %zu bytes of text and a linked picture",
				b->part->path, visible.len),
			linked, "the picture");
}
