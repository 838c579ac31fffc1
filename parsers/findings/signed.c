/* SPDX-License-Identifier: ISC */
/*
 * S/MIME and OpenPGP: what is signed and what is shown beside it, who signed, and text that only
 * says so. S/MIME signatures are verified without a chain; OpenPGP ones are recognised, as no key
 * comes with them.
 */
#include <strings.h>

#include "parsers/findings/cms.h"
#include "parsers/findings/content.h"
#include "parsers/findings/pgp.h"

enum { FOOTER_MAX = 2048, TEXT_MAX = 1 << 18, CMS_MAX = 64, DAY = 86400 };

struct look {
	struct findings *f;
	struct mime *mime;
	size_t first, behind; /* parts of the signed entity: [first, behind) */
};

/* --- what is shown beside the signed part --- */

static size_t subtree_end(const struct mime *mime, size_t index)
{
	size_t end = index + 1;

	while (end < mime->count && mime->part[end].depth > mime->part[index].depth)
		end++;
	return end;
}

/* Text that a reader sees as part of the message, not empty. */
static size_t shown_text(struct findings *f, struct part *part)
{
	struct mime *mime = f->evidence->mime;

	if (!part->is_text || part_attached(part) || part_nested(mime, part))
		return 0;
	return span_trim(part_shown(f->arena, mime, part)).len;
}

/* A list's trailer: behind the signed part, short, and as lists write it. */
static bool is_footer(struct findings *f, struct part *part)
{
	static const char *const words[] = {"mailing list", "mailman", "unsubscribe", "listinfo",
		"____", "-----", "list archive", NULL};
	struct span text = part_text(f->arena, f->evidence->mime, part);

	return text.len <= FOOTER_MAX && text_has(text, words, NULL);
}

/* Another signed entity is judged by itself. */
static bool inside_signed(const struct mime *mime, const struct part *part)
{
	while (part->parent != (size_t)(part - mime->part)) {
		part = &mime->part[part->parent];
		if (strcmp(part->type, "multipart/signed") == 0)
			return true;
	}
	return false;
}

static void check_cover(const struct look *l)
{
	struct findings *f = l->f;
	struct finding *finding;
	struct part *beside = NULL;
	bool only_footer = true;

	for (size_t i = 0; i < l->mime->count; i++) {
		struct part *part = &l->mime->part[i];

		if ((i >= l->first && i < l->behind) || inside_signed(l->mime, part) ||
			shown_text(f, part) == 0)
			continue;
		if (!beside)
			beside = part;
		if (i < l->first || !is_footer(f, part)) {
			beside = part;
			only_footer = false;
			break;
		}
	}
	if (!beside)
		return;
	finding = finding_raise(f, FINDING_SIG_PARTIAL,
		only_footer ? (f->context & CONTEXT_LIST ? SEVERITY_LOW : SEVERITY_MEDIUM)
		: f->context & CONTEXT_LIST ? SEVERITY_MEDIUM
					    : SEVERITY_NONE,
		"the signature covers part %s; part %s is shown too%s",
		l->mime->part[l->first].path, beside->path, only_footer ? ", a list's footer" : "");
	finding_show(f, finding, part_evidence(l->mime, &l->mime->part[l->first]), "signed");
	finding_show(f, finding, part_evidence(l->mime, beside), "not signed");
}

/* --- S/MIME --- */

/* The signed entity as it was hashed: header and content of the first part, with CRLF line ends
 * (RFC 8551 3.1.1). */
static struct span canonical(struct arena *arena, struct span s)
{
	uint8_t *out = arena_bytes(arena, s.len * 2 + 1);
	size_t len = 0;

	for (size_t i = 0; i < s.len; i++) {
		if (s.ptr[i] == '\n' && (i == 0 || s.ptr[i - 1] != '\r'))
			out[len++] = '\r';
		out[len++] = s.ptr[i];
	}
	return span_make(out, len);
}

static bool same_address(const char *a, const char *b)
{
	return a && b && strcasecmp(a, b) == 0;
}

/* From, and Sender where it speaks for From. */
static const char *signer_mismatch(
	struct findings *f, const struct cms_signer *signer, enum severity *severity)
{
	const struct evidence *e = f->evidence;
	const char *from = e->from.count > 0 ? e->from.address[0].address : NULL;

	*severity = SEVERITY_NONE;
	if (signer->address_count == 0 || !from)
		return NULL;
	for (size_t i = 0; i < signer->address_count; i++) {
		const char *address = signer->address[i];

		for (size_t k = 0; k < e->from.count && k < 16; k++)
			if (same_address(address, e->from.address[k].address))
				return NULL;
		if (e->sender.count > 0 && same_address(address, e->sender.address[0].address) &&
			same_org(e, e->sender.address[0].domain, e->author_domain))
			return NULL;
		if (same_org(e, address_domain(f->arena, span_of(address)), e->author_domain))
			*severity = SEVERITY_MEDIUM;
	}
	/* Lists that rewrite From leave the author's signature as it was. */
	if (f->context & CONTEXT_LIST)
		*severity = SEVERITY_LOW;
	return from;
}

/* The certificate was not valid when it signed, by the signer's own time, else when the message was checked; NULL where it was. */
static const char *outside_validity(struct findings *f, const struct cms_signer *s)
{
	int64_t at = s->signed_at != TIME_NONE ? s->signed_at : f->evidence->at;

	if (at != TIME_NONE && s->not_after != TIME_NONE && at > s->not_after)
		return arena_printf(f->arena, " and had expired on %s", moment_text(f->arena, s->not_after));
	if (at != TIME_NONE && s->not_before != TIME_NONE && at < s->not_before)
		return arena_printf(f->arena, " and was valid from %s only", moment_text(f->arena, s->not_before));
	return NULL;
}

static void check_signers(const struct look *l, const struct cms *cms, const struct part *signature)
{
	struct findings *f = l->f;

	for (size_t i = 0; i < cms->signer_count; i++) {
		const struct cms_signer *s = &cms->signer[i];
		enum severity severity;
		const char *from = signer_mismatch(f, s, &severity);
		const char *address = s->address_count > 0 ? s->address[0] : "no address";

		if (from)
			finding_show(f,
				finding_raise(f, FINDING_SIG_SENDER_MISMATCH, severity,
					"signed by %s <%s>, From is %s", s->name, address, from),
				part_evidence(l->mime, signature), "the signature");
		const char *lapsed = outside_validity(f, s);

		if (cms->state == CMS_VALID && s->name)
			finding_show(f,
				finding_raise(f, FINDING_SIG_SMIME, lapsed ? SEVERITY_LOW : SEVERITY_NONE,
					"%s <%s> signed part %s; the certificate was issued by %s%s",
					s->name, address, l->mime->part[l->first].path,
					s->self_signed ? "its own key" : s->issuer, lapsed ? lapsed : ""),
				part_evidence(l->mime, signature), "the signature");
	}
}

static void check_odd(
	const struct look *l, const struct cms *cms, const struct part *signature, bool detached)
{
	struct findings *f = l->f;
	struct span where = part_evidence(l->mime, signature);

	if (cms->kind != CMS_SIGNED) {
		if (detached)
			finding_show(f,
				finding_raise(f, FINDING_SIG_CMS_ODD, SEVERITY_MEDIUM,
					"part %s is no signature%s", signature->path,
					cms->kind == CMS_UNREADABLE ? ": it cannot be read" : ""),
				where, "the signature");
		return;
	}
	if (detached && cms->has_content)
		finding_show(f,
			finding_raise(f, FINDING_SIG_CMS_ODD, SEVERITY_NONE,
				"part %s brings its own content beside the part that is shown",
				signature->path),
			where, "the signature");
	/* Certificates alone travel this way too, but then nothing is shown as signed. */
	if (cms->infos == 0 && (detached || cms->has_content))
		finding_show(f,
			finding_raise(f, FINDING_SIG_CMS_ODD, SEVERITY_NONE,
				"part %s has no signer", signature->path),
			where, "the signature");
	if (cms->infos > 1)
		finding_show(f,
			finding_raise(f, FINDING_SIG_CMS_ODD, SEVERITY_NONE,
				"part %s has %zu signers", signature->path, cms->infos),
			where, "the signature");
	if (cms->infos > 0 && cms->certificates == 0)
		finding_show(f,
			finding_raise(f, FINDING_SIG_CMS_ODD, SEVERITY_LOW,
				"part %s brings no certificate", signature->path),
			where, "the signature");
}

/* The time is the signer's word, and one that nobody changed since where the signature holds. */
static void note_signing_time(
	const struct look *l, const struct cms *cms, const struct part *signature)
{
	struct findings *f = l->f;
	const struct evidence *e = f->evidence;
	bool valid = cms->state == CMS_VALID;

	for (size_t i = 0; i < cms->signer_count; i++) {
		int64_t at = cms->signer[i].signed_at, off;
		struct finding *finding;

		if (at == TIME_NONE)
			continue;
		clock_list_add(f->arena, &f->clocks,
			&(struct clock){.time = at,
				.has_offset = true,
				.origin = "S/MIME signing time",
				.precision_s = 1,
				.kind = valid ? CLOCK_SIGNED : CLOCK_STATED,
				.where = signature->content});
		off = e->date.valid ? at - e->date.time : 0;
		if (!valid || (off <= DAY && off >= -DAY))
			continue;
		finding = finding_raise(f, FINDING_DATE_EMBEDDED,
			f->context & CONTEXT_LIST || author_passes(e) ? SEVERITY_LOW
								      : SEVERITY_NONE,
			"the S/MIME signature was made at %s, %s %s the Date",
			moment_text(f->arena, at), moment_duration(f->arena, off < 0 ? -off : off),
			off > 0 ? "after" : "before");
		finding_show(f, finding, part_evidence(l->mime, signature), "the signature");
	}
}

static void note_encrypted(const struct look *l, const char *what, struct span where, const char *recipients)
{
	finding_show(l->f,
		finding_raise(l->f, FINDING_SIG_ENCRYPTED, SEVERITY_NONE, "part %s is encrypted with %s%s%s", l->mime->part[l->first].path,
			what, recipients ? " for the keys " : "", recipients ? recipients : ""),
		where, "encrypted");
}

/*
 * What an opaque signature holds is shown as the message (RFC 8551 3.5.2), so it is looked at as its parts are: by the same
 * files, over a tree of its own. Its bytes have no place in the message.
 */
static void check_inside(const struct look *l, struct span content)
{
	static void (*const area[])(struct findings *) = {findings_mime, findings_attachment, findings_html};
	struct arena *arena = l->f->arena;
	struct message_options options = {0};
	struct mime_options decode = {.detect = true};
	struct evidence inner = *l->f->evidence;
	struct findings inside = {.arena = arena, .evidence = &inner, .context = l->f->context};
	struct url_list *urls = ARENA_NEW(arena, struct url_list);

	inner.mime = mime_parse(arena, message_parse(arena, content, &options), &decode);
	*urls = url_collect(arena, inner.mime);
	inner.urls = urls;
	for (size_t i = 0; i < sizeof area / sizeof *area; i++)
		area[i](&inside);
	for (size_t i = 0; i < inside.count; i++)
		if (inside.finding[i]->code != FINDING_MIME_NOVERSION)
			finding_show(l->f,
				finding_raise(l->f, inside.finding[i]->code, inside.finding[i]->severity, "%s%sinside the signature in part %s",
					inside.finding[i]->detail ? inside.finding[i]->detail : "", inside.finding[i]->detail ? ", " : "",
					l->mime->part[l->first].path),
				part_evidence(l->mime, &l->mime->part[l->first]), "holds it");
}

static void check_cms(const struct look *l, struct part *signature, struct span content)
{
	struct findings *f = l->f;
	bool detached = content.ptr != NULL;
	struct cms cms = cms_read(f->arena, part_decoded(f->arena, l->mime, signature), content);

	check_odd(l, &cms, signature, detached);
	if (cms.kind == CMS_ENVELOPED)
		note_encrypted(l, "S/MIME", part_evidence(l->mime, signature), NULL);
	if (cms.kind != CMS_SIGNED)
		return;
	if (!detached && cms.content.len)
		check_inside(l, cms.content);
	check_signers(l, &cms, signature);
	note_signing_time(l, &cms, signature);
	if (cms.state == CMS_INVALID)
		finding_show(f,
			finding_raise(f, FINDING_SIG_BROKEN,
				f->context & CONTEXT_LIST ? SEVERITY_LOW : SEVERITY_NONE,
				"the signature %s does not hold for part %s", signature->path,
				l->mime->part[l->first].path),
			part_evidence(l->mime, signature), "the signature");
}

/* --- OpenPGP --- */

static void note_pgp(const struct look *l, struct span armor, struct span where)
{
	const char *issuer = pgp_signer(l->f->arena, armor);

	finding_show(l->f,
		finding_raise(l->f, FINDING_SIG_PGP, SEVERITY_NONE, "part %s is signed%s%s",
			l->mime->part[l->first].path, issuer ? " with the key " : "",
			issuer ? issuer : ""),
		where, "the signature");
}

/* An encrypted text inside a text part. */
static bool check_inline_encrypted(const struct look *l, struct part *part)
{
	struct span text = part_text(l->f->arena, l->mime, part);
	size_t start = span_find(text, SPAN("-----BEGIN PGP MESSAGE-----"), 0), end;

	if (start == text.len || (start > 0 && text.ptr[start - 1] != '\n'))
		return false;
	end = span_find(text, SPAN("-----END PGP MESSAGE-----"), start);
	note_encrypted(l, "OpenPGP", part_text_span(l->f->arena, l->mime, part, start, end - start),
		pgp_recipients(l->f->arena, span_sub(text, start, end)));
	return true;
}

/* A signed text inside a text part: what stands before and behind it in the same part is not
 * signed. */
static bool check_inline(const struct look *l, struct part *part)
{
	struct span text = part_text(l->f->arena, l->mime, part), before, behind,
		    signature;
	size_t start = span_find(text, SPAN("-----BEGIN PGP SIGNED MESSAGE-----"), 0), sign, end;
	enum severity severity;

	if (start == text.len || (start > 0 && text.ptr[start - 1] != '\n'))
		return false;
	sign = span_find(text, SPAN("\n-----BEGIN PGP SIGNATURE-----"), start);
	end = span_find(text, SPAN("-----END PGP SIGNATURE-----"), sign);
	if (end == text.len)
		return false;
	signature = span_sub(text, sign + 1, end);
	note_pgp(l, signature, part_text_span(l->f->arena, l->mime, part, sign + 1, end - sign));
	before = span_trim(span_sub(text, 0, start));
	behind = span_trim(span_skip(text, end + 27));
	if (before.len == 0 && behind.len == 0)
		return true;
	/* People and lists write round such blocks in the open; only what stands before one can
	 * pass for it. */
	severity = before.len == 0                ? SEVERITY_LOW
		   : l->f->context & CONTEXT_LIST ? SEVERITY_LOW
						  : SEVERITY_MEDIUM;
	finding_show(l->f,
		finding_raise(l->f, FINDING_SIG_PARTIAL, severity,
			"%zu bytes before and %zu behind the signed text of part %s are not signed",
			before.len, behind.len, part->path),
		part_text_span(l->f->arena, l->mime, part, start, 34), "signed from here");
	return true;
}

/* --- all parts --- */

/* RFC 3156 4: a part that says which version it is, then the data. */
static void check_encrypted(struct look *l, size_t index)
{
	struct mime *mime = l->mime;
	size_t data = index + 2;
	const char *recipients = NULL;

	if (data < mime->count && mime->part[data].parent == index)
		recipients = pgp_recipients(l->f->arena, part_decoded(l->f->arena, mime, &mime->part[data]));
	note_encrypted(l, "OpenPGP", part_evidence(mime, &mime->part[index]), recipients);
}

static void check_multipart(struct look *l, size_t index)
{
	struct mime *mime = l->mime;
	size_t entity = index + 1, signature;

	if (entity >= mime->count || mime->part[entity].parent != index)
		return;
	signature = subtree_end(mime, entity);
	l->first = entity;
	l->behind = subtree_end(mime, index);
	check_cover(l);
	if (signature >= mime->count || mime->part[signature].parent != index)
		return;

	struct part *part = &mime->part[signature];

	if (strstr(part->type, "pkcs7-signature"))
		check_cms(l, part, canonical(l->f->arena, mime->part[entity].whole));
	else if (strcmp(part->type, "application/pgp-signature") == 0)
		note_pgp(l, part_decoded(l->f->arena, mime, part), part_evidence(mime, part));
}

/* S/MIME whose content is inside: what is signed or encrypted is the part itself. */
static void check_opaque(struct look *l, size_t index)
{
	struct part *part = &l->mime->part[index];

	l->first = index;
	l->behind = index + 1;
	check_cms(l, part, SPAN_NONE);
}

static bool says_signed(struct findings *f, struct part *part, const char **word)
{
	static const char *const words[] = {"good signature from", "signature is valid",
		"signature: valid", "signature valid", "signature verified", "valid signature from",
		"digitally signed and verified", "gpg: good signature", "verified signature",
		"smime signature ok", "s/mime verified", NULL};
	struct span text = span_sub(part_shown(f->arena, f->evidence->mime, part), 0, TEXT_MAX);
	size_t len;

	if (!text_has(text, words, NULL)) /* as a rule, which saves looking line by line */
		return false;
	while (text.len > 0) {
		struct span line = span_line(&text, &len);

		line.len = len;
		if (line.len > 0 && *line.ptr != '>' && text_has(line, words, word))
			return true;
	}
	return false;
}

static void check_claim(struct findings *f)
{
	struct mime *mime = f->evidence->mime;
	const char *word;

	for (size_t i = 0; i < mime->count; i++) {
		struct part *part = &mime->part[i];

		if (part->is_text && !part_attached(part) && !part_nested(mime, part) &&
			says_signed(f, part, &word)) {
			finding_show(f,
				finding_raise(f, FINDING_SIG_UI, SEVERITY_NONE,
					"the text says \"%s\", and no part is signed", word),
				part_evidence(mime, part), "the text");
			return;
		}
	}
}

void findings_signed(struct findings *f)
{
	struct mime *mime = f->evidence->mime;
	struct look l = {.f = f, .mime = mime};
	size_t count = 0;

	for (size_t i = 0; mime && i < mime->count && count < CMS_MAX; i++) {
		struct part *part = &mime->part[i];

		if (part_nested(mime, part))
			continue;
		l.first = i;
		l.behind = i + 1;
		if (strcmp(part->type, "multipart/signed") == 0) {
			check_multipart(&l, i);
			count++;
		} else if (strcmp(part->type, "application/pkcs7-mime") == 0 ||
			   strcmp(part->type, "application/x-pkcs7-mime") == 0) {
			check_opaque(&l, i);
			count++;
		} else if (strcmp(part->type, "multipart/encrypted") == 0) {
			check_encrypted(&l, i);
			count++;
		} else if (part->is_text && !part_attached(part) && !inside_signed(mime, part)) {
			count += check_inline(&l, part) || check_inline_encrypted(&l, part);
		}
	}
	if (mime && count == 0)
		check_claim(f);
}
