/* SPDX-License-Identifier: ISC */
/* The triage view: a case, or paths that are scanned into one behind it. */
#ifndef TUI_TUI_H
#define TUI_TUI_H

#include "parsers/case/scan.h"

struct tui_options {
	struct report_options report;
	const char *case_path; /* a case to open; NULL: scan the paths into one */
	const char *const *path;
	size_t path_count;
	const char *run_options; /* a line that names the options, kept in the case */
	const char *trust_text;	 /* of --trust and --border, for the title; or NULL */
	bool colour, mouse;
};

/* Runs until the analyst quits. 0, or -1 with why it could not begin. */
int tui_run(const struct tui_options *, struct error *reterr);

/* The nth key of the table: its names, blank-separated, and what it does. False past the last. */
struct tui_key {
	const char *keys, *help;
};
bool tui_key(size_t n, struct tui_key *ret);

#endif
