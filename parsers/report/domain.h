/* SPDX-License-Identifier: ISC */
/*
 * struct domain_report: what a domain publishes for mail, judged apart from any message: SPF, DMARC
 * under both standards, DKIM keys, MX, MTA-STS, TLS-RPT, BIMI. Each thing to mend is a note with
 * one line of advice and the clause behind it.
 */
#ifndef PARSERS_REPORT_DOMAIN_H
#define PARSERS_REPORT_DOMAIN_H

#include "parsers/base/buffer.h"
#include "parsers/dmarc/dmarc.h"
#include "parsers/report/outline.h"

#define DOMAIN_SCHEMA "mailcheck-domain/1"

struct domain_note {
	enum severity severity;
	const char *code;   /* a finding's code where there is one; else of the same form */
	const char *text;   /* what is the matter */
	const char *advice; /* one line, or NULL where there is nothing to do */
	const char *clause;
};

struct domain_section {
	const char *name;    /* "SPF" */
	const char *summary; /* a line */
	const char **line;   /* the derivation: the tree walk, the terms, hosts */
	size_t line_count, line_room;
	struct domain_note *note;
	size_t note_count, note_room;
};

enum { DOMAIN_SECTIONS = 7, DOMAIN_MAX_KEYS = 1000 };
enum domain_area { AREA_SPF, AREA_DMARC, AREA_DKIM, AREA_MX, AREA_STS, AREA_TLSRPT, AREA_BIMI };

struct domain_report {
	const char *domain;
	const char *org; /* by the tree walk */
	bool no_mail;    /* it says that it neither receives nor sends */
	struct domain_section section[DOMAIN_SECTIONS];
	enum severity severity; /* the worst note */
	size_t notes;
	const char **missing; /* "NAME TYPE" that the evidence lacks */
	size_t missing_count, missing_room;
};

struct domain_query {
	const char *domain; /* as typed; U-labels are converted */
	struct dns *dns;
	const struct psl *psl;
	struct dkim_context *dkim;
	const char *const *selector; /* more than the snapshot knows of */
	size_t selector_count;
};

/* NULL where the text is no domain name. */
const struct domain_report *domain_check(struct arena *, const struct domain_query *);
const struct outline *domain_outline(struct arena *, const struct domain_report *, unsigned width);
/* One object, one line, ASCII. */
void domain_json(struct buffer *, const struct domain_report *);

/* --- for the files that fill sections --- */
struct domain_work {
	struct arena *arena;
	struct dns_log dns;
	const struct domain_query *query;
	struct domain_report *report;
	const struct spf_survey *spf;
	bool null_mx, has_mx;
	bool enforced; /* DMARC asks for action on all mail of the domain */
};
void domain_note(struct domain_work *, enum domain_area, enum severity, const char *code,
	const char *clause, const char *advice, const char *fmt, ...)
	__attribute__((format(printf, 7, 8)));
void domain_line(struct domain_work *, enum domain_area, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
void domain_summary(struct domain_work *, enum domain_area, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
void domain_mx(struct domain_work *);
void domain_spf(struct domain_work *);
void domain_dmarc(struct domain_work *);
void domain_dkim(struct domain_work *);
void domain_sts(struct domain_work *);
void domain_tlsrpt(struct domain_work *);
void domain_bimi(struct domain_work *);

#endif
