/* SPDX-License-Identifier: ISC */
/* Reasons to sentences, and the pieces that explanations of failures share. */
#ifndef PARSERS_REPORT_EXPLAIN_H
#define PARSERS_REPORT_EXPLAIN_H

#include "parsers/report/sheet.h"

/* "the body was changed after signing": why a signature failed, short; "" for CAUSE_NONE. */
const char *explain_cause(enum cause);
/* The finding code that belongs to a DKIM cause, or NULL. */
const char *explain_code(enum cause);
/* "fail: SPF: sentence      CODE"; CODE may be NULL. */
void explain_head(
	struct sheet *, enum result, const char *method, const char *text, const char *code);
/* The line of the message in which WHERE begins, WHERE underlined, with LABEL behind the underline.
 */
void explain_snippet(struct sheet *, struct span where, const char *label);
/* "  ok   b=     text" or "  FAIL ..." */
void explain_step(struct sheet *, int ok, const char *what, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));

#endif
