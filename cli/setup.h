/* SPDX-License-Identifier: ISC */
/* struct setup: what checking commands need, made from the settings: DNS evidence, keys, lists,
 * report options. */
#ifndef CLI_SETUP_H
#define CLI_SETUP_H

#include "cli/command.h"
#include "parsers/report/report.h"

struct setup {
	struct dns *dns;
	struct dns *live; /* the live part of dns, or NULL */
	struct dkim_context *dkim;
	struct psl *psl;
	bool dns_complete;            /* what is not recorded does not exist */
	int64_t dns_recorded;         /* newest record of the snapshots, or TIME_NONE */
	struct report_options report; /* ready for report_build() */
};

/* 0, or -1 with why. Lines of a snapshot that can't be read are told on standard error. REPAIR is
 * the default depth. */
int setup_open(struct setup *, const struct call *, enum repair_depth repair, struct error *reterr);
/* Writes out what was recorded; -1 where that failed. */
int setup_close(struct setup *, struct error *reterr);

/* --at: the time itself, or that of receipt; 0 or -1. */
int setup_time(const char *at, enum report_at *ret_mode, int64_t *ret, struct error *reterr);
/* --fail-on as a severity; SEVERITY_NONE never fails. */
enum severity setup_fail_on(const struct settings *);

#endif
