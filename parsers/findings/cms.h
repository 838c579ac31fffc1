/* SPDX-License-Identifier: ISC */
/*
 * Cryptographic messages (RFC 5652) as S/MIME (RFC 8551) carries them: who signed what, and whether
 * the signature holds for these bytes. No chain is built and no root is trusted: the certificate is
 * whose key made the signature, no more.
 */
#ifndef PARSERS_FINDINGS_CMS_H
#define PARSERS_FINDINGS_CMS_H

#include "parsers/base/arena.h"

enum cms_kind { CMS_UNREADABLE, CMS_SIGNED, CMS_ENVELOPED, CMS_OTHER };
enum cms_state { CMS_VALID, CMS_INVALID, CMS_UNCHECKED };

struct cms_signer {
	const char *name;   /* common name, else the whole subject; NULL without its certificate */
	const char *issuer; /* common name, else the whole issuer, or NULL */
	const char **address; /* rfc822Name of subjectAltName and emailAddress of the subject, lower
				 case */
	size_t address_count;
	bool self_signed;
	int64_t not_before, not_after; /* TIME_NONE where not known */
	int64_t signed_at; /* signingTime (RFC 5652 11.3), covered by the signature; TIME_NONE */
};

struct cms {
	enum cms_kind kind;
	bool has_content; /* eContent is there */
	size_t infos;     /* signerInfos */
	size_t certificates;
	struct cms_signer *signer; /* one for each signerInfo */
	size_t signer_count;
	enum cms_state state; /* of all signatures together */
	struct span content;  /* eContent of signed data, within a limit */
};

/* DER is the message's bytes; DETACHED the signed bytes in CRLF form where they stand beside it,
 * else none. */
struct cms cms_read(struct arena *, struct span der, struct span detached);

#endif
