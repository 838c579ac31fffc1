/* SPDX-License-Identifier: ISC */
/* Steps of report_build() that make what the report adds to the evidence. */
#ifndef PARSERS_REPORT_BUILD_H
#define PARSERS_REPORT_BUILD_H

#include "parsers/report/report.h"

/* missing and complete: what the checks asked and the DNS evidence does not hold. */
void report_missing(struct report *);
/* receiving: the host that took it in, against the recipient's domain. */
void report_receiving(struct report *);
/* clocks: those of the trace with what the signatures' verdicts make of them, and of the findings.
 */
void report_clocks(struct report *);
/* comparisons: each recorded result beside our own. */
void report_compare(struct report *);
/* not_known: what can't be decided from this file. */
void report_not_known(struct report *);
/* summary: headline and sentence. */
void report_summary(struct report *);
/* proven, is_false, unknown. */
void report_claims(struct report *);

#endif
