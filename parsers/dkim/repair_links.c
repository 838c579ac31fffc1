/* SPDX-License-Identifier: ISC */
/* Links that a gateway made to lead through itself, taken back to what they carry. */
#include "parsers/base/encode.h"
#include "parsers/dkim/repair.h"

enum { LINKS_MAX = 2000, LINK_MAX = 8192 };

static bool is_link_byte(uint8_t c)
{
	return c > 32 && c < 127 && !strchr("<>\"'`{}|\\^", c);
}

/* The value of a query parameter, up to "&" (or "&amp;"). */
static struct span parameter(struct span url, const char *name)
{
	size_t len = strlen(name), at = span_chr(url, '?');

	while (at < url.len) {
		struct span rest = span_skip(url, at + 1);

		if (span_istarts(rest, "amp;"))
			rest = span_skip(rest, 4);
		if (rest.len > len && span_iis(span_sub(rest, 0, len), name) &&
			rest.ptr[len] == '=')
			return span_sub(
				rest, len + 1, len + 1 + span_chr(span_skip(rest, len + 1), '&'));
		at = (size_t)(rest.ptr - url.ptr) + span_chr(rest, '&');
	}
	return SPAN_NONE;
}

/* URL Defense v2: "-" stands for "%", "_" for "/". */
static struct span defense_2(struct arena *arena, struct span u)
{
	uint8_t *out = (uint8_t *)(uintptr_t)arena_copy(arena, u).ptr;

	for (size_t i = 0; i < u.len; i++)
		out[i] = u.ptr[i] == '-' ? '%' : u.ptr[i] == '_' ? '/' : u.ptr[i];
	return escape_decode(arena, span_make(out, u.len), '%');
}

/* How many bytes "**X" stands for: X counts from 2. */
static size_t run_length(uint8_t c)
{
	static const char order[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
	const char *at = c ? strchr(order, c) : NULL;

	return at ? (size_t)(at - order) + 2 : 0;
}

/* URL Defense v3: /v3/__URL__;BYTES!!TOKEN$, where "*" in URL is the next of BYTES (base64). */
static struct span defense_3(struct arena *arena, struct span url)
{
	size_t from = span_find(url, SPAN("/v3/__"), 0) + 6, to = span_find(url, SPAN("__;"), from),
	       end;
	struct span inner = span_sub(url, from, to), bytes = SPAN_NONE;
	struct buffer b = BUFFER_INIT;
	bool forgiven;
	size_t next = 0;
	struct span ret;

	end = span_find(url, SPAN("!"), to);
	if (to >= url.len || end >= url.len)
		return SPAN_NONE;
	if (end > to + 3) {
		struct span code = arena_copy(arena, span_sub(url, to + 3, end));
		uint8_t *p = (uint8_t *)(uintptr_t)code.ptr;

		for (size_t i = 0; i < code.len; i++)
			p[i] = p[i] == '-' ? '+' : p[i] == '_' ? '/' : p[i];
		if (!base64_forgiving(arena, code, &bytes, &forgiven))
			return SPAN_NONE;
	}
	for (size_t i = 0; i < inner.len; i++) {
		size_t run = 1;

		if (inner.ptr[i] != '*') {
			buffer_char(&b, (char)inner.ptr[i]);
			continue;
		}
		if (i + 2 < inner.len && inner.ptr[i + 1] == '*' && run_length(inner.ptr[i + 2])) {
			run = run_length(inner.ptr[i + 2]);
			i += 2;
		}
		for (; run && next < bytes.len; run--)
			buffer_char(&b, (char)bytes.ptr[next++]);
	}
	ret = arena_copy(arena, buffer_view(&b));
	buffer_release(&b);
	return ret;
}

/* What a rewritten URL carries, or none. */
static struct span carried(struct arena *arena, struct span url)
{
	static const struct {
		const char *host, *parameter;
	} plain[] = {
		{"safelinks.protection.outlook.com/", "url"},
		{"linkprotect.cudasvc.com/url", "a"},
		{"urldefense.proofpoint.com/v1/url", "u"},
		{"mimecast.com/", "url"},
		{"mimecastprotect.com/", "url"},
		{"clicktime.symantec.com/", "u"},
		{"trendmicro.com/wis/clicktime/", "url"},
		{"safelinks.protection.office365.us/", "url"},
	};
	struct span value = SPAN_NONE;
	size_t at;

	if (span_find(url, SPAN("urldefense.com/v3/__"), 0) < url.len ||
		span_find(url, SPAN("urldefense.us/v3/__"), 0) < url.len)
		return defense_3(arena, url);
	if (span_find(url, SPAN("urldefense.proofpoint.com/v2/url"), 0) < url.len) {
		value = parameter(url, "u");
		return value.len ? defense_2(arena, value) : SPAN_NONE;
	}
	for (size_t i = 0; i < sizeof plain / sizeof *plain && !value.len; i++)
		if (span_find(url, span_of(plain[i].host), 0) < url.len)
			value = parameter(url, plain[i].parameter);
	if (value.len)
		return escape_decode(arena, value, '%');
	at = span_find(url, SPAN("secure-web.cisco.com/"), 0);
	if (at < url.len) {
		size_t last = span_find(url, SPAN("/http"), at + 21);

		return last < url.len ? escape_decode(arena, span_skip(url, last + 1), '%') : SPAN_NONE;
	}
	return SPAN_NONE;
}

/* "&" as HTML writes it. */
static void add_url(struct buffer *b, struct span url, bool html)
{
	for (size_t i = 0; i < url.len; i++) {
		if (url.ptr[i] == '&' && html)
			buffer_str(b, "&amp;");
		else
			buffer_char(b, (char)url.ptr[i]);
	}
}

/* A rewritten link in TEXT. */
struct link {
	struct span shown, original;
};

static size_t find_links(struct arena *arena, struct span text, struct link *ret, size_t room)
{
	size_t count = 0;

	for (size_t at = span_ifind(text, SPAN("http"), 0); at < text.len && count < room;) {
		size_t end = at;
		struct span url, inner;

		while (end < text.len && end - at < LINK_MAX && is_link_byte(text.ptr[end]))
			end++;
		url = span_sub(text, at, end);
		if (span_find(url, SPAN("urldefense"), 0) < url.len &&
			span_rchr(url, '$') < url.len)
			url = span_sub(url, 0, span_rchr(url, '$') + 1); /* v3 ends so */
		inner = span_istarts(url, "https://") || span_istarts(url, "http://")
				? carried(arena, url)
				: SPAN_NONE;
		if (inner.len)
			ret[count++] = (struct link){url, inner};
		at = span_ifind(text, SPAN("http"), url.len > 4 ? at + url.len : at + 4);
	}
	return count;
}

static struct span undone(
	struct arena *arena, struct span text, const struct link *link, size_t count, bool html)
{
	struct buffer b = BUFFER_INIT;
	const uint8_t *from = text.ptr;
	struct span ret;

	for (size_t i = 0; i < count; i++) {
		buffer_add(&b, from, (size_t)(link[i].shown.ptr - from));
		add_url(&b, link[i].original, html);
		from = span_end(link[i].shown);
	}
	buffer_add(&b, from, (size_t)(span_end(text) - from));
	ret = arena_copy(arena, buffer_view(&b));
	buffer_release(&b);
	return ret;
}

static void push_links(struct search *s, const struct link *link, size_t count)
{
	for (size_t i = 0; i < count && s->edits < EDITS_MAX - 4; i++)
		search_push(s, "link-rewritten", "a link was made to lead through a gateway",
			link[i].shown, arena_text(s->v->arena, link[i].original),
			arena_text(s->v->arena, link[i].shown));
}

/* The whole body with all links taken back: as it is, with a footer, with a block put in at the
 * top. */
static bool try_undone(struct search *s, struct span text)
{
	struct rope rope = {.count = 0};
	struct span rest = text;
	size_t saved = s->edits;

	rope_add(&rope, text);
	if (search_rope(s, &rope))
		return true;
	for (size_t line = 0; line < 24 && rest.len && !search_over(s); line++) {
		struct span top;

		span_line(&rest, NULL);
		rope.count = 0;
		rope_add(&rope, rest);
		top = span_sub(text, 0, text.len - rest.len);
		/* Above the first link the text is the stored one, so the block's place is known.
		 */
		search_push(s, "block", "text was put in at the top",
			span_find(top, SPAN("://"), 0) == top.len && top.len <= s->body.len
				? span_sub(s->body, 0, top.len)
				: SPAN_NONE,
			NULL, arena_text(s->v->arena, span_sub(span_trim(top), 0, 120)));
		search_rope(s, &rope);
		s->edits = saved;
	}
	return search_over(s);
}

static bool in_encoded(struct search *s, const struct body_part *p)
{
	bool qp = span_istarts(p->encoding, "quoted-printable"),
	     b64 = span_istarts(p->encoding, "base64");
	struct span text = qp    ? decode_quoted_printable(s->arena, p->content)
			   : b64 ? decode_base64_lines(s->arena, p->content)
				 : SPAN_NONE;
	struct link *link = text.len ? ARENA_ARRAY(s->arena, struct link, LINKS_MAX) : NULL;
	size_t count = link ? find_links(s->arena, text, link, LINKS_MAX) : 0, saved = s->edits;

	for (int html = 0; count && html < 2 && !search_over(s); html++) {
		struct span plain = undone(s->arena, text, link, count, html);

		for (unsigned i = 0; i < (qp ? (unsigned)QP_VARIANTS : (unsigned)BASE64_VARIANTS) &&
				     !search_over(s);
			i++) {
			struct rope rope = rope_splice(s->body, p->content,
				qp ? encode_quoted_printable(s->arena, plain, i)
				   : encode_base64_lines(s->arena, plain, i));

			search_push(s, "link-rewritten",
				"links in this part were made to lead through a gateway",
				p->content, arena_text(s->v->arena, link[0].original),
				arena_text(s->v->arena, link[0].shown));
			search_whole(s, &rope);
			s->edits = saved;
		}
	}
	return search_over(s);
}

bool repair_links(struct search *s)
{
	const struct field *field = message_field(s->v->message, NAME_CONTENT_TRANSFER_ENCODING, 0);
	struct link *link;
	size_t count, saved = s->edits;

	if (span_ifind(s->body, SPAN("http"), 0) == s->body.len && !s->parts && !field)
		return search_over(s);
	link = ARENA_ARRAY(s->arena, struct link, LINKS_MAX);
	count = find_links(s->arena, s->body, link, LINKS_MAX);
	for (int html = 0; count && html < 2 && !search_over(s); html++) {
		push_links(s, link, count);
		try_undone(s, undone(s->arena, s->body, link, count, html));
		s->edits = saved;
	}
	for (size_t i = 0; i < s->parts && !search_over(s); i++)
		if (!s->part[i].is_multipart)
			in_encoded(s, &s->part[i]);
	if (!s->parts && field && !search_over(s)) {
		struct body_part whole = {.content = s->body, .encoding = span_trim(field->value)};

		in_encoded(s, &whole);
	}
	return search_over(s);
}
