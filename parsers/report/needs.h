/* SPDX-License-Identifier: ISC */
/*
 * What checking would ask of DNS: gathered without asking anyone, and what answers open when they
 * come. Asking for more than is used does no harm; asking for less leaves a report incomplete.
 */
#ifndef PARSERS_REPORT_NEEDS_H
#define PARSERS_REPORT_NEEDS_H

#include "parsers/report/report.h"

/*
 * Adds every question that checking this message, and those inside it, would ask and that OPTIONS->dns does not answer:
 * keys, SPF as far as it is recorded, policies up the tree for both RFCs, and what the domains in
 * question publish besides (MX, MTA-STS, TLS-RPT). SCRATCH is used and not reset.
 */
void needs_of_message(struct dns_needs *, struct arena *scratch, struct span raw,
	const struct origin *, const struct report_options *);
/* What ANSWER to NEED opens: SPF includes and hosts, mail hosts' addresses, reports' authorisation.
 * As dns_collect() calls it. */
void needs_follow(
	void *data, struct dns_needs *, const struct dns_need *, const struct dns_answer *);

#endif
