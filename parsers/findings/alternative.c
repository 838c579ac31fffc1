/* SPDX-License-Identifier: ISC */
/*
 * The versions of a multipart/alternative should say the same. Compared are the sets of words, the
 * organisations that the links lead to, and amounts, numbers and addresses in the text.
 */
#include "parsers/findings/facts.h"
#include "parsers/findings/mime.h"

enum { WORDS_MIN = 20, WORDS_MAX = 50000, STUB_MAX = 120, LINKS_MAX = 200, RECENT = 1024 };

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

/* Eight letters at once: the bytes from A to Z get the bit of lower case. */
static uint64_t lower_letters(uint64_t x)
{
	const uint64_t ones = UINT64_MAX / 255, low = x & ones * 0x7f;
	uint64_t from_a = low + ones * (0x80 - 'A'), behind_z = low + ones * (0x7f - 'Z');

	return x | (((from_a ^ behind_z) & ~x & ones * 0x80) >> 2);
}

/* Up to eight bytes of S, the first in the lowest place. */
static uint64_t letters(struct span s)
{
	const uint8_t *p = s.ptr;
	uint64_t x = 0;

	if (s.len >= 8)
		return (uint64_t)p[0] | (uint64_t)p[1] << 8 | (uint64_t)p[2] << 16 |
		       (uint64_t)p[3] << 24 | (uint64_t)p[4] << 32 | (uint64_t)p[5] << 40 |
		       (uint64_t)p[6] << 48 | (uint64_t)p[7] << 56;
	for (size_t i = 0; i < s.len; i++)
		x |= (uint64_t)p[i] << 8 * i;
	return x;
}

/* The number of the word of LEN bytes that TEXT begins with, the same in any case. */
static uint32_t hash_word(struct span text, size_t len)
{
	uint64_t hash = len;

	for (size_t left = len; left > 0; left = left < 8 ? 0 : left - 8) {
		uint64_t x = letters(text);

		if (left < 8)
			x <<= 64 - 8 * left; /* what follows is not of the word */
		hash = (hash ^ lower_letters(x)) * HASH_FACTOR;
		hash ^= hash >> 32;
		text = span_skip(text, 8);
	}
	return (uint32_t)hash;
}

enum byte_class { OTHER, WORD, SPACE };

/* What is known while the words of a text are read. */
struct reading {
	struct words words;
	size_t token;            /* where the words of the token in hand begin */
	bool address;            /* the token in hand belongs to an address or URL */
	uint32_t recent[RECENT]; /* most words are repeated, and need to be sorted once */
	uint8_t class[256];      /* enum byte_class */
};

static void classify_bytes(struct reading *r)
{
	for (unsigned c = 0; c < 256; c++)
		r->class[c] = is_alnum((uint8_t)c) || c >= 0x80 ? WORD
			      : is_space((uint8_t)c)            ? SPACE
								: OTHER;
}

/* White space: of an address no word counts, of other tokens those not met of late. */
static void end_token(struct reading *r)
{
	struct words *w = &r->words;
	size_t count = r->token;

	for (size_t i = r->token; i < w->count && !r->address; i++) {
		uint32_t hash = w->hash[i], *last = &r->recent[hash % RECENT];

		if (*last != hash)
			w->hash[count++] = *last = hash;
	}
	w->count = r->token = count;
	r->address = false;
}

/* Words of three bytes or more. */
static void read_words(struct reading *r, struct span text, size_t room)
{
	struct words *w = &r->words;

	while (text.len > 0) {
		size_t len = 0;

		while (len < text.len && r->class[text.ptr[len]] == WORD)
			len++;
		if (len >= 3 && w->count < room)
			w->hash[w->count++] = hash_word(text, len);
		text = span_skip(text, len);
		if (text.len == 0)
			break;
		if (r->class[*text.ptr] == SPACE)
			end_token(r);
		else
			r->address |= *text.ptr == '@' || span_starts(text, "://");
		text = span_skip(text, 1);
	}
	end_token(r);
}

static void drop_repeated(struct words *w)
{
	size_t unique = 0;

	for (size_t i = 0; i < w->count; i++)
		if (i == 0 || w->hash[i] != w->hash[i - 1])
			w->hash[unique++] = w->hash[i];
	w->count = unique;
}

static struct words words_of(struct arena *arena, struct span text)
{
	/* a word and what ends it are four bytes or more */
	size_t room = text.len / 4 + 1 < WORDS_MAX ? text.len / 4 + 1 : WORDS_MAX;
	struct reading r = {.words = {.hash = arena_array(arena, room, sizeof(uint32_t))}};

	classify_bytes(&r);
	read_words(&r, text, room);
	sort(arena, &r.words);
	drop_repeated(&r.words);
	return r.words;
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
	struct finding *finding = finding_raise(f, FINDING_MIME_ALT_DIVERGE,
		structure_severity(f, FINDING_MIME_ALT_DIVERGE, severity),
		"the plain text %s and the HTML %s %s", plain->path, html->path, what);

	finding_show(f, finding, part_evidence(mime, plain), "plain text");
	finding_show(f, finding, part_evidence(mime, html), "HTML");
}

/* The same words with another amount, account, telephone or address in them. */
static void compare_facts(struct findings *f, struct part *plain, struct part *html)
{
	static const char *const kind[FACT_KIND_COUNT] = {"amounts", "numbers", "addresses"};
	struct mime *mime = f->evidence->mime;
	struct facts *a = ARENA_NEW(f->arena, struct facts), *b = ARENA_NEW(f->arena, struct facts);
	const struct fact *x, *y;

	facts_read(a, span_of(part_text(f->arena, mime, plain)));
	facts_read(b, span_of(part_html(f->arena, mime, html)->visible));
	for (enum fact_kind i = 0; i < FACT_KIND_COUNT; i++)
		if (facts_differ(a, b, i, &x, &y))
			raise(f, plain, html, SEVERITY_NONE,
				arena_printf(f->arena, "have the same words and other %s: %.*s and %.*s", kind[i],
					SPAN_ARG(span_sub(x->text, 0, 60)), SPAN_ARG(span_sub(y->text, 0, 60))));
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
	struct words b = words_of(f->arena, html_visible(part_html(f->arena, mime, html)));
	size_t common = common_words(&a, &b), smaller = a.count < b.count ? a.count : b.count;

	if (a.count < WORDS_MIN || b.count < WORDS_MIN)
		return;

	bool alike = common * 10 >= 6 * (a.count + b.count - common);

	/* A summary of the other is none: the smaller set must be of other words too. */
	if (common * 10 < 3 * (a.count + b.count - common) && common * 2 < smaller)
		raise(f, plain, html, SEVERITY_NONE,
			arena_printf(f->arena, "have %zu of %zu different words in common", common,
				a.count + b.count - common));
	else if (links_shared(f, (size_t)(plain - mime->part), (size_t)(html - mime->part)) == 0)
		raise(f, plain, html,
			alike ? SEVERITY_LOW : SEVERITY_NONE, "link to different places");
	/* In two texts that are not the same for other reasons numbers differ, too. */
	if (alike)
		compare_facts(f, plain, html);
}
