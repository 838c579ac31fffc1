/* SPDX-License-Identifier: ISC */
/* The record's writers: report_json.c has the record and its smaller members, record_checks.c what the checks found. */
#ifndef PARSERS_REPORT_RECORD_H
#define PARSERS_REPORT_RECORD_H

#include "parsers/report/json.h"
#include "parsers/report/report.h"

/* What they share: the writer, the report, memory for texts made on the way. */
struct record {
	struct json json;
	const struct report *report;
	const struct evidence *evidence;
	struct arena *arena;
	struct span raw;
};

/* "offset" and "length" of WHERE in the message; 0 where it lies outside. */
void record_place(struct record *, struct span where);
void record_moment(struct record *, const char *key, int64_t time);
void record_texts(struct record *, const char *key, const char *const *text, size_t count);
/* A field of recorded results. */
void record_results(struct record *, const char *key, const struct recorded *);
/* "dkim_result" ... "dmarc". */
void record_checks(struct record *);

#endif
