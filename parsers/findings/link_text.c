/* SPDX-License-Identifier: ISC */
/* What a link says it is: the host in its text, the target behind a filter's rewriting, hosts that
 * only pass on. */
#include "parsers/findings/body.h"

#include <strings.h>

static bool in_list(const char *host, const char *const *list)
{
	for (; *list; list++)
		if (ascii_lower((uint8_t)*host) == (uint8_t) * *list &&
			strcasecmp(host, *list) == 0)
			return true;
	return false;
}

/* The host, or a domain above it. */
static bool host_in(const char *host, const char *const *list)
{
	const char *dot = strchr(host, '.');

	for (; dot && !in_list(host, list); dot = strchr(host, '.'))
		host = dot + 1;
	return dot || in_list(host, list);
}

bool host_shortener(const char *host)
{
	static const char *const hosts[] = {"bit.ly", "tinyurl.com", "t.co", "goo.gl", "ow.ly",
		"is.gd", "v.gd", "buff.ly", "rebrand.ly", "cutt.ly", "t.ly", "rb.gy", "shorturl.at",
		"tiny.cc", "s.id", "lnkd.in", "adf.ly", "qrco.de", "bl.ink", "soo.gd", "clck.ru",
		"x.co", "j.mp", "dlvr.it", "trib.al", "u.to", "shorte.st", "snip.ly", "tr.im",
		"me2.do", "linktr.ee", "urlz.fr", "kutt.it", "short.io", "su.pr", NULL};

	return host_in(host, hosts);
}

bool host_tracker(const char *host)
{
	static const char *const hosts[] = {"list-manage.com", "mailchimp.com", "sendgrid.net",
		"mailgun.org", "sparkpostmail.com", "mandrillapp.com", "exacttarget.com",
		"exct.net", "constantcontact.com", "rs6.net", "hubspotlinks.com",
		"hubspotemail.net", "mktomail.com", "marketo.com", "eloqua.com", "responsys.net",
		"awstrack.me", "amazonses.com", "sendinblue.com", "brevo.com", "mailjet.com",
		"mjt.lu", "klclick.com", "klaviyomail.com", "createsend.com", "cmail19.com",
		"cmail20.com", "bmetrack.com", "icptrack.com", "pardot.com", "salesforce.com",
		"customeriomail.com", "intercom-mail.com", "getresponse.com", "aweber.com",
		"infusionsoft.com", "convertkit-mail.com", "substack.com", "doubleclick.net",
		"cheetahmail.com", "bluehornet.com", "emv1.com", "emarsys.net", "dotmailer.com",
		"silverpop.com", "mkt41.net", "ml.mailersend.com", "postmarkapp.com", "braze.com",
		"iterable.com", "sailthru.com", "clickdimensions.com", "lists.w3.org",
		"feedburner.com", "clickthru.online.com", "rsvp.topica.com", NULL};

	return host_in(host, hosts);
}

/* --- percent-encoding --- */

static const char *decode(struct arena *arena, struct span s)
{
	char *out = arena_text(arena, s);
	size_t len = 0;

	for (size_t i = 0; i < s.len; i++) {
		int byte = s.ptr[i] == '%' ? span_hex_byte(s, i + 1) : -1;

		if (byte > 0) { /* not NUL, which would end the text */
			out[len++] = (char)byte;
			i += 2;
		} else
			out[len++] = (char)s.ptr[i];
	}
	out[len] = '\0';
	return out;
}

/* Filters write the target as a parameter of their own. */
static const struct {
	const char *host, *parameter;
} rewriters[] = {
	{"safelinks.protection.outlook.com", "url="},
	{"urldefense.proofpoint.com", "u="},
	{"linkprotect.cudasvc.com", "a="},
	{"clicktime.symantec.com", "u="},
	{"secure-web.cisco.com", ""},
	{"protect.checkpoint.com", ""},
	{"urldefense.com", ""},
	{"urlsand.esvalabs.com", "u="},
	{"nam02.safelinks.protection.outlook.com", "url="},
	{"protect-eu.mimecast.com", ""},
	{"protect-us.mimecast.com", ""},
	{"google.com", "q="},
};

static struct span parameter(struct span rest, const char *name)
{
	size_t at = span_chr(rest, '?');

	while (at < rest.len) {
		struct span item = span_skip(rest, at + 1);
		size_t end = 0;

		while (end < item.len && item.ptr[end] != '&' && item.ptr[end] != '#')
			end++;
		item = span_sub(item, 0, end);
		if (span_istarts(item, name))
			return span_skip(item, strlen(name));
		at += 1 + end;
		if (at < rest.len && rest.ptr[at] == '#')
			break;
	}
	return SPAN_NONE;
}

/* What a rewriter's host wrote into the rest of its URL; empty where there is nothing. */
static struct span rewritten(const struct url_view *v, const char *name)
{
	struct span value = *name ? parameter(v->rest, name) : SPAN_NONE;

	/* "https://filter/v3/__https://target/__;..." and "/hash/https%3A%2F%2Ftarget" */
	return value.ptr ? value : span_skip(v->rest, span_ifind(v->rest, SPAN("http"), 0));
}

/* Proofpoint's version 2 writes "-" for "%" and "_" for "/". */
static struct span plain_escapes(struct arena *arena, const struct url_view *v, struct span value)
{
	char *text;

	if (span_chr(v->rest, '-') == v->rest.len || !span_istarts(value, "http-3A"))
		return value;
	text = arena_text(arena, value);
	for (char *p = text; *p; p++)
		*p = *p == '-' ? '%' : *p == '_' ? '/' : *p;
	return span_of(text);
}

bool host_filter(const char *host)
{
	for (size_t i = 0; i < sizeof rewriters / sizeof *rewriters; i++) {
		const char *hosts[] = {rewriters[i].host, NULL};

		if (host_in(host, hosts))
			return true;
	}
	return false;
}

/* The target that a filter's link leads to, or NULL. */
static const char *behind_filter(struct arena *arena, const struct url_view *v)
{
	for (size_t i = 0; v->host && i < sizeof rewriters / sizeof *rewriters; i++) {
		const char *hosts[] = {rewriters[i].host, NULL}, *target;
		struct span value;

		if (!host_in(v->host, hosts))
			continue;
		value = rewritten(v, rewriters[i].parameter);
		target = decode(arena, plain_escapes(arena, v, value));
		if (strncasecmp(target, "http", 4) == 0)
			return target;
	}
	return NULL;
}

const char *link_target(struct arena *arena, const struct url_view *link)
{
	const char *url = link->url, *target;
	struct url_view v = *link;

	for (int depth = 0; depth < 3 && (target = behind_filter(arena, &v)) != NULL; depth++) {
		url = target;
		v = url_read(arena, span_of(url));
	}
	return url;
}

const char *link_embedded(struct arena *arena, const struct url_view *v)
{
	struct span rest = span_sub(v->rest, 0, 4096);

	for (size_t i = 0; i < rest.len; i++) {
		struct span value = span_skip(rest, i + 1);

		if (rest.ptr[i] != '=' && rest.ptr[i] != '#' && rest.ptr[i] != '/' &&
			rest.ptr[i] != '?')
			continue;
		if (!span_istarts(value, "http"))
			continue;
		value = span_skip(value, 4);
		if (value.len > 0 && (*value.ptr | 32) == 's')
			value = span_skip(value, 1);
		if (span_istarts(value, "%3a%2f%2f") || span_starts(value, "://") ||
			span_istarts(value, "%3a//")) {
			struct span url = span_skip(rest, i + 1);

			return decode(arena, span_sub(url, 0, span_chr(url, '&')));
		}
	}
	return NULL;
}

/* --- the host in a text --- */

/* Endings of two-part names that are files, programs or abbreviations more often than sites. */
static bool file_like(struct span last)
{
	static const char *const names[] = {"md", "py", "pl", "rs", "sh", "ps", "ai", "zip", "mov",
		"cc", "so", "js", "app", "pm", "in", "is", "it", "to", "me", "my", "no", "am", "be",
		"at", "as", "us", "net", "id", "la", "pub", "page", "im", "vi", "bat", "cmd", "do",
		"mk", "ms", "st", "tc", "pdf", "doc", "txt", "html", "htm", "php", "asp", "jpg",
		"gif", "png", "exe", "xml", "css", "java", "class", "conf", "cfg", "log", "gz",
		"tar", "rpm", "deb", "cgi", "jsp", "aspx"};

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (span_iis(last, names[i]))
			return true;
	return false;
}

/* host = label 1*("." label): letters, digits, hyphens; the last label letters only. */
static bool host_shape(struct span s, size_t *labels)
{
	size_t start = 0;

	*labels = 0;
	for (size_t i = 0; i <= s.len; i++) {
		if (i < s.len && s.ptr[i] != '.') {
			if (!is_alnum(s.ptr[i]) && s.ptr[i] != '-' && s.ptr[i] < 0x80)
				return false;
			continue;
		}
		if (i == start)
			return false;
		++*labels;
		if (i == s.len)
			for (size_t k = start; k < i; k++)
				if (is_digit(s.ptr[k]) || s.ptr[k] == '-')
					return false;
		if (i == s.len && i - start < 2)
			return false;
		start = i + 1;
	}
	return *labels >= 2;
}

static struct span host_part(struct span s)
{
	size_t end = 0;

	while (end < s.len && !is_space(s.ptr[end]) && !strchr("/?#:<>\"'(),;]", s.ptr[end]))
		end++;
	s = span_sub(s, 0, end);
	while (s.len > 0 && strchr(".!", s.ptr[s.len - 1]))
		s.len--;
	return s;
}

const char *text_host(struct arena *arena, const char *text)
{
	struct span s = span_trim(span_of(text)), host;
	size_t at, labels, last;
	bool whole;

	if (!strpbrk(text, ".:")) /* as a rule */
		return NULL;
	at = span_find(s, SPAN("://"), 0);
	whole = span_chr(s, ' ') == s.len && span_chr(s, '\n') == s.len;
	if (at < s.len && at >= 3 &&
		(span_iends(span_sub(s, 0, at), "http") ||
			span_iends(span_sub(s, 0, at), "https"))) {
		struct span rest = span_skip(s, at + 3);
		size_t end = 0;

		while (end < rest.len && !is_space(rest.ptr[end]) && rest.ptr[end] != '/' &&
			rest.ptr[end] != '?')
			end++;
		if (span_chr(span_sub(rest, 0, end), '@') <
			end) /* what a reader takes for the site stands before the @ */
			return url_host(arena,
				arena_copy(arena,
					span_sub(s,
						at >= 5 && span_iends(span_sub(s, 0, at), "https")
							? at - 5
							: at - 4,
						at + 3 + end)));
		host = host_part(rest);
		return host_shape(host, &labels) ? domain_ascii(arena, host) : NULL;
	}
	if (span_chr(s, '@') < s.len)
		return NULL;
	if (!whole) {
		at = span_ifind(s, SPAN("www."), 0);
		if (at == s.len || (at > 0 && !is_space(s.ptr[at - 1])))
			return NULL;
		s = span_skip(s, at);
	}
	host = host_part(s);
	if (!host_shape(host, &labels))
		return NULL;
	last = span_rchr(host, '.');
	if (labels == 2 && !span_istarts(host, "www.") &&
		(file_like(span_skip(host, last + 1)) || host.ptr[0] < 'a' || host.len < 6))
		return NULL;
	return domain_ascii(arena, host);
}
