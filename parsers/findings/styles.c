/* SPDX-License-Identifier: ISC */
/* Style sheets that change what is read: loaded later, showing other text in a forward, hiding a
 * gateway's warning. */
#include "parsers/findings/body.h"

#include "parsers/message/css.h"

enum { CONTEXT_TEXT = 20, BANNER_TEXT = 1500 };

static const char *defanged(const struct body *b, const char *url)
{
	return url_defang(
		b->f->arena, arena_text(b->f->arena, span_sub(span_trim(span_of(url)), 0, 120)));
}

/* --- sheets from elsewhere --- */

static bool font_host(const char *host)
{
	static const char *const hosts[] = {"fonts.googleapis.com", "fonts.gstatic.com",
		"use.typekit.net", "p.typekit.net", "fast.fonts.net", "cloud.typography.com",
		"fonts.bunny.net", "use.fontawesome.com", "hello.myfonts.net", "cdn.fonts.net",
		"netdna.bootstrapcdn.com"};

	for (size_t i = 0; i < sizeof hosts / sizeof *hosts; i++)
		if (strcmp(host, hosts[i]) == 0)
			return true;
	return false;
}

static void check_sheet(const struct body *b, const struct html_item *item)
{
	const struct evidence *e = b->f->evidence;
	struct url_view v = url_read(b->f->arena, span_sub(span_of(item->value), 0, 2048));
	bool own;

	if (!v.host)
		return;
	own = author_passes(e) && same_org(e, v.host, e->author_domain);
	body_show(b,
		finding_raise(b->f, FINDING_HTML_REMOTE_CSS,
			font_host(v.host) ? SEVERITY_INFO
			: own             ? SEVERITY_LOW
					  : SEVERITY_NONE,
			"a style sheet from %s", defanged(b, v.url)),
		item->offset, item->len, "the style sheet");
}

/* --- rules that depend on where the message stands --- */

/* Something else is what the rule is about; the word only says where. */
static bool stands_before(struct span selector, const char *word)
{
	struct span rest = span_skip(selector, span_ifind(selector, span_of(word), 0));

	for (size_t i = 0; i < rest.len; i++)
		if (is_space(rest.ptr[i]) || rest.ptr[i] == '>' || rest.ptr[i] == '~' ||
			rest.ptr[i] == '+')
			return span_trim(span_skip(rest, i + 1)).len > 0;
	return false;
}

/* What programs put round a message that is quoted or forwarded. */
static const char *const context_names[] = {"moz-text-html", "moz-text-plain", "moz-text-flowed",
		"moz-forward-container", "moz-cite-prefix", "moz-email-headers-table",
		"gmail_quote", "gmail_attr", "gmail_extra", "blockquote", "divrplyfwdmsg",
		"outlookmessageheader", "yahoo_quoted", "yahoo-quoted", "protonmail_quote",
		"wordsection1", "apple-interchange-newline", "moz-signature", "appendonsend", NULL};

/* It is about something in what such a program puts round, or at the root, which it then leaves. */
static bool names_context(struct span selector)
{
	size_t child = span_chr(selector, '>');
	const char *word;

	if (text_has(selector, context_names, &word) && stands_before(selector, word))
		return true;
	if (child == selector.len)
		return false;
	/* "body > p" holds only as long as nobody wraps the text. */
	struct span before = span_trim(span_sub(selector, 0, child));

	return span_iis(before, "body") || span_iends(before, " body") ||
	       span_iis(before, "html") || span_iends(before, ">body");
}

static bool toggles(struct span body)
{
	struct span name, value;

	while (css_declaration(&body, &name, &value))
		if (span_iis(name, "display") || span_iis(name, "visibility") ||
			span_iis(name, "opacity") ||
			(span_iis(name, "font-size") && value.len > 0 && *value.ptr == '0') ||
			(span_iis(name, "max-height") && value.len > 0 && *value.ptr == '0'))
			return true;
	return false;
}

/* Outlook's own classes come with it and hide nothing of the text. */
static bool hides_something(struct span body)
{
	struct span name, value;

	while (css_declaration(&body, &name, &value))
		if ((span_iis(name, "display") && span_istarts(value, "none")) ||
			(span_iis(name, "visibility") && span_istarts(value, "hidden")) ||
			(span_iis(name, "opacity") && value.len > 0 && *value.ptr == '0') ||
			((span_iis(name, "font-size") || span_iis(name, "max-height")) &&
				value.len > 0 && *value.ptr == '0'))
			return true;
	return false;
}

/* The last simple selector: what the rule is about, whatever stands around it. */
static struct span subject(struct span selector)
{
	size_t start = selector.len;

	while (start > 0 && !is_space(selector.ptr[start - 1]) &&
		!strchr(">+~,.#:", selector.ptr[start - 1]))
		start--;
	return span_skip(selector, start);
}

/* Another rule hides the same thing: the two together show it in one place only. */
static bool hidden_elsewhere(const struct html_item *item, struct span name)
{
	struct css_walk walk = {.rest = span_of(item->body)};
	struct css_rule rule;

	for (size_t count = 0; count < CSS_RULES && css_next(&walk, &rule); count++) {
		struct span selector = span_sub(rule.selector, 0, 1000);

		if (!rule.media && !names_context(selector) && span_ieq(subject(selector), name) &&
			hides_something(rule.body))
			return true;
	}
	return false;
}

static void check_context(const struct body *b, const struct html_item *item, struct span selector,
	struct span rule, size_t *lookups)
{
	enum { LOOKUPS = 20 };

	if (!toggles(rule) || !names_context(selector) ||
		b->html->visible_len + b->html->hidden_chars < CONTEXT_TEXT)
		return;
	/* To show by context hides nothing by itself. A look at the other rules costs a pass over
	 * the sheet. */
	if (!hides_something(rule) &&
		(++*lookups > LOOKUPS || !hidden_elsewhere(item, subject(selector))))
		return;
	body_show(b,
		finding_raise(b->f, FINDING_HTML_CONTEXT_CSS, SEVERITY_NONE,
			"the rule \"%s\" shows or hides text by what stands around it",
			arena_text(b->f->arena, span_sub(selector, 0, 80))),
		item->offset, item->len, "the style sheet");
}

/* --- banners --- */

/* Ids and classes of the warnings that gateways put on top of mail from outside. */
static bool names_banner(struct span selector)
{
	static const char *const words[] = {"externalsender", "external-sender", "external_sender",
		"externalemail", "external-email", "external-mail", "externalmail", "cautionbanner",
		"caution-banner", "warningbanner", "warning-banner", "securitybanner",
		"security-banner", "phishbanner", "phishingbanner", "emailbanner",
		"external-banner", "externalbanner", "ext-banner", "mailwarning", "mail-warning",
		"x_caution", "safetytip", "safety-tip", "bannercontainer", "pfptbanner", "pfptban",
		"mimecast-banner", "egressbanner", NULL};

	/* Names that nobody has seen yet: what it is about, and what kind of thing it is. */
	static const char *const about[] = {"external", "caution", "phish", "outside", "untrusted", "security", NULL};
	static const char *const kind[] = {"warn", "banner", "alert", "notice", "sender", "*=", "^=", NULL};

	return text_has(selector, words, NULL) || (text_has(selector, about, NULL) && text_has(selector, kind, NULL));
}

static void check_rules(const struct body *b, const struct html_item *item)
{
	struct css_walk walk = {.rest = span_of(item->body)};
	struct css_rule rule;
	size_t lookups = 0;

	for (size_t count = 0; count < CSS_RULES && css_next(&walk, &rule); count++) {
		struct span selector = span_sub(rule.selector, 0, 1000);

		check_context(b, item, selector, rule.body, &lookups);
		if (hides_something(rule.body) && names_banner(selector))
			body_show(b,
				finding_raise(b->f, FINDING_HTML_BANNER_FORGE, SEVERITY_NONE,
					"the rule \"%s\" hides a warning",
					arena_text(b->f->arena, span_sub(selector, 0, 80))),
				item->offset, item->len, "the style sheet");
	}
}

/* A notice at the top of the text that only a gateway or client could give. */
static void check_claims(const struct body *b)
{
	static const char *const claims[] = {"verified sender", "sender verified",
		"sender is verified", "sender has been verified", "trusted sender",
		"this message is from a trusted", "this email is from a trusted", "marked as safe",
		"safe sender", "email is safe", "message is safe", "scanned and is safe",
		"scanned and found safe", "passed all security checks", "passed security check",
		"this email has been verified", "this message has been verified",
		"no threats detected", "secured by microsoft", "from a verified", NULL};
	/* Scanners of mail say this at the end, in plain words, and have done for decades. */
	static const char *const footers[] = {"scanned for viruses", "virus-free", "virus free",
		"checked for viruses", "believed to be clean", "checked by avg", "virenfrei",
		"no virus found", NULL};
	struct span visible = html_visible(b->html), top = span_sub(visible, 0, BANNER_TEXT);
	const char *word;

	if (text_has(top, claims, &word))
		finding_raise(b->f, FINDING_HTML_BANNER_FORGE,
			author_passes(b->f->evidence) ? SEVERITY_LOW : SEVERITY_NONE,
			"the text itself says \"%s\"", word);
	else if (text_has(visible.len > 2000 ? span_skip(visible, visible.len - 2000) : visible,
			 footers, &word))
		finding_raise(b->f, FINDING_HTML_BANNER_FORGE, SEVERITY_INFO,
			"the text itself says \"%s\"", word);
}

void findings_styles(const struct body *b)
{
	for (size_t i = 0; i < b->html->item_count; i++) {
		const struct html_item *item = &b->html->item[i];

		if (item->kind == HTML_SHEET || item->kind == HTML_IMPORT)
			check_sheet(b, item);
		else if (item->kind == HTML_STYLE)
			check_rules(b, item);
	}
	check_claims(b);
}
