/* SPDX-License-Identifier: ISC */
/* Findings about bodies: what HTML hides, loads, runs or sends. Attached messages have findings of
 * their own. */
#include "parsers/findings/body.h"

struct finding *body_show(
	const struct body *b, struct finding *finding, size_t offset, size_t len, const char *role)
{
	enum { PLACES = 16 };

	/* A place costs a pass over the part. */
	if (!finding || finding->evidence_count >= PLACES || offset == SIZE_MAX)
		return finding;
	return finding_show(b->f, finding,
		part_text_span(b->f->arena, b->f->evidence->mime, b->part, offset, len), role);
}

/* --- EFAIL: an open attribute swallows the decrypted part that follows --- */

static bool encrypted_type(const char *type)
{
	static const char *const types[] = {"application/pkcs7-mime", "application/x-pkcs7-mime",
		"multipart/encrypted", "application/pgp-encrypted"};

	for (size_t i = 0; i < sizeof types / sizeof *types; i++)
		if (strcmp(type, types[i]) == 0)
			return true;
	return false;
}

static bool is_encrypted(struct findings *f, struct part *part)
{
	struct span text;

	if (encrypted_type(part->type))
		return true;
	if (!part->is_text)
		return false;
	text = part_text(f->arena, f->evidence->mime, part);
	return span_starts(span_trim_left(span_sub(text, 0, 200)), "-----BEGIN PGP MESSAGE");
}

/* The part that is shown behind this one: the next that is no part of it. */
static struct part *next_part(const struct mime *mime, const struct part *part)
{
	size_t index = (size_t)(part - mime->part);

	return index + 1 < mime->count ? &mime->part[index + 1] : NULL;
}

static void check_efail(const struct body *b)
{
	struct part *next = next_part(b->f->evidence->mime, b->part);

	if (!b->html->unclosed_tag || !next || !is_encrypted(b->f, next))
		return;
	body_show(b,
		finding_raise(b->f, FINDING_HTML_EFAIL, SEVERITY_NONE,
			"part %s ends inside %s, and the encrypted part %s follows", b->part->path,
			b->html->unclosed_value ? "an attribute's value" : "a tag", next->path),
		b->html->unclosed_offset, 200, "never closed");
}

static void check_part(struct findings *f, struct part *part)
{
	struct mime *mime = f->evidence->mime;
	struct body b = {.f = f, .part = part, .html = part_html(f->arena, mime, part)};

	b.base_host = b.html->base ? url_host(f->arena, span_of(b.html->base)) : NULL;
	check_efail(&b);
	findings_hidden(&b);
	findings_elements(&b);
	findings_styles(&b);
	findings_images(&b);
}

void findings_html(struct findings *f)
{
	struct mime *mime = f->evidence->mime;

	if (!mime)
		return;
	findings_links(f);
	for (size_t i = 0; i < mime->count; i++)
		if (part_is_html(&mime->part[i]) && !part_nested(mime, &mime->part[i]))
			check_part(f, &mime->part[i]);
}
