/* SPDX-License-Identifier: ISC */
/* The words of `mailcheck dns`: needs and record in cmd_dns.c, the rest in cmd_dns_files.c. */
#ifndef CLI_CMD_DNS_H
#define CLI_CMD_DNS_H

#include "cli/output.h"

int dns_list(struct call *);
int dns_check(struct call *);
int dns_import_files(struct call *);
/* The whole of a file, or of standard input for "-". 0 or -1. */
int dns_read_file(const char *path, struct buffer *ret, struct error *reterr);
/* Closes OUT and returns STATUS, or that of the trouble. */
int dns_finish(struct output *, int status);

#endif
