/* SPDX-License-Identifier: ISC */
/* Small questions that several files of this room ask about the evidence. */
#ifndef PARSERS_FINDINGS_COMMON_H
#define PARSERS_FINDINGS_COMMON_H

#include "parsers/findings/findings.h"

/*
 * The Organizational Domain of DOMAIN for comparing who is who, by the public suffix list; without
 * a list, the last two labels. NULL for NULL. Verdicts use DMARC's own derivation, not this one.
 */
const char *org_of(const struct evidence *, const char *domain);
/* Whether both belong to one organisation. False where one is NULL. */
bool same_org(const struct evidence *, const char *a, const char *b);
/* The registered label: "bank" of "www.bank.example". Empty for NULL. */
struct span org_label(const struct evidence *, const char *domain);

/*
 * The domain in From is proven by SPF, or by DKIM with a key that nobody else has and over the
 * whole body: what others may have written behind it finds no excuse in the author's name. See
 * findings_author() for what that still leaves open.
 */
bool author_passes(const struct evidence *);
/* Bytes that a reader sees stand behind the length that the signature covers (RFC 6376 8.2). */
bool body_left_open(const struct dkim_signature *);
/* A DKIM signature of this organisation passes. */
bool org_signed(const struct evidence *, const char *domain);
/* The SPF check of MAIL FROM passes and its domain is of this organisation. */
bool org_sent(const struct evidence *, const char *domain);
/* MAIL FROM's domain, or NULL: not known, or the null reverse-path. */
static inline const char *mail_from_domain(const struct evidence *e)
{
	return e->mail_from_domain;
}
/* Whether signature N is in alignment with From, as the DMARC that decides asks for. */
bool signature_aligned(const struct evidence *, size_t n);
/* Its key is known to be in other hands: factored, published, on a list, or no key at all. */
bool key_compromised(const struct dkim_key *);

/* A mailbox provider where anybody can have an address. */
bool is_freemail(const char *domain);
/* Whether a field of the message below which nothing is trusted; true for all fields where there is
 * no border. */
bool below_border(const struct evidence *, const struct field *);
/* The first Content-Type field's parameter, or NULL. */
const char *content_type_parameter(const struct evidence *, const char *name);
/* The value of the first such field, trimmed; SPAN_NONE without one. */
struct span header_value(const struct evidence *, enum field_name);
bool header_has(const struct evidence *, enum field_name);

#endif
