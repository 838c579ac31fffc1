/* SPDX-License-Identifier: ISC */
/* What the files about signatures, keys and ARC ask of the evidence. */
#ifndef PARSERS_FINDINGS_SIGNATURES_H
#define PARSERS_FINDINGS_SIGNATURES_H

#include "parsers/findings/findings.h"

/* DKIM-Z-DIFF: z= against the fields as they are now. */
void check_copied_fields(struct findings *, const struct dkim_signature *);
/* Whom the message was delivered to, as the receiving side noted it, lower case; NULL where it did
 * not. */
const char *delivered_to(const struct evidence *);
/* Whether To or Cc name this address, or (BY_DOMAIN) one of its domain. */
bool is_addressed(const struct evidence *, const char *address, bool by_domain);
/* Whether DOMAIN's SPF record lets the client send. */
bool spf_allows(const struct evidence *, const char *domain);
/* Whether a hop names a host of this domain's organisation. */
bool route_names(const struct evidence *, const char *domain);

#endif
