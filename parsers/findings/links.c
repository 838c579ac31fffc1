/* SPDX-License-Identifier: ISC */
/* Links: what they show and where they go. */
#include "parsers/base/encode.h"
#include "parsers/findings/body.h"
#include "parsers/findings/lookalike.h"

enum { RECIPIENTS = 5, TRACKED_MIN = 4, PLACES = 16 };

/* What is told of a host alone: found once for links in a row that go to the same. */
struct known_host {
	const char *host;
	bool shortener, filter;
	const char **drawn; /* domains of those concerned that it is drawn like */
	size_t drawn_count, drawn_room;
};

/* An address as URLs carry it. */
struct carried {
	const char *text, *escaped, *hex;
	struct span base64;
};

/* What all links of the message are compared with. */
struct gaze {
	struct findings *f;
	struct known_host known;
	struct carried recipient[RECIPIENTS];
	size_t recipient_count;
};

/* One link of a displayed part. */
struct seen {
	struct findings *f;
	const struct gaze *gaze;
	const struct known_host *known; /* about host; NULL where there is none */
	const char *href, *text; /* text may be NULL */
	struct url_view url;
	const char *host; /* where it goes, a filter's rewriting undone; or NULL */
	struct part *part;
	size_t offset, len; /* in the part's text; for plain text in raw */
	bool html;
};

static struct finding *raise_link(
	const struct seen *s, enum finding_code code, enum severity severity, const char *detail)
{
	const struct evidence *e = s->f->evidence;
	struct finding *finding = finding_raise(s->f, code, severity, "%s", detail);

	/* A place in HTML costs a pass over the part, so a message full of such links shows the
	 * first ones. */
	if (finding->evidence_count >= PLACES || s->offset == SIZE_MAX)
		return finding;
	return finding_show(s->f, finding,
		s->html ? part_text_span(s->f->arena, e->mime, s->part, s->offset, s->len)
			: span_sub(e->message->raw, s->offset, s->offset + s->len),
		"the link");
}

static const char *shown(const struct seen *s)
{
	return url_defang(
		s->f->arena, arena_text(s->f->arena, span_sub(span_of(s->url.url), 0, 120)));
}

/* --- text against target --- */

/* The sender's own machinery: tracking hosts that a proven sender uses. */
static bool own_machinery(const struct seen *s)
{
	const struct evidence *e = s->f->evidence;

	return host_tracker(s->host) || org_signed(e, s->host) ||
	       same_org(e, s->host, e->author_domain) || same_org(e, s->host, mail_from_domain(e));
}

/* Most links of the message go through this one organisation: a click counter. */
static bool counts_clicks(const struct seen *s)
{
	const struct evidence *e = s->f->evidence;
	size_t all = 0, same = 0;

	for (size_t i = 0; e->urls && i < e->urls->count && i < 200; i++) {
		const struct url *url = &e->urls->url[i];

		if (!url->host || !url->text)
			continue;
		all++;
		same += same_org(e, url->host, s->host);
	}
	return same >= TRACKED_MIN && same * 10 >= all * 6;
}

static bool same_label(const struct evidence *e, const char *a, const char *b)
{
	struct span x = org_label(e, a), y = org_label(e, b);

	return x.len > 2 && span_ieq(x, y);
}

/* A filter that rewrote the target may have rewritten the text too. */
static const char *claimed_host(const struct seen *s)
{
	struct arena *arena = s->f->arena;
	const char *text, *target;
	struct url_view url;

	if (!s->text || !*s->text)
		return NULL;
	if (!strpbrk(s->text, ".:/\\")) /* as a rule: words, and neither a URL nor a host */
		return NULL;
	text = arena_text(arena, span_sub(span_of(s->text), 0, 4096));
	url = url_read(arena, span_of(text));
	target = link_target(arena, &url);
	return text_host(arena, target == url.url ? text : target);
}

static void check_mismatch(const struct seen *s)
{
	const struct evidence *e = s->f->evidence;
	const char *claimed = claimed_host(s), *embedded;
	enum severity severity = SEVERITY_NONE;

	if (!claimed || !s->host || same_org(e, claimed, s->host))
		return;
	embedded = link_embedded(s->f->arena, &s->url);
	if (embedded && same_org(e, url_host(s->f->arena, span_of(embedded)), claimed))
		severity = SEVERITY_LOW; /* passes through and arrives where it says */
	else if (same_label(e, claimed, s->host))
		severity = SEVERITY_LOW;
	else if (own_machinery(s) || host_shortener(s->host) || counts_clicks(s)) {
		/* A counter of clicks is used for many links, or for the sender's own site; that
		 * site is also what a forger shows, so someone must vouch for the sender. */
		bool own = same_org(e, claimed, e->author_domain);
		bool usual = own || host_tracker(s->host) || counts_clicks(s);
		bool vouched = author_passes(e) || s->f->context & (CONTEXT_LIST | CONTEXT_ESP);

		severity = usual && vouched ? SEVERITY_LOW : own ? SEVERITY_NONE : SEVERITY_MEDIUM;
	}
	raise_link(s, FINDING_URL_MISMATCH, severity,
		arena_printf(s->f->arena, "shows %s, goes to %s", claimed, s->host));
}

/* --- the host --- */

static bool web(const struct seen *s)
{
	return strcmp(s->url.scheme, "http") == 0 || strcmp(s->url.scheme, "https") == 0 ||
	       (s->url.odd & URL_ODD_RELATIVE && s->url.host);
}

static void check_userinfo(const struct seen *s)
{
	struct span user = s->url.userinfo;
	bool deceives = span_chr(user, '.') < user.len ||
			span_ifind(user, SPAN("%2e"), 0) < user.len ||
			s->url.odd & URL_ODD_BACKSLASH;
	struct span raw = span_of(s->href);

	if (!web(s))
		return;
	/* A backslash ends the host for a browser, an "@" behind it is for those that do not know.
	 */
	if (user.len == 0 && s->url.odd & URL_ODD_BACKSLASH &&
		span_chr(raw, '@') < span_chr(raw, '?')) {
		raise_link(s, FINDING_URL_USERINFO, SEVERITY_NONE,
			arena_printf(
				s->f->arena, "a backslash hides which host %s means", shown(s)));
		return;
	}
	if (!(s->url.odd & URL_ODD_USERINFO))
		return;
	raise_link(s, FINDING_URL_USERINFO, deceives ? SEVERITY_NONE : SEVERITY_LOW,
		arena_printf(s->f->arena, "begins with %s, goes to %s",
			arena_text(s->f->arena, span_sub(user, 0, 80)),
			s->host ? s->host : "no host"));
}

static void check_address(const struct seen *s)
{
	struct ip ip;
	enum severity severity = SEVERITY_NONE;

	if (!web(s) || !s->url.host || !(s->url.odd & (URL_ODD_IPV4 | URL_ODD_IPV6)))
		return;
	ip = ip_parse(span_of(s->url.host));
	if (s->url.odd & URL_ODD_IP_FORM)
		severity = SEVERITY_HIGH;
	else if (ip.family && !ip_public(&ip))
		severity = SEVERITY_LOW;
	/* Text that quotes an address is no trap by itself. */
	else if (!s->html)
		severity = SEVERITY_LOW;
	raise_link(s, FINDING_URL_IP, severity,
		arena_printf(s->f->arena, "%s goes to %s", shown(s), s->url.host));
}

static void raise_likeness(const struct seen *s, const char *reference)
{
	raise_link(s, FINDING_URL_IDN, SEVERITY_NONE,
		arena_printf(s->f->arena, "%s is %s %s", s->host, likeness_words(LIKE_SIGHT),
			reference));
}

static void check_idn(const struct seen *s)
{
	const struct evidence *e = s->f->evidence;
	const char *mixed, *brand, *text;
	enum likeness like;

	if (!s->host || !web(s) || s->url.odd & (URL_ODD_IPV4 | URL_ODD_IPV6))
		return;
	for (size_t i = 0; i < s->known->drawn_count; i++)
		raise_likeness(s, s->known->drawn[i]);
	text = s->text ? text_host(s->f->arena, s->text) : NULL;
	if (text && domain_like(e, s->host, text) == LIKE_SIGHT)
		raise_likeness(s, text);
	if (!strstr(s->host, "xn--"))
		return;

	struct look look = look_of(e, s->host);

	mixed = mixed_script_label(s->f->arena, s->host);
	brand = brand_imitated(&look, &like);
	raise_link(s, FINDING_URL_IDN,
		mixed || (brand && like == LIKE_SIGHT) ? SEVERITY_NONE : SEVERITY_INFO,
		arena_printf(s->f->arena, "%s is written %s%s%s", s->host,
			domain_unicode(s->f->arena, s->host),
			brand && like == LIKE_SIGHT ? ", drawn like "
			: mixed                     ? ", which mixes alphabets"
						    : "",
			brand && like == LIKE_SIGHT ? brand : ""));
}

/* --- the scheme --- */

static enum severity scheme_severity(const struct seen *s)
{
	static const char *const run[] = {"javascript", "vbscript", "smb", "search-ms", "search",
		"ms-msdt", "ms-appinstaller", "ms-search", "ms-officecmd", "ms-cxh", "ms-settings",
		"ms-word", "ms-excel", "ms-powerpoint", "jar", "livescript", "mocha", "its", "mk",
		"mhtml", "shell", "ldap"};

	for (size_t i = 0; i < sizeof run / sizeof *run; i++)
		if (strcmp(s->url.scheme, run[i]) == 0)
			return SEVERITY_HIGH;
	if (strncmp(s->url.scheme, "ms-", 3) == 0)
		return SEVERITY_HIGH;
	/* A page saved from a disk leaves its own path behind; a host in it would be asked. */
	if (strcmp(s->url.scheme, "file") == 0)
		return s->url.host ? SEVERITY_HIGH : SEVERITY_LOW;
	if (span_starts(span_of(s->url.url), "\\\\"))
		return SEVERITY_HIGH;
	return SEVERITY_NONE;
}

static void check_scheme(const struct seen *s)
{
	enum severity severity;
	struct span rest;

	if (!s->html || strcmp(s->url.scheme, "http") == 0 || strcmp(s->url.scheme, "https") == 0)
		return;
	severity = scheme_severity(s);
	rest = span_trim(s->url.rest);
	/* "javascript:void(0)" and "javascript:;" are how pages write a link to nowhere. */
	if (strcmp(s->url.scheme, "javascript") == 0 &&
		(rest.len <= 1 || span_istarts(rest, "void(0") || span_istarts(rest, "void 0") ||
			span_is(rest, "//")))
		severity = SEVERITY_LOW;
	if (severity != SEVERITY_NONE)
		raise_link(s, FINDING_URL_SCHEME, severity,
			*s->url.scheme ? arena_printf(s->f->arena, "a link of the scheme %s",
						 s->url.scheme)
				       : "a link to a Windows share");
}

/* --- characters --- */

/* Where the path begins in the link as written, white space and all. */
static size_t path_start(struct span raw)
{
	size_t at = span_find(raw, SPAN("//"), 0);

	if (at == raw.len)
		return span_chr(raw, ':');
	for (at += 2; at < raw.len; at++)
		if (strchr("/?#", raw.ptr[at]))
			break;
	return at;
}

static void check_invisible(const struct seen *s)
{
	unsigned odd = s->url.odd & (URL_ODD_INVISIBLE | URL_ODD_SLASH);
	struct span raw = span_trim(span_of(s->href));
	bool white = false;

	/* Old composers fold long links; inside the scheme or host nobody does. */
	if (s->url.odd & URL_ODD_WHITE) {
		size_t end = path_start(raw);

		for (size_t i = 0; i < end && !white; i++)
			white = raw.ptr[i] == '\t' || raw.ptr[i] == '\n' || raw.ptr[i] == '\r';
	}
	if (!odd && !white)
		return;
	raise_link(s, FINDING_URL_INVISIBLE, SEVERITY_NONE,
		odd & URL_ODD_SLASH       ? "a character that looks like a slash stands in the host"
		: odd & URL_ODD_INVISIBLE ? "invisible characters stand in the link"
					  : "tabs or line ends stand in the scheme or host");
}

/* --- where it passes through, what it carries --- */

static void check_redirect(const struct seen *s)
{
	const struct evidence *e = s->f->evidence;
	const char *embedded, *target;

	if (!web(s) || !s->host)
		return;
	if (s->known->shortener) {
		raise_link(s, FINDING_URL_REDIRECT, SEVERITY_NONE,
			arena_printf(s->f->arena, "the shortener %s", s->host));
		return;
	}
	embedded = link_embedded(s->f->arena, &s->url);
	target = embedded ? url_host(s->f->arena, span_of(embedded)) : NULL;
	if (target && !same_org(e, target, s->host))
		raise_link(s, FINDING_URL_REDIRECT, SEVERITY_NONE,
			arena_printf(s->f->arena, "%s sends on to %s", s->host, target));
}

/* The address as text, with %40, in base64 and in hexadecimal. */
static bool carries(struct span url, const struct carried *c)
{
	return span_ifind(url, span_of(c->text), 0) < url.len ||
	       span_ifind(url, span_of(c->escaped), 0) < url.len ||
	       span_ifind(url, span_of(c->hex), 0) < url.len ||
	       span_find(url, c->base64, 0) < url.len;
}

static void check_recipient(const struct seen *s)
{
	static const char *const words[] = {
		"login", "signin", "sign-in", "verify", "account", "password", "auth", NULL};
	struct span url = span_sub(span_of(s->url.url), 0, 4096);

	if (!web(s) || finding_find(s->f, FINDING_URL_RCPT))
		return;
	for (size_t i = 0; i < s->gaze->recipient_count; i++) {
		const struct carried *recipient = &s->gaze->recipient[i];
		struct span fragment = span_skip(url, span_chr(url, '#'));

		if (!carries(url, recipient))
			continue;
		raise_link(s, FINDING_URL_RCPT,
			fragment.len > 0 && carries(fragment, recipient) &&
					text_has(url, words, NULL)
				? SEVERITY_MEDIUM
				: SEVERITY_NONE,
			arena_printf(s->f->arena, "%s carries %s", shown(s), recipient->text));
		return;
	}
}

static void check_link(const struct seen *s)
{
	check_mismatch(s);
	check_userinfo(s);
	check_address(s);
	check_idn(s);
	check_scheme(s);
	check_invisible(s);
	check_redirect(s);
	check_recipient(s);
}

static const char *base_host(struct findings *f, const struct html *html)
{
	return html->base ? url_host(f->arena, span_of(html->base)) : NULL;
}

/* --- what does not change from link to link --- */

static void note_drawn(struct gaze *g, const char *reference)
{
	struct known_host *known = &g->known;

	if (reference && domain_like(g->f->evidence, known->host, reference) == LIKE_SIGHT)
		*LIST_ADD(g->f->arena, known->drawn, known->drawn_count, known->drawn_room) =
			reference;
}

static const struct known_host *know_host(struct gaze *g, const char *host)
{
	const struct evidence *e = g->f->evidence;
	struct known_host *known = &g->known;

	if (!host || (known->host && strcmp(known->host, host) == 0))
		return host ? known : NULL;
	*known = (struct known_host){
		.host = host, .shortener = host_shortener(host), .filter = host_filter(host)};
	note_drawn(g, e->author_domain);
	for (size_t i = 0; i < e->recipients.count && i < RECIPIENTS; i++)
		note_drawn(g, e->recipients.address[i].domain);
	for (size_t i = 0; i < e->protect_count && i < 100; i++)
		note_drawn(g, e->protect[i]);
	return known;
}

static void add_recipient(struct gaze *g, const char *address)
{
	struct arena *arena = g->f->arena;
	struct span a = span_of(address);
	size_t at = span_chr(a, '@');

	if (at == a.len || a.len < 6 || a.len > 200)
		return;
	g->recipient[g->recipient_count++] = (struct carried){.text = address,
		.escaped = arena_printf(arena, "%.*s%%40%s", (int)at, address, address + at + 1),
		.hex = hex_encode(arena, a),
		/* The last group depends on what follows. */
		.base64 = span_sub(span_of(base64_encode(arena, a)), 0, a.len / 3 * 4)};
}

/* The host behind a filter's rewriting, or the link's own. */
static const char *target_host(struct gaze *g, const struct url_view *url)
{
	const struct known_host *known = know_host(g, url->host);
	const char *target, *host = NULL;

	if (known && known->filter) {
		target = link_target(g->f->arena, url);
		host = target == url->url ? NULL : url_host(g->f->arena, span_of(target));
	}
	return host ? host : url->host;
}

static void check_html(struct gaze *g, struct part *part)
{
	struct findings *f = g->f;
	const struct html *html = part_html(f->arena, f->evidence->mime, part);
	const char *base = base_host(f, html);

	for (size_t i = 0; i < html->link_count && i < 5000; i++) {
		const struct html_link *link = &html->link[i];
		const struct url_view *url = &link->url;
		struct seen s = {.f = f,
			.gaze = g,
			.href = link->href,
			.text = link->text,
			.url = *url,
			.html = true,
			.part = part,
			.offset = link->offset,
			.len = link->len};

		s.host = url->odd & URL_ODD_RELATIVE && !url->host ? base : target_host(g, url);
		s.known = know_host(g, s.host);
		check_link(&s);
	}
}

static void check_text(struct gaze *g)
{
	struct findings *f = g->f;
	const struct evidence *e = f->evidence;

	for (size_t i = 0; e->urls && i < e->urls->count && i < 5000; i++) {
		const struct url *url = &e->urls->url[i];
		const struct part *part = &e->mime->part[url->part];
		struct seen s = {.f = f,
			.gaze = g,
			.href = url->url,
			.offset = url->offset,
			.len = strlen(url->url)};

		if (part_is_html(part) || part_nested(e->mime, part) || part_attached(part))
			continue;
		s.url = url_read(f->arena, span_of(url->url));
		s.host = s.url.host;
		s.known = know_host(g, s.host);
		check_link(&s);
	}
}

void findings_links(struct findings *f)
{
	const struct evidence *e = f->evidence;
	struct gaze gaze = {.f = f};

	for (size_t i = 0; e->urls && e->urls->count && i < e->recipients.count && i < RECIPIENTS; i++)
		if (e->recipients.address[i].address)
			add_recipient(&gaze, e->recipients.address[i].address);
	for (size_t i = 0; i < e->mime->count; i++) {
		struct part *part = &e->mime->part[i];

		if (part_is_html(part) && !part_nested(e->mime, part))
			check_html(&gaze, part);
	}
	check_text(&gaze);
}
