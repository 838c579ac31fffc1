/* SPDX-License-Identifier: ISC */
/* The files that findings_attachment() is made of: one struct file for each leaf part. */
#ifndef PARSERS_FINDINGS_ATTACHMENT_H
#define PARSERS_FINDINGS_ATTACHMENT_H

#include "parsers/findings/content.h"

struct file {
	struct findings *f;
	struct mime *mime; /* that the part is of: the message's, or of one that came encoded inside it */
	struct part *part;
	const struct part *shown; /* of the message's own: what a reader is led to */
	const char *inside;	  /* path of the attached message that it lies in, or NULL */
	struct part_names names;
	const char *name;      /* to be shown; never NULL */
	const char *extension; /* lower case, "" where none */
	struct span bytes;     /* decoded */
	enum file_class found;
	struct file_facts facts;
	bool attached;
	int *asks_to_scan; /* whether the text does: -1 where not looked yet */
};

/* Raises with the part as evidence; lower where the file came inside a returned or reported
 * message. */
struct finding *file_raise(const struct file *, enum finding_code, enum severity, const char *fmt,
	...) __attribute__((format(printf, 4, 5)));

void files_names(const struct file *);     /* ATT-NAME-*, ATT-DOUBLE-EXT */
void files_smuggling(const struct file *); /* ATT-SMUGGLING */
void files_svg(const struct file *);
void files_calendar(const struct file *);
void files_qr(const struct file *);

#endif
