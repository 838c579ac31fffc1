/* SPDX-License-Identifier: ISC */
/*
 * The versions of a multipart/alternative should say the same. Compared are the sets of words, the
 * organisations that the links lead to, and amounts, numbers and addresses in the text.
 */
#include "parsers/findings/facts.h"
#include "parsers/findings/mime.h"
#include "parsers/findings/vocabulary.h"

enum { WORDS_MIN = 20, STUB_MAX = 120, LINKS_MAX = 200 };

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
	struct facts a, b;
	const struct fact *x, *y;

	facts_read(&a, part_text(f->arena, mime, plain));
	facts_read(&b, html_visible(part_html(f->arena, mime, html)));
	for (enum fact_kind i = 0; i < FACT_KIND_COUNT; i++)
		if (facts_differ(&a, &b, i, &x, &y))
			raise(f, plain, html, SEVERITY_NONE,
				arena_printf(f->arena,
					"have the same words and other %s: %.*s and %.*s", kind[i],
					SPAN_ARG(span_sub(x->text, 0, 60)),
					SPAN_ARG(span_sub(y->text, 0, 60))));
}

void findings_alternative(struct findings *f, struct part *part)
{
	struct mime *mime = f->evidence->mime;
	struct part *plain = find_child(mime, part, false), *html = find_child(mime, part, true);
	struct span text;

	if (!plain || !html)
		return;
	text = part_text(f->arena, mime, plain);
	if (is_stub(span_trim(text)))
		return;

	struct vocabulary a = vocabulary_of(f->arena, text);
	struct vocabulary b =
		vocabulary_of(f->arena, html_visible(part_html(f->arena, mime, html)));
	size_t common = vocabulary_common(&a, &b), smaller = a.count < b.count ? a.count : b.count;

	if (a.count < WORDS_MIN || b.count < WORDS_MIN)
		return;

	bool alike = common * 10 >= 6 * (a.count + b.count - common);

	/* A summary of the other is none: the smaller set must be of other words too. */
	if (common * 10 < 3 * (a.count + b.count - common) && common * 2 < smaller)
		raise(f, plain, html, SEVERITY_NONE,
			arena_printf(f->arena, "have %zu of %zu different words in common", common,
				a.count + b.count - common));
	else if (links_shared(f, (size_t)(plain - mime->part), (size_t)(html - mime->part)) == 0)
		raise(f, plain, html, alike ? SEVERITY_LOW : SEVERITY_NONE,
			"link to different places");
	/* In two texts that are not the same for other reasons numbers differ, too. */
	if (alike)
		compare_facts(f, plain, html);
}
