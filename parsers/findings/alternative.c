/* SPDX-License-Identifier: ISC */
/*
 * The versions of a multipart/alternative should say the same. Compared are the sets of words, and
 * the organisations that the links lead to.
 */
#include "parsers/findings/mime.h"

enum { WORDS_MIN = 20, WORDS_MAX = 50000, STUB_MAX = 120, LINKS_MAX = 200 };

/* 2 to the 64th, divided by the golden ratio. */
static const uint64_t HASH_FACTOR = 0x9e3779b97f4a7c15;

struct words {
	uint32_t *hash;
	size_t count;
};

/* By their bytes, from the last to the first: time that no choice of words can stretch. */
static void sort(struct arena *arena, struct words *w)
{
	uint32_t *from = w->hash, *to = arena_array(arena, w->count, sizeof *to);

	for (unsigned shift = 0; shift < 32; shift += 8) {
		size_t at[256] = {0}, sum = 0;

		for (size_t i = 0; i < w->count; i++)
			at[from[i] >> shift & 255]++;
		for (size_t i = 0; i < 256; i++) {
			size_t count = at[i];

			at[i] = sum;
			sum += count;
		}
		for (size_t i = 0; i < w->count; i++)
			to[at[from[i] >> shift & 255]++] = from[i];

		uint32_t *swap = from;

		from = to;
		to = swap;
	}
	w->hash = from;
}

static bool word_byte(uint8_t c)
{
	return is_alnum(c) || c >= 0x80;
}

/* Eight letters at once: the bytes from A to Z get the bit of lower case. */
static uint64_t lower_letters(uint64_t x)
{
	const uint64_t ones = UINT64_MAX / 255, low = x & ones * 0x7f;
	uint64_t from_a = low + ones * (0x80 - 'A'), behind_z = low + ones * (0x7f - 'Z');

	return x | (((from_a ^ behind_z) & ~x & ones * 0x80) >> 2);
}

/* A word's number, the same in any case. */
static uint32_t hash_word(struct span word)
{
	uint64_t hash = word.len;

	for (; word.len > 0; word = span_skip(word, 8)) {
		uint64_t letters = 0;

		memcpy(&letters, word.ptr, word.len < 8 ? word.len : 8);
		hash = (hash ^ lower_letters(letters)) * HASH_FACTOR;
		hash ^= hash >> 32;
	}
	return (uint32_t)hash;
}

/* Takes the text up to white space off *TEXT and adds its words of three bytes or more; an address
 * or URL has none. */
static void add_token(struct words *w, size_t room, struct span *text)
{
	size_t before = w->count, start = 0, i = 0;
	bool address = false;

	for (;; i++) {
		uint8_t c = i < text->len ? text->ptr[i] : ' ';

		if (word_byte(c))
			continue;
		if (i - start >= 3 && w->count < room)
			w->hash[w->count++] = hash_word(span_sub(*text, start, i));
		if (is_space(c))
			break;
		address |= c == '@' || (c == ':' && span_starts(span_skip(*text, i), "://"));
		start = i + 1;
	}
	if (address)
		w->count = before;
	*text = span_skip(*text, i + 1);
}

static struct words words_of(struct arena *arena, struct span text)
{
	size_t room = text.len / 4 + 1,
	       unique = 0; /* a word and what ends it are four bytes or more */
	struct words w = {NULL, 0};

	room = room < WORDS_MAX ? room : WORDS_MAX;
	w.hash = arena_array(arena, room, sizeof *w.hash);
	while (text.len > 0 && w.count < room)
		add_token(&w, room, &text);
	sort(arena, &w);
	for (size_t i = 0; i < w.count; i++)
		if (i == 0 || w.hash[i] != w.hash[i - 1])
			w.hash[unique++] = w.hash[i];
	w.count = unique;
	return w;
}

static size_t common_words(const struct words *a, const struct words *b)
{
	size_t i = 0, k = 0, count = 0;

	while (i < a->count && k < b->count) {
		uint32_t x = a->hash[i], y = b->hash[k];

		count += x == y;
		i += x <= y;
		k += y <= x;
	}
	return count;
}

/* A short text that only sends the reader to the other version. */
static bool is_stub(struct span plain)
{
	static const char *const words[] = {"view this email", "view it in", "view this message",
		"in your browser", "in a browser", "html version", "html email", "html-email",
		"support html", "html format", "html compatible", "does not display html",
		"online version", "view online", "read online", "im browser", "webversion",
		"onlineversion", "dans votre navigateur", "html mail", "html-capable",
		"html message", NULL};

	return plain.len < STUB_MAX || text_has(span_sub(plain, 0, 4000), words, NULL);
}

/* The organisations that the links of one version lead to; -1 where there are none, 1 where one is
 * shared, else 0. */
static int links_shared(const struct findings *f, size_t plain, size_t html)
{
	const struct evidence *e = f->evidence;
	const char *org[LINKS_MAX];
	size_t count = 0, other = 0;

	for (size_t i = 0; e->urls && i < e->urls->count && count < LINKS_MAX; i++)
		if (e->urls->url[i].part == plain && e->urls->url[i].host)
			org[count++] = org_of(e, e->urls->url[i].host);
	for (size_t i = 0; e->urls && i < e->urls->count && other < LINKS_MAX; i++) {
		const struct url *url = &e->urls->url[i];
		const char *name;

		if (url->part != html || !url->host || !url->text)
			continue;
		name = org_of(e, url->host);
		other++;
		for (size_t k = 0; k < count; k++)
			if (strcmp(org[k], name) == 0)
				return 1;
	}
	return count == 0 || other == 0 ? -1 : 0;
}

static struct part *find_child(struct mime *mime, const struct part *parent, bool html)
{
	size_t index = (size_t)(parent - mime->part);

	for (size_t i = index + 1; i < mime->count && mime->part[i].depth > parent->depth; i++) {
		struct part *part = &mime->part[i];
		const struct part *above = &mime->part[part->parent];
		bool near =
			part->parent == index ||
			(above->parent == index && strcmp(above->type, "multipart/related") == 0);

		if (near && (html ? part_is_html(part) : strcmp(part->type, "text/plain") == 0))
			return part;
	}
	return NULL;
}

static void raise(struct findings *f, const struct part *plain, const struct part *html,
	enum severity severity, const char *what)
{
	const struct mime *mime = f->evidence->mime;
	struct finding *finding = finding_raise(f, FINDING_MIME_ALT_DIVERGE, severity,
		"the plain text %s and the HTML %s %s", plain->path, html->path, what);

	finding_show(f, finding, part_evidence(mime, plain), "plain text");
	finding_show(f, finding, part_evidence(mime, html), "HTML");
}

void findings_alternative(struct findings *f, struct part *part)
{
	struct mime *mime = f->evidence->mime;
	struct part *plain = find_child(mime, part, false), *html = find_child(mime, part, true);
	struct span text;

	if (!plain || !html)
		return;
	text = span_of(part_text(f->arena, mime, plain));
	if (is_stub(span_trim(text)))
		return;

	struct words a = words_of(f->arena, text);
	struct words b = words_of(f->arena, span_of(part_html(f->arena, mime, html)->visible));
	size_t common = common_words(&a, &b), smaller = a.count < b.count ? a.count : b.count;

	if (a.count < WORDS_MIN || b.count < WORDS_MIN)
		return;
	/* A summary of the other is none: the smaller set must be of other words too. */
	if (common * 10 < 3 * (a.count + b.count - common) && common * 2 < smaller)
		raise(f, plain, html, SEVERITY_NONE,
			arena_printf(f->arena, "have %zu of %zu different words in common", common,
				a.count + b.count - common));
	else if (links_shared(f, (size_t)(plain - mime->part), (size_t)(html - mime->part)) == 0)
		raise(f, plain, html,
			common * 10 < 6 * (a.count + b.count - common) ? SEVERITY_NONE
								       : SEVERITY_LOW,
			"link to different places");
}
