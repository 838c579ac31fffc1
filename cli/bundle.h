/* SPDX-License-Identifier: ISC */
/* case export --bundle and case verify of a bundle: everything that reports need in one tar, and made again from it. */
#ifndef CLI_BUNDLE_H
#define CLI_BUNDLE_H

#include "cli/command.h"
#include "parsers/case/case.h"

/* Writes the messages that FILTER (NULL: all) selects, with the evidence and options of CALL, to --bundle FILE. 0 or -1. */
int bundle_export(struct call *, struct case_file *, const struct filter *, struct error *reterr);
/* Makes every report of the bundle again; each that differs is told. How many, or -1. RET_COUNT: of all. */
int64_t bundle_verify(struct call *, const char *file, uint64_t *ret_count, struct error *reterr);

#endif
