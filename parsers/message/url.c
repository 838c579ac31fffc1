/* SPDX-License-Identifier: ISC */
/*
 * URLs as browsers read them: the states of the WHATWG URL standard's parser that decide where a
 * link goes (white space taken out, backslashes, any number of slashes, userinfo, percent-decoded
 * and IDNA hosts, every form of an IPv4 address).
 */
#include "parsers/base/buffer.h"
#include "parsers/base/printable.h"
#include "parsers/message/address.h"
#include "parsers/message/html.h"

enum { LIMIT_URLS = 10000, LIMIT_HOST = 1024 };

/* --- one URL --- */

/* Leading and trailing C0 controls and spaces go, then every tab and line end. */
static struct span clean(struct arena *arena, struct span s, unsigned *odd)
{
	uint8_t *out;
	size_t len = 0;

	while (s.len > 0 && *s.ptr <= ' ')
		s = span_skip(s, 1);
	while (s.len > 0 && s.ptr[s.len - 1] <= ' ')
		s.len--;
	out = arena_bytes(arena, s.len + 1);
	for (size_t i = 0; i < s.len; i++) {
		uint8_t c = s.ptr[i];

		if (c == '\t' || c == '\n' || c == '\r' || c == 0)
			*odd |= URL_ODD_WHITE;
		else
			out[len++] = c;
	}
	out[len] = '\0';
	return span_make(out, len);
}

/* scheme = ALPHA *( ALPHA / DIGIT / "+" / "-" / "." ) ":" */
static size_t scheme_len(struct span s)
{
	size_t i = 0;

	if (s.len == 0 || !is_alpha(*s.ptr))
		return 0;
	while (i < s.len &&
		(is_alnum(s.ptr[i]) || s.ptr[i] == '+' || s.ptr[i] == '-' || s.ptr[i] == '.'))
		i++;
	return i < s.len && s.ptr[i] == ':' ? i : 0;
}

/* Schemes for which a backslash is a slash and the authority follows any number of slashes. */
static bool is_special(const char *scheme)
{
	static const char *const names[] = {"http", "https", "ftp", "ws", "wss"};

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (strcmp(scheme, names[i]) == 0)
			return true;
	return false;
}

static struct span percent_decode(struct arena *arena, struct span s, unsigned *odd)
{
	uint8_t *out = arena_bytes(arena, s.len + 1);
	size_t len = 0;

	for (size_t i = 0; i < s.len; i++) {
		int byte = s.ptr[i] == '%' ? span_hex_byte(s, i + 1) : -1;

		if (byte >= 0) {
			out[len++] = (uint8_t)byte;
			i += 2;
			*odd |= URL_ODD_ESCAPED_HOST;
		} else
			out[len++] = s.ptr[i];
	}
	out[len] = '\0';
	return span_make(out, len);
}

/* One part of an IPv4 address: decimal, 0 octal, 0x hexadecimal. False where it is no number. */
static bool ipv4_number(struct span s, uint64_t *ret)
{
	unsigned base = 10;

	if (s.len == 0)
		return false;
	if (s.len >= 2 && s.ptr[0] == '0' && (s.ptr[1] | 32) == 'x') {
		base = 16;
		s = span_skip(s, 2);
	} else if (s.len >= 2 && s.ptr[0] == '0') {
		base = 8;
		s = span_skip(s, 1);
	}
	*ret = 0;
	for (size_t i = 0; i < s.len; i++) {
		int digit = hex_value(s.ptr[i]);

		if (digit < 0 || (unsigned)digit >= base)
			return false;
		if (*ret <= UINT32_MAX)
			*ret = *ret * base + (unsigned)digit;
	}
	return true;
}

/*
 * "a", "a.b", "a.b.c", "a.b.c.d": each part but the last is a byte, the last fills what is left.
 * NULL where the host is no IPv4 address (or an impossible one, which a browser refuses).
 */
static const char *ipv4(struct arena *arena, struct span host, unsigned *odd)
{
	uint64_t part[4], address = 0;
	size_t count = 0;
	struct span rest = host;
	char *text;

	if (rest.len > 0 && rest.ptr[rest.len - 1] == '.')
		rest.len--;
	while (count < 4) {
		size_t dot = span_chr(rest, '.');

		if (!ipv4_number(span_sub(rest, 0, dot), &part[count++]))
			return NULL;
		if (dot == rest.len) {
			rest = SPAN_NONE;
			break;
		}
		rest = span_skip(rest, dot + 1);
		if (count == 4)
			return NULL;
	}
	for (size_t i = 0; i + 1 < count; i++) {
		if (part[i] > 255)
			return NULL;
		address |= part[i] << (24 - 8 * i);
	}
	if (part[count - 1] >= (uint64_t)1 << (32 - 8 * (count - 1)))
		return NULL;
	address |= part[count - 1];
	text = arena_printf(arena, "%u.%u.%u.%u", (unsigned)(address >> 24),
		(unsigned)(address >> 16 & 255), (unsigned)(address >> 8 & 255),
		(unsigned)(address & 255));
	*odd |= URL_ODD_IPV4 | (span_is(host, text) ? 0 : URL_ODD_IP_FORM);
	return text;
}

static bool is_slash_like(uint32_t c)
{
	return c == 0x2044 || c == 0x2215 || c == 0x29f8 || c == 0x29f5 || c == 0xff0f ||
	       c == 0x2571 || c == 0x338;
}

static bool is_invisible(uint32_t c)
{
	return c == 0xad || c == 0x34f || c == 0x115f || c == 0x1160 ||
	       (c >= 0x200b && c <= 0x200f) || c == 0x61c || (c >= 0x2028 && c <= 0x202e) ||
	       (c >= 0x2060 && c <= 0x206f) || c == 0x3164 || c == 0xfeff || c == 0x180e ||
	       c == 0xffa0 || c == 0x2800 || (c >= 0xe0000 && c <= 0xe007f);
}

static unsigned odd_characters(struct span s, bool authority)
{
	unsigned odd = 0;

	for (size_t i = 0, len; i < s.len; i += len) {
		uint32_t c = s.ptr[i];

		len = 1;
		if (c < 0x80)
			continue;
		len = utf8_decode(span_skip(s, i), &c);
		if (len > 1 && is_invisible(c))
			odd |= URL_ODD_INVISIBLE;
		if (len > 1 && authority && is_slash_like(c))
			odd |= URL_ODD_SLASH;
		len += len == 0;
	}
	return odd;
}

static const char *read_host(struct arena *arena, struct span host, unsigned *odd)
{
	const char *address, *ascii;
	size_t colon;

	if (host.len > 0 && *host.ptr == '[') {
		size_t end = span_chr(host, ']');

		*odd |= URL_ODD_IPV6;
		return end < host.len ? arena_lower(arena, span_sub(host, 0, end + 1)) : NULL;
	}
	colon = span_rchr(host, ':');
	host = span_sub(host, 0, colon);
	host = percent_decode(arena, span_sub(host, 0, LIMIT_HOST), odd);
	address = ipv4(arena, host, odd);
	if (address || host.len == 0)
		return address;
	for (size_t i = 0; i < host.len; i++)
		if (!is_alnum(host.ptr[i]) && (host.ptr[i] <= ' ' || host.ptr[i] == 0x7f ||
						      strchr("<>\"^`{|}/\\?#@", host.ptr[i])))
			return NULL; /* forbidden host code points: a browser refuses the URL */
	ascii = domain_ascii(arena, host);
	if (!ascii)
		return NULL;
	if (!span_ieq(span_sub(host, 0, strlen(ascii)), span_of(ascii)) || strstr(ascii, "xn--"))
		*odd |= URL_ODD_IDN;
	/* Full-width digits may have become an address. */
	address = ipv4(arena, span_of(ascii), odd);
	return address ? address : ascii;
}

static bool ends_authority(uint8_t c, bool special)
{
	return c == '/' || c == '?' || c == '#' || (special && c == '\\');
}

static void read_authority(struct arena *arena, struct url_view *v, struct span s, bool special)
{
	size_t slashes = 0, end = 0, at;

	while (slashes < s.len && (s.ptr[slashes] == '/' || (special && s.ptr[slashes] == '\\'))) {
		v->odd |= s.ptr[slashes] == '\\' ? URL_ODD_BACKSLASH : 0;
		slashes++;
		if (!special && slashes == 2)
			break;
	}
	if (slashes != 2)
		v->odd |= URL_ODD_SLASHES;
	s = span_skip(s, slashes);
	while (end < s.len && !ends_authority(s.ptr[end], special))
		end++;
	if (end < s.len && s.ptr[end] == '\\')
		v->odd |= URL_ODD_BACKSLASH;
	v->authority = span_sub(s, 0, end);
	v->rest = span_skip(s, end);
	v->odd |= odd_characters(v->authority, true);
	at = span_rchr(v->authority, '@');
	if (at < v->authority.len) {
		v->userinfo = span_sub(v->authority, 0, at);
		v->odd |= URL_ODD_USERINFO;
		v->host = read_host(arena, span_skip(v->authority, at + 1), &v->odd);
	} else
		v->host = read_host(arena, v->authority, &v->odd);
}

struct url_view url_read(struct arena *arena, struct span url)
{
	struct url_view v = {.scheme = ""};
	struct span s = clean(arena, url, &v.odd);
	size_t len = scheme_len(s);
	size_t path;

	v.url = (const char *)s.ptr;
	v.rest = s;
	if (len > 0) {
		v.scheme = arena_lower(arena, span_sub(s, 0, len));
		v.rest = span_skip(s, len + 1);
		if (is_special(v.scheme))
			read_authority(arena, &v, v.rest, true);
		else if (span_starts(v.rest, "//"))
			read_authority(arena, &v, v.rest, false);
	} else {
		v.odd |= URL_ODD_RELATIVE;
		if (s.len >= 2 && (s.ptr[0] == '/' || s.ptr[0] == '\\') &&
			(s.ptr[1] == '/' || s.ptr[1] == '\\'))
			read_authority(arena, &v, s, true);
	}
	path = 0;
	while (path < v.rest.len && v.rest.ptr[path] != '?' && v.rest.ptr[path] != '#')
		path++;
	v.odd |= odd_characters(span_sub(v.rest, 0, path), false);
	return v;
}

const char *url_host(struct arena *arena, struct span url)
{
	struct url_view v = url_read(arena, span_sub(url, 0, LIMIT_URL));

	return v.odd & URL_ODD_RELATIVE ? NULL : v.host;
}

/* "hxxp", "hxxps", "fxp"; any other scheme gets brackets round its colon. Dots of the authority get
 * brackets. */
const char *url_defang(struct arena *arena, const char *url)
{
	struct span s = span_of(url);
	struct buffer out = BUFFER_INIT;
	size_t len = scheme_len(s), end;
	char *text;

	if (len > 0 && (s.ptr[0] | 32) == 'h' && len >= 4 && span_istarts(s, "http"))
		buffer_printf(&out, "hxxp%.*s:", (int)(len - 4), url + 4);
	else if (len > 0 && span_iis(span_sub(s, 0, len), "ftp"))
		buffer_str(&out, "fxp:");
	else if (len > 0)
		buffer_printf(&out, "%.*s[:]", (int)len, url);
	s = span_skip(s, len > 0 ? len + 1 : 0);
	for (end = 0;
		end < s.len && (s.ptr[end] == '/' || s.ptr[end] == '\\' || is_space(s.ptr[end]));)
		end++;
	while (end < s.len && s.ptr[end] != '/' && s.ptr[end] != '?' && s.ptr[end] != '#')
		end++;
	for (size_t i = 0; i < s.len; i++)
		if (s.ptr[i] == '.' && i < end)
			buffer_str(&out, "[.]");
		else
			buffer_char(&out, (char)s.ptr[i]);
	text = arena_text(arena, buffer_view(&out));
	buffer_release(&out);
	return text;
}

/* --- the URLs of a message --- */

struct collect {
	struct arena *arena;
	struct mime *mime;
	struct part *part;
	size_t index;
	struct url_list list;
};

static void add_view(struct collect *c, const struct url_view *v, const char *text, size_t at)
{
	if (!*v->url || (v->odd & URL_ODD_RELATIVE && !v->host))
		return;
	*LIST_ADD(c->arena, c->list.url, c->list.count, c->list.room) = (struct url){.url = v->url,
		.text = text,
		.host = v->host,
		.part = c->index,
		.offset = part_text_stored(c->arena, c->mime, c->part, at)};
}

static bool full(struct collect *c)
{
	c->list.limited = c->list.limited || c->list.count >= LIMIT_URLS;
	return c->list.limited;
}

static void add(struct collect *c, struct span url, size_t at)
{
	struct url_view v;

	if (full(c))
		return;
	v = url_read(c->arena, span_sub(url, 0, LIMIT_URL));
	add_view(c, &v, NULL, at);
}

static void add_html(struct collect *c)
{
	const struct html *html = part_html(c->arena, c->mime, c->part);
	size_t link = 0, item = 0;

	/* Two lists in order of place become one. */
	while (link < html->link_count || item < html->item_count) {
		if (link < html->link_count &&
			(item == html->item_count ||
				html->link[link].offset <= html->item[item].offset)) {
			const struct html_link *l = &html->link[link++];

			if (!full(c))
				add_view(c, &l->url, l->text, l->offset);
		} else {
			const struct html_item *i = &html->item[item++];

			if (i->kind == HTML_FORM || i->kind == HTML_FRAME ||
				i->kind == HTML_OBJECT || i->kind == HTML_BASE)
				add(c, span_of(i->value), i->offset);
		}
	}
}

static bool url_byte(uint8_t c)
{
	return c > ' ' && c != 0x7f && !strchr("<>\"`{}|^", c);
}

/* Where a URL in running text ends: brackets that it did not open and the sentence's own marks are
 * not of it. */
static size_t text_end(struct span s)
{
	size_t end = 0, open = 0, close = 0;

	for (; end < s.len && end < LIMIT_URL && url_byte(s.ptr[end]); end++) {
		open += s.ptr[end] == '(';
		close += s.ptr[end] == ')';
	}
	while (end > 0) {
		uint8_t c = s.ptr[end - 1];

		if (c == ')' && close > open)
			close--;
		else if (!strchr(".,;:!?'*_]", c))
			break;
		end--;
	}
	return end;
}

/* Known schemes only: "note: this" or "12:30" are no URLs. */
static size_t text_scheme(struct span s, size_t colon)
{
	static const char *const names[] = {"https", "http", "ftp", "mailto", "sftp", "ftps",
		"file", "javascript", "data", "smb", "ms-search", "search-ms", "tel", "ldap", "ws",
		"wss"};
	size_t start = colon;

	while (start > 0 && colon - start < 16 &&
		(is_alnum(s.ptr[start - 1]) || s.ptr[start - 1] == '-'))
		start--;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		size_t len = strlen(names[i]);

		/* A scheme may follow other letters directly: "Linkhttp://". */
		if (len <= colon - start && span_iis(span_sub(s, colon - len, colon), names[i]))
			return len;
	}
	return 0;
}

static void add_text(struct collect *c)
{
	struct span text = part_text(c->arena, c->mime, c->part);
	size_t at = 0;

	while (at < text.len) {
		const uint8_t *colon = memchr(text.ptr + at, ':', text.len - at);
		size_t place, len, end;

		if (!colon)
			return;
		place = (size_t)(colon - text.ptr);
		at = place + 1;
		len = text_scheme(text, place);
		if (len == 0 || place + 1 >= text.len || !url_byte(text.ptr[place + 1]))
			continue;
		if (!span_iis(span_sub(text, place - len, place), "mailto") &&
			text.ptr[place + 1] != '/' && text.ptr[place + 1] != '\\')
			continue;
		end = place - len + text_end(span_skip(text, place - len));
		if (end <= place + 1)
			continue;
		add(c, span_sub(text, place - len, end), place - len);
		at = end;
	}
}

struct url_list url_collect(struct arena *arena, struct mime *mime)
{
	struct collect c = {.arena = arena, .mime = mime};

	for (c.index = 0; c.index < mime->count && !c.list.limited; c.index++) {
		c.part = &mime->part[c.index];
		if (part_is_html(c.part))
			add_html(&c);
		else if (c.part->is_text)
			add_text(&c);
	}
	return c.list;
}
