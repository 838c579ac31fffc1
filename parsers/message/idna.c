/* SPDX-License-Identifier: ISC */
/* Domain names between their forms: UTS #46, non-transitional, as browsers and RFC 5891 have it. */
#include <pthread.h>
#include <unicode/uidna.h>

#include "parsers/message/address.h"
#include "parsers/message/charset.h"

enum { MAX_NAME = 1024 };

static pthread_once_t once = PTHREAD_ONCE_INIT;
static UIDNA *uts46; /* const after the first use */

static void open_uts46(void)
{
	UErrorCode status = U_ZERO_ERROR;

	uts46 = uidna_openUTS46(
		UIDNA_NONTRANSITIONAL_TO_ASCII | UIDNA_NONTRANSITIONAL_TO_UNICODE, &status);
	if (U_FAILURE(status))
		uts46 = NULL;
}

const char *domain_ascii(struct arena *arena, struct span s)
{
	char name[MAX_NAME];
	UIDNAInfo info = UIDNA_INFO_INITIALIZER;
	UErrorCode status = U_ZERO_ERROR;
	int32_t len;

	s = span_trim(s);
	if (s.len && s.ptr[s.len - 1] == '.')
		s.len--;
	if (s.len == 0)
		return NULL;
	if (span_ascii(s) && !memchr(s.ptr, 0, s.len))
		return arena_lower(arena, s);
	if (span_ascii(s) || s.len > MAX_NAME || !utf8_valid(s))
		return charset_string(arena, span_make(arena_lower(arena, s), s.len));
	pthread_once(&once, open_uts46);
	if (!uts46)
		return arena_lower(arena, s);
	len = uidna_nameToASCII_UTF8(
		uts46, (const char *)s.ptr, (int32_t)s.len, name, sizeof name, &info, &status);
	if (U_FAILURE(status) || len <= 0 || (size_t)len >= sizeof name ||
		!span_ascii(span_make(name, (size_t)len)))
		return charset_string(arena, span_make(arena_lower(arena, s), s.len));
	if (name[len - 1] == '.')
		len--;
	return arena_lower(arena, span_make(name, (size_t)len));
}

const char *domain_unicode(struct arena *arena, const char *domain)
{
	char name[MAX_NAME];
	UIDNAInfo info = UIDNA_INFO_INITIALIZER;
	UErrorCode status = U_ZERO_ERROR;
	int32_t len;

	if (!domain || !strstr(domain, "xn--") || strlen(domain) > MAX_NAME / 2)
		return domain;
	pthread_once(&once, open_uts46);
	if (!uts46)
		return domain;
	len = uidna_nameToUnicodeUTF8(uts46, domain, -1, name, sizeof name, &info, &status);
	if (U_FAILURE(status) || len <= 0 || (size_t)len >= sizeof name)
		return domain;
	return arena_text(arena, span_make(name, (size_t)len));
}
