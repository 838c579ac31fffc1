/* SPDX-License-Identifier: ISC */
/*
 * Findings: what is odd, false or dangerous about a message, each with a stable code, a severity
 * and the bytes that it rests on. One table (the area_*.def files) makes the enum, the slugs,
 * `mailcheck explain`, the manual's section. A file per area raises them.
 */
#ifndef PARSERS_FINDINGS_FINDINGS_H
#define PARSERS_FINDINGS_FINDINGS_H

#include "parsers/arc/arc.h"
#include "parsers/dmarc/dmarc.h"
#include "parsers/message/mime.h"

/* What a finding is about. */
#define CLAIM_LIST(X) \
	X(FORGED) X(UNPROVEN) X(CONTEXT) X(ANOMALY) X(HYGIENE) X(DECEPTION) X(HOLE) X(RISK)

/*
 * FINDING(ID, "AREA-WHAT", severity, claim, title, sentence, action, reference, false_positives):
 * ID is the code with "_" for "-"; severity one of INFO LOW MEDIUM HIGH CRITICAL (the highest that
 * the code is raised with by default).
 */
enum finding_code {
#define FINDING(id, code, severity, claim, title, sentence, action, reference, false_positives) \
	FINDING_##id,
#include "parsers/findings/table.def"
#undef FINDING
	FINDING_COUNT
};

struct finding_info {
	const char *code;
	enum severity severity;
	const char *claim;
	const char *title;
	const char *sentence;        /* what it means, for an analyst */
	const char *action;          /* what to do */
	const char *reference;       /* the clause or publication */
	const char *false_positives; /* when it is raised lower or not at all */
};
const struct finding_info *finding_info(enum finding_code);
/* -1 where there is no such code (case ignored). */
int finding_code_of(const char *code);

struct finding_span {
	struct span where; /* in raw */
	const char *role;  /* "hash when signed", or NULL */
};

struct finding {
	enum finding_code code;
	enum severity severity;
	const char *detail; /* a sentence about this message, UTF-8 that may hold hostile bytes; or
			       NULL */
	struct finding_span *evidence;
	size_t evidence_count, evidence_room;
	unsigned
		details; /* how many different details were given; the first ones stand in detail */
};

/* What surrounds a message and softens findings (bits). */
enum context {
	CONTEXT_LIST = 1 << 0,
	CONTEXT_FORWARD = 1 << 1,
	CONTEXT_ESP = 1 << 2,
	CONTEXT_DSN = 1 << 3,
	CONTEXT_AUTOREPLY = 1 << 4,
	CONTEXT_CALENDAR = 1 << 5,
	CONTEXT_ABUSE_REPORT = 1 << 6,
	CONTEXT_INTERNAL = 1 << 7,    /* only trusted hosts on the way */
	CONTEXT_TRUSTED_ARC = 1 << 8, /* a passing chain sealed by a trusted sealer says that the
					 author was proven */
	CONTEXT_REPAIRED = 1 << 9,    /* an aligned signature verifies after a proven repair */
	CONTEXT_REFUTED = 1 << 10, /* the list does not excuse the author: nobody who may send for
				      him gave it to the list */
};

/* Everything that earlier stages made of one message. */
struct evidence {
	struct arena *arena;
	const struct message *message;
	struct mime *mime;           /* NULL with --checks auth */
	const struct url_list *urls; /* likewise */
	const struct trace *trace;
	struct dns_log *dns;
	bool dns_complete; /* what is not recorded does not exist */
	const struct dkim *dkim;
	const struct arc *arc;
	const struct spf *spf;
	const struct dmarc *dmarc;
	const struct psl *psl;
	const struct trust *trust;
	int64_t at;                 /* time of the check, or TIME_NONE */
	const char *const *protect; /* --protect */
	size_t protect_count;
	/* From, as our own reader has it; the author that decides is the first field's. */
	const struct field *from_field;                         /* or NULL */
	struct address_list from, reply_to, sender, recipients; /* recipients: To and Cc */
	const char *author_domain;                              /* A-labels, or NULL */
	const char *mail_from_domain; /* likewise, of trace->mail_from */
	const char *org_domain; /* of it, by the standard that decides, or NULL */
	const char *subject;    /* decoded, or NULL */
	struct date date;       /* of the Date field */
};

struct findings {
	struct arena *arena;
	const struct evidence *evidence;
	struct finding **finding; /* after findings_build(): worst first, then by place */
	size_t count, room;
	struct finding *by_code[FINDING_COUNT];
	unsigned context;       /* bits of enum context */
	enum severity severity; /* the worst */
	enum author author;
	const char *author_why; /* a sentence */
	/* Where From can be read as different authors: each reading and who reads so. */
	struct author_reading {
		const char *reader, *address;
	} * reading;
	size_t reading_count, reading_room;
	struct clock_list clocks; /* signing times of S/MIME; CLOCK_SIGNED where the signature holds
				   */
	/* Attached documents that carry dates of their own, which are named and not read. */
	struct dated_file {
		const char *name, *holder; /* "report.docx", "docProps/core.xml" */
		struct span where;
	} * dated;
	size_t dated_count, dated_room;
};

const struct findings *findings_build(const struct evidence *);

/* --- for the files that raise findings --- */
/*
 * SEVERITY_NONE: the table's. The detail is printf-made and may be NULL. A code raised again is the
 * same finding: the worst severity counts, details and evidence add up.
 */
struct finding *finding_raise(struct findings *, enum finding_code, enum severity, const char *fmt,
	...) __attribute__((format(printf, 4, 5)));
/* Adds the bytes that a finding rests on; ignored where WHERE does not lie in the message. Returns
 * the finding. */
struct finding *finding_show(
	struct findings *, struct finding *, struct span where, const char *role);
const struct finding *finding_find(const struct findings *, enum finding_code);

/* One per area; each reads the evidence and what was raised before it. findings.c calls them in
 * this order. */
void findings_context(struct findings *); /* sets context bits, raises CTX-* */
void findings_header(struct findings *);
void findings_from(struct findings *);
void findings_people(struct findings *); /* names, Reply-To, Sender, recipients, threads */
void findings_unicode(struct findings *);
void findings_trace(struct findings *);
void findings_key(struct findings *);
void findings_dkim(struct findings *);
void findings_arc(struct findings *);
void findings_recorded(struct findings *);
void findings_spf(struct findings *);
void findings_auth(struct findings *);
void findings_mime(struct findings *);
void findings_attachment(struct findings *);
void findings_html(struct findings *);
void findings_signed(struct findings *); /* S/MIME and OpenPGP */
/* Last: what is proven of the author, by the rules in the manual. */
void findings_author(struct findings *);

#endif
