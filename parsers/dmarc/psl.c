/* SPDX-License-Identifier: ISC */
/* The public suffix list (RFC 7489 3.2), by libpsl. */
#include <libpsl.h>
#include <stdio.h>
#include <stdlib.h>

#include "parsers/dmarc/dmarc.h"

struct psl {
	const psl_ctx_t *list;
	psl_ctx_t *loaded; /* the same where it came from a file, so that it is freed */
	char date[16];     /* of the built-in list; empty where not known */
};

/* The built-in list has the time of the file it was made from. */
static void set_date(struct psl *psl, int64_t time)
{
	struct civil day = moment_civil(time);

	if (time > 0)
		snprintf(psl->date, sizeof psl->date, "%04d-%02d-%02d", (int)day.year % 10000,
			day.month % 100, day.day % 100);
}

struct psl *psl_open(const char *file, struct error *reterr)
{
	struct psl *psl = calloc(1, sizeof *psl);

	if (!psl) {
		error_set(reterr, ERROR_SYSTEM, "no memory for the public suffix list");
		return NULL;
	}
	if (file)
		psl->list = psl->loaded = psl_load_file(file);
	else
		psl->list = psl_builtin();
	if (!psl->list || (file && psl_suffix_count(psl->list) <= 0)) {
		error_set(reterr, ERROR_FORMAT, "cannot read the public suffix list '%s'",
			file ? file : "(built-in)");
		psl_close(psl);
		return NULL;
	}
	if (!file)
		set_date(psl, (int64_t)psl_builtin_file_time());
	return psl;
}

void psl_close(struct psl *psl)
{
	if (!psl)
		return;
	psl_free(psl->loaded);
	free(psl);
}

const char *psl_org_domain(struct arena *arena, const struct psl *psl, const char *domain)
{
	const char *org =
		psl && domain && *domain ? psl_registrable_domain(psl->list, domain) : NULL;

	/* The library points into DOMAIN. */
	return domain ? arena_strdup(arena, org ? org : domain) : NULL;
}

bool psl_is_suffix(const struct psl *psl, const char *domain)
{
	return psl && domain && *domain && psl_is_public_suffix(psl->list, domain);
}

const char *psl_date(const struct psl *psl)
{
	return psl && psl->date[0] ? psl->date : NULL;
}
